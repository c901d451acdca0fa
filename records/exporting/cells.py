"""How a value stands in a cell of a CSV file or a workbook, so that nothing in it is run and everything comes back.

Text that a spreadsheet would take for a formula gets an apostrophe in front. So does text that begins with one itself,
and empty text is an apostrophe alone: an empty cell is then always a value nobody gave, and taking one apostrophe away
gives back every text exactly. Numbers and dates are never touched.

A spreadsheet that parts cells by semicolons or tabs, as Excel does in half of Europe, cuts a CSV file of commas at
those inside a text, quoted or not: quotes count only where a cell begins. So in CSV files an apostrophe also goes
before what would be a formula after such a cut, and one is taken away there.
"""

import datetime as dt
import decimal
import math
import re

from records.contents import Column

# Text in front of which an apostrophe goes. Spaces of any kind are looked through, and some programs take full-width
# signs for the plain ones. "file: " is how a cell names a file of the export.
SPACES = " \f\v\u00a0\ufeff"
SIGNS = r"=+\-@＝＋－＠"
GUARDED = rf"^$|^[\t\r\n]|^[\t\r\n{SPACES}]*[{SIGNS}']|^file: "
CUT = r"[;\t\r\n]"
AFTER_A_CUT = rf"""'*["{SPACES}]*[{SIGNS}]"""
FILE = "file: "
TEXT = ("VARCHAR", "JSON")
LONGEST_IN_WORKBOOK = 32_767  # characters of a cell; a workbook drops longer text without a word
NOT_IN_WORKBOOK = "[\ufffe\uffff]"  # no XML can hold these two
EXACT_WHOLE_NUMBER = 10**15  # spreadsheets show and keep 15 digits
FIRST_DAY_IN_WORKBOOK = dt.date(1900, 3, 1)  # before it spreadsheets count a day that never was


def written(column: Column, *, in_csv: bool = False) -> str:
    """SQL: a column as it stands in a cell. What is kept in a file of its own (`aside`) is named by it."""
    value = f'"{column.name}"'
    if column.kind == "BLOB":
        return "NULL"
    if column.kind in TEXT:
        text = f"{value}::VARCHAR"
        cell = _replaced(text, f"({CUT})({AFTER_A_CUT})", r"\1'\2") if in_csv else text
        return f"CASE WHEN regexp_matches({text}, {_sql(GUARDED)}) THEN '''' || {cell} ELSE {cell} END"
    return value


def read_back(column: Column, *, in_csv: bool = False) -> str:
    """SQL: a cell, as text, back as the value it was; `aside` holds the files it may name."""
    cell = f'"{column.name}"'
    if column.kind == "BLOB":
        return f"(SELECT content FROM aside WHERE cell = {cell})"
    if column.kind in TEXT:
        text = _replaced(cell, f"({CUT})'({AFTER_A_CUT})", r"\1\2") if in_csv else cell
        return (
            f"CASE WHEN starts_with({cell}, '''') THEN substr({text}, 2)"
            f" WHEN starts_with({cell}, '{FILE}') THEN (SELECT words FROM aside WHERE cell = {cell})"
            f" ELSE {text} END::{column.kind}"
        )
    return f"CAST({cell} AS {column.kind})"


def too_much_for_a_workbook(column: Column) -> str:
    """SQL: whether a text cannot stand in a cell of a workbook."""
    value = f'"{column.name}"'
    # Characters beyond the first plane count twice there; half of the limit in plain length is safe without counting.
    return f"(length({value}) > {LONGEST_IN_WORKBOOK // 2 - 1} OR regexp_matches({value}, '{NOT_IN_WORKBOOK}'))"


def in_workbook(value: object) -> object:
    """A value as a workbook can hold it without loss: a number, true or false, a day, or else text.

    Examples
    --------
    >>> in_workbook(decimal.Decimal("6.5")), in_workbook(1234567890123456), in_workbook(0.1 + 0.2)
    (6.5, '1234567890123456', '0.30000000000000004')
    >>> in_workbook(dt.date(1890, 5, 1)), in_workbook(dt.time(9, 30))
    ('1890-05-01', '09:30:00')
    """
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if abs(value) < EXACT_WHOLE_NUMBER else str(value)
        case float():
            # A workbook is written with 16 digits.
            return value if math.isfinite(value) and float(f"{value:.16G}") == value else repr(value)
        case decimal.Decimal():
            return float(value) if len(value.as_tuple().digits) <= 15 else str(value)
        case dt.datetime():
            return value.isoformat(sep=" ")
        case dt.date():
            return value if value >= FIRST_DAY_IN_WORKBOOK else value.isoformat()
        case dt.time():
            return value.isoformat()
    raise AssertionError(f"no column has values like {type(value).__name__}")


def as_text(cell: object) -> str | None:
    """A cell of a workbook as the text a CSV file would have had there; None for an empty one."""
    match cell:
        case None | "":
            return None
        case bool():
            return str(cell).lower()
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT_WHOLE_NUMBER else repr(cell)
        case dt.datetime():
            return cell.isoformat(sep=" ")
        case dt.date() | dt.time():
            return cell.isoformat()
    return str(cell)


def guarded(words: str) -> str:
    """Text of ours as `written` would have it, in a workbook.

    Examples
    --------
    >>> guarded("-180 to 360"), guarded("0 to 10")
    ("'-180 to 360", '0 to 10')
    """
    return f"'{words}" if words and re.search(GUARDED, words) else words


def guarded_inside(words: str) -> str:
    """What `written` does to the inside of a text in a CSV file.

    Examples
    --------
    >>> guarded_inside("0 to 10; -1;=x; 5")
    "0 to 10;' -1;'=x; 5"
    """
    return re.sub(f"({CUT})({AFTER_A_CUT})", r"\1'\2", words)


def _replaced(text: str, pattern: str, by: str) -> str:
    return f"regexp_replace({text}, {_sql(pattern)}, {_sql(by)}, 'g')"


def _sql(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
