"""What is right in a number of the practice's own: within what the instrument can show, and one for each case."""

from collections.abc import Mapping
from typing import Any

import duckdb

import instruments
from instruments import own

THRESHOLD_CASE = ("purpose", "scale", "joint", "movement", "raters", "region")
REFERENCE_CASE = ("joint", "movement", "motion_type", "sex", "age_from", "age_to")
SAME_THRESHOLD = """
SELECT own_threshold_id
FROM records.own_threshold
WHERE NOT withdrawn AND own_threshold_id IS DISTINCT FROM $row_id
    AND purpose = $purpose
    AND scale IS NOT DISTINCT FROM $scale
    AND joint IS NOT DISTINCT FROM $joint
    AND movement IS NOT DISTINCT FROM $movement
    AND raters IS NOT DISTINCT FROM $raters
    AND region IS NOT DISTINCT FROM $region
"""
# Two own references may not speak of the same person: which of them is meant could not be told.
SAME_REFERENCE = """
SELECT own_reference_id
FROM records.own_reference
WHERE NOT withdrawn AND own_reference_id IS DISTINCT FROM $row_id
    AND joint = $joint
    AND movement = $movement
    AND motion_type = $motion_type
    AND (sex IS NULL OR $sex IS NULL OR sex = $sex)
    AND coalesce(age_from, 0) <= coalesce($age_to, 1000)
    AND coalesce($age_from, 0) <= coalesce(age_to, 1000)
"""


def wrong_with_threshold(cursor: duckdb.DuckDBPyConnection, row: Mapping[str, Any], row_id: int | None) -> list[str]:
    """Why an own threshold may not stand, in words; empty when it may.

    Parameters
    ----------
    row : mapping
        The columns of `own_threshold` a form holds; None is empty.
    row_id : int or None
        Its id, when it stands already.
    """
    of_motion = [row["joint"] is not None, row["movement"] is not None]
    if all(of_motion) != (row["scale"] is None) or any(of_motion) != all(of_motion):
        return ["What it is of: name a scale, or a joint and its movement, and not both."]
    reasons = _of_a_scale(row) if row["scale"] is not None else _of_a_movement(row)
    if reasons:
        return reasons
    same = cursor.execute(SAME_THRESHOLD, {name: row[name] for name in THRESHOLD_CASE} | {"row_id": row_id}).fetchone()
    return [f"Number: own number {same[0]} stands for the same already. Change or withdraw that one."] if same else []


def wrong_with_reference(cursor: duckdb.DuckDBPyConnection, row: Mapping[str, Any], row_id: int | None) -> list[str]:
    """Why an own reference may not stand, in words; empty when it may. Parameters as for `wrong_with_threshold`."""
    movement = instruments.movements().get((row["joint"], row["movement"]))
    if movement is None:
        return [_no_such_movement(row)]
    reasons = []
    if wrong := own.why_not_reference(movement, row["low_deg"], row["high_deg"]):
        reasons.append(f"Degrees: {wrong}")
    if None not in (row["age_from"], row["age_to"]) and row["age_from"] > row["age_to"]:
        reasons.append(f"Age: {row['age_from']} to {row['age_to']} years. Right is the lower age first.")
    if reasons:
        return reasons
    same = cursor.execute(SAME_REFERENCE, {name: row[name] for name in REFERENCE_CASE} | {"row_id": row_id}).fetchone()
    if same is None:
        return []
    return [
        f"Whom it is for: own reference {same[0]} speaks of some of the same people. Narrow age or sex, or change that"
        " one."
    ]


def _of_a_scale(row: Mapping[str, Any]) -> list[str]:
    reasons = []
    if wrong := own.why_not(instruments.scale(row["scale"]), row["purpose"], row["points"], row["percent"]):
        reasons.append(f"Number: {wrong}")
    if row["raters"] is not None:
        reasons.append("Raters: they are told apart for motion only. Leave this empty.")
    if row["purpose"] == "important" and row["confidence"] is not None:
        reasons.append("Confidence level: an important change has none. Leave this empty.")
    return reasons


def _of_a_movement(row: Mapping[str, Any]) -> list[str]:
    movement = instruments.movements().get((row["joint"], row["movement"]))
    if movement is None:
        return [_no_such_movement(row)]
    reasons = []
    if row["purpose"] != "error":
        reasons.append("What it is: no motion has an accepted important change. Right is an error of measuring.")
    if row["raters"] is None:
        reasons.append("Raters: say whether one person measured both times, or two.")
    if row["region"] is not None or row["percent"] is not None:
        reasons.append("Region and percent: these are for scales only. Leave them empty.")
    if wrong := own.why_not_error(movement, row["points"]):
        reasons.append(f"Number: {wrong}")
    return reasons


def _no_such_movement(row: Mapping[str, Any]) -> str:
    return f"Movement: no movement is called {row['joint']!r} {row['movement']!r}. Choose one of the list."
