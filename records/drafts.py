"""A session while it is being written down: each section of the form is committed as it is filled.

A draft is no record: no figure reads it, it leaves no line in the trail, and only the person who began it sees it.
`entry.record_session` makes it a session and closes it in one transaction.

Every section holds the same shape: {"session": {field: value}, "parts": {episode: {field: value, or list of values}}}.
`assembled` lays all sections of a draft on top of each other, which is what `record_session` takes.
"""

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from records import calendar, ids
from records.errors import EditedMeanwhile, NotAllowed
from records.permission import may_write
from records.store import Store
from records.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Section:
    """One section as it was last saved."""

    content: dict[str, Any]
    ver: int
    saved_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft as the store holds it.

    Attributes
    ----------
    state : {"open", "finished", "discarded"}
    session_id : int or None
        The session it became.
    """

    draft_id: int
    client_id: int
    begun_at: dt.datetime
    state: str
    session_id: int | None
    sections: dict[str, Section] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name of the action that finishes it: however often it is sent, one session comes of it."""
        return f"draft {self.draft_id}"

    @property
    def changed_at(self) -> dt.datetime:
        """When a section was last saved."""
        return max((section.saved_at for section in self.sections.values()), default=self.begun_at)


def begin(store: Store, viewer: Viewer, client_id: int, draft_id: int | None = None) -> int:
    """Begin a draft about a client; returns its id, which the form may have chosen (`ids.new`) before a word was said.

    One that was begun already, by the same person about the same client, is left as it is: a click counts once.

    Raises
    ------
    NotAllowed
        When the viewer may not see the client, or may not write sessions, or the id is that of another draft.
    """
    may_write(store, viewer, "session.write")
    if (
        store.open_for(viewer)
        .read("SELECT 1 FROM visible_client WHERE client_id = $client_id", client_id=client_id)
        .empty
    ):
        raise NotAllowed(f"There is no client {client_id} you may write to.")
    draft_id, now = draft_id or ids.new(), calendar.now()
    with store.jotting() as cursor:
        known = cursor.execute("SELECT person, client_id FROM records.draft WHERE draft_id = ?", [draft_id]).fetchone()
        if known == (viewer.person, client_id):
            return draft_id
        if known is not None:
            raise NotAllowed(
                f"There is no draft {draft_id} of yours about client {client_id}. Begin the session again."
            )
        cursor.execute(
            "INSERT INTO records.draft (draft_id, person, client_id, begun_at, changed_at) VALUES (?, ?, ?, ?, ?)",
            [draft_id, viewer.person, client_id, now, now],
        )
    return draft_id


def read(store: Store, viewer: Viewer, draft_id: int) -> Draft | None:
    """A draft of this person as the store holds it now; None when there is none of that id."""
    cursor = store.staging()
    found = cursor.execute(
        "SELECT draft_id, client_id, begun_at, state, session_id FROM records.draft WHERE draft_id = ? AND person = ?",
        [draft_id, viewer.person],
    ).fetchone()
    if found is None:
        return None
    sections = cursor.execute(
        "SELECT section, content, ver, saved_at FROM records.draft_section WHERE draft_id = ? ORDER BY section",
        [draft_id],
    ).fetchall()
    return Draft(*found, {name: Section(json.loads(content), ver, at) for name, content, ver, at in sections})


def open_of(store: Store, viewer: Viewer, client_id: int | None = None) -> list[int]:
    """Open drafts of this person, about one client or about all; the latest changed first."""
    found = (
        store.staging()
        .execute(
            "SELECT draft_id FROM records.draft WHERE person = $person AND state = 'open'"
            " AND ($client_id IS NULL OR client_id = $client_id) ORDER BY changed_at DESC, draft_id DESC",
            {"person": viewer.person, "client_id": client_id},
        )
        .fetchall()
    )
    return [draft_id for (draft_id,) in found]


def save(
    store: Store, viewer: Viewer, draft_id: int, section: str, content: Mapping[str, Any], ver: int = 0
) -> Section:
    """Commit one section; returns it as it now stands.

    Parameters
    ----------
    content : mapping
        What JSON can hold; days and times are kept as text, and NaN (an empty cell of a grid) as nothing.
    ver : int
        The version of the section that was changed; 0 when it has never been saved.

    Raises
    ------
    EditedMeanwhile
        When the section was saved elsewhere (another tab) after it was read; nothing was overwritten.
    NotAllowed
        When the draft is not this person's, or is no longer open.
    NotWritten
        When the disk refuses.
    """
    may_write(store, viewer, "session.write")
    now, kept = calendar.now(), json.dumps(_without_nan(content), ensure_ascii=False, default=str)
    with store.jotting() as cursor:
        _refuse_unless_open(cursor, viewer, draft_id)
        stands = cursor.execute(
            "SELECT ver FROM records.draft_section WHERE draft_id = ? AND section = ?", [draft_id, section]
        ).fetchone()
        if (stands[0] if stands else 0) != ver:
            raise EditedMeanwhile(
                f"This part of draft {draft_id} was filled in elsewhere, most likely in another tab, after you opened"
                " it. What is saved is shown now; enter yours again if it is the right one."
            )
        row = [kept, ver + 1, now, draft_id, section]
        if stands:
            cursor.execute(
                "UPDATE records.draft_section SET content = ?, ver = ?, saved_at = ?"
                " WHERE draft_id = ? AND section = ?",
                row,
            )
        else:
            cursor.execute(
                "INSERT INTO records.draft_section (content, ver, saved_at, draft_id, section) VALUES (?, ?, ?, ?, ?)",
                row,
            )
        cursor.execute("UPDATE records.draft SET changed_at = ? WHERE draft_id = ?", [now, draft_id])
    return Section(json.loads(kept), ver + 1, now)


def _without_nan(content: Any) -> Any:
    """The same content with nothing in place of NaN, which JSON has no word for."""
    if isinstance(content, Mapping):
        return {name: _without_nan(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_nan(value) for value in content]
    return None if isinstance(content, float) and math.isnan(content) else content


def _state(cursor: duckdb.DuckDBPyConnection, viewer: Viewer, draft_id: int) -> str:
    found = cursor.execute(
        "SELECT state FROM records.draft WHERE draft_id = ? AND person = ?", [draft_id, viewer.person]
    ).fetchone()
    if found is None:
        raise NotAllowed(f"There is no draft {draft_id} of yours. Begin the session again.")
    return found[0]


def _refuse_unless_open(cursor: duckdb.DuckDBPyConnection, viewer: Viewer, draft_id: int) -> None:
    state = _state(cursor, viewer, draft_id)
    if state == "finished":
        raise NotAllowed(f"Draft {draft_id} is finished already; nothing was changed. Open the session itself.")
    if state == "discarded":
        raise NotAllowed(f"Draft {draft_id} was put aside; nothing was changed. Begin the session again.")


def discard(store: Store, viewer: Viewer, draft_id: int) -> None:
    """Put an open draft aside: it becomes no session. What was filled in stays in the store.

    Raises
    ------
    NotAllowed
        When the draft is not this person's, or became a session.
    """
    may_write(store, viewer, "session.write")
    with store.jotting() as cursor:
        if _state(cursor, viewer, draft_id) == "discarded":
            return
        _refuse_unless_open(cursor, viewer, draft_id)
        cursor.execute(
            "UPDATE records.draft SET state = 'discarded', changed_at = ? WHERE draft_id = ?",
            [calendar.now(), draft_id],
        )


def assembled(draft: Draft) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """All sections on top of each other: the session and its parts, as `entry.record_session` takes them.

    The section "visit" says which episodes are served ("session": {"episodes": [...]}), in their order; what other
    sections hold of an episode that is not among them is left out.

    Examples
    --------
    >>> now = dt.datetime(2026, 11, 20, 10)
    >>> draft = Draft(1, 7, now, "open", None, {
    ...     "visit": Section({"session": {"visited_on": "2026-11-20", "episodes": [5]}}, 1, now),
    ...     "pain": Section({"parts": {"5": {"readings": [{"value": "3"}]}}}, 1, now),
    ...     "note": Section({"parts": {"5": {"note": "Calm"}, "6": {"note": "of another"}}}, 1, now),
    ... })
    >>> assembled(draft)
    ({'client_id': 7, 'visited_on': '2026-11-20'}, [{'episode_id': 5, 'readings': [{'value': '3'}], 'note': 'Calm'}])
    """
    session: dict[str, Any] = {"client_id": draft.client_id}
    parts: dict[str, dict[str, Any]] = {}
    for section in draft.sections.values():
        session |= section.content.get("session", {})
        for episode, given in section.content.get("parts", {}).items():
            part = parts.setdefault(episode, {})
            for name, value in given.items():
                part[name] = part.get(name, []) + value if isinstance(value, list) else value
    served = session.pop("episodes", [])
    return session, [{"episode_id": int(episode)} | parts.get(str(episode), {}) for episode in served]


def served_episodes(draft: Draft) -> list[int]:
    """The episodes a draft serves, in their order; [] before its visit section was saved."""
    visit = draft.sections.get("visit")
    return list(visit.content.get("session", {}).get("episodes", [])) if visit else []
