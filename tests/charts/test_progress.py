"""One client's charts: what is drawn, what is said, and what stays a gap."""

import math
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest

from analytics.change import WORDS
from charts import progress
from charts.model import Band, Bar, Figures, Line, Rule, Text
from drawn import marks, words
from instruments import Chosen, limits, scale
from tables import rows

ERROR = limits(scale("nprs"), region="low_back").error  # 2.4 points


def of_points(points: float) -> Chosen:
    return replace(ERROR, threshold=replace(ERROR.threshold, points=points))


VISITS = """
    visit_number | visited_on | pain_before | pain_after | exercise_done | exercise_prescribed
    1            | 2026-09-03 | 7           | 5          | -             | -
    2            | 2026-09-08 | 6           | -          | 4             | 5
    3            | 2026-09-15 | -           | 4          | 9             | 7
    4            | 2026-09-24 | 3           | 2          | -             | 9
"""


def pain_panel(chart):
    (panel,) = [panel for panel in chart.panels if (panel.y.low, panel.y.high) == (0, 10)]
    return panel


def many_visits(count: int) -> pd.DataFrame:
    numbers = range(1, count + 1)
    return pd.DataFrame(
        {
            "visit_number": numbers,
            "visited_on": [date(2026, 1, 5) + timedelta(days=5 * number) for number in numbers],
            "pain_before": [math.nan if number % 13 == 0 else 6.0 for number in numbers],
            "pain_after": [4.0] * count,
        }
    )


def test_a_reading_not_taken_stays_a_gap_in_both_forms():
    chart = progress.pain_by_visit(rows(VISITS))
    for form in (chart, chart.narrow):
        before, after = marks(form, Line)
        assert [pain for _, pain in before.points] == [7, 6, None, 3]
        assert [pain for _, pain in after.points] == [5, None, 4, 2]


def test_a_reading_not_taken_is_written_where_it_would_stand_and_left_empty_in_the_table():
    chart = progress.pain_by_visit(rows(VISITS))
    assert "before: not\nmeasured" in words(chart)
    assert chart.table.rows[2][:4] == (3, date(2026, 9, 15), None, 4.0)
    assert chart.table.missing == "not measured"


def test_before_is_filled_and_solid_after_is_open_and_dashed():
    before, after = marks(progress.pain_by_visit(rows(VISITS)), Line)
    assert (before.shape, before.dash, before.role) == ("filled", "solid", "pain")
    assert (after.shape, after.dash, after.role) == ("open", "dashed", "pain")


@pytest.mark.parametrize("readings", [[0, 0], [1, 1.5], [10, 10], [math.nan, math.nan]])
def test_the_pain_axis_is_0_to_10_whatever_was_read(readings):
    visits = rows(VISITS).head(2).assign(pain_before=readings, pain_after=readings)
    panel = pain_panel(progress.pain_by_visit(visits, error=ERROR, goal=2))
    assert (panel.y.low, panel.y.high, len(panel.y.ticks)) == (0, 10, 6)


def test_the_band_is_the_first_reading_plus_and_minus_the_error_and_its_lower_edge_is_ruled_when_pain_fell():
    chart = progress.pain_by_visit(rows(VISITS), error=ERROR)
    (band,) = marks(chart, Band)
    assert (band.low, band.high) == (pytest.approx(4.6), pytest.approx(9.4))  # 7 - 2.4, 7 + 2.4
    assert any(rule.at == pytest.approx(4.6) for rule in marks(chart, Rule))
    assert "from this line down: better\nthan 7 by error (2.4) or more" in words(chart)
    assert "beyond error (2.4)\nfrom this line down" in words(chart.narrow)
    assert "2.4; 90 %, low back" in chart.caption


def test_where_a_course_crosses_every_place_for_the_words_of_the_edge_they_are_left_to_the_caption():
    visits = pd.concat([rows(VISITS)] * 3, ignore_index=True).assign(
        visit_number=range(1, 13),
        visited_on=pd.date_range("2026-09-01", periods=12, freq="7D"),
        pain_before=[6, *[0, 9] * 5, 2],
        pain_after=None,
    )
    chart = progress.pain_by_visit(visits, error=ERROR)
    assert any(rule.at == pytest.approx(3.6) for rule in marks(chart, Rule))  # 6 - 2.4
    assert "from this line" not in words(chart)
    assert "± error (2.4" in chart.caption


def test_the_upper_edge_is_ruled_when_pain_rose():
    visits = rows(VISITS).assign(pain_before=[4, 5, 6, 7])
    chart = progress.pain_by_visit(visits, error=ERROR)
    assert any(rule.at == pytest.approx(6.4) for rule in marks(chart, Rule))  # 4 + 2.4
    assert "from this line up: worse\nthan 4 by error (2.4) or more" in words(chart)
    assert chart.heading == "Pain before treatment rose from 4 to 7 over 4 visits"


@pytest.mark.parametrize("verdict", WORDS.values())
@pytest.mark.parametrize(
    "points", [1, 4, 4.1]
)  # 7 to 3 is more than the first, as much as the second, less than the last
def test_the_heading_says_the_verdict_that_came_in_and_judges_nothing_itself(verdict, points):
    chart = progress.pain_by_visit(rows(VISITS), error=of_points(points), verdict=verdict)
    assert chart.heading == f"Pain before treatment fell from 7 to 3 over 4 visits: {verdict}"


def test_pain_that_ends_where_it_began_has_its_verdict_too():
    chart = progress.pain_by_visit(rows(VISITS).assign(pain_before=4.0), error=ERROR, verdict="no clear change")
    assert chart.heading == "Pain before treatment stands where it began, at 4: no clear change"


def test_a_change_that_equals_the_error_lies_on_the_line_and_the_words_hold_for_it():
    chart = progress.pain_by_visit(rows(VISITS), error=of_points(4))  # 7 to 3
    assert any(rule.at == 3 for rule in marks(chart, Rule))
    assert "from this line down: better\nthan 7 by error (4) or more" in words(chart)


@pytest.mark.parametrize(("start", "points"), [(2.4, 2.4), (8 / 3, 8 / 3 + 1e-12)])  # the last ends a hair below 0
def test_pain_that_can_just_fall_by_the_error_has_room_on_the_scale(start, points):
    visits = rows(VISITS).assign(pain_before=[start, 1, 1, 0])
    chart = progress.pain_by_visit(visits, error=of_points(points), start=start)
    assert any(rule.at == 0 and rule.role == "muted" for rule in marks(chart, Rule))
    assert not any("no room" in said for said in words(chart) + words(chart.narrow))


def test_pain_that_began_too_low_to_fall_beyond_error_says_so():
    visits = rows(VISITS).assign(pain_before=[1, 1, 1, 0])  # 1 - 2.4 is below the scale
    said = words(progress.pain_by_visit(visits, error=ERROR))
    assert "no room on the scale for better than\n1 by error (2.4) or more" in said


def test_an_error_from_another_region_and_one_from_memory_say_so():
    from_afar = limits(scale("nprs"), region="knee").error
    doubtful = replace(from_afar, threshold=replace(from_afar.threshold, certainty="FMV"))
    caption = progress.pain_by_visit(rows(VISITS), error=doubtful).caption
    assert "Childs 2005; used here for want of a knee value (unverified))" in caption


def test_where_ratings_were_averaged_the_band_lies_round_the_mean_and_is_narrower():
    chart = progress.pain_by_visit(rows(VISITS), error=ERROR, start=6.5, error_points=2.1)
    (band,) = marks(chart, Band)
    assert (band.low, band.high) == (pytest.approx(6.5 - 2.1), pytest.approx(6.5 + 2.1))
    assert chart.heading == "Pain before treatment fell from 6.5 to 3 over 4 visits"
    assert "from this line down: better\nthan 6.5 by error (2.1) or more" in words(chart)
    assert "Field: 6.5, the start, ± error (2.1; 90 %, low back" in chart.caption


def test_without_a_verdict_nothing_is_called_better():
    chart = progress.pain_by_visit(rows(VISITS))
    assert chart.heading == "Pain before treatment fell from 7 to 3 over 4 visits"
    assert marks(chart, Band) == []


def test_the_goal_is_a_dash_dot_line_with_its_words():
    chart = progress.pain_by_visit(rows(VISITS), goal=2)
    assert [rule.at for rule in marks(chart, Rule) if rule.dash == "dashdot"] == [2]
    assert "goal 2" in words(chart)


def test_wide_stands_by_date_and_narrow_stands_evenly_and_says_so():
    chart = progress.pain_by_visit(rows(VISITS))
    wide = [x for x, _ in marks(chart, Line)[0].points]
    assert [b - a for a, b in pairwise(wide)] == [5, 7, 9]  # 3, 8, 15, 24 September
    assert [x for x, _ in marks(chart.narrow, Line)[0].points] == [0, 1, 2, 3]
    assert "evenly spaced, not by date" in chart.narrow.caption


def test_a_missed_visit_is_marked_and_counted_but_is_no_visit():
    missed = pd.DataFrame({"visited_on": [date(2026, 9, 20)]})
    chart = progress.pain_by_visit(rows(VISITS), missed)
    assert "× missed" in words(chart)
    assert "1 booked visit not kept" in chart.reading
    assert chart.count_words.startswith("4 visits, 3 readings before and 3 after")


def test_exercise_is_drawn_to_its_share_and_never_beyond_its_frame():
    bars = [bar for bar in marks(progress.pain_by_visit(rows(VISITS)), Bar) if bar.role == "sessions"]
    frames = [bar for bar in bars if bar.fill == "open"]
    done = [bar for bar in bars if bar.fill == "solid"]
    assert len(frames) == 3  # prescribed before visits 2, 3 and 4
    assert [bar.length / frames[0].length for bar in done] == [0.8, 1]  # 4 of 5; 9 of 7 fills the frame; 4 not asked


def test_where_no_exercise_was_prescribed_nothing_is_said_of_it():
    visits = rows(VISITS)
    assert "times done of times prescribed" in progress.pain_by_visit(visits).caption
    without = progress.pain_by_visit(visits.assign(exercise_done=math.nan, exercise_prescribed=math.nan))
    assert "xercise" not in without.caption
    assert [column.name for column in without.table.columns if "xercise" in column.name] == []


def test_techniques_stand_as_minutes_under_their_visit_and_an_unused_one_leaves_its_place_empty():
    techniques = rows("""
        visit_number | technique          | minutes
        1            | Myofascial release | 20
        3            | Myofascial release | 10
        3            | Trigger point      | -
    """)
    chart = progress.pain_by_visit(rows(VISITS), techniques=techniques)
    numerals = [label for figures in marks(chart, Figures) for _, _, label in figures.points if figures.role != "ink"]
    assert [label for label in numerals if "/" not in label and label != "not measured"] == ["20", "10", "used"]
    assert [row[-1] for row in chart.table.rows] == [
        "Myofascial release 20",
        "none recorded",
        "Myofascial release 10, Trigger point",
        "none recorded",
    ]


def test_beyond_24_visits_marks_are_dropped_and_every_fifth_visit_is_numbered():
    chart = progress.pain_by_visit(many_visits(60))
    assert marks(chart, Line)[1].shape is None
    numbered = [label for _, _, label in marks(chart, Figures)[0].points]
    assert all(label == "1" or int(label) % 5 == 0 for label in numbered)
    assert numbered[-1] == "60"
    assert marks(progress.pain_by_visit(many_visits(24)), Line)[1].shape == "open"


def test_a_reading_between_two_gaps_keeps_its_mark_among_many_visits():
    visits = many_visits(30)
    visits["pain_before"] = [5.0 if number == 15 or number < 10 else math.nan for number in range(1, 31)]
    assert marks(progress.pain_by_visit(visits), Line)[0].shape == "filled"


def test_no_visits_give_words_and_no_picture():
    chart = progress.pain_by_visit(rows(VISITS).iloc[:0], error=ERROR, goal=2)
    assert (chart.panels, chart.count, chart.narrow) == ((), 0, None)
    assert chart.reading == "Pain: not measured, because no visit has been kept yet."


def test_visits_without_readings_say_not_measured():
    visits = rows(VISITS).assign(pain_before=math.nan, pain_after=math.nan)
    chart = progress.pain_by_visit(visits, error=ERROR, goal=2)
    assert chart.heading == "Pain before treatment was not measured"
    assert "pain: not measured" in words(chart)
    assert marks(chart, Band) == []


def test_one_reading_is_a_starting_point():
    chart = progress.pain_by_visit(rows(VISITS).head(1), error=ERROR)
    assert chart.heading == "One reading is a starting point, not a course"
    assert "before 7" in words(chart)


def test_words_for_a_missing_reading_never_stand_on_a_reading():
    visits = pd.DataFrame(
        {
            "visit_number": [1, 2, 3],
            "visited_on": pd.to_datetime(["2026-03-02", "2026-03-09", "2026-03-16"]),
            "pain_before": [3.0, 3.0, 3.0],
            "pain_after": [3.0, None, 3.0],  # its words would stand on the 3 before treatment
        }
    )
    chart = progress.pain_by_visit(visits)
    (said,) = [text for text in marks(chart, Text) if "not\nmeasured" in text.words]
    assert abs(said.y - 3) > 0.8
