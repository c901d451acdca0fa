"""What was done and said: techniques, anything unwanted, danger signs and calls, dated entries, the note."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.recording import Offer
from charts.words import dated, day
from pages.parts.desk import Desk
from pages.parts.session.frame import Form, ready, section, section_by_episode
from records import calendar

WHICH_SIGN = "Danger signs: found, and not said which. Tap the sign, or choose that none was found."
MINUTES_OF_TECHNIQUE = (5, 10, 15, 20, 25, 30)
NOTHING = "Nothing"
EFFECTS = (NOTHING, "Soreness over a day", "Headache", "Dizziness", "Bruise")
ENTRIES = {"medication": "Medication", "work_status": "Work", "daily_words": "What daily life allows"}


def techniques(form: Form, names: dict[str, str], regions: dict[str, str]) -> None:
    """What was done, where and for how long; the last visit's first. Nothing counts as done that nobody tapped."""
    used = [use for part in form.desk.held("techniques").get("parts", {}).values() for use in part["techniques"]]
    total = sum(int(use["minutes"]) for use in used if use["minutes"])
    about = f"{total} minutes so far." if total else "The last visit's stand first."
    section_by_episode(
        form, "techniques", "Techniques", about, lambda offer: _techniques_of(form, offer, names, regions)
    )


def _techniques_of(form: Form, offer: Offer, names: dict[str, str], regions: dict[str, str]) -> dict[str, list]:
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
        key=ready(key, [name for name in order if name in held]),
        label_visibility="collapsed",
    )
    used = []
    for name in chosen:
        usual = last[name].minutes if name in last else None
        used.append(_technique(form, offer, name, names[name], held.get(name), usual, regions))
    return {"techniques": used} if used else {}


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
            f"{name}, minutes", options, key=ready(key, None if held and not held["minutes"] else minutes or 15),
            required=True, width="stretch", wrap=True,
        )  # fmt: skip
    places = [asked.region for asked in offer.pains if asked.region]
    region = places[0] if places else None
    if len(dict.fromkeys(places)) > 1:
        region = st.segmented_control(
            f"{name}, where",
            list(dict.fromkeys(places)),
            format_func=regions.get,
            key=ready(f"{key}_where", held["region"] if held else region),
            required=True,
        )
    return {"technique": technique, "region": region, "minutes": None if given is None else str(given)}


def effects(form: Form) -> None:
    """Anything unwanted during the visit or since the last one, and whether the client calls it a flare-up."""
    about = "Anything unwanted, during or since?"
    section_by_episode(form, "effects", about, "", lambda offer: _effects_of(form, offer))


def _effects_of(form: Form, offer: Offer) -> dict[str, Any]:
    held = form.desk.part("effects", offer.episode_id)
    words = held.get("adverse_reaction")
    said = [] if not words else [NOTHING] if words == "none" else words.split("; ")
    key = f"{form.desk.key}_effects_{offer.episode_id}"
    chosen = st.pills(
        "Unwanted effects",
        [*EFFECTS, "Other"],
        selection_mode="multi",
        key=ready(
            key, [effect for effect in said if effect in EFFECTS] + (["Other"] if set(said) - set(EFFECTS) else [])
        ),
        label_visibility="collapsed",
    )
    other = ""
    if "Other" in chosen:
        other = st.text_input(
            "In your words",
            key=ready(f"{key}_other", "; ".join(effect for effect in said if effect not in EFFECTS)),
            max_chars=200,
        )
    flare = st.toggle("The client calls it a flare-up", key=ready(f"{key}_flare", bool(held.get("flare_marked"))))
    named = [effect for effect in chosen if effect not in (NOTHING, "Other")] + (
        [other.strip()] if other.strip() else []
    )
    told = {"adverse_reaction": "; ".join(named) if named else "none"} if named or NOTHING in chosen else {}
    return told | ({"flare_marked": True} if flare else {})


def safety(form: Form, flags: dict[str, str]) -> None:
    """Danger signs asked about and found, and calls made about them."""
    held_under = [key for key, part in form.desk.held("safety").get("parts", {}).items() if part]
    shown = [str(offer.episode_id) for offer in form.offers]
    main = next((key for key in shown if key in held_under), shown[0])  # a flag stays with the episode it was found in

    def fill() -> dict | None:
        held = form.desk.held("safety")
        asked = st.segmented_control(
            "Danger signs (fever, clot, fracture, cancer site, anticoagulants, pregnancy)",
            ["Asked, none", "Asked, found", "Not asked"],
            key=ready(f"{form.desk.key}_asked", _asked_words(held)),
            required=True,
        )
        part = {}
        if asked == "Asked, found":
            part["red_flags"] = _flags(form, main, flags)
            if not part["red_flags"]:
                st.warning(WHICH_SIGN)
        if calls := _calls(form, main):
            part["calls"] = calls
        content: dict[str, Any] = (
            {"session": {"red_flags_asked": {"Not asked": False}.get(asked, True)}} if asked else {}
        )
        return (content | ({"parts": {main: part}} if part else {})) or None

    section(form, "safety", "Danger signs and calls", "", fill)


def unsaid(desk: Desk) -> list[str]:
    """What was begun and not said to its end: signs found, and not which."""
    held = desk.held("safety")
    found = [part["red_flags"] for part in held.get("parts", {}).values() if "red_flags" in part]
    return [WHICH_SIGN] if found and not any(found) else []


def _asked_words(held: dict) -> str | None:
    asked = held.get("session", {}).get("red_flags_asked")
    found = any("red_flags" in part for part in held.get("parts", {}).values())
    return None if asked is None else "Asked, found" if found else "Asked, none" if asked else "Not asked"


def _flags(form: Form, episode: str, flags: dict[str, str]) -> list[dict]:
    held = {
        flag["red_flag"]: flag["words"]
        for flag in form.desk.held("safety").get("parts", {}).get(episode, {}).get("red_flags", [])
    }
    key = f"{form.desk.key}_flags"
    chosen = st.pills("Found", list(flags), format_func=flags.get, selection_mode="multi", key=ready(key, list(held)))
    return [
        {
            "red_flag": flag,
            "words": st.text_input(
                f"{flags[flag]}: what was found", key=ready(f"{key}_{flag}", held.get(flag) or ""), max_chars=400
            ).strip()
            or None,
        }
        for flag in chosen
    ]


def _calls(form: Form, episode: str) -> list[dict]:
    held = form.desk.held("safety").get("parts", {}).get(episode, {}).get("calls", [{}])[0]
    key = f"{form.desk.key}_call"
    if not st.toggle("I called somebody about this client", key=ready(key, bool(held))):
        return []
    now = calendar.now()
    cells = st.grid(3, min_column_width=200, gap="small")
    with cells.cell():
        whom = st.text_input("Whom", key=ready(f"{key}_whom", held.get("called_whom") or ""), max_chars=120)
    with cells.cell():
        at = st.text_input(
            "When", key=ready(f"{key}_at", held.get("called_at") or f"{form.today} {now:%H:%M}"), max_chars=16
        )
    with cells.cell():
        about = st.text_input("About what", key=ready(f"{key}_about", held.get("about") or ""), max_chars=400)
    return [{"called_at": at.strip(), "called_whom": whom.strip(), "about": about.strip()}]


def entries(form: Form) -> None:
    """Medication, work and daily life as they are now; what is left as it was needs no word."""

    def fill(offer: Offer) -> dict:
        held = {
            entry["kind"]: entry["words"] for entry in form.desk.part("entries", offer.episode_id).get("entries", [])
        }
        last = {row.kind: row for row in offer.entries.itertuples()}
        said = []
        cells = st.grid(len(ENTRIES), min_column_width=220, gap="small")
        for kind, label in ENTRIES.items():
            before = last.get(kind)
            with cells.cell():
                words = st.text_input(
                    label,
                    key=ready(f"{form.desk.key}_entry_{offer.episode_id}_{kind}", held.get(kind, "")),
                    max_chars=400,
                    placeholder="" if before is None else f"{dated(day(before.entered_on))}: {before.words}",
                )
            if words.strip():
                said.append({"kind": kind, "words": words.strip()})
        return {"entries": said} if said else {}

    section_by_episode(form, "entries", "Changed since: medication, work, daily life", "", fill)


def note(form: Form) -> None:
    """What will matter next time."""

    def fill(offer: Offer) -> dict:
        words = st.text_area(
            "Note" if len(form.offers) == 1 else f"Note, {form.names[offer.episode_id]}",
            key=ready(
                f"{form.desk.key}_note_{offer.episode_id}", form.desk.part("note", offer.episode_id).get("note", "")
            ),
            placeholder="What will matter next time",
            max_chars=8000,
            height=110,
            label_visibility="collapsed",
        )
        return {"note": words.strip()} if words.strip() else {}

    section_by_episode(form, "note", "Note", "", fill)
