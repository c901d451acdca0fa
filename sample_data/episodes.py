"""Who comes with what, and when it began: one row per episode, before anybody has been treated."""

import numpy as np
import pandas as pd

from sample_data import draws, lists

YEARS = 3
GROWTH = 1.1  # so much more people begin in the last weeks than in the first: 1.1 is somewhat over twice as many
NEW_BY_MONTH = (1.15, 1.05, 1.0, 1.0, 0.95, 0.9, 0.75, 0.7, 1.05, 1.1, 1.05, 0.8)  # January first
CALMEST_LAST_DAYS = 3  # nobody begins later than this many days before `until`
TOGETHER = 0.25  # share of second episodes that run beside the first


def planned(rng: np.random.Generator, clients: int, until_day: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Episodes of `clients` invented people, in order of client and opening.

    Returns
    -------
    episodes : DataFrame
        client (row of the person, in order of their first opening), cast (row of names.toml, or NONE), injury, cause,
        region, side, second_region, course (codes), baseline (pain 0-10), remains (part of it left in the end),
        pace (visits to go two thirds of the way), visits, opened (day since 1970), beside (row of the episode it runs
        beside, or NONE).
    rank : int array, shape (clients,)
        The order in which people are kept when there are too many: the cast first.
    """
    cast = lists.read("names")["cast"]
    injuries = lists.injuries()
    first_opened = _openings(rng, clients, until_day)
    first_opened[: len(cast)] = [until_day - role["began_days_ago"] for role in cast]
    rank = np.argsort(first_opened, kind="stable")  # people are numbered by their first visit
    how_many = draws.drawn(rng, clients, 80, 16, 4) + 1
    how_many[: len(cast)] = [2 if "second_injury" in role else 1 for role in cast]
    how_many, first_opened = how_many[rank], first_opened[rank]

    client = np.repeat(np.arange(clients), how_many)
    place = np.arange(len(client)) - np.repeat(how_many.cumsum() - how_many, how_many)
    role = np.where(rank[client] < len(cast), rank[client], draws.NONE)
    together = (place == 1) & (draws.happens(rng, len(client), TOGETHER) | (role != draws.NONE))
    later = np.where(together, rng.integers(14, 40, len(client)), rng.integers(150, 420, len(client)))
    opened = first_opened[client] + np.where(place > 0, later, 0) + np.where(place > 1, 300, 0)
    happened = opened <= until_day - CALMEST_LAST_DAYS
    client, place, role, together, opened = (v[happened] for v in (client, place, role, together, opened))

    count = len(client)
    injury = draws.drawn(rng, count, *injuries.share)
    # Who is pregnant or taped was decided by the first episode; later ones are anybody's.
    injury[(place > 0) & injuries.women_only[injury]] = injuries.place_of(1)
    episodes = pd.DataFrame(
        {
            "client": client,
            "place": place,
            "cast": role,
            "injury": injury,
            "opened": draws.on_a_weekday(opened),
            "beside": np.where(together, np.arange(count) - 1, draws.NONE),
        }
    )
    _cast_injuries(episodes, cast)
    injury = episodes["injury"].to_numpy()
    episodes["cause"] = draws.chosen(rng, injuries.cause_weights, injury)
    episodes["region"] = draws.chosen(rng, injuries.region_weights, injury)
    episodes["side"] = draws.chosen(rng, injuries.side_weights, injury)
    episodes["second_region"] = np.where(draws.happens(rng, count, 0.22), injuries.second_region[injury], draws.NONE)
    _courses(rng, episodes)
    _cast_rest(episodes, cast)
    return episodes, rank


def _openings(rng: np.random.Generator, count: int, until_day: int) -> np.ndarray:
    """Days on which people begin: more of them year by year, fewer in summer and in December."""
    every_day = np.arange(until_day - round(YEARS * 365.25), until_day - CALMEST_LAST_DAYS + 1)
    month = every_day.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    weight = np.array(NEW_BY_MONTH)[month] * np.linspace(1, 1 + GROWTH, len(every_day))
    return rng.choice(every_day, count, p=weight / weight.sum())


def _courses(rng: np.random.Generator, episodes: pd.DataFrame) -> None:
    kinds = pd.DataFrame(lists.read("courses")).T
    injuries, count, injury = lists.injuries(), len(episodes), episodes["injury"].to_numpy()
    course = draws.drawn(rng, count, *kinds["share"])
    baseline = np.clip(np.round(rng.normal(injuries.pain[injury], 1.7) * 2) / 2, 2.5, 10)
    floor = course == list(kinds.index).index("floor")
    baseline[floor] = rng.integers(0, 5, count)[floor] / 2
    remains = rng.normal(kinds["remains"].to_numpy()[course], kinds["spread"].to_numpy()[course])
    episodes["course"] = course
    episodes["baseline"] = baseline
    episodes["remains"] = np.maximum(remains, 0)
    episodes["pace"] = kinds["visits"].to_numpy()[course] * rng.uniform(0.7, 1.4, count)
    episodes["visits"] = 2 + rng.negative_binomial(3, 3 / (3 + 1.2 * injuries.visits[injury]))


def _cast_injuries(episodes: pd.DataFrame, cast: list[dict]) -> None:
    injuries = lists.injuries()
    for row in episodes.index[episodes["cast"] != draws.NONE]:
        role = cast[episodes.at[row, "cast"]]
        key = "second_injury" if episodes.at[row, "place"] else "injury"
        episodes.at[row, "injury"] = injuries.place_of(role[key])


def _cast_rest(episodes: pd.DataFrame, cast: list[dict]) -> None:
    courses = list(lists.read("courses"))
    kinds = lists.read("courses")
    for row in episodes.index[episodes["cast"] != draws.NONE]:
        role = cast[episodes.at[row, "cast"]]
        second = bool(episodes.at[row, "place"])
        cause = role["second_cause" if second else "cause"]
        course = "never" if second else role["course"]
        episodes.at[row, "cause"] = lists.injuries().causes.index(cause)
        episodes.at[row, "side"] = lists.SIDES.index(role["side"])
        episodes.at[row, "course"] = courses.index(course)
        episodes.at[row, "baseline"] = role.get("baseline", {"floor": 1, "worse": 4}.get(course, 6))
        episodes.at[row, "remains"] = kinds[course]["remains"]
        episodes.at[row, "pace"] = kinds[course]["visits"]
        episodes.at[row, "visits"] = role["visits"]
