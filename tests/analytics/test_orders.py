"""Visits used of ordered: which visit is charged to which order."""

from analytics import caseload, progress
from analytics.filters import Filters
from tables import enter, practice_of

WEEKLY = """
    client | day        | kind      | status  | minutes
    Ada    | 2026-03-02 | treatment | kept    | 60
    Ada    | 2026-03-09 | treatment | kept    | 60
    Ada    | 2026-03-16 | treatment | no_show | -
    Ada    | 2026-03-23 | treatment | kept    | 60
    Ada    | 2026-03-24 | contact   | kept    | 10
    Ada    | 2026-03-30 | treatment | kept    | 0
    Ada    | 2026-04-06 | treatment | kept    | 60
"""


def used(store, owner, orders, practice=WEEKLY) -> list:
    """[ordered, used] of every order of Ada's, the running one last."""
    entered = practice_of(store, owner, practice)
    enter(store, owner, entered, "referral", orders)
    table = progress.orders(store.open_for(owner), entered.clients["Ada"], entered.episodes["Ada"])
    return table[["ordered", "used"]].values.tolist()


def test_visits_with_minutes_are_charged_from_the_day_of_the_order_on(store, owner):
    # 9 March (the day itself), 23 March and 6 April; not 2 March, the no-show, the contact, or the visit of 0 minutes.
    assert used(store, owner, "episode | visits_ordered | ordered_on\nAda | 10 | 2026-03-09") == [[10, 3]]


def test_the_next_order_takes_over_on_its_day(store, owner):
    orders = """
        episode | visits_ordered | ordered_on
        Ada     | 8              | 2026-03-23
        Ada     | 6              | 2026-03-01
    """
    assert used(store, owner, orders) == [[6, 2], [8, 2]]  # 2 and 9 March; 23 March and 6 April


def test_a_visit_after_an_order_expired_is_not_charged_to_it(store, owner):
    orders = "episode | visits_ordered | ordered_on | expires_on\nAda | 6 | 2026-03-01 | 2026-03-23"
    assert used(store, owner, orders) == [[6, 3]]  # 2, 9 and 23 March, its last day; 6 April is beyond it


def test_an_order_whose_day_was_not_noted_has_run_from_the_start_and_is_not_the_latest(store, owner):
    orders = """
        episode | visits_ordered | ordered_on
        Ada     | 6              | -
        Ada     | 8              | 2026-03-23
    """
    assert used(store, owner, orders) == [[6, 2], [8, 2]]


def test_a_referral_that_orders_no_number_of_visits_is_no_order(store, owner):
    assert used(store, owner, "episode | diagnosis | ordered_on\nAda | low back strain | 2026-03-01") == []


def test_the_running_order_is_the_last_one_or_none(store, owner):
    entered = practice_of(store, owner, WEEKLY)
    about = (entered.clients["Ada"], entered.episodes["Ada"])
    none = {"ordered": None, "used": 5, "expires_on": None, "under_earlier": 0, "under_none": 0}
    assert progress.running_order(progress.orders(store.open_for(owner), *about), 5) == none
    orders = "episode | visits_ordered | ordered_on\nAda | 6 | 2026-03-01\nAda | 8 | 2026-03-23"
    enter(store, owner, entered, "referral", orders)
    # The first order covers 2 and 9 March, the second 23 March and 6 April; the visit of 0 minutes neither.
    now = {"ordered": 8, "used": 2, "expires_on": None, "under_earlier": 2, "under_none": 1}
    assert progress.running_order(progress.orders(store.open_for(owner), *about), 5) == now


def test_a_visit_serving_two_episodes_is_one_session_and_charged_where_it_has_minutes(store, owner, today):
    entered = practice_of(
        store,
        owner,
        """
        client | episode | day        | minutes | injury
        Ada    | neck    | 2026-11-02 | 60      | Neck pain
        Ada    | knee    | 2026-11-03 | 30      | Knee sprain
        Ada    | neck    | 2026-11-09 | 60      | Neck pain
        """,
    )
    # The third visit also looked at the knee, without minutes of its own.
    enter(store, owner, entered, "session_part", "episode | session | minutes\nknee | 3 | 0")
    orders = "episode | visits_ordered | ordered_on\nneck | 6 | 2026-11-01\nknee | 6 | 2026-11-01"
    enter(store, owner, entered, "referral", orders)
    window = store.open_for(owner)
    charged = {
        name: progress.orders(window, entered.clients["Ada"], episode)["used"].tolist()
        for name, episode in entered.episodes.items()
    }
    assert charged == {"neck": [2], "knee": [1]}
    assert caseload.by_period(window, Filters(), "month", today)["sessions"].tolist() == [3]
    splits = caseload.splits(window, Filters()).set_index(["split_by", "name"])["sessions"]
    assert splits["office", "not recorded"] == 3
    assert (splits["injury type", "Neck pain"], splits["injury type", "Knee sprain"]) == (2, 2)


def test_a_visit_whose_minutes_were_not_written_down_is_charged_unless_it_also_served_another(store, owner):
    entered = practice_of(
        store,
        owner,
        """
        client | episode | day        | minutes
        Ada    | neck    | 2026-03-02 | -
        Ada    | neck    | 2026-03-09 | -
        Ada    | knee    | 2026-03-16 | 30
        """,
    )
    enter(store, owner, entered, "session_part", "episode | session | minutes\nknee | 2 | 20")
    enter(store, owner, entered, "referral", "episode | visits_ordered | ordered_on\nneck | 6 | 2026-03-01")
    orders = progress.orders(store.open_for(owner), entered.clients["Ada"], entered.episodes["neck"])
    assert orders["used"].tolist() == [1]  # 2 March; on 9 March the minutes may all have been the knee's
