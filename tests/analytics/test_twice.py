"""Every aggregate over the invented practice, computed a second time in plain Python from the raw rows, must agree.

Nothing here uses the queries, the views or pandas' grouping: loops over the rows of the records tables, written from
the definitions of docs/glossary.md.
"""

import datetime as dt
import math
import shutil
import statistics
from collections import Counter, defaultdict

import pandas as pd
import pytest
from scipy import stats

import instruments
from access import roles
from analytics import caseload, outcomes
from analytics.filters import Filters
from records import store as record_store

KINDS = ["now", "average", "worst", "best"]
SINCE, UNTIL = dt.date(2026, 1, 14), dt.date(2026, 8, 19)  # neither a Monday nor the first of a month


class Facts:
    """The raw rows of a practice, and what a person with a pencil would make of them."""

    def __init__(self, store, today: dt.date):
        self.today = today
        self._cursor = store._connection.cursor()
        self.client = {row["client_id"]: row for row in self.rows("client")}
        self.episode = {row["episode_id"]: row for row in self.rows("episode")}
        self.session = {row["session_id"]: row for row in self.rows("session")}
        self.part = self.rows("session_part")
        self.name = {
            table: {row[key]: row["name"] for row in self.all_rows(table)}
            for table, key in (
                ("injury_type", "injury_type_id"),
                ("cause", "cause"),
                ("therapist", "therapist_id"),
                ("office", "office_id"),
            )
        }
        self.visits = self._visits()
        self.pain = self._pain()

    def all_rows(self, table) -> list[dict]:
        found = self._cursor.execute(f"SELECT * FROM records.{table}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def rows(self, table) -> list[dict]:
        return [row for row in self.all_rows(table) if not row["withdrawn"]]

    def _visits(self) -> dict[int, list[dict]]:
        """Kept sessions that are no contacts, of each episode, in their order: place 0 is visit 1."""
        found = defaultdict(list)
        for part in self.part:
            session = self.session.get(part["session_id"])
            if session and session["status"] == "kept" and session["kind"] != "contact":
                found[part["episode_id"]].append(session)
        for sessions in found.values():
            sessions.sort(
                key=lambda s: (
                    s["visited_on"],
                    s["start_time"] is not None,
                    s["start_time"] or dt.time(),
                    s["session_id"],
                )
            )
        return found

    def _pain(self) -> dict[int, list[tuple[float | None, float | None]]]:
        """Pain before and after at each visit of each episode, of its one series."""
        places = defaultdict(list)
        for region in self.rows("episode_region"):
            places[region["episode_id"]].append(region)
        ratings = defaultdict(list)
        for rating in self.rows("rating"):
            ratings[rating["episode_id"], rating["session_id"]].append(rating)

        def rank(episode, series, first_on):
            kind, region, side = series
            fitting = [(p["place"], p["side"] != side) for p in places[episode] if p["region"] == region]
            place = min(fitting) if fitting and region is not None else (math.inf, True)
            return (first_on, place, KINDS.index(kind), region is None, region or "", side is None, side or "")

        found = {}
        for episode, sessions in self.visits.items():
            first_on = {}
            for session in sessions:
                for r in ratings[episode, session["session_id"]]:
                    if r["moment"] == "before":
                        first_on.setdefault((r["kind"], r["region"], r["side"]), session["visited_on"])
            main = min(first_on, key=lambda series: rank(episode, series, first_on[series]), default=None)
            found[episode] = []
            for session in sessions:
                read = {"before": [], "after": [], "between": []}
                for r in ratings[episode, session["session_id"]]:
                    if (r["kind"], r["region"], r["side"]) == main:
                        read[r["moment"]].append(float(r["pain"]))
                found[episode].append(tuple(statistics.mean(read[m]) if read[m] else None for m in ("before", "after")))
        return found

    def chosen(self, filters: Filters, by_opening: bool) -> list[int]:
        """The episodes a filter chooses; the period is asked of the day they opened, or not at all."""
        kept = []
        for key, episode in self.episode.items():
            wanted = (
                (not by_opening or filters.since is None or episode["opened_on"] >= filters.since)
                and (not by_opening or filters.until is None or episode["opened_on"] <= filters.until)
                and filters.therapist_id in (None, episode["therapist_id"])
                and filters.office_id in (None, episode["office_id"])
                and filters.injury_type_id in (None, episode["injury_type_id"])
                and filters.cause in (None, episode["cause"])
            )
            if wanted:
                kept.append(key)
        return sorted(kept)

    def status(self, key) -> tuple[str, dt.date | None, bool]:
        """Status, the day care ended, closed or not."""
        episode, visits = self.episode[key], self.visits.get(key, [])
        if episode["discharged_on"]:
            return "discharged", episode["discharged_on"], True
        if episode["on_hold"]:
            return "on_hold", None, False
        booked = [
            part["visited_on"]
            for part in self.part
            if part["episode_id"] == key
            and part["session_id"] in self.session
            and self.session[part["session_id"]]["status"] == "booked"
        ]
        if any(day >= self.today for day in booked):
            return "active", None, False
        if not visits:
            return "no_visit", None, False
        last = max(visit["visited_on"] for visit in visits)
        silent = (self.today - last).days
        if silent <= 30:
            return "active", None, False
        return "lapsed", last + dt.timedelta(days=31), silent > 60


@pytest.fixture(scope="module")
def sample(sample_store_path, tmp_path_factory):
    """A copy of the small invented practice, open for reading by all tests of this file."""
    opened = record_store.open_store(shutil.copy2(sample_store_path, tmp_path_factory.mktemp("twice") / "p.duckdb"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def window(sample):
    return sample.open_for(roles.viewer("test owner", "owner"))


@pytest.fixture(scope="module")
def facts(sample, fixed_day_and_cache):
    return Facts(sample, dt.date(2026, 11, 20))


def busiest(facts, name) -> object:
    """The value most episodes have, so that a filter leaves something to look at."""
    return Counter(episode[name] for episode in facts.episode.values()).most_common(1)[0][0]


FILTERS = {
    "everything": lambda facts: Filters(),
    "since": lambda facts: Filters(since=SINCE),
    "until": lambda facts: Filters(until=UNTIL),
    "therapist": lambda facts: Filters(therapist_id=busiest(facts, "therapist_id")),
    "office": lambda facts: Filters(office_id=busiest(facts, "office_id")),
    "injury type": lambda facts: Filters(injury_type_id=busiest(facts, "injury_type_id")),
    "cause": lambda facts: Filters(cause=busiest(facts, "cause")),
    "period and office": lambda facts: Filters(since=SINCE, until=UNTIL, office_id=busiest(facts, "office_id")),
    "therapist and cause": lambda facts: Filters(
        therapist_id=busiest(facts, "therapist_id"), cause=busiest(facts, "cause")
    ),
}


@pytest.fixture(params=FILTERS)
def filters(request, facts) -> Filters:
    return FILTERS[request.param](facts)


def same(found: list[dict], expected: list[dict]) -> None:
    """Counts and words exactly, means but for the last bits, missing for missing."""
    assert [list(row) for row in found] == [list(row) for row in expected]
    for got, wanted in zip(found, expected, strict=True):
        for name, value in wanted.items():
            if isinstance(value, float):
                assert got[name] == pytest.approx(value, rel=1e-12, abs=1e-12), (name, wanted)
            else:
                assert (None if pd.isna(got[name]) else got[name]) == value, (name, wanted)


def interval(values) -> tuple[float | None, float | None]:
    if len(values) < 2:
        return None, None
    half = stats.t.ppf(0.975, len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return statistics.mean(values) - half, statistics.mean(values) + half


def mean(values) -> float | None:
    return statistics.mean(values) if values else None


def quantile(values, share) -> float | None:
    if not values:
        return None
    ordered, at = sorted(values), share * (len(values) - 1)
    low = math.floor(at)
    return ordered[low] + (at - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


def test_the_sample_has_what_these_tests_ask_about(facts):
    assert len(facts.session) > 400
    assert {facts.status(key)[0] for key in facts.episode} >= {"active", "discharged", "lapsed"}
    assert Counter(part["session_id"] for part in facts.part).most_common(1)[0][1] == 2
    assert any(None in pains for course in facts.pain.values() for pains in course)


def test_outcomes_by_injury_type(window, facts, filters):
    groups = defaultdict(list)
    for key in facts.chosen(filters, by_opening=True):
        groups[facts.episode[key]["injury_type_id"]].append(key)
    expected = []
    for injury, keys in groups.items():
        rated = {key: [b for b, _ in facts.pain.get(key, []) if b is not None] for key in keys}
        twice = [pains for pains in rated.values() if len(pains) >= 2]
        falls = [pains[0] - pains[-1] for pains in twice]
        closed = [len(facts.visits[key]) for key in keys if facts.visits.get(key) and facts.status(key)[2]]
        low, high = interval(falls)
        expected.append(
            {
                "injury_type_id": injury,
                "injury_type": facts.name["injury_type"][injury],
                "clients": len({facts.episode[key]["client_id"] for key in keys}),
                "episodes": len(keys),
                "sessions": sum(len(facts.visits.get(key, [])) for key in keys),
                "measured_twice": len(twice),
                "pain_first_mean": mean([pains[0] for pains in twice]),
                "pain_latest_mean": mean([pains[-1] for pains in twice]),
                "pain_change_mean": mean(falls),
                "closed": len(closed),
                "visits_q1": quantile(closed, 0.25),
                "visits_median": quantile(closed, 0.5),
                "visits_q3": quantile(closed, 0.75),
                "pain_change_low": low,
                "pain_change_high": high,
            }
        )
    expected.sort(key=lambda row: (-row["episodes"], row["injury_type"]))
    assert expected
    same(outcomes.by_type_of(window, filters, facts.today).to_dict("records"), expected)


def test_outcomes_pain_by_visit_number(window, facts, filters):
    courses = [facts.pain.get(key, []) for key in facts.chosen(filters, by_opening=True)]
    expected = []
    for place in range(max(map(len, courses))):
        before = [course[place][0] for course in courses if len(course) > place and course[place][0] is not None]
        after = [course[place][1] for course in courses if len(course) > place and course[place][1] is not None]
        low, high = interval(before)
        expected.append(
            {
                "visit_number": place + 1,
                "n_before": len(before),
                "mean_before": mean(before),
                "n_after": len(after),
                "mean_after": mean(after),
                "low_before": low,
                "high_before": high,
            }
        )
    pain = outcomes.pain_by_visit(window, filters)
    same(pain.to_dict("records"), expected)
    halved = [row["visit_number"] for row in expected if row["n_before"] * 2 < expected[0]["n_before"]]
    assert outcomes.half_at(pain) == (halved[0] - 1 if halved else None)


def age_on(born, day) -> int | None:
    return None if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def first_reference(joint, movement, motion_type, client, day) -> float | None:
    """The first verified reference of the file that covers the person; none where it is 0 degrees."""
    age = age_on(client["birth_date"], day)
    for reference in instruments.movement(joint, movement).references:
        old_enough = reference.age_from is None or age is None or age >= reference.age_from
        young_enough = reference.age_to is None or (age is not None and age <= reference.age_to)
        if (
            reference.certainty != "FMV"
            and reference.motion_type in ("unstated", motion_type)
            and reference.sex in (None, client["sex"])
            and old_enough
            and young_enough
        ):
            return reference if reference.low_deg > 0 else None
    return None


def test_outcomes_motion_as_percent_of_the_reference(window, facts, filters):
    sides = defaultdict(list)
    for region in facts.rows("episode_region"):
        sides[region["episode_id"]].append((region["region"], region["side"]))
    readings, tools = defaultdict(lambda: defaultdict(list)), defaultdict(set)
    number = {
        (key, visit["session_id"]): place for key, visits in facts.visits.items() for place, visit in enumerate(visits)
    }
    chosen = set(facts.chosen(filters, by_opening=True))
    for m in facts.rows("motion"):
        key = m["episode_id"]
        if key not in chosen or m["moment"] != "before" or (key, m["session_id"]) not in number:
            continue
        of_joint = instruments.movement(m["joint"], m["movement"]).region
        meant = [side for region, side in sides[key] if region == of_joint] or [side for _, side in sides[key]]
        named = {side for side in meant if side in ("left", "right")}
        affected = {"left", "right"} if "both" in meant or not named else named
        if m["side"] is None or m["side"] in affected:
            series = (m["joint"], m["movement"], m["motion_type"], key, m["side"])
            readings[series][number[key, m["session_id"]]].append((float(m["degrees"]), m["measured_on"]))
            if m["instrument"] is not None:
                tools[series].add(m["instrument"])
    groups = defaultdict(
        lambda: {"start": defaultdict(list), "latest": defaultdict(list), "names": set(), "left_out": 0}
    )
    for series, at_visits in readings.items():
        joint, movement, motion_type, key, _ = series
        if len(at_visits) < 2:
            continue
        first, latest = at_visits[min(at_visits)], at_visits[max(at_visits)]
        client = facts.client[facts.episode[key]["client_id"]]
        reference = first_reference(joint, movement, motion_type, client, first[0][1])
        group = groups[instruments.movement(joint, movement).name, motion_type]
        if reference is None or len(tools[series]) > 1:
            group["left_out"] += 1
            continue
        group["names"].add(reference.name)
        for word, read in (("start", first), ("latest", latest)):
            group[word][key].append(100 * statistics.mean(degrees for degrees, _ in read) / reference.low_deg)
    expected = []
    for (name, motion_type), group in groups.items():
        row = {"name": name, "motion_type": motion_type, "n": len(group["start"])}
        start, latest = ([statistics.mean(both) for both in group[word].values()] for word in ("start", "latest"))
        change = [last - first for first, last in zip(start, latest, strict=True)]
        for word, values in (("start", start), ("latest", latest), ("change", change)):
            low, high = interval(values)
            row |= {f"{word}_percent": mean(values), f"{word}_low": low, f"{word}_high": high}
        row |= {"reference_name": ", ".join(sorted(group["names"])) or None, "left_out": group["left_out"]}
        expected.append(row)
    assert expected

    def in_order(rows):
        return sorted(rows, key=lambda row: (-row["n"], row["name"], row["motion_type"]))

    found = outcomes.motion_percent(window, filters).to_dict("records")
    assert [(-row["n"], row["name"]) for row in found] == sorted((-row["n"], row["name"]) for row in found)
    same(in_order(found), in_order(expected))


def test_outcomes_visits_per_episode(window, facts, filters):
    closed, still_open = Counter(), Counter()
    for key in facts.chosen(filters, by_opening=True):
        visits = len(facts.visits.get(key, []))
        if visits:
            (closed if facts.status(key)[2] else still_open)[visits] += 1
    expected = [
        {"visits": n, "closed_episodes": closed[n], "open_episodes": still_open[n]} for n in sorted(closed | still_open)
    ]
    counted = outcomes.visits_per_episode(outcomes.episodes(window, filters, facts.today))
    assert counted.to_dict("records") == expected


def sessions_chosen(facts, filters, since, until) -> list[dict]:
    """Sessions that are no contacts or bookings, chosen by their own therapist and office and any of their episodes."""
    fitting = set(facts.chosen(Filters(injury_type_id=filters.injury_type_id, cause=filters.cause), by_opening=False))
    served = defaultdict(set)
    for part in facts.part:
        served[part["session_id"]].add(part["episode_id"])
    return [
        session
        for key, session in facts.session.items()
        if session["kind"] != "contact"
        and session["status"] != "booked"
        and (since is None or session["visited_on"] >= since)
        and (until is None or session["visited_on"] <= until)
        and filters.therapist_id in (None, session["therapist_id"])
        and filters.office_id in (None, session["office_id"])
        and served[key] & fitting
    ]


def first_day(day, unit) -> dt.date:
    return day - dt.timedelta(days=day.weekday()) if unit == "week" else day.replace(day=1)


def next_first_day(day, unit) -> dt.date:
    return day + dt.timedelta(days=7) if unit == "week" else (day + dt.timedelta(days=32)).replace(day=1)


@pytest.mark.parametrize("unit", ["week", "month"])
def test_caseload_by_period(window, facts, filters, unit):
    sessions = sessions_chosen(facts, filters, filters.since, filters.until)
    first = filters.since or min(session["visited_on"] for session in sessions)
    last = min(facts.today, filters.until or facts.today)
    first_episode = {}
    for key, visits in facts.visits.items():
        client, begun = facts.episode[key]["client_id"], visits[0]["visited_on"]
        first_episode[client] = min(first_episode.get(client, (begun, key)), (begun, key))
    expected, start = [], first_day(first, unit)
    while start <= last:
        after = next_first_day(start, unit)
        low, high = max(start, first), min(after - dt.timedelta(days=1), last)
        row = Counter()
        for session in sessions:
            if low <= session["visited_on"] <= high:
                row[session["status"]] += 1
        for key in facts.chosen(filters, by_opening=False):
            if key not in facts.visits:
                continue
            begun, (status, ended, _) = facts.visits[key][0]["visited_on"], facts.status(key)
            row["new_episodes"] += low <= begun <= high
            row["new_clients"] += low <= begun <= high and first_episode[facts.episode[key]["client_id"]][1] == key
            row[f"{status}_ended"] += ended is not None and low <= ended <= high
            row["in_care"] += begun <= high and (ended is None or ended > high)
        expected.append(
            {
                "period_start": pd.Timestamp(start),
                "label": f"{start.day} {start:%b %Y}" if unit == "week" else f"{start:%b %Y}",
                "sessions": row["kept"],
                "no_shows": row["no_show"],
                "late_cancels": row["late_cancel"],
                "new_clients": row["new_clients"],
                "new_episodes": row["new_episodes"],
                "discharged": row["discharged_ended"],
                "lapsed": row["lapsed_ended"],
                "in_care": row["in_care"],
                "running": after > facts.today + dt.timedelta(days=1),
                "partial": start < first or last < after - dt.timedelta(days=1) <= facts.today,
            }
        )
        start = after
    assert caseload.by_period(window, filters, unit, facts.today).to_dict("records") == expected


def test_caseload_splits(window, facts, filters):
    fitting = facts.chosen(Filters(injury_type_id=filters.injury_type_id, cause=filters.cause), by_opening=False)
    rows = defaultdict(lambda: (set(), set(), set()))
    for key in fitting:
        episode = facts.episode[key]
        for visit in facts.visits.get(key, []):
            if not (
                (filters.since is None or visit["visited_on"] >= filters.since)
                and (filters.until is None or visit["visited_on"] <= filters.until)
                and filters.therapist_id in (None, visit["therapist_id"])
                and filters.office_id in (None, visit["office_id"])
            ):
                continue
            for split, name in (
                ("therapist", facts.name["therapist"].get(visit["therapist_id"], "not recorded")),
                ("office", facts.name["office"].get(visit["office_id"], "not recorded")),
                ("injury type", facts.name["injury_type"][episode["injury_type_id"]]),
                ("cause", facts.name["cause"][episode["cause"]]),
            ):
                for counted, thing in zip(
                    rows[split, name], (visit["session_id"], episode["client_id"], key), strict=True
                ):
                    counted.add(thing)
    expected = [
        {"split_by": split, "name": name, "sessions": len(s), "clients": len(c), "episodes": len(e)}
        for (split, name), (s, c, e) in rows.items()
    ]
    expected.sort(key=lambda row: (row["split_by"], -row["sessions"], row["name"]))
    assert caseload.splits(window, filters).to_dict("records") == expected


def test_caseload_status_counts(window, facts, filters):
    counted = Counter(facts.status(key)[0] for key in facts.chosen(filters, by_opening=False) if facts.visits.get(key))
    assert caseload.status_counts(window, filters, facts.today) == {
        status: counted[status] for status in ("active", "on_hold", "discharged", "lapsed")
    }
