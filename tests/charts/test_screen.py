"""The Plotly renderer: it draws what the model decided, lightly, in both themes."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from charts import progress, screen
from charts.model import Axis, Bar, Chart, Column, Line, Panel, Point, Rule, TableTwin, Text
from charts.theme import PALETTES, palette
from instruments import limits, scale
from tables import rows


def drawn(*marks, theme_name="light"):
    panel = Panel(10, 80, Axis(0, 10), Axis(0, 10, ticks=((0, "0"), (10, "10")), grid=True), marks)
    chart = Chart(
        key="one",
        heading="One",
        reading="One.",
        caption="One.",
        count=1,
        count_words="1",
        alt="One.",
        panels=(panel,),
        table=TableTwin((Column("x"),), ()),
        height_px=100,
    )
    return screen.render(chart, theme_name)


def sixty_visits() -> Chart:
    numbers = range(1, 61)
    visits = pd.DataFrame(
        {
            "visit_number": numbers,
            "visited_on": [date(2026, 1, 5) + timedelta(days=5 * number) for number in numbers],
            "pain_before": [8 - number / 10 for number in numbers],
            "pain_after": [6 - number / 12 for number in numbers],
            "exercise_done": [4] * 60,
            "exercise_prescribed": [5] * 60,
        }
    )
    techniques = pd.DataFrame(
        [(number, f"Technique {kind}", 10 + kind) for number in numbers for kind in range(6)],
        columns=["visit_number", "technique", "minutes"],
    )
    return progress.pain_by_visit(visits, None, limits(scale("nprs")).error, 2, "Pain", techniques)


def test_a_gap_reaches_the_browser_as_a_gap():
    figure = drawn(Line(((0, 5.0), (1, None), (2, 4.0)), "pain", shape="filled"))
    assert figure.data[0].y == (5.0, None, 4.0)
    assert figure.data[0].connectgaps is False


@pytest.mark.parametrize("theme_name", PALETTES)
def test_roles_become_the_colours_of_the_theme(theme_name):
    figure = drawn(Line(((0, 5), (1, 4)), "pain"), Text(5, 5, "goal", role="muted"), theme_name=theme_name)
    assert figure.data[0].line.color == palette(theme_name)["pain"]
    assert figure.layout.annotations[0].font.color == palette(theme_name)["muted"]


def test_an_open_mark_is_filled_with_the_ground_so_that_lines_do_not_cross_it():
    marker = drawn(Point(1, 1, "open", "pain")).data[0].marker
    assert (marker.symbol, marker.color, marker.line.color) == ("circle", "#FFFFFF", palette("light")["pain"])


def test_hatching_is_a_pattern_and_a_bar_of_nothing_is_not_drawn():
    figure = drawn(Bar(5, 0, 3, 1, "across", "muted", "hatched"), Bar(6, 0, 0, 1, "across", "muted", "open"))
    assert [trace.type for trace in figure.data] == ["bar"]
    assert figure.data[0].marker.pattern.shape == "/"


def test_names_are_shown_as_written_and_never_read_as_markup():
    assert (
        drawn(Text(5, 5, "a <b>bold</b> & name")).layout.annotations[0].text == "a &lt;b&gt;bold&lt;/b&gt; &amp; name"
    )


def test_a_rule_runs_over_the_whole_panel_unless_it_is_cut():
    whole, cut = drawn(Rule(2, "across", "ink"), Rule(3, "across", "ink", low=1, high=4)).layout.shapes
    assert (whole.x0, whole.x1, whole.y0) == (0, 10, 2)
    assert (cut.x0, cut.x1) == (1, 4)


def test_a_panel_without_marks_keeps_its_axes():
    figure = drawn()
    assert figure.layout.yaxis.range == (0, 10)
    assert len(figure.data) == 1


def test_the_figure_stands_on_the_page_without_template_title_or_tools():
    layout = drawn(Point(1, 1, "filled", "pain")).layout
    assert (layout.paper_bgcolor, layout.showlegend, layout.title.text) == ("rgba(0,0,0,0)", False, None)
    assert layout.template.layout.to_plotly_json() == {}
    assert screen.CONFIG["showSendToCloud"] is False
    assert screen.CONFIG["displaylogo"] is False


@pytest.mark.parametrize("theme_name", PALETTES)
def test_sixty_visits_with_every_lane_stay_under_50_kilobytes(theme_name):
    chart = sixty_visits()
    for form in (chart, chart.narrow):
        assert len(screen.render(form, theme_name).to_json()) <= 50_000


def test_a_chart_of_words_only_renders_to_no_marks():
    empty = replace(sixty_visits(), panels=(), height_px=10)
    assert json.loads(screen.render(empty, "light").to_json())["data"] == []


def test_missing_rows_do_not_break_the_picture():
    visits = rows("""
        visit_number | visited_on | pain_before | pain_after
        1            | 2026-09-03 | -           | 5
    """)
    assert screen.render(progress.pain_by_visit(visits), "dark").layout.height > 300
