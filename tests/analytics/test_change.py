"""Did a score move, and by enough? The seven classes, in their order."""

import dataclasses

import pandas as pd
import pytest

import instruments
from analytics import change

NPRS = instruments.limits(instruments.scale("nprs"), region="low_back")  # error 2.4, important 2 points and 30 %
LEFS = instruments.limits(instruments.scale("lefs"))  # error 9, important 9, no percent


def held(limits=NPRS, error=None, important=None, percent=None) -> instruments.Limits:
    """These limits with other numbers; None leaves a number out."""
    rows = {
        "error": error and dataclasses.replace(limits.error.threshold, points=error),
        "important": dataclasses.replace(limits.important.threshold, points=important or limits.important.points),
        "percent": percent and dataclasses.replace(limits.percent.threshold, percent=percent),
    }
    return dataclasses.replace(limits, **{name: row and instruments.Chosen(row) for name, row in rows.items()})


def name_of(first, latest, limits=NPRS, first_ratings=1, latest_ratings=1) -> str:
    return change.verdict(first, latest, limits, first_ratings, latest_ratings).name


@pytest.mark.parametrize(
    ("first", "latest", "expected"),
    [
        (7, 4, "improved"),
        (10, 7, "improved"),  # 3 / 10 is exactly 30 %, and 30 % counts
        (6, 4, "possibly_improved"),  # 2 points and 33 %, but within the error of 2.4
        (8, 6, "possibly_improved"),
        (9, 7, "possibly_improved"),
        (3, 2, "unchanged"),  # 33 % alone is not enough
        (6, 4.2, "unchanged"),  # 30 % but 1.8 points
        (5, 5, "unchanged"),
        (5, 6, "unchanged"),
        (5, 7, "possibly_worse"),
        (1, 3, "possibly_worse"),
        (4, 7, "worse"),
        (0, 3, "worse"),
        (2, 1, "no_room"),
        (2, 0, "no_room"),
        (0, 0, "no_room"),
        (None, 4, "insufficient_data"),
        (7, None, "insufficient_data"),
        (None, None, "insufficient_data"),
        (float("nan"), 4, "insufficient_data"),
    ],
)
def test_pain_is_classed_as_in_the_worked_examples_of_g14(first, latest, expected):
    assert name_of(first, latest) == expected


@pytest.mark.parametrize(
    ("first", "latest", "expected"),
    [
        (2.5, 0, "improved"),  # room 2.5 is above the error 2.4; 2.5 points, 100 %
        (2.5, 0.5, "possibly_improved"),
        (2.5, 1, "unchanged"),
        (7.5, 5, "improved"),  # 2.5 / 7.5 = 33 %
        (9.5, 7, "possibly_improved"),  # 2.5 / 9.5 = 26 %: beyond the error, short of 30 %
        (5, 7.5, "worse"),
        (6.5, 5, "unchanged"),
        (2.4, 2.4, "unchanged"),  # room exactly the error is room enough
        (2.4, 0, "improved"),
        (8 / 3, 8 / 3 - 2.4, "improved"),  # the mean of three repeats: the difference is 2.4 but for the last bit
        (8 / 3 - 2.4, 8 / 3, "worse"),
        (6.1, 4.1, "possibly_improved"),  # 6.1 - 4.1 is 1.9999999999999996 in floating point
        (4.1, 6.1, "possibly_worse"),
    ],
)
def test_halves_and_floating_point_do_not_move_a_class(first, latest, expected):
    assert name_of(first, latest) == expected


@pytest.mark.parametrize(
    ("first", "latest", "expected"),
    [(40, 49, "improved"), (40, 48, "unchanged"), (78, 80, "no_room"), (40, 31, "worse"), (72, 80, "no_room")],
)
def test_leg_function_rises_when_better_and_has_thresholds_of_its_own(first, latest, expected):
    assert (LEFS.important.points, LEFS.error.points, LEFS.percent) == (9, 9, None)
    assert name_of(first, latest, LEFS) == expected


def test_leg_function_of_71_has_the_nine_points_of_room_and_72_has_not():
    assert (name_of(71, 71, LEFS), name_of(72, 72, LEFS)) == ("unchanged", "no_room")


def test_someone_without_room_to_improve_can_still_be_worse():
    # Worse is asked before room: 0 to 3 is worse, 1 to 3 possibly worse, though both began within 2.4 of the best end.
    assert [name_of(0, 3), name_of(1, 3), name_of(1, 2)] == ["worse", "possibly_worse", "no_room"]


def test_a_gain_is_positive_when_better_on_either_direction_of_scale():
    assert (change.verdict(7, 4, NPRS).gain, change.verdict(40, 49, LEFS).gain) == (3, 9)
    assert (change.verdict(4, 7, NPRS).gain, change.verdict(49, 40, LEFS).gain) == (-3, -9)


def test_a_missing_side_leaves_the_other_and_no_gain():
    told = change.verdict(7, None, NPRS)
    assert (told.first, told.latest, told.gain) == (7.0, None, None)


def test_a_verdict_carries_its_thresholds_with_their_sources():
    told = change.verdict(7, 3, NPRS)
    assert (told.error.points, told.error.cited) == (2.4, "90 %, low back, computed from SEM 1.02, Childs 2005")
    assert (told.important.points, told.limits.percent.percent) == (2, 30)


def test_where_the_important_change_is_larger_than_the_error_it_rules_worse_and_room():
    # mic 4, mdc 1: M = max(4, 1) = 4.
    limits = held(error=1, important=4)
    assert [name_of(*pair, limits) for pair in ((5, 9), (5, 8), (3.5, 0), (5, 1), (5, 2))] == [
        "worse",
        "unchanged",
        "no_room",
        "improved",
        "unchanged",
    ]


@pytest.mark.parametrize(
    ("first_ratings", "latest_ratings", "error"),
    [
        (1, 1, 2.4),  # the published number itself
        (2, 1, 2.4 * (((1 / 2 + 1) / 2) ** 0.5)),  # 2.078
        (1, 3, 2.4 * (((1 + 1 / 3) / 2) ** 0.5)),  # 1.960
        (2, 3, 2.4 * (((1 / 2 + 1 / 3) / 2) ** 0.5)),  # 1.549
    ],
)
def test_means_of_several_ratings_are_held_against_a_smaller_error(first_ratings, latest_ratings, error):
    assert change.verdict(7, 4, NPRS, first_ratings, latest_ratings).error_points == pytest.approx(error, abs=1e-12)


def test_a_fall_within_the_error_of_one_rating_can_be_beyond_that_of_a_mean():
    # 6 to 3.8 is 2.2 points and 37 %: less than 2.4, more than the 2.08 of a mean of two against one.
    assert (name_of(6, 3.8), name_of(6, 3.8, first_ratings=2)) == ("possibly_improved", "improved")
    # The important change does not shrink with more ratings: 1.9 stays less than 2, though more than 1.55.
    assert name_of(6, 4.1, first_ratings=2, latest_ratings=3) == "unchanged"


def test_where_no_error_is_known_the_classes_stop_at_possibly():
    limits = held(error=None)
    assert [name_of(*pair, limits) for pair in ((10, 0), (5, 3), (5, 4), (5, 7), (0, 10))] == [
        "possibly_improved",
        "possibly_improved",
        "unchanged",
        "possibly_worse",
        "possibly_worse",
    ]
    assert name_of(1, 0, limits) == "no_room"  # nearer to 0 than the 2 points that matter
    assert change.verdict(10, 0, limits).error_points is None


def test_the_percent_is_asked_of_a_fall_only_and_of_a_start_above_0():
    limits = held(error=2.4, percent=50)
    assert [name_of(*pair, limits) for pair in ((8, 4), (8, 4.5), (8, 10.5))] == [
        "improved",  # 4 of 8 is exactly 50 %
        "possibly_improved",  # 3.5 of 8 is 44 %
        "worse",  # 2.5 points: a rise is never asked for a percent
    ]
    assert name_of(8, 5, held(error=2.4)) == "improved"  # without a percent 3 points are enough
    # Nothing is a percent of 0: leg function from 0 to 20 is beyond its error of 9, and yet not called better.
    assert name_of(0, 20, dataclasses.replace(LEFS, percent=NPRS.percent)) == "possibly_improved"


def test_a_scale_with_trend_words_only_gets_no_verdict():
    with pytest.raises(AssertionError, match="stress has no important change"):
        change.verdict(6, 2, instruments.limits(instruments.scale("stress")))


def test_many_comparisons_at_once_are_judged_as_one_by_one():
    pairs = [(7, 4), (6, 4), (5, 5), (5, 7), (4, 7), (2, 0), (None, 4)]
    table = pd.DataFrame(pairs, columns=["first", "latest"], dtype="float64")
    table = table.assign(error=2.4, important=2.0, percent=30.0)
    assert change.judged(table, instruments.scale("nprs")).tolist() == [name_of(*pair) for pair in pairs]


def test_every_class_has_its_words():
    assert set(change.WORDS) == {
        "improved",
        "possibly_improved",
        "unchanged",
        "possibly_worse",
        "worse",
        "no_room",
        "insufficient_data",
    }
    assert change.verdict(7, 3, NPRS).words == "better, beyond error"
