"""A small invented clinic's export, drawn as a table, and what an import makes of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from records import importing
from records.importing import File, Review

EXAMPLES = Path(__file__).parent / "import_examples"

CLINIC = """
about = "An invented clinic's export: one row per visit."
dates = ["DD/MM/YYYY"]

[episodes]
found_by = "gap"

[visit]
client_ref = { column = "Client" }
client_name = { template = "Client {Client}" }
birth_date = "1980-06-15"
injury_type = { column = "Injury" }
cause = "unknown"
visited_on = { column = "Date" }
minutes = { column = "Minutes" }
kind = "treatment"

[[reading]]
what = "pain"
kind = "now"
moment = "before"
value = { column = "Pain Pre" }

[[reading]]
what = "pain"
kind = "now"
moment = "after"
value = { column = "Pain Post" }

[[reading]]
what = "motion"
joint = "knee"
movement = "flexion"
motion_type = "active"
moment = "before"
side = { column = "Side" }
value = { column = "Flexion" }
"""


def csv_of(drawn: str) -> bytes:
    """A drawn table as the bytes of a CSV file; "-" is an empty cell, "·" a space that belongs to the cell."""
    lines = [[cell.strip() for cell in line.split("|")] for line in drawn.strip().splitlines()]
    text = "\n".join(",".join("" if cell == "-" else cell for cell in line) for line in lines)
    return (text.replace("·", " ") + "\n").encode()


@pytest.fixture
def looked_at(store, owner) -> Callable[..., Review]:
    """`looked_at(drawn)`: the review of a drawn file with the clinic's profile; nothing is written."""

    def look(drawn: str, profile: str = CLINIC) -> Review:
        return importing.review(
            store, owner, [File("visits.csv", csv_of(drawn))], importing.parse("clinic.toml", profile)
        )

    return look


@pytest.fixture
def brought(looked_at) -> Callable[..., importing.Batch]:
    """`brought(drawn)`: the same, accepted."""
    return lambda drawn, profile=CLINIC: importing.accept(looked_at(drawn, profile))


@pytest.fixture
def row_counts(store) -> Callable[[], dict[str, int]]:
    """How many rows every table of the store holds."""

    def count() -> dict[str, int]:
        cursor = store._connection.cursor()
        tables = cursor.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'records' ORDER BY table_name"
        ).fetchall()
        return {table: cursor.execute(f"SELECT count(*) FROM records.{table}").fetchone()[0] for (table,) in tables}

    return count
