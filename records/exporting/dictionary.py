"""The data dictionary of an export: every table and column, its type, its meaning in words, and what it may hold."""

import functools
import re
import tomllib
from pathlib import Path

import duckdb

from records import contents
from records.exporting import cells

HEADER = ("table", "column", "type", "required", "meaning", "allowed")
HOW_TO_READ = (
    "An empty cell is a value nobody gave. Empty text is written as one apostrophe (').",
    "Text that a spreadsheet would take for a formula, and text that begins with an apostrophe, has one apostrophe in"
    " front that is no part of it. Take one apostrophe away to get the text. Numbers and dates never have one.",
    "In CSV files one also stands inside a text, where a formula would begin if the file were cut there: after a"
    " semicolon, a tab or a line break, before a sign like + or -. Take that one away too.",
    "A cell that begins with 'file: ' names a file of this export, in which the value stands.",
    "Days are YYYY-MM-DD, times HH:MM:SS as the practice's clock had them, without a zone.",
    "In a workbook, whole numbers of more than 15 digits and days before March 1900 are text, so that none is rounded.",
    "withdrawn = true: the row is kept, and counts in no figure.",
)
KINDS = {
    "BIGINT": "whole number",
    "INTEGER": "whole number",
    "SMALLINT": "whole number",
    "BOOLEAN": "true or false",
    "DATE": "day",
    "TIMESTAMP": "day and time",
    "TIME": "time of day",
    "DOUBLE": "number",
    "VARCHAR": "text",
    "JSON": "JSON text",
    "BLOB": "file",
}


@functools.cache
def _meanings() -> dict:
    return tomllib.loads(Path(__file__).with_name("meanings.toml").read_text(encoding="utf-8"))


def about(table: str) -> str:
    """What a table holds, in a sentence."""
    return _meanings()["table"][table]["about"]


def meaning(table: str, column: str) -> str:
    """What a column means, in words.

    Raises
    ------
    KeyError
        When nobody wrote it down; a test of every column sees to it that somebody did.
    """
    own = _meanings()["table"][table]
    named = f"column {column}" if column == "about" else column
    return own[named] if named in own else _meanings()["every_table"][column]


def rows(cursor: duckdb.DuckDBPyConnection) -> list[tuple[str, ...]]:
    """The dictionary, without its header: how to read cells, then each table and its columns."""
    told = [("", "", "", "", words, "") for words in HOW_TO_READ]
    allowed = _allowed(cursor)
    for table in sorted(contents.tables(cursor)):
        told.append((table, "", "table", "", about(table), ""))
        told += [
            (
                table,
                column.name,
                _kind(column.kind),
                "yes" if column.required else "",
                meaning(table, column.name),
                cells.guarded("; ".join(allowed.get((table, column.name), ()))),
            )
            for column in contents.columns(cursor, table)
        ]
    return told


def _kind(kind: str) -> str:
    decimals = re.fullmatch(r"DECIMAL\(\d+,(\d+)\)", kind)
    return f"number with {decimals[1]} decimals" if decimals else KINDS[kind]


def _allowed(cursor: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[str]]:
    """What the schema's own checks let a column hold, by table and column, in words."""
    found: dict[tuple[str, str], list[str]] = {}
    for table, check, names in cursor.execute(
        "SELECT table_name, constraint_text, constraint_column_names FROM duckdb_constraints()"
        " WHERE database_name = 'records' AND constraint_type IN ('CHECK', 'FOREIGN KEY') ORDER BY ALL"
    ).fetchall():
        for name in dict.fromkeys(names):
            found.setdefault((table, name), []).append(_in_words(check))
    return found


def _in_words(check: str) -> str:
    """A check of the schema as a person reads it.

    Examples
    --------
    >>> _in_words("CHECK((sex IN ('female', 'male', 'other')))")
    'female, male or other'
    >>> _in_words("CHECK((comorbidity_count BETWEEN 0 AND 40))")
    '0 to 40'
    >>> _in_words("FOREIGN KEY (cause) REFERENCES cause(cause)")
    'a code of table cause'
    >>> _in_words('CHECK((length(main."trim"("name")) > 0))')
    'not blank'
    >>> _in_words("CHECK((discharged_on >= opened_on))")
    'discharged_on >= opened_on'
    """
    if listed := re.fullmatch(r"CHECK\(\(\w+ IN \((.*)\)\)\)", check):
        *most, last = [value.strip(" '") for value in listed[1].split(",")]
        return f"{', '.join(most)} or {last}" if most else last
    if between := re.fullmatch(r'CHECK\(\("?\w+"? BETWEEN (\S+) AND (\S+)\)\)', check):
        return f"{between[1]} to {between[2]}"
    if code := re.fullmatch(r"FOREIGN KEY \(.*\) REFERENCES (\w+)\(.*\)", check):
        return f"a code of table {code[1]}"
    if "length(" in check and "> 0" in check:
        return "not blank"
    inner = check.removeprefix("CHECK").replace('"', "")
    while inner.startswith("(") and inner.endswith(")") and _closes_at_the_end(inner):
        inner = inner[1:-1]
    return re.sub(r"CAST\('([^']*)' AS DATE\)", r"\1", inner)


def _closes_at_the_end(words: str) -> bool:
    depth = 0
    for place, letter in enumerate(words):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place == len(words) - 1
    return False
