"""Rises of pain: a spike, how it ended, and what is a worsening instead. Each line of a drawing is one visit."""

import datetime as dt

import pandas as pd
import pytest

import instruments
from analytics import spikes
from tables import rows

LIMITS = instruments.limits(instruments.scale("nprs"), region="low_back")  # important 2 points, error 2.4
TODAY = dt.date(2026, 11, 20)


def found(drawn: str) -> list[tuple]:
    """Visit, median before, state and settling visit of every spike in a drawn course."""
    visits = rows(drawn)
    if "flare_marked" not in visits:
        visits = visits.assign(flare_marked=None)
    table = spikes.spikes(visits, LIMITS)
    return [
        (row.visit_number, row.median_before, row.state, None if pd.isna(row.settled_visit) else row.settled_visit)
        for row in table.itertuples()
    ]


def course(*pains, every_days=7, until: dt.date = TODAY) -> str:
    """Visits so many days apart, the last one on a day; "-" was not rated."""
    first = until - dt.timedelta(days=every_days * (len(pains) - 1))
    lines = [f"{n + 1} | {first + dt.timedelta(days=every_days * n)} | {pain}" for n, pain in enumerate(pains)]
    return "visit_number | visited_on | pain_before\n" + "\n".join(lines)


@pytest.mark.parametrize(
    ("said", "pains", "expected"),
    [
        ("two above the median of 5, 4, 5, and back at the next visit", (5, 4, 5, 7, 5), [(4, 5, "settled", 5)]),
        ("back at less than two above the median is back enough", (5, 4, 5, 8, 6.5), [(4, 5, "settled", 5)]),
        ("two above the median is still up", (5, 4, 5, 8, 7), [(4, 5, "open", None)]),
        ("one and a half above is no spike", (5, 4, 5, 6.5, 5), []),
        ("the median of three, not their mean: 1, 6, 6", (1, 6, 6, 7.5, 6), []),
        ("with two ratings before it nothing can be called a spike", (5, 4, 9, 5), []),
        ("visits that were not rated are not among the three", (5, "-", 4, "-", 9, 5), []),
        ("and a gap between them does no harm", (5, "-", 4, 5, 9, 5), [(5, 5, "settled", 6)]),
        ("settled at the third visit after it", (4, 4, 4, 7, 7, 7, 5), [(4, 4, "settled", 7)]),
        ("up at three visits after it: a worsening", (4, 4, 4, 7, 7, 7, 7), [(4, 4, "worsening", None)]),
        ("a worsening that settled in the end", (3, 3, 3, 7, 7, 7, 7, 7, 7, 3, 2, 1), [(4, 3, "worsening", 10)]),
        (
            "next rated at the fifth visit after it, and back",
            (4, 4, 4, 7, "-", "-", "-", "-", 4),
            [(4, 4, "settled", 9)],
        ),
        ("next rated at the fifth, and up", (4, 4, 4, 7, "-", "-", "-", "-", 7), [(4, 4, "worsening", None)]),
        (
            "a second spike after the first has settled",
            (4, 4, 4, 7, 4, 4, 8, 4),
            [(4, 4, "settled", 5), (7, 4, "settled", 8)],
        ),
        ("rising further belongs to the same spike", (4, 4, 4, 7, 9, 4), [(4, 4, "settled", 6)]),
        ("the visit after was not rated, the one after that was back", (4, 4, 4, 7, "-", 4), [(4, 4, "settled", 6)]),
        ("at the last visit, today", (4, 4, 4, 7), [(4, 4, "open", None)]),
        ("all the same is no spike", (6, 6, 6, 6, 6), []),
        ("one visit", (6,), []),
        ("none rated", ("-", "-", "-", "-"), []),
    ],
)
def test_spikes_and_how_they_end(said, pains, expected):
    assert found(course(*pains)) == expected, said


def test_without_visits_there_is_no_spike():
    assert found("visit_number | visited_on | pain_before\n1 | 2026-03-02 | 5").__len__() == 0
    empty = rows("visit_number | visited_on | pain_before | flare_marked\n1 | 2026-03-02 | 5 | -").iloc[:0]
    assert spikes.spikes(empty, LIMITS).empty


@pytest.mark.parametrize(
    ("said", "last_on", "state"),
    [
        ("still up on day 28", "2026-10-29", "open"),
        ("still up on day 29, though fewer than three visits passed", "2026-10-30", "worsening"),
        ("up the day after and never rated again, however long ago that is", "2026-10-02", "open"),
    ],
)
def test_a_worsening_is_one_that_was_measured_so_late(said, last_on, state):
    drawn = f"""
    visit_number | visited_on | pain_before
    1            | 2026-09-01 | 4
    2            | 2026-09-08 | 4
    3            | 2026-09-15 | 4
    4            | 2026-10-01 | 7
    5            | {last_on}  | 7
    """
    assert found(drawn) == [(4, 4, state, None)], said


def test_a_rating_within_three_visits_settles_a_spike_however_rarely_the_client_comes():
    assert found(course(4, 4, 4, 7, 4, every_days=40)) == [(4, 4, "settled", 5)]


def test_still_up_at_three_visits_is_a_worsening_however_often_the_client_comes():
    # Every five days: still up on day 15 at the third visit, back on day 25.
    assert found(course(4, 4, 4, 7, 7, 7, 7, 7, 4, every_days=5)) == [(4, 4, "worsening", 9)]


def test_a_rise_after_a_worsening_is_a_spike_of_its_own_though_pain_came_back_later():
    # Worse from visit 4, known at visit 7; then 9 against the median of 7, 7, 7.
    assert found(course(4, 4, 4, 7, 7, 7, 7, 9, 3)) == [(4, 4, "worsening", 9), (8, 7, "settled", 9)]


def test_a_spike_never_rated_again_stays_open_because_nobody_measured_that_it_lasted():
    assert found(course(4, 4, 4, 7, until=dt.date(2026, 3, 2))) == [(4, 4, "open", None)]
    assert found(course(4, 4, 4, 7, "-", "-", "-", until=dt.date(2026, 3, 2))) == [(4, 4, "open", None)]


def test_a_spike_is_a_flare_up_only_where_the_visit_is_marked():
    drawn = """
    visit_number | visited_on | pain_before | flare_marked
    1            | 2026-10-01 | 4           | -
    2            | 2026-10-08 | 4           | true
    3            | 2026-10-15 | 4           | false
    4            | 2026-10-22 | 7           | true
    5            | 2026-10-29 | 4           | -
    6            | 2026-11-05 | 7           | -
    """
    visits = rows(drawn)
    assert spikes.spikes(visits, LIMITS)["flare_marked"].tolist() == [True, False]
    assert spikes.marked_visits(visits) == [2, 4]


@pytest.mark.parametrize(
    ("said", "pains", "expected"),
    [
        ("3 above 4 at both of the last two", (4, 5, 7, 7), True),
        ("beyond error once", (4, 7, 6, 7), False),
        ("twice, but not at the last", (4, 7, 7, 6), False),
        ("2 above is possibly worse, within the error of 2.4", (4, 6, 6), False),
        ("a visit not rated between the two is passed over", (4, 7, None, 7), True),
        ("the start itself is no second visit", (4, 7), False),
        ("one rating", (4,), False),
        ("none", (None, None), False),
    ],
)
def test_worse_beyond_error_at_two_visits_in_a_row(said, pains, expected):
    assert spikes.worse_twice(pd.Series(pains, dtype="float64"), LIMITS) is expected, said


def test_a_start_that_is_the_mean_of_two_ratings_has_a_smaller_error():
    pain = pd.Series([5.0, 4.0, 6.6, 6.6])
    # Mean of 5 and 4 is 4.5; 6.6 is 2.1 above, more than 2.4 x sqrt((1/2 + 1) / 2) = 2.08 and 2 points.
    assert spikes.worse_twice(pain, LIMITS, first_ratings=2) is True
    assert spikes.worse_twice(pain, LIMITS) is False  # 1.6 above 5
