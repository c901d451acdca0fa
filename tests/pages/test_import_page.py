"""The Import page, clicked through: look, accept, take back, and what it says when something is wrong."""

import shutil
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from records import places
from tests.records.conftest import EXAMPLES

ROOT = Path(__file__).parents[2]
SHOULDERS = ("two_sides_wide.csv", (EXAMPLES / "two_sides_wide.csv").read_bytes(), "text/csv")


def words_of(app: AppTest) -> str:
    shown = (*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.info, *app.success, *app.error)
    return "\n".join(element.value for element in shown)


@pytest.fixture
def page(empty_store_path, tmp_path, monkeypatch) -> AppTest:
    """The page on an empty practice."""
    monkeypatch.setenv("OUTCOMES_DATABASE", str(shutil.copy2(empty_store_path, tmp_path / "page.duckdb")))
    return (
        AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        .run()
        .switch_page("pages/import_records.py")
        .run()
    )


def looked_at(page: AppTest, upload: tuple[str, bytes, str], profile: str = "two_sides_wide") -> AppTest:
    page.file_uploader(key="files").set_value([upload])
    page.selectbox(key="profile").set_value(profile).run()
    page.button(key="review_rows").click().run()
    assert [error.value for error in page.exception] == []
    return page


def test_every_rows_fate_is_seen_before_anything_is_written_and_all_can_be_taken_back(page):
    looked_at(page, SHOULDERS)
    assert "**2 rows** about **2 people**: 2 accepted, 0 corrected, 0 duplicate, 0 refused." in words_of(page)
    assert "None yet." in words_of(page)

    page.button(key="go_accept").click().run()
    assert "2 of 2 rows written. It can be taken back below." in words_of(page)

    page.button(key="undo_import").click().run()
    assert "Nothing was taken back. Tick the box above first" in words_of(page)
    page.checkbox(key="undo_sure").check()
    page.button(key="undo_import").click().run()
    assert "The import was taken back." in words_of(page)
    assert [error.value for error in page.exception] == []


def test_the_same_file_again_offers_nothing_to_accept(page):
    looked_at(page, SHOULDERS).button(key="go_accept").click().run()
    looked_at(page, SHOULDERS)
    assert "0 accepted, 0 corrected, 2 duplicate, 0 refused" in words_of(page)
    assert "There is nothing new to write." in words_of(page)


def test_a_picture_named_csv_is_refused_in_words(page):
    looked_at(page, ("visits.csv", b"\x89PNG\r\n\x1a\n" + bytes(64), "text/csv"))
    assert page.error[0].value.startswith("visits.csv is a PNG picture, whatever its name says.")


def test_refused_rows_come_first_with_their_reason(page):
    looked_at(
        page, ("shoulders.csv", b"Subject,Group,Left,Right\nS1,Swimmer,400,190\nS2,Control,180,181\n", "text/csv")
    )
    [shown] = page.dataframe
    assert shown.value["Fate"].tolist() == ["refused"]
    assert shown.value["Reason"][0].startswith("400 degrees is outside what shoulder flexion can be")


def test_an_upload_over_the_limit_is_refused_by_the_server_too(page, monkeypatch):
    real = streamlit.get_option
    monkeypatch.setattr("streamlit.get_option", lambda name: 1 if name == "server.maxUploadSize" else real(name))
    rows = b"Subject,Group,Left,Right\n" + b"S1,Swimmer,180,190\n" * 70_000
    looked_at(page, ("shoulders.csv", rows, "text/csv"))
    assert page.error[0].value.startswith(
        "shoulders.csv is 1.3 MB; at most 1 MB can be taken here. Split it into smaller files"
    )


def test_the_sample_practice_offers_to_start_with_own_records(sample_store_path, monkeypatch, tmp_path):
    monkeypatch.setattr("access.practice._sample", lambda: shutil.copy2(sample_store_path, tmp_path / "sample.duckdb"))
    page = (
        AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        .run()
        .switch_page("pages/import_records.py")
        .run()
    )
    assert "You are looking at an invented practice" in words_of(page)
    assert not page.file_uploader
    page.button(key="go_start_own").click().run()
    assert "The practice has no name yet." in words_of(page)
    page.text_input[0].set_value("Harbour Street Massage")
    page.button(key="go_start_own").click().run()
    assert [error.value for error in page.exception] == []
    assert places.own_file().exists()
    assert "Choose the files and the profile" in words_of(page)
