"""Choices that live in the page's address by opaque ids, and come back when the page is opened by its link."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from records import ids

ANY = ""  # not narrowed; an option of its own, because a select box shows None as an empty field
_NOTHING = object()


def in_link(key: str) -> str | None:
    """What the address holds for a key."""
    return st.query_params.get(key)


def remember(key: str, text: str | None) -> None:
    """Write a choice into the address; None takes it out."""
    if text is None:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != text:
        st.query_params[key] = text


def text_of(value: Any) -> str:
    """A choice as it stands in the address: ids scrambled, codes as they are."""
    return ids.to_link(value) if isinstance(value, int) else str(value)


def select(label: str, key: str, options: Mapping[Any, str], *, any_label: str | None = None) -> Any:
    """A select box whose choice lives in the address and stays while the session lasts.

    Parameters
    ----------
    options : mapping of value to shown name
        Values are record ids or short codes; names never reach the address.
    any_label : str, optional
        Offers "not narrowed" under this name as the first choice, and returns None for it.

    Returns
    -------
    The chosen value; None for "not narrowed", or when there are no options.
    """
    values = ([ANY] if any_label is not None else []) + list(options)
    if not values:
        return None
    if st.session_state.get(key, _NOTHING) not in values:
        linked = in_link(key)
        st.session_state[key] = next((value for value in options if text_of(value) == linked), values[0])
    chosen = st.selectbox(
        label,
        values,
        format_func=lambda value: any_label if value == ANY else options[value],
        key=key,
        persist_state="session",
    )
    remember(key, None if chosen == ANY else text_of(chosen))
    return None if chosen == ANY else chosen


def segments(label: str, key: str, options: Mapping[str, str]) -> str:
    """A row of buttons whose choice lives in the address; the first one unless chosen or linked."""
    if st.session_state.get(key) not in options:
        linked = in_link(key)
        st.session_state[key] = linked if linked in options else next(iter(options))
    chosen = st.segmented_control(
        label, list(options), format_func=options.get, key=key, required=True, persist_state="session"
    )
    remember(key, chosen)
    return chosen
