"""Did a score move, and by enough? The seven classes, in their order."""

import dataclasses

import pytest

import instruments
from analytics import change

NPRS = instruments.scale("nprs")
LEFS = instruments.scale("lefs")


def name_of(first, latest, scale=NPRS) -> str:
    return change.verdict(first, latest, scale).name


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
    assert (LEFS.default_important().points, LEFS.default_error().points) == (9, 9)
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
    assert (told.important.points, told.important.percent) == (2, 30)


def test_where_the_important_change_is_larger_than_the_error_it_rules_worse_and_room():
    # mic 4, mdc 1: M = max(4, 1) = 4.
    important = dataclasses.replace(NPRS.default_important(), points=4, percent=None)
    error = dataclasses.replace(NPRS.default_error(), points=1)
    scale = dataclasses.replace(NPRS, errors=(error,), important=(important,))
    assert [name_of(*pair, scale) for pair in ((5, 9), (5, 8), (3.5, 0), (5, 1), (5, 2))] == [
        "worse",
        "unchanged",
        "no_room",
        "improved",
        "unchanged",
    ]


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
