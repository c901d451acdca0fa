"""The published numbers of a scale or a movement as a table, the practice's own before them, and which one is used."""

from collections.abc import Sequence

import pandas as pd

from instruments import REGIONS, Movement, Reference, Scale, Threshold

CERTAINTY = {
    "V": "read in the source",
    "V2": "second-hand",
    "FMV": "unverified, from memory",
    "own": "set by this practice",
}
OUR_CHOICE = "motion_working_limit"  # no paper prints it: nothing was read in a source
KINDS = {
    "mdc": "Error of measuring",
    "sem": "Standard error (SEM)",
    "icc": "Correlation (ICC)",
    "auc": "Area under the curve (AUC)",
    "instrument_difference": "Between two instruments",
    "important": "Important change",
}
YOURS_FIRST = "no, yours stands before it"
FOR_ITS_PERCENT = "for its percent"


def of_scale(scale: Scale) -> pd.DataFrame:
    """Errors and important changes of a scale as a practice goes by it, its own first.

    Returns
    -------
    DataFrame
        What, Number, Start (%), Level, For whom, Source, How sure, Used: words; a dash where a source gives none.
    """
    lines = [
        _line(row, scale.unit) | {"Used": _used(row, scale, rows, order)}
        for rows, order in ((scale.errors, scale.choice.error), (scale.important, scale.choice.important))
        for row in rows
    ]
    return pd.DataFrame(lines)


def of_movement(movement: Movement) -> pd.DataFrame:
    """Errors and references of a movement as a practice goes by it, its own first; columns as words."""
    errors = [_line(row, "°") | {"Used": _used_error(row, movement)} for row in movement.errors]
    references = [_reference(row, movement.references) for row in movement.references]
    return pd.DataFrame(errors + references).drop(columns=["Start (%)"], errors="ignore")


def _line(row: Threshold, unit: str) -> dict[str, str | None]:
    amount = row.points if row.points is not None else row.coefficient
    shown_unit = "" if row.coefficient is not None else unit if unit == "°" else f" {unit}"
    place = REGIONS.get(row.condition, "any region")
    raters = {"same": "one rater", "different": "two raters"}.get(row.raters)
    whom = row.population if row.own or place in row.population else f"{place}: {row.population}"
    return {
        "What": KINDS.get(row.kind, f"{row.kind.capitalize()} change"),
        "Number": None if amount is None else f"{amount:g}{shown_unit}",
        "Start (%)": None if row.percent is None else f"{row.percent:g}",
        "Level": row.confidence,
        "For whom": ", ".join(part for part in (whom, raters if row.own else None) if part),
        "Source": f"computed from {row.computed_from}, {row.source.citation}"
        if row.computed_from
        else row.source.citation,
        "How sure": "this program's choice" if row.source.key == OUR_CHOICE else CERTAINTY[row.certainty],
    }


def _used(row: Threshold, scale: Scale, rows: Sequence[Threshold], order: Sequence[str]) -> str:
    if row.own:
        return f"yes, {REGIONS.get(row.condition, 'any region')}"
    asks_percent = row.percent is not None and row.key in (scale.choice.percent or [row.key])
    chosen = list(order) or [other.key for other in rows if other.default]
    if row.key not in chosen:
        return FOR_ITS_PERCENT if asks_percent else "no"
    # An own number of the row's own region leaves the default to the other regions.
    reach = {"any"} if row.default else {"any", row.condition}
    before = [other for other in rows if other.own and other.condition in reach]
    if before:
        return FOR_ITS_PERCENT if asks_percent and any(other.percent is None for other in before) else YOURS_FIRST
    return "by default" if row.default else "where it fits"


def _used_error(row: Threshold, movement: Movement) -> str:
    if row.default:
        return "yes" if row.own else "by default"
    replaced = any(other.own and other.raters == row.raters for other in movement.errors)
    return YOURS_FIRST if replaced and row.kind == "mdc" else "no"


def _reference(row: Reference, rows: Sequence[Reference]) -> dict[str, str | None]:
    span = f"{row.low_deg:g}°" if row.high_deg == row.low_deg else _span(row.low_deg, row.high_deg)
    ages = None if row.age_from is None and row.age_to is None else _ages(row.age_from, row.age_to)
    sex = {"female": "women", "male": "men"}.get(row.sex)
    motion = "active or passive not stated" if row.motion_type == "unstated" else f"{row.motion_type} motion"
    own = any(other.own for other in rows)
    return {
        "What": f"Reference, {row.name}",
        "Number": span,
        "Level": None,
        "For whom": ", ".join(part for part in (motion, sex, ages) if part),
        "Source": row.source.citation,
        "How sure": CERTAINTY[row.certainty],
        "Used": "no, unverified"
        if row.unverified
        else "yes, for whom it is"
        if row.own
        else "where yours does not cover"
        if own
        else "where it covers the person",
    }


def _span(low_deg: float, high_deg: float | None) -> str:
    return f"{low_deg:g}° or more" if high_deg is None else f"{low_deg:g} to {high_deg:g}°"


def _ages(age_from: int | None, age_to: int | None) -> str:
    if age_to is None:
        return f"from {age_from} years"
    return f"up to {age_to} years" if age_from is None else f"{age_from} to {age_to} years"
