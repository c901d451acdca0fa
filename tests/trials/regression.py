"""Practices that do nothing: the fall their clients show all the same, against the fall expected without treatment.

True pain is normally distributed in everyone who might come; those come whose first rating lies above a cut-off. The
second rating has the same true pain and an error of its own, so its fall is regression to the mean and nothing else.
The estimate a practice makes from its own first ratings must guess the whole population from those who came. It takes
the cut-off to be sharp; where it differs from one person to the next it finds only a part of the fall.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics import estimates

MEAN, SD = 5.0, 2.0


@dataclass(frozen=True, slots=True)
class World:
    """How people rate and who comes.

    `cut_off` is the pain above which people come (5.5: who rates 6 or more); `wavering` the SD in points by which that
    cut-off differs from one person to the next.
    """

    whole_numbers: bool
    reliability: float
    cut_off: float
    wavering: float = 0.0

    @property
    def words(self) -> str:
        """The world in a few words, for the table."""
        wavering = f" ± {self.wavering:g}" if self.wavering else ""
        return f"{'whole numbers' if self.whole_numbers else 'unrounded'}, above {self.cut_off:g}{wavering}"


WORLDS = [
    World(False, 0.75, 5.5),
    World(True, 0.75, 5.5),
    World(True, 0.75, 3.5),
    World(True, 0.60, 5.5),
    World(True, 0.75, 5.5, wavering=1.0),
    World(True, 0.60, 5.5, wavering=1.0),
]


@dataclass(frozen=True, slots=True)
class Fall:
    """The fall in points of those who come, over many practices in which nothing is done.

    `formula` is what `expected_fall` says, given the whole population; None where the cut-off wavers, which it does not
    know. `observed` is the mean fall, `observed_error` its standard error. `estimated` is the mean of what
    `regression_to_the_mean` says of each practice from its own first ratings alone, `estimated_low` and
    `estimated_high` the middle 90 % of the practices; `estimated_over` is the share of them whose estimate is more than
    `observed`, and `estimated_in` in how many it says a number.
    """

    world: World
    clients: int
    practices: int
    formula: float | None
    observed: float
    observed_error: float
    estimated: float
    estimated_low: float
    estimated_high: float
    estimated_over: float
    estimated_in: int

    @property
    def agree(self) -> bool:
        """Whether the fall is that of the formula, and the estimate near it where its assumption holds.

        Unrounded ratings fall as the formula says, within four standard errors. With a sharp cut-off the estimates of
        practices of 1,000 clients are on average within a fifth of what happened; of a smaller practice an estimate is
        too rough to ask that. With a wavering cut-off they stay below it.
        """
        chance = 4 * self.observed_error
        if not self.world.whole_numbers and abs(self.observed - self.formula) > chance:
            return False
        if self.world.wavering:
            return 0 < self.estimated < self.observed
        return self.clients < 1000 or abs(self.estimated - self.observed) < self.observed / 5 + chance


def falls(clients: int, practices: int, seed: int) -> list[Fall]:
    """Observed, expected and estimated falls of invented practices of that many clients with two ratings each."""
    chance, found = np.random.default_rng(seed), []
    for world in WORLDS:
        formula = None if world.wavering else estimates.expected_fall(MEAN, SD, world.reliability, world.cut_off)
        observed, estimated = [], []
        for _practice in range(practices):
            first, second = one_practice(world, clients, chance)
            observed.append((first - second).mean())
            told = estimates.regression_to_the_mean(pd.Series(first), world.reliability)
            if told.points is not None:
                estimated.append(told.points)
        found.append(
            Fall(
                world,
                clients,
                practices,
                formula,
                float(np.mean(observed)),
                float(np.std(observed, ddof=1) / np.sqrt(practices)),
                float(np.mean(estimated)),
                *(float(end) for end in np.quantile(estimated, [0.05, 0.95])),
                float(np.mean(np.array(estimated) > np.mean(observed))),
                len(estimated),
            )
        )
    return found


def one_practice(world: World, clients: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """First and second ratings of the first clients who come."""
    people = clients * 5 + 200  # at these cut-offs about two in five come or more
    true_pain = chance.normal(MEAN, SD * np.sqrt(world.reliability), people)
    first, second = chance.normal(true_pain, SD * np.sqrt(1 - world.reliability), (2, people))
    come = np.flatnonzero(first > chance.normal(world.cut_off, world.wavering, people))[:clients]
    assert len(come) == clients, "too few people to fill the practice"
    if not world.whole_numbers:
        return first[come], second[come]
    return np.clip(np.rint(first[come]), 0, 10), np.clip(np.rint(second[come]), 0, 10)


def main(quick: bool, seed: int = 7) -> bool:
    """Print observed, expected and estimated falls; whether they stand to each other as they should."""
    practices = 20 if quick else 100
    print(f"Regression to the mean: {practices} practices each, nothing done; falls in points.")
    print(
        f"{'ratings, who comes':32}{'r':>6}{'clients':>9}{'formula':>9}{'observed':>10}{'estimated (middle 90 %)':>26}"
        f"{'above observed':>16}"
    )
    found = [row for clients in (100, 1000) for row in falls(clients, practices, seed)]
    for row in found:
        formula = "" if row.formula is None else f"{row.formula:.3f}"
        spread = f"{row.estimated:.3f} ({row.estimated_low:.3f} to {row.estimated_high:.3f})"
        said = "" if row.estimated_in == row.practices else f"  said in {row.estimated_in}"
        print(
            f"{row.world.words:32}{row.world.reliability:6.2f}{row.clients:9}{formula:>9}{row.observed:10.3f}"
            f"{spread:>26}{100 * row.estimated_over:14.0f} %{said}"
        )
    return all(row.agree for row in found)
