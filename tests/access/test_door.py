"""The door, asked as a browser asks: over the network, at a running server, page by page, the root never opened."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from benchmarks.server import ROOT, served

PAGES = sorted(page.stem for page in (ROOT / "pages").glob("*.py"))
ANSWER_WITHIN_S = 60


@dataclass
class Shown:
    """What one run of a page sent: the kinds of its elements in order, and the words of errors, titles and labels."""

    kinds: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@contextmanager
def running(store_path: Path, cwd: Path, *options: str) -> Iterator[Callable[..., Shown]]:
    """A server of its own; yields `ask(page, host="127.0.0.1", headers={})`, a browser without a page of ours."""

    def ask(page: str, host: str = "127.0.0.1", headers: dict[str, str] | None = None) -> Shown:
        asked, shown = BackMsg(), Shown()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = ""
        line = socket.create_connection(("127.0.0.1", port))
        with connect(
            f"ws://{host}:{port}/_stcore/stream", sock=line, additional_headers=headers, max_size=None, proxy=None
        ) as browser:
            browser.send(asked.SerializeToString())
            answer = ForwardMsg()
            while answer.WhichOneof("type") != "script_finished":
                answer.ParseFromString(browser.recv(timeout=ANSWER_WITHIN_S))
                if answer.WhichOneof("type") == "delta" and answer.delta.WhichOneof("type") == "new_element":
                    note(answer.delta.new_element, shown)
        return shown

    # Full details, so that a failing test says what went wrong.
    with served(store_path, "--client.showErrorDetails", "full", *options, cwd=cwd) as port:
        yield ask


def note(element, shown: Shown) -> None:
    kind = element.WhichOneof("type")
    shown.kinds.append(kind)
    if kind in ("alert", "exception"):
        shown.errors.append(element.alert.body or element.exception.message)
    elif kind == "heading":
        shown.titles.append(element.heading.body)
    elif kind == "markdown":
        shown.words.append(element.markdown.body)
    elif kind == "page_link":
        shown.words.append(element.page_link.label)


@pytest.fixture(scope="module")
def ask(sample_store_path, tmp_path_factory):
    """A server on this machine alone, as .streamlit/config.toml says, with a copy of the invented practice."""
    path = tmp_path_factory.mktemp("door") / "practice.duckdb"
    path.write_bytes(sample_store_path.read_bytes())
    with running(path, ROOT) as asked:
        yield asked


def test_there_are_pages_to_ask():
    assert {"caseload", "client_progress", "injury_outcomes"} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asked_before_the_root_opens_for_the_person_at_this_machine(page, ask):
    shown = ask(page)
    assert shown.errors == []
    assert len(shown.titles) >= 1


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_that_the_sample_is_invented_and_offers_ones_own(page, ask):
    said = ask(page).words
    assert "Invented sample practice: nobody here is real." in " ".join(said)
    assert "Start with my own records" in said


@pytest.mark.parametrize("page", ["", *PAGES])
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip"])
def test_a_request_handed_on_by_a_proxy_sees_the_refusal_and_nothing_else(page, header, ask):
    shown = ask(page, headers={header: "for=203.0.113.7"})
    assert shown.kinds == ["alert"]
    assert "only answers a browser on this machine" in shown.errors[0]


@pytest.mark.parametrize("page", ["", *PAGES])
def test_a_name_that_somebody_pointed_at_this_machine_is_refused(page, ask):
    shown = ask(page, host="records.example")
    assert shown.kinds == ["alert"]
    assert "Open http://localhost" in shown.errors[0]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_every_name_of_this_machine_is_let_in(host, ask):
    assert ask(PAGES[0], host=host).errors == []


def test_a_server_told_to_listen_to_everybody_shows_no_page_and_says_why(empty_store_path, tmp_path):
    with running(empty_store_path, ROOT, "--server.address", "0.0.0.0") as ask_open:
        for page in ["", *PAGES]:
            shown = ask_open(page)
            assert shown.kinds == ["alert"], page
            assert "told to listen on 0.0.0.0" in shown.errors[0]
            assert "--server.address 127.0.0.1" in shown.errors[0]


def test_a_server_that_was_given_no_address_shows_no_page_and_says_why(empty_store_path, tmp_path):
    with running(empty_store_path, tmp_path, "--server.address", "") as ask_open:
        for page in ["", *PAGES]:
            shown = ask_open(page)
            assert shown.kinds == ["alert"], page
            assert "told to listen on every network address" in shown.errors[0]
