"""Ids made by the program, because a shared lake store has no sequences.

An id is the millisecond it was made (41 bits from 2025) and a counter (12 bits): unique without asking the store,
rising (so columns compress and sort by age), and small enough for a browser's numbers (2**53). In links an id is
written in base 32 without look-alike letters; it means nothing without the right to read the record.
"""

import threading
import time

import numpy as np

_EPOCH_MS = 1_735_689_600_000  # 2025-01-01T00:00:00Z
_COUNTER_BITS = 12
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"

_lock = threading.Lock()
_next = 0


def block(count: int) -> np.ndarray:
    """A block of `count` new ids, rising by one; int64, shape (count,)."""
    global _next
    with _lock:
        clock = (time.time_ns() // 1_000_000 - _EPOCH_MS) << _COUNTER_BITS
        first = max(_next, clock)
        _next = first + count
    return np.arange(first, first + count, dtype=np.int64)


def new() -> int:
    """One new id."""
    return int(block(1)[0])


def never_below(used: int) -> None:
    """Make every later id larger than `used`: called with the largest id of a store when it is opened."""
    global _next
    with _lock:
        _next = max(_next, used + 1)


def to_link(record_id: int) -> str:
    """An id as it stands in a link.

    Examples
    --------
    >>> to_link(1000), from_link("z8")
    ('z8', 1000)
    """
    letters = ""
    while True:
        record_id, last = divmod(record_id, 32)
        letters = _LETTERS[last] + letters
        if record_id == 0:
            return letters


def from_link(text: str) -> int | None:
    """The id a link names, or None when the text is no id."""
    if not text or len(text) > 11 or any(letter not in _LETTERS for letter in text):
        return None
    value = 0
    for letter in text:
        value = value * 32 + _LETTERS.index(letter)
    return value
