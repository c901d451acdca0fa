"""How far two readings differ when nothing has changed (clinical reference, B1)."""

import math

import numpy as np
import pandas as pd
from scipy import stats


def standard_error(sd: float, reliability: float) -> float:
    """Standard error of measurement, SD * sqrt(1 - r).

    Parameters
    ----------
    sd : spread of the sample at baseline, in the scale's unit
    reliability : test-retest coefficient (ICC), 0 to 1

    Examples
    --------
    Jacobson & Truax 1991 (worked example G1): SD 7.5, r .80.

    >>> round(standard_error(7.5, 0.80), 4)
    3.3541
    """
    return sd * math.sqrt(1 - reliability)


def minimal_detectable_change(
    sem: float, confidence: float = 0.90, first_ratings: int = 1, latest_ratings: int = 1
) -> float:
    """The change that this share of unchanged people stays under: z * SEM * sqrt(1/k + 1/m).

    Parameters
    ----------
    sem : standard error of one reading, in the scale's unit
    confidence : 0.90 or 0.95, two-sided
    first_ratings, latest_ratings : how many readings each side is the mean of

    Examples
    --------
    Childs 2005, SEM 1.02 (worked example G2); and the mean of two against the mean of three.

    >>> round(minimal_detectable_change(1.02), 3), round(minimal_detectable_change(1.02, 0.95), 3)
    (2.373, 2.827)
    >>> round(minimal_detectable_change(1.02, 0.90, 2, 3), 3)
    1.532
    """
    return float(stats.norm.ppf(0.5 + confidence / 2)) * sem * math.sqrt(1 / first_ratings + 1 / latest_ratings)


def error_of_means(
    error: float | pd.Series, first_ratings: float | pd.Series = 1, latest_ratings: float | pd.Series = 1
) -> float | pd.Series:
    """A published error of one reading against one, for means of k and of m readings: times sqrt((1/k + 1/m) / 2).

    >>> error_of_means(2.4), round(error_of_means(2.4, 1, 3), 3)
    (2.4, 1.96)
    """
    return error * ((1 / first_ratings + 1 / latest_ratings) / 2) ** 0.5


def reliable_change_index(first: float, latest: float, sd: float, reliability: float) -> float:
    """Change over the standard error of a difference (Jacobson & Truax 1991); beyond 1.96 it is reliable.

    Examples
    --------
    Worked example G1: 32.5 to 47.5 with SD 7.5, r .80.

    >>> round(reliable_change_index(32.5, 47.5, 7.5, 0.80), 4)
    3.1623
    """
    return (latest - first) / (math.sqrt(2) * standard_error(sd, reliability))


def cut_offs(clinical: tuple[float, float], normal: tuple[float, float]) -> dict[str, float]:
    """Where the clinical group ends (Jacobson & Truax 1991).

    Parameters
    ----------
    clinical, normal : (mean, SD) of the two groups

    Returns
    -------
    dict
        a: two SD beyond the clinical mean, towards normal; b: two SD before the normal mean; c: between the two groups,
        weighted by their spreads.

    Examples
    --------
    Worked example G1: clinical 40, 7.5; normal 60, 7.5.

    >>> cut_offs((40, 7.5), (60, 7.5))
    {'a': 55.0, 'b': 45.0, 'c': 50.0}
    """
    (clinical_mean, clinical_sd), (normal_mean, normal_sd) = clinical, normal
    towards = float(np.sign(normal_mean - clinical_mean))
    return {
        "a": clinical_mean + towards * 2 * clinical_sd,
        "b": normal_mean - towards * 2 * normal_sd,
        "c": (clinical_sd * normal_mean + normal_sd * clinical_mean) / (clinical_sd + normal_sd),
    }


def recovered(first: float, latest: float, sd: float, reliability: float, cut_off: float, normal_mean: float) -> bool:
    """Reliable improvement that crosses the cut-off from the clinical side.

    >>> recovered(32.5, 52.5, 7.5, 0.80, 50, 60), recovered(32.5, 47.5, 7.5, 0.80, 50, 60)
    (True, False)
    """
    towards = np.sign(normal_mean - cut_off)
    reliable = towards * reliable_change_index(first, latest, sd, reliability) > stats.norm.ppf(0.975)
    return bool(reliable and towards * (first - cut_off) < 0 <= towards * (latest - cut_off))
