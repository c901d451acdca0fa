"""How it goes: the visits of every episode, the pain at each, who stops coming and why."""

import numpy as np
import pandas as pd

from sample_data import draws, lists

SPIKES, LASTING_SPIKES = 0.24, 0.02  # share of episodes with a bad visit that settles, and with one that does not
GAPS = 0.06  # share of episodes with a pause of more than 60 days
CHRISTMAS_KEPT = 0.2  # of the visits due from 22 December to 2 January
SNAP_DAYS = 4  # two complaints due within this many days are treated in one visit

IN_CARE, LEFT_WELL, LEFT_BADLY, LEFT_BY_CHANCE, FINISHED = range(5)
REASONS = (
    "goals_met", "self_satisfied", "plateau", "self_unknown", "cost",
    "no_show", "referred_on", "moved", "benefit_exhausted", "other",
)  # fmt: skip
# Which reasons each way of ending has, as weights in the order of REASONS, and how often it was written down at all.
REASON_WEIGHTS = np.array(
    [
        [1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        [40, 60, 0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 42, 18, 12, 18, 4, 0, 6],
        [0, 0, 0, 38, 12, 8, 0, 34, 0, 8],
        [52, 0, 28, 0, 0, 0, 4, 2, 14, 0],
    ],
    float,
)
CLOSED = np.array([0, 0.62, 0.5, 0.5, 1.0])


def visits(rng: np.random.Generator, episodes: pd.DataFrame, until_day: int) -> pd.DataFrame:
    """Every visit up to `until_day`, in order of episode and day; and what that makes known of each episode.

    Adds `end`, `last_day`, `last_pain` and `kept_visits` to `episodes`, and sets `opened` to the first visit.

    Returns
    -------
    DataFrame
        episode (row), number (0 is the evaluation), day, pain (0-10 and a little beyond, as felt, before rounding),
        left (part of the motion still missing), spike (a bad visit).
    """
    planned = episodes["visits"].to_numpy()
    first = planned.cumsum() - planned
    episode = np.repeat(np.arange(len(episodes)), planned)
    number = np.arange(len(episode)) - first[episode]
    day = _days(rng, episodes, episode, number, first)

    baseline, remains, pace = (episodes[name].to_numpy()[episode] for name in ("baseline", "remains", "pace"))
    spike, bad = _spikes(rng, planned, episode, number)
    pain = baseline * (remains + (1 - remains) * np.exp(-number / pace)) + bad
    left = remains + (1 - remains) * np.exp(-number / (1.3 * pace))

    stays = (episodes["cast"].to_numpy() != draws.NONE)[episode]
    well = (pain <= 1.5) | (pain <= 0.3 * baseline)
    badly = (number >= 2) & (pain >= baseline - 0.5)
    chance = np.where(number == 0, 0.05, 0.012 + 0.32 * well + 0.14 * badly + 0.08 * (pain >= baseline + 1))
    leaving = draws.happens(rng, len(episode), chance) & ~stays & (number < planned[episode] - 1)
    leaving[well & badly] = False  # a floor course is both: it neither rewards nor disappoints
    never = planned.max()
    last = np.minimum(np.minimum.reduceat(np.where(leaving, number, never), first), planned - 1)
    at_last = first + last
    how = np.where(well[at_last], LEFT_WELL, np.where(badly[at_last], LEFT_BADLY, LEFT_BY_CHANCE))
    how = np.where(leaving[at_last], how, FINISHED)
    episodes["end"] = np.where(day[at_last] <= until_day, how, IN_CARE)

    kept = (number <= last[episode]) & (day <= until_day)
    kept &= (number == 0) | ~_at_christmas(day) | draws.happens(rng, len(day), CHRISTMAS_KEPT)
    found = pd.DataFrame(
        {"episode": episode, "number": number, "day": day, "pain": pain, "left": left, "spike": spike}
    )[kept]
    found = _together(found.reset_index(drop=True), episodes["beside"].to_numpy())
    episodes["opened"] = found.drop_duplicates("episode")["day"].to_numpy()
    final = found.drop_duplicates("episode", keep="last")
    episodes["last_day"] = final["day"].to_numpy()
    episodes["last_pain"] = final["pain"].to_numpy()
    episodes["kept_visits"] = np.bincount(found["episode"], minlength=len(episodes))
    return found


def close(rng: np.random.Generator, episodes: pd.DataFrame, until_day: int) -> None:
    """Adds `discharged` (day, or NONE while open), `reason` (code) and `on_hold` to `episodes`."""
    end, count = episodes["end"].to_numpy(), len(episodes)
    wait = np.where(end == FINISHED, 0, rng.integers(10, 45, count))
    day = episodes["last_day"].to_numpy() + wait
    closed = draws.happens(rng, count, CLOSED[end]) & (day <= until_day)
    weights = REASON_WEIGHTS / REASON_WEIGHTS.sum(axis=1, keepdims=True)
    cast = lists.read("names")["cast"]
    held = {place for place, role in enumerate(cast) if role.get("on_hold")}
    episodes["discharged"] = np.where(closed, day, draws.NONE)
    episodes["reason"] = np.where(closed, draws.chosen(rng, weights, end), draws.NONE)
    episodes["on_hold"] = (end == IN_CARE) & (draws.happens(rng, count, 0.05) | episodes["cast"].isin(held))


def _days(rng, episodes, episode, number, first) -> np.ndarray:
    """Visits a week apart, then two, then three; now and then a pause of over 60 days. Monday to Friday."""
    planned = episodes["visits"].to_numpy()
    shortest = np.where(number < 4, 3, np.where(number < 9, 6, 11))
    wait = shortest + rng.integers(0, np.where(number < 4, 6, np.where(number < 9, 8, 14)))
    strangers = episodes["cast"].to_numpy() == draws.NONE
    pausing = draws.happens(rng, len(episodes), GAPS) & (planned > 3) & strangers
    pause_at = np.where(pausing, 2 + rng.integers(0, np.maximum(planned - 2, 1)), draws.NONE)
    wait = np.where(number == pause_at[episode], rng.integers(64, 130, len(wait)), wait)
    wait[first] = 0
    since = wait.cumsum()
    return draws.on_a_weekday(episodes["opened"].to_numpy()[episode] + since - since[first][episode])


def _spikes(rng, planned, episode, number) -> tuple[np.ndarray, np.ndarray]:
    """Which visits are bad ones, and how much worse pain is at every visit for it."""
    count = len(planned)
    kind = draws.drawn(rng, count, 1 - SPIKES - LASTING_SPIKES, SPIKES, LASTING_SPIKES)
    at = np.where((kind > 0) & (planned >= 5), 2 + rng.integers(0, np.maximum(planned - 3, 1)), planned)
    after = number - at[episode]
    lasting = (kind == 2)[episode]
    spike = after == 0
    bad = np.where(spike, 3.2, np.where(after == 1, 0.8, 0.0))
    return spike, np.where(lasting & (after >= 0), 2.6, bad)


def _at_christmas(day: np.ndarray) -> np.ndarray:
    """22 December to 2 January."""
    shifted = (day - 2).astype("datetime64[D]")  # now 20 to 31 December
    month_start = shifted.astype("datetime64[M]")
    return (month_start.astype(int) % 12 == 11) & ((shifted - month_start).astype(int) >= 19)


def _together(found: pd.DataFrame, beside: np.ndarray) -> pd.DataFrame:
    """Where two episodes run beside each other, a visit due near one of the other's is moved to its day."""
    other = beside[found["episode"].to_numpy()]
    rows = np.flatnonzero(other != draws.NONE)
    day = found["day"].to_numpy().copy()
    episode = found["episode"].to_numpy()
    keys = episode * 2**20 + day  # rising: rows stand in order of episode and day
    wanted = other[rows] * 2**20 + day[rows]
    after = np.searchsorted(keys, wanted).clip(1, len(keys) - 1)
    nearest = np.where(np.abs(keys[after] - wanted) < np.abs(keys[after - 1] - wanted), after, after - 1)
    near = np.abs(keys[nearest] - wanted) <= SNAP_DAYS
    day[rows[near]] = day[nearest[near]]
    found["day"] = day
    twice = (np.diff(day, prepend=-1) == 0) & (np.diff(episode, prepend=-1) == 0)
    return found[~twice].reset_index(drop=True)
