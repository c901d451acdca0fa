"""Today, as the practice's calendar has it. OUTCOMES_TODAY fixes it for tests and pictures."""

import datetime as dt
import os


def today() -> dt.date:
    """The practice-local date: OUTCOMES_TODAY (YYYY-MM-DD) when set, else the computer's own.

    Raises
    ------
    ValueError
        When OUTCOMES_TODAY is set to something that is not a date.
    """
    fixed = os.environ.get("OUTCOMES_TODAY")
    if not fixed:
        return dt.date.today()
    try:
        return dt.date.fromisoformat(fixed)
    except ValueError:
        raise ValueError(f"OUTCOMES_TODAY is {fixed!r}; write a date as 2026-11-20, or unset it.") from None


def now() -> dt.datetime:
    """The time an action is written down with, to the second, without a zone: practice-local like every date here."""
    return dt.datetime.now().replace(microsecond=0)
