"""Care of the data in a real browser: readable and fitting, a download, and a restore under somebody else's page."""

import datetime as dt
import shutil
import zipfile

import pytest
from playwright.sync_api import expect

from access import roles
from benchmarks.server import served
from records import backup, calendar
from records import store as record_store
from tests.walk.conftest import settled, violations

OWNER = roles.viewer("test owner", "owner")


@pytest.fixture(scope="module")
def address(sample_store_path, tmp_path_factory):
    """The invented practice as if it were somebody's own, with two backups, and a client entered after them."""
    copy = shutil.copy2(sample_store_path, tmp_path_factory.mktemp("care") / "practice.duckdb")
    opened = record_store.open_store(copy)
    opened.staging().execute("UPDATE records.practice SET is_sample = false")
    opened.close()
    opened = record_store.open_store(copy)
    for days in (9, 1):
        backup.keep(opened, backup.folder_of(opened), calendar.now() - dt.timedelta(days=days))
    with opened.change(OWNER, "create") as change:
        change.insert("client", {"name": "Entered Later"})
    opened.close()
    with served(copy) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def visit(address, look):
    """`visit(page, width, theme)`: a page of it, the one of the data unless another is named."""
    return lambda page="care_of_data", width=1280, theme="light": look(f"{address}/{page}", width, theme)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (820, "dark"), (375, "light"), (375, "dark")])
def test_the_page_is_accessible_and_fits_the_screen(visit, width, theme):
    tab = visit(width=width, theme=theme)
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_comes_out_as_one_file(visit):
    tab = visit()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Download as one file").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert {"client.csv", "data_dictionary.csv", "manifest.json"} <= set(archive.namelist())


def test_a_backup_is_made_by_keyboard_alone(visit):
    tab = visit()
    tab.get_by_role("button", name="Back up now").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Backed up as practice-")).to_be_visible(timeout=60_000)
    assert violations(tab) == []


def test_a_restore_under_somebody_elses_page_lets_them_go_on(visit):
    another, tab = visit("caseload"), visit()
    tab.get_by_text("Yes, put this backup in the place of the records").click()
    settled(tab)
    tab.get_by_role("button", name="Bring it back").click()
    expect(tab.get_by_text("The records are as they were on")).to_be_visible(timeout=60_000)
    settled(tab)
    assert violations(tab) == []
    another.get_by_text("Month", exact=True).first.click()
    settled(another)
    expect(another.get_by_role("heading", level=1)).to_have_text("What is the practice doing?")
    assert another.get_by_test_id("stException").count() == another.get_by_test_id("stAlert").count() == 0
