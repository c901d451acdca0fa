"""The visit itself: kind, day, time, minutes, who. Saved along with the first thing said."""

import datetime as dt

import pandas as pd
import streamlit as st

from analytics.recording import Offer
from pages.parts.session.frame import Form, doubts, keep, ready, refusals, with_others

KINDS = {
    "evaluation": "Evaluation",
    "treatment": "Treatment",
    "re_evaluation": "Re-evaluation",
    "discharge": "Discharge",
}


def visit(form: Form, therapists: dict[int, str]) -> None:
    """Kind, day, time, minutes, who: what every session has. Saved along with the first thing said."""
    desk, first = form.desk, form.offers[0]
    held = desk.held("visit")
    said = held.get("session", {})
    with st.container(key="section_visit", gap="small"):
        with st.container(key="row_kind"):
            kind = st.segmented_control(
                "Kind of visit",
                list(KINDS),
                format_func=KINDS.get,
                key=ready(f"{desk.key}_kind", said.get("kind") or ("treatment" if first.visits else "evaluation")),
                required=True,
                label_visibility="collapsed",
                width="stretch",
                wrap=True,
            )
        cells = st.grid(4, min_column_width=150, gap="small")
        with cells.cell():
            on = st.date_input(
                "Date", key=ready(f"{desk.key}_on", _day(said.get("visited_on")) or form.today), format="YYYY-MM-DD"
            )
        with cells.cell():
            at = st.time_input("Start time", key=ready(f"{desk.key}_at", _clock(said.get("start_time"))), step=900)
        with cells.cell():
            who = st.selectbox(
                "Therapist",
                list(therapists),
                format_func=therapists.get,
                key=ready(f"{desk.key}_who", said.get("therapist_id") or _usual_therapist(form, therapists)),
                index=None,
                placeholder="nobody chosen" if therapists else "none yet: Settings",
            )
        parts = {}
        for offer in form.offers:
            with cells.cell():
                parts[str(offer.episode_id)] = _minutes(form, offer)
        content = {
            "session": {
                "visited_on": on.isoformat() if on else None,
                "start_time": at.strftime("%H:%M") if at else None,
                "kind": kind,
                "status": "kept",
                "therapist_id": who,
                "booking_id": first.booked_on(on),
                "episodes": [offer.episode_id for offer in form.offers],
            },
            "parts": parts,
        }
        content = with_others(form, "visit", content)
        if desk.is_begun:
            keep(desk, "visit", content)
        else:
            desk.offer("visit", content)
        for reason in refusals(form, "visit"):
            st.error(reason)
        doubts(form, "visit")
        if told := desk.told.get("visit"):
            st.error(told)


def _usual_therapist(form: Form, therapists: dict[int, str]) -> int | None:
    """Whoever writes, if they treat; else who gave the last visit, else who leads the episode."""
    if form.window.viewer.therapist_id in therapists:
        return form.window.viewer.therapist_id
    last_visit = form.offers[0].last_visit
    by_name = {name: number for number, name in therapists.items()}
    return by_name.get(None if last_visit is None else last_visit["therapist"]) or by_name.get(form.lead)


def _minutes(form: Form, offer: Offer) -> dict[str, str]:
    """Minutes of one part: as last time, until somebody says otherwise."""
    desk = form.desk
    last = (
        None if offer.last_visit is None or pd.isna(offer.last_visit["minutes"]) else int(offer.last_visit["minutes"])
    )
    held = desk.part("visit", offer.episode_id).get("minutes")
    label = "Minutes" if len(form.offers) == 1 else f"Minutes, {form.names[offer.episode_id]}"
    given = st.number_input(
        label,
        min_value=0,
        max_value=480,
        step=5,
        key=ready(f"{desk.key}_minutes_{offer.episode_id}", int(held) if held else last),
        value=None,
        placeholder="not said",
    )
    return {} if given is None else {"minutes": str(int(given))}


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _clock(text: str | None) -> dt.time | None:
    return dt.time.fromisoformat(text) if text else None
