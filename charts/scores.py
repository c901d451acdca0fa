"""One client's scores: each scale from first to latest on its own full range.

What counts as better is decided in `analytics`; here the words it gives are set beside the marks.
"""

from dataclasses import dataclass, replace

import pandas as pd

from charts.model import Axis, Chart, Column, Interval, Mark, Panel, Point, Rule, TableTwin, Text
from charts.words import capital, counted, day, lowered, number, shortened, value

ROW_PX, ITEMS_PX = 82, 18
TELLING = 6  # scales the sentence names; the table has all
LETTERS = 52  # of a line, on the narrowest screen


@dataclass(frozen=True)
class _Score:
    """One row as the chart needs it; a score that was not taken is None, and so is the first of a change rating."""

    name: str
    items: str
    lowest: float
    highest: float
    better: str
    first: float | None
    latest: float | None
    said: str
    tone: str

    @property
    def values_words(self) -> str:
        known = [number(found) for found in (self.first, self.latest) if found is not None]
        return " to ".join(known)

    def share(self, points: float) -> float:
        """Where a score stands on its row: 0 the lowest end of its scale, 1 the highest."""
        return min(max((points - self.lowest) / (self.highest - self.lowest), 0), 1)


def scores(rows: pd.DataFrame) -> Chart:
    """Every scale from its first to its latest score, each on the whole range of its own.

    Parameters
    ----------
    rows : DataFrame, one row per series of scores, in the order to be drawn
        name, items (what was scored, in words, or empty), lowest, highest, better ("lower" or "higher"), first and
        first_on (missing on a scale that is itself a change), latest and latest_on (missing when scored once),
        readings, error, important (missing where none is known), said (the change in a few words), tone ("good",
        "caution" or "muted"), sentence.

    Returns
    -------
    Chart
        One form serves both widths. Without rows it has no panels, only words.
    """
    found = [_score(row) for row in rows.itertuples()]
    told = [f"{lowered(score.name)} {score.values_words} ({score.said})" for score in found[:TELLING]]
    reading = f"{capital('; '.join(told))}." if told else "Function: not scored."
    if len(found) > TELLING:
        reading += f" {counted(len(found) - TELLING, 'more scale')} in the table."
    again = int((rows["readings"] > 1).sum())
    chart = Chart(
        key="scores",
        heading=_heading(rows),
        reading=reading,
        caption="Each scale on its whole range; its better end is named. Thin tick: first score. Dot: latest.",
        count=len(found),
        count_words=f"{counted(len(found), 'scale')}, {again} scored more than once",
        alt=f"Scores, one row per scale. {reading}",
        panels=(),
        table=_table(rows, found),
        height_px=0,
    )
    return _drawn(chart, found) if found else chart


def _score(row: tuple) -> _Score:
    return _Score(
        row.name,
        row.items,
        row.lowest,
        row.highest,
        row.better,
        value(row.first),
        value(row.latest),
        row.said,
        row.tone,
    )


def _heading(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "Function was not scored"
    judged = rows[rows["important"].notna()]
    if judged.empty:
        return "No scale with a known important change was used"
    if (judged["readings"] < 2).all():
        return "Function was scored once: a starting point, not a course"
    first = judged[judged["readings"] > 1].iloc[0]
    return f"{first['name']}: {first['said']}"


def _table(rows: pd.DataFrame, found: list[_Score]) -> TableTwin:
    columns = (
        Column("Scale"),
        Column("Of"),
        Column("First score", "one_decimal"),
        Column("First on", "date"),
        Column("Latest score", "one_decimal"),
        Column("Latest on", "date"),
        Column("Lowest possible", "one_decimal"),
        Column("Highest possible", "one_decimal"),
        Column("Better"),
        Column("Error (points)", "one_decimal"),
        Column("Important change (points)", "one_decimal"),
        Column("Readings", "whole"),
        Column("In words"),
    )
    cells = tuple(
        (
            score.name,
            score.items,
            score.first,
            day(row.first_on),
            score.latest,
            day(row.latest_on),
            score.lowest,
            score.highest,
            score.better,
            value(row.error),
            value(row.important),
            int(row.readings),
            row.sentence,
        )
        for score, row in zip(found, rows.itertuples(), strict=True)
    )
    return TableTwin(columns, cells, missing="none")


def _drawn(chart: Chart, found: list[_Score]) -> Chart:
    heights_px = [ROW_PX + (ITEMS_PX if score.items else 0) for score in found]
    top = height_px = sum(heights_px)
    marks: list[Mark] = []
    for score, row_px in zip(found, heights_px, strict=True):
        if top < height_px:
            marks.append(Rule(top, "across", "line"))
        marks += _words(score, top)
        marks += _marks(score, top - row_px + 26)
        top -= row_px
    panel = Panel(0, height_px, Axis(-0.03, 1.03), Axis(0, height_px), tuple(marks))
    return replace(chart, panels=(panel,), height_px=height_px + 8, left_px=4, right_px=4)


def _words(score: _Score, top: float) -> list[Mark]:
    said = {"words": score.said} if score.tone == "muted" else {"strong": score.said}
    texts = [
        Text(0, top - 14, strong=shortened(score.name, LETTERS - 6), align="left", x_is_share=True, on_ground=True),
        Text(0, top - 33, score.values_words, align="left", x_is_share=True, on_ground=True),
        Text(1, top - 33, **said, role=score.tone, align="right", x_is_share=True, on_ground=True),
    ]
    if score.items:
        items = shortened(score.items, LETTERS)
        texts.append(Text(0, top - 51, items, role="muted", align="left", x_is_share=True, on_ground=True))
    return texts


def _marks(score: _Score, at: float) -> list[Mark]:
    ends = {"lower": (" better", ""), "higher": ("", " better")}[score.better]
    marks: list[Mark] = [
        Rule(at, "across", "line", low=0, high=1),
        Text(0, at, f"{number(score.lowest)}{ends[0]}", role="muted", align="left", dx_px=-2, dy_px=-16),
        Text(1, at, f"{number(score.highest)}{ends[1]}", role="muted", align="right", dx_px=2, dy_px=-16),
    ]
    if score.first is not None and score.latest is not None:
        marks.append(Interval(at, score.share(score.first), score.share(score.latest), "across", "function", 3))
    for what, points, shape, size_px in (("first", score.first, "tick", 16), ("latest", score.latest, "filled", 12)):
        if points is not None:
            marks.append(Point(score.share(points), at, shape, "function", size_px, f"{what} {number(points)}"))
    return marks
