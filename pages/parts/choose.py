"""Choosing a client and an episode: recent clients, or a name searched in the store; never a list of all."""

import datetime as dt

import pandas as pd
import streamlit as st

from analytics import progress
from analytics.references import age_years
from charts.words import dated, day
from pages.parts import facts, link
from pages.parts.figure import plain
from records import ids
from records.store import Window

STATUS_WORDS = {
    "active": "active",
    "on_hold": "on hold",
    "discharged": "discharged",
    "lapsed": "lapsed (no visit for more than 30 days, none booked)",
    "no_visit": "no visits yet",
}


def client(window: Window, today: dt.date, *, titled: bool = True) -> pd.Series | None:
    """The client the page is about (client_id, name, birth_date, sex, guardian), or None when there is nobody yet.

    A link names a client by an opaque id; without the right to see them it opens nobody. A search that finds nobody
    stops the page, unless the page has a title already (not `titled`) and is about more than one client.
    """
    linked_id = ids.from_link(link.in_link("client") or "") or st.session_state.get("client")  # or of the last page
    linked = _one(window, linked_id) if linked_id is not None else None
    search, pick = st.columns([1, 1])
    with search:
        words = st.text_input(
            "Find a client by name",
            key="client_search",
            placeholder="Type a name and press Enter",
            persist_state="page",
        )
    found = (
        progress.found_clients(window, words) if words.strip() else facts.fact(progress.recent_clients, window, today)
    )
    options = {int(row.client_id): _label(row.name, row.birth_date) for row in found.itertuples(index=False)}
    if words.strip() and not options:
        if titled:
            st.title("Nobody found", anchor=False)
        st.warning(
            "No client has all these words in their name. Try a part of it, or clear the field for recent clients."
        )
        link.remember("client", None)
        link.remember("episode", None)
        if not titled:
            return None
        st.stop()
    if linked is not None and not words.strip():
        options.setdefault(int(linked["client_id"]), _label(linked["name"], linked["birth_date"]))
    with pick:
        chosen = link.select("Found" if words.strip() else "Recent clients", "client", options)
    return None if chosen is None else _one(window, chosen)


def _one(window: Window, client_id: int) -> pd.Series | None:
    rows = facts.fact(progress.client, window, client_id)
    return None if rows.empty else rows.iloc[0]


def _label(name: str, birth_date: object) -> str:
    return name if pd.isna(birth_date) else f"{name}, born {dated(pd.Timestamp(birth_date).date())}"


def episode(episodes: pd.DataFrame) -> pd.Series:
    """One of a client's episodes; the newest unless another is picked or linked. Episodes are never mixed."""
    options = {
        int(row.episode_id): f"{row.injury_type}, {row.cause_name}, from {dated(pd.Timestamp(row.opened_on).date())}"
        for row in episodes.itertuples()
    }
    if len(options) == 1:
        return episodes.iloc[0]
    chosen = link.select(f"Episode ({len(options)} of this client)", "episode", options)
    return episodes[episodes["episode_id"] == chosen].iloc[0]


def described(person: pd.Series, episode: pd.Series, today: dt.date) -> str:
    """Who and which complaint in one line of Markdown: name, age, injury, cause, since when, therapist, physician."""
    age = age_years(person["birth_date"], today)
    regions = "" if pd.isna(episode["regions"]) else f" ({episode['regions']})"
    told = [
        f"{episode['injury_type']}{regions}",
        f"cause: {episode['cause_name']}",
        f"from {dated(day(episode['opened_on']))}, {STATUS_WORDS[episode['status']]}",
    ]
    for label, row, key in (
        ("guardian: ", person, "guardian"),
        ("with ", episode, "therapist"),
        ("ordered by ", episode, "ordered_by"),
    ):
        if not pd.isna(row[key]):
            told.append(f"{label}{row[key]}")
    name = f"**{plain(person['name'])}**" + ("" if age is None else f", {age}")
    return "  ·  ".join([name, *map(plain, told)])
