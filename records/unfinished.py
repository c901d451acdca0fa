"""Where a file or folder is made before it gets its name: a place beside it that nobody else uses, gone when done.

Such a place is a folder of ours, with a mark in it and a lock on the mark while somebody works there. What a kill left
is told by both: it bears the mark, and nobody holds the lock. Nothing without the mark is ever taken away.
"""

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

MARK = ".rehab-outcomes-unfinished"
WORDS = b"Made by Rehab Outcomes, which takes this folder away again.\n"
OUR_NAME = re.compile(r".*\.[0-9a-f]{8}\.making")
LOCKED_AT = 1 << 20  # far behind the words: Windows lets nobody read what is locked


@contextlib.contextmanager
def workplace(beside: Path) -> Iterator[Path]:
    """A new, empty folder on the disk where `beside` will stand; it is gone afterwards, with what is still in it.

    Places that a kill left there are taken away first.

    Raises
    ------
    OSError
        When the disk refuses.
    """
    clear(beside.parent)
    folder = beside.with_name(f"{beside.name}.{secrets.token_hex(4)}.making")
    folder.mkdir(mode=0o700)  # refuses what is there: it is another's
    mark = None
    try:
        mark = os.open(folder / MARK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        if _locked(mark):  # where a disk knows no locks, nobody could tell whether this place is left
            os.write(mark, WORDS)
        yield folder
    finally:
        if mark is not None:
            os.close(mark)
        shutil.rmtree(folder, ignore_errors=True)  # the next one clears what is left


def clear(folder: Path) -> None:
    """Take away the places in a folder that a kill left: those that bear our mark and in which nobody works."""
    for each in folder.glob("*.making"):
        if OUR_NAME.fullmatch(each.name) and not each.is_symlink() and _is_left(each / MARK):
            shutil.rmtree(each, ignore_errors=True)


def somebody_makes(place: Path) -> bool:
    """Whether a program is at work on what will stand at a place."""
    return any(
        OUR_NAME.fullmatch(each.name) and each.name.startswith(f"{place.name}.") and _is_held(each / MARK)
        for each in place.parent.glob("*.making")
    )


def sha256(file: Path) -> str:
    """The SHA-256 of a file's content, as 64 hexadecimal digits."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def to_disk(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk itself."""
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_left(mark: Path) -> bool:
    return _held(mark) is False


def _is_held(mark: Path) -> bool:
    return _held(mark) is True


def _held(mark: Path) -> bool | None:
    """Whether somebody holds the lock on a mark; None when it is no mark of ours, or only being made."""
    try:
        handle = os.open(mark, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    try:
        free = _locked(handle)  # before it is read: who makes a mark locks it first
        return not free if os.read(handle, len(WORDS) + 1) == WORDS else None
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Lock an open file until it is closed; False when another has it, or the disk knows no locks.

    Not a POSIX record lock: those go when this process closes the file anywhere, and DuckDB's with them.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, LOCKED_AT, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
