"""Backup that is known to work: a copy of one moment, opened again and read to the last value before it counts.

A backup is a record store like any other, with a small manifest beside it (`<name>.json`) that says what it must hold.
It is written under another name and gets its own only when it was found equal: a file with a manifest is a good one.
"""

import contextlib
import dataclasses
import datetime as dt
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from records import calendar, contents, exporting, ids, trail, unfinished
from records import store as record_store
from records.contents import Held, TableUnreadable
from records.errors import (
    BackupBroken,
    NotAllowed,
    NotWritten,
    RecordsError,
    StoreExists,
    StoreUnreadable,
)
from records.permission import may_write
from records.store import Store
from records.viewer import Viewer

FORMAT = "rehab-outcomes backup, 1"
KEPT_DAYS, KEPT_WEEKS, KEPT_MONTHS = 7, 4, 12
STALE_AFTER = dt.timedelta(days=2)
FOLDER = "backups"
OUR_NAME = re.compile(r"practice-(?P<practice>[0-9a-z]+)-\d{4}-\d\d-\d\d-\d{6}\.duckdb")
USE_ANOTHER = "Use another backup; nothing was changed."

_one_at_a_time = threading.RLock()


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of the records that was read to the last value and found to be what it should.

    Attributes
    ----------
    file : Path
    practice_id : int
        Whose records they are.
    made_at, verified_at : datetime
        The moment it shows, and when it was last read and compared; without a zone, like every time here.
    schema : int
        The schema version it was made with.
    tables : dict of table name to Held
        Rows and digest of each.
    engine : str
        What reckoned the digests.
    audit_seq, audit_hash : int and str
        The last line of its trail.
    problems : int or None
        What `Store.integrity` found in these records when they were copied; None when that was not asked.
    sha256, size : str and int (bytes)
        Of the file.
    replaced : Path or None
        After a restore: where the file that stood there before is kept.
    """

    file: Path
    practice_id: int
    made_at: dt.datetime
    verified_at: dt.datetime
    schema: int
    tables: dict[str, Held]
    engine: str
    audit_seq: int
    audit_hash: str
    problems: int | None
    sha256: str
    size: int
    replaced: Path | None = None


class _Damage(Exception):
    """What a file lacks to be a whole record store, as words that follow "because"."""


@dataclass(frozen=True, slots=True)
class _Scan:
    practice_id: int
    schema: int
    tables: dict[str, Held]
    audit_seq: int
    audit_hash: str
    problems: int | None
    chain_broken: bool


def backup(store: Store, to: Path, *, made_at: dt.datetime | None = None) -> Backup:
    """Copy the records as they are at one moment, while people go on writing, and make sure of the copy.

    Parameters
    ----------
    to : Path
        The file to make; its folder is made when it is missing.

    Raises
    ------
    StoreExists
        When there is something at `to`.
    StoreUnreadable
        When the records themselves cannot be read; the last good backup is then the way on.
    BackupBroken
        When the copy is not what was copied; it is taken away.
    NotWritten
        When the disk refuses, or has no room.
    """
    to = Path(to).expanduser().absolute()
    with _one_at_a_time:
        _refuse_if_taken(to)
        with _said_when_the_disk_refuses(to):
            to.parent.mkdir(parents=True, exist_ok=True)
            _need_room(to.parent, store.path)
            with unfinished.workplace(to) as place:
                return _make(store, to, place / to.name, made_at)


def _make(store: Store, to: Path, copy: Path, made_at: dt.datetime | None) -> Backup:
    snapshot = _copy(store, copy)
    found = _scanned(copy)
    differing = contents.differing(snapshot.tables, found.tables)
    if differing or (found.audit_seq, found.audit_hash) != (snapshot.audit_seq, snapshot.audit_hash):
        raise BackupBroken(
            f"The copy was read again and differs from the records: {'; '.join(differing) or 'another trail'}"
            ". It was taken away. Try another folder; if it happens again, the disk may be failing."
        )
    made = Backup(
        file=to,
        practice_id=found.practice_id,
        made_at=made_at or calendar.now(),
        verified_at=calendar.now(),
        schema=found.schema,
        tables=found.tables,
        engine=contents.ENGINE,
        audit_seq=found.audit_seq,
        audit_hash=found.audit_hash,
        problems=found.problems,
        sha256=unfinished.sha256(copy),
        size=copy.stat().st_size,
    )
    unfinished.to_disk(copy)
    _refuse_if_taken(to)  # another program may have made one there meanwhile
    _write_manifest(made, copy.parent)
    os.replace(copy, to)
    unfinished.to_disk(to.parent)
    return made


def _refuse_if_taken(to: Path) -> None:
    if to.exists():
        raise StoreExists(f"{to.name} already exists. Choose another name; nothing was changed.")


def verify(file: Path, *, without_manifest: bool = False) -> Backup:
    """Read a backup to the last value and compare it with what its manifest says.

    Parameters
    ----------
    without_manifest : bool
        Take a file that has no manifest for what it says itself: it must read whole, and its trail must hold.

    Raises
    ------
    BackupBroken
        With what is wrong with it, and where.
    StoreBusy
        When a program works on the file.
    """
    file = Path(file).expanduser().absolute()
    if not file.is_file():
        raise BackupBroken(f"There is no file {file.name} in {file.parent}. Check the name; nothing was changed.")
    said = _read_manifest(file)
    if said is None and not without_manifest:
        raise BackupBroken(
            f"{file.name} has no manifest beside it ({_manifest_of(file).name}), so nothing says what it must hold."
            f" Put the two together again, or use another backup. {_way_without_manifest()}"
        )
    if record_store.log_of(file).exists():
        raise BackupBroken(
            f"Beside {file.name} lies {record_store.log_of(file).name}: somebody worked in it as in a record"
            f" store. {USE_ANOTHER}"
        )
    if said is None:
        return _vouched_for_by_itself(file)
    size = file.stat().st_size
    if size != said.size:
        raise BackupBroken(
            f"{file.name} is {size:,} bytes long where its manifest says {said.size:,}: it was cut short, or is another"
            f" file. {USE_ANOTHER}"
        )
    _refuse_if_open(file)
    if unfinished.sha256(file) != said.sha256:
        raise BackupBroken(f"{file.name} is not the file its manifest describes: {_damage(file, said)}. {USE_ANOTHER}")
    found = _scanned(file)
    same_engine = said.engine == contents.ENGINE
    if differing := contents.differing(said.tables, found.tables, same_engine=same_engine):
        raise BackupBroken(f"{file.name} does not hold what its manifest says: {'; '.join(differing)}. {USE_ANOTHER}")
    if (found.audit_seq, found.audit_hash) != (said.audit_seq, said.audit_hash):
        raise BackupBroken(f"The trail in {file.name} does not end where its manifest says. {USE_ANOTHER}")
    return dataclasses.replace(said, verified_at=calendar.now())


def restore(file: Path, into: Path, *, without_manifest: bool = False) -> Backup:
    """Put a verified backup in the place of a record file; what stood there is kept beside it under a dated name.

    Parameters
    ----------
    file : Path
        The backup; or the folder of an export, of which a record file is made first (`exporting.reload`).
    into : Path
        The record file; it may be damaged, or missing.

    Returns
    -------
    Backup
        With `replaced`: where the file that stood there is kept.

    Raises
    ------
    BackupBroken, StoreNewer
        When the backup or export, or what was made of it, is not what it should be.
    StoreBusy
        When another program has `into` open.
    NotAllowed
        When `into` holds the records of another practice.
    NotWritten
        When the disk refuses, or has no room.
    """
    file, into = Path(file).expanduser().absolute(), Path(into).expanduser().absolute()
    if file == into:
        raise NotAllowed(f"{into.name} is the record file itself. Name a backup to restore; nothing was changed.")
    if file.is_dir():
        return _restore_export(file, into)
    with _said_when_the_disk_refuses(into):
        into.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.workplace(into) as place:  # from now on nobody begins a practice there
            good = verify(file, without_manifest=without_manifest)
            _need_room(into.parent, good.file)
            copy = place / into.name
            shutil.copyfile(good.file, copy)
            copy.chmod(0o600)
            copied = _scanned(copy)
            if unfinished.sha256(copy) != good.sha256 or contents.differing(
                good.tables, copied.tables, same_engine=good.engine == contents.ENGINE
            ):
                raise BackupBroken(
                    f"The copy of {good.file.name} beside the record file is not the same. Its disk may be failing;"
                    " nothing was changed."
                )
            return dataclasses.replace(good, replaced=_put_in_place(copy, into, good.practice_id))


def _restore_export(folder: Path, into: Path) -> Backup:
    made_at = exporting.moment(folder)
    with _said_when_the_disk_refuses(into):
        into.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.workplace(into) as place:
            filled = exporting.reload(folder, place / into.name)
            good = dataclasses.replace(_vouched_for_by_itself(filled), file=folder, made_at=made_at)
            return dataclasses.replace(good, replaced=_put_in_place(filled, into, good.practice_id))


def _put_in_place(whole: Path, into: Path, practice_id: int) -> Path | None:
    """Move a whole new record file into the place of another, which is kept under a dated name.

    The log of the old file is never met by the new one: DuckDB would write what it holds into it. There is no moment
    without a record file at `into`, so a kill leaves the old one or the new one there.

    Returns
    -------
    Path or None
        Where the file that stood there is kept; None when there was none.

    Raises
    ------
    StoreBusy, NotAllowed, NotWritten
        With nothing changed.
    """
    log = record_store.log_of(into)
    if into.exists():
        _finish_log(into, practice_id)
    with _said_when_the_disk_refuses(into):
        unfinished.to_disk(whole)
        kept = _free_name(into, f"replaced-{calendar.now():%Y-%m-%d-%H%M%S}")
        replaced = kept if into.exists() else None
        if log.exists():  # the old file is damaged, or gone: it could not take in its log
            _second_name(log, record_store.log_of(kept))
        if replaced:
            _second_name(into, kept)
        log.unlink(missing_ok=True)
        os.replace(whole, into)
        unfinished.to_disk(into.parent)
    return replaced


def restore_served(viewer: Viewer, file: Path, *, without_manifest: bool = False) -> Backup:
    """Restore into the store this process serves: it is closed, swapped, opened again, and its trail says so.

    Raises
    ------
    NotAllowed
        Without the right `data.care`, or in the sample practice.
    And what `restore` raises. The store is served again either way.
    """
    serving = record_store.current()
    may_write(serving, viewer, "data.care")
    head = None
    with contextlib.suppress(duckdb.Error), serving.staging() as cursor:  # its trail may be what is damaged
        head = trail.head(cursor)
    good = record_store.while_closed(lambda into: restore(file, into, without_manifest=without_manifest))
    note_restore(record_store.current(), viewer, good.file, good, replaced_head=head)
    return good


def note_restore(
    store: Store,
    viewer: Viewer,
    source: Path,
    good: Backup | None = None,
    *,
    replaced_head: tuple[int, str] | None = None,
) -> None:
    """Write into the trail of a restored store that it was restored, from what, and where the replaced trail ended."""
    facts = {"restored_from": source.name}
    if good is not None:
        facts |= {"made_at": str(good.made_at), "kept_as": good.replaced.name if good.replaced else None}
    if replaced_head is not None:
        facts |= {"replaced_audit_seq": replaced_head[0], "replaced_audit_hash": replaced_head[1]}
    with store.change(viewer, "restore") as change:
        change.note("practice", facts)


def folder_of(store: Store) -> Path:
    """Where this practice's backups lie: the folder it chose, else `backups` beside its file."""
    return store.settings.backup_folder or store.path.parent / FOLDER


def folder_is_gone(store: Store) -> bool:
    """Whether the folder the practice chose is not there, most likely because its disk is not connected."""
    chosen = store.settings.backup_folder
    return chosen is not None and not chosen.is_dir()


def on_the_same_disk(store: Store, folder: Path) -> bool:
    """Whether a folder, or the first one above it that exists, lies on the disk the records lie on."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return there.stat().st_dev == store.path.stat().st_dev


def backup_now(store: Store, viewer: Viewer, to: Path | None = None) -> Backup:
    """A backup because somebody asked: into the practice's folder, or as the file `to`.

    Raises
    ------
    NotAllowed
        Without the right `data.care`, or in the sample practice.
    NotWritten
        When the folder the practice chose is not there.
    And what `backup` raises.
    """
    may_write(store, viewer, "data.care")
    if to is None:
        _refuse_if_gone(store)
        now = calendar.now()
        return backup(store, folder_of(store) / _our_name(_practice_of(store), now), made_at=now)
    return backup(store, to)


def keep(store: Store, folder: Path, now: dt.datetime) -> Backup | None:
    """One step of the schedule: a backup unless there is one of today, and the older ones thinned out.

    Of backups made with our names, those of the last 7 days, 4 weeks and 12 months that have any are kept, in each the
    newest. Nothing is deleted while one is dated later than now: the clock went back, and ages cannot be told.

    Returns
    -------
    Backup or None
        The one just made; None when today's was there, or for the sample practice.

    Raises
    ------
    NotWritten
        When the folder the practice chose is not there.
    And what `backup` raises.
    """
    if store.is_sample:
        return None
    practice_id = _practice_of(store)
    with _one_at_a_time:  # what somebody is making by hand counts too, once it is done
        ours = _ours(folder, practice_id)
        if any(each.made_at.date() == now.date() for each in ours):
            return None
        _refuse_if_gone(store)
        made = backup(store, folder / _our_name(practice_id, now), made_at=now)
        for each in to_delete([made, *ours], now):
            each.file.unlink(missing_ok=True)
            _manifest_of(each.file).unlink(missing_ok=True)
    return made


def tiers(backups: list[Backup]) -> dict[Path, tuple[str, ...]]:
    """Why each backup is kept: "day", "week", "month", in that order; no reason for one that may go."""
    newest_first = sorted(backups, key=lambda each: each.made_at, reverse=True)
    why: dict[Path, tuple[str, ...]] = {each.file: () for each in newest_first}
    for tier, wanted, period in (
        ("day", KEPT_DAYS, lambda at: at.date()),
        ("week", KEPT_WEEKS, lambda at: at.isocalendar()[:2]),
        ("month", KEPT_MONTHS, lambda at: (at.year, at.month)),
    ):
        seen = set()
        for each in newest_first:
            if period(each.made_at) not in seen and len(seen) < wanted:
                seen.add(period(each.made_at))
                why[each.file] += (tier,)
    return why


def to_delete(backups: list[Backup], now: dt.datetime) -> list[Backup]:
    """Which of our own backups no tier wants; none while any is dated later than now."""
    if any(each.made_at > now for each in backups):
        return []
    why = tiers(backups)
    return [each for each in backups if not why[each.file] and OUR_NAME.fullmatch(each.file.name)]


def listed(folder: Path, practice_id: int | None = None) -> list[Backup]:
    """The backups in a folder that were verified and whose file still has the right size, newest first."""
    found = []
    for manifest in Path(folder).glob("*.json"):
        file = manifest.with_suffix("")
        said = _read_manifest(file)
        if said and file.is_file() and file.stat().st_size == said.size and practice_id in (None, said.practice_id):
            found.append(said)
    return sorted(found, key=lambda each: each.made_at, reverse=True)


def latest_good(folder: Path, practice_id: int | None = None) -> Backup | None:
    """The newest of `listed`; None when there is none."""
    return next(iter(listed(folder, practice_id)), None)


def kept_for(store: Store) -> list[Backup]:
    """The practice's own good backups in its folder, newest first."""
    return listed(folder_of(store), _practice_of(store))


def saved_since(store: Store, good: Backup) -> tuple[int, dt.datetime | None]:
    """How many actions were saved after a backup was made, and when the last was; they are lost if it is restored."""
    cursor = store.staging()
    count, last = cursor.execute(
        "SELECT count(DISTINCT action_id), max(acted_at) FROM records.audit"
        " WHERE seq > ? AND what NOT IN ('restore', 'export')",  # they change no record
        [good.audit_seq],
    ).fetchone()
    cursor.close()
    return count, last


def _refuse_if_gone(store: Store) -> None:
    """A chosen folder is never made anew: where its disk is missing, it would come to lie on another."""
    if folder_is_gone(store):
        raise NotWritten(
            f"The backup folder {folder_of(store)} is not there: its disk may not be connected. Connect it, or choose"
            " another folder under Settings; nothing was written."
        )


def _ours(folder: Path, practice_id: int) -> list[Backup]:
    return [each for each in listed(folder, practice_id) if OUR_NAME.fullmatch(each.file.name)]


def _our_name(practice_id: int, now: dt.datetime) -> str:
    return f"practice-{ids.to_link(practice_id)}-{now:%Y-%m-%d-%H%M%S}.duckdb"


def _practice_of(store: Store) -> int:
    cursor = store.staging()
    (practice_id,) = cursor.execute("SELECT practice_id FROM records.practice").fetchone()
    cursor.close()
    return practice_id


def _copy(store: Store, to: Path) -> _Scan:
    """Write the copy and say what was copied, both in one transaction, so that writers in between do not matter."""
    cursor, name = store.staging(), f"backup_{ids.new()}"
    try:
        cursor.execute(f"ATTACH {record_store.quoted(to)} AS {name}")
        cursor.execute("BEGIN")
        try:
            snapshot = _scan(cursor, look_for_problems=False)
            contents.copy(cursor, name)
            cursor.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(duckdb.Error):  # a commit that failed has ended the transaction already
                cursor.execute("ROLLBACK")
            raise
        cursor.execute(f"CHECKPOINT {name}")
    except TableUnreadable as damage:
        raise StoreUnreadable(
            f"{store.path.name} itself is damaged: its table {damage.table} cannot be read to the end. Restore the last"
            " good backup; no new one was made, and none was deleted."
        ) from damage
    finally:
        with contextlib.suppress(duckdb.Error):  # nothing to let go when it could not be attached
            cursor.execute(f"DETACH {name}")
        cursor.close()
    return snapshot


@contextlib.contextmanager
def _reading(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A file opened as `records` in a connection of its own that cannot write."""
    try:
        connection = record_store.attach(file, read_only=True)
    except StoreUnreadable as damage:
        raise _Damage("it cannot be opened as a record store") from damage
    try:
        yield connection
    finally:
        connection.close()


def _refuse_if_open(file: Path) -> None:
    """Raise StoreBusy when a program works on the file. It must be asked before the file is read as bytes: on POSIX,
    closing it afterwards would take away the lock this very process holds on it.
    """
    with contextlib.suppress(_Damage), _reading(file):
        pass  # what is damaged is found, and said, by whoever reads it


def _scanned(file: Path) -> _Scan:
    """Open a file read-only and read all of it.

    Raises
    ------
    BackupBroken
        Naming the table that cannot be read, or what else the file lacks to be a record store of ours.
    """
    try:
        return _read_to_the_end(file)
    except _Damage as damage:
        raise BackupBroken(f"{file.name} is no good backup: {damage}. {USE_ANOTHER}") from damage


def _read_to_the_end(file: Path) -> _Scan:
    with _reading(file) as connection:
        try:
            return _scan(connection)
        except TableUnreadable as damage:
            raise _Damage(f"its table {damage.table} cannot be read to the end") from damage
        except (duckdb.Error, TypeError, ValueError) as error:
            raise _Damage(f"it opens, but is not a whole record store ({type(error).__name__})") from error


def _scan(connection: duckdb.DuckDBPyConnection, *, look_for_problems: bool = True) -> _Scan:
    schema, program = record_store.schema_version(connection), len(record_store.MIGRATIONS)
    if schema is None:
        raise _Damage("it is a DuckDB file, but no record store: it has no schema version")
    if schema > program:
        raise _Damage(
            f"a newer version of this program made it (its schema is {schema}, this program knows {program}); bring"
            " the program up to date first"
        )
    read = contents.held(connection)
    seq, last_hash = trail.head(connection)
    broken = trail.broken_links(connection) if look_for_problems else []
    problems = None
    if look_for_problems and schema == program:  # the queries know this program's tables only
        queries = (query.read_text(encoding="utf-8") for query in record_store.INTEGRITY)
        problems = len(broken) + sum(len(connection.execute(query).fetchall()) for query in queries)
    (practice_id,) = connection.execute("SELECT practice_id FROM records.practice").fetchone()
    return _Scan(practice_id, schema, read, seq, last_hash, problems, bool(broken))


def _vouched_for_by_itself(file: Path) -> Backup:
    found = _scanned(file)
    if found.chain_broken:
        raise BackupBroken(
            f"{file.name} has no manifest, and its audit trail does not hold: it was changed outside this program."
            f" {USE_ANOTHER}"
        )
    changed_at = dt.datetime.fromtimestamp(file.stat().st_mtime).replace(microsecond=0)
    return Backup(
        file=file,
        practice_id=found.practice_id,
        made_at=changed_at,
        verified_at=calendar.now(),
        schema=found.schema,
        tables=found.tables,
        engine=contents.ENGINE,
        audit_seq=found.audit_seq,
        audit_hash=found.audit_hash,
        problems=found.problems,
        sha256=unfinished.sha256(file),
        size=file.stat().st_size,
    )


def _damage(file: Path, said: Backup) -> str:
    """Where a file of the right size differs from the one that was made, in words."""
    try:
        found = _read_to_the_end(file)
    except _Damage as damage:
        return f"it was changed or damaged since it was made; {damage}"
    differing = contents.differing(said.tables, found.tables, same_engine=said.engine == contents.ENGINE)
    if found.practice_id != said.practice_id:
        return "it holds the records of another practice"
    return "; ".join(differing) or "it was changed or damaged since it was made, in a part that holds no record"


def _finish_log(into: Path, practice_id: int) -> None:
    """Let the file that is to be replaced take in its own log, and make sure nobody works on it.

    A damaged file cannot; it is kept together with its log as they are.
    """
    try:
        connection = record_store.attach(into)
    except StoreUnreadable:
        return
    try:
        with contextlib.suppress(duckdb.Error):
            connection.execute("CHECKPOINT records")
            (standing,) = connection.execute("SELECT practice_id FROM records.practice").fetchone()
            if standing != practice_id:
                raise NotAllowed(
                    f"{into.name} holds the records of another practice than the backup. If that is meant, move"
                    f" {into.name} away first; nothing was changed."
                )
    finally:
        connection.close()


def _second_name(file: Path, kept: Path) -> None:
    """Give a file a second name, so that it stays when the first is given to another; a copy where that cannot be."""
    try:
        os.link(file, kept)
    except OSError:
        shutil.copyfile(file, kept)
        kept.chmod(0o600)
        unfinished.to_disk(kept)


def _free_name(into: Path, word: str) -> Path:
    kept = into.with_name(f"{into.stem}.{word}{into.suffix}")
    number = 2
    while kept.exists() or record_store.log_of(kept).exists():
        kept = into.with_name(f"{into.stem}.{word}-{number}{into.suffix}")
        number += 1
    return kept


def _manifest_of(file: Path) -> Path:
    return file.with_name(file.name + ".json")


def _write_manifest(made: Backup, place: Path) -> None:
    """Write the manifest beside a backup, by way of a place where it is unfinished."""
    told = {
        "format": FORMAT,
        "file": made.file.name,
        "practice_id": made.practice_id,
        "made_at": made.made_at.isoformat(),
        "verified_at": made.verified_at.isoformat(),
        "schema": made.schema,
        "engine": made.engine,
        "size": made.size,
        "sha256": made.sha256,
        "audit": {"seq": made.audit_seq, "hash": made.audit_hash},
        "problems": made.problems,
        "tables": {table: {"rows": held.rows, "digest": held.digest} for table, held in made.tables.items()},
    }
    manifest = _manifest_of(made.file)
    written = place / manifest.name
    written.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    unfinished.to_disk(written)
    os.replace(written, manifest)


def _read_manifest(file: Path) -> Backup | None:
    """What the manifest beside a file says; None when there is none, or it is none of ours."""
    try:
        told = json.loads(_manifest_of(file).read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            return None
        return Backup(
            file=file,
            practice_id=int(told["practice_id"]),
            made_at=dt.datetime.fromisoformat(told["made_at"]),
            verified_at=dt.datetime.fromisoformat(told["verified_at"]),
            schema=int(told["schema"]),
            tables={table: Held(int(held["rows"]), str(held["digest"])) for table, held in told["tables"].items()},
            engine=str(told["engine"]),
            audit_seq=int(told["audit"]["seq"]),
            audit_hash=str(told["audit"]["hash"]),
            problems=told["problems"],
            sha256=str(told["sha256"]),
            size=int(told["size"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _way_without_manifest() -> str:
    return "Whoever knows the file may restore it with --without-manifest: it is then read whole and its trail checked."


@contextlib.contextmanager
def _said_when_the_disk_refuses(file: Path) -> Iterator[None]:
    try:
        yield
    except RecordsError:
        raise
    except (duckdb.Error, OSError) as error:
        raise NotWritten(
            f"{file.name} could not be written to {file.parent} ({type(error).__name__}): the folder may be gone,"
            " read-only or full. Make room or choose another folder; nothing that was there was changed."
        ) from error


def _need_room(folder: Path, like: Path) -> None:
    needed = like.stat().st_size * 5 // 4
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NotWritten(
            f"There is room for {free / 2**20:,.0f} MB in {folder}, and about {needed / 2**20:,.0f} MB are needed. Make"
            " room or choose another folder; nothing was changed."
        )
