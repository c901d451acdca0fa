"""Finding a client: recent ones, or a name searched in the store; never the whole list."""

import datetime as dt

import pytest

from access import roles
from analytics import progress
from records import store as record_store
from tables import enter, practice_of

NAMES = """
    client           | day        | therapist
    José Álvarez     | 2026-03-02 | Kim
    ANNA VON BERG    | 2026-03-03 | Kim
    Berg, Anna-Lena  | 2026-03-04 | Lou
    Zoë O'Hara       | 2026-03-05 | Lou
    50% Off_Test     | 2026-03-06 | Kim
    Мария Иванова    | 2026-03-07 | Kim
"""


@pytest.fixture(scope="module")
def named_clients(tmp_path_factory):
    """The window of an owner on a practice with the clients of NAMES."""
    opened = record_store.create(tmp_path_factory.mktemp("names") / "practice.duckdb", "Names")
    owner = roles.viewer("test owner", "owner")
    practice_of(opened, owner, NAMES)
    yield opened.open_for(owner)
    opened.close()


def found(window, words) -> list[str]:
    return progress.found_clients(window, words)["name"].tolist()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("jose", ["José Álvarez"]),
        ("JOSÉ", ["José Álvarez"]),
        ("alvarez jose", ["José Álvarez"]),
        ("Jose\u0301", ["José Álvarez"]),  # the accent as a letter of its own
        ("  anna   berg ", ["ANNA VON BERG", "Berg, Anna-Lena"]),
        ("berg lena", ["Berg, Anna-Lena"]),
        ("zoe o'hara", ["Zoë O'Hara"]),
        ("мария", ["Мария Иванова"]),
        ("%", ["50% Off_Test"]),
        ("_", ["50% Off_Test"]),
        ("'", ["Zoë O'Hara"]),
        ("' OR true --", []),
        ("anna jose", []),
    ],
)
def test_a_name_is_found_by_its_words_and_every_sign_is_a_letter(named_clients, words, names):
    assert found(named_clients, words) == names


def test_a_therapist_finds_and_is_offered_only_their_own_clients(store, owner, therapist, today):
    entered = practice_of(store, owner, NAMES)
    window = store.open_for(therapist(entered.therapists["Lou"]))
    assert found(window, "anna") == ["Berg, Anna-Lena"]
    assert progress.recent_clients(window, today)["name"].tolist() == ["Zoë O'Hara", "Berg, Anna-Lena"]
    assert progress.client(window, entered.clients["José Álvarez"]).empty
    assert progress.episodes(window, entered.clients["José Álvarez"]).empty


def test_at_most_twenty_are_offered_the_ones_seen_last_first(store, owner, today):
    first = dt.date(2026, 3, 1)
    lines = [f"Client {n:02} | {first + dt.timedelta(days=n)}" for n in range(25)]
    practice_of(store, owner, "client | day\n" + "\n".join(lines))
    window = store.open_for(owner)
    assert progress.recent_clients(window, today)["name"].tolist() == [f"Client {n:02}" for n in range(24, 4, -1)]
    assert len(found(window, "client")) == 20


def test_a_client_was_last_seen_or_heard_from_at_a_visit_or_contact_not_at_a_no_show_or_a_booking(store, owner, today):
    practice_of(
        store,
        owner,
        """
        client | day        | kind      | status
        Ada    | 2026-03-02 | treatment | kept
        Ada    | 2026-03-20 | contact   | kept
        Ben    | 2026-03-09 | treatment | kept
        Ben    | 2026-04-01 | treatment | late_cancel
        Cleo   | 2026-03-10 | treatment | no_show
        Dan    | 2026-12-01 | treatment | booked
        """,
    )
    recent = progress.recent_clients(store.open_for(owner), today)
    assert list(zip(recent["name"], recent["last_seen_on"].dt.day, strict=True)) == [("Ada", 20), ("Ben", 9)]


def test_the_episodes_of_a_client_say_what_they_are_about(store, owner):
    entered = practice_of(
        store,
        owner,
        """
        client | episode | day        | therapist | injury      | cause
        Ada    | neck    | 2026-03-02 | Kim       | Neck pain   | auto_accident
        Ada    | knee    | 2026-05-04 | Lou       | Knee sprain | sports
        """,
    )
    enter(
        store,
        owner,
        entered,
        "episode_region",
        """
        episode | place | region   | side
        neck    | 2     | shoulder | left
        neck    | 1     | neck     | midline
        knee    | 1     | knee     | right
        """,
    )
    table = progress.episodes(store.open_for(owner), entered.clients["Ada"])
    assert table[["injury_type", "cause_name", "regions", "therapist", "visits"]].values.tolist() == [
        ["Knee sprain", "sports", "knee, right", "Lou", 1],
        ["Neck pain", "auto accident", "neck; shoulder, left", "Kim", 1],
    ]
