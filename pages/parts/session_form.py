"""The sections of the form for a session, in the order of a visit. Each is saved by itself as it is filled.

Every section is a fragment: a tap draws and saves that section alone. What it says goes to the desk in the shape that
`records.drafts` describes; an empty field is not measured, and never 0.
"""

import datetime as dt
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from analytics import recording
from analytics.progress import pain_name
from analytics.recording import Offer, Pain
from charts import theme
from charts.words import counted, dated, day, number
from pages.parts import figure
from pages.parts.desk import Desk
from records import calendar
from records.errors import EditedMeanwhile
from records.store import Window

KINDS = {
    "evaluation": "Evaluation",
    "treatment": "Treatment",
    "re_evaluation": "Re-evaluation",
    "discharge": "Discharge",
}
MINUTES_OF_VISIT = (30, 45, 60, 75, 90)
MINUTES_OF_TECHNIQUE = (5, 10, 15, 20, 25, 30)
HALF = "+ ½"
NOTHING = "Nothing"
EFFECTS = (NOTHING, "Soreness over a day", "Headache", "Dizziness", "Bruise")
INSTRUMENTS = {
    "goniometer": "goniometer",
    "inclinometer": "inclinometer",
    "crom": "CROM device",
    "app": "app",
    "visual": "by eye",
}
ENTRIES = {"medication": "Medication", "work_status": "Work", "daily_words": "What daily life allows"}
MOST_IN_A_ROW = 14  # days of home exercise that stand as buttons; more are typed
# Which section a doubt is shown in, by its question.
DOUBTS_IN = {
    "same_day": "visit",
    "before_onset": "visit",
    "long_gap": "visit",
    "pain_change": "pain_before",
    "pain_after": "pain_after",
    "side_swapped": "motion",
    "active_over_passive": "motion",
    "motion_change": "motion",
    "score_change": "scores",
    "minutes": "techniques",
}


@dataclass(frozen=True)
class Form:
    """Everything the sections need: the draft, the window, the client, and what each served episode offers."""

    desk: Desk
    window: Window
    person: pd.DataFrame
    offers: tuple[Offer, ...]
    names: dict[int, str]  # of the episodes; said only where a visit serves several
    today: dt.date

    def episode_words(self, episode_id: int) -> None:
        """Which episode the rows below are about, where there is a choice."""
        if len(self.offers) > 1:
            st.markdown(f"**{figure.plain(self.names[episode_id])}**")


def style() -> None:
    """Large targets, the pain colour on what was chosen, and the finish bar in view; once on the page."""
    colours = theme.palette("dark" if st.context.theme.type == "dark" else "light")
    st.html(
        "<style>"
        "[class*='st-key-scale_'] [role=radiogroup], [class*='st-key-row_'] [role=radiogroup]"
        " { display: flex; flex-wrap: wrap; width: 100%; row-gap: 4px; }"
        "[class*='st-key-scale_'] [role=radiogroup] button"
        " { min-height: 3.75rem !important; flex: 1 1 0; min-width: 3.2rem; position: relative; }"
        "[class*='st-key-scale_'] [role=radiogroup] button p { font-size: 1.125rem; }"
        "[class*='st-key-scale_'] [role=radiogroup] button[aria-checked='true']"
        f" {{ background: {colours['pain']} !important; border-color: {colours['pain']} !important; }}"
        "[class*='st-key-scale_'] [role=radiogroup] button[aria-checked='true'] p"
        f" {{ color: {colours['ground']} !important; font-weight: 650; }}"
        f"@media (max-width: {figure.NARROW_MAX_PX}px) {{ [class*='st-key-scale_'] [role=radiogroup]"
        " { display: grid; grid-template-columns: repeat(6, 1fr); }"
        " [class*='st-key-scale_'] [role=radiogroup] button { min-width: 0; }"
        " .st-key-row_kind [role=radiogroup] { display: grid; grid-template-columns: repeat(2, 1fr); } }"
        "[class*='st-key-row_'] [role=radiogroup] button"
        " { min-height: 3rem; flex: 1 1 0; min-width: 2.75rem; padding: 0 0.25rem; }"
        ".st-key-row_task [role=radiogroup] button, .st-key-row_kind [role=radiogroup] button"
        " { min-width: max-content; padding: 0 0.75rem; }"
        "[class*='st-key-section_'] [data-testid=stButtonGroup] button { min-height: 2.75rem; min-width: 2.75rem; }"
        "[class*='st-key-motion_'] div:has(> input) { height: 3.25rem; }"
        "[class*='st-key-motion_'] [data-testid=stNumberInputContainer] { height: 3.25rem; }"
        "[class*='st-key-motion_'] [data-testid=stNumberInputContainer] button { min-width: 2.75rem; }"
        "[class*='st-key-section_'] button[kind=secondary], [class*='st-key-section_'] button[kind=primary]"
        " { min-height: 2.75rem; }"
        "[data-testid=stExpander] summary { opacity: 1; transition: none; }"
        f"[class*='st-key-section_'] {{ border-top: 1px solid {colours['line']}; padding-top: 0.75rem; }}"
        f"[class*='st-key-doubt_'] {{ border-left: 4px solid {colours['caution']}; padding-left: 0.75rem; }}"
        "div:has(> .st-key-finish_bar) { position: sticky; bottom: 0; z-index: 5; }"
        f".st-key-finish_bar {{ padding: 0.75rem 0; background: {colours['ground']};"
        f" border-top: 1px solid {colours['line']}; }}"
        ".st-key-finish_bar button { min-height: 3.25rem; }"
        "</style>"
    )


def _section(form: Form, name: str, heading: str, about: str, fill: Callable[[], dict | None]) -> None:
    """One section: its heading, what of it is saved, its fields, and what the rules say of them.

    `fill` draws the fields and returns what they say, or None while they say nothing.
    """
    desk = form.desk
    with st.container(key=f"section_{name}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute", gap="small"):
            st.header(heading, anchor=False, width="content")
            status = st.empty()
        if about:
            figure.quiet(about)
        content = fill()
        if content is not None or desk.held(name):
            _keep(desk, name, content or {})
        refused = _refusals(form, name)
        _doubts(form, name)
        for reason in refused:
            st.error(reason)
        with status:
            _status(desk, name, len(refused))


def settle(desk: Desk) -> None:
    """Before anything is drawn: fields that another tab filled since are read from the store again.

    What this page shows was saved as it was given, so nothing is lost by forgetting it; what it does not show it must
    not overwrite.
    """
    stand = {name: section.ver for name, section in desk.draft.sections.items()}
    seen = st.session_state.get(f"seen_{desk.key}")
    if seen is not None and seen != stand:
        _forget(desk)
    st.session_state[f"seen_{desk.key}"] = stand
    if told := st.session_state.pop(f"told_{desk.key}", None):
        st.warning(told)


def _forget(desk: Desk) -> None:
    for key in [key for key in st.session_state if str(key).startswith(f"{desk.key}_")]:
        del st.session_state[key]


def _keep(desk: Desk, name: str, content: dict) -> None:
    """Save a section. Where another tab was quicker, what it saved is shown and said; nothing is overwritten."""
    try:
        if desk.keep(name, content):
            st.session_state[f"seen_{desk.key}"] = {name: section.ver for name, section in desk.draft.sections.items()}
    except EditedMeanwhile as other:
        _forget(desk)
        st.session_state[f"told_{desk.key}"] = str(other)
        st.rerun()


def _status(desk: Desk, name: str, refused: int) -> None:
    if told := desk.told.get(name):
        st.markdown(f":small[:orange[**!** {figure.plain(told)}]]")
    elif refused:
        st.markdown(f":small[:orange[**! {refused} to correct**]]", width="content")
    elif open_doubts := [doubt for doubt in desk.findings().doubts if DOUBTS_IN[doubt.warning] == name]:
        st.markdown(f":small[:orange[**! {len(open_doubts)} to check**]]", width="content")
    elif (at := desk.saved_at(name)) and desk.held(name):
        st.markdown(f":small[:green[✓ saved {at:%H:%M}]]", width="content")
    elif desk.held(name):
        st.markdown(":small[:gray[tried, not saved]]", width="content")
    else:
        st.markdown(":small[:gray[empty]]", width="content")


def _refusals(form: Form, name: str) -> list[str]:
    """What can never be, of the fields of this section: known by the labels the section gave them."""
    parts = form.desk.held(name).get("parts", {}).values()
    labels = {reading["label"] for part in parts for reading in part.get("readings", [])}
    labels |= {
        "visit": {"Date", "Start time", "Minutes", "Kind of visit"},
        "home": {"Home exercise done", "Home exercise prescribed"},
        "note": {"Note"},
        "techniques": {"Technique"},
        "safety": {"Red flag", "Call"},
        "entries": {"Entry"},
    }.get(name, set())
    return [reason for reason in form.desk.findings().refused if reason.split(": ")[0].split(", ")[0] in labels]


def _doubts(form: Form, name: str) -> None:
    """Each question about this section, with its answers of equal size. Nothing is changed unasked."""
    for doubt in form.desk.findings().doubts:
        if DOUBTS_IN[doubt.warning] != name:
            continue
        # Known by its words: its place changes as others are answered, and a tap must reach the question it is on.
        place = f"{doubt.episode_id}_{zlib.crc32(doubt.words.encode())}"
        with st.container(key=f"doubt_{name}_{place}", gap="small"):
            question, _, evidence = doubt.words.partition("? ")
            said = f"**{figure.plain(question)}?** {figure.plain(evidence)}" if evidence else figure.plain(doubt.words)
            st.markdown(f":orange[{said}]")
            with st.container(horizontal=True, gap="small"):
                if doubt.words.startswith("Left and right exchanged?"):
                    st.button(
                        "Exchange them",
                        key=f"go_exchange_{place}",
                        type="primary",
                        on_click=_exchange,
                        args=(form, doubt),
                    )
                if st.button("It is right", key=f"right_{name}_{place}"):
                    _answer(form, doubt)
                    st.rerun(scope="fragment")


def _answer(form: Form, doubt: Any) -> None:
    """Keep that the person says it is right, with the question they answered."""
    desk = form.desk
    parts = {key: dict(part) for key, part in desk.held("answers").get("parts", {}).items()}
    part = parts.setdefault(str(doubt.episode_id), {"overruled": []})
    part["overruled"] = [*part["overruled"], {"warning": doubt.warning, "words": doubt.words}]
    _keep(desk, "answers", {"parts": parts})


def _exchange(form: Form, doubt: Any) -> None:
    """Left becomes right and right left, in the fields themselves, before they are drawn again."""
    left, right = (f"{_motion_key(form, doubt.episode_id, doubt.about, side, 1)}" for side in ("left", "right"))
    st.session_state[left], st.session_state[right] = st.session_state[right], st.session_state[left]


# The visit --------------------------------------------------------------------------------------------------------


@st.fragment
def visit(form: Form, therapists: dict[int, str], booking_id: int | None) -> None:
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
                key=_ready(f"{desk.key}_kind", said.get("kind") or ("treatment" if first.visits else "evaluation")),
                required=True,
                label_visibility="collapsed",
                width="stretch",
                wrap=True,
            )
        cells = st.grid(4, min_column_width=150, gap="small")
        with cells.cell():
            on = st.date_input(
                "Date", key=_ready(f"{desk.key}_on", _day(said.get("visited_on")) or form.today), format="YYYY-MM-DD"
            )
        with cells.cell():
            at = st.time_input("Start time", key=_ready(f"{desk.key}_at", _clock(said.get("start_time"))), step=900)
        with cells.cell():
            who = st.selectbox(
                "Therapist",
                list(therapists),
                format_func=therapists.get,
                key=_ready(f"{desk.key}_who", said.get("therapist_id") or _usual_therapist(first, therapists)),
                index=None,
                placeholder="nobody chosen",
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
                "booking_id": booking_id,
                "episodes": [offer.episode_id for offer in form.offers],
            },
            "parts": parts,
        }
        if desk.is_begun:
            _keep(desk, "visit", content)
        else:
            desk.offer("visit", content)
        for reason in _refusals(form, "visit"):
            st.error(reason)
        _doubts(form, "visit")
        if told := desk.told.get("visit"):
            st.error(told)


def _usual_therapist(offer: Offer, therapists: dict[int, str]) -> int | None:
    last = None if offer.last_visit is None else offer.last_visit["therapist"]
    return next((number for number, name in therapists.items() if name == last), None)


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
        key=_ready(f"{desk.key}_minutes_{offer.episode_id}", int(held) if held else last),
        value=None,
        placeholder="not said",
    )
    return {} if given is None else {"minutes": str(int(given))}


# Pain -------------------------------------------------------------------------------------------------------------


@st.fragment
def pain(form: Form, moment: str) -> None:
    """Pain before or after treatment, 0 to 10, of every region; before it also the worst since the last visit."""
    name = f"pain_{moment}"

    def fill() -> dict | None:
        parts = {}
        for offer in form.offers:
            form.episode_words(offer.episode_id)
            readings = []
            for place, asked in enumerate(offer.pains):
                last = asked.last_before if moment == "before" else asked.last_after
                readings += _rating(form, name, offer, place, asked, moment, last)
            if moment == "before":
                readings += _worst(form, name, offer)
            if readings:
                parts[str(offer.episode_id)] = {"readings": readings}
        return {"parts": parts} if parts else None

    heading = "Pain before treatment" if moment == "before" else "Pain after treatment"
    about = (
        "As the client says it: 0 is no pain, 10 the worst imaginable. ▲ marks the last visit."
        if moment == "before"
        else ""
    )
    _section(form, name, heading, about, fill)


def _worst(form: Form, section: str, offer: Offer) -> list[dict]:
    """The worst since the last visit, asked where the client wants it asked; open once it was ever rated."""
    main = offer.pains[0]
    worst = Pain("worst", main.region, main.side, last_before=main.last_between)
    identity = {"kind": "worst", "moment": "between"}
    key = f"{form.desk.key}_{section}_{offer.episode_id}_worst_asked"
    known = main.last_between is not None or form.desk.reading(section, offer.episode_id, **identity) is not None
    if not st.toggle("Worst since the last visit", key=_ready(key, known)):
        return []
    return _rating(form, section, offer, 99, worst, "between", main.last_between)


def _rating(
    form: Form, section: str, offer: Offer, place: int, asked: Pain, moment: str, last: float | None
) -> list[dict]:
    """One row of numbers with a half, as a reading; [] while nothing was said."""
    desk = form.desk
    label = pain_name(asked.kind, asked.region, asked.side)
    spoken = f"{label}{', after' if moment == 'after' else ''}"
    identity = {"what": "pain", "kind": asked.kind, "moment": moment, "region": asked.region, "side": asked.side}
    held = desk.reading(section, offer.episode_id, **identity)
    whole, half = (None, False) if held is None else (int(float(held)), float(held) % 1 > 0)
    key = f"{desk.key}_{section}_{offer.episode_id}_{place}"
    with st.container(key=f"pain_{moment}_{offer.episode_id}_{place}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            words = st.empty()
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                if st.session_state.get(f"{key}_whole", whole) is not None:
                    _clear(f"{key}_whole", f"{key}_half")
                added = st.pills(
                    f"{spoken}, add a half",
                    [HALF],
                    key=_ready(f"{key}_half", HALF if half else None),
                    label_visibility="collapsed",
                )
        with st.container(key=f"scale_{moment}_{offer.episode_id}_{place}"):
            chosen = st.segmented_control(
                spoken,
                list(range(11)),
                key=_ready(f"{key}_whole", whole),
                required=True,  # a double tap must not take back what it said
                label_visibility="collapsed",
                width="stretch",
                wrap=True,
            )
        _mark_last(f"scale_{moment}_{offer.episode_id}_{place}", last)
        value = None if chosen is None else min(chosen + (0.5 if added else 0), 10)
        last_words = "" if last is None else f" :gray[▲ last visit {last:g}]"
        now_words = "" if value is None else f" now **{value:g}**"
        words.markdown(f"**{figure.plain(label)}**{last_words}{now_words}", width="content")
    return [] if value is None else [identity | {"label": spoken, "value": f"{value:g}"}]


def _clear(*keys: str) -> None:
    """Take a number back: it was not asked after all."""

    def clear() -> None:
        st.session_state.update(dict.fromkeys(keys))

    st.button("clear", key=f"clear_{keys[0]}", type="tertiary", on_click=clear)


def _mark_last(key: str, last: float | None) -> None:
    """A small mark in the button of the last visit's number."""
    if last is not None:
        colour = theme.palette("dark" if st.context.theme.type == "dark" else "light")["muted"]
        st.html(
            f"<style>.st-key-{key} [role=radiogroup] button:nth-of-type({int(last) + 1})::after"
            f" {{ content: '▲' / ''; position: absolute; bottom: 1px; font-size: 0.6rem; color: {colour}; }}"
            f".st-key-{key} [role=radiogroup] button:nth-of-type({int(last) + 1})[aria-checked='true']::after"
            " { color: inherit; }</style>"
        )


# Home exercise ----------------------------------------------------------------------------------------------------


@st.fragment
def home_exercise(form: Form) -> None:
    """How often home exercise was done, of how often it was prescribed since the last visit."""

    def fill() -> dict | None:
        parts = {}
        for offer in form.offers:
            form.episode_words(offer.episode_id)
            if said := _home(form, offer):
                parts[str(offer.episode_id)] = said
        return {"parts": parts} if parts else None

    last = form.offers[0].last_visit
    since = "" if last is None else f" since {dated(day(last['visited_on']), with_year=False)}"
    _section(
        form, "home", f"Home exercise{since}", "Done, of those prescribed. Not asked is not the same as not done.", fill
    )


def _home(form: Form, offer: Offer) -> dict[str, str]:
    desk = form.desk
    held = desk.part("home", offer.episode_id)
    last = None if offer.last_visit is None else offer.last_visit["exercise_prescribed"]
    usual = None if last is None or pd.isna(last) else int(last)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        asked = st.number_input(
            "Prescribed",
            min_value=0,
            max_value=1000,
            step=1,
            value=None,
            key=_ready(
                f"{desk.key}_home_asked_{offer.episode_id}",
                int(held["home_prescribed"]) if "home_prescribed" in held else usual,
            ),
            placeholder="none",
            width=140,
        )
        if asked is None:
            return {}
        key = _ready(
            f"{desk.key}_home_done_{offer.episode_id}", int(held["home_done"]) if "home_done" in held else None
        )
        if asked <= MOST_IN_A_ROW:
            with st.container(key=f"row_home_{offer.episode_id}", width=700):
                done = st.segmented_control(
                    "Done", list(range(int(asked) + 1)), key=key, required=True, width="stretch", wrap=True
                )
            if done is not None:
                _clear(key)
        else:
            done = st.number_input(
                "Done", min_value=0, max_value=1000, step=1, value=None, key=key, placeholder="not asked", width=150
            )
    return {} if done is None else {"home_done": str(int(done)), "home_prescribed": str(int(asked))}


# Motion -----------------------------------------------------------------------------------------------------------


@st.fragment
def motion(form: Form) -> None:
    """Motion in degrees, left beside right, with the last value, the reference and the goal beside each field."""

    def fill() -> dict | None:
        parts = {}
        for offer in form.offers:
            form.episode_words(offer.episode_id)
            if readings := _motion_of(form, offer):
                parts[str(offer.episode_id)] = {"readings": readings}
        return {"parts": parts} if parts else None

    _section(form, "motion", "Motion, degrees", "Leave empty what was not measured.", fill)


def _motion_of(form: Form, offer: Offer) -> list[dict]:
    desk = form.desk
    added_key = f"{desk.key}_motion_added_{offer.episode_id}"
    added = st.session_state.setdefault(added_key, _added_motions(desk, offer))
    shown = list(offer.motions)
    known = {(row.joint, row.movement, row.motion_type) for row in shown}
    shown += [
        recording.motion_row(form.window, *key, form.person, form.today) for key in added if tuple(key) not in known
    ]
    held = desk.part("motion", offer.episode_id).get("readings", [])
    tool_key = _ready(
        f"{desk.key}_tool_{offer.episode_id}",
        next((reading.get("instrument") for reading in held), None) or offer.instrument,
    )
    readings = []
    for row in shown:
        readings += _movement(form, offer, row, st.session_state[tool_key])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Measured with",
            list(INSTRUMENTS),
            format_func=INSTRUMENTS.get,
            key=tool_key,
            index=None,
            placeholder="not said",
            width=220,
        )
        _add_motion(form, offer, added_key, known | {tuple(key) for key in added})
    return readings


def _added_motions(desk: Desk, offer: Offer) -> list[tuple[str, str, str]]:
    """Movements the draft holds that the last visits do not offer."""
    held = desk.part("motion", offer.episode_id).get("readings", [])
    known = {(row.joint, row.movement, row.motion_type) for row in offer.motions}
    found = [(reading["joint"], reading["movement"], reading["motion_type"]) for reading in held]
    return [key for key in dict.fromkeys(found) if key not in known]


def _movement(form: Form, offer: Offer, row: recording.Motion, tool: str | None) -> list[dict]:
    """The fields of one movement: each side, and a second reading where somebody wants one."""
    desk = form.desk
    about = f"{row.joint} {row.movement} {row.motion_type}"
    repeat_key = f"{desk.key}_repeats_{offer.episode_id}_{about}"
    held = [
        int(reading.get("repeat") or 1)
        for reading in desk.part("motion", offer.episode_id).get("readings", [])
        if (reading["joint"], reading["movement"], reading["motion_type"]) == (row.joint, row.movement, row.motion_type)
    ]
    repeats = st.session_state.setdefault(repeat_key, max(held, default=1))
    readings = []
    with st.container(key=f"motion_{offer.episode_id}_{about.replace(' ', '_')}", gap="xsmall"):
        for repeat in range(1, repeats + 1):
            cells = st.grid(len(row.sides), min_column_width=270, gap="small")
            for side in row.sides:
                with cells.cell(), st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
                    readings += _degrees(form, offer, row, side, repeat, tool)
        st.button(
            "+ second reading",
            key=f"more_{offer.episode_id}_{about}",
            type="tertiary",
            on_click=_one_more,
            args=(repeat_key,),
        )
    return readings


def _one_more(key: str) -> None:
    st.session_state[key] += 1


def _motion_key(form: Form, episode_id: int, about: str, side: str | None, repeat: int) -> str:
    return f"{form.desk.key}_deg_{episode_id}_{about}_{side}_{repeat}"


def _degrees(
    form: Form, offer: Offer, row: recording.Motion, side: str | None, repeat: int, tool: str | None
) -> list[dict]:
    about = f"{row.joint} {row.movement} {row.motion_type}"
    label = f"{row.name}, {row.motion_type}{f', {side}' if side else ''}{f', reading {repeat}' if repeat > 1 else ''}"
    identity = {"joint": row.joint, "movement": row.movement, "motion_type": row.motion_type, "side": side}
    identity |= {"repeat": str(repeat)}
    held = form.desk.reading("motion", offer.episode_id, **identity)
    given = st.number_input(
        label,
        step=1.0,
        value=None,
        format="%g",
        key=_ready(_motion_key(form, offer.episode_id, about, side, repeat), None if held is None else float(held)),
        placeholder="not yet",
        width=190,
    )
    told = [f"last **{number(row.last_deg[side])}°**"] if side in row.last_deg else []
    beside = [f"reference {row.reference}"] if row.reference else []
    beside += [f"goal {number(row.goal_deg[side])}°"] if side in row.goal_deg else []
    if beside:
        told.append(f":gray[{', '.join(beside)}]")
    if repeat == 1 and told:
        st.markdown("  \n".join(told), width="content")
    if given is None:
        return []
    reading = identity | {"what": "motion", "moment": "before", "instrument": tool, "value": f"{given:g}"}
    return [reading | {"label": label.replace(", ", " ")}]


def _add_motion(form: Form, offer: Offer, added_key: str, shown: set[tuple[str, str, str]]) -> None:
    known = form.window.store.instruments.movements()
    options = [
        (joint, movement, kind)
        for joint, movement in known
        for kind in ("active", "passive")
        if (joint, movement, kind) not in shown
    ]
    regions = {asked.region for asked in offer.pains}
    options.sort(key=lambda key: known[key[:2]].region not in regions)
    key = f"{form.desk.key}_motion_new_{offer.episode_id}"

    def add() -> None:
        if (chosen := st.session_state[key]) is not None:
            st.session_state[added_key] = [*st.session_state[added_key], chosen]
            st.session_state[key] = None

    st.selectbox(
        "Add a movement",
        options,
        format_func=lambda option: f"{known[option[:2]].name}, {option[2]}",
        key=_ready(key, None),
        index=None,
        placeholder="choose a joint and movement",
        on_change=add,
        width=340,
    )


# Scores, limbs, well-being ----------------------------------------------------------------------------------------


@st.fragment
def scores(form: Form) -> None:
    """Questionnaires, limb girths and well-being: the last ones offered, any other to be added."""

    def fill() -> dict | None:
        parts = {}
        for offer in form.offers:
            form.episode_words(offer.episode_id)
            if readings := _scores_of(form, offer):
                parts[str(offer.episode_id)] = {"readings": readings}
        return {"parts": parts} if parts else None

    _section(form, "scores", "Scores, limbs and well-being", "", fill)


def _scores_of(form: Form, offer: Offer) -> list[dict]:
    desk = form.desk
    last = {
        (row.scale, _known(row.item), _known(row.side)): (row.last_value, row.last_on)
        for row in offer.scores.itertuples()
    }
    key = f"{desk.key}_scores_added_{offer.episode_id}"
    held = [
        (reading["scale"], reading["item"], reading["side"])
        for reading in desk.part("scores", offer.episode_id).get("readings", [])
    ]
    added = st.session_state.setdefault(key, [line for line in held if line not in last])
    readings = []
    lines = list(dict.fromkeys([*last, *map(tuple, added)]))
    cells = st.grid(2, min_column_width=340, gap="small") if lines else None
    for line in lines:
        with cells.cell():
            readings += _score(form, offer, line, last.get(line))
    _add_score(form, offer, key)
    return readings


def _score(form: Form, offer: Offer, line: tuple[str, str | None, str | None], last: tuple | None) -> list[dict]:
    scale_key, item, side = line
    scale = form.window.store.instruments.scale(scale_key)
    label = ", ".join(part for part in (scale.name, item, side) if part)
    held = form.desk.reading("scores", offer.episode_id, scale=scale_key, item=item, side=side)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        given = st.number_input(
            label,
            step=float(scale.step),
            value=None,
            format="%g",
            key=_ready(
                f"{form.desk.key}_score_{offer.episode_id}_{scale_key}_{item}_{side}",
                None if held is None else float(held),
            ),
            placeholder="not asked",
            width=190,
        )
        told = f":gray[{scale.lowest:g} to {scale.highest:g}, {scale.better} is better]"
        if last is not None:
            told = f"last **{last[0]:g}** on {dated(day(last[1]), with_year=False)}  \n{told}"
        st.markdown(told, width="content")
    if given is None:
        return []
    identity = {"what": "score", "scale": scale_key, "item": item, "side": side}
    return [identity | {"label": label.replace(", ", " "), "value": f"{given:g}"}]


def _add_score(form: Form, offer: Offer, added_key: str) -> None:
    scales = {
        key: scale
        for key, scale in form.window.store.instruments.scales().items()
        if key not in ("nprs", "home_exercise")
    }
    with st.expander("Add a score", key=f"{added_key}_open", type="compact"):
        scale = st.selectbox(
            "Scale",
            list(scales),
            format_func=lambda key: scales[key].name,
            key=_ready(f"{added_key}_scale", None),
            index=None,
            placeholder="choose a scale",
            width=420,
        )
        limb = scale is not None and scales[scale].family == "limb"
        st.text_input(
            "Landmark" if limb else "Activity or item, if the scale has several",
            key=_ready(f"{added_key}_item", ""),
            max_chars=80,
            width=420,
            placeholder="wrist + 12 cm" if limb else "",
        )
        st.segmented_control("Side", ["left", "right"], key=_ready(f"{added_key}_side", None))

        def add() -> None:
            line = (st.session_state[f"{added_key}_scale"], st.session_state[f"{added_key}_item"].strip() or None)
            st.session_state[added_key] = [*st.session_state[added_key], (*line, st.session_state[f"{added_key}_side"])]
            st.session_state[f"{added_key}_item"] = ""

        st.button("Add this score", key=f"{added_key}_go", on_click=add, disabled=scale is None)


# Techniques -------------------------------------------------------------------------------------------------------


@st.fragment
def techniques(form: Form, names: dict[str, str], regions: dict[str, str]) -> None:
    """What was done, where and for how long; the last visit's first. Nothing counts as done that nobody tapped."""

    def fill() -> dict | None:
        parts = {}
        for offer in form.offers:
            form.episode_words(offer.episode_id)
            if used := _techniques_of(form, offer, names, regions):
                parts[str(offer.episode_id)] = {"techniques": used}
        return {"parts": parts} if parts else None

    used = [use for part in form.desk.held("techniques").get("parts", {}).values() for use in part["techniques"]]
    total = sum(int(use["minutes"]) for use in used if use["minutes"])
    about = f"{total} minutes so far." if total else "The last visit's stand first."
    _section(form, "techniques", "Techniques", about, fill)


def _techniques_of(form: Form, offer: Offer, names: dict[str, str], regions: dict[str, str]) -> list[dict]:
    desk = form.desk
    last = {row.technique: row for row in offer.techniques.itertuples()}
    held = {use["technique"]: use for use in desk.part("techniques", offer.episode_id).get("techniques", [])}
    order = [*last, *(technique for technique in names if technique not in last)]
    key = f"{desk.key}_techniques_{offer.episode_id}"
    if last and not held and not st.session_state.get(key):

        def as_last_time() -> None:
            st.session_state[key] = list(last)

        said = ", ".join(
            f"{names[name]}{'' if pd.isna(row.minutes) else f' {row.minutes:g}'}" for name, row in last.items()
        )
        st.button(f"As last time: {said}", key=f"{key}_again", on_click=as_last_time)
    chosen = st.pills(
        "Techniques used",
        order,
        format_func=names.get,
        selection_mode="multi",
        key=_ready(key, [name for name in order if name in held]),
        label_visibility="collapsed",
    )
    used = []
    for name in chosen:
        usual = last[name].minutes if name in last else None
        used.append(_technique(form, offer, name, names[name], held.get(name), usual, regions))
    return used


def _technique(
    form: Form, offer: Offer, technique: str, name: str, held: dict | None, usual: float | None, regions: dict[str, str]
) -> dict:
    """Minutes of one technique, and its region where the episode has several."""
    minutes = (
        int(held["minutes"]) if held and held["minutes"] else None if usual is None or pd.isna(usual) else int(usual)
    )
    options = sorted({*MINUTES_OF_TECHNIQUE, *([] if minutes is None else [minutes])})
    key = f"{form.desk.key}_minutes_{offer.episode_id}_{technique}"
    with st.container(key=f"row_{offer.episode_id}_{technique}"):
        given = st.segmented_control(
            f"{name}, minutes", options, key=_ready(key, None if held and not held["minutes"] else minutes or 15),
            required=True, width="stretch", wrap=True,
        )  # fmt: skip
    places = [asked.region for asked in offer.pains if asked.region]
    region = places[0] if places else None
    if len(dict.fromkeys(places)) > 1:
        region = st.segmented_control(
            f"{name}, where",
            list(dict.fromkeys(places)),
            format_func=regions.get,
            key=_ready(f"{key}_where", held["region"] if held else region),
            required=True,
        )
    return {"technique": technique, "region": region, "minutes": None if given is None else str(given)}


# Effects, safety, entries, note -----------------------------------------------------------------------------------


@st.fragment
def effects(form: Form) -> None:
    """Anything unwanted during the visit or since the last one, and whether the client calls it a flare-up."""

    def fill() -> dict | None:
        parts = {}
        for offer in form.offers:
            form.episode_words(offer.episode_id)
            if said := _effects_of(form, offer):
                parts[str(offer.episode_id)] = said
        return {"parts": parts} if parts else None

    _section(form, "effects", "Anything unwanted, during or since?", "", fill)


def _effects_of(form: Form, offer: Offer) -> dict[str, Any]:
    held = form.desk.part("effects", offer.episode_id)
    words = held.get("adverse_reaction")
    said = [] if not words else [NOTHING] if words == "none" else words.split("; ")
    key = f"{form.desk.key}_effects_{offer.episode_id}"
    chosen = st.pills(
        "Unwanted effects",
        [*EFFECTS, "Other"],
        selection_mode="multi",
        key=_ready(
            key, [effect for effect in said if effect in EFFECTS] + (["Other"] if set(said) - set(EFFECTS) else [])
        ),
        label_visibility="collapsed",
    )
    other = ""
    if "Other" in chosen:
        other = st.text_input(
            "In your words",
            key=_ready(f"{key}_other", "; ".join(effect for effect in said if effect not in EFFECTS)),
            max_chars=200,
        )
    flare = st.toggle("The client calls it a flare-up", key=_ready(f"{key}_flare", bool(held.get("flare_marked"))))
    named = [effect for effect in chosen if effect not in (NOTHING, "Other")] + (
        [other.strip()] if other.strip() else []
    )
    told = {"adverse_reaction": "; ".join(named) if named else "none"} if named or NOTHING in chosen else {}
    return told | ({"flare_marked": True} if flare else {})


@st.fragment
def safety(form: Form, flags: dict[str, str]) -> None:
    """Danger signs asked about and found, and calls made about them."""
    main = str(form.offers[0].episode_id)

    def fill() -> dict | None:
        held = form.desk.held("safety")
        asked = st.segmented_control(
            "Danger signs (fever, clot, fracture, cancer site, anticoagulants, pregnancy)",
            ["Asked, none", "Asked, found", "Not asked"],
            key=_ready(f"{form.desk.key}_asked", _asked_words(held)),
            required=True,
        )
        part = {}
        if asked == "Asked, found":
            part["red_flags"] = _flags(form, main, flags)
        if calls := _calls(form, main):
            part["calls"] = calls
        content: dict[str, Any] = (
            {"session": {"red_flags_asked": {"Not asked": False}.get(asked, True)}} if asked else {}
        )
        return (content | ({"parts": {main: part}} if part else {})) or None

    _section(form, "safety", "Danger signs and calls", "", fill)


def _asked_words(held: dict) -> str | None:
    asked = held.get("session", {}).get("red_flags_asked")
    found = any(part.get("red_flags") for part in held.get("parts", {}).values())
    return None if asked is None else "Asked, found" if found else "Asked, none" if asked else "Not asked"


def _flags(form: Form, episode: str, flags: dict[str, str]) -> list[dict]:
    held = {
        flag["red_flag"]: flag["words"]
        for flag in form.desk.held("safety").get("parts", {}).get(episode, {}).get("red_flags", [])
    }
    key = f"{form.desk.key}_flags"
    chosen = st.pills("Found", list(flags), format_func=flags.get, selection_mode="multi", key=_ready(key, list(held)))
    return [
        {
            "red_flag": flag,
            "words": st.text_input(
                f"{flags[flag]}: what was found", key=_ready(f"{key}_{flag}", held.get(flag) or ""), max_chars=400
            ).strip()
            or None,
        }
        for flag in chosen
    ]


def _calls(form: Form, episode: str) -> list[dict]:
    held = form.desk.held("safety").get("parts", {}).get(episode, {}).get("calls", [{}])[0]
    key = f"{form.desk.key}_call"
    if not st.toggle("I called somebody about this client", key=_ready(key, bool(held))):
        return []
    now = calendar.now()
    cells = st.grid(3, min_column_width=200, gap="small")
    with cells.cell():
        whom = st.text_input("Whom", key=_ready(f"{key}_whom", held.get("called_whom") or ""), max_chars=120)
    with cells.cell():
        at = st.text_input(
            "When", key=_ready(f"{key}_at", held.get("called_at") or f"{form.today} {now:%H:%M}"), max_chars=16
        )
    with cells.cell():
        about = st.text_input("About what", key=_ready(f"{key}_about", held.get("about") or ""), max_chars=400)
    return [{"called_at": at.strip(), "called_whom": whom.strip(), "about": about.strip()}]


@st.fragment
def entries(form: Form) -> None:
    """Medication, work and daily life as they are now; what is left as it was needs no word."""

    def fill() -> dict | None:
        parts = {}
        for offer in form.offers:
            form.episode_words(offer.episode_id)
            held = {
                entry["kind"]: entry["words"]
                for entry in form.desk.part("entries", offer.episode_id).get("entries", [])
            }
            last = {row.kind: row for row in offer.entries.itertuples()}
            said = []
            cells = st.grid(len(ENTRIES), min_column_width=220, gap="small")
            for kind, label in ENTRIES.items():
                before = last.get(kind)
                with cells.cell():
                    words = st.text_input(
                        label,
                        key=_ready(f"{form.desk.key}_entry_{offer.episode_id}_{kind}", held.get(kind, "")),
                        max_chars=400,
                        placeholder="" if before is None else f"{dated(day(before.entered_on))}: {before.words}",
                    )
                if words.strip():
                    said.append({"kind": kind, "words": words.strip()})
            if said:
                parts[str(offer.episode_id)] = {"entries": said}
        return {"parts": parts} if parts else None

    _section(form, "entries", "Changed since: medication, work, daily life", "", fill)


@st.fragment
def note(form: Form) -> None:
    """What will matter next time."""

    def fill() -> dict | None:
        parts = {}
        for offer in form.offers:
            label = "Note" if len(form.offers) == 1 else f"Note, {form.names[offer.episode_id]}"
            words = st.text_area(
                label,
                key=_ready(
                    f"{form.desk.key}_note_{offer.episode_id}", form.desk.part("note", offer.episode_id).get("note", "")
                ),
                placeholder="What will matter next time",
                max_chars=8000,
                height=110,
                label_visibility="collapsed" if len(form.offers) == 1 else "visible",
            )
            if words.strip():
                parts[str(offer.episode_id)] = {"note": words.strip()}
        return {"parts": parts} if parts else None

    _section(form, "note", "Note", "", fill)


def left_over(form: Form) -> list[str]:
    """What still keeps the session from being finished, in words that name the section."""
    found = form.desk.findings()
    told = list(found.refused)
    if found.doubts:
        told.append(f"{counted(len(found.doubts), 'question')} above not answered yet. Answer, or correct the value.")
    return told + [f"{section.replace('_', ' ')}: {words}" for section, words in form.desk.told.items()]


# Small things -----------------------------------------------------------------------------------------------------


def _ready(key: str, first: Any) -> str:
    """A widget's key, holding what the draft or the last visit says until somebody says otherwise."""
    if key not in st.session_state:
        st.session_state[key] = first
    return key


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _clock(text: str | None) -> dt.time | None:
    return dt.time.fromisoformat(text) if text else None


def _known(cell: object) -> Any:
    return None if pd.isna(cell) else cell
