"""Means with their intervals."""

import pandas as pd
import pytest

from analytics.estimates import mean_interval


def interval(mean, sd, n, **level) -> list[float]:
    return [end[0] for end in mean_interval(pd.Series([mean]), pd.Series([sd]), pd.Series([n]), **level)]


def test_a_published_interval_of_195_heat_flow_readings():
    # NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2, ZARR13.DAT: n 195, mean 9.261460, sd 0.022789,
    # 95 % confidence limits 9.258242 and 9.264679.
    assert interval(9.261460, 0.022789, 195) == pytest.approx([9.258242, 9.264679], abs=1e-6)


def test_an_interval_worked_by_hand():
    # 2, 4, 6: mean 4, sd 2, t(2, 97.5 %) = 4.302653; half width 4.302653 * 2 / sqrt(3) = 4.968275.
    assert interval(4, 2, 3) == pytest.approx([4 - 4.968275, 4 + 4.968275], abs=1e-6)
    # 90 %: t(2, 95 %) = 2.919986; 2.919986 * 2 / sqrt(3) = 3.371709.
    assert interval(4, 2, 3, level=0.90) == pytest.approx([4 - 3.371709, 4 + 3.371709], abs=1e-6)


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_readings_have_no_interval(n):
    assert all(pd.isna(end) for end in interval(5, float("nan"), n))


def test_readings_that_all_agree_have_an_interval_of_no_width():
    assert interval(5, 0, 4) == [5, 5]
