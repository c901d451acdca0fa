"""A file as rows of text: CSV in the usual encodings and separators, or Excel. No number or date is read here.

Rows carry the number a person sees beside them in the file: the header is row 1, and blank rows count.
"""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from records.errors import ImportRefused

CHUNK_ROWS = 50_000
EXCEL_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
BINARY_STARTS = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet file",
}
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
RIGHT_FILE = "Right is a CSV file or an Excel workbook (.xlsx, .xls) with one header row."

# Notes run to many pages in some systems; Python's own limit of 131,072 characters would refuse them.
csv.field_size_limit(16_000_000)


@dataclass(frozen=True, slots=True)
class File:
    """A file's name, as a person knows it, and its bytes."""

    name: str
    content: bytes

    @classmethod
    def at(cls, path: Path) -> "File":
        """The file at a path; ImportRefused when there is none."""
        try:
            return cls(Path(path).name, Path(path).read_bytes())
        except OSError as problem:
            raise ImportRefused(
                f"{Path(path).name} cannot be read ({problem.strerror}). Check the name; nothing was imported."
            ) from problem

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Table:
    """A header, and the rows below it that are not blank, as text.

    Attributes
    ----------
    about_rows : int
        How many rows there are, counted roughly (by line ends), for showing progress.
    chunks : iterator of (numbers, rows)
        At most CHUNK_ROWS at a time, so that a long file need not be in memory as rows: the row numbers as a person
        sees them, and for each of them one list of len(header) texts. Can be gone through once.
    """

    name: str
    header: list[str]
    about_rows: int
    chunks: Iterator[tuple[list[int], list[list[str]]]]


def read_table(
    file: File,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    decimal: str = ".",
    max_bytes: int | None = None,
) -> Table:
    """The rows of a file.

    Parameters
    ----------
    encoding, separator, sheet : str, optional
        From the profile; found out from the file when not given.
    decimal : {".", ","}
        How numbers of an Excel sheet are written down as text, so that they read like the profile's other numbers.
    max_bytes : int, optional
        A larger file is refused before it is read.

    Raises
    ------
    ImportRefused
        Empty, too large, not a table, or a column name twice; and, while the chunks are read, a row with another number
        of cells than the header.
    """
    if max_bytes is not None and len(file.content) > max_bytes:
        raise ImportRefused(
            f"{file.name} is {len(file.content) / 2**20:.1f} MB; at most {max_bytes / 2**20:.0f} MB can be taken here."
            " Split it into smaller files with the same header, or use the command line."
        )
    if not file.content.strip():
        raise ImportRefused(f"{file.name} is empty. {RIGHT_FILE} Export it again.")
    if file.content.startswith(EXCEL_STARTS):
        cells = _excel_cells(file, sheet)
        about_rows, rows = len(cells), ([_cell_text(cell, decimal) for cell in row] for row in cells)
    else:
        text = _text(file, encoding)
        about_rows, rows = text.count("\n"), _csv_rows(file, text, separator or _separator(text))
    filled = ((number, row) for number, row in enumerate(rows, start=1) if any(cell.strip() for cell in row))
    first = next(filled, None)
    if first is None:
        raise ImportRefused(f"{file.name} is empty. {RIGHT_FILE} Export it again.")
    header = _header(file.name, *first)
    return Table(file.name, header, max(about_rows, 1), _chunks(file.name, len(header), filled))


def _chunks(
    name: str, cell_count: int, filled: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[list[int], list[list[str]]]]:
    numbers, rows, some = [], [], False
    for number, row in filled:
        if len(row) != cell_count:
            raise ImportRefused(
                f"{name}, row {number} has {len(row)} cells; the header has {cell_count}. A separator inside a text"
                " needs quotes around the text. Correct that row, or export the file again."
            )
        numbers.append(number)
        rows.append(row)
        some = True
        if len(rows) == CHUNK_ROWS:
            yield numbers, rows
            numbers, rows = [], []
    if rows:
        yield numbers, rows
    if not some:
        raise ImportRefused(f"{name} has a header and no rows below it. Export it again with its rows.")


def _header(name: str, number: int, row: list[str]) -> list[str]:
    header = [cell.strip() for cell in row]
    twice = sorted({cell for cell in header if cell and header.count(cell) > 1})
    if twice:
        places = ", ".join(str(place) for place, cell in enumerate(header, start=1) if cell == twice[0])
        raise ImportRefused(
            f"{name}, row {number}: the column name {twice[0]!r} stands in the header more than once (columns {places})"
            ". Give every column a name of its own."
        )
    return header


def _text(file: File, encoding: str | None) -> str:
    content = file.content
    for start, what in BINARY_STARTS.items():
        if content.startswith(start):
            raise ImportRefused(f"{file.name} is {what}, whatever its name says. {RIGHT_FILE}")
    if encoding is None:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
        elif b"\x00" in content:
            raise ImportRefused(f"{file.name} is not a text file: it holds zero bytes. {RIGHT_FILE}")
        else:
            encoding = "utf-8-sig"
    try:
        # A profile's "utf-8" leaves the mark at the start in place, as part of the first column's name.
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as problem:
        if encoding != "utf-8-sig":
            raise ImportRefused(
                f"{file.name} is not written in {encoding} (byte {problem.start}). Correct `encoding` in the profile,"
                " or save the file as CSV in UTF-8."
            ) from problem
    try:
        # Latin-1 text reads the same in windows-1252: they differ only in control characters.
        return content.decode("windows-1252")
    except UnicodeDecodeError as problem:
        raise ImportRefused(
            f"{file.name} is text in no encoding we know (byte {problem.start} is neither UTF-8 nor windows-1252)."
            f" {RIGHT_FILE} Save it as CSV in UTF-8."
        ) from problem


def _separator(text: str) -> str:
    """The separator that cuts the header into most pieces. The header decides: rows may hold decimal commas."""
    pieces = {}
    for mark in SEPARATORS:
        # Read as a row, not as a line: a quoted column name may hold a line end.
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        pieces[mark] = len(next((row for row in rows if any(cell.strip() for cell in row)), []))
    return max(pieces, key=pieces.get)


def _csv_rows(file: File, text: str, separator: str) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as problem:
            raise ImportRefused(
                f"{file.name}, row {number} cannot be read: {problem}. Most often a quotation mark is opened and never"
                " closed, or stands inside a quoted text without being doubled. Correct that row."
            ) from problem


def _excel_cells(file: File, sheet: str | None) -> list[list[object]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.content))
        name = _sheet_name(file, book, sheet)
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except python_calamine.PasswordError as problem:
        raise ImportRefused(f"{file.name} is protected by a password. Save a copy without one.") from problem
    except (python_calamine.CalamineError, OSError) as problem:
        raise ImportRefused(f"{file.name} is not a readable Excel workbook ({problem}). {RIGHT_FILE}") from problem


def _sheet_name(file: File, book: python_calamine.CalamineWorkbook, sheet: str | None) -> str:
    if sheet is not None:
        if sheet not in book.sheet_names:
            raise ImportRefused(
                f"{file.name} has no sheet {sheet!r}; it has {', '.join(book.sheet_names)}. Correct `sheet` in the"
                " profile."
            )
        return sheet
    filled = [name for name in book.sheet_names if book.get_sheet_by_name(name).to_python()]
    if not filled:
        raise ImportRefused(f"{file.name} is empty: none of its sheets holds a cell. Export it again.")
    if len(filled) > 1:
        raise ImportRefused(
            f"{file.name} has several sheets with cells ({', '.join(filled)}). Name the one to read in the profile,"
            f' for example sheet = "{filled[0]}".'
        )
    return filled[0]


def _cell_text(cell: object, decimal: str) -> str:
    """An Excel cell as text that loses nothing: 6.5 stays 6.5, 7.0 is 7, a day is 2026-03-04."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell).replace(".", decimal)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, dt.time):
        return cell.isoformat(timespec="seconds")
    return str(cell)
