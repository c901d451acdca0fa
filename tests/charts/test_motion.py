"""Motion of a client: what is drawn, and what is said of it."""

import math
from datetime import date

import pandas as pd
import pytest

from charts import motion
from charts.model import Bar, Interval, Point
from drawn import marks, words
from tables import rows


def movements(drawn: str) -> pd.DataFrame:
    table = rows(drawn)
    defaults = {
        "joint": "neck",
        "motion_type": "active",
        "start_on": date(2026, 9, 3),
        "now_on": date(2026, 11, 10),
        "between": [()] * len(table),
        "reference_name": "AAOS",
        "flag": None,
    }
    return table.assign(**{name: cells for name, cells in defaults.items() if name not in table})


NECK = """
    movement     | name         | side  | start_deg | now_deg | other_side_deg | goal_deg | reference_low_deg | reference_high_deg | error_deg
    rotation     | Turning      | left  | 38        | 62      | 74             | 70       | 60                | 80                 | 10
    rotation     | Turning      | right | 66        | 74      | 62             | -        | 60                | 80                 | 10
    side_bending | Side-bending | -     | 24        | -       | -              | -        | 45                | 45                 | 10
    flexion      | Bending      | -     | 50        | 38      | -              | -        | -                 | -                  | 10
"""  # noqa: E501


def test_each_movement_is_said_in_degrees_and_put_beside_its_error():
    said = words(motion.motion(movements(NECK)))
    assert {"better by 24°", "8°, within error", "not measured again", "worse by 12°"} <= set(said)


def test_start_goal_other_side_and_now_each_have_their_own_mark():
    chart = motion.motion(movements(NECK).head(1))
    drawn = {(point.shape, point.x) for point in marks(chart, Point)}
    assert drawn == {("tick", 38), ("heavy_tick", 70), ("diamond", 74), ("filled", 62)}
    assert [(span.low, span.high) for span in marks(chart, Interval)] == [(38, 62)]


def test_the_reference_is_hatched_and_a_single_value_is_a_thin_strip():
    hatched = [bar for bar in marks(motion.motion(movements(NECK)), Bar) if bar.fill == "hatched"]
    assert [(bar.base, bar.length) for bar in hatched[:2]] == [(60, 20), (60, 20)]
    assert 0 < hatched[2].length < 3
    assert hatched[2].base + hatched[2].length / 2 == pytest.approx(45)


def test_a_movement_read_once_draws_its_start_and_no_span():
    chart = motion.motion(movements(NECK).iloc[[2]])
    assert marks(chart, Interval) == []
    assert [point.x for point in marks(chart, Point)] == [24]


def test_the_motion_axis_starts_at_0_and_reaches_214_degrees():
    far = movements(NECK).head(1).assign(now_deg=214, reference_low_deg=167, reference_high_deg=180)
    (panel,) = motion.motion(far).panels
    assert panel.x.ticks[0][0] == 0
    assert panel.x.low < 0 < 214 < panel.x.high


def test_the_motion_axis_goes_below_0_when_a_reading_does():
    short = movements(NECK).head(1).assign(start_deg=-10, now_deg=-3)
    (panel,) = motion.motion(short).panels
    assert panel.x.low < -10


def test_without_an_error_no_change_is_called_better():
    chart = motion.motion(movements(NECK).head(1).assign(error_deg=math.nan))
    assert "24° more, error not known" in words(chart)
    assert not any("better" in said for said in words(chart))


def test_a_flag_stands_beside_the_values():
    said = words(motion.motion(movements(NECK).head(1).assign(flag="other rater")))
    assert "38° to 62° · other rater" in said


def test_no_movements_give_words_and_no_picture():
    chart = motion.motion(movements(NECK).iloc[:0])
    assert (chart.panels, chart.reading) == ((), "Motion: not measured.")


def test_where_no_error_is_known_nothing_is_called_unchanged():
    unknown = movements(NECK).head(2).assign(error_deg=math.nan)
    chart = motion.motion(unknown)
    assert chart.heading == "Whether motion changed cannot be said: no error is known for how it was read"
    assert "Error of measuring" not in chart.caption


def test_what_cannot_be_judged_is_not_among_what_did_not_change():
    rows_ = movements(NECK).iloc[[1, 0]]  # right: 8 degrees, within 10; left: no error known
    chart = motion.motion(rows_.assign(error_deg=[10, math.nan]))
    assert chart.heading == "None of the 1 movement that can be judged changed by more than the error of measuring"
