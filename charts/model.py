"""The chart model: what is drawn, where, in which role and with which words, decided before any renderer sees it.

A renderer (Plotly on the screen, typst on paper) only carries these decisions out. Positions on an axis are plain
numbers (a date is its proleptic Gregorian ordinal), distances within the figure are pixels at screen size, colours are
roles named for their meaning. Everything here is frozen and turns into JSON with `as_plain`.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

Role = Literal["ground", "panel", "ink", "muted", "line", "pain", "motion", "sessions", "function", "good", "caution"]
Dash = Literal["solid", "dashed", "dashdot", "dotted"]
Shape = Literal["filled", "open", "square", "diamond", "tick", "heavy_tick"]
Fill = Literal["solid", "open", "pale", "hatched", "counterhatched", "crossed", "dotted", "lined"]
Size = Literal["text", "label", "end"]
Direction = Literal["across", "up"]
Align = Literal["left", "center", "right"]
Kind = Literal["text", "whole", "one_decimal", "date"]
Cell = str | int | float | date | None


@dataclass(frozen=True)
class Line:
    """Points joined in order. A point whose y is None was not measured: the line breaks there and no mark is drawn.

    `words` holds one sentence per point for a reader who points at it, or nothing at all.
    """

    points: tuple[tuple[float, float | None], ...]
    role: Role
    dash: Dash = "solid"
    shape: Shape | None = None
    width_px: float = 2
    mark_px: float = 9
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Point:
    """One mark on its own: now, the goal (heavy tick), the other side (diamond)."""

    x: float
    y: float
    shape: Shape
    role: Role
    size_px: float = 11
    words: str = ""


@dataclass(frozen=True)
class Interval:
    """A stretch from low to high at one place on the other axis: a confidence interval, or start to now."""

    at: float
    low: float
    high: float
    direction: Direction
    role: Role
    width_px: float = 1.5


@dataclass(frozen=True)
class Bar:
    """A rectangle: centred on `at`, `thickness` wide in axis units, from `base` for `length` in its direction.

    A length of zero is not drawn (an outline of nothing looks like something).
    """

    at: float
    base: float
    length: float
    thickness: float
    direction: Direction
    role: Role
    fill: Fill = "solid"
    words: str = ""


@dataclass(frozen=True)
class Band:
    """A very light field over the whole width of a panel between two heights: readings inside are within error."""

    low: float
    high: float


@dataclass(frozen=True)
class Rule:
    """A straight line at one value, over the whole panel or between `low` and `high` on the other axis."""

    at: float
    direction: Direction
    role: Role
    dash: Dash = "solid"
    width_px: float = 1
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Text:
    """Words at a place. `strong` comes first and bold; `dx_px` and `dy_px` push right and up.

    With `x_is_share` the x is a share of the panel's width (0 left edge, 1 right edge) instead of an axis value.
    `on_ground` puts the words on a patch of ground where lines would run through them.
    """

    x: float
    y: float
    words: str = ""
    strong: str = ""
    role: Role = "ink"
    align: Align = "center"
    dx_px: float = 0
    dy_px: float = 0
    size: Size = "text"
    x_is_share: bool = False
    on_ground: bool = False


@dataclass(frozen=True)
class Figures:
    """Many short labels of one look, centred on their places: counts under an axis, minutes under a visit."""

    points: tuple[tuple[float, float, str], ...]
    role: Role = "ink"
    bold: bool = False
    size: Size = "text"


Mark = Line | Point | Interval | Bar | Band | Rule | Text | Figures


@dataclass(frozen=True)
class Axis:
    """A range with its lettered ticks. `grid` draws a hairline at each tick, `edge` the axis line with tick marks.

    Letters are drawn at the left (y) or the foot (x) of the panel. Nothing is ever scaled to the data by a renderer.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    grid: bool = False
    edge: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"An axis runs from low to high; this one runs from {self.low} to {self.high}.")


def _places(mark: Mark) -> list[tuple[float, float]]:
    """The places of a mark that must lie inside its panel; a missing reading has no place."""
    match mark:
        case Line():
            return [(x, y) for x, y in mark.points if y is not None]
        case Figures():
            return [(x, y) for x, y, _ in mark.points]
        case Text(x_is_share=False) | Point():
            return [(mark.x, mark.y)]
    return []


@dataclass(frozen=True)
class Panel:
    """One pair of axes inside the figure: pixels from the top, shares of the width between the margins."""

    top_px: int
    height_px: int
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    left: float = 0.0
    right: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what would vanish: renderers drop, without a word, what stands outside the axes."""
        for mark in self.marks:
            for x, y in _places(mark):
                if not (self.x.low <= x <= self.x.high and self.y.low <= y <= self.y.high):
                    raise ValueError(
                        f"{type(mark).__name__} at x {x}, y {y} lies outside its panel (x {self.x.low} to "
                        f"{self.x.high}, y {self.y.low} to {self.y.high}) and would not be seen. Widen the axis."
                    )


@dataclass(frozen=True)
class Column:
    """A column of the table twin: its heading, with the unit, and how its values are written."""

    name: str
    kind: Kind = "text"


@dataclass(frozen=True)
class TableTwin:
    """The same facts as a table, one row per thing drawn. None is written as `missing`, never as 0."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    missing: str = "not measured"

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(f"Row {number} of the table has {len(row)} cells for {len(self.columns)} columns.")


@dataclass(frozen=True)
class Chart:
    """One figure with everything that must stand beside it.

    Parameters
    ----------
    key : str
        Unique on a page; letters, digits and underscores.
    heading : str
        The finding in one sentence.
    reading : str
        The figure read out in words, for those who cannot or need not look.
    caption : str
        What is counted, which marks mean what, which rule was used.
    count : int
        How many readings, episodes or visits the figure stands on.
    count_words : str
        The same with its unit: "8 visits, 8 readings before and 7 after treatment".
    alt : str
        What a screen reader says in place of the picture.
    panels : tuple of Panel
        Drawn in order; empty when there is nothing to draw and the words say so.
    table : TableTwin
    height_px : int
    left_px, right_px : int
        Margins beside the panels, for tick letters and for labels at the end of a line.
    narrow : Chart or None
        The form for a screen of 375 px when the wide one does not fit it; None when it does.
    """

    key: str
    heading: str
    reading: str
    caption: str
    count: int
    count_words: str
    alt: str
    panels: tuple[Panel, ...]
    table: TableTwin
    height_px: int
    left_px: int = 34
    right_px: int = 16
    narrow: "Chart | None" = None

    def __post_init__(self) -> None:
        if not (self.key and self.key.replace("_", "").isalnum()):
            raise ValueError(f"A chart's key holds letters, digits and underscores; found {self.key!r}.")
        for part in ("heading", "reading", "caption", "count_words", "alt"):
            if not getattr(self, part).strip():
                raise ValueError(f"Chart {self.key} has no {part}. A figure is never shown without it: write one.")


def as_plain(chart: Chart) -> dict:
    """A chart as dictionaries, lists, numbers and strings that `json.dumps` accepts, dates as ISO text.

    Every mark carries `mark`, the name of its class in small letters, so that a renderer in another language can tell
    them apart.
    """
    plain = asdict(chart)
    plain["table"]["rows"] = [
        [cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in chart.table.rows
    ]
    for panel, drawn in zip(chart.panels, plain["panels"], strict=True):
        drawn["marks"] = [
            {"mark": type(mark).__name__.lower(), **fields}
            for mark, fields in zip(panel.marks, drawn["marks"], strict=True)
        ]
    plain["narrow"] = as_plain(chart.narrow) if chart.narrow else None
    return plain
