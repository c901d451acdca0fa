"""Every page through the front door, in each state a practice can be in: empty, one client, full."""

import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics import episodes, progress
from pages.parts import facts
from records import ids
from records import store as record_store
from tables import enter, practice_of

ROOT = Path(__file__).parents[2]
PAGES = ("client_progress", "injury_outcomes", "caseload", "import_records", "corrections", "duplicates")


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """`opened(path, page, **link)`: the page as it comes up on a copy of that practice."""

    def open_page(path: Path, page: str, **link: str) -> AppTest:
        copy = tmp_path / f"{page}.duckdb"
        if not copy.exists():
            shutil.copy2(path, copy)
        monkeypatch.setenv("OUTCOMES_DATABASE", str(copy))
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
        for key, value in link.items():
            app.query_params[key] = value
        app.run()
        if page != PAGES[0]:
            app.switch_page(f"pages/{page}.py").run()
        assert [error.value for error in app.exception] == []
        return app

    return open_page


@pytest.fixture
def one_client_path(empty_store_path, tmp_path, owner) -> Path:
    """A practice with one client: four visits, one of them not rated, a no-show and a telephone contact."""
    path = Path(shutil.copy2(empty_store_path, tmp_path / "one_client.duckdb"))
    store = record_store.open_store(path)
    practice_of(
        store,
        owner,
        """
        client         | day        | kind       | status  | injury    | before | after | knee flexion right
        Ada *Example*  | 2026-10-01 | evaluation | kept    | Knee sprain | 7    | 5     | 90
        Ada *Example*  | 2026-10-08 | treatment  | kept    | Knee sprain | -    | -     | -
        Ada *Example*  | 2026-10-12 | treatment  | no_show | Knee sprain | -    | -     | -
        Ada *Example*  | 2026-10-15 | treatment  | kept    | Knee sprain | 4    | 3     | 104
        Ada *Example*  | 2026-10-20 | contact    | kept    | Knee sprain | -    | -     | -
        Ada *Example*  | 2026-11-17 | treatment  | kept    | Knee sprain | 3    | 2     | 112
        """,
    )
    store.close()
    return path


def words_of(app: AppTest) -> str:
    shown = (*app.title, *app.header, *app.subheader, *app.markdown, *app.info, *app.error, *app.warning)
    return "\n".join(element.value for element in shown)


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_practice_is_told_what_to_do_next(opened, empty_store_path, page):
    app = opened(empty_store_path, page)
    assert "nobody here is real" not in words_of(app)
    if page != "import_records":
        assert "Import page" in words_of(app)
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_one_client_opens_every_page(opened, one_client_path, page):
    assert not opened(one_client_path, page).error


@pytest.mark.parametrize("page", PAGES)
def test_the_full_practice_opens_every_page_and_says_that_it_is_invented(opened, full_sample_path, page):
    app = opened(full_sample_path, page)
    assert not app.error
    assert "Invented sample practice: nobody here is real." in words_of(app)


def test_client_progress_says_the_verdict_its_error_and_who_was_not_asked(opened, one_client_path):
    words = words_of(opened(one_client_path, "client_progress"))
    # 7 to 3 is a fall of 4, more than 2.4 and more than 30 % of 7; three of the four visits were rated.
    assert ":green[Better.] Pain before treatment fell from 7 to 3 between visit 1 and visit 4." in words
    assert "2.4 (90 %, low back, computed from SEM 1.02, Childs 2005" in words
    assert "3 of 4 visits were rated before treatment." in words
    assert "4 visits kept, 1 no-show, 1 contact." in words
    assert "**Motion.** Better: knee flexion right from 90° to 112°." in words.replace("\\", "")
    assert "Function was not scored" in words


def test_client_progress_says_what_became_of_function_and_where_it_disagrees_with_pain(opened, one_client_path, owner):
    store = record_store.open_store(one_client_path)
    window = store.open_for(owner)
    visits = window.read("FROM visible_visit WHERE visit_number IN (1, 4) ORDER BY visit_number").to_dict("records")
    with store.change(owner, "create") as change:
        for visit, value in zip(visits, (50, 38), strict=True):
            about = {name: visit[name] for name in ("client_id", "episode_id", "session_id")}
            day = visit["visited_on"].date()
            change.insert("score", about | {"scored_on": day, "scale": "lefs", "value": value})
    store.close()
    words = words_of(opened(one_client_path, "client_progress")).replace("\\", "")
    # 50 to 38 is a fall of 12 on a scale where more is better; its error is 9.
    assert "Leg function (LEFS) fell from 50 to 38 of 80" in words
    assert "worse, beyond error. That is more than the error of measuring, 9 (90 %, lower limb, Binkley 1999)" in words
    assert "leg function (LEFS) is worse: all stand, none outweighs another." in words


def test_other_pains_whose_names_are_alike_stand_each_in_a_figure_of_its_own(opened, empty_store_path, tmp_path, owner):
    path = Path(shutil.copy2(empty_store_path, tmp_path / "three_pains.duckdb"))
    store = record_store.open_store(path)
    entered = practice_of(store, owner, "client | day | before\nAda | 2026-11-02 | 7\nAda | 2026-11-09 | 3")
    enter(
        store,
        owner,
        entered,
        "rating",
        """
        episode | session | region   | side    | kind | moment | pain
        Ada     | 2       | low_back | -       | now  | before | 5
        Ada     | 2       | low_back | midline | now  | before | 4
        """,
    )
    store.close()
    words = words_of(opened(path, "client_progress"))
    assert "Low back pain before treatment 5 at visit 2, its only reading" in words
    assert "Low back pain before treatment 4 at visit 2, its only reading" in words


def test_a_name_is_shown_as_written_and_never_as_markup(opened, one_client_path):
    assert r"**Ada \*Example\***" in words_of(opened(one_client_path, "client_progress"))


def test_motion_is_set_against_start_and_reference(opened, one_client_path):
    words = words_of(opened(one_client_path, "client_progress"))
    # 90 to 112 is a gain of 22, more than the error of 10.
    assert "Knee flexion right 90° to 112° (better by 22°)" in words


def test_a_link_opens_the_client_it_names(opened, full_sample_path, owner):
    store = record_store.open_store(full_sample_path)
    somebody = store.open_for(owner).read("SELECT client_id, name FROM visible_client ORDER BY client_id DESC LIMIT 1")
    store.close()
    client_id, name = int(somebody["client_id"][0]), somebody["name"][0]
    app = opened(full_sample_path, "client_progress", client=ids.to_link(client_id))
    assert app.selectbox(key="client").value == client_id
    assert name in words_of(app).replace("\\", "")
    assert app.query_params["client"] == ids.to_link(client_id)
    assert name not in str(app.query_params)


def test_a_link_that_names_nobody_opens_the_most_recent_client(opened, one_client_path):
    assert "Ada" in words_of(opened(one_client_path, "client_progress", client="zzzz"))


def test_a_name_that_is_not_there_is_said_and_nobody_else_is_listed(opened, one_client_path):
    app = opened(one_client_path, "client_progress")
    app.text_input(key="client_search").set_value("Nobody").run()
    assert "No client has all these words in their name." in words_of(app)
    assert "No clients yet" not in words_of(app)
    assert "Ada" not in words_of(app)


def test_filters_live_in_the_link_by_id_and_are_said_as_a_sentence(opened, full_sample_path, owner):
    store = record_store.open_store(full_sample_path)
    who = store.open_for(owner).read("SELECT therapist_id, name FROM visible_therapist ORDER BY therapist_id LIMIT 1")
    store.close()
    therapist_id, name = int(who["therapist_id"][0]), who["name"][0]
    app = opened(full_sample_path, "caseload", therapist=ids.to_link(therapist_id), period="24m", cause="fall")
    assert f"Sessions from 20 Nov 2024 to 20 Nov 2026; therapist: {name}; cause: fall." in words_of(app).replace(
        "\\", ""
    )
    assert app.query_params["therapist"] == ids.to_link(therapist_id)
    everyone = opened(full_sample_path, "caseload")
    everyone.selectbox(key="therapist").set_value(therapist_id).run()
    assert everyone.query_params["therapist"] == ids.to_link(therapist_id)


def test_the_practice_pages_count_the_same_sessions(opened, full_sample_path, owner, today):
    store = record_store.open_store(full_sample_path)
    kept = store.open_for(owner).read(
        "SELECT count(*) AS n FROM visible_session"
        " WHERE status = 'kept' AND kind <> 'contact' AND visited_on BETWEEN DATE '2025-11-20' AND $today",
        today=today,
    )["n"][0]
    store.close()
    assert f"**{kept:,} sessions** in this choice." in words_of(opened(full_sample_path, "caseload"))


def test_outcomes_answer_with_the_account_of_everyone(opened, one_client_path):
    said = words_of(opened(one_client_path, "injury_outcomes")).replace("\\", "")
    # Ada went from 7 to 3, and care is not over: nobody is judged.
    assert "Of 1 episode, 0 can be judged; 1 cannot, or not yet: 1 still in care." in said
    assert "None of 1 episode can be judged" in said
    assert "cannot be said: fewer than 100 have two readings." in said
    assert not re.search(r"\bnan\b", said, re.IGNORECASE)


def test_outcomes_say_how_much_of_the_fall_would_come_without_treatment(opened, full_sample_path):
    said = words_of(opened(full_sample_path, "injury_outcomes"))
    assert re.search(
        r"Of the mean fall of \d\.\d points in the \d+ whose pain began above \d(\.\d)?,"
        r" (roughly \d\.\d|less than 0\.1) would be expected without any treatment\. That is a rough estimate: with 100"
        r" people the truth may be half of it or twice, and it is far more where people differ",
        said,
    )


@pytest.mark.parametrize(
    ("page", "figures", "told"),
    [
        (
            "injury_outcomes",
            ["account", "overview"],
            ["without a visit for more than 77 days), whatever", "without a visit for more than 77 days); open"],
        ),
        (
            "caseload",
            ["flow", "ended"],
            [
                "no visit for more than 33 days, none booked",
                "silent for more than 77 days, the first day without a visit for more than 33",
                "of all periods at 33 and 77 days",
                "been away for more than 77 days",
            ],
        ),
    ],
)
def test_the_days_that_end_an_episode_are_told_as_they_are_counted(
    opened, full_sample_path, tmp_path, owner, monkeypatch, page, figures, told
):
    for name, days in (("LAPSED_AFTER_DAYS", 33), ("CLOSED_AFTER_CHOICES", (33, 77))):
        monkeypatch.setattr(episodes, name, days)
    path = Path(shutil.copy2(full_sample_path, tmp_path / "of_77_days.duckdb"))
    store = record_store.open_store(path)
    practice = store.open_for(owner).read("SELECT practice_id, ver FROM visible_practice").iloc[0]
    with store.change(owner, "correct") as change:
        change.correct("practice", int(practice["practice_id"]), int(practice["ver"]), {"closed_after_days": 77})
    store.close()
    app = opened(path, page)
    for figure in figures:
        app.session_state[f"how_{figure}"] = True
    said = words_of(app.run())
    assert [words for words in told if words not in said] == []


def test_the_headings_say_the_verdict_in_the_words_it_has_everywhere(opened, one_client_path, full_sample_path):
    # 7 to 3 is a fall of 4, 57 % of 7: beyond the error of 2.4.
    said = words_of(opened(one_client_path, "client_progress")).replace("\\", "")
    assert "from 7 to 3 over 4 visits: better, beyond error" in said
    said = words_of(opened(full_sample_path, "injury_outcomes"))
    assert re.search(r"\d+ of \d+ that can be judged are better, beyond error", said)


def test_caseload_says_so_when_no_episode_was_closed(opened, one_client_path):
    assert "No episode was closed in this choice" in words_of(opened(one_client_path, "caseload"))


EIGHT_COUNTS = r"\d+ better, \d+ possibly better, \d+ no clear change, \d+ possibly worse, \d+ worse, \d+ not judged"


def test_caseload_says_how_many_better_worse_or_not_judged(opened, full_sample_path):
    said = words_of(opened(full_sample_path, "caseload"))
    assert re.search(EIGHT_COUNTS, said)
    assert re.search(r"30 days \d+; 45 days \d+; 60 days \d+; 90 days \d+", said)


def test_nothing_of_one_viewer_reaches_another_through_the_caches(one_client_path, owner, therapist, today):
    """The owner's facts are kept; a therapist without episodes then asks for the same ones and gets none."""
    store = record_store.serve(one_client_path)
    owners, strangers = store.open_for(owner), store.open_for(therapist(1))
    assert facts.fact(progress.recent_clients, owners, today)["name"].tolist() == ["Ada *Example*"]
    assert facts.fact(progress.recent_clients, strangers, today).empty
