"""What became of everyone: each episode has one of eight fates, and every share says who is in it and who is not."""

import pandas as pd

from analytics import change
from analytics.estimates import wilson

JUDGED = ("improved", "possibly_improved", "unchanged", "possibly_worse", "worse")
FATES = {
    **{code: change.WORDS[code] for code in (*JUDGED, "no_room")},
    "no_second_reading": "no second reading",
    "still_in_care": "still in care",
}
TOTAL = "All types"


def fates(episodes: pd.DataFrame) -> pd.Series:
    """The fate of each episode: these eight exclude each other, and everyone has one.

    Parameters
    ----------
    episodes : DataFrame
        `closed` (discharged, or lapsed and without a visit for longer than the practice's gap rule) and `pain_class`,
        as `analytics.outcomes.episodes` gives them; episodes with a visit only.

    Returns
    -------
    Series of str, with the index of `episodes`
        A key of `FATES`. An episode that is not closed is still in care whatever its readings; a closed one has the
        class of its pain, now against the start, or no second reading where there are not two to compare.
    """
    ended = episodes["pain_class"].replace("insufficient_data", "no_second_reading")
    return ended.where(episodes["closed"], "still_in_care").astype("str")


def account(episodes: pd.DataFrame) -> pd.DataFrame:
    """The full account of a group of episodes, and of each injury type in it.

    Parameters
    ----------
    episodes : DataFrame
        injury_type_id, injury_type, closed, pain_class; episodes with a visit only.

    Returns
    -------
    DataFrame, first a row of all ("All types"), then one per type, most episodes first
        injury_type; episodes; a count per fate, named as in `FATES`; closed = all but still in care; measured = closed
        with a second reading; judged = measured less no_room = improved, possibly improved, unchanged, possibly worse
        and worse; not_judged = no_room, no second reading and still in care.
        better_share = improved / judged, with its Wilson 95 % interval better_low and better_high.
        range_low = improved / (judged + no_second_reading): the share if everyone without a second reading had done
        badly; range_high = (improved + no_second_reading) / (judged + no_second_reading): if all of them had done
        well. Shares are 0 to 1, and missing where their denominator is 0.

    Notes
    -----
    Whoever had little room to improve is counted beside the shares and is in no denominator (clinical reference, B3),
    nor is anyone still in care.
    """
    fate = fates(episodes)
    each = pd.DataFrame({"episodes": 1, **{code: (fate == code).astype(int) for code in FATES}}, index=episodes.index)
    by_type = each.groupby([episodes["injury_type_id"], episodes["injury_type"]]).sum().droplevel(0).reset_index()
    by_type = by_type.sort_values(["episodes", "injury_type"], ascending=[False, True])
    table = pd.concat([each.sum().to_frame().T.assign(injury_type=TOTAL), by_type], ignore_index=True)
    table = table[["injury_type", *each.columns]]
    table["closed"] = table["episodes"] - table["still_in_care"]
    table["measured"] = table["closed"] - table["no_second_reading"]
    table["judged"] = table["measured"] - table["no_room"]
    table["not_judged"] = table["episodes"] - table["judged"]
    low, high = wilson(table["improved"], table["judged"])
    missing = table["no_second_reading"]
    return table.assign(
        better_share=_share(table["improved"], table["judged"]),
        better_low=low,
        better_high=high,
        range_low=_share(table["improved"], table["judged"] + missing),
        range_high=_share(table["improved"] + missing, table["judged"] + missing),
    )


def _share(count: pd.Series, of: pd.Series) -> pd.Series:
    return count / of.where(of > 0)
