"""The draft behind the form: what the store holds of a session being written down, and what the rules say of it.

A section is saved when what it says differs from what the store holds, so a page that was reloaded, or a server that
came back, shows and keeps the same thing. In the invented sample practice the form can be tried and nothing is saved.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from records import drafts, entry
from records.drafts import Draft, Section
from records.entry import Findings
from records.errors import EditedMeanwhile, RecordsError
from records.store import Store
from records.viewer import Viewer

NOTHING = Findings((), ())


class Desk:
    """One draft on one page.

    Attributes
    ----------
    draft : Draft
        As the store last said.
    is_begun : bool
        Whether the store knows the draft yet.
    told : dict of section to words
        What went wrong when a section was last saved.
    """

    def __init__(self, store: Store, viewer: Viewer, draft: Draft, is_begun: bool):
        self.store, self.viewer, self.draft = store, viewer, draft
        self.told: dict[str, str] = {}
        self.is_begun = is_begun
        self._findings: Findings | None = None
        self._first: dict[str, Any] = {}

    @property
    def key(self) -> str:
        """The beginning of the keys of this draft's widgets."""
        return f"draft{self.draft.draft_id}"

    def held(self, section: str) -> dict[str, Any]:
        """What the store holds of a section; {} when nothing."""
        kept = self.draft.sections.get(section)
        return kept.content if kept else {}

    def part(self, section: str, episode_id: int) -> dict[str, Any]:
        """What the store holds of a section about one episode."""
        return self.held(section).get("parts", {}).get(str(episode_id), {})

    def reading(self, section: str, episode_id: int, **identity: Any) -> str | None:
        """The value of one reading the store holds, known by its fields."""
        for reading in self.part(section, episode_id).get("readings", []):
            if all(reading.get(name) == value for name, value in identity.items()):
                return reading["value"]
        return None

    def offer(self, section: str, content: Mapping[str, Any]) -> None:
        """Something every session needs (its day, its episodes): saved along with whatever is said first."""
        self._first[section] = dict(content)

    def keep(self, section: str, content: Mapping[str, Any]) -> bool:
        """Save a section if it says anything else than was last read; whether it was saved.

        What keeps it from being saved (the disk, the rights) is in `told`. Raises EditedMeanwhile when the section was
        saved elsewhere in between.
        """
        if content == self.held(section):
            return False
        self.told.pop(section, None)
        try:
            self._begin()
            kept = self.draft.sections.get(section)
            saved = self._save(section, content, kept.ver if kept else 0)
        except EditedMeanwhile:
            raise
        except RecordsError as refusal:
            self.told[section] = str(refusal)
            return False
        self.draft.sections[section] = saved
        self._findings = None
        return True

    def refresh(self) -> None:
        """Take what the store holds now."""
        if found := self._read():
            self.draft = found
        self._findings = None

    def findings(self) -> Findings:
        """What the rules say of all that is filled in so far."""
        if self._findings is None:
            session, parts = drafts.assembled(self.draft)
            self._findings = self._looked_at(session, parts) if parts else NOTHING
        return self._findings

    def finish(self) -> int:
        """Make the draft a session; returns its id. Raises what `entry.record_session` raises."""
        self._begin()
        self.refresh()
        session, parts = drafts.assembled(self.draft)
        return entry.record_session(
            self.store,
            self.viewer,
            session,
            parts,
            idempotency_key=self.draft.key,
            draft_id=self.draft.draft_id,
            draft_versions={name: section.ver for name, section in self.draft.sections.items()},
        )

    def saved_at(self, section: str) -> dt.datetime | None:
        """When the section was last committed."""
        kept = self.draft.sections.get(section)
        return kept.saved_at if kept else None

    def _begin(self) -> None:
        if self.is_begun:
            return
        self._begin_draft()
        self.is_begun = True
        for section, content in self._first.items():
            self.draft.sections[section] = self._save(section, content, 0)

    def _begin_draft(self) -> None:
        drafts.begin(self.store, self.viewer, self.draft.client_id, self.draft.draft_id)

    def _save(self, section: str, content: Mapping[str, Any], ver: int) -> Section:
        return drafts.save(self.store, self.viewer, self.draft.draft_id, section, content, ver)

    def _read(self) -> Draft | None:
        return drafts.read(self.store, self.viewer, self.draft.draft_id)

    def _looked_at(self, session: Mapping[str, Any], parts: list[dict[str, Any]]) -> Findings:
        try:
            return entry.looked_at(self.store, self.viewer, session, parts)
        except RecordsError as refusal:
            return Findings((str(refusal),), ())


class TrialDesk(Desk):
    """A form to be tried in the invented practice: it works, and nothing of it is kept beyond the page."""

    def _begin_draft(self) -> None:
        """Nothing is begun."""

    def _save(self, section: str, content: Mapping[str, Any], ver: int) -> Section:
        return Section(dict(content), ver + 1, self.draft.begun_at)

    def _read(self) -> Draft | None:
        return self.draft

    def _looked_at(self, session: Mapping[str, Any], parts: list[dict[str, Any]]) -> Findings:
        return NOTHING

    def saved_at(self, section: str) -> dt.datetime | None:
        """Never: nothing is saved here."""
        return None
