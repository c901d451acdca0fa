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
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import instruments
from access import roles
from analytics import caseload, estimates, fates, outcomes
from analytics.episodes import closed_at
from analytics.filters import Filters
from records import store as record_store
from tables import enter, practice_of

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
        self.asked_after = {
            (rating["episode_id"], rating["session_id"])
            for rating in self.rows("rating")
            if rating["moment"] == "after"
        }
        self.used = {(use["episode_id"], use["session_id"]) for use in self.rows("technique_use")}
        self.visits = self._visits()
        self.series = {}  # kind, region and side of each episode's one pain series
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

        def rank(episode, series, rated_at):
            kind, region, side = series
            fitting = [(p["place"], p["side"] != side) for p in places[episode] if p["region"] == region]
            place = min(fitting) if fitting and region is not None else (math.inf, True)
            places_rated, sessions = rated_at[series], self.visits[episode]
            no_now = max(places_rated) <= max(min(places_rated), self.first_treated(episode))
            names = (KINDS.index(kind), region is None, region or "", side is None, side or "")
            return (no_now, sessions[min(places_rated)]["visited_on"], place, *names)

        found = {}
        for episode, sessions in self.visits.items():
            rated_at = defaultdict(list)
            for at, session in enumerate(sessions):
                before = [r for r in ratings[episode, session["session_id"]] if r["moment"] == "before"]
                for series in {(r["kind"], r["region"], r["side"]) for r in before}:
                    rated_at[series].append(at)
            main = min(rated_at, key=lambda series: rank(episode, series, rated_at), default=None)
            self.series[episode] = main
            found[episode] = []
            for session in sessions:
                read = {"before": [], "after": [], "between": []}
                for r in ratings[episode, session["session_id"]]:
                    if (r["kind"], r["region"], r["side"]) == main:
                        read[r["moment"]].append(float(r["pain"]))
                found[episode].append(tuple(statistics.mean(read[m]) if read[m] else None for m in ("before", "after")))
        return found

    def start_and_now(self, key) -> tuple:
        """Start of pain, how many ratings it is the mean of, its day; now, its day. None where there is none."""
        visits, course = self.visits.get(key, []), self.pain.get(key, [])
        rated = [(place, before) for place, (before, _) in enumerate(course) if before is not None]
        if not rated:
            return None, 0, None, None, None
        treated = self.first_treated(key)
        start = [rated[0][1]] + [before for place, before in rated[1:] if place <= treated]
        later = [(place, before) for place, before in rated[1:] if place > treated]
        now, now_on = (later[-1][1], visits[later[-1][0]]["visited_on"]) if later else (None, None)
        return statistics.mean(start), len(start), visits[rated[0][0]]["visited_on"], now, now_on

    def first_treated(self, key) -> int:
        """The place of the first visit at which something was done; the first of all where no technique is named."""
        place = 0
        if any(episode == key for episode, _ in self.used):
            while self._treats_nobody(key, self.visits[key][place]):
                place += 1
        return place

    def _treats_nobody(self, key, visit) -> bool:
        """An evaluation without a technique, after which pain was not asked, of whatever kind or place."""
        part = (key, visit["session_id"])
        evaluation = visit["kind"] in ("evaluation", "re_evaluation")
        return evaluation and part not in self.used and part not in self.asked_after

    def region(self, key) -> str | None:
        """Of the pain series, else the first region of the complaint, else of the injury type."""
        of_series = (self.series.get(key) or (None, None, None))[1]
        places = [row for row in self.rows("episode_region") if row["episode_id"] == key]
        of_complaint = min(places, key=lambda row: row["place"])["region"] if places else None
        types = {row["injury_type_id"]: row["region"] for row in self.all_rows("injury_type")}
        return of_series or of_complaint or types[self.episode[key]["injury_type_id"]]

    def pain_class(self, key) -> str:
        first, ratings, first_on, now, now_on = self.start_and_now(key)
        if now is None:
            return "insufficient_data"
        days = (now_on - first_on).days
        error, important = nprs_limits(self.region(key), self.episode[key]["chronicity"], days)
        return plain_class(first, now, error * math.sqrt((1 / ratings + 1) / 2), important)

    def fate(self, key) -> str:
        if not self.status(key)[2]:
            return "still_in_care"
        found = self.pain_class(key)
        return "no_second_reading" if found == "insufficient_data" else found

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


def nprs_limits(region, chronicity, days) -> tuple[float, float]:
    """Error of one rating against one and important change of pain, 0-10: the published rows, written a second time."""
    chronic = chronicity == "over_3_months"
    routine = region == "neck" and 60 <= days <= 183
    error = 4.0 if routine else 2.4  # Kovacs 2008; computed from Childs 2005
    if region == "low_back":
        if chronic:
            return error, 2  # Suzuki 2020
        return error, 2.2 if 4 <= days <= 10 else 1.5 if 21 <= days <= 35 else 2  # Childs 2005; Ostelo 2008
    if region == "neck":
        return error, 1.5 if routine else 1.3  # Kovacs 2008; Cleland 2008
    return error, 1.1 if region == "shoulder" else 2  # Mintken 2009; Salaffi 2004, Ostelo 2008


def plain_class(first, now, error, important) -> str:
    """The classes of the clinical reference, B3, on pain, with 30 % of the start asked for an improvement."""
    gain, largest, bit = first - now, max(error, important), 1e-9
    if gain <= -largest + bit:
        return "worse"
    if gain <= -important + bit:
        return "possibly_worse"
    if first < largest - bit:
        return "no_room"
    if gain >= largest - bit and gain / first >= 0.3 - bit:
        return "improved"
    return "possibly_improved" if gain >= important - bit else "unchanged"


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
    assert {facts.fate(key) for key in facts.visits} == set(fates.FATES)


def test_outcomes_by_injury_type(window, facts, filters):
    groups = defaultdict(list)
    for key in facts.chosen(filters, by_opening=True):
        groups[facts.episode[key]["injury_type_id"]].append(key)
    expected = []
    for injury, keys in groups.items():
        ends = [(start, now) for start, _, _, now, _ in map(facts.start_and_now, keys)]
        twice = [(start, now) for start, now in ends if now is not None]
        falls = [start - now for start, now in twice]
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
                "pain_first_mean": mean([start for start, _ in twice]),
                "pain_latest_mean": mean([now for _, now in twice]),
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
    same(outcomes.told(window, filters, facts.today).types.to_dict("records"), expected)


def test_start_now_and_class_of_each_episode(window, facts, filters):
    found = outcomes.episodes(window, filters, facts.today)
    expected = []
    for key in facts.chosen(filters, by_opening=True):
        first, ratings, first_on, now, now_on = facts.start_and_now(key)
        expected.append(
            {
                "episode_id": key,
                "region": facts.region(key),
                "first_pain": first,
                "first_ratings": ratings,
                "first_on": None if first_on is None else pd.Timestamp(first_on),
                "latest_pain": now,
                "latest_on": None if now_on is None else pd.Timestamp(now_on),
                "pain_class": facts.pain_class(key),
            }
        )
    same(found[list(expected[0])].to_dict("records"), expected)


EVALUATIONS = """
    client | day        | kind       | before | after
    Ada    | 2026-09-01 | evaluation | 8      | -
    Ada    | 2026-09-08 | treatment  | 6      | 4
    Ada    | 2026-09-15 | treatment  | 3      | 2
    Ben    | 2026-09-01 | evaluation | 8      | 7
    Ben    | 2026-09-08 | treatment  | 6      | 4
    Cleo   | 2026-09-01 | evaluation | 8      | -
    Cleo   | 2026-09-08 | treatment  | 6      | 4
    Dora   | 2026-09-01 | evaluation | 8      | -
    Dora   | 2026-09-08 | treatment  | 6      | 4
    Eli    | 2026-09-01 | evaluation | -      | -
    Eli    | 2026-09-08 | treatment  | 6      | 4
    Eli    | 2026-09-15 | treatment  | 5      | -
    Fay    | 2026-09-01 | evaluation | 8      | -
    Fay    | 2026-09-08 | treatment  | -      | -
    Fay    | 2026-09-15 | treatment  | 5      | -
    Gil    | 2026-09-01 | evaluation | 8      | -
    Gil    | 2026-09-04 | evaluation | 6      | -
    Gil    | 2026-09-08 | treatment  | 4      | 3
    Gil    | 2026-09-15 | treatment  | 2      | -
"""


def test_start_and_now_where_an_evaluation_came_before_any_treatment(store, owner, today):
    practice = practice_of(store, owner, EVALUATIONS)
    enter(
        store,
        owner,
        practice,
        "technique_use",
        """
        episode | session | technique
        Ada     | 2       | neuromuscular
        Ben     | 5       | neuromuscular
        Cleo    | 6       | neuromuscular
        Eli     | 11      | neuromuscular
        Fay     | 14      | neuromuscular
        Gil     | 18      | neuromuscular
        """,
    )
    facts = Facts(store, today)
    expected = {
        "Ada": (7, 2, 3),  # nothing was done at the evaluation: (8 + 6) / 2 against 3
        "Ben": (8, 1, 6),  # pain was asked after the evaluation, so something was done
        "Cleo": (8, 1, 6),  # a technique was used at it
        "Dora": (8, 1, 6),  # no visit names a technique, so its absence says nothing
        "Eli": (6, 1, 5),  # the evaluation was not rated
        "Fay": (8, 1, 5),  # visit 2 was not rated
        "Gil": (6, 3, 2),  # two evaluations: (8 + 6 + 4) / 3 all precede the first treatment
    }
    found = outcomes.episodes(store.open_for(owner), Filters(), today).set_index("episode_id")
    for name, wanted in expected.items():
        first, ratings, _, now, _ = facts.start_and_now(practice.episodes[name])
        row = found.loc[practice.episodes[name]]
        assert (first, ratings, now) == wanted, name
        assert (row["first_pain"], row["first_ratings"], row["latest_pain"]) == wanted, name
        assert row["pain_class"] == facts.pain_class(practice.episodes[name]), name


def wilson(k, n) -> tuple[float | None, float | None]:
    """By the closed formula."""
    if n == 0:
        return None, None
    z = stats.norm.ppf(0.975)
    middle = (k + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def share(count, of) -> float | None:
    return count / of if of else None


def plain_account(name, fated) -> dict:
    """One row of the account, from a list of fates."""
    row = {"injury_type": name, "episodes": len(fated)} | {fate: fated.count(fate) for fate in fates.FATES}
    row["closed"] = sum(fate != "still_in_care" for fate in fated)
    row["measured"] = sum(fate not in ("still_in_care", "no_second_reading") for fate in fated)
    row["judged"] = sum(fate not in ("still_in_care", "no_second_reading", "no_room") for fate in fated)
    row["not_judged"] = len(fated) - row["judged"]
    better, missing = fated.count("improved"), fated.count("no_second_reading")
    row["better_share"] = share(better, row["judged"])
    row["better_low"], row["better_high"] = wilson(better, row["judged"])
    row["range_low"] = share(better, row["judged"] + missing)
    row["range_high"] = share(better + missing, row["judged"] + missing)
    return row


def plain_accounts(fated: list[tuple[str, str]]) -> list[dict]:
    """The rows of the account, from injury type and fate of each episode."""
    groups = defaultdict(list)
    for injury, fate in fated:
        groups[injury].append(fate)
    rows = sorted((plain_account(*group) for group in groups.items()), key=lambda r: (-r["episodes"], r["injury_type"]))
    return [plain_account("All types", [fate for _, fate in fated]), *rows]


def test_the_account_of_everyone(window, facts, filters):
    fated = [
        (facts.name["injury_type"][facts.episode[key]["injury_type_id"]], facts.fate(key))
        for key in facts.chosen(filters, by_opening=True)
        if facts.visits.get(key)
    ]
    assert fated
    same(outcomes.told(window, filters, facts.today).accounts.to_dict("records"), plain_accounts(fated))


CLASSES = ("improved", "possibly_improved", "unchanged", "possibly_worse", "worse", "no_room", "insufficient_data")


@given(
    st.lists(st.tuples(st.sampled_from(["Fall", "Jaw", "Knee"]), st.booleans(), st.sampled_from(CLASSES)), max_size=60)
)
@settings(max_examples=40, deadline=None)
def test_the_account_of_any_episodes(drawn):
    types = sorted({injury for injury, _, _ in drawn})
    table = pd.DataFrame(
        {
            "injury_type_id": pd.Series([types.index(injury) for injury, _, _ in drawn], dtype="int64"),
            "injury_type": pd.Series([injury for injury, _, _ in drawn], dtype="str"),
            "closed": pd.Series([closed for _, closed, _ in drawn], dtype="bool"),
            "pain_class": pd.Series([found for _, _, found in drawn], dtype="str"),
        }
    )
    no_reading = {"insufficient_data": "no_second_reading"}
    fated = [(i, no_reading.get(found, found) if closed else "still_in_care") for i, closed, found in drawn]
    assert fates.fates(table).tolist() == [fate for _, fate in fated]
    found = fates.account(table)
    same(found.to_dict("records"), plain_accounts(fated))
    assert (found[list(fates.FATES)].sum(axis=1) == found["episodes"]).all()


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_wilsons_interval_by_its_closed_formula(pairs):
    low, high = estimates.wilson(pd.Series([min(pair) for pair in pairs]), pd.Series([max(pair) for pair in pairs]))
    expected = [wilson(min(pair), max(pair)) for pair in pairs]
    found = [(None, None) if pd.isna(a) else (a, b) for a, b in zip(low, high, strict=True)]
    for got, wanted in zip(found, expected, strict=True):
        assert got == wanted if None in wanted else got == pytest.approx(wanted, abs=1e-9)


def normal_above(z) -> float:
    return math.erfc(z / math.sqrt(2)) / 2


def plain_surprise(ratings, cut_off, mean, sd) -> float:
    """Minus the log likelihood of whole-number ratings from the part of a normal above the cut-off."""
    beyond, total = normal_above((cut_off - mean) / sd), 0.0
    for rating in ratings:
        rest = 0 if rating >= 10 else normal_above((rating + 0.5 - mean) / sd)
        total -= math.log((normal_above((rating - 0.5 - mean) / sd) - rest) / beyond)
    return total


@given(st.integers(0, 2**31), st.floats(4, 7), st.floats(1.2, 2.5))
@settings(max_examples=6, deadline=None)
def test_regression_to_the_mean_of_any_ratings(seed, mean, sd):
    ratings = sorted(int(pain) for pain in stats.norm.rvs(mean, sd, 300, random_state=seed).round().clip(0, 10))
    found = estimates.regression_to_the_mean(pd.Series(ratings, dtype=float), 0.75)
    cut_off = ratings[math.floor(0.1 * (len(ratings) - 1))] - 0.5
    above = [rating for rating in ratings if rating > cut_off]
    assert (found.cut_off, found.used) == (cut_off, len(above))
    fitted, spread = estimates.untruncated(pd.Series(above, dtype=float), cut_off)
    least = plain_surprise(above, cut_off, fitted, spread)
    beside = [plain_surprise(above, cut_off, fitted + a, spread + b) for a in (-0.1, 0, 0.1) for b in (-0.05, 0, 0.05)]
    assert least <= min(beside) + 1e-6
    z = (cut_off - fitted) / spread
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    assert found.points == pytest.approx(0.25 * spread * density / normal_above(z), abs=1e-9)


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
    readings, tools = defaultdict(lambda: defaultdict(list)), defaultdict(lambda: defaultdict(set))
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
                tools[series][number[key, m["session_id"]]].add(m["instrument"])
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
        # The instruments of the first and of the last visit at which one was written down.
        noted = tools[series]
        if reference is None or (noted and len(noted[min(noted)] | noted[max(noted)]) > 1):
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
    chosen = facts.chosen(filters, by_opening=False)
    begun = [facts.visits[key][0]["visited_on"] for key in chosen if key in facts.visits]
    first = filters.since or min([session["visited_on"] for session in sessions] + begun)
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
        for key in chosen:
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


@pytest.mark.parametrize("days", [30, 45, 60, 90])
def test_episodes_closed_at_any_number_of_days(window, facts, filters, days):
    closed = []
    for key in facts.chosen(filters, by_opening=False):
        if not facts.visits.get(key):
            continue
        last = max(visit["visited_on"] for visit in facts.visits[key])
        status = facts.status(key)[0]
        closed.append(status == "discharged" or (status == "lapsed" and (facts.today - last).days > days))
    assert caseload.closed_counts(window, filters, facts.today)[days] == sum(closed)
    found = outcomes.with_visits(outcomes.episodes(window, Filters(), facts.today))
    assert (closed_at(found, facts.today, 60) == found["closed"]).all()


def test_the_episodes_that_ended_in_a_period(window, facts, filters):
    fated = []
    for key in facts.chosen(filters, by_opening=False):
        _, ended, closed = facts.status(key)
        inside = closed and (filters.since or ended) <= ended <= (filters.until or ended)
        if facts.visits.get(key) and inside:
            fated.append(facts.fate(key))
    expected = plain_account("", fated)
    expected = {name: value for name, value in expected.items() if name not in ("injury_type", "still_in_care")}
    same(caseload.ended(window, filters, facts.today).to_dict("records"), [expected])
