"""A seeded sample of the heavy trials, which `python -m tests.trials` runs in full.

Simulated shares are held within four standard errors of the exact ones (tests/trials/chance.py).
"""

import pandas as pd
import pytest

from analytics import change
from tests.trials import interval_coverage, no_change, regression, small_cells, worlds
from tests.trials.chance import agrees

CLIENTS, SAMPLES, SEED = 20_000, 4_000, 7
EVERY_NOW = [(world, ratings_now) for world in no_change.WORLDS for ratings_now in (1, 2, 3)]


@pytest.fixture(scope="module")
def shares() -> list[no_change.Shares]:
    return no_change.shares(CLIENTS, SEED)


def test_the_shares_in_whom_nothing_changed_are_stated_for_every_number_of_visits(shares):
    assert len(shares) == 2 * 2 * 6  # true pain, meaning of now, number of visits
    for row in shares:
        assert row.exact.sum() == pytest.approx(1, abs=1e-12)
        assert row.exact["insufficient_data"] == 0
        assert row.agree, row


def test_a_trial_that_is_off_by_more_than_chance_is_noticed():
    # 4 standard errors at a share of .10 and 20,000 clients: 4 x sqrt(.09 / 20000) = .0085, and 1 / 20000 more.
    assert agrees(0.10, 0.1085, 20_000)
    assert not agrees(0.10, 0.1087, 20_000)
    assert not agrees(0, 0.001, 20_000)


def test_pairs_of_ratings_are_added_up_as_by_hand():
    # At a true pain of 5, 5 is named when the error is below half a point: 2 x Phi(.5 / 1.02) - 1 = .3760.
    chances = no_change.chances_of_ratings(5)
    assert chances[5] == pytest.approx(0.3760, abs=1e-4)
    assert chances.sum() == pytest.approx(1, abs=1e-15)
    assert chances.tolist() == pytest.approx(chances[::-1].tolist(), abs=1e-15)
    # Worse: the latest 3 or more above the first; of that level alone, without going through the classes.
    worse = sum(chances[a] * chances[b] for a in range(11) for b in range(11) if b - a >= 3)
    assert no_change.exact_shares("true pain 5", 1)["worse"] == pytest.approx(worse, abs=1e-12)


@pytest.mark.parametrize(("world", "share"), [("true pain 5", 0.0446), ("true pain 2 to 8, evenly", 0.0438)])
def test_one_rating_against_one_is_called_better_as_often_as_worse(world, share):
    exact = no_change.exact_shares(world, 1)
    assert exact["improved"] == pytest.approx(exact["worse"], abs=1e-12)
    assert exact["improved"] == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize(("world", "ratings_now"), EVERY_NOW)
def test_better_mirrors_worse_but_for_the_percent_and_the_floor(world, ratings_now):
    exact, taken = no_change.exact_shares(world, ratings_now), no_change.asymmetries(world, ratings_now)
    assert exact["improved"] + taken["percent"] == pytest.approx(exact["worse"], abs=1e-12)
    mirrored = exact["possibly_improved"] - taken["percent"] + taken["no_room"]
    assert mirrored == pytest.approx(exact["possibly_worse"], abs=1e-12)


def test_the_floor_takes_from_possibly_better_only_where_some_begin_near_it():
    # One rating against one: 2 to 0 is a fall of 2 from a start with no room; its mirror image 8 to 10 is counted.
    near, middle = (no_change.asymmetries(world, 1) for world in ("true pain 2 to 8, evenly", "true pain 5"))
    two_to_nought = [no_change.chances_of_ratings(level)[[2, 0]].prod() for level in range(2, 9)]
    assert near["no_room"] == pytest.approx(sum(two_to_nought) / 7, abs=1e-12)
    assert near["no_room"] == pytest.approx(0.00405, abs=1e-5)
    assert middle["no_room"] < 1e-5


def test_a_single_comparison_at_each_of_12_visits_calls_23_percent_worse_and_two_in_a_row_about_a_quarter_of_those():
    five, spread = no_change.alarms(12, CLIENTS, SEED)
    assert (five.agree, spread.agree) == (True, True)
    assert five.once_exact == pytest.approx(0.2325, abs=1e-4)
    assert spread.once_exact == pytest.approx(0.2282, abs=1e-4)
    # 11 comparisons with the first visit. A twelfth gives 5.78 %; the reference's 5.6 % lies between the two.
    assert five.twice_in_a_row_exact == pytest.approx(0.0545, abs=1e-4)
    assert no_change.alarms(13, CLIENTS, SEED)[0].twice_in_a_row_exact == pytest.approx(0.0578, abs=1e-4)


def test_with_two_visits_ever_called_worse_is_the_share_called_worse_and_nobody_is_twice():
    five, _spread = no_change.alarms(2, CLIENTS, SEED)
    assert five.once_exact == pytest.approx(no_change.exact_shares("true pain 5", 1)["worse"], abs=1e-12)
    assert (five.twice_in_a_row_exact, five.twice_in_a_row_simulated) == (0, 0)


def test_the_rules_tried_are_those_of_low_back_pain():
    limits = no_change.LIMITS
    assert (limits.important.points, limits.error.points, limits.percent.percent) == (2, 2.4, 30)
    first, latest = pd.Series([7, 6, 5, 4]), pd.Series([4, 4, 7, 7])
    assert no_change.classes(first, latest).tolist() == ["improved", "possibly_improved", "possibly_worse", "worse"]
    assert set(change.WORDS) == set(no_change.exact_shares("true pain 5", 1).index)


def test_the_wilson_interval_covers_exactly_as_often_as_the_binomial_says():
    found = {(row.n, row.truth): row for row in interval_coverage.wilson_coverage(SAMPLES, SEED)}
    assert len(found) == 4 * 5
    assert [row for row in found.values() if not row.agree] == []
    # n 11, p .5: the intervals of 3 to 8 successes hold .5: 1 - 2 x (1 + 11 + 55) / 2048 = .9346.
    assert found[11, 0.5].exact == pytest.approx(1 - 2 * 67 / 2048, abs=1e-12)
    # n 11, p .05: those of 0 and 1 hold .05: .95^11 + 11 x .05 x .95^10 = .8981, the least of all these.
    assert found[11, 0.05].exact == pytest.approx(0.95**11 + 11 * 0.05 * 0.95**10, abs=1e-12)
    assert min(row.exact for row in found.values()) == found[11, 0.05].exact
    assert found[200, 0.5].exact == pytest.approx(0.9440, abs=1e-4)


def test_the_t_interval_of_a_mean_fall_in_whole_numbers_covers_94_to_96_percent():
    found = interval_coverage.mean_coverage(SAMPLES, SEED)
    assert [row for row in found if not row.agree] == []
    assert {row.truth for row in found if "nobody" in row.of} == {0.0}


def test_where_nothing_is_done_the_fall_is_that_of_the_formula_and_a_sharp_cut_off_can_be_told_from_the_ratings():
    found = regression.falls(clients=1000, practices=10, seed=SEED)
    assert [row for row in found if not row.agree] == []
    # It is no bound: where the cut-off is sharp many practices are told more than falls by itself, and many less.
    sharp = [row.estimated_over for row in found if not row.world.wavering]
    assert 0.15 < sum(sharp) / len(sharp) < 0.75
    # Where people come at a pain that differs from one to the next, the estimate is less than a third of the truth.
    wavering = [row for row in found if row.world.wavering]
    assert len(wavering) == 2
    assert all(row.estimated < row.observed / 3 for row in wavering)
    [unrounded] = [row for row in found if not row.world.whole_numbers]
    # mu 5, SD 2, r .75, above 5.5: z .25, .25 x 2 x phi(.25) / (1 - Phi(.25)) = .5 x .38667 / .40129 = .4818
    assert unrounded.formula == pytest.approx(0.4818, abs=1e-4)


def test_every_aggregate_agrees_with_plain_python_on_another_practice():
    [found] = worlds.agreements(range(8, 9), sessions=500, filters=worlds.SAMPLE_FILTERS)
    assert found.compared >= 15
    assert found.disagreed == ""


def test_two_tables_hidden_as_one_leak_nothing_where_each_hidden_for_itself_leaks_in_some():
    found = small_cells.leaks(pairs=12, seed=SEED)
    assert found.together == 0
    assert found.apart > 0  # or the trial could not notice
