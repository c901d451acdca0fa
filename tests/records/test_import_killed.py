"""A small sample of tests/records/kill_import.py, which kills far more often and on more rows."""

from tests.records.kill_import import outcomes


def test_a_killed_import_leaves_nothing_half_written(tmp_path):
    left = [outcome.left for outcome in outcomes(times=2, rows=5_000, seed=7, folder=tmp_path)]
    assert set(left) <= {"nothing", "everything"}
    assert "nothing" in left
