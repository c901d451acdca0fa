"""A practice's own numbers, laid over the published ones.

`Instruments` is what one practice goes by. It is a value that belongs to the store it was read from, and no state of
the process: two stores open at once, or a change while somebody reads, cannot mix their numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from instruments import published
from instruments.choosing import limits
from instruments.errors import InstrumentError
from instruments.model import REGIONS, Movement, Reference, Scale, Source, Threshold

Purpose = Literal["error", "important"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnThreshold(Threshold):
    """A number this practice uses in place of the published ones. Nobody has verified it: it is the practice's own."""

    certainty: Literal["own"] = "own"
    scale: str | None = None
    joint: str | None = None
    movement: str | None = None

    @property
    def cited(self) -> str:
        """Confidence, condition and source, and whose number it is: "90 %, neck, set by this practice: Smith 2020"."""
        level = self.confidence or ("level not stated" if self.kind == "mdc" else None)
        where = REGIONS.get(self.condition, "any region")
        return ", ".join(part for part in (level, where, f"set by this practice: {self.source.citation}") if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReference(Reference):
    """What this practice calls normal for one movement, in place of the books."""

    name: Literal["Practice"] = "Practice"
    certainty: Literal["own"] = "own"
    joint: str
    movement: str

    @property
    def cited(self) -> str:
        """Whose value it is, and its source: "Practice, set by this practice: Smith 2020"."""
        return f"{self.name}, set by this practice: {self.source.citation}"


def own_threshold(
    number: int,
    purpose: Purpose,
    points: float,
    source: str,
    *,
    scale: str | None = None,
    joint: str | None = None,
    movement: str | None = None,
    raters: str | None = None,
    region: str | None = None,
    percent: float | None = None,
    confidence: str | None = None,
) -> OwnThreshold:
    """One own number of a scale (for one region, or any when `region` is None), or one own error of a movement.

    Parameters
    ----------
    number : the id the practice's records know it by
    points : in the scale's unit, or degrees
    percent : share of the start asked besides; None leaves it to the published numbers
    """
    return OwnThreshold(
        key=f"own_{number}",
        kind="mdc" if purpose == "error" else "important",
        condition=region or "any",
        population=REGIONS.get(region, "any region"),
        source=Source(f"own_{number}", source, "set by this practice"),
        points=points,
        percent=percent,
        confidence=confidence,
        raters=raters,
        scale=scale,
        joint=joint,
        movement=movement,
    )


def own_reference(
    number: int,
    joint: str,
    movement: str,
    motion_type: Literal["active", "passive"],
    low_deg: float,
    high_deg: float | None,
    source: str,
    *,
    sex: str | None = None,
    age_from: int | None = None,
    age_to: int | None = None,
) -> OwnReference:
    """One own reference of a movement, in degrees; ages are completed years, both ends included."""
    return OwnReference(
        joint=joint,
        movement=movement,
        motion_type=motion_type,
        low_deg=low_deg,
        high_deg=high_deg,
        source=Source(f"own_{number}", source, "set by this practice"),
        sex=sex,
        age_from=age_from,
        age_to=age_to,
    )


class Instruments:
    """Every scale and movement as one practice goes by them: its own numbers first, then the published ones.

    Parameters
    ----------
    thresholds, references : the practice's own
        One that names a scale or movement this program does not know is passed over: the records' check names it.

    Examples
    --------
    >>> from instruments import limits
    >>> ours = Instruments([own_threshold(1, "error", 3, "Smith 2020", scale="nprs", region="neck", confidence="90 %")])
    >>> limits(ours.scale("nprs"), region="neck").error.cited
    '90 %, neck, set by this practice: Smith 2020'
    >>> limits(ours.scale("nprs"), region="knee").error.points
    2.4
    """

    def __init__(self, thresholds: Iterable[OwnThreshold] = (), references: Iterable[OwnReference] = ()):
        self._thresholds = tuple(thresholds)
        self._references = tuple(references)

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        own = {row.scale for row in self._thresholds}
        return {
            key: _scale_with(scale, [row for row in self._thresholds if row.scale == key]) if key in own else scale
            for key, scale in published.scales().items()
        }

    @cached_property
    def _movements(self) -> dict[tuple[str, str], Movement]:
        return {
            key: _movement_with(
                movement,
                [row for row in self._thresholds if (row.joint, row.movement) == key],
                [row for row in self._references if (row.joint, row.movement) == key],
            )
            for key, movement in published.movements().items()
        }

    def scales(self) -> dict[str, Scale]:
        """Every scale by its key, in the order of the keys."""
        return self._scales

    def movements(self) -> dict[tuple[str, str], Movement]:
        """Every movement by (joint, movement)."""
        return self._movements

    def scale(self, key: str) -> Scale:
        """The scale of that key, or an InstrumentError naming the keys there are."""
        if key not in self._scales:
            raise InstrumentError(f"No scale is called {key!r}. Right is one of {', '.join(self._scales)}.")
        return self._scales[key]

    def movement(self, joint: str, movement: str) -> Movement:
        """The movement of that joint, or an InstrumentError naming the movements there are."""
        if (joint, movement) not in self._movements:
            known = ", ".join(f"{joint} {movement}" for joint, movement in self._movements)
            raise InstrumentError(f"No movement is called {joint!r} {movement!r}. Right is one of {known}.")
        return self._movements[joint, movement]


def takes_own(scale: Scale) -> bool:
    """Whether a verdict is given on this scale, so that an own number would be used.

    A scale with trend words only, a limb, or an answer that is itself the change has no verdict an own number could
    decide.
    """
    return limits(scale).important is not None


def why_not(scale: Scale, purpose: Purpose, points: float, percent: float | None) -> str | None:
    """What is wrong with an own number of a scale, in words; None when it may stand.

    >>> from instruments import scale
    >>> why_not(scale("nprs"), "error", 30, None)
    '30 is more than the whole scale: Pain rating 0-10 runs from 0 to 10, so right is above 0 and up to 10.'
    """
    if not takes_own(scale):
        return f"{scale.name} gives no verdict that an own number could decide. Choose another scale."
    widest = scale.highest - scale.lowest
    if points <= 0:
        return f"{points:g} is no change: right is above 0 and up to {widest:g}."
    if points > widest:
        return (
            f"{points:g} is more than the whole scale: {scale.name} runs from {scale.lowest:g} to {scale.highest:g}, so"
            f" right is above 0 and up to {widest:g}."
        )
    if percent is not None and purpose == "error":
        return "An error of measuring has no percent of the start. Leave the percent empty."
    if percent is not None and not 0 < percent <= 100:
        return f"{percent:g} % of the start: right is above 0 and up to 100."
    return None


def why_not_error(movement: Movement, points: float) -> str | None:
    """What is wrong with an own error of measuring a movement, in degrees; None when it may stand."""
    widest = movement.highest_deg - movement.lowest_deg
    if 0 < points <= widest:
        return None
    return f"{points:g} degrees: {movement.name} is read from {movement.lowest_deg:g} to {movement.highest_deg:g}," + (
        f" so an error is above 0 and up to {widest:g}."
    )


def why_not_reference(movement: Movement, low_deg: float, high_deg: float | None) -> str | None:
    """What is wrong with an own reference of a movement, in degrees; None when it may stand."""
    low, high = movement.lowest_deg, movement.highest_deg
    outside = [deg for deg in (low_deg, high_deg) if deg is not None and not low <= deg <= high]
    if outside:
        return f"{outside[0]:g} degrees: {movement.name} is read from {low:g} to {high:g}."
    if high_deg is not None and high_deg < low_deg:
        return f"{low_deg:g} to {high_deg:g} degrees: right is the lower value first."
    return None


def _scale_with(scale: Scale, own: list[OwnThreshold]) -> Scale:
    # One region before any region, so that the nearest own number is met first.
    own = sorted(own, key=lambda row: row.condition == "any")
    errors = tuple(row for row in own if row.kind == "mdc")
    important = tuple(row for row in own if row.kind == "important")
    percents = tuple(row for row in important if row.percent is not None)
    return replace(
        scale,
        errors=errors + scale.errors,
        important=important + scale.important,
        choice=replace(
            scale.choice,
            error=_before(errors, scale.choice.error, scale.errors),
            important=_before(important, scale.choice.important, scale.important),
            percent=_before(percents, scale.choice.percent, ()) if scale.choice.percent else (),
        ),
    )


def _before(own: tuple[OwnThreshold, ...], order: tuple[str, ...], rows: tuple[Threshold, ...]) -> tuple[str, ...]:
    if not own:
        return order
    return tuple(row.key for row in own) + (order or tuple(row.key for row in rows if row.default))


def _movement_with(movement: Movement, errors: list[OwnThreshold], references: list[OwnReference]) -> Movement:
    if not errors and not references:
        return movement
    errors = tuple(replace(row, default=True, condition=movement.region) for row in errors)
    decided = {row.raters for row in errors}
    others = tuple(replace(row, default=False) if row.raters in decided else row for row in movement.errors)
    return replace(movement, errors=errors + others, references=tuple(references) + movement.references)
