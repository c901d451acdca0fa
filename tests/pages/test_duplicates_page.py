"""The page of people who may be one: make them one, say they are two, take a merge back."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from records import store as record_store
from tables import practice_of

ROOT = Path(__file__).parents[2]


def words_of(app: AppTest) -> str:
    shown = (*app.title, *app.header, *app.markdown, *app.info, *app.success, *app.warning, *app.error)
    return "\n".join(element.value for element in shown).replace("\\:", ":")


@pytest.fixture
def page(empty_store_path, tmp_path, monkeypatch, owner) -> AppTest:
    """The page on a practice in which Ada Berg was entered twice, once with a phone, and Ben once."""
    path = Path(shutil.copy2(empty_store_path, tmp_path / "page.duckdb"))
    store = record_store.open_store(path)
    entered = practice_of(
        store,
        owner,
        """
        client    | day        | before
        Ada Berg  | 2026-10-01 | 7
        Berg, Ada | 2026-10-08 | 5
        Ben       | 2026-10-08 | 5
        """,
    )
    with store.change(owner, "correct", reason="asked") as change:
        for name, values in (("Ada Berg", {}), ("Berg, Ada", {"phone": "555 010 2030"})):
            change.correct("client", entered.clients[name], 1, {"birth_date": "1980-06-15"} | values)
    store.close()
    monkeypatch.setenv("OUTCOMES_DATABASE", str(path))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    return app.run().switch_page("pages/duplicates.py").run()


def pressed(page: AppTest, begins: str) -> AppTest:
    next(button for button in page.button if (button.key or "").startswith(begins)).click().run()
    assert [error.value for error in page.exception] == []
    return page


def sent(page: AppTest, reason: str, button: str) -> AppTest:
    [why] = [field for field in page.text_input if (field.key or "").startswith("reason_")]
    why.set_value(reason)
    page.button(key=button).click().run()
    assert [error.value for error in page.exception] == []
    return page


def clients() -> list[tuple]:
    cursor = record_store.current()._connection.cursor()
    return cursor.execute("SELECT name, phone FROM records.client WHERE NOT withdrawn ORDER BY name").fetchall()


def test_two_entries_of_one_person_are_made_one_and_parted_again(page):
    assert "Very likely: same name, same birth date." in words_of(page)
    pressed(page, "keep_")
    assert "Ada Berg is kept." in words_of(page)
    sent(page, "", "go_merge")
    assert "Reason: it is not said why" in words_of(page)
    phone = next(choice for choice in page.radio if choice.label == "Phone")
    assert phone.options == ["keep: not given", "take over: 555 010 2030"]
    assert phone.value == "take"  # what one side does not give is not lost from the other
    sent(page, "entered twice", "go_merge")
    assert "They are one client now." in words_of(page)
    assert clients() == [("Ada Berg", "555 010 2030"), ("Ben", None)]
    assert "Nobody seems to stand here twice." in words_of(page)

    pressed(page, "back_")
    sent(page, "two people after all", "go_take_back")
    assert "The merge was taken back." in words_of(page)
    assert "Taken back on" in words_of(page)
    assert clients() == [("Ada Berg", None), ("Ben", None), ("Berg, Ada", "555 010 2030")]
    assert "Nobody seems to stand here twice." in words_of(page)  # and are not suggested again


def test_two_people_are_said_to_be_two_and_not_suggested_again(page):
    sent(pressed(page, "apart_"), "mother and daughter", "go_apart")
    assert "Noted: they are two people" in words_of(page)
    assert "Nobody seems to stand here twice." in words_of(page)
    assert "None yet." in words_of(page)  # it is no merge
    assert len(clients()) == 3


def test_a_pair_the_list_does_not_suggest_is_found_by_name(page):
    page.text_input(key="pair_search").set_value("be").run()
    page.selectbox(key="pair_keep").set_value(_id("Ben")).run()
    page.selectbox(key="pair_gone").set_value(_id("Ada Berg")).run()
    sent(pressed(page, "pair_own"), "Ben is a pet name", "go_merge")
    assert [name for name, _ in clients()] == ["Ben", "Berg, Ada"]


def _id(name: str) -> int:
    cursor = record_store.current()._connection.cursor()
    return cursor.execute("SELECT client_id FROM records.client WHERE name = ?", [name]).fetchone()[0]


def test_nobody_is_merged_in_the_invented_sample(sample_store_path, tmp_path, monkeypatch):
    monkeypatch.setenv("OUTCOMES_DATABASE", str(shutil.copy2(sample_store_path, tmp_path / "sample.duckdb")))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    page = app.switch_page("pages/duplicates.py").run()
    assert "nobody is merged here" in words_of(page)
    assert not [button for button in page.button if (button.key or "").startswith("keep_")]
