"""Scores of a client: what is drawn, and what is said of it."""

import pandas as pd
import pytest

from charts import scores, screen
from charts.model import Interval, Point
from drawn import marks, words
from tables import rows

DRAWN = """
    name                | items           | lowest | highest | better | first | latest | readings | error | important | said                | tone
    Leg function (LEFS) |                 | 0      | 80      | higher | 40    | 52     | 3        | 9     | 9         | better, beyond error | good
    QuickDASH, left     |                 | 0      | 100     | lower  | 20    | 60     | 2        | 12.85 | 15.91     | worse, beyond error  | caution
    Own activities      | walking, sleep  | 0      | 10      | higher | 4     | -      | 1        | 2     | 2         | not enough readings  | muted
    Global change       |                 | 1      | 7       | lower  | -     | 2      | 1        | -     | -         | reaches improved     | good
"""  # noqa: E501


def table(drawn: str = DRAWN) -> pd.DataFrame:
    days = {"first_on": pd.Timestamp("2026-09-03"), "latest_on": pd.Timestamp("2026-11-10")}
    return rows(drawn).assign(**days, sentence="In a sentence.")


def test_each_scale_stands_on_the_whole_of_its_own_range():
    chart = scores.scores(table())
    assert [(point.shape, point.x) for point in marks(chart, Point)] == [
        ("tick", 40 / 80),
        ("filled", 52 / 80),
        ("tick", 20 / 100),
        ("filled", 60 / 100),
        ("tick", 4 / 10),  # scored once: a start and no latest
        ("filled", pytest.approx((2 - 1) / (7 - 1))),  # itself a change: its latest answer and no start
    ]
    assert [(span.low, span.high) for span in marks(chart, Interval)] == [(0.5, 0.65), (0.2, 0.6)]
    assert {point.role for point in marks(chart, Point)} == {"function"}


def test_the_better_end_is_named_whichever_side_it_is():
    said = words(scores.scores(table().head(2)))
    assert {"0", "80 better", "0 better", "100"} <= set(said)


def test_the_words_given_stand_beside_the_values():
    said = words(scores.scores(table()))
    assert {"40 to 52", "better, beyond error", "worse, beyond error", "4", "walking, sleep"} <= set(said)


def test_the_figure_is_read_out_counted_and_twinned_by_a_table():
    chart = scores.scores(table())
    assert chart.heading == "Leg function (LEFS): better, beyond error"
    assert chart.reading.startswith(
        "Leg function (LEFS) 40 to 52 (better, beyond error); quickDASH, left 20 to 60 (worse"
    )
    assert chart.count_words == "4 scales, 2 scored more than once"
    assert chart.table.rows[2][:6] == (
        "Own activities",
        "walking, sleep",
        4.0,
        pd.Timestamp("2026-09-03").date(),
        None,
        pd.Timestamp("2026-11-10").date(),
    )
    assert chart.table.rows[0][-1] == "In a sentence."


def test_no_scores_give_words_and_no_picture():
    chart = scores.scores(table().iloc[:0])
    assert (chart.panels, chart.heading, chart.reading) == ((), "Function was not scored", "Function: not scored.")


def test_function_scored_once_is_a_starting_point_and_trend_scales_alone_judge_nothing():
    once = scores.scores(table().iloc[[2]])
    assert once.heading == "Function was scored once: a starting point, not a course"
    assert scores.scores(table().iloc[[3]]).heading == "No scale with a known important change was used"


def test_more_than_six_scales_are_drawn_and_the_sentence_names_six():
    many = scores.scores(pd.concat([table()] * 2))
    assert many.reading.endswith(" 2 more scales in the table.")
    assert screen.render(many, "dark").layout.height == many.height_px
