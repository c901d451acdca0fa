"""The schedule: a backup soon after the start, then hourly when one is due; never of the sample; stopped in time."""

import datetime as dt
import threading
import time

import pytest

from access import practice
from records import backup, schedule
from records import store as record_store
from records.errors import NotWritten

PATIENCE_S = 60


@pytest.fixture(autouse=True)
def nothing_left_running():
    yield
    schedule.stop()
    assert [thread for thread in threading.enumerate() if thread.name == "backups"] == []


@pytest.fixture
def soon(monkeypatch):
    """The first step at once, the next ones right after it."""
    monkeypatch.setattr(schedule, "FIRST_AFTER_SECONDS", 0)
    monkeypatch.setattr(schedule, "EVERY_SECONDS", 0.05)


def until(happened) -> None:
    """Wait until something has happened; fail when it does not."""
    started = time.monotonic()
    while not happened():
        assert time.monotonic() - started < PATIENCE_S, "it did not happen"
        time.sleep(0.02)


def keepers() -> int:
    return sum(thread.name == "backups" for thread in threading.enumerate())


def test_a_store_that_is_kept_has_todays_backup_and_only_one(store, soon, monkeypatch):
    steps = []
    kept = backup.keep
    monkeypatch.setattr(backup, "keep", lambda *asked: steps.append(kept(*asked)))
    schedule.start(store)
    until(lambda: len(steps) >= 3)
    assert [made is not None for made in steps[:3]] == [True, False, False]
    assert len(backup.kept_for(store)) == 1
    assert schedule.last_problem() is None


def test_nothing_is_copied_before_the_first_page_has_had_its_time(store):
    assert schedule.FIRST_AFTER_SECONDS >= 10
    schedule.start(store)
    schedule.stop()
    assert not backup.folder_of(store).exists()


def test_the_sample_practice_is_never_kept(sample_store, soon):
    schedule.start(sample_store)
    assert keepers() == 0


def test_a_store_is_kept_once_however_often_it_is_asked(store):
    for _ in range(5):
        schedule.start(store)
    assert keepers() == 1


def test_closing_a_store_stops_its_keeper_first(store, soon, monkeypatch):
    """Also in the middle of a backup, which is finished."""
    begun, finish = threading.Event(), threading.Event()
    made, kept = [], backup.keep

    def slowly(*asked):
        begun.set()
        finish.wait(PATIENCE_S)
        made.append(kept(*asked))

    monkeypatch.setattr(backup, "keep", slowly)
    schedule.start(store)
    assert begun.wait(PATIENCE_S)
    closing = threading.Thread(target=store.close)
    closing.start()
    finish.set()
    closing.join(PATIENCE_S)
    assert not closing.is_alive()
    assert keepers() == 0
    assert made[0].file.exists()


def test_why_no_backup_could_be_made_is_remembered_until_one_is(store, soon, monkeypatch):
    kept, failing = backup.keep, [True]

    def keep(*asked):
        if failing[0]:
            raise NotWritten("The disk is full. Make room.")
        return kept(*asked)

    monkeypatch.setattr(backup, "keep", keep)
    schedule.start(store)
    until(schedule.last_problem)
    assert schedule.last_problem().words == "The disk is full. Make room."
    assert schedule.last_problem().at.date() == dt.date.today()
    failing[0] = False
    until(lambda: schedule.last_problem() is None)


def test_what_nobody_foresaw_is_said_and_does_not_end_the_schedule(store, soon, monkeypatch):
    kept, failing = backup.keep, [True]

    def keep(*asked):
        if failing[0]:
            raise ZeroDivisionError("Ada Lovelace")
        return kept(*asked)

    monkeypatch.setattr(backup, "keep", keep)
    schedule.start(store)
    until(schedule.last_problem)
    assert schedule.last_problem().words == "The backup failed unexpectedly (ZeroDivisionError)."
    failing[0] = False
    until(lambda: backup.kept_for(store))
    until(lambda: schedule.last_problem() is None)


def test_the_app_keeps_the_practice_it_opens_and_goes_over_to_the_next(empty_store_path, tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / f"{name}.duckdb").write_bytes(empty_store_path.read_bytes())
        monkeypatch.setenv("OUTCOMES_DATABASE", str(tmp_path / f"{name}.duckdb"))
        practice.opened()
        assert keepers() == 1
    record_store.release()
    assert keepers() == 0


def test_after_a_restore_the_restored_store_is_kept(empty_store_path, tmp_path, monkeypatch, owner):
    (tmp_path / "one.duckdb").write_bytes(empty_store_path.read_bytes())
    monkeypatch.setenv("OUTCOMES_DATABASE", str(tmp_path / "one.duckdb"))
    made = backup.backup_now(practice.opened(), owner)
    backup.restore_served(owner, made.file)
    assert keepers() == 1
    assert schedule._keeper.store is practice.opened()
