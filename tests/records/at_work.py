"""Another program that is making something, and one that was killed while it did."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
BEGIN = """
import os, signal, sys
from pathlib import Path
from records import unfinished
beside = Path(sys.argv[1])
with unfinished.workplace(beside) as place:
    (place / beside.name).write_bytes(b"half")
    print(place, flush=True)
    sys.stdin.read() or os.kill(os.getpid(), signal.SIGKILL)
"""


@contextlib.contextmanager
def at_work(beside: Path) -> Iterator[Path]:
    """The place in which another process makes a file, and goes on until the end of the block."""
    asked = [sys.executable, "-c", BEGIN, str(beside)]
    other = subprocess.Popen(asked, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Path(other.stdout.readline().strip())
    finally:
        other.communicate("go on", timeout=60)


def die_at_work(beside: Path) -> Path:
    """The place that a process left when it was killed in the middle of making a file."""
    asked = [sys.executable, "-c", BEGIN, str(beside)]
    ran = subprocess.run(asked, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    return Path(ran.stdout.strip())
