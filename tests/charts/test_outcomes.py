"""Charts of injury types: everyone counts, small groups get words, nobody is ranked."""

import pytest

from charts import outcomes
from charts.model import Bar, Figures, Interval, Line, Point, Rule
from drawn import marks, words
from instruments import limits, scale
from tables import rows

IMPORTANT = limits(scale("nprs"), "low_back").important  # 2 points

TYPES = """
    injury_type     | clients | episodes | sessions | measured_twice | pain_first_mean | pain_latest_mean | pain_change_mean | pain_change_low | pain_change_high | visits_median | visits_q1 | visits_q3 | closed
    Forearm overuse | 45      | 47       | 400      | 30             | 5.0             | 4.0              | 1.0              | 0.4             | 1.6              | 9             | 5         | 12        | 33
    Low back strain | 140     | 148      | 900      | 121            | 6.4             | 3.9              | 2.5              | 2.1             | 2.9              | 5             | 3         | 8         | 120
    Jaw pain        | 9       | 9        | 30       | 9              | 6.0             | 2.0              | 4.0              | 3.0             | 5.0              | 4             | 4         | 4         | 2
    Scar            | 3       | 3        | 5        | 0              | -               | -                | -                | -               | -                | -             | -         | -         | 0
"""  # noqa: E501

COURSE = """
    visit_number | n_before | mean_before | low_before | high_before | n_after | mean_after
    1            | 20       | 6.4         | 6.0        | 6.8         | 19      | 5.0
    2            | 16       | 5.0         | 4.5        | 5.5         | 4       | 3.0
    3            | 9        | 4.0         | 3.0        | 5.0         | 8       | 3.0
    4            | 4        | 1.0         | 0.0        | 4.0         | 4       | 1.0
"""

PERCENT = """
    name           | motion_type | n  | start_percent | start_low | start_high | latest_percent | latest_low | latest_high | reference_name | left_out | change_percent | change_low | change_high
    Neck rotation  | active      | 80 | 62            | 58        | 66         | 88             | 84         | 92          | AAOS | 0 | 26 | 20 | 32
    Shoulder raise | active      | 20 | 55            | 50        | 60         | 119            | 109        | 126         | AAOS | 0 | 64 | 50 | 78
    Knee bending   | active      | 4  | 80            | 60        | 99         | 90             | 70         | 99          | AAOS | 0 | 10 | -5 | 25
"""  # noqa: E501


def test_types_stand_in_the_order_given_and_are_never_sorted_by_result():
    chart = outcomes.overview(rows(TYPES))
    names = [said for said in words(chart) if said in ("Forearm overuse", "Low back strain", "Jaw pain", "Scar")]
    assert names == ["Forearm overuse", "Low back strain", "Jaw pain", "Scar"]
    assert "not by result" in chart.caption


def test_fewer_than_10_second_readings_give_words_and_no_dot():
    chart = outcomes.overview(rows(TYPES))
    dots = [point.x for point in marks(chart, Point) if point.role == "pain"]
    assert dots == [1.0, 2.5]  # not jaw pain (9) nor scar (0)
    assert {"too few (9)", "not measured twice", "none closed"} <= set(words(chart))


def test_the_heading_counts_who_reaches_what_matters_and_names_who_stays_under():
    heading = outcomes.overview(rows(TYPES), IMPORTANT).heading  # low end 2.1 reaches 2; high end 1.6 stays under
    assert heading == (
        "One of 2 types with enough second readings has at least 2 points less pain even at the low end of its"
        " interval; forearm overuse stays under 2"
    )


def test_what_matters_to_one_person_is_a_dotted_line_with_its_source_for_orientation():
    chart = outcomes.overview(rows(TYPES), IMPORTANT)
    assert [rule.at for rule in marks(chart, Rule) if rule.dash == "dotted"] == [2]
    assert "for orientation: 2 points matter to one person (low back, Ostelo 2008)" in chart.caption
    assert "each episode is judged by the thresholds of its own region" in chart.caption


def test_the_share_measured_twice_is_drawn_of_all_episodes():
    solid = [bar.length for bar in marks(outcomes.overview(rows(TYPES)), Bar) if 0 < bar.length < 1]
    assert solid == pytest.approx([30 / 47, 121 / 148])  # jaw pain 9 of 9 fills its frame; scar draws nothing at 0


def test_an_interval_below_0_widens_the_axis():
    worse = rows(TYPES).assign(pain_change_low=-0.5)
    chart = outcomes.overview(worse)
    (panel,) = [panel for panel in chart.panels if any(isinstance(m, Point) and m.role == "pain" for m in panel.marks)]
    assert panel.x.ticks[0][0] == -1


def test_the_narrow_form_is_a_card_per_type_on_one_axis():
    chart = outcomes.overview(rows(TYPES), IMPORTANT).narrow
    assert len(chart.panels) == 1
    assert "121 of 148 measured twice, 5 visits when closed" in words(chart)


def test_every_type_is_in_the_table_with_its_mean_even_when_too_few_to_draw():
    table = outcomes.overview(rows(TYPES)).table
    assert [row[0] for row in table.rows] == ["Forearm overuse", "Low back strain", "Jaw pain", "Scar"]
    assert table.rows[2][7] == 4.0
    assert table.rows[3][7] is None


def test_no_types_give_words_and_no_picture():
    chart = outcomes.overview(rows(TYPES).iloc[:0])
    assert (chart.panels, chart.count) == ((), 0)


def test_means_of_fewer_than_5_are_listed_and_not_drawn():
    chart = outcomes.pain_by_visit(rows(COURSE))
    after, before = marks(chart, Line)
    assert [mean for _, mean in before.points] == [6.4, 5.0, 4.0]
    assert [mean for _, mean in after.points] == [5.0, None, 3.0]  # 4 readings after visit 2
    assert chart.table.rows[3][:3] == (4, 4, 1.0)


def test_beyond_the_visit_where_half_are_gone_the_line_is_thin_and_a_dotted_rule_stands():
    chart = outcomes.pain_by_visit(rows(COURSE), half_at=2)
    before = [line for line in marks(chart, Line) if line.dash == "solid"]
    assert [([x for x, _ in line.points], line.width_px) for line in before] == [([1, 2], 2.8), ([2, 3], 1)]
    assert [rule.at for rule in marks(chart, Rule) if rule.dash == "dotted"] == [2.5]
    assert chart.heading == "Mean pain before treatment falls from 6.4 to 5.0 by visit 2"
    # Those 16 are not said to be among the 20: some may have been rated at visit 2 only.
    assert "16 measured there, 20 at visit 1; after visit 2 fewer than half as many are measured" in chart.reading


def test_the_counts_stand_under_the_axis():
    (counts,) = marks(outcomes.pain_by_visit(rows(COURSE)), Figures)
    assert [label for _, _, label in counts.points] == ["20", "16", "9"]


def test_the_course_of_a_type_keeps_the_full_pain_axis():
    assert (outcomes.pain_by_visit(rows(COURSE)).panels[0].y.low, outcomes.PAIN.high) == (0, 10)


@pytest.mark.parametrize(
    ("few", "said"),
    [
        pytest.param(rows(COURSE).iloc[:0], "No visit in this choice was rated", id="no rows"),
        pytest.param(rows(COURSE).iloc[3:], "Fewer than 5 readings", id="four readings"),
    ],
)
def test_too_few_readings_for_any_mean_give_words(few, said):
    chart = outcomes.pain_by_visit(few)
    assert chart.panels == ()
    assert said in chart.heading


def test_one_visit_is_drawn_as_one_mark():
    chart = outcomes.pain_by_visit(rows(COURSE).head(1), half_at=1)
    assert [line.points for line in marks(chart, Line)] == [((1.0, 5.0),), ((1.0, 6.4),)]


def test_motion_may_end_beyond_its_reference():
    (panel,) = outcomes.motion_percent(rows(PERCENT)).panels
    assert panel.x.low < 0 < 126 < panel.x.high
    assert [rule.at for rule in panel.marks if isinstance(rule, Rule) and rule.direction == "up"] == [100]


def test_motion_of_fewer_than_5_gives_words():
    chart = outcomes.motion_percent(rows(PERCENT))
    assert "too few (4)" in words(chart)
    assert len(marks(chart, Interval)) == 4  # two movements, first and latest
    assert chart.heading == "All 2 movements gained on average"


def test_no_motion_gives_words():
    assert outcomes.motion_percent(rows(PERCENT).iloc[:0]).panels == ()


def test_open_episodes_are_hatched_on_top_of_closed_ones():
    drawn = rows("""
        visits | closed_episodes | open_episodes
        1      | 3               | 2
        2      | 5               | 0
    """)
    chart = outcomes.visits_per_episode(drawn, median=2)
    bars = [(bar.at, bar.base, bar.length, bar.fill) for bar in marks(chart, Bar) if bar.length]
    assert bars == [(1, 0, 3, "solid"), (1, 3, 2, "hatched"), (2, 0, 5, "solid")]
    assert chart.reading == "8 closed episodes and 2 still open; the median is 2 visits."


def test_no_episodes_give_words():
    empty = rows("visits | closed_episodes | open_episodes")
    assert outcomes.visits_per_episode(empty).panels == ()
