"""Who may read what: everything is read through views bound to a viewer, and nothing without one."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from access import roles
from records import store as record_store
from records.errors import NotAllowed
from records.viewer import Viewer
from tables import enter, practice_of

ROOT = Path(__file__).parents[2]
QUERIES = sorted((ROOT / "analytics" / "sql").glob("*.sql"))

# Kim leads Ada and Cleo, and gave Ben one session; Lou leads Ben; Dan is Lou's alone. Kim works in North, Lou in South.
TWO_THERAPISTS = """
    client | day        | status | therapist | office | before | after | minutes | knee flexion left
    Ada    | 2026-03-02 | kept   | Kim       | North  | 6      | 4     | 60      | 100
    Ada    | 2026-03-09 | kept   | Lou       | South  | 5      | 3     | 60      | 110
    Ben    | 2026-03-02 | kept   | Lou       | South  | 7      | 6     | 60      | 90
    Ben    | 2026-03-09 | kept   | Kim       | North  | 6      | 6     | 60      | 95
    Cleo   | 2026-03-03 | kept   | Kim       | North  | 4      | 2     | 45      | 80
    Dan    | 2026-03-03 | kept   | Lou       | South  | 8      | 8     | 45      | 70
    Dan    | 2026-03-10 | no_show| Kim       | North  | -      | -     | -       | -
"""


def views(store, prefix) -> list[str]:
    """Every view (and table macro, called with every argument missing) whose name begins so."""
    cursor = store._connection.cursor()
    plain = cursor.execute("SELECT view_name FROM duckdb_views() WHERE database_name = 'memory'").fetchall()
    macros = cursor.execute(
        "SELECT DISTINCT function_name, len(parameters) FROM duckdb_functions() WHERE function_type = 'table_macro'"
    ).fetchall()
    named = [name for (name,) in plain] + [f"{name}({', '.join(['NULL'] * count)})" for name, count in macros]
    return sorted(name for name in named if name.startswith(prefix))


@pytest.fixture(scope="module")
def empty_practice(tmp_path_factory):
    """One empty practice for all queries: reading changes nothing."""
    opened = record_store.create(tmp_path_factory.mktemp("empty") / "practice.duckdb", "Empty practice")
    yield opened
    opened.close()


@pytest.fixture
def drawn(store, owner):
    """The practice of TWO_THERAPISTS with one row in every other table a client has, for each episode."""
    entered = practice_of(store, owner, TWO_THERAPISTS)
    with store.change(owner, "create") as change:
        for client, episode in entered.episodes.items():
            whose = {"client_id": entered.clients[client], "episode_id": episode}
            change.insert("episode_region", whose | {"place": 1, "region": "knee", "side": "left"})
            change.insert("goal", whose | {"measure": "pain", "target": 2, "set_on": "2026-03-02"})
            change.insert(
                "dated_entry", whose | {"entered_on": "2026-03-02", "kind": "medication", "words": "ibuprofen"}
            )
            change.insert("referral", whose | {"visits_ordered": 6, "ordered_on": "2026-03-01"})
            mistaken = change.insert(
                "dated_entry", whose | {"entered_on": "2026-03-02", "kind": "work_status", "words": "off work"}
            )
            change.withdraw("dated_entry", mistaken, 1)
        for client, session in (("Ada", 0), ("Ben", 2), ("Cleo", 4), ("Dan", 5)):
            whose = {
                "client_id": entered.clients[client],
                "episode_id": entered.episodes[client],
                "session_id": entered.sessions[session],
            }
            change.insert("score", whose | {"scored_on": "2026-03-02", "scale": "nprs", "value": 5})
            change.insert("technique_use", whose | {"visited_on": "2026-03-02", "technique": "neuromuscular"})
    return entered


def clients_of_each_view(store, viewer) -> dict[str, set[int]]:
    """Whose rows a viewer finds in each view that names a client."""
    window = store.open_for(viewer)
    found = {name: window.read(f"FROM {name}") for name in views(store, "visible_")}
    return {name: set(table["client_id"]) for name, table in found.items() if "client_id" in table}


def test_without_a_viewer_no_view_has_a_row(store, drawn):
    cursor = store._connection.cursor()
    named = views(store, "visible_") + views(store, "pooled_")
    assert len(named) > 20
    assert {name: cursor.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in named} == dict.fromkeys(
        named, 0
    )


def test_the_drawn_practice_stands_in_every_view_for_its_owner(store, drawn, owner):
    seen = clients_of_each_view(store, owner)
    assert len(seen) >= 15
    assert {name: clients for name, clients in seen.items() if clients != set(drawn.clients.values())} == {}


def test_a_therapist_sees_whom_they_lead_or_treated_and_nobody_else_in_any_view(store, drawn, therapist):
    # Kim led Ada and Cleo and gave Ben one session; the session Dan did not come to is no session given.
    seen = clients_of_each_view(store, therapist(drawn.therapists["Kim"]))
    hers = {drawn.clients[name] for name in ("Ada", "Ben", "Cleo")}
    assert {name: clients for name, clients in seen.items() if clients != hers} == {}


def test_a_therapist_sees_the_whole_episode_not_only_their_own_sessions_of_it(store, drawn, therapist):
    window = store.open_for(therapist(drawn.therapists["Kim"]))
    ada = window.read("FROM visible_visit WHERE client_id = $client_id", client_id=drawn.clients["Ada"])
    assert ada["therapist_id"].nunique() == 2


def test_of_two_episodes_of_one_person_only_ones_own_is_seen(store, owner, therapist):
    entered = practice_of(
        store,
        owner,
        """
        client | episode   | day        | therapist | before
        Ada    | auto neck | 2026-03-02 | Kim       | 6
        Ada    | work knee | 2026-03-03 | Lou       | 4
        """,
    )
    window = store.open_for(therapist(entered.therapists["Kim"]))
    for name in ("visible_episode", "visible_session_part", "visible_rating", "visible_visit_pain"):
        assert set(window.read(f"FROM {name}")["episode_id"]) == {entered.episodes["auto neck"]}
    assert window.read("FROM visible_session")["session_id"].tolist() == entered.sessions[:1]


def test_an_office_sees_its_episodes_in_every_view(store, drawn):
    north = Viewer("north desk", "desk", frozenset(), "office", office_id=drawn.offices["North"])
    seen = clients_of_each_view(store, north)
    assert {frozenset(clients) for clients in seen.values()} == {
        frozenset({drawn.clients["Ada"], drawn.clients["Cleo"]})
    }


def test_an_own_scope_without_a_therapist_and_an_office_scope_without_an_office_see_nobody(store, drawn):
    for scope in ("own", "office", "everything"):
        seen = clients_of_each_view(store, Viewer("nobody", "none", frozenset(), scope))
        assert set().union(*seen.values()) == set()


def test_only_a_viewer_of_the_whole_practice_sees_import_batches(store, therapist):
    cursor = store._connection.cursor()
    cursor.execute("INSERT INTO records.import_row VALUES (1, 'a.csv', 1, 'refused', 'pain 11', 'Ada;11')")
    assert store.open_for(therapist(1)).read("FROM visible_import_row").empty


def test_what_is_withdrawn_leaves_its_view(store, drawn, owner):
    cursor = store._connection.cursor()
    listed = [table for table in record_store.ID_OF if f"visible_{table}" in views(store, "visible_")]
    never = {"practice", "client_merge"}  # the one there is stays; a merge is undone instead
    tables = [table for table in listed if table not in never]
    assert len(tables) >= 10
    window = store.open_for(owner)
    for table in tables:
        key = record_store.ID_OF[table]
        first, ver = cursor.execute(f"SELECT {key}, ver FROM records.{table} ORDER BY {key} LIMIT 1").fetchone()
        with store.change(owner, "withdraw") as change:
            change.withdraw(table, first, ver)
        assert first not in window.read(f"FROM visible_{table}")[key].tolist()
        assert cursor.execute(f"SELECT count(*) FROM records.{table} WHERE {key} = {first}").fetchone()[0] == 1


def test_a_withdrawn_session_is_no_visit_and_its_pain_counts_nowhere(store, drawn, owner):
    with store.change(owner, "withdraw") as change:
        change.withdraw("session", drawn.sessions[0], 1)
    window = store.open_for(owner)
    kept = window.read("FROM visible_visit_pain WHERE client_id = $client_id", client_id=drawn.clients["Ada"])
    assert kept[["visit_number", "pain_before"]].values.tolist() == [[1, 5.0]]  # the second visit is now the first


def test_visits_are_numbered_past_no_shows_and_contacts(store, owner):
    practice_of(
        store,
        owner,
        """
        client | day        | kind       | status
        Ada    | 2026-03-02 | evaluation | kept
        Ada    | 2026-03-09 | treatment  | no_show
        Ada    | 2026-03-10 | contact    | kept
        Ada    | 2026-03-16 | treatment  | kept
        Ada    | 2026-03-17 | treatment  | late_cancel
        Ada    | 2026-12-01 | treatment  | booked
        """,
    )
    visits = store.open_for(owner).read("SELECT visit_number, kind FROM visible_visit ORDER BY visit_number")
    assert visits.values.tolist() == [[1, "evaluation"], [2, "treatment"]]


def test_pain_not_asked_is_missing_and_never_zero(store, owner):
    practice_of(store, owner, "client | day | before | after\nAda | 2026-03-02 | 6 | -\nAda | 2026-03-09 | - | 0")
    pain = store.open_for(owner).read("SELECT pain_before, pain_after FROM visible_visit_pain ORDER BY visit_number")
    assert pain.astype(object).where(pain.notna(), None).values.tolist() == [[6.0, None], [None, 0.0]]


def test_windows_on_sixteen_threads_keep_their_viewers_apart(store, drawn, owner, therapist):
    viewers = [owner, therapist(drawn.therapists["Kim"]), therapist(drawn.therapists["Lou"]), therapist(404)]
    # Lou led Ben and Dan and gave Ada one session.
    expected = [4, 3, 3, 0]
    together = threading.Barrier(16)

    def seen(number):
        together.wait()
        return [len(store.open_for(viewers[number % 4]).read("FROM visible_client")) for _ in range(10)]

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(seen, range(16)))
    assert answers == [[expected[number % 4]] * 10 for number in range(16)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM records.client",
        "SELECT * FROM Records . client",
        'SELECT * FROM "records".client',
        "SELECT * FROM live.episode",
        "FROM memory.live.episode",
        "SELECT * FROM visible_client JOIN records.audit_values ON true",
        "SELECT '--', * FROM records.client",
        "SELECT * FROM records/**/.client",
        "SELECT * FROM query_table('rec' || 'ords.client')",
        "SELECT * FROM query('FROM rec' || 'ords.client')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM 'visits.csv'",
        "SELECT * FROM duckdb_tables()",
        "USE records; SELECT * FROM client",
        "SELECT 1; SET VARIABLE viewer_scope = 'all'",
        "SET VARIABLE viewer_scope = 'all'",
        "ATTACH ':memory:' AS other",
        "COPY (SELECT 1) TO 'out.csv'",
        "DROP VIEW visible_client",
        "PRAGMA database_list",
    ],
)
def test_a_query_that_names_a_raw_table_is_refused(query, empty_practice, owner):
    with pytest.raises(NotAllowed, match="visible_ or pooled_ views only"):
        empty_practice.open_for(owner).read(query)


def test_a_comment_may_speak_of_the_tables(store, owner):
    assert store.open_for(owner).read("-- what records.client holds\nFROM visible_client").empty


def test_of_the_values_offered_a_query_takes_those_it_names(store, owner):
    window = store.open_for(owner)
    assert window.read("SELECT $client_id AS client_id", client_id=7, client=8, day=None)["client_id"].tolist() == [7]


def clients_with_pain(count) -> str:
    return "client | day | before\n" + "\n".join(f"Client {n} | 2026-03-02 | {n % 5}" for n in range(count))


@pytest.mark.parametrize(("clients", "shown"), [(10, []), (11, [11])])
def test_pooled_facts_stand_on_eleven_clients_or_are_absent(clients, shown, store, owner):
    practice_of(store, owner, clients_with_pain(clients))
    for viewer in (owner, roles.viewer("therapist", "therapist", therapist_id=404)):
        pooled = store.open_for(viewer).read("FROM pooled_pain_by_visit WHERE visit_number = 1")
        assert pooled["clients"].tolist() == shown


def repeats_of(store, owner, clients, raters=("Kim", "Kim")) -> None:
    """Each client has one knee bent twice at one visit: 90 and 96 degrees."""
    names = [f"Client {n}" for n in range(clients)]
    drawn = "client | day | therapist\nClient 0 | 2026-03-01 | Lou\n"
    entered = practice_of(store, owner, drawn + "\n".join(f"{name} | 2026-03-02 | Kim" for name in names))
    head = "episode | session | joint | movement | side | motion_type | moment | repeat_number | degrees | rater"
    lines = [
        f"{name} | {place} | knee | flexion | left | active | before | {repeat} | {degrees} | {rater}"
        for place, name in enumerate(names, start=2)
        for repeat, degrees, rater in zip((1, 2), (90, 96), raters, strict=True)
    ]
    enter(store, owner, entered, "motion", "\n".join([head, *lines]))


@pytest.mark.parametrize(("clients", "shown"), [(10, []), (11, [["same", 11, 11, 11 * 2 * 3**2]])])
def test_pooled_repeats_stand_on_eleven_clients_or_are_absent(clients, shown, store, owner):
    repeats_of(store, owner, clients)
    for viewer in (owner, roles.viewer("therapist", "therapist", therapist_id=404)):
        pooled = store.open_for(viewer).read("FROM pooled_repeat_motion")
        # 90 and 96 lie 3 from their mean: 2 * 3^2 square degrees for each client's one pair.
        assert pooled[["raters", "clients", "pairs", "sum_of_squares"]].values.tolist() == shown


def test_pooled_repeats_of_two_raters_are_kept_apart_from_those_of_one(store, owner):
    repeats_of(store, owner, 11, raters=("Kim", "Lou"))
    assert store.open_for(owner).read("FROM pooled_repeat_motion")["raters"].tolist() == ["different"]


def test_pooled_repeats_need_their_right_and_leave_out_what_is_withdrawn(store, owner):
    repeats_of(store, owner, 11)
    without = Viewer("desk", "desk", frozenset({"client.read"}), "all")
    assert store.open_for(without).read("FROM pooled_repeat_motion").empty
    with store.change(owner, "withdraw") as change:
        change.withdraw("motion", int(store.open_for(owner).read("FROM visible_motion")["motion_id"].iloc[0]), 1)
    assert store.open_for(owner).read("FROM pooled_repeat_motion").empty


def test_pooled_facts_carry_no_id_of_a_person(store, owner):
    of_nobody = {"injury_type_id"}
    for name in views(store, "pooled_"):
        columns = store.open_for(owner).read(f"FROM {name}").columns
        assert {column for column in columns if column.endswith("_id")} <= of_nobody
        assert not {"name", "note", "source_ref"} & set(columns)


def test_pooled_facts_need_their_right(store, owner):
    practice_of(store, owner, clients_with_pain(12))
    without = Viewer("desk", "desk", frozenset({"client.read"}), "all")
    assert store.open_for(without).read("FROM pooled_pain_by_visit").empty


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
def test_every_query_of_analytics_reads_views_only_and_runs_on_an_empty_practice(query, empty_practice, owner):
    sql = query.read_text(encoding="utf-8")
    named = dict.fromkeys(re.findall(r"\$([a-z_]+)", sql))
    empty_practice.open_for(owner).read(query, **named)
    plain = re.sub(r"--.*|DISTINCT FROM", "", sql)
    within = set(re.findall(r"(\w+)\s*(?:\([^()]*\)\s*)?AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(", plain, re.IGNORECASE))
    read = set(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_]+)", plain, re.IGNORECASE)) - within
    assert {name for name in read if not name.startswith(("visible_", "pooled_"))} <= {"range", "unnest"}
