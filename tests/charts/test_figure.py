"""A figure on a page: never without its sentence, its count, its table and its calculation."""

import gc
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import figure


def page_with_an_order() -> None:
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from analytics.change import WORDS
    from charts import motion, orders
    from pages.parts import figure

    figure.style()
    words = "Kept visits charged to the order."
    figure.show(orders.orders(12, 8, None, date(2026, 11, 20)), figure.Calculation(words, (Path("orders.sql"),)))
    figure.show(motion.motion(pd.DataFrame(columns=["reference_name"]), WORDS), figure.Calculation(words, ()))


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_function(page_with_an_order).run()


def test_the_finding_its_sentence_and_its_count_are_on_the_page(page):
    assert not page.exception
    assert page.header[0].value == "8 of 12 ordered visits used, 4 left"
    said = [element.value for element in page.markdown]
    assert "8 of 12 ordered visits used, 4 left." in said
    assert any("8 kept visits charged to this order" in sentence for sentence in said)


def test_table_and_calculation_can_be_opened_for_every_figure(page):
    assert [expander.label for expander in page.expander] == [":gray[Table]", ":gray[How this was calculated]"] * 2


def test_a_chart_with_nothing_to_draw_shows_its_words_and_no_picture(page):
    assert page.header[1].value == "Motion was not measured"
    assert len(page.get("plotly_chart")) == 1  # the order's


def test_libraries_are_set_aside_from_garbage_collection_by_the_first_page(page):
    assert gc.get_freeze_count() > 0


def test_names_are_shown_as_written_whatever_markdown_they_hold():
    assert figure.plain("Cup*ping* [x](y) :red[z] $5") == r"Cup\*ping\* \[x\](y) \:red\[z\] \$5"


def test_a_calculation_without_words_is_refused():
    with pytest.raises(ValueError, match="has no words"):
        figure.Calculation(" ", (Path("orders.sql"),))
