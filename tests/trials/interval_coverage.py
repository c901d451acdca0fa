"""How often do the 95 % intervals hold the truth? For a share exactly, by adding up the binomial; and by simulation."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics import estimates
from tests.trials.chance import agrees
from tests.trials.no_change import SEM, chances_of_ratings

NUMBERS = [11, 20, 50, 200]
SHARES = [0.05, 0.1, 0.3, 0.5, 0.9]
MEAN_NUMBERS = [5, 11, 20, 50, 200]
FALLS = {"nobody changes": [0], "true falls of 0 to 4, evenly": [0, 1, 2, 3, 4]}
STARTS = [4, 5, 6, 7, 8]  # true pain at the first visit, evenly
T_BAND = (0.94, 0.96)  # whole numbers are not normal, so the t interval need only come this near to 95 %


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of repeated samples of n, the share whose 95 % interval holds the truth; `exact` is None where only simulated."""

    of: str
    n: int
    truth: float
    exact: float | None
    simulated: float
    samples: int

    @property
    def agree(self) -> bool:
        """Whether the simulation is within chance of the exact coverage, or of the band of a t interval."""
        nearest = min(max(self.simulated, T_BAND[0]), T_BAND[1]) if self.exact is None else self.exact
        return agrees(nearest, self.simulated, self.samples)


def wilson_coverage(samples: int, seed: int) -> list[Coverage]:
    """Exact and simulated coverage of the Wilson interval of a share."""
    chance, found = np.random.default_rng(seed), []
    for n in NUMBERS:
        successes = pd.Series(range(n + 1))
        low, high = estimates.wilson(successes, pd.Series(n, index=successes.index))
        for share in SHARES:
            holds = ((low <= share) & (share <= high)).to_numpy()
            exact = float(stats.binom.pmf(successes, n, share)[holds].sum())
            simulated = float(holds[chance.binomial(n, share, samples)].mean())
            found.append(Coverage("a share, Wilson", n, share, exact, simulated, samples))
    return found


def mean_coverage(samples: int, seed: int) -> list[Coverage]:
    """Simulated coverage of the t interval of a mean fall in whole-number pain.

    The truth is the mean of the fall in ratings, worked out exactly: the ends of the scale take a little of the fall in
    true pain, and that is no fault of the interval.
    """
    chance, found = np.random.default_rng(seed), []
    for world, falls in FALLS.items():
        truth = np.mean([mean_rating(start) - mean_rating(start - fall) for start in STARTS for fall in falls])
        for n in MEAN_NUMBERS:
            start = chance.choice(STARTS, size=(samples, n))
            now = start - chance.choice(falls, size=(samples, n))
            first, latest = (np.clip(np.rint(chance.normal(true, SEM)), 0, 10) for true in (start, now))
            sample = pd.DataFrame(first - latest)
            low, high = estimates.mean_interval(sample.mean(axis=1), sample.std(axis=1), sample.count(axis=1))
            holds = (low <= truth) & (truth <= high)
            found.append(Coverage(f"a mean fall, t, {world}", n, float(truth), None, float(holds.mean()), samples))
    return found


def mean_rating(true_pain: float) -> float:
    """The mean of the whole-number ratings that go with a true pain."""
    return float(np.arange(11) @ chances_of_ratings(true_pain))


def main(quick: bool, seed: int = 7) -> bool:
    """Print the coverage of both intervals; whether each is what it should be."""
    samples = 4_000 if quick else 100_000
    print(f"Coverage of 95 % intervals, in percent; {samples:,} samples each.")
    print(f"{'':48}{'n':>4}{'truth':>8}{'exact':>9}{'simulated':>11}")
    found = wilson_coverage(samples, seed) + mean_coverage(samples, seed)
    for row in found:
        exact = "" if row.exact is None else f"{100 * row.exact:.2f}"
        print(f"{row.of:48}{row.n:4}{row.truth:8.3f}{exact:>9}{100 * row.simulated:11.2f}")
    return all(row.agree for row in found)
