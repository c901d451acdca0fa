"""Two published tables of the same people: what hiding small counts in each for itself gives away, and together not.

Every invented practice has its tables of fates by injury type and by cause, which share the totals of each fate. Hidden
apart, each table is covered without regard to the other; who puts both side by side knows what either shows.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics import release
from analytics.errors import CannotHide
from analytics.small_groups import hidden
from tests.attacker import assert_no_small_count_can_be_narrowed

INJURIES, CAUSES = ["jaw", "knee", "neck"], ["fall", "sports", "stress"]
FATES = ["improved", "unchanged", "worse"]


@dataclass(frozen=True, slots=True)
class Leaks:
    """Of the pairs of tables that can be published both ways, in how many a count of 1 to 10 could be narrowed down.

    `refused` is how many practices were passed over, with too few people to hide in.
    """

    pairs: int
    refused: int
    apart: int
    together: int

    @property
    def agree(self) -> bool:
        """Whether hiding together leaks in none, and the trial could have noticed: hiding apart does in some."""
        return self.together == 0 < self.apart


def leaks(pairs: int, seed: int) -> Leaks:
    """Hide the tables of that many invented practices apart and together, and let the attacker reckon."""
    chance, refused, leaked = np.random.default_rng(seed), 0, []
    while len(leaked) < pairs:
        cells, sums = release.linked_tables(practice(chance))
        try:
            ways = hidden_apart(cells, sums), hidden(cells, sums)
        except CannotHide:
            refused += 1
        else:
            leaked.append([_narrowed(cells, is_hidden, sums) for is_hidden in ways])
    apart, together = np.sum(leaked, axis=0)
    return Leaks(pairs, refused, int(apart), int(together))


def practice(chance: np.random.Generator) -> pd.DataFrame:
    """Episodes of one invented practice, each of a client of their own: two to nine cells of 1 to 40 people."""
    lines = []
    for _cell in range(chance.integers(2, 10)):
        cell = [chance.choice(names) for names in (INJURIES, CAUSES, FATES)]
        lines += [cell] * chance.integers(1, chance.choice([10, 40]) + 1)
    episodes = pd.DataFrame(lines, columns=["injury_type", "cause_name", "fate"])
    return episodes.assign(client_id=episodes.index)


def hidden_apart(cells: pd.DataFrame, sums: list[tuple]) -> pd.Series:
    """What is hidden when each table covers its own small counts; a total is shown as soon as one of them shows it."""
    everyone = sums[:1]
    is_hidden = pd.Series(True, index=cells.index)
    for table in release.GROUPED_BY:
        own = everyone + [(total, parts) for total, parts in sums[1:] if parts[0][0] == table]
        labels = [cell for cell in cells.index if cell[0] in (table, release.ALL)]
        is_hidden[labels] &= hidden(cells.loc[labels], own)
    return is_hidden


def _narrowed(cells: pd.DataFrame, is_hidden: pd.Series, sums: list[tuple]) -> bool:
    shown = {cell: None if is_hidden[cell] else int(count) for cell, count in cells["episodes"].items()}
    try:
        assert_no_small_count_can_be_narrowed(cells, shown, sums)
    except AssertionError:
        return True
    return False


def main(quick: bool, seed: int = 7) -> bool:
    """Print in how many pairs each way of hiding leaks; whether together it is none, and apart some."""
    found = leaks(12 if quick else 300, seed)
    print(f"Two linked tables of {found.pairs} invented practices ({found.refused} more had too few people for them).")
    print("Practices in which a count of 1 to 10 could be narrowed down from what is shown:")
    print(f"  each table hidden for itself {found.apart:4}")
    print(f"  both hidden as one           {found.together:4}")
    return found.agree
