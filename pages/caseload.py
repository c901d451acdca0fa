"""Caseload: what is the practice doing?"""

import streamlit as st

from access import door
from analytics import SQL, caseload
from analytics.episodes import CLOSED_AFTER_CHOICES, LAPSED_AFTER_DAYS
from analytics.fates import FATES, JUDGED
from charts import caseload as draw
from charts.model import Chart
from charts.words import counted, listed
from pages.parts import facts, figure, filters, link
from pages.parts.figure import Calculation
from records import calendar, store

viewer = door.require("caseload.read")
window = store.open_for(viewer)
today = calendar.today()
closed_after_days = window.store.settings.closed_after_days
figure.style()

UNITS = {"week": "Week", "month": "Month"}
SPLITS = ("therapist", "office", "injury type", "cause")

st.title("What is the practice doing?", anchor=False)
chosen = filters.choose(window, today, ("therapist", "office", "injury", "cause"), "Sessions", period="12m")
unit = link.segments("Count by", "by", UNITS)
periods = facts.fact(caseload.by_period, window, chosen, unit, today)
if not caseload.anything_happened(periods):
    st.info("No sessions in this choice. Choose a longer period or fewer filters, or bring records on the Import page.")
    st.stop()

care = facts.fact(caseload.status_counts, window, chosen, today)
total = int(periods["sessions"].sum())
full = periods[~periods["running"] & ~periods["partial"]]
latest = "" if full.empty else f" The last full {unit} had {counted(int(full['sessions'].iloc[-1]), 'session')}."
st.markdown(
    f"**{counted(total, 'session')}** in this choice.{latest} Today"
    f" **{counted(care['active'] + care['on_hold'], 'episode')} in care**, {care['on_hold']} of them on hold.",
    width=740,
)

figure.show(
    facts.chart(draw.sessions, window, (chosen, unit, today), lambda: draw.sessions(periods, unit)),
    Calculation(
        "Kept sessions by the day they took place; a session that serves two episodes counts once. Contacts, no-shows,"
        f" late cancels and bookings are not counted. A {unit} without sessions stands as 0; one that is not over, or"
        " only partly in the choice, is marked.",
        (SQL / "sessions_by_day.sql",),
    ),
)
figure.show(
    facts.chart(draw.flow, window, (chosen, unit, today), lambda: draw.flow(periods, unit)),
    Calculation(
        "New: the first visit of an episode. Discharged: by the day of discharge. Lapsed: the first day on which there"
        f" had been no visit for more than {LAPSED_AFTER_DAYS} days, none booked and no discharge; a client who comes"
        " back is no longer lapsed, so past counts can fall. In care: begun and not ended by the last day. With a"
        " therapist or office chosen, the episodes are those they lead.",
        (SQL / "episode_courses.sql",),
    ),
)

ended = facts.fact(caseload.ended, window, chosen, today)
closed = facts.fact(caseload.closed_counts, window, chosen, today)
figure.show(
    facts.chart(
        draw.ended,
        window,
        (chosen, today),
        lambda: draw.ended(ended, FATES, JUDGED, closed, closed_after_days),
    ),
    Calculation(
        "Episodes whose care ended in the period and is closed: by the day of discharge, or, lapsed and silent for more"
        f" than {closed_after_days} days, the first day without a visit for more than {LAPSED_AFTER_DAYS}. Pain"
        " before treatment, the latest rating against the start, each judged by the thresholds of its region,"
        " chronicity and follow-up. No standard says after how many days of silence an episode is over: the caption"
        f" counts the closed ones of all periods at {listed([str(days) for days in CLOSED_AFTER_CHOICES])} days. With a"
        " therapist or office chosen, the episodes are those they lead.",
        (SQL / "outcomes_episodes.sql", SQL / "episode_courses.sql"),
    ),
)

splits = facts.fact(caseload.splits, window, chosen)


def split_chart(what: str) -> Chart:
    """The split by one thing, kept until a record changes."""
    rows = splits[splits["split_by"] == what].drop(columns="split_by")
    return facts.chart(draw.split, window, (chosen, what, total), lambda: draw.split(rows, what, total))


for first, second in (SPLITS[:2], SPLITS[2:]):
    for column, what in zip(st.columns(2, gap="large"), (first, second), strict=True):
        with column:
            figure.show(
                split_chart(what),
                Calculation(
                    f"Kept sessions in the period by {what}. A visit that serves two episodes of different kinds stands"
                    " in both rows.",
                    (SQL / "sessions_split.sql",),
                ),
            )
