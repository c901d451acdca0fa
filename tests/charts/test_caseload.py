"""Charts of the practice: a period that is not over is never drawn as if it were."""

import pytest

from analytics.fates import FATES, JUDGED
from charts import caseload
from charts.model import Bar, Figures, Line, Point
from drawn import marks, words
from tables import rows

MONTHS = """
    period_start | label | sessions | new_clients | new_episodes | discharged | lapsed | running | partial
    2026-09-01   | Sep   | 80       | 10          | 12           | 6          | 2      | false   | false
    2026-10-01   | Oct   | 90       | 8           | 9            | 7          | 0      | false   | false
    2026-11-01   | Nov   | 31       | 3           | 4            | 1          | 1      | true    | false
"""


def test_the_running_month_is_an_open_mark_on_a_dashed_line_and_is_said():
    chart = caseload.sessions(rows(MONTHS), "month")
    full, running = marks(chart, Line)
    assert ([y for _, y in full.points], full.dash) == ([80, 90], "solid")
    assert ([y for _, y in running.points], running.dash) == ([90, 31], "dashed")
    assert [(point.y, point.shape) for point in marks(chart, Point)] == [(31, "open")]
    assert "this month, not over yet, has 31 so far" in chart.reading


def test_a_month_the_choice_cuts_is_drawn_open_and_kept_out_of_the_comparison():
    cut = rows(MONTHS).assign(partial=[True, False, False])
    chart = caseload.sessions(cut, "month")
    assert [(point.y, point.shape) for point in marks(chart, Point)] == [(31, "open"), (80, "open")]
    assert chart.heading == "90 sessions in the latest full month"
    assert "Open: the month of Sep is only partly in the choice." in chart.caption
    assert [row[-1] for row in chart.table.rows] == ["in part", "yes", "not over"]


def test_the_heading_compares_full_months_only():
    chart = caseload.sessions(rows(MONTHS), "month")
    assert chart.heading == "90 sessions in the latest full month, 10 more than in the month before"


def test_the_axis_of_sessions_starts_at_0_and_ends_on_a_tick():
    (panel,) = caseload.sessions(rows(MONTHS), "month").panels
    assert (panel.y.low, panel.y.high, panel.y.ticks[-1]) == (0, 100, (100, "100"))


def test_only_a_running_week_says_that_none_is_complete():
    assert caseload.sessions(rows(MONTHS).tail(1), "week").heading == "No week is complete yet"


@pytest.mark.parametrize("story", [caseload.sessions, caseload.flow])
def test_no_periods_give_words_and_no_picture(story):
    chart = story(rows(MONTHS).iloc[:0], "month")
    assert (chart.panels, chart.count) == ((), 0)


def test_begun_stands_up_discharged_down_in_outline_and_lapsed_under_it_hatched():
    chart = caseload.flow(rows(MONTHS).head(1), "month")
    bars = [(bar.base, bar.length, bar.fill) for bar in marks(chart, Bar)]
    assert bars == [(0, 12, "solid"), (0, -6, "open"), (-6, -2, "hatched")]


def test_the_running_month_of_the_flow_is_in_outline_and_marked():
    chart = caseload.flow(rows(MONTHS), "month")
    assert next(bar.fill for bar in marks(chart, Bar) if bar.length == 4) == "open"
    assert "so far" in words(chart)
    assert "Open: this month is not over." in chart.caption


def test_the_flow_counts_both_ends_of_care():
    chart = caseload.flow(rows(MONTHS), "month")  # begun 12 + 9 + 4; ended 6 + 7 + 1 and 2 + 0 + 1
    assert chart.heading == "More episodes begin than end: 25 begun, 17 ended"


def test_people_in_care_are_a_row_of_numbers_when_known():
    chart = caseload.flow(rows(MONTHS).assign(in_care=[111, 118, 120]), "month")
    assert ("111", "118", "120") in [tuple(label for *_, label in figures.points) for figures in marks(chart, Figures)]


PARTS = """
    name   | sessions | clients | episodes
    Novak  | 640      | 80      | 90
    Okafor | 1047     | 120     | 140
"""


def test_parts_are_drawn_largest_first_and_the_caption_says_what_that_does_not_mean():
    chart = caseload.split(rows(PARTS), "therapist", 1687)
    assert [bar.length for bar in marks(chart, Bar)] == [1047, 640]
    assert "not whose work was better" in chart.caption
    assert chart.heading == "Okafor has 62 % of sessions, the largest of 2 therapists"  # 1047 / 1687


def test_beyond_twelve_parts_the_rest_are_drawn_as_others_and_stay_in_the_table():
    drawn = "name | sessions | clients | episodes\n" + "\n".join(f"T{n} | {50 - n} | 5 | 6" for n in range(15))
    chart = caseload.split(rows(drawn), "therapist", 645)
    bars = marks(chart, Bar)
    assert len(bars) == 13
    assert bars[-1].length == 38 + 37 + 36  # T12, T13, T14
    assert "3 others" in words(chart)
    assert len(chart.table.rows) == 15


def test_nothing_to_divide_gives_words():
    assert caseload.split(rows(PARTS).iloc[:0], "office", 0).heading == "No sessions to divide by office"


def test_sessions_that_served_two_parts_are_counted_once_and_said():
    chart = caseload.split(rows(PARTS), "cause", 1680)  # 640 + 1047 stand in the rows: 7 in both
    assert chart.count == 1680
    assert "So do 7 sessions that served two." in chart.caption


ENDED = """
    episodes | improved | possibly_improved | unchanged | possibly_worse | worse | no_room | no_second_reading | judged | not_judged
    20       | 7        | 2                 | 4         | 1              | 2     | 1       | 3                 | 16     | 4
"""  # noqa: E501
CLOSED = {30: 25, 45: 24, 60: 22, 90: 20}


def test_what_became_of_those_that_ended_is_told_in_a_sentence_and_a_bar():
    chart = caseload.ended(rows(ENDED), FATES, JUDGED, CLOSED, 60)
    assert chart.heading == "Of 20 episodes closed, 7 are better, beyond error"
    said = "7 better, 2 possibly better, 4 no clear change, 1 possibly worse, 2 worse, 4 not judged."
    assert chart.reading == said
    bar = [mark.length for mark in marks(chart, Bar) if mark.at == 14]
    assert bar == pytest.approx([n / 20 for n in (7, 2, 4, 1, 2, 1, 3)])
    assert not any("still in care" in said for said in words(chart) + words(chart.narrow))


def test_how_much_hangs_on_the_days_of_silence_is_said():
    chart = caseload.ended(rows(ENDED), FATES, JUDGED, CLOSED, 60)
    assert "30 days 25; 45 days 24; 60 days 22; 90 days 20" in chart.caption


def test_after_how_many_days_an_episode_is_closed_is_told_from_outside():
    caption = caseload.ended(rows(ENDED), FATES, JUDGED, CLOSED, 45).caption
    assert "away for more than 45 days." in caption
    assert "How much hangs on the 45 days" in caption


def test_nothing_ended_gives_words_and_no_picture():
    chart = caseload.ended(rows(ENDED) * 0, FATES, JUDGED, CLOSED, 60)
    assert (chart.panels, chart.heading) == ((), "No episode was closed in this choice")
