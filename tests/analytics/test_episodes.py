"""Where an episode of care stands: every boundary of active, on hold, discharged, lapsed, closed."""

import datetime as dt

import pandas as pd
import pytest

from analytics import progress
from analytics.episodes import CLOSED_AFTER_CHOICES, closed_at, with_status
from tables import practice_of


def days_ago(today: dt.date, days: int | None) -> pd.Timestamp:
    return pd.NaT if days is None else pd.Timestamp(today - dt.timedelta(days=days))


def judged(today, *, visit=None, booked=None, discharged=None, on_hold=False) -> dict:
    """One episode whose last visit, last booking and discharge were so many days ago (booked -1 is tomorrow)."""
    course = pd.DataFrame(
        {
            "on_hold": [on_hold],
            "discharged_on": [days_ago(today, discharged)],
            "last_visit_on": [days_ago(today, visit)],
            "last_booked_on": [days_ago(today, booked)],
        }
    )
    return with_status(course, today).iloc[0].to_dict()


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"visit": 0}, "active"),
        ({"visit": 30}, "active"),
        ({"visit": 31}, "lapsed"),
        ({"visit": 31, "booked": 0}, "active"),  # booked for today
        ({"visit": 31, "booked": -1}, "active"),
        ({"visit": 31, "booked": 1}, "lapsed"),  # booked for yesterday and not turned into a visit
        ({"visit": 5, "discharged": 5}, "discharged"),
        ({"visit": 400, "discharged": 390}, "discharged"),
        ({"visit": 5, "booked": -1, "discharged": 1, "on_hold": True}, "discharged"),  # discharge wins over all
        ({"visit": 5, "on_hold": True}, "on_hold"),
        ({"visit": 400, "on_hold": True}, "on_hold"),
        ({}, "no_visit"),
        ({"booked": 3}, "no_visit"),
        ({"booked": -3}, "active"),
    ],
)
def test_the_status_of_an_episode_at_its_boundaries(today, facts, status):
    assert judged(today, **facts)["status"] == status


@pytest.mark.parametrize(
    ("facts", "closed"),
    [
        ({"visit": 60}, False),  # exactly 60 days is still the same episode
        ({"visit": 61}, True),
        ({"visit": 61, "booked": -1}, False),
        ({"visit": 61, "on_hold": True}, False),
        ({"visit": 1, "discharged": 0}, True),
        ({}, False),
    ],
)
def test_an_episode_is_closed_by_discharge_or_by_more_than_sixty_days_of_silence(today, facts, closed):
    assert judged(today, **facts)["closed"] == closed


@pytest.mark.parametrize("days", CLOSED_AFTER_CHOICES)
def test_so_many_days_without_a_visit_are_still_care_and_one_more_is_not(today, days):
    courses = pd.DataFrame(
        {
            "on_hold": [False, False, True, False, False],
            "discharged_on": [pd.NaT, pd.NaT, pd.NaT, pd.NaT, days_ago(today, 0)],
            "last_visit_on": [days_ago(today, silent) for silent in (days, days + 1, days + 1, days + 1, 0)],
            "last_booked_on": [pd.NaT, pd.NaT, pd.NaT, days_ago(today, -1), pd.NaT],
        }
    )
    # Silent just long enough; on hold; booked for tomorrow; discharged today.
    assert closed_at(courses, today, days).tolist() == [False, True, False, False, True]


def test_care_ends_on_the_day_of_discharge_or_the_first_day_beyond_thirty_without_a_visit(today):
    assert judged(today, visit=9, discharged=4)["ended_on"] == days_ago(today, 4)
    assert judged(today, visit=31)["ended_on"] == days_ago(today, 0)  # the 31st day is the first of more than 30
    assert judged(today, visit=90)["ended_on"] == days_ago(today, 90 - 31)
    assert pd.isna(judged(today, visit=30)["ended_on"])
    assert pd.isna(judged(today, visit=90, on_hold=True)["ended_on"])


def test_a_contact_keeps_nobody_in_care_and_begins_nothing(store, owner, today):
    practice_of(
        store,
        owner,
        """
        client | day        | kind      | status
        Ada    | 2026-09-01 | treatment | kept
        Ada    | 2026-11-19 | contact   | kept
        Ada    | 2026-11-19 | treatment | no_show
        Ben    | 2026-11-19 | contact   | kept
        """,
    )
    window = store.open_for(owner)
    named = {}
    for name, client in window.read("SELECT name, client_id FROM visible_client").itertuples(index=False):
        named[name] = with_status(progress.episodes(window, client), today)["status"].tolist()
    assert named == {"Ada": ["lapsed"], "Ben": ["no_visit"]}


def test_an_empty_table_of_courses_stays_empty(store, owner, today):
    none = progress.episodes(store.open_for(owner), 1)
    assert with_status(none, today)[["status", "ended_on", "closed"]].empty
