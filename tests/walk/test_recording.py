"""Recording a visit in a real browser: in a minute, once, and never lost. The world is tests/walk/returning.py."""

import random
import re
import threading
import time

import duckdb
import pytest
from playwright.sync_api import expect

from benchmarks.server import free_port, served, started
from records import drafts
from records import store as record_store
from tests.walk import returning
from tests.walk.conftest import settled, violations
from tests.walk.returning import NOTE, OWNER, Hand

MOST_INTERACTIONS = 25


@pytest.fixture
def path(tmp_path, today):
    """Maya's practice, closed."""
    file = tmp_path / "walked.duckdb"
    returning.practice(file, today)
    return file


@pytest.fixture
def opened(look):
    """`opened(port)`: the Record page on a tablet."""
    return lambda port, width=820, query="": look(f"http://localhost:{port}/record_session{query}", width, height=1180)


def kept_on(path, day) -> dict:
    """What the store holds of that day, once nobody has it open."""
    with duckdb.connect(str(path), read_only=True) as connection:

        def one(sql: str):
            return connection.execute(sql, [day]).fetchall()

        return {
            "sessions": one("SELECT count(*) FROM session WHERE visited_on = ? AND NOT withdrawn")[0][0],
            "pain": one(
                "SELECT region, moment, pain::DOUBLE FROM rating WHERE rated_on = ? AND NOT withdrawn ORDER BY ALL"
            ),
            "degrees": one(
                "SELECT movement, side, degrees::DOUBLE FROM motion WHERE measured_on = ? ORDER BY ALL"
            ),
            "techniques": one("SELECT technique, minutes FROM technique_use WHERE visited_on = ? ORDER BY ALL"),
            "note": one("SELECT note FROM session_part WHERE visited_on = ? AND NOT withdrawn"),
        }  # fmt: skip


WHOLE = {
    "sessions": 1,
    "pain": [
        ("neck", "after", 1.0), ("neck", "before", 3.0), ("shoulder", "after", 1.0), ("shoulder", "before", 2.0),
    ],
    "degrees": [
        ("rotation", "left", 66.0), ("rotation", "right", 75.0),
        ("side_bending", "left", 40.0), ("side_bending", "right", 42.0),
    ],
    "techniques": [("myofascial_release", 30), ("neuromuscular", 30)],
    "note": [(NOTE,)],
}  # fmt: skip


def test_a_return_visit_takes_few_taps_and_a_double_tap_saves_it_once(path, opened, today):
    with served(path) as port:
        hand = Hand(opened(port))
        returning.fill(hand)
        assert violations(hand.tab) == []
        finish = hand.tab.get_by_role("button", name=re.compile("Finish visit"))
        finish.dblclick()
        hand.interactions += 1
        expect(hand.tab.get_by_text(re.compile(r"Saved \d\d:\d\d\. The visit is in the records"))).to_be_visible()
        assert hand.interactions <= MOST_INTERACTIONS
    assert kept_on(path, today) == WHOLE


def test_a_double_tap_on_a_number_leaves_it_chosen(path, opened):
    with served(path) as port:
        hand = Hand(opened(port))
        group = hand.section("pain_before").get_by_role("radiogroup", name="Neck pain", exact=True)
        group.get_by_role("radio", name="4", exact=True).dblclick()
        returning.saved(hand, "pain_before")
        expect(group.get_by_role("radio", name="4", exact=True)).to_be_checked()


def test_a_reload_in_the_middle_shows_what_the_store_holds_and_goes_on(path, opened, today):
    with served(path) as port:
        hand = Hand(opened(port))
        returning.fill(hand)
        hand.tab.reload()
        settled(hand.tab)
        group = hand.section("pain_before").get_by_role("radiogroup", name="Neck pain", exact=True)
        expect(group.get_by_role("radio", name="3", exact=True)).to_be_checked()
        expect(hand.tab.get_by_label("Neck rotation, active, left", exact=True)).to_have_value("66")
        expect(hand.section("note").get_by_role("textbox")).to_have_value(NOTE)
        returning.finish(hand)
    assert kept_on(path, today) == WHOLE


def choose_client(hand: Hand, name: str) -> None:
    """By the list of recent clients, as between two clients in a hurry."""
    recent = hand.tab.get_by_label("Recent clients")
    recent.scroll_into_view_if_needed()
    settled(hand.tab)  # the list closes itself while the page moves
    recent.click()
    hand.tab.get_by_role("option", name=re.compile(name)).click()
    expect(hand.tab.get_by_text(f"{name},").first).to_be_visible()
    settled(hand.tab)


def test_from_one_client_to_another_and_back_nothing_is_lost_and_nothing_crosses(path, opened, today):
    with served(path) as port:
        hand = Hand(opened(port))
        returning.fill(hand)
        choose_client(hand, "Ben Quick")
        expect(hand.section("note").get_by_role("textbox")).to_have_value("")
        hand.rate("pain_before", "Neck pain", 8)
        returning.saved(hand, "pain_before")
        choose_client(hand, "Maya Rossi")
        group = hand.section("pain_before").get_by_role("radiogroup", name="Neck pain", exact=True)
        expect(group.get_by_role("radio", name="3", exact=True)).to_be_checked()
        expect(hand.tab.get_by_label("Neck rotation, active, left", exact=True)).to_have_value("66")
        expect(hand.section("note").get_by_role("textbox")).to_have_value(NOTE)
        returning.finish(hand)
        expect(hand.tab.get_by_text("1 visit begun and not finished")).to_be_visible()
    assert kept_on(path, today) == WHOLE


def test_what_was_typed_and_finished_in_one_breath_is_in_the_record(path, opened, today):
    with served(path) as port:
        hand = Hand(opened(port))
        hand.section("note").get_by_role("textbox").press_sequentially(NOTE)
        hand.tab.get_by_role("button", name=re.compile("Finish visit")).click()  # straight out of the field
        expect(hand.tab.get_by_text(re.compile("The visit is in the records"))).to_be_visible(timeout=30_000)
    assert kept_on(path, today)["note"] == [(NOTE,)]


def test_a_page_left_and_come_back_to_goes_on_where_it_was(path, opened):
    with served(path) as port:
        hand = Hand(opened(port, query="?"))
        hand.rate("pain_before", "Neck pain", 4)
        returning.saved(hand, "pain_before")
        hand.tab.goto(f"http://localhost:{port}/")
        settled(hand.tab)
        for page in ("Caseload", "Record a session"):
            hand.tab.get_by_role("link", name=page).click()
            settled(hand.tab)
        group = hand.section("pain_before").get_by_role("radiogroup", name="Neck pain", exact=True)
        expect(group.get_by_role("radio", name="4", exact=True)).to_be_checked()


def test_a_server_killed_between_tap_and_answer_and_tried_again_leaves_one_session(path, opened, today):
    chance = random.Random(7)
    port = free_port()
    server = started(path, port)
    try:
        hand = Hand(opened(port))
        returning.fill(hand)
        for _ in range(3):
            finish = hand.tab.get_by_role("button", name=re.compile("Finish visit"))
            if not finish.count():
                break
            delay = chance.uniform(0.05, 0.6)
            killer = threading.Thread(target=lambda wait=delay, running=server: (time.sleep(wait), running.kill()))
            killer.start()
            finish.click()
            killer.join()
            server.wait()
            server = started(path, port)
            hand.tab.reload()
            settled(hand.tab)
        if hand.tab.get_by_role("button", name=re.compile("Finish visit")).count():
            returning.finish(hand)
        expect(hand.tab.get_by_text(re.compile(r"Saved \d\d:\d\d\. The visit is in the records"))).to_be_visible()
    finally:
        server.kill()
        server.wait()
    # What a kill leaves in the log is brought into the file by whoever opens it next.
    record_store.open_store(path).close()
    assert kept_on(path, today) == WHOLE


def test_of_two_tabs_on_one_draft_the_second_is_told_and_overwrites_nothing(path, opened):
    with served(path) as port:
        first = Hand(opened(port))
        first.rate("pain_before", "Neck pain", 4)
        returning.saved(first, "pain_before")
        second = Hand(opened(port, query=f"?{first.tab.url.partition('?')[2]}"))
        first.rate("pain_before", "Neck pain", 5)
        first.rate("pain_before", "Left shoulder pain", 2)
        expect(first.section("pain_before").get_by_text("now 2")).to_be_visible()
        second.rate("pain_before", "Left shoulder pain", 8)
        expect(second.tab.get_by_text(re.compile("filled in elsewhere"))).to_be_visible()
        for name, value in (("Neck pain", "5"), ("Left shoulder pain", "2")):
            group = second.section("pain_before").get_by_role("radiogroup", name=name, exact=True)
            expect(group.get_by_role("radio", name=value, exact=True)).to_be_checked()


def test_exchanged_sides_are_asked_about_and_put_right_with_one_tap(path, opened):
    with served(path) as port:
        hand = Hand(opened(port))
        left = hand.tab.get_by_label("Neck rotation, active, left", exact=True)
        right = hand.tab.get_by_label("Neck rotation, active, right", exact=True)
        hand.write(left, "73")
        hand.write(right, "61")
        expect(hand.section("motion").get_by_text("Left and right exchanged?")).to_be_visible()
        assert violations(hand.tab) == []
        hand.tap(hand.section("motion").get_by_role("button", name="Exchange them"))
        returning.saved(hand, "motion")
        expect(left).to_have_value("61")
        expect(right).to_have_value("73")


def test_what_can_never_be_is_refused_in_its_section_and_not_finished(path, opened, today):
    with served(path) as port:
        hand = Hand(opened(port))
        hand.write(hand.tab.get_by_label("Neck rotation, active, left", exact=True), "400")
        expect(hand.section("motion").get_by_text(re.compile("400 degrees is outside"))).to_be_visible()
        hand.tap(hand.tab.get_by_role("button", name=re.compile("Finish visit")))
        expect(hand.tab.locator(".st-key-finish_bar").get_by_text(re.compile("400 degrees"))).to_be_visible()
    assert kept_on(path, today)["sessions"] == 0


def test_by_keyboard_alone_a_pain_is_rated_and_the_visit_finished(path, opened, today):
    with served(path) as port:
        tab = opened(port, width=375)
        group = tab.locator("[class*=st-key-section_pain_before]").get_by_role(
            "radiogroup", name="Neck pain", exact=True
        )
        group.get_by_role("radio").first.focus()
        for _ in range(4):
            tab.keyboard.press("ArrowRight")
        tab.keyboard.press("Space")
        hand = Hand(tab)
        returning.saved(hand, "pain_before")
        tab.get_by_role("button", name=re.compile("Finish visit")).focus()
        tab.keyboard.press("Enter")
        expect(tab.get_by_text(re.compile("The visit is in the records"))).to_be_visible(timeout=30_000)
    assert kept_on(path, today)["pain"] == [("neck", "before", 4.0)]


def test_a_draft_is_in_no_figure_until_it_is_finished(path, today):
    store = record_store.open_store(path)
    client_id = int(store.open_for(OWNER).read("FROM visible_client WHERE name = 'Maya Rossi'")["client_id"][0])
    draft_id = drafts.begin(store, OWNER, client_id)
    drafts.save(store, OWNER, draft_id, "visit", {"session": {"visited_on": str(today), "episodes": []}})
    assert len(store.open_for(OWNER).read("FROM visible_session")) == 3
    store.close()
