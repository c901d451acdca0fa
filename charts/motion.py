"""One client's motion: each movement from start to now, beside goal, other side and reference.

What counts as better is decided in `analytics` and comes in the table; here it is only said and drawn. A change that
equals the error of measuring counts as beyond it, as in every class.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil, floor

import pandas as pd

from charts.model import (
    Axis,
    Bar,
    Chart,
    Column,
    Interval,
    Mark,
    Panel,
    Point,
    Rule,
    TableTwin,
    Text,
)
from charts.words import capital, counted, day, listed, lowered, number, text, value

LINE_LETTERS = 47  # as many as fit on one line of the narrowest screen
# What a heading says of movements by class, and by whether fewer degrees are the goal.
BEYOND_ERROR = {
    ("improved", False): "gained the error of measuring or more",
    ("improved", True): "lost the error of measuring or more, as was the goal",
    ("worse", False): "lost the error of measuring or more",
    ("worse", True): "gained the error of measuring or more, where less is the goal",
}


@dataclass(frozen=True)
class _Motion:
    """One movement as the chart needs it, in degrees; None is not measured, or not set."""

    label: str
    only_compared: bool
    start: float | None
    now: float | None
    between: tuple[float, ...]
    other_side: float | None
    goal: float | None
    reference: tuple[float, float] | None
    error: float | None
    judged: str | None
    verdict: str
    less_is_goal: bool
    why: str | None
    flag: str | None
    warning: str | None

    @property
    def change(self) -> float | None:
        return None if self.start is None or self.now is None else self.now - self.start

    @property
    def beyond_error(self) -> bool:
        return self.judged in ("improved", "worse")

    @property
    def flag_beside(self) -> str:
        """The flag where it fits between values and verdict, and no reason says it already."""
        beside = f" · {self.flag}"
        fits = len(self.values_words + beside + self.change_words) <= LINE_LETTERS
        return beside if self.flag and fits and not self.why_unjudged else ""

    @property
    def why_unjudged(self) -> str | None:
        return None if self.change is None else self.why

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands in lines of its own under the values."""
        flag = None if self.flag_beside else self.flag
        return tuple(note for note in (self.why_unjudged or flag, self.warning) if note)

    @property
    def values_words(self) -> str:
        if self.start is None and self.now is None:
            return "not measured"
        if self.start is None or self.now is None:
            return f"{number(self.start if self.now is None else self.now)}°"
        return f"{number(self.start)}° to {number(self.now)}°"

    @property
    def change_words(self) -> str:
        if self.start is None and self.now is None:
            return ""
        if self.start is None:
            return "start not measured"
        if self.now is None:
            return "not measured again"
        size = f"{number(abs(self.change))}°"
        goal = ", less is the goal" if self.less_is_goal else ""
        if self.judged == "unchanged":
            return f"{size}, {self.verdict}{goal}"
        if self.beyond_error:
            return f"{'better' if self.judged == 'improved' else 'worse'} by {size}{goal}"
        way = "no change" if self.change == 0 else f"{size} {'more' if self.change > 0 else 'less'}"
        return f"{way}, cannot be judged"

    @property
    def table_verdict(self) -> str:
        """The class in the words it has everywhere; else why there is none."""
        if self.judged == "unchanged" or self.beyond_error:
            return self.verdict + (", less is the goal" if self.less_is_goal else "")
        return self.change_words

    @property
    def told(self) -> str:
        """The movement as a sentence reads it."""
        verdict = ": ".join(words for words in (self.change_words, self.why_unjudged) if words)
        said = ", ".join(words for words in (verdict, self.warning) if words)
        return f"{self.label} {self.values_words}" + (f" ({said})" if said else "")

    @property
    def drawn_values(self) -> list[float]:
        single = (self.start, self.now, self.other_side, self.goal)
        return [found for found in (*single, *self.between, *(self.reference or ())) if found is not None]


def motion(rows: pd.DataFrame, words: Mapping[str, str]) -> Chart:
    """Each movement from its first to its latest reading, beside goal, other side and reference.

    Parameters
    ----------
    rows : DataFrame, one row per movement and side, in the order to be drawn
        joint, movement, name (as shown), side ("left", "right" or missing), motion_type ("active" or "passive"),
        start_deg, start_on, now_deg and now_on (missing when not measured again), between (readings in between,
        degrees), other_side_deg, symmetry_percent, other_side_why, goal_deg, less_is_goal, reference_low_deg and
        reference_high_deg (equal when there is one value), reference_name, percent_of_reference, percent_reference (of
        which), error_deg, error_source, motion_class ("improved", "worse", "unchanged", "insufficient_data"), why
        (words, when the class cannot be said), flag and warning (words, or missing).
    words : mapping
        Class to what people read.

    Returns
    -------
    Chart
        The axis starts at 0, or below when a reading does, and reaches past the reference when a reading does. One
        form serves both widths. Without rows it has no panels, only words.
    """
    movements = [_motion_of(row, words) for row in rows.itertuples()]
    again = [movement for movement in movements if movement.change is not None]
    told = [movement.told for movement in movements[:6]]
    reading = f"{capital('; '.join(told))}." if told else "Motion: not measured."
    if len(movements) > len(told):
        reading += f" {counted(len(movements) - len(told), 'more movement')} in the table."
    chart = Chart(
        key="motion",
        heading=_motion_heading(movements, again),
        reading=reading,
        caption=_motion_caption(rows, movements),
        count=len(movements),
        count_words=f"{counted(len(movements), 'movement')}, {len(again)} measured more than once",
        alt=f"Motion in degrees, one row per movement. {reading}",
        panels=(),
        table=_motion_table(rows, movements),
        height_px=0,
    )
    if not any(movement.drawn_values for movement in movements):
        return chart
    return _motion_drawn(chart, movements)


def _motion_of(row: tuple, words: Mapping[str, str]) -> _Motion:
    low, high = value(row.reference_low_deg), value(row.reference_high_deg)
    ends = [end for end in (low, high) if end is not None]
    kind = " passive" if text(row.motion_type) == "passive" else ""
    other = ", other side" if row.is_other_side else ""
    return _Motion(
        label=capital(f"{row.name}{f' {row.side}' if text(row.side) else ''}{kind}{other}"),
        only_compared=bool(row.is_other_side),
        start=value(row.start_deg),
        now=value(row.now_deg),
        between=tuple(float(degrees) for degrees in row.between) if isinstance(row.between, tuple | list) else (),
        other_side=value(row.other_side_deg),
        goal=value(row.goal_deg),
        reference=(min(ends), max(ends)) if ends else None,
        error=value(row.error_deg),
        judged=text(row.motion_class),
        verdict=words[row.motion_class],
        less_is_goal=bool(row.less_is_goal),
        why=text(row.why),
        flag=text(row.flag),
        warning=text(row.warning),
    )


def _motion_heading(movements: list[_Motion], again: list[_Motion]) -> str:
    if not movements:
        return "Motion was not measured"
    if not again:
        return "Motion was measured once: a starting point, not a course"
    again = [movement for movement in again if not movement.only_compared]
    if not again:
        return "Motion of the affected side was not measured again"
    said = [
        f"{_named(names, len(again))} {verb}"
        for (judged, less), verb in BEYOND_ERROR.items()
        if (names := [m.label for m in again if (m.judged, m.less_is_goal) == (judged, less)])
    ]
    if said:
        return capital("; ".join(said))
    judged = [movement for movement in again if movement.judged == "unchanged"]
    if not judged:
        reasons = sorted({movement.why for movement in again if movement.why})
        return "Whether motion changed cannot be said" + (f": {'; '.join(reasons)}" if reasons else "")
    return f"{_none_of(len(judged), len(again))} changed by the error of measuring or more"


def _none_of(judged: int, again: int) -> str:
    if judged == again:
        return "No movement"
    return "The one movement that can be judged has not" if judged == 1 else f"None of the {judged} that can be judged"


def _named(names: list[str], of: int) -> str:
    return listed([lowered(name) for name in names]) if len(names) <= 2 else f"{len(names)} of {of} movements"


def _motion_caption(rows: pd.DataFrame, movements: list[_Motion]) -> str:
    caption = "Degrees. Thin tick: start. Short ticks: readings in between. Dot: now."
    if any(movement.goal is not None for movement in movements):
        caption += " Heavy tick: goal."
    if any(movement.other_side is not None for movement in movements):
        caption += " Diamond: other side, a comparison, not a goal."
    sources = sorted({name for cell in rows["reference_name"] if (name := text(cell))})
    if any(movement.reference for movement in movements):
        caption += f" Hatched: reference{f' ({listed(sources)})' if sources else ''}."
    errors = {
        f"{number(movement.error)}°" + (f" ({source})" if (source := text(row.error_source)) else "")
        for movement, row in zip(movements, rows.itertuples(), strict=True)
        if movement.error is not None and movement.change is not None
    }
    if errors:
        caption += f" Error of measuring {listed(sorted(errors))}."
    return caption


def _motion_table(rows: pd.DataFrame, movements: list[_Motion]) -> TableTwin:
    columns = (
        Column("Movement"),
        Column("Start (degrees)", "one_decimal"),
        Column("Start on", "date"),
        Column("Now (degrees)", "one_decimal"),
        Column("Now on", "date"),
        Column("Change (degrees)", "one_decimal"),
        Column("Verdict"),
        Column("Error (degrees)", "one_decimal"),
        Column("Error from"),
        Column("Other side (degrees)", "one_decimal"),
        Column("Of the other side"),
        Column("Goal (degrees)", "one_decimal"),
        Column("Reference (degrees)"),
        Column("Now of the reference"),
        Column("Remark"),
    )
    cells = []
    for movement, row in zip(movements, rows.itertuples(), strict=True):
        cells.append(
            (
                movement.label,
                movement.start,
                day(row.start_on),
                movement.now,
                day(row.now_on),
                movement.change,
                movement.table_verdict,
                movement.error,
                text(row.error_source) or "not known",
                movement.other_side,
                _percent(row.symmetry_percent) or text(row.other_side_why) or "",
                movement.goal,
                _reference_words(movement, row),
                f"{percent} of {row.percent_reference}" if (percent := _percent(row.percent_of_reference)) else "",
                "; ".join(dict.fromkeys(words for words in (movement.flag, *movement.notes) if words)),
            )
        )
    return TableTwin(columns, tuple(cells))


def _percent(cell: object) -> str | None:
    percent = value(cell)
    return None if percent is None else f"{percent:.0f} %"


def _reference_words(movement: _Motion, row: tuple) -> str:
    if not movement.reference:
        return "none"
    ends = " to ".join(dict.fromkeys(number(end) for end in movement.reference))
    return ends + (f" ({name})" if (name := text(row.reference_name)) else "")


def _motion_drawn(chart: Chart, movements: list[_Motion]) -> Chart:
    values = [found for movement in movements for found in movement.drawn_values]
    low, high = min(floor(min(values) / 15) * 15, 0), max(ceil(max(values) / 15) * 15, 15)
    step = 15 if high - low <= 90 else 30 if high - low <= 240 else 60
    fits = all(len(m.label + m.values_words + m.change_words) <= LINE_LETTERS for m in movements)
    one_line = fits and not any(m.flag or m.notes for m in movements)
    rows_px = [(62 if one_line else 82) + 19 * len(m.notes) for m in movements]
    key_px = 18
    top = height_px = sum(rows_px) + key_px
    marks: list[Mark] = []
    for index, (movement, row_px) in enumerate(zip(movements, rows_px, strict=True)):
        marks += _motion_words(movement, top, one_line)
        marks += _motion_marks(movement, top - row_px + 20, (high - low) / 320, named=index == 0)
        if index:
            marks.append(Rule(top, "across", "line"))
        top -= row_px + (0 if index else key_px)
    ticks = tuple((float(at), f"{at}°") for at in range(ceil(low / step) * step, high + 1, step))
    # Half a label of air at both ends, so that a mark at 0 and the last tick's letters are not cut.
    air = (high - low) * 0.03
    axis = Axis(low - air, high + air, ticks=ticks, grid=True)
    panel = Panel(0, height_px, axis, Axis(0, height_px), tuple(marks))
    return replace(chart, panels=(panel,), height_px=height_px + 28, left_px=4, right_px=4)


def _motion_words(movement: _Motion, top: float, one_line: bool) -> list[Mark]:
    verdict = movement.change_words
    role = "muted"
    if movement.beyond_error:
        role = "good" if movement.judged == "improved" else "caution"
    weight = {"strong": verdict} if movement.beyond_error else {"words": verdict}
    if one_line:
        name = Text(
            0,
            top - 14,
            f"  {movement.values_words}",
            strong=movement.label,
            align="left",
            x_is_share=True,
            on_ground=True,
        )
        verdict_text = Text(1, top - 14, **weight, role=role, align="right", x_is_share=True, on_ground=True)
        return [name, verdict_text] if verdict else [name]
    values = f"{movement.values_words}{movement.flag_beside}"
    texts = [
        Text(0, top - 14, strong=movement.label, align="left", x_is_share=True, on_ground=True),
        Text(0, top - 33, values, align="left", x_is_share=True, on_ground=True),
    ]
    for line, note in enumerate(movement.notes, start=1):
        texts.append(
            Text(0, top - 33 - 19 * line, capital(note), role="muted", align="left", x_is_share=True, on_ground=True)
        )
    if verdict:
        texts.append(Text(1, top - 33, **weight, role=role, align="right", x_is_share=True, on_ground=True))
    return texts


def _motion_marks(movement: _Motion, at: float, degrees_per_px: float, named: bool) -> list[Mark]:
    marks: list[Mark] = []
    if movement.reference:
        low, high = movement.reference
        width = max(high - low, 6 * degrees_per_px)
        said = f"reference {' to '.join(dict.fromkeys(f'{number(end)}°' for end in movement.reference))}"
        marks.append(Bar(at, (low + high - width) / 2, width, 18, "across", "muted", fill="hatched", words=said))
    if movement.change is not None:
        marks.append(Interval(at, movement.start, movement.now, "across", "motion", width_px=3))
    marks += [Point(degrees, at, "tick", "motion", 6, f"in between {number(degrees)}°") for degrees in movement.between]
    named_marks = []
    for what, degrees, shape, role, size_px in (
        ("start", movement.start, "tick", "motion", 16),
        ("goal", movement.goal, "heavy_tick", "ink", 24),
        ("other side", movement.other_side, "diamond", "ink", 11),
        ("now", movement.now, "filled", "motion", 12),
    ):
        if degrees is not None:
            marks.append(Point(degrees, at, shape, role, size_px, f"{what} {number(degrees)}°"))
            named_marks.append((degrees, what))
    return marks + (_motion_key(named_marks, at, degrees_per_px) if named else [])


def _motion_key(named_marks: list[tuple[float, str]], at: float, degrees_per_px: float) -> list[Mark]:
    """The names of the marks under the first row, as far as they fit beside each other on the narrowest screen."""
    placed: list[tuple[float, float]] = []
    key: list[Mark] = []
    for degrees, what in sorted(named_marks, key=lambda mark: ("now", "start", "goal", "other side").index(mark[1])):
        half = (len(what) * 6.5 + 8) / 2 * degrees_per_px
        if all(degrees + half <= low or degrees - half >= high for low, high in placed):
            placed.append((degrees - half, degrees + half))
            key.append(Text(degrees, at, what, role="muted", dy_px=-22))
    return key
