"""A practice brings its history in: what is written, what is not, and how it is taken back."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from records import importing
from records.errors import ImportRefused, NotAllowed
from records.importing import File
from tests.records.conftest import CLINIC, EXAMPLES, csv_of
from tests.records.test_import_files import workbook

HEADER = "Client | Injury | Date | Minutes | Pain Pre | Pain Post | Side | Flexion"
TWO_CLIENTS = f"""
{HEADER}
K1 | Knee sprain | 02/03/2026 | 45 | 6   | 4.5 | right | 110
K1 | Knee sprain | 09/03/2026 | 60 | 5   | -   | right | 115.5
K2 | Heel and foot pain | 04/03/2026 | -  | 3 | 2 | - | -
"""


def example(*names: str) -> list[File]:
    return [File.at(EXAMPLES / name) for name in names]


def visits(store, owner) -> list[list]:
    """Client number, day, episode (numbered by opening) of every standing session."""
    return (
        store.open_for(owner)
        .read(
            """
            SELECT c.source_ref, strftime(p.visited_on, '%Y-%m-%d'),
                dense_rank() OVER (PARTITION BY c.client_id ORDER BY e.opened_on, e.episode_id) AS episode
            FROM visible_session_part p
            JOIN visible_client c USING (client_id)
            JOIN visible_episode e USING (episode_id)
            ORDER BY ALL
            """
        )
        .values.tolist()
    )


def test_every_value_arrives_where_it_belongs(brought, store, owner):
    batch = brought(TWO_CLIENTS)
    assert (batch.counts.rows, batch.counts.accepted, batch.counts.people) == (3, 3, 2)
    window = store.open_for(owner)
    sessions = "SELECT strftime(visited_on, '%d.%m.') AS day, minutes FROM visible_session_part ORDER BY visited_on"
    assert window.read(sessions).fillna(-1).values.tolist() == [["02.03.", 45], ["04.03.", -1], ["09.03.", 60]]
    pain = "SELECT moment, pain::DOUBLE AS pain FROM visible_rating ORDER BY rated_on, moment"
    assert window.read(pain).values.tolist() == [
        ["after", 4.5],
        ["before", 6.0],
        ["after", 2.0],
        ["before", 3.0],
        ["before", 5.0],
    ]
    motion = "SELECT joint, movement, side, degrees::DOUBLE FROM visible_motion ORDER BY measured_on"
    assert window.read(motion).values.tolist() == [
        ["knee", "flexion", "right", 110.0],
        ["knee", "flexion", "right", 115.5],
    ]
    injuries = window.read("SELECT injury_type FROM visible_episode ORDER BY injury_type")["injury_type"].tolist()
    assert injuries == ["Heel and foot pain", "Knee sprain"]


def test_the_store_remembers_file_row_profile_and_reason(brought, store, owner):
    batch = brought(TWO_CLIENTS + "K3 | Knee sprain | 31/02/2026 | 45 | 6 | 4 | right | 110")
    window = store.open_for(owner)
    [kept] = window.read("SELECT * FROM visible_import_batch").to_dict("records")
    assert (kept["profile"], kept["file_names"], kept["row_count"]) == ("clinic", "visits.csv", 4)
    assert kept["profile_text"] == CLINIC
    [row] = window.read("SELECT * FROM visible_import_row").to_dict("records")
    assert (row["batch_id"], row["file_name"], row["row_number"], row["fate"]) == (
        batch.batch_id,
        "visits.csv",
        5,
        "refused",
    )
    assert row["reason"].startswith("Date: 31/02/2026 is no date.")
    assert '"Date":"31/02/2026"' in row["raw"]
    source_rows = (
        store._connection.cursor().execute("SELECT source_row FROM records.session ORDER BY visited_on").fetchall()
    )
    assert source_rows == [(2,), (4,), (3,)]


def test_an_import_leaves_a_whole_store_and_one_audit_line_for_each_table(brought, store):
    brought(TWO_CLIENTS)
    assert store.integrity().empty
    tables = store._connection.cursor().execute("SELECT table_name FROM records.audit ORDER BY seq").fetchall()
    assert [table for (table,) in tables] == [
        "client", "episode", "session", "session_part", "rating", "motion", "import_batch",
    ]  # fmt: skip


def test_looking_writes_nothing(looked_at, row_counts):
    before = row_counts()
    assert looked_at(TWO_CLIENTS).counts.accepted == 3
    assert row_counts() == before


def test_the_same_file_twice_changes_nothing(brought, row_counts):
    brought(TWO_CLIENTS)
    before = row_counts()
    again = brought(TWO_CLIENTS)
    assert again.batch_id is None
    assert (again.counts.rows, again.counts.duplicate) == (3, 3)
    assert row_counts() == before


def test_accepting_one_review_twice_writes_once(looked_at, row_counts):
    found = looked_at(TWO_CLIENTS)
    importing.accept(found)
    before = row_counts()
    assert importing.accept(found).batch_id is None
    assert row_counts() == before


def test_what_others_saved_after_the_review_is_seen_when_accepting(looked_at):
    first, second = looked_at(TWO_CLIENTS), looked_at(TWO_CLIENTS)
    importing.accept(first)
    late = importing.accept(second)
    assert (late.batch_id, late.counts.duplicate) == (None, 3)


def test_a_longer_export_adds_only_what_is_new(brought, store, owner):
    brought(TWO_CLIENTS)
    later = brought(TWO_CLIENTS + "K1 | Knee sprain | 16/03/2026 | 45 | 4 | 3 | right | 121")
    assert (later.counts.accepted, later.counts.duplicate) == (1, 3)
    assert visits(store, owner) == [
        ["K1", "2026-03-02", 1],
        ["K1", "2026-03-09", 1],
        ["K1", "2026-03-16", 1],
        ["K2", "2026-03-04", 1],
    ]


def test_a_visit_that_stands_with_other_values_is_refused_never_overwritten(brought, looked_at, store, owner):
    brought(TWO_CLIENTS)
    found = looked_at(
        f"""
        {HEADER}
        K1 | Knee sprain | 02/03/2026 | 45 | 8 | 4.5 | right | 110
        K1 | Knee sprain | 09/03/2026 | 30 | 5 | -   | right | 115.5
        """
    )
    assert found.fates[["row", "fate", "column", "reason"]].values.tolist() == [
        [
            2,
            "refused",
            "Pain Pre",
            "8 differs from the reading that stands, which says 6. What stands is not overwritten. Correct the file, or"
            " correct the record itself.",
        ],
        [
            3,
            "refused",
            "Minutes",
            "30 differs from the visit that stands, which says 60. What stands is not overwritten. Correct the file, or"
            " correct the record itself.",
        ],
    ]
    assert importing.accept(found).batch_id is None


def test_rows_of_one_visit_that_contradict_each_other_are_refused_and_what_rests_on_them_is_not_lost(looked_at):
    # Row 3 contradicts row 2. Row 4 repeats a reading that only row 3 had, so once row 3 is out, row 4 must bring it.
    found = looked_at(
        f"""
        {HEADER}
        K1 | Knee sprain | 02/03/2026 | 45 | 6 | -   | -     | -
        K1 | Knee sprain | 02/03/2026 | 45 | 7 | 4   | -     | -
        K1 | Knee sprain | 02/03/2026 | 45 | 6 | 4   | -     | -
        """
    )
    assert found.fates[["row", "fate"]].values.tolist() == [[2, "accepted"], [3, "refused"], [4, "accepted"]]
    assert found.fates["reason"][1].startswith("7 differs from row 2, which says 6 for the same reading")


LONG = """
about = "One row per reading."
[episodes]
found_by = "person"
[visit]
client_ref = { column = "Client" }
client_name = { template = "Client {Client}" }
injury_type = "Shoulder strain"
cause = "overuse"
visited_on = { column = "Date" }
kind = "treatment"
[[reading]]
what = "motion"
joint = { column = "Joint" }
movement = { column = "Movement" }
side = { column = "Side" }
motion_type = "passive"
moment = "before"
repeat = { column = "Try" }
value = { column = "Degrees" }
"""


def test_a_long_file_has_one_row_per_reading_and_repeats_are_kept(brought, store, owner):
    batch = brought(
        """
        Client | Date       | Joint    | Movement | Side  | Try | Degrees
        S1     | 2026-03-02 | shoulder | flexion  | left  | 1   | 150
        S1     | 2026-03-02 | shoulder | flexion  | left  | 2   | 154
        S1     | 2026-03-02 | shoulder | flexion  | right | -   | 170
        S1     | 2026-03-02 | shoulder | flexion  | right | -   | 170
        S1     | 2026-03-02 | elbow    | flexions | left  | -   | 130
        """,
        LONG,
    )
    counts = batch.counts
    assert (counts.accepted, counts.duplicate, counts.refused) == (3, 1, 1)
    window = store.open_for(owner)
    assert len(window.read("SELECT * FROM visible_session")) == 1
    motion = "SELECT side, repeat_number, degrees::DOUBLE FROM visible_motion ORDER BY side, repeat_number"
    assert window.read(motion).values.tolist() == [["left", 1, 150.0], ["left", 2, 154.0], ["right", 1, 170.0]]


def test_exactly_60_days_is_the_same_episode_and_61_a_new_one(brought, store, owner):
    # Clinical reference, worked example 16: 2024-01-01, 01-15, 03-15 (gap 60), 05-15 (gap 61).
    brought(
        f"""
        {HEADER}
        K1 | Knee sprain | 15/05/2024 | - | 2 | - | - | -
        K1 | Knee sprain | 01/01/2024 | - | 6 | - | - | -
        K1 | Knee sprain | 15/01/2024 | - | 5 | - | - | -
        K1 | Knee sprain | 15/03/2024 | - | 4 | - | - | -
        """
    )
    assert visits(store, owner) == [
        ["K1", "2024-01-01", 1],
        ["K1", "2024-01-15", 1],
        ["K1", "2024-03-15", 1],
        ["K1", "2024-05-15", 2],
    ]


def test_the_gap_is_counted_from_visits_that_stand_already(brought, store, owner):
    brought(f"{HEADER}\nK1 | Knee sprain | 15/01/2024 | - | 5 | - | - | -")
    brought(
        f"""
        {HEADER}
        K1 | Knee sprain | 15/03/2024 | - | 4 | - | - | -
        K1 | Knee sprain | 15/05/2024 | - | 2 | - | - | -
        """
    )
    assert [episode for _, _, episode in visits(store, owner)] == [1, 1, 2]


def test_another_injury_is_another_episode(brought, store, owner):
    brought(
        f"{HEADER}\nK1 | Knee sprain | 15/01/2024 | - | 5 | - | - | -\nK1 | Neck pain | 17/01/2024 | - | 4 | - | - | -"
    )
    assert [episode for _, _, episode in visits(store, owner)] == [1, 2]


GAPS = CLINIC.replace(
    'kind = "treatment"',
    'kind = { column = "Kind" }\nstatus = { column = "Status" }\ndischarged_on = { column = "Discharged" }',
)
GAPS_HEADER = HEADER + " | Kind | Status | Discharged"


def test_a_discharge_ends_an_episode_whatever_the_gap(brought, store, owner):
    # Clinical reference, worked example 16: discharge 04-01, then a visit 04-10, is a new episode.
    brought(
        f"""
        {GAPS_HEADER}
        K1 | Knee sprain | 20/03/2024 | - | 5 | - | - | - | treatment | kept | 01/04/2024
        K1 | Knee sprain | 10/04/2024 | - | 4 | - | - | - | treatment | kept | -
        """,
        GAPS,
    )
    assert [episode for _, _, episode in visits(store, owner)] == [1, 2]


def test_contacts_and_missed_visits_never_begin_an_episode(brought, store, owner):
    brought(
        f"""
        {GAPS_HEADER}
        K1 | Knee sprain | 01/01/2024 | - | 6 | - | - | - | treatment | kept    | -
        K1 | Knee sprain | 25/02/2024 | - | - | - | - | - | contact   | kept    | -
        K1 | Knee sprain | 28/02/2024 | - | - | - | - | - | treatment | no_show | -
        K1 | Knee sprain | 20/03/2024 | - | 5 | - | - | - | treatment | kept    | -
        """,
        GAPS,
    )
    # 01-01 to 03-20 is 79 days: the contact and the missed visit between them do not bridge the gap.
    assert [episode for _, _, episode in visits(store, owner)] == [1, 1, 1, 2]


def test_a_batch_can_be_taken_back_and_brought_again(brought, store, owner):
    batch = brought(TWO_CLIENTS)
    importing.undo(store, owner, batch.batch_id)
    window = store.open_for(owner)
    for view in ("client", "episode", "session", "session_part", "rating", "motion"):
        assert window.read(f"SELECT * FROM visible_{view}").empty, view
    assert window.read("SELECT undone_at FROM visible_import_batch")["undone_at"].notna().all()
    assert store.integrity().empty
    again = brought(TWO_CLIENTS)
    assert again.counts.accepted == 3
    assert len(window.read("SELECT * FROM visible_session")) == 3


def test_a_batch_others_built_upon_is_not_taken_back(brought, store, owner, row_counts):
    first = brought(TWO_CLIENTS)
    second = brought(f"{HEADER}\nK1 | Knee sprain | 16/03/2026 | 45 | 4 | 3 | right | 121")
    before = row_counts()
    with pytest.raises(NotAllowed, match=r"since then there were .*1 session record added onto it"):
        importing.undo(store, owner, first.batch_id)
    assert row_counts() == before
    importing.undo(store, owner, second.batch_id)
    importing.undo(store, owner, first.batch_id)
    assert store.open_for(owner).read("SELECT * FROM visible_client").empty


def test_a_batch_somebody_corrected_is_not_taken_back(brought, store, owner):
    batch = brought(TWO_CLIENTS)
    session = store.open_for(owner).read("SELECT session_id, ver FROM visible_session").iloc[0]
    with store.change(owner, "correct") as change:
        change.correct("session", int(session["session_id"]), int(session["ver"]), {"kind": "evaluation"})
    with pytest.raises(NotAllowed, match="1 session record changed"):
        importing.undo(store, owner, batch.batch_id)


def test_a_batch_is_taken_back_once(brought, store, owner):
    batch = brought(TWO_CLIENTS)
    importing.undo(store, owner, batch.batch_id)
    with pytest.raises(ImportRefused, match="was undone before"):
        importing.undo(store, owner, batch.batch_id)
    with pytest.raises(ImportRefused, match="There is no import 7"):
        importing.undo(store, owner, 7)


def test_nothing_is_brought_into_the_invented_sample(sample_store, owner):
    with pytest.raises(NotAllowed, match="These are invented records"):
        importing.review(sample_store, owner, example("two_sides_wide.csv"), "two_sides_wide")


def test_who_may_not_import_is_told_so(store, therapist):
    with pytest.raises(NotAllowed, match="You may not bring records in"):
        importing.review(store, therapist(1), example("two_sides_wide.csv"), "two_sides_wide")


def test_example_of_a_trial_in_long_form(store, owner):
    batch = importing.accept(importing.review(store, owner, example("trial_long.csv"), "trial_long"))
    assert (batch.counts.accepted, batch.counts.people) == (5, 3)
    window = store.open_for(owner)
    scores = window.read("SELECT value FROM visible_score ORDER BY value")["value"].tolist()
    assert scores == [12.5, 20.1234567890123, 32.0, 38.0, 41.0]  # every digit of the file
    assert window.read("SELECT injury_type FROM visible_episode ORDER BY 1")["injury_type"].tolist() == [
        "Chronic low back pain, group 1",
        "Chronic low back pain, group 2",
        "Chronic low back pain, no group",
    ]
    days = window.read("SELECT DISTINCT visited_on FROM visible_visit ORDER BY 1")["visited_on"].dt.date.tolist()
    assert days == [dt.date(2015, 1, 1), dt.date(2020, 1, 1)]  # invented by the profile, five years apart


def test_example_of_two_sides_in_two_columns(store, owner):
    importing.accept(importing.review(store, owner, example("two_sides_wide.csv"), "two_sides_wide"))
    motion = store.open_for(owner).read("SELECT side, degrees::DOUBLE AS deg FROM visible_motion ORDER BY degrees")
    assert motion.values.tolist() == [["left", 171.0], ["left", 196.5], ["right", 201.0]]  # and no 0 for P2's right


def test_example_of_three_linked_tables(store, owner):
    found = importing.review(store, owner, example("patients.csv", "encounters.csv", "observations.csv"), "ehr_linked")
    assert (found.counts.rows, found.counts.accepted, found.counts.set_aside, found.counts.people) == (5, 5, 1, 2)
    assert found.reasons == [
        {"fate": "set aside", "reason": "The profile takes only rows where CODE is 72514-3.", "rows": 1}
    ]
    importing.accept(found)
    window = store.open_for(owner)
    sessions = window.read("SELECT count(*) AS n, count(*) FILTER (kind = 'contact') AS contacts FROM visible_session")
    assert sessions.values.tolist() == [[4, 4]]
    # One encounter, rated on two days: both ratings are kept, each with its own day.
    first = window.read("SELECT rated_on, pain::DOUBLE AS pain FROM visible_rating ORDER BY rated_on LIMIT 2")
    assert first["pain"].tolist() == [6.0, 4.0]
    assert first["rated_on"].dt.day.tolist() == [1, 2]
    # 03-01 to 04-30 is exactly 60 days, 04-30 to 07-01 is 62: the first patient has two episodes.
    assert len(window.read("SELECT * FROM visible_episode")) == 3
    assert window.read("SELECT * FROM visible_visit").empty  # contacts are no visits


def test_an_observation_without_its_encounter_is_refused(store, owner):
    lost = File("observations.csv", b"DATE,PATIENT,ENCOUNTER,CODE,VALUE\n2024-03-01,p-1,e-9,72514-3,6\n")
    found = importing.review(store, owner, [*example("patients.csv", "encounters.csv"), lost], "ehr_linked")
    assert found.fates[["column", "reason"]].values.tolist() == [
        ["ENCOUNTER", "e-9 is not in the encounters table. Correct the file, or export the files together."]
    ]


def test_example_of_columns_for_every_visit_with_semicolons_decimal_commas_and_umlauts(store, owner):
    found = importing.review(store, owner, example("visits_wide.csv"), EXAMPLES / "visits_wide.toml")
    assert (found.counts.rows, found.counts.accepted) == (2, 2)
    importing.accept(found)
    window = store.open_for(owner)
    assert window.read("SELECT name FROM visible_client ORDER BY 1")["name"].tolist() == [
        "Amadou Sæther",
        "Jördis Ñuflo",
    ]
    pain = "SELECT strftime(rated_on, '%d.%m.') AS day, moment, pain::DOUBLE AS pain FROM visible_rating ORDER BY ALL"
    assert window.read(pain).values.tolist() == [
        ["02.03.", "after", 4.0],
        ["02.03.", "before", 3.0],
        ["02.03.", "before", 6.5],
        ["09.03.", "after", 3.5],
        ["09.03.", "before", 5.0],
    ]


def test_an_excel_sheet_reads_like_the_same_file_as_text(store, owner):
    importing.accept(
        importing.review(
            store, owner, [File("visits.csv", csv_of(TWO_CLIENTS))], importing.parse("clinic.toml", CLINIC)
        )
    )
    sheet = workbook(
        {
            "Visits": [
                HEADER.split(" | "),
                ["K1", "Knee sprain", dt.date(2026, 3, 2), 45, 6, 4.5, "right", 110],
                ["K1", "Knee sprain", dt.date(2026, 3, 9), 60, 5, None, "right", 115.5],
                ["K2", "Heel and foot pain", dt.date(2026, 3, 4), None, 3, 2, None, None],
            ]
        }
    )
    found = importing.review(store, owner, [File("visits.xlsx", sheet)], importing.parse("clinic.toml", CLINIC))
    assert (found.counts.rows, found.counts.duplicate) == (3, 3)


def test_the_profile_decides_whether_day_or_month_comes_first(brought, store, owner):
    line = f"{HEADER}\nK1 | Knee sprain | 03/04/2026 | - | 5 | - | - | -"
    brought(line, CLINIC.replace("DD/MM/YYYY", "MM/DD/YYYY"))
    assert visits(store, owner) == [["K1", "2026-03-04", 1]]


def test_the_same_number_cannot_be_two_people(looked_at):
    profile = CLINIC.replace('"1980-06-15"', '{ column = "Born" }')
    found = looked_at(
        f"""
        {HEADER} | Born
        K1 | Knee sprain | 02/03/2026 | - | 5 | - | - | - | 1980-06-15
        K1 | Knee sprain | 09/03/2026 | - | 5 | - | - | - | 1990-06-15
        """,
        profile,
    )
    assert found.fates[["row", "fate"]].values.tolist() == [[2, "accepted"], [3, "refused"]]
    assert found.fates["column"][1] == "Born"
    assert "1990-06-15 differs from row 2, which says 1980-06-15 for the same client." in found.fates["reason"][1]


def test_without_a_number_name_and_birth_date_tell_people_apart(brought, store, owner):
    profile = CLINIC.replace('client_ref = { column = "Client" }\n', "").replace('"1980-06-15"', '{ column = "Born" }')
    drawn = f"""
        {HEADER} | Born
        Noor | Knee sprain | 02/03/2026 | - | 5 | - | - | - | 1980-06-15
        Noor | Knee sprain | 09/03/2026 | - | 4 | - | - | - | 1990-01-31
        noor | Knee sprain | 16/03/2026 | - | 3 | - | - | - | 1980-06-15
        """
    batch = brought(drawn, profile)
    assert (batch.counts.accepted, batch.counts.people) == (3, 2)
    assert brought(drawn, profile).counts.duplicate == 3


def test_one_visit_that_serves_two_complaints_is_one_session_with_two_parts(brought, store, owner):
    brought(
        f"""
        {HEADER}
        K1 | Knee sprain | 02/03/2026 | 30 | 5 | - | - | -
        K1 | Neck pain   | 02/03/2026 | 15 | 3 | - | - | -
        """
    )
    window = store.open_for(owner)
    assert len(window.read("SELECT * FROM visible_session")) == 1
    parts = "SELECT e.injury_type, p.minutes FROM visible_session_part p JOIN visible_episode e USING (episode_id)"
    assert window.read(f"{parts} ORDER BY 1").values.tolist() == [["Knee sprain", 30], ["Neck pain", 15]]


def test_an_order_and_new_names_are_brought_where_the_profile_allows_them(brought, store, owner):
    profile = CLINIC.replace("[visit]", '[adds]\ntherapists = true\n\n[visit]\ntherapist = { column = "By" }')
    profile = profile.replace("[visit]", '[visit]\ndiagnosis = "knee"\nvisits_ordered = { column = "Ordered" }')
    drawn = f"""
        {HEADER} | By | Ordered
        K1 | Knee sprain | 02/03/2026 | - | 5 | - | - | - | Ida Berg | 8
        K1 | Knee sprain | 09/03/2026 | - | 4 | - | - | - | Ida Berg | 8
        """
    brought(drawn, profile)
    window = store.open_for(owner)
    assert window.read("SELECT name FROM visible_therapist")["name"].tolist() == ["Ida Berg"]
    assert window.read("SELECT diagnosis, visits_ordered FROM visible_referral").values.tolist() == [["knee", 8]]
    assert brought(drawn, profile).counts.duplicate == 2
    assert store.integrity().empty


def test_an_unknown_therapist_is_refused_where_the_profile_does_not_add_them(looked_at):
    profile = CLINIC.replace("[visit]", '[visit]\ntherapist = { column = "By" }')
    found = looked_at(f"{HEADER} | By\nK1 | Knee sprain | 02/03/2026 | - | 5 | - | - | - | Ida Berg", profile)
    assert found.fates["reason"].tolist() == [
        "Ida Berg is not known; the list is empty. Correct the file, or let the profile add it."
    ]


CELLS = some.sampled_from(["0", "3.5", "6", "10", "11", "seven", "", " 4", "3.3"])
LINES = some.lists(
    some.tuples(
        some.sampled_from(["K1", "K2", "", "Total"]),
        some.sampled_from(["Knee sprain", "knee sprain", "Knees"]),
        some.sampled_from(["02/03/2026", "09/03/2026", "31/02/2026", ""]),
        CELLS,
        CELLS,
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
def test_every_row_of_any_file_has_exactly_one_fate(store, owner, lines):
    text = "Client,Injury,Date,Minutes,Pain Pre,Pain Post,Side,Flexion\n"
    text += "".join(f"{client},{injury},{day},,{pre},{post},,\n" for client, injury, day, pre, post in lines)
    found = importing.review(store, owner, [File("visits.csv", text.encode())], importing.parse("clinic.toml", CLINIC))
    counts = found.counts
    assert counts.rows == len(lines)
    assert counts.rows == counts.accepted + counts.corrected + counts.duplicate + counts.refused
    assert found.fates.groupby("row")["fate"].nunique().eq(1).all()
    assert sorted(found.fates["row"].unique()) == list(range(2, len(lines) + 2))
    refused = found.fates["fate"] == "refused"
    assert found.fates.loc[refused, "reason"].str.len().gt(0).all()
