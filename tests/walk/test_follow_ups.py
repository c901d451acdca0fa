"""Follow-ups in a real browser: a double click saves once, by keyboard, on a telephone, in the dark."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from access import roles
from benchmarks.server import served
from records import store as record_store
from tables import practice_of
from tests.walk.conftest import settled, violations

OWNER = roles.viewer("test owner", "owner")


@pytest.fixture
def practice(empty_store_path, tmp_path) -> Path:
    """Ada, Ben and Cleo stopped coming."""
    path = Path(shutil.copy2(empty_store_path, tmp_path / "practice.duckdb"))
    store = record_store.open_store(path)
    lines = "Ada | 2026-10-01 | 6\nBen | 2026-10-02 | 5\nCleo | 2026-10-03 | 4"
    practice_of(store, OWNER, f"client | day | before\n{lines}")
    store.close()
    return path


def contacts(path: Path) -> list[list]:
    store = record_store.open_store(path)
    found = store.open_for(OWNER).read(
        "SELECT c.name, s.status, r.pain::DOUBLE AS pain FROM visible_session AS s"
        " INNER JOIN visible_client AS c USING (client_id) LEFT JOIN visible_rating AS r USING (session_id)"
        " WHERE s.kind = 'contact' ORDER BY c.name"
    )
    store.close()
    return found.astype(object).where(found.notna(), None).values.tolist()


def test_a_number_is_kept_once_however_it_is_tapped(practice, browser):
    with served(practice) as port:
        context = browser.new_context(viewport={"width": 375, "height": 800}, color_scheme="dark")
        tab = context.new_page()
        tab.goto(f"http://localhost:{port}/follow_ups")
        settled(tab)
        assert violations(tab) == []

        # Three taps, each of them twice by mistake.
        tab.get_by_role("button", name="Ask", exact=True).first.dblclick()
        tab.get_by_role("radio", name="3", exact=True).dblclick()
        settled(tab)
        assert violations(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= 375
        tab.get_by_role("button", name="Save", exact=True).dblclick()
        expect(tab.get_by_text("Ada: pain 3 of 10.")).to_be_visible()
        settled(tab)
        assert violations(tab) == []

        # The next one by keyboard alone.
        tab.get_by_role("button", name="Ask", exact=True).first.focus()
        tab.keyboard.press("Enter")
        zero = tab.get_by_role("radio", name="0", exact=True)
        expect(zero).to_be_visible()
        zero.focus()
        tab.keyboard.press("Space")
        save = tab.get_by_role("button", name="Save", exact=True)
        expect(save).to_be_enabled()
        save.focus()
        tab.keyboard.press("Enter")
        expect(tab.get_by_text("Ben: pain 0 of 10.")).to_be_visible()

        # Nobody answered, and the page is reloaded at once.
        tab.get_by_role("button", name="Ask", exact=True).first.click()
        tab.get_by_role("button", name="Could not reach").dblclick()
        expect(tab.get_by_text("Cleo: tried, not reached.")).to_be_visible()
        tab.reload()
        settled(tab)
        expect(tab.get_by_text("Nobody to ask now.")).to_be_visible()
        context.close()
    assert contacts(practice) == [["Ada", "kept", 3.0], ["Ben", "kept", 0.0], ["Cleo", "no_show", None]]
