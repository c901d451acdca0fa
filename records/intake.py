"""A new client, a new episode of care with its order and goals, and the discharge that ends one.

What is entered passes the same staging and rules as a visit: dates, lists, whole numbers, and the targets of goals,
which are held to the bounds of what they speak of.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from records import calendar, discharges, rules
from records.entry import as_text, insert_rows
from records.errors import EntryRefused, NotAllowed
from records.permission import may_write
from records.store import Change, Store, Window
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
CHRONICITIES = ("under_6_weeks", "6_to_12_weeks", "over_3_months")
# The list of the practice each of these is chosen from, and its label.
CHOSEN = {
    "injury_type_id": ("injury_type", "Injury type"),
    "therapist_id": ("therapist", "Therapist"),
    "office_id": ("office", "Office"),
    "physician_id": ("physician", "Physician"),
    "referral_source": ("referral_source", "Sent by"),
    "payer_kind": ("payer_kind", "Paid by"),
}
# What a goal of each measure speaks of; what a form still holds beside it is left out.
OF_GOAL = {
    "pain": ("target", "words"),
    "motion": ("joint", "movement", "side", "target", "words"),
    "score": ("scale", "side", "target", "words"),
    "words": ("words",),
}
SERVED_EPISODE = """
-- One episode with what its end is held against. One row, or none when the viewer may not see it.
SELECT
    e.client_id, e.opened_on::VARCHAR AS opened_on, e.onset_on::VARCHAR AS onset_on, c.name AS client_name
FROM visible_episode AS e
INNER JOIN visible_client AS c USING (client_id)
WHERE e.episode_id = $episode_id
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What was entered, as the rules read it.

    Attributes
    ----------
    refused : list of str
        What can never be, with its label and what to do.
    visits : list of dict
        One row of `read_visit` for each region (one, without region, where none was given).
    goals : list of dict
        One row of `read_reading` for each goal with a target, in their order.
    """

    refused: list[str]
    visits: list[dict[str, Any]]
    goals: list[dict[str, Any]]


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
    read = _read(store, staged, fields=("birth_date", "sex"))
    refused = read.refused
    if "name" not in given:
        refused.insert(0, "Name: there is none. Write the client's name.")
    consent_until, odd = _day(given, "consent_until", "Consent until", future=True)
    if refused := refused + odd:
        raise EntryRefused(refused)
    given |= {name: read.visits[0][name] for name in ("birth_date", "sex")} | {"consent_until": consent_until}
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
        `injury_type_id`, `cause` and `opened_on` (YYYY-MM-DD) are needed. An episode opened by a therapist who sees
        their own episodes only is led by them when `therapist_id` is left out: else it would be out of their sight.
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
    wanted = [_goal(goal) for goal in goals]
    places = [_given(region, ("region", "side")) for region in regions]
    if viewer.scope == "own" and viewer.therapist_id is not None:
        given.setdefault("therapist_id", viewer.therapist_id)
    injury = window.read(
        "SELECT name FROM visible_injury_type WHERE injury_type_id = $injury_type_id",
        injury_type_id=given.get("injury_type_id"),
    )
    born = None if person["birth_date"].isna()[0] else person["birth_date"][0]
    staged = {"client_name": person["name"][0], "birth_date": born}
    staged |= {"injury_type": None if injury.empty else injury["name"][0]}
    staged |= {name: given.get(name) for name in ("cause", "onset_on", "opened_on")} | _staged_order(ordered)
    # What is wrong with the day it opens is said once, of the visit of that day; a missing injury type below.
    fields = [name for name in LABELS if name not in ("opened_on", "injury_type")]
    read = _read(store, staged, fields=fields, regions=places, goals=wanted)
    surgery_on, odd = _day(given, "surgery_on", "Surgery on", since=born)
    refused = read.refused + odd + _odd_choices(window, given, ("therapist_id", "office_id"))
    if injury.empty:
        refused.insert(0, "Injury type: there is none. Choose one of the practice's list.")
    if "opened_on" not in given:
        refused.append("Opened on: there is no day. Write the day of the opening evaluation.")
    refused += _odd_places(places) + _odd_episode(given)
    seen_on, odd = _odd_order(window, ordered)
    refused += odd
    opened_on = read.visits[0]["opened_on"]
    ready, odd = _ready_goals(wanted, read.goals, opened_on)
    if refused := refused + odd:
        raise EntryRefused(refused)
    given |= {name: read.visits[0][name] for name in ("cause", "onset_on", "opened_on")} | {"surgery_on": surgery_on}
    with store.change(viewer, "create", idempotency_key=idempotency_key) as change:
        _client_stands(change, client_id)
        episode_id = change.insert("episode", {"client_id": client_id} | given)
        whose = {"episode_id": episode_id, "client_id": client_id}
        for place, visit in enumerate(read.visits, start=1):
            where = {"place": place, "region": visit["region"], "side": visit["side"]}
            change.insert("episode_region", whose | where)
        if ordered:
            change.insert("referral", whose | ordered | _read_order(read.visits[0], seen_on))
        for goal in ready:
            change.insert("goal", whose | goal)
    return episode_id


def set_goals(
    store: Store, viewer: Viewer, episode_id: int, goals: Sequence[Mapping[str, Any]], *, idempotency_key: str
) -> list[int]:
    """Write further goals of an episode (GOAL_FIELDS; `set_on` is today when left out); returns their ids.

    Raises
    ------
    EntryRefused, NotAllowed, AlreadySaved
    """
    may_write(store, viewer, "client.write")
    episode = _episode(store, viewer, episode_id)
    wanted = [_goal(goal) for goal in goals]
    read = _read(store, {}, fields=(), goals=wanted)
    ready, odd = _ready_goals(wanted, read.goals, calendar.today())
    if refused := read.refused + odd:
        raise EntryRefused(refused)
    with store.change(viewer, "create", idempotency_key=idempotency_key) as change:
        _episode_stands(change, episode_id, episode["client_id"])
        whose = {"episode_id": episode_id, "client_id": episode["client_id"]}
        return [change.insert("goal", whose | goal) for goal in ready]


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
    fields = ("diagnosis", "visits_ordered", "ordered_on", "order_expires_on")
    read = _read(store, _staged_order(ordered), fields=fields)
    seen_on, odd = _odd_order(store.open_for(viewer), ordered)
    refused = read.refused + odd
    if not ordered:
        refused.append("Order: nothing is filled in. Write at least the visits ordered or the diagnosis.")
    if refused:
        raise EntryRefused(refused)
    with store.change(viewer, "create", idempotency_key=idempotency_key) as change:
        _episode_stands(change, episode_id, episode["client_id"])
        whose = {"episode_id": episode_id, "client_id": episode["client_id"]}
        return change.insert("referral", whose | ordered | _read_order(read.visits[0], seen_on))


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
    given = _given({"on": discharged_on, "why": discharge_reason, "note": note}, ("on", "why", "note"))
    staged = {"opened_on": episode["opened_on"], "onset_on": episode["onset_on"]}
    staged |= {"discharged_on": given.get("on"), "discharge_reason": given.get("why")}
    read = _read(store, staged, fields=("discharged_on", "discharge_reason"))
    refused, ended_on = read.refused, read.visits[0]["discharged_on"]
    if "why" not in given:
        refused.append("Reason: there is none. Choose why care ends; 'other' is a reason.")
    if "on" not in given:
        refused.append("Discharged on: there is no day. Write the day care ended.")
    with store.change(viewer, "correct", reason="discharge", idempotency_key=idempotency_key) as change:
        _episode_stands(change, episode_id, episode["client_id"])
        ver, ended = change.cursor.execute(
            "SELECT ver, discharged_on FROM records.episode WHERE episode_id = ?", [episode_id]
        ).fetchone()
        if ended is not None:
            refused.append(f"This episode was discharged on {ended} already. Correct that entry if it is wrong.")
        if wrong := discharges.too_early(change.cursor, episode_id, ended_on):
            refused.append(f"Discharged on: {wrong} Right is the day of the last visit or a later one.")
        if refused:
            raise EntryRefused(refused)
        ending = {"discharged_on": ended_on, "discharge_reason": read.visits[0]["discharge_reason"]}
        change.correct("episode", episode_id, ver, ending | {"discharge_note": given.get("note"), "on_hold": False})


def _episode(store: Store, viewer: Viewer, episode_id: int) -> dict[str, Any]:
    found = store.open_for(viewer).read(SERVED_EPISODE, episode_id=episode_id)
    if found.empty:
        raise NotAllowed(f"There is no episode {episode_id} you may write to.")
    row = {name: None if value != value else value for name, value in found.iloc[0].items()}
    return row | {"client_id": int(row["client_id"])}


def _given(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What was filled in, as text without the space around it; ids and documents as they are."""
    told = {name: values.get(name) for name in names}
    told = {
        name: value if name.endswith("_id") or isinstance(value, bytes) else (as_text(value) or "").strip()
        for name, value in told.items()
    }
    return {name: value for name, value in told.items() if value not in (None, "", b"")}


def _goal(goal: Mapping[str, Any]) -> dict[str, Any]:
    """What a goal says of its measure; all of it when the measure is none."""
    given = _given(goal, GOAL_FIELDS)
    spoken_of = OF_GOAL.get(given.get("measure", ""), GOAL_FIELDS)
    return {name: value for name, value in given.items() if name in ("measure", "set_on", "due_on", *spoken_of)}


def _staged_order(ordered: Mapping[str, Any]) -> dict[str, Any]:
    staged = {name: ordered.get(name) for name in ("diagnosis", "visits_ordered", "ordered_on")}
    return staged | {"order_expires_on": ordered.get("expires_on")}


def _read_order(visit: Mapping[str, Any], seen_on: dt.date | None) -> dict[str, Any]:
    read = {name: visit[name] for name in ("visits_ordered", "ordered_on")}
    return read | {"expires_on": visit["order_expires_on"], "physician_visit_on": seen_on}


def _read(
    store: Store,
    staged: Mapping[str, Any],
    *,
    fields: Sequence[str],
    regions: Sequence[Mapping[str, Any]] = (),
    goals: Sequence[Mapping[str, Any]] = (),
) -> Read:
    """What the rules make, and say, of these fields, of the regions and of the goals' targets."""
    cursor = store.staging()
    injury = staged.get("injury_type")
    may_add = {"visit.injury_type": (injury,)} if injury else {}
    rules.open_staging(cursor, rules.Door(named="entry", today=calendar.today(), may_add=may_add))
    # A visit on the day the episode opens stands for all that is not asked here.
    row = {"client_ref": "-", "client_name": "-", "kind": "evaluation", "status": "kept", "cause": "unknown"}
    row |= {"visited_on": staged.get("opened_on") or calendar.today().isoformat()}
    row |= {name: value for name, value in staged.items() if value is not None}
    places = [{"region": region.get("region"), "side": region.get("side")} for region in regions or [{}]]
    visits = [row | place | {"line": line, "place": 1} for line, place in enumerate(places, start=1)]
    insert_rows(cursor, "staged_visit", visits)
    readings = [
        _as_reading(number, goal)
        for number, goal in enumerate(goals, start=1)
        if "target" in goal and goal.get("measure") in ("pain", "motion", "score")
    ]
    insert_rows(cursor, "staged_reading", readings)
    names = [(0, field, label) for field, label in LABELS.items()]
    for number in (reading["reading"] for reading in readings):
        names += [
            (number, field, f"Goal {number}" + ("" if field == "value" else f", {field}"))
            for field in rules.READING_FIELDS
        ]
    insert_rows(
        cursor,
        "field_name",
        [{"place": 1, "reading": n, "field": field, "column_name": label, "given": True} for n, field, label in names],
    )
    rules.check(cursor)
    refused = _reasons(cursor, [*fields, "region", "side"])
    return Read(refused, _rows(cursor, "read_visit", "line"), _rows(cursor, "read_reading", "reading"))


def _rows(cursor: duckdb.DuckDBPyConnection, table: str, order: str) -> list[dict[str, Any]]:
    found = cursor.execute(f"SELECT * FROM {table} ORDER BY {order}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _reasons(cursor: duckdb.DuckDBPyConnection, fields: Sequence[str]) -> list[str]:
    found = cursor.execute(
        "SELECT coalesce(n.column_name, p.field) || ': ' || p.reason || ' '"
        # What may be left empty in a visit is what a goal is about.
        " || CASE WHEN p.reading > 0 THEN remedy_words('refused', 'take the goal out') ELSE p.remedy END AS said"
        " FROM problem AS p LEFT JOIN field_name AS n USING (place, reading, field)"
        " WHERE p.fate = 'refused' AND (p.reading > 0 OR list_contains($fields, p.field))"
        " GROUP BY said ORDER BY min(p.reading), said",
        {"fields": list(fields)},
    ).fetchall()
    return [reason for (reason,) in found]


def _as_reading(number: int, goal: Mapping[str, Any]) -> dict[str, Any]:
    """A goal's target as a reading, because the same bounds hold for it."""
    what = goal["measure"]
    reading = dict.fromkeys(("line", "place", "reading", *rules.READING_FIELDS))
    reading |= {"line": 1, "place": 1, "reading": number, "what": what, "value": goal["target"]}
    reading |= {name: goal.get(name) for name in ("joint", "movement", "side", "scale")}
    if what in ("pain", "motion"):
        reading |= {"moment": "before"}
    return reading | ({"kind": "now"} if what == "pain" else {"motion_type": "active"} if what == "motion" else {})


def _ready_goals(
    goals: Sequence[Mapping[str, Any]], read: Sequence[Mapping[str, Any]], set_on: dt.date | None
) -> tuple[list[dict[str, Any]], list[str]]:
    """The goals as they will be kept, and what each still needs beside a target within its bounds."""
    ready, odd = [], []
    as_read = {reading["reading"]: reading for reading in read}
    for number, goal in enumerate(goals, start=1):
        measure, name = goal.get("measure"), f"Goal {number}"
        if measure not in OF_GOAL:
            odd.append(f"{name}: {measure or 'it'} is no measure. Right is pain, motion, score or words.")
        elif measure == "words" and "words" not in goal:
            odd.append(f"{name}: the words are missing. Write what the client wants to be able to do.")
        elif measure != "words" and "target" not in goal:
            odd.append(f"{name}: there is no number to reach. Write one, or take the goal out.")
        begun, wrong = _day(goal, "set_on", f"{name}, set on")
        due, wrong_due = _day(goal, "due_on", f"{name}, due on", future=True)
        begun = begun or set_on
        odd += wrong + wrong_due
        if due is not None and begun is not None and due < begun:
            odd.append(f"{name}: {due} is before the day it was set. Write a later day, or leave it empty.")
        row = {field: value for field, value in goal.items() if field in GOAL_FIELDS}
        row |= {"set_on": begun, "due_on": due}
        if number in as_read:
            reading = as_read[number]
            row |= {field: reading[field] for field in ("joint", "movement", "scale") if field in goal}
            row |= {"target": reading["value"]} | ({"side": reading["side"]} if "side" in goal else {})
        ready.append(row)
    return ready, odd


def _odd_places(places: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong with the regions beside words that are in no list."""
    if not places:
        return ["Region: there is none. Choose where the complaint is; the main one first."]
    odd = [
        f"Region {place}: a side without a region. Choose the region, or take the side out."
        for place, given in enumerate(places, start=1)
        if "region" not in given
    ]
    seen = [(given.get("region"), given.get("side")) for given in places]
    return odd + [
        f"Region {place}: {given[0]} is named twice. Take one out."
        for place, given in enumerate(seen, start=1)
        if given[0] and given in seen[: place - 1]
    ]


def _odd_episode(given: Mapping[str, Any]) -> list[str]:
    """What is wrong with what only an episode holds."""
    odd = []
    chronicity = given.get("chronicity")
    if chronicity is not None and chronicity not in CHRONICITIES:
        odd.append(f"Lasting: {chronicity} is not known. Known are {', '.join(CHRONICITIES)}. Correct the entry.")
    count = given.get("comorbidity_count")
    if count is not None and not (count.isdecimal() and int(count) <= 40):
        odd.append(f"Other conditions: {count} is no whole number from 0 to 40. Correct the entry, or leave it empty.")
    return odd


def _odd_order(window: Window, ordered: Mapping[str, Any]) -> tuple[dt.date | None, list[str]]:
    """When the physician sees the client, and what is wrong with an order beside its dates and its number."""
    seen_on, odd = _day(ordered, "physician_visit_on", "The physician sees them on", future=True)
    odd += _odd_choices(window, ordered, ("physician_id", "referral_source", "payer_kind"))
    if len(ordered.get("order_copy") or b"") > MOST_ORDER_COPY_BYTES:
        odd.append("Copy of the order: it is larger than 10 MB. Scan it in black and white, or leave it out.")
    return seen_on, odd


def _odd_choices(window: Window, given: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """What is not one of the practice's lists."""
    odd = []
    for name in names:
        listed, label = CHOSEN[name]
        chosen = given.get(name)
        if (
            chosen is not None
            and window.read(
                "SELECT 1 FROM visible_choice WHERE list = $listed AND code = $code", listed=listed, code=str(chosen)
            ).empty
        ):
            odd.append(f"{label}: {chosen} is not in the practice's list. Choose one of it, or leave it open.")
    return odd


def _day(
    given: Mapping[str, Any], name: str, label: str, *, future: bool = False, since: str | None = None
) -> tuple[dt.date | None, list[str]]:
    """A day that the rules for visits do not know, and what is wrong with it."""
    if name not in given:
        return None, []
    try:
        day = dt.date.fromisoformat(given[name])
    except ValueError:
        right = "Right is a day that exists, written as YYYY-MM-DD. Correct the entry, or leave it empty."
        return None, [f"{label}: {given[name]} is no date. {right}"]
    if not future and day > calendar.today():
        return day, [
            f"{label}: {day} is in the future (today is {calendar.today()}). Correct the entry, or leave it empty."
        ]
    if day < dt.date(1900, 1, 1):
        return day, [f"{label}: {day} is before 1900. Correct the entry, or leave it empty."]
    if since is not None and day < dt.date.fromisoformat(since):
        return day, [f"{label}: {day} is before the client was born ({since}). Correct the entry, or leave it empty."]
    return day, []


def _episode_stands(change: Change, episode_id: int, client_id: int) -> None:
    if not change.cursor.execute(
        "SELECT 1 FROM records.episode WHERE episode_id = ? AND client_id = ? AND NOT withdrawn",
        [episode_id, client_id],
    ).fetchone():
        raise NotAllowed(f"Episode {episode_id} was withdrawn meanwhile. Nothing was saved.")


def _client_stands(change: Change, client_id: int) -> None:
    if not change.cursor.execute(
        "SELECT 1 FROM records.client WHERE client_id = ? AND NOT withdrawn", [client_id]
    ).fetchone():
        raise NotAllowed(f"Client {client_id} was withdrawn meanwhile. Nothing was saved.")
