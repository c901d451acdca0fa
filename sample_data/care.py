"""What surrounds the readings: techniques, orders, goals, daily words, danger signs, calls."""

import numpy as np
import pandas as pd

from sample_data import draws, lists
from sample_data.draws import NONE, happens, words
from sample_data.sessions import EVALUATION, VISIT

SOURCES = (
    "physician",
    "chiropractor",
    "pt_ot",
    "attorney",
    "insurer",
    "employer",
    "midwife_ob",
    "self",
    "friend",
    "web",
)
PAYERS = ("self_pay", "auto", "workers_comp", "health_plan", "hsa_fsa", "va")
ORDERING = 5  # sources from here on order no visits
# By cause: who sends, and who pays, as weights in the orders above.
DEFAULT_SOURCES, DEFAULT_PAYERS = (22, 6, 5, 0, 0, 0, 0, 30, 22, 15), (66, 0, 0, 16, 14, 4)
SOURCES_BY_CAUSE = {
    "auto_accident": (40, 22, 4, 24, 6, 0, 0, 2, 2, 0),
    "workplace": (44, 6, 8, 2, 18, 18, 0, 2, 2, 0),
    "post_surgical": (74, 0, 20, 0, 2, 0, 0, 2, 2, 0),
    "prenatal_postpartum": (8, 0, 4, 0, 0, 0, 52, 18, 12, 6),
}
PAYERS_BY_CAUSE = {
    "auto_accident": (6, 92, 0, 2, 0, 0),
    "workplace": (4, 0, 94, 2, 0, 0),
    "post_surgical": (20, 0, 0, 66, 8, 6),
}
ORDERED_VISITS = np.array([6, 8, 10, 12, 18])
VALID_DAYS = np.array([60, 90, 180])
RED_FLAGS = ("fever", "clot", "fracture", "cancer_site", "anticoagulants", "pregnancy", "other")


def techniques(rng: np.random.Generator, parts: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    """Techniques: part (row), technique, region, minutes; one to four a visit, together at most its minutes."""
    injuries, visit = lists.injuries(), (parts["what"] == VISIT).to_numpy()
    how_many = (1 + draws.drawn(rng, len(parts), 22, 40, 28, 10)) * visit
    start, stride = rng.integers(0, 5, len(parts)), rng.integers(1, 5, len(parts))
    part, place = np.nonzero(np.arange(4) < how_many[:, None])
    episode = parts["episode"].to_numpy()[part]
    injury = episodes["injury"].to_numpy()[episode]
    # 5 is prime: any stride from 1 to 4 meets every technique once before it repeats.
    code = injuries.technique[injury, (start[part] + place * stride[part]) % 5]
    minutes = (parts["minutes"].to_numpy()[part] - rng.integers(0, 6, len(parts))[part]) // how_many[part]
    return pd.DataFrame(
        {
            "part": part,
            "technique": words(code, injuries.techniques),
            "region": words(episodes["region"].to_numpy()[episode], lists.REGIONS),
            "minutes": draws.whole(minutes, ~happens(rng, len(part), 0.02)),
        }
    )


def home_exercise(rng: np.random.Generator, parts: pd.DataFrame, episodes: pd.DataFrame) -> tuple:
    """Times done and prescribed since the visit before, for each part; NULL when it was not asked or not given."""
    episode, count = parts["episode"].to_numpy(), len(parts)
    diligence = rng.beta(2.2, 1.8, len(episodes))[episode]
    prescribed = rng.integers(3, 15, len(episodes))[episode]
    eager = happens(rng, count, 0.03)
    done = np.where(eager, prescribed + 2, rng.binomial(prescribed, diligence))
    told = (parts["what"] == VISIT).to_numpy() & (parts["number"].to_numpy() > 0) & ~happens(rng, count, 0.15)
    given = happens(rng, len(episodes), 0.82)[episode]
    return draws.whole(done, told & given), draws.whole(prescribed, told & given)


def referrals(
    rng: np.random.Generator, parts: pd.DataFrame, episodes: pd.DataFrame, physicians: int, until_day: int
) -> pd.DataFrame:
    """Referrals: episode (row), who sent, diagnosis, visits ordered and until when, payer; a second order for some."""
    injuries, count = lists.injuries(), len(episodes)
    cause = episodes["cause"].to_numpy()
    source = draws.chosen(rng, _by_cause(SOURCES_BY_CAUSE, DEFAULT_SOURCES), cause)
    payer = draws.chosen(rng, _by_cause(PAYERS_BY_CAUSE, DEFAULT_PAYERS), cause)
    cast = lists.read("names")["cast"]
    ordered_roles = ("visits_ordered", "visits_left", "order_expires_in_days")
    with_order = [place for place, role in enumerate(cast) if any(name in role for name in ordered_roles)]
    source[episodes["cast"].isin(with_order)] = 0
    ordering = source < ORDERING
    opened = episodes["opened"].to_numpy()
    frame = pd.DataFrame(
        {
            "episode": np.arange(count),
            "source": source,
            "physician": np.where(source <= 1, rng.integers(0, physicians, count), NONE),
            "ordering": ordering,
            "visits_ordered": ORDERED_VISITS[draws.drawn(rng, count, 26, 26, 18, 22, 8)],
            "ordered_on": np.where(ordering, opened - rng.integers(0, 12, count), NONE),
            "valid_days": VALID_DAYS[draws.drawn(rng, count, 25, 50, 25)],
            "payer": payer,
            "claim": rng.integers(10_000, 99_999, count),
            "told_on": np.where(ordering & happens(rng, count, 0.4), opened + rng.integers(30, 120, count), NONE),
        }
    )
    frame["expires_on"] = np.where(ordering, frame["ordered_on"] + frame["valid_days"], NONE)
    _cast_orders(frame, episodes, cast, until_day)
    known = ordering | happens(rng, count, 0.9)
    frame = pd.concat([frame[known], _renewed(rng, frame, parts, episodes)]).sort_values("episode", kind="stable")
    payers = lists.read("names")["payers"]
    firms = sorted(firm for names in payers.values() for firm in names)
    first_firm = np.array([firms.index(payers[kind][0]) if kind in payers else NONE for kind in PAYERS])
    injury = episodes["injury"].to_numpy()[frame["episode"]]
    claims = frame["payer"].isin([PAYERS.index("auto"), PAYERS.index("workers_comp")])
    return pd.DataFrame(
        {
            "episode": frame["episode"],
            "referral_source": words(frame["source"].to_numpy(), SOURCES),
            "physician": frame["physician"],
            "diagnosis": words(np.where(frame["ordering"], injury, NONE), injuries.diagnoses),
            "visits_ordered": draws.whole(frame["visits_ordered"], frame["ordering"].to_numpy()),
            "ordered_on": draws.days(frame["ordered_on"].to_numpy()),
            "expires_on": draws.days(frame["expires_on"].to_numpy()),
            "payer_kind": words(frame["payer"].to_numpy(), PAYERS),
            "payer": words(first_firm[frame["payer"]], firms),
            "claim_number": ("HS-" + frame["claim"].astype(str)).where(claims, None),
            "physician_visit_on": draws.days(frame["told_on"].to_numpy()),
        }
    ).reset_index(drop=True)


def goals(rng: np.random.Generator, episodes: pd.DataFrame) -> pd.DataFrame:
    """Goals: episode (row), a number for pain, a motion or a score, or daily words; in order of episode."""
    injuries, known, count = lists.injuries(), lists.motions(), len(episodes)
    injury, baseline = episodes["injury"].to_numpy(), episodes["baseline"].to_numpy()
    movement, opened = injuries.motion[injury, 0], episodes["opened"].to_numpy()
    cell = np.column_stack(
        [
            happens(rng, count, 0.7) & (baseline >= 3),
            happens(rng, count, 0.4) & (movement != NONE),
            happens(rng, count, 0.3),
            happens(rng, count, 0.45),
        ]
    )
    episode, measure = np.nonzero(cell)
    pain, motion, score, in_words = (measure == place for place in range(4))
    which, injury = movement[episode], injury[episode]
    scale_names = np.array(injuries.scales)[injuries.scale[injury]]
    score_target = np.select([scale_names == "lefs", scale_names == "psfs"], [64, 8], 20)
    target = np.select(
        [pain, motion],
        [np.maximum(1, np.floor(baseline[episode] * 0.4)), np.round(known.usual[which] * 0.95 / 5) * 5],
        score_target,
    )
    side = episodes["side"].to_numpy()[episode]
    side = np.where(motion & known.sided[which], np.where(side == lists.LEFT, lists.LEFT, lists.RIGHT), NONE)
    return pd.DataFrame(
        {
            "episode": episode,
            "measure": words(measure, ("pain", "motion", "score", "words")),
            "joint": words(np.where(motion, which, NONE), known.joint),
            "movement": words(np.where(motion, which, NONE), known.movement),
            "side": words(side, lists.SIDES),
            "scale": words(np.where(score, injuries.scale[injury], NONE), injuries.scales),
            "target": np.where(in_words, np.nan, target),
            "words": words(np.where(in_words, injury, NONE), injuries.dailies),
            "set_on": draws.days(opened[episode]),
            "due_on": draws.days(opened[episode] + rng.integers(3, 14, len(episode)) * 7),
        }
    )


def dated_entries(rng: np.random.Generator, episodes: pd.DataFrame) -> pd.DataFrame:
    """Dated entries: episode (row), entered_on, kind, words; at the start, and again at the latest visit."""
    count, said = len(episodes), lists.read("words")
    well = (episodes["last_pain"] <= 0.6 * episodes["baseline"]).to_numpy()
    causes = lists.injuries().causes
    claim = episodes["cause"].isin([causes.index("auto_accident"), causes.index("workplace")]).to_numpy()
    opened, last_day = episodes["opened"].to_numpy(), episodes["last_day"].to_numpy()
    later = last_day > opened
    medicated, working, daily = happens(rng, count, 0.5), claim & happens(rng, count, 0.85), happens(rng, count, 0.4)
    injury = episodes["injury"].to_numpy()

    def some(options: str) -> np.ndarray:
        return rng.choice(np.array(said[options], object), count)

    pieces = [
        (medicated, opened, "medication", some("medication")),
        (medicated & later, last_day, "medication", some("medication_later")),
        (working, opened, "work_status", some("work_at_start")),
        (working & later, last_day, "work_status", np.where(well, some("work_later_well"), some("work_later_badly"))),
        (daily, opened, "daily_words", np.array(lists.injuries().dailies, object)[injury]),
        (daily & later, last_day, "daily_words", np.where(well, some("daily_later_well"), some("daily_later_badly"))),
    ]
    found = pd.concat(
        [
            pd.DataFrame({"episode": np.flatnonzero(who), "day": day[who], "kind": kind, "words": text[who]})
            for who, day, kind, text in pieces
        ]
    ).sort_values(["episode", "day"], kind="stable", ignore_index=True)
    found["entered_on"] = draws.days(found.pop("day").to_numpy())
    return found


def red_flags(rng: np.random.Generator, parts: pd.DataFrame) -> pd.DataFrame:
    """Danger signs found: part (row), red_flag, words; rare, at evaluations, and once in the smallest practice."""
    evaluation = np.flatnonzero((parts["kind"] == EVALUATION) & (parts["what"] == VISIT))
    part = np.union1d(evaluation[happens(rng, len(evaluation), 0.006)], evaluation[:1])
    said = lists.read("words")["red_flag_words"]
    return pd.DataFrame(
        {
            "part": part,
            "red_flag": words(rng.integers(0, len(RED_FLAGS), len(part)), RED_FLAGS),
            "words": words(rng.integers(0, len(said), len(part)), said),
        }
    )


def calls(rng: np.random.Generator, red_flag_parts: np.ndarray, parts: pd.DataFrame) -> pd.DataFrame:
    """Calls made about clients: part (row), called_at, called_whom, about; after every danger sign."""
    about = lists.read("words")["calls_about"]
    minute = rng.integers(12 * 60, 17 * 60, len(red_flag_parts))
    called_at = draws.days(parts["day"].to_numpy()[red_flag_parts]) + minute.astype("timedelta64[m]")
    whom = np.array(["the client's physician", "the emergency service"], object)
    return pd.DataFrame(
        {
            "part": red_flag_parts,
            "called_at": called_at,
            "called_whom": whom[draws.drawn(rng, len(red_flag_parts), 9, 1)],
            "about": about[0],
        }
    )


def _by_cause(known: dict[str, tuple], otherwise: tuple) -> np.ndarray:
    table = np.array([known.get(cause, otherwise) for cause in lists.injuries().causes], float)
    return table / table.sum(axis=1, keepdims=True)


def _renewed(rng, frame, parts, episodes) -> pd.DataFrame:
    """A second order from the day the first was used up, for most of those who went on; the rest overrun theirs."""
    going_on = frame["ordering"] & (episodes["kept_visits"] > frame["visits_ordered"]) & (episodes["cast"] == NONE)
    again = frame[going_on & happens(rng, len(frame), 0.65)].copy()
    visits = parts[parts["what"] == VISIT]
    nth = visits.groupby("episode").cumcount().to_numpy()
    used_up = visits[nth == frame["visits_ordered"].to_numpy()[visits["episode"]]].set_index("episode")["day"]
    again["ordered_on"] = used_up.reindex(again["episode"]).to_numpy()
    again["expires_on"] = again["ordered_on"] + again["valid_days"]
    again["told_on"] = NONE
    return again


def _cast_orders(frame, episodes, cast, until_day) -> None:
    for row in episodes.index[(episodes["cast"] != NONE) & (episodes["place"] == 0)]:
        role = cast[episodes.at[row, "cast"]]
        if "visits_ordered" in role:
            frame.at[row, "visits_ordered"] = role["visits_ordered"]
        if "visits_left" in role:
            frame.at[row, "visits_ordered"] = episodes.at[row, "kept_visits"] + role["visits_left"]
            frame.at[row, "expires_on"] = until_day + 60
        if "order_expires_in_days" in role:
            frame.at[row, "visits_ordered"] = 40
            frame.at[row, "expires_on"] = until_day + role["order_expires_in_days"]
