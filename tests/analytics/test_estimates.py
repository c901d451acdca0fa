"""Means and shares with their intervals, and the fall to expect without treatment."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import instruments
from analytics.estimates import (
    MOST_PAIN,
    ExpectedFall,
    expected_fall,
    mean_interval,
    regression_to_the_mean,
    untruncated,
    wilson,
)


def interval(mean, sd, n, **level) -> list[float]:
    return [end[0] for end in mean_interval(pd.Series([mean]), pd.Series([sd]), pd.Series([n]), **level)]


def test_a_published_interval_of_195_heat_flow_readings():
    # NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2, ZARR13.DAT: n 195, mean 9.261460, sd 0.022789,
    # 95 % confidence limits 9.258242 and 9.264679.
    assert interval(9.261460, 0.022789, 195) == pytest.approx([9.258242, 9.264679], abs=1e-6)


def test_an_interval_worked_by_hand():
    # 2, 4, 6: mean 4, sd 2, t(2, 97.5 %) = 4.302653; half width 4.302653 * 2 / sqrt(3) = 4.968275.
    assert interval(4, 2, 3) == pytest.approx([4 - 4.968275, 4 + 4.968275], abs=1e-6)
    # 90 %: t(2, 95 %) = 2.919986; 2.919986 * 2 / sqrt(3) = 3.371709.
    assert interval(4, 2, 3, level=0.90) == pytest.approx([4 - 3.371709, 4 + 3.371709], abs=1e-6)


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_readings_have_no_interval(n):
    assert all(pd.isna(end) for end in interval(5, float("nan"), n))


def test_readings_that_all_agree_have_an_interval_of_no_width():
    assert interval(5, 0, 4) == [5, 5]


def share_interval(successes, n) -> list[float]:
    return [end[0] for end in wilson(pd.Series([successes]), pd.Series([n]))]


@pytest.mark.parametrize(
    ("successes", "n", "published"),
    [(81, 263, (0.2553, 0.3662)), (0, 20, (0, 0.1611))],  # Newcombe 1998 (clinical reference, G7)
)
def test_wilsons_interval_gives_the_published_ones(successes, n, published):
    assert share_interval(successes, n) == pytest.approx(published, abs=1e-4)


def test_a_share_of_nobody_has_no_interval():
    low, high = wilson(pd.Series([0, 1], index=[7, 9]), pd.Series([0, 2], index=[7, 9]))
    assert low.isna().tolist() == high.isna().tolist() == [True, False]
    assert list(low.index) == [7, 9]
    assert [len(ends) for ends in wilson(pd.Series([], dtype=int), pd.Series([], dtype=int))] == [0, 0]


def test_the_fall_expected_of_those_above_a_cut_off():
    # Clinical reference, G13: z = (6 - 5) / 2 = .5, phi .352065, 1 - Phi .308538: .25 * 2 * .352065 / .308538 = .5705.
    assert expected_fall(mean=5, sd=2, reliability=0.75, cut_off=6) == pytest.approx(0.5705, abs=1e-4)
    assert expected_fall(mean=5, sd=2, reliability=1, cut_off=6) == 0  # a rating that never errs does not fall


def test_the_expected_fall_is_finite_far_in_the_tail():
    # At z = 60 both phi and 1 - Phi are 0 in floating point; their ratio is about z + 1 / z = 60.0167.
    assert expected_fall(mean=0, sd=1, reliability=0.5, cut_off=60) == pytest.approx(0.5 * (60 + 1 / 60), rel=1e-4)


def in_whom_nothing_changed(mean, sd, r, comes_at, people, step=1.0) -> tuple[np.ndarray, np.ndarray]:
    """Two ratings, 0 to 10 in whole numbers or halves, of those whose first reached some pain; nobody changes."""
    chance = np.random.default_rng(7)
    true = chance.normal(mean, sd * np.sqrt(r), people)
    error = sd * np.sqrt(1 - r)
    first, second = ((true + chance.normal(0, error, people)).clip(0, 10) / step for _ in range(2))
    first, second = first.round() * step, second.round() * step
    return first[first >= comes_at], second[first >= comes_at]


@given(mean=st.floats(3, 7), sd=st.floats(1, 2.5), comes_at=st.integers(1, 5))
@settings(max_examples=10, deadline=None)
def test_the_part_above_a_cut_off_gives_back_the_normal_it_is_part_of(mean, sd, comes_at):
    # 11 shares exactly as that normal has them, in a practice of ten million: only the search is on trial.
    values = np.arange(comes_at, 11)
    ends = np.append(values - 0.5, np.inf)
    people = pd.Series(np.repeat(values, (1e5 * np.diff(stats.norm.cdf(ends, mean, sd))).round().astype(int)))
    assert untruncated(people, comes_at - 0.5) == pytest.approx((mean, sd), abs=0.15)


@pytest.mark.parametrize("step", [1, 0.5])
@pytest.mark.parametrize(
    ("mean", "sd", "r", "comes_at"), [(5, 2, 0.75, 4), (4, 2, 0.6, 5), (6, 1.5, 0.8, 5), (5, 2, 0.75, 1)]
)
def test_the_estimate_recovers_the_fall_of_people_in_whom_nothing_changed(mean, sd, r, comes_at, step):
    first, second = in_whom_nothing_changed(mean, sd, r, comes_at, 300_000, step)
    said = regression_to_the_mean(pd.Series(first), r)
    counted = first > said.cut_off
    assert said.used == counted.sum() >= 0.85 * first.size
    true_fall = (first - second)[counted].mean()
    assert said.points == pytest.approx(true_fall, rel=0.2)


def test_the_expected_fall_needs_a_hundred_baselines():
    first, _ = in_whom_nothing_changed(5, 2, 0.75, 4, 1000)
    assert regression_to_the_mean(pd.Series(first[:99]), 0.75).why == "fewer than 100 have two readings"
    assert regression_to_the_mean(pd.Series(first[:99]), 0.75).points is None
    assert regression_to_the_mean(pd.Series(first[:100]), 0.75).points > 0
    assert regression_to_the_mean(pd.Series([], dtype=float), 0.75).points is None


@pytest.mark.parametrize(
    ("points", "words"),
    [(0.64, "roughly 0.6"), (1.96, "roughly 2.0"), (0.06, "roughly 0.1"), (0.04, "less than 0.1")],
)
def test_the_expected_fall_is_said_roughly_and_a_small_one_not_as_none(points, words):
    assert ExpectedFall(points, 3.5, 120).words == words


def test_the_expected_fall_is_no_bound_some_practices_are_told_more_than_fell_and_some_less():
    # One practice after the other of 150 people who rate 4 or more, all from one world in which nothing changes.
    first, second = in_whom_nothing_changed(5, 2, 0.75, 4, 6000)
    true_fall = (first - second).mean()
    practices = [pd.Series(first[start : start + 150]) for start in range(0, 3000, 150)]
    told = [regression_to_the_mean(practice, 0.75).points for practice in practices]
    more = sum(points is not None and points > true_fall for points in told)
    assert len(told) / 5 < more < 4 * len(told) / 5


def test_the_highest_pain_is_that_of_the_scale():
    assert instruments.scale("nprs").highest == MOST_PAIN


@pytest.mark.parametrize(
    "baselines",
    [
        pytest.param([5.0] * 120, id="all the same"),
        pytest.param(
            [2.0] * 80 + [3.0] * 40 + [4.0] * 20 + [5.0] * 10 + [6.0] * 5, id="half as many at each point more"
        ),
        pytest.param([3.0] * 110 + [10.0] * 10, id="nearly all at the lowest, a few at the end"),
    ],
)
def test_ratings_that_are_no_upper_part_of_a_normal_have_no_expected_fall(baselines):
    said = regression_to_the_mean(pd.Series(baselines), 0.75)
    assert said.points is None
    assert said.why == "the first ratings do not spread like the upper part of a normal"
