"""Keeps a published count from pointing at a person: no count of 1 to 10 people, nor what it can be derived from.

The rule is that of CMS (clinical reference, D): a count of 1 to 10 is not shown, 0 may be. Hiding it alone is not
enough, because a total less the other parts gives it back, so further cells are hidden with it.
"""

import numpy as np
import pandas as pd
from scipy import optimize, sparse

from analytics.errors import CannotHide
from records.store import POOLED_MINIMUM

SMALLEST_SHOWN = POOLED_MINIMUM
TOTAL_COST = 10  # totals are hidden last: one costs ten times the largest count, an inner cell what it counts


def hidden(cells: pd.DataFrame, sums: list[tuple]) -> pd.Series:
    """Which cells of linked tables must not be shown.

    Parameters
    ----------
    cells : DataFrame
        episodes (the count that would be shown), clients (distinct people behind it, at most `episodes`); any index.
    sums : list of (total, parts)
        Labels of `cells`: the episodes of `total` are those of `parts` together. Tables that share a total are linked
        by naming it in both. A total that is part of nothing, the count of everyone, is always shown.

    Returns
    -------
    Series of bool, with the index of `cells`
        Cells of 1 to 10 clients; all parts of a total of 1 to 10 clients, its zeros too, because what befell nobody in
        so small a group is told of each of them; and the cells hidden to cover these. They cannot be told apart.

    Raises
    ------
    CannotHide
        When hiding everything but the count of everyone would still not be enough.

    Notes
    -----
    The criterion: to somebody who knows every shown cell, every sum and this rule (a hidden cell holds at least 1,
    unless it is part of a small total; a total all of whose parts are hidden though others of their kind are 0 may be
    known to be small), each cell of 1 to 10 clients could still be any number from 1 to 10; one with more episodes than
    clients, any ten numbers with larger ones than 10 among them. So no cell can be narrowed down to one value or to a
    part of 1 to 10, and two cells that cover each other alone are never 1 to 10 people together. A cell hidden only to
    cover others has 11 clients or more and needs no cover itself. Totals move within what they are: a small one stays
    at 10 or less, a larger one at 11 or more, because hidden zeros tell them apart.

    How: moving a small cell from its clients to 1, or up to 10, must be balanced by other cells, so that every sum
    still holds. The cheapest cells that can do so are found by linear programming (after Cox 1995, network models for
    complementary suppression) and hidden. What is hidden already costs nothing, totals cost most, shown zeros stay.
    Twelve episodes of three people give no more cover than three: a covering cell gives up its clients less one at
    most (somebody with episodes in two cells counts in both). Two tables with shared margins form one network of
    flows, so whole numbers can move as far as fractions can.

    Examples
    --------
    One small cell hides a second, or 30 - 20 would give it back:

    >>> cells = pd.DataFrame({"episodes": [10, 20, 40, 70]}, index=["worse", "same", "better", "all"])
    >>> hidden(cells.assign(clients=cells["episodes"]), [("all", ["worse", "same", "better"])]).tolist()
    [True, True, False, False]
    """
    small = cells["clients"].between(1, SMALLEST_SHOWN - 1)
    everyone = {total for total, _ in sums} - {part for _, parts in sums for part in parts}
    if small[cells.index.isin(everyone)].any():
        raise CannotHide(f"There are fewer than {SMALLEST_SHOWN} people in all: no table of them can be shown.")
    in_small_total = cells.index.isin([part for total, parts in sums if small[total] for part in parts])
    fixed = cells.index.isin(everyone) | ((cells["episodes"] == 0) & ~in_small_total)
    totals = cells.index.isin([total for total, _ in sums])
    cost = np.where(totals, TOTAL_COST * cells["episodes"].max(), cells["episodes"])
    balance = _balance(cells.index, sums)
    least = np.where(totals & ~small, SMALLEST_SHOWN, np.where(in_small_total, 0, 1))
    most_down = np.where(fixed, 0, cells["clients"] - least)
    most_up = np.where(fixed, 0, np.where(totals & small, SMALLEST_SHOWN - 1 - cells["clients"], np.inf))
    is_hidden = (small | in_small_total).to_numpy(copy=True)
    for place in np.flatnonzero(small):
        clients = cells["clients"].iloc[place]
        for move in (1 - clients, SMALLEST_SHOWN - 1 - clients):
            if move:
                limits = np.column_stack([-most_down, most_up])
                limits[place] = move, move
                is_hidden |= _moved(np.where(is_hidden, 0, cost), balance, limits)
    return pd.Series(is_hidden, index=cells.index)


def _balance(labels: pd.Index, sums: list[tuple]) -> sparse.csr_array:
    """One row per sum: +1 for its parts, -1 for its total."""
    place = {label: number for number, label in enumerate(labels)}
    balance = sparse.lil_array((len(sums), len(labels)))
    for row, (total, parts) in enumerate(sums):
        balance[row, place[total]] = -1
        for part in parts:
            balance[row, place[part]] = 1
    return balance.tocsr()


def _moved(cost: np.ndarray, balance: sparse.csr_array, limits: np.ndarray) -> np.ndarray:
    """The cells of the cheapest move within `limits` under which every sum still holds."""
    # A move up and a move down are two variables, so that both cost.
    up = np.column_stack([limits[:, 0].clip(min=0), limits[:, 1].clip(min=0)])
    down = np.column_stack([(-limits[:, 1]).clip(min=0), (-limits[:, 0]).clip(min=0)])
    found = optimize.linprog(
        np.concatenate([cost, cost]),
        A_eq=sparse.hstack([balance, -balance]),
        b_eq=np.zeros(balance.shape[0]),
        bounds=np.vstack([up, down]),
        method="highs-ds",  # a corner of the network's polytope: whole numbers, and the same ones every time
    )
    if found.status == 2:
        raise CannotHide(
            f"There are too few people for these tables: some count under {SMALLEST_SHOWN} could be narrowed down from"
            " the rest whatever is hidden. Nothing can be shown until there are more."
        )
    assert found.success, found.message
    net = found.x[: len(cost)] - found.x[len(cost) :]
    return np.abs(net) > 0.5
