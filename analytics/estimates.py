"""Means and shares with their intervals, small numbers said as such; what falls without any treatment."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

import instruments

# On invented ratings (mean 5, SD 2, cut at 4) 8 of 10 estimates lie roughly between half and twice the truth from 100
# on; of 30, between a quarter and two and a half times. Where the pain that brings people differs from one to the next,
# no number of people mends it (`python -m tests.trials`).
FEWEST_FOR_REGRESSION = 100
MOST_PAIN = instruments.scale("nprs").highest


@dataclass(frozen=True, slots=True)
class ExpectedFall:
    """The fall expected of a group that was chosen for being high, though nothing was done.

    Attributes
    ----------
    points : float or None
        A rough estimate, neither the least nor the most; None when it cannot be said, and `why` then says why not.
    cut_off : float or None
        The estimate speaks of those whose first rating lies above it.
    used : int
        How many those are.
    """

    points: float | None
    cut_off: float | None
    used: int
    why: str = ""

    @property
    def words(self) -> str:
        """The points as a rough number; one that rounds to 0.0 is not said as none."""
        assert self.points is not None, f"there is nothing to say: {self.why}"
        told = f"{self.points:.1f}"
        return "less than 0.1" if told == "0.0" else f"roughly {told}"


def mean_interval(mean: pd.Series, sd: pd.Series, n: pd.Series, level: float = 0.95) -> tuple[pd.Series, pd.Series]:
    """The t interval of a mean.

    Parameters
    ----------
    mean, sd, n : Series of one length
        Sample mean, sample standard deviation and count; sd is missing for n below 2.

    Returns
    -------
    low, high : Series
        Missing where n is below 2: one reading has no interval.

    Examples
    --------
    Four values 1, 2, 3, 4: mean 2.5, sd 1.291, t(3, 97.5 %) = 3.182, half width 3.182 * 1.291 / 2 = 2.054.

    >>> low, high = mean_interval(pd.Series([2.5]), pd.Series([1.2909944]), pd.Series([4]))
    >>> float(low.round(3)[0]), float(high.round(3)[0])
    (0.446, 4.554)
    """
    count = n.astype(float).where(n >= 2, np.nan)
    half = pd.Series(stats.t.ppf(0.5 + level / 2, count - 1), index=mean.index) * sd.astype(float) / np.sqrt(count)
    return mean - half, mean + half


def wilson(successes: pd.Series, n: pd.Series, level: float = 0.95) -> tuple[pd.Series, pd.Series]:
    """The Wilson interval of a share.

    Parameters
    ----------
    successes, n : Series of int, of one index

    Returns
    -------
    low, high : Series of float, 0 to 1
        Missing where n is 0: of nobody there is no share.

    Examples
    --------
    Newcombe 1998: 81 of 263.

    >>> low, high = wilson(pd.Series([81]), pd.Series([263]))
    >>> float(low.round(4)[0]), float(high.round(4)[0])
    (0.2553, 0.3662)
    """
    ends = [
        stats.binomtest(int(k), int(m)).proportion_ci(level, method="wilson") if m else (np.nan, np.nan)
        for k, m in zip(successes, n, strict=True)
    ]
    low, high = np.array(ends, dtype="float64").reshape(-1, 2).T
    return pd.Series(low, index=n.index), pd.Series(high, index=n.index)


def expected_fall(mean: float, sd: float, reliability: float, cut_off: float) -> float:
    """How far a second reading falls by itself in those whose first lay above a cut-off: regression to the mean.

    (1 - r) * SD * phi(z) / (1 - Phi(z)), z = (cut-off - mean) / SD (clinical reference, D; Barnett 2005).

    Parameters
    ----------
    mean, sd : float
        Of the readings of everyone, before any was chosen; normally distributed.
    reliability : float
        Correlation of two readings in whom nothing changed, 0 to 1.
    cut_off : float

    Examples
    --------
    >>> round(expected_fall(mean=5, sd=2, reliability=0.75, cut_off=6), 4)
    0.5705
    """
    return (1 - reliability) * sd * _hazard((cut_off - mean) / sd)


def untruncated(ratings: pd.Series, cut_off: float, step: float = 1) -> tuple[float, float] | None:
    """Mean and SD of the normal distribution of which these ratings of pain are the part above the cut-off.

    Parameters
    ----------
    ratings : Series of float, 0 to 10, all above `cut_off`
    step : float
        What people round to: 1, or 0.5 where they rate in halves.

    Returns
    -------
    (mean, sd), or None when no normal distribution with a mean on the scale has such a part: the ratings do not vary,
    or fall off so slowly that its mean would lie at 0 or below.

    Notes
    -----
    By maximum likelihood: a rating stands for all within half a step of it, and 10 for all above as well. Taking mean
    and SD of the ratings as they are would expect too little, which flatters treatment: a seventh less of a normal with
    mean 5 and SD 2 cut at 4, half of one with mean 3 cut at 5.
    """
    values, counts = np.unique(ratings, return_counts=True)
    lower = np.maximum(values - step / 2, cut_off)
    upper = np.where(values >= MOST_PAIN, np.inf, values + step / 2)

    def surprise(tried: np.ndarray) -> float:
        mean, sd = tried
        beyond = stats.norm.logsf((cut_off - mean) / sd)
        return counts.sum() * beyond - (counts * _log_between((lower - mean) / sd, (upper - mean) / sd)).sum()

    bounds = [(0, MOST_PAIN), (step / 4, MOST_PAIN)]
    found = optimize.minimize(surprise, [np.average(values, weights=counts), 2], method="L-BFGS-B", bounds=bounds)
    at_an_end = [np.isclose(value, ends, atol=0.01).any() for value, ends in zip(found.x, bounds, strict=True)]
    return None if any(at_an_end) else (float(found.x[0]), float(found.x[1]))


def regression_to_the_mean(baselines: pd.Series, reliability: float) -> ExpectedFall:
    """The fall in pain to expect without any treatment, because people come when it is high.

    Parameters
    ----------
    baselines : Series of float, 0 to 10
        First ratings of those whose fall is told; none missing.
    reliability : float
        Correlation of two ratings in whom nothing changed, as a study of stable people found it.

    Returns
    -------
    ExpectedFall

    Notes
    -----
    A rough estimate: it takes pain in everyone who might come to be normally distributed, and those above some pain to
    come. That pain is not known, so the estimate speaks of the ratings above half a step under their 10th percentile,
    of which both hold best; `untruncated` gives the distribution they are the upper part of, and `expected_fall` the
    fall. It is no bound: with a sharp cut-off a third to a half of practices are told more than would fall, and of 100
    people mostly between half and twice as much; where the pain that brings people differs from one to the next it
    finds a seventh (`python -m tests.trials`).
    """
    if len(baselines) < FEWEST_FOR_REGRESSION:
        return ExpectedFall(None, None, 0, f"fewer than {FEWEST_FOR_REGRESSION} have two readings")
    step = 1 if (baselines % 1 == 0).mean() > 2 / 3 else 0.5
    cut_off = float(baselines.quantile(0.1, interpolation="lower")) - step / 2
    above = baselines[baselines > cut_off]
    whole = untruncated(above, cut_off, step)
    if whole is None:
        return ExpectedFall(
            None, cut_off, len(above), "the first ratings do not spread like the upper part of a normal"
        )
    return ExpectedFall(expected_fall(*whole, reliability, cut_off), cut_off, len(above))


def _hazard(z: float) -> float:
    """phi(z) / (1 - Phi(z)), by logarithms: both vanish far in the tail, their ratio does not."""
    return float(np.exp(stats.norm.logpdf(z) - stats.norm.logsf(z)))


def _log_between(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """log(Phi(high) - Phi(low)), reckoned in the tail nearer to them, where the difference keeps its digits."""
    mirrored = low + high < 0
    near, far = np.where(mirrored, -high, low), np.where(mirrored, -low, high)
    return stats.norm.logsf(near) + np.log1p(-np.exp(stats.norm.logsf(far) - stats.norm.logsf(near)))
