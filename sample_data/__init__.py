"""An invented practice, for trying the program out and for measuring it. Nothing in it is a finding; see README.md.

make(Path("sample.duckdb"), sessions=6000, seed=7, until=date(2026, 11, 20))
"""

import datetime as dt
from pathlib import Path

from records import store
from records.errors import StoreExists
from records.viewer import Viewer
from sample_data import lists
from sample_data.practice import write_practice

__all__ = ["DEFAULT_SEED", "DEFAULT_SESSIONS", "FEWEST_SESSIONS", "make"]

DEFAULT_SESSIONS, DEFAULT_SEED = 6000, 7  # about three years of a small practice: every page has something to say
FEWEST_SESSIONS = 500  # the people every practice has, whatever its size, need some two hundred
INVENTOR = Viewer("sample_data", "owner", frozenset(), "all")


def make(path: Path, *, sessions: int, seed: int, until: dt.date) -> None:
    """Invent a practice and write it to a new record store, marked as a sample.

    Parameters
    ----------
    path : Path
        Where the store goes; nothing may be there yet.
    sessions : int
        How many sessions of every kind; whole clients are counted off, so that it may be some fewer.
    seed, until : int and date
        Same arguments, same data: every table but the times and ids of the trail. `until` is the last day with
        visits; only bookings lie after it.

    Raises
    ------
    StoreExists
        When there is a file at `path`; it is left as it is.
    ValueError
        When `sessions` is below FEWEST_SESSIONS.
    """
    path = Path(path)
    if sessions < FEWEST_SESSIONS:
        raise ValueError(f"{sessions} sessions are too few for a practice. Ask for {FEWEST_SESSIONS} or more.")
    if path.exists():
        raise StoreExists(f"{path.name} already exists. Choose another name; nothing was changed.")
    # Made beside its place and moved there when whole: a kill leaves no empty practice where the app would open it.
    unfinished = path.with_name(path.name + ".inventing")
    unfinished.unlink(missing_ok=True)
    made = store.create(unfinished, lists.read("names")["practice"], is_sample=True, today=until)
    try:
        with made.change(
            INVENTOR, "invent", reason=f"invented: sessions {sessions}, seed {seed}, until {until}"
        ) as change:
            write_practice(change, sessions, seed, until)
    finally:
        made.close()
    unfinished.rename(path)
