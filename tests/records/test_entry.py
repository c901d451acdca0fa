"""A session typed into a form passes the same rules as a row of a file, in the same words, and is saved once."""

import datetime as dt
import threading

import pytest

from analytics import progress
from records import drafts, entry, importing
from records.correcting import restore, withdraw
from records.entry import record_session
from records.errors import AlreadySaved, EditedMeanwhile, EntryDoubted, EntryRefused, NotAllowed
from records.importing import File
from records.viewer import Viewer
from tables import enter, practice_of
from tests.records.conftest import CLINIC

BEFORE = {"label": "Pain Pre", "what": "pain", "kind": "now", "moment": "before"}
AFTER = {"label": "Pain Post", "what": "pain", "kind": "now", "moment": "after"}
KNEE = {
    "label": "Flexion",
    "what": "motion",
    "joint": "knee",
    "movement": "flexion",
    "side": "right",
    "motion_type": "active",
    "moment": "before",
}
EVERYTHING = {
    "minutes": "45",
    "home_done": "5",
    "home_prescribed": "7",
    "note": "Calmer today",
    "adverse_reaction": "sore for a day",
    "flare_marked": True,
    "readings": [
        BEFORE | {"value": "6.5", "region": "knee", "side": "right"},
        AFTER | {"value": "4", "region": "knee", "side": "right"},
        {"label": "Worst", "what": "pain", "kind": "worst", "moment": "between", "value": "8"},
        KNEE | {"value": "110", "instrument": "goniometer"},
        KNEE | {"value": "112.5", "instrument": "goniometer", "repeat": "2"},
        {"label": "LEFS", "what": "score", "scale": "lefs", "value": "40"},
        {"label": "Squatting", "what": "score", "scale": "psfs", "item": "squatting", "value": "3"},
        {"label": "Girth", "what": "score", "scale": "limb_girth", "item": "calf", "side": "right", "value": "38.2"},
        AFTER | {"value": ""},
    ],
    "techniques": [
        {"technique": "myofascial_release", "region": "thigh", "minutes": "25"},
        {"technique": "Positional release", "region": "", "minutes": ""},
        {"technique": "", "region": "", "minutes": ""},
    ],
    "red_flags": [{"red_flag": "fever", "words": "38.5 since yesterday"}],
    "calls": [{"called_at": "2026-03-09 15:10", "called_whom": "Dr. Hill", "about": "the fever"}],
    "entries": [{"kind": "medication", "words": "ibuprofen 400"}],
}


@pytest.fixture
def writer() -> Viewer:
    """Someone who may write sessions for the whole practice."""
    return Viewer("test writer", "owner", frozenset({"session.write"}), "all")


@pytest.fixture
def practice(store, owner):
    """Ada with a knee and a neck, Ben with a back; Kim treats them all."""
    return practice_of(
        store,
        owner,
        """
        client | episode    | day        | injury          | kind       | therapist
        Ada    | Ada's knee | 2026-03-02 | Knee sprain     | evaluation | Kim
        Ada    | Ada's neck | 2026-03-03 | Neck pain       | evaluation | Kim
        Ben    | Ben's back | 2026-03-02 | Low back strain | evaluation | Kim
        """,
    )


@pytest.fixture
def save(store, writer, practice):
    """`save(parts, **session)`: records a session of Ada's on 2026-03-09; parts are by the episode's name."""
    forms = iter(range(1000))

    def record(
        parts: dict[str, dict],
        *,
        key: str | None = None,
        draft_id: int | None = None,
        draft_versions: dict[str, int] | None = None,
        by=writer,
        **session,
    ):
        visit = {"client_id": practice.clients["Ada"], "visited_on": "2026-03-09", "kind": "treatment"}
        return record_session(
            store,
            by,
            visit | {"status": "kept"} | session,
            [{"episode_id": practice.episodes[name]} | part for name, part in parts.items()],
            idempotency_key=key or f"form {next(forms)}",
            draft_id=draft_id,
            draft_versions=draft_versions,
        )

    return record


@pytest.fixture
def kept(store):
    """`kept("rating", "pain, moment", session_id)`: what stands of a session in one table, in the order of writing."""

    def read(table: str, columns: str, session_id: int) -> list[tuple]:
        where = f"FROM records.{table} WHERE session_id = {session_id} AND NOT withdrawn ORDER BY rowid"
        return store._connection.cursor().execute(f"SELECT {columns} {where}").fetchall()

    return read


# What is kept -------------------------------------------------------------------------------------------------------


def test_everything_a_session_can_hold_is_kept_as_it_was_given(save, kept, practice, store):
    kim = practice.therapists["Kim"]
    session = save({"Ada's knee": EVERYTHING}, start_time="14:30", therapist_id=kim, red_flags_asked=True)
    assert kept("session", "visited_on::VARCHAR, start_time::VARCHAR, kind, status, therapist_id, ver", session) == [
        ("2026-03-09", "14:30:00", "treatment", "kept", kim, 1)
    ]
    assert kept("session", "red_flags_asked", session) == [(True,)]
    part = "minutes, home_done, home_prescribed, note, adverse_reaction, flare_marked, visited_on::VARCHAR"
    assert kept("session_part", part, session) == [(45, 5, 7, "Calmer today", "sore for a day", True, "2026-03-09")]
    assert kept("rating", "kind, moment, region, side, pain::DOUBLE", session) == [
        ("now", "before", "knee", "right", 6.5),
        ("now", "after", "knee", "right", 4.0),
        ("worst", "between", None, None, 8.0),
    ]
    motion = "joint, movement, side, motion_type, moment, repeat_number, degrees::DOUBLE, instrument, rater_id"
    assert kept("motion", motion, session) == [
        ("knee", "flexion", "right", "active", "before", 1, 110.0, "goniometer", kim),
        ("knee", "flexion", "right", "active", "before", 2, 112.5, "goniometer", kim),
    ]
    assert kept("score", "scale, item, side, value", session) == [
        ("lefs", None, None, 40.0),
        ("psfs", "squatting", None, 3.0),
        ("limb_girth", "calf", "right", 38.2),
    ]
    assert kept("technique_use", "technique, region, minutes", session) == [
        ("myofascial_release", "thigh", 25),
        ("positional_release", None, None),  # and none of the line that was left empty
    ]
    assert kept("red_flag_found", "red_flag, words", session) == [("fever", "38.5 since yesterday")]
    assert kept("call_made", "called_at::VARCHAR, called_whom, about", session) == [
        ("2026-03-09 15:10:00", "Dr. Hill", "the fever")
    ]
    said = store._connection.execute("SELECT kind, words, entered_on::VARCHAR FROM records.dated_entry").fetchall()
    assert said == [("medication", "ibuprofen 400", "2026-03-09")]
    assert store.integrity().empty


def test_each_record_of_a_session_is_version_1_and_has_a_line_in_the_trail(save, store):
    save({"Ada's knee": EVERYTHING})
    lines = store._connection.execute(
        "SELECT table_name, count(*), min(ver), max(ver), min(actor) FROM records.audit"
        " WHERE action_id = (SELECT max(action_id) FROM records.action) GROUP BY table_name ORDER BY table_name"
    ).fetchall()
    assert lines == [
        (table, records, 1, 1, "test writer")
        for table, records in [
            ("call_made", 1),
            ("dated_entry", 1),
            ("motion", 2),
            ("rating", 3),
            ("red_flag_found", 1),
            ("score", 3),
            ("session", 1),
            ("session_part", 1),
            ("technique_use", 2),
        ]
    ]


def test_the_space_around_a_value_is_left_out_and_a_name_stands_for_its_code(save, kept):
    spaced = [BEFORE | {"value": " 6.5\t", "region": " Knee "}, KNEE | {"value": "110 ", "side": "Right"}]
    given = {"minutes": " 45 ", "note": "  calm  ", "readings": spaced, "adverse_reaction": " sore "}
    session = save({"Ada's knee": given}, visited_on=" 2026-03-09 ", kind="Treatment", start_time=" 9:05")
    assert kept("session", "kind, start_time::VARCHAR", session) == [("treatment", "09:05:00")]
    assert kept("session_part", "minutes, note, adverse_reaction", session) == [(45, "calm", "sore")]
    assert kept("rating", "pain::DOUBLE, region", session) == [(6.5, "knee")]
    assert kept("motion", "degrees::DOUBLE, side", session) == [(110.0, "right")]


def test_a_number_or_a_day_that_is_no_text_is_taken_as_it_would_be_written(save, kept):
    readings = [BEFORE | {"value": 0}, AFTER | {"value": 0.5}, KNEE | {"value": float("nan")}]
    session = save({"Ada's knee": {"minutes": 45, "readings": readings}}, visited_on=dt.date(2026, 3, 10))
    assert kept("session", "visited_on::VARCHAR", session) == [("2026-03-10",)]
    assert kept("session_part", "minutes", session) == [(45,)]
    assert kept("rating", "pain::DOUBLE", session) == [(0.0,), (0.5,)]
    assert kept("motion", "degrees", session) == []  # an empty cell of a grid is no reading


def test_what_is_no_value_of_its_kind_is_refused_in_words_not_with_a_crash(save):
    with pytest.raises(EntryRefused) as refused:
        save({"Ada's knee": {"minutes": True, "readings": [BEFORE | {"value": True}, AFTER | {"value": "9" * 400}]}})
    assert len(refused.value.reasons) == 3


def test_words_are_kept_whole_however_long_and_whatever_they_say(save, kept, store):
    note = "Robert'); DROP TABLE records.session; --\n$1 {name} %s \\ " + "wörter 長い 🙂 " * 20_000
    said = {"note": note, "entries": [{"kind": "daily_words", "words": "'; DELETE FROM records.client"}]}
    session = save({"Ada's knee": said})
    assert kept("session_part", "note", session) == [(note.strip(),)]
    assert store._connection.execute("SELECT words FROM records.dated_entry").fetchall() == [
        ("'; DELETE FROM records.client",)
    ]


def test_a_session_may_hold_nothing_but_its_day(save, kept):
    session = save({"Ada's knee": {}})
    assert kept("session_part", "minutes, note", session) == [(None, None)]
    assert kept("rating", "pain", session) == []


# One visit, two episodes --------------------------------------------------------------------------------------------


def test_of_a_visit_that_serves_two_episodes_each_keeps_its_own_part(save, kept, practice, store):
    knee = {"minutes": "30", "note": "knee", "readings": [BEFORE | {"value": "6"}, KNEE | {"value": "110"}]}
    neck = {"minutes": "20", "note": "neck", "readings": [BEFORE | {"value": "3"}]}
    neck |= {"techniques": [{"technique": "relaxation"}], "calls": EVERYTHING["calls"]}
    session = save({"Ada's knee": knee, "Ada's neck": neck})
    knee_id, neck_id = practice.episodes["Ada's knee"], practice.episodes["Ada's neck"]
    assert kept("session_part", "episode_id, minutes, note", session) == [
        (knee_id, 30, "knee"),
        (neck_id, 20, "neck"),
    ]
    assert kept("rating", "episode_id, pain::INTEGER", session) == [(knee_id, 6), (neck_id, 3)]
    assert kept("motion", "episode_id", session) == [(knee_id,)]
    assert kept("technique_use", "episode_id", session) == [(neck_id,)]
    assert kept("call_made", "episode_id", session) == [(neck_id,)]
    assert store.integrity().empty


def test_an_order_is_charged_only_for_the_part_that_has_minutes(save, practice, store, owner):
    enter(
        store,
        owner,
        practice,
        "referral",
        """
        episode    | visits_ordered | ordered_on
        Ada's knee | 6              | 2026-03-04
        Ada's neck | 6              | 2026-03-04
        """,
    )
    save({"Ada's knee": {"minutes": "45"}, "Ada's neck": {"minutes": "", "note": "asked how it is"}})
    window, ada = store.open_for(owner), practice.clients["Ada"]
    used = [
        progress.orders(window, ada, practice.episodes[name])["used"].tolist() for name in ("Ada's knee", "Ada's neck")
    ]
    assert used == [[1], [0]]


def test_what_is_wrong_in_one_of_two_parts_is_told_with_its_complaint(save):
    with pytest.raises(EntryRefused) as refused:
        save(
            {"Ada's knee": {"minutes": "45"}, "Ada's neck": {"minutes": "4500", "readings": [BEFORE | {"value": "x"}]}}
        )
    assert [reason.partition(":")[0] for reason in refused.value.reasons] == [
        "Minutes (Neck pain)",
        "Pain Pre (Neck pain)",
    ]


def test_a_session_serves_an_episode_once_and_at_least_one(store, writer, practice):
    ada, knee = practice.clients["Ada"], {"episode_id": practice.episodes["Ada's knee"]}
    visit = {"client_id": ada, "visited_on": "2026-03-09", "kind": "treatment", "status": "kept"}
    for number, parts in enumerate(([], [knee, knee])):
        with pytest.raises(EntryRefused, match="at least one episode, and each of them once"):
            record_session(store, writer, visit, parts, idempotency_key=f"form {number}")


def test_an_episode_of_somebody_else_is_refused(save, practice):
    with pytest.raises(NotAllowed, match="is not one of client"):
        save({"Ben's back": {}})
    with pytest.raises(NotAllowed, match="is not one of client"):
        save({"Ada's knee": {}, "Ben's back": {}})


# Refused ------------------------------------------------------------------------------------------------------------


def test_form_and_file_refuse_in_the_same_words(store, owner, save):
    values = {"visited_on": "2026-02-31", "pre": "11", "post": "seven", "deg": "400", "minutes": "4500"}
    readings = [BEFORE | {"value": values["pre"]}, AFTER | {"value": values["post"]}, KNEE | {"value": values["deg"]}]
    with pytest.raises(EntryRefused) as refused:
        save(
            {"Ada's knee": {"minutes": values["minutes"], "readings": readings}},
            visited_on=values["visited_on"],
        )
    text = (
        "Client,Injury,Date,Minutes,Pain Pre,Pain Post,Side,Flexion\n"
        f"K1,Knee sprain,{values['visited_on']},{values['minutes']},{values['pre']},{values['post']},right,"
        f"{values['deg']}\n"
    )
    # The clinic's profile reads DD/MM/YYYY besides; a form has one way to write a day.
    profile = importing.parse("clinic.toml", CLINIC.replace('dates = ["DD/MM/YYYY"]', ""))
    found = importing.review(store, owner, [File("visits.csv", text.encode())], profile)
    from_file = [f"{fate['column']}: {fate['reason']}" for fate in found.fates.to_dict("records")]
    assert len(from_file) == 5
    assert sorted(refused.value.reasons) == sorted(
        words.replace("Correct the file", "Correct the entry") for words in from_file
    )


NOTHING_HAPPENED = (
    "a no-show has no readings, techniques, red flags or entries, and some were given. Correct the {}, or say that the"
    " visit was kept."
)


def test_a_no_show_with_a_reading_is_refused_by_form_and_file_alike(store, owner, save):
    with pytest.raises(EntryRefused) as refused:
        save({"Ada's knee": {"readings": [BEFORE | {"value": "5"}]}}, status="no_show")
    assert refused.value.reasons == [f"Kept or missed: {NOTHING_HAPPENED.format('entry')}"]
    profile = importing.parse("clinic.toml", CLINIC.replace("[visit]", '[visit]\nstatus = { column = "Status" }'))
    text = "Client,Injury,Date,Minutes,Pain Pre,Pain Post,Side,Flexion,Status\n"
    # Minutes beside a no-show are the planned length: booking systems write them down.
    text += "K1,Knee sprain,2026-03-09,,5,,,,no_show\nK2,Knee sprain,2026-03-09,45,,,,,no_show\n"
    found = importing.review(store, owner, [File("visits.csv", text.encode())], profile)
    assert found.fates["reason"].dropna().tolist() == [NOTHING_HAPPENED.format("file")]
    assert (found.counts.refused, found.counts.accepted) == (1, 1)


@pytest.mark.parametrize(
    "given",
    [
        {"techniques": [{"technique": "relaxation"}]},
        {"red_flags": [{"red_flag": "fever"}]},
        {"entries": [{"kind": "medication", "words": "none"}]},
    ],
    ids=lambda given: next(iter(given)),
)
@pytest.mark.parametrize("status", ["booked", "no_show", "late_cancel"])
def test_a_visit_that_did_not_take_place_has_nothing_that_was_done_in_it(save, status, given):
    with pytest.raises(EntryRefused, match="has no readings, techniques, red flags or entries"):
        save({"Ada's knee": given}, status=status)


def test_tomorrows_booking_can_be_called_off_today_and_nobody_fails_to_come_tomorrow(save, kept):
    session = save({"Ada's knee": {}}, visited_on="2026-11-21", status="late_cancel")
    assert kept("session", "status", session) == [("late_cancel",)]
    with pytest.raises(EntryRefused, match="2026-11-21 is in the future"):
        save({"Ada's knee": {}}, visited_on="2026-11-21", status="no_show")


def test_a_missed_visit_may_have_a_note_and_a_call(save, kept):
    session = save({"Ada's knee": {"note": "ill", "calls": EVERYTHING["calls"]}}, status="no_show")
    assert kept("session_part", "note", session) == [("ill",)]
    assert kept("call_made", "called_whom", session) == [("Dr. Hill",)]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"techniques": [{"technique": "magic"}]}, "Technique: magic is not known. Known are "),
        ({"techniques": [{"region": "knee"}]}, "Technique: it is not said which technique."),
        ({"techniques": [{"technique": "relaxation", "region": "tail"}]}, "Technique: tail is not a known region."),
        ({"techniques": [{"technique": "relaxation", "minutes": "481"}]}, "Technique: 481 is outside 0 to 480."),
        ({"techniques": [{"technique": "relaxation", "minutes": "ten"}]}, "Technique: ten is not a whole number."),
        ({"red_flags": [{"words": "hot"}]}, "Red flag: it is not said which red flag."),
        ({"calls": [{"called_at": "2026-03-09 15:10", "about": "x"}]}, "Call: it is not said who was called."),
        ({"calls": [{"called_at": "2026-03-09", "called_whom": "a", "about": "x"}]}, "Call: 2026-03-09 is no day with"),
        ({"calls": [{"called_whom": "a", "about": "x"}]}, "Call: it is not said when the call was made."),
        (
            {"calls": [{"called_at": "2026-11-21 09:00", "called_whom": "a", "about": "x"}]},
            "Call: 2026-11-21 09:00 is in",
        ),
        ({"calls": [{"called_at": "2026-03-09 15:10", "called_whom": "a"}]}, "Call: it is not said what the call was"),
        ({"entries": [{"kind": "medication", "words": " "}]}, "Entry: the words are missing."),
        ({"entries": [{"kind": "horoscope", "words": "x"}]}, "Entry: horoscope is not known. Known are "),
        ({"readings": [KNEE | {"value": "110", "repeat": "0"}]}, "Flexion, repeat: 0 is outside 1 to 99."),
        ({"readings": [BEFORE | {"value": "6.3"}]}, "Pain Pre: 6.3 lies between two half steps."),
        (
            {"readings": [BEFORE | {"value": "5", "moment": ""}]},
            "Pain Pre, moment: the moment of a reading is missing.",
        ),
        ({"home_done": "-1"}, "Home exercise done: -1 is outside 0 to 1000."),
    ],
)
def test_what_can_never_be_is_refused_with_its_label(save, given, reason):
    with pytest.raises(EntryRefused) as refused:
        save({"Ada's knee": given})
    (said,) = refused.value.reasons
    assert said.startswith(reason)
    assert "Correct the entry" in said


def test_a_visit_before_the_episode_opened_is_refused(save):
    with pytest.raises(EntryRefused, match=r"Date: 2026-03-01 is before the day the episode opened \(2026-03-02\)"):
        save({"Ada's knee": {}}, visited_on="2026-03-01")


def test_a_booking_may_lie_ahead_and_a_visit_may_not(save, kept):
    booking = save({"Ada's knee": {}}, visited_on="2026-11-27", status="booked")
    assert kept("session", "status", booking) == [("booked",)]
    for status in ("kept", "no_show"):
        with pytest.raises(EntryRefused, match="Date: 2026-11-27 is in the future"):
            save({"Ada's knee": {}}, visited_on="2026-11-27", status=status)


@pytest.fixture
def discharged(store, owner, practice):
    """Ada's knee was discharged on 2026-03-06."""
    with store.change(owner, "correct") as change:
        ending = {"discharged_on": "2026-03-06", "discharge_reason": "goals_met"}
        change.correct("episode", practice.episodes["Ada's knee"], 1, ending)


def test_a_visit_after_the_discharge_is_refused_and_says_what_to_do(save, discharged):
    with pytest.raises(EntryRefused) as refused:
        save({"Ada's knee": {}})
    assert refused.value.reasons == [
        "Date: 2026-03-09 is after the discharge (2026-03-06): a visit then begins a new episode."
        " Correct the entry, or open a new episode."
    ]
    assert save({"Ada's knee": {}}, visited_on="2026-03-06")


@pytest.mark.parametrize("written", ["contact", "Contact"])
def test_a_contact_may_follow_the_discharge(save, kept, discharged, written):
    pain = {"label": "Pain", "what": "pain", "kind": "now", "moment": "between", "value": "2"}
    session = save({"Ada's knee": {"readings": [pain]}}, kind=written)
    assert kept("rating", "pain::INTEGER", session) == [(2,)]


def test_a_refused_form_writes_nothing(save, practice, row_counts):
    before = row_counts()
    with pytest.raises(EntryRefused):
        save({"Ada's knee": {"readings": [BEFORE | {"value": "11"}]}})
    assert row_counts() == before


# A booking that takes place -----------------------------------------------------------------------------------------


def test_a_booking_becomes_the_session_it_was_for(save, kept, practice, store):
    kim = practice.therapists["Kim"]
    booking = save(
        {"Ada's knee": {"note": "bring the splint"}}, visited_on="2026-03-10", status="booked", therapist_id=kim
    )
    session = save({"Ada's knee": EVERYTHING}, visited_on="2026-03-09", booking_id=booking)
    assert session == booking
    assert kept("session", "visited_on::VARCHAR, status, therapist_id, ver", session) == [
        ("2026-03-09", "kept", kim, 2)  # who gives it was not asked again: it stays as booked
    ]
    part = "visited_on::VARCHAR, note, minutes, ver"
    assert kept("session_part", part, session) == [("2026-03-09", "Calmer today", 45, 2)]
    assert len(kept("rating", "pain", session)) == 3
    assert store.integrity().empty


def test_a_booking_may_turn_into_a_session_for_another_episode(save, kept, practice, store):
    booking = save({"Ada's knee": {}}, visited_on="2026-03-10", status="booked")
    save({"Ada's neck": {"minutes": "30"}}, booking_id=booking)
    assert kept("session_part", "episode_id, minutes", booking) == [(practice.episodes["Ada's neck"], 30)]
    assert store.integrity().empty


def test_a_booking_is_moved_by_booking_it_again(save, kept):
    booking = save({"Ada's knee": {}}, visited_on="2026-11-27", status="booked")
    save({"Ada's knee": {}}, visited_on="2026-12-04", status="booked", booking_id=booking)
    assert kept("session", "visited_on::VARCHAR, status", booking) == [("2026-12-04", "booked")]


def test_a_booking_takes_place_once(save, row_counts):
    booking = save({"Ada's knee": {}}, visited_on="2026-03-10", status="booked")
    save({"Ada's knee": {}}, booking_id=booking, key="form taken place")
    before = row_counts()
    with pytest.raises(AlreadySaved):
        save({"Ada's knee": {}}, booking_id=booking, key="form taken place")
    with pytest.raises(NotAllowed, match="is no booking of this client any more"):
        save({"Ada's knee": {}}, booking_id=booking)
    assert row_counts() == before


def test_a_booking_of_somebody_else_is_not_taken(save, practice, therapist, store, owner):
    booking = save({"Ben's back": {}}, client_id=practice.clients["Ben"], status="booked")
    with pytest.raises(NotAllowed, match="is no booking of this client any more"):
        save({"Ada's knee": {}}, booking_id=booking)
    lee = practice_of(store, owner, "client | day | therapist\nCleo | 2026-03-02 | Lee")
    cleos = [{"episode_id": lee.episodes["Cleo"]}]
    visit = {"client_id": lee.clients["Cleo"], "visited_on": "2026-03-09", "kind": "treatment", "status": "kept"}
    with pytest.raises(NotAllowed, match="There is no booking"):
        record_session(
            store, therapist(lee.therapists["Lee"]), visit | {"booking_id": booking}, cleos, idempotency_key="Lee 1"
        )


def test_what_the_form_does_not_speak_of_stays_as_it_was_booked(save, kept):
    planned = {"minutes": "45", "note": "bring the splint"}
    booking = save({"Ada's knee": planned}, visited_on="2026-03-10", status="booked")
    save({"Ada's knee": {"home_done": "3", "minutes": "30"}}, booking_id=booking)
    assert kept("session_part", "minutes, note, home_done", booking) == [(30, "bring the splint", 3)]


def test_a_booked_part_that_was_not_served_is_found_and_can_be_brought_back_on_the_new_day(
    save, kept, practice, store, owner
):
    knee, neck = (practice.episodes[name] for name in ("Ada's knee", "Ada's neck"))
    booking = save({"Ada's knee": {}, "Ada's neck": {"note": "bring the pillow"}}, status="booked")
    save({"Ada's knee": {}}, booking_id=booking, visited_on="2026-03-08")
    assert kept("session_part", "episode_id", booking) == [(knee,)]
    gone = store.open_for(owner).read("SELECT * FROM visible_withdrawn")
    assert gone[["table_name", "what", "with_row_id", "reason"]].values.tolist() == [
        ["session_part", "withdraw", gone["row_id"][0], "not served by the visit that was booked"]
    ]
    restore(store, owner, "session_part", int(gone["row_id"][0]), int(gone["ver"][0]), reason="served after all")
    assert kept("session_part", "episode_id, visited_on::VARCHAR, note", booking) == [
        (knee, "2026-03-08", None),
        (neck, "2026-03-08", "bring the pillow"),
    ]
    assert store.integrity().empty


def test_a_part_withdrawn_before_its_booking_took_place_on_another_day_can_come_back(save, store, owner, practice):
    booking = save({"Ada's knee": {}, "Ada's neck": {}}, status="booked")
    parts = store.open_for(owner).read("FROM visible_session_part").set_index(["session_id", "episode_id"])
    neck = int(parts.loc[(booking, practice.episodes["Ada's neck"]), "session_part_id"])
    withdraw(store, owner, "session_part", neck, 1, reason="the knee alone")
    save({"Ada's knee": {}}, booking_id=booking, visited_on="2026-03-08")
    restore(store, owner, "session_part", neck, 3, reason="both after all")
    assert store.integrity().empty


def test_a_booking_that_serves_another_therapists_episode_stays_booked_for_it(store, owner, therapist, kept):
    entered = practice_of(
        store,
        owner,
        """
        client | episode | day        | therapist
        Cleo   | neck    | 2026-03-02 | Kim
        Cleo   | knee    | 2026-03-03 | Lou
        """,
    )
    neck, knee = (entered.episodes[name] for name in ("neck", "knee"))
    kim = therapist(entered.therapists["Kim"])
    visit = {"client_id": entered.clients["Cleo"], "visited_on": "2026-03-09", "kind": "treatment"}
    booking = record_session(
        store,
        owner,
        visit | {"status": "booked", "start_time": "14:30"},
        [{"episode_id": neck, "note": "bring the pillow"}, {"episode_id": knee, "note": "bring the splint"}],
        idempotency_key="booking",
    )
    served = visit | {"status": "kept", "booking_id": booking, "therapist_id": kim.therapist_id}
    session = record_session(store, kim, served, [{"episode_id": neck, "minutes": "30"}], idempotency_key="visit")
    assert session != booking
    assert kept("session", "status, therapist_id, start_time::VARCHAR", booking) == [("booked", None, "14:30:00")]
    assert kept("session_part", "episode_id, note", booking) == [(knee, "bring the splint")]
    assert kept("session", "status, start_time::VARCHAR", session) == [("kept", "14:30:00")]
    assert kept("session_part", "episode_id, minutes, note", session) == [(neck, 30, "bring the pillow")]
    assert store.open_for(kim).read("FROM visible_episode")["episode_id"].tolist() == [neck]
    gone = store.open_for(kim).read("SELECT with_table, reason FROM visible_withdrawn")
    assert gone.values.tolist() == [["session_part", "moved into a visit of its own"]]
    assert store.integrity().empty


# Saved once ---------------------------------------------------------------------------------------------------------


def test_a_form_sent_twice_is_saved_once(save, row_counts):
    save({"Ada's knee": {"readings": [BEFORE | {"value": "5"}]}}, key="form sent twice")
    before = row_counts()
    with pytest.raises(AlreadySaved):
        save({"Ada's knee": {"readings": [BEFORE | {"value": "5"}]}}, key="form sent twice")
    assert row_counts() == before


def test_a_retry_after_the_discharge_is_told_that_it_was_saved(save, store, owner, practice):
    save({"Ada's knee": {}}, key="form before the discharge")
    with store.change(owner, "correct") as change:
        change.correct("episode", practice.episodes["Ada's knee"], 1, {"discharged_on": "2026-03-06"})
    with pytest.raises(AlreadySaved):
        save({"Ada's knee": {}}, key="form before the discharge")


def test_two_clicks_at_once_make_one_session(store, writer, owner, practice, save, kept):
    ada = practice.clients["Ada"]
    draft_id = drafts.begin(store, writer, ada)
    key = drafts.read(store, writer, draft_id).key
    outcomes, ready = [], threading.Barrier(4)

    def finish():
        ready.wait()
        try:
            outcomes.append(save({"Ada's knee": {"minutes": "45"}}, key=key, draft_id=draft_id))
        except AlreadySaved:
            outcomes.append("already saved")

    clicks = [threading.Thread(target=finish) for _ in range(4)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    (session_id,) = [outcome for outcome in outcomes if outcome != "already saved"]
    assert len(outcomes) == 4
    assert kept("session_part", "minutes", session_id) == [(45,)]
    on_the_day = store.open_for(owner).read("FROM visible_session WHERE visited_on = DATE '2026-03-09'")
    assert on_the_day["session_id"].tolist() == [session_id]


def test_a_finished_draft_is_closed_and_knows_its_session(store, writer, practice, save):
    draft_id = drafts.begin(store, writer, practice.clients["Ada"])
    session_id = save({"Ada's knee": {}}, draft_id=draft_id)
    draft = drafts.read(store, writer, draft_id)
    assert (draft.state, draft.session_id) == ("finished", session_id)


def test_nothing_is_finished_when_something_was_filled_in_elsewhere_in_the_moment_of_finishing(
    store, writer, practice, save, row_counts
):
    draft_id = drafts.begin(store, writer, practice.clients["Ada"])
    drafts.save(store, writer, draft_id, "visit", {"session": {"kind": "treatment"}})
    read = {name: section.ver for name, section in drafts.read(store, writer, draft_id).sections.items()}
    drafts.save(store, writer, draft_id, "note", {"parts": {"1": {"note": "from the other tab"}}})
    before = row_counts()
    with pytest.raises(EditedMeanwhile, match=r"filled in elsewhere .* Nothing was finished"):
        save({"Ada's knee": {}}, draft_id=draft_id, draft_versions=read)
    assert row_counts() == before
    assert drafts.read(store, writer, draft_id).state == "open"
    assert save({"Ada's knee": {}}, draft_id=draft_id, draft_versions=read | {"note": 1})


def test_only_an_open_draft_of_ones_own_becomes_a_session(store, writer, owner, practice, save, row_counts):
    another = drafts.begin(store, owner, practice.clients["Ada"])
    put_aside = drafts.begin(store, writer, practice.clients["Ada"])
    drafts.discard(store, writer, put_aside)
    before = row_counts()
    for draft_id in (another, put_aside):
        with pytest.raises(NotAllowed, match="is not an open draft of yours"):
            save({"Ada's knee": {}}, draft_id=draft_id)
    assert row_counts() == before


# Between looking and writing ----------------------------------------------------------------------------------------


@pytest.fixture
def meanwhile(store, owner, monkeypatch):
    """`meanwhile(change)`: somebody makes this change after a session was looked at and before it is written."""

    def arrange(make):
        look = entry.plausibility.look

        def and_then(*given):
            look(*given)
            with store.change(owner, "correct") as change:
                make(change)

        monkeypatch.setattr(entry.plausibility, "look", and_then)

    return arrange


def test_a_client_withdrawn_meanwhile_gets_no_session(save, practice, meanwhile, store):
    meanwhile(lambda change: change.withdraw("client", practice.clients["Ada"], 1))
    with pytest.raises(NotAllowed, match="was withdrawn meanwhile"):
        save({"Ada's knee": {}})
    assert store.integrity().empty


def test_an_episode_given_to_another_client_meanwhile_gets_no_session(save, practice, meanwhile):
    ben = {"client_id": practice.clients["Ben"]}
    meanwhile(lambda change: change.correct("episode", practice.episodes["Ada's knee"], 1, ben))
    with pytest.raises(NotAllowed, match="or is another client's now"):
        save({"Ada's knee": {}})


def test_an_episode_discharged_meanwhile_gets_no_later_visit(save, practice, meanwhile):
    ended = {"discharged_on": "2026-03-06"}
    meanwhile(lambda change: change.correct("episode", practice.episodes["Ada's knee"], 1, ended))
    with pytest.raises(NotAllowed, match="was discharged meanwhile"):
        save({"Ada's knee": {}})


def test_a_withdrawn_episode_gets_no_session(save, practice, store, owner):
    with store.change(owner, "withdraw") as change:
        change.withdraw("episode", practice.episodes["Ada's knee"], 1)
    with pytest.raises(NotAllowed, match="There is no episode"):
        save({"Ada's knee": {}})


# Who may ------------------------------------------------------------------------------------------------------------


def test_only_who_may_write_and_sees_the_episode_records_a_session(save, therapist):
    reader = Viewer("reader", "reader", frozenset({"client.read"}), "all")
    with pytest.raises(NotAllowed, match="You may not record sessions here"):
        save({"Ada's knee": {}}, by=reader)
    with pytest.raises(NotAllowed, match="There is no episode"):
        save({"Ada's knee": {}}, by=therapist(7))


def test_a_therapist_records_sessions_of_their_own_clients(save, practice, therapist):
    assert save({"Ada's knee": {"minutes": "45"}}, by=therapist(practice.therapists["Kim"]))


def test_who_gave_a_session_and_where_must_be_of_the_practice(save):
    with pytest.raises(NotAllowed, match="There is no therapist 99"):
        save({"Ada's knee": {}}, therapist_id=99)
    with pytest.raises(NotAllowed, match="There is no office 99"):
        save({"Ada's knee": {}}, office_id=99)


def test_nothing_is_entered_into_the_invented_sample(sample_store, writer):
    visit = {"client_id": 1, "visited_on": "2026-03-09", "kind": "treatment", "status": "kept"}
    with pytest.raises(NotAllowed, match="These are invented records"):
        record_session(sample_store, writer, visit, [{"episode_id": 1}], idempotency_key="form 8")


# Looking ------------------------------------------------------------------------------------------------------------


def test_looking_says_what_recording_would_and_writes_nothing(store, writer, practice, row_counts):
    before = row_counts()
    visit = {"client_id": practice.clients["Ada"], "visited_on": "2026-03-02", "kind": "treatment", "status": "kept"}
    part = {"episode_id": practice.episodes["Ada's knee"], "readings": [BEFORE | {"value": "11"}]}
    found = entry.looked_at(store, writer, visit, [part])
    with pytest.raises(EntryRefused) as refused:
        record_session(store, writer, visit, [part], idempotency_key="form 1")
    assert list(found.refused) == refused.value.reasons
    part["readings"] = []
    found = entry.looked_at(store, writer, visit, [part])
    with pytest.raises(EntryDoubted) as doubted:
        record_session(store, writer, visit, [part], idempotency_key="form 1")
    assert list(found.doubts) == doubted.value.doubts
    assert [doubt.warning for doubt in found.doubts] == ["same_day"]
    assert row_counts() == before
