"""The schema grows in numbered steps: each once, a copy first, a failed step leaves no trace."""

import re

import duckdb
import pytest

from records import store as record_store
from records.errors import StoreNewer, StoreUnreadable
from tests.records.kills import old_file


@pytest.fixture
def step_beyond(tmp_path, monkeypatch):
    """`step_beyond(sql)`: this program is one step further than the files made before."""

    def grow(sql):
        step = tmp_path / "9999_one_more.sql"
        step.write_text(sql, encoding="utf-8")
        monkeypatch.setattr(record_store, "MIGRATIONS", [*record_store.MIGRATIONS, step])

    return grow


@pytest.fixture
def made_before(tmp_path, owner):
    """A closed store with one client in it."""
    made = record_store.create(tmp_path / "practice.duckdb", "Test practice")
    with made.change(owner, "create") as change:
        change.insert("client", {"name": "Ada Example"})
    made.close()
    return made.path


def applied(path):
    with duckdb.connect(str(path)) as connection:
        return connection.execute("SELECT version, name FROM schema_version ORDER BY version").fetchall()


def clients(path):
    with duckdb.connect(str(path)) as connection:
        return connection.execute("SELECT name FROM client").fetchall()


def test_steps_are_numbered_without_gap():
    numbers = [int(re.match(r"(\d{4})_", step.name)[1]) for step in record_store.MIGRATIONS]
    assert numbers == list(range(1, len(numbers) + 1))


def test_each_step_is_applied_once(made_before):
    first = applied(made_before)
    record_store.open_store(made_before).close()
    assert applied(made_before) == first == [(n, s.stem) for n, s in enumerate(record_store.MIGRATIONS, start=1)]


def test_a_file_of_an_earlier_program_with_rows_in_it_is_brought_up_to_this_one(tmp_path):
    # Steps that pass on an empty store can fail on rows: DuckDB commits no table altered again after its rows changed.
    old_file(sessions=20)(tmp_path)
    opened = record_store.open_store(tmp_path / "practice.duckdb")
    cursor = opened.staging()
    for table, rows in (("session_part", 20), ("technique_use", 40), ("episode_region", 1)):
        ids = cursor.execute(f"SELECT count(DISTINCT {table}_id), min(ver) FROM records.{table}").fetchone()
        assert ids == (rows, 1)
    assert cursor.execute("SELECT closed_after_days, ver, withdrawn FROM records.practice").fetchone() == (60, 1, False)
    assert opened.integrity().empty
    opened.close()


def test_opening_an_up_to_date_store_makes_no_copy(made_before, tmp_path):
    record_store.open_store(made_before).close()
    assert [file.name for file in tmp_path.glob("*.duckdb*")] == ["practice.duckdb"]


def test_a_copy_is_made_before_a_new_step(made_before, step_beyond, tmp_path):
    step_beyond("CREATE TABLE parking (place INTEGER);")
    known = len(record_store.MIGRATIONS)
    record_store.open_store(made_before).close()
    copy = tmp_path / f"practice.before-schema-{known}.duckdb"
    assert applied(made_before)[-1] == (known, "9999_one_more")
    assert len(applied(copy)) == known - 1
    assert clients(copy) == clients(made_before) == [("Ada Example",)]


def test_a_step_that_fails_leaves_the_file_as_it_was(made_before, step_beyond):
    before = applied(made_before)
    step_beyond("CREATE TABLE parking (place INTEGER); UPDATE client SET name = 'x'; SELECT nonsense FROM nowhere;")
    with pytest.raises(StoreUnreadable, match="Restore the last backup, or the copy made before the schema changed"):
        record_store.open_store(made_before)
    with duckdb.connect(str(made_before)) as connection:
        tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert "parking" not in tables
    assert applied(made_before) == before
    assert clients(made_before) == [("Ada Example",)]


def test_a_second_try_after_a_failed_step_keeps_the_copy_of_the_first(made_before, monkeypatch, tmp_path):
    steps, known = [tmp_path / "9998_good.sql", tmp_path / "9999_bad.sql"], len(record_store.MIGRATIONS)
    for step, sql in zip(steps, ("CREATE TABLE parking (place INTEGER);", "SELECT nonsense;"), strict=True):
        step.write_text(sql, encoding="utf-8")
    monkeypatch.setattr(record_store, "MIGRATIONS", [*record_store.MIGRATIONS, *steps])
    for _ in range(2):
        with pytest.raises(StoreUnreadable):
            record_store.open_store(made_before)
    copies = {file.name: len(applied(file)) for file in tmp_path.glob("*.before-schema-*")}
    assert copies == {
        f"practice.before-schema-{known + 1}.duckdb": known,
        f"practice.before-schema-{known + 2}.duckdb": known + 1,
    }


def test_a_store_of_a_newer_program_is_refused_in_plain_words_and_not_touched(made_before, monkeypatch):
    before = made_before.read_bytes()
    monkeypatch.setattr(record_store, "MIGRATIONS", record_store.MIGRATIONS[:-1])
    with pytest.raises(StoreNewer, match=r"written by a newer version of this program.*Update the program"):
        record_store.open_store(made_before)
    assert made_before.read_bytes() == before
