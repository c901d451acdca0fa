"""The people of the invented practice: offices, therapists, physicians, clients."""

import numpy as np
import pandas as pd

from sample_data import draws, lists

SEXES = ("female", "male", "other")


def offices() -> pd.DataFrame:
    """The offices of names.toml."""
    return pd.DataFrame({"name": lists.read("names")["offices"]})


def therapists(office_ids: np.ndarray) -> pd.DataFrame:
    """The therapists of names.toml."""
    rows = pd.DataFrame(lists.read("names")["therapist"])
    rows["office_id"] = office_ids[rows["office"]]
    return rows[["name", "credential", "licence_number", "office_id", "available_minutes_per_week"]]


def physicians() -> pd.DataFrame:
    """The physicians of names.toml. 555-01xx is a number no telephone company gives out."""
    rows = pd.DataFrame(lists.read("names")["physician"])
    practices = lists.read("names")["practices_of_physicians"]
    return pd.DataFrame(
        {
            "name": rows["name"],
            "practice_name": [practices[place] for place in rows["practice"]],
            "phone": [f"(206) 555-01{number:02d}" for number in range(10, 10 + len(rows))],
            "fax": [f"(206) 555-01{number:02d}" for number in range(60, 60 + len(rows))],
            "address": [f"{12 + 7 * place} {practices[place].split()[0]} Street" for place in rows["practice"]],
        }
    )


def clients(rng: np.random.Generator, episodes: pd.DataFrame, rank: np.ndarray, until_day: int) -> pd.DataFrame:
    """One row per client, in order; sex and age fit what brought them first."""
    first = episodes.drop_duplicates("client")
    injury = first["injury"].to_numpy()
    injuries, count = lists.injuries(), len(first)
    sex = np.where(injuries.women_only[injury], 0, draws.drawn(rng, count, 58, 41, 1))
    youngest, oldest = injuries.youngest[injury], injuries.oldest[injury]
    age_days = rng.triangular(youngest, youngest + 0.45 * (oldest - youngest), oldest) * 365.25
    name, language = _names(rng, sex)
    found = pd.DataFrame(
        {
            "name": name,
            "birth_date": draws.days((first["opened"].to_numpy() - age_days).astype(int)),
            "sex": np.array(SEXES, object)[sex],
            "phone": _phones(rng, count),
            "guardian": np.where(age_days < 18 * 365.25, "a parent, named in the paper file", None),
            "language": language,
            "draping_preference": draws.words(_sometimes(rng, count, "draping"), lists.read("words")["draping"]),
            "pressure_preference": draws.words(_sometimes(rng, count, "pressure"), lists.read("words")["pressure"]),
            "consent_shared_with": np.where(draws.happens(rng, count, 0.6), "referring physician", None),
            "consent_until": draws.days(first["opened"].to_numpy() + 365),
        }
    )
    found.loc[found["consent_shared_with"].isna(), "consent_until"] = pd.NaT
    for place, role in enumerate(lists.read("names")["cast"]):
        row = np.flatnonzero(rank == place)
        for field, otherwise in (("name", None), ("sex", None), ("guardian", None), ("language", "English")):
            found.loc[row, field] = role.get(field, otherwise)
        found.loc[row, "birth_date"] = draws.days(np.array([until_day - round((role["age"] + 0.4) * 365.25)]))[0]
    return found


def _names(rng: np.random.Generator, sex: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    groups = lists.read("names")["group"]
    group = draws.drawn(rng, len(sex), *[g["share"] for g in groups])
    name, language = np.empty(len(sex), object), np.empty(len(sex), object)
    for place, facts in enumerate(groups):
        rows = np.flatnonzero(group == place)
        by_sex = [np.array(facts["female"], object), np.array(facts["male"], object)]
        given = np.where(sex[rows] == 0, rng.choice(by_sex[0], len(rows)), rng.choice(by_sex[1], len(rows)))
        family = rng.choice(np.array(facts["family"], object), len(rows))
        name[rows] = family + given if facts["family_first"] else given + " " + family
        language[rows] = facts["language"]
    return name, language


def _phones(rng: np.random.Generator, count: int) -> np.ndarray:
    numbers = np.array([f"(206) 555-01{number:02d}" for number in range(100)], object)
    return np.where(draws.happens(rng, count, 0.9), numbers[rng.integers(0, 100, count)], None)


def _sometimes(rng: np.random.Generator, count: int, name: str) -> np.ndarray:
    options = len(lists.read("words")[name])
    return np.where(draws.happens(rng, count, 0.5), rng.integers(0, options, count), draws.NONE)
