"""Where an episode of care stands: active, on hold, discharged, lapsed (glossary: docs/glossary.md)."""

import datetime as dt

import pandas as pd

from records.in_force import CLOSED_AFTER_CHOICES, CLOSED_AFTER_DAYS

__all__ = ["CLOSED_AFTER_CHOICES", "LAPSED_AFTER_DAYS", "closed_at", "with_status"]

LAPSED_AFTER_DAYS = 30


def with_status(courses: pd.DataFrame, today: dt.date, closed_after_days: int = CLOSED_AFTER_DAYS) -> pd.DataFrame:
    """Add what became of each episode.

    Parameters
    ----------
    courses : DataFrame, one row per episode
        on_hold, discharged_on, last_visit_on, last_booked_on (missing when there is none).
    today : date
    closed_after_days : int
        The practice's gap rule, from its settings.

    Returns
    -------
    DataFrame
        A copy with `status` ("discharged", "on_hold", "active", "lapsed", or "no_visit" for an episode that has only
        contacts); `ended_on`: the day of discharge, or for a lapsed episode the first day without a visit for more
        than 30 days, missing while care goes on; `closed`: discharged, or lapsed and without a visit for more than
        `closed_after_days`.

    Notes
    -----
    Active: a visit in the last 30 days, or one booked from today on. Lapsed: neither, and not discharged. A client who
    comes back stops being lapsed, so past counts of lapses can fall.
    """
    now = pd.Timestamp(today)
    discharged = courses["discharged_on"].notna()
    booked = courses["last_booked_on"] >= now
    recent = courses["last_visit_on"] >= now - pd.Timedelta(days=LAPSED_AFTER_DAYS)
    status = pd.Series("lapsed", index=courses.index, dtype="str")
    status[courses["last_visit_on"].isna()] = "no_visit"
    status[recent | booked] = "active"
    status[courses["on_hold"].astype(bool)] = "on_hold"
    status[discharged] = "discharged"
    lapsed_on = courses["last_visit_on"] + pd.Timedelta(days=LAPSED_AFTER_DAYS + 1)
    ended_on = courses["discharged_on"].where(discharged, lapsed_on.where(status == "lapsed"))
    return courses.assign(status=status, ended_on=ended_on, closed=closed_at(courses, today, closed_after_days))


def closed_at(courses: pd.DataFrame, today: dt.date, days: int) -> pd.Series:
    """Which episodes count as closed when so many days without a visit end one.

    Parameters
    ----------
    courses : DataFrame
        As for `with_status`.
    days : int
        30 or more: a shorter silence is no lapse. Exactly so many days are still care.

    Returns
    -------
    Series of bool
        Discharged, or neither on hold nor booked, and the last visit more than `days` ago. Without a visit nothing
        lapses, so an episode of contacts only is closed by discharge alone.
    """
    now = pd.Timestamp(today)
    booked = courses["last_booked_on"] >= now
    silent = courses["last_visit_on"] < now - pd.Timedelta(days=days)
    return courses["discharged_on"].notna() | (silent & ~booked & ~courses["on_hold"].astype(bool))
