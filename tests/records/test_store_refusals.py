"""What cannot be is not kept: each check and each lookup of the schema, one bad value at a time."""

import duckdb
import pytest

from access import roles
from records import store as record_store
from tables import practice_of, rows

# One good row of every table with a rule; `bad` below spoils one value of it.
GOOD = {
    "practice": {"practice_id": 2, "name": "Second", "created_on": "2026-11-20"},
    "office": {"name": "North"},
    "therapist": {"name": "Kim Example", "available_minutes_per_week": 1200},
    "physician": {"name": "Dr Example"},
    "injury_type": {"name": "Golfer's elbow", "region": "elbow"},
    "client": {"name": "Ben Example", "birth_date": "1980-05-01", "sex": "male"},
    "episode": {
        "injury_type_id": 1,
        "cause": "fall",
        "chronicity": "under_6_weeks",
        "comorbidity_count": 1,
        "opened_on": "2026-03-02",
        "discharged_on": "2026-04-02",
        "discharge_reason": "goals_met",
    },
    "episode_region": {"place": 1, "region": "neck", "side": "left"},
    "goal": {"measure": "pain", "target": 2, "set_on": "2026-03-02"},
    "dated_entry": {"entered_on": "2026-03-02", "kind": "work_status", "words": "light duty"},
    "referral": {
        "referral_source": "physician",
        "visits_ordered": 12,
        "ordered_on": "2026-03-01",
        "expires_on": "2026-06-01",
        "payer_kind": "auto",
    },
    "session": {"visited_on": "2026-03-02", "kind": "treatment", "status": "kept"},
    "session_part": {"visited_on": "2026-03-02", "minutes": 60, "home_done": 3, "home_prescribed": 7},
    "technique_use": {"visited_on": "2026-03-02", "technique": "neuromuscular", "region": "neck", "minutes": 30},
    "red_flag_found": {"visited_on": "2026-03-02", "red_flag": "fever"},
    "rating": {"rated_on": "2026-03-02", "kind": "now", "moment": "before", "side": "left", "pain": 6.5},
    "motion": {
        "measured_on": "2026-03-02",
        "joint": "knee",
        "movement": "flexion",
        "side": "left",
        "motion_type": "active",
        "moment": "before",
        "repeat_number": 1,
        "degrees": 120,
        "instrument": "goniometer",
    },
    "score": {"scored_on": "2026-03-02", "scale": "nprs", "side": "left", "value": 6},
    "draft": {"draft_id": 1, "person": "kim", "client_id": 1, "begun_at": "2026-03-02", "changed_at": "2026-03-02"},
    "own_threshold": {
        "purpose": "important",
        "scale": "nprs",
        "region": "neck",
        "points": 2,
        "percent": 30,
        "confidence": "90 %",
        "source": "Smith 2020",
    },
    "own_reference": {
        "joint": "knee",
        "movement": "flexion",
        "motion_type": "active",
        "low_deg": 120,
        "high_deg": 140,
        "sex": "female",
        "age_from": 20,
        "age_to": 44,
        "source": "Smith 2020",
    },
}
BAD = rows("""
    table          | column                     | value
    practice       | name                       | -
    office         | name                       | -
    therapist      | name                       | -
    therapist      | available_minutes_per_week | -1
    therapist      | available_minutes_per_week | 10081
    physician      | name                       | -
    injury_type    | name                       | -
    injury_type    | region                     | left knee
    client         | name                       | -
    client         | birth_date                 | 1889-12-31
    client         | sex                        | unknown
    episode        | injury_type_id             | -
    episode        | cause                      | bad luck
    episode        | cause                      | -
    episode        | chronicity                 | long
    episode        | comorbidity_count          | -1
    episode        | comorbidity_count          | 41
    episode        | opened_on                  | -
    episode        | discharged_on              | 2026-03-01
    episode        | discharge_reason           | vanished
    episode_region | place                      | 0
    episode_region | region                     | tail
    episode_region | side                       | up
    goal           | measure                    | hope
    goal           | measure                    | words
    goal           | measure                    | motion
    goal           | measure                    | score
    goal           | side                       | both
    dated_entry    | kind                       | gossip
    dated_entry    | words                      | -
    referral       | referral_source            | horoscope
    referral       | visits_ordered             | 0
    referral       | visits_ordered             | 401
    referral       | expires_on                 | 2026-02-28
    referral       | payer_kind                 | barter
    session        | visited_on                 | 1899-12-31
    session        | visited_on                 | 2026-02-31
    session        | kind                       | chat
    session        | status                     | maybe
    session_part   | minutes                    | -1
    session_part   | minutes                    | 481
    session_part   | home_done                  | -1
    session_part   | home_prescribed            | -1
    technique_use  | technique                  | magic
    technique_use  | region                     | tail
    technique_use  | minutes                    | 481
    red_flag_found | red_flag                   | mood
    rating         | kind                       | usual
    rating         | moment                     | during
    rating         | side                       | up
    rating         | pain                       | 11
    rating         | pain                       | -0.5
    rating         | pain                       | 6.3
    rating         | pain                       | seven
    rating         | pain                       | -
    motion         | side                       | both
    motion         | motion_type                | resisted
    motion         | moment                     | between
    motion         | repeat_number              | 0
    motion         | degrees                    | 400
    motion         | degrees                    | -181
    motion         | degrees                    | -
    motion         | instrument                 | thumb
    score          | scale                      | horoscope
    score          | side                       | both
    score          | value                      | -
    draft          | state                      | lost
    own_threshold  | purpose                    | hope
    own_threshold  | scale                      | -
    own_threshold  | joint                      | knee
    own_threshold  | raters                     | nobody
    own_threshold  | region                     | tail
    own_threshold  | points                     | 0
    own_threshold  | percent                    | 0
    own_threshold  | percent                    | 101
    own_threshold  | confidence                 | 99 %
    own_threshold  | source                     | -
    own_reference  | motion_type                | unstated
    own_reference  | high_deg                   | 119
    own_reference  | sex                        | other
    own_reference  | age_from                   | -1
    own_reference  | age_to                     | 19
    own_reference  | source                     | -
""")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One practice for the whole table: a refused value leaves nothing behind."""
    opened = record_store.create(tmp_path_factory.mktemp("refusals") / "practice.duckdb", "Test practice")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def whose(store):
    """The ids a record of a kept visit carries."""
    drawn = practice_of(store, roles.viewer("test owner", "owner"), "client | day\nAda | 2026-03-02")
    return {"client_id": drawn.clients["Ada"], "episode_id": drawn.episodes["Ada"], "session_id": drawn.sessions[0]}


def insert(store, owner, table, values, whose):
    columns = store._connection.cursor().execute(f"DESCRIBE records.{table}").df()["column_name"].tolist()
    own_id = {f"{table}_id"}  # a new record of this table makes its own
    links = {name: value for name, value in whose.items() if name in columns and name not in own_id}
    with store.change(owner, "create") as change:
        if "action_id" in columns:
            change.insert(table, links | values)
        else:
            change.cursor.execute(f"INSERT INTO records.{table} BY NAME SELECT {spelled(values)}")
            change.note(table, {"rows": 1})


def spelled(values):
    return ", ".join(f"{'NULL' if value is None else repr(value)} AS {name}" for name, value in values.items())


def test_every_good_row_is_kept(store, owner, whose):
    for table, values in GOOD.items():
        insert(store, owner, table, values, whose)


@pytest.mark.parametrize(
    ("table", "column", "value"), [pytest.param(*line, id=" ".join(map(str, line))) for line in BAD.values.tolist()]
)
def test_what_cannot_be_is_refused(table, column, value, store, owner, whose):
    spoiled = GOOD[table] | {column: None if value != value else value}
    with pytest.raises((duckdb.ConstraintException, duckdb.ConversionException)):
        insert(store, owner, table, spoiled, whose)


def test_every_rule_of_the_schema_has_a_bad_value_here(store):
    rules = store._connection.execute(
        "SELECT table_name, constraint_text, constraint_column_names FROM duckdb_constraints()"
        " WHERE database_name = 'records' AND constraint_type IN ('CHECK', 'FOREIGN KEY')"
    ).fetchall()
    tried = set(zip(BAD["table"], BAD["column"], strict=True))
    kept_by_the_program = {"import_batch", "import_row"}  # its counts are tested with the import
    untried = [
        text
        for table, text, columns in rules
        if table not in kept_by_the_program and not any((table, column) in tried for column in columns)
    ]
    assert untried == []
