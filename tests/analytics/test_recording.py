"""What the last visit offers the form: the regions and joints to ask about, and the values beside them."""

import pandas as pd
import pytest

from analytics import recording
from analytics.recording import Pain
from tables import enter, practice_of, rows


def regions(*places: tuple) -> pd.DataFrame:
    return pd.DataFrame(places, columns=["region", "side"])


def rated(drawn: str) -> pd.DataFrame:
    table = rows(drawn)
    return table.astype({name: "float64" for name in ("last_before", "last_after", "last_between")})


NOBODY_RATED = pd.DataFrame(
    columns=["kind", "region", "side", "last_before", "last_after", "last_between", "last_visit"]
)


def test_a_first_visit_asks_for_the_regions_of_the_episode_the_main_one_first():
    asked = recording.pains(regions(("neck", None), ("shoulder", "left")), NOBODY_RATED)
    assert asked == (Pain("now", "neck", None), Pain("now", "shoulder", "left"))


def test_an_episode_without_a_region_still_asks_for_pain():
    assert recording.pains(regions(), NOBODY_RATED) == (Pain("now", None, None),)


def test_what_was_rated_keeps_its_kind_and_stands_in_the_order_of_the_regions():
    asked = recording.pains(
        regions(("neck", None), ("shoulder", "left")),
        rated("""
        kind    | region   | side | last_before | last_after | last_between | last_visit
        now     | shoulder | left | 4           | 3          | -            | 3
        average | neck     | -    | 6           | -          | -            | 3
        """),
    )
    assert asked == (Pain("average", "neck", None, 6.0), Pain("now", "shoulder", "left", 4.0, 3.0))


def test_a_pain_left_off_long_ago_that_is_no_region_of_the_episode_is_not_asked_again():
    asked = recording.pains(
        regions(("neck", None)),
        rated("""
        kind | region | side  | last_before | last_after | last_between | last_visit
        now  | neck   | -     | 6           | 5          | -            | 4
        now  | elbow  | right | 2           | -          | -            | 1
        """),
    )
    assert [asked_pain.region for asked_pain in asked] == ["neck"]


def test_the_worst_since_last_time_stands_with_its_region_and_is_no_pain_of_its_own():
    asked = recording.pains(
        regions(("neck", None)),
        rated("""
        kind  | region | side | last_before | last_after | last_between | last_visit
        now   | neck   | -    | 6           | 5          | -            | 4
        worst | neck   | -    | -           | -          | 8            | 4
        """),
    )
    assert asked == (Pain("now", "neck", None, 6.0, 5.0, 8.0),)


@pytest.fixture
def knee(store, owner):
    """Ada's knee: two visits with motion, a contact, a booking; techniques, a goal and an entry."""
    drawn = practice_of(
        store,
        owner,
        """
        client | day        | kind      | status | minutes | before | after | knee flexion right | home_prescribed
        Ada    | 2026-11-02 | treatment | kept   | 45      | 6      | 4     | 100                | 10
        Ada    | 2026-11-09 | treatment | kept   | 60      | 5      | 3     | 104                | 14
        Ada    | 2026-11-12 | contact   | kept   | -       | 9      | -     | -                  | -
        Ada    | 2026-11-23 | treatment | booked | -       | -      | -     | -                  | -
        """,
    )
    enter(
        store,
        owner,
        drawn,
        "technique_use",
        """
        episode | session | technique     | minutes
        Ada     | 1       | relaxation    | 45
        Ada     | 2       | trigger_point | 20
        Ada     | 2       | neuromuscular | 40
        """,
    )
    enter(
        store,
        owner,
        drawn,
        "motion",
        """
        episode | session | joint | movement | side  | motion_type | moment | degrees | repeat_number
        Ada     | 2       | knee  | flexion  | right | active      | before | 108     | 2
        Ada     | 2       | knee  | flexion  | left  | active      | before | 135     | 1
        """,
    )
    enter(
        store,
        owner,
        drawn,
        "goal",
        """
        episode | measure | joint | movement | side  | target | set_on
        Ada     | motion  | knee  | flexion  | right | 130    | 2026-11-02
        """,
    )
    enter(
        store,
        owner,
        drawn,
        "dated_entry",
        """
        episode | kind       | words     | entered_on
        Ada     | medication | ibuprofen | 2026-11-02
        Ada     | medication | none now  | 2026-11-09
        """,
    )
    return drawn


def test_an_episode_offers_its_last_visit_and_no_contact(store, owner, knee, today):
    offer = recording.offer(store.open_for(owner), knee.clients["Ada"], knee.episodes["Ada"], today)
    assert offer.visits == 2
    assert (offer.last_visit["minutes"], offer.last_visit["exercise_prescribed"]) == (60, 14)
    assert offer.pains == (Pain("now", None, None, 5.0, 3.0),)  # the 9 was told at a contact
    assert offer.bookings["session_id"].tolist() == [knee.sessions[3]]
    assert offer.techniques["technique"].tolist() == ["neuromuscular", "trigger_point"]
    assert offer.entries[["kind", "words"]].values.tolist() == [["medication", "none now"]]


def test_motion_is_offered_with_both_sides_the_goal_and_the_reference(store, owner, knee, today):
    [flexion] = recording.offer(store.open_for(owner), knee.clients["Ada"], knee.episodes["Ada"], today).motions
    assert (flexion.joint, flexion.movement, flexion.motion_type) == ("knee", "flexion", "active")
    assert flexion.sides == ("left", "right")
    assert flexion.last_deg == {"left": 135.0, "right": 106.0}  # (104 + 108) / 2, the repeats of one visit
    assert flexion.goal_deg == {"right": 130.0}
    assert flexion.reference == "135–150°"


def test_an_episode_is_offered_to_nobody_who_may_not_see_it(store, therapist, knee, today):
    offer = recording.offer(store.open_for(therapist(7)), knee.clients["Ada"], knee.episodes["Ada"], today)
    assert offer.visits == 0
    assert offer.motions == ()
    assert recording.client(store.open_for(therapist(7)), knee.clients["Ada"]).empty
