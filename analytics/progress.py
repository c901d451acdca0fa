"""One client over time: pain by visit, motion by joint, visits used of ordered."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

import instruments
from analytics import SQL, change
from analytics.change import limits_of
from records.store import Window

SERIES = ("kind", "region", "side")  # what makes one pain series: never mixed


@dataclass(frozen=True, slots=True)
class Course:
    """What one episode's visits say about pain before treatment.

    Attributes
    ----------
    verdict : change.Verdict
        Now against the start.
    steady : change.Verdict or None
        The mean of the last two or three ratings against the start, with the smaller error of a mean; None where fewer
        than two ratings follow the start.
    region : str or None
        The region the thresholds were chosen for.
    first_visit, latest_visit : int or None
        The visit numbers compared; None when not measured.
    readings, visits : int
        How many visits were rated before treatment, of how many.
    """

    verdict: change.Verdict
    steady: change.Verdict | None
    region: str | None
    first_visit: int | None
    latest_visit: int | None
    readings: int
    visits: int


def recent_clients(window: Window, today: dt.date) -> pd.DataFrame:
    """The twenty clients seen or heard from last: client_id, name, birth_date, last_seen_on."""
    return window.read(SQL / "recent_clients.sql", today=today)


def found_clients(window: Window, words: str) -> pd.DataFrame:
    """At most twenty clients whose name holds every word: client_id, name, birth_date."""
    return window.read(SQL / "found_clients.sql", words=words)


def client(window: Window, client_id: int) -> pd.DataFrame:
    """One row about the client, or none when this viewer may not see them."""
    return window.read(SQL / "client.sql", client_id=client_id)


def episodes(window: Window, client_id: int) -> pd.DataFrame:
    """The client's episodes of care, newest first, one row each."""
    return window.read(SQL / "episodes_of_client.sql", client_id=client_id)


def sessions(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """Everything booked, kept, missed or asked by phone in the episode, oldest first; columns as the query says."""
    return window.read(SQL / "visits_of_episode.sql", client_id=client_id, episode_id=episode_id)


def pain_series(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """Pain before and after by visit for every kind, region and side rated; the one judged by has is_main."""
    return window.read(SQL / "pain_series_of_episode.sql", client_id=client_id, episode_id=episode_id)


def techniques(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """visit_number, technique, minutes (missing when not noted)."""
    return window.read(SQL / "techniques_of_episode.sql", client_id=client_id, episode_id=episode_id)


def regions(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """region, region_name, side; the main complaint first."""
    return window.read(SQL / "sides_of_episode.sql", client_id=client_id, episode_id=episode_id)


def goals(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """The goals of the episode, the latest set first."""
    return window.read(SQL / "goals_of_episode.sql", client_id=client_id, episode_id=episode_id)


def orders(window: Window, client_id: int, episode_id: int) -> pd.DataFrame:
    """Visits ordered and used, one row per order, the running one last."""
    return window.read(SQL / "orders_of_episode.sql", client_id=client_id, episode_id=episode_id)


def kept_visits(sessions: pd.DataFrame) -> pd.DataFrame:
    """The rows of `sessions` that are visits, with whole visit numbers."""
    kept = sessions[sessions["visit_number"].notna()]
    return kept.assign(visit_number=kept["visit_number"].astype(int)).reset_index(drop=True)


def pain_course(window: Window, client_id: int, episode_id: int) -> Course:
    """Compare now with the start: pain before treatment of the episode's one series.

    Returns
    -------
    Course
        With the class "insufficient_data" when no rating follows the start. The start is the first rating, or the mean
        of two where both precede treatment; now is the latest.
    """
    found = window.read(SQL / "pain_course_of_episode.sql", client_id=client_id, episode_id=episode_id)
    return course_of(found.iloc[0])


def course_of(row: pd.Series) -> Course:
    """The course a row of `pain_course_of_episode.sql` tells of; its columns are described there."""
    limits = limits_of(instruments.scale("nprs"), row["region"], row["chronicity"], _days(row))
    start = (row["first_pain"], max(int(row["first_ratings"]), 1))
    recent = int(row["recent_ratings"])
    return Course(
        verdict=change.verdict(start[0], row["latest_pain"], limits, start[1]),
        steady=change.verdict(start[0], row["recent_pain"], limits, start[1], recent) if recent > 1 else None,
        region=None if pd.isna(row["region"]) else row["region"],
        first_visit=None if pd.isna(row["first_visit"]) else int(row["first_visit"]),
        latest_visit=None if pd.isna(row["latest_visit"]) else int(row["latest_visit"]),
        readings=int(row["readings"]),
        visits=int(row["visits"]),
    )


def _days(row: pd.Series) -> float | None:
    """Days between the start and now; None when there is no now."""
    return None if pd.isna(row["latest_on"]) else (row["latest_on"] - row["first_on"]).days


def main_pain(series: pd.DataFrame, regions: pd.DataFrame, injury_region: object = None) -> tuple[str, str | None]:
    """The pain an episode is judged by, from the rows of `pain_series`: how sentences name it, and its region.

    A rating without a region is of the main complaint, or where none was written down of the injury type's region;
    without any rating the name is "Pain".
    """
    main = series[series["is_main"]]
    name = "Pain" if main.empty else _pain_name(*main[list(SERIES)].iloc[0])
    of_injury = None if pd.isna(injury_region) else injury_region
    of_complaint = of_injury if regions.empty else regions["region"].iloc[0]
    rated = None if main.empty or pd.isna(main["region"].iloc[0]) else main["region"].iloc[0]
    return name, rated or of_complaint


def other_pains(series: pd.DataFrame, visits: pd.DataFrame) -> list[tuple[str, str | None, pd.DataFrame]]:
    """Every other pain rated in the episode: its name, its region, and pain_before and pain_after at every visit."""
    others = series[~series["is_main"].astype(bool)]
    return [
        (
            _pain_name(*key),
            None if pd.isna(key[1]) else key[1],
            visits[["visit_number", "visited_on"]].merge(
                rated[["visit_number", "pain_before", "pain_after"]], on="visit_number", how="left"
            ),
        )
        for key, rated in others.groupby(list(SERIES), dropna=False, sort=False)
    ]


def _pain_name(kind: str, region: object, side: object) -> str:
    return pain_name(kind, *(None if pd.isna(value) else value for value in (region, side)))


def running_order(orders: pd.DataFrame, visits: int) -> dict:
    """The latest order of an episode and how its visits stand.

    Parameters
    ----------
    orders : DataFrame
        As `orders` returns them.
    visits : int
        Kept visits of the episode.

    Returns
    -------
    dict
        ordered (None without an order), used, expires_on (None when not stated), under_earlier (visits charged to
        orders before it), under_none (visits no order covers).
    """
    if orders.empty:
        return {"ordered": None, "used": visits, "expires_on": None, "under_earlier": 0, "under_none": 0}
    latest = orders.iloc[-1]
    return {
        "ordered": int(latest["ordered"]),
        "used": int(latest["used"]),
        "expires_on": None if pd.isna(latest["expires_on"]) else latest["expires_on"],
        "under_earlier": int(orders["used"].iloc[:-1].sum()),
        "under_none": visits - int(orders["used"].sum()),
    }


def birth_date_and_sex(person: pd.Series) -> tuple[object, str | None]:
    """What a reference value is chosen by; None for what is not known."""
    born, sex = person["birth_date"], person["sex"]
    return None if pd.isna(born) else born, None if pd.isna(sex) else sex


def motion_error_sources(motion: pd.DataFrame) -> tuple[str, ...]:
    """Each error of measuring used in a table of `motion`, once, with its source."""
    known = motion[motion["error_deg"].notna()]
    return tuple(dict.fromkeys(f"Error {row.error_deg:g} degrees: {row.error_source}" for row in known.itertuples()))


def pain_name(kind: str, region: str | None, side: str | None) -> str:
    """How a sentence names a pain series.

    >>> pain_name("now", "neck", "left"), pain_name("average", "low_back", "midline"), pain_name("now", None, None)
    ('Left neck pain', 'Average low back pain', 'Pain')
    """
    parts = [
        {"now": "", "worst": "worst", "best": "least", "average": "average"}[kind],
        side if side in ("left", "right") else "",
        instruments.REGIONS[region] if region else "",
        "pain",
    ]
    words = " ".join(part for part in parts if part)
    return words[0].upper() + words[1:]


def age_years(birth_date: object, on: object) -> int | None:
    """Completed years on a day; None when the birth date is not known."""
    if pd.isna(birth_date):
        return None
    born, day = pd.Timestamp(birth_date), pd.Timestamp(on)
    return int(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def motion(
    window: Window, client_id: int, episode_id: int, birth_date: object = None, sex: str | None = None
) -> pd.DataFrame:
    """Each movement of the episode from start to now, beside what it can be compared with.

    Returns
    -------
    DataFrame, one row per movement, side and motion type measured before treatment, affected sides first
        joint, movement, name, side, motion_type; start_deg, start_on, now_deg, now_on (now is missing after a single
        visit's reading), between (tuple of the readings in between); other_side_deg (the latest of the other side,
        missing where the complaint is on both: then there is no healthy side to compare with);
        goal_deg; reference_low_deg, reference_high_deg, reference_name (missing when no reference applies to this
        person's age, sex and motion type); error_deg, error_source; flag (words when rater or instrument changed).

    Notes
    -----
    References from memory are left out. The error is that of one rater and instrument, or of different raters where one
    is known; it is missing where the instrument changed, because no two instruments make one series (clinical
    reference, A3). A rater or instrument that was not written down is taken to be the same one.
    """
    readings = window.read(SQL / "motion_of_episode.sql", client_id=client_id, episode_id=episode_id)
    wanted = goals(window, client_id, episode_id)
    places = regions(window, client_id, episode_id)
    affected = set(places["side"].dropna())
    rows = [
        _motion_row(readings, wanted, birth_date, sex, *key, series)
        for key, series in readings.groupby(["joint", "movement", "motion_type", "side"], dropna=False, sort=False)
    ]
    table = pd.DataFrame(rows, columns=MOTION_COLUMNS)
    bilateral = _affected_on_both_sides(places)
    compared = [known not in bilateral for known in _regions_of(table)]
    table["other_side_deg"] = table["other_side_deg"].where(pd.Series(compared, index=table.index, dtype=bool))
    is_other = ~table["side"].isin(affected | {None}) & table["side"].notna() & bool(affected & {"left", "right"})
    return table.assign(other=is_other).sort_values("other", kind="stable").drop(columns="other").reset_index(drop=True)


MOTION_COLUMNS = (
    "joint",
    "movement",
    "name",
    "side",
    "motion_type",
    "start_deg",
    "start_on",
    "now_deg",
    "now_on",
    "between",
    "other_side_deg",
    "goal_deg",
    "reference_low_deg",
    "reference_high_deg",
    "reference_name",
    "error_deg",
    "error_source",
    "flag",
)


def _affected_on_both_sides(places: pd.DataFrame) -> set[str]:
    sides = places.groupby("region")["side"].agg(set)
    return {region for region, named in sides.items() if "both" in named or {"left", "right"} <= named}


def _regions_of(table: pd.DataFrame) -> list[str]:
    return [instruments.movement(row.joint, row.movement).region for row in table.itertuples()]


def _motion_row(readings, wanted, birth_date, sex, joint, movement, motion_type, side, series) -> dict:
    known = instruments.movement(joint, movement)
    degrees = series["degrees"].tolist()
    raters, tools = series["rater_id"].dropna().nunique(), series["instrument"].dropna().nunique()
    same_rater = raters <= 1 and not series["raters_mixed"].any()
    same_tool = tools <= 1 and not series["instruments_mixed"].any()
    error = known.default_error("same" if same_rater else "different") if same_tool else None
    measured_again = len(series) > 1
    side = None if pd.isna(side) else side
    age = age_years(birth_date, series["measured_on"].iloc[0])
    low, high, name = _reference_range(verified_references(known, age, sex, motion_type))
    return {
        "joint": joint,
        "movement": movement,
        "name": known.name,
        "side": side,
        "motion_type": motion_type,
        "start_deg": degrees[0],
        "start_on": series["measured_on"].iloc[0],
        "now_deg": degrees[-1] if measured_again else None,
        "now_on": series["measured_on"].iloc[-1] if measured_again else None,
        "between": tuple(degrees[1:-1]),
        "other_side_deg": _other_side(readings, joint, movement, motion_type, side),
        "goal_deg": _motion_goal(wanted, joint, movement, side),
        "reference_low_deg": low,
        "reference_high_deg": high,
        "reference_name": name,
        "error_deg": error.points if error else None,
        "error_source": error.cited if error else None,
        "flag": _flag(same_rater, same_tool),
    }


def _flag(same_rater: bool, same_tool: bool) -> str | None:
    changed = [word for word, same in (("rater", same_rater), ("instrument", same_tool)) if not same]
    return f"{' and '.join(changed)} changed" if changed else None


def _other_side(readings, joint, movement, motion_type, side) -> float | None:
    if side is None:
        return None
    other = readings[
        (readings["joint"] == joint)
        & (readings["movement"] == movement)
        & (readings["motion_type"] == motion_type)
        & (readings["side"] == {"left": "right", "right": "left"}[side])
    ]
    return None if other.empty else float(other["degrees"].iloc[-1])


def _motion_goal(wanted: pd.DataFrame, joint: str, movement: str, side: str | None) -> float | None:
    fitting = wanted[(wanted["measure"] == "motion") & (wanted["joint"] == joint) & (wanted["movement"] == movement)]
    if side is not None:
        fitting = fitting[fitting["side"].isna() | (fitting["side"] == side)]
    return None if fitting.empty else float(fitting["target"].iloc[0])


def pain_goal(wanted: pd.DataFrame) -> float | None:
    """The pain the client wants to reach, from the goal set last; None when none was set."""
    pain = wanted[wanted["measure"] == "pain"]
    return None if pain.empty else float(pain["target"].iloc[0])


def verified_references(
    known: instruments.Movement, age: int | None, sex: str | None, motion_type: str
) -> list[instruments.Reference]:
    """The references that cover this age, sex and motion type and are not from memory, the first one preferred."""
    return [r for r in known.references_for(age, sex, motion_type) if not r.unverified]


def _reference_range(references: list[instruments.Reference]) -> tuple[float | None, float | None, str | None]:
    if not references:
        return None, None, None
    ends = [deg for r in references for deg in (r.low_deg, r.high_deg) if deg is not None]
    return min(ends), max(ends), " to ".join(dict.fromkeys(r.name for r in references))
