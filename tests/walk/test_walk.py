"""A walk through the app in a real browser: what a person sees, with keyboard, on a telephone, in both themes."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from benchmarks.server import ROOT, served
from tests.walk.conftest import settled, violations

PAGES = (
    "",
    "record_session",
    "follow_ups",
    "injury_outcomes",
    "caseload",
    "import_records",
    "corrections",
    "duplicates",
)


@pytest.fixture(scope="module")
def address(full_sample_path):
    """The app on the invented practice."""
    with served(full_sample_path) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def visit(address, look):
    """`visit(page, width, theme)`: a page of it."""
    return lambda page, width=1280, theme="light": look(f"{address}/{page}", width, theme)


def test_a_page_asked_for_before_anyone_opened_the_root_stands_behind_the_door(visit):
    tab = visit("caseload")
    expect(tab.get_by_role("heading", level=1)).to_have_text("What is the practice doing?")
    expect(tab.get_by_text("Invented sample practice: nobody here is real.")).to_be_visible()
    tab.get_by_role("link", name="All pages").click()
    expect(tab.get_by_role("link", name="Injury outcomes")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("page", PAGES)
def test_pages_are_accessible_quiet_and_fit_the_screen(visit, page, width, theme):
    tab = visit(page, width, theme)
    assert violations(tab) == []
    assert tab.faults == []
    assert tab.hosts == {"localhost"}
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_every_figure_has_its_count_its_table_and_its_calculation(visit):
    tab = visit("caseload")
    figures = tab.locator("[class*=st-key-figure_]")
    assert figures.count() == 7
    for place in range(figures.count()):
        figure = figures.nth(place)
        expect(figure.get_by_role("heading")).to_have_count(1)
        expect(figure.get_by_text("Table", exact=True).first).to_be_visible()
        expect(figure.get_by_text("How this was calculated").first).to_be_visible()


def test_how_a_figure_was_calculated_shows_its_sql(visit):
    tab = visit("caseload")
    tab.get_by_text("How this was calculated").first.click()
    expect(tab.get_by_text("sessions_by_day.sql")).to_be_visible()
    expect(tab.get_by_test_id("stCode")).to_contain_text("FROM visible_session")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_button_of_an_import_can_be_read(browser, empty_store_path, tmp_path, theme):
    examples = ROOT / "tests" / "records" / "import_examples"
    with served(Path(shutil.copy2(empty_store_path, tmp_path / "own.duckdb"))) as port:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=theme)
        tab = context.new_page()
        tab.goto(f"http://localhost:{port}/import_records")
        settled(tab)
        tab.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(examples / "two_sides_wide.csv")
        tab.get_by_label("Profile: what the columns mean").click()
        tab.get_by_role("option", name="two_sides_wide").click()
        tab.get_by_role("button", name="Look at every row").click()
        expect(tab.get_by_role("button", name="Accept: write 2 rows")).to_be_visible()
        assert violations(tab) == []
        tab.get_by_role("button", name="Accept: write 2 rows").click()
        expect(tab.get_by_text("2 of 2 rows written.")).to_be_visible()
        assert violations(tab) == []
        context.close()


def test_a_client_is_found_by_keyboard_alone(visit):
    tab = visit("")
    tab.get_by_label("Find a client by name").focus()
    tab.keyboard.type("a")
    tab.keyboard.press("Enter")
    settled(tab)
    options = tab.get_by_label("Found", exact=False)
    expect(options.first).to_be_visible()


def test_a_choice_survives_a_reload_by_its_link(visit):
    tab = visit("caseload?cause=fall")
    expect(tab.get_by_text("cause: fall")).to_be_visible()
    tab.reload()
    settled(tab)
    expect(tab.get_by_text("cause: fall")).to_be_visible()
    assert "cause=fall" in tab.url
