"""Somebody who has the published tables, knows how they add up and by which rule cells were hidden, and reckons."""

import numpy as np
import pandas as pd
from scipy.optimize import linprog


def ranges(
    shown: dict[tuple, int | None], sums: list[tuple], one_episode_each: bool
) -> dict[tuple, tuple[float, float]]:
    """What somebody can work out of each hidden cell from the published table and the rule alone.

    They know that a hidden cell holds at least 1, unless it is part of a total of which nothing at all is shown: that
    total may be small, and a small total hides its zeros too. Where a part of it is hidden though it can only be 0, the
    total is small for certain: 10 people at most, and as many episodes where they know that everyone has one.
    """
    unknown = [cell for cell, count in shown.items() if count is None]
    place = {cell: number for number, cell in enumerate(unknown)}
    left, right = np.zeros((len(sums), len(unknown))), np.zeros(len(sums))
    least, most = dict.fromkeys(unknown, 1), dict.fromkeys(unknown, None)
    none_of_it = {cell for total, parts in sums if shown[total] == 0 for cell in parts}
    for row, (total, parts) in enumerate(sums):
        for cell, sign in [(total, -1), *((part, 1) for part in parts)]:
            if shown[cell] is None:
                left[row, place[cell]] += sign
            else:
                right[row] -= sign * shown[cell]
        if all(shown[cell] is None for cell in (total, *parts)):
            least |= dict.fromkeys(parts, 0)
            if one_episode_each and none_of_it.intersection(parts):
                most[total] = 10
    bounds = [(least[cell], most[cell]) for cell in unknown]
    found = {}
    for cell in unknown:
        aim = np.zeros(len(unknown))
        aim[place[cell]] = 1
        ends = [linprog(sign * aim, A_eq=left, b_eq=right, bounds=bounds) for sign in (1, -1)]
        assert all(end.status in (0, 3) for end in ends)  # found, or without an upper end
        found[cell] = (ends[0].fun, np.inf if ends[1].status == 3 else -ends[1].fun)
    return found


def assert_no_small_count_can_be_narrowed(
    cells: pd.DataFrame, shown: dict[tuple, int | None], sums: list[tuple]
) -> None:
    """Every cell of 1 to 10 clients is hidden, and could be any number from 1 to 10 for all that is shown.

    Where clients have several episodes the ten numbers are larger, and so no part of 1 to 10.
    """
    small = cells.index[cells["clients"].between(1, 10)]
    reached = ranges(shown, sums, (cells["clients"] == cells["episodes"]).all())
    for cell in small:
        assert shown[cell] is None, f"{cell} is shown"
        low, high = (round(end, 6) for end in reached[cell])
        more = cells["episodes"][cell] - cells["clients"][cell]  # episodes beyond each client's first
        assert low <= 1 + more, f"{cell} is known to be at least {low}"
        assert high >= 10 + more, f"{cell} is known to be at most {high}"
