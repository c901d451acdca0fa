"""Everyone counts: eight fates that exclude each other, and shares that say who is in them."""

import pandas as pd
import pytest

from analytics import caseload, change, fates, outcomes
from analytics.filters import Filters
from tables import practice_of, rows


def episodes(drawn: str) -> pd.DataFrame:
    """Drawn episodes, of one type unless a column says otherwise."""
    table = rows(drawn)
    if "injury_type" not in table:
        table = table.assign(injury_type="Low back strain")
    return table.assign(injury_type_id=table["injury_type"].astype("category").cat.codes)


def all_of(drawn: str) -> dict:
    """The total row of the account, missing as None."""
    row = fates.account(episodes(drawn)).iloc[0]
    return {name: None if pd.isna(value) else value for name, value in row.items()}


SHARES = ("better_share", "better_low", "better_high", "range_low", "range_high")


def test_each_episode_has_one_of_eight_fates():
    drawn = episodes("""
        closed | pain_class
        true   | improved
        true   | possibly_improved
        true   | unchanged
        true   | possibly_worse
        true   | worse
        true   | no_room
        true   | insufficient_data
        false  | improved
        false  | insufficient_data
    """)
    assert fates.fates(drawn).tolist() == [*list(fates.FATES)[:7], "still_in_care", "still_in_care"]


def test_the_words_are_those_of_the_classes():
    assert list(fates.FATES)[:6] == [name for name in change.WORDS if name != "insufficient_data"]
    assert {fates.FATES[name] for name in (*fates.JUDGED, "no_room")} < set(change.WORDS.values())


def test_an_account_worked_by_hand():
    # 8 episodes: 1 still in care, 7 closed; 1 without a second reading leaves 6 measured; 1 with little room, 5 judged.
    found = all_of("""
        closed | pain_class
        true   | improved
        true   | improved
        true   | possibly_improved
        true   | unchanged
        true   | worse
        true   | no_room
        true   | insufficient_data
        false  | improved
    """)
    counts = {"episodes": 8, "closed": 7, "measured": 6, "judged": 5, "not_judged": 3}
    each = {"improved": 2, "possibly_improved": 1, "unchanged": 1, "possibly_worse": 0, "worse": 1}
    rest = {"no_room": 1, "no_second_reading": 1, "still_in_care": 1}
    for name, count in (counts | each | rest).items():
        assert found[name] == count, name
    assert found["better_share"] == 2 / 5
    # Wilson, z 1.959964, z squared 3.841459: centre (.4 + 3.841459 / 10) / (1 + 3.841459 / 5) = .784146 / 1.768292
    # = .443449; half width 1.959964 * sqrt(.4 * .6 / 5 + 3.841459 / 100) / 1.768292 = .325828.
    assert (found["better_low"], found["better_high"]) == pytest.approx((0.117621, 0.769277), abs=1e-5)
    assert found["range_low"] == 2 / 6  # the one without a second reading did badly
    assert found["range_high"] == 3 / 6  # or well


def test_the_first_row_is_everyone_and_types_follow_by_number_of_episodes_not_by_result():
    found = fates.account(
        episodes("""
        injury_type | closed | pain_class
        Jaw pain    | true   | improved
        Knee sprain | true   | worse
        Knee sprain | true   | worse
        Ankle       | true   | worse
    """)
    )
    assert found["injury_type"].tolist() == ["All types", "Knee sprain", "Ankle", "Jaw pain"]
    assert found["improved"].tolist() == [1, 0, 0, 1]
    assert found["episodes"].tolist() == [4, 2, 1, 1]


@pytest.mark.parametrize(
    ("drawn", "judged", "shares"),
    [
        pytest.param("closed | pain_class", 0, (None, None, None, None, None), id="no episode"),
        pytest.param("closed | pain_class\nfalse | improved", 0, (None,) * 5, id="none closed"),
        pytest.param("closed | pain_class\ntrue | no_room\ntrue | no_room", 0, (None,) * 5, id="all little room"),
        # Nobody judged and one missing: anything between none and all.
        pytest.param("closed | pain_class\ntrue | insufficient_data", 0, (None, None, None, 0, 1), id="all missing"),
        # One of one: Wilson's lower end is 1 / (1 + 3.841459) = .206549.
        pytest.param("closed | pain_class\ntrue | improved", 1, (1, 0.206549, 1, 1, 1), id="one client, better"),
        pytest.param("closed | pain_class\ntrue | worse", 1, (0, 0, 0.793451, 0, 0), id="one client, worse"),
    ],
)
def test_a_share_of_nobody_is_missing_and_never_0(drawn, judged, shares):
    drawn = "injury_type | " + drawn.replace("\n", "\nJaw pain | ")
    found = all_of(drawn)
    assert found["judged"] == judged
    assert [found[name] for name in SHARES] == pytest.approx(list(shares), abs=1e-6)


COURSES = (
    """
    client | day        | kind       | before | discharged | injury
    Ada    | 2026-08-01 | treatment  | 8      | 2026-08-20 | Low back strain
    Ada    | 2026-08-20 | treatment  | 3      |            |
    Ben    | 2026-08-03 | treatment  | 6      |            | Low back strain
    Cleo   | 2026-11-01 | treatment  | 8      |            | Jaw pain
    Cleo   | 2026-11-15 | treatment  | 2      |            |
    Dora   | 2026-10-01 | treatment  | 7      |            | Jaw pain
    Dora   | 2026-10-10 | treatment  | 7      |            |
    Eli    | 2026-09-01 | contact    |        |            | Jaw pain
""".replace("|            |", "| -          |")
    .replace("|        |", "| -      |")
    .replace("|            \n", "| -\n")
)


@pytest.fixture
def window(store, owner):
    practice_of(store, owner, COURSES)
    return store.open_for(owner)


def test_the_account_of_a_practice_counts_everyone_who_came(window, today):
    found = outcomes.told(window, Filters(), today).accounts.set_index("injury_type")
    # Ada better and discharged; Ben seen once, silent for 109 days; Cleo still in care although 6 points better; Dora
    # lapsed for 41 days, not closed yet; Eli was only called.
    assert found.loc["All types", ["episodes", "improved", "no_second_reading", "still_in_care"]].tolist() == [
        4,
        1,
        1,
        2,
    ]
    assert found.loc["Jaw pain", ["episodes", "judged", "still_in_care"]].tolist() == [2, 0, 2]


def test_the_episodes_that_ended_in_a_period_are_closed_and_counted_by_the_day_care_ended(window, today):
    def ended(since, until):
        found = caseload.ended(
            window, Filters(since=pd.Timestamp(since).date(), until=pd.Timestamp(until).date()), today
        )
        (row,) = found.to_dict("records")
        return row["episodes"], row["improved"], row["no_second_reading"]

    assert ended("2026-01-01", "2026-11-20") == (2, 1, 1)  # Ada, Ben; Dora lapsed and is not closed
    assert ended("2026-08-20", "2026-08-20") == (1, 1, 0)  # Ada on the day of discharge
    assert ended("2026-09-03", "2026-09-03") == (1, 0, 1)  # Ben: 3 August and 31 days
    assert ended("2026-10-01", "2026-11-20") == (0, 0, 0)


def test_a_practice_without_episodes_has_an_account_of_nobody(store, owner, today):
    empty = store.open_for(owner)
    assert outcomes.told(empty, Filters(), today).accounts["episodes"].tolist() == [0]
    assert caseload.ended(empty, Filters(), today)["episodes"].tolist() == [0]
    assert caseload.closed_counts(empty, Filters(), today) == {30: 0, 45: 0, 60: 0, 90: 0}


def test_how_many_are_closed_hangs_on_the_days_of_silence(window, today):
    # Ada discharged; Ben silent for 109 days; Dora for 41; Cleo for 5.
    assert caseload.closed_counts(window, Filters(), today) == {30: 3, 45: 2, 60: 2, 90: 2}
