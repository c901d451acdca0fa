"""One form of the Settings page: fields, save, take off the list; and what is said after each.

A form remembers the version it was filled from, so that what somebody else saved meanwhile is never lost. Saved is said
on the page that follows, and only after the records have been committed.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

import instruments
from charts.words import listed
from pages.parts import figure
from records import calendar, ids, settings
from records.errors import AlreadySaved, EditedMeanwhile, EntryRefused, RecordsError
from records.settings import Field

SAID, TOLD = "settings_said", "settings_told"
NONE = "–"
WORDS = {
    "region": instruments.REGIONS,
    "purpose": {"error": "error of measuring", "important": "important change"},
    "sex": {"female": "women", "male": "men"},
    "raters": {"same": "one person, both times", "different": "two people"},
}


def show_what_was_said() -> None:
    """What the last save said, once, beside the form it was pressed in: on a telephone the top is far away."""
    if said := st.session_state.pop(SAID, None):
        st.success(said)
    if told := st.session_state.pop(TOLD, None):
        st.warning(told)


def token(form: str, ver: int | None) -> str:
    """What a form was opened with: the version its values are of, or for a new entry the key that names its save."""
    return st.session_state.setdefault(_seen(form), ids.new() if ver is None else ver)


def fields(form: str, shown: Mapping[str, Field], values: Mapping[str, Any], offices: Mapping[int, str]) -> dict:
    """Draw the fields two abreast, filled with `values`; returns what they hold, as text or None.

    Parameters
    ----------
    form : str
        The beginning of the keys, with the version in it: after a save the fields are filled anew.
    offices : mapping
        Id to name of the offices that may be chosen.
    """
    cells = st.grid(2, min_column_width=240, gap="small")
    held = {}
    for name, field in shown.items():
        with cells.cell():
            held[name] = _field(f"{form}_{name}", name, field, values.get(name), offices)
    return held


def saved(form: str, write: Callable[[], Any], values: Mapping[str, Any] | None = None) -> None:
    """Write, and draw the page anew with what is to be said; what was refused is said here and nothing is lost.

    Parameters
    ----------
    form : str
        Whose `token` is spent by it.
    values : mapping, optional
        What the form holds, told again when somebody else saved first.
    """
    try:
        write()
    except EntryRefused as refusal:
        st.error("\n\n".join(figure.plain(reason) for reason in refusal.reasons))
        return
    except EditedMeanwhile as meanwhile:
        st.session_state[TOLD] = _told(meanwhile, values or {})
    except AlreadySaved:
        st.session_state[SAID] = "This was saved already; nothing was written twice."
    except RecordsError as refusal:
        st.error(figure.plain(str(refusal)))
        return
    else:
        st.session_state[SAID] = settings.saved_words(calendar.now())
    st.session_state.pop(_seen(form), None)
    st.rerun()


def _seen(form: str) -> str:
    return f"settings_seen_{form}"


def _told(meanwhile: EditedMeanwhile, values: Mapping[str, Any]) -> str:
    """That somebody else was first, and what this person had written where it differs."""
    stands = meanwhile.stands or {}
    labels = {name: field.label for fields in settings.FIELDS.values() for name, field in fields.items()}
    mine = [
        f"{labels[name]} {value!r}" if value else f"{labels[name]} empty"
        for name, value in values.items()
        if (value or "") != str("" if stands.get(name) is None else stands[name])
    ]
    had = f" You had written: {listed(mine)}." if mine else ""
    return figure.plain(
        "Somebody else saved this after you opened it, so nothing of yours was written. The form shows what stands"
        f" now.{had}"
    )


def _field(key: str, name: str, field: Field, value: Any, offices: Mapping[int, str]) -> str | None:
    label = field.label if field.needed or field.kind in ("choice", "office") else f"{field.label} (optional)"
    text = "" if value is None else str(value)
    match field.kind:
        case "lines":
            return st.text_area(label, text, max_chars=field.longest, key=key, height=80)
        case "whole" | "number":
            shown = text.removesuffix(".0")
            return st.text_input(label, shown, key=key)
        case "choice" | "office":
            options = offices if field.kind == "office" else {choice: _named(name, choice) for choice in field.choices}
            codes = ([] if field.needed else [None]) + list(options)
            chosen = st.selectbox(
                label,
                codes,
                index=codes.index(value) if value in codes else 0,
                format_func=lambda code: field.empty if code is None else options[code],
                key=key,
            )
            return None if chosen is None else str(chosen)
    return st.text_input(label, text, max_chars=field.longest, key=key)


def _named(name: str, choice: Any) -> str:
    return WORDS.get(name, {}).get(choice, str(choice))
