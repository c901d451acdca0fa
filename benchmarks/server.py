"""A server of its own, as a person starts it, for measuring and for tests."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
READY_WITHIN_S = 60


@contextlib.contextmanager
def served(database: Path, *options: str, script: Path = ROOT / "dashboard.py", cwd: Path = ROOT) -> Iterator[int]:
    """Run a Streamlit script on a free port of this machine until the block ends; gives the port.

    Parameters
    ----------
    database : Path
        The record store the script opens (OUTCOMES_DATABASE).
    options : str
        Further words of the command line.
    cwd : Path
        Where it is started: .streamlit/config.toml is read from there.

    Raises
    ------
    RuntimeError
        When the server stops, or is not ready in time.
    """
    port = free_port()
    server = started(database, port, *options, script=script, cwd=cwd)
    try:
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def free_port() -> int:
    """A port of this machine nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def started(
    database: Path, port: int, *options: str, script: Path = ROOT / "dashboard.py", cwd: Path = ROOT
) -> subprocess.Popen:
    """The server as a process, ready to answer; see `served`. Whoever starts it ends it."""
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
    server = subprocess.Popen(
        [*command, "--server.port", str(port), *options],
        cwd=cwd,
        env=os.environ | {"OUTCOMES_DATABASE": str(database)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(port, server)
    except BaseException:
        server.kill()
        server.wait(timeout=30)
        raise
    return server


def _wait_until_ready(port: int, server: subprocess.Popen) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"The server stopped before it was ready (exit {server.returncode}).")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server was not ready within {READY_WITHIN_S} seconds.")
