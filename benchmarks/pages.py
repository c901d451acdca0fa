"""How long a full rerun of each page takes, against hello-world on the same server program in the same run."""

import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from benchmarks.server import served

HELLO = 'import streamlit as st\n\nst.write("Hello, world")\n'
PAUSE_S = 0.15  # nobody clicks at once; without it a run also waits while the server tidies up after the one before
PAGES = (
    "client_progress",
    "record_session",
    "follow_ups",
    "injury_outcomes",
    "caseload",
    "corrections",
    "import_records",
    "settings",
    "care_of_data",
)


def rerun_ratios(database: Path, sessions: int, rounds: int) -> list[dict]:
    """Rows of figure, page, sessions, ratio, against: the median of `rounds` pairs, hello-world and page in turn.

    Parameters
    ----------
    database : Path
        The record store the pages show.
    sessions : int
        How many sessions it holds, for the row.
    """
    with tempfile.TemporaryDirectory() as folder:
        hello = Path(folder) / "hello.py"
        hello.write_text(HELLO, encoding="utf-8")
        with served(database, script=hello) as hello_port, served(database) as page_port:
            return [
                {
                    "figure": figure,
                    "page": page,
                    "sessions": sessions,
                    "ratio": round(ratio, 2),
                    "against": "hello-world",
                }
                for page in PAGES
                for figure, ratio in _compare(hello_port, page_port, page, rounds)
            ]


def _compare(hello_port: int, page_port: int, page: str, rounds: int) -> list[tuple[str, float]]:
    with _session(hello_port, "") as hello, _session(page_port, page) as shown:
        for _ in range(2):  # first runs import and fill caches
            _rerun(hello, "")
            _rerun(shown, page)
        pairs = [(_rerun(hello, ""), _rerun(shown, page)) for _ in range(rounds)]
    return [("full rerun", statistics.median(page_took / hello_took for hello_took, page_took in pairs))]


@contextlib.contextmanager
def _session(port: int, page: str) -> Iterator[ClientConnection]:
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    with connect(address, max_size=None, subprotocols=["streamlit"], proxy=None) as connection:
        _rerun(connection, page)
        yield connection


def _rerun(connection: ClientConnection, page: str) -> float:
    """Seconds from asking for a rerun to the server's word that the script has finished, as a browser would wait."""
    time.sleep(PAUSE_S)
    asked = BackMsg()
    asked.rerun_script.page_name = page
    began = time.perf_counter()
    connection.send(asked.SerializeToString())
    while True:
        answer = ForwardMsg.FromString(connection.recv(timeout=120))
        if answer.WhichOneof("type") == "script_finished":
            if answer.script_finished not in (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN):
                raise RuntimeError(f"{page or 'hello-world'} did not run: {answer.script_finished}")
            if answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return time.perf_counter() - began
