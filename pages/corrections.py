"""Corrections: what is written down, and what was it before?"""

import datetime as dt

import streamlit as st

from access import door
from analytics import progress
from analytics.episodes import with_status
from charts.words import counted, dated
from pages.parts import choose, facts, figure, link, record_form
from records import calendar, store
from records.written import Record, choices, records_of, went_with, withdrawn_clients

viewer = door.require("record.correct")
window = store.open_for(viewer)
today = calendar.today()
figure.style()

OF_EPISODE = ("episode", "episode_region", "referral", "goal", "dated_entry")
OF_VISIT = (
    "session", "session_part", "rating", "motion", "score", "technique_use", "red_flag_found", "call_made"
)  # fmt: skip
AT_ONCE = 10  # withdrawn clients shown without a search


def in_order(records: list[Record], tables: tuple[str, ...]) -> list[Record]:
    """Standing records of these tables, in the order of the tables."""
    return [found for table in tables for found in records if found.table == table and not found.withdrawn]


def visit_name(session: Record) -> str:
    """8 Oct 2026, 14:30, treatment; what did not take place says so."""
    values = session.values
    told = [dated(dt.date.fromisoformat(values["visited_on"]))]
    told += [values["start_time"][:5]] if values["start_time"] else []
    told.append(values["kind"].replace("_", "-"))
    told += [] if values["status"] == "kept" else [values["status"].replace("_", "-")]
    return ", ".join(told)


def show_visits(records: list[Record], lists: dict, episode_id: int) -> None:
    """One visit of the episode, chosen from the newest down, with everything in it."""
    parts = in_order([found for found in records if found.episode_id == episode_id], ("session_part",))
    visits = {part.session_id for part in parts}
    sessions = [found for found in in_order(records, ("session",)) if found.row_id in visits]
    sessions.sort(key=lambda found: (found.values["visited_on"], found.values["start_time"] or ""), reverse=True)
    if not sessions:
        st.info("No visit of this episode is written down. What was withdrawn stands under Withdrawn.")
        return
    by_id = {session.row_id: session for session in sessions}
    chosen = link.select(
        f"Visit ({counted(len(sessions), 'visit')}, newest first)",
        "visit",
        {session_id: visit_name(session) for session_id, session in by_id.items()},
    )
    of_visit = [found for found in records if found.session_id == chosen and found.episode_id in (None, episode_id)]
    for found in in_order(of_visit, OF_VISIT):
        record_form.show(window, viewer, found, records, lists)
    others = {
        part.episode_id for part in records if part.session_id == chosen and part.episode_id and not part.withdrawn
    }
    if others - {episode_id}:
        figure.quiet("This visit served another episode too. Choose that episode above to see its part.")


def show_care(records: list[Record], lists: dict, episode_id: int) -> None:
    """The client, and what belongs to the episode as a whole."""
    for found in in_order(records, ("client",)):
        record_form.show(window, viewer, found, records, lists)
    of_episode = [found for found in records if found.episode_id == episode_id]
    for found in in_order(of_episode, OF_EPISODE):
        record_form.show(window, viewer, found, records, lists)
    for found in in_order([call for call in of_episode if call.session_id is None], ("call_made",)):
        record_form.show(window, viewer, found, records, lists)


def withdrawn_by_itself(client_id: int, records: list[Record]) -> list[tuple[Record, int]]:
    """What a person withdrew, the last first, each with how many records went with it."""
    leaders = facts.fact(went_with, window, client_id)
    gone = [
        (found, sum(1 for leader in leaders.values() if leader == (found.table, found.row_id)) - 1)
        for found in records
        if found.withdrawn and leaders.get((found.table, found.row_id)) == (found.table, found.row_id)
    ]
    return sorted(gone, key=lambda pair: pair[0].acted_at, reverse=True)


def show_withdrawn(client_id: int | None, records: list[Record], lists: dict) -> None:
    """What of this client was withdrawn, and the clients who were."""
    gone = withdrawn_by_itself(client_id, records) if client_id is not None else []
    if not gone and client_id is not None:
        figure.quiet("Nothing of this client is withdrawn.")
    for found, along in gone:
        show_gone(found, along, records, lists)
    show_withdrawn_clients(lists)


def show_withdrawn_clients(lists: dict) -> None:
    """The clients who were withdrawn, the last first; of many, those found by name."""
    clients = facts.fact(withdrawn_clients, window)
    if not clients:
        return
    st.subheader("Withdrawn clients", anchor=False)
    if len(clients) > AT_ONCE:
        words = st.text_input("Find a withdrawn client by name", key="withdrawn_search", persist_state="page")
        found = facts.fact(withdrawn_clients, window, words) if words.strip() else clients
        if not found:
            st.warning("No withdrawn client has all these words in their name. Try a part of it, or clear the field.")
        elif len(found) > AT_ONCE:
            figure.quiet(f"The last {AT_ONCE} of {len(found)} are shown. Type a name to find another.")
        clients = found[:AT_ONCE]
    for gone_id in clients:
        theirs = facts.fact(records_of, window, gone_id)
        for found, along in withdrawn_by_itself(gone_id, theirs):
            if found.table == "client":
                show_gone(found, along, theirs, lists)


def show_gone(found: Record, along: int, records: list[Record], lists: dict) -> None:
    """One withdrawn record, with when, why and how much went with it."""
    of_visit = next((other for other in records if other.table == "session" and other.row_id == found.session_id), None)
    where = f"Visit of {visit_name(of_visit)}. " if of_visit is not None and of_visit is not found else ""
    more = f", with {counted(along, 'record')} that belonged to it" if along else ""
    when = f"{dated(found.acted_at)} {found.acted_at:%H:%M}"
    under = f"{where}Withdrawn {when} by {found.actor}{more}: {found.reason}"
    record_form.show(window, viewer, found, records, lists, under=under)


person = choose.client(window, today)
lists = facts.fact(choices, window)
if person is None:
    st.title("What is written down, and what was it before?", anchor=False)
    record_form.said()
    st.info("No clients yet. Record one, or bring an export of your records on the Import page.")
    show_withdrawn(None, [], lists)
    st.stop()
client_id = int(person["client_id"])
records = facts.fact(records_of, window, client_id)
episodes = with_status(facts.fact(progress.episodes, window, client_id), today)
episode_id = None if episodes.empty else int(choose.episode(episodes)["episode_id"])

st.title("What is written down, and what was it before?", anchor=False)
record_form.said()
if window.store.is_sample:
    st.write("These are invented records: they can be looked at here, and are not corrected.")
gone = len(withdrawn_by_itself(client_id, records)) + len(facts.fact(withdrawn_clients, window))
sections = {"care": "Client and episode", "withdrawn": f"Withdrawn ({gone})"}
if episode_id is not None:
    sections = {"visits": "Visits"} | sections
section = link.segments("Show", "section", sections)
st.header(sections[section], anchor=False)
if section == "withdrawn":
    show_withdrawn(client_id, records, lists)
elif section == "care":
    show_care(records, lists, episode_id)
else:
    show_visits(records, lists, episode_id)
