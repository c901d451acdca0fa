"""Visits used of ordered."""

from datetime import date

from charts import orders
from charts.model import Bar
from drawn import marks

TODAY = date(2026, 11, 20)


def fills(chart):
    return [bar.fill for bar in marks(chart, Bar) if bar.length]


def test_up_to_20_ordered_visits_are_boxes():
    assert fills(orders.orders(4, 3, None, TODAY)) == ["solid", "solid", "solid", "open"]


def test_visits_beyond_the_order_are_hatched_and_said():
    chart = orders.orders(3, 5, date(2026, 12, 31), TODAY)
    assert fills(chart) == ["solid", "solid", "solid", "hatched", "hatched"]
    assert chart.reading == "5 of 3 ordered visits used, 2 visits more than ordered; the order ends 31 Dec 2026."


def test_above_20_ordered_visits_a_bar_is_drawn():
    chart = orders.orders(40, 22, None, TODAY)
    assert [(bar.fill, bar.length) for bar in marks(chart, Bar) if bar.length] == [("open", 40), ("solid", 22)]


def test_an_order_without_a_number_is_words():
    chart = orders.orders(None, 3, None, TODAY)
    assert (chart.panels, chart.heading) == ((), "No number of visits was ordered")
    assert chart.table.rows == ((None, 3, None),)


def test_an_order_that_has_ended_has_no_visits_left():
    chart = orders.orders(12, 7, date(2024, 12, 13), TODAY, under_earlier=3, under_none=4)
    assert chart.heading == "7 of 12 ordered visits used, 5 not used"
    assert (
        chart.reading
        == f"{chart.heading}; the order ended 13 Dec 2024; 3 visits under earlier orders; 4 visits under no order."
    )
