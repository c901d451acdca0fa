"""The practice over time: sessions, new clients and episodes, discharges, lapses, by week or month."""

import datetime as dt
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from analytics import SQL, fates, outcomes
from analytics.episodes import CLOSED_AFTER_CHOICES, closed_at, with_status
from analytics.filters import Filters
from records.store import Window

Unit = Literal["week", "month"]


def by_period(window: Window, filters: Filters, unit: Unit, today: dt.date) -> pd.DataFrame:
    """What happened in each week (from Monday) or month of the period.

    Parameters
    ----------
    filters : Filters
        `since` and `until` bound the period; without `since` it begins with the first session, or the first visit of
        a chosen episode where another therapist or office gave it.

    Returns
    -------
    DataFrame, one row per week or month, oldest first; one without sessions stands as 0, it is not left out
        period_start (date); label; sessions (kept, not contacts), no_shows, late_cancels; new_clients (first visit of
        their first episode that this viewer may see), new_episodes (first visit), discharged, lapsed (first day
        without a visit for more than 30 days, none booked); in_care (episodes begun and not ended by the period's last
        day or today); running (the period is not over), partial (it began before `since`, or ended after an `until` in
        the past).
    """
    days = window.read(SQL / "sessions_by_day.sql", **filters.values())
    courses = _courses(window, filters, today)
    last_day = min(today, filters.until or today)
    began = pd.concat([days["visited_on"], courses["first_visit_on"]]).min()
    since = filters.since or (None if pd.isna(began) else began)
    if since is None or pd.Timestamp(since) > pd.Timestamp(last_day):
        return pd.DataFrame(columns=PERIOD_COLUMNS)
    starts = pd.period_range(since, last_day, freq="W-SUN" if unit == "week" else "M")
    table = pd.DataFrame({"period_start": starts.start_time.normalize()})
    table["label"] = [_label(start, unit) for start in table["period_start"]]
    bounds = (pd.Timestamp(since), pd.Timestamp(last_day))
    for column in ("sessions", "no_shows", "late_cancels"):
        table[column] = _sums(days["visited_on"], days[column], starts)
    begun, ended = courses["first_visit_on"], courses["ended_on"]
    for column, dates in (
        ("new_clients", begun[courses["is_first"]]),
        ("new_episodes", begun),
        ("discharged", ended[courses["status"] == "discharged"]),
        ("lapsed", ended[courses["status"] == "lapsed"]),
    ):
        inside = dates[dates.between(*bounds)]
        table[column] = _sums(inside, pd.Series(1, index=inside.index), starts)
    last_days = np.minimum(starts.end_time.normalize(), bounds[1])
    table["in_care"] = _so_far(begun, last_days) - _so_far(ended, last_days)
    table["running"] = starts.end_time.normalize() > pd.Timestamp(today)
    cut_short = (starts.end_time.normalize() > bounds[1]) & ~table["running"].to_numpy()
    table["partial"] = (starts.start_time.normalize() < bounds[0]) | cut_short
    return table[list(PERIOD_COLUMNS)]


PERIOD_COLUMNS = (
    "period_start",
    "label",
    "sessions",
    "no_shows",
    "late_cancels",
    "new_clients",
    "new_episodes",
    "discharged",
    "lapsed",
    "in_care",
    "running",
    "partial",
)


def _courses(window: Window, filters: Filters, today: dt.date) -> pd.DataFrame:
    found = window.read(SQL / "episode_courses.sql", **filters.values())
    return with_status(found, today, window.store.settings.closed_after_days)


def anything_happened(periods: pd.DataFrame) -> bool:
    """Whether any week or month of `by_period` has a session, an episode begun or ended, or one in care."""
    return bool(periods[["sessions", "new_episodes", "discharged", "lapsed", "in_care"]].to_numpy().any())


def _label(start: pd.Timestamp, unit: Unit) -> str:
    return f"{start.day} {start:%b %Y}" if unit == "week" else f"{start:%b %Y}"


def _so_far(dates: pd.Series, days: pd.DatetimeIndex) -> np.ndarray:
    """How many of the dates lie on or before each day."""
    return np.searchsorted(np.sort(dates.dropna().to_numpy()), days.to_numpy(), side="right")


def _sums(dates: pd.Series, counts: pd.Series, periods: pd.PeriodIndex) -> list[int]:
    at = pd.PeriodIndex(pd.to_datetime(dates), freq=periods.freq)
    summed = counts.groupby(at).sum()
    return summed.reindex(periods, fill_value=0).astype(int).tolist()


def splits(window: Window, filters: Filters) -> pd.DataFrame:
    """Visits in the period by therapist, office, injury type and cause.

    Returns
    -------
    DataFrame, one row per split and name, most sessions first
        split_by ("therapist", "office", "injury type", "cause"), name, sessions, clients, episodes.
    """
    return window.read(SQL / "sessions_split.sql", **filters.values())


def status_counts(window: Window, filters: Filters, today: dt.date) -> dict[str, int]:
    """How many episodes are active, on_hold, discharged and lapsed today."""
    courses = _courses(window, filters, today)
    counted = courses["status"].value_counts()
    return {status: int(counted.get(status, 0)) for status in ("active", "on_hold", "discharged", "lapsed")}


def ended(window: Window, filters: Filters, today: dt.date) -> pd.DataFrame:
    """What became of the episodes that ended in the period.

    Returns
    -------
    DataFrame, one row
        `analytics.fates.account`, but for still in care, of the episodes with a visit that are closed and whose care
        ended within `since` and `until`: by the day of discharge, or for a lapsed one the first day without a visit for
        more than 30 days. Whoever lapsed but is silent for no longer than the practice's gap rule is not closed and not
        among them.
    """
    found = outcomes.with_visits(outcomes.episodes(window, replace(filters, since=None, until=None), today))
    days = found["ended_on"]
    since = pd.Timestamp(filters.since) if filters.since else days.min()
    until = pd.Timestamp(filters.until) if filters.until else days.max()
    account = fates.account(found[found["closed"] & days.between(since, until)])
    return account.head(1).drop(columns=["injury_type", "still_in_care"])


def closed_counts(window: Window, filters: Filters, today: dt.date) -> dict[int, int]:
    """How many episodes of any period count as closed when 30, 45, 60 or 90 days without a visit end one."""
    courses = window.read(SQL / "episode_courses.sql", **filters.values())
    return {days: int(closed_at(courses, today, days).sum()) for days in CLOSED_AFTER_CHOICES}
