"""The practice's own error of measuring motion, from the readings it repeated within one visit.

It stands in the place of the published error once there are enough pairs, and is always labelled. Repeats of one visit
leave out the swing from one day to the next, so the error between two visits is larger than this: the label says so.
"""

import math
from dataclasses import dataclass

from analytics import SQL
from analytics.measurement_error import minimal_detectable_change
from records.store import Window

ENOUGH_PAIRS = 50  # the spread is then known to -16 and +24 %: see `own_errors`
READING_STEP_DEG = 1.0  # degrees are read in whole numbers: repeats that always agree are not free of error


@dataclass(frozen=True, slots=True)
class OwnError:
    """The change between two readings that 90 % of unchanged repeats stay under.

    Attributes
    ----------
    points : float
        In degrees, never under the step of reading.
    pairs : int
        Degrees of freedom: two readings of one visit are one pair, three are two.
    clients : int
        How many people were measured repeatedly.
    """

    points: float
    pairs: int
    clients: int

    @property
    def cited(self) -> str:
        """Where the number comes from, and what it leaves out.

        >>> OwnError(6.5, 101, 14).cited  # doctest: +NORMALIZE_WHITESPACE
        'own repeat error of this practice, 90 %, from 101 pairs of 14 clients within one visit: it leaves out the swing
        from day to day'
        """
        return (
            f"own repeat error of this practice, 90 %, from {self.pairs} pairs of {self.clients} clients within one"
            " visit: it leaves out the swing from day to day"
        )


def own_errors(window: Window) -> dict[tuple[str, str, str, str], OwnError]:
    """The practice's own errors that stand on enough readings.

    Returns
    -------
    dict
        By joint, movement, motion type ("active", "passive") and raters ("same", "different"). A key is absent under
        50 pairs or 11 clients, and all of them are for a viewer without the right to pooled facts: the published error
        is then used. Readings of one rater speak of that rater only, never of two.

    Examples
    --------
    Why 50 pairs: the true standard deviation lies (95 %, chi-square) between these shares of the one found. With 10
    pairs an error of 6 degrees might be anything from 4.2 to 10.5, with 50 it is between 5.0 and 7.5.

    >>> from scipy import stats
    >>> [[round(math.sqrt(n / stats.chi2.ppf(p, n)), 2) for p in (0.975, 0.025)] for n in (10, ENOUGH_PAIRS)]
    [[0.7, 1.75], [0.84, 1.24]]
    """
    rows = window.read(SQL / "repeat_error.sql")
    return {
        (row.joint, row.movement, row.motion_type, row.raters): own_error(row.sum_of_squares, row.pairs, row.clients)
        for row in rows[rows["pairs"] >= ENOUGH_PAIRS].itertuples()
    }


def own_error(sum_of_squares: float, pairs: int, clients: int) -> OwnError:
    """SEM = sqrt(sum of squares / pairs), and the 90 % error between two readings (clinical reference, B1).

    Parameters
    ----------
    sum_of_squares : square degrees, of the repeats' distances from the mean of their visit
    pairs : degrees of freedom behind it

    Examples
    --------
    60 pairs that lie 4 degrees apart each: 2 * 2^2 = 8 a pair, SEM sqrt(8) = 2.83, error 1.645 * sqrt(2) * 2.83.

    >>> round(own_error(60 * 8, 60, 20).points, 2), own_error(0, 60, 20).points
    (6.58, 1.0)
    """
    error = minimal_detectable_change(math.sqrt(sum_of_squares / pairs))
    return OwnError(max(error, READING_STEP_DEG), int(pairs), int(clients))
