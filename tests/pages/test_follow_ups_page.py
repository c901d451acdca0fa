"""The Follow-ups page, clicked through: three taps for a number, one more for nobody reached, and back again."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from access import roles
from records import entry
from records import store as record_store
from tables import practice_of

ROOT = Path(__file__).parents[2]
OWNER = roles.viewer("test owner", "owner")


@pytest.fixture
def practice(empty_store_path, tmp_path, monkeypatch):
    """Ada *Star* was discharged on 1 August, Ben stopped coming in October, Cleo is in care."""
    path = Path(shutil.copy2(empty_store_path, tmp_path / "page.duckdb"))
    store = record_store.open_store(path)
    practice_of(
        store,
        OWNER,
        """
        client     | day        | before | discharged | injury
        Ada *Star* | 2026-07-01 | 6      | 2026-08-01 | Neck pain
        Ben        | 2026-10-01 | 4      | -          | Knee sprain
        Cleo       | 2026-11-16 | 5      | -          | Jaw pain
        """,
    )
    store.close()
    monkeypatch.setenv("OUTCOMES_DATABASE", str(path))
    return path


@pytest.fixture
def page(practice) -> AppTest:
    return opened()


def opened() -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    app = app.switch_page("pages/follow_ups.py").run()
    assert [error.value for error in app.exception] == []
    return app


def words_of(app: AppTest) -> str:
    shown = (*app.title, *app.header, *app.markdown, *app.info, *app.success, *app.error, *app.warning)
    return "\n".join(element.value for element in shown).replace("\\", "")  # what makes Markdown show words as written


def asks(app: AppTest) -> list:
    """The buttons that begin asking, from the top of the list."""
    return [button for button in app.button if (button.key or "").startswith("ask_")]


def the(app: AppTest, begins: str):
    """The one button whose key begins so."""
    (found,) = [button for button in app.button if (button.key or "").startswith(begins)]
    return found


def number(app: AppTest):
    (found,) = [group for group in app.button_group if (group.key or "").startswith("pain_")]
    return found


def contacts() -> list[list]:
    """Every contact that stands, with what was rated in it."""
    found = (
        record_store.current()
        .open_for(OWNER)
        .read(
            "SELECT c.name, s.visited_on::VARCHAR, s.status, r.kind, r.moment, r.pain::DOUBLE, p.note"
            " FROM visible_session AS s INNER JOIN visible_client AS c USING (client_id)"
            " INNER JOIN visible_session_part AS p USING (session_id)"
            " LEFT JOIN visible_rating AS r ON s.session_id = r.session_id"
            " WHERE s.kind = 'contact' ORDER BY s.session_id"
        )
    )
    return found.astype(object).where(found.notna(), None).values.tolist()


def test_the_list_says_whom_why_until_when_and_what_was_last_heard(page):
    words = words_of(page)
    assert "**2 people to ask now.** Nobody was discharged long enough ago to say how many are reached." in words
    assert "**Ada *Star***  ·  Neck pain  ·  no phone number" in words
    assert "3 months after discharge: 1 Nov 2026, can be asked until 29 Nov 2026  ·  last pain 6 on 1 Jul 2026" in words
    assert "Stopped coming, not discharged, last visit 1 Oct 2026  ·  last pain 4 on 1 Oct 2026" in words
    assert "Cleo" not in words


def test_three_taps_keep_a_rating_of_the_same_pain_and_the_line_goes(page):
    asks(page)[0].click().run()
    number(page).set_value(3).run()
    the(page, "go_save_").click().run()
    assert [error.value for error in page.exception] == []
    assert contacts() == [["Ada *Star*", "2026-11-20", "kept", "now", "between", 3.0, None]]
    assert "Ada *Star*: pain 3 of 10." in words_of(page)
    assert page.success[0].value.startswith("Saved ")
    assert "**1 person to ask now.**" in words_of(page)
    assert len(asks(page)) == 1


def test_nothing_is_said_to_be_saved_before_a_number_was_given_and_kept(page):
    asks(page)[0].click().run()
    assert the(page, "go_save_").disabled
    number(page).set_value(3).run()
    assert not page.success
    assert contacts() == []


def test_a_half_a_note_and_another_day(page):
    asks(page)[1].click().run()
    number(page).set_value(2).run()
    [half] = [group for group in page.button_group if (group.key or "").startswith("half_")]
    half.set_value("+ ½").run()
    page.text_input[-1].set_value("by message").run()
    page.date_input[0].set_value("2026-11-18").run()
    the(page, "go_save_").click().run()
    assert contacts() == [["Ben", "2026-11-18", "kept", "now", "between", 2.5, "by message"]]
    assert "pain 2.5 of 10, 18 Nov 2026" in words_of(page)


def test_who_could_not_be_reached_is_kept_and_rests(page):
    asks(page)[1].click().run()
    the(page, "missed_").click().run()
    assert contacts() == [["Ben", "2026-11-20", "no_show", None, None, None, None]]
    assert "Ben: tried, not reached." in words_of(page)
    assert "1 more was tried in the last 7 days and rests until then." in words_of(page)
    assert len(asks(page)) == 1


def test_client_progress_calls_a_try_a_contact_and_counts_no_missed_visit(page):
    asks(page)[1].click().run()
    client = page.session_state["asking"].client_id
    the(page, "missed_").click().run()
    page.switch_page("pages/client_progress.py").run()
    page.selectbox(key="client").set_value(client).run()
    assert "1 visit kept, 0 no-shows, 1 contact." in words_of(page)
    assert page.dataframe[-1].value["Kind"].tolist() == ["contact, not reached", "treatment"]


def test_a_form_whose_answer_was_lost_is_saved_once(page):
    asks(page)[1].click().run()
    asking = page.session_state["asking"]
    number(page).set_value(3).run()
    entry.record_session(
        record_store.current(),
        OWNER,
        {"client_id": asking.client_id, "visited_on": "2026-11-20", "kind": "contact", "status": "kept"},
        [{"episode_id": asking.episode_id}],
        idempotency_key=f"contact {asking.key}",
    )
    the(page, "go_save_").click().run()
    assert len(contacts()) == 1
    assert page.success[0].value.startswith("Saved ")


def test_what_cannot_be_is_said_and_nothing_is_kept(page):
    asks(page)[0].click().run()
    number(page).set_value(3).run()
    page.date_input[0].set_value("2026-06-01").run()
    the(page, "go_save_").click().run()
    assert "2026-06-01 is before the day the episode opened (2026-07-01)" in words_of(page)
    assert not page.success
    assert contacts() == []
    assert the(page, "go_save_")


def test_what_was_saved_by_mistake_is_taken_back_on_the_spot(page):
    asks(page)[0].click().run()
    number(page).set_value(3).run()
    the(page, "go_save_").click().run()
    page.button(key="take_back").click().run()
    assert contacts() == []
    assert "Taken back: it counts nowhere any more." in words_of(page)
    assert len(asks(page)) == 2


def test_a_form_can_be_closed_again(page):
    asks(page)[0].click().run()
    the(page, "close_").click().run()
    assert len(asks(page)) == 2
    assert not page.button_group


def test_whoever_called_can_be_written_down_though_not_on_the_list(page):
    page.session_state["anybody"] = True
    page.run()
    page.text_input(key="client_search").set_value("cleo").run()
    page.button(key="ask_anybody").click().run()
    number(page).set_value(0).run()
    the(page, "go_save_").click().run()
    assert contacts() == [["Cleo", "2026-11-20", "kept", "now", "between", 0.0, None]]


def test_a_name_nobody_has_leaves_the_list_standing(page):
    page.session_state["anybody"] = True
    page.run()
    page.text_input(key="client_search").set_value("nobody of that name").run()
    assert "No client has all these words in their name." in words_of(page)
    assert len(asks(page)) == 2


def test_of_a_long_list_the_most_pressing_are_shown_and_the_rest_counted(empty_store_path, tmp_path, monkeypatch):
    path = Path(shutil.copy2(empty_store_path, tmp_path / "long.duckdb"))
    store = record_store.open_store(path)
    lines = "\n".join(f"Client {number} | 2026-10-01" for number in range(53))
    practice_of(store, OWNER, f"client | day\n{lines}")
    store.close()
    monkeypatch.setenv("OUTCOMES_DATABASE", str(path))
    app = opened()
    assert "**53 people to ask now.**" in words_of(app)
    assert "The 50 most pressing of 53 lines stand below." in words_of(app)
    assert len(asks(app)) == 50


def test_an_empty_practice_is_told_where_to_begin(empty_store_path, tmp_path, monkeypatch):
    monkeypatch.setenv("OUTCOMES_DATABASE", str(shutil.copy2(empty_store_path, tmp_path / "empty.duckdb")))
    assert "No clients yet." in words_of(opened())


def test_in_the_invented_practice_the_form_can_be_tried_and_nothing_saved(sample_store_path, tmp_path, monkeypatch):
    monkeypatch.setenv("OUTCOMES_DATABASE", str(shutil.copy2(sample_store_path, tmp_path / "sample.duckdb")))
    app = opened()
    asks(app)[0].click().run()
    number(app).set_value(3).run()
    assert the(app, "go_save_").disabled
    assert the(app, "missed_").disabled
    assert "Invented practice: try the form, nothing is saved." in words_of(app)
