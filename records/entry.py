"""One visit from a form. Its one row passes the same staging and the same rules as a million rows of a file."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from records import calendar, rules
from records.errors import EntryRefused, NotAllowed
from records.importing.reviewing import may_write
from records.store import Store
from records.viewer import Viewer

LABELS = {
    "visited_on": "Date",
    "start_time": "Start time",
    "minutes": "Minutes",
    "kind": "Kind of visit",
    "status": "Kept or missed",
    "note": "Note",
    "home_done": "Home exercise done",
    "home_prescribed": "Home exercise prescribed",
}
EPISODE = """
SELECT
    e.client_id, c.name AS client_name, c.birth_date::VARCHAR AS birth_date, e.injury_type, e.cause,
    e.opened_on::VARCHAR AS opened_on
FROM visible_episode AS e
INNER JOIN visible_client AS c USING (client_id)
WHERE e.episode_id = $episode_id
"""


def record_visit(
    store: Store,
    viewer: Viewer,
    visit: Mapping[str, Any],
    readings: Sequence[Mapping[str, str]],
    *,
    idempotency_key: str,
) -> int:
    """Write one visit and what was read in it; returns the session's id.

    Parameters
    ----------
    visit : mapping
        `episode_id`; optional `therapist_id`, `office_id`; and as text, dates as YYYY-MM-DD: visited_on, kind, status,
        and optional start_time, minutes, note, home_done, home_prescribed.
    readings : sequence of mappings
        One per value given, as text, with the fields of `rules.READING_FIELDS`, and `label`: its name on the form. A
        value left empty is no reading; it is never 0.
    idempotency_key : str
        Made once per form shown, so that a retry after a lost answer writes nothing twice.

    Raises
    ------
    EntryRefused
        With every reason, in the words an import would use.
    NotAllowed
        In the sample practice, without the right to write sessions, or for an episode the viewer may not see.
    AlreadySaved
        When this form was saved before.
    """
    may_write(store, viewer, "session.write")
    found = store.open_for(viewer).read(EPISODE, episode_id=visit["episode_id"])
    if found.empty:
        raise NotAllowed(f"There is no episode {visit['episode_id']} you may write to.")
    episode = {name: None if value != value else value for name, value in found.iloc[0].items()}
    given = [reading for reading in readings if (reading.get("value") or "").strip()]
    cursor = store.staging()
    _stage(cursor, visit, given, episode)
    rules.check(cursor)
    refused = cursor.execute(
        "SELECT coalesce(n.column_name, p.field) || ': ' || p.reason || ' ' || p.remedy FROM problem AS p"
        " LEFT JOIN field_name AS n USING (place, reading, field) WHERE p.fate = 'refused' ORDER BY p.reading, p.field"
    ).fetchall()
    if refused:
        raise EntryRefused([reason for (reason,) in refused])
    return _write(store, viewer, cursor, visit, int(episode["client_id"]), idempotency_key)


def _stage(
    cursor: duckdb.DuckDBPyConnection,
    visit: Mapping[str, Any],
    readings: Sequence[Mapping[str, str]],
    episode: Mapping[str, Any],
) -> None:
    injury_types = {"visit.injury_type": (episode["injury_type"],)}
    rules.open_staging(cursor, rules.Door(named="entry", today=calendar.today(), may_add=injury_types))
    row = {name: visit.get(name) or None for name in LABELS} | {
        "client_ref": str(episode["client_id"]),
        **{name: episode[name] for name in ("client_name", "birth_date", "injury_type", "cause", "opened_on")},
    }
    _insert(cursor, "staged_visit", {"line": 1, "place": 1} | row)
    for name, label in LABELS.items():
        _name(cursor, 0, name, label)
    for number, reading in enumerate(readings, start=1):
        values = {name: reading.get(name) or None for name in rules.READING_FIELDS}
        _insert(cursor, "staged_reading", {"line": 1, "place": 1, "reading": number} | values)
        for name in rules.READING_FIELDS:
            _name(cursor, number, name, reading["label"] if name == "value" else f"{reading['label']}, {name}")


def _insert(cursor: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join(f"${name}" for name in row)
    cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", dict(row))


def _name(cursor: duckdb.DuckDBPyConnection, reading: int, field: str, label: str) -> None:
    cursor.execute("INSERT INTO field_name VALUES (1, ?, ?, ?, true)", [reading, field, label])


def _write(
    store: Store,
    viewer: Viewer,
    cursor: duckdb.DuckDBPyConnection,
    visit: Mapping[str, Any],
    client_id: int,
    idempotency_key: str,
) -> int:
    [read] = _rows(cursor, "read_visit")
    with store.change(viewer, "create", idempotency_key=idempotency_key) as change:
        # Between looking and writing an import may have been undone, and the episode with it.
        if not change.cursor.execute(
            "SELECT 1 FROM records.episode WHERE episode_id = ? AND NOT withdrawn", [visit["episode_id"]]
        ).fetchone():
            raise NotAllowed(f"Episode {visit['episode_id']} was withdrawn meanwhile. Nothing was saved.")
        keys = {"episode_id": visit["episode_id"], "client_id": client_id}
        session_id = change.insert(
            "session",
            {"client_id": client_id}
            | {name: read[name] for name in ("visited_on", "start_time", "kind", "status")}
            | {name: visit.get(name) for name in ("therapist_id", "office_id")},
        )
        keys["session_id"] = session_id
        part = {name: read[name] for name in ("visited_on", "minutes", "home_done", "home_prescribed", "note")}
        change.insert("session_part", keys | part)
        for reading in _rows(cursor, "read_reading"):
            change.insert(*_record(reading, keys))
    return session_id


def _rows(cursor: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    found = cursor.execute(f"SELECT * FROM {table} ORDER BY ALL")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _record(reading: Mapping[str, Any], keys: Mapping[str, int]) -> tuple[str, dict[str, Any]]:
    """The table a reading belongs to and its row there."""
    same = {
        "pain": ("rating", "rated_on", "pain", ("kind", "moment", "region", "side")),
        "motion": (
            "motion",
            "measured_on",
            "degrees",
            ("joint", "movement", "side", "motion_type", "moment", "instrument"),
        ),
        "score": ("score", "scored_on", "value", ("scale", "item", "side")),
    }
    table, day, number, names = same[reading["what"]]
    row = dict(keys) | {day: reading["taken_on"], number: reading["value"]} | {name: reading[name] for name in names}
    return table, row | ({"repeat_number": reading["repeat"]} if table == "motion" else {})
