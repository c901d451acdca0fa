"""The filters of the practice pages: a period, a therapist, an office, an injury type, a cause; said as a sentence."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.filters import Filters
from charts.words import dated
from pages.parts import facts, figure, link
from records.store import Window

MONTHS = {"3m": 3, "12m": 12, "24m": 24, "all": None}
PERIODS = {"3m": "Last 3 months", "12m": "Last 12 months", "24m": "Last 24 months", "all": "All records"}
LISTS = {
    # key in the address: (label, "any" label, query)
    "therapist": ("Therapist", "All therapists", "SELECT therapist_id, name FROM visible_therapist ORDER BY name"),
    "office": ("Office", "All offices", "SELECT office_id, name FROM visible_office ORDER BY name"),
    "injury": ("Injury type", "All injury types", "SELECT injury_type_id, name FROM visible_injury_type ORDER BY name"),
    "cause": ("Cause", "All causes", "SELECT cause, name FROM visible_cause ORDER BY place"),
}


def names(window: Window, key: str) -> dict:
    """Id or code to name of one of the practice's lists."""
    rows = facts.fact(_read, window, LISTS[key][2])
    return {_plain(value): name for value, name in zip(rows.iloc[:, 0], rows["name"], strict=True)}


def _read(window: Window, query: str) -> pd.DataFrame:
    return window.read(query)


def _plain(value: object) -> int | str:
    return value if isinstance(value, str) else int(value)


def choose(window: Window, today: dt.date, keys: Sequence[str], what: str, period: str = "24m") -> Filters:
    """Draw the filters asked for and print the choice as a sentence.

    Parameters
    ----------
    keys : of "therapist", "office", "injury", "cause"
    what : str
        What is narrowed, as the sentence begins: "Episodes opened".
    period : str
        The period chosen at first.
    """
    chosen = {}
    cells = st.grid(len(keys) + 1, min_column_width=170)
    with cells.cell():
        if "period" not in st.session_state:
            linked = link.in_link("period")
            st.session_state["period"] = linked if linked in PERIODS else period
        months = MONTHS[link.select("Period", "period", PERIODS)]
    for key in keys:
        label, any_label, _ = LISTS[key]
        with cells.cell():
            chosen[key] = link.select(label, key, names(window, key), any_label=any_label)
    since = None if months is None else (pd.Timestamp(today) - pd.DateOffset(months=months)).date()
    filters = Filters(
        since, today, chosen.get("therapist"), chosen.get("office"), chosen.get("injury"), chosen.get("cause")
    )
    figure.quiet(sentence(window, filters, what))
    return filters


def narrowed(filters: Filters, injury_type_id: int) -> Filters:
    """The same choice for one injury type."""
    return replace(filters, injury_type_id=injury_type_id)


def sentence(window: Window, filters: Filters, what: str) -> str:
    """The choice in words: "Episodes opened from 20 Nov 2024 to 20 Nov 2026; therapist: J. Okafor."."""
    span = (
        f"up to {dated(filters.until)}"
        if filters.since is None
        else f"from {dated(filters.since)} to {dated(filters.until)}"
    )
    parts = [
        f"{LISTS[key][0].lower()}: {names(window, key)[value]}"
        for key, value in (
            ("therapist", filters.therapist_id),
            ("office", filters.office_id),
            ("injury", filters.injury_type_id),
            ("cause", filters.cause),
        )
        if value is not None
    ]
    return f"{what} {span}{'; ' if parts else ''}{'; '.join(parts)}."
