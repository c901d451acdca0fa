"""Correcting one record: a new version with its reason, by the same rules as a form, and never over somebody else's."""

import threading

import pytest

from records import intake
from records.correcting import correct, history, restore, withdraw
from records.entry import record_session
from records.errors import AlreadySaved, EditedMeanwhile, EntryRefused, NotAllowed
from records.viewer import Viewer
from records.written import choices, correctable, described, record, records_of, text_of
from tables import enter, practice_of

WORLD = """
    client | day        | episode | injury      | kind       | before | after | minutes | knee flexion right
    Ada    | 2026-10-01 | knee    | Knee sprain | evaluation | 7      | 5     | 60      | 90
    Ada    | 2026-10-08 | knee    | Knee sprain | treatment  | 5      | -     | 45      | 100
    Ben    | 2026-10-09 | hip     | -           | treatment  | 3      | -     | 45      | -
"""


@pytest.fixture
def drawn(store, owner):
    """Two clients; Ada's second visit has a technique, and her knee a goal, an order, a region and an entry."""
    entered = practice_of(store, owner, WORLD)
    enter(
        store, owner, entered, "technique_use", "episode | session | technique | minutes\nknee | 2 | neuromuscular | 20"
    )
    enter(
        store,
        owner,
        entered,
        "goal",
        "episode | measure | target | set_on | due_on\nknee | pain | 2 | 2026-10-01 | 2026-12-01",
    )
    enter(store, owner, entered, "goal", "episode | measure | words | set_on\nknee | words | climb stairs | 2026-10-01")
    enter(
        store,
        owner,
        entered,
        "referral",
        "episode | visits_ordered | ordered_on | expires_on\nknee | 6 | 2026-09-30 | 2026-12-31",
    )
    enter(store, owner, entered, "episode_region", "episode | place | region | side\nknee | 1 | knee | right")
    enter(
        store,
        owner,
        entered,
        "dated_entry",
        "episode | entered_on | kind | words\nknee | 2026-10-01 | medication | ibuprofen",
    )
    return entered


@pytest.fixture
def ids_of(store):
    """`ids_of(table)`: ids of a table's rows in the order they were written."""

    def found(table: str) -> list[int]:
        key = {"dated_entry": "entry_id", "call_made": "call_id"}.get(table, f"{table}_id")
        return [row for (row,) in store._connection.execute(f"SELECT {key} FROM records.{table} ORDER BY 1").fetchall()]

    return found


def one_part(store, viewer, session_id: int, episode_id: int) -> int:
    """The id of a visit's part in one episode."""
    found = store.open_for(viewer).read(
        "SELECT session_part_id FROM visible_session_part WHERE session_id = $session_id AND episode_id = $episode_id",
        session_id=session_id,
        episode_id=episode_id,
    )
    return int(found["session_part_id"][0])


def refused(store, viewer, table, row_id, values, ver=1) -> str:
    with pytest.raises(EntryRefused) as said:
        correct(store, viewer, table, row_id, ver, values, reason="a slip")
    return "\n".join(said.value.reasons)


def test_a_correction_is_a_new_version_and_the_old_one_stays_with_the_reason(store, owner, drawn, ids_of):
    rating = ids_of("rating")[0]
    assert correct(store, owner, "rating", rating, 1, {"pain": "6.5"}, reason="misread the form") == 2
    told = history(store.open_for(owner), "rating", rating)
    assert told[["version", "what"]].values.tolist() == [[1, "written down"], [2, "corrected"]]
    assert told["why"].tolist()[1] == "misread the form"
    assert told["changes"][1] == ["Pain, 0 to 10: 7 → 6.5"]
    assert "Pain, 0 to 10: 7" in told["changes"][0]
    assert (
        store.open_for(owner).read("SELECT pain::DOUBLE AS pain FROM visible_rating ORDER BY rating_id")["pain"][0]
        == 6.5
    )
    assert store.integrity().empty


@pytest.mark.parametrize("reason", ["", "   ", None])
def test_nothing_is_changed_without_a_reason(store, owner, drawn, ids_of, reason):
    rating = ids_of("rating")[0]
    for act in (withdraw, restore):
        with pytest.raises(EntryRefused, match="Reason: it is not said why"):
            act(store, owner, "rating", rating, 1, reason=reason)
    with pytest.raises(EntryRefused, match="Reason: it is not said why"):
        correct(store, owner, "rating", rating, 1, {"pain": "6"}, reason=reason)


def test_a_correction_is_refused_in_the_words_of_a_form(store, owner, drawn, ids_of):
    def by_form(**reading) -> list[str]:
        part = {"episode_id": drawn.episodes["knee"], "readings": [reading]}
        session = {"client_id": drawn.clients["Ada"], "visited_on": "2026-10-15", "kind": "treatment", "status": "kept"}
        with pytest.raises(EntryRefused) as said:
            record_session(store, owner, session, [part], idempotency_key="form")
        return said.value.reasons

    pain = {"label": "Pain, 0 to 10", "what": "pain", "kind": "now", "moment": "before"}
    knee = {"label": "Degrees", "what": "motion", "joint": "knee", "movement": "flexion", "side": "right"}
    knee |= {"motion_type": "active", "moment": "before"}
    for value in ("11", "seven", "6.3"):
        assert [refused(store, owner, "rating", ids_of("rating")[0], {"pain": value})] == by_form(**pain, value=value)
    assert [refused(store, owner, "motion", ids_of("motion")[0], {"degrees": "400"})] == by_form(**knee, value="400")


@pytest.mark.parametrize(
    ("table", "values", "said"),
    [
        ("session", {"visited_on": "2027-01-01"}, "Date: 2027-01-01 is in the future (today is 2026-11-20)."),
        ("session", {"visited_on": "2026-02-31"}, "Date: 2026-02-31 is no date."),
        ("session", {"visited_on": "2026-09-01"}, "Date: 2026-09-01 is before the day the episode opened"),
        ("session", {"status": "no_show"}, "Kept or missed: a no-show has no readings"),
        ("session", {"kind": "party"}, "Kind of visit: party is not known. Known are evaluation,"),
        ("session", {"visited_on": ""}, "Date: this cannot be left empty."),
        ("session", {"therapist_id": "77"}, "Therapist: 77 is not known."),
        ("session", {"red_flags_asked": "perhaps"}, "Red flags asked: perhaps is neither yes nor no."),
        ("session_part", {"minutes": "4500"}, "Minutes: 4500 is outside 0 to 480."),
        ("motion", {"side": ""}, "Side: there is no side. Knee flexion is measured left or right."),
        ("motion", {"movement": "rotation"}, "Movement: "),
        ("client", {"birth_date": "2026-10-05"}, "First visit: 2026-10-01 is before the client was born (2026-10-05)."),
        ("client", {"name": " "}, "Name: this cannot be left empty."),
        ("episode", {"opened_on": "2026-10-02"}, "First visit: 2026-10-01 is before the day the episode opened"),
        ("episode", {"discharged_on": "2026-09-30"}, "Discharged: 2026-09-30 is before the day the episode opened"),
        ("episode", {"discharged_on": "2026-10-02"}, "Discharged: 2026-10-02 is before the last visit (2026-10-08)."),
        ("episode", {"surgery_on": "2027-01-01"}, "Surgery: 2027-01-01 is in the future"),
        ("episode", {"comorbidity_count": "99"}, "Other conditions, number: 99 is outside 0 to 40."),
        ("episode_region", {"region": "tail"}, "Region: tail is not known. Known are head and jaw,"),
        ("referral", {"expires_on": "2026-01-01"}, "Expires: 2026-01-01 is before the day of the order (2026-09-30)."),
        ("referral", {"visits_ordered": "0"}, "Visits ordered: 0 is outside 1 to 400."),
        ("goal", {"target": "11"}, "Target: 11 is outside 0 to 10."),
        ("goal", {"due_on": "2026-01-01"}, "To be reached by: 2026-01-01 is before set on (2026-10-01)."),
        ("dated_entry", {"entered_on": "2027-01-01"}, "Day: 2027-01-01 is in the future"),
        ("dated_entry", {"kind": "weather"}, "About: weather is not known."),
        ("technique_use", {"technique": "magic"}, "Technique: magic is not known."),
        ("technique_use", {"minutes": "999"}, "Minutes: 999 is outside 0 to 480."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_is_right_and_nothing_is_written(
    store, owner, drawn, ids_of, table, values, said
):
    row_id = ids_of(table)[0]
    before = store.version
    assert said in refused(store, owner, table, row_id, values)
    assert store.version == before
    assert store._connection.execute("SELECT count(*) FROM records.audit WHERE what = 'correct'").fetchone() == (0,)


@pytest.mark.parametrize(
    ("table", "values", "kept"),
    [
        ("client", {"birth_date": "1980-06-15", "sex": "female", "guardian": "son"}, ["1980-06-15", "female", "son"]),
        ("episode", {"injury_type_id": "11", "cause": "fall", "on_hold": "yes"}, ["11", "fall", "yes"]),
        ("episode", {"discharged_on": "2026-11-01", "discharge_reason": "goals met"}, ["2026-11-01", "goals_met"]),
        ("episode_region", {"region": "thigh", "side": "left"}, ["thigh", "left"]),
        ("goal", {"target": "1.5", "due_on": ""}, ["1.5", None]),
        ("dated_entry", {"words": "naproxen", "entered_on": "2026-10-02"}, ["naproxen", "2026-10-02"]),
        ("referral", {"diagnosis": "S83.4", "payer_kind": "auto"}, ["S83.4", "auto"]),
        ("session", {"start_time": "14:30", "red_flags_asked": "yes"}, ["14:30", "yes"]),
        ("session_part", {"note": "slept badly", "home_done": "3"}, ["slept badly", "3"]),
        ("technique_use", {"technique": "trigger_point", "minutes": "15"}, ["trigger_point", "15"]),
        ("rating", {"kind": "worst", "moment": "between", "region": "knee"}, ["worst", "between", "knee"]),
        ("motion", {"degrees": "95.5", "instrument": "goniometer"}, ["95.5", "goniometer"]),
    ],
)  # fmt: skip
def test_every_kind_of_record_can_be_corrected(store, owner, drawn, ids_of, table, values, kept):
    row_id = ids_of(table)[0]
    assert correct(store, owner, table, row_id, 1, values, reason="a slip") == 2
    stands = record(store.open_for(owner), table, row_id)
    assert [text_of(stands.values[name]) for name in values] == kept
    assert len(history(store.open_for(owner), table, row_id)["changes"][1]) == len(values)
    assert store.integrity().empty


def test_red_flags_and_calls_are_corrected_too(store, owner, drawn):
    session = {"client_id": drawn.clients["Ada"], "visited_on": "2026-10-15", "kind": "treatment", "status": "kept"}
    part = {
        "episode_id": drawn.episodes["knee"],
        "red_flags": [{"red_flag": "fever", "words": "38.5"}],
        "calls": [{"called_at": "2026-10-15 10:00", "called_whom": "Dr Lee", "about": "fever"}],
    }
    record_session(store, owner, session, [part], idempotency_key="form")
    written = {found.table: found for found in records_of(store.open_for(owner), drawn.clients["Ada"])}
    flag, call = written["red_flag_found"], written["call_made"]
    correct(store, owner, "red_flag_found", flag.row_id, 1, {"red_flag": "clot"}, reason="a slip")
    correct(store, owner, "call_made", call.row_id, 1, {"called_at": "2026-10-15 11:15"}, reason="a slip")
    assert "is no day with a time" in refused(store, owner, "call_made", call.row_id, {"called_at": "noon"}, ver=2)
    assert "Who was called: this cannot be left empty" in refused(
        store, owner, "call_made", call.row_id, {"called_whom": ""}, ver=2
    )
    lists = choices(store.open_for(owner))
    assert described(record(store.open_for(owner), "red_flag_found", flag.row_id), lists) == "clot, 38.5"
    assert (
        described(record(store.open_for(owner), "call_made", call.row_id), lists) == "15 Oct 2026, 11:15, Dr Lee, fever"
    )


def test_a_goal_in_words_has_no_target_to_correct(store, owner, drawn, ids_of):
    with pytest.raises(NotAllowed, match="target of a goal is not corrected here"):
        correct(store, owner, "goal", ids_of("goal")[1], 1, {"target": "2"}, reason="a slip")


def test_a_visits_new_day_is_the_day_of_its_parts_and_readings(store, owner, drawn, ids_of):
    session = drawn.sessions[1]
    motion = ids_of("motion")[1]
    correct(store, owner, "motion", motion, 1, {"measured_on": "2026-10-07"}, reason="measured the day before")
    withdrawn = ids_of("rating")[2]
    withdraw(store, owner, "rating", withdrawn, 1, reason="a slip")
    correct(store, owner, "session", session, 1, {"visited_on": "2026-10-09"}, reason="wrong day")
    days = store._connection.execute(
        "SELECT visited_on::VARCHAR, ver FROM records.session_part WHERE session_id = $s"
        " UNION ALL SELECT visited_on::VARCHAR, ver FROM records.technique_use WHERE session_id = $s"
        " UNION ALL SELECT rated_on::VARCHAR, ver FROM records.rating WHERE session_id = $s"
        " UNION ALL SELECT measured_on::VARCHAR, ver FROM records.motion WHERE session_id = $s",
        {"s": session},
    ).fetchall()
    # part and technique moved along; so did the withdrawn rating; what was measured on another day keeps it
    assert days == [("2026-10-09", 2), ("2026-10-09", 2), ("2026-10-09", 3), ("2026-10-07", 2)]
    restore(store, owner, "rating", withdrawn, 3, reason="it was right")
    assert store.integrity().empty
    part = ids_of("session_part")[1]
    assert history(store.open_for(owner), "session_part", part)["changes"][1] == ["Date: 2026-10-08 → 2026-10-09"]


def test_a_day_after_the_discharge_is_refused(store, owner, drawn):
    correct(store, owner, "episode", drawn.episodes["knee"], 1, {"discharged_on": "2026-10-20"}, reason="goals met")
    assert "is after the discharge (2026-10-20)" in refused(
        store, owner, "session", drawn.sessions[1], {"visited_on": "2026-10-21"}
    )


def test_what_was_wrong_before_does_not_stand_in_the_way(store, owner, drawn, ids_of):
    # Written before the rule there is now: an episode that opened after its first visit.
    store._connection.execute("UPDATE records.episode SET opened_on = '2026-10-05'")
    correct(store, owner, "session_part", ids_of("session_part")[0], 1, {"minutes": "50"}, reason="a slip")
    assert "2026-10-02 is before the day the episode opened" in refused(
        store, owner, "session", drawn.sessions[0], {"visited_on": "2026-10-02"}
    )


def test_a_correction_that_changes_nothing_is_refused(store, owner, drawn, ids_of):
    assert "Nothing was changed" in refused(store, owner, "rating", ids_of("rating")[0], {"pain": "7"})


def test_whose_a_record_is_and_records_of_no_client_are_not_corrected_here(store, owner, drawn):
    with pytest.raises(NotAllowed, match="when two clients are found to be one"):
        correct(store, owner, "episode", drawn.episodes["knee"], 1, {"client_id": "1"}, reason="a slip")
    with pytest.raises(NotAllowed, match="Records of practice are not corrected here"):
        correct(store, owner, "practice", 1, 1, {"name": "x"}, reason="a slip")


def test_a_correction_sent_twice_is_written_once(store, owner, drawn, ids_of):
    rating = ids_of("rating")[0]
    for act in (
        lambda: correct(store, owner, "rating", rating, 1, {"pain": "6"}, reason="a slip", idempotency_key="once"),
        lambda: withdraw(store, owner, "rating", rating, 2, reason="a slip", idempotency_key="twice"),
        lambda: restore(store, owner, "rating", rating, 3, reason="a slip", idempotency_key="thrice"),
    ):
        act()
        with pytest.raises(AlreadySaved):
            act()
    assert len(history(store.open_for(owner), "rating", rating)) == 4


def test_the_second_of_two_editors_is_told_and_given_what_stands(store, owner, drawn, ids_of):
    rating = ids_of("rating")[0]
    together, outcomes = threading.Barrier(2), {}

    def edit(value: str) -> None:
        together.wait()
        try:
            outcomes[value] = correct(store, owner, "rating", rating, 1, {"pain": value}, reason=f"it was {value}")
        except EditedMeanwhile as told:
            outcomes[value] = told

    editors = [threading.Thread(target=edit, args=(value,)) for value in ("6", "4")]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    [(first, version)] = [(value, out) for value, out in outcomes.items() if out == 2]
    [told] = [out for out in outcomes.values() if isinstance(out, EditedMeanwhile)]
    assert version == 2
    assert float(told.stands["pain"]) == float(first)
    assert (told.stands["ver"], told.changed_by) == (2, "test owner")
    assert told.changed_at is not None
    # Saving mine over it corrects the new version.
    second = "4" if first == "6" else "6"
    assert correct(store, owner, "rating", rating, told.stands["ver"], {"pain": second}, reason="mine is right") == 3
    assert history(store.open_for(owner), "rating", rating)["version"].tolist() == [1, 2, 3]


def test_a_record_withdrawn_by_somebody_else_is_shown_as_it_stands(store, owner, drawn, ids_of):
    rating = ids_of("rating")[0]
    withdraw(store, owner, "session", drawn.sessions[0], 1, reason="entered twice")
    with pytest.raises(EditedMeanwhile) as told:
        correct(store, owner, "rating", rating, 1, {"pain": "6"}, reason="a slip")
    assert told.value.stands["withdrawn"]
    with pytest.raises(NotAllowed, match="is withdrawn"):
        correct(store, owner, "rating", rating, 2, {"pain": "6"}, reason="a slip")


def test_only_who_may_correct_and_sees_the_record_changes_it(store, owner, therapist, drawn, ids_of, sample_store):
    rating = ids_of("rating")[0]
    reader = Viewer("desk", "desk", frozenset({"client.read"}), "all")
    for viewer, said in ((reader, "You may not correct records here"), (therapist(404), "There is no rating")):
        for act in (withdraw, restore):
            with pytest.raises(NotAllowed, match=said):
                act(store, viewer, "rating", rating, 1, reason="a slip")
        with pytest.raises(NotAllowed, match=said):
            correct(store, viewer, "rating", rating, 1, {"pain": "6"}, reason="a slip")
    with pytest.raises(NotAllowed, match="These are invented records"):
        correct(sample_store, owner, "rating", 1, 1, {"pain": "6"}, reason="a slip")


def test_nobody_reaches_into_an_episode_they_may_not_see(store, owner, therapist):
    entered = practice_of(
        store,
        owner,
        """
        client | episode | day        | therapist
        Ada    | neck    | 2026-03-02 | Kim
        Ada    | knee    | 2026-03-03 | Lou
        """,
    )
    kim = therapist(entered.therapists["Kim"])
    neck = entered.sessions[0]
    part = {"session_id": neck, "episode_id": entered.episodes["knee"], "client_id": entered.clients["Ada"]}
    with store.change(owner, "create") as change:
        change.insert("session_part", part | {"visited_on": "2026-03-02", "minutes": 20})
        change.correct("session", neck, 1, {"therapist_id": None})  # nobody's session, serving both episodes
    before = store.version
    for act in (
        lambda: withdraw(store, kim, "client", entered.clients["Ada"], 1, reason="not mine alone"),
        lambda: withdraw(store, kim, "session", neck, 2, reason="not mine alone"),
        lambda: correct(store, kim, "session", neck, 2, {"visited_on": "2026-03-04"}, reason="not mine alone"),
        lambda: correct(store, kim, "session", neck, 2, {"start_time": "09:00"}, reason="not mine alone"),
        lambda: correct(store, kim, "session", neck, 2, {"status": "no_show"}, reason="not mine alone"),
        # Whoever gave a session sees every episode it serves.
        lambda: correct(
            store, kim, "session", neck, 2, {"therapist_id": str(kim.therapist_id)}, reason="not mine alone"
        ),
    ):
        with pytest.raises(NotAllowed, match="reaches into an episode of this client that you may not see"):
            act()
    assert store.version == before
    mine = one_part(store, owner, neck, entered.episodes["neck"])
    correct(store, kim, "session_part", mine, 1, {"minutes": "40"}, reason="mine to say")
    correct(store, owner, "session", neck, 2, {"start_time": "09:00"}, reason="the owner sees both")
    withdraw(store, kim, "episode", entered.episodes["neck"], 1, reason="mine")
    restore(store, kim, "episode", entered.episodes["neck"], 2, reason="mine")


def test_a_session_whose_every_part_one_sees_is_ones_own_to_correct(store, owner, therapist):
    entered = practice_of(store, owner, "client | day | therapist\nAda | 2026-03-02 | Kim\nBen | 2026-03-02 | Lou")
    kim, session = therapist(entered.therapists["Kim"]), entered.sessions[0]
    correct(store, owner, "session", session, 1, {"therapist_id": None}, reason="not said")
    before = store.open_for(kim).read("FROM visible_episode")["episode_id"].tolist()
    correct(store, kim, "session", session, 2, {"therapist_id": str(kim.therapist_id)}, reason="I gave it")
    assert store.open_for(kim).read("FROM visible_episode")["episode_id"].tolist() == before


def test_who_entered_a_client_corrects_them_before_an_episode_stands(store, therapist, owner):
    kim, lou = therapist(1), therapist(2)
    nia = intake.add_client(store, kim, {"name": "Nia"}, idempotency_key="nia")
    with pytest.raises(NotAllowed, match="There is no client"):
        correct(store, lou, "client", nia, 1, {"name": "Nina"}, reason="a slip")
    correct(store, kim, "client", nia, 1, {"name": "Nina"}, reason="a slip")
    assert history(store.open_for(kim), "client", nia)["version"].tolist() == [1, 2]
    assert history(store.open_for(lou), "client", nia).empty
    withdraw(store, kim, "client", nia, 2, reason="entered twice")
    restore(store, kim, "client", nia, 3, reason="once only")


def test_a_booking_after_the_discharge_hinders_neither_it_nor_its_correction(store, owner, drawn):
    knee, ada = drawn.episodes["knee"], drawn.clients["Ada"]
    booked = {"client_id": ada, "visited_on": "2026-12-10", "kind": "treatment", "status": "booked"}
    booking = record_session(store, owner, booked, [{"episode_id": knee}], idempotency_key="booking")
    intake.discharge(
        store, owner, knee, discharged_on="2026-10-20", discharge_reason="goals_met", idempotency_key="discharge"
    )
    correct(store, owner, "episode", knee, 2, {"discharged_on": "2026-10-19"}, reason="a slip")
    kept_after = refused(store, owner, "episode", knee, {"discharged_on": "2026-10-07"}, ver=3)
    assert "Discharged: 2026-10-07 is before the last visit (2026-10-08)." in kept_after
    # What is left booked is called off; it is not kept in an episode that has ended.
    assert "is after the discharge" in refused(store, owner, "session", booking, {"visited_on": "2026-12-11"})
    off = booked | {"status": "late_cancel", "booking_id": booking}
    assert record_session(store, owner, off, [{"episode_id": knee}], idempotency_key="called off") == booking


def test_a_stranger_reads_no_history(store, owner, therapist, drawn, ids_of):
    rating = ids_of("rating")[0]
    correct(store, owner, "rating", rating, 1, {"pain": "6"}, reason="a slip")
    assert history(store.open_for(therapist(404)), "rating", rating).empty


def test_every_correctable_column_is_one_of_its_table(store):
    for table, told in correctable().items():
        names = {column[0] for column in store._connection.execute(f"SELECT * FROM records.{table}").description}
        assert set(told["column"]) <= names, table
