"""What `python -m records ...` does with an open store: the same here and in the app that was handed the work."""

import dataclasses
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from records import backup, contents, exporting, failing, importing, permission, trail
from records import store as record_store
from records.errors import EditedMeanwhile, NotWritten, RecordsError, StoreBusy, StoreError, StoreUnreadable
from records.store import Store
from records.telling import Teller
from records.viewer import Viewer

SHOWN_ROWS = 20
COMMAND_LINE = Viewer("command line", "owner", frozenset(permission.RIGHTS), scope="all")


def run(store: Store, asked: Mapping[str, Any], tell: Teller) -> int:
    """Carry out one command; returns its exit code.

    Parameters
    ----------
    asked : mapping
        `command`, and what `records/__main__.py` read for it; paths as absolute text.

    Raises
    ------
    RecordsError
        When it is refused: the reason, and what to do.
    """
    try:
        return COMMANDS[asked["command"]](store, asked, tell)
    except Exception as error:
        # A large import spills onto the disk while it is looked at, which may be full.
        if words := failing.in_words(store.path, error):
            raise NotWritten(words) from error
        raise


def bring_in(store: Store, asked: Mapping[str, Any], tell: Teller) -> int:
    """Import files, or show what an import would do."""
    files = [Path(file) for file in asked["files"]]
    found = importing.review(store, COMMAND_LINE, files, asked["profile"], progress=tell.progress)
    batch = importing.Batch(None, found.counts, found.reasons) if asked["dry_run"] else _accepted(found)
    if asked["json"]:
        tell.line(json.dumps(_as_json(batch), ensure_ascii=False))
    else:
        _tell_fates(found, batch, asked["dry_run"], tell)
    return 0


def _accepted(found: importing.Review) -> importing.Batch:
    """Accept; when somebody saved on a page in the very moment of writing, once more while nobody else can."""
    try:
        return importing.accept(found)
    except EditedMeanwhile:
        with found.store.kept_still():
            return importing.accept(found)


def take_back(store: Store, asked: Mapping[str, Any], tell: Teller) -> int:
    """Undo an import."""
    importing.undo(store, COMMAND_LINE, asked["batch"])
    tell.line(f"Import {asked['batch']} was taken back. Its files can be imported again.")
    return 0


def take_out(store: Store, asked: Mapping[str, Any], tell: Teller) -> int:
    """Write everything into a folder."""
    files = exporting.export(store, COMMAND_LINE, Path(asked["to"]), asked["format"])
    tell.line(f"Everything was written to {asked['to']}: {len(files)} files, with a data dictionary.")
    tell.line("They hold names and health records in the clear: keep the folder as safe as the records themselves.")
    return 0


def back_up(store: Store, asked: Mapping[str, Any], tell: Teller) -> int:
    """Make a verified copy."""
    made = backup.backup_now(store, COMMAND_LINE, Path(asked["to"]))
    tell.line(f"{_described(made)} Written to {made.file}, read again and found equal.")
    if made.problems:
        tell.line(
            f"The records have {_problems(made.problems)}, and so has the copy: python -m records check says which."
        )
    return 0


def check(store: Store, asked: Mapping[str, Any], tell: Teller) -> int:
    """Read every value of every table, and look for what should not be; 1 when there is anything."""
    try:
        held = contents.held(store.staging())
    except contents.TableUnreadable as damage:
        raise StoreUnreadable(
            f"{store.path.name} is damaged: its table {damage.table} cannot be read to the end. Restore the last good"
            " backup: python -m records restore FILE."
        ) from damage
    problems = store.integrity()
    if problems.empty:
        rows = sum(table.rows for table in held.values())
        tell.line(
            f"All is well: {rows:,} rows in {len(held)} tables were read, and nothing is there that should not be."
        )
        return 0
    tell.refusal(f"{store.path.name} has {_problems(len(problems))}. Restore a backup of before, or ask for help:")
    for problem in problems.itertuples():
        which = "" if problem.row_id is None or problem.row_id != problem.row_id else f" {int(problem.row_id)}"
        tell.refusal(f"  {problem.table_name}{which}: {problem.problem}")
    return 1


def restore_here(store: Store, asked: Mapping[str, Any], tell: Teller) -> int:
    """Restore into the store this app serves."""
    if not record_store.serves(store.path):
        raise StoreBusy(
            f"{store.path.name} was open in another program and is not any more. Give the command again; nothing was"
            " changed."
        )
    good = backup.restore_served(COMMAND_LINE, Path(asked["file"]), without_manifest=asked["without_manifest"])
    _tell_restored(good, store.path, tell)
    return 0


COMMANDS: dict[str, Callable[[Store, Mapping[str, Any], Teller], int]] = {
    "import": bring_in,
    "undo": take_back,
    "export": take_out,
    "backup": back_up,
    "check": check,
    "restore": restore_here,
}


# What needs no open store.


def verify(file: Path, tell: Teller, *, without_manifest: bool = False) -> int:
    """Read a backup to the last value and compare it with what its manifest says."""
    found = backup.verify(file, without_manifest=without_manifest)
    tell.line(f"{found.file.name} is whole. {_described(found)}")
    return 0


def is_open_elsewhere(file: Path) -> bool:
    """Whether another program has a record file open, be it whole or damaged; False when there is none."""
    if not file.exists():
        return False
    try:
        record_store.attach(file).close()
    except StoreBusy:
        return True
    except StoreError:
        return False
    return False


def restore(file: Path, into: Path, tell: Teller, *, without_manifest: bool = False) -> int:
    """Restore into a record file that nobody has open; it may be damaged or missing."""
    head = _head(into)
    good = backup.restore(file, into, without_manifest=without_manifest)
    restored = record_store.open_store(into)
    try:
        backup.note_restore(restored, COMMAND_LINE, file, good, replaced_head=head)
    finally:
        restored.close()
    _tell_restored(good, into, tell)
    return 0


def _head(into: Path) -> tuple[int, str] | None:
    """Where the trail of the file to be replaced ends; None when it cannot be read."""
    if not into.exists():
        return None
    try:
        standing = record_store.open_store(into)
    except RecordsError:
        return None
    try:
        return trail.head(standing.staging())
    finally:
        standing.close()


def _tell_restored(good: backup.Backup, into: Path, tell: Teller) -> None:
    tell.line(f"{into.name} is again as it was. {_described(good)}")
    if good.replaced:
        tell.line(f"The file that stood there is kept as {good.replaced.name} beside it.")


def _described(copy: backup.Backup) -> str:
    rows = sum(table.rows for table in copy.tables.values())
    return f"The records of {copy.made_at:%Y-%m-%d %H:%M}: {rows:,} rows in {len(copy.tables)} tables."


def _problems(count: int) -> str:
    return f"{count:,} problem{'' if count == 1 else 's'}"


def _as_json(batch: importing.Batch) -> dict[str, Any]:
    counts = dataclasses.asdict(batch.counts)
    told = {name: counts[name] for name in ("rows", "accepted", "corrected", "duplicate", "refused", "people")}
    return {"batch": batch.batch_id} | told | {"reasons": batch.reasons}


def _tell_fates(found: importing.Review, batch: importing.Batch, dry_run: bool, tell: Teller) -> None:
    counts = batch.counts
    aside = f"; set aside besides: {counts.set_aside:,}" if counts.set_aside else ""
    tell.line(
        f"Rows: {counts.rows:,}, people: {counts.people:,}. Accepted {counts.accepted:,}, corrected"
        f" {counts.corrected:,}, duplicate {counts.duplicate:,}, refused {counts.refused:,}{aside}."
    )
    spoken = found.fates[found.fates["fate"].isin(["refused", "corrected"])]
    for fate in spoken.head(SHOWN_ROWS).to_dict("records"):
        tell.line(f"  {fate['fate']}: {fate['file']}: {importing.message(fate)}")
    if len(spoken) > SHOWN_ROWS:
        tell.line(f"  ... and {len(spoken) - SHOWN_ROWS:,} more; --json lists every reason with its number of rows.")
    if dry_run:
        tell.line("A dry run: nothing was written.")
    elif batch.batch_id is None:
        tell.line("Nothing new to write; the records are as they were.")
    else:
        tell.line(f"Written as import {batch.batch_id}. To take it back: python -m records undo {batch.batch_id}")
