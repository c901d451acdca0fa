"""Drawing by chance, and the small conversions every story needs: codes to words, numbers and dates with gaps."""

import numpy as np
import pandas as pd

NONE = -1  # the code of "no value" in every array of codes and days; written as NULL


def chosen(rng: np.random.Generator, weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """One code for each of `rows`, drawn by that row's weights (which sum to 1)."""
    upper = np.minimum(weights.cumsum(axis=1), 1.0)
    upper[:, -1] = 1.0
    return (rng.random(len(rows))[:, None] >= upper[rows]).sum(axis=1)


def drawn(rng: np.random.Generator, count: int, *weights: float) -> np.ndarray:
    """`count` codes 0, 1, 2 ... drawn by `weights`."""
    shares = np.array(weights, float) / sum(weights)
    return np.searchsorted(shares.cumsum()[:-1], rng.random(count), side="right")


def happens(rng: np.random.Generator, count: int, chance: float | np.ndarray) -> np.ndarray:
    """True for about `chance` of `count`."""
    return rng.random(count, dtype=np.float32) < chance


def words(codes: np.ndarray, categories: tuple[str, ...] | list[str]) -> pd.Categorical:
    """Codes as the words they stand for; NONE becomes NULL. Categories may repeat a word."""
    different = list(dict.fromkeys(categories))
    places = np.array([different.index(word) for word in categories] + [NONE], dtype=np.int32)
    return pd.Categorical.from_codes(places[codes], different)


def whole(values: np.ndarray, known: np.ndarray) -> pd.arrays.IntegerArray:
    """Whole numbers with NULL where not `known`."""
    return pd.arrays.IntegerArray(np.asarray(values, np.int64), ~known)


def days(values: np.ndarray) -> np.ndarray:
    """Days since 1970 as dates; NONE becomes NULL."""
    dates = np.asarray(values, np.int64).astype("datetime64[D]").astype("datetime64[s]")
    dates[np.asarray(values) == NONE] = np.datetime64("NaT")
    return dates


def on_a_weekday(day: np.ndarray) -> np.ndarray:
    """Saturdays moved to Friday and Sundays to Monday; day 0 is a Thursday."""
    weekday = (day + 3) % 7
    return day + np.where(weekday == 5, -1, np.where(weekday == 6, 1, 0))
