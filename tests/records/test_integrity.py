"""integrity(): what the schema cannot refuse is found, and a sound store is found sound."""

import re

import duckdb
import pytest

from records import drafts
from records import store as record_store
from tables import practice_of, rows

VISIT = "client | day | before | knee flexion left\nAda | 2026-03-02 | 6 | 100\nBen | 2026-03-02 | 5 | 90"

# Each line plants one problem; ids in braces are those of Ada's visit.
PLANTED = rows("""
    how                                                                  | problem                                            | table_name
    UPDATE episode SET client_id = 1 WHERE episode_id = {episode}        | episode of an unknown client                       | episode
    UPDATE episode SET injury_type_id = 99 WHERE episode_id = {episode}  | episode of an unknown injury type                  | episode
    UPDATE session SET client_id = 1 WHERE session_id = {session}        | session of an unknown client                       | session
    DELETE FROM session_part WHERE session_id = {session}                | session without a part                             | session
    UPDATE session SET visited_on = '2026-03-03' WHERE session_id = {session} | part that differs from its session in client or date | session_part
    UPDATE session_part SET client_id = {other} WHERE session_id = {session}  | part of an episode of another client               | session_part
    UPDATE rating SET client_id = {other} WHERE session_id = {session}   | reading without its session part                   | rating
    UPDATE motion SET episode_id = 1 WHERE session_id = {session}        | reading without its session part                   | motion
    UPDATE score SET session_id = 1                                      | reading without its session part                   | score
    UPDATE goal SET episode_id = 1                                       | goal of an unknown episode                         | goal
    UPDATE referral SET client_id = {other}                              | referral of an unknown episode                     | referral
    UPDATE motion SET joint = 'tail' WHERE session_id = {session}        | motion of an unknown joint or movement             | motion
    UPDATE motion SET degrees = 355 WHERE session_id = {session}         | motion outside the joint's bounds                  | motion
    UPDATE score SET value = 11                                          | score outside the scale                            | score
    UPDATE rating SET region = 'tail' WHERE session_id = {session}       | rating of an unknown region                        | rating
    UPDATE rating SET rating_id = 5                                      | id stands more than once, or is missing            | rating
    UPDATE technique_use SET technique_use_id = NULL                     | id stands more than once, or is missing            | technique_use
    UPDATE episode_region SET episode_id = 1                             | region of an unknown episode                       | episode_region
    UPDATE dated_entry SET client_id = {other}                           | entry of an unknown episode                        | dated_entry
    UPDATE call_made SET episode_id = 1                                  | call about an unknown episode                      | call_made
    UPDATE technique_use SET session_id = 1                              | technique without its session part                 | technique_use
    UPDATE red_flag_found SET client_id = {other}                        | red flag without its session part                  | red_flag_found
    UPDATE warning_overruled SET episode_id = 1                          | overruled warning without its session part         | warning_overruled
    UPDATE draft SET client_id = 1                                       | draft of an unknown client                         | draft
    INSERT INTO session_part SELECT * FROM session_part WHERE session_id = {session} | two parts of one session for one episode | session_part
    UPDATE client SET withdrawn = true WHERE client_id = {other}         | stands although its client was withdrawn           | episode
    UPDATE session SET withdrawn = true WHERE session_id = {session}     | stands although its session was withdrawn          | session_part
    UPDATE episode SET withdrawn = true WHERE episode_id = {episode}     | stands although its episode was withdrawn          | session_part
    UPDATE session_part SET withdrawn = true WHERE session_id = {session} | session of which no part stands                   | session
    UPDATE session_part SET withdrawn = true WHERE session_id = {session} | stands although its session part was withdrawn    | rating
    UPDATE own_threshold SET scale = 'gone'                              | own number of an unknown scale or movement         | own_threshold
    UPDATE own_reference SET movement = 'wag'                            | own reference of an unknown movement               | own_reference
    DELETE FROM audit WHERE seq = 2                                      | Audit line 2 is missing.                           | audit
""")  # noqa: E501


@pytest.fixture
def practice(store, owner):
    """Two clients with a visit each, and a score, a goal and a referral for Ada."""
    entered = practice_of(store, owner, VISIT)
    ada = {"client_id": entered.clients["Ada"], "episode_id": entered.episodes["Ada"]}
    with store.change(owner, "create") as change:
        change.insert(
            "score", ada | {"session_id": entered.sessions[0], "scored_on": "2026-03-02", "scale": "nprs", "value": 5}
        )
        change.insert("goal", ada | {"measure": "pain", "target": 2, "set_on": "2026-03-02"})
        change.insert("referral", ada | {"visits_ordered": 6})
        change.insert("episode_region", ada | {"place": 1, "region": "knee", "side": "left"})
        change.insert("dated_entry", ada | {"entered_on": "2026-03-02", "kind": "medication", "words": "none"})
        in_visit = ada | {"session_id": entered.sessions[0]}
        call = {"called_at": "2026-03-02 11:00", "called_whom": "physician", "about": "fever"}
        change.insert("call_made", in_visit | call)
        change.insert("technique_use", in_visit | {"visited_on": "2026-03-02", "technique": "relaxation"})
        change.insert("red_flag_found", in_visit | {"visited_on": "2026-03-02", "red_flag": "fever"})
        own = {"source": "Smith 2020"}
        change.insert("own_threshold", own | {"purpose": "error", "scale": "nprs", "points": 3})
        knee = {"joint": "knee", "movement": "flexion", "motion_type": "active", "low_deg": 130}
        change.insert("own_reference", own | knee)
        change.insert("warning_overruled", in_visit | {"warning": "side_swapped", "words": "Left and right exchanged?"})
    drafts.begin(store, owner, ada["client_id"])
    return {
        "episode": ada["episode_id"],
        "session": entered.sessions[0],
        "other": entered.clients["Ben"],
    }


def test_a_sound_practice_has_no_problem(store, practice):
    assert store.integrity().values.tolist() == []


@pytest.mark.parametrize(
    ("how", "problem", "table_name"),
    [pytest.param(*line, id=f"{line[2]}: {line[1]}") for line in PLANTED.values.tolist()],
)
def test_each_planted_problem_is_found_and_named(how, problem, table_name, store, practice):
    store.close()
    with duckdb.connect(str(store.path)) as connection:
        connection.execute(how.format(**practice))
    damaged = record_store.open_store(store.path)
    found = damaged.integrity()
    damaged.close()
    assert (problem, table_name) in set(zip(found["problem"], found["table_name"], strict=True))


def test_every_check_has_a_planted_problem():
    checks = "".join(query.read_text(encoding="utf-8") for query in record_store.INTEGRITY)
    written = {problem.replace("''", "'") for problem in re.findall(r"SELECT '((?:[^']|'')* (?:[^']|'')*)'", checks)}
    assert written == set(PLANTED["problem"]) - {"Audit line 2 is missing."}


@pytest.mark.parametrize("query", record_store.INTEGRITY, ids=lambda query: query.stem)
def test_every_integrity_query_runs_on_an_empty_store(query, store):
    found = store._connection.cursor().execute(query.read_text(encoding="utf-8")).df()
    assert found.columns.tolist() == ["problem", "table_name", "row_id"]
    assert found.empty


def test_the_invented_practice_is_sound(sample_store):
    assert sample_store.integrity().values.tolist() == []
