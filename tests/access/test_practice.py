"""Which practice is open: the named file, the practice's own, or the invented sample."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import sample_data
from access import practice
from records import backup, places, store
from records.errors import BackupBroken, NotAllowed, NotWritten, StoreClosed, StoreExists, StoreUnreadable
from tests.records.at_work import at_work, die_at_work

ROOT = Path(__file__).parents[2]


@pytest.fixture
def small_sample(tmp_path, monkeypatch):
    """The sample practice in miniature, in a folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sample_data, "DEFAULT_SESSIONS", sample_data.FEWEST_SESSIONS)


def test_a_named_file_that_is_not_there_is_made_empty(tmp_path, monkeypatch, owner):
    named = tmp_path / "mine.duckdb"
    monkeypatch.setenv("OUTCOMES_DATABASE", str(named))
    opened = practice.opened()
    assert (opened.path, opened.is_sample) == (named, False)
    assert opened.open_for(owner).read("FROM visible_client").empty


def test_a_named_file_on_a_disk_that_is_not_connected_is_not_begun_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("OUTCOMES_DATABASE", str(tmp_path / "usb disk" / "mine.duckdb"))
    with pytest.raises(StoreUnreadable, match="If it is on a disk that is not connected, connect it"):
        practice.opened()
    assert list(tmp_path.iterdir()) == []


def test_a_served_file_that_went_away_is_not_begun_anew_and_pages_say_so(tmp_path, monkeypatch, owner):
    named = tmp_path / "mine.duckdb"
    monkeypatch.setenv("OUTCOMES_DATABASE", str(named))
    served = practice.opened()
    named.rename(tmp_path / "taken away.duckdb")
    assert practice.opened() is served
    assert not named.exists()
    assert "no longer where it was opened" in served.trouble
    with pytest.raises(NotWritten, match="no longer where it was opened"), served.change(owner, "create") as change:
        change.insert("client", {"name": "Ada"})


@pytest.fixture
def gone(tmp_path, monkeypatch, owner):
    """A served practice with one client whose file was deleted; returns a backup of it."""
    named = tmp_path / "mine.duckdb"
    monkeypatch.setenv("OUTCOMES_DATABASE", str(named))
    served = practice.opened()
    with served.change(owner, "create") as change:
        change.insert("client", {"name": "Ada"})
    made = backup.backup_now(served, owner, tmp_path / "away" / "copy.duckdb")
    named.unlink()
    store.log_of(named).unlink(missing_ok=True)
    return made


def test_a_page_loaded_while_a_missing_file_is_brought_back_waits_and_begins_nothing_in_its_place(
    gone, monkeypatch, owner
):
    restoring, go_on, loading = threading.Event(), threading.Event(), threading.Event()
    verified, ever_served = backup.verify, store.ever_served

    def slowly(*asked, **told):
        restoring.set()
        assert go_on.wait(60)
        return verified(*asked, **told)

    def asked(path):
        loading.set()
        return ever_served(path)

    monkeypatch.setattr(backup, "verify", slowly)
    monkeypatch.setattr(store, "ever_served", asked)
    with ThreadPoolExecutor() as pool:
        restored = pool.submit(backup.restore_served, owner, gone.file)
        assert restoring.wait(60)
        page = pool.submit(practice.opened)
        assert loading.wait(60)
        with pytest.raises(TimeoutError):
            page.result(timeout=0.3)
        assert not places.named_file().exists()
        go_on.set()
        restored.result(timeout=60)
        assert page.result(timeout=60) is store.current()
    assert practice.opened().open_for(owner).read("FROM visible_client")["name"].tolist() == ["Ada"]


def test_a_file_another_program_is_bringing_back_is_not_begun_anew(tmp_path, monkeypatch):
    """As the command restore does while no app runs, and then one is started."""
    monkeypatch.setenv("OUTCOMES_DATABASE", str(tmp_path / "mine.duckdb"))
    with at_work(tmp_path / "mine.duckdb"), pytest.raises(StoreUnreadable, match="Another program is bringing mine"):
        practice.opened()
    assert list(tmp_path.iterdir()) == []
    die_at_work(tmp_path / "mine.duckdb")
    assert practice.opened().practice_name == "My practice"  # nobody is at work there any more


def test_when_a_missing_file_could_not_be_brought_back_pages_say_so_and_begin_nothing(gone, owner):
    gone.file.write_bytes(b"")
    with pytest.raises(BackupBroken, match="was cut short"):  # and not that the file is missing, which is known
        backup.restore_served(owner, gone.file)
    for _ in range(2):
        with pytest.raises(StoreUnreadable, match=r"mine\.duckdb is gone.*Nothing was begun in its place"):
            practice.opened()
        assert not places.named_file().exists()
    with pytest.raises(StoreClosed, match="Load the page again"):
        store.current()


def test_an_own_file_that_went_away_is_not_hidden_behind_invented_people(monkeypatch):
    places.own_file().parent.mkdir(parents=True)
    store.create(places.own_file(), "My practice").close()
    served = practice.opened()
    places.own_file().rename(places.own_file().with_name("taken away.duckdb"))
    assert practice.opened() is served
    assert not served.is_sample


def test_a_named_file_is_opened_with_what_is_in_it(sample_store_path, monkeypatch, owner):
    monkeypatch.setenv("OUTCOMES_DATABASE", str(sample_store_path))
    assert practice.opened().is_sample
    assert len(practice.opened().open_for(owner).read("FROM visible_client")) > 10


def test_before_there_is_a_practice_of_ones_own_an_invented_one_is_shown(small_sample):
    opened = practice.opened()
    assert opened.is_sample
    assert opened.path.parent == places.sample_folder()
    assert not places.own_file().exists()


def test_the_invented_practice_is_made_once_a_day_and_never_looks_stale(small_sample, monkeypatch):
    first = practice.opened().path
    made = os.stat(first).st_ino
    store.release()
    assert os.stat(practice.opened().path).st_ino == made
    store.release()
    monkeypatch.setenv("OUTCOMES_TODAY", "2026-11-21")
    assert practice.opened().path != first
    assert not first.exists()


def test_starting_with_own_records_leaves_the_sample_for_good(small_sample):
    practice.opened()
    own = practice.start_own("Riverside Massage")
    assert (own.is_sample, own.practice_name, own.path) == (False, "Riverside Massage", places.own_file())
    assert practice.opened() is own


def test_an_own_practice_is_never_started_over_another(small_sample):
    practice.start_own("Riverside Massage")
    with pytest.raises(StoreExists, match="nothing was changed"):
        practice.start_own("Hillside Massage")
    assert practice.opened().practice_name == "Riverside Massage"


def test_a_file_named_by_the_environment_is_not_left_by_a_click(empty_store_path, monkeypatch):
    monkeypatch.setenv("OUTCOMES_DATABASE", str(empty_store_path))
    with pytest.raises(NotAllowed, match="OUTCOMES_DATABASE names the file"):
        practice.start_own("Riverside Massage")


def test_a_file_that_cannot_be_opened_is_said_on_the_page_in_words(tmp_path, monkeypatch):
    broken = tmp_path / "holiday photo.duckdb"
    broken.write_bytes(b"\x89PNG and so on" * 1000)
    monkeypatch.setenv("OUTCOMES_DATABASE", str(broken))
    shown = AppTest.from_file(ROOT / "pages" / "caseload.py", default_timeout=30).run()
    assert [error.value.split(" (")[0] for error in shown.error] == [
        "holiday photo.duckdb cannot be opened as a record store"
    ]
    assert not shown.exception
