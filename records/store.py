"""Opens the practice's file, hands out windows to a viewer, and is the only place that commits.

One process owns the file, one connection serves the process, every script run takes a cursor of its own (a connection
shared by threads gives wrong answers without an error), and one lock serialises writing. The file is attached under the
name `records` to a database in memory that holds the views, so a query that names no view finds nothing to read.
"""

import contextlib
import datetime as dt
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

import instruments
from records import asking, calendar, failing, ids, in_force, logs, trail
from records.errors import (
    AlreadySaved,
    EditedMeanwhile,
    NotAllowed,
    NotWritten,
    RecordsError,
    StoreBusy,
    StoreClosed,
    StoreExists,
    StoreNewer,
    StoreUnreadable,
)
from records.viewer import Viewer

HERE = Path(__file__).parent
MIGRATIONS = sorted((HERE / "schema").glob("*.sql"))
VIEWS = [HERE / "views" / name for name in ("live.sql", "visible.sql", "pooled.sql")]
INTEGRITY = sorted((HERE / "integrity").glob("*.sql"))
POOLED_MINIMUM = 11  # pooled facts obey the CMS small-cell rule: no count of 1 to 10
# How DuckDB says that a file is open elsewhere: another process (POSIX, Windows), another connection of this one.
IN_USE = ("Could not set lock on file", "used by another process", "is already attached by database")
ID_OF = {
    table: f"{table}_id"
    for table in (
        "client",
        "episode",
        "session",
        "rating",
        "motion",
        "score",
        "goal",
        "referral",
        "office",
        "therapist",
        "physician",
        "injury_type",
        "report",
        "practice",
        "session_part",
        "technique_use",
        "red_flag_found",
        "episode_region",
        "warning_overruled",
        "client_merge",
        "own_threshold",
        "own_reference",
    )
} | {"dated_entry": "entry_id", "call_made": "call_id"}

IN_PART = ("technique_use", "red_flag_found", "call_made", "rating", "motion", "score", "warning_overruled")
IN_EPISODE = ("episode_region", "goal", "dated_entry", "referral", "session_part", *IN_PART)
# What hangs on a record, and the columns that say so. A session that served another episode too keeps its part there.
HANGING_ON = {
    "client": (("client_id",), ("episode", "session", *IN_EPISODE)),
    "episode": (("episode_id",), IN_EPISODE),
    "session": (("session_id",), ("session_part", *IN_PART)),
    "session_part": (("session_id", "episode_id"), IN_PART),
}
# What hangs on a session repeats its day.
DAY_OF = {
    "session_part": "visited_on",
    "technique_use": "visited_on",
    "red_flag_found": "visited_on",
    "rating": "rated_on",
    "motion": "measured_on",
    "score": "scored_on",
}


class Window:
    """What one viewer can read, for one script run. Not shared between threads."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, viewer: Viewer, store: "Store"):
        self._cursor = cursor
        self._opening = store.opening
        self.viewer = viewer
        self.store = store

    def read(self, query: Path | str, **values: Any) -> pd.DataFrame:
        """Rows of one query over `visible_` and `pooled_` views; values are bound by name.

        Raises
        ------
        NotAllowed
            When the query is anything but one SELECT over these views: all else would pass by the access rule.
        StoreUnreadable
            When the file is damaged there, or its disk is gone.
        """
        sql = query.read_text(encoding="utf-8") if isinstance(query, Path) else query
        if beyond := asking.beyond_the_views(sql):
            raise NotAllowed(f"A query is one SELECT that reads visible_ or pooled_ views only; {beyond}.")
        used = {name: value for name, value in values.items() if re.search(rf"\${name}\b", sql)}
        try:
            return self._cursor.execute(sql, used).df()
        except duckdb.Error as error:
            if not self.store.opened_again(error, self._opening):
                raise
        # A disk that was full made DuckDB let go of the file, which is open again by now: ask once more.
        again = self.store.open_for(self.viewer)
        self._cursor, self._opening = again._cursor, again._opening
        return self._cursor.execute(sql, used).df()


class Change:
    """One action of one person, inside one transaction. Made by `Store.change` only."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, viewer: Viewer, what: str, reason: str | None, key: str | None = None
    ):
        self.cursor = cursor
        self.viewer, self.what, self.reason = viewer, what, reason
        self.at, self.action_id = calendar.now(), ids.new()
        self.lines: list[trail.Line] = []
        self.others: list[Change] = []
        cursor.execute(
            "INSERT INTO records.action VALUES (?, ?, ?, ?, ?, ?)",
            [self.action_id, key, self.at, viewer.person, what, reason],
        )

    def besides(self, what: str, reason: str) -> "Change":
        """Another action of the same person in the same transaction, with its own name, reason and lines."""
        self.others.append(Change(self.cursor, self.viewer, what, reason))
        return self.others[-1]

    def _audited(self) -> list[trail.Line]:
        """Write the audit lines of this action and of those beside it; returns them all."""
        assert self.lines, f"the action {self.what!r} changed nothing it could be audited for"
        trail.write(self.cursor, self.action_id, self.at, self.viewer.person, self.what, self.reason, self.lines)
        return self.lines + [line for other in self.others for line in other._audited()]

    def insert(self, table: str, values: dict[str, Any]) -> int | None:
        """Write one new record as version 1, with its audit line; returns its id."""
        key = ID_OF.get(table)
        row = dict(values)
        if key:
            row.setdefault(key, ids.new())
        row["action_id"] = self.action_id
        columns = ", ".join(row)
        marks = ", ".join(f"${name}" for name in row)
        self.cursor.execute(f"INSERT INTO records.{table} ({columns}) VALUES ({marks})", row)
        self.lines.append(trail.Line(table, row.get(key), row.get("client_id"), 1, None, row))
        return row.get(key)

    def correct(self, table: str, row_id: int, ver: int, values: dict[str, Any]) -> int:
        """Write a new version of a record; the version before stays in the trail. Returns the new version number.

        Raises
        ------
        EditedMeanwhile
            When the record no longer stands at version `ver`.
        """
        key = ID_OF[table]
        before = self._row(table, key, row_id)
        settings = ", ".join(f"{name} = ${name}" for name in values)
        changed = self.cursor.execute(
            f"UPDATE records.{table} SET {settings}, ver = ver + 1, action_id = $action_id"
            f" WHERE {key} = $row_id AND ver = $ver",
            values | {"action_id": self.action_id, "row_id": row_id, "ver": ver},
        ).fetchone()[0]
        if changed != 1:
            raise self._edited_meanwhile(table, row_id, ver, before)
        after = self._row(table, key, row_id)
        self.lines.append(trail.Line(table, row_id, after.get("client_id"), ver + 1, before, after))
        return ver + 1

    def withdraw(self, table: str, row_id: int, ver: int) -> int:
        """Take a record, and everything that hangs on it, out of every figure; all of it stays in the store.

        What is withdrawn with it carries this action's id, so that it can be told from what was withdrawn before.
        Returns the new version number.
        """
        version = self.correct(table, row_id, ver, {"withdrawn": True})
        for hanging, where, given in self._hanging(table, row_id):
            self.rewrite(hanging, {"withdrawn": True}, f"{where} AND NOT withdrawn", given)
        if table in ("episode", "session_part"):
            # Sessions that served this episode alone have no part left and go with it.
            self.rewrite(
                "session",
                {"withdrawn": True},
                "NOT withdrawn AND session_id IN (SELECT session_id FROM records.session_part"
                f" WHERE {ID_OF[table]} = $row_id) AND session_id NOT IN (SELECT session_id FROM records.session_part"
                " WHERE NOT withdrawn)",
                {"row_id": row_id},
            )
        return version

    def restore(self, table: str, row_id: int, ver: int) -> int:
        """Bring a withdrawn record back, with exactly what was withdrawn with it. Returns the new version number.

        Raises
        ------
        NotAllowed
            When something it hangs on is itself withdrawn.
        """
        gone_with = self.cursor.execute(
            f"SELECT action_id FROM records.{table} WHERE {ID_OF[table]} = ?", [row_id]
        ).fetchone()[0]
        version = self.correct(table, row_id, ver, {"withdrawn": False})
        back = "withdrawn AND action_id = $gone_with"
        for hanging, where, given in self._hanging(table, row_id):
            self.rewrite(hanging, {"withdrawn": False}, f"{where} AND {back}", given | {"gone_with": gone_with})
        if table in ("episode", "session_part"):
            self.rewrite(
                "session",
                {"withdrawn": False},
                f"{back} AND session_id IN"
                f" (SELECT session_id FROM records.session_part WHERE {ID_OF[table]} = $row_id)",
                {"row_id": row_id, "gone_with": gone_with},
            )
        self._refuse_if_cut_off()
        return version

    def standing(self, table: str, row_id: int, ver: int) -> dict[str, Any]:
        """A record as it is written down, at the version somebody opened.

        Raises
        ------
        EditedMeanwhile
            When the record no longer stands at version `ver`.
        """
        row = self._row(table, ID_OF[table], row_id)
        if row["ver"] != ver:
            raise self._edited_meanwhile(table, row_id, ver, row)
        return row

    def _edited_meanwhile(self, table: str, row_id: int, ver: int, stands: dict[str, Any]) -> EditedMeanwhile:
        when, who = self.cursor.execute(
            "SELECT acted_at, actor FROM records.audit WHERE table_name = $table AND row_id = $row_id AND ver = $ver"
            " UNION ALL SELECT acted_at, actor FROM records.action WHERE action_id = $action_id LIMIT 1",
            {"table": table, "row_id": row_id, "ver": stands["ver"], "action_id": stands["action_id"]},
        ).fetchone() or (None, None)
        return EditedMeanwhile(
            f"{table} {row_id} was saved by somebody else after you opened it (you have version {ver}, version"
            f" {stands['ver']} stands). Open it again to see both, then save your change.",
            stands=stands,
            changed_at=when,
            changed_by=who,
        )

    def _hanging(self, table: str, row_id: int) -> list[tuple[str, str, dict[str, Any]]]:
        """The tables that hang on a record, with the condition that finds their rows and its values."""
        keys, tables = HANGING_ON.get(table, ((), ()))
        row = self._row(table, ID_OF[table], row_id)
        where = " AND ".join(f"{key} = ${key}" for key in keys)
        return [(hanging, where, {key: row[key] for key in keys}) for hanging in tables]

    def _refuse_if_cut_off(self) -> None:
        """What was brought back must hang on records that stand."""
        query = (HERE / "cut_off.sql").read_text(encoding="utf-8")
        found = self.cursor.execute(query, {"action_id": self.action_id}).fetchone()
        if found:
            what, row_id, why = found
            raise NotAllowed(f"This cannot be brought back: the {what} it belongs to (number {row_id}) {why}")

    def rewrite(
        self, table: str, values: dict[str, Any], where: str, given: dict[str, Any], *, keep_action: bool = False
    ) -> list[int]:
        """Write the same values into every record a condition finds, each as a new version with its audit line.

        Parameters
        ----------
        where : str
            A condition over the table's columns, its values bound by name from `given`.
        keep_action : bool
            The records keep the id of the action that wrote or withdrew them: only whose they are changes, or the day
            they repeat, and what went together can still come back together. The audit lines say what changed, not
            the whole record.

        Returns
        -------
        list of int
            The ids of the records written.
        """
        key = ID_OF[table]
        found = self.cursor.execute(f"SELECT * FROM records.{table} WHERE {where} ORDER BY {key}", given)
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        if not rows:
            return []
        new = values if keep_action else values | {"action_id": self.action_id}
        settings = ", ".join(f"{name} = $new_{name}" for name in new)
        self.cursor.execute(
            f"UPDATE records.{table} SET {settings}, ver = ver + 1 WHERE list_contains($ids, {key})",
            {f"new_{name}": value for name, value in new.items()} | {"ids": [row[key] for row in rows]},
        )
        said = (*new, "ver", "action_id", "episode_id")
        for row in rows:
            before = {name: row[name] for name in said if name in row} if keep_action else row
            after = before | new | {"ver": row["ver"] + 1}
            whose = after.get("client_id", row["client_id"])
            self.lines.append(trail.Line(table, row[key], whose, after["ver"], before, after))
        return [row[key] for row in rows]

    def carry_day(self, session_id: int, old: dt.date, new: dt.date, *, standing: bool = True) -> None:
        """What repeated the session's old day repeats the new one; withdrawn rows too, or they could not come back.

        Parameters
        ----------
        standing : bool
            False when whoever calls writes the standing rows themselves.
        """
        for table, day in DAY_OF.items():
            for withdrawn in ("", "NOT ") if standing else ("",):
                self.rewrite(
                    table,
                    {day: new},
                    f"session_id = $session_id AND {day} = $old AND {withdrawn}withdrawn",
                    {"session_id": session_id, "old": old},
                    keep_action=not withdrawn,
                )

    def note(self, table: str, facts: dict[str, Any]) -> None:
        """One audit line for many rows written at once (an import, its undo): counts and a digest instead of rows."""
        self.lines.append(trail.Line(table, None, None, None, None, facts))

    def _row(self, table: str, key: str, row_id: int) -> dict[str, Any]:
        found = self.cursor.execute(f"SELECT * FROM records.{table} WHERE {key} = ?", [row_id])
        names = [column[0] for column in found.description]
        row = found.fetchone()
        assert row is not None, f"no {table} {row_id}"
        return dict(zip(names, row, strict=True))


class Store:
    """One open record store.

    Attributes
    ----------
    settings : in_force.Settings
        What the practice chose: its name and letterhead, gap rule, backup folder.
    instruments : instruments.Instruments
        The scales and movements it goes by, its own numbers before the published ones.
    version : int
        Rises with each change; whatever was worked out from the records is kept under it.
    opening : int
        How often the file was opened again after its disk failed; cursors of an earlier opening are closed.
    """

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, cannot_save: str | None = None):
        self.path = path
        self._connection = connection
        self._cannot_save = cannot_save  # the file may only be read: why, and what to do
        self._not_saved: str | None = None  # the last change failed: why, and what to do
        self._stands_at = _place_on_disk(path)
        self.opening = 0
        self._write_lock = threading.RLock()
        self._closed = False
        self.before_closing: list[Callable[[], None]] = []  # what works on this store by itself, to be stopped first
        (self.is_sample,) = self._connection.execute("SELECT is_sample FROM records.practice").fetchone()
        self._read_in_force()
        self.version = self._last_action()

    @property
    def practice_name(self) -> str:
        """The practice as its pages and letters name it."""
        return self.settings.practice_name

    def _read_in_force(self) -> None:
        cursor = self._connection.cursor()
        self.settings = in_force.settings(cursor)
        self.instruments = in_force.numbers(cursor)
        cursor.close()

    def open_for(self, viewer: Viewer) -> Window:
        """A window for one viewer: a cursor of its own whose views show what this viewer may read."""
        cursor = self._cursor()
        for name, value in (
            ("viewer_scope", viewer.scope),
            ("viewer_therapist", viewer.therapist_id),
            ("viewer_office", viewer.office_id),
            ("viewer_person", viewer.person),
            ("viewer_pooled", viewer.may("pooled.read")),
            ("pooled_minimum", POOLED_MINIMUM),
        ):
            cursor.execute(f"SET VARIABLE {name} = ?", [value])
        return Window(cursor, viewer, self)

    @contextlib.contextmanager
    def change(
        self, viewer: Viewer, what: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> Iterator[Change]:
        """One transaction: everything inside is written with its audit lines, or nothing is.

        Parameters
        ----------
        viewer : Viewer
            Who acts; `access/` has already asked whether they may.
        what : str
            The action in a word: "create", "correct", "withdraw", "import", "undo".
        idempotency_key : str, optional
            Names the action, so that a retry after a lost answer is recognised.

        Raises
        ------
        AlreadySaved
            When an action with this key was committed before.
        NotWritten
            When the disk refuses.
        """
        action_id = lines = None
        with self._write_lock:
            try:
                with self._transaction() as cursor:
                    if idempotency_key is not None:
                        self._refuse_if_saved(cursor, idempotency_key)
                    change = Change(cursor, viewer, what, reason, idempotency_key)
                    action_id = change.action_id
                    yield change
                    lines = change._audited()
            except NotWritten:
                # A disk can fail just after the change was kept: the file, opened again, is asked what it holds.
                if not self._is_kept(action_id):
                    raise
            # Before the version rises: whatever is kept under the new version must have been judged by the new rules.
            # A change that was kept although the disk failed under it may have touched any of them.
            if lines is None or any(line.table_name in in_force.TABLES for line in lines):
                self._read_in_force()
            self.version = max(action_id, *(other.action_id for other in change.others), 0)

    @contextlib.contextmanager
    def jotting(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """One transaction on drafts, which are no records: no audit line, and no figure has changed.

        Raises
        ------
        NotWritten
            When the disk refuses.
        """
        with self._transaction() as cursor:
            yield cursor

    @contextlib.contextmanager
    def kept_still(self) -> Iterator[None]:
        """Nobody else saves meanwhile: for what must be worked out and written in one go, however long it takes."""
        with self._write_lock:
            yield

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Everything inside is committed, or nothing is. Nobody else writes meanwhile.

        Raises
        ------
        NotWritten
            When the machine fails, at whichever statement: nothing acknowledged before is lost, and reading goes on.
        """
        with self._write_lock:
            cursor = self._writing_cursor()
            try:
                cursor.execute("BEGIN")
                yield cursor
                cursor.execute("COMMIT")
            except BaseException as error:
                # A commit that failed (a full disk) has already ended the transaction: its own error is the one to see.
                with contextlib.suppress(duckdb.Error):
                    cursor.execute("ROLLBACK")
                cursor.close()
                if not failing.of_the_machine(error):
                    raise
                self._not_saved = failing.saving_fails(self.path, error)
                if not self._answers():
                    self._open_again()
                raise NotWritten(failing.not_saved(self.path, error)) from error
            cursor.close()
            self._not_saved = None

    def _writing_cursor(self) -> duckdb.DuckDBPyConnection:
        self.still_open()
        if _place_on_disk(self.path) != self._stands_at:
            raise NotWritten(failing.moved_away(self.path))
        if self._cannot_save:
            self._open_again()
        if self._cannot_save:
            raise NotWritten(self._cannot_save)
        return self._cursor()

    def _refuse_if_saved(self, cursor: duckdb.DuckDBPyConnection, idempotency_key: str) -> None:
        known = cursor.execute(
            "SELECT action_id FROM records.action WHERE idempotency_key = ?", [idempotency_key]
        ).fetchone()
        if known:
            raise AlreadySaved(f"This was already saved (action {known[0]}); nothing was written twice.")

    def _is_kept(self, action_id: int | None) -> bool:
        found = self._connection.execute("SELECT count(*) FROM records.action WHERE action_id = ?", [action_id])
        return found.fetchone()[0] > 0

    @property
    def trouble(self) -> str | None:
        """Why nothing can be saved at the moment and what to do, in words; None when all is well."""
        if not self._closed and _place_on_disk(self.path) != self._stands_at:
            return failing.moved_away(self.path)
        return self._cannot_save or self._not_saved

    def opened_again(self, error: duckdb.Error, opening: int) -> bool:
        """Whether the file was opened again since `opening`, by this call if need be, so that a read is worth a retry.

        Raises
        ------
        StoreClosed, StoreUnreadable, StoreBusy
            When it was let go for good, is damaged, or another program took it.
        """
        self.still_open(error)
        with self._write_lock:
            self.still_open(error)
            if self.opening != opening:
                return True
            if not failing.of_the_machine(error):
                return False
            if self._answers():
                raise StoreUnreadable(failing.not_readable(self.path, error)) from error
            self._open_again()
            return True

    def _answers(self) -> bool:
        """Whether DuckDB still serves the file: after a checkpoint that failed it serves nothing of it any more."""
        try:
            self._connection.execute("SELECT count(*) FROM records.practice").fetchone()
        except duckdb.Error:
            return False
        return True

    def _open_again(self) -> None:
        self._connection.close()
        self._connection, self._cannot_save = _opened(self.path)
        self.opening += 1

    def staging(self) -> duckdb.DuckDBPyConnection:
        """A cursor for preparing rows in temporary tables of its own, which go with it; it sees the whole store.

        Records are written only inside `change`.
        """
        return self._cursor()

    def integrity(self) -> pd.DataFrame:
        """Everything in the store that should not be: columns problem, table_name, row_id; no rows when all is well."""
        cursor = self._cursor()
        try:
            found = [cursor.execute(query.read_text(encoding="utf-8")).df() for query in INTEGRITY]
            broken = pd.DataFrame({"problem": trail.broken_links(cursor), "table_name": "audit", "row_id": None})
        except duckdb.Error as error:
            if failing.of_the_machine(error):
                raise StoreUnreadable(failing.not_readable(self.path, error)) from error
            raise
        return pd.concat([*found, broken], ignore_index=True)

    def close(self) -> None:
        """Write everything into the file and let it go, once whoever is writing has finished."""
        while self.before_closing:
            self.before_closing.pop()()
        with self._write_lock:
            self._closed = True
            self._connection.close()

    def still_open(self, error: duckdb.Error | None = None) -> None:
        """Raise StoreClosed when the file was let go: a backup was brought back, or another practice opened."""
        if self._closed:
            raise StoreClosed(
                f"{self.path.name} was closed while this page was open: a backup was brought back, or another practice"
                " was opened. What was not saved before that is not saved. Load the page again."
            ) from error

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        self.still_open()
        try:
            return self._connection.cursor()
        except duckdb.ConnectionException:
            # Let go when its disk failed, and not to be had again at that moment.
            with self._write_lock:
                if not self._answers():
                    self._open_again()
                return self._connection.cursor()

    def _last_action(self) -> int:
        return self._connection.execute("SELECT coalesce(max(action_id), 0) FROM records.action").fetchone()[0]


def create(
    path: Path,
    practice_name: str,
    *,
    is_sample: bool = False,
    today: dt.date | None = None,
    in_new_folder: bool = True,
) -> Store:
    """Make a new, empty record store and open it.

    Parameters
    ----------
    in_new_folder : bool
        Make the folder too when it is missing. False where it may lie on a disk that is only not connected.

    Raises
    ------
    StoreExists
        When there is a file at `path` already, or the log of one that was; it is left as it is.
    StoreUnreadable
        When the folder is missing and may not be made.
    """
    path = Path(path)
    if not in_new_folder and not path.parent.is_dir():
        raise StoreUnreadable(
            f"There is no folder {path.parent}, where {path.name} should be. If it is on a disk that is not connected,"
            " connect it and try again. If the practice is new, make the folder first. Nothing was made."
        )
    if path.exists():
        raise StoreExists(f"{path.name} already exists. Open it, or choose another name; nothing was changed.")
    log = log_of(path)
    if log.exists():
        # DuckDB would write what the log holds into the new file: records of another practice.
        raise StoreExists(
            f"{log.name} is left of a record store that is gone, and may hold its last records. Put the two together"
            " again, or move it away; nothing was changed."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    # Made beside its place and moved there when whole, so that a kill leaves no half-made store to be opened.
    unfinished = path.with_name(path.name + ".making")
    for leftover in (unfinished, log_of(unfinished)):
        leftover.unlink(missing_ok=True)
    connection = attach(unfinished)
    migrate(connection, unfinished)
    connection.execute(
        "INSERT INTO records.practice (practice_id, name, is_sample, created_on) VALUES (?, ?, ?, ?)",
        [ids.new(), practice_name, is_sample, today or calendar.today()],
    )
    connection.close()
    unfinished.rename(path)
    return open_store(path)


def open_store(path: Path) -> Store:
    """Open an existing record store, bringing its schema up to this program's.

    Raises
    ------
    StoreUnreadable, StoreBusy, StoreNewer
        With what to do; the file is left as it was.
    """
    path = Path(path)
    if not path.exists():
        raise StoreUnreadable(
            f"There is no record store at {path}. Check OUTCOMES_DATABASE, or create a practice first."
        )
    connection, cannot_save = _opened(path)
    try:
        return Store(path, connection, cannot_save)
    except duckdb.Error as error:
        connection.close()
        if failing.of_the_machine(error):
            raise StoreUnreadable(failing.not_readable(path, error)) from error
        raise


def _opened(path: Path) -> tuple[duckdb.DuckDBPyConnection, str | None]:
    """The file, attached and ready to be read; and why nothing can be saved in it, when that is so."""
    try:
        connection, cannot_save = attach(path), None
    except StoreUnreadable as refused:
        if not failing.may_not_write(refused.__cause__):
            raise
        connection, cannot_save = attach(path, read_only=True), failing.cannot_save(path)
    try:
        version = schema_version(connection)
        if version is None:
            raise StoreUnreadable(
                f"{path.name} is a DuckDB file, but not a record store: it has no schema version."
                " Check OUTCOMES_DATABASE; nothing was changed."
            )
        if cannot_save and version < len(MIGRATIONS):
            raise StoreUnreadable(
                f"{path.name} was written by an earlier version of this program and must be brought up to this one, but"
                " it or its disk is read-only. Make it writable for this user, then open it again."
            )
        migrate(connection, path)
        if connection.execute("SELECT count(*) FROM records.practice").fetchone()[0] != 1:
            raise StoreUnreadable(f"{path.name} holds no practice: it was never finished. Restore a backup.")
        if not cannot_save:
            _refresh_instruments(connection)
        for view_file in VIEWS:
            connection.execute(view_file.read_text(encoding="utf-8"))
        largest = connection.execute((HERE / "largest_id.sql").read_text(encoding="utf-8")).fetchone()[0]
    except (duckdb.Error, OSError) as error:
        connection.close()
        if failing.known(error):
            raise StoreUnreadable(failing.not_readable(path, error)) from error
        raise StoreUnreadable(
            f"{path.name} could be opened but not read or brought up to this program's schema ({type(error).__name__})."
            " Restore the last backup, or the copy made before the schema changed."
        ) from error
    except BaseException:
        connection.close()
        raise
    ids.never_below(largest)
    return connection, cannot_save


def attach(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a file under the name `records`, and nothing more. Only records/ asks for this; all others open a store.

    Raises
    ------
    StoreBusy, StoreUnreadable
        With what to do.
    """
    # Health records: the file, its log, its copies and what spills beside it are readable by this user alone. DuckDB
    # makes some of them while it works, so it is the process that must be told, not one file.
    os.umask(0o077)
    if logs.passed_over(log_of(path)):
        raise StoreUnreadable(failing.unreadable_log(path))
    # No extension is ever fetched over the network.
    connection = duckdb.connect(":memory:", config={"custom_user_agent": "rehab-outcomes"})
    connection.execute("SET autoinstall_known_extensions = false")
    # What does not fit in memory spills beside the records, not into whatever folder the program was started in.
    connection.execute("SET temp_directory = ?", [f"{path}.spill"])
    try:
        connection.execute(f"ATTACH {quoted(path)} AS records{' (READ_ONLY)' if read_only else ''}")
    except duckdb.Error as error:
        connection.close()
        # Whole phrases: a damaged file speaks of "blocks", and a path may hold any word.
        if any(phrase in str(error) for phrase in IN_USE):
            raise StoreBusy(
                f"{path.name} is open in another program: this app, started a second time, or a command that is at"
                " work. Wait until it has finished, or close it, then try again. Nothing was changed."
            ) from error
        if failing.known(error):
            raise StoreUnreadable(failing.not_readable(path, error)) from error
        raise StoreUnreadable(
            f"{path.name} cannot be opened as a record store ({type(error).__name__}). If it is the right file,"
            " restore the last backup; if not, check OUTCOMES_DATABASE."
        ) from error
    return connection


def _place_on_disk(path: Path) -> tuple[int, int] | None:
    """Which file stands at a path: its disk and its number there; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def log_of(path: Path) -> Path:
    """Where DuckDB keeps what was committed and is not yet in the file itself."""
    return path.with_name(f"{path.name}.wal")


def quoted(path: Path) -> str:
    """A path as SQL text."""
    return "'" + str(path).replace("'", "''") + "'"


def schema_version(connection: duckdb.DuckDBPyConnection) -> int | None:
    """The schema version of the attached file; None when it is no record store."""
    known = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'records' AND table_name = 'schema_version'"
    ).fetchone()[0]
    if not known:
        return None
    return connection.execute("SELECT max(version) FROM records.schema_version").fetchone()[0]


def migrate(connection: duckdb.DuckDBPyConnection, path: Path, *, upto: int | None = None) -> None:
    """Apply the numbered steps this file has not had: a copy first, then each step in a transaction of its own.

    Parameters
    ----------
    upto : int, optional
        Stop at this step: for a new file that is to be filled with records of an earlier schema.
    """
    latest = len(MIGRATIONS) if upto is None else upto
    current = schema_version(connection)
    if current is None:
        current = 0
        connection.execute(
            "CREATE TABLE records.schema_version (version INTEGER NOT NULL, name VARCHAR, applied_at TIMESTAMP)"
        )
    if current > latest:
        raise StoreNewer(
            f"{path.name} was written by a newer version of this program (its schema is {current}, this program knows"
            f" {latest}). Update the program; the file was not touched."
        )
    if current < latest and current > 0:
        connection.execute("DETACH records")
        # Named by the first missing step: if a later one fails, the next try copies what stands then beside this copy.
        shutil.copy2(path, path.with_name(f"{path.stem}.before-schema-{current + 1}{path.suffix}"))
        connection.execute(f"ATTACH {quoted(path)} AS records")
    for number, step in enumerate(MIGRATIONS[current:latest], start=current + 1):
        connection.execute("USE records")
        connection.execute("BEGIN")
        try:
            connection.execute(step.read_text(encoding="utf-8"))
            connection.execute("INSERT INTO schema_version VALUES (?, ?, ?)", [number, step.stem, calendar.now()])
            connection.execute("COMMIT")
        except BaseException:
            # A commit that failed has already ended the transaction: its own error is the one to see.
            with contextlib.suppress(duckdb.Error):
                connection.execute("ROLLBACK")
            raise
        finally:
            connection.execute("USE memory")


def _refresh_instruments(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep the store's bounds equal to instruments/, so that rules in SQL and data in TOML cannot drift apart."""
    movements = [
        (m.joint, m.movement, m.name, m.region, m.sided, m.lowest_deg, m.highest_deg)
        for m in instruments.movements().values()
    ]
    scales = [(s.key, s.name, s.lowest, s.highest) for s in instruments.scales().values()]
    # Only what differs is written: a store is opened far more often than instruments/ changes, on a full disk too.
    stale = {
        table: [row for row in rows if row not in _without_decimals(connection, table)]
        for table, rows in (("movement", movements), ("scale", scales))
    }
    if not any(stale.values()):
        return
    connection.execute("BEGIN")
    for table, rows in stale.items():
        for row in rows:
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT OR REPLACE INTO records.{table} VALUES ({marks})", row)
    connection.execute("COMMIT")


def _without_decimals(connection: duckdb.DuckDBPyConnection, table: str) -> set[tuple]:
    rows = connection.execute(f"FROM records.{table}").fetchall()
    return {tuple(float(cell) if isinstance(cell, Decimal) else cell for cell in row) for row in rows}


# The store this process serves. Pages ask for a window; which file that is was decided by access/practice.py.
_current: Store | None = None
_current_lock = threading.RLock()
_ever_served: set[Path] = set()
# What begins to work by itself on each store this process serves, and puts its end into `before_closing`.
when_served: list[Callable[[Store], None]] = []


def serve(path: Path) -> Store:
    """Open `path` as the store of this process (once), closing the one served before."""
    global _current
    with _current_lock:
        if _current is None or _current.path != Path(path):
            opened = open_store(path)
            if _current is not None:
                _current.close()
            _current = opened
            _ever_served.add(opened.path)
            for begin in when_served:
                begin(opened)
        return _current


def serves(path: Path) -> bool:
    """Whether the store of this process is the file at `path`, or was it when its disk was taken away."""
    with _current_lock:
        return _current is not None and _current.path == Path(path)


def ever_served(path: Path) -> bool:
    """Whether this process has served the file at `path`. It then held records, and is never begun anew.

    Whoever asks while a backup takes its place waits until that is done.
    """
    with _current_lock:
        return Path(path) in _ever_served


def release() -> None:
    """Close the store of this process, if one is open."""
    global _current
    with _current_lock:
        if _current is not None:
            _current.close()
            _current = None


def while_closed(work: Callable[[Path], Any]) -> Any:
    """Close the store of this process, let `work(path)` do something to its file, and serve it again whatever happens.

    Whoever asks for the store meanwhile waits; whoever is at work on it is told (StoreClosed).
    """
    with _current_lock:
        path = current().path
        release()
        try:
            done = work(path)
        except BaseException:
            # Why the work failed is the error to see. Whoever loads a page next is told why there is no store.
            with contextlib.suppress(RecordsError):
                serve(path)
            raise
        serve(path)
        return done


def current() -> Store:
    """The store of this process."""
    with _current_lock:  # whoever asks while another file takes this one's place waits for it
        if _current is None and _ever_served:
            raise StoreClosed(
                "The record file was closed while this page was open, and is not open again. Load the page again."
            )
        assert _current is not None, "no store is served yet: access/practice.py opens one before any page reads"
        return _current


def open_for(viewer: Viewer) -> Window:
    """A window on this process's store for one viewer."""
    return current().open_for(viewer)
