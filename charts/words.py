"""How numbers, dates and counts are written in every chart, and how labels are kept apart."""

from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CLOSE_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def value(cell: object) -> float | None:
    """A cell of a table as a float, or None when it is missing in any of pandas' ways."""
    return None if pd.isna(cell) else float(cell)


def text(cell: object) -> str | None:
    """A cell of a table as text, or None when it is missing or blank."""
    return None if pd.isna(cell) or not str(cell).strip() else str(cell).strip()


def day(cell: object) -> date | None:
    """A cell of a table as a date, or None when it is missing."""
    return None if pd.isna(cell) else pd.Timestamp(cell).date()


def number(amount: float) -> str:
    """At most one decimal, and none when it would be a zero: 7, 2.4, 1,047."""
    rounded = round(amount, 1)
    return f"{rounded:,.0f}" if rounded == round(rounded) else f"{rounded:,.1f}"


def mean(amount: float) -> str:
    """Always one decimal, so that means stand in a column: 3.0, 2.5."""
    return f"{amount:.1f}"


def dated(when: date, with_year: bool = True) -> str:
    """3 Sep 2026, the same on every machine whatever its language."""
    return f"{when.day} {MONTHS[when.month - 1]}" + (f" {when.year}" if with_year else "")


def counted(count: int, one: str, many: str | None = None) -> str:
    """1 visit, 8 visits, 1,047 sessions."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def spelled(count: int) -> str:
    """Small counts as words, for the beginning of a sentence; larger ones as figures."""
    return CLOSE_COUNTS[count] if count < len(CLOSE_COUNTS) else f"{count:,}"


def listed(names: Sequence[str]) -> str:
    """a; a and b; a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def capital(sentence: str) -> str:
    """The sentence with its first letter raised and the rest as it was."""
    return sentence[:1].upper() + sentence[1:]


def lowered(name: str) -> str:
    """The name as it stands inside a sentence: Turning left becomes turning left, CTS surgery stays."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def round_top(most: float) -> float:
    """A round number at or above the largest value, so that an axis ends on a tick: 93 gives 100, 0 gives 1."""
    if most <= 1:
        return 1.0
    power = 10 ** (len(str(int(most))) - 1)
    return next(float(step * power) for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= most)


def count_ticks(top: float) -> tuple[tuple[float, str], ...]:
    """Lettered ticks of an axis of counts from 0: its top, and its middle when that is a whole number."""
    return tuple((at, number(at)) for at in (0.0, top / 2, top) if at == round(at))


def spaced(positions: Iterable[float], gap: float) -> set[int]:
    """Indexes of positions, in rising order, that can carry a label: at least `gap` apart, the last one always."""
    places = list(positions)
    kept: list[int] = []
    for index in range(len(places) - 1, -1, -1):
        if not kept or places[kept[-1]] - places[index] >= gap:
            kept.append(index)
    return set(kept)


def shortened(name: str, letters: int) -> str:
    """The name, cut in its middle where it is longer: long names of one list often differ only at their end.

    >>> shortened("Chronic low back pain, group 2", 24)
    'Chronic low bac…group 2'
    """
    if len(name) <= letters:
        return name
    end = letters // 3
    return f"{name[: letters - end - 1].rstrip()}…{name[-end:].lstrip(', ')}"
