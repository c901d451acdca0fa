"""A new client, a new episode of care with its order and goals, and the discharge that ends one.

What is entered passes the same staging and rules as a visit: dates, lists, whole numbers, and the targets of goals,
which are held to the bounds of what they speak of.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from records import calendar, rules
from records.entry import insert_rows
from records.errors import EntryRefused, NotAllowed
from records.permission import may_write
from records.store import Change, Store
from records.viewer import Viewer

CLIENT_FIELDS = (
    "name",
    "birth_date",
    "sex",
    "phone",
    "guardian",
    "language",
    "draping_preference",
    "pressure_preference",
    "consent_shared_with",
    "consent_until",
)
EPISODE_FIELDS = (
    "injury_type_id",
    "cause",
    "mechanism",
    "onset_on",
    "surgery_on",
    "chronicity",
    "comorbidity_count",
    "comorbidity",
    "therapist_id",
    "office_id",
    "opened_on",
)
REFERRAL_FIELDS = (
    "referral_source",
    "physician_id",
    "diagnosis",
    "visits_ordered",
    "ordered_on",
    "expires_on",
    "payer_kind",
    "payer",
    "claim_number",
    "physician_visit_on",
    "order_copy",
    "order_copy_name",
)
GOAL_FIELDS = ("measure", "joint", "movement", "side", "scale", "target", "words", "set_on", "due_on")
LABELS = {
    "client_name": "Name",
    "birth_date": "Born on",
    "sex": "Sex",
    "opened_on": "Opened on",
    "visited_on": "Opened on",
    "onset_on": "Began on",
    "injury_type": "Injury type",
    "cause": "Cause",
    "region": "Region",
    "side": "Side",
    "diagnosis": "Diagnosis",
    "visits_ordered": "Visits ordered",
    "ordered_on": "Ordered on",
    "order_expires_on": "Order expires on",
    "discharged_on": "Discharged on",
    "discharge_reason": "Reason",
}
MOST_ORDER_COPY_BYTES = 10 * 2**20
SERVED_EPISODE = """
-- One episode with what its end is held against. One row, or none when the viewer may not see it.
SELECT
    e.client_id, e.opened_on, e.discharged_on, e.injury_type, e.cause, c.name AS client_name, c.birth_date,
    max(p.visited_on) FILTER (s.status = 'kept' AND s.kind <> 'contact') AS last_visit_on
FROM visible_episode AS e
INNER JOIN visible_client AS c USING (client_id)
LEFT JOIN visible_session_part AS p ON e.client_id = p.client_id AND e.episode_id = p.episode_id
LEFT JOIN visible_session AS s ON p.client_id = s.client_id AND p.session_id = s.session_id
WHERE e.episode_id = $episode_id
GROUP BY ALL
"""


def add_client(store: Store, viewer: Viewer, values: Mapping[str, Any], *, idempotency_key: str) -> int:
    """Write a new client; returns its id.

    Parameters
    ----------
    values : mapping of CLIENT_FIELDS to text
        `name` is needed; dates as YYYY-MM-DD; what is not known is left out or empty.

    Raises
    ------
    EntryRefused, NotAllowed, AlreadySaved
    """
    may_write(store, viewer, "client.write")
    given = _given(values, CLIENT_FIELDS)
    staged = {"client_name": given.get("name"), "birth_date": given.get("birth_date"), "sex": given.get("sex")}
    refused = _refused(store, staged, fields=("client_name", "birth_date", "sex"))
    if "name" not in given:
        refused.append("Name: there is none. Write the client's name.")
    refused += _odd_day(given, "consent_until", "Consent until", future=True)
    if refused:
        raise EntryRefused(refused)
    with store.change(viewer, "create", idempotency_key=idempotency_key) as change:
        return change.insert("client", given)


def open_episode(
    store: Store,
    viewer: Viewer,
    client_id: int,
    values: Mapping[str, Any],
    *,
    regions: Sequence[Mapping[str, Any]],
    referral: Mapping[str, Any] | None = None,
    goals: Sequence[Mapping[str, Any]] = (),
    idempotency_key: str,
) -> int:
    """Write a new episode of care with its regions, its order and its goals; returns the episode's id.

    Parameters
    ----------
    values : mapping of EPISODE_FIELDS
        `injury_type_id`, `cause` and `opened_on` (YYYY-MM-DD) are needed.
    regions : sequence of {region, side}
        The main complaint first; at least one.
    referral : mapping of REFERRAL_FIELDS, optional
    goals : sequence of mappings of GOAL_FIELDS
        `set_on` is the day the episode opens when left out.

    Raises
    ------
    EntryRefused, NotAllowed, AlreadySaved
    """
    may_write(store, viewer, "client.write")
    window = store.open_for(viewer)
    person = window.read(
        "SELECT name, birth_date::VARCHAR AS birth_date FROM visible_client WHERE client_id = $client_id",
        client_id=client_id,
    )
    if person.empty:
        raise NotAllowed(f"There is no client {client_id} you may write to.")
    given, ordered = _given(values, EPISODE_FIELDS), _given(referral or {}, REFERRAL_FIELDS)
    wanted = [_given(goal, GOAL_FIELDS) for goal in goals]
    injury = window.read(
        "SELECT name FROM visible_injury_type WHERE injury_type_id = $injury_type_id",
        injury_type_id=given.get("injury_type_id"),
    )
    born = None if person["birth_date"].isna()[0] else person["birth_date"][0]
    staged = {"client_name": person["name"][0], "birth_date": born, "visited_on": given.get("opened_on")}
    staged |= {name: given.get(name) for name in ("cause", "onset_on", "opened_on")}
    staged |= {name: ordered.get(name) for name in ("diagnosis", "visits_ordered", "ordered_on")}
    staged |= {"order_expires_on": ordered.get("expires_on")}
    staged |= {"injury_type": None if injury.empty else injury["name"][0]}
    refused = [] if not injury.empty else ["Injury type: there is none. Choose one of the practice's list."]
    refused += _refused(store, staged, fields=tuple(LABELS), regions=regions, goals=wanted)
    refused += _odd_day(given, "surgery_on", "Surgery on", since=born)
    refused += _odd_day(ordered, "physician_visit_on", "The physician sees them on", future=True)
    refused += _odd_goals(wanted, str(given.get("opened_on")))
    if not regions:
        refused.append("Region: there is none. Choose where the complaint is; the main one first.")
    if len(ordered.get("order_copy") or b"") > MOST_ORDER_COPY_BYTES:
        refused.append("Copy of the order: it is larger than 10 MB. Scan it in black and white, or leave it out.")
    if refused:
        raise EntryRefused(refused)
    with store.change(viewer, "create", idempotency_key=idempotency_key) as change:
        _client_stands(change, client_id)
        episode_id = change.insert("episode", {"client_id": client_id} | given)
        whose = {"episode_id": episode_id, "client_id": client_id}
        for place, region in enumerate(regions, start=1):
            change.insert("episode_region", whose | {"place": place} | _given(region, ("region", "side")))
        if ordered:
            change.insert("referral", whose | ordered)
        for goal in wanted:
            change.insert("goal", whose | {"set_on": given["opened_on"]} | goal)
    return episode_id


def set_goal(store: Store, viewer: Viewer, episode_id: int, goal: Mapping[str, Any], *, idempotency_key: str) -> int:
    """Write one more goal of an episode (GOAL_FIELDS; `set_on` is today when left out); returns its id.

    Raises
    ------
    EntryRefused, NotAllowed, AlreadySaved
    """
    may_write(store, viewer, "client.write")
    episode = _episode(store, viewer, episode_id)
    given = {"set_on": calendar.today().isoformat()} | _given(goal, GOAL_FIELDS)
    refused = _refused(store, {"client_name": "-"}, fields=(), goals=[given])
    refused += _odd_goals([given], str(episode["opened_on"].date()))
    if refused:
        raise EntryRefused(refused)
    with store.change(viewer, "create", idempotency_key=idempotency_key) as change:
        return change.insert("goal", {"episode_id": episode_id, "client_id": int(episode["client_id"])} | given)


def add_order(
    store: Store, viewer: Viewer, episode_id: int, referral: Mapping[str, Any], *, idempotency_key: str
) -> int:
    """Write a further order for an episode (REFERRAL_FIELDS); returns its id.

    Raises
    ------
    EntryRefused, NotAllowed, AlreadySaved
    """
    may_write(store, viewer, "client.write")
    episode = _episode(store, viewer, episode_id)
    ordered = _given(referral, REFERRAL_FIELDS)
    staged = {name: ordered.get(name) for name in ("diagnosis", "visits_ordered", "ordered_on")}
    fields = ("diagnosis", "visits_ordered", "ordered_on", "order_expires_on")
    refused = _refused(store, staged | {"order_expires_on": ordered.get("expires_on")}, fields=fields)
    refused += _odd_day(ordered, "physician_visit_on", "The physician sees them on", future=True)
    if not ordered:
        refused.append("Order: nothing is filled in. Write at least the visits ordered or the diagnosis.")
    if refused:
        raise EntryRefused(refused)
    with store.change(viewer, "create", idempotency_key=idempotency_key) as change:
        return change.insert("referral", {"episode_id": episode_id, "client_id": int(episode["client_id"])} | ordered)


def discharge(
    store: Store,
    viewer: Viewer,
    episode_id: int,
    *,
    discharged_on: str,
    discharge_reason: str,
    note: str | None = None,
    idempotency_key: str,
) -> None:
    """End an episode: its day and reason, as the practice gives them.

    Raises
    ------
    EntryRefused
        When the day is before the last visit, in the future, or the episode is discharged already.
    NotAllowed, AlreadySaved
    """
    may_write(store, viewer, "client.write")
    episode = _episode(store, viewer, episode_id)
    staged = {
        "client_name": episode["client_name"],
        "opened_on": str(episode["opened_on"].date()),
        "discharged_on": discharged_on or None,
        "discharge_reason": discharge_reason or None,
    }
    refused = _refused(store, staged, fields=("discharged_on", "discharge_reason"))
    if not discharge_reason:
        refused.append("Reason: there is none. Choose why care ends; 'other' is a reason.")
    if not discharged_on:
        refused.append("Discharged on: there is no day. Write the day care ended.")
    elif (
        not refused and str(episode["last_visit_on"])[:10] > discharged_on[:10] and episode["last_visit_on"] is not None
    ):
        refused.append(
            f"Discharged on: {discharged_on} is before the last visit ({str(episode['last_visit_on'])[:10]}). Right is"
            " the day of the last visit or a later one."
        )
    with store.change(viewer, "correct", reason="discharge", idempotency_key=idempotency_key) as change:
        ver, ended = change.cursor.execute(
            "SELECT ver, discharged_on FROM records.episode WHERE episode_id = ?", [episode_id]
        ).fetchone()
        if ended is not None:
            refused.append(f"This episode was discharged on {ended} already. Correct that entry if it is wrong.")
        if refused:
            raise EntryRefused(refused)
        ending = {"discharged_on": discharged_on, "discharge_reason": discharge_reason, "discharge_note": note or None}
        change.correct("episode", episode_id, ver, ending | {"on_hold": False})


def _episode(store: Store, viewer: Viewer, episode_id: int) -> dict[str, Any]:
    found = store.open_for(viewer).read(SERVED_EPISODE, episode_id=episode_id)
    if found.empty:
        raise NotAllowed(f"There is no episode {episode_id} you may write to.")
    return {name: None if value != value else value for name, value in found.iloc[0].items()}


def _given(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What was filled in, without empty fields; words without the space around them."""
    told = {name: values.get(name) for name in names}
    told = {name: value.strip() if isinstance(value, str) else value for name, value in told.items()}
    return {name: value for name, value in told.items() if value not in (None, "", b"")}


def _refused(
    store: Store,
    staged: Mapping[str, Any],
    *,
    fields: Sequence[str],
    regions: Sequence[Mapping[str, Any]] = (),
    goals: Sequence[Mapping[str, Any]] = (),
) -> list[str]:
    """What the rules say of these fields, of the regions and of the goals' targets."""
    cursor = store.staging()
    injury = staged.get("injury_type")
    may_add = {"visit.injury_type": (injury,)} if injury else {}
    rules.open_staging(cursor, rules.Door(named="entry", today=calendar.today(), may_add=may_add))
    # A visit on the day the episode opens stands for all that is not asked here.
    row = {"line": 1, "place": 1, "client_ref": "-", "kind": "evaluation", "status": "kept", "cause": "unknown"}
    row |= {"visited_on": staged.get("opened_on") or calendar.today().isoformat(), "injury_type": injury}
    places = [{"region": region.get("region"), "side": region.get("side")} for region in regions or [{}]]
    visits = [
        row | {name: value for name, value in staged.items() if value is not None} | place | {"line": line}
        for line, place in enumerate(places, start=1)
    ]
    insert_rows(
        cursor,
        "staged_visit",
        [{name: visit.get(name) for name in (*row, *staged, "region", "side")} for visit in visits],
    )
    readings = [
        _as_reading(number, goal) for number, goal in enumerate(goals, start=1) if goal.get("target") is not None
    ]
    insert_rows(cursor, "staged_reading", readings)
    names = [(0, field, label) for field, label in LABELS.items()]
    names += [(reading["reading"], "value", f"Goal {reading['reading']}") for reading in readings]
    insert_rows(
        cursor,
        "field_name",
        [{"place": 1, "reading": n, "field": field, "column_name": label, "given": True} for n, field, label in names],
    )
    rules.check(cursor)
    return _reasons(cursor, [*fields, "region", "side"])


def _reasons(cursor: duckdb.DuckDBPyConnection, fields: Sequence[str]) -> list[str]:
    found = cursor.execute(
        "SELECT coalesce(n.column_name, p.field) || ': ' || p.reason || ' ' || p.remedy AS said FROM problem AS p"
        " LEFT JOIN field_name AS n USING (place, reading, field)"
        " WHERE p.fate = 'refused' AND (p.reading > 0 OR list_contains($fields, p.field))"
        " GROUP BY said ORDER BY min(p.reading), said",
        {"fields": list(fields)},
    ).fetchall()
    return [reason for (reason,) in found]


def _as_reading(number: int, goal: Mapping[str, Any]) -> dict[str, Any]:
    """A goal's target as a reading, because the same bounds hold for it."""
    what = goal.get("measure")
    reading = dict.fromkeys(("line", "place", "reading", *rules.READING_FIELDS))
    reading |= {"line": 1, "place": 1, "reading": number, "what": what, "value": str(goal["target"])}
    reading |= {name: goal.get(name) for name in ("joint", "movement", "side", "scale")}
    if what in ("pain", "motion"):
        reading |= {"moment": "before"}
    return reading | ({"kind": "now"} if what == "pain" else {"motion_type": "active"} if what == "motion" else {})


def _odd_goals(goals: Sequence[Mapping[str, Any]], opened_on: str) -> list[str]:
    """What a goal needs besides a target within its bounds."""
    odd = []
    for number, goal in enumerate(goals, start=1):
        measure, name = goal.get("measure"), f"Goal {number}"
        if measure not in ("pain", "motion", "score", "words"):
            odd.append(f"{name}: {measure} is no measure. Right is pain, motion, score or words.")
        elif measure == "words" and "words" not in goal:
            odd.append(f"{name}: the words are missing. Write what the client wants to be able to do.")
        elif measure != "words" and goal.get("target") is None:
            odd.append(f"{name}: there is no number to reach. Write one, or take the goal out.")
        if (due := goal.get("due_on")) is not None and str(due) < str(goal.get("set_on", opened_on)):
            odd.append(f"{name}: {due} is before the day it was set. Write a later day, or leave it empty.")
    return odd


def _odd_day(
    given: Mapping[str, Any], name: str, label: str, *, future: bool = False, since: str | None = None
) -> list[str]:
    """What is wrong with a day that the rules for visits do not know; the store refuses what is no date at all."""
    day = str(given.get(name, ""))
    if not day:
        return []
    if not future and day > calendar.today().isoformat():
        return [f"{label}: {day} is in the future (today is {calendar.today()}). Correct the entry, or leave it empty."]
    if since is not None and day < since:
        return [f"{label}: {day} is before the client was born ({since}). Correct the entry, or leave it empty."]
    return []


def _client_stands(change: Change, client_id: int) -> None:
    if not change.cursor.execute(
        "SELECT 1 FROM records.client WHERE client_id = ? AND NOT withdrawn", [client_id]
    ).fetchone():
        raise NotAllowed(f"Client {client_id} was withdrawn meanwhile. Nothing was saved.")
