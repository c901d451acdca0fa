"""Clients entered twice: who may be one, made one in one action that mixes no episodes, and taken back."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from access import roles
from records import drafts, importing
from records import store as record_store
from records.correcting import correct, history, restore, withdraw
from records.entry import record_session
from records.errors import AlreadySaved, EntryDoubted, EntryRefused, NotAllowed
from records.merging import apart, merge, suggestions, unmerge
from records.viewer import Viewer
from records.written import records_of
from tables import enter, practice_of, rows
from tests.records import told
from tests.records.conftest import CLINIC

WORLD = """
    client   | day        | episode | injury      | kind       | before | after | minutes | knee flexion right
    Ada Berg | 2026-09-01 | knee    | Knee sprain | evaluation | 8      | 7     | 60      | 90
    Ada Berg | 2026-09-08 | knee    | Knee sprain | treatment  | 3      | 2     | 45      | 110
    Berg Ada | 2026-09-08 | again   | Knee sprain | treatment  | 5      | 6     | 45      | 70
    Berg Ada | 2026-09-15 | again   | Knee sprain | treatment  | 9      | 9     | 45      | 60
    Berg Ada | 2026-10-09 | back    | -           | treatment  | 4      | -     | 45      | -
    Ben      | 2026-10-09 | hip     | -           | treatment  | 3      | -     | 45      | -
"""
AFTER = {"reason": "the same person, entered twice"}


@pytest.fixture
def drawn(store, owner):
    entered = practice_of(store, owner, WORLD)
    enter(store, owner, entered, "goal", "episode | measure | target | set_on\nagain | pain | 2 | 2026-09-08")
    enter(store, owner, entered, "referral", "episode | visits_ordered | ordered_on\nagain | 6 | 2026-09-01")
    enter(store, owner, entered, "episode_region", "episode | place | region | side\nagain | 1 | knee | right")
    return entered


@pytest.fixture
def two(drawn):
    """The ids of the two who are one: who is kept, and who goes."""
    return drawn.clients["Ada Berg"], drawn.clients["Berg Ada"]


def visit_of(store, owner, client_id, *episode_ids, day="2026-10-20", key="visit"):
    session = {"client_id": client_id, "visited_on": day, "kind": "treatment", "status": "kept"}
    parts = [{"episode_id": episode_id, "minutes": "30", "overruled": ()} for episode_id in episode_ids]
    return record_session(store, owner, session, parts, idempotency_key=key)


# --- Who may be one


def people(store, owner, drawn: str) -> dict[str, int]:
    """Clients as drawn (key, name, born, phone); their ids by key."""
    ids = {}
    with store.change(owner, "create") as change:
        for row in rows(drawn).astype(object).where(lambda cells: cells.notna(), None).to_dict("records"):
            born = None if row["born"] is None else row["born"].date()
            ids[row["key"]] = change.insert("client", {"name": row["name"], "birth_date": born, "phone": row["phone"]})
    return ids


def judged(store, owner, drawn: str) -> dict[str, str]:
    """How likely each suggested pair is, by the keys of the two."""
    keys = {client_id: key for key, client_id in people(store, owner, drawn).items()}
    found = suggestions(store, owner, limit=100)
    return {f"{keys[row.one_id]}{keys[row.other_id]}": row.likely for row in found.itertuples()}


def test_the_same_name_and_birth_date_are_very_likely_one_however_they_are_written(store, owner):
    assert judged(
        store,
        owner,
        """
        key | name             | born       | phone
        A   | Ada Berg         | 1980-06-15 | -
        B   | Berg, Ada        | 1980-06-15 | -
        C   | Jörg Müller      | 1971-01-02 | -
        D   | Jorg Muller      | 1971-01-02 | -
        E   | John Smith       | 1990-03-04 | -
        F   | Jon Smith        | 1990-03-04 | -
        G   | Eva Maria Klein  | 1969-09-09 | -
        H   | Eva Klein        | 1969-09-09 | -
        I   | Zoe Nobody       | 1999-09-01 | -
        """,
    ) == {"AB": "very likely", "CD": "very likely", "EF": "very likely", "GH": "very likely"}


def test_a_shared_phone_speaks_for_one_person_where_a_birth_date_is_missing(store, owner):
    assert judged(
        store,
        owner,
        """
        key | name     | born       | phone
        A   | Ada Berg | 1980-06-15 | (555) 010-2030
        B   | Ada Berg | -          | +1 555 010 2030
        C   | Jo Klein | 1970-01-01 | 555 010 9999
        D   | Jo Klein | -          | -
        """,
    ) == {"AB": "very likely", "CD": "possible"}


def test_a_slip_in_the_birth_date_is_possible_and_no_more(store, owner):
    assert judged(
        store,
        owner,
        """
        key | name     | born       | phone
        A   | Ada Berg | 1980-06-05 | -
        B   | Ada Berg | 1980-05-06 | -
        C   | Jo Klein | 1970-01-01 | -
        D   | Jo Klein | 1970-01-07 | -
        """,
    ) == {"AB": "possible", "CD": "possible"}


def test_two_people_of_one_name_and_twins_are_hardly_one(store, owner):
    assert judged(
        store,
        owner,
        """
        key | name       | born       | phone
        A   | Ada Berg   | 1980-06-15 | -
        B   | Ada Berg   | 1952-11-30 | -
        C   | Karl Klein | 2001-04-04 | 555 010 9999
        D   | Mia Klein  | 2001-04-04 | 555 010 9999
        E   | Jo Lang    | 1980-06-15 | 555 010 7777
        F   | Jo Lang    | 1952-11-30 | 555 010 7777
        """,
    ) == {"CD": "hardly", "EF": "hardly"}  # one name alone, born years apart, is no pair at all


def test_what_everyone_shares_tells_nobody_apart(store, owner):
    # One birth date for all, as a file without birth dates gets; without the limit they would all be pairs of twins.
    lines = "\n".join(f"{n} | {chr(65 + n % 26)}{chr(65 + n // 26)} Zimmermann | 1980-06-15 | -" for n in range(60))
    assert judged(store, owner, "key | name | born | phone\n" + lines) == {}


def test_the_words_say_why_and_the_likeliest_comes_first(store, owner):
    people(
        store,
        owner,
        """
        key | name     | born       | phone
        A   | Jo Klein | 1970-01-01 | 555 010 1111
        B   | Jo Klein | 1970-01-07 | 555 010 2222
        C   | Ada Berg | 1980-06-15 | -
        D   | Ada Berg | 1980-06-15 | -
        """,
    )
    found = suggestions(store, owner, limit=1)
    assert found[["score", "why"]].values.tolist() == [[100, "same name, same birth date"]]
    assert suggestions(store, owner)["why"][1] == "same name, birth dates differ by one figure, different phones"


def test_a_pair_said_to_be_two_is_not_suggested_again(store, owner, today):
    ids = people(store, owner, "key|name|born|phone\nA|Ada Berg|1980-06-15|-\nB|Ada Berg|1980-06-15|-")
    with pytest.raises(EntryRefused, match="it is not said why"):
        apart(store, owner, ids["A"], ids["B"], reason="")
    apart(store, owner, ids["B"], ids["A"], reason="mother and daughter of one name")
    assert suggestions(store, owner).empty
    said = store._connection.execute("SELECT actor, reason FROM records.action WHERE what = 'apart'").fetchall()
    assert said == [("test owner", "mother and daughter of one name")]


def test_a_merge_that_was_taken_back_is_not_suggested_again(store, owner):
    ids = people(store, owner, "key|name|born|phone\nA|Ada Berg|1980-06-15|-\nB|Ada Berg|1980-06-15|-")
    unmerge(store, owner, merge(store, owner, ids["A"], ids["B"], **AFTER), reason="two people after all")
    assert suggestions(store, owner).empty


# --- Made one


def test_everything_becomes_the_kept_clients_and_no_episode_or_verdict_changes(store, owner, drawn, two):
    verdicts = told.verdicts(store, owner)
    assert len(set(verdicts.values())) > 1
    merge(store, owner, *two, **AFTER)
    assert told.verdicts(store, owner) == verdicts
    window = store.open_for(owner)
    for view in ("episode", "session", "session_part", "rating", "motion", "goal", "referral", "episode_region"):
        assert two[1] not in window.read(f"FROM visible_{view}")["client_id"].tolist(), view
    parts = window.read("SELECT episode_id, count(*) AS n FROM visible_session_part GROUP BY episode_id")
    assert dict(parts.values.tolist()) == {
        drawn.episodes[name]: visits for name, visits in (("knee", 2), ("again", 2), ("back", 1), ("hip", 1))
    }
    assert two[1] not in window.read("FROM visible_client")["client_id"].tolist()
    assert store.integrity().empty


def test_every_table_that_says_whose_a_record_is_is_rewritten(store, owner, drawn, two):
    whose = {"client_id": two[1], "episode_id": drawn.episodes["again"]}
    in_visit = whose | {"session_id": drawn.sessions[2]}
    with store.change(owner, "create") as change:
        change.insert("score", in_visit | {"scored_on": "2026-09-08", "scale": "nprs", "value": 5})
        change.insert("technique_use", in_visit | {"visited_on": "2026-09-08", "technique": "relaxation"})
        change.insert("red_flag_found", in_visit | {"visited_on": "2026-09-08", "red_flag": "fever"})
        change.insert("warning_overruled", in_visit | {"warning": "side_swapped", "words": "Exchanged?"})
        call = {"called_at": "2026-09-08 11:00", "called_whom": "physician", "about": "fever"}
        change.insert("call_made", in_visit | call)
        change.insert("dated_entry", whose | {"entered_on": "2026-09-08", "kind": "medication", "words": "none"})
        report = {"made_at": "2026-09-09 10:00", "facts": "{}", "document": b"%PDF", "document_digest": "0"}
        change.insert("report", whose | report)
    drafts.begin(store, owner, two[1])
    cursor = store._connection.cursor()
    tables = cursor.execute(
        "SELECT DISTINCT table_name FROM duckdb_columns() WHERE database_name = 'records' AND column_name = 'client_id'"
        " AND table_name NOT IN ('client', 'audit')"
    ).fetchall()

    def held_by(client_id: int) -> dict[str, int]:
        count = "SELECT count(*) FROM records.{} WHERE client_id = {}"
        return {table: cursor.execute(count.format(table, client_id)).fetchone()[0] for (table,) in tables}

    theirs = held_by(two[1])
    assert min(theirs.values()) > 0, theirs  # the world has a row of theirs in every table there is
    everything = told.tables(store)
    merge_id = merge(store, owner, *two, **AFTER)
    assert set(held_by(two[1]).values()) == {0}
    unmerge(store, owner, merge_id, reason="two people")
    assert held_by(two[1]) == theirs
    assert told.tables(store) == everything
    assert store.integrity().empty


def test_a_merge_is_one_action_whose_every_row_is_remembered(store, owner, drawn, two):
    merge_id = merge(store, owner, *two, **AFTER)
    cursor = store._connection.cursor()
    [(action_id, kept, gone)] = cursor.execute(
        "SELECT action_id, kept_client_id, gone_client_id FROM records.client_merge WHERE client_merge_id = ?",
        [merge_id],
    ).fetchall()
    assert (kept, gone) == two
    moved = dict(
        cursor.execute("SELECT table_name, count(*) FROM records.client_merge_row GROUP BY table_name").fetchall()
    )
    assert moved == {
        "episode": 2, "session": 3, "session_part": 3, "rating": 5, "motion": 2, "goal": 1, "referral": 1,
        "episode_region": 1,
    }  # fmt: skip
    lines = cursor.execute("SELECT count(*) FROM records.audit WHERE action_id = ?", [action_id]).fetchone()[0]
    assert lines == sum(moved.values()) + 2  # and the client who went, and the merge itself
    told_of = history(store.open_for(owner), "episode", drawn.episodes["again"])
    assert told_of["what"].tolist() == ["written down", "moved, because two clients are one"]
    assert told_of["changes"][1] == [f"Client number: {two[1]} → {two[0]}"]


def test_values_are_taken_over_only_where_it_was_said(store, owner, drawn, two):
    keep, gone = two
    correct(store, owner, "client", keep, 1, {"birth_date": "1980-06-15"}, reason="asked")
    correct(
        store, owner, "client", gone, 1, {"birth_date": "1980-06-16", "phone": "555 1", "sex": "female"}, reason="x"
    )
    merge_id = merge(store, owner, keep, gone, take=["phone", "birth_date"], **AFTER)
    [kept] = [found.values for found in records_of(store.open_for(owner), keep) if found.table == "client"]
    assert (kept["phone"], kept["birth_date"], kept["sex"], kept["name"]) == ("555 1", "1980-06-16", None, "Ada Berg")
    unmerge(store, owner, merge_id, reason="two people")
    [kept] = [found.values for found in records_of(store.open_for(owner), keep) if found.table == "client"]
    assert (kept["phone"], kept["birth_date"]) == (None, "1980-06-15")


def test_a_merge_after_which_a_visit_would_lie_before_the_birth_is_refused(store, owner, two):
    early, late = two  # Ada's first visit was on 2026-09-01, Berg's on 2026-09-08
    with store.change(owner, "correct") as change:
        change.correct("client", late, 1, {"birth_date": dt.date(2026, 9, 5)})
    before = store.version
    for keep, gone, take in ((early, late, ["birth_date"]), (late, early, [])):
        with pytest.raises(EntryRefused) as refused:
            merge(store, owner, keep, gone, take=take, **AFTER)
        assert any(
            reason.startswith("Date (visit ")
            and "2026-09-01 is before the client was born (2026-09-05). Take over the other birth date, or" in reason
            for reason in refused.value.reasons
        )
    assert store.version == before
    merge(store, owner, early, late, **AFTER)  # without the birth date nothing is wrong


def test_who_may_not_merge_and_who_does_not_stand_is_refused(store, owner, drawn, two, sample_store):
    keep, gone = two
    everything_else = Viewer("kim", "therapist", owner.rights - {"client.merge"}, "all")
    own = Viewer("kim", "therapist", owner.rights, "own", therapist_id=1)
    for viewer, said in ((everything_else, "say that two clients are one"), (own, "sees the whole practice")):
        for act in (
            lambda viewer=viewer: merge(store, viewer, keep, gone, **AFTER),
            lambda viewer=viewer: unmerge(store, viewer, 1, reason="x"),
            lambda viewer=viewer: apart(store, viewer, keep, gone, reason="x"),
            lambda viewer=viewer: suggestions(store, viewer),
        ):
            with pytest.raises(NotAllowed, match=said):
                act()
    with pytest.raises(NotAllowed, match="These are invented records"):
        merge(sample_store, owner, keep, gone, **AFTER)
    with pytest.raises(NotAllowed, match="is one client already"):
        merge(store, owner, keep, keep, **AFTER)
    with pytest.raises(EntryRefused, match="it is not said why"):
        merge(store, owner, keep, gone, reason=" ")
    with pytest.raises(NotAllowed, match="is not taken over"):
        merge(store, owner, keep, gone, take=["withdrawn"], **AFTER)
    merge(store, owner, keep, gone, **AFTER)
    with pytest.raises(NotAllowed, match=f"Client {gone} does not stand"):
        merge(store, owner, keep, gone, **AFTER)


def test_a_merge_sent_twice_is_one_merge(store, owner, two):
    merge(store, owner, *two, **AFTER, idempotency_key="once")
    with pytest.raises(AlreadySaved):
        merge(store, owner, *two, **AFTER, idempotency_key="once")


def test_the_client_who_went_is_given_back_by_taking_the_merge_back_alone(store, owner, two):
    merge(store, owner, *two, **AFTER)
    [gone] = [found for found in records_of(store.open_for(owner), two[1]) if found.table == "client"]
    with pytest.raises(NotAllowed, match="was found to be another client"):
        restore(store, owner, "client", two[1], gone.ver, reason="back")


# --- Taken back


def test_after_taking_back_every_table_and_figure_is_as_before(store, owner, drawn, two, today):
    withdraw(store, owner, "session", drawn.sessions[3], 1, reason="entered twice")
    everything, figures = told.tables(store), told.figures(store, owner, today)
    acts = told.tables(store, but_for=("ver",))
    merge_id = merge(store, owner, *two, **AFTER)
    assert told.tables(store) != everything
    unmerge(store, owner, merge_id, reason="two people")
    assert told.tables(store) == everything
    assert told.tables(store, but_for=("ver",)) == acts
    assert told.figures(store, owner, today) == figures
    assert store.integrity().empty
    # What was withdrawn before the merge comes back whole after it.
    [gone] = [f for f in records_of(store.open_for(owner), two[1]) if f.row_id == drawn.sessions[3]]
    restore(store, owner, "session", gone.row_id, gone.ver, reason="it was right")
    assert not [found for found in records_of(store.open_for(owner), two[1]) if found.withdrawn]


def test_what_was_withdrawn_before_a_merge_is_brought_back_to_the_kept_client(store, owner, drawn, two):
    withdraw(store, owner, "session", drawn.sessions[3], 1, reason="entered twice")
    merge(store, owner, *two, **AFTER)
    [gone] = [f for f in records_of(store.open_for(owner), two[0]) if f.row_id == drawn.sessions[3]]
    restore(store, owner, "session", gone.row_id, gone.ver, reason="it was right")
    assert not [found for found in records_of(store.open_for(owner), two[0]) if found.withdrawn]
    assert store.integrity().empty


def test_what_was_added_to_the_moved_episodes_since_goes_with_them(store, owner, drawn, two):
    keep, gone = two
    merge_id = merge(store, owner, keep, gone, **AFTER)
    theirs = visit_of(store, owner, keep, drawn.episodes["back"], key="theirs")
    own = visit_of(store, owner, keep, drawn.episodes["knee"], day="2026-10-21", key="own")
    unmerge(store, owner, merge_id, reason="two people")
    sessions = dict(store.open_for(owner).read("SELECT session_id, client_id FROM visible_session").values.tolist())
    assert (sessions[theirs], sessions[own]) == (gone, keep)
    assert store.integrity().empty


def test_a_visit_that_serves_episodes_of_both_hinders_and_is_named_with_the_way_on(store, owner, drawn, two):
    keep, gone = two
    merge_id = merge(store, owner, keep, gone, **AFTER)
    shared = visit_of(store, owner, keep, drawn.episodes["knee"], drawn.episodes["back"])
    everything = told.tables(store, but_for=())
    with pytest.raises(NotAllowed, match=f"serve episodes of both \\(session {shared} on 2026-10-20\\)"):
        unmerge(store, owner, merge_id, reason="two people")
    assert told.tables(store, but_for=()) == everything
    [part] = [
        found
        for found in records_of(store.open_for(owner), keep)
        if (found.table, found.session_id, found.episode_id) == ("session_part", shared, drawn.episodes["back"])
    ]
    gone_at = withdraw(store, owner, "session_part", part.row_id, part.ver, reason="it was the knee alone")
    unmerge(store, owner, merge_id, reason="two people")
    assert store.integrity().empty
    with pytest.raises(NotAllowed, match="is another client's since two clients were parted"):
        restore(store, owner, "session_part", part.row_id, gone_at + 1, reason="back")


def test_merges_on_merges_are_taken_back_from_the_last(store, owner, drawn, two):
    keep, gone = two
    ben = drawn.clients["Ben"]
    everything = told.tables(store)
    first = merge(store, owner, keep, gone, **AFTER)
    second = merge(store, owner, ben, keep, **AFTER)
    with pytest.raises(NotAllowed, match=rf"was found to be another client since \(merge {second}\)"):
        unmerge(store, owner, first, reason="two people")
    unmerge(store, owner, second, reason="two people")
    unmerge(store, owner, first, reason="two people")
    assert told.tables(store) == everything
    with pytest.raises(NotAllowed, match="was taken back before"):
        unmerge(store, owner, first, reason="two people")
    with pytest.raises(NotAllowed, match="There is no merge 1"):
        unmerge(store, owner, 1, reason="two people")
    assert store.integrity().empty


def test_a_merge_whose_kept_client_is_withdrawn_is_not_taken_back(store, owner, two):
    merge_id = merge(store, owner, *two, **AFTER)
    [kept] = [found for found in records_of(store.open_for(owner), two[0]) if found.table == "client"]
    withdraw(store, owner, "client", two[0], kept.ver, reason="wrong practice")
    with pytest.raises(NotAllowed, match="Bring them back first"):
        unmerge(store, owner, merge_id, reason="two people")


# --- Merged clients and imports

TWICE = """
    Client | Injury      | Date       | Minutes | Pain Pre | Pain Post | Side  | Flexion
    K1     | Knee sprain | 02/03/2026 | 60      | 7        | 5         | right | 90
    K1     | Knee sprain | 09/03/2026 | 60      | 6        | 5         | right | 95
    K2     | Knee sprain | 09/03/2026 | 45      | 4        | 3         | right | 100
    K2     | Knee sprain | 16/03/2026 | 45      | 3        | 3         | right | 105
"""
LATER = TWICE + "    K2     | Knee sprain | 23/03/2026 | 45      | 2        | 2         | right | 110\n"


@pytest.fixture
def imported(store, owner, brought):
    """A file in which one person has two numbers; the batch, and the ids of the two."""
    batch = brought(TWICE)
    clients = store.open_for(owner).read("SELECT source_ref, client_id FROM visible_client").values.tolist()
    return batch, dict(clients)


def test_the_same_file_again_after_a_merge_is_all_duplicates(store, owner, imported, looked_at):
    _, ids = imported
    for keep, gone in (("K1", "K2"), ("K2", "K1")):
        merge_id = merge(store, owner, ids[keep], ids[gone], **AFTER)
        counts = looked_at(TWICE).counts
        # both were there on the same day: each finds their own visit of it
        assert (counts.accepted, counts.duplicate, counts.refused) == (0, 4, 0)
        unmerge(store, owner, merge_id, reason="the other way round")
        assert looked_at(TWICE).counts.duplicate == 4


def test_who_a_file_knows_by_name_and_birth_date_alone_is_found_after_a_merge_too(store, owner, brought, looked_at):
    by_name = CLINIC.replace('client_ref = { column = "Client" }\n', "").replace(
        'client_name = { template = "Client {Client}" }', 'client_name = { column = "Client" }'
    )
    brought(TWICE, by_name)
    ids = dict(store.open_for(owner).read("SELECT name, client_id FROM visible_client").values.tolist())
    merge(store, owner, ids["K1"], ids["K2"], **AFTER)
    counts = looked_at(TWICE, by_name).counts
    assert (counts.accepted, counts.duplicate, counts.refused) == (0, 4, 0)


def test_what_comes_later_under_the_number_of_who_went_is_the_kept_clients(store, owner, imported, brought):
    _, ids = imported
    merge(store, owner, ids["K1"], ids["K2"], **AFTER)
    assert brought(LATER).counts.accepted == 1
    window = store.open_for(owner)
    assert window.read("SELECT client_id FROM visible_client")["client_id"].tolist() == [ids["K1"]]
    added = window.read("SELECT client_id FROM visible_session WHERE visited_on = DATE '2026-03-23'")
    assert added["client_id"].tolist() == [ids["K1"]]
    assert store.integrity().empty


def test_episodes_numbered_for_each_person_anew_stay_apart_after_a_merge(store, owner, brought):
    numbered = CLINIC.replace('found_by = "gap"', 'found_by = "column"').replace(
        'injury_type = { column = "Injury" }',
        'injury_type = { column = "Injury" }\nepisode_ref = { column = "Episode" }',
    )
    file = """
        Client | Episode | Injury      | Date       | Minutes | Pain Pre | Pain Post | Side  | Flexion
        K1     | 1       | Knee sprain | 02/03/2026 | 60      | 7        | 5         | right | 90
        K2     | 1       | Knee sprain | 09/03/2026 | 45      | 4        | 3         | right | 100
    """
    brought(file, numbered)
    window = store.open_for(owner)
    ids = dict(window.read("SELECT source_ref, client_id FROM visible_client").values.tolist())
    theirs = window.read("SELECT episode_id FROM visible_episode WHERE client_id = $id", id=ids["K2"])["episode_id"][0]
    merge(store, owner, ids["K1"], ids["K2"], **AFTER)
    later = file + "    K2 | 1 | Knee sprain | 16/03/2026 | 45 | 3 | 3 | right | 105\n"
    assert brought(later, numbered).counts.accepted == 1
    added = window.read("SELECT episode_id FROM visible_session_part WHERE visited_on = DATE '2026-03-16'")
    assert added["episode_id"].tolist() == [theirs]


def test_an_import_is_taken_back_after_its_merge_was_and_not_before(store, owner, imported):
    batch, ids = imported
    merge_id = merge(store, owner, ids["K1"], ids["K2"], **AFTER)
    with pytest.raises(NotAllowed, match=rf"found to be one with another \(merge {merge_id}\)"):
        importing.undo(store, owner, batch.batch_id)
    unmerge(store, owner, merge_id, reason="two people")
    importing.undo(store, owner, batch.batch_id)
    assert store.open_for(owner).read("FROM visible_client").empty
    assert store.integrity().empty


# --- Any order of acts, before a merge and after

ACTS = st.lists(st.tuples(st.sampled_from(["withdraw", "restore", "visit"]), st.integers(0, 60)), max_size=4)


def acted(store, owner, client_ids, act, place) -> None:
    """One act on the place-th record of these clients, if it is allowed."""
    every = [found for client_id in client_ids for found in records_of(store.open_for(owner), client_id)]
    found = every[place % len(every)]
    try:
        if act == "visit":
            standing = [other for other in every if other.table == "episode" and not other.withdrawn]
            episode = standing[place % len(standing)] if standing else None
            if episode is not None:
                visit_of(store, owner, episode.client_id, episode.row_id, key=f"visit {place} {len(every)}")
        else:
            {"withdraw": withdraw, "restore": restore}[act](
                store, owner, found.table, found.row_id, found.ver, reason="any"
            )
    except (NotAllowed, EntryRefused, EntryDoubted):
        pass  # nothing was written


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(before=ACTS, after=ACTS)
def test_whatever_happens_before_and_after_a_merge_no_episode_changes_by_it_or_by_taking_it_back(
    before, after, tmp_path_factory
):
    store = record_store.create(tmp_path_factory.mktemp("acts") / "practice.duckdb", "Test practice")
    owner = roles.viewer("test owner", "owner")
    entered = practice_of(store, owner, WORLD)
    keep, gone = entered.clients["Ada Berg"], entered.clients["Berg Ada"]
    for act, place in before:
        acted(store, owner, (keep, gone), act, place)
    stands = set(store.open_for(owner).read("SELECT client_id FROM visible_client")["client_id"])
    if {keep, gone} <= stands:
        tables, verdicts = told.tables(store), told.verdicts(store, owner)
        merge_id = merge(store, owner, keep, gone, **AFTER)
        assert told.verdicts(store, owner) == verdicts
        assert store.integrity().empty
        for act, place in after:
            acted(store, owner, (keep,), act, place)
            assert store.integrity().empty
        verdicts = told.verdicts(store, owner)
        [kept] = [found for found in records_of(store.open_for(owner), keep) if found.table == "client"]
        if kept.withdrawn:
            restore(store, owner, "client", keep, kept.ver, reason="to part them")
            verdicts = told.verdicts(store, owner)
        unmerge(store, owner, merge_id, reason="two people")
        assert told.verdicts(store, owner) == verdicts
        owners = dict(store._connection.execute("SELECT episode_id, client_id FROM records.episode").fetchall())
        assert {name: owners[episode] for name, episode in entered.episodes.items()} == {
            "knee": keep, "again": gone, "back": gone, "hip": entered.clients["Ben"],
        }  # fmt: skip
        if not after:
            assert told.tables(store) == tables
    assert store.integrity().values.tolist() == []
    store.close()
