"""The door every page stands behind. Its first statement is `viewer = door.require("...")`, so that a page is safe
however it is reached: Streamlit opens a file in pages/ directly before dashboard.py has run once.
"""

import contextlib
from collections.abc import Iterator

import streamlit as st

from access import practice, roles
from records import failing
from records.errors import RecordsError, StoreUnreadable
from records.viewer import Viewer

FRONT = "came_by_the_front_door"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def viewer() -> Viewer:
    """The person at this machine. Stops the page, with the reason on it, when nobody may be let in.

    Without sign-in the local person is the owner, which is only safe while nobody else can reach the server: it must
    listen on this machine alone, and no proxy may hand it strangers.
    """
    address = st.get_option("server.address")
    if address not in LOOPBACK:
        _refuse(
            "This app has no sign-in yet, so it only answers on this machine. It was told to listen on"
            f" {address or 'every network address'}, where anyone could read the records. Start it from its own folder"
            " without a server address, or with --server.address 127.0.0.1."
        )
    forwarded = [name for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip") if st.context.headers.get(name)]
    host = st.context.headers.get("Host", LOOPBACK[0]).rsplit(":", 1)[0].strip("[]")
    if forwarded or host not in LOOPBACK:
        _refuse(
            "This app has no sign-in yet, so it only answers a browser on this machine. The request came through"
            " another address or a proxy. Open http://localhost and the app's port on the machine itself."
        )
    try:
        practice.opened()
    except StoreUnreadable as error:
        _refuse(f"{error}{practice.way_back()}")
    except RecordsError as error:
        _refuse(str(error))
    return roles.viewer("local owner", "owner")


def require(right: str) -> Viewer:
    """Let the viewer in if they hold `right`, and say on the page when the records are invented; else stop the page."""
    here = viewer()
    if not here.may(right):
        _refuse("Your role does not open this page. Ask the practice's owner for access.")
    if FRONT not in st.session_state:
        # Asked for by its link before anyone opened the root: Streamlit has no list of pages to show yet.
        st.set_page_config(layout="wide")
        st.page_link("dashboard.py", label="All pages")
    if practice.opened().is_sample:
        with st.container(horizontal=True, vertical_alignment="center", key="sample_label"):
            st.markdown(":small[:gray[Invented sample practice: nobody here is real.]]")
            st.page_link("pages/import_records.py", label="Start with my own records")
    if trouble := practice.opened().trouble:
        st.warning(trouble)
    return here


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """What a page did not see coming from the records room is a sentence, not a crash: its file was swapped, its disk
    is full or gone, a part of the file is damaged.
    """
    try:
        yield
    except RecordsError as problem:
        st.error(str(problem))
    except Exception as error:
        words = failing.in_words(practice.opened().path, error)
        if words is None:
            raise
        st.error(words)


def _refuse(reason: str) -> None:
    st.error(reason)
    st.stop()
