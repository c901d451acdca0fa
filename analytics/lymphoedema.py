"""Lymphoedema: is a limb swollen, by which of the criteria in use, and did it change (clinical reference, A4).

The criteria are not equivalent, so each is told apart from the others. One affected limb is followed by its percent
excess over the other, two affected limbs each by their percent change from the first visit: the two are never mixed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

import instruments
from analytics import SQL
from analytics.change import TOLERANCE
from analytics.motion import SIDES, sides
from analytics.progress import regions
from instruments import Threshold
from records.store import Window

LIMB_REGIONS = frozenset(
    ("shoulder", "upper_arm", "elbow", "forearm", "wrist_hand", "hip_glute", "thigh", "knee", "lower_leg", "ankle_foot")
)
DISTANCE = r"^(?P<cm>\d+(?:\.\d+)?) ?cm\b *(?P<from>.*)$"  # "12 cm", "12 cm above the wrist"
NEVER_TAPED = "no limb was taped at a named landmark"
NO_DISTANCES = (
    "no volume: landmarks need their distance from one fixed point, in the same words at all levels, such as 12 cm"
    " above the wrist, and two at least"
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the four criteria as it was asked of two limbs.

    Attributes
    ----------
    words : str
        The criterion: "2 cm larger", "200 mL larger", "10 % larger", "symptoms".
    found : float or None
        What it was held against, in its own unit; None where not measured, and for symptoms.
    fired : bool or None
        None where it cannot be said.
    source : str
        Where the criterion was published.
    """

    words: str
    found: float | None
    fired: bool | None
    source: str


@dataclass(frozen=True, slots=True)
class Limbs:
    """An affected limb beside the other one, at one visit.

    Attributes
    ----------
    largest_difference_cm : float
        Of the circumferences at one level, affected less unaffected; below 0 when the affected limb is the thinner.
    affected_ml, unaffected_ml : float or None
        Volumes; None where the distances between the levels are not known.
    symptoms : bool or None
        None when not asked.
    """

    largest_difference_cm: float
    affected_ml: float | None
    unaffected_ml: float | None
    symptoms: bool | None

    @property
    def excess_ml(self) -> float | None:
        """Affected less unaffected; None without volumes."""
        return None if self.affected_ml is None else self.affected_ml - self.unaffected_ml

    @property
    def excess_percent(self) -> float | None:
        """The same in percent of the unaffected limb; None without volumes."""
        return None if self.affected_ml is None else percent_excess(self.affected_ml, self.unaffected_ml)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The four criteria, the one that calls most people affected first."""
        girth = _threshold("limb_girth", "lymphoedema_2_cm")
        return (
            _criterion(girth, "cm", self.largest_difference_cm),
            _criterion(_threshold("limb_volume", "lymphoedema_200_ml"), "mL", self.excess_ml),
            Criterion("symptoms", None, self.symptoms, girth.source.citation),
            _criterion(_threshold("limb_volume", "lymphoedema_10_percent"), "%", self.excess_percent),
        )

    @property
    def fired(self) -> tuple[str, ...]:
        """The criteria that fired, in words."""
        return tuple(criterion.words for criterion in self.criteria if criterion.fired)

    @property
    def caution(self) -> str | None:
        """Why this one reading proves little; None without volumes, and beyond the error of measuring them."""
        error = _threshold("limb_volume", "pooled_95")
        if self.excess_percent is None or abs(self.excess_percent) >= error.percent:
            return None
        criterion = _threshold("limb_volume", "lymphoedema_10_percent")
        return (
            f"A single excess of {self.excess_percent:.1f} % proves little: two readings of one unchanged limb can lie"
            f" {error.percent:g} % apart ({error.cited}), more than the criterion of {criterion.percent:g} %. Measure"
            " again before calling it swollen or not."
        )


@dataclass(frozen=True, slots=True)
class LimbCourse:
    """What the tape said of an episode's limbs.

    Attributes
    ----------
    first, latest : Limbs or None
        One affected limb beside the other, at the first visit both were measured and the latest; latest is None after
        one such visit, both are None where `missing` says why.
    changes : dict
        Where both sides are affected: side to percent change of its volume from the first visit to the latest.
    first_on, latest_on : Timestamp or None
        The days of the visits compared.
    missing : str
        In words, what was not measured, written down or comparable; empty when nothing is missing.
    """

    first: Limbs | None = None
    latest: Limbs | None = None
    changes: Mapping[str, float] | None = None
    first_on: pd.Timestamp | None = None
    latest_on: pd.Timestamp | None = None
    missing: str = ""

    @property
    def taped(self) -> bool:
        """Whether any limb was taped in this episode."""
        return self.missing != NEVER_TAPED


def segment_volume_ml(lower_cm: float, upper_cm: float, length_cm: float) -> float:
    """Volume of a truncated cone between two circumferences, h * (C1^2 + C1 * C2 + C2^2) / (12 * pi).

    Examples
    --------
    The cylinder of worked example G12: 20 cm around, 10 cm long.

    >>> round(segment_volume_ml(20, 20, 10), 4)
    318.3099
    """
    return length_cm * (lower_cm**2 + lower_cm * upper_cm + upper_cm**2) / (12 * math.pi)


def limb_volume_ml(girths_cm: Sequence[float], levels_cm: Sequence[float]) -> float:
    """Volume of a limb from its circumferences, summed over the segments between them.

    Parameters
    ----------
    girths_cm : circumferences, in cm
    levels_cm : distance of each from the landmark, in cm, rising

    Raises
    ------
    ValueError
        When a circumference is missing, there are fewer than two, or levels do not fit them.

    Examples
    --------
    The unaffected limb of worked example G12, taped every 4 cm.

    >>> round(limb_volume_ml([16.5, 18.5, 21, 23, 24.5, 26, 28, 30, 31.5], range(0, 36, 4)), 4)
    1559.6919
    """
    _check(girths_cm, levels_cm, "limb")
    segments = zip(pairwise(girths_cm), pairwise(levels_cm), strict=True)
    return sum(segment_volume_ml(lower, upper, end - start) for (lower, upper), (start, end) in segments)


def percent_excess(affected_ml: float, unaffected_ml: float) -> float:
    """For one affected limb: how much larger it is than the other one, in percent of that.

    >>> round(percent_excess(1732.4546, 1559.6919), 4)
    11.0767
    """
    return 100 * (affected_ml - unaffected_ml) / unaffected_ml


def percent_change(baseline_ml: float, now_ml: float) -> float:
    """For limbs affected on both sides: how much one limb changed from its own first volume. No excess.

    >>> percent_change(1600, 1520)
    -5.0
    """
    return 100 * (now_ml - baseline_ml) / baseline_ml


def compared(
    affected_cm: Sequence[float],
    unaffected_cm: Sequence[float],
    levels_cm: Sequence[float] | None = None,
    symptoms: bool | None = None,
) -> Limbs:
    """Hold an affected limb against the other one, by the four criteria.

    Parameters
    ----------
    affected_cm, unaffected_cm : circumferences in cm, at the same levels in the same order
    levels_cm : distance of each level from the landmark, in cm, rising; None when not known: there is no volume then
    symptoms : whether the person reports heaviness or swelling; None when not asked

    Raises
    ------
    ValueError
        When a circumference is missing, or the two limbs were not taped at the same levels.
    """
    if len(affected_cm) != len(unaffected_cm):
        raise ValueError(
            f"The affected limb has {len(affected_cm)} circumferences and the other one {len(unaffected_cm)}; right is"
            " the same levels on both. Tape both limbs at the same distances from the landmark."
        )
    for limb, girths_cm in (("affected limb", affected_cm), ("unaffected limb", unaffected_cm)):
        _check(girths_cm, levels_cm, limb)
    volumes = [None if levels_cm is None else limb_volume_ml(g, levels_cm) for g in (affected_cm, unaffected_cm)]
    return Limbs(max(a - u for a, u in zip(affected_cm, unaffected_cm, strict=True)), *volumes, symptoms)


def limbs(window: Window, client_id: int, episode_id: int) -> LimbCourse:
    """What the circumferences kept of an episode say: the first visit both limbs were taped at, and the latest.

    Both visits are told at the landmarks they share: other levels would show a change where no girth changed. Volumes
    need landmarks that begin with their distance from one fixed point ("12 cm above the wrist"); others are compared by
    circumference. Symptoms are not kept with the scores, so that criterion reads as not asked.
    """
    about = {"client_id": client_id, "episode_id": episode_id}
    girths = window.read(SQL / "limbs_of_episode.sql", **about)
    if girths.empty:
        return LimbCourse(missing=NEVER_TAPED)
    places = regions(window, **about)
    affected = sides(places[places["region"].isin(LIMB_REGIONS)]) or sides(places)
    if affected == SIDES:
        return _both_limbs(girths)
    if not affected:
        return LimbCourse(missing="the episode does not say which side is affected")
    return _one_limb(girths, *affected)


def _one_limb(girths: pd.DataFrame, affected: str) -> LimbCourse:
    (other,) = SIDES - {affected}
    both = girths.pivot(index=["visit_number", "visited_on", "landmark"], columns="side", values="girth_cm")
    both = both.reindex(columns=[affected, other]).dropna().reset_index()
    if both.empty:
        return LimbCourse(missing="no visit has both limbs taped at the same landmark")
    visits = [taped for _, taped in both.groupby("visit_number")]
    shared = set(visits[0]["landmark"]) & set(visits[-1]["landmark"])
    if not shared:
        return LimbCourse(missing="the first and the latest visit share no landmark taped on both limbs")
    told = []
    for taped in (visits[0], visits[-1]):
        taped, levels_cm = _along_the_limb(taped[taped["landmark"].isin(shared)])
        told.append(compared(taped[affected].tolist(), taped[other].tolist(), levels_cm))
    again = len(visits) > 1
    left_out = sorted(set(visits[0]["landmark"]) ^ set(visits[-1]["landmark"]))
    missing = [NO_DISTANCES] if any(limbs.affected_ml is None for limbs in told) else []
    if left_out:
        missing.append(f"left out, as taped on both limbs at one of the two visits only: {', '.join(left_out)}")
    return LimbCourse(
        first=told[0],
        latest=told[1] if again else None,
        first_on=visits[0]["visited_on"].iloc[0],
        latest_on=visits[-1]["visited_on"].iloc[0] if again else None,
        missing="; ".join(missing),
    )


def _both_limbs(girths: pd.DataFrame) -> LimbCourse:
    """Each limb against its own first visit, at the landmarks taped at both visits."""
    changes, days = {}, []
    for side, taped in girths.groupby("side"):
        visits = [of_visit for _, of_visit in taped.groupby("visit_number")]
        shared = visits[0].merge(visits[-1], on="landmark", suffixes=("_first", "_latest"))
        shared, levels_cm = _along_the_limb(shared)
        if len(visits) > 1 and levels_cm:
            volumes_ml = [
                limb_volume_ml(shared[f"girth_cm_{when}"].tolist(), levels_cm) for when in ("first", "latest")
            ]
            changes[side] = percent_change(*volumes_ml)
            days += [visits[0]["visited_on"].iloc[0], visits[-1]["visited_on"].iloc[0]]
    if not changes:
        return LimbCourse(missing=f"both sides are affected, and no limb has a volume at two visits ({NO_DISTANCES})")
    return LimbCourse(changes=changes, first_on=min(days), latest_on=max(days))


def _along_the_limb(taped: pd.DataFrame) -> tuple[pd.DataFrame, list[float] | None]:
    """The rows by the distance their landmark begins with, and the distances.

    None unless each landmark has a distance of its own and all are from one fixed point: 10 cm below the elbow and
    15 cm above it are 25 cm apart, not 5.
    """
    read = taped["landmark"].str.extract(DISTANCE)
    levels_cm = read["cm"].astype(float).sort_values()
    if len(taped) < 2 or levels_cm.isna().any() or levels_cm.duplicated().any() or read["from"].nunique() > 1:
        return taped, None
    return taped.loc[levels_cm.index], levels_cm.tolist()


def _threshold(scale: str, key: str) -> Threshold:
    known = instruments.scale(scale)
    return next(row for row in known.errors + known.important if row.key == key)


def _criterion(row: Threshold, unit: str, found: float | None) -> Criterion:
    limit = row.percent if row.points is None else row.points
    fired = None if found is None else found >= limit - TOLERANCE
    return Criterion(f"{limit:g} {unit} larger", found, fired, row.source.citation)


def _check(girths_cm: Sequence[float], levels_cm: Sequence[float] | None, limb: str) -> None:
    if not girths_cm:
        raise ValueError(f"The {limb} has no circumference; right is one at each level.")
    for place, girth_cm in enumerate(girths_cm, start=1):
        if pd.isna(girth_cm) or girth_cm <= 0:
            raise ValueError(
                f"Circumference {place} of the {limb} is {girth_cm}; right is a number above 0, in cm. Measure this"
                " level, or leave it out on both limbs."
            )
    if levels_cm is None:
        return
    if len(levels_cm) != len(girths_cm) or len(levels_cm) < 2:
        raise ValueError(
            f"The {limb} has {len(girths_cm)} circumferences for {len(levels_cm)} levels; right is one for each, and at"
            " least two."
        )
    if any(start >= end for start, end in pairwise(levels_cm)):
        raise ValueError(f"The levels are {list(levels_cm)} cm; right is rising, each distance once.")
