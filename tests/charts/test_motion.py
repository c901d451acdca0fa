"""Motion of a client: what is drawn, and what is said of it."""

import math
from datetime import date

import pandas as pd
import pytest

from analytics.change import WORDS
from charts import motion
from charts.model import Bar, Chart, Interval, Point, Text
from drawn import marks, words
from tables import rows


def movements(drawn: str) -> pd.DataFrame:
    table = rows(drawn)
    defaults = {
        "error_deg": 10,
        "motion_type": "active",
        "start_on": date(2026, 9, 3),
        "now_on": date(2026, 11, 10),
        "between": [()] * len(table),
        "reference_name": "AAOS",
        "percent_of_reference": math.nan,
        "percent_reference": None,
        "symmetry_percent": math.nan,
        "other_side_why": None,
        "is_other_side": False,
        "error_source": "same rater",
        "less_is_goal": False,
        "why": None,
        "flag": None,
        "warning": None,
    }
    return table.assign(**{name: cells for name, cells in defaults.items() if name not in table})


def drawn_of(table: pd.DataFrame) -> Chart:
    return motion.motion(table, WORDS)


NECK = """
    name         | side  | start_deg | now_deg | other_side_deg | goal_deg | reference_low_deg | reference_high_deg | motion_class
    Turning      | left  | 38        | 62      | 74             | 70       | 60                | 80                 | improved
    Turning      | right | 66        | 74      | 62             | -        | 60                | 80                 | unchanged
    Side-bending | -     | 24        | -       | -              | -        | 45                | 45                 | insufficient_data
    Bending      | -     | 50        | 38      | -              | -        | -                 | -                  | worse
"""  # noqa: E501


def test_each_movement_is_said_in_degrees_and_put_beside_its_error():
    said = words(drawn_of(movements(NECK)))
    assert {"better by 24°", "8°, no clear change", "not measured again", "worse by 12°"} <= set(said)


def test_start_goal_other_side_and_now_each_have_their_own_mark():
    chart = drawn_of(movements(NECK).head(1))
    drawn = {(point.shape, point.x) for point in marks(chart, Point)}
    assert drawn == {("tick", 38), ("heavy_tick", 70), ("diamond", 74), ("filled", 62)}
    assert [(span.low, span.high) for span in marks(chart, Interval)] == [(38, 62)]


def test_the_reference_is_hatched_and_a_single_value_is_a_thin_strip():
    hatched = [bar for bar in marks(drawn_of(movements(NECK)), Bar) if bar.fill == "hatched"]
    assert [(bar.base, bar.length) for bar in hatched[:2]] == [(60, 20), (60, 20)]
    assert 0 < hatched[2].length < 3
    assert hatched[2].base + hatched[2].length / 2 == pytest.approx(45)


def test_a_movement_read_once_draws_its_start_and_no_span():
    chart = drawn_of(movements(NECK).iloc[[2]])
    assert marks(chart, Interval) == []
    assert [point.x for point in marks(chart, Point)] == [24]


def test_the_motion_axis_starts_at_0_and_reaches_214_degrees():
    far = movements(NECK).head(1).assign(now_deg=214, reference_low_deg=167, reference_high_deg=180)
    (panel,) = drawn_of(far).panels
    assert panel.x.ticks[0][0] == 0
    assert panel.x.low < 0 < 214 < panel.x.high


def test_the_motion_axis_goes_below_0_when_a_reading_does():
    short = movements(NECK).head(1).assign(start_deg=-10, now_deg=-3)
    (panel,) = drawn_of(short).panels
    assert panel.x.low < -10


UNKNOWN = {
    "error_deg": math.nan,
    "motion_class": "insufficient_data",
    "why": "rater changed, no error between raters is known",
}


def test_what_cannot_be_said_is_called_neither_better_nor_worse_and_says_why():
    chart = drawn_of(movements(NECK).head(1).assign(**UNKNOWN, flag="rater changed"))
    said = words(chart)
    assert {"24° more, cannot be judged", "Rater changed, no error between raters is known"} <= set(said)
    assert not any("better" in told or "·" in told for told in said)
    assert "24° more, cannot be judged: rater changed, no error between raters is known" in chart.reading


@pytest.mark.parametrize(
    ("motion_class", "expected"),
    [("improved", "better by 24°"), ("worse", "worse by 24°"), ("unchanged", "24°, no clear change")],
)
def test_the_verdict_is_the_one_that_came_in_whatever_the_degrees(motion_class, expected):
    assert expected in words(drawn_of(movements(NECK).head(1).assign(motion_class=motion_class, error_deg=1)))


@pytest.mark.parametrize(
    ("now_deg", "motion_class", "verdict", "heading"),
    [
        (
            26,
            "improved",
            "better by 12°, less is the goal",
            "Turning left lost the error of measuring or more, as was the goal",
        ),
        (
            50,
            "worse",
            "worse by 12°, less is the goal",
            "Turning left gained the error of measuring or more, where less is the goal",
        ),
    ],
)
def test_where_less_is_the_goal_the_words_say_so(now_deg, motion_class, verdict, heading):
    row = movements(NECK).head(1).assign(now_deg=now_deg, motion_class=motion_class, less_is_goal=True)
    chart = drawn_of(row)
    assert verdict in words(chart)
    assert chart.heading == heading


def test_a_verdict_is_good_or_caution_and_the_rest_is_muted():
    chart = drawn_of(movements(NECK))
    roles = {f"{text.strong}{text.words}": text.role for text in marks(chart, Text)}
    assert [roles[said] for said in ("better by 24°", "worse by 12°", "8°, no clear change", "not measured again")] == [
        "good",
        "caution",
        "muted",
        "muted",
    ]


def test_a_warning_stands_under_the_values_and_in_the_sentence():
    warning = "active 80 is more than passive 70: check the reading"
    chart = drawn_of(movements(NECK).head(1).assign(warning=warning))
    assert warning.capitalize() in words(chart)
    assert warning in chart.reading


def test_a_reading_without_remarks_is_no_taller_than_before():
    plain, remarked = (
        drawn_of(movements(NECK).head(1).assign(warning=warning)).height_px for warning in (None, "check")
    )
    assert plain < remarked


def cell(chart, column: str, row: int = 0) -> object:
    return chart.table.rows[row][[found.name for found in chart.table.columns].index(column)]


def test_the_table_tells_percents_with_what_they_are_of():
    row = movements(NECK).head(1).assign(symmetry_percent=83.8, percent_of_reference=103.3, percent_reference="AAOS 60")
    chart = drawn_of(row)
    assert (cell(chart, "Of the other side"), cell(chart, "Now of the reference")) == ("84 %", "103 % of AAOS 60")
    assert cell(chart, "Error from") == "same rater"


def test_a_side_that_is_only_compared_with_is_named_so_and_makes_no_heading():
    both = movements(NECK).head(2).assign(is_other_side=[True, False])  # the left, better by 24, is only compared with
    chart = drawn_of(both)
    assert chart.heading == "No movement changed by the error of measuring or more"
    assert "Turning left, other side" in chart.reading
    alone = drawn_of(movements(NECK).head(1).assign(is_other_side=True))
    assert alone.heading == "Motion of the affected side was not measured again"


def test_the_table_says_why_there_is_no_comparison():
    chart = drawn_of(movements(NECK).head(1).assign(other_side_why="both sides are affected"))
    assert cell(chart, "Of the other side") == "both sides are affected"
    assert cell(chart, "Now of the reference") == ""


@pytest.mark.parametrize(
    ("motion_class", "less_is_goal", "verdict"),
    [
        ("improved", False, "better, beyond error"),
        ("worse", False, "worse, beyond error"),
        ("unchanged", False, "no clear change"),
        ("improved", True, "better, beyond error, less is the goal"),
        ("unchanged", True, "no clear change, less is the goal"),
        ("insufficient_data", False, "24° more, cannot be judged"),
    ],
)
def test_the_table_gives_the_class_in_the_words_it_has_everywhere(motion_class, less_is_goal, verdict):
    row = movements(NECK).head(1).assign(motion_class=motion_class, less_is_goal=less_is_goal)
    assert cell(drawn_of(row), "Verdict") == verdict


def test_the_heading_holds_for_a_change_that_equals_the_error():
    ten = movements(NECK).head(1).assign(now_deg=48)  # 38 to 48, with an error of 10, counts as better
    assert drawn_of(ten).heading == "Turning left gained the error of measuring or more"


def test_the_table_keeps_every_remark_once():
    row = movements(NECK).head(1).assign(**UNKNOWN | {"why": "rater changed"}, flag="rater changed", warning="check")
    assert cell(drawn_of(row), "Remark") == "rater changed; check"


def test_a_flag_stands_beside_the_values():
    said = words(drawn_of(movements(NECK).head(1).assign(flag="other rater")))
    assert "38° to 62° · other rater" in said


def test_no_movements_give_words_and_no_picture():
    chart = drawn_of(movements(NECK).iloc[:0])
    assert (chart.panels, chart.reading) == ((), "Motion: not measured.")


def test_a_flag_too_long_for_the_line_of_the_verdict_stands_under_it():
    said = words(drawn_of(movements(NECK).head(1).assign(flag="another instrument in between")))
    assert "Another instrument in between" in said
    assert "38° to 62°" in said


def test_where_nothing_can_be_judged_the_heading_says_why_and_nothing_is_called_unchanged():
    chart = drawn_of(movements(NECK).head(2).assign(**UNKNOWN))
    assert chart.heading == ("Whether motion changed cannot be said: rater changed, no error between raters is known")
    assert "Error of measuring" not in chart.caption


def test_what_cannot_be_judged_is_not_among_what_did_not_change():
    both = movements(NECK).iloc[[1, 0]]  # right: 8 degrees, within 10; left: no error known
    chart = drawn_of(both.assign(motion_class=["unchanged", "insufficient_data"], why=[None, "instrument changed"]))
    assert chart.heading == "The one movement that can be judged has not changed by the error of measuring or more"


def test_the_caption_says_where_each_error_comes_from():
    table = movements(NECK).assign(error_deg=[6.54, 10, 10, 10], error_source=["own", *["same rater"] * 3])
    assert drawn_of(table).caption.endswith("Error of measuring 10° (same rater) and 6.5° (own).")
