"""Correcting, withdrawing and bringing back one record; what stood before stays, with who changed it and why.

A corrected value passes the one set of rules: the record is staged as it is and as it would be, with the visit it
belongs to, and refused for what would be wrong with it that is not wrong already.
"""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import duckdb

from records import calendar, discharges
from records.errors import EntryRefused, NotAllowed
from records.judging import Judged, rows_of
from records.permission import may_write
from records.store import ID_OF, Change, Store
from records.viewer import Viewer
from records.written import choices, columns_of, correctable, history, options, record, text_of

__all__ = ["correct", "history", "restore", "withdraw"]

# What was withdrawn of no visit, and is judged by itself when it comes back.
ALONE = ("episode", "goal", "dated_entry", "referral", "call_made")


def correct(
    store: Store,
    viewer: Viewer,
    table: str,
    row_id: int,
    ver: int,
    values: Mapping[str, Any],
    *,
    reason: str,
    idempotency_key: str | None = None,
) -> int:
    """Write a new version of one record; returns its number.

    Parameters
    ----------
    table : str
        One of `correctable.toml`.
    ver : int
        The version the person saw when they began.
    values : mapping
        The columns to change, as text as a form gives it (days as YYYY-MM-DD, yes or no, ids and codes of lists);
        None or empty text for no value. A new day of a session is carried to what repeats it.
    reason : str
        Why, in a few words.

    Raises
    ------
    EntryRefused
        With every reason, in the words of a form; also when nothing would change.
    EditedMeanwhile
        When the record no longer stands at version `ver`; it carries what stands.
    NotAllowed
        In the sample practice, without the right to correct, for a record the viewer may not see or one withdrawn, or
        when it would change something in an episode the viewer may not see.
    AlreadySaved
        When this correction was saved before.
    """
    may_write(store, viewer, "record.correct")
    reason = _reason(reason)
    with store.change(viewer, "correct", reason=reason, idempotency_key=idempotency_key) as change:
        row = _opened(store, viewer, change, table, row_id, ver)
        _refuse_if_withdrawn(table, row_id, row)
        new = _read(store, viewer, table, row, values)
        version = change.correct(table, row_id, ver, new)
        if table == "session" and "visited_on" in new:
            change.carry_day(row_id, row["visited_on"], new["visited_on"])
        _refuse_beyond_sight(store, viewer, change)
    return version


def withdraw(
    store: Store,
    viewer: Viewer,
    table: str,
    row_id: int,
    ver: int,
    *,
    reason: str,
    idempotency_key: str | None = None,
) -> int:
    """Take a record, with everything that hangs on it, out of every figure; returns its new version.

    Raises
    ------
    EntryRefused, EditedMeanwhile, NotAllowed, AlreadySaved
        As `correct` does.
    """
    may_write(store, viewer, "record.correct")
    reason = _reason(reason)
    with store.change(viewer, "withdraw", reason=reason, idempotency_key=idempotency_key) as change:
        row = _opened(store, viewer, change, table, row_id, ver)
        _refuse_if_withdrawn(table, row_id, row)
        version = change.withdraw(table, row_id, ver)
        _refuse_beyond_sight(store, viewer, change)
    return version


def restore(
    store: Store,
    viewer: Viewer,
    table: str,
    row_id: int,
    ver: int,
    *,
    reason: str,
    idempotency_key: str | None = None,
) -> int:
    """Bring a withdrawn record back with exactly what was withdrawn with it; returns its new version.

    Raises
    ------
    NotAllowed
        When what it belongs to is withdrawn itself (the message names it), when it went with an import that was taken
        back, or when it is a client who was found to be another; besides as `correct` does.
    EntryRefused
        Without a reason; and when it would break a rule because of what was corrected since it went (the visit is now a
        no-show, or lies after a discharge).
    EditedMeanwhile, AlreadySaved
        As `correct` does.
    """
    may_write(store, viewer, "record.correct")
    reason = _reason(reason)
    with store.change(viewer, "restore", reason=reason, idempotency_key=idempotency_key) as change:
        row = _opened(store, viewer, change, table, row_id, ver)
        if not row["withdrawn"]:
            raise NotAllowed(f"{table} {row_id} stands already; there is nothing to bring back.")
        what = change.cursor.execute(
            "SELECT what FROM records.action WHERE action_id = ?", [row["action_id"]]
        ).fetchone()[0]
        if what == "undo":
            raise NotAllowed(
                f"{table} {row_id} went when its import was taken back. Bring the file in again on the Import page."
            )
        if what == "merge":
            raise NotAllowed(
                f"Client {row_id} was found to be another client. Take that back on the page of people who may be one."
            )
        version = change.restore(table, row_id, ver)
        _refuse_beyond_sight(store, viewer, change)
        _refuse_if_newly_wrong(store, viewer, change, row["action_id"])
    return version


def _reason(reason: str) -> str:
    if not (reason or "").strip():
        raise EntryRefused(["Reason: it is not said why. Write it in a few words; it is kept with the change."])
    return reason.strip()


def _opened(store: Store, viewer: Viewer, change: Change, table: str, row_id: int, ver: int) -> dict[str, Any]:
    """The record at the version that was opened, if it is one the viewer may correct."""
    if table not in correctable():
        raise NotAllowed(f"Records of {table} are not corrected here.")
    if record(store.open_for(viewer), table, row_id) is None:
        raise NotAllowed(f"There is no {table} {row_id} you may correct.")
    return change.standing(table, row_id, ver)


def _refuse_if_withdrawn(table: str, row_id: int, row: Mapping[str, Any]) -> None:
    if row["withdrawn"]:
        raise NotAllowed(f"{table} {row_id} is withdrawn. Bring it back first; nothing was changed.")


def _refuse_beyond_sight(store: Store, viewer: Viewer, change: Change) -> None:
    """What hangs on a record may belong to an episode of others: who cannot see that cannot change it."""
    if viewer.scope == "all":
        return
    seen = set(store.open_for(viewer).read("SELECT episode_id FROM visible_episode_ever")["episode_id"])
    touched = {
        line.row_id if line.table_name == "episode" else line.after.get("episode_id")
        for line in change.lines
        if line.after is not None
    }
    for line in change.lines:
        if line.table_name == "session":
            # What a visit says, it says to each episode it serves: those it served once, too, whose part may come back.
            # To take one's own part away, or bring it back, speaks of those that stand.
            came_or_went = line.before["withdrawn"] != line.after["withdrawn"]
            parts = rows_of(change.cursor, "session_part", "session_id", [line.row_id], standing=came_or_went)
            touched |= {part["episode_id"] for part in parts}
    if touched - seen - {None}:
        raise NotAllowed(
            "This reaches into an episode of this client that you may not see. Ask somebody who sees the whole practice"
            " to do it. Nothing was changed."
        )


# --- What comes back


def _refuse_if_newly_wrong(store: Store, viewer: Viewer, change: Change, gone_with: int) -> None:
    """What comes back is held against what was corrected since it went, by the rules a correction passes."""
    cursor = change.cursor
    back = [line for line in change.lines if line.after is not None]
    parts = {
        (line.after["session_id"], line.after["episode_id"])
        for line in back
        if line.after.get("session_id") is not None and line.after.get("episode_id") is not None
    }
    earlier = _as_it_was(cursor, gone_with)
    if not earlier:
        return
    judged = Judged(cursor, choices(store.open_for(viewer)), earlier=earlier, name_each=True)
    judged.visits({session_id for session_id, _ in parts}, parts)
    for line in back:
        if line.table_name in ALONE and (line.table_name != "call_made" or line.after["session_id"] is None):
            judged.alone(line.table_name, dict(line.after))
    if reasons := judged.newly_wrong("Correct that first, then bring this back. Nothing was changed."):
        raise EntryRefused(reasons)


def _as_it_was(cursor: duckdb.DuckDBPyConnection, gone_with: int) -> dict[tuple[str, int], dict[str, Any]]:
    """Records as they were when an action withdrew something: of each that was changed since, what the trail keeps."""
    lines = cursor.execute(
        "SELECT a.table_name, a.row_id, v.before"
        " FROM records.audit AS a INNER JOIN records.audit_values AS v USING (seq)"
        " WHERE a.seq > (SELECT max(seq) FROM records.audit WHERE action_id = $gone_with)"
        " AND a.row_id IS NOT NULL AND v.before IS NOT NULL"
        # Of the same client, by whichever number.
        " AND a.client_id IN (SELECT client_id FROM records.audit WHERE action_id = $gone_with"
        " UNION SELECT kept_client_id FROM records.client_merge UNION SELECT gone_client_id FROM records.client_merge)"
        " ORDER BY a.seq DESC",
        {"gone_with": gone_with},
    ).fetchall()
    was: dict[tuple[str, int], dict[str, Any]] = {}
    for table, row_id, before in lines:
        if table in correctable():
            was.setdefault((table, row_id), {}).update(json.loads(before))
    return was


# --- What a form gave, read and checked


def _read(
    store: Store, viewer: Viewer, table: str, row: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    """The new values by type, those that differ from what stands."""
    columns = columns_of(table, row)
    for name in values:
        if name not in columns:
            hint = " Whose it is changes when two clients are found to be one." if name == "client_id" else ""
            raise NotAllowed(f"{name} of a {table} is not corrected here.{hint}")
    given = {name: text_of(value.strip() if isinstance(value, str) else value) for name, value in values.items()}
    given = {name: text for name, text in given.items() if text != text_of(row[name])}
    if not given:
        raise EntryRefused(["Nothing was changed: the values are those that stand. Change one, or cancel."])
    window = store.open_for(viewer)
    lists = choices(window)
    new, reasons = {}, []
    for name, text in given.items():
        column = columns[name]
        if text is None and column.get("needed"):
            reasons.append(f"{column['label']}: this cannot be left empty. Correct the entry.")
        elif "rule" not in column:
            new[name], wrong = _own(column, text, lists)
            reasons += [f"{column['label']}: {wrong} Correct the entry."] if wrong else []
    reasons += _out_of_order(columns, dict(row) | new)
    if not reasons:
        judged = Judged(store.staging(), lists, changed=(table, row[ID_OF[table]]), given=given)
        if new.get("injury_type_id"):
            number = new["injury_type_id"]
            judged.injuries.add(lists["injury_type"].get(str(number), f"number {number}"))
        if row.get("session_id") is not None and table != "call_made":
            judged.visits([row["session_id"]], [_part_of(row)] if "episode_id" in row else None)
        else:
            judged.alone(table, dict(row))
        reasons = judged.newly_wrong()
    if reasons:
        raise EntryRefused(reasons)
    new |= judged.ruled(columns)
    if table == "episode" and (
        wrong := discharges.too_early(judged.cursor, row["episode_id"], new.get("discharged_on"))
    ):
        label = columns["discharged_on"]["label"]
        raise EntryRefused([f"{label}: {wrong} Correct the entry, or correct or withdraw that visit first."])
    return new


def _part_of(row: Mapping[str, Any]) -> tuple[int, int]:
    return row["session_id"], row["episode_id"]


def _own(column: Mapping[str, Any], text: str | None, lists: Mapping[str, Mapping[str, str]]) -> tuple[Any, str | None]:
    """A value no rule reads, by type, and what is wrong with it."""
    if text is None:
        return None, None
    match column.get("is", "words"):
        case "yes_no":
            return text == "yes", None if text in ("yes", "no") else f"{text} is neither yes nor no."
        case "date":
            return _own_day(column, text)
        case "whole":
            lowest, highest = column["from"], column["to"]
            if not text.isdecimal():
                return None, f"{text} is not a whole number. Right is {lowest} to {highest}."
            outside = not lowest <= int(text) <= highest
            return int(text), f"{text} is outside {lowest} to {highest}." if outside else None
        case "choice":
            known = options(column, lists)
            code = next((code for code, name in known.items() if text.lower() in (code.lower(), name.lower())), None)
            if code is None:
                return None, f"{text} is not known. Known are {', '.join(known.values())}."
            return int(code) if column["choice"] in ("injury_type", "therapist", "office", "physician") else code, None
    return text, None


def _own_day(column: Mapping[str, Any], text: str) -> tuple[dt.date | None, str | None]:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None, f"{text} is no date. Right is a day that exists, written as YYYY-MM-DD."
    if day.year < 1900:
        return day, f"{text} is before 1900."
    if column.get("past") and day > calendar.today():
        return day, f"{text} is in the future (today is {calendar.today()})."
    return day, None


def _out_of_order(columns: Mapping[str, Mapping[str, Any]], row: Mapping[str, Any]) -> list[str]:
    """Days that come before the day they cannot come before."""
    return [
        f"{column['label']}: {row[name]} is before {columns[column['not_before']]['label'].lower()}"
        f" ({row[column['not_before']]}). Correct the entry."
        for name, column in columns.items()
        if "not_before" in column and row[name] and row[column["not_before"]] and row[name] < row[column["not_before"]]
    ]
