"""What is hardly ever so: values that are asked about before they are kept, and kept as they are if the answer is yes.

Each `doubt_*.sql` is one question over the staged session and what stands of the same client and episode. Its limits
stand in limits.toml. The impossible is not asked about but refused, by the rules.
"""

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

HERE = Path(__file__).parent
QUESTIONS = sorted(HERE.glob("doubt_*.sql"))


@dataclass(frozen=True, slots=True)
class Doubt:
    """One question about a session that was filled in.

    Attributes
    ----------
    episode_id : int
        The part it is about.
    warning : str
        Which question: the name of its file without `doubt_`.
    words : str
        The question with the values it is about. Other values are another question.
    about : str
        What it is about, for the form: "joint movement motion_type" for motion, else empty.
    """

    episode_id: int
    warning: str
    words: str
    about: str = ""


@functools.cache
def limits() -> dict[str, float]:
    """From where on a value is doubted, by name."""
    return tomllib.loads((HERE / "limits.toml").read_text(encoding="utf-8"))


def look(cursor: duckdb.DuckDBPyConnection, session: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> None:
    """Ask every question about the session staged and read on this cursor; the answers stand in its table `doubt`."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE served (line BIGINT, episode_id BIGINT, client_id BIGINT, booking_id BIGINT)"
    )
    for line, part in enumerate(parts, start=1):
        cursor.execute(
            "INSERT INTO served VALUES (?, ?, ?, ?)",
            [line, part["episode_id"], session["client_id"], session.get("booking_id")],
        )
    cursor.execute((HERE / "before.sql").read_text(encoding="utf-8"))
    cursor.execute("CREATE OR REPLACE TEMP TABLE doubt (line BIGINT, warning VARCHAR, words VARCHAR, about VARCHAR)")
    # Of a form that is only begun, most questions have nothing to read: to plan them costs more than to run them.
    empty = [
        table
        for table in ("motion_now", "read_reading", "read_care")
        if cursor.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is None
    ]
    for question in QUESTIONS:
        sql = question.read_text(encoding="utf-8")
        if any(table in sql for table in empty):
            continue
        asked = question.stem.removeprefix("doubt_")
        used = {name: value for name, value in limits().items() if f"${name}" in sql}
        cursor.execute(
            f"INSERT INTO doubt SELECT line, '{asked}', words, about FROM ({sql.rstrip().rstrip(';')}\n)", used
        )


def doubts(cursor: duckdb.DuckDBPyConnection) -> list[Doubt]:
    """Every question raised by `look`, in the order of the parts."""
    found = cursor.execute(
        "SELECT s.episode_id, d.warning, d.words, min(d.about) FROM doubt AS d INNER JOIN served AS s USING (line)"
        " GROUP BY d.line, s.episode_id, d.warning, d.words ORDER BY d.line, d.warning, d.words"
    ).fetchall()
    return [Doubt(*row) for row in found]
