"""Only visits count: whatever else stands in the diary changes no number, no mean and no verdict."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access import roles
from analytics import motion, outcomes, progress
from analytics.filters import Filters
from records import store as record_store
from tables import Practice, enter, practice_of

OPENED = dt.date(2026, 3, 2)
OWNER = roles.viewer("test owner", "owner")

pains = st.none() | st.integers(0, 20).map(lambda halves: halves / 2)
visits = st.lists(st.tuples(st.integers(0, 60), pains, pains), min_size=1, max_size=6)
# Diary lines that are no visits. Each carries pain before treatment, as a careless export might.
others = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(["contact", "no_show", "late_cancel", "booked", "withdrawn"]),
        st.integers(0, 20).map(lambda halves: halves / 2),
        st.sampled_from(["now", "average"]),
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def growing_practice(tmp_path_factory):
    """One practice in which every example adds a pair of clients: plain in one injury type, cluttered in the other."""
    opened = record_store.create(tmp_path_factory.mktemp("visits") / "practice.duckdb", "Growing practice")
    yield opened
    opened.close()


def day(offset: int) -> dt.date:
    return OPENED + dt.timedelta(days=offset)


def cell(value: float | None) -> str:
    return "-" if value is None else str(value)


def course_of(store, injury: str, kept: list, clutter: list) -> tuple[int, int]:
    """One client with these visits and this clutter; the ids of the client and the episode."""
    lines = [f"Ada | {day(at)} | treatment | kept | {cell(b)} | {cell(a)}" for at, b, a in kept]
    for at, what, _, _ in clutter:
        kind = "contact" if what == "contact" else "treatment"
        status = "kept" if what in ("contact", "withdrawn") else what
        lines.append(f"Ada | {day(at)} | {kind} | {status} | - | -")
    drawn = "client | day | kind | status | before | after | injury | opened\n"
    entered: Practice = practice_of(store, OWNER, drawn + "\n".join(f"{line} | {injury} | {OPENED}" for line in lines))
    if clutter:
        places = range(len(kept) + 1, len(kept) + len(clutter) + 1)
        ratings = [
            f"Ada | {place} | {kind} | before | {pain}"
            for place, (_, _, pain, kind) in zip(places, clutter, strict=True)
        ]
        enter(store, OWNER, entered, "rating", "episode | session | kind | moment | pain\n" + "\n".join(ratings))
        withdrawn = [place for place, line in zip(places, clutter, strict=True) if line[1] == "withdrawn"]
        if withdrawn:
            with store.change(OWNER, "withdraw") as change:
                for place in withdrawn:
                    change.withdraw("session", entered.sessions[place - 1], 1)
    return entered.clients["Ada"], entered.episodes["Ada"]


def judged(store, injury: str, client: int, episode: int) -> dict:
    """Everything said about the episode, and about its injury type, without ids."""
    window = store.open_for(OWNER)
    sessions = progress.kept_visits(progress.sessions(window, client, episode))
    named = "SELECT injury_type_id FROM visible_injury_type WHERE name = $name"
    of_type = Filters(injury_type_id=int(window.read(named, name=injury).iloc[0, 0]))
    facts = outcomes.episodes(window, of_type, dt.date(2026, 11, 20))
    return {
        "visits": sessions[["visit_number", "visited_on", "pain_before", "pain_after"]],
        "course": progress.pain_course(window, client, episode),
        "series": progress.pain_series(window, client, episode),
        "types": outcomes.by_type(facts).drop(columns=["injury_type_id", "injury_type"]),
        "by_visit": outcomes.pain_by_visit(window, of_type),
        "visits_per_episode": outcomes.visits_per_episode(facts),
    }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=visits, clutter=others)
def test_nothing_that_is_not_a_visit_changes_what_is_said_of_a_course(growing_practice, kept, clutter):
    plain = judged(growing_practice, "Neck pain", *course_of(growing_practice, "Neck pain", kept, []))
    other = "Neck pain, whiplash"  # of the same region, so that the same thresholds are chosen
    cluttered = judged(growing_practice, other, *course_of(growing_practice, other, kept, clutter))
    for name, expected in plain.items():
        if isinstance(expected, pd.DataFrame):
            pd.testing.assert_frame_equal(cluttered[name], expected, obj=name)
        else:
            assert cluttered[name] == expected


def test_the_first_visit_rated_is_the_baseline_though_a_contact_was_rated_before_it(store, owner):
    entered = practice_of(
        store,
        owner,
        """
        client | day        | kind       | status  | before
        Ada    | 2026-03-01 | contact    | kept    | 9
        Ada    | 2026-03-01 | treatment  | no_show | 10
        Ada    | 2026-03-02 | evaluation | kept    | -
        Ada    | 2026-03-09 | treatment  | kept    | 7
        Ada    | 2026-03-16 | treatment  | kept    | 3
        Ada    | 2026-03-17 | contact    | kept    | 8
        """,
    )
    window = store.open_for(owner)
    about = (entered.clients["Ada"], entered.episodes["Ada"])
    course = progress.pain_course(window, *about)
    # Visits 1, 2, 3 are 2, 9 and 16 March; 2 of the 3 were rated: 7 at visit 2, 3 at visit 3.
    assert (course.verdict.first, course.first_visit) == (7, 2)
    assert (course.verdict.latest, course.latest_visit) == (3, 3)
    assert (course.readings, course.visits, course.verdict.name) == (2, 3, "improved")


def test_two_episodes_of_one_client_never_mix(store, owner):
    entered = practice_of(
        store,
        owner,
        """
        client | episode   | day        | before | after | knee flexion left
        Ada    | auto neck | 2026-03-02 | 8      | 6     | -
        Ada    | work knee | 2026-03-03 | 3      | 2     | 90
        Ada    | auto neck | 2026-03-09 | 4      | 3     | -
        Ada    | work knee | 2026-03-10 | 6      | 5     | 100
        """,
    )
    window = store.open_for(owner)
    found = {}
    for name, episode in entered.episodes.items():
        sessions = progress.kept_visits(progress.sessions(window, entered.clients["Ada"], episode))
        course = progress.pain_course(window, entered.clients["Ada"], episode)
        movements = motion.motion(window, entered.clients["Ada"], episode)
        found[name] = (sessions["visit_number"].tolist(), course.verdict.name, len(movements))
    assert found == {"auto neck": ([1, 2], "improved", 0), "work knee": ([1, 2], "worse", 1)}


def test_an_episode_is_read_with_its_own_client_only(store, owner):
    entered = practice_of(store, owner, "client | day | before\nAda | 2026-03-02 | 6\nBen | 2026-03-02 | 4")
    window = store.open_for(owner)
    assert progress.sessions(window, entered.clients["Ben"], entered.episodes["Ada"]).empty


def test_two_visits_of_one_day_count_by_their_hour(store, owner):
    entered = practice_of(store, owner, "client | day | before\nAda | 2026-03-02 | 6\nAda | 2026-03-02 | 2")
    with store.change(owner, "correct") as change:
        for session, hour in zip(entered.sessions, (dt.time(16), dt.time(9)), strict=True):
            change.correct("session", session, 1, {"start_time": hour})
    visits = progress.sessions(store.open_for(owner), entered.clients["Ada"], entered.episodes["Ada"])
    assert visits[["visit_number", "pain_before"]].values.tolist() == [[1, 2], [2, 6]]
