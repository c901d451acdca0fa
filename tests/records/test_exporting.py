"""Everything out, and back as the same records: in three forms, with nothing in a cell that a spreadsheet would run."""

import csv
import datetime as dt
import io
import json
import re
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from access import roles
from records import backup, contents, drafts, exporting, merging, trail
from records import store as record_store
from records.errors import BackupBroken, NotAllowed, NotWritten, StoreExists, StoreNewer
from records.exporting import cells, dictionary, forms
from records.viewer import Viewer
from tables import practice_of
from tests.records.at_work import die_at_work

FORMS = exporting.FORMS

# What a spreadsheet may take for a formula, and what may be mistaken for one of our own marks.
PAYLOADS = (
    "=1+1",
    "=cmd|'/c calc'!A1",
    '=HYPERLINK("http://evil.example","Click")',
    "=IMPORTXML(CONCAT(A1:A9),1)",
    "+1+1",
    "+1 555 0100",
    "-1+1",
    "-2",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\r\n=1+1",
    " =1+1",
    "\x0b=1+1",
    "\u00a0=1+1",
    "   @SUM(1)",
    "\t@SUM(1)",
    "＝1+1",  # full-width signs
    "＋1",
    "－1",
    "＠SUM(1)",
    "'=1+1",
    "''=1+1",
    '"=1+1',
    "=1+1\nsecond line",
    "=" + "A" * 40_000,
)
# The same where a spreadsheet cuts the file at semicolons, tabs or line breaks, quoted or not.
AFTER_A_CUT = (
    "typo;=cmd|' /C calc'!A0",
    ";=1+1",
    "a;  +1",
    'a;"=1+1',
    'a;""=1+1',
    'a; "" -1"',
    "a;'=1+1",
    "a;''=1+1",
    "a;';'=1;='",
    "a\t=1+1",
    "a\t\t@SUM(1)",
    "a;\t=1+1",
    "pain 3\n- better\n- sleeps",
    "a\r=1+1",
    "a\r\n=1+1",
    'a\n"=1+1"',
    "a;\x0b\x0c=1+1",
    "a;＝1+1",
    "a;\u00a0=1+1",
    "-1;-2;=3",
    "'a;=1",
    "file: a;=1",
    "a;",
    'a;"',
    "a\t",
)
TEXTS = (
    *PAYLOADS,
    *AFTER_A_CUT,
    "",
    " ",
    "'",
    "''",
    "' ",
    "a'b",
    "plain",
    " space before",
    "space after ",
    "two\nlines",
    "two\r\nlines",
    "a\rb",
    "\n",
    "\r",
    "\t",
    "comma, semicolon; bar| tab\t",
    'quoted "word"',
    '"',
    '""',
    "NULL",
    "null",
    "\\N",
    "\\",
    "nan",
    "true",
    "007",
    "1e5",
    "2026-11-20",
    "file: files/other.txt",
    "file: ../../etc/passwd",
    "_x0041_",
    "_x000D_",
    "a\x00b",
    "bell\x07",
    "\x1f",
    "\ufeffmark",
    "\ufffe",
    "Zoë Müller-Łukasz 李小龍 שלום مرحبا",
    "🏳️‍🌈👩🏽‍⚕️ e\u0301 \u200b \u2028",
    "L" * 32_767,
    "L" * 32_768,
    "🏊" * 20_000,
)


@pytest.fixture(scope="module")
def nasty_path(tmp_path_factory, empty_store_path) -> Path:
    """A practice whose texts are made to be misread, with a bit of everything that can be in a store; closed."""
    path = tmp_path_factory.mktemp("nasty") / "practice.duckdb"
    store = record_store.open_store(shutil.copy2(empty_store_path, path))
    fill(store, roles.viewer("test owner", "owner"))
    store.close()
    return path


@pytest.fixture
def nasty(nasty_path, tmp_path) -> Iterator[record_store.Store]:
    """A copy of it, open."""
    opened = record_store.open_store(shutil.copy2(nasty_path, tmp_path / "practice.duckdb"))
    yield opened
    opened.close()


def fill(store: record_store.Store, owner: Viewer) -> None:
    drawn = practice_of(
        store,
        owner,
        """
        client | day        | before | after | knee flexion right | note
        Ada    | 2026-10-01 | 7      | 5.5   | 90.5               | =1+1
        Ada    | 2026-10-08 | 5      | 3     | 104                | -
        Ben    | 2026-10-02 | 4      | 4     | -                  | -
        Bén    | 2026-10-02 | 4      | 4     | -                  | -
        """,
    )
    ada, episode = drawn.clients["Ada"], drawn.episodes["Ada"]
    whose = {"client_id": ada, "episode_id": episode}
    with store.change(owner, "create", reason="=of course") as change:
        for number, text in enumerate(TEXTS):
            change.insert(
                "client",
                {"name": f"{text}x", "phone": text, "guardian": None if number % 2 else "", "source_ref": text[:1]},
            )
            change.insert("physician", {"name": f"x{text}", "address": text, "fax": None})
        change.insert(
            "client", {"name": "Old", "birth_date": dt.date(1890, 1, 1), "consent_until": dt.date(9999, 1, 1)}
        )
        change.insert("client", {"name": "Leap", "birth_date": dt.date(1900, 2, 28)})
        for value in (0.1 + 0.2, 1 / 3, 1e-300, 123456789.123456789, -0.5, 0.0):
            about = {"session_id": drawn.sessions[0], "scored_on": dt.date(2026, 10, 1), "scale": "lefs"}
            change.insert("score", whose | about | {"value": value})
        change.insert("goal", whose | {"measure": "pain", "target": 2.125, "set_on": dt.date(2026, 10, 1)})
        call = {"called_whom": "her mother", "about": "@work"}
        change.insert("call_made", whose | call | {"called_at": dt.datetime(2026, 10, 1, 9, 30, 0, 123456)})
        change.insert("referral", whose | {"order_copy": b"%PDF-1.7 \x00\xff\r\n=1+1", "order_copy_name": "=order.pdf"})
        change.insert("referral", whose | {"order_copy": b"", "diagnosis": ""})
        change.insert("referral", whose | {"order_copy": bytes(range(256)) * 200})
        for facts in ('{"a": 1.50, "b": [1, null, "=x"]}', "-1", '"=1"', "null"):
            sent = {"made_at": dt.datetime(2026, 1, 1), "document": b"PK\x03\x04", "document_digest": "0"}
            change.insert("report", whose | sent | {"facts": facts})
    with store.change(owner, "correct", reason="typo;=cmd|' /C calc'!A0") as change:
        change.correct("client", ada, 1, {"phone": "=2+2"})
    with store.change(owner, "withdraw", reason="@twice") as change:
        change.withdraw("session", drawn.sessions[1], 1)
    merging.merge(store, owner, drawn.clients["Ben"], drawn.clients["Bén"], reason="=the same person")
    draft = drafts.begin(store, owner, ada)
    drafts.save(store, owner, draft, "note", {"note": "=1+1\n'quoted'", "empty": "", "none": None})
    with store.change(owner, "settings") as change:
        change.cursor.execute("UPDATE records.practice SET phone = '+1 555', fax = '', closed_after_days = 45")
        change.note("practice", {"fields": 3})


def rows_by_table(cursor) -> dict[str, list[tuple]]:
    """Every row of every table, in an order of its own."""
    return {
        table: sorted(cursor.execute(f"FROM records.{table}").fetchall(), key=repr) for table in contents.tables(cursor)
    }


def rows_in(file: Path) -> dict[str, list[tuple]]:
    connection = record_store.attach(file, read_only=True)
    try:
        return rows_by_table(connection)
    finally:
        connection.close()


# Out and back.


@pytest.mark.parametrize("form", FORMS)
def test_an_invented_practice_comes_back_table_by_table(sample_store, owner, tmp_path, form):
    exporting.export(sample_store, owner, tmp_path / "out", form)
    again = exporting.reload(tmp_path / "out", tmp_path / "again.duckdb")
    before = rows_by_table(sample_store.staging())
    assert rows_in(again) == before
    assert len(before["session"]) == 594
    assert [row[2] for row in before["practice"]] == [True]  # it says of itself that it is invented, there too


@pytest.mark.parametrize("form", FORMS)
def test_texts_made_to_be_misread_come_back_to_the_letter(nasty, owner, tmp_path, form):
    exporting.export(nasty, owner, tmp_path / "out", form)
    again = exporting.reload(tmp_path / "out", tmp_path / "again.duckdb")
    before, after = rows_by_table(nasty.staging()), rows_in(again)
    assert {table: rows for table, rows in after.items() if rows != before[table]} == {}
    assert after.keys() == before.keys()
    filled = {table for table, rows in before.items() if rows}
    assert filled >= {"audit_values", "client_merge", "draft_section", "referral", "report", "score", "motion"}


@pytest.mark.parametrize("form", FORMS)
def test_what_comes_back_opens_and_goes_on(nasty, owner, tmp_path, form):
    exporting.export(nasty, owner, tmp_path / "out", form)
    opened = record_store.open_store(exporting.reload(tmp_path / "out", tmp_path / "again.duckdb"))
    try:
        assert opened.integrity().equals(nasty.integrity())
        assert trail.broken_links(opened.staging()) == []
        with opened.change(owner, "create") as change:
            newer = change.insert("client", {"name": "New"})
        assert newer > max(row[0] for row in rows_by_table(nasty.staging())["client"])
    finally:
        opened.close()


def test_an_export_can_be_restored_like_a_backup(nasty, owner, tmp_path):
    exporting.export(nasty, owner, tmp_path / "out", "csv")
    before = rows_by_table(nasty.staging())
    with nasty.change(owner, "create") as change:
        change.insert("client", {"name": "Later"})
    nasty.close()
    done = backup.restore(tmp_path / "out", nasty.path)
    assert rows_in(nasty.path) == before
    assert "Later" in {row[1] for row in rows_in(done.replaced)["client"]}


def test_a_table_of_more_rows_than_a_sheet_takes_goes_on_the_next_one(sample_store, owner, tmp_path, monkeypatch):
    monkeypatch.setattr(forms, "ROWS_PER_SHEET", 297)
    exporting.export(sample_store, owner, tmp_path / "out", "xlsx")
    sheets = sheet_names(tmp_path / "out" / "records.xlsx")
    assert [name for name in sheets if re.fullmatch(r"session( \d+)?", name)] == [
        "session",
        "session 2",
    ]  # 594 = 2 * 297
    assert "practice 2" not in sheets
    again = exporting.reload(tmp_path / "out", tmp_path / "again.duckdb")
    assert rows_in(again) == rows_by_table(sample_store.staging())


def test_an_excel_sheet_has_room_for_a_header_and_our_rows():
    assert forms.ROWS_PER_SHEET + 1 == 1_048_576


def test_an_export_of_an_earlier_schema_comes_back_with_that_schema_and_is_then_brought_up_to_date(
    store, owner, tmp_path, monkeypatch
):
    exporting.export(store, owner, tmp_path / "out", "csv")
    step = tmp_path / "9999_one_more.sql"
    step.write_text("CREATE TABLE parking (place INTEGER);", encoding="utf-8")
    monkeypatch.setattr(record_store, "MIGRATIONS", [*record_store.MIGRATIONS, step])
    again = exporting.reload(tmp_path / "out", tmp_path / "again.duckdb")
    assert "parking" not in rows_in(again)
    record_store.open_store(again).close()
    assert "parking" in rows_in(again)


# Nothing in it runs.


def csv_cells(folder: Path) -> Iterator[tuple[str, str]]:
    """Every cell of every CSV file that is no number, with the file it is in."""
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as opened:
            for row in csv.reader(opened):
                for cell in row:
                    if not re.fullmatch(r"-?\d+(\.\d+)?", cell):
                        yield file.name, cell


def sheet_names(workbook: Path) -> list[str]:
    with zipfile.ZipFile(workbook) as archive:
        tree = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    return [sheet.get("name") for sheet in tree.findall(".//{*}sheet")]


def workbook_parts(workbook: Path) -> dict[str, ElementTree.Element]:
    """Every XML part of a workbook as it stands in the file, read by nothing that knows Excel."""
    with zipfile.ZipFile(workbook) as archive:
        return {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist() if "xml" in name}


def test_no_cell_of_a_csv_file_begins_like_a_formula(nasty, owner, tmp_path):
    exporting.export(nasty, owner, tmp_path / "out", "csv")
    found = list(csv_cells(tmp_path / "out"))
    live = [(file, cell[:20]) for file, cell in found if cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))]
    wide = [(file, cell[:20]) for file, cell in found if cell.lstrip().startswith(("＝", "＋", "－", "＠"))]
    assert live == wide == []
    phones = {cell for file, cell in found if file == "client.csv"}
    assert {f"'{payload}" for payload in PAYLOADS if payload[0] not in '"\t\r\n'} <= phones


SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("quotes", [csv.QUOTE_MINIMAL, csv.QUOTE_NONE], ids=["quotes count", "quotes are nothing"])
def test_no_cell_begins_like_a_formula_where_cells_are_parted_by_something_else(
    nasty, owner, tmp_path, separator, quotes
):
    """As Excel opens a CSV file where it expects semicolons, or tabs."""
    exporting.export(nasty, owner, tmp_path / "out", "csv")
    monster = [file for file in (tmp_path / "out").glob("*.csv") if live_when_cut(file, separator, quotes)]
    assert monster == []
    found = cut(tmp_path / "out" / "client.csv", separator, quotes)
    assert any(len(row) > 1 for row in found), "nothing was cut: proves nothing"


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_formula_after_a_cut_would_have_been_seen(tmp_path, separator):
    for number, text in enumerate((f"typo{separator}=1", f'typo{separator}"=1', "typo\n=1")):
        with (file := tmp_path / f"{number}.csv").open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([["id", "note"], ["1", text]])
        assert live_when_cut(file, separator, csv.QUOTE_MINIMAL), text


def cut(file: Path, separator: str, quotes: int) -> list[list[str]]:
    """The rows of a CSV file as a program sees them that parts cells by another separator."""
    csv.field_size_limit(10**7)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.reader(opened, delimiter=separator, quoting=quotes))


def live_when_cut(file: Path, separator: str, quotes: int) -> list[str]:
    cells_found = [cell for row in cut(file, separator, quotes) for cell in row]
    return [cell[:30] for cell in cells_found if cell.lstrip(' \t\r\n\f\v"').startswith(SIGNS)]


def test_after_no_separator_of_another_program_stands_a_sign(nasty, owner, tmp_path):
    """Told a third time, over the bytes themselves, so that no reader's idea of quotes matters."""
    exporting.export(nasty, owner, tmp_path / "out", "csv")
    live = re.compile(r'(?:\A|[;\t\r\n])[ \f\v"]*[=+\-@＝＋－＠]')
    texts = {file.name: file.read_bytes().decode("utf-8-sig") for file in (tmp_path / "out").glob("*.csv")}
    assert {name: live.search(text) for name, text in texts.items() if live.search(text)} == {}


def test_every_text_of_a_csv_file_is_quoted_so_that_who_minds_quotes_cuts_nothing(nasty, owner, tmp_path):
    """LibreOffice parts cells by commas, semicolons and tabs at once, and minds quotes."""
    exporting.export(nasty, owner, tmp_path / "out", "csv")
    raw = (tmp_path / "out" / "physician.csv").read_bytes().decode("utf-8-sig")
    assert ",\"xtypo;'=cmd|' /C calc'!A0\"," in raw
    assert raw.startswith("physician_id,")


def test_the_mark_that_tells_excel_of_accents_is_the_first_thing_in_every_csv_file(nasty, owner, tmp_path):
    files = [file for file in exporting.export(nasty, owner, tmp_path / "out", "csv") if file.suffix == ".csv"]
    assert len(files) > 20
    assert {file.read_bytes()[:3] for file in files} == {b"\xef\xbb\xbf"}


def live_in(workbook: Path) -> list[str]:
    """Whatever a program would run, follow or fetch, by the part it stands in."""
    parts = workbook_parts(workbook)
    found = [name for name in parts if "external" in name.lower() or "vba" in name.lower()]
    for name, tree in parts.items():
        found += [f"{name}: {tag}" for tag in ("f", "hyperlink", "ddeLink") if tree.findall(f".//{{*}}{tag}")]
        targets = [relation.get("TargetMode") for relation in tree.findall(".//{*}Relationship")]
        found += [f"{name}: external"] * targets.count("External")
    return found


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(nasty, owner, tmp_path):
    exporting.export(nasty, owner, tmp_path / "out", "xlsx")
    assert live_in(tmp_path / "out" / "records.xlsx") == []


def test_a_live_cell_would_have_been_seen(tmp_path):
    """The same look at a workbook written without our care."""
    workbook = xlsxwriter.Workbook(tmp_path / "careless.xlsx")
    workbook.add_worksheet().write_column(0, 0, ["=1+1", "http://evil.example"])
    workbook.close()
    assert [found.split(": ")[1] for found in live_in(tmp_path / "careless.xlsx")] == ["f", "hyperlink", "external"]


def test_no_text_of_a_workbook_begins_like_a_formula_so_that_it_stays_dead_when_saved_as_csv(nasty, owner, tmp_path):
    exporting.export(nasty, owner, tmp_path / "out", "xlsx")
    texts = [
        "".join(piece.text or "" for piece in cell.findall(".//{*}t"))
        for tree in workbook_parts(tmp_path / "out" / "records.xlsx").values()
        for cell in tree.findall(".//{*}c")
        if cell.get("t") in ("inlineStr", "str")
    ]
    assert len(texts) > 1000
    numbers = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
    live = [text[:20] for text in texts if text.lstrip()[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠") and text]
    assert [text for text in live if not numbers.fullmatch(text)] == []


def test_numbers_are_never_touched(nasty, owner, tmp_path):
    with nasty.change(owner, "create") as change:
        about = nasty.open_for(owner).read("FROM visible_rating LIMIT 1").iloc[0]
        whose = {name: int(about[name]) for name in ("client_id", "episode_id", "session_id")}
        joint = {"joint": "knee", "movement": "extension", "side": "left", "motion_type": "active", "moment": "before"}
        change.insert("motion", whose | joint | {"measured_on": dt.date(2026, 10, 1), "degrees": -5.5})
    exporting.export(nasty, owner, tmp_path / "out", "csv")
    with (tmp_path / "out" / "motion.csv").open(encoding="utf-8-sig", newline="") as opened:
        assert "-5.5" in {row["degrees"] for row in csv.DictReader(opened)}


def test_a_value_nobody_gave_is_an_empty_cell_and_empty_text_is_not(nasty, owner, tmp_path):
    exporting.export(nasty, owner, tmp_path / "out", "csv")
    with (tmp_path / "out" / "referral.csv").open(encoding="utf-8-sig", newline="") as opened:
        diagnoses = [row["diagnosis"] for row in csv.DictReader(opened)]
    assert sorted(diagnoses) == ["", "", "'"]


@pytest.mark.parametrize("in_csv", [True, False])
@pytest.mark.parametrize("text", TEXTS)
def test_every_text_comes_back_from_its_cell(text, in_csv):
    assert there_and_back([text], in_csv) == [text]


@given(texts=st.lists(st.text(st.sampled_from(";\t\r\n\v\f '\"=+-@＝ax,\u00a0"), max_size=12), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_text_comes_back_from_its_cell(texts):
    assert there_and_back(texts, in_csv=True) == texts


def there_and_back(texts: list[str], in_csv: bool) -> list[str]:
    column = contents.Column("said", "VARCHAR", False)
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE aside (cell VARCHAR, content BLOB, words VARCHAR)")
        connection.execute("CREATE TABLE given AS SELECT unnest(?::VARCHAR[]) AS said", [texts])
        connection.execute(f"CREATE TABLE cell AS SELECT {cells.written(column, in_csv=in_csv)} AS said FROM given")
        written = [cell for (cell,) in connection.execute("FROM cell").fetchall()]
        assert all(written)
        if in_csv:  # the one rule is told twice, in SQL and in Python
            assert written == [cells.guarded_inside(cells.guarded(text)) or "'" for text in texts]
        return [
            text
            for (text,) in connection.execute(f"SELECT {cells.read_back(column, in_csv=in_csv)} FROM cell").fetchall()
        ]


def test_files_in_an_export_are_what_was_kept_and_open_by_their_ending(nasty, owner, tmp_path):
    files = exporting.export(nasty, owner, tmp_path / "out", "csv")
    order = next(file for file in files if file.name.startswith("referral-order_copy") and file.suffix == ".pdf")
    assert order.read_bytes() == b"%PDF-1.7 \x00\xff\r\n=1+1"


def test_a_cell_can_name_no_file_outside_the_export(nasty, owner, tmp_path):
    exporting.export(nasty, owner, tmp_path / "out", "csv")
    (tmp_path / "secret.txt").write_text("not yours")
    cell = next((tmp_path / "out" / "files").glob("referral-*.pdf")).name
    file = tmp_path / "out" / "referral.csv"
    file.write_text(
        file.read_text(encoding="utf-8").replace(f"files/{cell}", "files/../../secret.txt"), encoding="utf-8"
    )
    with pytest.raises(BackupBroken, match="a value in table referral is another"):
        exporting.reload(tmp_path / "out", tmp_path / "again.duckdb")


# Whole, or not at all.


def test_only_this_user_can_read_an_export(nasty, owner, tmp_path):
    files = exporting.export(nasty, owner, tmp_path / "out", "csv")
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_an_export_is_audited_with_who_and_in_which_form(nasty, owner, tmp_path):
    exporting.export(nasty, owner, tmp_path / "out", "parquet")
    what, actor, after = (
        nasty.staging()
        .execute(
            "SELECT what, actor, after FROM records.audit JOIN records.audit_values USING (seq)"
            " ORDER BY seq DESC LIMIT 1"
        )
        .fetchone()
    )
    assert (what, actor, json.loads(after)) == ("export", "test owner", {"form": "parquet", "into": "out"})


def test_a_folder_with_something_in_it_is_never_written_into(store, owner, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_bytes(b"mine")
    with pytest.raises(StoreExists, match="is not an empty folder"):
        exporting.export(store, owner, tmp_path / "out", "csv")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["thesis.docx"]


def test_an_empty_folder_may_stand_there_already(store, owner, tmp_path):
    (tmp_path / "out").mkdir()
    assert tmp_path / "out" / "client.csv" in exporting.export(store, owner, tmp_path / "out", "csv")


@pytest.mark.parametrize("form", FORMS)
def test_an_export_that_fails_in_the_middle_leaves_nothing(nasty, owner, tmp_path, monkeypatch, form):
    def fail(cursor):
        raise OSError("disk full")

    monkeypatch.setattr(trail, "head", fail)
    monkeypatch.setattr(trail, "write", lambda *line: None)
    with pytest.raises(NotWritten, match="nothing is left of it"):
        exporting.export(nasty, owner, tmp_path / "away" / "out", form)
    assert list((tmp_path / "away").iterdir()) == []


def test_an_export_is_of_one_moment(nasty, owner, tmp_path, monkeypatch):
    told = dictionary.rows

    def while_somebody_writes(cursor):
        with nasty.change(owner, "create") as change:
            change.insert("client", {"name": "Meanwhile"})
        return told(cursor)

    monkeypatch.setattr(dictionary, "rows", while_somebody_writes)
    exporting.export(nasty, owner, tmp_path / "out", "csv")
    again = rows_in(exporting.reload(tmp_path / "out", tmp_path / "again.duckdb"))
    assert "Meanwhile" not in {row[1] for row in again["client"]}


def test_only_who_takes_care_of_the_data_takes_it_out(store, sample_store, owner, tmp_path):
    nobody = Viewer("kim", "therapist", owner.rights - {"data.care"}, "all")
    for each in (store, sample_store):
        with pytest.raises(NotAllowed):
            exporting.export(each, nobody, tmp_path / "out", "csv")
    assert not (tmp_path / "out").exists()


def test_the_invented_practice_is_exported_without_being_written_to(sample_store, owner, tmp_path):
    version = sample_store.version
    exporting.export(sample_store, owner, tmp_path / "out", "csv")
    assert sample_store.version == version


def test_a_download_is_the_same_export_in_one_file_and_leaves_nothing_beside_the_records(store, owner):
    left_by_a_kill = die_at_work(store.path)
    with zipfile.ZipFile(io.BytesIO(exporting.zipped(store, owner, "csv"))) as archive:
        assert {"client.csv", "data_dictionary.csv", "manifest.json"} <= set(archive.namelist())
        assert not [name for name in archive.namelist() if "unfinished" in name]
    assert not left_by_a_kill.exists()
    assert {file.name for file in store.path.parent.iterdir()} <= {"practice.duckdb", "practice.duckdb.wal"}


def test_nothing_of_a_persons_own_is_taken_for_something_a_kill_left(store, owner, tmp_path):
    for name in ("out.making", f"{store.path.name}.export", "out.0123abcd.making"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.txt").write_text("mine")
    exporting.export(store, owner, tmp_path / "out", "csv")
    exporting.zipped(store, owner, "csv")
    exporting.reload(tmp_path / "out", tmp_path / "again.duckdb")
    assert len(list(tmp_path.rglob("thesis.txt"))) == 3


def test_two_exports_into_one_folder_leave_each_other_alone(store, owner, tmp_path, monkeypatch):
    """The second is begun and done while the first is made; the first says so and leaves nothing."""
    told, inner = dictionary.rows, []

    def while_another_is_made(cursor):
        if not inner:
            inner.append(None)
            inner[0] = exporting.export(store, owner, tmp_path / "out", "parquet")
        return told(cursor)

    monkeypatch.setattr(dictionary, "rows", while_another_is_made)
    with pytest.raises(StoreExists, match="Something was put into out meanwhile"):
        exporting.export(store, owner, tmp_path / "out", "csv")
    assert sorted(file for file in (tmp_path / "out").iterdir()) == inner[0]
    assert not list(tmp_path.glob("*.making"))
    assert exporting.reload(tmp_path / "out", tmp_path / "again.duckdb").exists()


# What does not come back.


@pytest.fixture(scope="module")
def export_path(nasty_path, tmp_path_factory) -> Path:
    """An export of the nasty practice; the tests below harm copies of it."""
    folder = tmp_path_factory.mktemp("export")
    store = record_store.open_store(shutil.copy2(nasty_path, folder / "practice.duckdb"))
    exporting.export(store, roles.viewer("test owner", "owner"), folder / "out", "csv")
    store.close()
    return folder / "out"


@pytest.fixture
def exported(export_path, tmp_path) -> Path:
    """A copy of that export."""
    return Path(shutil.copytree(export_path, tmp_path / "out"))


def test_a_store_is_never_filled_over_another(exported, nasty):
    with pytest.raises(StoreExists):
        exporting.reload(exported, nasty.path)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / "rating.csv").unlink(), "table rating cannot be read"),
        (lambda folder: (folder / "manifest.json").unlink(), "is no export of this program"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "is no export of this program"),
        (lambda folder: (folder / "rating.csv").write_bytes(b"\x89PNG"), "table rating"),
        (lambda folder: drop_last_line(folder / "rating.csv"), "table rating holds 7 rows where 8 belong"),
        (lambda folder: swap(folder / "rating.csv", ",7.0,", ",6.0,"), "a value in table rating is another"),
        (lambda folder: swap(folder / "rating.csv", ",7.0,", ",11,"), "table rating cannot be read"),
        (lambda folder: swap(folder / "rating.csv", "pain", "gain"), "table rating cannot be read"),
        (lambda folder: swap(folder / "session_part.csv", "'=1+1", "=1+1"), ""),
        (lambda folder: shutil.rmtree(folder / "files"), "table re"),
    ],
    ids=lambda harm: harm if isinstance(harm, str) else "",
)
def test_a_harmed_export_makes_no_store(exported, tmp_path, harm, said):
    harm(exported)
    if not said:  # a program that took the apostrophe away has changed nothing that is said
        exporting.reload(exported, tmp_path / "again.duckdb")
        return
    with pytest.raises(BackupBroken, match=said) as refused:
        exporting.reload(exported, tmp_path / "again.duckdb")
    assert "nothing was" in str(refused.value)
    assert not list(tmp_path.glob("again*"))
    assert "Ada" not in str(refused.value)


def drop_last_line(file: Path) -> None:
    file.write_text("".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")


def swap(file: Path, old: str, new: str) -> None:
    text = file.read_bytes().decode()
    assert old in text
    file.write_bytes(text.replace(old, new, 1).encode())


def test_an_export_of_a_newer_program_says_so(exported, tmp_path, monkeypatch):
    monkeypatch.setattr(record_store, "MIGRATIONS", record_store.MIGRATIONS[:-1])
    with pytest.raises(StoreNewer, match="Update the program"):
        exporting.reload(exported, tmp_path / "again.duckdb")


def test_an_export_of_another_engine_must_have_untouched_files(exported, tmp_path):
    told = json.loads((exported / "manifest.json").read_text())
    told["engine"] = "duckdb 9.9.9"
    told["tables"] = {table: held | {"digest": "1"} for table, held in told["tables"].items()}
    (exported / "manifest.json").write_text(json.dumps(told))
    exporting.reload(exported, tmp_path / "again.duckdb")
    swap(exported / "rating.csv", ",7.0,", ",6.0,")
    with pytest.raises(BackupBroken, match=r"rating\.csv was changed since the export"):
        exporting.reload(exported, tmp_path / "once more.duckdb")


# The dictionary.


def test_every_column_of_every_table_has_its_meaning_in_words(store):
    cursor = store.staging()
    for table in contents.tables(cursor):
        assert dictionary.about(table).endswith(".")
        for column in contents.columns(cursor, table):
            assert dictionary.meaning(table, column.name).endswith("."), f"{table}.{column.name}"


def test_no_meaning_is_left_of_a_column_that_is_gone(store):
    cursor = store.staging()
    standing = {table: {column.name for column in contents.columns(cursor, table)} for table in contents.tables(cursor)}
    told = dictionary._meanings()
    assert told["table"].keys() == standing.keys()
    for table, meanings in told["table"].items():
        named = {"about" if name == "column about" else name for name in meanings.keys() - {"about"}}
        assert named - standing[table] == set(), table
    assert told["every_table"].keys() - set().union(*standing.values()) == set()


def test_the_dictionary_says_what_a_column_may_hold(store):
    allowed = {(table, column): words for table, column, _, _, _, words in dictionary.rows(store.staging())}
    assert allowed["client", "sex"] == "female, male or other"
    assert allowed["episode", "cause"] == "a code of table cause"
    assert allowed["session_part", "minutes"] == "0 to 480"
    assert allowed["motion", "degrees"] == "'-180 to 360"
    assert allowed["practice", "name"] == "not blank"
    assert allowed["client", "birth_date"] == "birth_date >= 1890-01-01"
    assert not [words for words in allowed.values() if "CHECK" in words or "CAST" in words or "main." in words]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_its_dictionary_and_says_how_to_read_a_cell(store, owner, tmp_path, form):
    exporting.export(store, owner, tmp_path / "out", form)
    if form == "xlsx":
        assert sheet_names(tmp_path / "out" / "records.xlsx")[0] == "data_dictionary"
    elif form == "csv":
        words = (tmp_path / "out" / "data_dictionary.csv").read_text(encoding="utf-8-sig")
        assert "An empty cell is a value nobody gave" in words
    else:
        with duckdb.connect(":memory:") as connection:
            path = str(tmp_path / "out" / "data_dictionary.parquet")
            rows = connection.execute('SELECT "column" FROM read_parquet(?) WHERE "table" = \'client\'', [path])
            assert ("birth_date",) in rows.fetchall()
