"""The invented practice: the same for the same arguments, whole, and full of everything a page must be able to show."""

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import pytest

import sample_data
from records import store
from records.errors import StoreExists
from sample_data.__main__ import main

UNTIL = dt.date(2026, 11, 20)
TRAIL = ("action", "audit", "audit_values", "schema_version")
OF_THE_MOMENT = ["action_id", "practice_id"]  # ids of the trail, made when it was written


def make(path, sessions=1000, seed=7, until=UNTIL):
    sample_data.make(path, sessions=sessions, seed=seed, until=until)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("invented")


@pytest.fixture(scope="module")
def practice(folder):
    """The default practice: 6,000 sessions, seed 7, as a connection whose tables need no prefix."""
    path = make(folder / "default.duckdb", sessions=6000)
    connection = duckdb.connect(":memory:")
    connection.execute(f"ATTACH '{path}' AS records (READ_ONLY)")
    connection.execute("USE records")
    connection.execute("CREATE TEMP TABLE until AS SELECT DATE '2026-11-20' AS today")
    yield connection
    connection.close()


def tables_of(path):
    with duckdb.connect(path, read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            name: connection.execute(f"SELECT * FROM {name}").df().drop(columns=OF_THE_MOMENT, errors="ignore")
            for name in names
            if name not in TRAIL
        }


def test_the_same_arguments_give_the_same_practice_table_by_table_ids_too(folder):
    one, two = tables_of(make(folder / "one.duckdb")), tables_of(make(folder / "two.duckdb"))
    assert one.keys() == two.keys()
    for name in one:
        pd.testing.assert_frame_equal(one[name], two[name], obj=name)


@pytest.mark.parametrize(
    "changed", [{"seed": 8}, {"until": dt.date(2026, 11, 13)}, {"sessions": 1200}], ids=["seed", "until", "sessions"]
)
def test_another_argument_gives_another_practice(folder, changed):
    one = tables_of(make(folder / f"this_{next(iter(changed))}.duckdb"))
    other = tables_of(make(folder / f"other_{next(iter(changed))}.duckdb", **changed))
    assert not one["session"].equals(other["session"])
    assert not one["rating"].equals(other["rating"])


def test_there_are_as_many_sessions_as_asked_less_at_most_one_client(folder):
    for sessions in (500, 1000, 2500):
        path = make(folder / f"count_{sessions}.duckdb", sessions=sessions)
        found = len(tables_of(path)["session"])
        assert sessions - 80 < found <= sessions


def test_the_store_is_whole_is_marked_as_a_sample_and_tells_how_it_was_made(folder):
    opened = store.open_store(make(folder / "whole.duckdb"))
    try:
        assert opened.integrity().empty
        assert opened.is_sample
    finally:
        opened.close()
    with duckdb.connect(folder / "whole.duckdb", read_only=True) as connection:
        what, reason = connection.execute("SELECT what, reason FROM action").fetchone()
        assert (what, reason) == ("invent", "invented: sessions 1000, seed 7, until 2026-11-20")
        counted = connection.execute(
            "SELECT CAST(after ->> '$.rows' AS INTEGER) FROM audit JOIN audit_values USING (seq)"
            " WHERE table_name = 'session'"
        ).fetchone()[0]
        assert counted == connection.execute("SELECT count(*) FROM session").fetchone()[0]


def test_no_two_records_of_any_kind_share_an_id(practice):
    tables = ("client", "episode", "session", "rating", "motion", "score", "goal", "referral", "office", "therapist")
    union = " UNION ALL ".join(f"SELECT {table}_id AS id FROM {table}" for table in (*tables, "injury_type"))
    total, different = practice.execute(f"SELECT count(id), count(DISTINCT id) FROM ({union})").fetchone()
    assert total == different


# Each line of the table: what the practice promises, and a query that is true when it is there.
PROMISED = [
    ("all eleven causes", "SELECT count(DISTINCT cause) = 11 FROM episode"),
    ("a dozen injury types and more", "SELECT count(DISTINCT injury_type_id) >= 12 FROM episode"),
    ("all eighteen regions", "SELECT count(DISTINCT region) = 18 FROM episode_region"),
    ("left, right, both and midline", "SELECT count(DISTINCT side) = 4 FROM episode_region"),
    ("three offices, seven therapists", "SELECT count(DISTINCT office_id) = 3 AND count(DISTINCT therapist_id) = 7 FROM session"),
    ("one therapist with five times another's sessions", "SELECT max(n) > 5 * min(n) FROM (SELECT count(*) AS n FROM session GROUP BY therapist_id)"),
    ("a name over sixty characters", "SELECT count(*) > 0 FROM client WHERE length(name) > 60"),
    ("names in Arabic, Chinese, Devanagari, Cyrillic and Greek letters", r"SELECT min(n) > 0 FROM (SELECT count(*) FILTER (regexp_matches(name, script)) AS n FROM client, unnest(['\p{Arabic}', '\p{Han}', '\p{Devanagari}', '\p{Cyrillic}', '\p{Greek}']) AS s(script) GROUP BY script)"),
    ("names with an apostrophe", "SELECT count(*) > 0 FROM client WHERE name LIKE '%''%'"),
    ("a minor with a guardian", "SELECT count(*) > 0 FROM client, until WHERE birth_date > today - INTERVAL 13 YEAR AND guardian IS NOT NULL"),
    ("an auto claim and a work claim of one person at one time", "SELECT count(*) > 0 FROM episode AS a JOIN episode AS w USING (client_id) WHERE a.cause = 'auto_accident' AND w.cause = 'workplace' AND w.opened_on BETWEEN a.opened_on AND coalesce(a.discharged_on, DATE '2026-11-20')"),
    ("visits that serve two episodes, minutes shared", "SELECT count(*) > 0 FROM (SELECT session_id FROM session_part GROUP BY session_id HAVING count(*) = 2 AND min(minutes) > 0)"),
    ("three episodes of one person", "SELECT max(n) = 3 FROM (SELECT count(*) AS n FROM episode GROUP BY client_id)"),
    ("a start at pain 10", "SELECT count(*) > 0 FROM (SELECT arg_min(pain, rated_on) AS first FROM rating WHERE kind = 'now' AND moment = 'before' GROUP BY episode_id) WHERE first = 10"),
    ("starts so low that there is little room", "SELECT count(*) > 0 FROM (SELECT arg_min(pain, rated_on) AS first FROM rating WHERE kind = 'now' AND moment = 'before' GROUP BY episode_id) WHERE first <= 2"),
    ("pain in halves", "SELECT count(*) > 0 FROM rating WHERE pain <> floor(pain)"),
    ("worst pain since the last visit", "SELECT count(*) > 0 FROM rating WHERE kind = 'worst' AND moment = 'between'"),
    ("two regions rated in one episode", "SELECT count(*) > 0 FROM (SELECT episode_id FROM rating GROUP BY episode_id HAVING count(DISTINCT region) = 2)"),
    ("a pause of more than 60 days inside an episode", "SELECT count(*) > 0 FROM (SELECT visited_on - lag(visited_on) OVER (PARTITION BY episode_id ORDER BY visited_on) AS pause FROM session_part JOIN session USING (session_id, visited_on) WHERE status = 'kept' AND kind <> 'contact') WHERE pause > 60"),
    ("people in care, some on hold", "SELECT count(*) FILTER (on_hold) > 0 AND count(*) FILTER (NOT on_hold) > 0 FROM episode WHERE discharged_on IS NULL"),
    ("people who fell silent and were never discharged", "SELECT count(*) > 0 FROM (SELECT max(visited_on) AS last FROM session_part JOIN episode USING (episode_id) WHERE discharged_on IS NULL GROUP BY episode_id), until WHERE last < today - 60"),
    ("every discharge reason", "SELECT count(DISTINCT e.discharge_reason) = (SELECT count(*) FROM discharge_reason) FROM episode AS e"),
    ("no-shows, late cancels and bookings ahead", "SELECT count(DISTINCT status) = 4 FROM session"),
    ("contacts 3, 6 and 12 months after discharge, with ratings", "SELECT count(DISTINCT round((rated_on - discharged_on) / 91.0)) FILTER (round((rated_on - discharged_on) / 91.0) IN (1, 2, 4)) = 3 FROM rating JOIN session USING (session_id) JOIN episode USING (episode_id) WHERE kind_1 = 'contact'"),
    ("episodes read only once", "SELECT count(*) > 0 FROM (SELECT episode_id FROM rating WHERE moment = 'before' GROUP BY episode_id HAVING count(DISTINCT rated_on) = 1)"),
    ("visits with nothing read", "SELECT count(*) > 0 FROM session ANTI JOIN rating USING (session_id) WHERE status = 'kept' AND kind = 'treatment'"),
    ("shoulders beyond the reference, as swimmers have", "SELECT max(degrees) > 195 FROM motion WHERE joint = 'shoulder' AND movement = 'flexion'"),
    ("a joint that does not come back to zero", "SELECT count(*) > 0 FROM motion WHERE joint = 'knee' AND movement = 'extension' AND degrees < -5"),
    ("the other side as a comparison", "SELECT count(*) > 0 FROM motion JOIN episode_region USING (episode_id) WHERE place = 1 AND episode_region.side IN ('left', 'right') AND motion.side <> episode_region.side"),
    ("active and passive, before and after, repeats", "SELECT count(DISTINCT motion_type) = 2 AND count(DISTINCT moment) = 2 AND max(repeat_number) = 2 FROM motion"),
    ("a change of instrument inside a series", "SELECT count(*) > 0 FROM (SELECT episode_id FROM motion GROUP BY episode_id HAVING count(DISTINCT instrument) > 1)"),
    ("a change of rater inside a series", "SELECT count(*) > 0 FROM (SELECT episode_id FROM motion GROUP BY episode_id HAVING count(DISTINCT rater_id) > 1)"),
    ("a rater who reads to the nearest five degrees", "SELECT bool_or(fives) FROM (SELECT bool_and(degrees % 5 = 0) AS fives FROM motion WHERE rater_id IS NOT NULL GROUP BY rater_id)"),
    ("function by region, wellness, impression of change, girth", "SELECT list_sort(list(DISTINCT scale)) = ['energy', 'lefs', 'limb_girth', 'ndi_percent', 'odi', 'pgic_immpact', 'psfs', 'quickdash', 'sleep', 'stress'] FROM score"),
    ("girth of both arms at four landmarks", "SELECT count(DISTINCT item) = 4 AND count(DISTINCT side) = 2 FROM score WHERE scale = 'limb_girth'"),
    ("goals for pain, motion, score and in words with a date", "SELECT count(DISTINCT measure) = 4 AND count(*) FILTER (measure = 'words' AND due_on IS NOT NULL) > 0 FROM goal"),
    ("medication, work status and daily words, said twice", "SELECT count(DISTINCT kind) = 3 AND max(n) > 1 FROM (SELECT kind, count(*) AS n FROM dated_entry GROUP BY kind, episode_id)"),
    ("orders that end within two weeks while treatment goes on", "SELECT count(*) > 0 FROM referral JOIN episode USING (episode_id), until WHERE discharged_on IS NULL AND expires_on BETWEEN today AND today + 14"),
    ("orders overrun", "SELECT count(*) > 0 FROM (SELECT episode_id, sum(visits_ordered) AS ordered FROM referral GROUP BY episode_id) JOIN (SELECT episode_id, count(*) AS used FROM session_part WHERE minutes > 0 GROUP BY episode_id) USING (episode_id) WHERE used > ordered"),
    ("second orders", "SELECT count(*) > 0 FROM (SELECT episode_id FROM referral GROUP BY episode_id HAVING count(*) = 2)"),
    ("home exercise done in part, and more than was asked", "SELECT count(*) FILTER (home_done < home_prescribed) > 0 AND count(*) FILTER (home_done > home_prescribed) > 0 FROM session_part"),
    ("one to four techniques a visit, all fourteen of them", "SELECT min(n) = 1 AND max(n) = 4 AND (SELECT count(DISTINCT technique) = 14 FROM technique_use) FROM (SELECT count(*) AS n FROM technique_use GROUP BY session_id, episode_id)"),
    ("adverse reactions, marked flares, notes", "SELECT count(adverse_reaction) > 0 AND count(flare_marked) > 0 AND count(note) > 0 FROM session_part"),
    ("danger signs asked, found, and called about", "SELECT (SELECT count(*) FROM session WHERE red_flags_asked) > 0 AND (SELECT count(*) FROM red_flag_found) > 0 AND (SELECT count(*) FROM call_made) > 0"),
    ("start times, and some missing", "SELECT count(start_time) > 0 AND count(start_time) < count(*) FROM session"),
    ("thin weeks at Christmas", "SELECT count(*) FILTER (visited_on BETWEEN DATE '2025-12-22' AND DATE '2026-01-02') < 0.6 * count(*) FILTER (visited_on BETWEEN DATE '2025-12-08' AND DATE '2025-12-19') FROM session WHERE status = 'kept' AND kind <> 'contact'"),
    ("a caseload that grows", "SELECT count(*) FILTER (visited_on > DATE '2025-11-20') > 1.2 * count(*) FILTER (visited_on BETWEEN DATE '2024-11-21' AND DATE '2025-11-20') FROM session"),
]  # fmt: skip


@pytest.mark.parametrize("query", [query for _, query in PROMISED], ids=[feature for feature, _ in PROMISED])
def test_the_default_practice_has(practice, query):
    assert practice.execute(query).fetchone()[0]


# Each line of the table: what must not be, and a query that counts it.
NEVER = [
    ("a visit after the last day", "SELECT count(*) FROM session, until WHERE visited_on > today AND status <> 'booked'"),
    ("a booking in the past", "SELECT count(*) FROM session, until WHERE visited_on <= today AND status = 'booked'"),
    ("pain outside 0 to 10 or between halves", "SELECT count(*) FROM rating WHERE pain NOT BETWEEN 0 AND 10 OR pain * 2 <> floor(pain * 2)"),
    ("a reading without a kept session", "SELECT count(*) FROM (SELECT session_id FROM rating UNION ALL SELECT session_id FROM motion UNION ALL SELECT session_id FROM score) JOIN session USING (session_id) WHERE status <> 'kept'"),
    ("a part of a degree", "SELECT count(*) FROM motion WHERE degrees <> floor(degrees)"),
    ("techniques longer than their visit", "SELECT count(*) FROM session_part AS p JOIN (SELECT session_id, episode_id, sum(minutes) AS used FROM technique_use GROUP BY ALL) USING (session_id, episode_id) WHERE used > p.minutes"),
    ("a session over an hour", "SELECT count(*) FROM (SELECT sum(minutes) AS m FROM session_part GROUP BY session_id) WHERE m > 60"),
    ("a Saturday or Sunday", "SELECT count(*) FROM session WHERE isodow(visited_on) > 5"),
    ("a visit before its episode opens or after it closes", "SELECT count(*) FROM session_part JOIN session USING (session_id, visited_on) JOIN episode USING (episode_id) WHERE status = 'kept' AND kind <> 'contact' AND (visited_on < opened_on OR visited_on > discharged_on)"),
    ("an episode that opens on another day than its first visit", "SELECT count(*) FROM (SELECT episode_id, min(visited_on) AS first FROM session_part JOIN session USING (session_id, visited_on) WHERE status = 'kept' GROUP BY episode_id) JOIN episode USING (episode_id) WHERE first <> opened_on"),
    ("a man in pregnancy care", "SELECT count(*) FROM episode JOIN client USING (client_id) WHERE injury_type_id = 8 AND sex <> 'female'"),
    ("a minor without a guardian", "SELECT count(*) FROM client JOIN episode USING (client_id) WHERE birth_date > opened_on - INTERVAL 18 YEAR AND guardian IS NULL"),
    ("readings out of the order of client, episode and date", "SELECT count(*) FROM (SELECT (client_id, episode_id, measured_on) < lag((client_id, episode_id, measured_on)) OVER (ORDER BY motion_id) AS back FROM motion) WHERE back"),
]  # fmt: skip


@pytest.mark.parametrize("query", [query for _, query in NEVER], ids=[feature for feature, _ in NEVER])
def test_the_default_practice_never_has(practice, query):
    assert practice.execute(query).fetchone()[0] == 0


def first_and_last_pain(practice):
    """Pain before treatment at the first and at the latest visit of each episode, and how many visits it had."""
    return practice.execute(
        """
        SELECT arg_min(pain, rated_on)::DOUBLE AS first, arg_max(pain, rated_on)::DOUBLE AS last, count(*) AS visits
        FROM rating JOIN episode_region USING (episode_id, region)
        WHERE kind = 'now' AND moment = 'before' AND place = 1
        GROUP BY episode_id
        """
    ).df()


def test_most_improve_some_do_not_and_a_few_get_worse(practice):
    course = first_and_last_pain(practice).query("visits >= 5 and first >= 3")
    fell = course["first"] - course["last"]
    assert 0.45 < (fell >= 2).mean() < 0.8
    assert 0.15 < (fell.abs() < 2).mean() < 0.5
    assert 0.02 < (fell <= -2).mean() < 0.15


def test_improvement_comes_early_and_then_slows(practice):
    by_visit = (
        practice.execute(
            """
        WITH numbered AS (
            SELECT pain, row_number() OVER (PARTITION BY episode_id ORDER BY rated_on) AS visit,
                count(*) OVER (PARTITION BY episode_id) AS visits
            FROM rating JOIN episode_region USING (episode_id, region)
            WHERE kind = 'now' AND moment = 'before' AND place = 1
        )
        SELECT visit, avg(pain)::DOUBLE AS pain FROM numbered WHERE visits >= 9 GROUP BY visit
        """
        )
        .df()
        .set_index("visit")["pain"]
    )
    assert by_visit[1] - by_visit[4] > 2 * (by_visit[6] - by_visit[9]) > 0


def test_about_one_rating_in_twenty_is_missing_before_and_one_in_eleven_after(practice):
    # 0.95 and 0.91 of the visits at which anything was read; a visit at which nothing was read has no worst pain either.
    shares = practice.execute(
        """
        WITH asked AS (SELECT DISTINCT session_id, episode_id FROM rating JOIN session USING (session_id)
            WHERE session.kind <> 'contact')
        SELECT
            count(DISTINCT (r.session_id, r.episode_id)) FILTER (moment = 'before') / (SELECT count(*) FROM asked),
            count(DISTINCT (r.session_id, r.episode_id)) FILTER (moment = 'after') / (SELECT count(*) FROM asked)
        FROM rating AS r JOIN episode_region USING (episode_id, region) WHERE kind = 'now' AND place = 1
        """
    ).fetchone()
    assert shares == (pytest.approx(0.955, abs=0.015), pytest.approx(0.915, abs=0.015))


def test_there_are_about_three_motion_readings_to_a_session(practice):
    readings, sessions = practice.execute(
        "SELECT (SELECT count(*) FROM motion), (SELECT count(*) FROM session)"
    ).fetchone()
    assert 2.6 < readings / sessions < 3.4


def test_the_very_good_and_the_bad_leave_earlier_than_the_rest(practice):
    """Of the visits 3 to 6, after how many nobody came again, by how it stood then; people still in care left out."""
    visits = practice.execute(
        """
        WITH rated AS (
            SELECT episode_id, rated_on, pain::DOUBLE AS pain,
                first_value(pain::DOUBLE) OVER course AS first,
                row_number() OVER course AS visit,
                lead(rated_on) OVER course AS next
            FROM rating JOIN episode_region USING (episode_id, region)
            WHERE kind = 'now' AND moment = 'before' AND place = 1
            WINDOW course AS (PARTITION BY episode_id ORDER BY rated_on)
        )
        SELECT first, pain, next IS NULL AS left_now FROM rated, until
        WHERE visit BETWEEN 3 AND 6 AND first >= 4 AND rated_on < today - 60
        """
    ).df()
    stood = np.select(
        [visits["pain"] <= 0.3 * visits["first"], visits["pain"] >= visits["first"]], ["very good", "bad"], "between"
    )
    left = visits.groupby(stood)["left_now"].mean()
    assert left["very good"] > 1.3 * left["between"]
    assert left["bad"] > 1.3 * left["between"]


def test_a_file_that_stands_already_is_refused_and_left_as_it_is(folder, capsys):
    standing = folder / "standing.duckdb"
    standing.write_text("somebody's records")
    with pytest.raises(StoreExists):
        make(standing)
    assert main(["--to", str(standing)]) == 1
    assert "already exists" in capsys.readouterr().err
    assert standing.read_text() == "somebody's records"


@pytest.mark.parametrize(
    ("argument", "value", "words"),
    [
        ("--sessions", "10", "500 or more"),
        ("--seed", "minus one", "whole number"),
        ("--until", "20.11.2026", "2026-11-20"),
    ],
)
def test_wrong_usage_is_answered_with_what_would_be_right(folder, capsys, argument, value, words):
    with pytest.raises(SystemExit) as stopped:
        main([argument, value, "--to", str(folder / "never.duckdb")])
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err
    assert not (folder / "never.duckdb").exists()


def test_the_command_invents_up_to_today_unless_told_otherwise(folder, capsys, monkeypatch):
    monkeypatch.setenv("OUTCOMES_TODAY", "2025-06-30")
    path = folder / "command.duckdb"
    assert main(["--sessions", "600", "--to", str(path)]) == 0
    assert "Nothing in it is a finding" in capsys.readouterr().out
    kept = tables_of(path)["session"].query("status == 'kept'")
    assert dt.date(2025, 6, 1) < kept["visited_on"].max().date() <= dt.date(2025, 6, 30)
