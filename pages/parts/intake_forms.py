"""The small forms around a visit: new client, new episode, a visit missed or booked, the end of an episode.

Each form has a key of its own from the moment it is shown, so that sending it twice writes it once. What it says after
saving is said on the page that follows, with the time, and only after the store has committed it.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pandas as pd
import streamlit as st

from analytics.recording import Offer
from charts.words import capital, dated, day
from pages.parts import facts, figure, link
from records import calendar, entry, ids, intake
from records.errors import AlreadySaved, EntryDoubted, EntryRefused, RecordsError
from records.store import Store, Window
from records.viewer import Viewer

SAID = "record_said"
CHRONICITIES = {"under_6_weeks": "under 6 weeks", "6_to_12_weeks": "6 to 12 weeks", "over_3_months": "over 3 months"}
SIDES = ("left", "right", "both", "midline")
SEXES = ("female", "male", "other")
MISSED = {"no_show": "Did not come", "late_cancel": "Called off too late"}
MOST_REGIONS = 4


def choices(window: Window, kind: str) -> dict[str, str]:
    """Code to name of one of the lists records choose from: cause, region, technique ... in the order people know."""
    return dict(facts.fact(_listed, window, kind).itertuples(index=False))


def _listed(window: Window, kind: str) -> pd.DataFrame:
    return window.read("SELECT code, name FROM visible_choice WHERE list = $kind ORDER BY place, name", kind=kind)


def named_ids(window: Window, kind: str) -> dict[int, str]:
    """Id to name of one of the practice's own lists: therapist, office, physician, injury_type."""
    return {int(code): name for code, name in choices(window, kind).items()}


def form_key(form: str) -> str:
    """The name of what one shown form writes; a new one after it was written."""
    return st.session_state.setdefault(f"{form}_key", f"{form} {ids.new()}")


def said(words: str) -> None:
    """Remember what to say on the page that follows: Saved 14:02."""
    st.session_state[SAID] = f"Saved {calendar.now():%H:%M}. {words}"


@contextlib.contextmanager
def written(form: str, words: str) -> Iterator[None]:
    """Write one form; then the page is drawn anew and says so. What was refused is said here and nothing is lost."""
    try:
        yield
    except AlreadySaved:
        said(words)
    except EntryRefused as refusal:
        for reason in refusal.reasons:
            st.error(reason)
        return
    except RecordsError as refusal:
        st.error(str(refusal))
        return
    else:
        said(words)
    st.session_state.pop(f"{form}_key", None)
    st.rerun()


def _text(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def new_client(store: Store, viewer: Viewer) -> None:
    """Name, birth date and how to reach and treat them; the new client is chosen afterwards."""
    with st.form("new_client", border=False, width=860):
        st.title("New client", anchor=False)
        cells = st.grid(3, min_column_width=220, gap="small")
        with cells.cell():
            name = st.text_input("Name", max_chars=200, key="client_name")
        with cells.cell():
            born = st.date_input(
                "Born on", value=None, min_value=dt.date(1890, 1, 1), max_value=calendar.today(), format="YYYY-MM-DD"
            )
        with cells.cell():
            sex = st.selectbox("Sex", SEXES, index=None, placeholder="not said")
        with cells.cell():
            phone = st.text_input("Phone", max_chars=60)
        with cells.cell():
            guardian = st.text_input("Guardian, for a minor", max_chars=200)
        with cells.cell():
            language = st.text_input("Language", max_chars=60)
        with cells.cell():
            pressure = st.text_input("Prefers pressure", max_chars=120)
        with cells.cell():
            draping = st.text_input("Prefers draping and position", max_chars=200)
        with cells.cell():
            shared = st.text_input("May share with", max_chars=200, help="Who may be told: physician, insurer ...")
        with cells.cell():
            until = st.date_input("Consent until", value=None, format="YYYY-MM-DD", max_value=dt.date(2100, 1, 1))
        sent = st.form_submit_button("Save the client", key="go_new_client", type="primary")
    if sent:
        values = {
            "name": name,
            "birth_date": _text(born),
            "sex": sex,
            "phone": phone,
            "guardian": guardian,
            "language": language,
            "pressure_preference": pressure,
            "draping_preference": draping,
            "consent_shared_with": shared,
            "consent_until": _text(until),
        }
        with written("new_client", "The client is in the records. Open an episode for the complaint next."):
            client_id = intake.add_client(store, viewer, values, idempotency_key=form_key("new_client"))
            link.remember("client", ids.to_link(client_id))
            st.session_state["choose_client"] = client_id
            st.session_state["next_task"] = "episode"


def new_episode(store: Store, viewer: Viewer, window: Window, client_id: int, today: dt.date) -> None:
    """One complaint from evaluation to discharge: injury, cause, where, since when, the order and the first goals."""
    regions = choices(window, "region")
    injuries = named_ids(window, "injury_type")
    with st.form("new_episode", border=False, width=860):
        st.header("New episode of care", anchor=False)
        cells = st.grid(3, min_column_width=220, gap="small")
        with cells.cell():
            injury = st.selectbox(
                "Injury type", list(injuries), format_func=injuries.get, index=None, placeholder="choose"
            )
        with cells.cell():
            causes = choices(window, "cause")
            cause = st.selectbox("Cause", list(causes), format_func=causes.get, index=None, placeholder="choose")
        with cells.cell():
            mechanism = st.text_input("What happened", max_chars=400)
        with cells.cell():
            opened = st.date_input("Opened on", value=today, max_value=today, format="YYYY-MM-DD")
        with cells.cell():
            onset = st.date_input(
                "Began on", value=None, max_value=today, min_value=dt.date(1900, 1, 1), format="YYYY-MM-DD"
            )
        with cells.cell():
            surgery = st.date_input(
                "Surgery on", value=None, max_value=today, min_value=dt.date(1900, 1, 1), format="YYYY-MM-DD"
            )
        with cells.cell():
            chronicity = st.selectbox(
                "Lasting, when care begins",
                list(CHRONICITIES),
                format_func=CHRONICITIES.get,
                index=None,
                placeholder="not said",
            )
        with cells.cell():
            therapists = named_ids(window, "therapist")
            usual = viewer.therapist_id if viewer.therapist_id in therapists else None
            therapist = st.selectbox(
                "Therapist who leads",
                list(therapists),
                format_func=therapists.get,
                index=list(therapists).index(usual) if usual else None,
                placeholder="nobody chosen",
            )
        with cells.cell():
            offices = named_ids(window, "office")
            office = st.selectbox("Office", list(offices), format_func=offices.get, index=None, placeholder="not said")
        with cells.cell():
            comorbidity = st.text_input("Other conditions", max_chars=400)
        places = _regions(regions)
        referral = _referral(window, today)
        goals = _goals(store, today)
        sent = st.form_submit_button("Save the episode", key="go_new_episode", type="primary")
    if sent:
        values = {
            "injury_type_id": injury,
            "cause": cause,
            "mechanism": mechanism,
            "opened_on": _text(opened),
            "onset_on": _text(onset),
            "surgery_on": _text(surgery),
            "chronicity": chronicity,
            "therapist_id": therapist,
            "office_id": office,
            "comorbidity": comorbidity,
        }
        with written("new_episode", "The episode is open; record its first visit."):
            episode_id = intake.open_episode(
                store,
                viewer,
                client_id,
                values,
                regions=places,
                referral=referral,
                goals=goals,
                idempotency_key=form_key("new_episode"),
            )
            link.remember("episode", ids.to_link(episode_id))
            st.session_state["choose_episode"] = episode_id
            st.session_state["next_task"] = "visit"


def _regions(regions: dict[str, str]) -> list[dict]:
    """Up to four places on the body, the main complaint first."""
    st.markdown("**Where.** The main complaint first; leave the rest empty.")
    places = []
    cells = st.grid(4, min_column_width=180, gap="small")
    for place in range(1, MOST_REGIONS + 1):
        with cells.cell():
            label = "Main complaint" if place == 1 else f"Also {place}"
            region = st.selectbox(label, list(regions), format_func=regions.get, index=None, placeholder="region")
            side = st.selectbox(f"{label}: side", SIDES, index=None, placeholder="side")
        if region:
            places.append({"region": region, "side": side})
    return places


def _referral(window: Window, today: dt.date, *, open_: bool = False) -> dict[str, Any]:
    """Who sent the client, for what, with how many visits, paid by whom; {} when nothing was filled in."""
    physicians = named_ids(window, "physician")
    with st.expander("Referral and order", type="compact", expanded=open_):
        cells = st.grid(3, min_column_width=220, gap="small")
        with cells.cell():
            sources = choices(window, "referral_source")
            source = st.selectbox("Sent by", list(sources), format_func=sources.get, index=None, placeholder="not said")
        with cells.cell():
            physician = st.selectbox(
                "Physician", list(physicians), format_func=physicians.get, index=None, placeholder="nobody chosen"
            )
        with cells.cell():
            diagnosis = st.text_input("Diagnosis, as the physician wrote it", max_chars=400)
        with cells.cell():
            ordered = st.number_input(
                "Visits ordered", min_value=1, max_value=400, step=1, value=None, placeholder="not said"
            )
        with cells.cell():
            ordered_on = st.date_input(
                "Ordered on", value=None, max_value=today, min_value=dt.date(1900, 1, 1), format="YYYY-MM-DD"
            )
        with cells.cell():
            expires_on = st.date_input(
                "Order expires on", value=None, max_value=dt.date(2100, 1, 1), format="YYYY-MM-DD"
            )
        with cells.cell():
            payers = choices(window, "payer_kind")
            payer_kind = st.selectbox(
                "Paid by", list(payers), format_func=payers.get, index=None, placeholder="not said"
            )
        with cells.cell():
            payer = st.text_input("Payer", max_chars=200)
        with cells.cell():
            claim = st.text_input("Claim number", max_chars=120)
        with cells.cell():
            seen_on = st.date_input(
                "The physician sees them on", value=None, max_value=dt.date(2100, 1, 1), format="YYYY-MM-DD"
            )
        with cells.cell():
            copy = st.file_uploader("Copy of the order", type=["pdf", "png", "jpg", "jpeg"], key="order_copy")
    told = {
        "referral_source": source,
        "physician_id": physician,
        "diagnosis": diagnosis.strip() or None,
        "visits_ordered": None if ordered is None else str(int(ordered)),
        "ordered_on": _text(ordered_on),
        "expires_on": _text(expires_on),
        "payer_kind": payer_kind,
        "payer": payer.strip() or None,
        "claim_number": claim.strip() or None,
        "physician_visit_on": _text(seen_on),
        "order_copy": None if copy is None else copy.getvalue(),
        "order_copy_name": None if copy is None else copy.name,
    }
    return {name: value for name, value in told.items() if value is not None}


def _goals(store: Store, today: dt.date, *, open_: bool = False) -> list[dict]:
    """The first goals: pain, one motion, and what the client wants to be able to do."""
    with st.expander("Goals", type="compact", expanded=open_):
        cells = st.grid(3, min_column_width=220, gap="small")
        with cells.cell():
            pain = st.number_input(
                "Pain to reach, 0 to 10", min_value=0.0, max_value=10.0, step=0.5, value=None, format="%g"
            )
        with cells.cell():
            words = st.text_input("In daily words", max_chars=300, placeholder="drive an hour without stopping")
        with cells.cell():
            due = st.date_input(
                "To be reached by", value=None, min_value=today, max_value=dt.date(2100, 1, 1), format="YYYY-MM-DD"
            )
        movements = store.instruments.movements()
        with cells.cell():
            movement = st.selectbox(
                "Motion to reach",
                list(movements),
                format_func=lambda key: movements[key].name,
                index=None,
                placeholder="none",
            )
        with cells.cell():
            side = st.selectbox("Its side", ("left", "right"), index=None, placeholder="side")
        with cells.cell():
            degrees = st.number_input("Degrees", step=1.0, value=None, format="%g")
    goals = []
    if pain is not None:
        goals.append({"measure": "pain", "target": pain})
    if movement is not None or degrees is not None:
        joint, name = movement or (None, None)
        goals.append({"measure": "motion", "joint": joint, "movement": name, "side": side, "target": degrees})
    if words.strip():
        goals.append({"measure": "words", "words": words.strip()})
    return [goal | {"due_on": _text(due)} for goal in goals]


def further_plan(store: Store, viewer: Viewer, window: Window, offer: Offer, today: dt.date) -> None:
    """A further goal, or a further order, of an episode that is open already; earlier ones stay and are told apart."""
    st.title("Goals and orders", anchor=False)
    with st.form("new_goal", border=False, width=860):
        goals = _goals(store, today, open_=True)
        sent = st.form_submit_button("Save the goals", key="go_new_goal", type="primary")
    if sent and not goals:
        st.error("Goals: nothing is filled in. Open the line above and write what is to be reached.")
    elif sent:
        with written("new_goal", "The goals stand from today on."):
            intake.set_goals(store, viewer, offer.episode_id, goals, idempotency_key=form_key("new_goal"))
    with st.form("new_order", border=False, width=860):
        referral = _referral(window, today, open_=True)
        sent = st.form_submit_button("Save the order", key="go_new_order", type="primary")
    if sent:
        with written("new_order", "The order is in the records."):
            intake.add_order(store, viewer, offer.episode_id, referral, idempotency_key=form_key("new_order"))


def missed(store: Store, viewer: Viewer, client_id: int, offer: Offer, today: dt.date) -> None:
    """A visit that did not take place: a no-show or a late cancel, of the booking of that day where there is one."""
    with st.form("missed", border=False, width=620):
        st.title("Did not come", anchor=False)
        status = st.segmented_control(
            "What happened", list(MISSED), format_func=MISSED.get, default="no_show", required=True
        )
        # Tomorrow's booking can be called off today; a no-show of tomorrow is refused by the rules.
        on = st.date_input("Date", value=today, max_value=today + dt.timedelta(days=366), format="YYYY-MM-DD")
        note = st.text_input("Note", max_chars=400)
        sent = st.form_submit_button("Save", key="go_missed", type="primary")
    if sent:
        with written("missed", f"{MISSED[status]}, {dated(on)}."):
            _plain_session(
                store, viewer, "missed", client_id, offer,
                {"visited_on": _text(on), "kind": "treatment", "status": status, "booking_id": offer.booked_on(on)},
                {"note": note} if note.strip() else {},  # what the booking says stays, unless something else is said
            )  # fmt: skip


def book(store: Store, viewer: Viewer, client_id: int, offer: Offer, today: dt.date) -> None:
    """The next visit: a day and a time. A booking is no visit and stands in no figure of progress."""
    with st.form("book", border=False, width=620):
        st.title("Book the next visit", anchor=False)
        if len(offer.bookings):
            days = ", ".join(dated(day(booked)) for booked in offer.bookings["visited_on"])
            figure.quiet(f"Booked already: {days}.")
        on = st.date_input("Date", value=today + dt.timedelta(days=7), min_value=today, format="YYYY-MM-DD")
        at = st.time_input("Time", value=None, step=900)
        sent = st.form_submit_button("Book", key="go_book", type="primary")
    if sent:
        with written("book", f"Booked for {dated(on)}."):
            _plain_session(
                store, viewer, "book", client_id, offer,
                {"visited_on": _text(on), "kind": "treatment", "status": "booked",
                 "start_time": None if at is None else f"{at:%H:%M}"},
                {},
            )  # fmt: skip


def end_episode(store: Store, viewer: Viewer, window: Window, episode: pd.Series, offer: Offer, today: dt.date) -> None:
    """Discharge: the day and the reason."""
    reasons = choices(window, "discharge_reason")
    with st.form("end_episode", border=False, width=620):
        st.title("Discharge", anchor=False)
        last = None if offer.last_visit is None else day(offer.last_visit["visited_on"])
        on = st.date_input("Discharged on", value=last or today, max_value=today, format="YYYY-MM-DD")
        reason = st.selectbox("Reason", list(reasons), format_func=reasons.get, index=None, placeholder="choose")
        note = st.text_input("Note", max_chars=400)
        sent = st.form_submit_button("Discharge", key="go_end_episode", type="primary")
    if sent:
        with written("end_episode", f"{capital(str(episode['injury_type']))}: discharged on {dated(on)}."):
            intake.discharge(
                store,
                viewer,
                offer.episode_id,
                discharged_on=_text(on),
                discharge_reason=reason,
                note=note,
                idempotency_key=form_key("end_episode"),
            )
            st.session_state["next_task"] = "visit"


def _plain_session(
    store: Store, viewer: Viewer, form: str, client_id: int, offer: Offer, session: dict, part: dict
) -> None:
    """A session without readings. A doubt (another no-show that day) is asked once; sending again is the answer.

    The answer holds for the session it was asked about, and for no other client, day or kind.
    """
    about = (offer.episode_id, session["visited_on"], session["status"])
    asked_about, asked = st.session_state.get(f"{form}_doubts", (None, []))
    part = {"episode_id": offer.episode_id, "overruled": asked if asked_about == about else []} | part
    try:
        entry.record_session(store, viewer, {"client_id": client_id} | session, [part], idempotency_key=form_key(form))
    except EntryDoubted as doubted:
        questions = [{"warning": doubt.warning, "words": doubt.words} for doubt in doubted.doubts]
        st.session_state[f"{form}_doubts"] = (about, questions)
        raise EntryRefused([f"{doubt.words} Press again if it is right." for doubt in doubted.doubts]) from doubted
    st.session_state.pop(f"{form}_doubts", None)
