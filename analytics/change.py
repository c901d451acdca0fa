"""Did a score move, and by enough: seven classes, asked in a fixed order.

With d the change in the direction of benefit, mic the important change and mdc the error of measuring: worse if
d <= -max(mic, mdc); possibly worse if d <= -mic; no room if the start lies nearer to the best end of the scale than
max(mic, mdc); improved if d reaches mic, mdc and the percent of the start; possibly improved if d reaches mic but not
all of these; else unchanged. The classes are our own (clinical reference, B3); the thresholds carry their sources in
instruments/, and which of them speaks for a client is chosen there.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

import instruments
from analytics.measurement_error import error_of_means
from instruments import Chosen, Limits, Scale

TOLERANCE = 1e-9  # (6 - 4.2) / 6 is 0.29999999 in floating point, and 30.0 % counts

WORDS = {
    "improved": "better, beyond error",
    "possibly_improved": "possibly better",
    "unchanged": "no clear change",
    "possibly_worse": "possibly worse",
    "worse": "worse, beyond error",
    "no_room": "little room to improve",
    "insufficient_data": "not enough readings",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One comparison of now against the start.

    Attributes
    ----------
    name : str
        One of the seven classes, a key of `WORDS`.
    first, latest : float or None
        The two readings, or means of readings, compared, in the scale's unit; None when missing.
    gain : float or None
        Change with the sign of benefit: positive is better on every scale.
    limits : Limits
        What the change was held against, each number with its source.
    first_ratings, latest_ratings : int
        How many visits' readings were averaged on either side.
    """

    name: str
    first: float | None
    latest: float | None
    gain: float | None
    limits: Limits
    first_ratings: int = 1
    latest_ratings: int = 1

    @property
    def words(self) -> str:
        """The class as people read it."""
        return WORDS[self.name]

    @property
    def error(self) -> Chosen | None:
        """The published error of one reading against one; None when none is known for this scale."""
        return self.limits.error

    @property
    def important(self) -> Chosen:
        """The published change that matters."""
        return self.limits.important

    @property
    def reaches_percent(self) -> bool:
        """Whether a gain is the share of the start that is asked besides, or none is asked."""
        percent = self.limits.percent
        return percent is None or bool(_enough(self.gain, self.first, percent.percent))

    @property
    def error_points(self) -> float | None:
        """The error this change was held against: the published one, less where readings were averaged."""
        return _error_points(self.limits, self.first_ratings, self.latest_ratings)


def verdict(
    first: float | None, latest: float | None, limits: Limits, first_ratings: int = 1, latest_ratings: int = 1
) -> Verdict:
    """Say whether a score moved by enough to matter, and by more than the error of measuring.

    Parameters
    ----------
    first, latest : number or missing, in the scale's own unit
        Readings of one kind, side and instrument, from different visits; or means of such readings.
    limits : Limits
        The thresholds chosen for this client, with an important change among them.
    first_ratings, latest_ratings : int
        How many visits' readings the two are means of; the error falls accordingly (clinical reference, B1).

    Returns
    -------
    Verdict
        "insufficient_data" when either reading is missing. Where no error of measuring is known for the scale nothing
        is called beyond it: the classes stop at possibly.

    Examples
    --------
    >>> from instruments import limits, scale
    >>> nprs = limits(scale("nprs"), region="low_back")
    >>> [verdict(7, latest, nprs).name for latest in (4, 5, 6, 7, 9, 10, None)]
    ['improved', 'possibly_improved', 'unchanged', 'unchanged', 'possibly_worse', 'worse', 'insufficient_data']
    """
    assert limits.important, f"{limits.scale.key} has no important change: it has trend words only"
    known = [None if pd.isna(value) else float(value) for value in (first, latest)]
    found = judged(
        pd.DataFrame(
            {
                "first": pd.Series([known[0]], dtype="float64"),
                "latest": pd.Series([known[1]], dtype="float64"),
                "error": np.nan if limits.error is None else _error_points(limits, first_ratings, latest_ratings),
                "important": limits.important.points,
                "percent": np.nan if limits.percent is None else limits.percent.percent,
            }
        ),
        limits.scale,
    )
    gain = None if None in known else (known[0] - known[1]) * (1 if limits.scale.better == "lower" else -1)
    return Verdict(str(found.iloc[0]), *known, gain, limits, first_ratings, latest_ratings)


def judged(compared: pd.DataFrame, scale: Scale | None = None, less_is_better: bool | pd.Series = False) -> pd.Series:
    """The seven classes in their order, of many comparisons at once.

    Parameters
    ----------
    compared : DataFrame of float, one row per comparison
        first, latest (NaN when not measured); error (NaN when none is known: nothing is then called beyond it);
        important; percent of the start asked besides (NaN when none is asked).
    scale : Scale, optional
        Supplies direction and best end. Without one there is no fixed end and more is better (motion), but for
        `less_is_better`.

    Returns
    -------
    Series of str, with the index of `compared`
    """
    first, latest, important = compared["first"], compared["latest"], compared["important"]
    lower = (scale.better == "lower") if scale else less_is_better
    gain = (latest - first) * np.where(lower, -1, 1)
    best = None if scale is None else scale.lowest if scale.better == "lower" else scale.highest
    room = np.inf if best is None else (first - best).abs()
    known = compared["error"].notna()
    larger = np.fmax(important, compared["error"])
    enough = compared["percent"].isna() | _enough(gain, first, compared["percent"])
    found = np.select(
        [
            gain.isna(),
            known & (gain <= -larger + TOLERANCE),
            gain <= -important + TOLERANCE,
            room < larger - TOLERANCE,
            known & (gain >= larger - TOLERANCE) & enough,
            gain >= important - TOLERANCE,
        ],
        ["insufficient_data", "worse", "possibly_worse", "no_room", "improved", "possibly_improved"],
        "unchanged",
    )
    return pd.Series(found, index=compared.index, dtype="str")


def limits_table(scale: Scale, clients: pd.DataFrame) -> pd.DataFrame:
    """The numbers chosen for each of many clients.

    Parameters
    ----------
    clients : DataFrame
        region, chronicity, days (between the two readings); missing where not known.

    Returns
    -------
    DataFrame, with the index of `clients`
        error, important, percent: as `judged` asks for them, of one reading against one.
    """
    # Between two ends of the studies' follow-ups every day has the same numbers.
    ends = sorted({day for row in scale.errors + scale.important for day in row.follow_up_days or ()})
    days = clients["days"].to_numpy(dtype="float64")
    bands = [np.searchsorted(ends, days, side) for side in ("left", "right")]
    found = pd.DataFrame(np.nan, index=clients.index, columns=["error", "important", "percent"])
    groups = clients.groupby([clients["region"], clients["chronicity"], *bands], dropna=False, sort=False)
    for rows in groups.indices.values():
        chosen = limits_of(scale, *clients[["region", "chronicity", "days"]].iloc[rows[0]])
        found.iloc[rows] = (
            np.nan if chosen.error is None else chosen.error.points,
            chosen.important.points,
            np.nan if chosen.percent is None else chosen.percent.percent,
        )
    return found


def _enough(gain, first, percent):
    """Whether a gain is that percent of the start or more; of a start of 0 nothing is. Numbers or Series."""
    return (first > 0) & (100 * gain >= percent * first - 100 * TOLERANCE)


def _error_points(limits: Limits, first_ratings: int, latest_ratings: int) -> float | None:
    return None if limits.error is None else error_of_means(limits.error.points, first_ratings, latest_ratings)


def limits_of(
    scale: Scale, region: object, chronicity: object, follow_up_days: object, items: int | None = None
) -> Limits:
    """The thresholds for a client as a table holds them: NaN and NaT are not known."""
    told = [None if pd.isna(value) else value for value in (region, chronicity, follow_up_days)]
    return instruments.limits(scale, *told, items)
