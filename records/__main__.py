"""python -m records import, undo, export, backup, verify, restore, check: what a script asks of the records.

While the app runs it has the file open; what is asked is then handed to it (records/handover.py), with the same result.
"""

import argparse
import sys
from pathlib import Path

from records import commands, exporting, handover, importing, places, store
from records.errors import RecordsError
from records.telling import OnScreen


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 on success, 1 on refusal (reason on standard error), 2 on bad usage."""
    asked = vars(_parser().parse_args(arguments))
    tell = OnScreen()
    try:
        return _run(asked, tell)
    except RecordsError as refusal:
        tell.refusal(str(refusal))
    except KeyboardInterrupt:
        # A transaction is rolled back here; an app that does the work notices at its next word to us.
        tell.refusal("Stopped. What had been saved by then is saved whole, the rest not at all.")
    return 1


def _run(asked: dict, tell: OnScreen) -> int:
    file = places.named_file() or places.own_file()
    match asked["command"]:
        case "verify":
            return commands.verify(Path(asked["file"]), tell, without_manifest=asked["without_manifest"])
        case "restore" if not commands.is_open_elsewhere(file):
            return commands.restore(Path(asked["file"]), file, tell, without_manifest=asked["without_manifest"])
        case "import" if not file.exists():
            return _import_into_a_new_practice(file, asked, tell)
    return handover.carry_out(file, "records", commands.run, asked, tell)


def _import_into_a_new_practice(file: Path, asked: dict, tell: OnScreen) -> int:
    made = store.create(file, "My practice", in_new_folder=places.named_file() is None)
    try:
        return commands.run(made, asked, tell)
    finally:
        is_empty = made.version == 0
        made.close()
        if is_empty:
            file.unlink()  # made for nothing: an empty practice would take the place of the sample


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m records", description="Bring records in, take an import back, and keep the records safe."
    )
    some = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    bring = some.add_parser("import", help="bring CSV or Excel files in")
    bring.add_argument("files", nargs="+", type=_absolute, metavar="FILE", help="one, or all linked tables together")
    bring.add_argument(
        "--profile",
        required=True,
        type=_profile,
        metavar="NAME|FILE.toml",
        help=f"one of {', '.join(importing.shipped())}, or a file",
    )
    bring.add_argument("--dry-run", action="store_true", help="show every row's fate and write nothing")
    bring.add_argument("--json", action="store_true", help="print the result as JSON")

    back = some.add_parser("undo", help="take a whole import back")
    back.add_argument("batch", type=int, metavar="BATCH", help="the number the import printed")

    out = some.add_parser("export", help="write everything into a folder, with a data dictionary")
    out.add_argument(
        "--to", required=True, type=_absolute, metavar="DIR", help="a folder that is empty or not there yet"
    )
    out.add_argument("--format", required=True, choices=exporting.FORMS, help="a file of each table, or one workbook")

    copy = some.add_parser("backup", help="copy the records, read the copy again and compare it")
    copy.add_argument("--to", required=True, type=_absolute, metavar="FILE", help="the file to make")

    for name, words, what in (
        ("verify", "read a backup to the last value and compare it with what it should hold", "a file made by backup"),
        (
            "restore",
            "put a backup in the place of the records; what stood there is kept beside it",
            "a file made by backup, or a folder made by export",
        ),
    ):
        of_a_backup = some.add_parser(name, help=words)
        of_a_backup.add_argument("file", type=_absolute, metavar="FILE", help=what)
        of_a_backup.add_argument(
            "--without-manifest", action="store_true", help="take a file that lost the small file beside it"
        )

    some.add_parser("check", help="read all records and list what should not be")
    return parser


def _absolute(text: str) -> str:
    """A path as the app can find it, which may stand in another folder."""
    return str(Path(text).expanduser().absolute())


def _profile(text: str) -> str:
    return _absolute(text) if Path(text).suffix == ".toml" else text


if __name__ == "__main__":
    sys.exit(main())
