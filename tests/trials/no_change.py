"""Nobody changes: how often do the seven classes say otherwise, by the error of measuring alone?

Invented clients have a true pain that stays where it is. At each visit they name a whole number from 0 to 10: the truth
plus an error of SEM 1.02 (Childs 2005), rounded, and held within the scale. They are judged by the rules for low back
pain: important change 2 points, error 2.4, 30 % of the start. Every share is worked out exactly, by adding up all pairs
of ratings, and once more by simulation; the two must agree.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

import instruments
from analytics import change
from analytics.measurement_error import error_of_means
from tests.trials.chance import agrees

SEM = 1.02
RATINGS = np.arange(11)
NPRS = instruments.scale("nprs")
LIMITS = instruments.limits(NPRS, region="low_back")
WORLDS = {"true pain 5": [5], "true pain 2 to 8, evenly": [2, 3, 4, 5, 6, 7, 8]}
VISITS = [2, 3, 4, 6, 8, 12]
NOW = {"the last visit": 1, "the mean of the last three": 3}  # ratings averaged, as far as there are so many


@dataclass(frozen=True, slots=True)
class Shares:
    """Of clients in whom nothing changed, the share in each class.

    `ratings_now` is how many ratings "now" is the mean of; the first visit is never among them. `exact` and `simulated`
    are indexed by class.
    """

    world: str
    now: str
    visits: int
    ratings_now: int
    exact: pd.Series
    simulated: pd.Series
    clients: int

    @property
    def agree(self) -> bool:
        """Whether the simulation is within chance of the exact share in every class."""
        return all(agrees(self.exact[name], self.simulated[name], self.clients) for name in change.WORDS)


def chances_of_ratings(true_pain: float) -> np.ndarray:
    """The chance of each rating 0 to 10: a normal error, rounded to whole numbers, the tails held at 0 and 10."""
    below = stats.norm.cdf((RATINGS[:-1] + 0.5 - true_pain) / SEM)
    return np.diff(below, prepend=0, append=1)


def compared(world: str, ratings_now: int) -> pd.DataFrame:
    """Every pair of a first rating and a mean now, its chance and its class.

    Returns
    -------
    DataFrame: first, latest, chance (they add up to 1), name
    """
    levels = WORLDS[world]
    chance = np.zeros((RATINGS.size, 10 * ratings_now + 1))
    for level in levels:
        one = total = chances_of_ratings(level)
        for _ in range(ratings_now - 1):
            total = np.convolve(total, one)
        chance += np.outer(one, total) / len(levels)
    first, latest = np.indices(chance.shape)
    pairs = pd.DataFrame({"first": first.ravel(), "latest": latest.ravel() / ratings_now, "chance": chance.ravel()})
    return pairs.assign(name=classes(pairs["first"], pairs["latest"], ratings_now))


def classes(first: pd.Series, latest: pd.Series, ratings_now: int = 1) -> pd.Series:
    """The class of each comparison by the rules for low back pain; the error falls where ratings are averaged."""
    table = pd.DataFrame({"first": first, "latest": latest}, dtype="float64").assign(
        error=error_of_means(LIMITS.error.points, 1, ratings_now),
        important=LIMITS.important.points,
        percent=LIMITS.percent.percent,
    )
    return change.judged(table, NPRS)


def exact_shares(world: str, ratings_now: int) -> pd.Series:
    """The share of unchanged clients in each class, added up over all pairs of ratings."""
    pairs = compared(world, ratings_now)
    return pairs.groupby("name")["chance"].sum().reindex(list(change.WORDS), fill_value=0.0)


def asymmetries(world: str, ratings_now: int) -> dict[str, float]:
    """What keeps better and worse from mirroring each other, as shares of all clients.

    Error throws as many up as down, but two rules ask only of those who fell. "No room" takes those who began too near
    to 0 to be called possibly better; the percent makes possibly better of a fall that is enough in points. So

        improved + percent = worse, and possibly_improved - percent + no_room = possibly_worse.

    Returns
    -------
    dict: no_room, percent
    """
    pairs = compared(world, ratings_now)
    fall, error = pairs["first"] - pairs["latest"], error_of_means(LIMITS.error.points, 1, ratings_now)
    mic, mdc = LIMITS.important.points - change.TOLERANCE, error - change.TOLERANCE
    floored = pairs["name"].eq("no_room") & (fall >= mic)
    held_back = pairs["name"].eq("possibly_improved") & (fall >= max(mic, mdc))
    return {
        "no_room": float(pairs.loc[floored, "chance"].sum()),
        "percent": float(pairs.loc[held_back, "chance"].sum()),
    }


def ratings(world: str, clients: int, visits: int, chance: np.random.Generator) -> np.ndarray:
    """Simulated ratings before treatment, one row a client, one column a visit."""
    true_pain = chance.choice(WORLDS[world], size=(clients, 1))
    return np.clip(np.rint(chance.normal(true_pain, SEM, size=(clients, visits))), 0, 10)


def shares(clients: int, seed: int) -> list[Shares]:
    """Exact and simulated shares for each world, meaning of now, and number of visits."""
    chance, found = np.random.default_rng(seed), []
    for world in WORLDS:
        drawn = ratings(world, clients, max(VISITS), chance)
        for now, most in NOW.items():
            for visits in VISITS:
                ratings_now = min(most, visits - 1)
                latest = drawn[:, visits - ratings_now : visits].mean(axis=1)
                simulated = classes(pd.Series(drawn[:, 0]), pd.Series(latest), ratings_now)
                simulated = simulated.value_counts(normalize=True).reindex(list(change.WORDS), fill_value=0.0)
                found.append(
                    Shares(world, now, visits, ratings_now, exact_shares(world, ratings_now), simulated, clients)
                )
    return found


@dataclass(frozen=True, slots=True)
class Alarms:
    """Of unchanged clients, the share ever called worse over the visits after the first."""

    world: str
    visits: int
    once_exact: float
    once_simulated: float
    twice_in_a_row_exact: float
    twice_in_a_row_simulated: float
    clients: int

    @property
    def agree(self) -> bool:
        """Whether both simulated shares are within chance of the exact ones."""
        return agrees(self.once_exact, self.once_simulated, self.clients) and agrees(
            self.twice_in_a_row_exact, self.twice_in_a_row_simulated, self.clients
        )


def alarms(visits: int, clients: int, seed: int) -> list[Alarms]:
    """How often unchanged clients are ever called worse, by one comparison and by two visits in a row.

    Each visit after the first is compared with the first. Given the first rating the later ones are independent, so
    the exact share follows from the chance q that one of them is called worse: 1 - (1 - q)^n for once; for two in a
    row, by stepping through the visits with the chances of not yet, the last one calm, and not yet, the last one worse.
    """
    chance, found = np.random.default_rng(seed), []
    worse = classes(*(pd.Series(grid.ravel()) for grid in np.indices((11, 11)))).eq("worse").to_numpy().reshape(11, 11)
    for world, levels in WORLDS.items():
        once = twice = 0.0
        for level in levels:
            one = chances_of_ratings(level)
            q = worse @ one  # by first rating
            calm, warned = np.ones(11), np.zeros(11)
            for _visit in range(visits - 1):
                calm, warned = (calm + warned) * (1 - q), calm * q
            once += one @ (1 - (1 - q) ** (visits - 1)) / len(levels)
            twice += one @ (1 - calm - warned) / len(levels)
        drawn = ratings(world, clients, visits, chance).astype(int)
        flagged = worse[drawn[:, :1], drawn[:, 1:]]
        found.append(
            Alarms(
                world,
                visits,
                float(once),
                float(flagged.any(axis=1).mean()),
                float(twice),
                float((flagged[:, 1:] & flagged[:, :-1]).any(axis=1).mean()),
                clients,
            )
        )
    return found


def main(quick: bool, seed: int = 7) -> bool:
    """Print the shares for each number of visits, what keeps them from mirroring each other, and the false alarms.

    Returns
    -------
    bool
        Whether every simulated share agrees with the exact one.
    """
    clients = 20_000 if quick else 1_000_000
    percent = LIMITS.percent.percent
    print(
        f"No change: {clients:,} invented clients a row; SEM {SEM}; whole-number ratings 0-10; share in percent, exact"
    )
    print(f"(simulated). Important {LIMITS.important.points} points, error {LIMITS.error.points}, {percent:g} %.")
    names = ["improved", "possibly_improved", "unchanged", "possibly_worse", "worse", "no_room"]
    print(f"{'':26}{'now':27}{'visits':>6}" + "".join(f"{name:>18}" for name in names))
    found = shares(clients, seed)
    for row in found:
        cells = "".join(f"{100 * row.exact[name]:9.3f} ({100 * row.simulated[name]:6.3f})" for name in names)
        print(f"{row.world:26}{row.now:27}{row.visits:6}{cells}")
    print("\nWhere the mirror breaks, share of clients in percent, exact:")
    for world, ratings_now in sorted({(row.world, row.ratings_now) for row in found}):
        taken = asymmetries(world, ratings_now)
        print(
            f"  {world}, now the mean of {ratings_now}: {100 * taken['no_room']:.3f} are no_room instead of "
            f"possibly_improved, {100 * taken['percent']:.3f} possibly_improved instead of improved ({percent:g} %)"
        )
    print("\nEver called worse, share of clients in percent, exact (simulated):")
    called = [row for visits in VISITS for row in alarms(visits, clients, seed)]
    for row in called:
        print(
            f"  {row.world:26}{row.visits:2} visits: by one comparison {100 * row.once_exact:6.2f} "
            f"({100 * row.once_simulated:5.2f}), by two in a row {100 * row.twice_in_a_row_exact:5.2f} "
            f"({100 * row.twice_in_a_row_simulated:5.2f})"
        )
    return all(row.agree for row in found + called)
