"""What the practice is doing, week by week or month by month."""

import datetime as dt

import pytest

from analytics import caseload
from analytics.filters import Filters
from tables import enter, practice_of

EVERYTHING = Filters()


def periods(store, viewer, unit, today, filters=EVERYTHING, columns=("label", "sessions")) -> list:
    return caseload.by_period(store.open_for(viewer), filters, unit, today)[list(columns)].values.tolist()


def test_a_week_begins_on_monday_also_over_the_turn_of_a_year(store, owner):
    practice_of(
        store,
        owner,
        """
        client | day
        Ada    | 2025-12-28
        Ada    | 2025-12-29
        Ada    | 2026-01-04
        Ada    | 2026-01-05
        """,
    )
    # 28 December 2025 is a Sunday; Monday the 29th opens the week that ends on Sunday 4 January.
    assert periods(store, owner, "week", dt.date(2026, 1, 11)) == [
        ["22 Dec 2025", 1],
        ["29 Dec 2025", 2],
        ["5 Jan 2026", 1],
    ]


def test_weeks_and_months_without_a_session_stand_as_0(store, owner):
    practice_of(store, owner, "client | day\nAda | 2026-03-02\nAda | 2026-05-20")
    assert periods(store, owner, "month", dt.date(2026, 6, 30)) == [
        ["Mar 2026", 1],
        ["Apr 2026", 0],
        ["May 2026", 1],
        ["Jun 2026", 0],
    ]
    weeks = periods(store, owner, "week", dt.date(2026, 5, 24))
    assert len(weeks) == 12  # 2 March to 24 May: 84 days
    assert [sessions for _, sessions in weeks] == [1] + [0] * 10 + [1]


@pytest.mark.parametrize(
    ("today", "running"),
    [
        (dt.date(2026, 3, 15), [False, False]),
        (dt.date(2026, 3, 14), [False, True]),
        (dt.date(2026, 3, 9), [False, True]),
    ],
)
def test_a_week_runs_until_its_sunday_is_here(store, owner, today, running):
    practice_of(store, owner, "client | day\nAda | 2026-03-02")
    assert [row[0] for row in periods(store, owner, "week", today, columns=["running"])] == running


def test_periods_cut_by_the_choice_are_partial(store, owner, today):
    practice_of(store, owner, "client | day\nAda | 2026-03-02\nAda | 2026-04-01\nAda | 2026-05-13\nAda | 2026-05-14")
    chosen = Filters(since=dt.date(2026, 3, 3), until=dt.date(2026, 5, 13))
    assert periods(store, owner, "month", today, chosen, ["label", "sessions", "partial", "running"]) == [
        ["Mar 2026", 0, True, False],  # 2 March lies before it
        ["Apr 2026", 1, False, False],
        ["May 2026", 1, True, False],  # 14 May lies after it
    ]
    whole = Filters(since=dt.date(2026, 3, 1), until=dt.date(2026, 4, 30))
    assert periods(store, owner, "month", today, whole, ["partial"]) == [[False], [False]]


def test_a_running_period_is_not_partial_but_running(store, owner, today):
    practice_of(store, owner, "client | day\nAda | 2026-11-02")
    chosen = Filters(since=dt.date(2026, 11, 1), until=today)
    assert periods(store, owner, "month", today, chosen, ["partial", "running"]) == [[False, True]]


def test_only_kept_sessions_are_sessions(store, owner, today):
    practice_of(
        store,
        owner,
        """
        client | day        | kind      | status
        Ada    | 2026-11-02 | treatment | kept
        Ada    | 2026-11-03 | treatment | no_show
        Ada    | 2026-11-04 | treatment | no_show
        Ada    | 2026-11-05 | treatment | late_cancel
        Ada    | 2026-11-06 | contact   | kept
        Ada    | 2026-11-10 | treatment | booked
        Ada    | 2026-12-01 | treatment | booked
        """,
    )
    assert periods(store, owner, "month", today, columns=["sessions", "no_shows", "late_cancels"]) == [[1, 2, 1]]


def test_a_withdrawn_session_is_in_no_count(store, owner, today):
    entered = practice_of(store, owner, "client | day\nAda | 2026-11-02\nAda | 2026-11-03")
    with store.change(owner, "withdraw") as change:
        change.withdraw("session", entered.sessions[1], 1)
    window = store.open_for(owner)
    assert caseload.by_period(window, EVERYTHING, "month", today)["sessions"].tolist() == [1]
    assert set(caseload.splits(window, EVERYTHING)["sessions"]) == {1}


def test_a_client_is_new_once_and_returns_with_a_later_episode(store, owner, today):
    practice_of(
        store,
        owner,
        """
        client | episode | day        | injury
        Ada    | neck    | 2026-09-01 | Neck pain
        Ada    | knee    | 2026-11-03 | Knee sprain
        Ben    | back    | 2026-11-04 | Neck pain
        """,
    )
    columns = ["label", "new_clients", "new_episodes"]
    assert periods(store, owner, "month", today, columns=columns) == [
        ["Sep 2026", 1, 1],
        ["Oct 2026", 0, 0],
        ["Nov 2026", 1, 2],
    ]
    # Narrowed to knees, Ada stays a returning client: her first episode ever was another.
    knees = caseload.splits(store.open_for(owner), EVERYTHING)
    assert set(knees[knees["split_by"] == "injury type"]["name"]) == {"Neck pain", "Knee sprain"}
    names = store.open_for(owner).read("SELECT injury_type_id FROM visible_injury_type WHERE name = 'Knee sprain'")
    of_knees = Filters(injury_type_id=int(names.iloc[0, 0]))
    assert periods(store, owner, "month", today, of_knees, columns) == [["Nov 2026", 0, 1]]


def test_an_episode_of_contacts_only_neither_begins_nor_ends(store, owner, today):
    practice_of(
        store,
        owner,
        """
        client | episode | day        | kind      | discharged
        Ada    | asked   | 2026-11-01 | contact   | 2026-11-02
        Ada    | came    | 2026-11-02 | treatment | -
        """,
    )
    columns = ["label", "new_clients", "new_episodes", "discharged", "in_care"]
    assert periods(store, owner, "month", today, columns=columns) == [["Nov 2026", 1, 1, 0, 1]]
    assert caseload.status_counts(store.open_for(owner), EVERYTHING, today)["discharged"] == 0


def test_an_episode_lapses_on_its_thirty_first_day_and_leaves_care_then(store, owner):
    practice_of(store, owner, "client | day\nAda | 2026-03-01\nBen | 2026-04-30")
    # 1 March and 31 days: 1 April. On 31 March Ada is in care, on 30 April only Ben.
    columns = ["label", "lapsed", "in_care"]
    assert periods(store, owner, "month", dt.date(2026, 4, 30), columns=columns) == [
        ["Mar 2026", 0, 1],
        ["Apr 2026", 1, 1],
    ]


def test_a_client_who_comes_back_is_no_longer_lapsed(store, owner):
    practice_of(store, owner, "client | day\nAda | 2026-03-01")
    assert periods(store, owner, "month", dt.date(2026, 4, 30), columns=["lapsed"]) == [[0], [1]]
    practice_of(store, owner, "client | day\nBen | 2026-03-01\nBen | 2026-04-30")
    # Ben had no visit for 60 days too, but he is back: only Ada's lapse is counted.
    assert periods(store, owner, "month", dt.date(2026, 4, 30), columns=["lapsed"]) == [[0], [1]]


def test_a_discharge_counts_on_its_day_and_care_ends_with_it(store, owner):
    practice_of(
        store,
        owner,
        """
        client | day        | discharged
        Ada    | 2026-03-02 | 2026-04-30
        Ben    | 2026-03-02 | 2026-05-01
        Cleo   | 2026-05-02 | -
        """,
    )
    columns = ["label", "new_episodes", "discharged", "in_care"]
    assert periods(store, owner, "month", dt.date(2026, 5, 31), columns=columns) == [
        ["Mar 2026", 2, 0, 2],
        ["Apr 2026", 0, 1, 1],  # Ada's last day of care is the 30th: at its end she is out
        ["May 2026", 1, 1, 1],
    ]


def test_a_session_serving_two_episodes_counts_once_and_stands_in_both_rows_of_a_split(store, owner, today):
    entered = practice_of(
        store,
        owner,
        """
        client | episode | day        | injury      | cause         | therapist | office
        Ada    | neck    | 2026-11-02 | Neck pain   | auto_accident | Kim       | North
        Ada    | knee    | 2026-11-03 | Knee sprain | sports        | Kim       | North
        """,
    )
    enter(store, owner, entered, "session_part", "episode | session | minutes\nknee | 1 | 20")
    window = store.open_for(owner)
    assert caseload.by_period(window, EVERYTHING, "month", today)["sessions"].tolist() == [2]
    splits = caseload.splits(window, EVERYTHING)
    counts = ["sessions", "clients", "episodes"]
    found = {(row["split_by"], row["name"]): [row[count] for count in counts] for row in splits.to_dict("records")}
    assert found == {
        ("therapist", "Kim"): [2, 1, 2],
        ("office", "North"): [2, 1, 2],
        ("injury type", "Neck pain"): [1, 1, 1],
        ("injury type", "Knee sprain"): [2, 1, 1],
        ("cause", "auto accident"): [1, 1, 1],
        ("cause", "sports"): [2, 1, 1],
    }


def test_two_therapists_of_one_name_are_two_rows(store, owner):
    entered = practice_of(store, owner, "client | day | therapist\nAda | 2026-11-02 | Kim\nBen | 2026-11-03 | Lou")
    with store.change(owner, "correct") as change:
        change.correct("therapist", entered.therapists["Lou"], 1, {"name": "Kim"})
    splits = caseload.splits(store.open_for(owner), EVERYTHING)
    kims = splits[splits["split_by"] == "therapist"]
    assert kims[["name", "sessions"]].values.tolist() == [["Kim", 1], ["Kim", 1]]


def test_sessions_are_chosen_by_who_gave_them_and_episodes_by_who_leads_them(store, owner, today):
    entered = practice_of(
        store,
        owner,
        """
        client | day        | therapist | office
        Ada    | 2026-11-02 | Kim       | North
        Ada    | 2026-11-09 | Lou       | South
        Ben    | 2026-11-03 | Lou       | South
        """,
    )
    columns = ["sessions", "new_episodes"]
    kim, lou = (Filters(therapist_id=entered.therapists[name]) for name in ("Kim", "Lou"))
    north, south = (Filters(office_id=entered.offices[name]) for name in ("North", "South"))
    both = Filters(therapist_id=entered.therapists["Kim"], office_id=entered.offices["South"])
    assert [periods(store, owner, "month", today, chosen, columns) for chosen in (kim, lou, north, south, both)] == [
        [[1, 1]],
        [[2, 1]],
        [[1, 1]],
        [[2, 1]],
        [],  # Kim gave no session in South
    ]


def test_a_therapist_counts_only_the_episodes_they_may_read(store, owner, therapist, today):
    entered = practice_of(store, owner, "client | day | therapist\nAda | 2026-11-02 | Kim\nBen | 2026-11-03 | Lou")
    kim = therapist(entered.therapists["Kim"])
    assert periods(store, kim, "month", today, columns=["sessions", "new_clients"]) == [[1, 1]]
    assert caseload.status_counts(store.open_for(kim), EVERYTHING, today)["active"] == 1


def test_how_many_stand_where_today(store, owner, today):
    entered = practice_of(
        store,
        owner,
        """
        client | day        | status | discharged
        Ada    | 2026-11-19 | kept   | -
        Ben    | 2026-09-01 | kept   | -
        Ben    | 2026-12-01 | booked | -
        Cleo   | 2026-09-01 | kept   | -
        Dan    | 2026-09-01 | kept   | 2026-09-15
        Eve    | 2026-11-19 | booked | -
        Finn   | 2026-08-01 | kept   | -
        """,
    )
    with store.change(owner, "correct") as change:
        change.correct("episode", entered.episodes["Finn"], 1, {"on_hold": True})
    # Ada was here yesterday and Ben is booked; Eve has not had a visit yet and is in no count.
    assert caseload.status_counts(store.open_for(owner), EVERYTHING, today) == {
        "active": 2,
        "on_hold": 1,
        "discharged": 1,
        "lapsed": 1,
    }


def test_a_choice_without_sessions_is_an_empty_table(store, owner, today):
    table = caseload.by_period(store.open_for(owner), EVERYTHING, "week", today)
    assert table.empty
    assert list(table.columns) == list(caseload.PERIOD_COLUMNS)
    assert caseload.status_counts(store.open_for(owner), EVERYTHING, today) == dict.fromkeys(
        ("active", "on_hold", "discharged", "lapsed"), 0
    )
