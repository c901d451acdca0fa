"""python -m records import FILE... --profile NAME|FILE.toml [--dry-run] [--json], and python -m records undo BATCH."""

import argparse
import json
import sys
from pathlib import Path

from records import importing, places, store
from records.errors import RecordsError
from records.viewer import Viewer

SHOWN_ROWS = 20
COMMAND_LINE = Viewer(person="command line", role="owner", rights=frozenset({"import.write"}), scope="all")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 on success, 1 on refusal (reason on standard error), 2 on bad usage."""
    asked = _parser().parse_args(arguments)
    try:
        return _import(asked) if asked.command == "import" else _undo(asked)
    except RecordsError as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m records", description="Import records, or undo an import.")
    commands = parser.add_subparsers(dest="command", required=True)
    bring = commands.add_parser("import", help="bring CSV or Excel files in")
    bring.add_argument("files", nargs="+", type=Path, metavar="FILE", help="one file, or all linked tables together")
    bring.add_argument(
        "--profile", required=True, metavar="NAME|FILE.toml", help=f"one of {', '.join(importing.shipped())}, or a file"
    )
    bring.add_argument("--dry-run", action="store_true", help="show every row's fate and write nothing")
    bring.add_argument("--json", action="store_true", help="print the result as JSON")
    back = commands.add_parser("undo", help="take a whole import back")
    back.add_argument("batch", type=int, metavar="BATCH", help="the number the import printed")
    return parser


def _import(asked: argparse.Namespace) -> int:
    file = places.named_file() or places.own_file()
    is_new = not file.exists()
    records = store.create(file, "My practice") if is_new else store.open_store(file)
    batch = None
    try:
        found = importing.review(records, COMMAND_LINE, asked.files, asked.profile, progress=_progress())
        batch = importing.Batch(None, found.counts, found.reasons) if asked.dry_run else importing.accept(found)
    finally:
        records.close()
        if is_new and (batch is None or batch.batch_id is None):
            file.unlink()  # made for nothing: an empty practice would take the place of the sample
    if asked.json:
        print(json.dumps(_as_json(batch), ensure_ascii=False))
    else:
        _tell(found, batch, asked.dry_run)
    return 0


def _undo(asked: argparse.Namespace) -> int:
    records = store.open_store(places.named_file() or places.own_file())
    try:
        importing.undo(records, COMMAND_LINE, asked.batch)
    finally:
        records.close()
    print(f"Import {asked.batch} was taken back. Its files can be imported again.")
    return 0


def _progress():
    """Progress on standard error while a person watches it; nothing in a script's log."""
    if not sys.stderr.isatty():
        return None

    def show(share: float, words: str) -> None:
        print(f"\r{share:4.0%}  {words:<60}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)

    return show


def _as_json(batch: importing.Batch) -> dict:
    counts = batch.counts
    return {
        "batch": batch.batch_id,
        "rows": counts.rows,
        "accepted": counts.accepted,
        "corrected": counts.corrected,
        "duplicate": counts.duplicate,
        "refused": counts.refused,
        "people": counts.people,
        "reasons": batch.reasons,
    }


def _tell(found: importing.Review, batch: importing.Batch, dry_run: bool) -> None:
    counts = batch.counts
    aside = f"; set aside besides: {counts.set_aside:,}" if counts.set_aside else ""
    print(
        f"Rows: {counts.rows:,}, people: {counts.people:,}. Accepted {counts.accepted:,}, corrected"
        f" {counts.corrected:,}, duplicate {counts.duplicate:,}, refused {counts.refused:,}{aside}."
    )
    spoken = found.fates[found.fates["fate"].isin(["refused", "corrected"])]
    for fate in spoken.head(SHOWN_ROWS).to_dict("records"):
        print(f"  {fate['fate']}: {fate['file']}: {importing.message(fate)}")
    if len(spoken) > SHOWN_ROWS:
        print(f"  ... and {len(spoken) - SHOWN_ROWS:,} more; --json lists every reason with its number of rows.")
    if dry_run:
        print("A dry run: nothing was written.")
    elif batch.batch_id is None:
        print("Nothing new to write; the records are as they were.")
    else:
        print(f"Written as import {batch.batch_id}. To take it back: python -m records undo {batch.batch_id}")


if __name__ == "__main__":
    sys.exit(main())
