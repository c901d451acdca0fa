"""python -m sample_data --sessions 1000000 --seed 7 --until 2026-11-20 --to FILE"""

import argparse
import datetime as dt
import sys
from pathlib import Path

from records import calendar
from records.errors import RecordsError
from sample_data import DEFAULT_SEED, DEFAULT_SESSIONS, FEWEST_SESSIONS, make


def _sessions(text: str) -> int:
    if not text.isdecimal() or int(text) < FEWEST_SESSIONS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of sessions; write {FEWEST_SESSIONS} or more")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a seed; write a whole number from 0")
    return int(text)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write it as 2026-11-20") from None


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when the practice stands in its file, 1 when it was refused, 2 on wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m sample_data", description="Invent a practice, to try the program.")
    parser.add_argument("--sessions", type=_sessions, default=DEFAULT_SESSIONS, help="how many (%(default)s)")
    parser.add_argument("--seed", type=_seed, default=DEFAULT_SEED, help="same seed, same practice (%(default)s)")
    parser.add_argument("--until", type=_date, help="the last day with visits, as 2026-11-20 (today)")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="the new record store")
    asked = parser.parse_args(arguments)
    try:
        make(asked.to, sessions=asked.sessions, seed=asked.seed, until=asked.until or calendar.today())
    except (RecordsError, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print(f"{asked.to} holds an invented practice. Nothing in it is a finding.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
