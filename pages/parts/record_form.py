"""One record on the page: what it says, and the one form that is open to correct it, withdraw it or bring it back."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from charts.words import counted, dated
from pages.parts import facts, figure
from pages.parts.figure import plain
from records import correcting
from records.errors import AlreadySaved, EditedMeanwhile, EntryRefused, RecordsError
from records.store import Window
from records.viewer import Viewer
from records.written import Record, columns_of, correctable, described, history, options, shown, text_of

OPEN, SAID = "correction_open", "correction_said"
NONE = ""  # no value: an option of its own, because a select box shows None as an empty field
LONG = ("note", "discharge_note", "comorbidity", "mechanism", "words", "about", "adverse_reaction")
PLURALS = {
    "rating": ("pain rating", "pain ratings"),
    "motion": ("motion reading", "motion readings"),
    "score": ("score", "scores"),
    "session": ("visit", "visits"),
    "episode": ("episode", "episodes"),
    "technique_use": ("technique", "techniques"),
    "referral": ("order", "orders"),
    "goal": ("goal", "goals"),
    "dated_entry": ("entry", "entries"),
    "call_made": ("call", "calls"),
    "red_flag_found": ("red flag", "red flags"),
}
Lists = Mapping[str, Mapping[str, str]]


def said(about: tuple[str, int] | None = None) -> None:
    """What was done last, once: where the record is shown, or at the head of the page when it is shown no more."""
    words, whose = st.session_state.get(SAID, (None, None))
    if words and whose == about:
        del st.session_state[SAID]
        st.success(words)


def show(
    window: Window, viewer: Viewer, record: Record, every: Sequence[Record], lists: Lists, under: str | None = None
) -> None:
    """The record in words with what can be done with it, and its form when that is the one that is open.

    Parameters
    ----------
    every : all records of the same client, among which is what hangs on this one
    under : a quiet line below it, for example when it was withdrawn and why
    """
    called = correctable()[record.table]["called"]
    acts = ("restore", "history") if record.withdrawn else ("correct", "withdraw", "history")
    if window.store.is_sample:
        acts = ("history",)
    with st.container(key=f"record_{record.table}_{record.row_id}", gap="xxsmall"):
        words, buttons = st.columns([3, 2], vertical_alignment="center")
        with words, st.container(gap="xxsmall"):
            st.markdown(f"**{called}.** {plain(described(record, lists))}")
            changed = f"Version {record.ver}. " if record.ver > 1 else ""
            if changed or under:
                figure.quiet(f"{changed}{under or ''}")
        with buttons, st.container(horizontal=True, gap="small"):
            for act in acts:
                st.button(
                    LABELS[act],
                    key=f"{act}_{record.table}_{record.row_id}",
                    on_click=_open,
                    args=(record, act),
                )
        said((record.table, record.row_id))
        opened = st.session_state.get(OPEN)
        if opened and (opened["table"], opened["row_id"]) == (record.table, record.row_id):
            with st.container(border=True, key="record_form"):
                FORMS[opened["act"]](window, viewer, record, every, lists, opened)


def _open(record: Record, act: str) -> None:
    st.session_state[OPEN] = {
        "table": record.table,
        "row_id": record.row_id,
        "act": act,
        "ver": record.ver,
        "texts": {name: text_of(record.values.get(name)) for name in columns_of(record.table, record.values)},
        "key": uuid.uuid4().hex,  # names this form, so that a second click writes nothing twice
    }


def close() -> None:
    """No form is open any more."""
    st.session_state.pop(OPEN, None)


def _done(words: str, about: tuple[str, int] | None) -> None:
    st.session_state[SAID] = (words, about)
    close()
    st.rerun()


def tried(act: Callable[[], Any], done: str, about: tuple[str, int] | None = None) -> None:
    """Do it and say so; what the records room refuses becomes sentences, and the form stays open as it was filled."""
    try:
        act()
    except EntryRefused as refusal:
        for reason in refusal.reasons:
            st.error(plain(reason))
        return
    except EditedMeanwhile:
        raise
    except AlreadySaved:
        pass
    except RecordsError as refusal:
        st.error(plain(str(refusal)))
        return
    _done(done, about)


def _correct(
    window: Window, viewer: Viewer, record: Record, every: Sequence[Record], lists: Lists, opened: dict[str, Any]
) -> None:
    if "stands" in opened:
        _both(window, viewer, record, lists, opened)
        return
    columns = columns_of(record.table, record.values)
    with st.form(f"correct_form_{opened['key']}", border=False):
        texts, given = opened["texts"], {}
        short = [name for name in columns if name not in LONG]
        grid = st.grid(min(3, len(short)) or 1, min_column_width=170)
        for name in short:
            with grid.cell():
                given[name] = _field(name, columns[name], texts[name], lists, opened["key"])
        for name in columns:
            if name in LONG:
                given[name] = _field(name, columns[name], texts[name], lists, opened["key"])
        reason = st.text_input("Why is it corrected? (kept with the change)", key=f"reason_{opened['key']}")
        save, cancel = _buttons("Save the correction", "go_save_correction")
    if cancel:
        close()
        st.rerun()
    if save:
        mine = {name: text for name, text in given.items() if text != texts[name]}
        opened |= {"mine": mine, "reason": reason}
        try:
            tried(
                lambda: _write(window, viewer, opened, opened["ver"]),
                "Saved. What stood before is in its history.",
                (record.table, record.row_id),
            )
        except EditedMeanwhile as told:
            opened |= {"stands": dict(told.stands), "changed_at": told.changed_at, "changed_by": told.changed_by}
            st.rerun()


def _write(window: Window, viewer: Viewer, opened: Mapping[str, Any], ver: int) -> None:
    correcting.correct(
        window.store,
        viewer,
        opened["table"],
        opened["row_id"],
        ver,
        opened["mine"],
        reason=opened["reason"],
        idempotency_key=f"{opened['key']} {ver}",
    )


def _field(name: str, column: Mapping[str, Any], text: str | None, lists: Lists, key: str) -> str | None:
    """One value to fill in, as text; None for none."""
    label = column["label"] + (" (YYYY-MM-DD)" if column.get("is") == "date" else "")
    widget = f"{name}_{key}"
    if "choice" in column or column.get("is") == "yes_no":
        codes = options(column, lists) if "choice" in column else {"yes": "yes", "no": "no"}
        if text is not None:
            codes.setdefault(text, f"{text} (no longer in the list)")
        values = ([] if column.get("needed") else [NONE]) + list(codes)
        chosen = st.selectbox(
            label,
            values,
            index=values.index(text or NONE) if (text or NONE) in values else 0,
            format_func=lambda code: codes.get(code, "not given"),
            key=widget,
        )
        return chosen or None
    draw = st.text_area if name in LONG else st.text_input
    return draw(label, value=text or "", key=widget).strip() or None


def _buttons(label: str, key: str) -> tuple[bool, bool]:
    with st.container(horizontal=True):
        return (
            st.form_submit_button(label, key=key, type="primary"),
            st.form_submit_button("Cancel", key="cancel_record"),
        )


def _both(window: Window, viewer: Viewer, record: Record, lists: Lists, opened: dict[str, Any]) -> None:
    """Theirs and mine side by side, and which is to stand."""
    stands, mine, texts = opened["stands"], opened["mine"], opened["texts"]
    by = f" by {opened['changed_by']}" if opened["changed_by"] else ""
    at = f" at {opened['changed_at']:%H:%M}" if opened["changed_at"] else ""
    if stands["withdrawn"]:
        st.warning(f"This record was withdrawn{by}{at}, after you opened it. Your change was not saved.")
        if st.button("Leave it withdrawn", key="keep_theirs"):
            close()
            st.rerun()
        return
    st.warning(f"This record was changed{by}{at}, after you opened it. Your change was not saved. Both are shown here.")
    columns = columns_of(record.table, record.values)
    theirs, yours = st.columns(2)
    theirs.markdown(f"**Theirs, version {stands['ver']}, which stands**")
    yours.markdown("**Yours, not saved**")
    for name, column in columns.items():
        their_text = text_of(stands[name])
        my_text = mine.get(name, texts[name])
        if their_text != texts[name] or name in mine:
            theirs.markdown(f"{plain(column['label'])}: {plain(shown(column, their_text, lists))}")
            yours.markdown(f"{plain(column['label'])}: {plain(shown(column, my_text, lists))}")
    figure.quiet("Save mine over it writes the values you changed, as a further version; theirs stays in the history.")
    with st.container(horizontal=True):
        if st.button("Keep theirs", key="keep_theirs"):
            close()
            st.rerun()
        over = st.button("Save mine over it", key="go_save_mine", type="primary")
    if over:
        try:
            tried(
                lambda: _write(window, viewer, opened, stands["ver"]),
                "Saved. Theirs is in its history.",
                (record.table, record.row_id),
            )
        except EditedMeanwhile as told:
            opened |= {"stands": dict(told.stands), "changed_at": told.changed_at, "changed_by": told.changed_by}
            st.rerun()


def _withdraw(
    window: Window, viewer: Viewer, record: Record, every: Sequence[Record], lists: Lists, opened: dict[str, Any]
) -> None:
    along = hanging(record, every)
    st.markdown(
        "It leaves every figure at once. It stays in the practice's file and can be brought back."
        + (f" With it {'goes' if len(along) == 1 else 'go'} {counted_kinds(along)}." if along else "")
    )
    _one_reason(window, viewer, opened, "Why is it withdrawn?", "Withdraw it", "go_withdraw", correcting.withdraw,
                "Withdrawn. It stands under Withdrawn and can be brought back.")  # fmt: skip


def _restore(
    window: Window, viewer: Viewer, record: Record, every: Sequence[Record], lists: Lists, opened: dict[str, Any]
) -> None:
    st.markdown("It comes back into every figure, with what was withdrawn with it.")
    _one_reason(window, viewer, opened, "Why is it brought back?", "Bring it back", "go_restore", correcting.restore,
                "Brought back, with what was withdrawn with it.")  # fmt: skip


def _one_reason(
    window: Window,
    viewer: Viewer,
    opened: dict[str, Any],
    question: str,
    label: str,
    key: str,
    act: Callable[..., int],
    done: str,
) -> None:
    with st.form(f"reason_form_{opened['key']}", border=False):
        reason = st.text_input(f"{question} (kept with the change)", key=f"reason_{opened['key']}")
        save, cancel = _buttons(label, key)
    if cancel:
        close()
        st.rerun()
    if save:
        try:
            tried(
                lambda: act(
                    window.store,
                    viewer,
                    opened["table"],
                    opened["row_id"],
                    opened["ver"],
                    reason=reason,
                    idempotency_key=opened["key"],
                ),
                done,
            )
        except EditedMeanwhile as told:
            by = f" by {told.changed_by}" if told.changed_by else ""
            st.error(f"This record was changed{by} after you opened it, so nothing was done. Look at it and try again.")


def _history(
    window: Window, viewer: Viewer, record: Record, every: Sequence[Record], lists: Lists, opened: dict[str, Any]
) -> None:
    for row in facts.fact(history, window, record.table, record.row_id).iloc[::-1].itertuples():
        when = "" if row.at is None or row.at != row.at else f", {dated(row.at)} {row.at:%H:%M}"
        who = "" if row.who is None or row.who != row.who else f" by {row.who}"
        why = "" if row.why is None or row.why != row.why else f": {row.why}"
        with st.container(gap="xxsmall"):
            st.markdown(f"**Version {row.version}** {plain(f'{row.what}{who}{when}{why}')}")
            if row.changes:
                figure.quiet("; ".join(row.changes))
    if st.button("Close", key="close_history"):
        close()
        st.rerun()


def hanging(record: Record, every: Sequence[Record]) -> list[Record]:
    """What goes when the record is withdrawn, besides itself; of a client that is everything."""
    keys = {
        "client": ("client_id",),
        "episode": ("episode_id",),
        "session": ("session_id",),
        "session_part": ("session_id", "episode_id"),
    }.get(record.table)
    if keys is None:
        return []
    return [
        other
        for other in every
        if other is not record
        and not other.withdrawn
        and all(getattr(other, key) == getattr(record, key) for key in keys)
    ]


def counted_kinds(records: Sequence[Record]) -> str:
    """3 pain ratings, 1 motion reading; parts and regions are not worth a word."""
    kinds = [record.table for record in records]
    told = [counted(kinds.count(table), *words) for table, words in PLURALS.items() if table in kinds]
    return ", ".join(told) or "its parts"


LABELS = {"correct": "Correct", "withdraw": "Withdraw", "restore": "Bring back", "history": "History"}
FORMS = {"correct": _correct, "withdraw": _withdraw, "restore": _restore, "history": _history}
