"""When the machine fails: what an error of DuckDB means, and what to do, in words a person can act on.

DuckDB tells most of it in the text of an error alone. The phrases are those of 1.5.5, each seen in tests/records/
test_failing.py as it happens on a disk; what matches none of them is still said plainly, with less advice.
"""

from pathlib import Path

import duckdb

# Never raised by a query that is wrong: the disk, the memory or the file itself is in trouble.
OF_THE_MACHINE = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.OutOfMemoryException)
COMMIT_FAILED = "Failed to commit"

FULL = ("No space left on device", "File too large", "Disk quota exceeded", "not enough space on the disk")
MAY_NOT = ("Read-only file system", "Permission denied", "Operation not permitted", "Access is denied")
DAMAGED = ("Corrupt database file", "Could not read enough bytes")
LOG = "WAL file"
USELESS = "has been invalidated"

RESTORE = (
    "Restore the last good backup (python -m records restore FILE): it takes this file's place, and this file is kept"
    " beside it."
)


def of_the_machine(error: BaseException | None) -> bool:
    """Whether the machine failed, and not whoever asked."""
    if isinstance(error, duckdb.TransactionException):
        return COMMIT_FAILED in str(error)
    return isinstance(error, OF_THE_MACHINE)


def may_not_write(error: BaseException) -> bool:
    """Whether the file is there and may only be read."""
    return _says(error, MAY_NOT)


def cannot_save(file: Path) -> str:
    """What stands on every page while the records can be read and nothing can be saved."""
    return (
        f"Nothing can be saved: {file.name} or its disk is read-only. The records can be read, and exported to another"
        " disk. Make the disk and the file writable for this user, then save again."
    )


def moved_away(file: Path) -> str:
    """The same when another file, or none, stands where the open one stood: what is written would be lost with it."""
    return (
        f"Nothing can be saved: {file.name} is no longer where it was opened. Its disk was taken away, or the file was"
        " moved, deleted or replaced while this app was running. Put it back, then start the app again."
    )


def not_saved(file: Path, error: BaseException) -> str:
    """Why a change was not written, and what to do."""
    return f"This was not saved: {_why(file, error)}"


def saving_fails(file: Path, error: BaseException) -> str:
    """The same as it stands on every page until something could be saved again."""
    return f"The last change could not be saved: {_why(file, error)}"


def _why(file: Path, error: BaseException) -> str:
    if _says(error, FULL):
        return (
            f"the disk that holds {file.name} is full. Everything saved before is safe. Make room on it, then save"
            " again."
        )
    if may_not_write(error):
        return (
            f"{file.name} or its disk is read-only. Everything saved before is safe. Make both writable for this user,"
            " then save again."
        )
    if _says(error, DAMAGED):
        return not_readable(file, error)
    return (
        f"{file.name} could not be written ({type(error).__name__}). Everything saved before is safe. See that its disk"
        " is connected and has room, then save again."
    )


def known(error: BaseException) -> bool:
    """Whether the error says more than that something failed."""
    return LOG in str(error) or _says(error, (*FULL, *MAY_NOT, *DAMAGED))


def not_readable(file: Path, error: BaseException) -> str:
    """Why the file, or a part of it, cannot be read, and what to do."""
    if LOG in str(error):
        return unreadable_log(file)
    if _says(error, DAMAGED):
        return (
            f"{file.name} is damaged or was cut short, and a part of it cannot be read. Nothing was changed. {RESTORE}"
        )
    if may_not_write(error):
        return (
            f"{file.name} may not be opened by this user: the rights of the file or its folder do not allow it. Give"
            " this user the right to read and write it. Nothing was changed."
        )
    if _says(error, FULL):
        return (
            f"{file.name} cannot be opened while its disk is full. Everything saved is safe. Make room on it, then try"
            " again."
        )
    return (
        f"{file.name} cannot be read ({type(error).__name__}). See that its disk is connected, then start the app"
        f" again. If it stays so: {RESTORE}"
    )


def unreadable_log(file: Path) -> str:
    """What to do about a log of the last changes that cannot be read."""
    return (
        f"The last changes to {file.name} stand in {file.name}.wal beside it, and that file is damaged. Nothing was"
        f" changed. {RESTORE} Or move {file.name}.wal to another folder and keep it: {file.name} then opens without"
        " what was saved last."
    )


def in_words(file: Path, error: BaseException) -> str | None:
    """Any error of the machine in words; None when it is none, and the program's own fault."""
    if isinstance(error, duckdb.ConnectionException):
        return (
            f"{file.name} was opened again while this page was at work. What was not saved is not saved; do it again."
        )
    return not_readable(file, error) if of_the_machine(error) else None


def _says(error: BaseException, phrases: tuple[str, ...]) -> bool:
    return any(phrase in str(error) for phrase in phrases)
