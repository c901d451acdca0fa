"""`python -m benchmarks [--quick] [--json FILE]`: rows of figure, page, sessions, ratio, against."""

import argparse
import json
import os
import tempfile
from pathlib import Path

import sample_data
from benchmarks.pages import rerun_ratios
from benchmarks.sample import sample_ratio
from records import calendar

COLUMNS = ("figure", "page", "sessions", "ratio", "against")


def main() -> None:
    """Measure and print; nothing here passes or fails."""
    wanted = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed as ratios within one run.")
    wanted.add_argument("--quick", action="store_true", help="the sample practice only, in about a minute")
    wanted.add_argument("--json", type=Path, metavar="FILE", help="also write the rows to FILE")
    asked = wanted.parse_args()
    os.environ.setdefault("OUTCOMES_TODAY", calendar.today().isoformat())
    sizes = (sample_data.DEFAULT_SESSIONS,) if asked.quick else (sample_data.DEFAULT_SESSIONS, 1_000_000)
    rows = []
    for sessions in sizes:
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder) / "practice.duckdb"
            sample_data.make(database, sessions=sessions, seed=sample_data.DEFAULT_SEED, until=calendar.today())
            rows += rerun_ratios(database, sessions, rounds=15)
    rows += sample_ratio(100_000 if asked.quick else 1_000_000)
    print("\t".join(COLUMNS))
    for row in rows:
        print("\t".join(str(row[column]) for column in COLUMNS))
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
