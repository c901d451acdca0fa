"""The invented practice: the same for the same arguments, whole, and full of everything a page must be able to show."""

import datetime as dt
import tomllib
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

import sample_data
from records import store
from records.errors import StoreExists
from sample_data.__main__ import main

UNTIL = dt.date(2026, 11, 20)
HERE = Path(__file__).parent
PROMISED = tomllib.loads((HERE / "promised.toml").read_text(encoding="utf-8"))
NEVER = tomllib.loads((HERE / "never.toml").read_text(encoding="utf-8"))
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


@pytest.fixture(scope="module")
def small(folder):
    """A practice of 1,000 sessions, seed 7."""
    return make(folder / "small.duckdb")


def test_the_same_arguments_give_the_same_practice_table_by_table_ids_too(folder, small):
    one, two = tables_of(small), tables_of(make(folder / "again.duckdb"))
    assert one.keys() == two.keys()
    for name in one:
        pd.testing.assert_frame_equal(one[name], two[name], obj=name)


@pytest.mark.parametrize(
    "changed", [{"seed": 8}, {"until": dt.date(2026, 11, 13)}, {"sessions": 1200}], ids=["seed", "until", "sessions"]
)
def test_another_argument_gives_another_practice(folder, small, changed):
    one, other = tables_of(small), tables_of(make(folder / f"other_{next(iter(changed))}.duckdb", **changed))
    assert not one["session"].equals(other["session"])
    assert not one["rating"].equals(other["rating"])


def test_there_are_as_many_sessions_as_asked_less_at_most_one_client(folder):
    for sessions in (500, 2500):
        path = make(folder / f"count_{sessions}.duckdb", sessions=sessions)
        assert sessions - 80 < len(tables_of(path)["session"]) <= sessions


def test_the_store_is_whole_is_marked_as_a_sample_and_tells_how_it_was_made(small):
    opened = store.open_store(small)
    try:
        assert opened.integrity().empty
        assert opened.is_sample
    finally:
        opened.close()
    with duckdb.connect(small, read_only=True) as connection:
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


@pytest.mark.parametrize("query", PROMISED.values(), ids=PROMISED.keys())
def test_the_default_practice_has(practice, query):
    assert practice.execute(query).fetchone()[0]


@pytest.mark.parametrize("query", NEVER.values(), ids=NEVER.keys())
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
    # 0.95 and 0.91 of the visits at which anything was read.
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
