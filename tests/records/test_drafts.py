"""A session being written down is kept section by section, seen by its writer alone, and stands in no figure."""

import datetime as dt
import shutil

import pytest

from analytics import progress
from records import drafts
from records import store as record_store
from records.drafts import Draft, Section
from records.entry import record_session
from records.errors import AlreadySaved, EditedMeanwhile, NotAllowed
from records.viewer import Viewer
from tables import practice_of

PAIN = {"label": "Pain", "what": "pain", "kind": "now", "moment": "before", "value": "3"}


@pytest.fixture
def practice(store, owner):
    """Ada and Ben, one visit each, given by Kim."""
    return practice_of(
        store,
        owner,
        """
        client | day        | before | therapist
        Ada    | 2026-03-02 | 6      | Kim
        Ben    | 2026-03-02 | 5      | Kim
        """,
    )


@pytest.fixture
def kim(practice, therapist) -> Viewer:
    return therapist(practice.therapists["Kim"])


@pytest.fixture
def draft_id(store, kim, practice) -> int:
    """A draft of Kim's about Ada."""
    return drafts.begin(store, kim, practice.clients["Ada"])


@pytest.fixture
def at(monkeypatch):
    """`at("10:05")`: from now on it is that time of 20 November 2026."""
    return lambda time: monkeypatch.setattr(
        drafts.calendar, "now", lambda: dt.datetime.combine(dt.date(2026, 11, 20), dt.time.fromisoformat(time))
    )


def test_what_was_saved_is_there_after_the_store_was_closed_and_opened(store, kim, draft_id, tmp_path):
    drafts.save(store, kim, draft_id, "pain", {"parts": {"5": {"readings": [PAIN]}}})
    drafts.save(store, kim, draft_id, "note", {"parts": {"5": {"note": "Ça va, 痛 🙂 'quoted'"}}})
    before = drafts.read(store, kim, draft_id)
    store.close()
    reopened = record_store.open_store(store.path)
    assert drafts.read(reopened, kim, draft_id) == before
    assert drafts.open_of(reopened, kim) == [draft_id]
    assert {name: section.content for name, section in before.sections.items()} == {
        "note": {"parts": {"5": {"note": "Ça va, 痛 🙂 'quoted'"}}},
        "pain": {"parts": {"5": {"readings": [PAIN]}}},
    }
    reopened.close()


def test_what_was_saved_is_in_the_file_the_moment_it_is_said_to_be(store, kim, draft_id, tmp_path):
    drafts.save(store, kim, draft_id, "note", {"parts": {"5": {"note": "calm"}}})
    copies = tmp_path / "as after a kill"
    copies.mkdir()
    for file in (store.path, store.path.with_name(store.path.name + ".wal")):
        if file.exists():
            shutil.copy2(file, copies / file.name)
    recovered = record_store.open_store(copies / store.path.name)
    assert drafts.read(recovered, kim, draft_id).sections["note"].content == {"parts": {"5": {"note": "calm"}}}
    recovered.close()


def test_saving_returns_the_section_as_the_store_holds_it(store, kim, draft_id):
    given = {"session": {"visited_on": dt.date(2026, 11, 20)}, "parts": {5: {"minutes": float("nan"), "home": (1, 2)}}}
    saved = drafts.save(store, kim, draft_id, "visit", given)
    assert saved.content == {"session": {"visited_on": "2026-11-20"}, "parts": {"5": {"minutes": None, "home": [1, 2]}}}
    assert drafts.read(store, kim, draft_id).sections["visit"] == saved


def test_another_person_neither_sees_nor_writes_nor_discards_a_draft(store, kim, owner, draft_id):
    kept = drafts.save(store, kim, draft_id, "note", {"parts": {}})
    assert drafts.read(store, owner, draft_id) is None
    assert drafts.open_of(store, owner) == []
    with pytest.raises(NotAllowed, match=f"There is no draft {draft_id} of yours"):
        drafts.save(store, owner, draft_id, "note", {"parts": {}}, kept.ver)
    with pytest.raises(NotAllowed, match=f"There is no draft {draft_id} of yours"):
        drafts.discard(store, owner, draft_id)
    with pytest.raises(NotAllowed, match=f"There is no draft {draft_id} of yours"):
        drafts.begin(store, owner, drafts.read(store, kim, draft_id).client_id, draft_id)
    assert drafts.read(store, kim, draft_id).sections == {"note": kept}


def test_of_two_tabs_the_second_is_told_and_nothing_is_overwritten(store, kim, draft_id):
    first = drafts.save(store, kim, draft_id, "note", {"parts": {"5": {"note": "first tab"}}})
    with pytest.raises(EditedMeanwhile, match="was filled in elsewhere, most likely in another tab"):
        drafts.save(store, kim, draft_id, "note", {"parts": {"5": {"note": "second tab"}}})
    assert drafts.read(store, kim, draft_id).sections == {"note": first}
    assert drafts.save(store, kim, draft_id, "pain", {"parts": {}}).ver == 1  # another section is not in its way
    assert drafts.save(store, kim, draft_id, "note", {"parts": {"5": {"note": "both"}}}, first.ver).ver == 2
    with pytest.raises(EditedMeanwhile):
        drafts.save(store, kim, draft_id, "note", {"parts": {}}, first.ver)


def test_a_draft_begun_twice_is_one_draft(store, kim, practice):
    ada, chosen = practice.clients["Ada"], 4711
    assert drafts.begin(store, kim, ada, chosen) == drafts.begin(store, kim, ada, chosen) == chosen
    assert drafts.open_of(store, kim) == [chosen]
    with pytest.raises(NotAllowed, match="There is no draft 4711 of yours about client"):
        drafts.begin(store, kim, practice.clients["Ben"], chosen)


def test_open_drafts_come_latest_changed_first_and_by_client(store, kim, practice, at):
    at("10:00")
    first, second = (drafts.begin(store, kim, practice.clients[name]) for name in ("Ada", "Ben"))
    at("10:05")
    drafts.save(store, kim, first, "note", {"parts": {}})
    assert drafts.open_of(store, kim) == [first, second]
    assert drafts.open_of(store, kim, practice.clients["Ben"]) == [second]


def test_a_draft_says_when_it_was_begun_and_when_it_was_last_saved(store, kim, practice, at):
    at("10:00")
    draft_id = drafts.begin(store, kim, practice.clients["Ada"])
    assert f"{drafts.read(store, kim, draft_id).changed_at:%H:%M}" == "10:00"
    at("10:05")
    drafts.save(store, kim, draft_id, "pain", {"parts": {}})
    at("10:07")
    drafts.save(store, kim, draft_id, "note", {"parts": {}})
    draft = drafts.read(store, kim, draft_id)
    assert (f"{draft.begun_at:%H:%M}", f"{draft.changed_at:%H:%M}") == ("10:00", "10:07")
    assert f"{draft.sections['pain'].saved_at:%H:%M}" == "10:05"


def test_a_discarded_draft_takes_nothing_more_and_keeps_what_it_held(store, kim, draft_id, practice):
    kept = drafts.save(store, kim, draft_id, "note", {"parts": {}})
    drafts.discard(store, kim, draft_id)
    drafts.discard(store, kim, draft_id)  # a second click says nothing more
    with pytest.raises(NotAllowed, match="was put aside; nothing was changed"):
        drafts.save(store, kim, draft_id, "note", {"parts": {"5": {"note": "late"}}}, kept.ver)
    draft = drafts.read(store, kim, draft_id)
    assert (draft.state, draft.sections) == ("discarded", {"note": kept})
    assert drafts.open_of(store, kim) == []


@pytest.fixture
def finish(store, kim, draft_id, practice):
    """`finish()`: makes the draft a session of Ada's, as its page does."""
    visit = {"visited_on": "2026-03-09", "kind": "treatment", "status": "kept"}
    episode = practice.episodes["Ada"]
    drafts.save(store, kim, draft_id, "visit", {"session": visit | {"episodes": [episode]}})
    drafts.save(store, kim, draft_id, "pain", {"parts": {str(episode): {"readings": [PAIN]}}})

    def make() -> int:
        draft = drafts.read(store, kim, draft_id)
        session, parts = drafts.assembled(draft)
        return record_session(store, kim, session, parts, idempotency_key=draft.key, draft_id=draft_id)

    return make


def test_a_finished_draft_is_a_session_takes_nothing_more_and_is_finished_once(store, kim, draft_id, finish):
    session_id = finish()
    draft = drafts.read(store, kim, draft_id)
    assert (draft.state, draft.session_id) == ("finished", session_id)
    pain = store.open_for(kim).read("SELECT pain FROM visible_rating WHERE session_id = $it", it=session_id)
    assert pain["pain"].astype(float).tolist() == [3.0]
    with pytest.raises(NotAllowed, match="is finished already; nothing was changed"):
        drafts.save(store, kim, draft_id, "note", {"parts": {}})
    with pytest.raises(NotAllowed, match="is finished already; nothing was changed"):
        drafts.discard(store, kim, draft_id)
    with pytest.raises(AlreadySaved):
        finish()
    assert drafts.open_of(store, kim) == []


def test_no_figure_and_no_line_of_the_trail_knows_of_a_draft_until_it_is_finished(
    store, kim, draft_id, practice, finish, row_counts
):
    def seen():
        window, ada = store.open_for(kim), practice.clients["Ada"]
        views = ("visit", "session", "session_part", "rating", "motion", "visit_pain", "pain_course", "episode_course")
        figures = {view: window.read(f"FROM visible_{view} ORDER BY ALL").to_csv() for view in views}
        return figures | {"table": progress.sessions(window, ada, practice.episodes["Ada"]).to_csv()}

    def records():
        return {table: rows for table, rows in row_counts().items() if not table.startswith("draft")}

    before = seen(), records(), store.version
    drafts.save(store, kim, draft_id, "note", {"parts": {str(practice.episodes["Ada"]): {"note": "calm"}}})
    drafts.discard(store, kim, drafts.begin(store, kim, practice.clients["Ada"]))
    assert (seen(), records(), store.version) == before
    finish()
    assert seen() != before[0]
    assert store.version != before[2]


def test_only_who_may_write_sessions_and_sees_the_client_begins_a_draft(store, practice, therapist):
    ada = practice.clients["Ada"]
    with pytest.raises(NotAllowed, match="You may not record sessions here"):
        drafts.begin(store, Viewer("reader", "reader", frozenset({"client.read"}), "all"), ada)
    with pytest.raises(NotAllowed, match="There is no client"):
        drafts.begin(store, therapist(7), ada)


def test_no_draft_is_begun_in_the_invented_sample(sample_store, owner):
    with pytest.raises(NotAllowed, match="These are invented records"):
        drafts.begin(sample_store, owner, 1)


def test_a_failed_save_leaves_the_section_as_it_was(store, kim, draft_id, monkeypatch):
    kept = drafts.save(store, kim, draft_id, "note", {"parts": {"5": {"note": "calm"}}})
    circular: dict = {}
    circular["parts"] = [circular]
    with pytest.raises((ValueError, RecursionError)):
        drafts.save(store, kim, draft_id, "note", circular, kept.ver)
    assert drafts.read(store, kim, draft_id).sections == {"note": kept}
    assert drafts.save(store, kim, draft_id, "note", {"parts": {}}, kept.ver).ver == 2


# Laid on top of each other ------------------------------------------------------------------------------------------


def assembled(**contents) -> tuple[dict, list[dict]]:
    now = dt.datetime(2026, 11, 20, 10)
    sections = {name: Section(content, 1, now) for name, content in contents.items()}
    return drafts.assembled(Draft(1, 7, now, "open", None, sections))


def test_lists_of_several_sections_are_joined_and_single_values_stand_side_by_side():
    motion = {"parts": {"5": {"readings": [{"value": "110"}], "overruled": [{"warning": "motion_change"}]}}}
    pain = {"parts": {"5": {"readings": [PAIN], "minutes": "45"}}, "session": {"red_flags_asked": True}}
    visit = {"session": {"visited_on": "2026-11-20", "episodes": [5]}, "parts": {"5": {"note": "calm"}}}
    session, parts = assembled(motion=motion, pain=pain, visit=visit)
    assert session == {"client_id": 7, "visited_on": "2026-11-20", "red_flags_asked": True}
    assert parts == [
        {
            "episode_id": 5,
            "readings": [{"value": "110"}, PAIN],
            "overruled": [{"warning": "motion_change"}],
            "minutes": "45",
            "note": "calm",
        }
    ]


def test_the_parts_come_in_the_order_of_the_episodes_served_and_of_no_other():
    visit = {"session": {"episodes": [6, 5]}}
    notes = {"parts": {"4": {"note": "not served"}, "5": {"note": "five"}, "6": {"note": "six"}}}
    assert assembled(notes=notes, visit=visit)[1] == [
        {"episode_id": 6, "note": "six"},
        {"episode_id": 5, "note": "five"},
    ]


def test_a_draft_without_a_section_is_a_session_of_its_client_and_serves_nothing_yet():
    assert assembled() == ({"client_id": 7}, [])


def test_laying_together_changes_nothing_in_the_sections():
    first, second = {"parts": {"5": {"readings": [PAIN]}}}, {"parts": {"5": {"readings": [PAIN]}}}
    assembled(a=first, b=second, visit={"session": {"episodes": [5]}})
    assert first == second == {"parts": {"5": {"readings": [PAIN]}}}
