"""The gap rule of an import asks visits alone: contacts, no-shows, late cancels and bookings begin and part nothing."""

import datetime as dt
import itertools

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from access import roles
from records import importing
from records import store as record_store
from records.importing import File
from tests.records.conftest import CLINIC, csv_of

OWNER = roles.viewer("test owner", "owner")
FIRST = dt.date(2024, 1, 1)
PROFILE = CLINIC.replace('kind = "treatment"', 'kind = { column = "Kind" }', 1).replace(
    "minutes =",
    'status = { column = "Status" }\nstart_time = { column = "Time" }\ntherapist = { column = "Therapist" }\nminutes =',
)
PROFILE = PROFILE.replace("[episodes]", "[adds]\ntherapists = true\n\n[episodes]", 1)
HEADER = "Client,Injury,Date,Time,Kind,Status,Therapist,Minutes,Pain Pre,Pain Post,Side,Flexion\n"

# Days over some 300, so that gaps of more and of less than 60 days are common; each visit has an hour of its own.
visits = some.lists(some.integers(0, 300), min_size=1, max_size=6, unique=True)
clutter = some.lists(
    some.tuples(
        some.integers(-70, 370),
        some.sampled_from([("contact", "kept"), ("contact", "no_show")] * 2
                          + [("treatment", "no_show"), ("treatment", "late_cancel"), ("evaluation", "no_show")]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda line: (line[0], line[1][0] == "contact"),
)  # fmt: skip


@pytest.fixture(scope="module")
def growing_practice(tmp_path_factory):
    """One practice into which every example brings two clients."""
    opened = record_store.create(tmp_path_factory.mktemp("gaps") / "practice.duckdb", "Growing practice")
    yield opened
    opened.close()


def line(client: str, day: int, hour: str, kind: str, status: str, therapist: str) -> str:
    date = (FIRST + dt.timedelta(days=day)).strftime("%d/%m/%Y")
    return f"{client},Knee sprain,{date},{hour},{kind},{status},{therapist},,,,,\n"


def bring(store, lines: list[str]) -> None:
    file = File("visits.csv", (HEADER + "".join(lines)).encode())
    batch = importing.accept(importing.review(store, OWNER, [file], importing.parse("clinic.toml", PROFILE)))
    assert batch.counts.refused == 0


def episodes(store, client: str) -> list[tuple]:
    """For each episode with a visit: the days of its visits, the day it was opened, and who leads it."""
    found = store.open_for(OWNER).read(
        "SELECT list(v.visited_on::VARCHAR ORDER BY v.visited_on) AS days, e.opened_on::VARCHAR AS opened, t.name"
        " FROM visible_visit AS v INNER JOIN visible_episode AS e USING (episode_id)"
        " INNER JOIN visible_client AS c ON e.client_id = c.client_id"
        " LEFT JOIN visible_therapist AS t ON e.therapist_id = t.therapist_id"
        " WHERE c.source_ref = $client GROUP BY e.episode_id, e.opened_on, t.name ORDER BY days",
        client=client,
    )
    return [(tuple(row.days), row.opened, row.name) for row in found.itertuples()]


numbers = itertools.count(1)


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink an example in a store takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    people=some.lists(some.tuples(visits, clutter), min_size=4, max_size=12),
    when=some.sampled_from(["with them", "later", "before them"]),
    mixed=some.randoms(),
)
def test_nothing_but_visits_begins_or_parts_an_episode(growing_practice, people, when, mixed):
    store, number = growing_practice, next(numbers)

    def seen(crowd):
        return [
            line(f"{crowd}{number}-{place}", day, "10:00", "treatment", "kept", "Kim")
            for place, (kept, _) in enumerate(people)
            for day in kept
        ]

    # A contact has no hour: it may stand on the day of a visit all the same.
    others = [
        line(f"C{number}-{place}", day, "" if what[0] == "contact" else "08:00", *what, therapist="Lou")
        for place, (_, clutter_of_one) in enumerate(people)
        for day, what in clutter_of_one
    ]
    bring(store, seen("P"))
    files = {"with them": [seen("C") + others], "later": [seen("C"), others], "before them": [others, seen("C")]}[when]
    for lines in files:
        mixed.shuffle(lines)
        bring(store, lines)
    for place, drawn in enumerate(people):
        expected, found = episodes(store, f"P{number}-{place}"), episodes(store, f"C{number}-{place}")
        assert [days for days, _, _ in found] == [days for days, _, _ in expected], drawn
        if when != "before them":  # what stands already is not opened on another day by a later import
            assert found == expected, drawn
    assert store.integrity().empty


@pytest.fixture
def bring_drawn(store):
    """`bring_drawn(lines)`: a drawn file of knee sprains, accepted; its refused rows are counted."""

    def brought(drawn: str) -> int:
        file = File("visits.csv", csv_of(f"Client | Injury | Date | Time | Kind | Status | Therapist\n{drawn.strip()}"))
        profile = importing.parse(
            "clinic.toml", PROFILE.split("[[reading]]")[0].replace('minutes = { column = "Minutes" }\n', "")
        )
        return importing.accept(importing.review(store, OWNER, [file], profile)).counts.refused

    return brought


def test_a_list_of_calls_brought_in_after_the_visits_goes_with_their_episode(store, bring_drawn):
    bring_drawn("K1 | Knee sprain | 01/01/2024 | - | treatment | kept | Kim")
    bring_drawn("K1 | Knee sprain | 01/07/2024 | - | contact | kept | Kim")
    bring_drawn("K1 | Knee sprain | 20/08/2024 | - | treatment | kept | Kim")
    # 1 January to 20 August is more than 60 days; the call of 1 July neither began an episode nor bridges the gap.
    assert len(store.open_for(OWNER).read("FROM visible_episode")) == 2
    assert [days for days, _, _ in episodes(store, "K1")] == [("2024-01-01",), ("2024-08-20",)]


def test_visits_among_calls_brought_in_before_them_are_one_episode(store, bring_drawn):
    bring_drawn(
        """
        K1 | Knee sprain | 01/01/2024 | - | contact | kept | Kim
        K1 | Knee sprain | 01/05/2024 | - | contact | kept | Kim
        K1 | Knee sprain | 04/09/2024 | - | contact | kept | Kim
        """
    )
    assert len(store.open_for(OWNER).read("FROM visible_episode")) == 3  # of calls alone: more than 60 days apart
    bring_drawn(
        """
        K1 | Knee sprain | 01/09/2024 | - | treatment | kept | Kim
        K1 | Knee sprain | 08/09/2024 | - | treatment | kept | Kim
        """
    )
    assert [days for days, _, _ in episodes(store, "K1")] == [("2024-09-01", "2024-09-08")]


def test_a_call_on_the_day_of_a_visit_is_kept_beside_it_in_either_order(store, bring_drawn):
    refused = bring_drawn(
        """
        K1 | Knee sprain | 01/03/2024 | - | contact   | kept | Kim
        K1 | Knee sprain | 01/03/2024 | - | treatment | kept | Kim
        """
    )
    later = bring_drawn("K1 | Knee sprain | 08/03/2024 | - | treatment | kept | Kim")
    later += bring_drawn("K1 | Knee sprain | 08/03/2024 | - | contact | kept | Kim")
    assert (refused, later) == (0, 0)
    kinds = store.open_for(OWNER).read("SELECT kind FROM visible_session ORDER BY kind")["kind"].tolist()
    assert kinds == ["contact", "contact", "treatment", "treatment"]


def test_an_episode_is_open_since_its_first_visit_and_led_by_whoever_treats(store, bring_drawn):
    bring_drawn(
        """
        K1 | Knee sprain | 01/03/2024 | - | contact   | kept    | Lou
        K1 | Knee sprain | 04/03/2024 | - | treatment | no_show | Lou
        K1 | Knee sprain | 08/03/2024 | - | treatment | kept    | Kim
        """
    )
    assert episodes(store, "K1") == [(("2024-03-08",), "2024-03-08", "Kim")]
