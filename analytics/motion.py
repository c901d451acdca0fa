"""One client's motion: each joint from start to now, and what it may be compared with (clinical reference, A3)."""

import pandas as pd

import instruments
from analytics import SQL
from analytics.progress import goals, regions
from records.store import Window


def birth_date_and_sex(person: pd.Series) -> tuple[object, str | None]:
    """What a reference value is chosen by; None for what is not known."""
    born, sex = person["birth_date"], person["sex"]
    return None if pd.isna(born) else born, None if pd.isna(sex) else sex


def error_sources(motion: pd.DataFrame) -> tuple[str, ...]:
    """Each error of measuring used in a table of `motion`, once, with its source."""
    known = motion[motion["error_deg"].notna()]
    return tuple(dict.fromkeys(f"Error {row.error_deg:g} degrees: {row.error_source}" for row in known.itertuples()))


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
    table = pd.DataFrame(rows, columns=COLUMNS)
    bilateral = _affected_on_both_sides(places)
    compared = [known not in bilateral for known in _regions_of(table)]
    table["other_side_deg"] = table["other_side_deg"].where(pd.Series(compared, index=table.index, dtype=bool))
    is_other = ~table["side"].isin(affected | {None}) & table["side"].notna() & bool(affected & {"left", "right"})
    return table.assign(other=is_other).sort_values("other", kind="stable").drop(columns="other").reset_index(drop=True)


COLUMNS = (
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
