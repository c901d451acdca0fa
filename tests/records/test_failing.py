"""When the machine fails: a full disk, one that may only be read, a damaged file, a second program, a clock set back.

Each has a plain message and a way on, and nothing acknowledged is lost.
"""

import contextlib
import datetime as dt
import gc
import os
import random
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from access import practice
from records import backup, calendar, drafts, ids
from records import store as record_store
from records.errors import NotWritten, StoreBusy, StoreUnreadable
from tables import practice_of

ROOT = Path(__file__).parents[2]
SAFE = "Everything saved before is safe. Make room on it, then save again."


class Disk:
    """A folder to keep records in, whose room can be taken away and given back."""

    def __init__(self, folder: Path):
        self.folder = folder

    def fill(self, left: int) -> None:
        """Leave so many bytes."""

    def empty(self) -> None:
        """Give all room back."""


class SmallDisk(Disk):
    """A file system of its own in memory, filled to the last byte; for a user who may mount one."""

    def fill(self, left: int) -> None:
        room = os.statvfs(self.folder)
        with (self.folder / "ballast").open("wb") as ballast:
            ballast.write(b"\0" * max(0, room.f_bavail * room.f_bsize - left))

    def empty(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)


class Allowance(Disk):
    """No file of this process may grow beyond a size, which fails at the same writes; for every user."""

    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    def fill(self, left: int) -> None:
        # The record file has its size already; what grows is its log, and the file itself at the next checkpoint.
        resource.setrlimit(resource.RLIMIT_FSIZE, (max(left, 4096), self.hard))

    def empty(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.hard, self.hard))


def mounted(folder: Path, options: str) -> bool:
    """Whether a file system in memory could be mounted there."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    return shutil.which("mount") is not None and subprocess.run(command, capture_output=True).returncode == 0


def unmount(folder: Path) -> None:
    gc.collect()
    subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path):
    """A disk that can be full: one of its own where one may be mounted, elsewhere an allowance for this process.

    An allowance would stop what pytest itself writes too, where that goes into a file.
    """
    folder = tmp_path / "disk"
    if mounted(folder, "size=64m"):
        try:
            yield SmallDisk(folder)
        finally:
            unmount(folder)
    elif stat.S_ISREG(os.fstat(1).st_mode):
        pytest.skip("no file system can be mounted here, and an allowance would stop the tests' own output")
    else:
        small = Allowance(folder)
        yield small
        small.empty()


@pytest.fixture
def on_disk(disk, empty_store_path):
    """A practice on that disk, open; its log is taken in at every megabyte: few writes meet all that can fail."""
    opened = record_store.open_store(shutil.copy2(empty_store_path, disk.folder / "practice.duckdb"))
    opened._connection.execute("SET checkpoint_threshold = '1MB'")
    yield opened
    disk.empty()
    opened.close()


@pytest.fixture
def read_only(tmp_path, empty_store_path, owner):
    """A practice with a client on a disk that may only be read."""
    folder = tmp_path / "disk"
    is_mounted = mounted(folder, "size=64m")
    path = Path(shutil.copy2(empty_store_path, folder / "practice.duckdb"))
    made = record_store.open_store(path)
    practice_of(made, owner, "client | day\nAda | 2026-03-02")
    made.close()
    gc.collect()
    if is_mounted:
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        yield path
        unmount(folder)
    elif os.geteuid() == 0:
        pytest.skip("no file system can be mounted here, and nothing is read-only for this user")
    else:
        path.chmod(0o400)
        folder.chmod(0o500)
        yield path
        folder.chmod(0o700)


def save(store, owner, name: str, rows: int = 1) -> None:
    with store.change(owner, "create", idempotency_key=name) as change:
        for row in range(rows):
            change.insert("client", {"name": f"{name} {row}", "language": "x" * 2000})


def clients(store, owner) -> int:
    return len(store.open_for(owner).read("SELECT client_id FROM visible_client"))


@pytest.mark.parametrize("left", [30_000, 400_000, 900_000, 1_300_000])
def test_a_full_disk_refuses_in_words_loses_nothing_acknowledged_and_saves_again_once_there_is_room(
    left, disk, on_disk, owner
):
    window = on_disk.open_for(owner)
    disk.fill(left)
    acknowledged, refused = 0, None
    for number in range(60):
        try:
            save(on_disk, owner, f"Change {number}", rows=20)
        except NotWritten as error:
            refused = str(error)
            break
        acknowledged += 1
    assert refused == f"This was not saved: the disk that holds practice.duckdb is full. {SAFE}"
    assert on_disk.trouble == f"The last change could not be saved: the disk that holds practice.duckdb is full. {SAFE}"
    assert len(window.read("SELECT client_id FROM visible_client")) == 20 * acknowledged  # a page goes on reading
    disk.empty()
    save(on_disk, owner, f"Change {acknowledged}", rows=20)  # the same action again: once
    assert on_disk.trouble is None
    assert on_disk.integrity().empty
    on_disk.close()
    again = record_store.open_store(on_disk.path)
    assert clients(again, owner) == 20 * (acknowledged + 1)
    assert again.integrity().empty
    again.close()


def test_a_page_that_was_open_when_the_file_had_to_be_opened_again_goes_on_reading(disk, on_disk, owner):
    save(on_disk, owner, "Ada", rows=200)
    window = on_disk.open_for(owner)
    disk.fill(4096)
    with pytest.raises(duckdb.IOException, match="has been invalidated"):
        on_disk._connection.execute("CHECKPOINT records")
    assert len(window.read("SELECT client_id FROM visible_client")) == 200
    assert on_disk.opening == 1


def test_a_draft_on_a_full_disk_keeps_its_last_saved_section(disk, on_disk, owner):
    drawn = practice_of(on_disk, owner, "client | day\nAda | 2026-03-02")
    draft_id = drafts.begin(on_disk, owner, drawn.clients["Ada"])
    drafts.save(on_disk, owner, draft_id, "note", {"parts": {"1": {"note": "kept"}}})
    disk.fill(4096)

    def save_on():
        for ver in range(1, 60):
            drafts.save(on_disk, owner, draft_id, "note", {"parts": {"1": {"note": "x" * 40_000}}}, ver)

    with pytest.raises(NotWritten, match=r"This was not saved: the disk that holds practice\.duckdb is full"):
        save_on()
    kept = drafts.read(on_disk, owner, draft_id).sections["note"]
    disk.empty()
    drafts.save(on_disk, owner, draft_id, "note", {"parts": {"1": {"note": "again"}}}, kept.ver)
    assert drafts.read(on_disk, owner, draft_id).sections["note"].content == {"parts": {"1": {"note": "again"}}}


def test_a_store_on_a_full_disk_opens(disk, on_disk, owner):
    save(on_disk, owner, "Ada")
    on_disk.close()
    disk.fill(4096)
    opened = record_store.open_store(on_disk.path)
    assert clients(opened, owner) == 1
    opened.close()


def test_a_change_that_was_kept_although_the_disk_failed_just_after_it_is_said_to_be_saved(store, owner, monkeypatch):
    answers = store._answers

    def found_out_late():
        # The machine cannot be made to fail at that very moment; what the store then finds can be put there.
        with store._connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO records.action SELECT $id, 'Ada', now()::TIMESTAMP, 'test owner', 'create', NULL",
                {"id": failed.action_id},
            )
        return answers()

    monkeypatch.setattr(store, "_answers", found_out_late)
    with store.change(owner, "create", idempotency_key="Ada") as failed:
        failed.insert("client", {"name": "Ada"})
        failed.cursor = _FailsAtCommit(failed.cursor)
        monkeypatch.setattr(record_store.trail, "write", _disk_fails)
    assert store.version == failed.action_id


def _disk_fails(*_):
    raise duckdb.IOException("IO Error: Input/output error")


class _FailsAtCommit:
    def __init__(self, cursor):
        self.execute = cursor.execute


def test_on_a_read_only_disk_everything_is_read_and_every_page_says_that_nothing_is_saved(
    read_only, owner, monkeypatch
):
    opened = record_store.open_store(read_only)
    assert clients(opened, owner) == 1
    with pytest.raises(NotWritten, match=r"practice\.duckdb or its disk is read-only.*then save again"):
        save(opened, owner, "Ben")
    assert opened.integrity().empty
    opened.close()
    monkeypatch.setenv("OUTCOMES_DATABASE", str(read_only))
    shown = AppTest.from_file(ROOT / "dashboard.py", default_timeout=60).run()
    assert [warning.value.split(":")[0] for warning in shown.warning] == ["Nothing can be saved"]
    assert not shown.exception


def test_a_disk_that_may_be_written_again_is_written_without_a_restart(read_only, owner):
    opened = record_store.open_store(read_only)
    if os.path.ismount(read_only.parent):
        subprocess.run(["mount", "-o", "remount,rw", str(read_only.parent)], check=True)
    else:
        read_only.parent.chmod(0o700)
        read_only.chmod(0o600)
    save(opened, owner, "Ben")
    assert opened.trouble is None
    assert clients(opened, owner) == 2
    opened.close()


def test_an_earlier_schema_on_a_read_only_disk_says_that_it_must_be_writable_once(read_only, monkeypatch, tmp_path):
    step = tmp_path / "9999_one_more.sql"
    step.write_text("CREATE TABLE parking (place INTEGER);")
    monkeypatch.setattr(record_store, "MIGRATIONS", [*record_store.MIGRATIONS, step])
    with pytest.raises(StoreUnreadable, match="must be brought up to this one, but it or its disk is read-only"):
        record_store.open_store(read_only)


@pytest.fixture
def written(store, owner) -> Path:
    """A closed practice large enough that most of it is values."""
    save(store, owner, "Client", rows=3000)
    store.close()
    return store.path


def what_is_said(path: Path, owner) -> str:
    """Where damage is met, and the words."""
    try:
        opened = record_store.open_store(path)
    except StoreUnreadable as error:
        return f"at the door: {error}"
    with contextlib.closing(opened):
        try:
            opened.open_for(owner).read("SELECT max(language), max(name) FROM visible_client")
            problems = opened.integrity()
        except StoreUnreadable as error:
            return f"where it is read: {error}"
    return "nothing" if problems.empty else "a broken record"


def test_damage_is_said_wherever_it_lies_and_whatever_else_can_be_read_is(written, owner):
    whole, chance, said = written.read_bytes(), random.Random(7), []
    for _ in range(12):
        spoiled, place = bytearray(whole), chance.randrange(12288, len(whole))
        spoiled[place : place + 64] = bytes(byte ^ 0xFF for byte in spoiled[place : place + 64])
        written.write_bytes(spoiled)
        said.append(what_is_said(written, owner))
    # "nothing" is said where nothing is kept.
    assert {words.split(":")[0] for words in said} == {"at the door", "where it is read", "nothing"}
    for words in said:
        assert words == "nothing" or ("is damaged or was cut short" in words and "records restore FILE" in words)


def test_a_page_that_meets_the_damage_says_so_in_a_sentence(written, owner, monkeypatch):
    monkeypatch.setenv("OUTCOMES_DATABASE", str(written))
    practice.opened()

    def damaged(*_, **__):
        raise duckdb.IOException(
            "IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2"
        )

    monkeypatch.setattr(record_store.Store, "open_for", damaged)
    shown = AppTest.from_file(ROOT / "dashboard.py", default_timeout=60).run()
    assert [error.value.split(".duckdb ")[1].split(",")[0] for error in shown.error] == ["is damaged or was cut short"]
    assert not shown.exception


@pytest.mark.parametrize("share", [0.97, 0.5, 0.1, 0.001])
def test_a_file_that_was_cut_short_is_said_so_with_the_way_on(share, written, owner, tmp_path):
    whole = record_store.open_store(written)
    backup.backup(whole, tmp_path / "copy.duckdb")
    whole.close()
    written.write_bytes(written.read_bytes()[: int(written.stat().st_size * share)])
    words = what_is_said(written, owner)
    assert "is damaged or was cut short" in words or "cannot be opened as a record store" in words
    assert "estore the last" in words
    kept = backup.restore(tmp_path / "copy.duckdb", written).replaced  # the way on
    restored = record_store.open_store(written)
    assert clients(restored, owner) == 3000
    restored.close()
    assert kept.exists()


def test_a_damaged_file_that_an_app_has_open_can_be_replaced_by_a_backup(written, owner, tmp_path, monkeypatch):
    whole = record_store.open_store(written)
    backup.backup(whole, tmp_path / "copy.duckdb")
    whole.close()
    served = record_store.serve(written)
    honest = backup.trail.head

    def damaged(cursor):
        if served._closed:
            return honest(cursor)
        raise duckdb.IOException(
            "IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2"
        )

    monkeypatch.setattr(backup.trail, "head", damaged)
    backup.restore_served(owner, tmp_path / "copy.duckdb")
    assert clients(record_store.current(), owner) == 3000


@pytest.fixture
def crashed(store, owner, tmp_path) -> Path:
    """The files as a killed app leaves them: three changes that stand in the log only."""
    for name in ("Ada", "Ben", "Cleo"):
        save(store, owner, name)
    folder = tmp_path / "crashed"
    folder.mkdir()
    for file in (store.path, record_store.log_of(store.path)):
        shutil.copy2(file, folder)
    return folder / store.path.name


def test_what_a_crashed_app_left_in_its_log_is_there_at_the_next_start(crashed, owner):
    assert record_store.log_of(crashed).stat().st_size > 0
    opened = record_store.open_store(crashed)
    assert clients(opened, owner) == 3
    assert opened.integrity().empty
    opened.close()


def test_a_log_whose_last_entry_was_cut_off_is_what_a_crash_leaves_and_opens(crashed, owner):
    log = record_store.log_of(crashed)
    log.write_bytes(log.read_bytes()[:-100])
    opened = record_store.open_store(crashed)
    assert clients(opened, owner) == 2
    assert opened.integrity().empty
    opened.close()


@pytest.mark.parametrize("place", [0, 2, 8, 14, 60, 1500, 4000])
def test_a_log_that_cannot_be_read_is_never_passed_over_in_silence(place, crashed, owner):
    log = record_store.log_of(crashed)
    spoiled = bytearray(log.read_bytes())
    spoiled[place : place + 3] = bytes(byte ^ 0xFF for byte in spoiled[place : place + 3])
    before = crashed.read_bytes()
    log.write_bytes(spoiled)
    with pytest.raises(StoreUnreadable, match=r"stand in practice\.duckdb\.wal beside it, and that file is damaged"):
        record_store.open_store(crashed)
    assert crashed.read_bytes() == before
    assert log.read_bytes() == spoiled
    log.rename(log.with_name("kept elsewhere"))  # the way on the message names
    opened = record_store.open_store(crashed)
    assert clients(opened, owner) == 0
    assert opened.integrity().empty
    opened.close()


def test_a_second_program_is_told_what_to_do_and_the_first_goes_on(store, owner, tmp_path):
    holding = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from records import store; opened = store.open_store(sys.argv[1]); print('open', flush=True);"
            " sys.stdin.read()",
            str(shutil.copy2(_closed(store), tmp_path / "held.duckdb")),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holding.stdout.readline() == b"open\n"
    try:
        with pytest.raises(StoreBusy, match="Wait until it has finished, or close it, then try again"):
            record_store.open_store(tmp_path / "held.duckdb")
    finally:
        holding.communicate()
    assert holding.returncode == 0
    opened = record_store.open_store(tmp_path / "held.duckdb")  # once the other has finished
    opened.close()


def _closed(store) -> Path:
    store.close()
    return store.path


def test_a_file_whose_folder_went_away_is_not_written_into_nothing(store, owner, tmp_path):
    save(store, owner, "Ada")
    away = tmp_path / "away"
    away.mkdir()
    store.path.rename(away / store.path.name)
    with pytest.raises(NotWritten, match="Its disk was taken away, or the file was moved, deleted or replaced"):
        save(store, owner, "Ben")
    assert "Put it back, then start the app again" in store.trouble
    assert clients(store, owner) == 1  # what is open is still read
    (away / store.path.name).rename(store.path)
    save(store, owner, "Ben")
    assert store.trouble is None
    assert clients(store, owner) == 2


def test_a_file_somebody_put_in_its_place_while_it_was_open_gets_nothing_of_it(store, owner, empty_store_path):
    another = Path(shutil.copy2(empty_store_path, store.path.with_name("another.duckdb")))
    os.replace(another, store.path)
    with pytest.raises(NotWritten, match="moved, deleted or replaced"):
        save(store, owner, "Ada")


def test_when_the_clock_goes_back_ids_and_versions_still_rise_and_the_time_is_written_as_the_clock_says(
    store, owner, monkeypatch, tmp_path
):
    noon = dt.datetime(2026, 11, 20, 12)
    monkeypatch.setattr(calendar, "now", lambda: noon)
    save(store, owner, "Ada")
    first_version, first_id = store.version, ids.new()
    kept = backup.keep(store, tmp_path / "backups", noon)

    back = noon - dt.timedelta(days=400)
    monkeypatch.setattr(calendar, "now", lambda: back)
    monkeypatch.setattr(ids.time, "time_ns", lambda: int(back.timestamp() * 1e9))
    monkeypatch.setattr(ids, "_next", 0)  # the app is started again
    store.close()
    opened = record_store.open_store(store.path)
    save(opened, owner, "Ben")
    assert opened.version > first_version
    assert ids.new() > first_version
    assert first_id > first_version
    told = opened.staging().execute("SELECT acted_at FROM records.audit ORDER BY seq").fetchall()
    assert [at for (at,) in told] == sorted([noon, back], reverse=True)
    assert opened.integrity().empty  # the chain is whole: it goes by its numbers, not by the clock
    assert clients(opened, owner) == 2
    backup.keep(opened, tmp_path / "backups", back)
    assert kept.file.exists()  # nothing is thrown away while a backup is dated later than now
    opened.close()
