"""How long the invented practice takes, against DuckDB writing the same rows that stand ready in a file."""

import datetime as dt
import tempfile
import time
from pathlib import Path

import duckdb

import sample_data
from records import store

SEED, UNTIL = 7, dt.date(2026, 11, 20)


def sample_ratio(sessions: int) -> list[dict]:
    """Rows of figure, page, sessions, ratio, against: seconds to invent a practice over DuckDB's for the rows.

    Against two writers, both one transaction from the finished file into a new one, closed and on disk: into the
    tables of the store, with its checks and keys; and into bare tables, the harder comparison.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.duckdb"
        start = time.perf_counter()
        sample_data.make(made, sessions=sessions, seed=SEED, until=UNTIL)
        inventing_s = time.perf_counter() - start
        checked_s = _seconds_into_a_store(made, Path(folder) / "checked.duckdb")
        bare_s = _seconds_into_bare_tables(made, Path(folder) / "bare.duckdb")
    ratios = {"checked": inventing_s / checked_s, "unchecked": inventing_s / bare_s}
    return [
        {
            "figure": "inventing a practice",
            "page": "",
            "sessions": sessions,
            "ratio": round(ratio, 2),
            "against": f"DuckDB writing the same rows, {how}",
        }
        for how, ratio in ratios.items()
    ]


def _seconds_into_a_store(made: Path, to: Path) -> float:
    store.create(to, "again").close()
    with _attached(made, to) as connection:
        # What every new store holds already is left out; the tables that others point at come first.
        tables = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'made'"
            " AND table_name NOT IN (SELECT table_name FROM duckdb_tables()"
            "     WHERE database_name = 'again' AND estimated_size > 0)"
        ).fetchall()
        return _seconds(connection, [f"INSERT INTO again.{table} SELECT * FROM made.{table}" for (table,) in tables])


def _seconds_into_bare_tables(made: Path, to: Path) -> float:
    with _attached(made, to) as connection:
        tables = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'made'").fetchall()
        return _seconds(
            connection, [f"CREATE TABLE again.{table} AS SELECT * FROM made.{table}" for (table,) in tables]
        )


def _attached(made: Path, to: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    connection.execute(f"ATTACH '{made}' AS made (READ_ONLY)")
    connection.execute(f"ATTACH '{to}' AS again")
    return connection


def _seconds(connection: duckdb.DuckDBPyConnection, statements: list[str]) -> float:
    start = time.perf_counter()
    connection.execute("BEGIN")
    for statement in statements:
        connection.execute(statement)
    connection.execute("COMMIT")
    connection.execute("DETACH again")  # writes what the commit left in the log
    return time.perf_counter() - start
