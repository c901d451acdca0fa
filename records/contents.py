"""What a file of records holds, table by table, read to the last value: how a copy is compared with its original."""

import graphlib
from dataclasses import dataclass

import duckdb

# The digest of a table is a sum over its rows, so their order does not matter. Another version of DuckDB may reckon it
# otherwise; then rows are counted, every value is read, and the file's own SHA-256 says that it is the same.
ENGINE = f"duckdb {duckdb.__version__}"


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows a table holds, and a digest over all their values."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the schema has it; `kind` is DuckDB's word for its type."""

    name: str
    kind: str
    required: bool


class TableUnreadable(Exception):
    """A table cannot be read to the end; callers say of which file, and what to do."""

    def __init__(self, table: str):
        super().__init__(table)
        self.table = table


def tables(cursor: duckdb.DuckDBPyConnection, database: str = "records") -> list[str]:
    """Every table of an attached file, each after the lists it chooses from."""
    names = cursor.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY table_name", [database]
    ).fetchall()
    asked = graphlib.TopologicalSorter({name: () for (name,) in names})
    for table, list_table in cursor.execute(
        "SELECT table_name, referenced_table FROM duckdb_constraints()"
        " WHERE database_name = ? AND constraint_type = 'FOREIGN KEY' ORDER BY ALL",
        [database],
    ).fetchall():
        asked.add(table, list_table)
    return list(asked.static_order())


def columns(cursor: duckdb.DuckDBPyConnection, table: str, database: str = "records") -> list[Column]:
    """The columns of a table, in the order of the schema."""
    return [
        Column(name, kind, not nullable)
        for name, kind, nullable in cursor.execute(
            "SELECT column_name, data_type, is_nullable FROM duckdb_columns()"
            " WHERE database_name = ? AND table_name = ? ORDER BY column_index",
            [database, table],
        ).fetchall()
    ]


def held(cursor: duckdb.DuckDBPyConnection, database: str = "records") -> dict[str, Held]:
    """What every table holds; every value of every column is read.

    Raises
    ------
    TableUnreadable
        Naming the table.
    """
    found = {}
    for table in sorted(tables(cursor, database)):
        try:
            values = ", ".join(f'"{column.name}"' for column in columns(cursor, table, database))
            rows, digest = cursor.execute(
                f"SELECT count(*), coalesce(sum(hash({values})::HUGEINT), 0)::VARCHAR FROM {database}.{table}"
            ).fetchone()
        except duckdb.Error as error:
            raise TableUnreadable(table) from error
        found[table] = Held(rows, digest)
    return found


def differing(expected: dict[str, Held], found: dict[str, Held], *, same_engine: bool = True) -> list[str]:
    """Where two files differ, in words; empty when they hold the same."""
    said = []
    for table in sorted(expected.keys() | found.keys()):
        if table not in found:
            said.append(f"table {table} is missing")
        elif table not in expected:
            said.append(f"table {table} is there and should not be")
        elif expected[table].rows != found[table].rows:
            said.append(f"table {table} holds {found[table].rows:,} rows where {expected[table].rows:,} belong")
        elif same_engine and expected[table].digest != found[table].digest:
            said.append(f"a value in table {table} is another")
    return said


def copy(cursor: duckdb.DuckDBPyConnection, target: str) -> None:
    """Write the schema and every row of the records into another attached, empty file.

    Inside the caller's transaction, so that all of it is of one moment. COPY FROM DATABASE takes the tables in an order
    of its own and fails at the first list that is not there yet; so it makes the tables only, and the rows follow.
    """
    cursor.execute(f"COPY FROM DATABASE records TO {target} (SCHEMA)")
    for table in tables(cursor):
        cursor.execute(f"INSERT INTO {target}.{table} SELECT * FROM records.{table}")
