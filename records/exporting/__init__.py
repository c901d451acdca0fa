"""Everything out again, and back: the whole practice as CSV, Excel or Parquet with a data dictionary, and from it a new
store with the same records.

export(store, viewer, Path("everything"), "csv")
reload(Path("everything"), Path("again.duckdb"))
"""

import contextlib
import datetime as dt
import io
import json
import os
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import python_calamine

from records import calendar, contents, trail, unfinished
from records import store as record_store
from records.contents import Held
from records.errors import BackupBroken, NotAllowed, NotWritten, RecordsError, StoreExists, StoreNewer
from records.exporting import forms
from records.permission import may_write
from records.store import Store
from records.viewer import Viewer

__all__ = ["FORMS", "export", "moment", "reload", "zipped"]

FORMS = forms.FORMS
FORMAT = "rehab-outcomes export, 1"
MANIFEST = "manifest.json"

_one_download = threading.Lock()


def export(store: Store, viewer: Viewer, folder: Path, form: str) -> list[Path]:
    """Write everything the practice has into a folder: every table, withdrawn rows, trail, drafts and settings too.

    The folder appears when all of it is there, and its files can be read by this user alone.

    Parameters
    ----------
    folder : Path
        Is made; it may stand there already when it is empty.
    form : "csv", "xlsx" or "parquet"

    Returns
    -------
    list of Path
        Every file written.

    Raises
    ------
    NotAllowed
        Without the right `data.care`.
    StoreExists
        When there is something in the folder.
    NotWritten
        When the disk refuses; nothing is left of it.
    """
    if form not in FORMS:
        raise ValueError(f"{form!r} is no form of an export. Choose one of {', '.join(FORMS)}.")
    _may_export(store, viewer)
    folder = Path(folder).expanduser().absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreExists(
            f"{folder.name} is not an empty folder. Choose another name, or empty it first; nothing was written."
        )
    _note(store, viewer, form, folder.name)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.workplace(folder) as place:
            whole = place / folder.name
            whole.mkdir(mode=0o700)
            _write(store, whole, form)
            for file in whole.rglob("*"):
                if file.is_file():
                    unfinished.to_disk(file)
            _give_name(whole, folder)
    except (duckdb.Error, OSError) as error:
        store.still_open(error)
        raise NotWritten(
            f"The export could not be written to {folder.parent} ({type(error).__name__}): the folder may be gone,"
            " read-only or full. Make room or choose another folder; nothing is left of it."
        ) from error
    return sorted(file for file in folder.rglob("*") if file.is_file())


def zipped(store: Store, viewer: Viewer, form: str) -> bytes:
    """An export as one .zip file in memory, for a download of a practice of some ten thousand sessions.

    Raises
    ------
    NotAllowed, NotWritten
        As `export` does.
    """
    _may_export(store, viewer)
    _note(store, viewer, form, "a download")
    packed = io.BytesIO()
    try:
        with _one_download, unfinished.workplace(store.path) as place:
            whole = place / "download"
            whole.mkdir(mode=0o700)
            _write(store, whole, form)
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for file in sorted(file for file in whole.rglob("*") if file.is_file()):
                    archive.write(file, file.relative_to(whole))
    except (duckdb.Error, OSError) as error:
        store.still_open(error)
        raise NotWritten(
            f"The download could not be made ({type(error).__name__}): it is written beside {store.path.name} first,"
            " and that folder may be read-only or full. Make room; nothing is left of it."
        ) from error
    return packed.getvalue()


def reload(folder: Path, into: Path) -> Path:
    """Fill a new, empty store from an export of any form: the same records, table by table.

    Parameters
    ----------
    folder : Path
        As `export` made it. Cells may have been looked at and saved again, as long as every value is the same.
    into : Path
        The record file to make.

    Returns
    -------
    Path
        The file, closed. Whoever opens it brings it up to this program's schema, if need be.

    Raises
    ------
    BackupBroken
        When the folder is no whole export, or a value is another than it was; nothing is made.
    StoreNewer
        When a newer version of the program made it.
    StoreExists
        When there is something at `into`.
    NotWritten
        When the disk refuses.
    """
    folder, into = Path(folder).expanduser().absolute(), Path(into).expanduser().absolute()
    told = _manifest(folder)
    for standing in (into, record_store.log_of(into)):
        if standing.exists():
            raise StoreExists(f"{standing.name} already exists. Choose another name; nothing was changed.")
    try:
        into.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.workplace(into) as place:
            filled = place / into.name
            connection = record_store.attach(filled)
            try:
                record_store.migrate(connection, filled, upto=told["schema"])
                _fill(connection, folder, told["form"])
                _compare(connection, folder, told)
                connection.execute("CHECKPOINT records")
            finally:
                connection.close()
            os.replace(filled, into)
    except (OSError, duckdb.IOException) as error:
        raise NotWritten(
            f"{into.name} could not be written to {into.parent} ({type(error).__name__}): the folder may be gone,"
            " read-only or full. Make room or choose another folder; nothing was changed."
        ) from error
    return into


def moment(folder: Path) -> dt.datetime:
    """The moment an export shows.

    Raises
    ------
    BackupBroken, StoreNewer
        When the folder is no export, or one of a newer version of the program.
    """
    return dt.datetime.fromisoformat(_manifest(Path(folder))["made_at"])


def _may_export(store: Store, viewer: Viewer) -> None:
    if store.is_sample:
        if not viewer.may("data.care"):
            raise NotAllowed("You may not take the records out. Ask the practice's owner for the right to (data.care).")
    else:
        may_write(store, viewer, "data.care")


def _note(store: Store, viewer: Viewer, form: str, into: str) -> None:
    """Write into the trail who takes everything out, before any of it is written."""
    if not store.is_sample:  # nobody in the sample is real, and it is not written to
        with store.change(viewer, "export") as change:
            change.note("practice", {"form": form, "into": into})


def _give_name(whole: Path, folder: Path) -> None:
    """Move a whole export to its place, unless something came to stand there meanwhile."""
    try:
        if folder.exists():
            folder.rmdir()
        whole.rename(folder)
    except OSError as error:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise StoreExists(
                f"Something was put into {folder.name} meanwhile, and was not touched. Choose another name; nothing of"
                " this export is left."
            ) from error
        raise


def _write(store: Store, folder: Path, form: str) -> None:
    """All of it in one transaction: of one moment, whoever writes meanwhile."""
    cursor = store.staging()
    cursor.execute("BEGIN")
    try:
        forms.write(form, cursor, folder)
        seq, last_hash = trail.head(cursor)
        (practice_id,) = cursor.execute("SELECT practice_id FROM records.practice").fetchone()
        told = {
            "format": FORMAT,
            "form": form,
            "made_at": calendar.now().isoformat(),
            "practice_id": practice_id,
            "schema": record_store.schema_version(cursor),
            "engine": contents.ENGINE,
            "audit": {"seq": seq, "hash": last_hash},
            "tables": {
                table: {"rows": held.rows, "digest": held.digest} for table, held in contents.held(cursor).items()
            },
            "files": {
                file.relative_to(folder).as_posix(): unfinished.sha256(file)
                for file in sorted(folder.rglob("*"))
                if file.is_file()
            },
        }
    finally:
        with contextlib.suppress(duckdb.Error):  # when the store was closed meanwhile, there is nothing to end
            cursor.execute("ROLLBACK")
        cursor.close()
    (folder / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _manifest(folder: Path) -> dict:
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        whole = (
            told["format"] == FORMAT
            and told["form"] in FORMS
            and dt.datetime.fromisoformat(told["made_at"])
            and all(isinstance(told[name], int) for name in ("schema", "practice_id"))
            and all(isinstance(told[name], dict) for name in ("tables", "files", "audit"))
        )
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise BackupBroken(
            f"{folder.name} is no export of this program: it has no {MANIFEST} that says what it holds. Choose the"
            " folder an export made; nothing was changed."
        )
    program = len(record_store.MIGRATIONS)
    if told["schema"] > program:
        raise StoreNewer(
            f"{folder.name} was written by a newer version of this program (its schema is {told['schema']}, this"
            f" program knows {program}). Update the program; nothing was changed."
        )
    return told


def _fill(connection: duckdb.DuckDBPyConnection, folder: Path, form: str) -> None:
    """Take away what a new store begins with, and write the rows of the export in its place."""
    order = contents.tables(connection)
    for table in reversed(order):
        connection.execute(f"DELETE FROM records.{table}")
    connection.execute("CREATE TEMP TABLE aside (cell VARCHAR, content BLOB, words VARCHAR)")
    with _said_of(folder, "one of its files"):
        for some in forms.read_aside(folder):
            _insert(connection, "aside", some, "cell, content, words")
        read = forms.reader(form, folder)
    for table in order:
        columns = contents.columns(connection, table)
        values = ", ".join(f'{forms.value_of(form, column)} AS "{column.name}"' for column in columns)
        with _said_of(folder, f"table {table}"):
            for some in read(table, columns):
                _insert(connection, f"records.{table}", some, values)
    connection.execute("DROP TABLE aside")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, values: str) -> None:
    connection.register("export_rows", rows)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT {values} FROM export_rows")
    connection.unregister("export_rows")


def _compare(connection: duckdb.DuckDBPyConnection, folder: Path, told: dict) -> None:
    """The filled store must hold what the exported one held, to the last value."""
    expected = {table: Held(held["rows"], held["digest"]) for table, held in told["tables"].items()}
    same_engine = told["engine"] == contents.ENGINE
    differing = contents.differing(expected, contents.held(connection), same_engine=same_engine)
    if not same_engine:  # digests of another version of DuckDB say nothing; the files themselves must be untouched
        differing += [
            f"{name} was changed since the export"
            for name, digest in told["files"].items()
            if not (folder / name).is_file() or unfinished.sha256(folder / name) != digest
        ]
    if not differing and trail.head(connection) != (told["audit"]["seq"], told["audit"]["hash"]):
        differing = ["its trail ends elsewhere"]
    if differing:
        raise BackupBroken(
            f"{folder.name} does not hold what was exported: {'; '.join(differing)}. Use an export nobody changed;"
            " nothing was made of this one."
        )


@contextlib.contextmanager
def _said_of(folder: Path, what: str) -> Iterator[None]:
    try:
        yield
    except (RecordsError, duckdb.IOException):
        raise
    except (duckdb.Error, OSError, ValueError, KeyError, python_calamine.CalamineError) as error:
        # Their own words may hold values of the records.
        raise BackupBroken(
            f"{folder.name} is no whole export: {what} cannot be read ({type(error).__name__}). Use an export nobody"
            " changed; nothing was made of this one."
        ) from error
