"""Backup that is known to work: of one moment, read to the last value, every damage found, swapped in whole."""

import dataclasses
import datetime as dt
import itertools
import json
import os
import random
import shutil
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from access import roles
from records import backup, calendar, contents, unfinished
from records import store as record_store
from records.backup import Backup
from records.errors import (
    BackupBroken,
    NotAllowed,
    NotWritten,
    RecordsError,
    StoreBusy,
    StoreClosed,
    StoreExists,
    StoreUnreadable,
)
from records.viewer import Viewer
from tables import practice_of
from tests.records.at_work import at_work, die_at_work

ROOT = Path(__file__).parents[2]
NOON = dt.datetime(2026, 11, 20, 12)

DRAWN = """
    client | day        | before | after | note
    Ada    | 2026-10-01 | 7      | 5     | first visit
    Ada    | 2026-10-08 | 5      | 3     | -
    Ben    | 2026-10-02 | 4      | 4     | -
"""


@pytest.fixture
def recorded(store, owner):
    """A practice with three visits."""
    practice_of(store, owner, DRAWN)
    return store


@pytest.fixture
def made(recorded, tmp_path) -> Backup:
    """A backup of it, in a folder of its own."""
    return backup.backup(recorded, tmp_path / "away" / "copy.duckdb", made_at=NOON)


def names(path: Path) -> set[str]:
    """The clients in a record file nobody has open."""
    with duckdb.connect(str(path), read_only=True) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM client WHERE NOT withdrawn").fetchall()}


def add_client(store, owner, name) -> int:
    with store.change(owner, "create") as change:
        return change.insert("client", {"name": name})


# Making one.


def test_a_backup_holds_every_row_of_every_table(recorded, made):
    cursor = recorded.staging()
    assert made.tables == contents.held(cursor)
    assert made.tables["rating"].rows == 6
    assert names(made.file) == {"Ada", "Ben"}
    assert made.problems == 0


def test_a_backup_keeps_the_checks_of_the_schema(recorded, made):
    asked = "SELECT table_name, constraint_text FROM duckdb_constraints() WHERE database_name = '{}' ORDER BY ALL"
    with duckdb.connect(str(made.file), read_only=True) as copy:
        kept = copy.execute(asked.format("copy")).fetchall()
    assert kept == recorded.staging().execute(asked.format("records")).fetchall()


def test_a_backup_opens_as_a_store_in_which_all_is_well(made, owner):
    opened = record_store.open_store(made.file)
    try:
        assert opened.integrity().empty
        assert len(opened.open_for(owner).read("FROM visible_session")) == 3
    finally:
        opened.close()


def test_the_manifest_says_what_the_backup_must_hold(made):
    told = json.loads((made.file.parent / "copy.duckdb.json").read_text(encoding="utf-8"))
    assert told["made_at"] == "2026-11-20T12:00:00"
    assert told["verified_at"]
    assert told["schema"] == len(record_store.MIGRATIONS)
    assert told["size"] == made.file.stat().st_size
    assert told["tables"]["rating"]["rows"] == 6
    assert told["audit"] == {"seq": made.audit_seq, "hash": made.audit_hash}
    assert len(told["sha256"]) == 64


def test_nothing_else_is_left_in_the_folder_and_nobody_else_can_read_it(made):
    assert sorted(file.name for file in made.file.parent.iterdir()) == ["copy.duckdb", "copy.duckdb.json"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in made.file.parent.iterdir()] == [0o600, 0o600]


def test_an_existing_file_is_never_written_over(recorded, made):
    before = made.file.read_bytes()
    with pytest.raises(StoreExists, match="nothing was changed"):
        backup.backup(recorded, made.file)
    assert made.file.read_bytes() == before


def test_a_backup_is_of_one_moment_while_people_write(recorded, owner, tmp_path):
    """Each action adds a client and an episode; a copy of two moments would hold one without the other."""
    stop, written, failed = threading.Event(), [], []

    def write():
        for number in itertools.count():
            if stop.is_set():
                return
            try:
                with recorded.change(owner, "create") as change:
                    client = change.insert("client", {"name": f"Client {number}"})
                    change.insert(
                        "episode",
                        {"client_id": client, "injury_type_id": 1, "cause": "fall", "opened_on": dt.date(2026, 1, 1)},
                    )
                written.append(client)
            except Exception as problem:
                failed.append(problem)
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = []
        for number in range(3):
            standing = len(written)
            copies.append(backup.backup(recorded, tmp_path / f"copy{number}.duckdb"))
            assert copies[-1].tables["client"].rows - 2 >= standing  # what was acknowledged before is in it
    finally:
        stop.set()
        writer.join()
    assert failed == []
    for copy in copies:
        assert copy.tables["client"].rows == copy.tables["episode"].rows  # Ada and Ben have one each, too
        assert copy.problems == 0
        assert backup.verify(copy.file).tables == copy.tables
    assert copies[-1].tables["client"].rows > copies[0].tables["client"].rows, "nobody wrote meanwhile: proves nothing"


def test_what_was_saved_while_the_copy_was_made_is_not_missed_as_a_difference(recorded, owner, tmp_path, monkeypatch):
    copied = contents.copy

    def slowly(cursor, target):
        add_client(recorded, owner, "Cleo")
        copied(cursor, target)

    monkeypatch.setattr(contents, "copy", slowly)
    assert names(backup.backup(recorded, tmp_path / "copy.duckdb").file) == {"Ada", "Ben"}
    assert len(recorded.open_for(owner).read("FROM visible_client")) == 3


@pytest.mark.parametrize(
    "spoiled",
    [
        "DELETE FROM {0}.rating WHERE rating_id = (SELECT min(rating_id) FROM {0}.rating)",
        "UPDATE {0}.rating SET pain = 0.5 WHERE rating_id = (SELECT min(rating_id) FROM {0}.rating)",
        "UPDATE {}.session_part SET note = NULL",
        "UPDATE {}.audit_values SET reason = 'another'",
        "UPDATE {}.client SET withdrawn = true",
        "INSERT INTO {}.draft_section VALUES (1, 'pain', '{{}}', 1, TIMESTAMP '2026-01-01')",
    ],
)
def test_a_copy_that_differs_in_anything_does_not_count_and_is_taken_away(recorded, tmp_path, monkeypatch, spoiled):
    copied = contents.copy

    def wrongly(cursor, target):
        copied(cursor, target)
        cursor.execute(spoiled.format(target))

    monkeypatch.setattr(contents, "copy", wrongly)
    with pytest.raises(BackupBroken, match="differs from the records"):
        backup.backup(recorded, tmp_path / "away" / "copy.duckdb")
    assert list((tmp_path / "away").iterdir()) == []


def test_a_disk_without_room_is_said_before_anything_is_written(recorded, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(100, 99, 1))
    with pytest.raises(NotWritten, match="There is room for 0 MB"):
        backup.backup(recorded, tmp_path / "away" / "copy.duckdb")
    assert list((tmp_path / "away").iterdir()) == []


def test_a_folder_that_cannot_be_is_said_in_words(recorded, tmp_path):
    (tmp_path / "away").write_text("a file, no folder")
    with pytest.raises(NotWritten, match="nothing that was there was changed"):
        backup.backup(recorded, tmp_path / "away" / "copy.duckdb")


def test_a_backup_that_runs_out_of_disk_leaves_nothing_and_the_app_goes_on(recorded, owner, tmp_path):
    """In a process of its own, whose files may not grow beyond what the copy needs."""
    recorded.close()
    script = f"""
import resource, signal
from pathlib import Path
from records import backup, store
from records.errors import NotWritten
from access import roles
opened = store.open_store(Path({str(recorded.path)!r}))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    backup.backup(opened, Path({str(tmp_path / "full" / "copy.duckdb")!r}))
except NotWritten as refused:
    print(refused)
print(len(opened.open_for(roles.viewer("x", "owner")).read("FROM visible_client")), "clients can be read")
"""
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert "Make room or choose another folder" in ran.stdout, ran.stderr
    assert "2 clients can be read" in ran.stdout
    assert list((tmp_path / "full").iterdir()) == []


# Finding damage.


def test_a_good_backup_is_verified(made):
    verified = backup.verify(made.file)
    assert verified == dataclasses.replace(made, verified_at=verified.verified_at)


def test_a_byte_flipped_anywhere_is_found(made):
    whole, chance = made.file.read_bytes(), random.Random(7)
    blocks = range(0, len(whole), 3 * 262_144)
    places = [*range(0, 3 * 4096, 2048), *(place + chance.randrange(3 * 262_144) for place in blocks), len(whole) - 1]
    unseen = []
    for place in places:
        if place < len(whole):
            made.file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
            try:
                backup.verify(made.file)
                unseen.append(place)
            except BackupBroken:
                pass
    assert unseen == []
    assert len(places) > 15


def test_a_damaged_table_is_named(made):
    """The block that holds the notes is spoiled."""
    whole = made.file.read_bytes()
    place = whole.index(b"first visit")
    made.file.write_bytes(whole[:place] + b"FIRST" + whole[place + 5 :])
    with pytest.raises(BackupBroken, match=r"its table \w+ cannot be read to the end.* Use another backup"):
        backup.verify(made.file)


@pytest.mark.parametrize("left", [0, 1, 4096, 12_288, 300_000, -1])
def test_a_file_cut_short_is_found(made, left):
    whole = made.file.read_bytes()
    made.file.write_bytes(whole[:left])
    with pytest.raises(BackupBroken, match=r"bytes long where its manifest says .*: it was cut short"):
        backup.verify(made.file)


def test_another_file_under_the_name_of_a_backup_is_found(made):
    made.file.write_bytes(b"\x89PNG holiday" + b"\0" * (made.size - 12))
    with pytest.raises(BackupBroken, match="is not the file its manifest describes"):
        backup.verify(made.file)


def test_a_record_changed_in_a_backup_is_found_and_its_table_named(made):
    """By somebody who also puts the size right again."""
    with duckdb.connect(str(made.file)) as connection:
        connection.execute("UPDATE rating SET pain = 0.5 WHERE rowid = 0")
    told = json.loads((manifest := Path(f"{made.file}.json")).read_text())
    manifest.write_text(json.dumps(told | {"size": made.file.stat().st_size}))
    with pytest.raises(BackupBroken, match="a value in table rating is another"):
        backup.verify(made.file)


def test_a_row_taken_out_of_a_backup_is_found_whatever_its_manifest_says_of_the_file(made):
    with duckdb.connect(str(made.file)) as connection:
        connection.execute("DELETE FROM rating WHERE rowid = 0")
    told = json.loads((manifest := Path(f"{made.file}.json")).read_text())
    told |= {"size": made.file.stat().st_size, "sha256": unfinished.sha256(made.file)}
    manifest.write_text(json.dumps(told))
    with pytest.raises(BackupBroken, match="table rating holds 5 rows where 6 belong"):
        backup.verify(made.file)


def test_the_backup_of_another_practice_is_found(made, tmp_path):
    other = record_store.create(tmp_path / "other.duckdb", "Other practice")
    copy = backup.backup(other, tmp_path / "other-copy.duckdb")
    other.close()
    shutil.copy2(copy.file, made.file)
    told = json.loads((manifest := Path(f"{made.file}.json")).read_text())
    manifest.write_text(json.dumps(told | {"size": copy.size}))
    with pytest.raises(BackupBroken, match="holds the records of another practice"):
        backup.verify(made.file)


@pytest.mark.parametrize("manifest", [None, "", "{}", "[1]", '{"format": "another"}', "null"])
def test_a_backup_without_a_manifest_of_ours_is_not_taken_for_good(made, manifest):
    beside = Path(f"{made.file}.json")
    beside.unlink() if manifest is None else beside.write_text(manifest)
    with pytest.raises(BackupBroken, match="has no manifest beside it"):
        backup.verify(made.file)
    assert backup.listed(made.file.parent) == []


def test_a_file_without_manifest_can_be_vouched_for_by_hand(made):
    Path(f"{made.file}.json").unlink()
    assert backup.verify(made.file, without_manifest=True).tables == made.tables


def test_a_file_without_manifest_must_have_a_trail_that_holds(made):
    Path(f"{made.file}.json").unlink()
    with duckdb.connect(str(made.file)) as connection:
        connection.execute("UPDATE audit SET actor = 'somebody else' WHERE seq = 1")
    with pytest.raises(BackupBroken, match="its audit trail does not hold"):
        backup.verify(made.file, without_manifest=True)


def test_a_backup_somebody_worked_in_is_refused_with_its_log(made):
    Path(f"{made.file}.wal").write_bytes(b"left of some work")
    with pytest.raises(BackupBroken, match=r"Beside copy.duckdb lies copy.duckdb.wal"):
        backup.verify(made.file)


def test_a_backup_of_a_newer_program_says_so(made, monkeypatch):
    monkeypatch.setattr(record_store, "MIGRATIONS", record_store.MIGRATIONS[:-1])
    with pytest.raises(BackupBroken, match=r"a newer version of this program made it .*bring the program up to date"):
        backup.verify(made.file)


def test_a_backup_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BackupBroken, match=r"There is no file gone\.duckdb"):
        backup.verify(tmp_path / "gone.duckdb")


def test_messages_about_damage_name_no_person(made):
    whole = made.file.read_bytes()
    made.file.write_bytes(whole.replace(b"Ada", b"Adx"))
    with pytest.raises(BackupBroken) as said:
        backup.verify(made.file)
    assert "Ad" not in str(said.value)


def test_digests_of_another_version_of_the_engine_are_not_held_against_a_whole_file(made):
    told = json.loads((manifest := Path(f"{made.file}.json")).read_text())
    told["engine"] = "duckdb 9.9.9"
    told["tables"] = {table: held | {"digest": "1"} for table, held in told["tables"].items()}
    manifest.write_text(json.dumps(told))
    assert backup.verify(made.file).sha256 == made.sha256


# Bringing one back.


def test_a_restore_puts_the_backup_in_place_and_keeps_the_file_it_replaced(recorded, made, owner):
    add_client(recorded, owner, "Cleo")
    recorded.close()
    done = backup.restore(made.file, recorded.path)
    assert names(recorded.path) == {"Ada", "Ben"}
    assert names(done.replaced) == {"Ada", "Ben", "Cleo"}
    assert done.replaced.parent == recorded.path.parent
    assert done.replaced.name.startswith("practice.replaced-2")
    assert made.file.exists()


def test_nobody_begins_a_practice_where_one_is_brought_back(recorded, made, monkeypatch):
    recorded.close()
    recorded.path.unlink()
    verified, seen = backup.verify, []

    def looked(*asked, **told):
        seen.append(unfinished.somebody_makes(recorded.path))
        return verified(*asked, **told)

    monkeypatch.setattr(backup, "verify", looked)
    backup.restore(made.file, recorded.path)
    assert seen == [True]
    assert not unfinished.somebody_makes(recorded.path)


def test_a_restore_twice_in_a_second_keeps_both_files(recorded, made, owner):
    recorded.close()
    kept = {backup.restore(made.file, recorded.path).replaced for _ in range(2)}
    assert len(kept) == 2
    assert all(file.exists() for file in kept)


def test_a_file_that_is_missing_is_made_anew(recorded, made):
    recorded.close()
    recorded.path.unlink()
    assert backup.restore(made.file, recorded.path).replaced is None
    assert names(recorded.path) == {"Ada", "Ben"}


@pytest.mark.parametrize("damage", ["garbage", "empty", "cut short", "head spoiled"])
def test_a_damaged_file_is_replaced_and_kept_as_it_was(recorded, made, damage):
    recorded.close()
    whole = recorded.path.read_bytes()
    spoiled = {
        "garbage": b"holiday photo" * 1000,
        "empty": b"",
        "cut short": whole[: len(whole) // 2],
        "head spoiled": b"\xff" * 8192 + whole[8192:],
    }[damage]
    recorded.path.write_bytes(spoiled)
    done = backup.restore(made.file, recorded.path)
    assert names(recorded.path) == {"Ada", "Ben"}
    if spoiled:  # DuckDB takes an empty file for a new one
        assert done.replaced.read_bytes() == spoiled


def test_the_log_of_the_replaced_file_is_never_applied_to_the_new_one(made, tmp_path):
    """The app is killed with changes in its log, and the file is then damaged: both are kept, the new one is clean."""
    file, log = kill_with_a_log(made, tmp_path)
    assert log.stat().st_size > 0
    with file.open("r+b") as opened:
        opened.write(b"\xff" * 12_288)
    before = log.read_bytes()
    done = backup.restore(made.file, file)
    assert names(file) == {"Ada", "Ben"}
    assert not log.exists()
    assert record_store.log_of(done.replaced).read_bytes() == before


def test_what_stood_in_the_log_of_a_whole_file_is_kept_with_it(made, tmp_path):
    file, log = kill_with_a_log(made, tmp_path)
    done = backup.restore(made.file, file)
    assert not log.exists()
    assert names(file) == {"Ada", "Ben"}
    assert names(done.replaced) == {"Ada", "Ben", "In the log"}


def test_a_log_without_its_file_is_kept_too(made, tmp_path):
    file, log = kill_with_a_log(made, tmp_path)
    file.unlink()
    before = log.read_bytes()
    backup.restore(made.file, file)
    assert names(file) == {"Ada", "Ben"}
    assert not log.exists()
    (kept,) = tmp_path.glob("killed/practice.replaced-*.wal")
    assert kept.read_bytes() == before


def kill_with_a_log(made: Backup, tmp_path: Path) -> tuple[Path, Path]:
    """The same practice elsewhere, where a process added a client and was killed; its file and that one's log."""
    file = tmp_path / "killed" / "practice.duckdb"
    file.parent.mkdir()
    shutil.copy2(made.file, file)
    add_and_die = f"""
import os, signal
from pathlib import Path
from access import roles
from records import store
opened = store.open_store(Path({str(file)!r}))
with opened.change(roles.viewer("x", "owner"), "create") as change:
    change.insert("client", {{"name": "In the log"}})
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", add_and_die], cwd=ROOT, timeout=120, check=False)
    return file, record_store.log_of(file)


def test_a_file_another_process_works_on_is_not_replaced(recorded, made):
    recorded.close()
    hold = (
        f"import duckdb, sys; c = duckdb.connect({str(recorded.path)!r}); print('open', flush=True); sys.stdin.read()"
    )
    held = subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert held.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy, match="is open in another program"):
            backup.restore(made.file, recorded.path)
    finally:
        held.communicate(timeout=30)
    assert names(recorded.path) == {"Ada", "Ben"}
    assert not list(recorded.path.parent.glob("*.making"))


def test_a_file_this_process_works_on_is_not_replaced(recorded, made):
    with pytest.raises(StoreBusy):
        backup.restore(made.file, recorded.path)
    assert not [*recorded.path.parent.glob("*.re*"), *recorded.path.parent.glob("*.making")]


def test_a_backup_never_takes_the_place_of_another_practice(made, tmp_path):
    record_store.create(tmp_path / "other.duckdb", "Other practice").close()
    before = (tmp_path / "other.duckdb").read_bytes()
    with pytest.raises(NotAllowed, match="the records of another practice"):
        backup.restore(made.file, tmp_path / "other.duckdb")
    assert (tmp_path / "other.duckdb").read_bytes() == before


def test_a_broken_backup_replaces_nothing(recorded, made):
    recorded.close()
    before = recorded.path.read_bytes()
    made.file.write_bytes(made.file.read_bytes()[:-1])
    with pytest.raises(BackupBroken):
        backup.restore(made.file, recorded.path)
    assert recorded.path.read_bytes() == before
    assert not [*recorded.path.parent.glob("*.re*"), *recorded.path.parent.glob("*.making")]


def test_a_copy_that_went_wrong_on_the_way_replaces_nothing(recorded, made, monkeypatch):
    recorded.close()
    before = recorded.path.read_bytes()
    copied = shutil.copyfile

    def wrongly(source, target):
        copied(source, target)
        with duckdb.connect(str(target)) as connection:
            connection.execute("UPDATE rating SET pain = 0 WHERE rowid = 0")

    monkeypatch.setattr(shutil, "copyfile", wrongly)
    with pytest.raises(BackupBroken, match="is not the same"):
        backup.restore(made.file, recorded.path)
    assert recorded.path.read_bytes() == before


def test_the_record_file_itself_is_no_backup_of_itself(made):
    with pytest.raises(NotAllowed, match="is the record file itself"):
        backup.restore(made.file, made.file)


def test_a_disk_without_second_names_gets_a_copy(recorded, made, monkeypatch):
    recorded.close()
    before = recorded.path.read_bytes()
    monkeypatch.setattr(os, "link", lambda *names: (_ for _ in ()).throw(OSError("no links here")))
    assert backup.restore(made.file, recorded.path).replaced.read_bytes() == before


# Into the store people are looking at.


@pytest.fixture
def served(recorded, made):
    """The practice as the app serves it; `made` is its backup."""
    recorded.close()
    return record_store.serve(recorded.path)


def test_the_served_store_is_swapped_and_its_trail_says_so(served, made, owner):
    add_client(served, owner, "Cleo")
    done = backup.restore_served(owner, made.file)
    restored = record_store.current()
    assert set(restored.open_for(owner).read("FROM visible_client")["name"]) == {"Ada", "Ben"}
    assert names(done.replaced) == {"Ada", "Ben", "Cleo"}
    line, facts = (
        restored.staging()
        .execute(
            "SELECT what, after FROM records.audit JOIN records.audit_values USING (seq) ORDER BY seq DESC LIMIT 1"
        )
        .fetchone()
    )
    assert line == "restore"
    assert json.loads(facts)["restored_from"] == "copy.duckdb"
    assert json.loads(facts)["kept_as"] == done.replaced.name
    assert restored.integrity().empty


def test_whoever_was_at_work_is_told_and_the_next_page_goes_on(served, made, owner):
    window = served.open_for(owner)
    backup.restore_served(owner, made.file)
    with pytest.raises(StoreClosed, match="Load the page again"):
        window.read("FROM visible_client")
    with pytest.raises(StoreClosed, match="is not saved"), served.change(owner, "create"):
        pytest.fail("nothing can be written any more")
    with pytest.raises(StoreClosed):
        served.staging()
    assert len(record_store.open_for(owner).read("FROM visible_client")) == 2


def test_a_restore_that_is_refused_leaves_the_store_served(served, made, owner):
    made.file.write_bytes(b"")
    with pytest.raises(BackupBroken):
        backup.restore_served(owner, made.file)
    assert len(record_store.current().open_for(owner).read("FROM visible_client")) == 2


def test_only_who_takes_care_of_the_data_backs_up_or_restores(served, made, owner):
    nobody = Viewer("kim", "therapist", owner.rights - {"data.care"}, "all")
    with pytest.raises(NotAllowed):
        backup.restore_served(nobody, made.file)
    with pytest.raises(NotAllowed):
        backup.backup_now(served, nobody)


def test_the_invented_sample_is_neither_backed_up_nor_restored(sample_store, owner, tmp_path):
    with pytest.raises(NotAllowed):
        backup.backup_now(sample_store, owner)
    assert backup.keep(sample_store, tmp_path / "away", NOON) is None
    assert not (tmp_path / "away").exists()


def test_a_damaged_record_file_is_said_and_no_backup_deleted(recorded, made, monkeypatch):
    def unreadable(cursor, database="records"):
        raise contents.TableUnreadable("rating")

    monkeypatch.setattr(contents, "held", unreadable)
    with pytest.raises(StoreUnreadable, match=r"table rating cannot be read to the end\. Restore the last good backup"):
        backup.backup(recorded, made.file.with_name("second.duckdb"))
    assert made.file.exists()


def test_a_problem_in_the_records_is_told_with_the_backup_and_does_not_prevent_it(recorded, tmp_path):
    recorded.staging().execute("DELETE FROM records.client WHERE name = 'Ben'")
    made = backup.backup(recorded, tmp_path / "copy.duckdb")
    assert made.problems > 0
    assert backup.verify(made.file).problems == made.problems


def test_how_much_would_be_lost_is_counted_in_actions(recorded, made, owner):
    assert backup.saved_since(recorded, made) == (0, None)
    add_client(recorded, owner, "Cleo")
    add_client(recorded, owner, "Dan")
    count, last = backup.saved_since(recorded, made)
    assert count == 2
    assert last is not None


# Keeping them.


@pytest.fixture
def quickly(monkeypatch):
    """Backups of a few bytes, so that 400 days pass quickly; names, manifests and rotation are the real ones."""

    def pretend(store, to, *, made_at=None):
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(b"copy")
        made = Backup(to, backup._practice_of(store), made_at, made_at, 6, {}, contents.ENGINE, 1, "0", 0, "0" * 64, 4)
        backup._write_manifest(made, to.parent)
        return made

    monkeypatch.setattr(backup, "backup", pretend)


def days_kept(folder: Path) -> list[dt.date]:
    return [each.made_at.date() for each in backup.listed(folder)]


def expected(days: list[dt.date]) -> list[dt.date]:
    """Which days have a backup after these, told a second time: the last 7, the last of 4 weeks and of 12 months."""
    last_of_week = {day.isocalendar()[:2]: day for day in days}
    last_of_month = {(day.year, day.month): day for day in days}
    return sorted({*days[-7:], *list(last_of_week.values())[-4:], *list(last_of_month.values())[-12:]}, reverse=True)


def test_four_hundred_days_leave_seven_days_four_weeks_and_twelve_months(store, tmp_path, quickly):
    folder, days = tmp_path / "away", []
    for number in range(400):
        now = dt.datetime(2026, 1, 1, 18) + dt.timedelta(days=number)
        assert backup.keep(store, folder, now)
        days.append(now.date())
        assert days_kept(folder) == expected(days)
    # Seven days to 4 February; of the weeks the two that ended before them, of the months the ten before January.
    assert len(days_kept(folder)) == 7 + 2 + 10
    assert sum(1 for file in folder.iterdir()) == 2 * len(days_kept(folder))


def test_days_on_which_the_app_did_not_run_cost_no_backup(store, tmp_path, quickly):
    """Three weeks of holiday: what was there before is still there."""
    folder = tmp_path / "away"
    for number in (*range(7), 28, 29):
        backup.keep(store, folder, dt.datetime(2026, 1, 1, 18) + dt.timedelta(days=number))
    assert len(days_kept(folder)) >= 7


def test_one_backup_a_day_is_enough(store, tmp_path, quickly):
    folder = tmp_path / "away"
    assert backup.keep(store, folder, NOON)
    assert backup.keep(store, folder, NOON + dt.timedelta(hours=3)) is None
    assert backup.keep(store, folder, NOON + dt.timedelta(hours=12))


def test_a_clock_that_goes_back_deletes_nothing(store, tmp_path, quickly):
    folder = tmp_path / "away"
    for number in range(60):
        backup.keep(store, folder, NOON + dt.timedelta(days=number))
    before = set(days_kept(folder))
    for number in range(20):  # half a year back, and on from there
        assert backup.keep(store, folder, NOON + dt.timedelta(days=number - 180))
    assert before < set(days_kept(folder))
    assert len(days_kept(folder)) == len(before) + 20
    backup.keep(store, folder, NOON + dt.timedelta(days=60))  # right again
    assert len(days_kept(folder)) < len(before) + 20
    assert NOON.date() + dt.timedelta(days=60) in days_kept(folder)


def test_nothing_but_our_own_verified_backups_is_ever_deleted(store, tmp_path, quickly):
    folder = tmp_path / "away"
    backup.keep(store, folder, NOON - dt.timedelta(days=900))
    (old,) = backup.listed(folder)
    strangers = {
        "thesis.docx": b"mine",
        "thesis.json": b"{}",
        "practice.duckdb": b"a record file",
        "practice-zz-2020-01-01-120000.duckdb": b"another practice's",
        old.file.name.replace("2024", "2023"): b"of our name, without a manifest",
        f"{old.file.name.replace('2024', '2022')}.json": b"a manifest without a file",
        "by hand.duckdb": b"copy",
    }
    for name, content in strangers.items():
        (folder / name).write_bytes(content)
    by_hand = dataclasses.replace(old, file=folder / "by hand.duckdb")
    backup._write_manifest(by_hand, folder)
    for number in range(400):
        backup.keep(store, folder, NOON + dt.timedelta(days=number))
    assert not old.file.exists()
    assert [name for name in strangers if not (folder / name).exists()] == []


def test_the_backups_of_another_practice_in_the_same_folder_are_its_own(store, tmp_path, quickly):
    other = record_store.create(tmp_path / "other.duckdb", "Other practice")
    try:
        for number in range(30):
            backup.keep(store, tmp_path / "away", NOON + dt.timedelta(days=number))
            backup.keep(other, tmp_path / "away", NOON + dt.timedelta(days=number))
        own = [backup.listed(tmp_path / "away", backup._practice_of(each)) for each in (store, other)]
        assert len(own[0]) == len(own[1]) > 7
        assert {each.file for each in own[0]}.isdisjoint(each.file for each in own[1])
    finally:
        other.close()


def test_when_a_backup_fails_the_old_ones_stay(store, tmp_path, monkeypatch, quickly):
    folder = tmp_path / "away"
    for number in range(10):
        backup.keep(store, folder, NOON + dt.timedelta(days=number))
    before = days_kept(folder)
    monkeypatch.setattr(backup, "backup", lambda *asked, **told: (_ for _ in ()).throw(NotWritten("disk full")))
    with pytest.raises(RecordsError):
        backup.keep(store, folder, NOON + dt.timedelta(days=500))
    assert days_kept(folder) == before


def test_what_a_kill_left_half_made_is_cleared_by_the_next_backup(recorded, tmp_path):
    folder = tmp_path / "away"
    folder.mkdir()
    die_at_work(folder / backup._our_name(backup._practice_of(recorded), NOON - dt.timedelta(days=1)))
    assert len(list(folder.iterdir())) == 1
    made = backup.keep(recorded, folder, NOON)
    assert sorted(file.name for file in folder.iterdir()) == [made.file.name, made.file.name + ".json"]


def test_the_schedule_leaves_a_backup_somebody_is_making_by_hand_alone_and_counts_it(recorded, owner, monkeypatch):
    copied, go_on, looking = threading.Event(), threading.Event(), threading.Event()
    scanned, ours = backup._scanned, backup._ours

    def slowly(file):
        copied.set()
        assert go_on.wait(60)
        return scanned(file)

    def looked(*asked):
        looking.set()
        return ours(*asked)

    monkeypatch.setattr(backup, "_scanned", slowly)
    monkeypatch.setattr(backup, "_ours", looked)
    with ThreadPoolExecutor() as pool:
        by_hand = pool.submit(backup.backup_now, recorded, owner)
        assert copied.wait(60)
        step = pool.submit(backup.keep, recorded, backup.folder_of(recorded), calendar.now())
        looking.wait(0.5)  # it may look once the lock is free, and not before
        assert not looking.is_set()
        go_on.set()
        made = by_hand.result(timeout=60)
        assert step.result(timeout=60) is None
    assert [each.file for each in backup.kept_for(recorded)] == [made.file]


def test_a_backup_another_program_is_making_in_the_folder_is_left_alone(recorded, tmp_path):
    folder = tmp_path / "away"
    folder.mkdir()
    name = backup._our_name(backup._practice_of(recorded), NOON - dt.timedelta(days=1))
    with at_work(folder / name) as place:
        backup.keep(recorded, folder, NOON)
        assert (place / name).read_bytes() == b"half"
    assert not place.exists()


def test_two_backups_under_one_name_do_not_write_over_each_other(recorded, tmp_path, monkeypatch):
    """Another program finishes one while this one is made."""
    to, scanned = tmp_path / "away" / "copy.duckdb", backup._scanned

    def meanwhile(file):
        to.write_bytes(b"of another")
        return scanned(file)

    monkeypatch.setattr(backup, "_scanned", meanwhile)
    with pytest.raises(StoreExists):
        backup.backup(recorded, to)
    assert [file.read_bytes() for file in to.parent.iterdir()] == [b"of another"]


def test_a_clock_set_ahead_by_years_and_put_right_costs_no_backup(store, tmp_path, quickly):
    folder = tmp_path / "away"
    for number in range(40):
        backup.keep(store, folder, NOON + dt.timedelta(days=number))
    kept = days_kept(folder)
    ahead = [NOON + dt.timedelta(days=1500 + number) for number in range(2)]
    for now in ahead:
        backup.keep(store, folder, now)
    assert set(kept[:5]) < set(days_kept(folder))  # of the 7 last days, two are of the future now
    standing = set(days_kept(folder))
    for number in range(40, 60):
        assert backup.keep(store, folder, NOON + dt.timedelta(days=number))
    right = {(NOON + dt.timedelta(days=number)).date() for number in range(40, 60)}
    assert set(days_kept(folder)) == standing | right


def test_the_newest_good_one_is_found(recorded, tmp_path):
    folder = tmp_path / "away"
    first, second = (backup.keep(recorded, folder, NOON + dt.timedelta(days=number)) for number in range(2))
    assert backup.latest_good(folder).file == second.file
    second.file.write_bytes(b"cut short")
    assert backup.latest_good(folder).file == first.file
    first.file.unlink()
    assert backup.latest_good(folder) is None
    assert backup.latest_good(tmp_path / "no such folder") is None


def test_backups_lie_beside_the_records_unless_a_folder_was_chosen(recorded, tmp_path):
    assert backup.folder_of(recorded) == tmp_path / "backups"
    chosen = dataclasses.replace(recorded.settings, backup_folder=tmp_path / "elsewhere")
    recorded.settings = chosen
    assert backup.folder_of(recorded) == tmp_path / "elsewhere"
    assert backup.on_the_same_disk(recorded, backup.folder_of(recorded))
    assert not backup.on_the_same_disk(recorded, Path("/proc"))


def test_a_chosen_folder_whose_disk_is_missing_is_not_made_anew_on_another(recorded, owner, tmp_path):
    recorded.settings = dataclasses.replace(recorded.settings, backup_folder=tmp_path / "usb" / "backups")
    for attempt in (
        lambda: backup.keep(recorded, backup.folder_of(recorded), NOON),
        lambda: backup.backup_now(recorded, owner),
    ):
        with pytest.raises(NotWritten, match="its disk may not be connected"):
            attempt()
    assert not (tmp_path / "usb").exists()
    (tmp_path / "usb" / "backups").mkdir(parents=True)
    assert backup.keep(recorded, backup.folder_of(recorded), NOON)


def test_owners_hold_the_right_to_take_care_of_the_data():
    assert roles.viewer("anna", "owner").may("data.care")
