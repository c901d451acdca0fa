"""Withdrawing: a record leaves every figure with everything that hangs on it, and nothing is lost."""

import pytest

from tables import practice_of

WORLD = """
    client | day        | episode | before | knee flexion right
    Ada    | 2026-10-01 | knee    | 7      | 90
    Ada    | 2026-10-08 | knee    | 5      | 100
    Ada    | 2026-10-09 | back    | 4      | -
    Ben    | 2026-10-09 | hip     | 3      | -
"""
VIEWS = ("client", "episode", "session", "session_part", "visit", "rating", "motion")


@pytest.fixture
def counts(store, owner):
    def count() -> dict[str, int]:
        window = store.open_for(owner)
        return {view: int(window.read(f"SELECT count(*) AS n FROM visible_{view}")["n"][0]) for view in VIEWS}

    return count


@pytest.mark.parametrize(
    ("table", "whose", "left"),
    [
        # all: 2 clients, 3 episodes, 4 sessions, 4 parts, 4 visits, 4 ratings, 2 motions
        ("session", 0, (2, 3, 3, 3, 3, 3, 1)),
        ("episode", "knee", (2, 2, 2, 2, 2, 2, 0)),
        ("client", "Ada", (1, 1, 1, 1, 1, 1, 0)),
    ],
)
def test_what_hangs_on_a_withdrawn_record_leaves_every_view_with_it(store, owner, counts, table, whose, left):
    entered = practice_of(store, owner, WORLD)
    row_id = {"session": entered.sessions, "episode": entered.episodes, "client": entered.clients}[table][whose]
    with store.change(owner, "withdraw", reason="entered twice") as change:
        change.withdraw(table, row_id, ver=1)
    assert tuple(counts().values()) == left
    assert store.integrity().empty


def test_a_session_that_served_two_episodes_keeps_its_part_in_the_other(store, owner, counts):
    entered = practice_of(store, owner, WORLD)
    part = {
        "session_id": entered.sessions[0],
        "episode_id": entered.episodes["back"],
        "client_id": entered.clients["Ada"],
        "visited_on": "2026-10-01",
        "minutes": 20,
    }
    with store.change(owner, "create") as change:
        change.insert("session_part", part)
    with store.change(owner, "withdraw") as change:
        change.withdraw("episode", entered.episodes["knee"], ver=1)
    assert counts()["session"] == 3  # the shared one, the other back visit, Ben's
    assert counts()["session_part"] == 3
    assert store.integrity().empty


def test_nothing_is_deleted_and_the_trail_says_what_went_along(store, owner):
    entered = practice_of(store, owner, WORLD)
    with store.change(owner, "withdraw", reason="wrong person") as change:
        change.withdraw("client", entered.clients["Ada"], ver=1)
        action_id = change.action_id
    cursor = store._connection.cursor()
    assert cursor.execute("SELECT count(*) FROM records.rating").fetchone() == (4,)
    lines = cursor.execute(
        "SELECT table_name, count(*) FROM records.audit WHERE action_id = ? GROUP BY table_name ORDER BY min(seq)",
        [action_id],
    ).fetchall()
    # Ada's two episodes, three sessions of one part each, three ratings and two motions, each with its own line
    assert lines == [
        ("client", 1), ("episode", 2), ("session", 3), ("session_part", 3), ("rating", 3), ("motion", 2)
    ]  # fmt: skip


def test_a_part_left_standing_without_its_session_is_named(store, owner):
    entered = practice_of(store, owner, WORLD)
    store._connection.execute("UPDATE records.session SET withdrawn = true WHERE session_id = ?", [entered.sessions[0]])
    found = store.integrity()
    assert "stands although its session was withdrawn" in found["problem"].tolist()
