"""Which files can be read, and what is said about those that cannot."""

import datetime as dt
import io

import pytest
import xlsxwriter

from records import importing
from records.errors import ImportRefused
from records.importing import File
from records.importing.readers import read_table

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def read(content: bytes, name: str = "visits.csv", **options):
    """Header, row numbers and rows of a file."""
    table = read_table(File(name, content), **options)
    numbers, rows = [], []
    for some_numbers, some_rows in table.chunks:
        numbers += some_numbers
        rows += some_rows
    return table.header, numbers, rows


def workbook(sheets: dict[str, list[list]]) -> bytes:
    """An Excel workbook; dates and times get a date format, as Excel gives them."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    formats = {dt.date: "dd.mm.yyyy", dt.datetime: "dd.mm.yyyy hh:mm", dt.time: "hh:mm"}
    written = {kind: book.add_format({"num_format": form}) for kind, form in formats.items()}
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if type(cell) in written:
                    sheet.write_datetime(row, column, cell, written[type(cell)])
                else:
                    sheet.write(row, column, cell)
    book.close()
    return content.getvalue()


TEXT = "Name;Pain\nJördis;6,5\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_text_reads_the_same_in_every_common_encoding(encoding):
    assert read(TEXT.encode(encoding)) == (["Name", "Pain"], [2], [["Jördis", "6,5"]])


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_header_tells_the_separator(separator):
    content = f"Name{separator}Pain{separator}Note\nJo{separator}6{separator}fine\n".encode()
    assert read(content) == (["Name", "Pain", "Note"], [2], [["Jo", "6", "fine"]])


def test_quoted_cells_may_hold_separators_quotes_and_line_ends():
    content = b'Name,Note\r\nJo,"better, he says ""really""\nand slept"\r\nMo,x\r\n'
    assert read(content) == (["Name", "Note"], [2, 3], [["Jo", 'better, he says "really"\nand slept'], ["Mo", "x"]])


def test_row_numbers_are_those_a_person_sees_and_blank_rows_count():
    #                row 1      2     3    4      5
    assert read(b"Name,Pain\nJo,6\n\n,\nMo,7\n")[1] == [2, 5]


def test_excel_cells_become_text_that_loses_nothing():
    content = workbook({"One": [["a", "b", "c", "d", "e"], [7.0, 6.5, dt.date(2026, 3, 4), dt.time(14, 30), "x"]]})
    assert read(content, "visits.xlsx") == (
        ["a", "b", "c", "d", "e"],
        [2],
        [["7", "6.5", "2026-03-04", "14:30:00", "x"]],
    )


def test_excel_numbers_take_the_profiles_decimal_mark():
    assert read(workbook({"One": [["a"], [6.5]]}), "visits.xlsx", decimal=",")[2] == [["6,5"]]


def test_of_several_excel_sheets_the_profile_names_one():
    content = workbook({"Notes": [["a"], ["x"]], "Visits": [["b"], ["y"]]})
    assert read(content, "visits.xlsx", sheet="Visits")[0] == ["b"]
    with pytest.raises(ImportRefused, match=r"several sheets with cells \(Notes, Visits\)"):
        read(content, "visits.xlsx")


REFUSED = {
    "an empty file": (b"", "visits.csv is empty"),
    "blank lines only": (b"\n \n", "visits.csv is empty"),
    "a header alone": (b"Name,Pain\n", "has a header and no rows below it"),
    "a picture": (PNG, "visits.csv is a PNG picture, whatever its name says"),
    "a PDF": (b"%PDF-1.7 ...", "visits.csv is a PDF document"),
    "zero bytes": (b"Name,Pain\nJo\x00,6\n", "not a text file"),
    "no known encoding": (b"Name,Pain\nJ\x81\x8d,6\n", "text in no encoding we know"),
    "a column name twice": (
        b"Name,Pain,Pain\nJo,6,7\n",
        r"row 1: the column name 'Pain' stands in the header more than once \(columns 2, 3\)",
    ),
    "a row too long": (b"Name,Pain\nJo,6\nMo,6,5\n", "row 3 has 3 cells; the header has 2"),
    "a row too short": (b"Name,Pain\nJo,6\nMo\n", "row 3 has 1 cells; the header has 2"),
    "a quotation mark never closed": (b'Name,Pain\n"Jo,6\n', "row 2 cannot be read"),
    "a broken workbook": (b"PK\x03\x04 not really", "not a readable Excel workbook"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_no_table_is_refused_as_a_whole(store, owner, row_counts, case):
    content, words = REFUSED[case]
    with pytest.raises(ImportRefused, match=words):
        read(content)
    before = row_counts()
    with pytest.raises(ImportRefused):
        importing.review(store, owner, [File("visits.csv", content)], "two_sides_wide")
    assert row_counts() == before


def test_a_file_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(ImportRefused, match=r"visits.csv is 2\.0 MB; at most 1 MB can be taken here"):
        read(b"Name,Pain\n" + b"Jo,6\n" * 420_000, max_bytes=2**20)


def test_a_file_of_another_system_is_told_which_columns_are_missing(store, owner):
    with pytest.raises(ImportRefused, match="lacks Group, Left, Right, which the profile two_sides_wide reads"):
        importing.review(store, owner, [File("visits.csv", b"Subject,Pain\nS1,6\n")], "two_sides_wide")


def test_a_linked_table_that_is_missing_or_has_a_key_twice_is_named(store, owner):
    observations = b"DATE,PATIENT,ENCOUNTER,CODE,VALUE\n2024-03-01,p,e,72514-3,6\n"
    encounters = b"Id,START\ne,2024-03-01T09:00:00Z\ne,2024-03-02T09:00:00Z\n"
    patients = b"Id,BIRTHDATE,FIRST,LAST,GENDER\np,1980-01-01,Mara,Lindqvist,F\n"
    files = [File("observations.csv", observations), File("patients.csv", patients)]
    with pytest.raises(ImportRefused, match="The file for the table 'encounters' is missing"):
        importing.review(store, owner, files, "ehr_linked")
    with pytest.raises(ImportRefused, match="encounters, column Id: 'e' stands in rows 2 and 3"):
        importing.review(store, owner, [*files, File("encounters.csv", encounters)], "ehr_linked")
