"""A session from a form. Its one row passes the same staging and the same rules as a million rows of a file.

Beyond what can never be (refused) there is what is hardly ever so (doubted): see records/plausibility/. A doubted value
is written once the person who gave it says that it is right, and the question they answered is kept with it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

from records import calendar, discharges, plausibility, rules
from records.errors import AlreadySaved, EditedMeanwhile, EntryDoubted, EntryRefused, NotAllowed
from records.judging import rows_of
from records.permission import may_write
from records.plausibility import Doubt
from records.store import Change, Store
from records.viewer import Viewer

VISIT_LABELS = {
    "visited_on": "Date",
    "start_time": "Start time",
    "minutes": "Minutes",
    "kind": "Kind of visit",
    "status": "Kept or missed",
    "note": "Note",
    "home_done": "Home exercise done",
    "home_prescribed": "Home exercise prescribed",
}
OF_SESSION = ("visited_on", "start_time", "kind", "status")
OF_PART = ("minutes", "home_done", "home_prescribed", "note")
# What was done and said in a visit: the key of a part, how the rules name it, and its label on the form.
CARE = {
    "techniques": ("technique", "Technique"),
    "red_flags": ("red_flag", "Red flag"),
    "calls": ("call", "Call"),
    "entries": ("entry", "Entry"),
}
EPISODES = """
-- The episodes a session is to serve, as this viewer may see them. One row per episode.
SELECT
    e.episode_id, e.client_id, c.name AS client_name, c.birth_date::VARCHAR AS birth_date, e.injury_type, e.cause,
    e.opened_on::VARCHAR AS opened_on, e.discharged_on
FROM visible_episode AS e
INNER JOIN visible_client AS c USING (client_id)
WHERE list_contains($episode_ids, e.episode_id)
"""


GIVEN_BY = {
    "therapist_id": ("therapist", "SELECT 1 FROM visible_therapist WHERE therapist_id = $given"),
    "office_id": ("office", "SELECT 1 FROM visible_office WHERE office_id = $given"),
}


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rules say of a session before it is written.

    Attributes
    ----------
    refused : tuple of str
        What can never be, with what to do; empty when the session may be written.
    doubts : tuple of Doubt
        What is hardly ever so, and was not answered yet.
    """

    refused: tuple[str, ...]
    doubts: tuple[Doubt, ...]


def record_session(
    store: Store,
    viewer: Viewer,
    session: Mapping[str, Any],
    parts: Sequence[Mapping[str, Any]],
    *,
    idempotency_key: str,
    draft_id: int | None = None,
    draft_versions: Mapping[str, int] | None = None,
) -> int:
    """Write one session, with a part for each episode it serves, as version 1; returns the session's id.

    Parameters
    ----------
    session : mapping
        `client_id`; as text `visited_on` (YYYY-MM-DD), `kind`, `status`, and optional `start_time` (HH:MM); optional
        `therapist_id`, `office_id`, `red_flags_asked` (bool), and `booking_id`: the booked session this one now is. A
        booking that serves an episode this viewer may not see stays booked for that one, and what it says of the other
        episodes becomes a session of its own.
    parts : sequence of mappings
        One per episode: `episode_id`; optional text `minutes`, `home_done`, `home_prescribed`, `note`,
        `adverse_reaction`; `flare_marked` (bool); and lists of mappings of text: `readings` (fields of
        `rules.READING_FIELDS`, and `label`: its name on the form), `techniques` (technique, region, minutes),
        `red_flags` (red_flag, words), `calls` (called_at, called_whom, about), `entries` (kind, words), `overruled`
        (warning, words: doubts answered with "it is right"). A reading left empty is no reading; it is never 0. Numbers
        and days that come as such are taken as they would be written; space alone, None and NaN are nothing given.
    idempotency_key : str
        Made once per form shown, so that a retry after a lost answer writes nothing twice.
    draft_id : int, optional
        The draft this session was filled in as; it is closed in the same transaction.
    draft_versions : mapping of section to version, optional
        The sections of the draft as they were read; what was saved since would be lost, so nothing is finished then.

    Raises
    ------
    EntryRefused
        With every reason, in the words an import would use.
    EntryDoubted
        With the doubts nobody answered yet.
    NotAllowed
        In the sample practice, without the right to write sessions, or for an episode the viewer may not see.
    EditedMeanwhile
        When a section of the draft was saved after it was read.
    AlreadySaved
        When this form was saved before.
    """
    cursor = _checked(store, viewer, session, parts)
    refused, doubts = _refused(cursor), _unanswered(cursor, parts)
    if refused or doubts:
        # A retry after a lost answer meets the session it wrote: that it is saved is the answer, not a doubt about it.
        _refuse_if_saved(cursor, idempotency_key)
        raise EntryRefused(refused) if refused else EntryDoubted(doubts)
    return _write(store, viewer, cursor, session, parts, idempotency_key, draft_id, draft_versions)


def looked_at(store: Store, viewer: Viewer, session: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> Findings:
    """What `record_session` would say of the same session; nothing is written.

    Raises
    ------
    NotAllowed
        As `record_session` does.
    EntryRefused
        When no episode is named, or one twice: there is nothing to look at yet.
    """
    cursor = _checked(store, viewer, session, parts)
    return Findings(tuple(_refused(cursor)), tuple(_unanswered(cursor, parts)))


def _checked(
    store: Store, viewer: Viewer, session: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]
) -> duckdb.DuckDBPyConnection:
    """A cursor on which the session is staged and every rule has spoken."""
    may_write(store, viewer, "session.write")
    episodes = episodes_of(store, viewer, [part["episode_id"] for part in parts])
    for episode_id, episode in episodes.items():
        if episode["client_id"] != session["client_id"]:
            raise NotAllowed(f"Episode {episode_id} is not one of client {session['client_id']}.")
    _refuse_unseen(store, viewer, session)
    cursor = store.staging()
    stage(cursor, session, parts, episodes)
    rules.check(cursor)
    plausibility.look(cursor, session, parts)
    ends = [episodes[part["episode_id"]]["discharged_on"] for part in parts]
    ended = [(line, line, day and day.date()) for line, day in enumerate(ends, start=1)]
    discharges.look(cursor, ended, "open a new episode")
    return cursor


def episodes_of(store: Store, viewer: Viewer, episode_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the rules need to know of each episode, by its id. Raises NotAllowed for one the viewer may not see."""
    if not episode_ids or len(set(episode_ids)) != len(episode_ids):
        raise EntryRefused(["A session serves at least one episode, and each of them once. Choose the episode again."])
    found = store.open_for(viewer).read(EPISODES, episode_ids=list(episode_ids))
    episodes = {int(row["episode_id"]): _without_missing(row) for row in found.to_dict("records")}
    for episode_id in episode_ids:
        if episode_id not in episodes:
            raise NotAllowed(f"There is no episode {episode_id} you may write to.")
    return episodes


def _refuse_unseen(store: Store, viewer: Viewer, session: Mapping[str, Any]) -> None:
    """Who gave the session, where, and what it was booked as: each must be one this viewer sees."""
    window = store.open_for(viewer)
    for name, (what, query) in GIVEN_BY.items():
        if session.get(name) is not None and window.read(query, given=session[name]).empty:
            raise NotAllowed(f"There is no {what} {session[name]} in this practice. Choose one of the list.")
    booking_id = session.get("booking_id")
    if (
        booking_id is not None
        and window.read("SELECT 1 FROM visible_session WHERE session_id = $given", given=booking_id).empty
    ):
        raise NotAllowed(f"There is no booking {booking_id} you may write to.")


def _refuse_if_saved(cursor: duckdb.DuckDBPyConnection, idempotency_key: str) -> None:
    known = cursor.execute(
        "SELECT action_id FROM records.action WHERE idempotency_key = ?", [idempotency_key]
    ).fetchone()
    if known:
        raise AlreadySaved(f"This was already saved (action {known[0]}); nothing was written twice.")


def _without_missing(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if value != value else value for name, value in row.items()}


def stage(
    cursor: duckdb.DuckDBPyConnection,
    session: Mapping[str, Any],
    parts: Sequence[Mapping[str, Any]],
    episodes: Mapping[int, Mapping[str, Any]],
) -> None:
    """Put a session as it was given into the staging tables of the rules: one line for each part, in their order."""
    injury_types = {"visit.injury_type": tuple({episode["injury_type"] for episode in episodes.values()})}
    rules.open_staging(cursor, rules.Door(named="entry", today=calendar.today(), may_add=injury_types))
    visits, readings, care, names = [], [], [], []
    number = 0  # readings are numbered through all parts
    for line, part in enumerate(parts, start=1):
        episode = episodes[part["episode_id"]]
        # A part is the visit of its own line, and has a place of its own, by which what was asked in it is named.
        at = {"line": line, "place": line}
        whose = f" ({episode['injury_type']})" if len(parts) > 1 else ""
        names += [(line, 0, field, label + whose) for field, label in VISIT_LABELS.items() if field in OF_PART]
        names += [(line, 0, field, label) for field, label in VISIT_LABELS.items() if field not in OF_PART]
        row = at | {"client_ref": str(session["client_id"])}
        row |= {name: episode[name] for name in ("client_name", "birth_date", "injury_type", "cause", "opened_on")}
        row |= {name: as_text(session.get(name)) for name in OF_SESSION}
        visits.append(row | {name: as_text(part.get(name)) for name in OF_PART})
        for reading in given_readings(part):
            number += 1
            values = {name: as_text(reading.get(name)) for name in rules.READING_FIELDS}
            readings.append(at | {"reading": number} | values)
            label = (reading.get("label") or "Reading") + whose
            names += [
                (line, number, name, label if name == "value" else f"{label}, {name}") for name in rules.READING_FIELDS
            ]
        for key, (what, label) in CARE.items():
            for item in part.get(key) or ():
                given = _care(what, item)
                if any(value is not None for value in given.values()):
                    number += 1
                    care.append(at | {"reading": number, "what": what} | given)
                    names += [(line, number, name, label + whose) for name in rules.CARE_FIELDS]
    for table, rows in (("staged_visit", visits), ("staged_reading", readings), ("staged_care", care)):
        insert_rows(cursor, table, rows)
    columns = ("place", "reading", "field", "column_name", "given")
    insert_rows(cursor, "field_name", [dict(zip(columns, (*name, True), strict=True)) for name in names])


def as_text(value: Any) -> str | None:
    """A value of a form as the rules read it: text, or None where nothing was given (also NaN, or space alone).

    Examples
    --------
    >>> as_text(" 6.5 "), as_text(6), as_text(" "), as_text(float("nan")), as_text(None)
    (' 6.5 ', '6', None, None, None)
    """
    text = "" if pd.isna(value) else str(value)
    return text if text.strip() else None


def given_readings(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The readings of a part that hold a value."""
    return [reading for reading in part.get("readings") or () if as_text(reading.get("value")) is not None]


def _care(what: str, item: Mapping[str, Any]) -> dict[str, str | None]:
    """One technique, red flag, call or entry of a form, in the fields of the rules."""
    given_as = {
        "technique": {"code": "technique", "region": "region", "minutes": "minutes"},
        "red_flag": {"code": "red_flag", "words": "words"},
        "call": {"called_at": "called_at", "whom": "called_whom", "words": "about"},
        "entry": {"code": "kind", "words": "words"},
    }[what]
    return {field: as_text(item.get(given_as.get(field))) for field in rules.CARE_FIELDS if field != "what"}


def insert_rows(cursor: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of one shape into a staging table, all at once: a statement for each would cost more than the rules."""
    if rows:
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        given = ", ".join(f"unnest(${name}) AS {name}" for name in columns)
        cursor.execute(f"INSERT INTO {table} BY NAME SELECT {given}", columns)


def _refused(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Every reason, once, in the order of the form."""
    found = cursor.execute(
        "SELECT coalesce(n.column_name, p.field) || ': ' || p.reason || ' ' || p.remedy AS said"
        " FROM problem AS p LEFT JOIN field_name AS n USING (place, reading, field) WHERE p.fate = 'refused'"
        " GROUP BY said ORDER BY min(p.place), min(p.reading), min(p.field)"
    ).fetchall()
    return [reason for (reason,) in found]


def _unanswered(cursor: duckdb.DuckDBPyConnection, parts: Sequence[Mapping[str, Any]]) -> list[Doubt]:
    """The doubts that were not overruled. A doubt is known by its words: other values are another question."""
    answered = set().union(*map(_answers, parts))
    return [doubt for doubt in plausibility.doubts(cursor) if _question(doubt) not in answered]


def _answers(part: Mapping[str, Any]) -> set[tuple[int, str, str]]:
    return {(part["episode_id"], given.get("warning"), given.get("words")) for given in part.get("overruled") or ()}


def _question(doubt: Doubt) -> tuple[int, str, str]:
    return doubt.episode_id, doubt.warning, doubt.words


def _write(
    store: Store,
    viewer: Viewer,
    cursor: duckdb.DuckDBPyConnection,
    session: Mapping[str, Any],
    parts: Sequence[Mapping[str, Any]],
    idempotency_key: str,
    draft_id: int | None,
    draft_versions: Mapping[str, int] | None,
) -> int:
    read = {row["line"]: row for row in _rows(cursor, "read_visit")}
    readings, care = _by_line(cursor, "read_reading"), _by_line(cursor, "read_care")
    raised = {_question(doubt) for doubt in plausibility.doubts(cursor)}
    with store.change(viewer, "create", idempotency_key=idempotency_key) as change:
        _still_stand(change, session["client_id"], parts, read)
        booked = _opened_booking(store, viewer, change, session, read[1], [part["episode_id"] for part in parts])
        session_id = _write_session(change, session, read[1], booked)
        for line, part in enumerate(parts, start=1):
            keys = {"session_id": session_id, "episode_id": part["episode_id"], "client_id": session["client_id"]}
            day = read[line]["visited_on"]
            _write_part(change, keys, part, read[line], booked)
            for reading in readings.get(line, ()):
                change.insert(*_record(reading, keys, session.get("therapist_id")))
            for row in care.get(line, ()):
                change.insert(*_care_record(row, keys, day))
            for _, warning, words in sorted(_answers(part) & raised):
                change.insert("warning_overruled", keys | {"warning": warning, "words": words})
        if booked is not None:
            _leave_booked(change, booked, read[1]["visited_on"])
        if draft_id is not None:
            _finish_draft(change, viewer, draft_id, session_id, draft_versions)
    return session_id


def _finish_draft(
    change: Change, viewer: Viewer, draft_id: int, session_id: int, versions: Mapping[str, int] | None
) -> None:
    finished = change.cursor.execute(
        "UPDATE records.draft SET state = 'finished', session_id = ?, changed_at = ?"
        " WHERE draft_id = ? AND person = ? AND state = 'open'",
        [session_id, calendar.now(), draft_id, viewer.person],
    ).fetchone()[0]
    if not finished:
        raise NotAllowed(f"Draft {draft_id} is not an open draft of yours. Nothing was saved; begin the session again.")
    stands = change.cursor.execute("SELECT section, ver FROM records.draft_section WHERE draft_id = ?", [draft_id])
    if versions is not None and dict(stands.fetchall()) != dict(versions):
        raise EditedMeanwhile(
            f"Something was filled in elsewhere in draft {draft_id} in the moment of finishing, most likely in another"
            " tab. Nothing was finished; what is saved is shown now. Look at it, and finish again."
        )


def _still_stand(
    change: Change, client_id: int, parts: Sequence[Mapping[str, Any]], read: Mapping[int, Mapping[str, Any]]
) -> None:
    """Between looking and writing somebody may have withdrawn the episode, ended it, or said whose it really is."""
    for line, part in enumerate(parts, start=1):
        found = change.cursor.execute(
            "SELECT discharged_on FROM records.episode WHERE episode_id = ? AND client_id = ? AND NOT withdrawn",
            [part["episode_id"], client_id],
        ).fetchone()
        if found is None:
            raise NotAllowed(
                f"Episode {part['episode_id']} was withdrawn meanwhile, or is another client's now. Nothing was saved."
            )
        if discharges.begins_anew(read[line], found[0]):
            raise NotAllowed(
                f"Episode {part['episode_id']} was discharged meanwhile (on {found[0]}). Nothing was saved; a visit"
                " after that day begins a new episode."
            )


@dataclass(frozen=True, slots=True)
class _Booking:
    """The booking a session was, in the moment it becomes one.

    Attributes
    ----------
    session : dict
        Its row.
    parts : dict of episode to row
        What was booked for the episodes the session now serves, and stands.
    leaving : list of row
        The parts that leave the booking, among those the writer may see.
    is_others_too : bool
        It serves an episode the writer may not see, and so stays as it is.
    """

    session: dict[str, Any]
    parts: dict[int, dict[str, Any]]
    leaving: list[dict[str, Any]]
    is_others_too: bool


def _opened_booking(
    store: Store,
    viewer: Viewer,
    change: Change,
    session: Mapping[str, Any],
    read: Mapping[str, Any],
    episode_ids: Sequence[int],
) -> _Booking | None:
    """The booking this session was, as it stands now."""
    booking_id = session.get("booking_id")
    if booking_id is None:
        return None
    found = [
        row
        for row in rows_of(change.cursor, "session", "session_id", [booking_id], standing=True)
        if row["client_id"] == session["client_id"] and row["status"] == "booked"
    ]
    if not found:
        raise NotAllowed(f"Session {booking_id} is no booking of this client any more. Open the form again.")
    every = rows_of(change.cursor, "session_part", "session_id", [booking_id])
    seen = set(store.open_for(viewer).read("SELECT episode_id FROM visible_episode_ever")["episode_id"])
    # What the booking says it says to each episode it was made for, and whoever gave a session sees its episodes.
    is_others_too = viewer.scope != "all" and not {part["episode_id"] for part in every} <= seen
    standing = {part["episode_id"]: part for part in every if not part["withdrawn"]}
    served = {key: part for key, part in standing.items() if key in episode_ids}
    leaving = [part for key, part in standing.items() if key in seen and (is_others_too or key not in served)]
    return _Booking(found[0], served, leaving, is_others_too)


def _write_session(change: Change, session: Mapping[str, Any], read: Mapping[str, Any], booked: _Booking | None) -> int:
    """The session's own row: a new one, or the booking that it now is, corrected to what took place."""
    # What the form does not speak of stays as it was booked.
    row = {name: read[name] for name in OF_SESSION if name in session}
    row |= {name: session[name] for name in (*GIVEN_BY, "red_flags_asked") if name in session}
    if booked is None:
        return change.insert("session", {"client_id": session["client_id"]} | row)
    if booked.is_others_too:
        stays = {name: booked.session[name] for name in ("client_id", *OF_SESSION, *GIVEN_BY, "red_flags_asked")}
        return change.insert("session", stays | row)
    booking_id = booked.session["session_id"]
    change.correct("session", booking_id, booked.session["ver"], row)
    return booking_id


def _leave_booked(change: Change, booked: _Booking, visited_on: dt.date) -> None:
    """What was booked and is not served is withdrawn, each part by itself, so that it can be found and brought back."""
    for part in booked.leaving:
        moved = part["episode_id"] in booked.parts
        why = "moved into a visit of its own" if moved else "not served by the visit that was booked"
        change.besides("withdraw", why).withdraw("session_part", part["session_part_id"], part["ver"])
    if not booked.is_others_too and visited_on != booked.session["visited_on"]:
        change.carry_day(booked.session["session_id"], booked.session["visited_on"], visited_on, standing=False)


def _write_part(
    change: Change,
    keys: Mapping[str, int],
    part: Mapping[str, Any],
    read: Mapping[str, Any],
    booked: _Booking | None,
) -> None:
    """A part of the session; of a booked one, what the form does not speak of stays as it was booked."""
    reaction = as_text(part.get("adverse_reaction"))
    row = {name: read[name] for name in OF_PART}
    row |= {"adverse_reaction": reaction and reaction.strip(), "flare_marked": part.get("flare_marked")}
    planned = booked.parts.get(keys["episode_id"]) if booked else None
    if planned is not None:
        row = {name: value if name in part else planned[name] for name, value in row.items()}
    row |= {"visited_on": read["visited_on"]}
    found = change.cursor.execute(
        "SELECT session_part_id, ver FROM records.session_part WHERE session_id = ? AND episode_id = ?",
        [keys["session_id"], keys["episode_id"]],
    ).fetchone()
    if found is None:
        change.insert("session_part", keys | row)
    else:
        change.correct("session_part", *found, row | {"withdrawn": False})


def _rows(cursor: duckdb.DuckDBPyConnection, table: str) -> list[dict[str, Any]]:
    found = cursor.execute(f"SELECT * FROM {table} ORDER BY ALL")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _by_line(cursor: duckdb.DuckDBPyConnection, table: str) -> dict[int, list[dict[str, Any]]]:
    by_line: dict[int, list[dict[str, Any]]] = {}
    for row in _rows(cursor, table):
        by_line.setdefault(row["line"], []).append(row)
    return by_line


def _record(reading: Mapping[str, Any], keys: Mapping[str, int], rater_id: int | None) -> tuple[str, dict[str, Any]]:
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
    return table, row | ({"repeat_number": reading["repeat"], "rater_id": rater_id} if table == "motion" else {})


def _care_record(row: Mapping[str, Any], keys: Mapping[str, int], day: Any) -> tuple[str, dict[str, Any]]:
    """The table a technique, red flag, call or entry belongs to and its row there."""
    whose = {name: keys[name] for name in ("episode_id", "client_id")}
    match row["what"]:
        case "technique":
            used = {"technique": row["code"], "region": row["region"], "minutes": row["minutes"]}
            return "technique_use", dict(keys) | {"visited_on": day} | used
        case "red_flag":
            return "red_flag_found", dict(keys) | {"visited_on": day, "red_flag": row["code"], "words": row["words"]}
        case "call":
            told = {"called_at": row["called_at"], "called_whom": row["whom"], "about": row["words"]}
            return "call_made", dict(keys) | told
    return "dated_entry", whose | {"entered_on": day, "kind": row["code"], "words": row["words"]}
