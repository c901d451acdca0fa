"""The three forms of an export, each written and read back: CSV files, one Excel workbook, Parquet files."""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import python_calamine
import xlsxwriter

from records import contents
from records.contents import Column
from records.exporting import cells, dictionary
from records.store import quoted

FORMS = ("csv", "xlsx", "parquet")
ROWS_PER_SHEET = 1_048_575  # of a sheet's 1,048,576, one is the header
CHUNK_ROWS = 20_000
LARGEST_ROW_BYTES = 64 * 2**20
DICTIONARY = "data_dictionary"
WORKBOOK = "records.xlsx"
ASIDE = "files"  # the folder of values that are files
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads the accents of a CSV file wrongly
ENDINGS = {b"%PDF": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"II*\0": "tif", b"MM\0*": "tif"}


def write(form: str, cursor: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write every table of the records and the data dictionary into a folder, inside the caller's transaction."""
    {"csv": _write_csv, "xlsx": _write_workbook, "parquet": _write_parquet}[form](cursor, folder)


def reader(form: str, folder: Path) -> Callable[[str, list[Column]], Iterator[pa.Table]]:
    """`read(table, columns)`: a table of an export, some rows at a time; as text where cells are text, else by type.

    Raises
    ------
    OSError, ValueError, KeyError, python_calamine.CalamineError
        At once or while reading, when a file or sheet is missing, or is none.
    """
    if form == "xlsx":
        workbook = python_calamine.CalamineWorkbook.from_path(folder / WORKBOOK)
        return lambda table, columns: _read_sheets(workbook, table)
    read = {"csv": _read_csv, "parquet": _read_parquet}[form]
    return lambda table, columns: read(folder, table, columns)


def value_of(form: str, column: Column) -> str:
    """SQL: the value of a column from what a reader gives; the table `aside` holds the values that are files."""
    if form == "parquet":
        return f'CAST("{column.name}" AS {column.kind})'
    return cells.read_back(column, in_csv=form == "csv")


def read_aside(folder: Path) -> Iterator[pa.Table]:
    """The values that are files: the cell that names each, its content, and its words where it is text."""
    files = sorted((folder / ASIDE).glob("*"))
    for some in _some_at_a_time(files, 50):
        yield pa.table(
            {
                "cell": pa.array([f"{cells.FILE}{ASIDE}/{file.name}" for file in some], pa.string()),
                "content": pa.array([file.read_bytes() for file in some], pa.binary()),
                "words": pa.array([_words_of(file) for file in some], pa.string()),
            }
        )


def _write_csv(cursor: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for table in contents.tables(cursor):
        columns = contents.columns(cursor, table)
        aside = _set_aside(cursor, folder, table, {column: "true" for column in columns if column.kind == "BLOB"})
        names = _names_in_csv(columns)
        texts = [name for name, column in zip(names, columns, strict=True) if column.kind in (*cells.TEXT, "BLOB")]
        # A quoted column has its name quoted too, and no quote may stand before the mark. The first is a code at most.
        texts = [name for name in texts if name != names[0]]
        quotes = f", FORCE_QUOTE ({', '.join(texts)})" if texts else ""
        with _registered(cursor, aside):
            cursor.execute(
                f"COPY ({_select(table, columns, aside, in_csv=True)})"
                f" TO {quoted(folder / f'{table}.csv')} (FORMAT csv, HEADER true{quotes})"
            )
    with (folder / f"{DICTIONARY}.csv").open("w", encoding="utf-8-sig", newline="") as opened:
        told = [[cells.guarded_inside(words) for words in row] for row in dictionary.rows(cursor)]
        csv.writer(opened, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([dictionary.HEADER, *told])


def _write_parquet(cursor: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for table in contents.tables(cursor):
        cursor.execute(f"COPY records.{table} TO {quoted(folder / f'{table}.parquet')} (FORMAT parquet)")
    told = list(zip(*dictionary.rows(cursor), strict=True))
    pa.parquet.write_table(
        pa.table(dict(zip(dictionary.HEADER, map(list, told), strict=True))), folder / f"{DICTIONARY}.parquet"
    )


def _write_workbook(cursor: duckdb.DuckDBPyConnection, folder: Path) -> None:
    workbook = xlsxwriter.Workbook(
        folder / WORKBOOK,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "constant_memory": True,
            "tmpdir": str(folder),  # records do not spill into a folder others may read
        },
    )
    workbook.use_zip64()
    head, day = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "yyyy-mm-dd"})
    try:
        _write_sheets(workbook, DICTIONARY, dictionary.HEADER, dictionary.rows(cursor), head, day)
        for table in contents.tables(cursor):
            columns = contents.columns(cursor, table)
            which = {column: "true" for column in columns if column.kind == "BLOB"} | {
                column: cells.too_much_for_a_workbook(column) for column in columns if column.kind in cells.TEXT
            }
            aside = _set_aside(cursor, folder, table, which)
            with _registered(cursor, aside):
                cursor.execute(_select(table, columns, aside))
                found = chain.from_iterable(iter(lambda: cursor.fetchmany(CHUNK_ROWS), []))
                _write_sheets(workbook, table, [column.name for column in columns], found, head, day)
    finally:
        workbook.close()


def _write_sheets(workbook, name: str, header: Iterable[str], rows: Iterable[tuple], head, day) -> None:
    """Rows under their header, on as many sheets as they need."""
    rows = iter(rows)
    for number in count(1):
        sheet = workbook.add_worksheet(name if number == 1 else f"{name} {number}")
        sheet.freeze_panes(1, 0)
        for place, word in enumerate(header):
            sheet.write_string(0, place, word, head)
        for line, row in enumerate(islice(rows, ROWS_PER_SHEET), start=1):
            _write_line(sheet, line, row, day)
        following = list(islice(rows, 1))
        if not following:
            return
        rows = chain(following, rows)


def _write_line(sheet, line: int, row: tuple, day) -> None:
    for place, value in enumerate(row):
        cell = cells.in_workbook(value)
        match cell:
            case None:
                continue
            case bool():
                said = sheet.write_boolean(line, place, cell)
            case str():
                said = sheet.write_string(line, place, cell) if cell else 0
            case dt.date():
                said = sheet.write_datetime(line, place, cell, day)
            case _:
                said = sheet.write_number(line, place, cell)
        assert said == 0, f"the workbook did not take a value of {sheet.name} (code {said})"


def _set_aside(
    cursor: duckdb.DuckDBPyConnection, folder: Path, table: str, which: dict[Column, str]
) -> dict[str, pa.Table]:
    """Write values that no cell can hold into files; by column, the rows and what their cells say instead."""
    aside = {}
    for column, condition in which.items():
        rowids, named = [], []
        cursor.execute(
            f'SELECT rowid, "{column.name}" FROM records.{table}'
            f' WHERE "{column.name}" IS NOT NULL AND {condition} ORDER BY rowid'
        )
        while some := cursor.fetchmany(50):
            (folder / ASIDE).mkdir(exist_ok=True)
            for rowid, value in some:
                content = value.encode() if isinstance(value, str) else value
                ending = "txt" if isinstance(value, str) else _ending(content)
                name = f"{table}-{column.name}-{rowid}.{ending}"
                (folder / ASIDE / name).write_bytes(content)
                rowids.append(rowid)
                named.append(f"{cells.FILE}{ASIDE}/{name}")
        if rowids:
            aside[column.name] = pa.table({"row": pa.array(rowids, pa.int64()), "cell": pa.array(named, pa.string())})
    return aside


class _registered:
    """The rows set aside, as tables a query can ask, while it runs."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, aside: dict[str, pa.Table]):
        self.cursor, self.aside = cursor, aside

    def __enter__(self) -> None:
        for column, rows in self.aside.items():
            self.cursor.register(f"aside_{column}", rows)

    def __exit__(self, *raised: object) -> None:
        for column in self.aside:
            self.cursor.unregister(f"aside_{column}")


def _select(table: str, columns: list[Column], aside: dict[str, pa.Table], *, in_csv: bool = False) -> str:
    """The query whose rows are the cells of a table."""
    names = _names_in_csv(columns) if in_csv else [f'"{column.name}"' for column in columns]
    said = []
    for name, column in zip(names, columns, strict=True):
        cell = cells.written(column, in_csv=in_csv)
        if column.name in aside:
            cell = f'coalesce((SELECT a.cell FROM "aside_{column.name}" AS a WHERE a."row" = t.rowid), {cell})'
        said.append(f"{cell} AS {name}")
    return f"SELECT {', '.join(said)} FROM records.{table} AS t"


def _names_in_csv(columns: list[Column]) -> list[str]:
    """The names of the columns, quoted for SQL; the file begins with the mark before the first."""
    return [f'"{BYTE_ORDER_MARK if place == 0 else ""}{column.name}"' for place, column in enumerate(columns)]


def _words_of(file: Path) -> str | None:
    return file.read_bytes().decode() if file.suffix == ".txt" else None


def _ending(content: bytes) -> str:
    return next((ending for begins, ending in ENDINGS.items() if content.startswith(begins)), "bin")


def _read_csv(folder: Path, table: str, columns: list[Column]) -> Iterator[pa.Table]:
    with (folder / f"{table}.csv").open("rb") as opened:
        reader = pa.csv.open_csv(
            opened,
            read_options=pa.csv.ReadOptions(block_size=LARGEST_ROW_BYTES, use_threads=False),
            parse_options=pa.csv.ParseOptions(newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                column_types={column.name: pa.string() for column in columns},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
        for batch in reader:
            yield pa.Table.from_batches([batch])


def _read_parquet(folder: Path, table: str, columns: list[Column]) -> Iterator[pa.Table]:
    with (folder / f"{table}.parquet").open("rb") as opened:
        for batch in pa.parquet.ParquetFile(opened).iter_batches(CHUNK_ROWS):
            yield pa.Table.from_batches([batch])


def _read_sheets(workbook: python_calamine.CalamineWorkbook, table: str) -> Iterator[pa.Table]:
    sheet, number = table, 1
    while number == 1 or sheet in workbook.sheet_names:
        rows = workbook.get_sheet_by_name(sheet).iter_rows()
        header = [str(word) for word in next(rows, [])]
        for some in _some_at_a_time(rows, CHUNK_ROWS):
            by_column = zip(*(map(cells.as_text, row) for row in some), strict=True)
            yield pa.table(
                {name: pa.array(list(values), pa.string()) for name, values in zip(header, by_column, strict=True)}
            )
        number += 1
        sheet = f"{table} {number}"


def _some_at_a_time(things: Iterable[Any], most: int) -> Iterator[list[Any]]:
    remaining = iter(things)
    while some := list(islice(remaining, most)):
        yield some
