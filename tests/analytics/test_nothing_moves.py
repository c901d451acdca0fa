"""Contacts, tries that reached nobody, bookings, no-shows and late cancels may stand anywhere: nothing that is said of
a course of care, of a group or of the practice's own error moves by them.
"""

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from access import roles
from analytics import (
    caseload,
    export,
    fates,
    follow_ups,
    function,
    lymphoedema,
    motion,
    outcomes,
    progress,
    repeat_error,
    spikes,
)
from analytics.filters import Filters
from records import store as record_store

OWNER = roles.viewer("test owner", "owner")
TODAY = dt.date(2026, 11, 20)
OPENED = dt.date(2026, 3, 2)
COMPLAINTS = ("neck", "knee")
EVERYTHING = Filters(since=dt.date(2025, 1, 1), until=TODAY)
# What a booked visit ahead may change: where the episode stands, and so whether it has ended.
HELD_OPEN = ["last_booked_on", "status", "ended_on", "closed"]

pains = some.integers(0, 20).map(lambda halves: halves / 2)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One line of the diary with everything that was written down at it; what is None was not."""

    day: int  # after the first
    kind: str
    status: str
    complaints: tuple[str, ...]
    hour: int | None
    before: float | None
    after: float | None
    rated: tuple[str, str]  # kind and side of the pain
    degrees: tuple[int, ...]
    score: int | None
    girths: tuple[float, float] | None
    technique: bool
    minutes: int | None
    flare: bool
    contact_pain: float | None = None


def entries(day, kind, status, **more):
    return some.builds(
        Entry,
        day=day,
        kind=some.sampled_from(kind),
        status=some.sampled_from(status),
        complaints=some.sampled_from([("neck",), ("neck",), ("knee",), ("neck", "knee")]),
        hour=some.none() | some.integers(8, 18),
        before=some.none() | pains,
        after=some.none() | pains,
        rated=some.sampled_from([("now", "left"), ("now", "left"), ("average", "left"), ("now", "right")]),
        degrees=some.lists(some.integers(60, 120), max_size=2).map(tuple),
        score=some.none() | some.integers(0, 50),
        girths=some.none() | some.tuples(some.integers(25, 32), some.integers(25, 32)),
        technique=some.booleans(),
        minutes=some.none() | some.sampled_from([0, 45]),
        flare=some.booleans(),
        **more,
    )


LAST_DAY = (TODAY - OPENED).days
visits = some.lists(
    entries(some.integers(0, 120), ["evaluation", "treatment", "treatment", "re_evaluation"], ["kept"]),
    min_size=2,
    max_size=6,
)
past = some.integers(-40, 140) | some.integers(-40, LAST_DAY)
no_visits = (
    entries(past, ["contact"], ["kept", "kept", "no_show", "late_cancel", "booked"], contact_pain=some.none() | pains)
    | entries(past, ["treatment", "evaluation", "discharge"], ["no_show", "late_cancel", "booked"])
    | entries(some.integers(LAST_DAY, LAST_DAY + 30), ["contact", "treatment"], ["booked"])
)
insertions = some.lists(no_visits, min_size=2, max_size=8)


@pytest.fixture(scope="module")
def growing_practice(tmp_path_factory):
    """One practice in which every example adds a client; what is pooled over its few clients is not held back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_store, "POOLED_MINIMUM", 1)
        opened = record_store.create(tmp_path_factory.mktemp("nothing_moves") / "practice.duckdb", "Growing practice")
        yield opened
        opened.close()


def begun(store, discharged: dict[str, int | None]) -> dict[str, tuple[int, int]]:
    """A new client with two episodes, each with an order, a goal and a region; their (client, episode) ids."""
    with store.change(OWNER, "create") as change:
        client = change.insert("client", {"name": "Ada", "birth_date": dt.date(1980, 5, 1), "sex": "female"})
        found = {}
        for complaint, injury in zip(COMPLAINTS, (2, 9), strict=True):
            end = discharged[complaint]
            episode = change.insert(
                "episode",
                {
                    "client_id": client,
                    "injury_type_id": injury,
                    "cause": "unknown",
                    "opened_on": OPENED,
                    "discharged_on": None if end is None else OPENED + dt.timedelta(days=end),
                },
            )
            whose = {"client_id": client, "episode_id": episode}
            change.insert("episode_region", whose | {"place": 1, "region": complaint, "side": "left"})
            change.insert("referral", whose | {"visits_ordered": 6, "ordered_on": OPENED})
            found[complaint] = (client, episode)
    return found


def write(store, episodes: dict[str, tuple[int, int]], diary: list[Entry]) -> None:
    if not diary:
        return
    with store.change(OWNER, "create") as change:
        for entry in diary:
            enter(change, episodes, entry)


def enter(change, episodes, entry: Entry) -> None:
    day = OPENED + dt.timedelta(days=entry.day)
    client = episodes["neck"][0]
    at = None if entry.hour is None else dt.time(entry.hour)
    session = change.insert(
        "session",
        {"client_id": client, "visited_on": day, "start_time": at, "kind": entry.kind, "status": entry.status},
    )
    for complaint in entry.complaints:
        keys = {"session_id": session, "client_id": client, "episode_id": episodes[complaint][1]}
        part = {"visited_on": day, "minutes": entry.minutes, "flare_marked": entry.flare, "home_done": 3}
        change.insert("session_part", keys | part)
        kind, side = entry.rated
        pain = {"rated_on": day, "kind": kind, "region": complaint, "side": side}
        for moment, value in (("before", entry.before), ("after", entry.after), ("between", entry.contact_pain)):
            if value is not None:
                change.insert("rating", keys | pain | {"moment": moment, "pain": value})
        for repeat, degrees in enumerate(entry.degrees, start=1):
            reading = {"joint": "neck", "movement": "flexion", "motion_type": "active", "moment": "before"}
            if complaint == "knee":
                reading |= {"joint": "knee", "side": "left"}
            change.insert("motion", keys | reading | {"measured_on": day, "degrees": degrees, "repeat_number": repeat})
        if entry.score is not None:
            change.insert("score", keys | {"scored_on": day, "scale": "ndi_percent", "value": entry.score})
        for limb, girth in zip(("left", "right"), entry.girths or (), strict=False):
            taped = {"scored_on": day, "scale": "limb_girth", "item": "10 cm above the wrist", "side": limb}
            change.insert("score", keys | taped | {"value": girth})
        if entry.technique:
            change.insert("technique_use", keys | {"visited_on": day, "technique": "trigger_point", "minutes": 20})


def plain(found: object) -> object:
    """Anything analytics answers, as values that can be compared."""
    if isinstance(found, pd.DataFrame):
        return plain(found.astype(object).where(found.notna(), None).to_dict("records"))
    if isinstance(found, pd.Series):
        return plain(found.to_frame("value"))
    if dataclasses.is_dataclass(found):
        return {field.name: plain(getattr(found, field.name)) for field in dataclasses.fields(found)}
    if isinstance(found, dict):
        return {key: plain(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [plain(value) for value in found]
    if isinstance(found, float):  # the order in which rows are summed shows in the last digit
        return None if pd.isna(found) else round(found, 9)
    return found


def said_of_the_episode(window, client: int, episode: int) -> dict:
    """What Client progress says of one episode."""
    sessions = progress.sessions(window, client, episode)
    kept = progress.kept_visits(sessions)
    course = progress.pain_course(window, client, episode)
    return {
        "visits": kept,
        "series": progress.pain_series(window, client, episode),
        "course": course,
        "spikes": spikes.spikes(kept, course.verdict.limits),
        "flare-ups": spikes.marked_visits(kept),
        "worse twice": spikes.worse_twice(kept["pain_before"], course.verdict.limits, course.verdict.first_ratings),
        "motion": motion.motion(window, client, episode, dt.date(1980, 5, 1), "female"),
        "scores": function.scores(window, client, episode),
        "limbs": lymphoedema.limbs(window, client, episode),
        "orders": progress.orders(window, client, episode),
        "techniques": progress.techniques(window, client, episode),
        "asked": follow_ups.pain_to_ask(window, client, episode),
    }


def said_of_everyone(window, *, booked_ahead: bool) -> dict:
    """What Injury outcomes, Caseload and the file say; without what a booked visit ahead may hold open."""
    found = outcomes.episodes(window, EVERYTHING, TODAY)
    periods = caseload.by_period(window, EVERYTHING, "month", TODAY)
    ends = ["discharged", "lapsed", "in_care"]
    told = {
        "episodes": found.drop(columns=HELD_OPEN),
        "types": outcomes.by_type(found).filter(regex="^(?!closed|visits_)"),
        "pain by visit": outcomes.pain_by_visit(window, EVERYTHING),
        "motion": outcomes.motion_percent(window, EVERYTHING),
        "periods": periods.drop(columns=["no_shows", "late_cancels", *ends]),
        "splits": caseload.splits(window, EVERYTHING),
        "own error": repeat_error.own_errors(window),
        "repeats": window.read("FROM pooled_repeat_motion ORDER BY ALL"),
        "pooled pain": window.read("FROM pooled_pain_by_visit ORDER BY ALL"),
    }
    if not booked_ahead:
        told |= {
            "status": found[["episode_id", "status", "ended_on", "closed"]],
            "fates": fates.account(outcomes.with_visits(found)),
            "types": outcomes.by_type(found),
            "visits per episode": outcomes.visits_per_episode(found),
            "ends": periods[ends],
            "ended": caseload.ended(window, EVERYTHING, TODAY),
            "closed": caseload.closed_counts(window, EVERYTHING, TODAY),
            "file": export.outcomes(window, TODAY),
        }
    return plain(told)


def is_booked_ahead(entry: Entry) -> bool:
    return entry.status == "booked" and entry.kind != "contact" and entry.day >= LAST_DAY


@settings(
    max_examples=7,
    deadline=None,
    # To look for a smaller example would take minutes: each one is a client in a store.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    kept=visits,
    inserted=insertions,
    discharged=some.fixed_dictionaries({c: some.none() | some.integers(0, 150) for c in COMPLAINTS}),
)
def test_nothing_that_is_not_a_visit_moves_anything(growing_practice, kept, inserted, discharged):
    store = growing_practice
    episodes = begun(store, discharged)
    write(store, episodes, kept)
    ahead = any(map(is_booked_ahead, inserted))
    window = store.open_for(OWNER)
    before = {name: plain(said_of_the_episode(window, *ids)) for name, ids in episodes.items()}
    everyone = said_of_everyone(window, booked_ahead=ahead)
    stood = outcomes.episodes(window, EVERYTHING, TODAY).set_index("episode_id")["status"]

    write(store, episodes, inserted)

    for name, ids in episodes.items():
        for fact, value in plain(said_of_the_episode(window, *ids)).items():
            assert value == before[name][fact], f"{fact} of the {name} moved"
    for fact, value in said_of_everyone(window, booked_ahead=ahead).items():
        assert value == everyone[fact], f"{fact} moved"
    stands = outcomes.episodes(window, EVERYTHING, TODAY).set_index("episode_id")["status"]
    assert set(stands[stands != stood]) <= ({"active"} if ahead else set())


def test_the_same_snapshot_does_move_with_a_visit(growing_practice):
    """What the property compares is alive: one more visit moves nearly all of it."""
    store = growing_practice
    episodes = begun(store, dict.fromkeys(COMPLAINTS))
    visit = Entry(
        0, "treatment", "kept", ("neck",), None, 7.0, 5.0, ("now", "left"), (80, 90), 30, (28, 27), True, 45, True
    )
    write(store, episodes, [visit])
    window = store.open_for(OWNER)
    before = plain(said_of_the_episode(window, *episodes["neck"]))
    everyone = said_of_everyone(window, booked_ahead=False)
    write(
        store, episodes, [dataclasses.replace(visit, day=7, before=3.0, degrees=(100, 110), score=10, girths=(30, 27))]
    )
    after = plain(said_of_the_episode(window, *episodes["neck"]))
    assert {fact for fact in before if after[fact] != before[fact]} == set(before) - {"spikes", "worse twice", "asked"}
    moved = said_of_everyone(window, booked_ahead=False)
    assert {fact for fact in everyone if moved[fact] != everyone[fact]} >= {
        "episodes", "types", "pain by visit", "periods", "splits", "repeats", "pooled pain", "file",
    }  # fmt: skip
