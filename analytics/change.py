"""Did a score move, and by enough: seven classes, asked in a fixed order.

With d the change in the direction of benefit, mic the important change and mdc the error of measuring: worse if
d <= -max(mic, mdc); possibly worse if d <= -mic; no room if the start lies nearer to the best end of the scale than
max(mic, mdc); improved if d reaches mic, mdc and the percent of the start; possibly improved if d reaches mic but not
all of these; else unchanged. The classes are our own; the thresholds carry their sources in instruments/.
"""

from dataclasses import dataclass

import pandas as pd

from instruments import Scale, Threshold

TOLERANCE = 1e-9  # (6 - 4.2) / 6 is 0.29999999 in floating point, and 30.0 % counts

WORDS = {
    "improved": "better, beyond error",
    "possibly_improved": "possibly better",
    "unchanged": "no clear change",
    "possibly_worse": "possibly worse",
    "worse": "worse, beyond error",
    "no_room": "little room to improve",
    "insufficient_data": "not enough readings",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One comparison of now against the start.

    Attributes
    ----------
    name : str
        One of the seven classes, a key of `WORDS`.
    first, latest : float or None
        The two readings compared, in the scale's unit; None when missing.
    gain : float or None
        Change with the sign of benefit: positive is better on every scale.
    error, important : Threshold
        What the change was held against, each with its source.
    """

    name: str
    first: float | None
    latest: float | None
    gain: float | None
    error: Threshold
    important: Threshold

    @property
    def words(self) -> str:
        """The class as people read it."""
        return WORDS[self.name]


def verdict(first: float | None, latest: float | None, scale: Scale) -> Verdict:
    """Say whether a score moved by enough to matter, and by more than the error of measuring.

    Parameters
    ----------
    first, latest : number or missing, in the scale's own unit
        Readings of one kind, side and instrument, from two different visits.
    scale : Scale
        Supplies the better direction, the range and the default thresholds with their sources.

    Returns
    -------
    Verdict
        "insufficient_data" when either reading is missing.

    Examples
    --------
    >>> from instruments import scale
    >>> nprs = scale("nprs")
    >>> [verdict(7, latest, nprs).name for latest in (4, 5, 6, 7, 9, 10, None)]
    ['improved', 'possibly_improved', 'unchanged', 'unchanged', 'possibly_worse', 'worse', 'insufficient_data']
    """
    error, important = scale.default_error(), scale.default_important()
    assert error, f"{scale.key} has no default error of measuring"
    assert important, f"{scale.key} has no default important change"
    if pd.isna(first) or pd.isna(latest):
        known = [None if pd.isna(value) else float(value) for value in (first, latest)]
        return Verdict("insufficient_data", *known, None, error, important)
    first, latest = float(first), float(latest)
    gain = first - latest if scale.better == "lower" else latest - first
    best = scale.lowest if scale.better == "lower" else scale.highest
    name = _class_of(gain, abs(first - best), first, important, error.points)
    return Verdict(name, first, latest, gain, error, important)


def _class_of(gain: float, room: float, first: float, important: Threshold, mdc: float) -> str:
    mic, larger = important.points, max(important.points, mdc)
    if gain <= -larger + TOLERANCE:
        return "worse"
    if gain <= -mic + TOLERANCE:
        return "possibly_worse"
    if room < larger - TOLERANCE:
        return "no_room"
    if gain < mic - TOLERANCE:
        return "unchanged"
    enough_percent = important.percent is None or (first > 0 and 100 * gain / first >= important.percent - TOLERANCE)
    return "improved" if gain >= mdc - TOLERANCE and enough_percent else "possibly_improved"
