"""Which practice is open: the file OUTCOMES_DATABASE names, else the practice's own, else the invented sample."""

import functools
import importlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sample_data
from records import backup, calendar, handover, places, schedule, store, unfinished
from records.errors import NotAllowed, StoreUnreadable
from records.telling import Teller

# Commands this app takes while it has the file open: what `python -m ROOM` does. By name, as dashboard.py names its
# pages: the door hands the work on and has no business with what a room means by it.
COMMANDS = {"records": "records.commands", "analytics": "analytics.commands"}

_opening = threading.Lock()


def opened() -> store.Store:
    """Open the practice this process serves, making what does not exist yet.

    A file named by OUTCOMES_DATABASE that is not there is created, empty. Without one and before there is an own file,
    the sample practice is invented afresh for today, so that it never looks stale. A file that is already served and
    has gone meanwhile, with its disk perhaps, is never begun anew: `Store.trouble` says what happened. While a backup
    takes its place, a page waits.

    Raises
    ------
    StoreUnreadable
        When a file this process served has gone and is not open any more, or another program is bringing it back; or
        what opening or creating it refuses.
    """
    with _opening:
        named = places.named_file()
        path = named or places.own_file()
        # Asked first: the answer comes when a restore is done, and whether the file exists may be another by then.
        known = store.ever_served(path)
        if not path.exists() and known and not store.serves(path):
            raise StoreUnreadable(
                f"{path.name} is gone: this app had it open before, and now there is no such file. Put it back, or"
                " restore the last good backup (python -m records restore FILE). Nothing was begun in its place."
            )
        if not path.exists() and not known:
            if unfinished.somebody_makes(path):
                raise StoreUnreadable(
                    f"Another program is bringing {path.name} back. Wait until it has finished, then load the page"
                    " again. Nothing was begun in its place."
                )
            if named:
                store.create(named, "My practice", in_new_folder=False).close()
            else:
                path = _sample()
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


def way_back() -> str:
    """Where the newest good backup of a file that cannot be opened lies, as a sentence; empty when none is known.

    Which folder the practice chose stands in the file itself, so only the one beside it can be looked through.
    """
    newest = backup.latest_good((places.named_file() or places.own_file()).parent / backup.FOLDER)
    return "" if newest is None else f" The newest good backup is {newest.file}, of {newest.made_at:%Y-%m-%d %H:%M}."


def _sample() -> Path:
    today = calendar.today()
    path = places.sample_folder() / f"sample-{len(store.MIGRATIONS)}-{today.isoformat()}.duckdb"
    if not path.exists():
        for earlier in places.sample_folder().glob("sample-*.duckdb*"):
            earlier.unlink()
        sample_data.make(path, sessions=sample_data.DEFAULT_SESSIONS, seed=sample_data.DEFAULT_SEED, until=today)
    return path


def _take_commands(served: store.Store) -> None:
    handover.offer(served, {room: functools.partial(_carry_out, module) for room, module in COMMANDS.items()})


def _carry_out(module: str, served: store.Store, asked: Mapping[str, Any], tell: Teller) -> int:
    return importlib.import_module(module).run(served, asked, tell)


store.when_served += [_take_commands, schedule.start]
