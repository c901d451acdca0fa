"""The Corrections page, clicked through: correct, withdraw, bring back, and be told of another's change."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from records import store as record_store
from records.correcting import correct, withdraw
from tables import enter, practice_of

ROOT = Path(__file__).parents[2]


def words_of(app: AppTest) -> str:
    shown = (*app.title, *app.header, *app.markdown, *app.info, *app.success, *app.warning, *app.error)
    return "\n".join(element.value for element in shown).replace("\\:", ":")


@pytest.fixture
def page(empty_store_path, tmp_path, monkeypatch, owner) -> AppTest:
    """The page on a practice of one client, whose name has marks that Markdown would take for its own."""
    path = Path(shutil.copy2(empty_store_path, tmp_path / "page.duckdb"))
    store = record_store.open_store(path)
    entered = practice_of(
        store,
        owner,
        """
        client         | day        | injury      | kind       | before | after | minutes | knee flexion right
        Ada *Example*  | 2026-10-01 | Knee sprain | evaluation | 7      | 5     | 60      | 90
        Ada *Example*  | 2026-10-08 | Knee sprain | treatment  | 5      | 4     | 45      | 100
        """,
    )
    enter(
        store, owner, entered, "goal", "episode | measure | words | set_on\nAda *Example* | words | stairs | 2026-10-01"
    )
    store.close()
    monkeypatch.setenv("OUTCOMES_DATABASE", str(path))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    return app.run().switch_page("pages/corrections.py").run()


def stands(table: str, column: str) -> list:
    cursor = record_store.current()._connection.cursor()
    return [row for (row,) in cursor.execute(f"SELECT {column} FROM records.{table} ORDER BY 1").fetchall()]


def pressed(page: AppTest, act: str, table: str, place: int = 0) -> AppTest:
    """The button of an act on the record of a table at a place on the page."""
    buttons = [button for button in page.button if (button.key or "").startswith(f"{act}_{table}_")]
    buttons[place].click().run()
    assert [error.value for error in page.exception] == []
    return page


def filled(page: AppTest, reason: str, button: str, **values: str) -> AppTest:
    """The open form filled in and sent."""
    for name, value in values.items():
        [field] = [
            field
            for field in (*page.text_input, *page.selectbox, *page.text_area)
            if (field.key or "").startswith(f"{name}_")
        ]
        field.set_value(value)
    [why] = [field for field in page.text_input if (field.key or "").startswith("reason_")]
    why.set_value(reason)
    page.button(key=button).click().run()
    assert [error.value for error in page.exception] == []
    return page


def test_the_newest_visit_is_shown_with_everything_in_it(page):
    said = words_of(page)
    assert "**Visit.** 8 Oct 2026, treatment, kept" in said
    for record in (
        "**Note and home exercise.** 45 minutes",
        "**Pain.** 5 now, before treatment",
        "**Pain.** 4 now, after treatment",
        "**Motion.** knee flexion right 100°, active, before treatment",
    ):
        assert record in said
    assert "1 Oct 2026" not in said  # of another visit


def test_a_value_is_corrected_with_a_reason_and_its_history_shows_both(page):
    filled(pressed(page, "correct", "rating"), "", "go_save_correction", pain="6")
    assert "Reason: it is not said why" in words_of(page)
    filled(page, "misread", "go_save_correction", pain="11")
    assert "Pain, 0 to 10: 11 is outside 0 to 10." in words_of(page)
    filled(page, "misread", "go_save_correction", pain="6")
    assert "Saved. What stood before is in its history." in words_of(page)
    assert "**Pain.** 6 now, before treatment" in words_of(page)
    assert "Version 2." in words_of(page)
    pressed(page, "history", "rating")
    said = words_of(page)
    assert "**Version 2** corrected by local owner" in said
    assert "misread" in said
    assert "Pain, 0 to 10: 5 → 6" in said
    page.button(key="close_history").click().run()
    assert "**Version 2**" not in words_of(page)


def test_only_one_form_is_open_at_a_time_and_cancel_changes_nothing(page):
    pressed(page, "correct", "rating")
    pressed(page, "withdraw", "motion")
    assert len([field for field in page.text_input if (field.key or "").startswith("reason_")]) == 1
    page.button(key="cancel_record").click().run()
    assert not [field for field in page.text_input if (field.key or "").startswith("reason_")]
    assert stands("action", "what") == ["create", "create"]


@pytest.mark.parametrize(("button", "kept"), [("go_save_mine", 6.0), ("keep_theirs", 3.0)])
def test_the_second_of_two_editors_sees_both_and_chooses(page, owner, button, kept):
    pressed(page, "correct", "rating")
    store = record_store.current()
    rating = int(store.open_for(owner).read("SELECT rating_id FROM visible_rating WHERE pain = 5 AND moment = 'before'")["rating_id"][0])  # fmt: skip  # noqa: E501
    correct(store, owner, "rating", rating, 1, {"pain": "3"}, reason="the other editor")
    filled(page, "mine is right", "go_save_correction", pain="6")
    said = words_of(page)
    assert "This record was changed by test owner" in said
    assert "**Theirs, version 2, which stands**" in said
    assert "Pain, 0 to 10: 3" in said
    assert "Pain, 0 to 10: 6" in said
    page.button(key=button).click().run()
    assert [error.value for error in page.exception] == []
    assert [float(pain) for pain in stands("rating", "pain")] == sorted([7, 5, kept, 4])
    assert "Both are shown here" not in words_of(page)


def test_what_was_withdrawn_meanwhile_is_said(page, owner):
    pressed(page, "correct", "rating")
    store = record_store.current()
    session = int(store.open_for(owner).read("SELECT max(session_id) AS s FROM visible_session")["s"][0])
    with store.change(owner, "withdraw", reason="entered twice") as change:
        change.withdraw("session", session, 1)
    page.run()
    assert "1 Oct 2026" in words_of(page)  # the visit left the page with its form


def test_a_visit_is_withdrawn_and_brought_back(page):
    pressed(page, "withdraw", "session")
    assert "With it go 2 pain ratings, 1 motion reading." in words_of(page)
    filled(page, "entered twice", "go_withdraw")
    assert "Withdrawn. It stands under Withdrawn and can be brought back." in words_of(page)
    assert "**Visit.** 1 Oct 2026" in words_of(page)  # the other visit is the newest now
    page.segmented_control(key="section").set_value("withdrawn").run()
    said = words_of(page)
    assert "**Visit.** 8 Oct 2026" in said
    assert "with 4 records that belonged to it: entered twice" in said
    filled(pressed(page, "restore", "session"), "it was right", "go_restore")
    assert "Brought back" in words_of(page)
    assert "Nothing of this client is withdrawn." in words_of(page)


def test_a_withdrawn_client_is_found_when_nobody_else_is_left(page):
    page.segmented_control(key="section").set_value("care").run()
    filled(pressed(page, "withdraw", "client"), "wrong practice", "go_withdraw")
    said = words_of(page)
    assert "No clients yet." in said
    assert "Ada \\*Example\\*" in said
    filled(pressed(page, "restore", "client"), "right practice", "go_restore")
    assert "**Client.** Ada \\*Example\\*" in words_of(page)
    assert stands("client", "withdrawn") == [False]


def test_what_belongs_to_the_episode_is_corrected_too(page):
    page.segmented_control(key="section").set_value("care").run()
    filled(pressed(page, "correct", "goal"), "her own words", "go_save_correction", words="climb stairs")
    assert "**Goal.** climb stairs, set 1 Oct 2026" in words_of(page)
    filled(pressed(page, "correct", "episode"), "asked again", "go_save_correction", cause="fall")
    assert stands("episode", "cause") == ["fall"]


def test_the_invented_sample_can_be_looked_at_and_not_corrected(sample_store_path, tmp_path, monkeypatch):
    monkeypatch.setenv("OUTCOMES_DATABASE", str(shutil.copy2(sample_store_path, tmp_path / "sample.duckdb")))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    page = app.switch_page("pages/corrections.py").run()
    assert "are not corrected" in words_of(page)
    assert not [button for button in page.button if (button.key or "").startswith(("correct_", "withdraw_"))]
    pressed(page, "history", "session")
    assert "**Version 1** invented" in words_of(page)


def test_the_visits_of_a_clients_page_lead_here(page):
    progress = page.switch_page("pages/client_progress.py").run()
    assert [error.value for error in progress.exception] == []
    links = [link.proto.label for link in progress.get("page_link")]
    assert "Correct, withdraw or see the history of a record" in links


def test_of_many_withdrawn_clients_the_last_are_shown_and_any_is_found_by_name(page, owner):
    store = record_store.current()
    with store.change(owner, "create") as change:
        many = [change.insert("client", {"name": f"Bea Nummer{number}"}) for number in range(60)]
        zoe = change.insert("client", {"name": "Zoë Alt"})
    for client_id in [zoe, *many]:  # Zoë first, so that she is the last in the list
        withdraw(store, owner, "client", client_id, 1, reason="entered twice")
    page.session_state["section"] = "withdrawn"
    said = words_of(page.run())
    assert "Withdrawn (61)" in [option for choice in page.button_group for option in choice.options]
    assert "The last 10 of 61 are shown." in said
    assert ("Nummer59" in said, "Nummer49" in said, "Zoë" in said) == (True, False, False)
    [search] = [field for field in page.text_input if field.key == "withdrawn_search"]
    search.set_value("alt zoe").run()
    assert "**Client.** Zoë Alt" in words_of(page)
    search.set_value("nobody").run()
    assert "No withdrawn client has all these words" in words_of(page)
