"""A table written as a file: audited, whole or not at all, readable by its owner alone."""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

import pandas as pd

from analytics.errors import FileRefused
from records.store import Store
from records.viewer import Viewer

# A spreadsheet runs a text that begins with one of these; an apostrophe before it makes it text again.
RUN_BY_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(
    store: Store,
    viewer: Viewer,
    table: pd.DataFrame,
    path: Path,
    what: str,
    known_by: tuple[str, ...],
    reason: str | None = None,
) -> str:
    """Write a table as CSV, with one audit line: who, when, what, how many rows, the file's name and digest.

    Parameters
    ----------
    what : str
        The action in a word, for the audit trail.
    known_by : tuple of str
        The columns a file of this kind begins with: only such a file may be replaced.
    reason : str, optional
        What the audit trail keeps beside the action.

    Returns
    -------
    str
        The SHA-256 of the file.

    Raises
    ------
    FileRefused
        When the folder is not there, something else stands at `path`, or the disk refuses.
    NotWritten
        When the audit line cannot be kept; no file is left then.

    Notes
    -----
    The file is made beside its place, then the audit line is committed, then the file is moved to its place: no file
    stands without its line. Where only the move fails, the file stays whole beside its place and the error names it.
    """
    content = as_csv(table)
    digest = hashlib.sha256(content).hexdigest()
    unfinished = _written_beside(path, content, known_by)
    try:
        with store.change(viewer, what, reason=reason) as change:
            change.note("file", {"rows": len(table), "file": path.name, "sha256": digest})
    except BaseException:
        unfinished.unlink()
        raise
    try:
        unfinished.replace(path)
    except OSError as error:
        raise FileRefused(
            f"The file is whole and audited, but cannot be moved to {path.name} ({error.strerror}). It stands beside it"
            f" as {unfinished.name}: move it yourself."
        ) from error
    return digest


def _written_beside(path: Path, content: bytes, known_by: tuple[str, ...]) -> Path:
    """A file of this content in the same folder, on the disk for certain, that only its owner can read."""
    unfinished = path.parent / f".{secrets.token_hex(8)}.csv"
    try:
        _check_place(path, known_by)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        with contextlib.suppress(OSError):  # a disk that takes no file lets none be removed: its first word counts
            unfinished.unlink()
        raise FileRefused(
            f"{path} cannot be written ({error.strerror}). Choose a folder you may write to, with room on its disk."
        ) from error
    return unfinished


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as CSV: UTF-8, dates as 2026-11-20, missing values empty.

    It begins with a byte order mark: Excel takes a file without one for the old code page of its country and spoils
    every name with an accent, and pandas passes over it.
    """
    texts = {name: column.map(_harmless, na_action="ignore") for name, column in table.items() if column.dtype == "str"}
    # Lines end as RFC 4180 has it; a carriage return inside a cell is put in quotes only then.
    text = table.assign(**texts).to_csv(
        index=False, float_format="%.10g", date_format="%Y-%m-%d", lineterminator="\r\n"
    )
    return text.encode("utf-8-sig")


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(RUN_BY_A_SPREADSHEET) else text


def _check_place(path: Path, known_by: tuple[str, ...]) -> None:
    if not path.parent.is_dir():
        raise FileRefused(f"There is no folder {path.parent}. Make it first, or choose another; nothing was written.")
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise FileRefused(f"{path} is not a plain file. Choose another name; nothing was written.")
    if path.exists():
        opening = ",".join(known_by).encode("utf-8-sig")
        with path.open("rb") as file:
            if file.read(len(opening)) != opening:
                raise FileRefused(
                    f"{path} is there already and was not written by this command. Choose another name, or move it"
                    " away; nothing was changed."
                )
