"""No count of 1 to 10 people leaves the practice, nor anything it can be derived from."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from analytics.errors import CannotHide
from analytics.small_groups import hidden
from attacker import assert_no_small_count_can_be_narrowed, ranges
from tables import rows

FATES = ("better", "same", "worse")


def table_of(drawn: str) -> tuple[pd.DataFrame, list[tuple]]:
    """A drawn table of fates by group with its totals: each cell is its episodes, or "episodes of clients"."""
    drawn = rows(drawn).set_index("group").astype(str)
    inner = {(group, fate): text for group, line in drawn.iterrows() for fate, text in line.items()}
    counts = {cell: [int(word) for word in text.split(" of ")] for cell, text in inner.items()}
    groups, fates = list(drawn.index), list(drawn.columns)
    sums = [((group, "all"), [(group, fate) for fate in fates]) for group in groups]
    sums += [(("all", fate), [(group, fate) for group in groups]) for fate in fates]
    sums += [(("all", "all"), [(group, "all") for group in groups]), (("all", "all"), [("all", f) for f in fates])]
    known = {cell: (count[0], count[-1]) for cell, count in counts.items()}
    for total, parts in sums:
        known[total] = tuple(np.sum([known[part] for part in parts], axis=0))
    cells = pd.DataFrame(known.values(), index=pd.MultiIndex.from_tuples(known), columns=["episodes", "clients"])
    return cells, sums


def published(drawn: str) -> dict[tuple, int | None]:
    """What stands in the table that leaves: a number, or None where it is hidden."""
    cells, sums = table_of(drawn)
    is_hidden = hidden(cells, sums)
    return {cell: None if is_hidden[cell] else int(count) for cell, count in cells["episodes"].items()}


def test_a_table_without_small_counts_is_shown_whole():
    shown = published("""
        group | better | same | worse
        knee  | 20     | 30   | 11
        neck  | 15     | 12   | 40
    """)
    assert None not in shown.values()


def test_zero_is_shown():
    shown = published("""
        group | better | same | worse
        knee  | 20     | 30   | 0
        neck  | 15     | 12   | 40
    """)
    assert None not in shown.values()
    assert shown["knee", "worse"] == 0


COVERED = """
    group | better | same | worse
    knee  | 40     | 30   | 5
    neck  | 50     | 12   | 40
    jaw   | 60     | 45   | 70
"""


def test_one_small_cell_hides_three_more_in_its_row_and_column_and_no_total():
    shown = published(COVERED)
    # 75 - 40 - 30 = 5 gives it back along the row, 115 - 40 - 70 = 5 along the column: each needs a second hidden cell,
    # and those two a fourth where they meet. The cheapest are the smallest: same of knee and neck, worse of neck.
    assert {cell for cell, count in shown.items() if count is None} == {
        ("knee", "worse"),
        ("knee", "same"),
        ("neck", "same"),
        ("neck", "worse"),
    }


def test_hiding_the_small_counts_alone_would_give_them_back():
    cells, sums = table_of(COVERED)
    naive = {cell: None if clients <= 10 else 5 for cell, clients in cells["clients"].items()}
    naive |= {cell: int(count) for cell, count in cells["episodes"].items() if naive[cell] is not None}
    assert ranges(naive, sums, True)["knee", "worse"] == (5, 5)
    with pytest.raises(AssertionError, match="known to be at least 5"):
        assert_no_small_count_can_be_narrowed(cells, naive, sums)


def test_two_small_counts_of_a_row_do_not_cover_each_other_when_together_they_are_few():
    shown = published("""
        group | better | same | worse
        knee  | 40     | 3    | 2
        neck  | 50     | 60   | 70
        jaw   | 50     | 60   | 70
    """)
    # 45 - 40 = 5 would say that both lie between 1 and 4.
    assert (shown["knee", "better"], shown["knee", "same"], shown["knee", "worse"]) == (None, None, None)


def test_twelve_episodes_of_three_clients_are_a_small_count():
    shown = published("""
        group | better | same    | worse
        knee  | 40     | 12 of 3 | 20
        neck  | 50     | 60      | 70
    """)
    assert shown["knee", "same"] is None


def test_many_episodes_of_few_clients_give_no_more_cover_than_the_clients():
    # Two cells of 12 episodes would leave 24 - 1 = 23 for either; but they are 3 + 3 people, so a third cell is hidden.
    shown = published("""
        group | better | same    | worse
        knee  | 40     | 12 of 3 | 12 of 3
        neck  | 50     | 60      | 70
        jaw   | 50     | 60      | 70
    """)
    assert shown["knee", "better"] is None


def test_of_a_group_of_few_nothing_is_shown_not_even_that_none_of_them_got_worse():
    shown = published("""
        group | better | same | worse
        jaw   | 4      | 0    | 0
        knee  | 40     | 30   | 25
        neck  | 50     | 12   | 40
    """)
    assert [shown["jaw", fate] for fate in (*FATES, "all")] == [None] * 4


def test_the_count_of_everyone_is_always_shown():
    shown = published("""
        group | better | same | worse
        jaw   | 4      | 3    | 9
        knee  | 8      | 9    | 7
        neck  | 5      | 12   | 9
    """)
    assert shown["all", "all"] == 4 + 3 + 9 + 8 + 9 + 7 + 5 + 12 + 9


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ("group | better | same\nknee | 5 | 0", "fewer than 11 people in all"),
        # 11 people in three fates: with one at least in the others, none can be more than 9.
        ("group | better | same | worse\nknee | 4 | 4 | 3", "too few people for these tables"),
    ],
)
def test_what_cannot_be_hidden_is_refused_in_words(drawn, words):
    cells, sums = table_of(drawn)
    with pytest.raises(CannotHide, match=words):
        hidden(cells, sums)


@pytest.mark.parametrize(
    "drawn",
    [
        COVERED,
        "group | better | same | worse\na | 1 | 1 | 1\nb | 10 | 10 | 10\nc | 11 | 11 | 11\nd | 30 | 0 | 2",
        "group | better | same | worse\na | 10 | 30 | 30\nb | 30 | 30 | 30\nc | 30 | 30 | 0",
        "group | better | same | worse\na | 3 | 0 | 0\nb | 30 | 30 | 30\nc | 30 | 0 | 40",
        # Two groups of 10 beside two large ones: together 20, and by the hidden zeros each known to be small.
        "group | better | same | worse\na | 30 | 30 | 0\nb | 40 | 30 | 0\nc | 10 | 0 | 0\nd | 0 | 10 | 0",
        "group | better | same | worse\na | 30 of 4 | 20 | 30\nb | 30 | 30 of 9 | 30\nc | 30 | 30 | 0",
    ],
)
def test_no_small_count_can_be_narrowed_from_the_published_table(drawn):
    cells, sums = table_of(drawn)
    assert_no_small_count_can_be_narrowed(cells, published(drawn), sums)


COUNTS = st.one_of(st.just(0), st.integers(1, 10), st.integers(11, 60))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.lists(st.tuples(COUNTS, st.integers(0, 5)), min_size=3, max_size=3), min_size=2, max_size=4))
def test_of_random_tables_no_small_count_can_be_narrowed(drawn):
    lines = [
        " | ".join([f"g{place}", *(f"{clients + more * (clients > 0)} of {clients}" for clients, more in line)])
        for place, line in enumerate(drawn)
    ]
    text = "\n".join(["group | better | same | worse", *lines])
    cells, sums = table_of(text)
    try:
        shown = published(text)
    except CannotHide:
        reject()  # hardly anybody in it, and the refusal has its own test
    assert_no_small_count_can_be_narrowed(cells, shown, sums)
