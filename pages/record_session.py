"""Record a session: can I be done in a minute?"""

import pandas as pd
import streamlit as st

from access import door
from analytics import progress, recording
from analytics.episodes import with_status
from analytics.recording import Offer
from charts.words import counted, dated, day, number
from pages.parts import choose, facts, figure, intake_forms, link
from pages.parts.desk import Desk, TrialDesk
from pages.parts.figure import plain
from pages.parts.session import care, frame, measures
from pages.parts.session import visit as visit_section
from pages.parts.session.frame import Form
from records import calendar, drafts, ids, store
from records.errors import AlreadySaved, EntryDoubted, EntryRefused, RecordsError

viewer = door.require("session.write")
window = store.open_for(viewer)
today = calendar.today()
figure.style()
frame.style()

WIDTH_PX = 900
MOST_UNFINISHED = 12
TASKS = {
    "visit": "Visit",
    "missed": "Did not come",
    "book": "Book a visit",
    "plan": "Goal or order",
    "end": "Discharge",
    "episode": "New episode",
    "client": "New client",
}


def header(person: pd.Series, episode: pd.Series, offer: Offer) -> None:
    """Who, which visit of how many, and what the last one said: all that is needed before asking."""
    st.markdown(choose.described(person, episode, today))
    ordered = offer.ordered["ordered"]
    number_of_visit, of_order = offer.visits + 1, offer.ordered["used"] + 1
    charged = "" if of_order == number_of_visit else f", {of_order}"  # an earlier order, or visits before it
    st.title(f"Visit {number_of_visit}{'' if ordered is None else f'{charged} of {ordered} ordered'}", anchor=False)
    told = []
    if offer.last_visit is not None:
        readings = [
            f"{progress.pain_name(asked.kind, asked.region, asked.side).lower()} {number(asked.last_before)} before"
            + ("" if asked.last_after is None else f", {number(asked.last_after)} after")
            for asked in offer.pains
            if asked.last_before is not None
        ]
        last = f"Last time ({dated(day(offer.last_visit['visited_on']), with_year=False)})"
        told.append(f"{last}: {'; '.join(readings) or 'pain was not asked'}.")
    preferences = [
        str(value)
        for value in (person["pressure_preference"], person["draping_preference"])
        if not pd.isna(value) and str(value).strip()
    ]
    if preferences:
        told.append(f"Prefers {', '.join(preferences)}.")
    goals = [goal_words(goal) for goal in offer.goals.itertuples()]
    if goals:
        told.append(f"Goal: {'; '.join(dict.fromkeys(goals))}.")
    if told:
        st.markdown(plain(" ".join(told)), width=WIDTH_PX)


def goal_words(goal: object) -> str:
    """A goal in a few words: pain 2, neck rotation left 70°, drive an hour."""
    if goal.measure == "words":
        return str(goal.words)
    target = number(goal.target)
    if goal.measure == "motion":
        name = window.store.instruments.movement(goal.joint, goal.movement).name.lower()
        return f"{name}{'' if pd.isna(goal.side) else f' {goal.side}'} {target}°"
    return f"pain {target}" if goal.measure == "pain" else f"{window.store.instruments.scale(goal.scale).name} {target}"


def the_desk(client_id: int, episode_id: int) -> Desk:
    """The draft this page writes into: the one in the link, an open one about this episode, or a new one.

    Of a new one nothing is written before something was said; its id is chosen now, so the fields keep their place.
    """
    key = f"draft_{client_id}_{episode_id}"
    if window.store.is_sample:
        draft = drafts.Draft(ids.new(), client_id, calendar.now(), "open", None)
        return st.session_state.setdefault(key, TrialDesk(window.store, viewer, draft, is_begun=False))
    linked = ids.from_link(link.in_link("draft") or "")
    started = [] if linked is None else [linked]
    started += drafts.open_of(window.store, viewer, client_id)
    for draft_id in started:
        found = drafts.read(window.store, viewer, draft_id)
        if found and found.client_id == client_id and found.state != "discarded" and serves(found, episode_id):
            break
    else:
        found = None
        if (chosen := st.session_state.get(key)) is None or drafts.read(window.store, viewer, chosen) is not None:
            st.session_state[key] = ids.new()  # the last one chosen became a visit, or was put aside
    draft = found or drafts.Draft(st.session_state[key], client_id, calendar.now(), "open", None)
    link.remember("draft", ids.to_link(draft.draft_id))
    return Desk(window.store, viewer, draft, is_begun=found is not None)


def unfinished(client_id: int) -> None:
    """Visits begun with other clients and not finished: nobody remembers them all."""
    waiting = []
    for draft_id in drafts.open_of(window.store, viewer):
        draft = drafts.read(window.store, viewer, draft_id)
        person = facts.fact(recording.client, window, draft.client_id)
        if draft.client_id != client_id and len(person):
            waiting.append((draft, str(person["name"].iloc[0])))
    if not waiting:
        return
    with st.expander(f":gray[{counted(len(waiting), 'visit')} begun and not finished]", type="compact"):
        for draft, name in waiting[:MOST_UNFINISHED]:
            begun = f"{dated(draft.begun_at.date(), with_year=False)}, {draft.begun_at:%H:%M}"
            st.button(
                f"{plain(name)}, begun {begun}", key=f"go_on_{draft.draft_id}", type="tertiary",
                on_click=go_on, args=(draft,),
            )  # fmt: skip


def go_on(draft: drafts.Draft) -> None:
    """Open a visit that was begun: its client, its episode, itself."""
    st.session_state["choose_client"] = draft.client_id
    if served := drafts.served_episodes(draft):
        st.session_state["choose_episode"] = served[0]
    link.remember("draft", ids.to_link(draft.draft_id))


def serves(draft: drafts.Draft, episode_id: int) -> bool:
    """Whether a draft is about this episode; one of which nothing was saved yet is about any."""
    return episode_id in drafts.served_episodes(draft) or not draft.sections


def another(client_id: int, episode_id: int) -> None:
    """Leave this draft; the next one is a new one."""
    link.remember("draft", None)
    st.session_state.pop(f"draft_{client_id}_{episode_id}", None)


def show_finished(desk: Desk, client_id: int, episode_id: int) -> None:
    """What was saved and when, and what may come next."""
    st.title("Visit saved", anchor=False)
    st.success(f"Saved {desk.draft.changed_at:%H:%M}. The visit is in the records.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("Record another visit", key="another", on_click=another, args=(client_id, episode_id))
        st.page_link("pages/client_progress.py", label="Client progress")


def resumed(desk: Desk, client_id: int, episode_id: int) -> None:
    """A visit begun earlier: when, and the way to put it aside."""
    sections = [section for section in desk.draft.sections if section != "visit"]
    if not sections:
        return
    begun = f"Begun {dated(desk.draft.begun_at.date(), with_year=False)} at {desk.draft.begun_at:%H:%M}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        figure.quiet(f"{begun}: {counted(len(sections), 'part')} saved, not finished yet.", width="content")
        if st.button("Put it aside", key="discard", type="tertiary"):
            drafts.discard(window.store, viewer, desk.draft.draft_id)
            another(client_id, episode_id)
            st.rerun()


def finish(form: Form, visit_number: int) -> None:
    """Make it a session; what keeps it from being one is said here, and everything stays saved."""
    with st.container(key="finish_bar", width=WIDTH_PX):
        words, press = st.columns([3, 2], vertical_alignment="center", gap="small")
        with press:
            pressed = st.button(
                f"Finish visit {visit_number}", key="go_finish", type="primary", width="stretch",
                disabled=window.store.is_sample,
            )  # fmt: skip
        with words:
            if window.store.is_sample:
                figure.quiet(
                    "Invented practice: try the form, nothing is saved. Start with your own records to record."
                )
            elif pressed:
                try_to_finish(form)
            else:
                figure.quiet("Each part is in the practice file as soon as its heading says so.")


def try_to_finish(form: Form) -> None:
    """Finish, or say what is missing."""
    if unsaid := care.unsaid(form.desk):
        st.error(" ".join(unsaid))
        return
    try:
        form.desk.finish()
    except AlreadySaved:
        st.rerun()
    except EntryRefused as refused:
        for reason in refused.reasons:
            st.error(reason)
    except EntryDoubted:
        st.error(" ".join(frame.left_over(form)))
    except RecordsError as refusal:
        st.error(str(refusal))
    else:
        if form.desk.held("visit")["session"]["kind"] == "discharge":
            st.session_state["next_task"] = "end"
        st.rerun()


def record(person: pd.DataFrame, episodes: pd.DataFrame, episode: pd.Series) -> None:
    """The form of one visit, section by section."""
    client_id, episode_id = int(person["client_id"].iloc[0]), int(episode["episode_id"])
    desk = the_desk(client_id, episode_id)
    frame.settle(desk)
    first = facts.fact(recording.offer, window, client_id, episode_id, today)
    if desk.draft.state == "finished":
        show_finished(desk, client_id, episode_id)
        return
    header(person.iloc[0], episode, first)
    served = [number for number in drafts.served_episodes(desk.draft) if number != episode_id]
    others = {
        int(row.episode_id): str(row.injury_type)
        for row in episodes.itertuples()
        if int(row.episode_id) != episode_id and (row.status != "discharged" or int(row.episode_id) in served)
    }
    also = also_served(desk, first, others, served)
    offers = (first, *(facts.fact(recording.offer, window, client_id, number, today) for number in also))
    names = {episode_id: str(episode["injury_type"])} | others
    lead = None if pd.isna(episode["therapist"]) else str(episode["therapist"])
    form = Form(desk, window, person, offers, names, today, lead)
    frame.shown(form)
    if not pd.isna(episode["discharged_on"]):
        st.info(
            f"Discharged on {dated(day(episode['discharged_on']))}: a visit after that day begins a new episode. Choose"
            " New episode above, or write down a visit of before."
        )
    with st.container(width=WIDTH_PX, gap="medium"):
        resumed(desk, client_id, episode_id)
        the_form(form, first.visits + 1)


@st.fragment
def the_form(form: Form, visit_number: int) -> None:
    """Every section in the order of the visit, and the button at the foot: what a tap draws anew."""
    visit_section.visit(form, intake_forms.named_ids(window, "therapist"))
    measures.pain(form, "before")
    measures.home_exercise(form)
    measures.motion(form)
    care.techniques(form, intake_forms.choices(window, "technique"), intake_forms.choices(window, "region"))
    measures.pain(form, "after")
    care.effects(form)
    measures.scores(form)
    care.safety(form, intake_forms.choices(window, "red_flag"))
    care.entries(form)
    care.note(form)
    finish(form, visit_number)
    frame.one_run_older()


def also_served(desk: Desk, first: Offer, others: dict[int, str], served: list[int]) -> list[int]:
    """The client's other episodes this visit serves: those of the draft, or of today's booking, until one is tapped."""
    if not others:
        return []
    key = f"{desk.key}_also_{first.episode_id}"
    if key not in st.session_state:
        if not desk.draft.sections and (booking := first.booked_on(today)) is not None:
            offered = {
                number: facts.fact(recording.offer, window, desk.draft.client_id, number, today) for number in others
            }
            served = [number for number, offer in offered.items() if offer.booked_on(today) == booking]
        st.session_state[key] = [number for number in served if number in others]
    return st.pills("This visit also serves", list(others), format_func=others.get, selection_mode="multi", key=key)


def the_task() -> str:
    """What is to be done here; after a form was saved, what usually follows it."""
    if (wanted := st.session_state.pop("next_task", None)) is not None:
        st.session_state["task"] = wanted
    with st.container(key="row_task", width=WIDTH_PX):
        chosen = link.segments("What to write down", "task", TASKS)
    if chosen != "visit":
        link.remember("draft", None)  # whoever comes back to visits finds a form, not what was said of the last one
    return chosen


said = st.session_state.pop(intake_forms.SAID, None)
if (chosen := st.session_state.pop("choose_client", None)) is not None:
    st.session_state["client"], st.session_state["client_search"] = chosen, ""
if (chosen := st.session_state.pop("choose_episode", None)) is not None:
    st.session_state["episode"] = chosen
task = the_task()
if said:
    st.success(said)
if task == "client":
    intake_forms.new_client(window.store, viewer)
    st.stop()
found = choose.client(window, today)
if found is None:
    st.title("Record a session", anchor=False)
    st.info("No clients yet. Enter the first one under New client, or bring an export on the Import page.")
    st.stop()
client_id = int(found["client_id"])
person = facts.fact(recording.client, window, client_id)
episodes = facts.fact(progress.episodes, window, client_id)
episodes = with_status(episodes, today, window.store.settings.closed_after_days)
if task == "episode" or episodes.empty:
    st.title(plain(found["name"]), anchor=False)
    if episodes.empty:
        figure.quiet("No episode of care yet: open one for the complaint, then record its first visit.")
    intake_forms.new_episode(window.store, viewer, window, client_id, today)
    st.stop()
episode = choose.episode(episodes)
if task == "visit":
    unfinished(client_id)
    record(person, episodes, episode)
    st.stop()
offer = facts.fact(recording.offer, window, client_id, int(episode["episode_id"]), today)
st.markdown(choose.described(person.iloc[0], episode, today))
if task == "missed":
    intake_forms.missed(window.store, viewer, client_id, offer, today)
elif task == "plan":
    intake_forms.further_plan(window.store, viewer, window, offer, today)
elif task == "book":
    intake_forms.book(window.store, viewer, client_id, offer, today)
else:
    intake_forms.end_episode(window.store, viewer, window, episode, offer, today)
