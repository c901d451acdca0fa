"""Means with their intervals, small numbers said as such."""

import numpy as np
import pandas as pd
from scipy import stats


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
