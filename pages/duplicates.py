"""One or two people: who stands here twice?"""

import uuid
from typing import Any

import pandas as pd
import streamlit as st

from access import door
from analytics import progress
from charts.words import counted, dated
from pages.parts import facts, figure
from pages.parts.figure import plain
from pages.parts.record_form import said, tried
from records import merging, store
from records.written import choices, columns_of, record, shown

viewer = door.require("client.merge")
window = store.open_for(viewer)
figure.style()

OPEN = "pair_open"
SHOWN_PAIRS = 20
MERGES = """
-- Merges of clients, newest first, with the names of the two. One row per merge.
SELECT
    m.client_merge_id, m.merged_at, m.undone_at, m.actor, m.reason, m.kept_client_id, m.gone_client_id,
    k.record ->> '$.name' AS kept_name, g.record ->> '$.name' AS gone_name
FROM visible_client_merge AS m
LEFT JOIN visible_record AS k ON k.table_name = 'client' AND k.row_id = m.kept_client_id
LEFT JOIN visible_record AS g ON g.table_name = 'client' AND g.row_id = m.gone_client_id
WHERE m.what = 'merge'
ORDER BY m.merged_at DESC, m.client_merge_id DESC
LIMIT 50
"""
CARE = """
-- How much care some clients had, and when last. One row per client with an episode.
SELECT
    e.client_id, count(DISTINCT e.episode_id) AS episodes, sum(c.visits) AS visits,
    max(c.last_visit_on) AS last_visit_on
FROM visible_episode AS e
INNER JOIN visible_episode_course AS c ON e.client_id = c.client_id AND e.episode_id = c.episode_id
WHERE list_contains($client_ids, e.client_id)
GROUP BY e.client_id
"""


def suggested_pairs(window: store.Window) -> pd.DataFrame:
    """Pairs who may be one, as far as the list goes."""
    return merging.suggestions(window.store, window.viewer, SHOWN_PAIRS)


def care_of(client_ids: list[int]) -> dict[int, str]:
    """Episodes and visits of some clients, in words."""
    found = window.read(CARE, client_ids=client_ids).set_index("client_id")
    told = {}
    for client_id in client_ids:
        if client_id not in found.index:
            told[client_id] = "no episode"
            continue
        row = found.loc[client_id]
        told[client_id] = f"{counted(int(row['episodes']), 'episode')}, {counted(int(row['visits']), 'visit')}"
        if not pd.isna(row["last_visit_on"]):
            told[client_id] += f", the last on {dated(row['last_visit_on'])}"
    return told


def show_person(name: str, born: object, phone: object, care: str) -> None:
    """One of a pair."""
    with st.container(gap="xxsmall"):
        st.markdown(f"**{plain(name)}**")
        told = "no birth date" if pd.isna(born) else f"born {dated(born)}"
        figure.quiet(f"{told}, {'no phone' if pd.isna(phone) else phone}")
        figure.quiet(care)


def show_pair(pair: Any, care: dict[int, str]) -> None:
    """Two clients side by side, and what may be said of them."""
    key = f"{pair.one_id}_{pair.other_id}"
    with st.container(border=True, key=f"pair_{key}"):
        st.markdown(f"{pair.likely.capitalize()}: {plain(pair.why)}.")
        for column, (ours, theirs) in zip(st.columns(2), (("one", "other"), ("other", "one")), strict=True):
            with column:
                client_id = getattr(pair, f"{ours}_id")
                values = (getattr(pair, f"{ours}_{field}") for field in ("name", "birth_date", "phone"))
                show_person(*values, care[client_id])
                st.button(
                    "They are one: keep this one",
                    key=f"keep_{client_id}_{key}",
                    on_click=_open,
                    args=(client_id, getattr(pair, f"{theirs}_id"), "merge"),
                )
        st.button("They are two people", key=f"apart_{key}", on_click=_open, args=(pair.one_id, pair.other_id, "apart"))
        opened = st.session_state.get(OPEN)
        asked = {"merge": merge_form, "apart": apart_form}.get(opened["act"]) if opened else None
        if asked and {opened["keep"], opened["gone"]} == {pair.one_id, pair.other_id}:
            asked(opened)


def _open(keep: int, gone: int, act: str) -> None:
    st.session_state[OPEN] = {"keep": keep, "gone": gone, "act": act, "key": uuid.uuid4().hex}


def close() -> None:
    """No form is open any more."""
    st.session_state.pop(OPEN, None)


def merge_form(opened: dict[str, Any]) -> None:
    """Which value of each is kept, and why they are one."""
    kept, gone = (record(window, "client", opened[who]) for who in ("keep", "gone"))
    lists = facts.fact(choices, window)
    differing = {
        name: column
        for name, column in columns_of("client", kept.values).items()
        if gone.values[name] is not None and gone.values[name] != kept.values[name]
    }
    with st.form(f"merge_{opened['key']}", border=False):
        st.markdown(
            f"{plain(kept.values['name'])} is kept. Every episode stays as it is, and all of them will be theirs."
            " It can be taken back."
        )
        take = []
        for name, column in differing.items():
            ours, theirs = (shown(column, who.values[name], lists) for who in (kept, gone))
            chosen = st.radio(
                column["label"],
                ("keep", "take"),
                index=0 if kept.values[name] is not None else 1,  # what one side does not give is taken from the other
                format_func={"keep": f"keep: {plain(ours)}", "take": f"take over: {plain(theirs)}"}.get,
                key=f"{name}_{opened['key']}",
                horizontal=True,
            )
            take += [name] if chosen == "take" else []
        reason = st.text_input("Why are they one? (kept with the change)", key=f"reason_{opened['key']}")
        with st.container(horizontal=True):
            save = st.form_submit_button("Make them one", key="go_merge", type="primary")
            cancel = st.form_submit_button("Cancel", key="cancel_pair")
    ended(cancel)
    if save:
        ids = (opened["keep"], opened["gone"])
        act_on(
            lambda: merging.merge(window.store, viewer, *ids, reason=reason, take=take, idempotency_key=opened["key"]),
            "They are one client now. It can be taken back below.",
        )


def apart_form(opened: dict[str, Any]) -> None:
    """Why they are two."""
    with st.form(f"apart_{opened['key']}", border=False):
        reason = st.text_input("How is it known that they are two? (kept)", key=f"reason_{opened['key']}")
        with st.container(horizontal=True):
            save = st.form_submit_button("They are two people", key="go_apart", type="primary")
            cancel = st.form_submit_button("Cancel", key="cancel_pair")
    ended(cancel)
    if save:
        ids = (opened["keep"], opened["gone"])
        act_on(
            lambda: merging.apart(window.store, viewer, *ids, reason=reason, idempotency_key=opened["key"]),
            "Noted: they are two people, and are not suggested again.",
        )


def take_back_form(opened: dict[str, Any]) -> None:
    """Why a merge is taken back."""
    with st.form(f"back_{opened['key']}", border=False):
        st.markdown("Both stand again, each with their own episodes, and with what was added to these since.")
        reason = st.text_input("Why is it taken back? (kept with the change)", key=f"reason_{opened['key']}")
        with st.container(horizontal=True):
            save = st.form_submit_button("Take it back", key="go_take_back", type="primary")
            cancel = st.form_submit_button("Cancel", key="cancel_pair")
    ended(cancel)
    if save:
        act_on(
            lambda: merging.unmerge(
                window.store, viewer, opened["merge_id"], reason=reason, idempotency_key=opened["key"]
            ),
            "The merge was taken back.",
        )


def ended(cancelled: bool) -> None:
    """Close the form when it was cancelled."""
    if cancelled:
        close()
        st.rerun()


def act_on(act: Any, done: str) -> None:
    """Do it; the form closes once it is done, and stays while it is refused."""
    opened = st.session_state[OPEN]
    close()
    tried(act, done)
    st.session_state[OPEN] = opened  # it was refused: what was typed stays


def pairs_of_ones_own() -> None:
    """Two clients the list does not suggest, found by name."""
    with st.expander("Two others, found by name"):
        words = st.text_input("Part of their name", key="pair_search", placeholder="Type a name and press Enter")
        found = progress.found_clients(window, words) if words.strip() else pd.DataFrame()
        if words.strip() and len(found) < 2:
            st.info("Fewer than two clients have these words in their name.")
        if len(found) < 2:
            return
        names = {
            int(row.client_id): row.name if pd.isna(row.birth_date) else f"{row.name}, born {dated(row.birth_date)}"
            for row in found.itertuples(index=False)
        }
        kept_column, gone_column = st.columns(2)
        keep = kept_column.selectbox("Who is kept", list(names), format_func=names.get, key="pair_keep")
        others = [client_id for client_id in names if client_id != keep]
        gone = gone_column.selectbox("Who is the same person", others, format_func=names.get, key="pair_gone")
        st.button("They are one", key="pair_own", on_click=_open, args=(keep, gone, "merge own"))
        opened = st.session_state.get(OPEN)
        if opened and (opened["act"], opened["keep"], opened["gone"]) == ("merge own", keep, gone):
            merge_form(opened)


def show_merges() -> None:
    """Earlier merges, and taking one back."""
    st.header("Earlier merges", anchor=False)
    merges = window.read(MERGES)
    if merges.empty:
        figure.quiet("None yet.")
    for merge in merges.itertuples(index=False):
        with st.container(border=True, key=f"merge_{merge.client_merge_id}"):
            st.markdown(f"**{plain(merge.gone_name)}** is **{plain(merge.kept_name)}**: {plain(merge.reason)}")
            figure.quiet(f"{dated(merge.merged_at)} {merge.merged_at:%H:%M} by {merge.actor}")
            if not pd.isna(merge.undone_at):
                figure.quiet(f"Taken back on {dated(merge.undone_at)}.")
                continue
            st.button(
                "Take back", key=f"back_{merge.client_merge_id}", on_click=_open_merge, args=(merge.client_merge_id,)
            )
            opened = st.session_state.get(OPEN)
            if opened and opened.get("merge_id") == merge.client_merge_id:
                take_back_form(opened)


def _open_merge(merge_id: int) -> None:
    st.session_state[OPEN] = {"keep": 0, "gone": 0, "act": "back", "merge_id": merge_id, "key": uuid.uuid4().hex}


st.title("Who stands here twice?", anchor=False)
said()
if window.store.is_sample:
    st.write("These are invented records: nobody is merged here. Start with your own records first.")
    st.stop()
if window.read("SELECT count(*) AS clients FROM visible_client")["clients"][0] == 0:
    st.info("No clients yet. Bring an export of your records on the Import page; who comes twice is shown here.")
    show_merges()
    st.stop()
st.markdown(
    "Clients who may be one person, by name, birth date and phone. You decide: nothing is merged by itself.", width=740
)
pairs = facts.fact(suggested_pairs, window)
if (pairs["likely"] == "hardly").all():
    st.info("Nobody seems to stand here twice.")
care = care_of([int(client_id) for client_id in {*pairs["one_id"], *pairs["other_id"]}])
for pair in pairs[pairs["likely"] != "hardly"].itertuples(index=False):
    show_pair(pair, care)
if not (hardly := pairs[pairs["likely"] == "hardly"]).empty:
    with st.expander(f"Hardly one person ({len(hardly)})"):
        for pair in hardly.itertuples(index=False):
            show_pair(pair, care)
pairs_of_ones_own()
show_merges()
