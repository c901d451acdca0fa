"""What became of the people with each injury: who came, what was measured, how pain and motion went."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from analytics import outcomes
from analytics.filters import Filters
from tables import enter, practice_of, rows

EVERYTHING = Filters()


def by_type(store, viewer, today, filters=EVERYTHING) -> dict[str, dict]:
    table = outcomes.told(store.open_for(viewer), filters, today).types
    return {row["injury_type"]: row for row in table.to_dict("records")}


def test_everyone_counts_and_means_describe_those_measured_twice(store, owner, today):
    practice_of(
        store,
        owner,
        """
        client | injury      | day        | before
        Ada    | Knee sprain | 2026-11-02 | 8
        Ada    | Knee sprain | 2026-11-09 | 2
        Ben    | Knee sprain | 2026-11-02 | 6
        Ben    | Knee sprain | 2026-11-09 | 5
        Cleo   | Knee sprain | 2026-11-02 | 10
        Dan    | Knee sprain | 2026-11-02 | -
        Eve    | Jaw pain    | 2026-11-02 | 4
        """,
    )
    types = by_type(store, owner, today)
    assert list(types) == ["Knee sprain", "Jaw pain"]  # most episodes first
    knee = types["Knee sprain"]
    assert (knee["clients"], knee["episodes"], knee["sessions"], knee["measured_twice"]) == (4, 4, 6, 2)
    assert (knee["pain_first_mean"], knee["pain_latest_mean"]) == ((8 + 6) / 2, (2 + 5) / 2)
    # Falls 6 and 1: mean 3.5, sd 5 / sqrt 2; t(1, 97.5 %) = 12.7062; half width 12.7062 * 3.53553 / sqrt 2 = 31.7655.
    assert knee["pain_change_mean"] == (6 + 1) / 2
    assert knee["pain_change_high"] - 3.5 == pytest.approx(31.7655, abs=1e-4)
    assert knee["pain_change_low"] == pytest.approx(3.5 - 31.7655, abs=1e-4)
    jaw = types["Jaw pain"]
    assert jaw["measured_twice"] == 0
    assert all(math.isnan(jaw[name]) for name in ("pain_first_mean", "pain_change_mean", "pain_change_low"))


def test_one_episode_measured_twice_has_a_mean_and_no_interval(store, owner, today):
    practice_of(store, owner, "client | day | before\nAda | 2026-11-02 | 8\nAda | 2026-11-09 | 2")
    (only,) = by_type(store, owner, today).values()
    assert (only["measured_twice"], only["pain_change_mean"]) == (1, 6)
    assert math.isnan(only["pain_change_low"])


def test_a_client_with_two_episodes_of_a_type_is_one_client(store, owner, today):
    practice_of(store, owner, "client | episode | day\nAda | spring | 2026-03-02\nAda | autumn | 2026-11-02")
    (only,) = by_type(store, owner, today).values()
    assert (only["clients"], only["episodes"], only["sessions"]) == (1, 2, 2)


def test_visits_are_summed_up_over_closed_episodes_only(store, owner, today):
    drawn = ["client | day | discharged"]
    for client, visits, month, discharged in (
        ("Ada", 1, 1, "2026-02-01"),
        ("Ben", 2, 1, "2026-02-01"),
        ("Cleo", 4, 1, "-"),  # lapsed in January: closed
        ("Dan", 9, 11, "-"),  # still in care
    ):
        drawn += [f"{client} | 2026-{month:02}-{day:02} | {discharged}" for day in range(2, 2 + visits)]
    drawn += ["Eve | 2026-09-21 | -"]  # 60 days before today: lapsed, not closed yet
    practice_of(store, owner, "\n".join(drawn))
    (only,) = by_type(store, owner, today).values()
    # 1, 2, 4: quartiles by linear interpolation at 0.25 * 2 = 0.5 and 0.75 * 2 = 1.5.
    assert (only["closed"], only["visits_q1"], only["visits_median"], only["visits_q3"]) == (3, 1.5, 2, 3)
    counts = outcomes.visits_per_episode(outcomes.episodes(store.open_for(owner), EVERYTHING, today))
    assert counts.values.tolist() == [[1, 1, 1], [2, 1, 0], [4, 1, 0], [9, 0, 1]]


def test_an_episode_of_contacts_only_is_left_out_and_can_be_counted(store, owner, today):
    practice_of(
        store,
        owner,
        """
        client | day        | kind      | before | discharged
        Ada    | 2026-11-02 | contact   | 5      | 2026-11-03
        Ben    | 2026-11-02 | treatment | 6      | -
        """,
    )
    (only,) = by_type(store, owner, today).values()
    assert (only["episodes"], only["sessions"], only["closed"], only["measured_twice"]) == (1, 1, 0, 0)
    episodes = outcomes.episodes(store.open_for(owner), EVERYTHING, today)
    assert len(episodes) - len(outcomes.with_visits(episodes)) == 1
    assert episodes["pain_readings"].tolist() == [0, 1]
    assert outcomes.visits_per_episode(episodes)["visits"].tolist() == [1]


def test_the_period_asks_when_an_episode_opened(store, owner, today):
    practice_of(
        store,
        owner,
        """
        client | opened     | day        | therapist | office | cause  | injury
        Ada    | 2026-03-01 | 2026-03-02 | Kim       | North  | sports | Knee sprain
        Ben    | 2026-03-31 | 2026-04-02 | Lou       | North  | sports | Jaw pain
        Cleo   | 2026-04-01 | 2026-04-02 | Kim       | South  | fall   | Knee sprain
        """,
    )

    def count(**chosen):
        return len(outcomes.episodes(store.open_for(owner), Filters(**chosen), today))

    assert count(since=dt.date(2026, 3, 31)) == 2  # both ends are included
    assert count(until=dt.date(2026, 3, 31)) == 2
    assert count(since=dt.date(2026, 3, 2), until=dt.date(2026, 3, 31)) == 1
    assert count(cause="sports") == 2
    assert count(cause="sports", until=dt.date(2026, 3, 1)) == 1


def test_pain_by_visit_number_says_how_many_stand_behind_each_mean(store, owner):
    practice_of(
        store,
        owner,
        """
        client | day        | before | after
        Ada    | 2026-03-02 | 8      | 5
        Ada    | 2026-03-09 | -      | -
        Ada    | 2026-03-16 | 2      | -
        Ben    | 2026-03-02 | 6      | -
        Ben    | 2026-03-09 | 4      | -
        Cleo   | 2026-03-02 | 7      | 1
        """,
    )
    pain = outcomes.pain_by_visit(store.open_for(owner), EVERYTHING)
    assert pain["visit_number"].tolist() == [1, 2, 3]
    assert pain["n_before"].tolist() == [3, 1, 1]
    assert pain["mean_before"].tolist() == [(8 + 6 + 7) / 3, 4, 2]
    assert pain["n_after"].tolist() == [2, 0, 0]
    assert pain["mean_after"].isna().tolist() == [False, True, True]
    assert pain["mean_after"][0] == (5 + 1) / 2
    # 8, 6, 7: sd 1, t(2, 97.5 %) = 4.302653, half width 4.302653 / sqrt 3 = 2.484138.
    assert pain["high_before"][0] == pytest.approx(7 + 2.484138, abs=1e-6)
    assert pain["low_before"].isna().tolist() == [False, True, True]  # one reading has no interval


@pytest.mark.parametrize(
    ("rated", "turn"),
    [
        ([10, 8, 5, 4, 1], 3),  # 5 of 10 is half
        ([9, 5, 4], 2),
        ([4, 4, 2], None),
        ([3], None),
        ([10, 4, 6], 1),  # once under half is the end of it, also when more come back
        ([], None),
    ],
)
def test_the_last_visit_at_which_half_are_still_rated(rated, turn):
    pain = pd.DataFrame({"visit_number": range(1, len(rated) + 1), "n_before": rated})
    assert outcomes.half_at(pain) == turn


def motion_rows(store, owner, drawn, regions=None, born=None):
    """`outcomes.motion_percent` of a drawn practice; everyone is born on one day."""
    entered = practice_of(store, owner, drawn)
    if regions:
        enter(store, owner, entered, "episode_region", regions)
    if born:
        with store.change(owner, "correct") as change:
            for client in entered.clients.values():
                change.correct("client", client, 1, {"birth_date": born, "sex": "female"})
    return outcomes.motion_percent(store.open_for(owner), EVERYTHING).to_dict("records")


TWO_KNEES = """
    client | day        | knee flexion left | knee flexion right
    Ada    | 2026-03-02 | 81                | 135
    Ada    | 2026-03-09 | 100               | 137
    Ada    | 2026-03-16 | 108               | 140
"""


def test_motion_is_percent_of_the_reference_first_against_latest(store, owner):
    (row,) = motion_rows(store, owner, TWO_KNEES, "episode | place | region | side\nAda | 1 | knee | left")
    # AAOS knee flexion 135: 81 / 135 = 60 %, 108 / 135 = 80 %. The right knee is well and not in it.
    assert (row["name"], row["motion_type"], row["n"]) == ("Knee flexion", "active", 1)
    assert (row["start_percent"], row["latest_percent"]) == (60, 80)
    assert (row["reference_name"], row["left_out"]) == ("AAOS", 0)
    assert math.isnan(row["start_low"])


# The left knee starts at 81 / 135 = 60 % of AAOS, the right one at 135 / 135 = 100 %; both together at 80 %.
@pytest.mark.parametrize(
    ("regions", "start_percent"),
    [
        (None, 80),  # about no side in particular
        ("Ada | 1 | knee | both", 80),
        ("Ada | 1 | low_back | midline", 80),
        ("Ada | 1 | knee | left\nAda | 2 | low_back | midline", 60),  # a midline complaint makes no second knee ill
        ("Ada | 1 | knee | left\nAda | 2 | knee | right", 80),
        ("Ada | 1 | neck | both\nAda | 2 | knee | left", 60),  # what is said of the neck is not said of the knees
        ("Ada | 1 | thigh | left", 60),  # nothing said of the knee itself
    ],
)
def test_only_affected_sides_count_and_an_episode_counts_once(store, owner, regions, start_percent):
    (row,) = motion_rows(store, owner, TWO_KNEES, regions and f"episode | place | region | side\n{regions}")
    assert (row["n"], row["start_percent"]) == (1, start_percent)


def test_the_change_in_motion_is_taken_within_each_episode(store, owner):
    drawn = """
    client | day        | knee flexion left
    Ada    | 2026-03-02 | 81
    Ada    | 2026-03-09 | 108
    Ben    | 2026-03-02 | 108
    Ben    | 2026-03-09 | 121.5
    """
    (row,) = motion_rows(store, owner, drawn)
    # Ada 60 to 80, Ben 80 to 90: changes 20 and 10, mean 15, sd 7.0711; t(1) = 12.706, half width 12.706 * 5 = 63.53.
    assert row["change_percent"] == pytest.approx(15)
    assert (row["change_low"], row["change_high"]) == pytest.approx((15 - 63.531, 15 + 63.531), abs=1e-3)


def test_motion_beyond_the_reference_is_not_cut(store, owner):
    drawn = "client | day | knee flexion left\nAda | 2026-03-02 | 135\nAda | 2026-03-09 | 148.5"
    (row,) = motion_rows(store, owner, drawn)
    assert (row["start_percent"], row["latest_percent"]) == (100, pytest.approx(110))


def test_motion_measured_at_one_visit_only_is_no_course(store, owner):
    assert motion_rows(store, owner, "client | day | knee flexion left\nAda | 2026-03-02 | 90") == []


def test_a_child_has_no_reference_for_active_motion_and_is_counted_as_left_out(store, owner):
    drawn = "client | day | knee flexion left\nAda | 2026-03-02 | 90\nAda | 2026-03-09 | 100"
    (row,) = motion_rows(store, owner, drawn, born=dt.date(2019, 5, 1))
    assert (row["n"], row["left_out"], row["reference_name"]) == (0, 1, None)
    assert math.isnan(row["start_percent"])


def test_a_series_read_with_two_instruments_is_left_out_and_counted(store, owner):
    entered = practice_of(
        store, owner, "client | day | knee flexion left\nAda | 2026-03-02 | 90\nAda | 2026-03-09 | 100"
    )
    with store.change(owner, "correct") as change:
        for tool, session in zip(("goniometer", "inclinometer"), entered.sessions, strict=True):
            found = "SELECT motion_id FROM records.motion WHERE session_id = ?"
            change.correct("motion", change.cursor.execute(found, [session]).fetchone()[0], 1, {"instrument": tool})
    (row,) = outcomes.motion_percent(store.open_for(owner), Filters()).to_dict("records")
    assert (row["n"], row["left_out"]) == (0, 1)


def test_an_extension_to_0_degrees_has_no_percent(store, owner):
    drawn = "client | day | elbow extension left\nAda | 2026-03-02 | -10\nAda | 2026-03-09 | 0"
    (row,) = motion_rows(store, owner, drawn)
    assert (row["n"], row["left_out"]) == (0, 1)


def test_a_therapist_sees_the_outcomes_of_their_own_clients(store, owner, therapist, today):
    drawn = "client | day | therapist | before\nAda | 2026-11-02 | Kim | 6\nBen | 2026-11-02 | Lou | 4"
    entered = practice_of(store, owner, drawn)
    kim = therapist(entered.therapists["Kim"])
    (only,) = by_type(store, kim, today).values()
    assert only["episodes"] == 1
    assert outcomes.pain_by_visit(store.open_for(kim), EVERYTHING)["mean_before"].tolist() == [6]


def test_by_type_reads_a_drawn_table_of_episodes():
    episodes = rows("""
        client_id | injury_type | visits | first_pain | latest_pain | closed
        1         | Jaw pain    | 3      | 8          | 3           | true
        2         | Jaw pain    | 1      | 9          | -           | true
        3         | Jaw pain    | 0      | -          | -           | true
    """).assign(injury_type_id=7, episode_id=[1, 2, 3])
    (row,) = outcomes.by_type(episodes).to_dict("records")
    assert (row["episodes"], row["measured_twice"], row["pain_change_mean"]) == (3, 1, 8 - 3)
    assert (row["closed"], row["visits_median"]) == (2, (3 + 1) / 2)  # an episode without visits has no length


def test_nothing_to_say_about_an_empty_practice(store, owner, today):
    window = store.open_for(owner)
    assert outcomes.told(window, EVERYTHING, today).types.empty
    assert outcomes.pain_by_visit(window, EVERYTHING).empty
    assert outcomes.motion_percent(window, EVERYTHING).empty
    assert outcomes.visits_per_episode(outcomes.episodes(window, EVERYTHING, today)).empty


def falling(region: str, n: int = 300) -> pd.DataFrame:
    """Episodes whose pain began at 4 to 9 as the upper part of a normal does, and fell by 2; half were read once."""
    first = pd.Series(([4] * 5 + [5] * 6 + [6] * 5 + [7] * 4 + [8] * 2 + [9]) * n, dtype=float)[:n]
    return pd.DataFrame({"first_pain": first, "latest_pain": first - 2, "region": region})


def test_the_fall_expected_without_treatment_is_of_those_whose_fall_is_told():
    once = falling("neck").assign(latest_pain=np.nan, first_pain=10.0)
    found = outcomes.without_treatment(pd.concat([falling("neck"), once]))
    assert (found.mean_fall, found.expected.used, found.expected.cut_off) == (2, 300, 3.5)
    assert 0 < found.expected.points < 2


@pytest.mark.parametrize(
    ("regions", "citation"),
    [
        (["neck"], "Cleland 2008"),  # correlation .76
        (["shoulder"], "Mintken 2009"),  # .74
        (["knee"], "Mintken 2009"),  # nobody studied it: the lowest, which expects most
        (["neck", "shoulder"], "Mintken 2009"),
    ],
)
def test_the_correlation_is_that_of_the_region_and_of_a_mix_the_lowest(regions, citation):
    mix = pd.concat([falling(region) for region in regions])
    assert outcomes.without_treatment(mix).reliability.source.citation == citation


def test_of_too_few_the_fall_expected_without_treatment_cannot_be_said():
    few = outcomes.without_treatment(falling("neck", 99))
    assert (few.mean_fall, few.expected.points) == (None, None)
    assert few.expected.why == "fewer than 100 have two readings"
    nobody = outcomes.without_treatment(falling("neck", 0))
    assert (nobody.mean_fall, nobody.expected.points) == (None, None)
