"""A visit typed into a form passes the same rules as a row of a file, and is refused in the same words."""

import pytest

from records import importing
from records.entry import record_visit
from records.errors import AlreadySaved, EntryRefused, NotAllowed
from records.importing import File
from records.viewer import Viewer
from tables import practice_of
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


@pytest.fixture
def writer() -> Viewer:
    """Someone who may write sessions for the whole practice."""
    return Viewer("test writer", "owner", frozenset({"session.write"}), "all")


@pytest.fixture
def episode_id(store, owner) -> int:
    """Ada's knee, opened on 2026-03-02."""
    drawn = practice_of(
        store,
        owner,
        """
        client | day        | injury      | kind
        Ada    | 2026-03-02 | Knee sprain | evaluation
        """,
    )
    return drawn.episodes["Ada"]


def visit(episode_id: int, **values: str) -> dict:
    return {"episode_id": episode_id, "visited_on": "2026-03-09", "kind": "treatment", "status": "kept"} | values


def test_a_visit_is_written_as_version_1_with_an_audit_line_for_each_record(store, owner, writer, episode_id):
    session_id = record_visit(
        store,
        writer,
        visit(episode_id, minutes="45", start_time="14:30"),
        [BEFORE | {"value": "6.5"}, AFTER | {"value": ""}, KNEE | {"value": "110"}],
        idempotency_key="form 1",
    )
    cursor = store._connection.cursor()
    kept = cursor.execute(
        "SELECT s.start_time::VARCHAR, p.minutes, r.pain::DOUBLE, m.degrees::DOUBLE, s.ver FROM records.session s"
        " JOIN records.session_part p USING (session_id) JOIN records.rating r USING (session_id)"
        " JOIN records.motion m USING (session_id) WHERE session_id = ?",
        [session_id],
    ).fetchall()
    assert kept == [("14:30:00", 45, 6.5, 110.0, 1)]  # and no rating after: it was left empty
    lines = cursor.execute(
        "SELECT table_name, ver, actor FROM records.audit WHERE action_id ="
        " (SELECT action_id FROM records.session WHERE session_id = ?) ORDER BY seq",
        [session_id],
    ).fetchall()
    assert lines == [(table, 1, "test writer") for table in ("session", "session_part", "rating", "motion")]
    assert store.integrity().empty


def test_form_and_file_refuse_in_the_same_words(store, owner, writer, episode_id):
    values = {"visited_on": "2026-02-31", "pre": "11", "post": "seven", "deg": "400", "minutes": "4500"}
    with pytest.raises(EntryRefused) as refused:
        record_visit(
            store,
            writer,
            visit(episode_id, visited_on=values["visited_on"], minutes=values["minutes"]),
            [BEFORE | {"value": values["pre"]}, AFTER | {"value": values["post"]}, KNEE | {"value": values["deg"]}],
            idempotency_key="form 2",
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


def test_a_refused_form_writes_nothing(store, writer, episode_id, row_counts):
    before = row_counts()
    with pytest.raises(EntryRefused):
        record_visit(store, writer, visit(episode_id), [BEFORE | {"value": "11"}], idempotency_key="form 3")
    assert row_counts() == before


def test_a_visit_before_the_episode_opened_is_refused(store, writer, episode_id):
    with pytest.raises(EntryRefused, match=r"Date: 2026-03-01 is before the day the episode opened \(2026-03-02\)"):
        record_visit(store, writer, visit(episode_id, visited_on="2026-03-01"), [], idempotency_key="form 4")


def test_a_form_sent_twice_is_saved_once(store, writer, episode_id, row_counts):
    record_visit(store, writer, visit(episode_id), [BEFORE | {"value": "5"}], idempotency_key="form 5")
    before = row_counts()
    with pytest.raises(AlreadySaved):
        record_visit(store, writer, visit(episode_id), [BEFORE | {"value": "5"}], idempotency_key="form 5")
    assert row_counts() == before


def test_only_who_may_write_and_sees_the_episode_records_a_visit(store, owner, therapist, writer, episode_id):
    with pytest.raises(NotAllowed):
        record_visit(store, therapist(1), visit(episode_id), [], idempotency_key="form 6")
    stranger = Viewer("therapist 7", "therapist", frozenset({"session.write"}), "own", therapist_id=7)
    with pytest.raises(NotAllowed, match="There is no episode"):
        record_visit(store, stranger, visit(episode_id), [], idempotency_key="form 7")


def test_nothing_is_entered_into_the_invented_sample(sample_store, writer):
    with pytest.raises(NotAllowed, match="These are invented records"):
        record_visit(sample_store, writer, visit(1), [], idempotency_key="form 8")
