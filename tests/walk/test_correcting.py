"""Correcting in a real browser: by keyboard on a telephone, two people on one record, every form readable."""

import shutil
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import expect

from benchmarks.server import served
from records import store as record_store
from tables import practice_of
from tests.walk.conftest import settled, violations

WORLD = """
    client     | day        | injury      | before | after | minutes | knee flexion right
    Maya Field | 2026-11-03 | Knee sprain | 7      | 5     | 60      | 90
    Maya Field | 2026-11-10 | Knee sprain | 5      | 4     | 45      | 100
"""
REASON = "Why is it corrected? (kept with the change)"


@pytest.fixture
def path(empty_store_path, tmp_path, owner) -> Path:
    """A practice with one client of two visits, closed."""
    file = Path(shutil.copy2(empty_store_path, tmp_path / "walked.duckdb"))
    store = record_store.open_store(file)
    practice_of(store, owner, WORLD)
    store.close()
    return file


@pytest.fixture
def opened(look):
    """`opened(port, width, theme)`: the Corrections page."""
    return lambda port, width=1280, theme="light": look(f"http://localhost:{port}/corrections", width, theme)


def on_pain(tab, button: str):
    """A button of the first pain rating of the visit that is shown."""
    return tab.locator("[class*=st-key-record_rating_]").first.get_by_role("button", name=button, exact=True)


def pains_kept(path: Path) -> list[float]:
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute("SELECT pain::DOUBLE FROM rating WHERE NOT withdrawn ORDER BY rating_id").fetchall()
    return [pain for (pain,) in found]


def test_a_value_is_corrected_by_keyboard_alone_on_a_telephone(path, opened):
    with served(path) as port:
        tab = opened(port, width=375)
        on_pain(tab, "Correct").focus()
        tab.keyboard.press("Enter")
        settled(tab)
        tab.get_by_label("Pain, 0 to 10").focus()
        tab.keyboard.press("Control+a")
        tab.keyboard.type("6.5")
        for _ in range(12):  # on through the other values to the reason
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.getAttribute('aria-label')") == REASON:
                break
        tab.keyboard.type("misread")
        tab.keyboard.press("Enter")
        expect(tab.get_by_text("Saved. What stood before is in its history.")).to_be_visible(timeout=60_000)
        settled(tab)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 375
    assert pains_kept(path) == [7, 5, 6.5, 4]


def test_the_second_of_two_people_is_told_sees_both_and_saves_over_it(path, opened):
    with served(path) as port:
        first, second = opened(port), opened(port)
        for tab, value in ((first, "6"), (second, "3")):
            on_pain(tab, "Correct").click()
            settled(tab)
            tab.get_by_label("Pain, 0 to 10").fill(value)
            tab.get_by_label(REASON).fill(f"it was {value}")
        first.get_by_role("button", name="Save the correction").click()
        expect(first.get_by_text("Saved. What stood before is in its history.")).to_be_visible(timeout=60_000)
        second.get_by_role("button", name="Save the correction").click()
        expect(second.get_by_text("Theirs, version 2, which stands")).to_be_visible(timeout=60_000)
        settled(second)
        expect(second.get_by_text("Pain, 0 to 10: 6")).to_be_visible()
        expect(second.get_by_text("Pain, 0 to 10: 3")).to_be_visible()
        assert violations(second) == []
        second.get_by_role("button", name="Save mine over it").click()
        expect(second.get_by_text("Saved. Theirs is in its history.")).to_be_visible(timeout=60_000)
        on_pain(second, "History").click()
        settled(second)
        for version in (1, 2, 3):
            expect(second.get_by_text(f"Version {version}", exact=True)).to_be_visible()
    assert pains_kept(path) == [7, 5, 3, 4]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_every_form_can_be_read(path, opened, width, theme):
    with served(path) as port:
        tab = opened(port, width, theme)
        for button in ("Correct", "Withdraw", "History"):
            on_pain(tab, button).click()
            tab.mouse.move(0, 0)
            settled(tab)
            assert violations(tab) == [], button
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
