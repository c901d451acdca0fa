"""The words this room speaks: sources, thresholds, references, scales and movements.

The types below are the grammar of the .toml files: `reading.py` accepts exactly these fields, of these types.
"""

from dataclasses import dataclass, field
from typing import Literal

Certainty = Literal["V", "V2", "FMV"]
Raters = Literal["same", "different"]
MotionType = Literal["active", "passive", "unstated"]
Sex = Literal["female", "male"]
Chronicity = Literal["under_6_weeks", "6_to_12_weeks", "over_3_months"]
Family = Literal["pain", "function", "change", "wellness", "limb", "exercise"]
ErrorKind = Literal["mdc", "sem", "icc", "auc", "instrument_difference"]
ImportantKind = Literal[
    "important", "small", "medium", "large", "minimal", "moderate", "substantial", "criterion", "convention"
]
MovementCode = Literal[
    "flexion",
    "extension",
    "abduction",
    "adduction",
    "internal_rotation",
    "external_rotation",
    "pronation",
    "supination",
    "radial_deviation",
    "ulnar_deviation",
    "dorsiflexion",
    "plantarflexion",
    "side_bending",
    "rotation",
]

REGIONS = {
    "head_jaw": "head and jaw",
    "neck": "neck",
    "upper_back": "upper back",
    "mid_back": "mid back",
    "low_back": "low back",
    "sacrum_pelvis": "sacrum and pelvis",
    "shoulder": "shoulder",
    "upper_arm": "upper arm",
    "elbow": "elbow",
    "forearm": "forearm",
    "wrist_hand": "wrist and hand",
    "chest_ribs": "chest and ribs",
    "abdomen": "abdomen",
    "hip_glute": "hip and glute",
    "thigh": "thigh",
    "knee": "knee",
    "lower_leg": "lower leg",
    "ankle_foot": "ankle and foot",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A paper, page or rule a number was taken from; `where` says how to find it again."""

    key: str
    citation: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One published number about error or importance, with the condition it was found in.

    `points` is in the scale's own unit (degrees for motion), `percent` is a share of the baseline unless the note
    says otherwise, `coefficient` holds an ICC or AUC and is no amount of change. On scales of the family "change"
    each score is a change already, so there `points` is the score to reach.
    `confidence` is None where the paper gives no level. `computed_from` is set when we worked the number out
    from a published one: the paper did not print it. `certainty`: V read in the source, V2 read second-hand,
    FMV from memory and not fit to leave the practice. `chronicity` and `follow_up_days` (first and last day between
    the two readings, our reading of a paper's "4 weeks") narrow whom the number speaks of, `items` of how many items
    (activities) the score is the mean; None is no narrowing.
    """

    key: str
    kind: ErrorKind | ImportantKind
    condition: str
    population: str
    source: Source
    certainty: Certainty
    points: float | None = None
    percent: float | None = None
    coefficient: float | None = None
    confidence: Literal["90 %", "95 %"] | None = None
    raters: Raters | None = None
    computed_from: str | None = None
    chronicity: Chronicity | None = None
    follow_up_days: tuple[float, ...] | None = None
    items: int | None = None
    note: str = ""
    default: bool = False

    def __post_init__(self):
        if (days := self.follow_up_days) is not None and (len(days) != 2 or days[0] > days[1]):
            raise ValueError(f"follow_up_days is {days}; right is the first and the last day")
        if self.items is not None and self.items < 1:
            raise ValueError(f"items is {self.items}; right is how many the score is the mean of, 1 or more")
        if self.condition != "any" and self.condition not in REGIONS:
            raise ValueError(f"condition is {self.condition!r}; right is any or one of {', '.join(REGIONS)}")
        if self.points is None and self.percent is None and self.coefficient is None:
            raise ValueError("no number; right is at least one of points, percent, coefficient")
        if self.kind in ("icc", "auc") and (self.coefficient is None or not 0 <= self.coefficient <= 1):
            raise ValueError(f"{self.kind} with coefficient {self.coefficient}; right is a coefficient from 0 to 1")

    @property
    def unverified(self) -> bool:
        """True when the number is from memory: shown as unverified, never printed."""
        return self.certainty == "FMV"

    @property
    def own(self) -> bool:
        """True when the practice set the number itself: it always says so, and is never called verified."""
        return self.certainty == "own"

    @property
    def cited(self) -> str:
        """Confidence, condition and source in words: "90 %, low back, computed from SEM 1.02, Childs 2005".

        The condition is the region, or the population where the number belongs to no one region, or to some chronicity
        or follow-up only.
        """
        level = self.confidence or ("level not stated" if self.kind == "mdc" else None)
        narrower = self.chronicity or self.follow_up_days
        found_in = self.population if narrower else REGIONS.get(self.condition, self.population)
        computed = self.computed_from and f"computed from {self.computed_from}"
        return ", ".join(part for part in (level, found_in, computed, self.source.citation) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a book or study calls normal for one movement, in degrees.

    A single value has `low_deg == high_deg`; "at least 170" has `high_deg` None. Ages are completed years, both
    ends included; None is an open end. `sex` None means not told apart.
    """

    name: Literal["AAOS", "AMA", "CDC 2011"]
    low_deg: float
    motion_type: MotionType
    source: Source
    certainty: Certainty
    high_deg: float | None = None
    sex: Sex | None = None
    age_from: int | None = None
    age_to: int | None = None
    note: str = ""

    def __post_init__(self):
        if self.high_deg is not None and self.low_deg > self.high_deg:
            raise ValueError(f"range {self.low_deg} to {self.high_deg}; right is the lower value first")

    @property
    def unverified(self) -> bool:
        """True when the value is from memory: shown as unverified, never printed."""
        return self.certainty == "FMV"

    @property
    def own(self) -> bool:
        """True when the practice set the value itself."""
        return self.certainty == "own"

    @property
    def cited(self) -> str:
        """Name and source in words: "AMA, Washington DSHS form 13-585A"."""
        return f"{self.name}, {self.source.citation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which rows a verdict on a scale may rest on, by key, nearest condition first.

    The first row that fits region, chronicity, follow-up and items is used; the last one, the scale's default, is used
    for want of a nearer one. `percent` names rows for the share of the start alone; without it the important row's own
    percent is used.
    """

    error: tuple[str, ...] = ()
    important: tuple[str, ...] = ()
    percent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One scale: its range (both ends allowed), direction, and every threshold we know of.

    `step` is what a form offers; a score worked out elsewhere (16 of 45 is 35.6 %) may lie between two steps.
    `trend_words_only`: no change on this scale may be called clinically meaningful.
    """

    key: str
    name: str
    family: Family
    lowest: float
    highest: float
    step: float
    unit: str
    ucum: str
    better: Literal["lower", "higher"]
    decimals: int
    version: str = ""
    errors: tuple[Threshold, ...] = field(default=(), repr=False)
    important: tuple[Threshold, ...] = field(default=(), repr=False)
    choice: Choice = field(default=Choice(), repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)
    trend_words_only: bool = False

    def __post_init__(self):
        _ascending("lowest", self.lowest, "highest", self.highest)
        if self.step <= 0:
            raise ValueError(f"step is {self.step}; right is a step above 0")
        _one_default(self.errors)
        _one_default(self.important)
        _rows_of("error", self.choice.error, self.errors)
        _rows_of("important", self.choice.important, self.important)
        _rows_of("percent", self.choice.percent, self.important)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement of one joint, in degrees from its zero position; below zero is a deficit.

    `name` is for the chart title ("Shoulder flexion"), `plain` for everyone else ("Raising arm forwards").
    `lowest_deg` and `highest_deg` are our own entry limits, not findings. No motion has an accepted important
    change, so there is only `errors`.
    """

    joint: str
    movement: MovementCode
    name: str
    plain: str
    region: str
    sided: bool
    lowest_deg: float
    highest_deg: float
    better: Literal["higher"] = "higher"
    errors: tuple[Threshold, ...] = ()
    references: tuple[Reference, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        _ascending("lowest_deg", self.lowest_deg, "highest_deg", self.highest_deg)
        if self.region not in REGIONS:
            raise ValueError(f"region is {self.region!r}; right is one of {', '.join(REGIONS)}")
        for raters in ("same", "different"):
            _one_default(tuple(error for error in self.errors if error.raters == raters))

    def default_error(self, raters: Raters = "same") -> Threshold | None:
        """The measurement error for readings by the same or by different raters.

        None when no error is known for that pairing: such readings cannot be told apart from error.
        """
        return _default(tuple(error for error in self.errors if error.raters == raters))

    def references_for(
        self, age_years: float | None, sex: Sex | None, motion_type: Literal["active", "passive"]
    ) -> tuple[Reference, ...]:
        """The references a reading may be held against, in the order of the file; nothing is extrapolated.

        Parameters
        ----------
        age_years : years, or None when unknown
            Outside a study's ages its rows do not apply. With an unknown age only references without an upper age
            apply (AAOS and AMA, which we use for adults).
        sex : "female", "male" or None when unknown
            Rows split by sex need a known one.
        motion_type : "active" or "passive"
            A reference that does not say ("unstated") goes with both, and the caller can see that it does not say.

        Returns
        -------
        tuple of Reference
            Empty when there is no reference for this person; say so rather than borrow a neighbour's.
        """
        return tuple(
            reference
            for reference in self.references
            if reference.motion_type in (motion_type, "unstated")
            and reference.sex in (sex, None)
            and _covers(reference, age_years)
        )


def serves(row: Threshold, purpose: Literal["error", "important", "percent"]) -> bool:
    """Whether a change can be held against this row for that purpose: an ICC is no error, a percent no points."""
    if purpose == "percent":
        return row.percent is not None
    return row.points is not None and (purpose == "important" or row.kind == "mdc")


def _covers(reference: Reference, age_years: float | None) -> bool:
    if age_years is None:
        return reference.age_to is None
    # Completed years: someone of 44.7 belongs to the band 20-44.
    return (reference.age_from is None or age_years >= reference.age_from) and (
        reference.age_to is None or age_years < reference.age_to + 1
    )


def _default(thresholds: tuple[Threshold, ...]) -> Threshold | None:
    return next((threshold for threshold in thresholds if threshold.default), None)


def _one_default(thresholds: tuple[Threshold, ...]) -> None:
    defaults = [threshold.cited for threshold in thresholds if threshold.default]
    if len(defaults) > 1:
        raise ValueError(f"{len(defaults)} defaults ({'; '.join(defaults)}); right is at most one")


def _rows_of(
    name: Literal["error", "important", "percent"], keys: tuple[str, ...], rows: tuple[Threshold, ...]
) -> None:
    known = {row.key: row for row in rows}
    if unknown := [key for key in keys if key not in known]:
        raise ValueError(f"choice.{name} names {', '.join(unknown)}; right is one of {', '.join(known)}")
    if unfit := [key for key in keys if not serves(known[key], name)]:
        right = {"error": "an mdc in points", "important": "a row with points", "percent": "a row with a percent"}
        raise ValueError(f"choice.{name} names {', '.join(unfit)}; right is {right[name]}")
    # A practice's own numbers stand first and fit only whom they are for: the published default still ends the order.
    keys = tuple(key for key in keys if not known[key].own)
    if name != "percent" and keys and not known[keys[-1]].default:
        raise ValueError(f"choice.{name} ends with {keys[-1]}; right is the default, for whom nothing nearer fits")


def _ascending(low_name: str, low: float, high_name: str, high: float) -> None:
    if low >= high:
        raise ValueError(f"{low_name} is {low} and {high_name} is {high}; right is {low_name} below {high_name}")
