"""Motion: each joint from start to now, whether it changed by more than the error of measuring, and what it may be
compared with (clinical reference, A3).

No motion has an accepted important change, so a change is held against the error alone: better, worse, no clear change,
or it cannot be said. More degrees are better, unless the goal set for the movement lies below its first reading.
"""

import numpy as np
import pandas as pd

import instruments
from analytics import SQL, change, references, repeat_error
from analytics.filters import Filters
from analytics.progress import regions
from instruments import Instruments
from records.store import Window

MORE_ACTIVE_DEG = 5  # passive motion is usually at least the active: beyond this a reading is in doubt
SIDES = frozenset(("left", "right"))
SIDES_OF = {"left": {"left"}, "right": {"right"}, "both": SIDES}

COURSE_COLUMNS = (
    "client_id",
    "episode_id",
    "joint",
    "movement",
    "name",
    "side",
    "motion_type",
    "first_deg",
    "first_on",
    "latest_deg",
    "latest_on",
    "visits_measured",
    "error_deg",
    "error_source",
    "less_is_goal",
    "motion_class",
    "why",
)
BESIDE = (
    "between",
    "flag",
    "warning",
    "reference_low_deg",
    "reference_high_deg",
    "reference_name",
    "reference_source",
    "percent_of_reference",
    "percent_reference",
    "other_side_deg",
    "symmetry_percent",
    "other_side_why",
    "is_other_side",
)


def error_sources(motion: pd.DataFrame) -> tuple[str, ...]:
    """Each error of measuring used in a table of `motion`, once, with its source."""
    known = motion[motion["error_deg"].notna()]
    return tuple(
        dict.fromkeys(f"Error {round(row.error_deg, 1):g} degrees: {row.error_source}" for row in known.itertuples())
    )


def reference_sources(motion: pd.DataFrame) -> tuple[str, ...]:
    """Each reference used in a table of `motion`, once, with its source."""
    known = motion[motion["reference_source"].notna()]
    told = zip(known["name"].str.lower(), known["reference_source"], strict=True)
    return tuple(dict.fromkeys(f"Reference of {name}: {source}" for name, source in told))


def courses(window: Window, filters: Filters) -> pd.DataFrame:
    """Motion from start to now in every episode opened in the period, and its class.

    Returns
    -------
    DataFrame, one row per episode, joint, movement, side and motion type measured before treatment
        client_id, episode_id, joint, movement, name, side (missing where the movement has none), motion_type;
        first_deg, first_on; latest_deg, latest_on (missing when measured at one visit only); visits_measured;
        error_deg, error_source, less_is_goal, motion_class, why: as `classed` says.
    """
    return _classed_courses(window, filters)[list(COURSE_COLUMNS)]


def classed(
    courses: pd.DataFrame,
    own: dict[tuple[str, str, str, str], repeat_error.OwnError],
    known: Instruments = instruments.PUBLISHED,
) -> pd.DataFrame:
    """Hold each course against the error of measuring.

    Parameters
    ----------
    courses : DataFrame
        joint, movement, motion_type, first_deg, latest_deg (missing when measured at one visit only), goal_deg (missing
        without a goal), rater_changed and instrument_changed between these two readings.
    own : dict
        The practice's own errors, as `repeat_error.own_errors` returns them; they go before the published ones, and an
        error the practice set itself goes before both.
    known : Instruments
        What the practice goes by.

    Returns
    -------
    DataFrame, the same rows in their order
        With error_deg and error_source: the error of one rater or of different raters, missing where none is known, and
        where the instrument changed, because no two instruments make one series; less_is_goal: see `_less_is_goal`;
        motion_class: "improved", "worse", "unchanged" or "insufficient_data"; why: in words, where that
        is the class.
    """
    kind = ["joint", "movement", "motion_type", "rater_changed", "instrument_changed"]
    kinds = courses[kind].drop_duplicates()
    errors = [_error(known, own, *values) for values in kinds.itertuples(index=False)]
    kinds["error_deg"] = pd.Series([points for points, _ in errors], index=kinds.index, dtype="float64")
    kinds["error_source"] = pd.Series([source for _, source in errors], index=kinds.index, dtype="str")
    table = courses.merge(kinds, how="left", on=kind)
    compared = table[["first_deg", "latest_deg", "error_deg"]].set_axis(["first", "latest", "error"], axis=1)
    less_is_goal = _less_is_goal(table, known, own)
    judged = change.judged(compared.assign(important=compared["error"], percent=np.nan), less_is_better=less_is_goal)
    once, no_error = table["latest_deg"].isna(), table["error_deg"].isna()
    why = np.select(
        [once, table["instrument_changed"], no_error],
        ["measured at one visit only", "instrument changed", "rater changed, no error between raters is known"],
        "",
    )
    return table.assign(
        less_is_goal=less_is_goal,
        motion_class=judged.mask(no_error, "insufficient_data"),
        why=pd.Series(why, index=table.index, dtype="str").replace("", np.nan),
    )


def motion(
    window: Window, client_id: int, episode_id: int, birth_date: object = None, sex: str | None = None
) -> pd.DataFrame:
    """Each movement of the episode from start to now, beside what it can be compared with.

    Returns
    -------
    DataFrame, one row per movement, side and motion type measured before treatment, affected sides first
        The columns of `motion_courses.sql`, with start for first and now for latest:
        joint, movement, name, side, motion_type; start_deg, start_on, now_deg, now_on (now is missing after a single
        visit's reading), between (tuple of the readings in between);
        other_side_deg (the latest of the other side, missing where it is no comparison); symmetry_percent (an affected
        side as percent of it); other_side_why (words, where there is no comparison); is_other_side (not the affected
        one);
        goal_deg; less_is_goal (it lies below the start: fewer degrees are then better);
        reference_low_deg, reference_high_deg, reference_name, reference_source (missing when no reference applies to
        this person's age, sex and motion type); percent_of_reference (now, or the single reading, of the first of these
        above 0, its lower end where it is a range; missing without one), percent_reference (which one that is, in
        words);
        error_deg, error_source, motion_class, why: as `classed` says; flag (words when rater or instrument changed);
        warning (words, when the active motion of a visit is well beyond the passive).

    Notes
    -----
    References from memory are left out, and active readings are not held against references of passive motion. A rater
    or instrument that was not written down is taken to be that of the nearest visit where one was. Of other episodes
    only those this viewer may see can show that the other side is under treatment too.
    """
    about = {"client_id": client_id, "episode_id": episode_id}
    table = _classed_courses(window, Filters(), **about)
    readings = window.read(SQL / "motion_of_episode.sql", **about)
    places = regions(window, client_id, episode_id)
    gap = window.store.settings.closed_after_days
    elsewhere = window.read(SQL / "motion_sides_elsewhere.sql", closed_after_days=gap, **about)
    beside = [
        {"between": _between(readings, row), "flag": _flag(row), "warning": _warning(readings, row)}
        | _references(window.store.instruments, row, birth_date, sex)
        | _other_side(table, row, places, elsewhere)
        for row in table.itertuples()
    ]
    names = {"first_deg": "start_deg", "first_on": "start_on", "latest_deg": "now_deg", "latest_on": "now_on"}
    table = table.rename(columns=names).join(pd.DataFrame(beside, index=table.index, columns=BESIDE))
    return table.sort_values("is_other_side", kind="stable", ignore_index=True)


def _classed_courses(
    window: Window, filters: Filters, client_id: int | None = None, episode_id: int | None = None
) -> pd.DataFrame:
    about = {"client_id": client_id, "episode_id": episode_id}
    gathered = window.read(SQL / "motion_courses.sql", **filters.values(), **about)
    return classed(gathered, repeat_error.own_errors(window), window.store.instruments)


def _less_is_goal(table: pd.DataFrame, known: Instruments, own: dict) -> pd.Series:
    """Whether fewer degrees are wanted: the goal lies below the first active reading by the error of measuring or more.

    The error is that of one rater and instrument: what is wanted does not change with who reads later. A goal does not
    say which motion type it is of, and is taken to be of active motion; the passive motion of the same joint and side
    is wanted less with it. A goal a degree or two below the start asks for no less.
    """
    kinds = table[["joint", "movement", "motion_type"]].drop_duplicates()
    kinds["one_hand_deg"] = [_error(known, own, *kind, False, False)[0] for kind in kinds.itertuples(index=False)]
    error = table.merge(kinds, how="left", on=["joint", "movement", "motion_type"])["one_hand_deg"]
    below = table["first_deg"] - table["goal_deg"] >= error.set_axis(table.index) - change.TOLERANCE
    wanted = (table["motion_type"] == "active") & below
    what = ["client_id", "episode_id", "joint", "movement", "side"]
    return wanted.groupby([table[name] for name in what], dropna=False).transform("any")


def _error(
    known: Instruments, own, joint, movement, motion_type, rater_changed, instrument_changed
) -> tuple[float | None, str | None]:
    if instrument_changed:
        return None, None
    raters = "different" if rater_changed else "same"
    error = known.movement(joint, movement).default_error(raters)
    if error is None or not error.own:
        error = own.get((joint, movement, motion_type, raters), error)
    return (None, None) if error is None else (error.points, error.cited)


def _same(readings: pd.DataFrame, row: tuple) -> pd.DataFrame:
    """The readings of the row's joint, movement and side, of either motion type."""
    side = readings["side"].isna() if pd.isna(row.side) else readings["side"] == row.side
    return readings[(readings["joint"] == row.joint) & (readings["movement"] == row.movement) & side]


def _between(readings: pd.DataFrame, row: tuple) -> tuple[float, ...]:
    same = _same(readings, row)
    return tuple(same.loc[same["motion_type"] == row.motion_type, "degrees"].iloc[1:-1])


def _warning(readings: pd.DataFrame, row: tuple) -> str | None:
    """On an active row: words about the latest visit at which it went well beyond the passive motion."""
    if row.motion_type != "active":
        return None
    visits = _same(readings, row).pivot(index="visit_number", columns="motion_type", values="degrees")
    doubtful = visits[visits["active"] - visits.get("passive", np.nan) > MORE_ACTIVE_DEG]
    if doubtful.empty:
        return None
    last = doubtful.iloc[-1]
    return f"active {last['active']:g} is more than passive {last['passive']:g}: check the reading"


def _flag(row: tuple) -> str | None:
    changed = [word for word in ("rater", "instrument") if getattr(row, f"{word}_changed")]
    between = [word for word in ("rater", "instrument") if getattr(row, f"{word}_between")]
    told = [f"{' and '.join(changed)} changed"] if changed else []
    return ", ".join(told + [f"another {' and '.join(between)} in between"] * bool(between)) or None


def _references(known: Instruments, row: tuple, birth_date: object, sex: str | None) -> dict:
    movement = known.movement(row.joint, row.movement)
    covering = references.verified(movement, references.age_years(birth_date, row.first_on), sex, row.motion_type)
    low, high, name = references.span(covering)
    hundred = references.hundred_percent(covering)
    return {
        "reference_low_deg": low,
        "reference_high_deg": high,
        "reference_name": name,
        "reference_source": "; ".join(dict.fromkeys(ref.cited for ref in covering)) or None,
        "percent_of_reference": 100 * _last_deg(row) / hundred.low_deg if hundred else None,
        "percent_reference": f"{hundred.name} {hundred.low_deg:g}" if hundred else None,
    }


def _last_deg(row: tuple) -> float:
    """The latest reading, which is the only one where it was measured at one visit."""
    return row.first_deg if pd.isna(row.latest_deg) else row.latest_deg


def _other_side(table: pd.DataFrame, row: tuple, places: pd.DataFrame, elsewhere: pd.DataFrame) -> dict:
    """The other side where it is a comparison, else why not."""
    none = {"other_side_deg": None, "symmetry_percent": None, "other_side_why": None, "is_other_side": False}
    if pd.isna(row.side):
        return none
    affected = _affected_sides(places, row.region)
    none["is_other_side"] = bool(affected) and row.side not in affected
    (other_side,) = SIDES - {row.side}
    other_types = table[(table["joint"] == row.joint) & (table["movement"] == row.movement)]
    other_types = other_types[other_types["side"] == other_side]
    other = other_types[other_types["motion_type"] == row.motion_type]
    if affected == SIDES:
        return none | {"other_side_why": "both sides are affected"}
    if (affected or {row.side}) | sides(elsewhere[elsewhere["region"] == row.region]) == SIDES:
        return none | {"other_side_why": "both sides are affected, in two episodes"}
    if other_types.empty:
        return none | {"other_side_why": "the other side was not measured"}
    if other.empty:
        return none | {"other_side_why": f"the other side was measured as {other_types['motion_type'].iloc[0]} motion"}
    tools = {row.latest_instrument, other["latest_instrument"].iloc[0]}
    if len({tool for tool in tools if not pd.isna(tool)}) > 1:
        return none | {"other_side_why": "the other side was measured with another instrument"}
    found = none | {"other_side_deg": float(other["latest_deg"].fillna(other["first_deg"]).iloc[0])}
    if not affected:
        return found | {"other_side_why": "the episode names no affected side"}
    if row.side in affected and found["other_side_deg"] > 0:
        found["symmetry_percent"] = 100 * _last_deg(row) / found["other_side_deg"]
    return found


def _affected_sides(places: pd.DataFrame, region: str) -> set[str]:
    """What the episode says of the joint's own region, or of all its regions when it names none there."""
    near = places[places["region"] == region]
    return sides(places if near.empty else near)


def sides(places: pd.DataFrame) -> set[str]:
    """The left and right sides that places, as `progress.regions` returns them, speak of; the midline is neither."""
    return set().union(*(SIDES_OF.get(side, ()) for side in places["side"]))
