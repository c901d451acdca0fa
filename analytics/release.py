"""The tables that may leave the practice: fates by injury type and by cause, without ids, small counts hidden.

They are fixed: nobody chooses who is in them, because two tables that differ by a filter tell of those between them.
For the same reason 90 days lie between two releases: two of neighbouring days would tell what became of single people.
"""

import datetime as dt
from pathlib import Path

import pandas as pd

from analytics import SQL, estimates, export, fates, files, outcomes, small_groups
from analytics.errors import ReleaseRefused
from analytics.filters import Filters
from records.store import Store, Window
from records.viewer import Viewer

HIDDEN = "hidden"
ALL = "all together"
DAYS_BETWEEN = 90
GROUPED_BY = {"fates by injury type": "injury_type", "fates by cause": "cause_name"}
COLUMNS = ("table", "group", "fate", "episodes", "better_share", "better_low", "better_high", "as_of", "marking")
MARKING = "counts of 1 to 10 people are hidden, and what they could be reckoned from"


def tables(window: Window, today: dt.date) -> pd.DataFrame:
    """The fixed tables over everyone with a visit, as they stand today.

    Returns
    -------
    DataFrame, one row per table, group and fate, each with its totals ("all together")
        table, group, fate (in words); episodes: a count, or "hidden" (see `small_groups.hidden`); on the row of
        "better, beyond error", where it and every other judged fate is shown: better_share (of all judged; 0 to 1) with
        better_low and better_high (Wilson 95 %), missing elsewhere; as_of (the day it speaks of); marking.

    Raises
    ------
    NotAllowed
        When the viewer lacks the right "outcomes.export".
    ReleaseRefused
        When there are fewer than 11 people, or too few to hide every small count.
    """
    export.require(window.viewer)
    seen = outcomes.with_visits(outcomes.episodes(window, Filters(), today))
    if (people := seen["client_id"].nunique()) < small_groups.SMALLEST_SHOWN:
        raise ReleaseRefused(
            f"{people} people have had a visit; tables leave the practice from {small_groups.SMALLEST_SHOWN} on."
            " Nothing was written."
        )
    cells, sums = linked_tables(seen.assign(fate=fates.fates(seen)))
    is_hidden = small_groups.hidden(cells, sums)
    rows = _rows(cells["episodes"].where(~is_hidden))
    marking = export.marked(window, MARKING)
    return pd.DataFrame([(*row, today, marking) for row in rows], columns=list(COLUMNS))


def write(store: Store, viewer: Viewer, table: pd.DataFrame, path: Path, today: dt.date) -> None:
    """Write a release as of a day, audited.

    Raises
    ------
    NotAllowed
        When the viewer may not release.
    ReleaseRefused
        When fewer than 90 days lie between this day and that of the newest release, or it is an earlier day.
    """
    export.require(viewer)
    earlier = store.open_for(viewer).read(SQL / "releases.sql")["as_of"]
    if len(earlier) and (next_day := earlier.max() + pd.Timedelta(days=DAYS_BETWEEN)) > pd.Timestamp(today):
        raise ReleaseRefused(
            f"Tables as of {earlier.max():%Y-%m-%d} were released before, and two releases of near days tell by their"
            " difference what became of single people. Hand on the file written then; the next can be written from"
            f" {next_day:%Y-%m-%d} on. Nothing was written."
        )
    files.write(store, viewer, table, path, "release", COLUMNS, reason=f"as of {today:%Y-%m-%d}")


def linked_tables(episodes: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple]]:
    """Every cell of the tables and how they add up.

    Parameters
    ----------
    episodes : DataFrame
        client_id, injury_type, cause_name, fate.

    Returns
    -------
    cells : DataFrame, indexed by (table, group, fate)
        episodes, clients. The tables share the totals of each fate, which stand under (all, all, fate).
    sums : list of (total, parts)
        As `small_groups.hidden` asks for them.
    """
    counted = [_counts(episodes, ALL, [ALL] * len(episodes))]
    sums = [((ALL, ALL, ALL), [(ALL, ALL, fate) for fate in fates.FATES])]
    for table, column in GROUPED_BY.items():
        groups = sorted(episodes[column].unique())
        counted.append(_counts(episodes, table, episodes[column]))
        sums += [((table, group, ALL), [(table, group, fate) for fate in fates.FATES]) for group in groups]
        sums += [((ALL, ALL, fate), [(table, group, fate) for group in groups]) for fate in (*fates.FATES, ALL)]
    return pd.concat(counted), sums


def _counts(episodes: pd.DataFrame, table: str, group: pd.Series | list[str]) -> pd.DataFrame:
    """Episodes and clients of each group and fate of one table, and of each group in all; 0 where there are none."""
    keyed = episodes[["client_id", "fate"]].assign(table=table, group=group)
    keyed = pd.concat([keyed, keyed.assign(fate=ALL)])
    counts = keyed.groupby(["table", "group", "fate"])["client_id"].agg(episodes="size", clients="nunique")
    everything = pd.MultiIndex.from_product([[table], sorted(set(keyed["group"])), [*fates.FATES, ALL]])
    return counts.reindex(everything, fill_value=0)


def _rows(shown: pd.Series) -> list[tuple]:
    """The rows of the file: each table with its groups, then the totals it shares with the other."""
    count = shown.to_dict()
    rows = []
    for table in GROUPED_BY:
        groups = dict.fromkeys(group for named, group, _ in count if named == table)
        for own, group in [*((table, group) for group in groups), (ALL, ALL)]:
            of_group = {fate: count[own, group, fate] for fate in (*fates.FATES, ALL)}
            for fate, episodes in of_group.items():
                share = _better(of_group) if fate == "improved" else (None, None, None)
                told = HIDDEN if pd.isna(episodes) else str(int(episodes))
                rows.append((table, group, fates.FATES.get(fate, ALL), told, *share))
    return rows


def _better(of_group: dict[str, float]) -> tuple[float | None, float | None, float | None]:
    """The share that is better and its interval; missing where a count behind it is hidden, or nobody is judged."""
    judged = sum(of_group[fate] for fate in fates.JUDGED)  # NaN as soon as one of them is hidden
    if not judged > 0:
        return None, None, None
    low, high = estimates.wilson(pd.Series([of_group["improved"]]), pd.Series([judged]))
    return of_group["improved"] / judged, low[0], high[0]
