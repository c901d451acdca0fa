"""A typical return visit, written down in a browser as a therapist does: two regions, four motion readings, two
techniques, a note.

    python -m tests.walk.returning --pace 1.5

prints how many interactions it took and how long, with so many seconds before each (and a fifth of a second for each
letter typed).
"""

import argparse
import datetime as dt
import re
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from access import roles
from benchmarks.server import served
from records import entry, intake, store
from tests.walk.conftest import FLAGS, settled

OWNER = roles.viewer("walk", "owner")
LETTER_S = 0.2
NOTE = "Turns better after the warm-up. Keep the pillow low."


@dataclass(frozen=True)
class Maya:
    """Who comes back."""

    client_id: int
    episode_id: int


def practice(path: Path, today: dt.date) -> Maya:
    """A practice of one client with two regions and two visits behind her, entered through the same doors."""
    records = store.create(path, "Walked practice")
    with records.change(OWNER, "create") as change:
        therapist_id = change.insert("therapist", {"name": "J. Okafor"})
    client_id = intake.add_client(
        records, OWNER, {"name": "Maya Rossi", "birth_date": "1985-02-11", "sex": "female"}, idempotency_key="maya"
    )
    first = today - dt.timedelta(days=24)
    neck = int(records.open_for(OWNER).read("FROM visible_injury_type WHERE name = 'Neck pain'")["injury_type_id"][0])
    episode_id = intake.open_episode(
        records,
        OWNER,
        client_id,
        {"injury_type_id": neck, "cause": "auto_accident", "opened_on": str(first), "therapist_id": therapist_id},
        regions=[{"region": "neck", "side": "midline"}, {"region": "shoulder", "side": "left"}],
        referral={"visits_ordered": "12", "ordered_on": str(first)},
        goals=[{"measure": "pain", "target": 2}],
        idempotency_key="maya's neck",
    )
    for number, (days, neck_pain, left, right) in enumerate([(24, 6, 58, 72), (10, 3, 62, 74)]):
        entry.record_session(
            records,
            OWNER,
            {
                "client_id": client_id,
                "visited_on": str(today - dt.timedelta(days=days)),
                "kind": "treatment" if number else "evaluation",
                "status": "kept",
                "therapist_id": therapist_id,
            },
            [{
                "episode_id": episode_id,
                "minutes": "60",
                "home_done": str(7 + number),
                "home_prescribed": "14",
                "readings": [
                    *_pains("neck", "midline", neck_pain),
                    *_pains("shoulder", "left", 2),
                    *_turns("rotation", left, right),
                    *_turns("side_bending", 38, 41),
                ],
                "techniques": [
                    {"technique": "neuromuscular", "minutes": "30"},
                    {"technique": "myofascial_release", "minutes": "30"},
                ],
            }],
            idempotency_key=f"visit {number}",
        )  # fmt: skip
    _somebody_else(records, today)
    records.close()
    return Maya(client_id, episode_id)


def _somebody_else(records: store.Store, today: dt.date) -> None:
    """Ben, whose form Maya's values must never reach."""
    ben = intake.add_client(records, OWNER, {"name": "Ben Quick", "birth_date": "1990-01-01"}, idempotency_key="ben")
    injury = int(records.open_for(OWNER).read("FROM visible_injury_type WHERE name = 'Neck pain'")["injury_type_id"][0])
    opened = {"injury_type_id": injury, "cause": "fall", "opened_on": str(today - dt.timedelta(days=30))}
    episode = intake.open_episode(
        records, OWNER, ben, opened, regions=[{"region": "neck", "side": "midline"}], idempotency_key="ben's neck"
    )
    entry.record_session(
        records, OWNER,
        {"client_id": ben, "visited_on": opened["opened_on"], "kind": "treatment", "status": "kept"},
        [{"episode_id": episode, "readings": _pains("neck", "midline", 5)}], idempotency_key="ben's visit",
    )  # fmt: skip


def _pains(region: str, side: str, before: int) -> list[dict]:
    same = {"what": "pain", "kind": "now", "region": region, "side": side}
    return [
        same | {"label": "before", "moment": "before", "value": str(before)},
        same | {"label": "after", "moment": "after", "value": str(before - 1)},
    ]


def _turns(movement: str, left: int, right: int) -> list[dict]:
    same = {"what": "motion", "joint": "neck", "movement": movement, "motion_type": "active", "moment": "before"}
    return [
        same | {"label": side, "side": side, "value": str(value), "instrument": "crom"}
        for side, value in (("left", left), ("right", right))
    ]


class Hand:
    """Somebody at the screen: taps and types, at a pace, and is counted."""

    def __init__(self, tab: Page, pace_s: float = 0):
        self.tab, self.pace_s = tab, pace_s
        self.interactions = 0

    def section(self, name: str) -> Locator:
        return self.tab.locator(f"[class*=st-key-section_{name}]").first

    def tap(self, what: Locator) -> None:
        self._think()
        what.click()
        self.interactions += 1

    def write(self, where: Locator, words: str) -> None:
        """Fill one field and leave it."""
        self._think()
        where.click()
        where.press_sequentially(words, delay=LETTER_S * 1000 if self.pace_s else 0)
        where.press("Tab")
        self.interactions += 1

    def rate(self, section: str, pain: str, value: int) -> None:
        """Tap a number of one pain."""
        group = self.section(section).get_by_role("radiogroup", name=pain, exact=True)
        self.tap(group.get_by_role("radio", name=str(value), exact=True))

    def _think(self) -> None:
        time.sleep(self.pace_s)


def saved(hand: Hand, section: str) -> None:
    """The section says that the store has it."""
    expect(hand.section(section).get_by_text(re.compile(r"✓ saved \d\d:\d\d"))).to_be_visible(timeout=30_000)


def fill(hand: Hand) -> None:
    """Everything of the visit but the last tap."""
    hand.rate("pain_before", "Neck pain", 3)
    hand.rate("pain_before", "Left shoulder pain", 2)
    fields = hand.section("motion").get_by_role("spinbutton")
    for field, degrees in (
        ("Neck rotation, active, left", 66),
        ("Neck rotation, active, right", 75),
        ("Neck side-bending, active, left", 40),
        ("Neck side-bending, active, right", 42),
    ):
        hand.write(fields.and_(hand.tab.get_by_label(field, exact=True)), str(degrees))
    hand.tap(hand.section("techniques").get_by_role("button", name=re.compile("As last time")))
    hand.rate("pain_after", "Neck pain, after", 1)
    hand.rate("pain_after", "Left shoulder pain, after", 1)
    hand.write(hand.section("note").get_by_role("textbox"), NOTE)
    for section in ("pain_before", "motion", "techniques", "pain_after", "note"):
        saved(hand, section)


def finish(hand: Hand) -> None:
    """The last tap, and the store's word that the visit is in it."""
    hand.tap(hand.tab.get_by_role("button", name=re.compile("Finish visit")))
    expect(hand.tab.get_by_text(re.compile(r"Saved \d\d:\d\d\. The visit is in the records\."))).to_be_visible(
        timeout=30_000
    )


def main() -> None:
    """One return visit at a human pace; prints interactions and seconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.walk.returning")
    parser.add_argument("--pace", type=float, default=1.5, help="seconds of thought before each interaction")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "walked.duckdb"
        practice(path, dt.date.today())
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with served(path) as port:
            tab = browser.new_page(viewport={"width": 820, "height": 1180})
            tab.goto(f"http://localhost:{port}/record_session")
            settled(tab)
            began = time.monotonic()
            hand = Hand(tab, asked.pace)
            fill(hand)
            finish(hand)
            print(f"{hand.interactions} interactions, {time.monotonic() - began:.0f} s at {asked.pace:g} s each")
        browser.close()


if __name__ == "__main__":
    main()
