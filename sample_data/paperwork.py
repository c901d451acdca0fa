"""What is written down about each episode, session and part besides the readings: dates, causes, minutes, notes."""

import numpy as np
import pandas as pd

from sample_data import care, courses, draws, lists, sessions

CHRONICITIES = ("under_6_weeks", "6_to_12_weeks", "over_3_months")
STARTS = [f"{8 + half_hour // 2:02d}:{30 * (half_hour % 2):02d}:00" for half_hour in range(21)]
BUSY = np.interp(range(len(STARTS)), [0, 4, 10, 16, 20], [2, 6, 3, 7, 2])  # mornings and late afternoons


def episode_rows(rng: np.random.Generator, episodes: pd.DataFrame, staff: dict[str, np.ndarray]) -> pd.DataFrame:
    """The episode table, but for its id and its client."""
    said, injuries, count = lists.read("words"), lists.injuries(), len(episodes)
    cause, opened, lead = (episodes[name].to_numpy() for name in ("cause", "opened", "therapist"))
    surgical = cause == injuries.causes.index("post_surgical")
    chronicity = np.where(surgical, 0, draws.drawn(rng, count, 40, 22, 38))
    before = [rng.integers(4, 41, count), rng.integers(42, 84, count), rng.integers(90, 900, count)]
    onset = opened - np.choose(chronicity, before)
    mechanisms = [said["mechanisms"].get(name, "") for name in injuries.causes]
    told = np.array([text != "" for text in mechanisms])[cause] & draws.happens(rng, count, 0.7)
    illnesses, counted = rng.poisson(0.7, count), ~draws.happens(rng, count, 0.1)
    illness = _some(rng, counted & (illnesses > 0), said["comorbidities"])
    noted = (episodes["discharged"] != draws.NONE).to_numpy() & draws.happens(rng, count, 0.3)
    home_office = np.array([therapist["office"] for therapist in lists.read("names")["therapist"]])
    return pd.DataFrame(
        {
            "injury_type_id": injuries.ids[episodes["injury"]],
            "cause": draws.words(cause, injuries.causes),
            "mechanism": draws.words(np.where(told, cause, draws.NONE), mechanisms),
            "onset_on": draws.days(np.where(draws.happens(rng, count, 0.93), onset, draws.NONE)),
            "surgery_on": draws.days(np.where(surgical, onset, draws.NONE)),
            "chronicity": draws.words(chronicity, CHRONICITIES),
            "comorbidity_count": draws.whole(illnesses, counted),
            "comorbidity": illness,
            "therapist_id": staff["therapist"][lead],
            "office_id": staff["office"][home_office[lead]],
            "opened_on": draws.days(opened),
            "on_hold": episodes["on_hold"],
            "discharged_on": draws.days(episodes["discharged"].to_numpy()),
            "discharge_reason": draws.words(episodes["reason"].to_numpy(), courses.REASONS),
            "discharge_note": _some(rng, noted, said["discharge_notes"]),
        }
    )


def region_rows(episodes: pd.DataFrame) -> pd.DataFrame:
    """The episode_region table, with the row of the episode in place of its ids."""
    region = episodes[["region", "second_region"]].to_numpy()
    row, place = np.nonzero(region != draws.NONE)
    return pd.DataFrame(
        {
            "episode": row,
            "place": place + 1,
            "region": draws.words(region[row, place], lists.REGIONS),
            "side": draws.words(episodes["side"].to_numpy()[row], lists.SIDES),
        }
    )


def session_rows(rng: np.random.Generator, parts: pd.DataFrame, staff: dict[str, np.ndarray]) -> pd.DataFrame:
    """The session table, but for its id, in order of client and day."""
    one = parts.drop_duplicates("session").sort_values("session")
    therapists = pd.DataFrame(lists.read("names")["therapist"])
    home = therapists["office"].to_numpy()
    thursdays = therapists["thursdays_in"].fillna(therapists["office"]).to_numpy(int)
    day, therapist = one["day"].to_numpy(), one["therapist"].to_numpy()
    office = np.where(day % 7 == 0, thursdays[therapist], home[therapist])  # day 0, 1 January 1970, was a Thursday
    start = draws.drawn(rng, len(one), *BUSY)
    not_noted = draws.happens(rng, len(one), 0.12)
    first_visit = (one["kind"] == sessions.EVALUATION).to_numpy()
    return pd.DataFrame(
        {
            "client_id": staff["client"][one["client"]],
            "visited_on": draws.days(day),
            "start_time": draws.words(np.where(not_noted, draws.NONE, start), STARTS),
            "kind": draws.words(one["kind"].to_numpy(), sessions.KINDS),
            "status": draws.words(one["status"].to_numpy(), sessions.STATUSES),
            "therapist_id": staff["therapist"][therapist],
            "office_id": staff["office"][office],
            "red_flags_asked": pd.arrays.BooleanArray(draws.happens(rng, len(one), 0.93), ~first_visit),
        }
    )


def part_rows(rng: np.random.Generator, parts: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    """The session_part table, with the row of the part in place of its ids and date."""
    said, count = lists.read("words"), len(parts)
    visit = (parts["what"] == sessions.VISIT).to_numpy()
    flare = parts["spike"].to_numpy() & draws.happens(rng, count, 0.35)
    done, prescribed = care.home_exercise(rng, parts, episodes)
    return pd.DataFrame(
        {
            "part": np.arange(count),
            "minutes": draws.whole(parts["minutes"], visit & ~draws.happens(rng, count, 0.02)),
            "home_done": done,
            "home_prescribed": prescribed,
            "adverse_reaction": _some(rng, visit & draws.happens(rng, count, 0.006), said["adverse_reactions"]),
            "flare_marked": pd.arrays.BooleanArray(flare, ~flare),
            "note": _some(rng, visit & draws.happens(rng, count, 0.25), said["notes"]),
        }
    )


def _some(rng: np.random.Generator, where: np.ndarray, options: list[str]) -> pd.Categorical:
    """One of `options` where `where`, NULL elsewhere."""
    return draws.words(np.where(where, rng.integers(0, len(options), len(where)), draws.NONE), options)
