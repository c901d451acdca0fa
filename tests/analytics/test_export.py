"""The practice's own table of outcomes: a row per episode, with what its classes were judged by."""

import datetime as dt

import pandas as pd
import pytest

from access import roles
from analytics import export
from records.errors import NotAllowed
from tables import enter, practice_of

WORLD = """
    client | injury         | cause        | day        | kind       | status | before | discharged | reason    | knee flexion left
    Ada    | Low back strain| auto_accident| 2026-03-02 | evaluation | kept   | 7      | 2026-04-01 | goals_met | -
    Ada    | Low back strain| auto_accident| 2026-03-16 | treatment  | kept   | 2      | 2026-04-01 | goals_met | -
    Ben    | Knee sprain    | sports       | 2026-11-02 | evaluation | kept   | 5      | -          | -         | 90
    Ben    | Knee sprain    | sports       | 2026-11-16 | treatment  | kept   | 6.5    | -          | -         | 130
    Cleo   | Jaw pain       | stress       | 2026-05-04 | evaluation | kept   | 4      | -          | -         | -
    Dan    | Neck pain      | unknown      | 2026-11-09 | contact    | kept   | -      | -          | -         | -
    Eve    | Knee sprain    | fall         | 2026-11-09 | evaluation | kept   | -      | -          | -         | 100
"""  # noqa: E501


@pytest.fixture
def table(store, owner, today) -> pd.DataFrame:
    """The table of the drawn world, a row per client's one episode."""
    entered = practice_of(store, owner, WORLD)
    enter(store, owner, entered, "episode_region", "episode | place | region | side\nAda | 1 | low_back | midline")
    found = export.outcomes(store.open_for(owner), today)
    names = {number: name for name, number in entered.clients.items()}
    return found.set_index(found["client_id"].map(names))


def test_there_is_a_row_per_episode_those_without_a_visit_among_them(table):
    assert sorted(table.index) == ["Ada", "Ben", "Cleo", "Dan", "Eve"]
    assert table["visits"].to_dict() == {"Ada": 2, "Ben": 2, "Cleo": 1, "Dan": 0, "Eve": 1}
    assert table["episode_id"].is_unique


def test_a_discharged_episode_says_when_what_and_by_which_numbers(table):
    ada = table.loc["Ada"]
    assert (ada["injury_type"], ada["cause"]) == ("Low back strain", "auto accident")
    assert (ada["opened"].date(), ada["closed"].date()) == (dt.date(2026, 3, 2), dt.date(2026, 4, 1))
    assert (ada["status"], ada["pain_class"], ada["fate"]) == ("discharged", "improved", "improved")
    assert (ada["first_pain"], ada["latest_pain"], ada["pain_fall"]) == (7, 2, 7 - 2)
    assert (ada["error_points"], ada["important_points"], ada["percent"]) == (2.4, 2, 30)
    assert ada["error_source"] == "90 %, low back, computed from SEM 1.02, Childs 2005"
    assert "Ostelo 2008" in ada["important_source"]
    assert "Ostelo 2008" in ada["percent_source"]


def test_more_pain_is_a_fall_below_0_and_an_open_episode_has_no_day_of_closing(table):
    ben = table.loc["Ben"]
    assert ben["pain_fall"] == 5 - 6.5
    assert pd.isna(ben["closed"])
    assert (ben["status"], ben["fate"]) == ("active", "still_in_care")


def test_a_threshold_of_another_region_says_what_it_is_used_for_want_of(table):
    assert table.loc["Ben", "error_source"].endswith("used here for want of a knee value")


def test_a_lapsed_episode_closes_on_the_first_day_without_a_visit_for_more_than_30_days(table):
    cleo = table.loc["Cleo"]
    assert cleo["closed"].date() == dt.date(2026, 5, 4) + dt.timedelta(days=31)
    assert (cleo["status"], cleo["fate"]) == ("lapsed", "no_second_reading")


def test_what_was_not_measured_is_missing_and_nothing_is_held_against_it(table):
    for client in ("Cleo", "Dan", "Eve"):
        assert table.loc[client, ["latest_pain", "pain_fall", *export.OF_THE_JUDGEMENT]].isna().all(), client
        assert table.loc[client, "pain_class"] == "insufficient_data"


def test_an_episode_without_a_visit_has_a_status_and_no_fate(table):
    assert table.loc["Dan", "status"] == "no_visit"
    assert table.loc["Dan", ["fate", "first_pain", "closed"]].isna().all()


def test_each_motion_that_occurs_has_four_columns_and_one_reading_says_why_it_has_no_class(table):
    motions = [name for name in table.columns if name.startswith("knee")]
    assert motions == [f"knee_flexion_left_active_{word}" for word in ("first_deg", "latest_deg", "class", "why")]
    assert table.loc["Ben", motions[:3]].tolist() == [90, 130, "improved"]
    assert pd.isna(table.loc["Ben", "knee_flexion_left_active_why"])
    assert table.loc["Eve", motions].isna().tolist() == [False, True, False, False]
    assert table.loc["Eve", motions[2:]].tolist() == ["insufficient_data", "measured at one visit only"]
    assert table.loc["Ada", motions].isna().all()


def test_every_row_is_marked_as_the_practices_own_copy(table):
    assert list(table.columns)[: len(export.OF_THE_EPISODE)] == list(export.OF_THE_EPISODE)
    assert table.columns[-1] == "marking"
    assert set(table["marking"]) == {"internal: the practice's own copy, not for release"}


def test_the_thresholds_written_are_those_the_class_was_judged_by(sample_store, owner, today):
    """Each class again from the row alone, by the rule in the order of the clinical reference, B3."""
    found = export.outcomes(sample_store.open_for(owner), today)
    judged = found[found["pain_class"] != "insufficient_data"]
    assert len(judged) > 30
    for row in judged.itertuples():
        most = max(row.important_points, row.error_points)
        reached = row.pain_fall >= row.important_points - 1e-9
        beyond = row.pain_fall >= most - 1e-9 and 100 * row.pain_fall >= row.percent * row.first_pain - 1e-7
        expected = (
            "worse"
            if row.pain_fall <= -most + 1e-9
            else "possibly_worse"
            if row.pain_fall <= -row.important_points + 1e-9
            else "no_room"
            if row.first_pain < most - 1e-9
            else "improved"
            if beyond
            else "possibly_improved"
            if reached
            else "unchanged"
        )
        assert row.pain_class == expected, row.episode_id


def test_a_practice_without_records_has_the_columns_and_no_row(store, owner, today):
    found = export.outcomes(store.open_for(owner), today)
    assert len(found) == 0
    assert list(found.columns) == [*export.OF_THE_EPISODE, *export.OF_THE_JUDGEMENT, "marking"]


def test_a_therapist_may_not_take_outcomes_out(store, therapist, today):
    with pytest.raises(NotAllowed, match="The role 'therapist' may not take outcomes out"):
        export.outcomes(store.open_for(therapist(7)), today)
    assert roles.viewer("anna", "owner").may(export.RIGHT)
