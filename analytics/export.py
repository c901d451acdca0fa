"""The practice's own table of outcomes: a row per episode, with every number its classes were judged by."""

import datetime as dt

import pandas as pd

from analytics import change, fates, motion
from analytics.filters import Filters
from analytics.measurement_error import error_of_means
from analytics.outcomes import episodes, with_visits
from records.errors import NotAllowed
from records.store import Window
from records.viewer import Viewer

RIGHT = "outcomes.export"
MARKING = "internal: the practice's own copy, not for release"
INVENTED = "invented sample practice: nobody here is real"
OF_THE_EPISODE = (
    "client_id",
    "episode_id",
    "injury_type",
    "cause",
    "opened",
    "closed",
    "status",
    "visits",
    "first_pain",
    "latest_pain",
    "pain_fall",
    "pain_class",
    "fate",
)
OF_THE_JUDGEMENT = (
    "error_points",
    "important_points",
    "percent",
    "error_source",
    "important_source",
    "percent_source",
)
OF_A_MOTION = {"first_deg": "first_deg", "latest_deg": "latest_deg", "motion_class": "class", "why": "why"}


def require(viewer: Viewer) -> None:
    """Refuse who may not take outcomes out of the practice's records.

    Raises
    ------
    NotAllowed
        When the viewer lacks the right "outcomes.export", or does not see the whole practice.
    """
    if not viewer.may(RIGHT) or viewer.scope != "all":
        raise NotAllowed(
            f"The role {viewer.role!r} may not take outcomes out: that needs the right {RIGHT!r} and sight of the whole"
            " practice. Ask the practice's owner for the file; nothing was written."
        )


def outcomes(window: Window, today: dt.date) -> pd.DataFrame:
    """What became of each episode, and what that was judged by.

    Returns
    -------
    DataFrame, one row per episode, those without a visit among them
        client_id, episode_id, injury_type, cause; opened, closed (dates; closed is the day care ended, missing while
        the episode is not closed); status; visits; first_pain, latest_pain (0 to 10, missing when not measured),
        pain_fall (first less latest: positive is less pain), pain_class; fate (missing without a visit);
        error_points, important_points, percent and the source of each: what the change was held against, missing
        where there are not two readings to compare; for each motion that occurs `<joint>_<movement>_<side>_<type>_`
        with first_deg, latest_deg, class, why (side "none" where the movement has none); marking.

    Raises
    ------
    NotAllowed
        When the viewer lacks the right "outcomes.export".
    """
    require(window.viewer)
    found = episodes(window, Filters(), today)
    found = found.assign(
        cause=found["cause_name"],
        opened=found["opened_on"],
        fate=fates.fates(with_visits(found)),
        pain_fall=found["first_pain"] - found["latest_pain"],
    )
    # `closed` is true or false there, and the day care ended here.
    found["closed"] = found["ended_on"].where(found["closed"])
    table = found[list(OF_THE_EPISODE)].join(_held_against(window, found))
    table = table.join(_motions(motion.courses(window, Filters())), on="episode_id")
    return table.assign(marking=marked(window, MARKING))


def marked(window: Window, marking: str) -> str:
    """A marking, which says of invented people that they are."""
    return f"{marking}; {INVENTED}" if window.store.is_sample else marking


def _held_against(window: Window, found: pd.DataFrame) -> pd.DataFrame:
    """The thresholds behind each class of pain, each with its source; missing where nothing was compared."""
    nprs = window.store.instruments.scale("nprs")
    compared = found[found["pain_class"] != "insufficient_data"]
    asked = compared[["region", "chronicity"]].assign(days=(compared["latest_on"] - compared["first_on"]).dt.days)
    rows = []
    for key, first_ratings in zip(asked.itertuples(index=False), compared["first_ratings"], strict=True):
        chosen = change.limits_of(nprs, *key)
        rows.append(
            (
                error_of_means(chosen.error.points, int(first_ratings)),
                chosen.important.points,
                chosen.percent.percent,
                chosen.error.cited,
                chosen.important.cited,
                chosen.percent.cited,
            )
        )
    return pd.DataFrame(rows, index=compared.index, columns=list(OF_THE_JUDGEMENT))


def _motions(courses: pd.DataFrame) -> pd.DataFrame:
    """The courses of motion side by side: one row per episode, four columns per motion."""
    what = courses["joint"] + "_" + courses["movement"] + "_" + courses["side"].fillna("none")
    named = courses.assign(motion=what + "_" + courses["motion_type"])
    beside = pd.concat(
        [
            named.pivot(index="episode_id", columns="motion", values=value).add_suffix(f"_{word}")
            for value, word in OF_A_MOTION.items()
        ],
        axis=1,
    )
    return beside[[f"{name}_{word}" for name in sorted(named["motion"].unique()) for word in OF_A_MOTION.values()]]
