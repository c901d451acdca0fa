"""Whom to ask how they are: at 3, 6 and 12 months after discharge, and whoever stopped coming without a word."""

import datetime as dt

import pandas as pd
import pytest

from analytics import caseload, follow_ups, progress
from analytics.filters import Filters
from tables import enter, practice_of

TODAY = dt.date(2026, 11, 20)


def asked(store, viewer, today: dt.date = TODAY) -> pd.DataFrame:
    return follow_ups.asked_about(store.open_for(viewer), today)


def states(store, viewer, today: dt.date = TODAY) -> list[list]:
    """Name, months (0 for who stopped coming) and state of everything there is to ask."""
    found = asked(store, viewer, today).fillna({"months": 0}).sort_values(["name", "months"])
    return [
        [row.name, int(row.months), row.state] for row in found[["name", "months", "state"]].itertuples(index=False)
    ]


def discharged(day: str, more: str = "") -> str:
    """Ada, treated on 1 March 2024 with pain 6, discharged on that day."""
    return (
        f"client | day | kind | status | before | discharged\nAda | 2024-03-01 | treatment | kept | 6 | {day}\n{more}"
    )


def test_a_mark_is_so_many_calendar_months_after_discharge(store, owner):
    practice_of(store, owner, discharged("2026-08-31"))
    found = asked(store, owner).set_index("months")
    # 31 August and 6 months is the last of February; the window of 3 months is 2 weeks before to 4 weeks after.
    assert found["due_on"].dt.strftime("%Y-%m-%d").tolist() == ["2026-11-30", "2027-02-28", "2027-08-31"]
    assert (found.loc[3, "from_on"], found.loc[3, "until_on"]) == (
        pd.Timestamp(2026, 11, 16),
        pd.Timestamp(2026, 12, 28),
    )


def test_the_windows_do_not_touch():
    for earlier, later in zip(follow_ups.MARKS, follow_ups.MARKS[1:], strict=False):
        months_between = later.months - earlier.months
        assert months_between * 28 > 7 * (earlier.weeks_after + later.weeks_before)  # 28: the shortest month


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-05-17", ["ahead", "ahead", "ahead"]),
        ("2026-05-18", ["due", "ahead", "ahead"]),  # two weeks before 1 June
        ("2026-06-29", ["due", "ahead", "ahead"]),  # four weeks after
        ("2026-06-30", ["missed", "ahead", "ahead"]),
        ("2026-08-04", ["missed", "due", "ahead"]),  # four weeks before 1 September
        ("2026-10-27", ["missed", "due", "ahead"]),  # eight weeks after
        ("2026-10-28", ["missed", "missed", "ahead"]),
        ("2027-01-18", ["missed", "missed", "due"]),  # six weeks before 1 March
        ("2027-05-24", ["missed", "missed", "due"]),  # twelve weeks after
        ("2027-05-25", ["missed", "missed", "missed"]),
    ],
)
def test_a_mark_is_due_while_its_window_is_open_and_then_missed_for_good(store, owner, today, expected):
    practice_of(store, owner, discharged("2026-03-01"))
    assert [state for _, _, state in states(store, owner, dt.date.fromisoformat(today))] == expected


def test_a_contact_in_the_window_that_rates_the_same_pain_reaches_a_mark(store, owner):
    entered = practice_of(
        store,
        owner,
        """
        client | day        | kind      | status | before | discharged
        Ada    | 2026-07-01 | treatment | kept   | 6      | 2026-08-01
        Ada    | 2026-11-02 | contact   | kept   | -      | 2026-08-01
        Ben    | 2026-07-01 | treatment | kept   | 6      | 2026-08-01
        Ben    | 2026-10-17 | contact   | kept   | -      | 2026-08-01
        Cleo   | 2026-07-01 | treatment | kept   | 6      | 2026-08-01
        Cleo   | 2026-11-02 | contact   | kept   | -      | 2026-08-01
        Dan    | 2026-07-01 | treatment | kept   | 6      | 2026-08-01
        Dan    | 2026-11-03 | treatment | kept   | 2      | 2026-08-01
        Eve    | 2026-07-01 | treatment | kept   | 6      | 2026-08-01
        Eve    | 2026-11-03 | contact   | no_show | -     | 2026-08-01
        """,
    )
    enter(
        store,
        owner,
        entered,
        "rating",
        """
        episode | session | kind    | moment  | pain
        Ada     | 2       | now     | between | 2
        Ben     | 4       | now     | between | 2
        Cleo    | 6       | worst   | between | 2
        Eve     | 10      | now     | between | 2
        """,
    )
    # 1 November, from 18 October to 29 November. Ben answered a day early, Cleo was asked for another kind of pain, Dan
    # came to a visit and was rated, Eve was not reached and whatever stands there says nothing.
    at_three = {name: state for name, months, state in states(store, owner) if months == 3}
    assert at_three == {"Ada": "reached", "Ben": "due", "Cleo": "due", "Dan": "reached", "Eve": "due"}


def test_pain_after_treatment_reaches_nobody(store, owner):
    practice_of(
        store,
        owner,
        """
        client | day        | before | after | discharged
        Ada    | 2026-07-01 | 6      | 4     | 2026-08-01
        Ada    | 2026-11-02 | -      | 1     | 2026-08-01
        """,
    )
    assert states(store, owner)[0] == ["Ada", 3, "due"]


def test_who_stopped_coming_is_asked_once_lapsed_unless_on_hold_booked_or_without_a_visit(store, owner):
    entered = practice_of(
        store,
        owner,
        """
        client | day        | kind      | status
        Ada    | 2026-10-20 | treatment | kept
        Ben    | 2026-10-21 | treatment | kept
        Cleo   | 2026-10-20 | treatment | kept
        Cleo   | 2026-11-27 | treatment | booked
        Dan    | 2026-10-20 | treatment | kept
        Dan    | 2026-11-27 | contact   | booked
        Eve    | 2026-10-20 | contact   | kept
        Flo    | 2026-10-20 | treatment | kept
        """,
    )
    with store.change(owner, "correct") as change:
        change.correct("episode", entered.episodes["Flo"], 1, {"on_hold": True})
    # Ada's 31st day is today, Ben's 30th; a call agreed with Dan is no booked visit.
    assert states(store, owner) == [["Ada", 0, "due"], ["Dan", 0, "due"]]


def test_an_answer_since_falling_silent_is_enough_and_one_before_is_not(store, owner):
    practice_of(
        store,
        owner,
        """
        client | day        | kind      | status
        Ada    | 2026-09-01 | treatment | kept
        Ada    | 2026-10-01 | contact   | kept
        Ben    | 2026-09-01 | treatment | kept
        Ben    | 2026-10-02 | contact   | kept
        """,
    )
    # 1 September and 31 days is 2 October.
    assert states(store, owner) == [["Ada", 0, "due"], ["Ben", 0, "reached"]]


def test_after_a_year_of_silence_nobody_is_asked_any_more(store, owner):
    practice_of(store, owner, "client | day\nAda | 2025-10-20\nBen | 2025-10-21")
    # Lapsed on 20 and 21 November 2025; 52 weeks later is 19 and 20 November 2026.
    assert states(store, owner) == [["Ada", 0, "missed"], ["Ben", 0, "due"]]


def test_a_try_that_reached_nobody_rests_for_a_week_and_is_counted(store, owner):
    practice_of(
        store,
        owner,
        """
        client | day        | kind      | status
        Ada    | 2026-09-01 | treatment | kept
        Ada    | 2026-10-05 | contact   | no_show
        Ada    | 2026-11-14 | contact   | no_show
        Ben    | 2026-09-01 | treatment | kept
        Ben    | 2026-09-20 | contact   | no_show
        Ben    | 2026-11-13 | contact   | no_show
        """,
    )
    assert states(store, owner) == [["Ada", 0, "resting"], ["Ben", 0, "due"]]
    # Ben was tried before he had fallen silent too (2 October): that was another matter.
    assert asked(store, owner).sort_values("name")["tried"].tolist() == [2, 1]
    assert states(store, owner, dt.date(2026, 11, 21)) == [["Ada", 0, "due"], ["Ben", 0, "due"]]


def test_a_try_is_a_no_show_of_no_visit(store, owner, today):
    entered = practice_of(
        store,
        owner,
        """
        client | day        | kind      | status
        Ada    | 2026-11-02 | treatment | kept
        Ada    | 2026-11-04 | treatment | no_show
        Ada    | 2026-11-05 | contact   | no_show
        """,
    )
    window = store.open_for(owner)
    periods = caseload.by_period(window, Filters(until=today), "month", today)
    assert periods[["sessions", "no_shows"]].values.tolist() == [[1, 1]]
    sessions = progress.sessions(window, entered.clients["Ada"], entered.episodes["Ada"])
    assert progress.missed_visits(sessions)["visited_on"].dt.day.tolist() == [4]


def test_the_nearer_the_last_day_to_ask_the_higher_and_the_long_silent_last(store, owner):
    practice_of(
        store,
        owner,
        """
        client | day        | discharged
        Ada    | 2026-07-01 | 2026-08-01
        Ben    | 2026-10-01 | -
        Cleo   | 2026-03-01 | 2026-04-01
        Dan    | 2026-09-10 | -
        Eve    | 2026-06-01 | -
        """,
    )
    # Ada until 29 November (3 months), Ben closes after 30 November, Cleo 6 months until 26 November; Dan and Eve have
    # been silent for more than 60 days, Dan for less long.
    rows = follow_ups.due(asked(store, owner), TODAY)
    assert rows["name"].tolist() == ["Cleo", "Ada", "Ben", "Dan", "Eve"]
    assert rows["closes_on"].dt.strftime("%m-%d").tolist() == ["11-26", "11-29", "11-30", "11-09", "07-31"]


def test_on_one_day_whoever_was_tried_less_often_comes_first(store, owner):
    practice_of(
        store,
        owner,
        """
        client | day        | kind      | status
        Ada    | 2026-10-01 | treatment | kept
        Ada    | 2026-11-02 | contact   | no_show
        Ben    | 2026-10-01 | treatment | kept
        """,
    )
    assert follow_ups.due(asked(store, owner), TODAY)["name"].tolist() == ["Ben", "Ada"]


def test_a_line_says_the_last_pain_the_next_visit_and_how_often_it_was_tried(store, owner):
    practice_of(
        store,
        owner,
        """
        client | episode | day        | kind      | status  | before | injury      | discharged
        Ada    | knee    | 2026-09-01 | treatment | kept    | 6      | Knee sprain | -
        Ada    | knee    | 2026-09-08 | treatment | kept    | 3.5    | Knee sprain | -
        Ada    | knee    | 2026-10-20 | contact   | no_show | -      | Knee sprain | -
        Ada    | back    | 2026-11-27 | treatment | booked  | -      | Low back strain | -
        """,
    )
    [row] = follow_ups.due(asked(store, owner), TODAY).to_dict("records")
    assert (row["injury_type"], row["last_pain"], row["tried"]) == ("Knee sprain", 3.5, 1)
    assert (row["last_pain_on"], row["booked_on"]) == (pd.Timestamp(2026, 9, 8), pd.Timestamp(2026, 11, 27))


def test_only_closed_windows_count_as_followed(store, owner):
    entered = practice_of(
        store,
        owner,
        """
        client | day        | kind      | discharged | before
        Ada    | 2025-01-01 | treatment | 2025-01-01 | 6
        Ada    | 2025-04-01 | contact   | 2025-01-01 | -
        Ben    | 2026-04-01 | treatment | 2026-04-01 | 6
        Cleo   | 2026-08-01 | treatment | 2026-08-01 | 6
        Cleo   | 2026-11-01 | contact   | 2026-08-01 | -
        """,
    )
    enter(
        store,
        owner,
        entered,
        "rating",
        """
        episode | session | kind | moment  | pain
        Ada     | 2       | now  | between | 2
        Cleo    | 5       | now  | between | 2
        """,
    )
    # At 3 months Ada and Ben are over, Ada reached; Cleo has answered but her window is open until 29 November. At 6 it
    # is Ada alone (Ben until 26 November), at 12 Ada alone.
    reached = follow_ups.reached_of(asked(store, owner), TODAY)
    assert reached.values.tolist() == [[3, 2, 1], [6, 1, 0], [12, 1, 0]]
    assert follow_ups.of_reached(reached) == (
        "Of those discharged long enough ago, 1 of 2 were reached at 3 months, 0 of 1 at 6 months and 0 of 1 at 12"
        " months."
    )


def test_therapists_are_asked_to_call_their_own_clients_only(store, owner, therapist):
    entered = practice_of(
        store,
        owner,
        """
        client | day        | therapist
        Ada    | 2026-10-01 | Kim
        Ben    | 2026-10-01 | Lou
        """,
    )
    assert asked(store, therapist(entered.therapists["Kim"]))["name"].tolist() == ["Ada"]


def test_asked_is_the_pain_the_episode_is_judged_by_else_pain_now_of_the_main_complaint(store, owner):
    entered = practice_of(
        store,
        owner,
        """
        client | day        | injury
        Ada    | 2026-03-02 | Knee sprain
        Ben    | 2026-03-02 | Knee sprain
        Cleo   | 2026-03-02 | Other
        Dan    | 2026-03-02 | Knee sprain
        """,
    )
    enter(
        store,
        owner,
        entered,
        "rating",
        "episode | session | kind | moment | region | side | pain\nAda | 1 | average | before | neck | left | 5",
    )
    enter(store, owner, entered, "episode_region", "episode | place | region | side\nDan | 1 | thigh | right")
    window = store.open_for(owner)
    told = {
        name: tuple(follow_ups.pain_to_ask(window, entered.clients[name], entered.episodes[name]).values())
        for name in entered.clients
    }
    assert told == {
        "Ada": ("average", "neck", "left"),
        "Ben": ("now", "knee", None),  # the injury type's own region
        "Cleo": ("now", None, None),
        "Dan": ("now", "thigh", "right"),
    }


def test_nobody_is_told_what_to_ask_a_client_they_may_not_see(store, owner, therapist):
    entered = practice_of(store, owner, "client | day | therapist\nAda | 2026-10-01 | Kim\nBen | 2026-10-01 | Lou")
    kim = store.open_for(therapist(entered.therapists["Kim"]))
    with pytest.raises(LookupError, match="There is no episode"):
        follow_ups.pain_to_ask(kim, entered.clients["Ben"], entered.episodes["Ben"])
