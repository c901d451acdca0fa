"""What is hardly ever so is asked about: each question at its limit, silent just under it, and asked once."""

import pytest

from records import entry, plausibility
from records.entry import looked_at, record_session
from records.errors import EntryDoubted
from tables import Practice, enter, practice_of

HERE_TESTED = set()  # filled by `about`: which questions this file puts to the test


def about(*questions: str):
    """Marks a test as one of these questions."""
    HERE_TESTED.update(questions)
    return lambda test: test


def pain(value, moment="before", **more) -> dict:
    return {"label": "Pain", "what": "pain", "kind": "now", "moment": moment, "value": str(value)} | more


def flexion(value, side="right", motion_type="active", **more) -> dict:
    named = {"label": "Flexion", "what": "motion", "joint": "knee", "movement": "flexion", "moment": "before"}
    return named | {"side": side, "motion_type": motion_type, "value": str(value)} | more


def score(scale, value, **more) -> dict:
    return {"label": scale, "what": "score", "scale": scale, "value": str(value)} | more


@pytest.fixture
def drawn(store, owner):
    """`drawn(table)`: enters a drawn practice and keeps its ids for `asked`."""
    entered = Practice()

    def draw(table: str) -> Practice:
        for name, ids in vars(practice_of(store, owner, table)).items():
            known = getattr(entered, name)
            known.extend(ids) if isinstance(known, list) else known.update(ids)
        return entered

    draw.entered = entered
    return draw


@pytest.fixture
def form(drawn):
    """`form(readings, ...)`: a session of Ada's on 9 March as `record_session` takes it, and its one part."""

    def fill(*readings, episode="Ada", part=(), **session):
        visit = {"client_id": drawn.entered.clients["Ada"], "visited_on": "2026-03-09", "kind": "treatment"}
        filled = {"episode_id": drawn.entered.episodes[episode], "readings": list(readings)}
        return visit | {"status": "kept"} | session, [filled | dict(part)]

    return fill


@pytest.fixture
def asked(store, owner, form):
    """`asked(readings, ...)`: the words of every question a session raises."""

    def look(*readings, **more) -> list[str]:
        found = looked_at(store, owner, *form(*readings, **more))
        assert found.refused == ()
        return [doubt.words for doubt in found.doubts]

    return look


WEEK_BEFORE = "client | day\nAda | 2026-03-02"

# Motion -------------------------------------------------------------------------------------------------------------


@about("active_over_passive")
def test_active_motion_beyond_the_passive_by_more_than_five_degrees_is_asked_about(drawn, asked):
    drawn(WEEK_BEFORE)
    assert asked(flexion(115), flexion(110, motion_type="passive")) == []
    assert asked(flexion("115.1"), flexion(110, motion_type="passive")) == [
        "Active and passive exchanged? Knee flexion right active 115.1° is more than passive 110°."
    ]
    assert asked(flexion(130, "left"), flexion(110, motion_type="passive")) == []  # of the other side
    assert asked(flexion(130, moment="after"), flexion(110, motion_type="passive")) == []  # of another moment


@about("motion_change")
def test_motion_more_than_thirty_degrees_from_the_last_visits_is_asked_about(drawn, asked):
    drawn("client | day | knee flexion right\nAda | 2026-02-23 | 20\nAda | 2026-03-02 | 70")
    assert asked(flexion(100)) == asked(flexion(40)) == []
    assert asked(flexion("100.1")) == ["Knee flexion right 100.1°? It was 70° on 2 Mar 2026."]
    assert asked(flexion("39.9")) == ["Knee flexion right 39.9°? It was 70° on 2 Mar 2026."]
    assert asked(flexion(140, moment="after")) == []  # treatment may do this
    assert asked(flexion(140, motion_type="passive")) == []  # never measured so before


@about("motion_change")
def test_repeats_are_asked_about_by_their_mean(drawn, asked):
    drawn("client | day | knee flexion right\nAda | 2026-03-02 | 70")
    assert asked(flexion(95), flexion(105, repeat="2")) == []
    assert asked(flexion(95), flexion(107, repeat="2")) == ["Knee flexion right 101°? It was 70° on 2 Mar 2026."]


@about("motion_change")
def test_a_doubt_about_motion_says_which_motion_it_is_about(store, owner, drawn, form):
    entered = drawn(WEEK_BEFORE)
    passive = "1 | Ada | knee | flexion | right | passive | before | 70"
    enter(
        store,
        owner,
        entered,
        "motion",
        f"session | episode | joint | movement | side | motion_type | moment | degrees\n{passive}",
    )
    found = looked_at(store, owner, *form(flexion(110, motion_type="passive"), pain(3)))
    assert [(doubt.warning, doubt.about) for doubt in found.doubts] == [("motion_change", "knee flexion passive")]
    assert found.doubts[0].words == "Knee flexion right, passive, 110°? It was 70° on 2 Mar 2026."
    assert found.doubts[0].episode_id == entered.episodes["Ada"]


BOTH_SIDES = "client | day | knee flexion left | knee flexion right\nAda | 2026-03-02 | 100 | 120"


@about("side_swapped")
def test_sides_that_fit_the_last_visit_better_the_other_way_round_are_asked_about(drawn, asked):
    drawn(BOTH_SIDES)
    assert asked(flexion(120, "left"), flexion(100, "right")) == [
        "Left and right exchanged? Knee flexion left 120° and right 100° are close to last time's right (120°) and left"
        " (100°)."
    ]
    assert asked(flexion(125, "left"), flexion(105, "right")) != []  # each five degrees off
    assert asked(flexion("125.1", "left"), flexion(105, "right")) == []
    assert asked(flexion(102, "left"), flexion(118, "right")) == []  # as they were


@about("side_swapped")
def test_sides_that_hardly_differ_are_not_asked_about(drawn, asked):
    drawn("client | day | knee flexion left | knee flexion right\nAda | 2026-03-02 | 110 | 120")
    # Exchanged they fit exactly, as given they are 20 degrees off in all: the least that is asked about.
    assert asked(flexion(120, "left"), flexion(110, "right")) != []
    assert asked(flexion(119, "left"), flexion(110, "right")) == []  # 9 + 10 as given, 1 + 0 exchanged: 18 nearer


@about("side_swapped")
def test_a_side_that_was_never_measured_in_place_of_the_one_that_was_is_asked_about(drawn, asked):
    drawn("client | day | knee flexion left\nAda | 2026-03-02 | 100")
    assert asked(flexion(100, "right")) == [
        "The other side? Knee flexion was only ever measured left in this episode, and now right."
    ]
    assert asked(flexion(100, "left")) == []
    assert asked(flexion(100, "left"), flexion(120, "right")) == []  # beside it: a comparison


# Pain and scores ----------------------------------------------------------------------------------------------------


@about("pain_change")
def test_pain_six_points_from_the_last_visits_is_asked_about(drawn, asked):
    drawn("client | day | before\nAda | 2026-02-23 | 9\nAda | 2026-03-02 | 7.5")
    assert asked(pain(2)) == []
    assert asked(pain("1.5")) == ["Pain 1.5? It was 7.5 on 2 Mar 2026."]
    assert asked(pain(0, moment="after")) == []
    assert asked(pain(0, kind="worst")) == []  # another series


@about("pain_change")
def test_pain_is_held_against_pain_of_the_same_place(store, owner, drawn, asked):
    entered = drawn(WEEK_BEFORE)
    told = "session | episode | kind | moment | region | side | pain\n1 | Ada | now | before | knee | right | 8"
    enter(store, owner, entered, "rating", told)
    assert asked(pain(2, region="knee", side="right")) == ["Pain in the knee 2? It was 8 on 2 Mar 2026."]
    assert asked(pain(2, region="knee", side="left")) == asked(pain(2, region="neck")) == asked(pain(2)) == []


@about("pain_after")
def test_three_points_more_pain_after_the_treatment_than_before_are_asked_about(drawn, asked):
    drawn(WEEK_BEFORE)
    assert asked(pain(3), pain("5.5", moment="after")) == []
    assert asked(pain(3), pain(6, moment="after")) == ["Before and after exchanged? Pain was 3 before and 6 after."]
    assert asked(pain(6), pain(3, moment="after")) == []
    assert asked(pain(3, region="knee"), pain(6, moment="after", region="neck")) == []
    assert asked(pain(3), pain(6, moment="after", kind="worst")) == []


SCORED = "session | episode | scale | item | side | value\n"


@about("score_change")
def test_a_score_more_than_half_its_range_from_the_last_is_asked_about(store, owner, drawn, asked):
    entered = drawn(WEEK_BEFORE)
    enter(store, owner, entered, "score", f"{SCORED}1 | Ada | lefs | - | - | 20\n1 | Ada | psfs | squatting | - | 2")
    assert asked(score("lefs", 60)) == []  # half of 0 to 80
    assert asked(score("lefs", 61)) == ["Leg function (LEFS) 61? It was 20 on 2 Mar 2026."]
    assert asked(score("psfs", 9, item="squatting")) == ["Own activities (PSFS), squatting 9? It was 2 on 2 Mar 2026."]
    assert asked(score("psfs", 9, item="stairs")) == []


@about("score_change")
def test_a_limb_more_than_a_tenth_thicker_or_thinner_than_the_last_time_is_asked_about(store, owner, drawn, asked):
    entered = drawn(WEEK_BEFORE)
    enter(store, owner, entered, "score", f"{SCORED}1 | Ada | limb_girth | calf | right | 40")
    assert asked(score("limb_girth", 44, item="calf", side="right")) == []
    assert asked(score("limb_girth", "44.1", item="calf", side="right")) == [
        "Limb circumference, calf right 44.1? It was 40 on 2 Mar 2026."
    ]
    assert asked(score("limb_girth", "35.9", item="calf", side="right")) != []
    assert asked(score("limb_girth", 50, item="calf", side="left")) == []


# Days and minutes ---------------------------------------------------------------------------------------------------


@about("same_day")
def test_a_second_visit_on_a_day_is_asked_about_with_the_time_of_the_first(store, owner, drawn, asked, form):
    drawn(WEEK_BEFORE)
    assert asked(visited_on="2026-03-02") == ["Another visit on 2 Mar 2026? One is recorded already."]
    record_session(store, owner, *form(start_time="14:30"), idempotency_key="form 1")
    assert asked() == ["Another visit on 9 Mar 2026? One is recorded already at 14:30."]
    assert asked(kind="contact") == []
    assert asked(visited_on="2026-03-10") == []


@about("same_day")
def test_a_second_no_show_on_a_day_is_asked_about_and_a_visit_after_a_no_show_is_not(drawn, asked):
    drawn("client | day | status\nAda | 2026-03-02 | kept\nAda | 2026-03-09 | no_show")
    assert asked(status="no_show") == ["Another visit on 9 Mar 2026? One is recorded already."]
    assert asked() == asked(status="late_cancel") == []


@about("same_day")
def test_of_a_visit_that_serves_two_episodes_the_day_is_asked_about_once(store, owner, drawn, form):
    entered = drawn("client | episode | day\nAda | knee | 2026-03-02\nAda | neck | 2026-03-02")
    session, parts = form(episode="knee", visited_on="2026-03-02")
    found = looked_at(store, owner, session, [*parts, {"episode_id": entered.episodes["neck"]}])
    assert [doubt.warning for doubt in found.doubts] == ["same_day"]


@about("same_day", "long_gap")
def test_a_booking_that_takes_place_is_not_held_against_itself(drawn, asked):
    entered = drawn("client | day | status\nAda | 2026-03-02 | kept\nAda | 2026-03-09 | booked")
    assert asked(status="booked") != []
    assert asked(status="booked", booking_id=entered.sessions[1]) == asked(booking_id=entered.sessions[1]) == []


@about("long_gap")
def test_a_visit_after_a_longer_gap_than_the_practices_is_asked_about(store, owner, drawn, asked):
    drawn(WEEK_BEFORE)
    assert asked(visited_on="2026-05-01") == []  # 60 days
    assert asked(visited_on="2026-05-02") == [
        "The same episode? The last visit was 61 days ago, on 2 Mar 2026; after more than 60 days a new episode begins."
    ]
    with store.change(owner, "correct") as change:
        (practice_id,) = change.cursor.execute("SELECT practice_id FROM records.practice").fetchone()
        change.correct("practice", practice_id, 1, {"closed_after_days": 90})
    assert asked(visited_on="2026-05-31") == []  # 90 days
    assert asked(visited_on="2026-06-01") != []


@about("long_gap")
def test_neither_a_contact_nor_a_no_show_bridges_a_gap_or_is_asked_about_one(drawn, asked):
    drawn("""
        client | day        | kind      | status
        Ada    | 2026-03-02 | treatment | kept
        Ada    | 2026-04-20 | contact   | kept
        Ada    | 2026-04-27 | treatment | no_show
    """)
    assert len(asked(visited_on="2026-05-02")) == 1
    assert asked(visited_on="2026-05-02", kind="contact") == asked(visited_on="2026-05-02", status="no_show") == []


@about("before_onset")
def test_a_visit_before_the_complaint_began_is_asked_about(store, owner, drawn, asked):
    entered = drawn(WEEK_BEFORE)
    with store.change(owner, "correct") as change:
        change.correct("episode", entered.episodes["Ada"], 1, {"onset_on": "2026-03-10"})
    assert asked() == ["9 Mar 2026? The complaint began on 10 Mar 2026."]
    assert asked(visited_on="2026-03-10") == asked(kind="contact") == []


@about("minutes")
def test_techniques_longer_than_the_visit_are_asked_about(drawn, asked):
    drawn(WEEK_BEFORE)
    used = [{"technique": "relaxation", "minutes": "30"}, {"technique": "trigger_point", "minutes": "15"}]
    assert asked(part={"minutes": "45", "techniques": used}) == asked(part={"techniques": used}) == []
    assert asked(part={"minutes": "44", "techniques": used}) == [
        "The techniques add up to 45 minutes, and the visit had 44?"
    ]
    assert asked(part={"minutes": "10", "techniques": [{"technique": "relaxation"}]}) == []


# Held against visits only -------------------------------------------------------------------------------------------


@about("motion_change", "pain_change", "score_change", "side_swapped")
def test_no_value_is_held_against_one_of_a_contact_of_another_episode_or_of_the_same_day(store, owner, drawn, asked):
    entered = drawn("""
        client | episode | day        | kind      | before | knee flexion right
        Ada    | Ada     | 2026-02-23 | treatment | 2      | 100
        Ada    | Ada     | 2026-03-02 | contact   | 9      | 40
        Ada    | other   | 2026-03-02 | treatment | 9      | 40
        Ada    | Ada     | 2026-03-09 | treatment | 9      | 40
    """)
    told = [f"{place} | {episode} | lefs | - | - | {value}" for place, episode, value in
            [(1, "Ada", 20), (2, "Ada", 75), (3, "other", 75), (4, "Ada", 75)]]  # fmt: skip
    enter(store, owner, entered, "score", SCORED + "\n".join(told))
    assert asked(pain(2), flexion(100), score("lefs", 20)) == ["Another visit on 9 Mar 2026? One is recorded already."]
    assert len(asked(pain(9), flexion(40), score("lefs", 75))) == 4


@about("motion_change", "pain_change")
def test_what_was_withdrawn_is_held_against_nothing(store, owner, drawn, asked):
    entered = drawn("client | day | before | knee flexion right\nAda | 2026-02-23 | 2 | 100\nAda | 2026-03-02 | 9 | 40")
    with store.change(owner, "withdraw") as change:
        change.withdraw("session", entered.sessions[1], 1)
    assert asked(pain(2), flexion(100)) == []


# Answered -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def overruled(store):
    """`overruled()`: every question kept as answered, in the order of writing."""
    query = "SELECT warning, words FROM records.warning_overruled ORDER BY rowid"
    return lambda: store._connection.execute(query).fetchall()


@about("pain_change")
def test_a_question_answered_is_not_asked_again_and_is_kept_with_the_session(store, owner, drawn, form, overruled):
    entered = drawn("client | day | before\nAda | 2026-03-02 | 9")
    with pytest.raises(EntryDoubted) as doubted:
        record_session(store, owner, *form(pain(1)), idempotency_key="form 1")
    (doubt,) = doubted.value.doubts
    answer = {"warning": doubt.warning, "words": doubt.words}
    part = {"overruled": [answer, answer]}  # a second tap says nothing more
    assert looked_at(store, owner, *form(pain(1), part=part)).doubts == ()
    session_id = record_session(store, owner, *form(pain(1), part=part), idempotency_key="form 1")
    assert overruled() == [("pain_change", "Pain 1? It was 9 on 2 Mar 2026.")]
    (whose,) = store._connection.execute(
        "SELECT session_id, episode_id, client_id, ver, withdrawn FROM records.warning_overruled"
    ).fetchall()
    assert whose == (session_id, entered.episodes["Ada"], entered.clients["Ada"], 1, False)
    assert store.integrity().empty


@about("pain_change")
def test_another_value_is_another_question(store, owner, drawn, form):
    drawn("client | day | before\nAda | 2026-03-02 | 9")
    answer = {"warning": "pain_change", "words": "Pain 1? It was 9 on 2 Mar 2026."}
    with pytest.raises(EntryDoubted, match="Pain 2"):
        record_session(store, owner, *form(pain(2), part={"overruled": [answer]}), idempotency_key="form 1")


@about("pain_change")
def test_an_answer_to_a_question_nobody_asked_is_not_kept(store, owner, drawn, form, overruled):
    drawn("client | day | before\nAda | 2026-03-02 | 9")
    answer = {"warning": "pain_change", "words": "Pain 1? It was 9 on 2 Mar 2026."}
    odd = [answer, {"warning": "pain_change"}, {}]
    record_session(store, owner, *form(pain(8), part={"overruled": odd}), idempotency_key="form 1")
    assert overruled() == []


def test_an_ordinary_visit_is_asked_nothing(drawn, asked):
    drawn(
        "client | day | before | after | knee flexion left | knee flexion right\nAda | 2026-03-02 | 6 | 4 | 100 | 130"
    )
    techniques = [{"technique": "relaxation", "minutes": "40"}]
    values = [pain(4), pain(3, moment="after"), flexion(108, "left"), flexion(131)]
    assert asked(*values, part={"minutes": "50", "techniques": techniques}) == []


# Every question -----------------------------------------------------------------------------------------------------


def test_every_question_has_a_test_of_its_own():
    assert {question.stem.removeprefix("doubt_") for question in plausibility.QUESTIONS} == HERE_TESTED


def test_every_limit_is_used_by_a_question():
    asked = "".join(question.read_text(encoding="utf-8") for question in plausibility.QUESTIONS)
    assert [name for name in plausibility.limits() if f"${name}" not in asked] == []


@pytest.mark.parametrize("question", plausibility.QUESTIONS, ids=lambda question: question.stem)
def test_every_question_runs_where_nothing_is_recorded_yet_and_says_what_a_row_is(store, question):
    cursor = store.staging()
    entry.stage(cursor, {"client_id": 1}, [], {})
    entry.rules.check(cursor)
    plausibility.look(cursor, {"client_id": 1}, [])
    sql = question.read_text(encoding="utf-8")
    used = {name: value for name, value in plausibility.limits().items() if f"${name}" in sql}
    found = cursor.execute(sql, used)
    assert [column[0] for column in found.description] == ["line", "words", "about"]
    assert found.fetchall() == []
    comment = " ".join(line.removeprefix("--") for line in sql.splitlines() if line.startswith("--"))
    assert "one row" in comment.lower()
