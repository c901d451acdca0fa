"""Care of the data, clicked through: how old the last backup is, back up, bring back, take out, check."""

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from records import backup, calendar, schedule
from records import store as record_store
from tables import practice_of

ROOT = Path(__file__).parents[2]


def words_of(app: AppTest) -> str:
    shown = (*app.title, *app.header, *app.markdown, *app.info, *app.success, *app.error, *app.warning)
    return "\n".join(element.value for element in shown).replace("\\", "")


@pytest.fixture
def path(empty_store_path, tmp_path, monkeypatch, owner) -> Path:
    """A practice with two visits, closed; the app will open it."""
    file = Path(shutil.copy2(empty_store_path, tmp_path / "practice.duckdb"))
    store = record_store.open_store(file)
    practice_of(store, owner, "client | day | before\nAda | 2026-10-01 | 7\nAda | 2026-10-08 | 5")
    store.close()
    monkeypatch.setenv("OUTCOMES_DATABASE", str(file))
    return file


def opened() -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    app.switch_page("pages/care_of_data.py").run()
    assert [error.value for error in app.exception] == []
    return app


def backed_up(path: Path, ago: dt.timedelta) -> backup.Backup:
    """A backup of the closed practice, made some time ago."""
    store = record_store.open_store(path)
    made = backup.keep(store, backup.folder_of(store), calendar.now() - ago)
    store.close()
    return made


def test_without_a_backup_the_answer_is_not_yet_and_one_can_be_made(path):
    app = opened()
    assert ":orange[**Not yet.**] There is no good backup." in words_of(app)
    assert "There is no backup to bring back yet." in words_of(app)
    app.button(key="go_backup").click().run()
    said = words_of(app)
    assert "opened again and read to the last value" in said
    assert ":green[**Yes.**] The last good backup is **0 minutes old**" in said
    assert len(app.dataframe[0].value) == 1


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (dt.timedelta(minutes=40), ":green[**Yes.**] The last good backup is **40 minutes old**"),
        (dt.timedelta(hours=5, minutes=30), ":green[**Yes.**] The last good backup is **5 hours old**"),
        (dt.timedelta(hours=47), ":green[**Yes.**] The last good backup is **47 hours old**"),
        (dt.timedelta(hours=49), ":orange[**Not well enough.**] The last good backup is **2 days old**"),
        (dt.timedelta(days=9), ":orange[**Not well enough.**] The last good backup is **9 days old**"),
    ],
)
def test_the_age_of_the_last_good_backup_is_said_and_older_than_two_days_is_caution(path, ago, said):
    backed_up(path, ago)
    assert said in words_of(opened())


def test_of_a_backup_dated_later_than_the_clock_no_age_is_said(path):
    """The clock stood years ahead, and was put right."""
    backed_up(path, dt.timedelta(days=-1500))
    said = words_of(opened())
    assert ":orange[**It cannot be told how old.**] The last good backup is dated" in said
    assert "minutes old" not in said
    assert "no old backup is deleted" in said
    record_store.release()
    backed_up(path, dt.timedelta(hours=5))
    said = words_of(opened())
    assert ":green[**Yes.**] The last good backup is **5 hours old**" in said
    assert "no old backup is deleted" in said


def test_a_backup_that_is_damaged_in_size_does_not_count(path):
    made = backed_up(path, dt.timedelta(hours=1))
    made.file.write_bytes(b"cut short")
    assert "There is no good backup." in words_of(opened())


def test_the_same_disk_is_said(path, monkeypatch):
    assert "The backups lie on the same disk as the records." in words_of(opened())
    monkeypatch.setattr(backup, "on_the_same_disk", lambda store, folder: False)
    assert "same disk" not in words_of(opened())


def test_a_chosen_folder_that_is_gone_is_said(path, monkeypatch):
    monkeypatch.setattr(backup, "folder_is_gone", lambda store: True)
    app = opened()
    assert "is not there, and what lies in it cannot be seen" in words_of(app)
    assert "same disk" not in words_of(app)
    app.button(key="go_backup").click().run()
    assert "Connect it, or choose another folder" in words_of(app)
    assert not app.success


def test_a_schedule_that_failed_is_said(path, monkeypatch):
    failed = schedule.Problem(dt.datetime(2026, 11, 19, 18, 5), "The disk is full. Make room.")
    monkeypatch.setattr(schedule, "last_problem", lambda: failed)
    assert "The backup by itself failed on 19 Nov 2026, 18:05: The disk is full." in words_of(opened())


def test_why_each_backup_is_kept_stands_beside_it(path):
    for days in (40, 3, 1):
        backed_up(path, dt.timedelta(days=days))
    shown = opened().dataframe[0].value
    assert shown["Kept for"].str.contains("day").all()
    assert shown["Sessions"].tolist() == [2, 2, 2]


def test_bringing_back_needs_a_yes_says_what_is_lost_and_keeps_the_file(path, owner):
    backed_up(path, dt.timedelta(hours=1))
    store = record_store.open_store(path)
    with store.change(owner, "create") as change:
        change.insert("client", {"name": "Ben"})
    store.close()
    app = opened()
    assert "1 change was saved, the last on" in words_of(app)
    app.button(key="bring_back").click().run()
    assert "Nothing was changed. Tick the box above first" in words_of(app)
    assert len(record_store.open_for(owner).read("FROM visible_client")) == 2

    app.checkbox(key="care_sure_0").check()
    app.button(key="bring_back").click().run()
    assert [error.value for error in app.exception] == []
    assert "The records are as they were on" in words_of(app)
    assert "is kept as practice.replaced-" in words_of(app)
    assert [box.value for box in app.checkbox] == [False]  # the next one needs a yes of its own
    assert "Nothing was saved since" in words_of(app)
    assert record_store.open_for(owner).read("FROM visible_client")["name"].tolist() == ["Ada"]
    (kept,) = path.parent.glob("practice.replaced-*.duckdb")
    with duckdb.connect(str(kept), read_only=True) as before:
        assert before.execute("SELECT count(*) FROM client").fetchone() == (2,)


def test_a_backup_that_turns_out_broken_is_a_sentence_and_changes_nothing(path, owner):
    made = backed_up(path, dt.timedelta(hours=1))
    whole = made.file.read_bytes()
    made.file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 0xFF]))
    app = opened()
    app.checkbox(key="care_sure_0").check()
    app.button(key="bring_back").click().run()
    assert "is not the file its manifest describes" in words_of(app)
    assert "Check the records" in words_of(app)  # the rest of the page stands
    assert len(record_store.open_for(owner).read("FROM visible_client")) == 1


def test_another_persons_page_goes_on_after_a_restore(path, owner):
    made = backed_up(path, dt.timedelta(hours=1))
    another = opened()
    backup.restore_served(owner, made.file)
    another.run()
    assert [error.value for error in (*another.exception, *another.error)] == []
    assert "The last good backup is" in words_of(another)


def test_a_file_swapped_in_the_middle_of_a_page_is_a_sentence_on_it(path, monkeypatch):
    """Whatever the page was reading then, the front door says it calmly."""

    def swapped(viewer):
        served = record_store.current()
        record_store.release()
        return served.open_for(viewer)

    monkeypatch.setattr(record_store, "open_for", swapped)
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    assert [error.value for error in app.exception] == []
    assert "was closed while this page was open" in words_of(app)


def test_when_the_file_is_damaged_every_page_says_which_backup_to_bring_back(path):
    made = backed_up(path, dt.timedelta(hours=1))
    path.write_bytes(b"holiday photo" * 1000)
    app = AppTest.from_file(str(ROOT / "pages" / "caseload.py"), default_timeout=60).run()
    (said,) = [error.value for error in app.error]
    assert said.endswith(f"The newest good backup is {made.file}, of {made.made_at:%Y-%m-%d %H:%M}.")


def test_everything_is_taken_out_into_a_folder(path, tmp_path):
    app = opened()
    app.button(key="care_write").click().run()
    assert "Name the folder first" in words_of(app)
    app.text_input(key="care_folder").set_value("somewhere")
    app.button(key="care_write").click().run()
    assert "with its whole path" in words_of(app)
    app.segmented_control(key="care_form").set_value("xlsx").run()
    app.text_input(key="care_folder").set_value(str(tmp_path / "out"))
    app.button(key="care_write").click().run()
    assert f"Everything is in {tmp_path / 'out'}: 2 files" in words_of(app)
    assert (tmp_path / "out" / "records.xlsx").exists()


def test_a_folder_that_is_not_empty_is_refused_in_words(path, tmp_path):
    app = opened()
    app.text_input(key="care_folder").set_value(str(tmp_path))
    app.button(key="care_write").click().run()
    assert "is not an empty folder" in words_of(app)


def test_a_check_says_that_all_is_well_or_what_is_not(path):
    app = opened()
    app.button(key="check_records").click().run()
    assert "All is well: every record belongs to one that is there" in words_of(app)
    record_store.current().staging().execute("DELETE FROM records.client")
    app.button(key="check_records").click().run()
    assert "things should not be so. Nothing was changed." in words_of(app)
    assert "episode of an unknown client" in app.dataframe[0].value["What is wrong"].tolist()


def test_the_sample_says_what_would_be_here_and_offers_what_is_allowed(sample_store_path, tmp_path, monkeypatch):
    monkeypatch.setenv("OUTCOMES_DATABASE", str(shutil.copy2(sample_store_path, tmp_path / "sample.duckdb")))
    app = opened()
    assert "there is nothing to keep safe" in words_of(app)
    assert [button.key for button in app.button] == ["care_write", "check_records"]
    app.button(key="check_records").click().run()
    assert "All is well" in words_of(app)
