"""The Record page, clicked through: a new client, their episode, a first visit, what is missed, booked and ended."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from records import ids, intake
from records import store as record_store
from tables import practice_of

ROOT = Path(__file__).parents[2]


def words_of(app: AppTest) -> str:
    shown = (*app.title, *app.header, *app.markdown, *app.info, *app.success, *app.error, *app.warning)
    return "\n".join(element.value for element in shown).replace("\\", "")  # names are escaped on the page


def widget(app: AppTest, kind: str, label: str):
    """The one widget of a kind with this label."""
    [found] = [element for element in getattr(app, kind) if element.label == label]
    return found


def press(app: AppTest, label: str) -> AppTest:
    widget(app, "button", label).click().run()
    assert [error.value for error in app.exception] == []
    return app


@pytest.fixture
def page(empty_store_path, tmp_path, monkeypatch):
    """`page(path)`: the Record page on a copy of that practice, an empty one unless told."""

    def open_page(path: Path = empty_store_path, **link: str) -> AppTest:
        copy = tmp_path / "page.duckdb"
        if not copy.exists():
            shutil.copy2(path, copy)
        monkeypatch.setenv("OUTCOMES_DATABASE", str(copy))
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
        for key, value in link.items():
            app.query_params[key] = value
        app.switch_page("pages/record_session.py").run()
        assert [error.value for error in app.exception] == []
        return app

    return open_page


@pytest.fixture
def ada(empty_store_path, tmp_path, owner) -> Path:
    """Ada: two visits in November, one booked for the 20th."""
    path = Path(shutil.copy2(empty_store_path, tmp_path / "ada.duckdb"))
    store = record_store.open_store(path)
    practice_of(
        store,
        owner,
        """
        client | day        | status | minutes | before | after | knee flexion right | home_done | home_prescribed
        Ada    | 2026-11-05 | kept   | 45      | 6      | 4     | 100                | -         | -
        Ada    | 2026-11-12 | kept   | 45      | 5      | 3     | 104                | 6         | 14
        Ada    | 2026-11-20 | booked | -       | -      | -     | -                  | -         | -
        """,
    )
    store.close()
    return path


def rows(sql: str):
    """What the served store holds."""
    return record_store.current()._connection.cursor().execute(sql).fetchall()


def test_an_empty_practice_is_told_to_enter_a_client(page):
    assert "No clients yet. Enter the first one under New client" in words_of(page())


def test_from_nobody_to_a_finished_first_visit(page):
    app = page()
    widget(app, "button_group", "What to write down").set_value("client").run()
    press(app, "Save the client")
    assert "Name: there is none. Write the client's name." in words_of(app)
    widget(app, "text_input", "Name").set_value("Nia Example")
    press(app, "Save the client")
    assert "The client is in the records. Open an episode for the complaint next." in words_of(app)
    assert "Nia Example" in [title.value for title in app.title]

    press(app, "Save the episode")
    assert "Injury type: there is none." in words_of(app)
    assert "Region: there is none." in words_of(app)
    injury = widget(app, "selectbox", "Injury type")
    injury.set_value(next(key for key, name in zip(range(1, 19), injury.options, strict=False) if name))
    widget(app, "selectbox", "Cause").set_value("fall")
    widget(app, "selectbox", "Main complaint").set_value("knee")
    widget(app, "selectbox", "Main complaint: side").set_value("right")
    widget(app, "number_input", "Pain to reach, 0 to 10").set_value(2.0)
    widget(app, "number_input", "Visits ordered").set_value(6)
    press(app, "Save the episode")
    assert "The episode is open; record its first visit." in words_of(app)
    assert "Visit 1 of 6 ordered" in [title.value for title in app.title]
    assert "Goal: pain 2." in words_of(app)

    widget(app, "button_group", "Right knee pain").set_value(7).run()
    assert "✓ saved" in words_of(app)
    press(app, "Finish visit 1")
    assert "The visit is in the records." in words_of(app)
    assert rows("SELECT kind, region, side, pain::DOUBLE FROM records.rating") == [("now", "knee", "right", 7.0)]
    assert rows("SELECT kind, status FROM records.session") == [("evaluation", "kept")]
    assert rows("SELECT target::DOUBLE FROM records.goal") == [(2.0,)]
    press(app, "Record another visit")
    assert "Visit 2 of 6 ordered" in [title.value for title in app.title]


def test_the_form_starts_from_the_last_visit_and_writes_nothing_of_it_by_itself(page, ada):
    app = page(ada)
    assert "Last time (12 Nov): pain 5 before, 3 after." in words_of(app)
    assert widget(app, "number_input", "Prescribed").value == 14
    assert widget(app, "number_input", "Minutes").value == 45
    assert widget(app, "number_input", "Knee flexion, active, right").value is None
    assert "last **104°**" in words_of(app)
    assert rows("SELECT count(*) FROM records.draft") == [(0,)]
    press(app, "Finish visit 3")
    # A visit of which only the hour is known: kept, with the minutes that stood on the form, and no reading.
    assert rows("SELECT count(*) FROM records.rating WHERE rated_on = '2026-11-20'") == [(0,)]
    assert rows("SELECT home_done, home_prescribed FROM records.session_part WHERE visited_on = '2026-11-20'") == [
        (None, None)
    ]


def test_the_visit_booked_for_today_is_the_one_that_is_kept(page, ada):
    app = page(ada)
    widget(app, "button_group", "Pain").set_value(4).run()
    press(app, "Finish visit 3")
    assert rows("SELECT status, ver FROM records.session WHERE visited_on = '2026-11-20'") == [("kept", 2)]
    assert rows("SELECT count(*) FROM records.session_part WHERE visited_on = '2026-11-20'") == [(1,)]


def test_a_half_is_added_and_a_number_taken_back(page, ada):
    app = page(ada)
    widget(app, "button_group", "Pain").set_value(4).run()
    widget(app, "button_group", "Pain, add a half").set_value("+ ½").run()
    assert "now **4.5**" in words_of(app)
    press(app, "clear")
    assert "now **4.5**" not in words_of(app)
    press(app, "Finish visit 3")
    assert rows("SELECT count(*) FROM records.rating WHERE rated_on = '2026-11-20'") == [(0,)]


def test_a_missed_visit_is_the_booking_that_nobody_came_to(page, ada):
    app = page(ada)
    widget(app, "button_group", "What to write down").set_value("missed").run()
    press(app, "Save")
    assert "Did not come, 20 Nov 2026." in words_of(app)
    assert rows("SELECT status FROM records.session WHERE visited_on = '2026-11-20'") == [("no_show",)]


def test_the_next_visit_is_booked(page, ada):
    app = page(ada)
    widget(app, "button_group", "What to write down").set_value("book").run()
    assert "Booked already: 20 Nov 2026." in words_of(app)
    press(app, "Book")
    assert "Booked for 27 Nov 2026." in words_of(app)
    assert rows("SELECT count(*) FROM records.session WHERE status = 'booked'") == [(2,)]


def test_an_episode_ends_with_a_reason_and_not_before_its_last_visit(page, ada):
    app = page(ada)
    widget(app, "button_group", "What to write down").set_value("end").run()
    press(app, "Discharge")
    assert "Reason: there is none." in words_of(app)
    widget(app, "selectbox", "Reason").set_value("goals_met")
    press(app, "Discharge")
    assert "discharged on 12 Nov 2026" in words_of(app)
    assert rows("SELECT discharged_on::VARCHAR, discharge_reason FROM records.episode") == [("2026-11-12", "goals_met")]


def test_a_further_goal_and_a_further_order_join_the_episode(page, ada):
    app = page(ada)
    widget(app, "button_group", "What to write down").set_value("plan").run()
    press(app, "Save the goals")
    assert "Goals: nothing is filled in." in words_of(app)
    widget(app, "number_input", "Pain to reach, 0 to 10").set_value(1.5)
    press(app, "Save the goals")
    assert "The goals stand from today on." in words_of(app)
    widget(app, "number_input", "Visits ordered").set_value(8)
    press(app, "Save the order")
    assert "The order is in the records." in words_of(app)
    assert rows("SELECT target::DOUBLE, set_on::VARCHAR FROM records.goal") == [(1.5, "2026-11-20")]
    assert rows("SELECT visits_ordered FROM records.referral") == [(8,)]


@pytest.fixture
def neck(ada, owner) -> int:
    """Ada's second complaint, open since the 10th; its episode's id."""
    store = record_store.open_store(ada)
    window = store.open_for(owner)
    client_id = int(window.read("FROM visible_client")["client_id"][0])
    injury = int(window.read("FROM visible_injury_type WHERE name = 'Neck pain'")["injury_type_id"][0])
    episode_id = intake.open_episode(
        store, owner, client_id, {"injury_type_id": injury, "cause": "fall", "opened_on": "2026-11-10"},
        regions=[{"region": "neck", "side": "midline"}, {"region": "knee", "side": "left"}], idempotency_key="neck",
    )  # fmt: skip
    store.close()
    return episode_id


TODAYS_PARTS = (
    "SELECT i.name, p.minutes, r.region, r.pain::DOUBLE FROM records.session_part AS p"
    " JOIN records.rating AS r USING (session_id, episode_id) JOIN records.episode AS e USING (episode_id)"
    " JOIN records.injury_type AS i USING (injury_type_id) WHERE p.visited_on = '2026-11-20' AND NOT p.withdrawn"
    " ORDER BY i.name"
)
TWO_PARTS = [("Low back strain", 45, None, 3.0), ("Neck pain", 20, "neck", 6.0)]


def rate_both(app: AppTest, neck: int) -> None:
    """One visit for both complaints: neck 6 in 20 minutes with fever found, back 3."""
    widget(app, "button_group", "This visit also serves").set_value([neck]).run()
    widget(app, "button_group", "Neck pain").set_value(6).run()
    widget(app, "button_group", "Pain").set_value(3).run()
    widget(app, "number_input", "Minutes, Neck pain").set_value(20).run()


def test_one_visit_serves_two_episodes_and_keeps_their_parts_apart(page, ada, neck):
    app = page(ada)
    rate_both(app, neck)
    press(app, "Finish visit 3")
    assert rows(TODAYS_PARTS) == TWO_PARTS


def test_a_draft_of_two_episodes_loses_nothing_when_it_is_looked_at_from_the_other_one(page, ada, neck):
    app = page(ada)
    rate_both(app, neck)
    [asked] = [group for group in app.button_group if group.label.startswith("Danger signs")]
    asked.set_value("Asked, found").run()
    widget(app, "button_group", "Found").set_value(["fever"]).run()
    [episode] = [select for select in app.selectbox if select.label.startswith("Episode (")]
    back = episode.value
    episode.set_value(neck).run()
    assert [error.value for error in app.exception] == []
    assert widget(app, "button_group", "Neck pain").value == 6
    assert widget(app, "button_group", "This visit also serves").value == [back]
    press(app, "Finish visit 1")
    assert rows(TODAYS_PARTS) == TWO_PARTS
    assert rows("SELECT episode_id, red_flag FROM records.red_flag_found") == [(back, "fever")]


def test_an_episode_tapped_off_and_on_again_has_what_was_said_of_it(page, ada, neck):
    app = page(ada)
    rate_both(app, neck)
    widget(app, "button_group", "This visit also serves").set_value([]).run()
    assert [group for group in app.button_group if group.label == "Neck pain"] == []
    widget(app, "button_group", "This visit also serves").set_value([neck]).run()
    assert widget(app, "button_group", "Neck pain").value == 6
    press(app, "Finish visit 3")
    assert rows(TODAYS_PARTS) == TWO_PARTS


def test_an_episode_discharged_by_a_colleague_meanwhile_keeps_what_was_said_of_it(page, ada, neck, owner):
    app = page(ada)
    rate_both(app, neck)
    intake.discharge(
        record_store.current(), owner, neck, discharged_on="2026-11-20", discharge_reason="moved",
        idempotency_key="colleague",
    )  # fmt: skip
    app.run()
    press(app, "Finish visit 3")
    assert rows(TODAYS_PARTS) == TWO_PARTS


def test_a_value_stays_with_its_pain_when_another_is_offered_no_more(page, ada, neck, owner):
    app = page(ada, episode=ids.to_link(neck))
    [episode] = [select for select in app.selectbox if select.label.startswith("Episode (")]
    episode.set_value(neck).run()
    widget(app, "button_group", "Neck pain").set_value(7).run()
    with record_store.current().change(owner, "withdraw") as change:
        [(region_id, ver)] = rows("SELECT episode_region_id, ver FROM records.episode_region WHERE region = 'neck'")
        change.withdraw("episode_region", region_id, ver)
    app.run()
    assert widget(app, "button_group", "Left knee pain").value is None
    assert widget(app, "button_group", "Neck pain").value == 7
    press(app, "Finish visit 1")
    assert rows("SELECT region, pain::DOUBLE FROM records.rating WHERE rated_on = '2026-11-20'") == [("neck", 7.0)]


def test_a_visit_written_down_late_takes_the_booking_of_its_own_day(page, ada):
    app = page(ada)
    widget(app, "button_group", "Pain").set_value(4).run()
    widget(app, "date_input", "Date").set_value(dt.date(2026, 11, 18)).run()
    press(app, "Finish visit 3")
    assert rows(
        "SELECT visited_on::VARCHAR, status FROM records.session WHERE visited_on > '2026-11-12' ORDER BY 1"
    ) == [
        ("2026-11-18", "kept"),
        ("2026-11-20", "booked"),
    ]


def test_an_answer_given_for_one_client_answers_for_nobody_else(page, empty_store_path, tmp_path, owner):
    path = Path(shutil.copy2(empty_store_path, tmp_path / "both.duckdb"))
    store = record_store.open_store(path)
    drawn = practice_of(
        store,
        owner,
        """
        client | day        | status
        Ada    | 2026-11-12 | kept
        Ada    | 2026-11-20 | no_show
        Ben    | 2026-11-12 | kept
        Ben    | 2026-11-20 | no_show
        """,
    )
    store.close()
    app = page(path)
    widget(app, "button_group", "What to write down").set_value("missed").run()
    for name in ("Ada", "Ben"):
        widget(app, "selectbox", "Recent clients").set_value(drawn.clients[name]).run()
        press(app, "Save")
        assert "Another visit on 20 Nov 2026? One is recorded already. Press again if it is right." in words_of(app)
    assert rows("SELECT count(*) FROM records.warning_overruled") == [(0,)]


def test_what_was_filled_in_can_be_put_aside(page, ada):
    app = page(ada)
    widget(app, "button_group", "Pain").set_value(4).run()
    app.run()
    press(app, "Put it aside")
    assert rows("SELECT state FROM records.draft") == [("discarded",)]
    assert widget(app, "button_group", "Pain").value is None


def test_in_the_invented_practice_the_form_can_be_tried_and_nothing_is_saved(page, sample_store_path):
    app = page(sample_store_path)
    pains = [group for group in app.button_group if group.label.lower().endswith("pain")]
    pains[0].set_value(4).run()
    assert "now **4**" in words_of(app)
    assert "tried, not saved" in words_of(app)
    assert "nothing is saved" in words_of(app)
    assert rows("SELECT count(*) FROM records.draft") == [(0,)]
    [finish] = [button for button in app.button if button.label.startswith("Finish visit")]
    assert finish.disabled
