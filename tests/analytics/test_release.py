"""The tables that may leave the practice: fixed, without ids, and no small count in them or behind them."""

from collections import defaultdict

import pandas as pd
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from analytics import export, fates, outcomes, release
from analytics.errors import CannotHide, ReleaseRefused
from analytics.filters import Filters
from analytics.small_groups import hidden
from attacker import assert_no_small_count_can_be_narrowed
from records import store as record_store
from records.errors import NotAllowed
from tables import practice_of

FATES = list(fates.FATES.values())


def people(count: int, name: str, injury: str, cause: str, first: int, latest: int | str) -> str:
    """Drawn lines of that many clients, each with two visits in March 2026, discharged in April."""
    return "\n".join(
        f"{name} {number} | {injury} | {cause} | 2026-03-{day:02} | {pain} | 2026-04-01 | other"
        for number in range(count)
        for day, pain in ((2, first), (16, latest))
    )


def drawn(*groups: str) -> str:
    return "\n".join(["client | injury | cause | day | before | discharged | reason", *groups])


# Low back, 7 to 2: better by 5, beyond the error of 2.4. 7 to 6: no clear change.
TWO_TYPES = drawn(
    people(20, "Ada", "Low back strain", "workplace", 7, 2),
    people(12, "Ben", "Low back strain", "workplace", 7, 6),
    people(15, "Cleo", "Other", "sports", 7, 2),
    people(14, "Dan", "Other", "sports", 7, 6),
)


def shown_in(table: pd.DataFrame) -> dict[tuple, int | None]:
    """The published cells; the totals over all groups, which stand in both tables, once."""
    found = {}
    for row in table.itertuples():
        cell = ("all together" if row.group == "all together" else row.table, row.group, row.fate)
        count = None if row.episodes == "hidden" else int(row.episodes)
        assert found.setdefault(cell, count) == count
    return found


def sums_of(shown: dict[tuple, int | None]) -> list[tuple]:
    """How the published tables add up, read off their labels."""
    of_group, of_fate = defaultdict(list), defaultdict(list)
    for table, group, fate in shown:
        if fate != "all together":
            of_group[table, group, "all together"].append((table, group, fate))
        if group != "all together":
            of_fate[table, fate].append((table, group, fate))
    return [
        *of_group.items(),
        *((("all together", "all together", fate), parts) for (_, fate), parts in of_fate.items()),
    ]


def counted_slowly(window, today) -> pd.DataFrame:
    """Every cell of the tables again, by plain Python: its episodes and the distinct clients behind them."""
    seen = outcomes.with_visits(outcomes.episodes(window, Filters(), today))
    episodes, clients = defaultdict(int), defaultdict(set)
    for row, fate in zip(seen.itertuples(), fates.fates(seen), strict=True):
        for table, group in (
            ("fates by injury type", row.injury_type),
            ("fates by cause", row.cause_name),
            ("all together", "all together"),
        ):
            for word in (fates.FATES[fate], "all together"):
                episodes[table, group, word] += 1
                clients[table, group, word].add(row.client_id)
    return pd.DataFrame(
        {"episodes": episodes.values(), "clients": [len(clients[cell]) for cell in episodes]},
        index=pd.MultiIndex.from_tuples(episodes),
    )


def test_the_tables_are_fixed_and_each_group_has_every_fate_and_a_total(store, owner, today):
    practice_of(store, owner, TWO_TYPES)
    table = release.tables(store.open_for(owner), today)
    assert list(table.columns) == list(release.COLUMNS)
    assert table[["table", "group"]].drop_duplicates().values.tolist() == [
        ["fates by injury type", "Low back strain"],
        ["fates by injury type", "Other"],
        ["fates by injury type", "all together"],
        ["fates by cause", "sports"],
        ["fates by cause", "workplace"],
        ["fates by cause", "all together"],
    ]
    assert table["fate"].tolist() == [*FATES, "all together"] * 6
    assert set(table["as_of"]) == {today}


def test_counts_of_eleven_and_more_and_zeros_are_shown(store, owner, today):
    practice_of(store, owner, TWO_TYPES)
    shown = shown_in(release.tables(store.open_for(owner), today))
    back = {fate: shown["fates by injury type", "Low back strain", fate] for fate in [*FATES, "all together"]}
    assert back == dict.fromkeys(FATES, 0) | {"better, beyond error": 20, "no clear change": 12, "all together": 32}
    assert shown["all together", "all together", "all together"] == 20 + 12 + 15 + 14


def test_the_share_that_is_better_stands_only_where_every_count_behind_it_is_shown(store, owner, today):
    practice_of(store, owner, TWO_TYPES + "\n" + people(3, "Eve", "Other", "sports", 3, 9))
    table = release.tables(store.open_for(owner), today).set_index(["table", "group", "fate"])
    better = table.xs("better, beyond error", level="fate")
    assert better.loc[("fates by injury type", "Other"), ["better_share", "better_low", "better_high"]].isna().all()
    assert table.drop("better, beyond error", level="fate")["better_share"].isna().all()


def test_the_share_that_is_better_has_its_wilson_interval(store, owner, today):
    practice_of(store, owner, TWO_TYPES)
    table = release.tables(store.open_for(owner), today).set_index(["table", "group", "fate"])
    back = table.loc[("fates by injury type", "Low back strain", "better, beyond error")]
    assert back["better_share"] == 20 / (20 + 12)
    # Wilson: (p + z2/2n +- z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n), p = 0.625, n = 32, z2 = 3.8415:
    # (0.68502 +- 1.95996 * sqrt(0.00732 + 0.00094)) / 1.12005 = (0.68502 +- 0.17813) / 1.12005
    assert (back["better_low"], back["better_high"]) == (
        pytest.approx(0.4526, abs=1e-4),
        pytest.approx(0.7706, abs=1e-4),
    )


def test_three_of_a_fate_are_hidden_in_both_tables_and_covered(store, owner, today):
    practice_of(store, owner, TWO_TYPES + "\n" + people(3, "Eve", "Other", "sports", 3, 9))
    window = store.open_for(owner)
    shown = shown_in(release.tables(window, today))
    assert shown["fates by injury type", "Other", "worse, beyond error"] is None
    assert shown["fates by cause", "sports", "worse, beyond error"] is None
    # The total of the fate is the same three people, and 61 others less all would give them back.
    assert shown["all together", "all together", "worse, beyond error"] is None
    assert_no_small_count_can_be_narrowed(counted_slowly(window, today), shown, sums_of(shown))


def test_what_one_table_shows_does_not_give_away_what_the_other_hides(store, owner, today):
    # Covered each for itself, the two tables would hide different totals beside that of the eight, and each would give
    # back the one the other hides.
    groups = [
        people(8, "Ada", "Knee sprain", "fall", 3, 9),
        people(26, "Ben", "Knee sprain", "fall", 7, 6),
        people(23, "Cleo", "Jaw pain", "fall", 7, 2),
    ]
    practice_of(store, owner, drawn(*groups))
    window = store.open_for(owner)
    shown = shown_in(release.tables(window, today))
    assert_no_small_count_can_be_narrowed(counted_slowly(window, today), shown, sums_of(shown))


def test_of_an_injury_type_of_few_people_nothing_is_shown(store, owner, today):
    practice_of(store, owner, TWO_TYPES + "\n" + people(4, "Eve", "Jaw pain", "sports", 7, 2))
    shown = shown_in(release.tables(store.open_for(owner), today))
    assert {shown["fates by injury type", "Jaw pain", fate] for fate in [*FATES, "all together"]} == {None}


def test_one_person_with_twelve_episodes_is_one_person(store, owner, today):
    often = "\n".join(
        f"Eve | e{number} | Jaw pain | sports | 2026-03-02 | 7 | 2026-04-01 | other" for number in range(12)
    )
    lines = [line.split(" | ", 1) for line in TWO_TYPES.splitlines()[1:]]
    others = "\n".join(f"{name} | {name} | {rest}" for name, rest in lines)
    practice_of(store, owner, "\n".join(["client|episode|injury|cause|day|before|discharged|reason", others, often]))
    shown = shown_in(release.tables(store.open_for(owner), today))
    assert shown["fates by injury type", "Jaw pain", "no second reading"] is None
    assert shown["fates by injury type", "Jaw pain", "all together"] is None


def test_in_the_sample_practice_counts_are_right_and_no_small_one_can_be_narrowed(full_sample_path, owner, today):
    opened = record_store.open_store(full_sample_path)
    try:
        window = opened.open_for(owner)
        shown, counted = shown_in(release.tables(window, today)), counted_slowly(window, today)
    finally:
        opened.close()
    truth = counted["episodes"].to_dict()
    assert {cell: count for cell, count in shown.items() if count} == {
        cell: truth[cell] for cell, count in shown.items() if count
    }
    assert all(cell not in truth for cell, count in shown.items() if count == 0)
    assert_no_small_count_can_be_narrowed(counted, shown, sums_of(shown))
    hidden_large = [cell for cell, clients in counted["clients"].items() if clients > 10 and shown[cell] is None]
    assert 0 < len(hidden_large) < len(counted) / 10  # some cover is needed, and little of it


CELLS = st.tuples(
    st.sampled_from(["jaw", "knee", "neck"]),
    st.sampled_from(["fall", "sports", "stress"]),
    st.sampled_from(["improved", "unchanged", "worse"]),
    st.one_of(st.integers(1, 10), st.integers(11, 40)),
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(CELLS, min_size=2, max_size=9, unique_by=lambda cell: cell[:3]))
def test_in_random_linked_tables_no_small_count_can_be_narrowed(drawn_cells):
    lines = [line for *cell, count in drawn_cells for line in [cell] * count]
    episodes = pd.DataFrame(lines, columns=["injury_type", "cause_name", "fate"]).assign(client_id=range(len(lines)))
    cells, sums = release.linked_tables(episodes)
    try:
        is_hidden = hidden(cells, sums)
    except CannotHide:
        reject()  # hardly anybody in it, and the refusal has its own test
    shown = {cell: None if is_hidden[cell] else int(count) for cell, count in cells["episodes"].items()}
    assert_no_small_count_can_be_narrowed(cells, shown, sums)


def test_fewer_than_eleven_people_are_refused(store, owner, today):
    practice_of(store, owner, drawn(people(10, "Ada", "Other", "sports", 7, 2)))
    with pytest.raises(ReleaseRefused, match="10 people have had a visit; tables leave the practice from 11 on"):
        release.tables(store.open_for(owner), today)


def test_a_practice_too_small_to_hide_in_is_refused(store, owner, today):
    few = [people(4, "Ada", "Other", "sports", 7, 2), people(4, "Ben", "Other", "sports", 7, 6)]
    practice_of(store, owner, drawn(*few, people(3, "Cleo", "Other", "sports", 3, 9)))
    with pytest.raises(ReleaseRefused, match="too few people for these tables"):
        release.tables(store.open_for(owner), today)


def test_a_therapist_may_not_release(store, therapist, today):
    with pytest.raises(NotAllowed, match=f"needs the right '{export.RIGHT}'"):
        release.tables(store.open_for(therapist(7)), today)
