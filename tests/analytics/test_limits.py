"""Many comparisons at once: the numbers chosen for each, and the seven classes, against a slow restatement of B3.

The restatement counts in exact fractions, one client at a time, in the words and the order of the clinical reference;
the code under test works on whole columns in floating point.
"""

from fractions import Fraction
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import instruments
from analytics import change
from instruments import REGIONS
from instruments.model import Chronicity

JUDGED_SCALES = [key for key, scale in instruments.scales().items() if instruments.limits(scale).important]
NPRS, LEFS = instruments.scale("nprs"), instruments.scale("lefs")

clients = some.lists(
    some.tuples(
        some.sampled_from([None, *REGIONS]),
        some.sampled_from([None, *get_args(Chronicity)]),
        some.none() | some.sampled_from([4, 10, 21, 35, 60, 183]) | some.integers(0, 400),
    ),
    max_size=30,
)


@pytest.mark.parametrize("key", JUDGED_SCALES)
@settings(max_examples=30, deadline=None)
@given(clients)
def test_a_table_of_clients_has_the_numbers_each_of_them_would_be_given_alone(key, drawn):
    scale = instruments.scale(key)
    table = pd.DataFrame(drawn, columns=["region", "chronicity", "days"]).astype(
        {"region": "str", "chronicity": "str", "days": "float64"}  # as the store hands them out, NaN for missing
    )
    table.index = table.index[::-1] + 100  # the index of a filtered table is not 0, 1, 2
    found = change.limits_table(scale, table)
    assert list(found.index) == list(table.index)
    for got, client in zip(found.to_dict("records"), drawn, strict=True):
        alone = instruments.limits(scale, *client)
        assert none_for_missing(got["error"]) == (alone.error and alone.error.points)
        assert none_for_missing(got["important"]) == alone.important.points
        assert none_for_missing(got["percent"]) == (alone.percent and alone.percent.percent)


@pytest.mark.parametrize("region", ["low_back", "neck", "knee"])
def test_every_day_of_follow_up_has_its_own_numbers_in_one_table(region):
    # Half days too: the studies' follow-ups end on a day, and a table holds clients on both sides of each end.
    days = np.arange(0, 200, 0.5)
    table = pd.DataFrame({"region": region, "chronicity": pd.Series(np.nan, range(400), dtype="str"), "days": days})
    found = change.limits_table(NPRS, table)
    alone = [instruments.limits(NPRS, region, None, day) for day in days]
    assert found["error"].tolist() == [limits.error.points for limits in alone]
    assert found["important"].tolist() == [limits.important.points for limits in alone]


def none_for_missing(value: float) -> float | None:
    return None if np.isnan(value) else value


def class_of(first, latest, better: str, best_end, mic, mdc, pct) -> str:
    """Section B3 for one comparison, in exact fractions.

    `best_end` is None for motion, which has no fixed end; `mdc` None when no error is known, so nothing is called
    beyond it; `pct` None when no share of the start is asked.
    """
    # 1. insufficient_data: no baseline, no later value.
    if first is None or latest is None:
        return "insufficient_data"
    d = first - latest if better == "lower" else latest - first
    m = mic if mdc is None else max(mic, mdc)
    # 2. worse: d <= -M. 3. possibly_worse: d <= -mic.
    if mdc is not None and d <= -m:
        return "worse"
    if d <= -mic:
        return "possibly_worse"
    # 4. no_room: distance from baseline to the best end of the scale < M; skipped for motion.
    if best_end is not None and abs(first - best_end) < m:
        return "no_room"
    # 5. improved: d >= mic and d >= mdc and (pct not used or d/baseline >= pct). Percent needs baseline > 0 (B2).
    if mdc is not None and d >= mic and d >= mdc and (pct is None or (first > 0 and d / first >= pct)):
        return "improved"
    # 6. possibly_improved: d >= mic but not all of rule 5. 7. unchanged: the rest.
    return "possibly_improved" if d >= mic else "unchanged"


def tenths(low: int, high: int):
    """Values with one decimal, as exact fractions."""
    return some.integers(low * 10, high * 10).map(lambda value: Fraction(value, 10))


def comparisons(low: int, high: int, amounts):
    """Lists of first, latest, error, important, percent of the start."""
    value = some.none() | tenths(low, high)
    share = some.none() | some.sampled_from([15, 30, 33, 50]).map(lambda percent: Fraction(percent, 100))
    return some.lists(some.tuples(value, value, some.none() | amounts, amounts, share), min_size=1, max_size=40)


def table_of(drawn) -> pd.DataFrame:
    names = ["first", "latest", "error", "important", "percent"]
    table = pd.DataFrame([[np.nan if cell is None else float(cell) for cell in row] for row in drawn], columns=names)
    return table.assign(percent=[np.nan if row[4] is None else float(row[4] * 100) for row in drawn])


@settings(max_examples=150, deadline=None)
@given(comparisons(0, 10, tenths(1, 5)))
def test_pain_is_judged_as_the_reference_words_it(drawn):
    expected = [class_of(a, b, "lower", 0, mic, mdc, pct) for a, b, mdc, mic, pct in drawn]
    assert change.judged(table_of(drawn), NPRS).tolist() == expected


@settings(max_examples=150, deadline=None)
@given(comparisons(0, 80, tenths(1, 20)))
def test_leg_function_is_judged_as_the_reference_words_it(drawn):
    expected = [class_of(a, b, "higher", 80, mic, mdc, pct) for a, b, mdc, mic, pct in drawn]
    assert change.judged(table_of(drawn), LEFS).tolist() == expected


@settings(max_examples=150, deadline=None)
@given(comparisons(-30, 180, tenths(1, 25)), some.data())
def test_motion_has_no_fixed_end_and_some_joints_gain_by_moving_less(drawn, data):
    less = data.draw(some.lists(some.booleans(), min_size=len(drawn), max_size=len(drawn)))
    expected = [
        class_of(a, b, "lower" if fewer else "higher", None, mic, mdc, pct)
        for (a, b, mdc, mic, pct), fewer in zip(drawn, less, strict=True)
    ]
    assert change.judged(table_of(drawn), less_is_better=pd.Series(less)).tolist() == expected


@settings(max_examples=100, deadline=None)
@given(
    some.none() | tenths(0, 10),
    some.none() | tenths(0, 10),
    some.sampled_from([None, *REGIONS]),
    some.none() | some.integers(0, 400),
    some.integers(1, 2),
    some.integers(1, 3),
)
def test_one_verdict_is_the_table_of_one(first, latest, region, days, first_ratings, latest_ratings):
    limits = instruments.limits(NPRS, region, None, days)
    told = change.verdict(
        None if first is None else float(first),
        None if latest is None else float(latest),
        limits,
        first_ratings,
        latest_ratings,
    )
    mdc = Fraction(limits.error.points) * Fraction(((1 / first_ratings + 1 / latest_ratings) / 2) ** 0.5)
    mic, pct = (Fraction(str(number)) for number in (limits.important.points, limits.percent.percent / 100))
    mdc = Fraction(str(limits.error.points)) if first_ratings == latest_ratings == 1 else mdc
    assert told.name == class_of(first, latest, "lower", 0, mic, mdc, pct)
    assert told.gain == (None if None in (first, latest) else pytest.approx(float(first - latest)))


def test_no_comparisons_are_no_classes():
    empty = pd.DataFrame(columns=["first", "latest", "error", "important", "percent"], dtype="float64")
    assert change.judged(empty, NPRS).tolist() == []
    clients = pd.DataFrame({"region": pd.Series(dtype="str"), "chronicity": pd.Series(dtype="str"), "days": []})
    assert change.limits_table(NPRS, clients).columns.tolist() == ["error", "important", "percent"]
