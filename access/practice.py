"""Which practice is open: the file OUTCOMES_DATABASE names, else the practice's own, else the invented sample."""

import threading
from pathlib import Path

import sample_data
from records import calendar, places, store
from records.errors import NotAllowed

_opening = threading.Lock()


def opened() -> store.Store:
    """Open the practice this process serves, making what does not exist yet.

    A file named by OUTCOMES_DATABASE that is not there is created, empty. Without one and before there is an own file,
    the sample practice is invented afresh for today, so that it never looks stale.
    """
    with _opening:
        path = places.named_file()
        if path is None:
            path = places.own_file()
            if not path.exists():
                path = _sample()
        elif not path.exists():
            store.create(path, "My practice").close()
        return store.serve(path)


def start_own(practice_name: str) -> store.Store:
    """Leave the sample: create the practice's own file and serve it from now on.

    Raises
    ------
    NotAllowed
        When OUTCOMES_DATABASE decides which file is open.
    StoreExists
        When there is an own file already.
    """
    if places.named_file() is not None:
        raise NotAllowed(
            "OUTCOMES_DATABASE names the file this app works on. Start the app without it, or let it name a new file."
        )
    with _opening:
        store.create(places.own_file(), practice_name).close()
        return store.serve(places.own_file())


def _sample() -> Path:
    today = calendar.today()
    path = places.sample_folder() / f"sample-{len(store.MIGRATIONS)}-{today.isoformat()}.duckdb"
    if not path.exists():
        for earlier in places.sample_folder().glob("sample-*.duckdb*"):
            earlier.unlink()
        sample_data.make(path, sessions=sample_data.DEFAULT_SESSIONS, seed=sample_data.DEFAULT_SEED, until=today)
    return path
