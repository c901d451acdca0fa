"""Every query says in its own first lines what one row of it is."""

from pathlib import Path

import pytest

from analytics import SQL

QUERIES = sorted(SQL.glob("*.sql"))


def leading_comment(query: Path) -> str:
    lines = []
    for line in query.read_text(encoding="utf-8").splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
def test_a_query_begins_by_saying_what_a_row_is(query):
    told = leading_comment(query).lower()
    assert "one row" in told, f"{query.name}: say in the first comment what one row is (now: {told!r})"


def test_there_are_queries_to_look_at():
    assert len(QUERIES) >= 17
