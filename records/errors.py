"""What can go wrong with records. Messages say what was found, where, what is right, and what to do next.

RecordsError
├── StoreError
│   ├── StoreBusy            another program has the file open
│   ├── StoreNewer           the file was written by a later version of this program
│   ├── StoreUnreadable      not a record store, or damaged
│   └── StoreExists          asked to create a file where one is
├── NotWritten               the disk refused a change; nothing of it is kept
├── AlreadySaved             the same action was committed before (a retry after a lost answer)
├── EditedMeanwhile          somebody else saved the record after it was read
├── NotAllowed               the viewer may not do this, or the store may not be written (the sample practice)
├── ImportRefused            the file as a whole cannot be read; nothing was written
└── EntryRefused             a form's values break the rules; nothing was written
"""


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


class StoreExists(StoreError):
    """A new store was asked for where a file already stands."""


class NotWritten(RecordsError):
    """The disk refused; nothing of the change is kept."""


class AlreadySaved(RecordsError):
    """The action with this key was committed before; nothing was written twice."""


class EditedMeanwhile(RecordsError):
    """The record was changed after it was read; nothing was overwritten."""


class NotAllowed(RecordsError):
    """The viewer may not do this here."""


class ImportRefused(RecordsError):
    """The file as a whole cannot be imported; nothing was written."""


class EntryRefused(RecordsError):
    """What was entered breaks the rules; `reasons` lists every one, and nothing was written."""

    def __init__(self, reasons: list[str]):
        super().__init__("\n".join(reasons))
        self.reasons = reasons
