"""Opening and making stores, and the one place that commits."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from records import store as record_store
from records.errors import AlreadySaved, EditedMeanwhile, StoreBusy, StoreExists, StoreUnreadable

ROOT = Path(__file__).parents[2]


def test_a_new_practice_is_whole_and_empty(store, owner):
    window = store.open_for(owner)
    assert window.read("SELECT name FROM visible_practice")["name"].tolist() == ["Test practice"]
    assert window.read("SELECT * FROM visible_client").empty
    assert len(window.read("SELECT * FROM visible_injury_type")) >= 12
    assert store.integrity().empty


def test_creating_where_a_file_stands_is_refused_and_leaves_it(tmp_path):
    path = tmp_path / "practice.duckdb"
    path.write_bytes(b"something of somebody's")
    with pytest.raises(StoreExists, match="already exists"):
        record_store.create(path, "Second practice")
    assert path.read_bytes() == b"something of somebody's"


def test_a_half_made_store_of_a_killed_run_does_not_stand_in_the_way(tmp_path):
    (tmp_path / "practice.duckdb.making").write_bytes(b"half")
    (tmp_path / "practice.duckdb.making.wal").write_bytes(b"half of the rest")
    record_store.create(tmp_path / "practice.duckdb", "Test practice").close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["practice.duckdb"]


def an_empty_duckdb_file(path: Path) -> None:
    duckdb.connect(str(path)).close()


def a_duckdb_file_of_another_program(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE song (title VARCHAR)")


def an_empty_file(path: Path) -> None:
    path.touch()


def random_bytes(path: Path) -> None:
    path.write_bytes(os.urandom(20_000))


def a_folder(path: Path) -> None:
    path.mkdir()


def half_a_store(path: Path) -> None:
    record_store.create(path, "Cut off").close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def a_store_with_flipped_bits(path: Path) -> None:
    record_store.create(path, "Damaged").close()
    content = bytearray(path.read_bytes())
    for place in range(12_388, len(content), 50_000):
        content[place] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize(
    "made",
    [
        an_empty_file,
        random_bytes,
        an_empty_duckdb_file,
        a_duckdb_file_of_another_program,
        half_a_store,
        a_store_with_flipped_bits,
        a_folder,
    ],
)
def test_what_is_no_record_store_is_refused_in_words_and_left_as_it_was(made, tmp_path):
    path = tmp_path / "blocked practice.duckdb"  # a name with "lock" in it must not be mistaken for a locked file
    made(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(
        StoreUnreadable, match=r"blocked practice\.duckdb .*([Rr]estore the last (good )?backup|OUTCOMES_DATABASE)"
    ):
        record_store.open_store(path)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreUnreadable, match=r"no record store at .*nowhere\.duckdb"):
        record_store.open_store(tmp_path / "nowhere.duckdb")
    assert not (tmp_path / "nowhere.duckdb").exists()


def test_a_store_open_in_another_process_is_busy_not_broken(store):
    opening = "import sys; from records import store; store.open_store(sys.argv[1])"
    other = subprocess.run(
        [sys.executable, "-c", opening, str(store.path)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert other.returncode != 0
    assert "StoreBusy: practice.duckdb is open in another program" in other.stderr
    assert "Nothing was changed" in other.stderr


def test_a_store_open_twice_in_one_process_is_busy(store):
    with pytest.raises(StoreBusy, match="or close it, then try again"):
        record_store.open_store(store.path)


def test_what_was_saved_is_there_after_reopening(store, owner):
    with store.change(owner, "create") as change:
        change.insert("client", {"name": "Ada Example"})
    store.close()
    reopened = record_store.open_store(store.path)
    names = reopened.open_for(owner).read("SELECT name FROM visible_client")["name"].tolist()
    reopened.close()
    assert names == ["Ada Example"]


def rows_of_an_action(store) -> tuple[int, ...]:
    """How many clients, actions, audit lines and kept values the file holds."""
    cursor = store._connection.cursor()
    tables = ("client", "action", "audit", "audit_values")
    return tuple(cursor.execute(f"SELECT count(*) FROM records.{table}").fetchone()[0] for table in tables)


def test_an_exception_inside_a_change_leaves_nothing(store, owner):
    def interrupted():
        with store.change(owner, "create") as change:
            change.insert("client", {"name": "Ada Example"})
            raise KeyboardInterrupt

    version = store.version
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert rows_of_an_action(store) == (0, 0, 0, 0)
    assert store.version == version


def test_a_refused_value_takes_the_whole_action_with_it(store, owner):
    def add(*names):
        with store.change(owner, "create") as change:
            for name in names:
                change.insert("client", {"name": name})

    with pytest.raises(duckdb.ConstraintException):
        add("Ada Example", "   ")
    assert rows_of_an_action(store) == (0, 0, 0, 0)
    add("Ada Example")
    assert rows_of_an_action(store) == (1, 1, 1, 1)


def test_data_and_audit_lines_are_written_together(store, owner):
    with store.change(owner, "create", reason="first visit") as change:
        change.insert("client", {"name": "Ada Example"})
        change.insert("client", {"name": "Ben Example"})
    assert rows_of_an_action(store) == (2, 1, 2, 2)
    assert store.version == change.action_id


def test_nobody_sees_a_change_before_it_is_whole(store, owner):
    window = store.open_for(owner)
    with store.change(owner, "create") as change:
        change.insert("client", {"name": "Ada Example"})
        assert window.read("SELECT * FROM visible_client").empty
    assert len(window.read("SELECT * FROM visible_client")) == 1


def test_an_action_that_changed_nothing_is_a_mistake_of_the_program(store, owner):
    with pytest.raises(AssertionError, match="nothing it could be audited for"), store.change(owner, "create"):
        ...
    assert rows_of_an_action(store) == (0, 0, 0, 0)


def test_the_same_action_sent_twice_is_saved_once(store, owner):
    def save():
        with store.change(owner, "create", idempotency_key="form 17") as change:
            change.insert("client", {"name": "Ada Example"})

    save()
    with pytest.raises(AlreadySaved, match="nothing was written twice"):
        save()
    assert rows_of_an_action(store) == (1, 1, 1, 1)


def test_of_two_editors_the_second_is_told_and_overwrites_nothing(store, owner):
    with store.change(owner, "create") as change:
        ada = change.insert("client", {"name": "Ada Example"})
    with store.change(owner, "correct") as change:
        assert change.correct("client", ada, 1, {"phone": "555 0100"}) == 2

    with (
        pytest.raises(EditedMeanwhile, match=r"saved by somebody else.*version 1"),
        store.change(owner, "correct") as change,
    ):
        change.correct("client", ada, 1, {"phone": "555 0199"})
    kept = store.open_for(owner).read("SELECT phone, ver FROM visible_client")
    assert kept.values.tolist() == [["555 0100", 2]]
    assert rows_of_an_action(store) == (1, 2, 2, 2)


def test_one_process_serves_one_store_at_a_time(tmp_path, owner):
    first, second = tmp_path / "first.duckdb", tmp_path / "second.duckdb"
    record_store.create(first, "First practice").close()
    record_store.create(second, "Second practice").close()
    assert record_store.serve(first) is record_store.serve(first)
    record_store.serve(second)
    assert record_store.open_for(owner).read("SELECT name FROM visible_practice")["name"].tolist() == [
        "Second practice"
    ]
    record_store.open_store(first).close()  # let go when the second was served


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_records_and_their_log_are_readable_by_their_user_alone(tmp_path, owner):
    store = record_store.create(tmp_path / "practice.duckdb", "Test practice")
    with store.change(owner, "create") as change:
        change.insert("client", {"name": "Ada Example"})
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    store.close()
    assert modes == {"practice.duckdb": 0o600, "practice.duckdb.wal": 0o600}


def test_the_log_of_a_store_that_is_gone_is_not_written_into_a_new_practice(tmp_path):
    (tmp_path / "practice.duckdb.wal").write_bytes(b"records of another practice")
    with pytest.raises(StoreExists, match="left of a record store that is gone"):
        record_store.create(tmp_path / "practice.duckdb", "Test practice")
    assert [file.name for file in tmp_path.iterdir()] == ["practice.duckdb.wal"]
