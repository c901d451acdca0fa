"""python -m analytics outcomes --to FILE.csv [--release].

While the app runs it has the file open; what is asked is then handed to it (records/handover.py), with the same result.
"""

import argparse
import sys
from pathlib import Path

from analytics import commands
from records import calendar, handover, places
from records.errors import NotAllowed, RecordsError
from records.telling import OnScreen


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 on success, 1 on refusal (reason on standard error), 2 on bad usage."""
    asked = vars(_parser().parse_args(arguments))
    tell = OnScreen()
    try:
        asked["today"] = calendar.today().isoformat()
    except ValueError as not_a_day:
        tell.refusal(str(not_a_day))
        return 1
    try:
        return handover.carry_out(_file(), "analytics", commands.run, asked, tell)
    except RecordsError as refusal:
        tell.refusal(str(refusal))
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analytics", description="Write what became of everyone as a file.")
    some = parser.add_subparsers(dest="command", required=True)
    outcomes = some.add_parser("outcomes", help="a row per episode: the practice's own copy")
    outcomes.add_argument("--to", required=True, type=_absolute, metavar="FILE.csv", help="the file to write")
    outcomes.add_argument(
        "--release",
        action="store_true",
        help="the tables that may leave the practice: fates by injury type and by cause, small counts hidden",
    )
    return parser


def _absolute(text: str) -> str:
    """A path as the app can find it, which may stand in another folder."""
    return str(Path(text).expanduser().absolute())


def _file() -> Path:
    """The file the app would open, but never invented people that nobody asked for."""
    if named := places.named_file():
        return named
    if not places.own_file().exists():
        raise NotAllowed(
            "There are no records of your own yet, and no file is written about the invented sample practice. Bring"
            " your records in first (python -m records import), or let OUTCOMES_DATABASE name the file to read."
        )
    return places.own_file()


if __name__ == "__main__":
    sys.exit(main())
