"""The Settings page in a real browser: every section readable and fitting, and a number set by keyboard alone."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from benchmarks.server import served
from records import store as record_store
from tests.walk.conftest import settled, violations

SECTIONS = ("practice", "offices", "therapists", "physicians", "injuries", "gap", "scales", "motion")


@pytest.fixture(scope="module")
def path(full_sample_path, tmp_path_factory):
    """The invented practice as if it were somebody's own."""
    copy = shutil.copy2(full_sample_path, tmp_path_factory.mktemp("settings") / "practice.duckdb")
    opened = record_store.open_store(copy)
    opened.staging().execute("UPDATE records.practice SET is_sample = false")
    opened.close()
    return copy


@pytest.fixture(scope="module")
def address(path):
    with served(path) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def visit(address, look):
    """`visit(section, width, theme)`: the page at a section."""
    return lambda section, width=1280, theme="light": look(f"{address}/settings?section={section}", width, theme)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (820, "light"), (375, "dark")])
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_accessible_and_fits_the_screen(visit, section, width, theme):
    tab = visit(section, width, theme)
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_a_number_is_set_and_withdrawn_by_keyboard_alone(visit):
    tab = visit("scales")
    tab.get_by_role("textbox", name="Number").focus()
    tab.keyboard.type("3")
    tab.get_by_role("textbox", name="Source: paper, page or who decided it").focus()
    tab.keyboard.type("Smith 2020")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("button", name="Add", exact=True)).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text(re.compile(r"^Saved \d\d:\d\d\.$"))).to_be_visible(timeout=60_000)
    settled(tab)
    assert violations(tab) == []
    chosen = tab.get_by_role("combobox", name="Add or change")
    chosen.focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    away = tab.get_by_role("button", name="Withdraw")
    expect(away).to_be_visible(timeout=60_000)
    away.focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Withdrawn: 1")).to_be_visible(timeout=60_000)


def test_what_is_refused_is_said_beside_the_form_and_read_out(visit):
    tab = visit("practice")
    tab.get_by_role("textbox", name="Name").fill("")
    tab.get_by_role("button", name="Save", exact=True).click()
    expect(tab.get_by_role("alert")).to_contain_text("Name: nothing is written there.", timeout=60_000)
    settled(tab)
    assert violations(tab) == []
