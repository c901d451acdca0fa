"""The grammar of charts: what a figure may not lack, and what may not vanish."""

import json
from datetime import date

import pytest

from charts.model import Axis, Chart, Column, Line, Panel, Point, TableTwin, Text, as_plain

TWIN = TableTwin((Column("Date", "date"), Column("Pain", "one_decimal")), ((date(2026, 9, 3), None),))


def chart(**parts) -> Chart:
    words = {
        "key": "pain",
        "heading": "Pain fell",
        "reading": "7 to 3.",
        "caption": "0 to 10.",
        "count_words": "2 visits",
        "alt": "Pain 7 to 3.",
    }
    return Chart(**{**words, "count": 2, "panels": (), "table": TWIN, "height_px": 100, **parts})


@pytest.mark.parametrize("part", ["heading", "reading", "caption", "count_words", "alt"])
def test_a_chart_without_one_of_its_words_is_refused(part):
    with pytest.raises(ValueError, match=f"Chart pain has no {part}"):
        chart(**{part: "  "})


def test_a_key_that_could_not_name_a_container_is_refused():
    with pytest.raises(ValueError, match="letters, digits and underscores"):
        chart(key="pain by visit")


def test_a_row_shorter_than_the_heading_is_refused():
    with pytest.raises(ValueError, match="Row 1 of the table has 1 cells for 2 columns"):
        TableTwin((Column("Date"), Column("Pain")), (("3 Sep",),))


@pytest.mark.parametrize(
    "mark",
    [Point(11, 5, "filled", "pain"), Text(5, -1, "goal"), Line(((0, 5), (5, 10.5)), "pain")],
    ids=["point right of the axis", "words under the axis", "reading above the axis"],
)
def test_a_mark_outside_its_panel_is_refused_because_it_would_vanish(mark):
    with pytest.raises(ValueError, match="lies outside its panel"):
        Panel(0, 100, Axis(0, 10), Axis(0, 10), (mark,))


def test_a_reading_that_was_not_taken_has_no_place_and_no_objection():
    panel = Panel(0, 100, Axis(0, 10), Axis(0, 10), (Line(((0, 5.0), (1, None), (2, 4.0)), "pain"),))
    assert panel.marks[0].points[1] == (1, None)


def test_an_axis_without_length_is_refused():
    with pytest.raises(ValueError, match="from low to high"):
        Axis(3, 3)


def test_a_chart_turns_into_json_with_dates_as_text_and_marks_by_name():
    panel = Panel(0, 100, Axis(0, 10), Axis(0, 10), (Point(1, 2, "open", "pain"),))
    plain = json.loads(json.dumps(as_plain(chart(panels=(panel,), narrow=chart()))))
    assert plain["table"]["rows"] == [["2026-09-03", None]]
    assert plain["panels"][0]["marks"][0]["mark"] == "point"
    assert plain["narrow"]["heading"] == "Pain fell"
