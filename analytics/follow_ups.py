"""Whom to ask how they are: 3, 6 and 12 months after discharge, and whoever stopped coming without a word.

Of what happens after care nothing is known but from those who are asked: no contact is no success (clinical reference,
C).
"""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from analytics import SQL
from analytics.episodes import LAPSED_AFTER_DAYS, with_status
from records.store import Window

RESTS_DAYS = 7  # after a try, before a line is asked again


@dataclass(frozen=True, slots=True)
class Mark:
    """A time after discharge at which people are asked, and the weeks around it in which an answer speaks for it.

    No standard was found. The later the mark, the less a week matters, and people answer late rather than early: so
    twice as long after it as before. The windows do not touch, so an answer speaks for one mark only.
    """

    months: int
    weeks_before: int
    weeks_after: int


MARKS = (Mark(3, 2, 4), Mark(6, 4, 8), Mark(12, 6, 12))
SILENT_WEEKS = 52  # who has been silent for longer is no longer asked


def asked_about(window: Window, today: dt.date) -> pd.DataFrame:
    """Everything there is to ask without a visit, and how each of it stands today.

    Returns
    -------
    DataFrame, one row per discharged episode and mark, and one per episode whose client stopped coming
        The columns of `follow_ups_due.sql` (`months` is missing for who stopped coming); `closes_on`: the last day on
        which an answer counts, and for who stopped coming the last day before their episode counts as closed, so that
        it does not end without a word; and `state`:

        "reached": answered in time. For a mark: the pain the episode is judged by was rated in its window. For who
        stopped coming: a contact reached them since.
        "ahead": the window has not opened.
        "missed": it has closed without an answer; it is not asked again.
        "resting": a contact in the last 7 days brought no answer.
        "due": to be asked now.

        Episodes in care, on hold or with a booked visit stopped nothing and have no row.
    """
    found = window.read(
        SQL / "follow_ups_due.sql",
        today=today,
        months=[mark.months for mark in MARKS],
        weeks_before=[mark.weeks_before for mark in MARKS],
        weeks_after=[mark.weeks_after for mark in MARKS],
        lapsed_after_days=LAPSED_AFTER_DAYS,
        silent_weeks=SILENT_WEEKS,
    )
    status = with_status(found, today)["status"]
    found = found[status.isin(["discharged", "lapsed"])].reset_index(drop=True)
    now = pd.Timestamp(today)
    state = pd.Series("due", index=found.index, dtype="str")
    state[found["asked_on"] > now - pd.Timedelta(days=RESTS_DAYS)] = "resting"
    state[found["until_on"] < now] = "missed"
    state[found["from_on"] > now] = "ahead"
    state[found["is_reached"].astype(bool)] = "reached"
    closing = found["last_visit_on"] + pd.Timedelta(days=window.store.settings.closed_after_days)
    return found.assign(state=state, closes_on=found["until_on"].where(found["months"].notna(), closing))


def due(asked: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """The rows of `asked_about` that are due, most pressing first.

    Notes
    -----
    The nearer the day it closes on, the higher. Those for whom it has passed (they stopped coming longer ago) stand
    last, the latest to stop first. On one day whoever was tried less often comes first.
    """
    rows = asked[asked["state"] == "due"]
    passed = rows["closes_on"] < pd.Timestamp(today)
    distance = (rows["closes_on"] - pd.Timestamp(today)).dt.days.abs()
    order = pd.DataFrame(
        {"passed": passed, "distance": distance, "tried": rows["tried"], "name": rows["name"], "id": rows["episode_id"]}
    )
    return rows.loc[order.sort_values(list(order.columns)).index].reset_index(drop=True)


def reached_of(asked: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """How many of those discharged long enough ago were reached at each mark.

    Returns
    -------
    DataFrame, one row per mark
        months; followed: discharged episodes whose window for it has closed; reached: how many of them were rated in
        it. Open windows are left out, whether they have an answer yet or not: to count only the answers would flatter.
    """
    over = asked[asked["until_on"] < pd.Timestamp(today)]
    counted = over.groupby("months")["is_reached"].agg(["size", "sum"]).reindex([mark.months for mark in MARKS])
    counted = counted.fillna(0).astype(int)
    return counted.rename(columns={"size": "followed", "sum": "reached"}).rename_axis("months").reset_index()


def of_reached(reached: pd.DataFrame) -> str:
    """`reached_of` as a sentence.

    Examples
    --------
    >>> of_reached(pd.DataFrame({"months": [3, 6, 12], "followed": [20, 14, 0], "reached": [9, 1, 0]}))
    'Of those discharged long enough ago, 9 of 20 were reached at 3 months and 1 of 14 at 6 months; nobody yet at 12.'
    >>> of_reached(pd.DataFrame({"months": [3, 6, 12], "followed": [0, 0, 0], "reached": [0, 0, 0]}))
    'Nobody was discharged long enough ago to say how many are reached.'
    """
    known = reached[reached["followed"] > 0]
    if known.empty:
        return "Nobody was discharged long enough ago to say how many are reached."
    parts = [f"{row.reached:,} of {row.followed:,} at {row.months} months" for row in known.itertuples()]
    parts[0] = parts[0].replace(" at ", " were reached at ", 1)
    told = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    later = [str(months) for months in reached.loc[reached["followed"] == 0, "months"]]
    nobody = f"; nobody yet at {' or '.join(later)}" if later else ""
    return f"Of those discharged long enough ago, {told}{nobody}."


def why(months: float | None) -> str:
    """Why somebody is asked, in a few words; months is missing for who stopped coming.

    Examples
    --------
    >>> why(6), why(None)
    ('6 months after discharge', 'stopped coming, not discharged')
    """
    return "stopped coming, not discharged" if pd.isna(months) else f"{int(months)} months after discharge"


def pain_to_ask(window: Window, client_id: int, episode_id: int) -> dict[str, str | None]:
    """kind, region and side of the pain to ask for without a visit; region and side None where not written down.

    Raises
    ------
    LookupError
        When this viewer sees no such episode.
    """
    found = window.read(SQL / "pain_to_ask.sql", client_id=client_id, episode_id=episode_id)
    if found.empty:
        raise LookupError(f"There is no episode {episode_id} of client {client_id} for this viewer.")
    return {name: None if pd.isna(value) else str(value) for name, value in found.iloc[0].items()}
