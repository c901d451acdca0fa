"""Correcting, withdrawing and bringing back one record; what stood before stays, with who changed it and why.

A corrected value passes the one set of rules: the record is staged as it is and as it would be, with the visit it
belongs to, and refused for what would be wrong with it that is not wrong already.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from records import calendar, rules
from records.errors import EntryRefused, NotAllowed
from records.permission import may_write
from records.store import ID_OF, Change, Store
from records.viewer import Viewer
from records.written import choices, columns_of, correctable, history, options, record, text_of

__all__ = ["correct", "history", "restore", "withdraw"]

READINGS = {"rating": "pain", "motion": "motion", "score": "score"}
CARE = {"technique_use": "technique", "red_flag_found": "red_flag", "call_made": "call", "dated_entry": "entry"}
# What hangs on a session repeats its day.
DAY_OF = {
    "session_part": "visited_on",
    "technique_use": "visited_on",
    "red_flag_found": "visited_on",
    "rating": "rated_on",
    "motion": "measured_on",
    "score": "scored_on",
}
BEFORE, AFTER = 1, 2  # the two lines that are staged


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
            _carry_day(change, row_id, row["visited_on"], new["visited_on"])
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
    EntryRefused, EditedMeanwhile, AlreadySaved
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
    if touched - seen - {None}:
        raise NotAllowed(
            "This reaches into an episode of this client that you may not see. Ask somebody who sees the whole practice"
            " to do it. Nothing was changed."
        )


def _carry_day(change: Change, session_id: int, old: dt.date, new: dt.date) -> None:
    """What repeated the session's old day repeats the new one; withdrawn rows too, or they could not come back."""
    for table, day in DAY_OF.items():
        for withdrawn in ("", "NOT "):
            change.rewrite(
                table,
                {day: new},
                f"session_id = $session_id AND {day} = $old AND {withdrawn}withdrawn",
                {"session_id": session_id, "old": old},
                keep_action=not withdrawn,
            )


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
        cursor = store.staging()
        staged = _stage(cursor, table, row, given, new, lists)
        rules.check(cursor)
        _after_discharge(cursor, table, row, given)
        reasons = _newly_wrong(cursor)
    if reasons:
        raise EntryRefused(reasons)
    return new | _ruled(cursor, staged, columns)


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


class _Staged:
    """Rows for the rules' staging tables: the record as it is on one line, as it would be on the other."""

    def __init__(self, table: str, row_id: int, given: Mapping[str, str | None]):
        self.table, self.row_id, self.given = table, row_id, given
        self.number = 1  # of the corrected reading, or thing done, among those of its visit
        self.visits, self.readings, self.care, self.names = [], [], [], []

    def texts(self, table: str, row: Mapping[str, Any], kind: str, line: int) -> dict[str, str | None]:
        """What a row says in the fields of one kind of rule ("visit", "reading", "care")."""
        said = {}
        for name, column in correctable()[table]["column"].items():
            rule = column.get("rule", "")
            if rule.startswith(f"{kind}."):
                is_corrected = line == AFTER and table == self.table and row[ID_OF[table]] == self.row_id
                text = text_of(row[name])
                said[rule.partition(".")[2]] = self.given.get(name, text) if is_corrected else text
        return said

    def visit(self, place: int, fields: Sequence[Mapping[str, str | None]]) -> None:
        """One visit; `fields` are its texts as they are, and as they would be."""
        self.visits += [{"line": line, "place": place} | dict(said) for line, said in enumerate(fields, start=BEFORE)]

    def item(self, place: int, table: str, row: Mapping[str, Any]) -> None:
        """One reading or one thing done in a visit, numbered by its place among them."""
        number = len(self.readings) + len(self.care) + 1
        kind, what = ("reading", READINGS[table]) if table in READINGS else ("care", CARE[table])
        for line in (BEFORE, AFTER):
            said = {"line": line, "place": place, "reading": number, "what": what} | self.texts(table, row, kind, line)
            (self.readings if kind == "reading" else self.care).append(said)
        own = row[ID_OF[table]] == self.row_id and table == self.table
        self.number = number if own else self.number
        self.name(place, number, table, kind, own=own)

    def name(self, place: int, number: int, table: str, kind: str, own: bool = True) -> None:
        called = "" if own else f"{correctable()[table]['called']}, "
        for column in correctable()[table]["column"].values():
            rule = column.get("rule", "")
            if rule.startswith(f"{kind}."):
                label = column["label"].lower() if called else column["label"]
                self.names.append((place, number, rule.partition(".")[2], f"{called}{label}"))

    def put(self, cursor: duckdb.DuckDBPyConnection) -> None:
        names = [
            {"place": place, "reading": number, "field": field, "column_name": label, "given": True}
            for place, number, field, label in dict.fromkeys(self.names)
        ]
        for target, rows in (
            ("staged_visit", self.visits),
            ("staged_reading", self.readings),
            ("staged_care", self.care),
            ("field_name", names),
        ):
            if rows:
                every = list(dict.fromkeys(name for row in rows for name in row))
                columns = {name: [row.get(name) for row in rows] for name in every}
                unnested = ", ".join(f"unnest(${name}) AS {name}" for name in every)
                cursor.execute(f"INSERT INTO {target} BY NAME SELECT {unnested}", columns)


def _stage(
    cursor: duckdb.DuckDBPyConnection,
    table: str,
    row: Mapping[str, Any],
    given: Mapping[str, str | None],
    new: Mapping[str, Any],
    lists: Mapping[str, Mapping[str, str]],
) -> _Staged:
    """Fill the staging tables, and say where in them the corrected record stands."""
    staged = _Staged(table, row[ID_OF[table]], given)
    client = _one(cursor, "client", row["client_id"])
    episode_ids = [row["episode_id"]] if "episode_id" in row else []
    if table == "session":
        episode_ids = [part["episode_id"] for part in _rows(cursor, "session_part", session_id=row["session_id"])]
    injuries = {_injury(lists, _one(cursor, "episode", episode_id)["injury_type_id"]) for episode_id in episode_ids}
    injuries |= {_injury(lists, new["injury_type_id"])} if new.get("injury_type_id") else set()
    may_add = {"visit.injury_type": tuple(sorted(injuries))}
    rules.open_staging(cursor, rules.Door(named="entry", today=calendar.today(), may_add=may_add))
    if row.get("session_id") is not None and table != "call_made":
        _stage_visit(cursor, staged, client, table, row, lists)
    else:
        _stage_alone(cursor, staged, client, table, row, lists)
    staged.put(cursor)
    return staged


def _stage_visit(
    cursor: duckdb.DuckDBPyConnection,
    staged: _Staged,
    client: Mapping[str, Any],
    table: str,
    row: Mapping[str, Any],
    lists: Mapping[str, Mapping[str, str]],
) -> None:
    """The session as a whole, or the part of it that the record belongs to, with everything read and done in it."""
    session = _one(cursor, "session", row["session_id"])
    keys = {"session_id": row["session_id"]}
    if table != "session":
        keys["episode_id"] = row["episode_id"]
    for place, part in enumerate(_rows(cursor, "session_part", **keys), start=1):
        episode = _one(cursor, "episode", part["episode_id"])
        fields = []
        for line in (BEFORE, AFTER):
            said = {"client_ref": str(client["client_id"]), "injury_type": _injury(lists, episode["injury_type_id"])}
            said |= {"client_name": client["name"], "birth_date": text_of(client["birth_date"])}
            said |= {"cause": episode["cause"], "opened_on": text_of(episode["opened_on"])}
            said |= staged.texts("session", session, "visit", line) | staged.texts("session_part", part, "visit", line)
            fields.append(said)
        staged.visit(place, fields)
        staged.name(place, 0, "session", "visit")
        staged.name(place, 0, "session_part", "visit")
        of_part = {"session_id": part["session_id"], "episode_id": part["episode_id"]}
        for kind in (*READINGS, "technique_use", "red_flag_found"):
            for item in _rows(cursor, kind, **of_part):
                staged.item(place, kind, item)


def _stage_alone(
    cursor: duckdb.DuckDBPyConnection,
    staged: _Staged,
    client: Mapping[str, Any],
    table: str,
    row: Mapping[str, Any],
    lists: Mapping[str, Mapping[str, str]],
) -> None:
    """A record that belongs to no visit, on the client's (or the episode's) first visit, or on today without one."""
    keys = {"client_id": client["client_id"]} if table == "client" else {"episode_id": row.get("episode_id")}
    first = min((part["visited_on"] for part in _rows(cursor, "session_part", **keys)), default=calendar.today())
    first = first if table in ("client", "episode") else calendar.today()
    fields = []
    for line in (BEFORE, AFTER):
        said = {"client_ref": str(client["client_id"]), "visited_on": text_of(first)}
        said |= {"kind": "treatment", "status": "kept" if first <= calendar.today() else "booked"}
        said |= staged.texts("client", client, "visit", line)
        if table != "client":
            episode = _one(cursor, "episode", row["episode_id"])
            said |= {"injury_type": _injury(lists, episode["injury_type_id"]), "cause": episode["cause"]}
        if table in ("episode", "referral", "dated_entry"):
            said |= staged.texts(table, row, "visit", line)
        fields.append(said)
    staged.visit(1, fields)
    staged.name(1, 0, table, "visit")
    if table in ("client", "episode"):
        staged.names.append((1, 0, "visited_on", "First visit"))
    if table in CARE:
        staged.item(1, table, row)
    if table == "goal" and row["measure"] != "words":
        _stage_goal(staged, row)


def _stage_goal(staged: _Staged, row: Mapping[str, Any]) -> None:
    """A target is bound like a reading of the same measure."""
    for line in (BEFORE, AFTER):
        said = {"line": line, "place": 1, "reading": 1, "what": row["measure"]}
        said |= {"kind": "now", "moment": "before", "motion_type": "active"}
        staged.readings.append(said | staged.texts("goal", row, "reading", line))
    staged.name(1, 1, "goal", "reading")


def _after_discharge(
    cursor: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any], given: Mapping[str, str | None]
) -> None:
    """A visit after the discharge would begin a new episode, as it does on the form. Contacts may follow."""
    if table == "session":
        cursor.execute(
            "INSERT INTO problem SELECT v.line, v.place, 0, 'visited_on', v.visited_on::VARCHAR, 'refused',"
            " v.visited_on || ' is after the discharge (' || e.discharged_on"
            " || '): a visit then begins a new episode.',"
            " remedy_words('refused', 'correct the discharge first')"
            " FROM read_visit AS v INNER JOIN records.session_part AS p ON p.session_id = ? AND NOT p.withdrawn"
            " INNER JOIN records.episode AS e ON p.episode_id = e.episode_id"
            " WHERE v.place = 1 AND v.kind <> 'contact' AND v.status IN ('kept', 'booked')"
            " AND v.visited_on > e.discharged_on",
            [row["session_id"]],
        )
    if table == "episode" and given.get("discharged_on"):
        cursor.execute(
            "INSERT INTO problem SELECT v.line, 1, 0, 'discharged_on', v.discharged_on::VARCHAR, 'refused',"
            " v.discharged_on || ' is before the last visit (' || max(s.visited_on) || ').',"
            " remedy_words('refused', 'correct or withdraw that visit first')"
            " FROM read_visit AS v INNER JOIN records.session_part AS p ON p.episode_id = ? AND NOT p.withdrawn"
            " INNER JOIN records.session AS s ON p.session_id = s.session_id"
            " WHERE s.kind <> 'contact' AND s.status IN ('kept', 'booked') AND s.visited_on > v.discharged_on"
            " GROUP BY v.line, v.discharged_on",
            [row["episode_id"]],
        )


def _newly_wrong(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """What the correction would make wrong. What was wrong with the record before does not stand in its way."""
    found = cursor.execute(
        "SELECT coalesce(n.column_name, p.field) || ': ' || p.reason || ' ' || p.remedy AS said"
        " FROM problem AS p LEFT JOIN field_name AS n USING (place, reading, field)"
        " WHERE p.fate = 'refused' AND p.line = $after AND NOT EXISTS (FROM problem AS o WHERE o.line = $before"
        " AND o.place = p.place AND o.reading = p.reading AND o.field = p.field AND o.reason = p.reason)"
        " GROUP BY said ORDER BY min(p.reading), min(p.field)",
        {"before": BEFORE, "after": AFTER},
    ).fetchall()
    return [reason for (reason,) in found]


def _ruled(cursor: duckdb.DuckDBPyConnection, staged: _Staged, columns: Mapping[str, Any]) -> dict[str, Any]:
    """The new values that a rule has read, by type."""
    new = {}
    for name in staged.given:
        kind, _, field = columns[name].get("rule", "").partition(".")
        if kind:
            number = "" if kind == "visit" else f" AND reading = {staged.number}"
            query = f"SELECT {field} FROM read_{kind} WHERE line = {AFTER} AND place = 1{number}"
            new[name] = cursor.execute(query).fetchone()[0]
    return new


def _one(cursor: duckdb.DuckDBPyConnection, table: str, row_id: int) -> dict[str, Any]:
    [row] = _rows(cursor, table, standing=False, **{ID_OF[table]: row_id})
    return row


def _rows(cursor: duckdb.DuckDBPyConnection, table: str, *, standing: bool = True, **keys: int) -> list[dict[str, Any]]:
    where = " AND ".join([f"{key} = ${key}" for key in keys] + (["NOT withdrawn"] if standing else []))
    found = cursor.execute(f"SELECT * FROM records.{table} WHERE {where} ORDER BY {ID_OF[table]}", keys)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _injury(lists: Mapping[str, Mapping[str, str]], injury_type_id: int) -> str:
    return lists["injury_type"].get(str(injury_type_id), f"number {injury_type_id}")
