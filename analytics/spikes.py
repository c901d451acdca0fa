"""Rises of pain from one visit to the next: which were spikes that settled, and which a worsening.

A spike is pain alone: "flare-up" is a word for visits that client or therapist marked as one (clinical reference, B3).
"""

import numpy as np
import pandas as pd

from analytics import change
from analytics.change import TOLERANCE
from instruments import Limits

BEFORE = 3  # rated visits whose median a spike stands above
SETTLES_IN_DAYS, SETTLES_IN_VISITS = 28, 3
COLUMNS = ("visit_number", "visited_on", "pain", "median_before", "state", "settled_visit", "flare_marked")


def spikes(visits: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """Every spike of pain before treatment, and how it ended.

    Parameters
    ----------
    visits : DataFrame, one row per kept visit, oldest first
        visit_number, visited_on, pain_before (0-10, missing when not asked), flare_marked (missing when not marked).
    limits : Limits
        With the important change: a spike stands that far or farther above the median of the three rated visits before.

    Returns
    -------
    DataFrame, one row per spike
        visit_number, visited_on, pain, median_before, flare_marked (bool), settled_visit (the first later visit rated
        less than the important change above that median; missing when there is none), and state: "worsening" when a
        rating three visits or more than 28 days later, whichever came first, was still up; "settled" when one came back
        before that; else "open". Ratings before a spike has settled, or is a worsening, belong to it.

    Notes
    -----
    With fewer than three ratings before it no visit can be called a spike. A spike that was not rated again, or not so
    late, stays open however long ago it was: nobody measured that it lasted.
    """
    rated = visits[visits["pain_before"].notna()].reset_index(drop=True)
    pain, number = rated["pain_before"].to_numpy(float), rated["visit_number"].to_numpy(int)
    day = pd.to_datetime(rated["visited_on"])
    found, place = [], BEFORE
    while place < len(rated):
        median = float(np.median(pain[place - BEFORE : place]))
        if pain[place] - median < limits.important.points - TOLERANCE:
            place += 1
            continue
        back = pain - median < limits.important.points - TOLERANCE
        after = np.arange(len(rated)) > place
        late = ((day - day[place]).dt.days > SETTLES_IN_DAYS) | (number >= number[place] + SETTLES_IN_VISITS)
        came_back = [*np.flatnonzero(after & back), len(rated)][0]
        lasting = [*np.flatnonzero(after & late & ~back), len(rated)][0]
        if lasting < came_back:
            state, ends = "worsening", lasting + 1
        else:
            state, ends = ("settled" if came_back < len(rated) else "open"), came_back
        found.append(
            {
                "visit_number": number[place],
                "visited_on": rated["visited_on"][place],
                "pain": pain[place],
                "median_before": median,
                "state": state,
                "settled_visit": number[came_back] if came_back < len(rated) else np.nan,
                "flare_marked": _is_marked(rated["flare_marked"][place]),
            }
        )
        place = ends
    return pd.DataFrame(found, columns=COLUMNS)


def marked_visits(visits: pd.DataFrame) -> list[int]:
    """The numbers of the visits that were marked as a flare-up, with or without a spike of pain."""
    return [int(row.visit_number) for row in visits.itertuples() if _is_marked(row.flare_marked)]


def worse_twice(pain: pd.Series, limits: Limits, first_ratings: int = 1) -> bool:
    """Whether each of the last two ratings is worse than the start, beyond the error of measuring.

    One comparison at every visit calls many unchanged people worse; two in a row call few (clinical reference, B3).

    Parameters
    ----------
    pain : Series of float, oldest first
        Pain before treatment by visit; missing visits are passed over.
    limits : Limits
    first_ratings : int
        How many of the first ratings are averaged as the start.
    """
    rated = pain.dropna().tolist()
    start, later = rated[:first_ratings], rated[first_ratings:]
    return len(later) >= 2 and all(
        change.verdict(sum(start) / first_ratings, latest, limits, first_ratings).name == "worse"
        for latest in later[-2:]
    )


def _is_marked(cell: object) -> bool:
    return not pd.isna(cell) and bool(cell)
