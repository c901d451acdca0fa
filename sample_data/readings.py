"""What is read at visits: pain, motion, scores. Each table is a grid of parts by readings, thinned to what was asked.

A grid cell is one possible reading; `np.nonzero` gives the cells that happened in order of part and reading, which is
the order of client, episode and date the store wants.
"""

import numpy as np
import pandas as pd

from sample_data import draws, lists
from sample_data.draws import happens, words
from sample_data.sessions import CONTACT, DISCHARGE, VISIT

BEFORE_MISSING, AFTER_MISSING, NOTHING_READ, ONLY_FIRST_READ = 0.05, 0.09, 0.03, 0.06
RATING_KINDS = ("now", "worst", "average")
MOMENTS = ("before", "after", "between")
# The readings of one part: kind, moment, whether of the second region.
RATINGS = np.array([[0, 0, 0], [0, 1, 0], [1, 2, 0], [2, 2, 0], [0, 0, 1], [0, 1, 1], [0, 2, 0]])
MAIN_BEFORE, MAIN_AFTER, WORST, AVERAGE, SECOND_BEFORE, SECOND_AFTER, AT_CONTACT = range(7)

INSTRUMENTS = ("goniometer", "inclinometer", "crom", "app", "visual")
MOTION_NOISE_DEG = 3.0
SWIMMER_DEG = 205
MEASURED_EVERY = np.array([1, 2, 3])  # visits between measurings, by habit
# The readings of one part: place of the movement, other side, after treatment, passive, repeat number.
MOTION = np.array(
    [[place, other, 0, 0, 1] for place in range(3) for other in (0, 1)]
    + [[0, 0, 0, 0, 2], [0, 0, 1, 0, 1], [0, 0, 0, 1, 1], [1, 0, 1, 0, 1]]
)
SCORED_EVERY = 4


def asked(rng: np.random.Generator, parts: pd.DataFrame, episodes: int) -> np.ndarray:
    """Whether anything was read in each part: visits, but for those in a hurry and episodes read only once."""
    visit = (parts["what"] == VISIT).to_numpy()
    only_first = happens(rng, episodes, ONLY_FIRST_READ)[parts["episode"]]
    first = parts["number"].to_numpy() == 0
    return visit & (first | (~only_first & ~happens(rng, len(parts), NOTHING_READ)))


def ratings(
    rng: np.random.Generator, parts: pd.DataFrame, episodes: pd.DataFrame, was_asked: np.ndarray
) -> pd.DataFrame:
    """Pain: part (row), kind, moment, region, side, pain (whole numbers, or halves where somebody says halves)."""
    count, episode = len(parts), parts["episode"].to_numpy()
    everyone = len(episodes)
    worst_asked = happens(rng, everyone, 0.28)[episode]
    second = (episodes["second_region"].to_numpy() != draws.NONE)[episode]
    cell = np.empty((count, len(RATINGS)), bool)
    cell[:, MAIN_BEFORE] = was_asked & ~happens(rng, count, BEFORE_MISSING)
    cell[:, MAIN_AFTER] = was_asked & ~happens(rng, count, AFTER_MISSING)
    cell[:, WORST] = was_asked & worst_asked & (parts["number"].to_numpy() > 0) & ~happens(rng, count, 0.1)
    cell[:, AVERAGE] = was_asked & (parts["number"].to_numpy() == 0) & happens(rng, count, 0.15)
    cell[:, SECOND_BEFORE] = was_asked & second & ~happens(rng, count, BEFORE_MISSING)
    cell[:, SECOND_AFTER] = was_asked & second & ~happens(rng, count, AFTER_MISSING)
    cell[:, AT_CONTACT] = (parts["what"] == CONTACT).to_numpy() & ~happens(rng, count, 0.2)

    felt = np.empty(cell.shape, np.float32)
    felt[:, MAIN_BEFORE] = parts["pain"] + rng.normal(0, 0.75, count)
    felt[:, MAIN_AFTER] = felt[:, MAIN_BEFORE] - rng.normal(1.4, 0.9, count)
    felt[:, WORST] = felt[:, MAIN_BEFORE] + rng.exponential(1.6, count)
    felt[:, AVERAGE] = felt[:, MAIN_BEFORE] + 0.5
    felt[:, SECOND_BEFORE] = 0.7 * felt[:, MAIN_BEFORE] + rng.normal(0, 0.6, count)
    felt[:, SECOND_AFTER] = felt[:, SECOND_BEFORE] - 0.8
    felt[:, AT_CONTACT] = parts["pain"]

    part, reading = np.nonzero(cell)
    episode = episode[part]
    steps = np.where(happens(rng, everyone, 0.15), 2, 1)[episode]
    kind, moment, of_second = RATINGS[reading].T
    regions = np.stack([episodes["region"].to_numpy(), episodes["second_region"].to_numpy()])
    return pd.DataFrame(
        {
            "part": part,
            "kind": words(kind, RATING_KINDS),
            "moment": words(moment, MOMENTS),
            "region": words(regions[of_second, episode], lists.REGIONS),
            "side": words(episodes["side"].to_numpy()[episode], lists.SIDES),
            "pain": (np.round(felt[part, reading] * steps) / steps).clip(0, 10),
        }
    )


def motion(
    rng: np.random.Generator, parts: pd.DataFrame, episodes: pd.DataFrame, was_asked: np.ndarray
) -> pd.DataFrame:
    """Motion: part (row), joint, movement, side, motion_type, moment, repeat_number, degrees, instrument, rater."""
    known, everyone = lists.motions(), len(episodes)
    plan = lists.injuries().motion[episodes["injury"].to_numpy()]
    measured = happens(rng, everyone, 0.93) | (episodes["cast"].to_numpy() != draws.NONE)
    plan = np.where((plan != draws.NONE) & measured[:, None], plan, draws.NONE)
    plan[~happens(rng, everyone, 0.85), 2:] = draws.NONE
    sided = (plan != draws.NONE) & known.sided[plan]
    cell = _motion_cells(rng, parts, episodes, was_asked, plan != draws.NONE, sided)

    part, reading = np.nonzero(cell)
    place, other, after, passive, repeat = MOTION[reading].T
    episode = parts["episode"].to_numpy()[part]
    which = plan[episode, place]
    affected = episodes["side"].to_numpy()
    both = ((affected == lists.BOTH) | (affected == lists.MIDLINE))[episode]
    one_side = np.where(affected == lists.LEFT, lists.LEFT, lists.RIGHT)[episode]
    side = np.where(sided[episode, place], np.where(other == 1, 1 - one_side, one_side), draws.NONE)
    part_missing = np.where((other == 1) & ~both, 0.0, parts["left"].to_numpy()[part])
    body = rng.normal(0, 1, (everyone, 3))[episode, place]
    usual = known.usual[which] + known.spread[which] * body
    far = _reaches_far(rng, episodes)[episode] & (known.usual[which] > 160)
    usual = np.where(far, SWIMMER_DEG, usual)
    missing = known.missing_at_start[which] * rng.uniform(0.5, 1.3, everyone)[episode] * np.where(far, 0.15, 1.0)
    rater = parts["therapist"].to_numpy()[part]
    degrees = usual - missing * part_missing + 4 * after + 6 * passive + rng.normal(0, MOTION_NOISE_DEG, len(part))
    to_nearest = np.array([therapist["rounds_to_deg"] for therapist in lists.read("names")["therapist"]])[rater]
    degrees = np.round(degrees / to_nearest) * to_nearest
    return pd.DataFrame(
        {
            "part": part,
            "joint": words(which, known.joint),
            "movement": words(which, known.movement),
            "side": words(side, lists.SIDES),
            "motion_type": words(passive, ("active", "passive")),
            "moment": words(after, MOMENTS),
            "repeat_number": repeat.astype(np.int16),
            "degrees": degrees.clip(known.lowest[which], known.highest[which]).astype(np.int16),
            "instrument": words(_instrument(rng, parts, episodes)[part], INSTRUMENTS),
            "rater": np.where(happens(rng, len(part), 0.04), draws.NONE, rater),
        }
    )


def scores(
    rng: np.random.Generator, parts: pd.DataFrame, episodes: pd.DataFrame, was_asked: np.ndarray
) -> pd.DataFrame:
    """Scores: part (row), scale, item, side, value. Function by region, wellness for some, girth for lymphoedema."""
    injuries, everyone = lists.injuries(), len(episodes)
    injury = episodes["injury"].to_numpy()
    landmarks = len(injuries.landmarks)
    names = (*injuries.scales, "stress", "sleep", "energy", "pgic_immpact", "limb_girth")
    stress, sleep, energy, pgic, girth = range(len(injuries.scales), len(names))
    psfs = injuries.scales.index("psfs")
    episode, number = parts["episode"].to_numpy(), parts["number"].to_numpy()
    due = was_asked & ((number % SCORED_EVERY == 0) | (parts["kind"] == DISCHARGE).to_numpy())
    function = due & ~happens(rng, len(parts), 0.1)
    well = (happens(rng, everyone, 0.25)[episode] & due)[:, None]
    taped = (was_asked & ~np.isnan(injuries.girths_cm[injury, 0])[episode])[:, None]
    at_end = was_asked & (parts["kind"] == DISCHARGE).to_numpy()
    cell = np.column_stack(
        [function, function & (injuries.scale[injury] == psfs)[episode]]
        + [well] * 3
        + [at_end]
        + [taped] * (2 * landmarks)
    )

    part, reading = np.nonzero(cell)
    episode = episode[part]
    injury = injury[episode]
    left = parts["left"].to_numpy()[part]
    burden = (7.0 * episodes["baseline"].to_numpy()[episode] * left + rng.normal(4, 5, len(part))).clip(0, 100)
    own = injuries.scale[injury]
    better = np.isin(np.array(names)[own], ("lefs", "psfs"))
    in_steps = {"lefs": np.round((100 - burden) * 0.8), "psfs": np.round((100 - burden) / 10)}
    function_value = np.where(
        better, np.where(own == psfs, in_steps["psfs"], in_steps["lefs"]), np.round(burden / 2) * 2
    )
    quickdash = own == injuries.scales.index("quickdash")
    function_value = np.where(quickdash, np.round(np.round(burden * 0.44) / 0.44, 1), function_value)

    code = np.array([0, 0, stress, sleep, energy, pgic] + [girth] * (2 * landmarks))[reading]
    scale = np.where(reading < 2, own, code)
    tape = np.maximum(reading - 6, 0)
    landmark, other = tape // 2, tape % 2
    excess = np.where(other == 1, 0.0, 2.6 * left)
    body_cm = rng.normal(0, 1.5, everyone)[episode]
    girth_cm = injuries.girths_cm[injury, landmark] + body_cm + excess + rng.normal(0, 0.15, len(part))
    wellness = np.round((10 - burden / 12 + rng.normal(0, 1, len(part))).clip(0, 10))
    impression = np.round((1 + 5 * left + rng.normal(0, 0.6, len(part))).clip(1, 7))
    value = np.select(
        [reading < 2, code == stress, code == pgic, code == girth],
        [function_value, 10 - wellness, impression, np.round(girth_cm, 1)],
        wellness,
    )
    items = (*injuries.activities, *injuries.landmarks)
    activity = np.where((reading < 2) & (own == psfs), 2 * injury + np.minimum(reading, 1), draws.NONE)
    one_side = np.where(episodes["side"].to_numpy() == lists.LEFT, lists.LEFT, lists.RIGHT)[episode]
    return pd.DataFrame(
        {
            "part": part,
            "scale": words(scale, names),
            "item": words(np.where(code == girth, len(injuries.activities) + landmark, activity), items),
            "side": words(
                np.where(code == girth, np.where(other == 1, 1 - one_side, one_side), draws.NONE), lists.SIDES
            ),
            "value": value,
        }
    )


def _motion_cells(rng, parts, episodes, was_asked, planned, sided) -> np.ndarray:
    everyone, episode, number = len(episodes), parts["episode"].to_numpy(), parts["number"].to_numpy()
    habit = MEASURED_EVERY[draws.drawn(rng, everyone, 72, 20, 8)]
    measured = was_asked & ((number % habit[episode] == 0) | (parts["kind"] == DISCHARGE).to_numpy())
    compared = happens(rng, everyone, 0.62)
    both = np.isin(episodes["side"].to_numpy(), (lists.BOTH, lists.MIDLINE))
    repeats, afters, passives = (happens(rng, everyone, chance) for chance in (0.08, 0.22, 0.18))
    cell = np.empty((len(parts), len(MOTION)), bool)
    for column, (place, other, after, passive, repeat) in enumerate(MOTION):
        whose = planned[:, place].copy()
        if other:
            whose &= sided[:, place]
        if after:
            whose &= afters
        if passive:
            whose &= passives
        if repeat > 1:
            whose &= repeats
        cell[:, column] = measured & whose[episode]
        if other:
            cell[:, column] &= (compared | both)[episode] | (number == 0)
    return cell


def _reaches_far(rng, episodes) -> np.ndarray:
    cast = lists.read("names")["cast"]
    swimmers = [place for place, role in enumerate(cast) if role.get("swimmer")]
    athletes = (episodes["cause"] == lists.injuries().causes.index("sports")).to_numpy()
    return (athletes & happens(rng, len(episodes), 0.05)) | episodes["cast"].isin(swimmers).to_numpy()


def _instrument(rng, parts, episodes) -> np.ndarray:
    """One instrument an episode; for some another one from the fifth visit on; unknown for a few parts."""
    first = draws.drawn(rng, len(episodes), 60, 20, 8, 8, 4)
    switching = happens(rng, len(episodes), 0.06)
    episode = parts["episode"].to_numpy()
    switched = switching[episode] & (parts["number"].to_numpy() >= 4)
    now = np.where(switched, (first[episode] + 1) % len(INSTRUMENTS), first[episode])
    return np.where(happens(rng, len(parts), 0.03), draws.NONE, now)
