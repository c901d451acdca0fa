"""The practice's own error of measuring: from repeat readings of one visit, once there are enough, always labelled."""

import math
import statistics
from collections import defaultdict

import pytest

from access import roles
from analytics import motion, repeat_error
from analytics.filters import Filters
from analytics.measurement_error import minimal_detectable_change
from records import store as record_store
from records.viewer import Viewer
from tables import enter, practice_of

KNEE = ("knee", "flexion", "active", "same")


def repeating(store, owner, readings, extra=""):
    """Each client comes once on 2 March 2026 and has a knee bent so many times: 90, 94, 90, 94 ... degrees."""
    clients = [f"Client {n}" for n in range(len(readings))]
    drawn = "client | day | therapist\n" + "\n".join(f"{client} | 2026-03-02 | Kim" for client in clients)
    entered = practice_of(store, owner, drawn + extra)
    head = "episode | session | joint | movement | side | motion_type | moment | repeat_number | degrees | rater"
    lines = [
        f"{client} | {place} | knee | flexion | left | active | before | {n + 1} | {90 + 4 * (n % 2)} | Kim"
        for place, (client, count) in enumerate(zip(clients, readings, strict=True), start=1)
        for n in range(count)
    ]
    enter(store, owner, entered, "motion", "\n".join([head, *lines]))
    return entered


def test_the_own_error_stands_on_the_spread_of_repeats_around_their_visit(store, owner):
    repeating(store, owner, [6] * 11)
    own = repeat_error.own_errors(store.open_for(owner))[KNEE]
    # Six readings, 90 and 94 in turn, lie 2 from their mean: 6 * 2^2 = 24 over 5 pairs, SEM sqrt(4.8) = 2.19.
    assert own.points == pytest.approx(1.6449 * math.sqrt(2) * math.sqrt(24 / 5), abs=1e-3)
    assert (own.pairs, own.clients) == (11 * 5, 11)


def test_it_says_what_it_stands_on_and_what_it_leaves_out(store, owner):
    repeating(store, owner, [6] * 11)
    assert repeat_error.own_errors(store.open_for(owner))[KNEE].cited == (
        "own repeat error of this practice, 90 %, from 55 pairs of 11 clients within one visit:"
        " it leaves out the swing from day to day"
    )


@pytest.mark.parametrize(
    ("readings", "used"),
    [
        ([5] * 10 + [11], True),  # 10 * 4 + 10 = 50 pairs
        ([5] * 10 + [10], False),  # 49
        ([7] * 10, False),  # 60 pairs, of 10 clients: one of them could be told from the sum
        ([7] * 10 + [1], False),  # the eleventh was read once: nothing of theirs is in it
        ([1] * 60, False),
    ],
)
def test_it_is_used_from_fifty_pairs_of_eleven_clients(store, owner, readings, used):
    repeating(store, owner, readings)
    assert (KNEE in repeat_error.own_errors(store.open_for(owner))) is used


def test_readings_that_always_agree_still_have_the_step_of_reading_as_error():
    assert repeat_error.own_error(0, 55, 11).points == 1


def test_the_repeats_of_one_rater_say_nothing_of_two(store, owner):
    repeating(store, owner, [6] * 11)
    assert set(repeat_error.own_errors(store.open_for(owner))) == {KNEE}


@pytest.mark.parametrize(
    ("changed", "pairs"),
    [
        ("degrees", 13 * 4),  # as drawn
        ("instrument", None),  # Lou used another instrument: no repeat
        ("rater", None),  # nobody wrote down who the second was
    ],
)
def test_two_raters_are_compared_by_the_first_reading_of_each_on_one_side_moment_and_instrument(
    store, owner, changed, pairs
):
    clients = [f"Client {n}" for n in range(13)]
    entered = practice_of(
        store,
        owner,
        "client | day | therapist\nClient 0 | 2026-03-01 | Lou\n"
        + "\n".join(f"{client} | 2026-03-02 | Kim" for client in clients),
    )
    head = "episode | session | joint | movement | side | motion_type | moment | degrees | rater | instrument"
    second = ("-" if changed == "rater" else "Lou", "app" if changed == "instrument" else "goniometer")
    lines = [
        f"{client} | {place} | knee | flexion | {side} | active | {moment} | {degrees} | {rater} | {tool}"
        for place, client in enumerate(clients, start=2)
        for side in ("left", "right")
        for moment in ("before", "after")
        for degrees, (rater, tool) in ((90, ("Kim", "goniometer")), (98, second))
    ]
    enter(store, owner, entered, "motion", "\n".join([head, *lines]))
    own = repeat_error.own_errors(store.open_for(owner))
    if pairs is None:
        assert own == {}
        return
    (found,) = own.values()
    assert set(own) == {("knee", "flexion", "active", "different")}
    # 90 and 98 lie 4 from their mean: 2 * 4^2 = 32 a pair, SEM sqrt(32) = 5.66, error 1.645 * sqrt(2) * 5.66 = 13.2.
    assert (found.pairs, round(found.points, 1)) == (pairs, 13.2)


# What it does to a verdict: 90 to 98 degrees is within the published 10 and beyond the practice's own 5.1.

COMES_BACK = "\nAda | 2026-03-02 | Kim\nAda | 2026-03-09 | Kim"
READINGS_OF_ADA = """
    episode | session | joint | movement | side | motion_type | moment | degrees | rater
    Ada     | 12      | knee  | flexion  | left | active      | before | 90      | Kim
    Ada     | 13      | knee  | flexion  | left | active      | before | 98      | Kim
"""


@pytest.mark.parametrize(("readings", "expected"), [([6] * 11, (5.1, "improved")), ([2] * 11, (10, "unchanged"))])
def test_motion_is_held_against_the_own_error_where_there_is_one_and_else_against_the_published(
    store, owner, readings, expected
):
    entered = repeating(store, owner, readings, extra=COMES_BACK)
    enter(store, owner, entered, "motion", READINGS_OF_ADA)
    window = store.open_for(owner)
    (one,) = motion.motion(window, entered.clients["Ada"], entered.episodes["Ada"]).itertuples()
    assert (round(one.error_deg, 1), one.motion_class) == expected
    assert one.error_source.startswith("own repeat error") == (expected[0] != 10)
    everyone = motion.courses(window, Filters()).set_index("episode_id")
    assert everyone.loc[entered.episodes["Ada"], "motion_class"] == expected[1]
    (told,) = motion.error_sources(motion.motion(window, entered.clients["Ada"], entered.episodes["Ada"]))
    assert told.startswith(
        f"Error {expected[0]:g} degrees: {'own repeat error' if expected[0] != 10 else 'level not stated, same rater'}"
    )


def test_a_viewer_without_the_right_to_pooled_facts_gets_the_published_error(store, owner):
    entered = repeating(store, owner, [6] * 11, extra=COMES_BACK)
    enter(store, owner, entered, "motion", READINGS_OF_ADA)
    without = store.open_for(Viewer("desk", "desk", frozenset({"client.read"}), "all"))
    assert repeat_error.own_errors(without) == {}
    (one,) = motion.motion(without, entered.clients["Ada"], entered.episodes["Ada"]).itertuples()
    assert (one.error_deg, one.motion_class) == (10, "unchanged")


def test_a_therapist_reads_the_error_of_the_whole_practice_not_of_their_own_clients(store, owner):
    repeating(store, owner, [6] * 11)
    assert KNEE in repeat_error.own_errors(store.open_for(roles.viewer("new", "therapist", therapist_id=404)))


def test_the_sums_agree_with_a_pencil_and_the_raw_rows(sample_store, owner, monkeypatch):
    monkeypatch.setattr(record_store, "POOLED_MINIMUM", 1)  # the small sample has few people with repeats
    found = sample_store.open_for(owner).read("FROM pooled_repeat_motion")
    cursor = sample_store._connection.cursor()
    groups = defaultdict(list)
    for *key, degrees in cursor.execute(
        "SELECT joint, movement, motion_type, client_id, episode_id, session_id, side, moment, instrument, rater_id,"
        " degrees::DOUBLE FROM records.motion WHERE NOT withdrawn"
    ).fetchall():
        groups[tuple(key)].append(degrees)
    expected = defaultdict(lambda: [set(), 0, 0.0])
    for (joint, movement, motion_type, client, *_), degrees in groups.items():
        if len(degrees) > 1:
            row = expected[joint, movement, motion_type]
            row[0].add(client)
            row[1] += len(degrees) - 1
            row[2] += sum((value - statistics.mean(degrees)) ** 2 for value in degrees)
    same = found[found["raters"] == "same"]
    told = {
        (row.joint, row.movement, row.motion_type): (
            row.clients,
            row.pairs,
            pytest.approx(row.sum_of_squares, abs=1e-9),
        )
        for row in same.itertuples()
    }
    assert told
    assert told == {key: (len(people), pairs, squares) for key, (people, pairs, squares) in expected.items()}


def test_the_published_neck_errors_come_from_their_standard_errors_by_the_same_formula():
    # Worked example G2: Fletcher & Bandy 2008, SEM 2.3 and 4.1 degrees, published 5.4 and 9.6.
    assert [minimal_detectable_change(sem) for sem in (2.3, 4.1)] == pytest.approx([5.351, 9.538], abs=1e-3)
