"""Own numbers and the gap rule decide on client progress, in the outcomes and in the file, while they stand."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analytics import caseload, export, function, motion, outcomes, progress, sentences
from analytics.__main__ import main
from analytics.filters import Filters
from analytics.repeat_error import OwnError
from pages.parts import facts
from records import settings
from records import store as record_store
from tables import enter, practice_of

WORLD = """
    client | injury      | day        | before | discharged | reason    | knee flexion left
    Ada    | Knee sprain | 2026-09-01 | 7      | 2026-09-29 | goals_met | 100
    Ada    | Knee sprain | 2026-09-15 | 4      | 2026-09-29 | goals_met | 108
"""
KNEE_ERROR = {"purpose": "error", "scale": "nprs", "region": "knee", "points": "3.5", "confidence": "90 %",
              "source": "Smith 2020"}  # fmt: skip
OWN_WORDS = "90 %, knee, set by this practice: Smith 2020"


@pytest.fixture
def drawn(store, owner):
    """Ada's knee: pain 7 to 4, a fall of 3 (43 %); bending 100 to 108 degrees."""
    return practice_of(store, owner, WORLD)


def course(store, owner, drawn) -> progress.Course:
    return progress.pain_course(store.open_for(owner), drawn.clients["Ada"], drawn.episodes["Ada"])


def bending(store, owner, drawn) -> pd.Series:
    return motion.motion(store.open_for(owner), drawn.clients["Ada"], drawn.episodes["Ada"]).iloc[0]


def test_an_own_error_changes_the_verdict_on_client_progress_is_named_and_goes_with_its_withdrawal(store, owner, drawn):
    before = course(store, owner, drawn)
    assert before.verdict.name == "improved"  # 3 is more than 2.4
    number = settings.add(store, owner, "own_threshold", KNEE_ERROR)
    now = course(store, owner, drawn)
    assert now.verdict.name == "possibly_improved"  # 3 is less than 3.5
    assert now.verdict.error.cited == OWN_WORDS
    headline = sentences.pain_headline(now, "Knee pain", [])
    assert f"3.5 ({OWN_WORDS})" in headline.support
    assert "unverified" not in headline.lead + headline.support
    settings.withdraw(store, owner, "own_threshold", number, 1)
    assert course(store, owner, drawn) == before


def test_facts_kept_between_reruns_follow_a_change_of_numbers_at_once(store, owner, drawn):
    def kept():
        return facts.fact(progress.pain_course, store.open_for(owner), drawn.clients["Ada"], drawn.episodes["Ada"])

    assert kept().verdict.name == "improved"
    number = settings.add(store, owner, "own_threshold", KNEE_ERROR)
    assert kept().verdict.name == "possibly_improved"
    settings.change(store, owner, "own_threshold", number, 1, {"points": "2"})
    assert kept().verdict.name == "improved"
    assert kept().verdict.error.points == 2


def test_an_own_error_changes_the_outcomes_and_the_file_and_is_named_there(store, owner, drawn, today):
    def account():
        return outcomes.told(store.open_for(owner), Filters(), today).accounts.iloc[0]

    assert (account()["improved"], account()["possibly_improved"]) == (1, 0)
    settings.add(store, owner, "own_threshold", KNEE_ERROR)
    settings.add(
        store, owner, "own_threshold", KNEE_ERROR | {"purpose": "important", "points": "3", "confidence": None}
    )
    assert (account()["improved"], account()["possibly_improved"]) == (0, 1)
    ada = export.outcomes(store.open_for(owner), today).iloc[0]
    assert (ada["pain_class"], ada["error_points"], ada["error_source"]) == ("possibly_improved", 3.5, OWN_WORDS)
    assert (ada["important_points"], ada["important_source"]) == (3, "knee, set by this practice: Smith 2020")
    assert (ada["percent"], ada["percent_source"]) == (30, "chronic pain trials, n=2,724, Farrar 2001")


def test_the_command_writes_the_file_by_the_own_numbers_of_the_file_it_opens(
    store, owner, drawn, tmp_path, monkeypatch
):
    settings.add(store, owner, "own_threshold", KNEE_ERROR)
    store.close()
    monkeypatch.setenv("OUTCOMES_DATABASE", str(store.path))
    assert main(["outcomes", "--to", str(tmp_path / "out.csv")]) == 0
    written = pd.read_csv(tmp_path / "out.csv")
    assert written["pain_class"].tolist() == ["possibly_improved"]
    assert written["error_source"].tolist() == [OWN_WORDS]


def test_an_own_important_change_decides_a_score_and_says_so(store, owner, drawn):
    about = (drawn.clients["Ada"], drawn.episodes["Ada"])
    whose = dict(zip(("client_id", "episode_id"), about, strict=True))
    with store.change(owner, "create") as change:
        for session_id, day, value in zip(drawn.sessions, ("2026-09-01", "2026-09-15"), (40, 50), strict=True):
            scored = {"session_id": session_id, "scored_on": day, "scale": "lefs", "value": value}
            change.insert("score", whose | scored)

    def judged():
        (score,) = function.scores(store.open_for(owner), *about)
        return score.verdict

    assert judged().name == "improved"  # 10 is more than 9
    important = {"purpose": "important", "scale": "lefs", "points": "12", "source": "agreed in our team, 2026"}
    settings.add(store, owner, "own_threshold", important)
    assert judged().name == "unchanged"
    assert judged().important.cited == "any region, set by this practice: agreed in our team, 2026"


def test_other_pains_are_judged_by_the_own_number_of_their_region(store, owner, drawn):
    settings.add(store, owner, "own_threshold", KNEE_ERROR)
    series = pd.DataFrame(
        {
            "kind": ["now"] * 2,
            "region": ["knee"] * 2,
            "side": ["left"] * 2,
            "is_main": [False] * 2,
            "visit_number": [1, 2],
            "visited_on": pd.to_datetime(["2026-09-01", "2026-09-15"]),
            "pain_before": [7.0, 4.0],
            "pain_after": [None, None],
        }
    )
    visits = series[["visit_number", "visited_on"]]
    told = [progress.other_pains(series, visits, None, 1, *known)[0][1].name for known in ((), (store.instruments,))]
    assert told == ["improved", "possibly_improved"]


def test_an_own_error_of_a_motion_goes_before_the_measured_and_the_published_one(store, owner, drawn):
    measured = {("knee", "flexion", "active", "same"): OwnError(9.0, 60, 12)}
    gathered = pd.DataFrame(
        {
            "client_id": [1], "episode_id": [1], "joint": ["knee"], "movement": ["flexion"], "side": ["left"],
            "motion_type": ["active"], "first_deg": [100.0], "latest_deg": [108.0], "goal_deg": [None],
            "rater_changed": [False], "instrument_changed": [False],
        }
    ).astype({"goal_deg": "float64"})  # fmt: skip

    def error():
        row = motion.classed(gathered, measured, store.instruments).iloc[0]
        return row["error_deg"], row["motion_class"]

    assert error() == (9, "unchanged")
    assert bending(store, owner, drawn)["motion_class"] == "unchanged"  # 8 is less than the published 10
    number = {"purpose": "error", "joint": "knee", "movement": "flexion", "raters": "same", "points": "7",
              "source": "Smith 2020"}  # fmt: skip
    settings.add(store, owner, "own_threshold", number)
    assert error() == (7, "improved")
    row = bending(store, owner, drawn)
    assert (row["motion_class"], row["error_source"]) == (
        "improved", "level not stated, knee, set by this practice: Smith 2020",
    )  # fmt: skip
    assert motion.courses(store.open_for(owner), Filters())["motion_class"].tolist() == ["improved"]


def test_an_own_reference_is_the_range_and_the_hundred_percent_and_is_named(store, owner, drawn):
    before = bending(store, owner, drawn)
    assert (before["reference_name"], before["percent_reference"]) == ("AAOS to AMA", "AAOS 135")
    number = settings.add(
        store, owner, "own_reference",
        {"joint": "knee", "movement": "flexion", "motion_type": "active", "low_deg": "120", "high_deg": "140",
         "source": "our own healthy sides, 2025"},
    )  # fmt: skip
    row = bending(store, owner, drawn)
    assert (row["reference_low_deg"], row["reference_high_deg"], row["reference_name"]) == (120, 140, "Practice")
    assert (row["percent_of_reference"], row["percent_reference"]) == (100 * 108 / 120, "Practice 120")
    assert motion.reference_sources(pd.DataFrame([row])) == (
        "Reference of knee flexion: Practice, set by this practice: our own healthy sides, 2025",
    )
    table = outcomes.motion_percent(store.open_for(owner), Filters())
    assert table[["reference_name", "latest_percent"]].values.tolist() == [["Practice", 100 * 108 / 120]]
    settings.withdraw(store, owner, "own_reference", number, 1)
    assert bending(store, owner, drawn)["reference_name"] == "AAOS to AMA"


def test_a_reference_says_what_it_was_taken_from(store, owner, drawn):
    row = bending(store, owner, drawn)
    assert row["reference_source"].startswith("AAOS, ")
    assert "; AMA, " in row["reference_source"]


@pytest.mark.parametrize(("days", "closed"), [(30, 3), (45, 2), (60, 1), (90, 0)])
def test_the_gap_rule_the_practice_chose_closes_its_episodes_everywhere(
    empty_store_path, tmp_path, owner, today, days, closed
):
    store = record_store.open_store(Path(shutil.copy2(empty_store_path, tmp_path / "gap.duckdb")))
    # 31, 60 and 80 days before 20 November 2026: exactly so many days are still care.
    practice_of(store, owner, "client | day\nAda | 2026-10-20\nBen | 2026-10-01\nCleo | 2026-09-01")
    if days != 60:
        settings.save_practice(store, owner, 1, {"closed_after_days": str(days)})
    window = store.open_for(owner)
    assert int(outcomes.episodes(window, Filters(), today)["closed"].sum()) == closed
    assert int(caseload.ended(window, Filters(), today)["episodes"].iloc[0]) == closed
    assert int(export.outcomes(window, today)["closed"].notna().sum()) == closed
    assert caseload.closed_counts(window, Filters(), today) == {30: 3, 45: 2, 60: 1, 90: 0}
    store.close()


def test_how_long_another_episode_runs_on_follows_the_gap_rule(store, owner):
    drawn = practice_of(
        store, owner,
        """
        client | episode | injury      | day        | knee flexion right | knee flexion left
        Ada    | right   | Knee sprain | 2026-06-01 | 90                 | -
        Ada    | left    | Knee sprain | 2026-07-21 | 130                | 100
        """,
    )  # fmt: skip
    places = "episode | place | region | side\nright | 1 | knee | right\nleft | 1 | knee | left"
    enter(store, owner, drawn, "episode_region", places)

    def why():
        found = motion.motion(store.open_for(owner), drawn.clients["Ada"], drawn.episodes["left"])
        return found[found["side"] == "left"]["other_side_why"].iloc[0]

    assert why() == "both sides are affected, in two episodes"  # 50 days: still the first episode's time
    settings.save_practice(store, owner, 1, {"closed_after_days": "45"})
    assert pd.isna(why())
