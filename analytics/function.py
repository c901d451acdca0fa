"""Function and well-being of one client: each scale's scores from first to latest, and what may be said of them."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from scipy import stats

from analytics import SQL, change
from analytics.change import Verdict, limits_of
from instruments import Chosen, Limits, Scale
from records.store import Window

FAMILIES = ("function", "change", "wellness", "pain", "exercise")  # limbs are compared with the other side instead
OF_ACTIVITIES = ("psfs", "psfs_2")  # the score is the mean of the activities rated; another list is another series
DIRECTIONS = {"improved": 1, "possibly_improved": 1, "possibly_worse": -1, "worse": -1}
FITTED_FROM = 5  # readings a line is drawn through at least (clinical reference, B3)


@dataclass(frozen=True)
class Score:
    """One series of scores: one scale (and so one version of it), one list of items, one side.

    Attributes
    ----------
    scale : Scale
    items : tuple of str
        The activities the score is the mean of; empty where the scale has one score, or none was written down.
    side : "left", "right" or None
    visits, days, values : tuple
        Visit number, date and score of every visit it was taken at, oldest first; at least one.
    limits : Limits
        Chosen for the episode's region, chronicity, the days between first and latest and the number of items: one
        activity is measured less surely than the mean of several.
    """

    scale: Scale
    items: tuple[str, ...]
    side: str | None
    visits: tuple[int, ...]
    days: tuple[pd.Timestamp, ...]
    values: tuple[float, ...]
    limits: Limits

    @property
    def latest(self) -> float | None:
        """The latest score; None when there is only one."""
        return self.values[-1] if len(self.values) > 1 else None

    @property
    def is_change(self) -> bool:
        """True when each score is itself the client's answer how much changed: first and latest are not compared."""
        return self.scale.family == "change"

    @cached_property
    def verdict(self) -> Verdict | None:
        """Latest against first; None where the scale has trend words only, or is itself a change."""
        if self.is_change or self.limits.important is None:
            return None
        return change.verdict(self.values[0], self.latest, self.limits)

    @cached_property
    def cut_off(self) -> Chosen | None:
        """On a scale that is itself a change: the hardest cut-off the latest reaches, else the easiest one there is."""
        if not self.is_change or not self.scale.important:
            return None
        sign = 1 if self.scale.better == "higher" else -1
        rows = sorted(self.scale.important, key=lambda row: sign * row.points)
        reached = [row for row in rows if sign * (self.values[-1] - row.points) >= 0]
        return Chosen((reached[-1:] or rows)[0])

    @property
    def reaches_cut_off(self) -> bool:
        """True when the latest answer is at the cut-off or beyond."""
        sign = 1 if self.scale.better == "higher" else -1
        return self.cut_off is not None and sign * (self.values[-1] - self.cut_off.points) >= 0

    @property
    def no_change(self) -> float | None:
        """The answer that means no change: the middle of a scale that runs both ways; None without a cut-off."""
        return (self.scale.lowest + self.scale.highest) / 2 if self.cut_off else None

    @property
    def direction(self) -> int:
        """1 better, possibly better or a cut-off reached; -1 the reverse; 0 neither, or nothing may be said."""
        if self.verdict:
            return DIRECTIONS.get(self.verdict.name, 0)
        if self.cut_off is None:
            return 0
        worse = (self.values[-1] > self.no_change) == (self.scale.better == "lower")
        return 1 if self.reaches_cut_off else -1 if worse and self.values[-1] != self.no_change else 0


@dataclass(frozen=True, slots=True)
class Slope:
    """A straight line through readings, in the scale's unit a visit, with its 95 % interval."""

    per_visit: float
    low: float
    high: float


def scores(window: Window, client_id: int, episode_id: int) -> tuple[Score, ...]:
    """Every series of scores of the episode, function first; none when no scale was used."""
    found = window.read(SQL / "scores_of_episode.sql", client_id=client_id, episode_id=episode_id)
    known = window.store.instruments
    series = [_score(known.scale(key[0]), key, rows) for key, rows in _series(found)]
    told = [score for score in series if score.scale.family in FAMILIES]
    return tuple(sorted(told, key=lambda score: FAMILIES.index(score.scale.family)))


def slope(score: Score) -> Slope | None:
    """The fitted change a visit and its 95 % t interval; None with fewer than five readings, or all of them alike."""
    if len(score.values) < FITTED_FROM or len(set(score.values)) == 1:
        return None
    line = stats.linregress(score.visits, score.values)
    half = float(stats.t.ppf(0.975, len(score.values) - 2)) * line.stderr
    return Slope(float(line.slope), float(line.slope - half), float(line.slope + half))


def _series(found: pd.DataFrame):
    """The rows of each scale, items and side, one per visit; activities of one visit are averaged."""
    own = found["scale"].isin(OF_ACTIVITIES)
    keys = ["scale", "side", "visit_number", "visited_on", "region", "chronicity"]
    whole = (
        found[own]
        .groupby(keys, dropna=False, sort=False)
        .agg(value=("value", "mean"), items=("item", lambda named: tuple(sorted(named.dropna()))))
        .reset_index()
    )
    others = found[~own].assign(items=[() if pd.isna(item) else (item,) for item in found.loc[~own, "item"]])
    return pd.concat([others.drop(columns="item"), whole]).groupby(["scale", "items", "side"], dropna=False, sort=False)


def _score(scale: Scale, key: tuple, rows: pd.DataFrame) -> Score:
    items, side = key[1], key[2]
    first, last = rows.iloc[0], rows.iloc[-1]
    days = (last["visited_on"] - first["visited_on"]).days if len(rows) > 1 else None
    limits = limits_of(scale, first["region"], first["chronicity"], days, len(items))
    return Score(
        scale,
        items,
        None if pd.isna(side) else side,
        tuple(int(number) for number in rows["visit_number"]),
        tuple(rows["visited_on"]),
        tuple(float(value) for value in rows["value"]),
        limits,
    )
