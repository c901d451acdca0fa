"""Ids made by the program: rising, never twice, small enough for a browser, and written in links."""

import time
from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import ids
from records import store as record_store


def test_ids_rise():
    made = [ids.new() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_blocks_of_many_threads_never_overlap():
    with ThreadPoolExecutor(16) as threads:
        blocks = list(threads.map(ids.block, [997] * 64))
    together = np.concatenate(blocks)
    assert len(np.unique(together)) == 64 * 997
    assert all((np.diff(block) == 1).all() for block in blocks)


def test_a_browser_can_hold_every_id_for_sixty_years():
    used = ids.new()
    per_year = (365 * 24 * 3600 * 1000) << 12
    assert used + 60 * per_year < 2**53


def test_ids_stay_near_the_clock_after_a_large_import():
    before = ids.new()
    ids.block(4_000_000)  # a counter of 12 bits lasts 4096 ids a millisecond: this borrows about a second
    assert ids.new() - before < (60_000 << 12)


def test_a_store_from_a_machine_whose_clock_is_ahead_is_never_given_an_id_twice(store, owner):
    ahead = ids.new() + (3_600_000 << 12)  # an hour ahead
    with store.change(owner, "create") as change:
        change.insert("client", {"client_id": ahead, "name": "Ada Example"})
    store.close()
    kept_next, ids._next = ids._next, 0  # as after a restart
    try:
        reopened = record_store.open_store(store.path)
        with reopened.change(owner, "create") as change:
            assert change.insert("client", {"name": "Ben Example"}) > ahead
        reopened.close()
    finally:
        ids._next = kept_next


@pytest.mark.parametrize("table", sorted(record_store.ID_OF))
def test_the_largest_id_is_looked_for_in_every_table_that_has_ids(store, table):
    """The tables as they are, empty, in a database of their own: the one id there is the largest."""
    columns = "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'records'"
    ids_only = {}
    for name, column in store._connection.execute(columns).fetchall():
        ids_only.setdefault(name, []).append(column)
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE SCHEMA records")
        for name, columns in ids_only.items():
            connection.execute(f"CREATE TABLE records.{name} ({', '.join(f'{column} BIGINT' for column in columns)})")
        connection.execute(f"INSERT INTO records.{table} ({record_store.ID_OF[table]}) VALUES (4711)")
        largest = (record_store.HERE / "largest_id.sql").read_text(encoding="utf-8")
        assert connection.execute(largest).fetchone() == (4711,)


def test_a_clock_set_back_gives_no_id_twice(monkeypatch):
    before = ids.new()
    earlier = time.time_ns() - 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: earlier)
    assert ids.new() > before


@given(st.integers(min_value=0, max_value=2**53))
def test_a_link_leads_back_to_its_id(record_id):
    assert ids.from_link(ids.to_link(record_id)) == record_id


@given(st.text(max_size=14))
def test_any_text_in_a_link_is_an_id_or_none(text):
    read = ids.from_link(text)
    assert read is None or (0 <= read < 2**55 and ids.to_link(read) == (text.lstrip("0") or "0"))


def test_letters_that_look_alike_are_not_used():
    assert [ids.from_link(text) for text in ("i", "l", "o", "u", "A", "", "z" * 12)] == [None] * 7
