"""What is withdrawn leaves every figure at once, and comes back whole: with what went with it, and nothing else."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from access import roles
from records import importing, intake
from records import store as record_store
from records.correcting import correct, history, restore, withdraw
from records.errors import EditedMeanwhile, EntryRefused, NotAllowed
from records.written import records_of
from tables import practice_of
from tests.records import told

WORLD = """
    client | day        | episode | injury      | kind       | status  | before | after | minutes | knee flexion right
    Ada    | 2026-09-01 | knee    | Knee sprain | evaluation | kept    | 8      | 7     | 60      | 90
    Ada    | 2026-09-08 | knee    | Knee sprain | treatment  | kept    | 5      | 4     | 45      | 100
    Ada    | 2026-09-15 | knee    | Knee sprain | treatment  | kept    | 4      | 3     | 45      | 104
    Ada    | 2026-09-20 | knee    | Knee sprain | treatment  | no_show | -      | -     | -       | -
    Ada    | 2026-10-09 | back    | -           | treatment  | kept    | 4      | -     | 45      | -
    Ada    | 2026-10-16 | back    | -           | treatment  | kept    | 2      | -     | 45      | -
    Ben    | 2026-10-09 | hip     | -           | treatment  | kept    | 3      | -     | 45      | -
    Ben    | 2026-10-16 | hip     | -           | treatment  | kept    | 6      | -     | 45      | -
"""


def one(store, owner, client_id: int, table: str, place: int = 0):
    """The record of a client's table at a place, as it stands."""
    return [found for found in records_of(store.open_for(owner), client_id) if found.table == table][place]


@pytest.fixture
def drawn(store, owner):
    return practice_of(store, owner, WORLD)


@pytest.fixture
def shared(store, owner, drawn):
    """The practice in which Ada's first knee visit served her back too; returns the id of that second part."""
    with store.change(owner, "create") as change:
        return change.insert(
            "session_part",
            {
                "session_id": drawn.sessions[0],
                "episode_id": drawn.episodes["back"],
                "client_id": drawn.clients["Ada"],
                "visited_on": "2026-09-01",
                "minutes": 20,
            },
        )


@pytest.mark.parametrize(
    ("table", "place"),
    [("rating", 0), ("motion", 2), ("session_part", 1), ("session", 1), ("session", 3), ("episode", 0), ("client", 0)],
)
def test_a_withdrawn_record_leaves_every_figure_at_once_and_comes_back_exactly(
    store, owner, drawn, today, table, place
):
    before, rows = told.figures(store, owner, today), told.tables(store)
    found = one(store, owner, drawn.clients["Ada"], table, place)
    gone_at = withdraw(store, owner, table, found.row_id, found.ver, reason="entered twice")
    without = told.figures(store, owner, today)
    assert without != before
    assert store.integrity().empty
    assert restore(store, owner, table, found.row_id, gone_at, reason="it was right") == gone_at + 1
    assert told.figures(store, owner, today) == before
    assert told.tables(store) == rows
    assert store.integrity().empty


def test_what_was_withdrawn_before_stays_withdrawn(store, owner, drawn):
    ada = drawn.clients["Ada"]
    rating = one(store, owner, ada, "rating", 1)
    withdraw(store, owner, "rating", rating.row_id, 1, reason="never asked")
    withdraw(store, owner, "session", drawn.sessions[0], 1, reason="entered twice")
    restore(store, owner, "session", drawn.sessions[0], 2, reason="it was right")
    gone = [(found.table, found.row_id) for found in records_of(store.open_for(owner), ada) if found.withdrawn]
    assert gone == [("rating", rating.row_id)]


@pytest.mark.parametrize(
    ("inner", "outer", "named"),
    [
        ("rating", "session_part", "part of the visit|visit"),
        ("rating", "session", "visit"),
        ("session", "episode", "episode"),
        ("session", "client", "client"),
        ("episode", "client", "client"),
    ],
)
def test_nothing_comes_back_before_what_it_belongs_to(store, owner, drawn, inner, outer, named):
    ada = drawn.clients["Ada"]
    within, around = one(store, owner, ada, inner), one(store, owner, ada, outer)
    gone_at = withdraw(store, owner, inner, within.row_id, within.ver, reason="first")
    around = one(store, owner, ada, outer)
    withdraw(store, owner, outer, around.row_id, around.ver, reason="second")
    with pytest.raises(NotAllowed, match=rf"the ({named}) it belongs to \(number \d+\) is withdrawn. Bring that back"):
        restore(store, owner, inner, within.row_id, gone_at, reason="back")
    around = one(store, owner, ada, outer)
    restore(store, owner, outer, around.row_id, around.ver, reason="back")
    restore(store, owner, inner, within.row_id, gone_at, reason="back")
    assert not [found for found in records_of(store.open_for(owner), ada) if found.withdrawn]
    assert store.integrity().empty


def test_a_session_goes_with_its_last_part_and_comes_back_with_it(store, owner, drawn, shared):
    ada = drawn.clients["Ada"]
    own = one(store, owner, ada, "session_part")
    withdraw(store, owner, "session_part", own.row_id, 1, reason="not the knee")
    assert not one(store, owner, ada, "session").withdrawn  # its part in the back episode stands
    withdraw(store, owner, "session_part", shared, 1, reason="not the back")
    assert one(store, owner, ada, "session").withdrawn
    assert store.integrity().empty
    with pytest.raises(NotAllowed, match="the visit it belongs to"):
        restore(store, owner, "session_part", own.row_id, 2, reason="it was the knee")
    restore(store, owner, "session_part", shared, 2, reason="it was the back")
    restore(store, owner, "session_part", own.row_id, 2, reason="it was the knee")
    assert not [found for found in records_of(store.open_for(owner), ada) if found.withdrawn]
    assert store.integrity().empty


def test_an_episode_comes_back_with_its_part_of_a_shared_visit_and_leaves_the_other_part_alone(
    store, owner, drawn, shared
):
    rows = told.tables(store)
    withdraw(store, owner, "episode", drawn.episodes["back"], 1, reason="one complaint, not two")
    assert not one(store, owner, drawn.clients["Ada"], "session").withdrawn
    restore(store, owner, "episode", drawn.episodes["back"], 2, reason="two after all")
    assert told.tables(store) == rows


def test_what_hangs_on_a_record_rises_in_version_with_it_so_that_an_open_form_is_told(store, owner, drawn):
    rating = one(store, owner, drawn.clients["Ada"], "rating")
    withdraw(store, owner, "session", drawn.sessions[0], 1, reason="entered twice")
    restore(store, owner, "session", drawn.sessions[0], 2, reason="it was right")
    with pytest.raises(EditedMeanwhile):
        correct(store, owner, "rating", rating.row_id, rating.ver, {"pain": "1"}, reason="a slip")
    told_of = history(store.open_for(owner), "rating", rating.row_id)
    assert told_of[["version", "what", "why"]].values.tolist()[1:] == [
        [2, "withdrawn", "entered twice"],
        [3, "brought back", "it was right"],
    ]


def test_what_stands_is_not_brought_back(store, owner, drawn):
    with pytest.raises(NotAllowed, match="stands already"):
        restore(store, owner, "session", drawn.sessions[0], 1, reason="twice")


def test_what_was_withdrawn_is_listed_with_what_it_went_with(store, owner, therapist, drawn):
    withdraw(store, owner, "session", drawn.sessions[1], 1, reason="entered twice")
    window = store.open_for(owner)
    listed = window.read("FROM visible_withdrawn ORDER BY row_id")
    assert sorted(listed["table_name"]) == ["motion", "rating", "rating", "session", "session_part"]
    assert set(listed["with_row_id"]) == {drawn.sessions[1]}
    assert set(listed["reason"]) == {"entered twice"}
    assert store.open_for(therapist(404)).read("FROM visible_withdrawn").empty


def test_who_led_a_withdrawn_episode_finds_it_and_others_do_not(store, owner, therapist):
    entered = practice_of(
        store,
        owner,
        """
        client | episode | day        | therapist
        Ada    | neck    | 2026-03-02 | Kim
        Ada    | knee    | 2026-03-03 | Lou
        """,
    )
    kim, lou = (therapist(entered.therapists[name]) for name in ("Kim", "Lou"))
    withdraw(store, kim, "episode", entered.episodes["neck"], 1, reason="entered twice")
    assert len(history(store.open_for(kim), "episode", entered.episodes["neck"])) == 2
    assert history(store.open_for(lou), "episode", entered.episodes["neck"]).empty
    with pytest.raises(NotAllowed, match="There is no episode"):
        restore(store, lou, "episode", entered.episodes["neck"], 2, reason="not mine")
    restore(store, kim, "episode", entered.episodes["neck"], 2, reason="it was right")


# --- What was corrected since it went


def test_a_visit_before_the_corrected_opening_comes_back_once_that_is_put_right(store, owner, drawn):
    knee = drawn.episodes["knee"]
    gone_at = withdraw(store, owner, "session", drawn.sessions[0], 1, reason="entered twice")
    correct(store, owner, "episode", knee, 1, {"opened_on": "2026-09-05"}, reason="a slip")
    with pytest.raises(EntryRefused) as refused:
        restore(store, owner, "session", drawn.sessions[0], gone_at, reason="it was right")
    assert refused.value.reasons == [
        f"Date (visit {drawn.sessions[0]} of 2026-09-01): 2026-09-01 is before the day the episode opened (2026-09-05)."
        " Correct that first, then bring this back. Nothing was changed."
    ]
    assert one(store, owner, drawn.clients["Ada"], "session").withdrawn
    correct(store, owner, "episode", knee, 2, {"opened_on": "2026-09-01"}, reason="it was right")
    restore(store, owner, "session", drawn.sessions[0], gone_at, reason="it was right")


def test_a_visit_does_not_come_back_after_a_discharge_before_it(store, owner, drawn):
    gone_at = withdraw(store, owner, "session", drawn.sessions[2], 1, reason="entered twice")
    intake.discharge(
        store, owner, drawn.episodes["knee"], discharged_on="2026-09-08", discharge_reason="goals_met",
        idempotency_key="discharge",
    )  # fmt: skip
    with pytest.raises(EntryRefused, match=r"2026-09-15 is after the discharge \(2026-09-08\)"):
        restore(store, owner, "session", drawn.sessions[2], gone_at, reason="it was right")
    assert store.integrity().empty


def test_a_reading_does_not_come_back_into_a_visit_that_is_a_no_show_by_now(store, owner, drawn):
    ada = drawn.clients["Ada"]
    rating = one(store, owner, ada, "rating", 4)
    for found in records_of(store.open_for(owner), ada):
        if found.session_id == drawn.sessions[2] and found.table in ("rating", "motion"):
            withdraw(store, owner, found.table, found.row_id, found.ver, reason="of another visit")
    correct(store, owner, "session", drawn.sessions[2], 1, {"status": "no_show"}, reason="did not come")
    assert rating.session_id == drawn.sessions[2]
    with pytest.raises(EntryRefused, match="a no-show has no readings"):
        restore(store, owner, "rating", rating.row_id, 2, reason="it was right")
    correct(store, owner, "session", drawn.sessions[2], 2, {"status": "kept"}, reason="came after all")
    restore(store, owner, "rating", rating.row_id, 2, reason="it was right")


def test_what_was_wrong_before_it_went_does_not_keep_it_from_coming_back(store, owner, drawn):
    # Written before the rule there is now: an episode that opened after its first visit.
    store._connection.execute("UPDATE records.episode SET opened_on = '2026-09-05' WHERE opened_on = '2026-09-01'")
    gone_at = withdraw(store, owner, "session", drawn.sessions[0], 1, reason="entered twice")
    correct(store, owner, "episode", drawn.episodes["knee"], 1, {"cause": "fall"}, reason="a slip")
    restore(store, owner, "session", drawn.sessions[0], gone_at, reason="it was right")
    assert not one(store, owner, drawn.clients["Ada"], "session").withdrawn


CSV = """
    Client | Injury      | Date       | Minutes | Pain Pre | Pain Post | Side  | Flexion
    K1     | Knee sprain | 02/03/2026 | 60      | 7        | 5         | right | 90
"""


def test_an_imported_record_has_its_first_version_in_its_history(store, owner, brought):
    brought(CSV)
    client_id = int(store.open_for(owner).read("FROM visible_client")["client_id"][0])
    rating = one(store, owner, client_id, "rating")
    untouched = history(store.open_for(owner), "rating", rating.row_id)
    assert untouched[["version", "what", "why"]].values.tolist() == [
        [1, "brought in by an import", "import with the profile clinic"]
    ]
    correct(store, owner, "rating", rating.row_id, 1, {"pain": "6"}, reason="a slip")
    told_of = history(store.open_for(owner), "rating", rating.row_id)
    assert told_of["what"].tolist() == ["brought in by an import", "corrected"]
    assert "Pain, 0 to 10: 7" in told_of["changes"][0]


def test_what_went_with_its_import_is_brought_in_again_not_back(store, owner, brought):
    batch = brought(CSV)
    client_id = int(store.open_for(owner).read("FROM visible_client")["client_id"][0])
    importing.undo(store, owner, batch.batch_id)
    with pytest.raises(NotAllowed, match="went when its import was taken back"):
        restore(store, owner, "client", client_id, 2, reason="back")


# --- Any order of acts

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["correct", "withdraw", "restore"]),
        st.integers(0, 60),
        st.sampled_from(["1", "2.5", "9", "2026-09-05", "2026-09-16", "50"]),
    ),
    min_size=3,
    max_size=10,
)
VALUE_OF = {
    "rating": ("pain", ("1", "2.5", "9")),
    "session": ("visited_on", ("2026-09-05", "2026-09-16")),
    "session_part": ("minutes", ("50", "1")),
    "motion": ("degrees", ("50", "9")),
    "client": ("phone", ("50", "1")),
    "episode": ("opened_on", ("2026-08-30",)),  # before every visit: after one, that visit could not come back
}


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(acts=ACTS)
def test_after_any_sequence_the_store_is_whole_and_undoing_all_withdrawals_brings_everything_back(
    acts, tmp_path_factory, today
):
    store = record_store.create(tmp_path_factory.mktemp("acts") / "practice.duckdb", "Test practice")
    owner = roles.viewer("test owner", "owner")
    ada = practice_of(store, owner, WORLD).clients["Ada"]
    done = 0
    for act, place, value in acts:
        every = records_of(store.open_for(owner), ada)
        found = every[place % len(every)]
        column, fitting = VALUE_OF[found.table]
        try:
            if act == "correct":
                value = value if value in fitting else fitting[0]
                correct(store, owner, found.table, found.row_id, found.ver, {column: value}, reason="a slip")
            else:
                (withdraw if act == "withdraw" else restore)(
                    store, owner, found.table, found.row_id, found.ver, reason="a slip"
                )
            done += 1
        except (NotAllowed, EntryRefused):
            pass  # what is withdrawn is not corrected, what stands is not brought back: nothing was written
        assert store.integrity().values.tolist() == []
    assert store._connection.execute("SELECT count(*) FROM records.action").fetchone()[0] == done + 1
    # Whatever order it went in, the records a person withdrew can all be brought back, the outermost first.
    for _ in range(20):
        gone = [found for found in records_of(store.open_for(owner), ada) if found.withdrawn]
        for found in gone:
            try:
                restore(store, owner, found.table, found.row_id, found.ver, reason="back")
                break
            except NotAllowed:
                continue
    assert not [found for found in records_of(store.open_for(owner), ada) if found.withdrawn]
    for found in records_of(store.open_for(owner), ada):
        versions = history(store.open_for(owner), found.table, found.row_id)["version"].tolist()
        assert versions == list(range(1, found.ver + 1)), (found.table, versions)
    assert store.integrity().empty
    store.close()
