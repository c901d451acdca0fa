"""Random practices: every aggregate a second time in plain Python, as tests/analytics/test_twice.py does for one.

The comparisons are those of that file, called on one invented practice after the other; in full, each practice is
asked with every filter.
"""

import datetime as dt
import inspect
import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sample_data
from access import roles
from records import store as record_store
from records.store import Window
from tests.analytics import test_twice

TODAY = dt.date(2026, 11, 20)
SAMPLE_FILTERS = ["everything", "period and office"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One practice: how many aggregates were computed twice, and the first that disagreed, if any did."""

    seed: int
    sessions: int
    episodes: int
    compared: int
    disagreed: str = ""


def comparisons() -> list[Callable]:
    """What test_twice compares on a practice: its tests that ask for the practice's window."""
    tests = [function for name, function in inspect.getmembers(test_twice, inspect.isfunction) if name[:5] == "test_"]
    return [test for test in tests if "window" in inspect.signature(test).parameters]


def cases(test: Callable, window: Window, facts: test_twice.Facts, filters: Iterable[str]) -> Iterator[dict]:
    """The arguments of a comparison: the practice, each of these filters, every parameter drawn beside the test."""
    drawn = {mark.args[0]: mark.args[1] for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"}
    offered = {"window": [window], "facts": [facts], **drawn}
    offered["filters"] = [test_twice.FILTERS[name](facts) for name in filters]
    asked = list(inspect.signature(test).parameters)
    for values in itertools.product(*(offered[name] for name in asked)):
        yield dict(zip(asked, values, strict=True))


def agreements(seeds: range, sessions: int, filters: Iterable[str]) -> Iterator[Agreement]:
    """Make a practice from each seed and compare every aggregate in every case."""
    for seed in seeds:
        with practice(seed, sessions) as (window, facts):
            compared, disagreed = 0, ""
            for test in comparisons():
                for case in cases(test, window, facts, filters):
                    try:
                        test(**case)
                    except AssertionError as difference:
                        asked = {name: value for name, value in case.items() if name not in ("window", "facts")}
                        disagreed = disagreed or f"{test.__name__}, {asked} {difference}"
                    compared += 1
            yield Agreement(seed, len(facts.session), len(facts.episode), compared, disagreed)


@contextmanager
def practice(seed: int, sessions: int) -> Iterator[tuple[Window, test_twice.Facts]]:
    """An invented practice, its owner's window and its raw facts; gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "practice.duckdb"
        sample_data.make(file, sessions=sessions, seed=seed, until=TODAY)
        store = record_store.open_store(file)
        try:
            yield store.open_for(roles.viewer("trial owner", "owner")), test_twice.Facts(store, TODAY)
        finally:
            store.close()


def main(quick: bool, seed: int = 7) -> bool:
    """Print each practice and whether both ways agree."""
    seeds, sessions = (range(seed, seed + 1), 500) if quick else (range(seed, seed + 20), 1500)
    filters = SAMPLE_FILTERS if quick else list(test_twice.FILTERS)
    found = []
    print(f"Random practices, every aggregate computed twice, under {len(filters)} filters:")
    for row in agreements(seeds, sessions, filters):
        found.append(row)
        told = row.disagreed or "all the same"
        print(f"  seed {row.seed:2}: {row.sessions} sessions, {row.episodes} episodes, {row.compared} compared: {told}")
    return not any(row.disagreed for row in found)
