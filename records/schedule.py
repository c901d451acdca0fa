"""The schedule of backups: one thread beside the app that sees to it, soon after the start and then every hour."""

import datetime as dt
import threading
from dataclasses import dataclass

from records import backup, calendar
from records.errors import RecordsError
from records.store import Store

FIRST_AFTER_SECONDS = 20  # the first page comes first, and whoever only looks in copies nothing
EVERY_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the last step of the schedule made no backup."""

    at: dt.datetime
    words: str


class _Keeper:
    """Keeps one store until it is told to stop."""

    def __init__(self, store: Store):
        self.store = store
        self.problem: Problem | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="backups", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the backup that is being made, if there is one; the store can be closed then."""
        self._stopped.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _keep(self) -> None:
        wait = FIRST_AFTER_SECONDS
        while not self._stopped.wait(wait):
            try:
                backup.keep(self.store, backup.folder_of(self.store), calendar.now())
                self.problem = None
            except RecordsError as problem:
                self.problem = Problem(calendar.now(), str(problem))
            except Exception as problem:  # whatever it is, the page must say it, and the next hour tries again
                self.problem = Problem(calendar.now(), f"The backup failed unexpectedly ({type(problem).__name__}).")
            wait = EVERY_SECONDS


_keeper: _Keeper | None = None
_lock = threading.Lock()


def start(store: Store) -> None:
    """Keep this store backed up until it is closed; nothing new when that is being done. Never for the sample."""
    global _keeper
    if store.is_sample:
        return
    with _lock:
        if _keeper is not None and _keeper.store is store:
            return
        _keeper = _Keeper(store)
        store.before_closing.append(stop)


def stop() -> None:
    """Stop keeping, after the backup that is being made. A store stops its keeper itself when it is closed."""
    global _keeper
    with _lock:
        kept, _keeper = _keeper, None
    if kept is not None:
        kept.stop()


def last_problem() -> Problem | None:
    """Why the last step made no backup; None when it did, or there was none yet."""
    keeper = _keeper
    return None if keeper is None else keeper.problem
