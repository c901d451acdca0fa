"""What can go wrong with records. Messages say what was found, where, what is right, and what to do next.

RecordsError
├── StoreError
│   ├── StoreBusy            another program has the file open
│   ├── StoreNewer           the file was written by a later version of this program
│   ├── StoreUnreadable      not a record store, or damaged
│   ├── StoreClosed          another file took this one's place while somebody was at work
│   └── StoreExists          asked to create a file where one is
├── BackupBroken             a backup or an export that is not what it was when it was made
├── NotWritten               the disk refused a change; nothing of it is kept
├── AnswerLost               the app that was handed a command ended before it answered
├── AlreadySaved             the same action was committed before (a retry after a lost answer)
├── EditedMeanwhile          somebody else saved the record after it was read
├── NotAllowed               the viewer may not do this, or the store may not be written (the sample practice)
├── ImportRefused            the file as a whole cannot be read; nothing was written
├── EntryRefused             a form's values break the rules; nothing was written
└── EntryDoubted             a form's values are hardly ever so, and nobody said they are right; nothing was written
"""

import datetime as dt
from typing import Any


class RecordsError(Exception):
    """Base of everything this room raises on purpose."""


class StoreError(RecordsError):
    """The file cannot be used."""


class StoreBusy(StoreError):
    """Another program has the file open."""


class StoreNewer(StoreError):
    """The file was written by a later version of this program."""


class StoreUnreadable(StoreError):
    """The file is not a record store, or it is damaged."""


class StoreClosed(StoreError):
    """The file was let go while somebody was at work on it; nothing they did after that was kept."""


class StoreExists(StoreError):
    """A new store was asked for where a file already stands."""


class BackupBroken(RecordsError):
    """A backup or an export is damaged, unfinished or another file; nothing was restored from it."""


class NotWritten(RecordsError):
    """The disk refused; nothing of the change is kept."""


class AnswerLost(RecordsError):
    """The app that did a command's work ended before it answered; each change of it was saved whole or not at all."""


class AlreadySaved(RecordsError):
    """The action with this key was committed before; nothing was written twice."""


class EditedMeanwhile(RecordsError):
    """The record was changed after it was read; nothing was overwritten.

    Attributes
    ----------
    stands : dict or None
        The record as it stands now, by column, so that a page can show both versions.
    changed_at, changed_by : datetime, str, or None
        When it was changed, and by which account.
    """

    def __init__(
        self,
        message: str,
        *,
        stands: dict[str, Any] | None = None,
        changed_at: dt.datetime | None = None,
        changed_by: str | None = None,
    ):
        super().__init__(message)
        self.stands = stands
        self.changed_at = changed_at
        self.changed_by = changed_by


class NotAllowed(RecordsError):
    """The viewer may not do this here."""


class ImportRefused(RecordsError):
    """The file as a whole cannot be imported; nothing was written."""


class EntryRefused(RecordsError):
    """What was entered breaks the rules; `reasons` lists every one, and nothing was written."""

    def __init__(self, reasons: list[str]):
        super().__init__("\n".join(reasons))
        self.reasons = reasons


class EntryDoubted(RecordsError):
    """What was entered is hardly ever so; `doubts` lists every question to answer first, and nothing was written."""

    def __init__(self, doubts: list):
        super().__init__("\n".join(f"{doubt.words} Answer that it is right, or correct it." for doubt in doubts))
        self.doubts = doubts
