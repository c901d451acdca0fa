"""One client over time: pain by visit, motion by joint, visits used of ordered."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

import instruments
from analytics import SQL, change
from analytics.change import limits_of
from instruments import Instruments
from records.store import Window

SERIES = ("kind", "region", "side")  # what makes one pain series: never mixed


@dataclass(frozen=True, slots=True)
class Course:
    """What one episode's visits say about pain before treatment.

    Attributes
    ----------
    verdict : change.Verdict
        Now against the start.
    steady : change.Verdict or None
        The mean of the last two or three ratings against the start, with the smaller error of a mean; None where fewer
        than two ratings follow the start.
    region : str or None
        The region the thresholds were chosen for.
    first_visit, latest_visit : int or None
        The visit numbers compared; None when not measured.
    readings, visits : int
        How many visits were rated before treatment, of how many.
    first_treated_visit : int
        Ratings up to this visit precede any treatment.
    """

    verdict: change.Verdict
    steady: change.Verdict | None
    region: str | None
    first_visit: int | None
    latest_visit: int | None
    readings: int
    visits: int
    first_treated_visit: int = 1


def recent_clients(window: Window, today: dt.date) -> pd.DataFrame:
    """The twenty clients seen or heard from last: client_id, name, birth_date, last_seen_on."""
    return window.read(SQL / "recent_clients.sql", today=today)


def found_clients(window: Window, words: str) -> pd.DataFrame:
    """At most twenty clients whose name holds every word: client_id, name, birth_date."""
    return window.read(SQL / "found_clients.sql", words=words)


def client(window: Window, client_id: int) -> pd.DataFrame:
    """One row about the client, or none when this viewer may not see them."""
    return window.read(SQL / "client.sql", client_id=client_id)


def episodes(window: Window, client_id: int) -> pd.DataFrame:
    """The client's episodes of care, newest first, one row each."""
    return window.read(SQL / "episodes_of_client.sql", client_id=client_id)


def sessions(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """Everything booked, kept, missed or asked by phone in the episode, oldest first; columns as the query says."""
    return window.read(SQL / "visits_of_episode.sql", client_id=client_id, episode_id=episode_id)


def pain_series(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """Pain before and after by visit for every kind, region and side rated; the one judged by has is_main."""
    return window.read(SQL / "pain_series_of_episode.sql", client_id=client_id, episode_id=episode_id)


def techniques(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """visit_number, technique, minutes (missing when not noted)."""
    return window.read(SQL / "techniques_of_episode.sql", client_id=client_id, episode_id=episode_id)


def regions(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """region, region_name, side; the main complaint first."""
    return window.read(SQL / "sides_of_episode.sql", client_id=client_id, episode_id=episode_id)


def goals(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """The goals of the episode, the latest set first."""
    return window.read(SQL / "goals_of_episode.sql", client_id=client_id, episode_id=episode_id)


def orders(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """Visits ordered and used, one row per order, the running one last."""
    return window.read(SQL / "orders_of_episode.sql", client_id=client_id, episode_id=episode_id)


def kept_visits(sessions: pd.DataFrame) -> pd.DataFrame:
    """The rows of `sessions` that are visits, with whole visit numbers."""
    kept = sessions[sessions["visit_number"].notna()]
    return kept.assign(visit_number=kept["visit_number"].astype(int)).reset_index(drop=True)


def missed_visits(sessions: pd.DataFrame) -> pd.DataFrame:
    """The rows of `sessions` that are visits nobody came to; a call that reached nobody is none."""
    return sessions[(sessions["status"] == "no_show") & (sessions["kind"] != "contact")]


def pain_course(window: Window, client_id: int, episode_id: int) -> Course:
    """Compare now with the start: pain before treatment of the episode's one series.

    Returns
    -------
    Course
        With the class "insufficient_data" when no rating follows the start. The start is the first rating, or the mean
        of those that precede any treatment; now is the latest.
    """
    found = window.read(SQL / "pain_course_of_episode.sql", client_id=client_id, episode_id=episode_id)
    return course_of(found.iloc[0], window.store.instruments)


def course_of(row: pd.Series, known: Instruments = instruments.PUBLISHED) -> Course:
    """The course a row of `pain_course_of_episode.sql` tells of, held against the numbers the practice goes by."""
    limits = limits_of(known.scale("nprs"), row["region"], row["chronicity"], _days(row))
    start = (row["first_pain"], max(int(row["first_ratings"]), 1))
    recent = int(row["recent_ratings"])
    return Course(
        verdict=change.verdict(start[0], row["latest_pain"], limits, start[1]),
        steady=change.verdict(start[0], row["recent_pain"], limits, start[1], recent) if recent > 1 else None,
        region=None if pd.isna(row["region"]) else row["region"],
        first_visit=None if pd.isna(row["first_visit"]) else int(row["first_visit"]),
        latest_visit=None if pd.isna(row["latest_visit"]) else int(row["latest_visit"]),
        readings=int(row["readings"]),
        visits=int(row["visits"]),
        first_treated_visit=1 if pd.isna(row["first_treated_visit"]) else int(row["first_treated_visit"]),
    )


def _days(row: pd.Series) -> float | None:
    """Days between the start and now; None when there is no now."""
    return None if pd.isna(row["latest_on"]) else (row["latest_on"] - row["first_on"]).days


def main_pain(series: pd.DataFrame) -> str:
    """How sentences name the pain an episode is judged by, from the rows of `pain_series`; "Pain" without a rating."""
    main = series[series["is_main"].astype(bool)]
    return "Pain" if main.empty else _pain_name(*main[list(SERIES)].iloc[0])


def other_pains(
    series: pd.DataFrame,
    visits: pd.DataFrame,
    chronicity: object = None,
    first_treated_visit: int = 1,
    known: Instruments = instruments.PUBLISHED,
) -> list[tuple[str, change.Verdict, pd.DataFrame]]:
    """Every other pain rated in the episode: its name, now against the start, and its ratings at every visit.

    Returns
    -------
    list of (name, Verdict, DataFrame with visit_number, visited_on, pain_before, pain_after)
        The thresholds are those of the pain's own region; a rating without one has none written down.
    """
    others = series[~series["is_main"].astype(bool)]
    return [
        (
            _pain_name(*key),
            _start_to_now(rated[rated["pain_before"].notna()], first_treated_visit, key[1], chronicity, known),
            visits[["visit_number", "visited_on"]].merge(
                rated[["visit_number", "pain_before", "pain_after"]], on="visit_number", how="left"
            ),
        )
        for key, rated in others.groupby(list(SERIES), dropna=False, sort=False)
    ]


def _start_to_now(
    rated: pd.DataFrame, first_treated_visit: int, region: object, chronicity: object, known: Instruments
) -> change.Verdict:
    """As `visible_pain_course` has it of the series the episode is judged by."""
    in_start = (rated["visit_number"] <= first_treated_visit) | (rated["visit_number"] == rated["visit_number"].min())
    start, later = rated[in_start], rated[~in_start]
    now = None if later.empty else later.iloc[-1]
    days = None if now is None else (now["visited_on"] - start["visited_on"].iloc[0]).days
    limits = limits_of(known.scale("nprs"), region, chronicity, days)
    first = None if start.empty else start["pain_before"].mean()
    return change.verdict(first, None if now is None else now["pain_before"], limits, max(len(start), 1))


def _pain_name(kind: str, region: object, side: object) -> str:
    return pain_name(kind, *(None if pd.isna(value) else value for value in (region, side)))


def running_order(orders: pd.DataFrame, visits: int) -> dict:
    """The latest order of an episode and how its visits stand.

    Parameters
    ----------
    orders : DataFrame
        As `orders` returns them.
    visits : int
        Kept visits of the episode.

    Returns
    -------
    dict
        ordered (None without an order), used, expires_on (None when not stated), under_earlier (visits charged to
        orders before it), under_none (visits no order covers).
    """
    if orders.empty:
        return {"ordered": None, "used": visits, "expires_on": None, "under_earlier": 0, "under_none": 0}
    latest = orders.iloc[-1]
    return {
        "ordered": int(latest["ordered"]),
        "used": int(latest["used"]),
        "expires_on": None if pd.isna(latest["expires_on"]) else latest["expires_on"],
        "under_earlier": int(orders["used"].iloc[:-1].sum()),
        "under_none": visits - int(orders["used"].sum()),
    }


def pain_name(kind: str, region: str | None, side: str | None) -> str:
    """How a sentence names a pain series.

    >>> pain_name("now", "neck", "left"), pain_name("average", "low_back", "midline"), pain_name("now", None, None)
    ('Left neck pain', 'Average low back pain', 'Pain')
    """
    parts = [
        {"now": "", "worst": "worst", "best": "least", "average": "average"}[kind],
        side if side in ("left", "right") else "",
        instruments.REGIONS[region] if region else "",
        "pain",
    ]
    words = " ".join(part for part in parts if part)
    return words[0].upper() + words[1:]


def pain_goal(wanted: pd.DataFrame) -> float | None:
    """The pain the client wants to reach, from the goal set last; None when none was set."""
    pain = wanted[wanted["measure"] == "pain"]
    return None if pain.empty else float(pain["target"].iloc[0])
