"""Which of the published numbers a verdict rests on: the nearest to this client that is verified, and what it lacks.

The order stands in each scale's file under [choice], nearest condition first. The first row that fits region,
chronicity, follow-up and items is used; the last one is used for want of a nearer one, and says so wherever it is
cited. A practice's own numbers (`own.py`) stand before them and are used for the region they were set for alone.
"""

from dataclasses import dataclass
from typing import Literal

from instruments.model import REGIONS, Chronicity, Scale, Threshold, serves


@dataclass(frozen=True, slots=True)
class Chosen:
    """One number as it is used for one client.

    `wanting` says in words why it is not of the client's own region; empty when it is, or speaks of any region.
    """

    threshold: Threshold
    wanting: str = ""

    @property
    def points(self) -> float | None:
        """The number in the scale's own unit; None where it is a percent only."""
        return self.threshold.points

    @property
    def percent(self) -> float | None:
        """The number as a share of the start; None where there is none."""
        return self.threshold.percent

    @property
    def unverified(self) -> bool:
        """True when the number is from memory: shown as unverified, never printed."""
        return self.threshold.unverified

    @property
    def own(self) -> bool:
        """True when the practice set the number itself, and no paper did."""
        return self.threshold.own

    @property
    def cited(self) -> str:
        """Confidence, condition and source, and what the number was used for want of.

        >>> from instruments import scale
        >>> limits(scale("nprs"), region="knee").error.cited
        '90 %, low back, computed from SEM 1.02, Childs 2005; used here for want of a knee value'
        """
        cited = "; ".join(part for part in (self.threshold.cited, self.wanting) if part)
        return f"{cited} (unverified)" if self.unverified else cited


@dataclass(frozen=True, slots=True)
class Limits:
    """What a change on a scale is held against for one client.

    `error` is the minimal detectable change of one reading against one; `important` the change that matters; `percent`
    the share of the start asked besides. Each is None where none is known.
    """

    scale: Scale
    error: Chosen | None
    important: Chosen | None
    percent: Chosen | None

    @property
    def unverified(self) -> bool:
        """True when any of the numbers is from memory: a verdict that rests on it stays on the screen."""
        return any(chosen.unverified for chosen in (self.error, self.important, self.percent) if chosen)


def limits(
    scale: Scale,
    region: str | None = None,
    chronicity: Chronicity | None = None,
    follow_up_days: float | None = None,
    items: int | None = None,
) -> Limits:
    """Choose the numbers for one client.

    Parameters
    ----------
    region, chronicity : codes of the practice's lists, or None when not written down
    follow_up_days : days between the two readings compared, or None when there is one reading
    items : how many items (activities) the score is the mean of, or None when that is not known

    Returns
    -------
    Limits

    Examples
    --------
    >>> from instruments import scale
    >>> neck = limits(scale("nprs"), region="neck", follow_up_days=90)
    >>> neck.error.points, neck.error.threshold.source.citation
    (4.0, 'Kovacs 2008')
    >>> limits(scale("nprs"), region="neck", follow_up_days=30).error.wanting
    'used here for want of a verified neck value at this follow-up'
    >>> limits(scale("psfs"), items=3).error.points, limits(scale("psfs"), items=1).error.points
    (2, 3)
    """
    asked = (region, chronicity, follow_up_days, items)
    error = _chosen(scale.errors, scale.choice.error, "error", asked)
    important = _chosen(scale.important, scale.choice.important, "important", asked)
    if scale.choice.percent:
        percent = _chosen(scale.important, scale.choice.percent, "percent", asked)
    elif important and important.own and important.percent is None:
        # An own number without a percent leaves the share of the start to the published ones.
        published = tuple(row for row in scale.important if not row.own)
        keys = {row.key for row in published}
        order = tuple(key for key in scale.choice.important if key in keys)
        percent = _chosen(published, order, "important", asked)
    else:
        percent = important
    return Limits(scale, error, important, percent if percent and percent.percent is not None else None)


def _chosen(
    rows: tuple[Threshold, ...], order: tuple[str, ...], purpose: Literal["error", "important", "percent"], asked: tuple
) -> Chosen | None:
    known = {row.key: row for row in rows}
    listed = [known[key] for key in order] or [row for row in rows if row.default]
    if not listed:
        return None
    fitting = [row for row in listed if _fits(row, *asked)]
    published = [row for row in listed if not row.own]
    row = next((row for row in fitting if not row.unverified), published[-1] if published else None)
    if row is None:
        return None
    return Chosen(row, _wanting(row, [other for other in rows if serves(other, purpose)], listed, asked[0]))


def _fits(
    row: Threshold, region: str | None, chronicity: str | None, follow_up_days: float | None, items: int | None
) -> bool:
    return (
        row.condition in (region, "any")
        and row.chronicity in (chronicity, None)
        and row.items in (items, None)
        and (
            row.follow_up_days is None
            or (follow_up_days is not None and row.follow_up_days[0] <= follow_up_days <= row.follow_up_days[1])
        )
    )


def _wanting(row: Threshold, rows: list[Threshold], listed: list[Threshold], region: str | None) -> str:
    if row.condition == "any" or row.condition == region:
        return ""
    if region is None:
        return "used here because no region is written down"
    own = [other for other in rows if other.condition == region]
    name = REGIONS[region]
    if not own:
        return f"used here for want of {'an' if name[0] in 'aeiou' else 'a'} {name} value"
    lacking = [other for other in listed if other.condition == region and not other.unverified]
    when = ""
    if lacking:
        when = f" at this {'follow-up' if any(other.follow_up_days for other in lacking) else 'chronicity'}"
    return f"used here for want of a verified {name} value{when}"
