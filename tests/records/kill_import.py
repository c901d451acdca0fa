"""Kill an import at random moments, again and again: nothing of it may be there afterwards, and everything before must.

    python -m tests.records.kill_import --times 20 --rows 100000

The import runs in a process of its own, as from the command line, and is killed without warning (SIGKILL). Half of the
moments fall anywhere in a run, half in its last third, where it writes. A run that had committed before the kill must
be there as a whole; it does not count as killed, and the next one is killed sooner.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from records import importing
from records import store as record_store
from records.importing import File
from records.store import Store
from records.viewer import Viewer
from tests.records.conftest import CLINIC

ROOT = Path(__file__).parents[2]
OWNER = Viewer("kill test", "owner", frozenset({"import.write"}), "all")
HEADER = "Client,Injury,Date,Minutes,Pain Pre,Pain Post,Side,Flexion\n"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one kill left behind."""

    killed_after_seconds: float
    left: str  # "nothing", "everything" (it had committed), or what is wrong


def invented_rows(rows: int, first_client: int, seed: int) -> str:
    """A clinic's export with ten weekly visits for each client."""
    chance = random.Random(seed)
    lines = [HEADER]
    for row in range(rows):
        week, client = row % 10, first_client + row // 10
        pain = chance.randrange(0, 21) / 2
        lines.append(
            f"K{client},Knee sprain,2026-{1 + week // 4:02}-{1 + 7 * (week % 4):02},45,"
            f"{pain},{pain / 2 // 0.5 * 0.5},right,{chance.randrange(60, 140)}\n"
        )
    return "".join(lines)


def row_counts(store: Store) -> dict[str, int]:
    """How many rows every table holds."""
    cursor = store._connection.cursor()
    names = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'records'").fetchall()
    return {name: cursor.execute(f"SELECT count(*) FROM records.{name}").fetchone()[0] for (name,) in names}


def outcomes(times: int, rows: int, seed: int, folder: Path) -> list[Outcome]:
    """Kill an import of `rows` rows `times` times before it commits; what each kill left."""
    clean, profile, export = folder / "clean.duckdb", folder / "clinic.toml", folder / "visits.csv"
    profile.write_text(CLINIC, encoding="utf-8")
    export.write_text(invented_rows(rows, 1000, seed), encoding="utf-8")
    store = record_store.create(clean, "Practice that is killed")
    earlier = File("earlier.csv", invented_rows(50, 1, seed).encode())
    importing.accept(importing.review(store, OWNER, [earlier], importing.load(profile)))
    before = row_counts(store)
    store.close()

    whole = folder / "whole.duckdb"
    shutil.copy2(clean, whole)
    started = time.monotonic()
    run = import_in_a_process(whole, export, profile)
    assert run.wait() == 0, "the import fails even when it is not killed"
    whole_seconds = time.monotonic() - started
    finished = record_store.open_store(whole)
    after = row_counts(finished)
    finished.close()

    chance, found, killed = random.Random(seed), [], 0
    while killed < times:
        killed_after = whole_seconds * chance.uniform(0 if killed % 2 else 2 / 3, 1)
        found.append(one_kill(clean, export, profile, killed_after, before, after))
        if found[-1].left == "everything":
            whole_seconds = min(whole_seconds, killed_after)  # the first run was a slow one
        else:
            killed += 1
    return found


def import_in_a_process(database: Path, export: Path, profile: Path) -> subprocess.Popen:
    """The import, started from the command line on a database."""
    return subprocess.Popen(
        [sys.executable, "-m", "records", "import", str(export), "--profile", str(profile)],
        cwd=ROOT,
        env=os.environ | {"OUTCOMES_DATABASE": str(database)},
        stdout=subprocess.DEVNULL,
    )


def one_kill(
    clean: Path, export: Path, profile: Path, killed_after: float, before: dict[str, int], after: dict[str, int]
) -> Outcome:
    """Start the import on a copy of the clean store, kill it, and look at what is left."""
    database = clean.with_name("killed.duckdb")
    for leftover in clean.parent.glob("killed.duckdb*"):
        leftover.unlink()
    shutil.copy2(clean, database)
    run = import_in_a_process(database, export, profile)
    time.sleep(killed_after)
    run.kill()
    run.wait()
    store = record_store.open_store(database)
    try:
        counts, problems = row_counts(store), store.integrity()
    finally:
        store.close()
    if not problems.empty:
        return Outcome(killed_after, f"broken: {problems['problem'].iloc[0]}")
    if counts == before:
        return Outcome(killed_after, "nothing")
    return Outcome(killed_after, "everything" if counts == after else f"half: {counts}")


def main() -> int:
    """Kill, print one line for each kill; 1 when any left something half."""
    parser = argparse.ArgumentParser(prog="python -m tests.records.kill_import")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = outcomes(asked.times, asked.rows, asked.seed, Path(folder))
    for outcome in found:
        print(f"killed after {outcome.killed_after_seconds:6.2f} s: {outcome.left} of the batch is there")
    nothing = sum(outcome.left == "nothing" for outcome in found)
    finished = sum(outcome.left == "everything" for outcome in found)
    print(f"{nothing} of {asked.times} killed imports left nothing; {finished} more had finished and are there whole.")
    return 0 if nothing == asked.times else 1


if __name__ == "__main__":
    sys.exit(main())
