"""Facts kept between reruns: each is worked out once per state of the store and viewer."""

import threading
from collections.abc import Callable
from typing import Any

import cachetools
import pandas as pd

from charts.model import Chart
from records.store import Window


def _seen(asked: Callable[..., Any], window: Window, *about: Any) -> tuple:
    """What an answer depends on: the question, the file, its version, the whole viewer, and what it is about.

    So one person never sees what another was shown, and no clear call can be forgotten.
    """
    question = f"{asked.__module__}.{asked.__qualname__}"
    return question, window.store.path, window.store.version, window.viewer, about


@cachetools.cached(cachetools.LRUCache(400), key=_seen, lock=threading.Lock())
def _answered(question: Callable[..., Any], window: Window, *about: Any) -> Any:
    return question(window, *about)


def fact(question: Callable[..., Any], window: Window, *about: Any) -> Any:
    """What `question(window, *about)` answers, kept until a record changes. A table is the caller's own copy."""
    answer = _answered(question, window, *about)
    return answer.copy() if isinstance(answer, pd.DataFrame) else answer


@cachetools.cached(
    cachetools.LRUCache(400), key=lambda draw, window, about, build: _seen(draw, window, *about), lock=threading.Lock()
)
def chart(draw: Callable[..., Chart], window: Window, about: tuple, build: Callable[[], Chart]) -> Chart:
    """The chart `build()` makes, kept like a fact; charts are frozen, so all callers share one.

    Parameters
    ----------
    draw : callable
        The story function behind it, which names the chart.
    about : tuple
        Everything the chart depends on besides the records.
    """
    return build()
