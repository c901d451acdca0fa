"""Injury types: who came, what was measured, and how pain and motion went by visit."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

import instruments
from analytics import SQL, change, fates, references
from analytics.episodes import with_status
from analytics.estimates import ExpectedFall, mean_interval, regression_to_the_mean
from analytics.filters import Filters
from analytics.measurement_error import error_of_means
from instruments import Instruments, Threshold
from records.store import Window

MOTION_COLUMNS = (
    "name",
    "motion_type",
    "n",
    "start_percent",
    "start_low",
    "start_high",
    "latest_percent",
    "latest_low",
    "latest_high",
    "change_percent",
    "change_low",
    "change_high",
    "reference_name",
    "left_out",
)


def episodes(window: Window, filters: Filters, today: dt.date) -> pd.DataFrame:
    """The episodes opened in the period, with status, start and now of pain, and its class; one row each.

    Returns
    -------
    DataFrame
        The columns of `outcomes_episodes.sql` and `with_status`, and `pain_class`: one of the seven classes of change
        (docs/numbers.md), now against the start. Episodes with contacts or bookings only are among them, with 0
        visits: see `with_visits`.
    """
    found = window.read(SQL / "outcomes_episodes.sql", **filters.values())
    found = with_status(found, today, window.store.settings.closed_after_days)
    return found.assign(pain_class=pain_classes(found, window.store.instruments))


def pain_classes(episodes: pd.DataFrame, known: Instruments = instruments.PUBLISHED) -> pd.Series:
    """The class of each episode's pain, each held against the thresholds chosen for its region, chronicity, follow-up.

    Parameters
    ----------
    episodes : DataFrame
        first_pain, first_ratings, first_on, latest_pain, latest_on, region, chronicity; missing where not known.
    known : Instruments
        What the practice goes by.

    Returns
    -------
    Series of str, with the index of `episodes`
    """
    nprs = known.scale("nprs")
    days = (episodes["latest_on"] - episodes["first_on"]).dt.days
    compared = change.limits_table(nprs, episodes[["region", "chronicity"]].assign(days=days))
    # A start that was not measured has no ratings, and no error either.
    compared["error"] = error_of_means(compared["error"], episodes["first_ratings"].clip(lower=1))
    return change.judged(compared.assign(first=episodes["first_pain"], latest=episodes["latest_pain"]), nprs)


def with_visits(episodes: pd.DataFrame) -> pd.DataFrame:
    """The episodes with at least one visit: of the others, contacts or bookings only, there is no outcome to tell."""
    return episodes[episodes["visits"] > 0]


def by_type(episodes: pd.DataFrame) -> pd.DataFrame:
    """What there is to say about each injury type.

    Parameters
    ----------
    episodes : DataFrame
        As `episodes` returns them.

    Returns
    -------
    DataFrame, one row per type, most episodes first
        injury_type_id, injury_type, clients, episodes, sessions (visits), measured_twice (episodes with a start and a
        now of pain, from different visits); over those: pain_first_mean, pain_latest_mean, pain_change_mean (fall in
        pain, positive is better) with pain_change_low and pain_change_high (95 % t interval, missing under 2); closed
        (episodes discharged, or without a visit for longer than the practice's gap rule) and over those visits_q1,
        visits_median and visits_q3.

    Notes
    -----
    Means over those measured twice describe only them; whoever stopped before a second reading is in `episodes` and
    not in the means. There is no comparison group: part of any fall is expected without treatment.
    """
    twice = episodes["latest_pain"].notna()
    closed = episodes["closed"] & (episodes["visits"] > 0)
    facts = episodes.assign(
        measured_twice=twice,
        first=episodes["first_pain"].where(twice),
        latest=episodes["latest_pain"].where(twice),
        fall=(episodes["first_pain"] - episodes["latest_pain"]).where(twice),
        closed=closed,
        closed_visits=episodes["visits"].where(closed),
    )
    table = (
        facts.groupby(["injury_type_id", "injury_type"], as_index=False)
        .agg(
            clients=("client_id", "nunique"),
            episodes=("episode_id", "size"),
            sessions=("visits", "sum"),
            measured_twice=("measured_twice", "sum"),
            pain_first_mean=("first", "mean"),
            pain_latest_mean=("latest", "mean"),
            pain_change_mean=("fall", "mean"),
            pain_change_sd=("fall", "std"),
            closed=("closed", "sum"),
            visits_q1=("closed_visits", lambda visits: visits.quantile(0.25)),
            visits_median=("closed_visits", "median"),
            visits_q3=("closed_visits", lambda visits: visits.quantile(0.75)),
        )
        .sort_values(["episodes", "injury_type"], ascending=[False, True], ignore_index=True)
    )
    low, high = mean_interval(table["pain_change_mean"], table["pain_change_sd"], table["measured_twice"])
    return table.assign(pain_change_low=low, pain_change_high=high).drop(columns="pain_change_sd")


@dataclass(frozen=True, slots=True)
class WithoutTreatment:
    """How much of a mean fall in pain would be expected of the same people without any treatment.

    `mean_fall` is of those `expected` speaks of; None when nothing can be said. `reliability` is the published
    correlation of two ratings used.
    """

    expected: ExpectedFall
    mean_fall: float | None
    reliability: Threshold


def without_treatment(episodes: pd.DataFrame) -> WithoutTreatment:
    """Regression to the mean in the episodes with two readings: what their pain would do by itself.

    Parameters
    ----------
    episodes : DataFrame
        first_pain, latest_pain, region.

    Returns
    -------
    WithoutTreatment

    Notes
    -----
    The correlation is that of the region when all are of one that has been studied; of a mix, the lowest published:
    it expects most, and so claims least for treatment.
    """
    twice = episodes[episodes["latest_pain"].notna()]
    published = [row for row in instruments.scale("nprs").errors if row.kind == "icc" and not row.unverified]
    own = [row for row in published if (twice["region"] == row.condition).all()]
    reliability = min(own or published, key=lambda row: row.coefficient)
    expected = regression_to_the_mean(twice["first_pain"], reliability.coefficient)
    if expected.points is None:
        return WithoutTreatment(expected, None, reliability)
    told = twice[twice["first_pain"] > expected.cut_off]
    return WithoutTreatment(expected, float((told["first_pain"] - told["latest_pain"]).mean()), reliability)


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell of the episodes opened in a period, all from one reading of the records.

    `episodes` are those with a visit, and the rest is about them; `contacts_only` counts the others. `accounts` is as
    `analytics.fates.account`, `types` as `by_type`.
    """

    episodes: pd.DataFrame
    contacts_only: int
    accounts: pd.DataFrame
    types: pd.DataFrame
    without_treatment: WithoutTreatment


def told(window: Window, filters: Filters, today: dt.date) -> Told:
    """The episodes opened in the period: what became of everyone, of each type, and what pain would do by itself."""
    opened = episodes(window, filters, today)
    seen = with_visits(opened)
    return Told(seen, len(opened) - len(seen), fates.account(seen), by_type(seen), without_treatment(seen))


def pain_by_visit(window: Window, filters: Filters) -> pd.DataFrame:
    """Mean pain by visit number over the episodes chosen.

    Returns
    -------
    DataFrame, one row per visit number
        visit_number; n_before, mean_before, low_before, high_before (95 % t interval, missing under 2 readings);
        n_after, mean_after (missing when nobody was asked).
    """
    rows = window.read(SQL / "outcomes_pain_by_visit.sql", **filters.values())
    low, high = mean_interval(rows["mean_before"], rows["sd_before"], rows["n_before"])
    return rows.assign(low_before=low, high_before=high).drop(columns="sd_before")


def half_at(pain: pd.DataFrame) -> int | None:
    """The last visit number at which at least half as many are rated as at visit 1; None when that holds throughout."""
    if pain.empty:
        return None
    still_half = pain["n_before"] * 2 >= pain["n_before"].iloc[0]
    if still_half.all():
        return None
    return int(pain["visit_number"][still_half.cumprod().astype(bool)].iloc[-1])


def motion_percent(window: Window, filters: Filters) -> pd.DataFrame:
    """Motion of the affected side as percent of its reference, first against latest reading before treatment.

    Returns
    -------
    DataFrame, one row per movement and motion type measured at two visits or more
        name, motion_type, n (episodes; where both sides are affected their mean stands for the episode);
        start_percent, latest_percent (means) with start_low, start_high, latest_low, latest_high (95 % t interval);
        change_percent with change_low, change_high (latest minus start within each episode); reference_name; left_out
        (series measured twice that do not count: no verified reference above 0 degrees covers the person's age, sex
        and motion type, or the instrument changed).

    Notes
    -----
    100 is the practice's own reference, or the first verified one above 0, that covers the person (AAOS before AMA; its
    lower end where it is a range). Values above 100 are real and are not cut.
    """
    series = window.read(SQL / "outcomes_motion.sql", **filters.values())
    twice = references.with_hundred_percent(series[series["visits_measured"] >= 2], window.store.instruments)
    rows = [_motion_summary(*key, group) for key, group in twice.groupby(["joint", "movement", "motion_type"])]
    table = pd.DataFrame(rows, columns=MOTION_COLUMNS)
    return table.sort_values(["n", "name"], ascending=[False, True], ignore_index=True)


def _motion_summary(joint: str, movement: str, motion_type: str, group: pd.DataFrame) -> dict:
    covered = group[group["reference_deg"].notna() & ~group["instrument_changed"]]
    summary = {
        "name": instruments.movement(joint, movement).name,
        "motion_type": motion_type,
        "reference_name": ", ".join(sorted(covered["reference_name"].unique())) or None,
        "left_out": len(group) - len(covered),
    }
    percents = covered.assign(
        start=100 * covered["first_deg"] / covered["reference_deg"],
        latest=100 * covered["latest_deg"] / covered["reference_deg"],
    )
    percents = percents.groupby("episode_id")[["start", "latest"]].mean()
    percents["change"] = percents["latest"] - percents["start"]
    summary["n"] = len(percents)
    for word, percent in percents.items():
        mean, sd, n = pd.Series([percent.mean()]), pd.Series([percent.std()]), pd.Series([len(percent)])
        low, high = mean_interval(mean, sd, n)
        summary |= {f"{word}_percent": mean[0], f"{word}_low": low[0], f"{word}_high": high[0]}
    return summary


def visits_per_episode(episodes: pd.DataFrame) -> pd.DataFrame:
    """How many episodes ended at each number of visits, and how many are still open there.

    Returns
    -------
    DataFrame, one row per number of visits that occurs
        visits, closed_episodes (discharged, or without a visit for longer than the practice's gap rule),
        open_episodes (they may have more visits yet).
    """
    seen = episodes[episodes["visits"] > 0]
    counts = pd.DataFrame(
        {"visits": seen["visits"], "closed_episodes": seen["closed"], "open_episodes": ~seen["closed"]}
    )
    return counts.groupby("visits", as_index=False).sum().astype(int)
