"""What every section of the form shares: its heading, what of it is saved, and what the rules say of it.

The whole form is one fragment (pages/record_session.py). A run of the page would break off the one before, and with it
what a quick hand had just tapped; a fragment for each section loses a tap on the button that follows a field at once.
What a section says goes to the desk in the shape that `records.drafts` describes; an empty field is not measured, and
never 0.
"""

import datetime as dt
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from analytics.recording import Offer
from charts import theme
from charts.words import counted
from pages.parts import figure
from pages.parts.desk import Desk
from records.errors import EditedMeanwhile
from records.store import Window

# For so many runs after fields were read from the store, an empty field is one the browser has not filled yet: a tap
# may overtake it. It is filled again, and its emptiness is not saved.
FRESH, RUNS_TO_ARRIVE = "form_fresh", 3
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
    lead: str | None = None  # who leads the episode

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


def section(form: Form, name: str, heading: str, about: str, fill: Callable[[], dict | None]) -> None:
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
        content = with_others(form, name, fill())
        if content is not None or desk.held(name):
            keep(desk, name, content or {})
        refused = refusals(form, name)
        doubts(form, name)
        for reason in refused:
            st.error(reason)
        with status:
            _status(desk, name, len(refused))


def section_by_episode(
    form: Form, name: str, heading: str, about: str, fill: Callable[[Offer], dict[str, Any]]
) -> None:
    """A section whose fields stand once for each episode served; `fill` says what they hold of one, {} for nothing."""

    def fill_all() -> dict | None:
        parts = {}
        for offer in form.offers:
            form.episode_words(offer.episode_id)
            if said := fill(offer):
                parts[str(offer.episode_id)] = said
        return {"parts": parts} if parts else None

    section(form, name, heading, about, fill_all)


def with_others(form: Form, name: str, said: dict | None) -> dict | None:
    """What the fields say, and what the draft holds of episodes that are not shown: only shown ones are spoken for.

    A visit may serve an episode in one moment and not in the next, and nothing that was saved goes because of it; what
    becomes of the draft is decided by the episodes it serves (`drafts.assembled`).
    """
    shown = {str(offer.episode_id) for offer in form.offers}
    others = {key: part for key, part in form.desk.held(name).get("parts", {}).items() if key not in shown}
    return said if not others else (said or {}) | {"parts": others | (said or {}).get("parts", {})}


def shown(form: Form) -> None:
    """Before the fields are drawn: those of a form, or of an episode, that was not on the page just now are read anew.

    Their old values linger in the session without the browser knowing them; shown again they would look empty, and save
    that.
    """
    desk, episodes = form.desk, [offer.episode_id for offer in form.offers]
    before_desk, before = st.session_state.get("form_shown", (None, []))
    if before_desk != desk.key:
        _forget(desk, "")
    for episode_id in set(episodes) - set(before):
        _forget(desk, f"_{episode_id}")
    if before_desk != desk.key or set(episodes) - set(before):
        st.session_state[FRESH] = RUNS_TO_ARRIVE
    st.session_state["form_shown"] = (desk.key, episodes)


def settle(desk: Desk) -> None:
    """Before anything is drawn: fields that another tab filled since are read from the store again.

    What this page shows was saved as it was given, so nothing is lost by forgetting it; what it does not show it must
    not overwrite.
    """
    stand = {name: section.ver for name, section in desk.draft.sections.items()}
    seen = st.session_state.get(f"seen_{desk.key}")
    if seen is not None and seen != stand:
        _forget_all(desk)
        st.session_state[FRESH] = RUNS_TO_ARRIVE
    st.session_state[f"seen_{desk.key}"] = stand
    if told := st.session_state.pop(f"told_{desk.key}", None):
        st.warning(told)


def _forget(desk: Desk, about: str) -> None:
    """Drop the values of this draft's fields, all or those about one episode; which episodes it serves is no field."""
    for key in [str(key) for key in st.session_state if str(key).startswith(f"{desk.key}_")]:
        if about in key and not key.startswith(f"{desk.key}_also_"):
            del st.session_state[key]


def _forget_all(desk: Desk) -> None:
    """Drop everything this page knows of a draft; the store knows better."""
    for key in [str(key) for key in st.session_state if str(key).startswith(f"{desk.key}_")]:
        del st.session_state[key]


def keep(desk: Desk, name: str, content: dict) -> None:
    """Save a section. Where another tab was quicker, what it saved is shown and said; nothing is overwritten."""
    # Fetched before the save and changed in place after it: a run that is broken off is so where the session is asked,
    # and must not be in doubt about its own save.
    seen = st.session_state[f"seen_{desk.key}"]
    try:
        if desk.keep(name, content):
            seen |= {name: section.ver for name, section in desk.draft.sections.items()}
    except EditedMeanwhile as other:
        _forget_all(desk)
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


def refusals(form: Form, name: str) -> list[str]:
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


def doubts(form: Form, name: str) -> None:
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


def motion_key(form: Form, episode_id: int, about: str, side: str | None, repeat: int) -> str:
    return f"{form.desk.key}_deg_{episode_id}_{about}_{side}_{repeat}"


def _answer(form: Form, doubt: Any) -> None:
    """Keep that the person says it is right, with the question they answered."""
    desk = form.desk
    parts = {key: dict(part) for key, part in desk.held("answers").get("parts", {}).items()}
    part = parts.setdefault(str(doubt.episode_id), {"overruled": []})
    part["overruled"] = [*part["overruled"], {"warning": doubt.warning, "words": doubt.words}]
    keep(desk, "answers", {"parts": parts})


def _exchange(form: Form, doubt: Any) -> None:
    """Left becomes right and right left, in the fields themselves, before they are drawn again."""
    left, right = (f"{motion_key(form, doubt.episode_id, doubt.about, side, 1)}" for side in ("left", "right"))
    st.session_state[left], st.session_state[right] = st.session_state[right], st.session_state[left]


def left_over(form: Form) -> list[str]:
    """What still keeps the session from being finished, in words that name the section."""
    found = form.desk.findings()
    told = list(found.refused)
    if found.doubts:
        told.append(f"{counted(len(found.doubts), 'question')} above not answered yet. Answer, or correct the value.")
    return told + [f"{section.replace('_', ' ')}: {words}" for section, words in form.desk.told.items()]


def ready(key: str, first: Any) -> str:
    """A widget's key, holding what the draft or the last visit says until somebody says otherwise."""
    not_arrived = st.session_state.get(FRESH) and key in st.session_state and _is_empty(st.session_state[key])
    if key not in st.session_state or (not_arrived and not _is_empty(first)):
        st.session_state[key] = first
    return key


def _is_empty(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, (str, list)) and not value)


def arrived() -> None:
    """Somebody emptied a field on purpose: what the browser says is what they mean."""
    st.session_state[FRESH] = 0


def one_run_older() -> None:
    """At the end of each run of the form."""
    st.session_state[FRESH] = max(st.session_state.get(FRESH, 0) - 1, 0)


def known_value(cell: object) -> Any:
    return None if pd.isna(cell) else cell
