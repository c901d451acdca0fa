"""python -m analytics outcomes --to FILE.csv [--release]."""

import argparse
import datetime as dt
import sys
from pathlib import Path

from analytics import export, files, release
from analytics.errors import AnalyticsError
from records import calendar, places, store
from records.errors import NotAllowed, RecordsError
from records.viewer import Viewer

# With pooled facts, because the practice's own error of measuring motion is one: file and pages judge alike.
COMMAND_LINE = Viewer("command line", "owner", frozenset({export.RIGHT, "pooled.read"}), scope="all")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 on success, 1 on refusal (reason on standard error), 2 on bad usage."""
    asked = _parser().parse_args(arguments)
    try:
        today = calendar.today()
    except ValueError as not_a_day:
        print(not_a_day, file=sys.stderr)
        return 1
    try:
        print(write_outcomes(COMMAND_LINE, asked.to, asked.release, today))
    except (RecordsError, AnalyticsError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analytics", description="Write what became of everyone as a file.")
    commands = parser.add_subparsers(dest="command", required=True)
    outcomes = commands.add_parser("outcomes", help="a row per episode: the practice's own copy")
    outcomes.add_argument("--to", required=True, type=Path, metavar="FILE.csv", help="the file to write")
    outcomes.add_argument(
        "--release",
        action="store_true",
        help="the tables that may leave the practice: fates by injury type and by cause, small counts hidden",
    )
    return parser


def write_outcomes(viewer: Viewer, path: Path, for_release: bool, today: dt.date) -> str:
    """Write the practice's own copy, or a release; returns what was done, in a line."""
    export.require(viewer)
    records = store.open_store(_file())
    try:
        window = records.open_for(viewer)
        if for_release:
            table, marking = release.tables(window, today), release.MARKING
            release.write(records, viewer, table, path, today)
        else:
            table, marking = export.outcomes(window, today), export.MARKING
            files.write(records, viewer, table, path, "export", export.OF_THE_EPISODE)
    finally:
        records.close()
    return f"{len(table):,} rows written to {path.name}. Marked {export.marked(window, marking)}."


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
