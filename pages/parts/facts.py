"""Facts kept between reruns: each is worked out once per state of the store and viewer."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from charts.model import Chart
from records.store import Window
from records.viewer import Viewer


def fact(question: Callable[..., Any], window: Window, *about: Any) -> Any:
    """What `question(window, *about)` answers, kept until a record changes.

    The key holds the file, its version and the whole viewer, so one person never sees what another was shown, and no
    clear call can be forgotten. Each caller gets a copy.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    return _fact(name, *_seen_through(window), about, window, question)


def chart(draw: Callable[..., Chart], window: Window, about: tuple, build: Callable[[], Chart]) -> Chart:
    """The chart `build()` makes, kept like a fact; charts are frozen, so all callers share one.

    Parameters
    ----------
    draw : callable
        The story function behind it, which names the chart.
    about : tuple
        Everything the chart depends on besides the records.
    """
    name = f"{draw.__module__}.{draw.__qualname__}"
    return _chart(name, *_seen_through(window), about, build)


@st.cache_data(max_entries=400, show_spinner=False)
def _fact(name: str, path: str, version: int, viewer: tuple, about: tuple, _window: Window, _question: Callable) -> Any:
    return _question(_window, *about)


@st.cache_resource(max_entries=400, show_spinner=False)
def _chart(name: str, path: str, version: int, viewer: tuple, about: tuple, _build: Callable[[], Chart]) -> Chart:
    return _build()


def _seen_through(window: Window) -> tuple[str, int, tuple]:
    return str(window.store.path), window.store.version, _identity(window.viewer)


def _identity(viewer: Viewer) -> tuple:
    return (
        viewer.person,
        viewer.role,
        tuple(sorted(viewer.rights)),
        viewer.scope,
        viewer.therapist_id,
        viewer.office_id,
    )
