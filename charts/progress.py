"""One client's course: pain by visit, with home exercise and techniques on the same dates.

The functions place marks and write words. What counts as better is decided in `analytics` and comes in as words; here
it is only said, and the error of measuring drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from charts.model import (
    Axis,
    Band,
    Bar,
    Chart,
    Column,
    Figures,
    Line,
    Mark,
    Panel,
    Rule,
    TableTwin,
    Text,
)
from charts.words import counted, dated, day, number, shortened, spaced, value
from instruments import Chosen

PAIN = (0.0, 10.0)
PAIN_TICKS = tuple((float(step), str(step)) for step in range(0, 11, 2))
MANY_VISITS = 24  # above this, marks and numerals would touch
TECHNIQUE_ROWS = 5
WIDE_PX, NARROW_PX = 600, 290  # the least width a plot of each form gets, for keeping labels apart
RIGHT_WIDE_PX, RIGHT_NARROW_PX = 84, 34  # room for the labels at the end of a line


@dataclass(frozen=True)
class _Places:
    """Where visits stand on the common axis, and how many axis units a pixel is worth."""

    visit: tuple[float, ...]
    low: float
    high: float
    plot_px: int
    place_of: Callable[[date], float]
    dates: tuple[tuple[float, str], ...]

    @property
    def per_px(self) -> float:
        return (self.high - self.low) / self.plot_px


@dataclass(frozen=True)
class _Error:
    """What a course is held against: pain at the start, and the change that is the error of measuring."""

    start: float
    points: float
    cited: str


def pain_by_visit(
    visits: pd.DataFrame,
    missed: pd.DataFrame | None = None,
    error: Chosen | None = None,
    goal: float | None = None,
    region_words: str = "Pain",
    techniques: pd.DataFrame | None = None,
    start: float | None = None,
    error_points: float | None = None,
    verdict: str | None = None,
) -> Chart:
    """Pain before and after each visit on the full 0-10 axis, with home exercise and techniques on the same dates.

    Parameters
    ----------
    visits : DataFrame, one row per kept visit, oldest first
        visit_number (int), visited_on (date), pain_before and pain_after (0-10, missing when not asked), and when home
        exercise is recorded exercise_done and exercise_prescribed (times since the visit before).
    missed : DataFrame, optional
        visited_on of booked visits that were not kept.
    error : Chosen, optional
        Error of measuring, of one rating against one; drawn as a band round the start.
    goal : float, optional
        Pain the client wants to reach.
    region_words : str
        How a sentence names this pain: "Neck pain".
    techniques : DataFrame, optional
        visit_number, technique, minutes (missing when not noted).
    start : float, optional
        What the course is compared with, where that is a mean of ratings and not the first one.
    error_points : float, optional
        The error of measuring where it is less than the published one, because ratings were averaged.
    verdict : str, optional
        What now against the start amounts to, in words; the heading says it.

    Returns
    -------
    Chart
        Calendar dates on a wide screen; in the narrow form visits are evenly spaced and the caption says so. Without
        visits it has no panels, only words.
    """
    missed_on = [] if missed is None else sorted(day(when) for when in missed["visited_on"] if not pd.isna(when))
    minutes = _technique_minutes(techniques)
    before, after = _readings(visits, "pain_before"), _readings(visits, "pain_after")
    measured = [reading for reading in before if reading is not None]
    held = None
    if error is not None and measured:
        points = error.points if error_points is None else error_points
        held = _Error(measured[0] if start is None else start, points, error.cited)
    count_words = (
        f"{counted(len(visits), 'visit')}, {counted(len(measured), 'reading')} before and "
        f"{sum(reading is not None for reading in after)} after treatment"
    )
    reading = _pain_reading(visits, before, after, missed_on, held, goal, region_words)
    chart = Chart(
        key="pain_by_visit",
        heading=_pain_heading(measured, len(visits), held, region_words, verdict),
        reading=reading,
        caption=_pain_caption(held, goal, _has_exercise(visits), len(minutes)),
        count=len(measured),
        count_words=count_words,
        alt=f"{region_words} by visit, axis 0 to 10. {reading}",
        panels=(),
        table=_visit_table(visits, minutes),
        height_px=0,
    )
    if visits.empty:
        return chart
    return replace(
        _drawn(chart, visits, missed_on, held, goal, minutes, narrow=False),
        narrow=replace(
            _drawn(chart, visits, missed_on, held, goal, minutes, narrow=True),
            caption=f"{chart.caption} On a narrow screen visits stand evenly spaced, not by date.",
        ),
    )


def _readings(visits: pd.DataFrame, column: str) -> list[float | None]:
    return [value(cell) for cell in visits[column]]


def _has_exercise(visits: pd.DataFrame) -> bool:
    return "exercise_prescribed" in visits and bool(visits["exercise_prescribed"].notna().any())


def _technique_minutes(techniques: pd.DataFrame | None) -> dict[str, dict[int, float | None]]:
    """Technique to visit number to minutes, most used first; minutes are None when the technique was noted without."""
    if techniques is None or techniques.empty:
        return {}
    by_name: dict[str, dict[int, float | None]] = {}
    for row in techniques.itertuples():
        at_visit = by_name.setdefault(str(row.technique), {})
        minutes, earlier = value(row.minutes), at_visit.get(int(row.visit_number))
        at_visit[int(row.visit_number)] = minutes if earlier is None else earlier + (minutes or 0)
    return dict(sorted(by_name.items(), key=lambda item: (-sum(m or 0 for m in item[1].values()), item[0])))


def _pain_heading(
    measured: list[float], visits: int, error: _Error | None, region_words: str, verdict: str | None
) -> str:
    if not measured:
        return f"{region_words} before treatment was not measured"
    if len(measured) == 1:
        return "One reading is a starting point, not a course"
    first, last = measured[0] if error is None else error.start, measured[-1]
    if first == last:
        moved = f"stands where it began, at {number(first)}"
    else:
        way = "fell" if last < first else "rose"
        moved = f"{way} from {number(first)} to {number(last)} over {counted(visits, 'visit')}"
    return f"{region_words} before treatment {moved}" + (f": {verdict}" if verdict else "")


def _pain_reading(
    visits: pd.DataFrame,
    before: list[float | None],
    after: list[float | None],
    missed_on: list[date],
    error: _Error | None,
    goal: float | None,
    region_words: str,
) -> str:
    if visits.empty:
        return f"{region_words}: not measured, because no visit has been kept yet."
    numbers = [int(number_) for number_ in visits["visit_number"]]
    parts = []
    for name, readings in (("before", before), ("after", after)):
        known = [(visit, reading) for visit, reading in zip(numbers, readings, strict=True) if reading is not None]
        if not known:
            parts.append(f"{name} treatment not measured")
        elif len(known) == 1:
            parts.append(f"{name} treatment {number(known[0][1])} at visit {known[0][0]}, its only reading")
        else:
            (first_visit, first), (last_visit, last) = known[0], known[-1]
            parts.append(
                f"{name} treatment {number(first)} at visit {first_visit} and {number(last)} at visit {last_visit}"
            )
    sentence = f"{region_words} {'; '.join(parts)}"
    if error is not None:
        sentence += f"; error of measuring {number(error.points)}"
    if goal is not None:
        sentence += f"; goal {number(goal)}"
    if missed_on:
        sentence += f"; {counted(len(missed_on), 'booked visit')} not kept"
    return sentence + "."


def _pain_caption(error: _Error | None, goal: float | None, exercise: bool, techniques: int) -> str:
    caption = "0 no pain, 10 worst imaginable. Filled, solid: before treatment. Open, dashed: after."
    if error is not None:
        caption += f" Field: {number(error.start)}, the start, ± error ({number(error.points)}; {error.cited})."
    if goal is not None:
        caption += " Dash-dot: goal."
    if exercise:
        caption += " Exercise bars: times done of times prescribed between two visits."
    if techniques:
        caption += " An empty place among the techniques means not used."
    if techniques > TECHNIQUE_ROWS:
        caption += f" {counted(techniques - TECHNIQUE_ROWS, 'more technique')} in the table."
    return caption + " A break in a line means not measured."


def _visit_table(visits: pd.DataFrame, minutes: dict[str, dict[int, float | None]]) -> TableTwin:
    columns = [
        Column("Visit", "whole"),
        Column("Date", "date"),
        Column("Pain before (0-10)", "one_decimal"),
        Column("Pain after (0-10)", "one_decimal"),
    ]
    exercise = _has_exercise(visits)
    if exercise:
        columns += [Column("Exercise, times done", "whole"), Column("Exercise, times prescribed", "whole")]
    if minutes:
        columns.append(Column("Techniques (minutes)"))
    rows = []
    for row in visits.itertuples():
        cells = [int(row.visit_number), day(row.visited_on), value(row.pain_before), value(row.pain_after)]
        if exercise:
            cells += [value(row.exercise_done), value(row.exercise_prescribed)]
        if minutes:
            used = [
                name if at[row.visit_number] is None else f"{name} {number(at[row.visit_number])}"
                for name, at in minutes.items()
                if row.visit_number in at
            ]
            cells.append(", ".join(used) or "none recorded")
        rows.append(tuple(cells))
    return TableTwin(tuple(columns), tuple(rows))


def _calendar(visited_on: list[date], missed_on: list[date]) -> _Places:
    first, last = min(visited_on + missed_on), max(visited_on + missed_on)
    days = max((last - first).days, 14)
    low, high = first.toordinal() - days * 0.06, last.toordinal() + days * 0.03
    return _Places(
        visit=tuple(float(when.toordinal()) for when in visited_on),
        low=low,
        high=high,
        plot_px=WIDE_PX,
        place_of=lambda when: float(when.toordinal()),
        dates=_date_ticks(first, last, gap_days=80 * (high - low) / WIDE_PX),
    )


def _date_ticks(first: date, last: date, gap_days: float) -> tuple[tuple[float, str], ...]:
    """The first day in full, then month starts (weeks when the stretch is short) as far apart as labels need."""
    if (last - first).days < 45:
        later = [first + timedelta(days=days) for days in range(7, (last - first).days + 1, 7)]
    else:
        months = pd.date_range(first, last, freq="MS")
        later = [month.date() for month in months if month.date() > first]
    ticks = [(float(first.toordinal()), dated(first))]
    for when in later:
        if when.toordinal() - ticks[-1][0] >= gap_days:
            words = dated(when, with_year=False) if when.day != 1 else dated(when).removeprefix("1 ")
            if when.day == 1 and when.year == (date.fromordinal(int(ticks[-1][0]))).year:
                words = words.removesuffix(f" {when.year}")
            ticks.append((float(when.toordinal()), words))
    return tuple(ticks)


def _even(visited_on: list[date]) -> _Places:
    count = len(visited_on)
    low, high = -0.5, count - 0.5
    labelled = spaced(range(count), 62 * (high - low) / NARROW_PX)

    def between(when: date) -> float:
        return min(max(sum(visited <= when for visited in visited_on) - 0.5, low), high)

    return _Places(
        visit=tuple(float(index) for index in range(count)),
        low=low,
        high=high,
        plot_px=NARROW_PX,
        place_of=between,
        dates=tuple((float(index), dated(visited_on[index], with_year=False)) for index in sorted(labelled)),
    )


def _drawn(
    chart: Chart,
    visits: pd.DataFrame,
    missed_on: list[date],
    error: _Error | None,
    goal: float | None,
    minutes: dict[str, dict[int, float | None]],
    narrow: bool,
) -> Chart:
    """The chart with its panels: visit numbers, pain, exercise, techniques, dates, one under the other."""
    visited_on = [day(when) for when in visits["visited_on"]]
    places = _even(visited_on) if narrow else _calendar(visited_on, missed_on)
    left_px, right_px = (24, RIGHT_NARROW_PX) if narrow else (34, RIGHT_WIDE_PX)
    axis = Axis(places.low, places.high)
    header_px = 46 if missed_on else 28
    pain_px = 270 if narrow else 300
    lanes: list[Panel] = []
    foot_px = header_px + pain_px
    if _has_exercise(visits):
        lanes.append(_exercise_lane(visits, places, axis, foot_px + 14))
        foot_px += 14 + lanes[-1].height_px
    if minutes:
        lanes.append(_technique_lane(visits, minutes, places, axis, foot_px + 10, narrow))
        foot_px += 10 + lanes[-1].height_px
    spine = Panel(
        top_px=header_px,
        height_px=foot_px - header_px + 6,
        x=Axis(places.low, places.high, ticks=tuple((place, "") for place in places.visit), grid=True),
        y=Axis(0, 1),
        marks=(),
    )
    dates = Panel(foot_px, 6, Axis(places.low, places.high, ticks=places.dates, edge=True), Axis(0, 1), ())
    pain = Panel(
        top_px=header_px,
        height_px=pain_px,
        x=axis,
        y=Axis(*PAIN, ticks=PAIN_TICKS, grid=True),
        marks=_pain_marks(visits, places, error, goal, narrow),
    )
    header = _header(visits, missed_on, places, axis, header_px, left_px, right_px)
    return replace(
        chart,
        panels=(spine, header, pain, *lanes, dates),
        height_px=foot_px + 34,
        left_px=left_px,
        right_px=right_px,
    )


def _header(
    visits: pd.DataFrame,
    missed_on: list[date],
    places: _Places,
    axis: Axis,
    height_px: int,
    left_px: int,
    right_px: int,
) -> Panel:
    """Visit numbers above the plot; below them a cross where a booked visit was not kept."""
    numbers = [int(cell) for cell in visits["visit_number"]]
    if len(numbers) > MANY_VISITS:
        fifths = [index for index, visit in enumerate(numbers) if visit == 1 or visit % 5 == 0]
        apart = spaced([places.visit[index] for index in fifths], 24 * places.per_px)
        shown = [fifths[index] for index in sorted(apart)]
    else:
        shown = sorted(spaced(places.visit, 20 * places.per_px))
    row = height_px - 12
    marks: list[Mark] = [
        Figures(tuple((places.visit[index], row, str(numbers[index])) for index in shown), bold=True),
        Text(0, row, "visit", role="muted", align="left", dx_px=2 - left_px, x_is_share=True),
    ]
    crosses = sorted({places.place_of(when) for when in missed_on})
    for index, place in enumerate(crosses):
        alone = index + 1 == len(crosses) or crosses[index + 1] - place > 64 * places.per_px
        room = (places.high - place) / places.per_px + right_px > 58
        words = "× missed" if alone and room else "×"
        marks.append(Text(place, row, words, role="caution", align="left", dx_px=-5, dy_px=-19))
    return Panel(0, height_px, axis, Axis(0, height_px), tuple(marks))


def _pain_marks(
    visits: pd.DataFrame, places: _Places, error: _Error | None, goal: float | None, narrow: bool
) -> tuple[Mark, ...]:
    numbers = [int(cell) for cell in visits["visit_number"]]
    courses = {
        "before": list(zip(places.visit, _readings(visits, "pain_before"), strict=True)),
        "after": list(zip(places.visit, _readings(visits, "pain_after"), strict=True)),
    }
    known = {name: [(x, y) for x, y in course if y is not None] for name, course in courses.items()}
    # Plotly leaves out grid lines at the ends of an axis; these two are the ends of the scale.
    marks: list[Mark] = [Rule(end, "across", "line") for end in PAIN]
    if error is not None:
        marks += _error_marks(known, error, goal, places, narrow)
    if goal is not None:
        marks += _goal_marks(known, goal)
    many = len(numbers) > MANY_VISITS
    for name, course in courses.items():
        words = tuple(
            f"visit {visit}: {number(y)} {name}" if y is not None else ""
            for visit, (_, y) in zip(numbers, course, strict=True)
        )
        is_before = name == "before"
        lonely = len(known[name]) == 1 or _has_island(course)
        marks.append(
            Line(
                points=tuple(course),
                role="pain",
                dash="solid" if is_before else "dashed",
                shape=None if many and not lonely else "filled" if is_before else "open",
                width_px=2.8 if is_before else 1.8,
                mark_px=(5 if many else 9 if narrow else 11) if is_before else (5 if many else 8 if narrow else 9),
                words=words,
            )
        )
    if not known["before"] and not known["after"]:
        marks.append(Text(0.5, 5, "pain: not measured", role="muted", size="label", x_is_share=True, on_ground=True))
    else:
        marks += _value_labels(known, goal, places, narrow)
        marks += _gap_words(courses, known, places, narrow)
        marks += _peak_label(known["before"], error)
    return tuple(marks)


def _has_island(course: list[tuple[float, float | None]]) -> bool:
    """Whether some reading stands between two gaps: without a mark it would not be seen at all."""
    padded = [None, *(y for _, y in course), None]
    return any(
        left is None and middle is not None and right is None
        for left, middle, right in zip(padded, padded[1:], padded[2:], strict=False)
    )


def _error_marks(
    known: dict[str, list[tuple[float, float]]], error: _Error, goal: float | None, places: _Places, narrow: bool
) -> list[Mark]:
    """The field round the first reading, and its edge in words on the side the course has moved to.

    Where every place for the words is crossed by a course or the goal they are left to the caption.
    """
    first, last = error.start, known["before"][-1][1]
    low, high = max(first - error.points, PAIN[0]), min(first + error.points, PAIN[1])
    rising = last > first
    edge = round(first + error.points if rising else first - error.points, 6)  # 2.4 less 2.4 may end a hair below 0
    way, verb = ("up", "worse") if rising else ("down", "better")
    size = number(error.points)
    marks: list[Mark] = [Band(low, high)]
    if PAIN[0] <= edge <= PAIN[1]:
        marks.append(Rule(edge, "across", "muted"))
        words = f"from this line {way}: {verb}\nthan {number(first)} by error ({size}) or more"
        if narrow:
            words = f"beyond error ({size})\nfrom this line {way}"
        at = edge
    else:
        words = f"no room on the scale for {verb} than\n{number(first)} by error ({size}) or more"
        if narrow:
            words = f"no room beyond\nerror ({size})"
        at = high if not rising else low
    obstacles = [*known.values()] + ([] if goal is None else [[(places.low, goal), (places.high, goal)]])
    return marks + _error_label(words, at, obstacles, places, narrow)


def _error_label(
    words: str, at: float, obstacles: list[list[tuple[float, float]]], places: _Places, narrow: bool
) -> list[Text]:
    """The words of the error line in the nearest corner of it that nothing drawn passes through, if there is one."""
    height, width = (1.5, 0.42) if narrow else (1.35, 0.32)
    width *= places.high - places.low
    spots = [(align, at + shift) for shift in (0, -height, 0.8, 1.6, 2.4) for align in ("right", "left")]
    spots = [(align, low) for align, low in spots if PAIN[0] <= low and low + height <= PAIN[1]]
    free = [
        (align, low)
        for align, low in spots
        if not any(
            _crosses(
                course,
                places.high - width if align == "right" else places.low,
                places.high if align == "right" else places.low + width,
                low,
                low + height,
            )
            for course in obstacles
        )
    ]
    return [
        Text(
            1 if align == "right" else 0,
            low + height / 2,
            words,
            role="muted",
            align=align,
            dx_px=-4 if align == "right" else 4,
            x_is_share=True,
        )
        for align, low in free[:1]
    ]


def _crosses(course: list[tuple[float, float]], x_low: float, x_high: float, y_low: float, y_high: float) -> bool:
    """Whether a drawn course passes through a box, looked at in steps finer than any label."""
    if len(course) == 1:
        (x, y) = course[0]
        return x_low <= x <= x_high and y_low <= y <= y_high
    for (x0, y0), (x1, y1) in pairwise(course):
        for step in range(21):
            x, y = x0 + (x1 - x0) * step / 20, y0 + (y1 - y0) * step / 20
            if x_low <= x <= x_high and y_low <= y <= y_high:
                return True
    return False


def _goal_marks(known: dict[str, list[tuple[float, float]]], goal: float) -> list[Mark]:
    def nearest(index: int) -> float:
        return min((abs(course[index][1] - goal) for course in known.values() if course), default=PAIN[1])

    at_left = nearest(0) >= nearest(-1)
    return [
        Rule(goal, "across", "ink", dash="dashdot", width_px=2),
        Text(
            0 if at_left else 1,
            goal,
            strong=f"goal {number(goal)}",
            align="left" if at_left else "right",
            dx_px=4 if at_left else -4,
            dy_px=12 if goal < 1 else -12,
            x_is_share=True,
        ),
    ]


def _value_labels(
    known: dict[str, list[tuple[float, float]]], goal: float | None, places: _Places, narrow: bool
) -> list[Mark]:
    """First and last values beside their marks, pushed apart where the courses meet, and off the goal line."""
    marks: list[Mark] = []
    px_per_point = 27 if narrow else 30
    for name, course in known.items():
        if not course:
            continue
        other = known["after" if name == "before" else "before"]
        (last_x, last), (first_x, first) = course[-1], course[0]
        weight = {"strong": f"{name} {number(last)}"} if name == "before" else {"words": f"{name} {number(last)}"}
        alone = len(course) == 1
        if narrow and not alone:
            weight = {key: number(last) for key in weight}
        room_px = (places.high - last_x) / places.per_px + (RIGHT_NARROW_PX if narrow else RIGHT_WIDE_PX)
        fits = room_px >= 12 + 7 * len(*weight.values())
        marks.append(
            Text(
                last_x,
                last,
                **weight,
                role="pain",
                align="left" if fits else "right",
                dx_px=10 if fits else -10,
                dy_px=_apart(name, last, [y for x, y in other if x == last_x], goal, px_per_point),
                size="end" if name == "before" and not narrow else "text",
            )
        )
        # On a narrow screen with many visits the line falls through the second label; the sentence has the value.
        if not alone and not (narrow and name == "after" and len(places.visit) > 12):
            label = f"{name} {number(first)}" if narrow else number(first)
            dy_px = _apart(name, first, [y for x, y in other if x == first_x], goal, px_per_point)
            if narrow:
                dy_px = _over_or_under(course, other)
            marks.append(
                Text(
                    first_x,
                    first,
                    **({"strong": label} if name == "before" else {"words": label}),
                    role="pain",
                    align="left" if narrow else "right",
                    dx_px=-10,
                    dy_px=dy_px,
                )
            )
    return marks


def _over_or_under(course: list[tuple[float, float]], other: list[tuple[float, float]]) -> float:
    """Over the first mark when its line goes down from there, else under, unless the other course is in the way."""
    first, second = course[0][1], course[1][1]
    others = [y for x, y in other[:1] if x == course[0][0]]
    over = second <= first
    if any(0 < (y - first if over else first - y) < 1.4 for y in others):
        over = not over
    return 15 if (over and first < 9.4) or first < 1 else -15


def _apart(name: str, own: float, others: list[float], goal: float | None, px_per_point: float) -> float:
    """How far up a label moves so that two labels at one visit stay 18 px apart and none is struck by the goal."""
    upper = name == "before" if not others or own == others[0] else own > others[0]
    push = max(18 - abs(own - others[0]) * px_per_point, 0) if others else 0
    if min([own, *others]) < 0.5:  # nothing moves down into the dates
        return push if upper else 0
    push /= 2
    if goal is not None and abs(goal - own) * px_per_point < 10:
        push = max(push, 11)
    return push if upper else -push


def _gap_words(
    courses: dict[str, list[tuple[float, float | None]]],
    known: dict[str, list[tuple[float, float]]],
    places: _Places,
    narrow: bool,
) -> list[Mark]:
    """A missing reading written at its visit, as long as they are few and no reading stands under the words."""
    gaps = [(name, index, x) for name, course in courses.items() for index, (x, y) in enumerate(course) if y is None]
    if len(gaps) > 2 or (narrow and len(courses["before"]) > 6):
        return []
    marks: list[Mark] = []
    neither = len(gaps) == 2 and gaps[0][2] == gaps[1][2]
    for name, index, x in gaps[:1] if neither else gaps:
        course = courses[name]
        near = [y for _, y in reversed(course[:index]) if y is not None] + [
            y for _, y in course[index:] if y is not None
        ]
        half_width, half_height = 36 * places.per_px, 0.8
        free = [
            height
            for height in (*(min(max(y, 1.0), 9.0) for y in near[:1]), 0.9, 9.1)
            if not any(
                _crosses(drawn, x - half_width, x + half_width, height - half_height, height + half_height)
                for drawn in known.values()
            )
        ]
        if near and free:
            words = "not\nmeasured" if neither else f"{name}: not\nmeasured"
            marks.append(Text(x, free[0], words, role="muted", on_ground=True))
    return marks


def _peak_label(course: list[tuple[float, float]], error: _Error | None) -> list[Mark]:
    """The highest reading, when it stands above both ends by error or more: a spike the reader will ask about."""
    if error is None or len(course) < 3:
        return []
    x, peak = max(course, key=lambda point: point[1])
    if peak - max(course[0][1], course[-1][1]) < error.points:
        return []
    return [Text(x, peak, strong=number(peak), role="pain", dy_px=16 if peak < 9.5 else -18)]


def _exercise_lane(visits: pd.DataFrame, places: _Places, axis: Axis, top_px: int) -> Panel:
    """One frame per interval between two visits, filled to the share of prescribed days that were done."""
    height_px, foot, full = 82, 24, 32
    marks: list[Mark] = [
        Text(
            0,
            height_px - 8,
            ", times done of prescribed",
            strong="Home exercise",
            align="left",
            x_is_share=True,
            on_ground=True,
        )
    ]
    labels = []
    done_times, asked_times = _readings(visits, "exercise_done"), _readings(visits, "exercise_prescribed")
    for index in range(1, len(places.visit)):
        done, asked = done_times[index], asked_times[index]
        if not asked:
            continue
        start, end = places.visit[index - 1], places.visit[index]
        middle, width = (start + end) / 2, max((end - start) * 0.94, (end - start) - 8 * places.per_px)
        marks.append(Bar(middle, foot, full, width, "up", "sessions", fill="open"))
        words = "not measured" if done is None else f"{number(done)}/{number(asked)}"
        if done is not None:
            said = f"{number(done)} of {number(asked)} times before visit {int(visits['visit_number'].iloc[index])}"
            marks.append(Bar(middle, foot, full * min(done / asked, 1), width, "up", "sessions", words=said))
        if (end - start) / places.per_px >= 7 * len(words):
            labels.append((middle, 9, words))
    marks.append(Figures(tuple(labels), role="muted"))
    return Panel(top_px, height_px, axis, Axis(0, height_px), tuple(marks))


def _technique_lane(
    visits: pd.DataFrame,
    minutes: dict[str, dict[int, float | None]],
    places: _Places,
    axis: Axis,
    top_px: int,
    narrow: bool,
) -> Panel:
    """A row per technique: minutes as numerals under each visit, or as small bars when visits are many."""
    row_px, title_px = 42, 24
    shown = list(minutes.items())[:TECHNIQUE_ROWS]
    height_px = title_px + row_px * len(shown)
    numbers = [int(cell) for cell in visits["visit_number"]]
    closest = min((b - a for a, b in pairwise(places.visit)), default=places.high)
    crowded = len(numbers) > MANY_VISITS or (narrow and closest / places.per_px < 18)
    most = max((amount or 0 for _, at in shown for amount in at.values()), default=0) or 1
    words = f", minutes at each visit{f'; tallest bar {number(most)}' if crowded else ''}"
    marks: list[Mark] = [
        Text(0, height_px - 10, words, strong="Techniques", align="left", x_is_share=True, on_ground=True)
    ]
    numerals = []
    for row, (name, at) in enumerate(shown):
        foot = height_px - title_px - row_px * (row + 1)
        marks.append(Rule(foot, "across", "line"))
        label = shortened(name, 44 if narrow else 60)
        marks.append(Text(0, foot + 31, label, role="muted", align="left", x_is_share=True, on_ground=True))
        for visit, place in zip(numbers, places.visit, strict=True):
            if visit not in at:
                continue
            if crowded:
                noted = at[visit] is not None
                tall = 20 * at[visit] / most if noted else 8
                width = min(max(closest * 0.7, 2 * places.per_px), 8 * places.per_px)
                said = f"{name}, visit {visit}: {f'{number(at[visit])} minutes' if noted else 'minutes not noted'}"
                marks.append(Bar(place, foot, tall, width, "up", "sessions", "solid" if noted else "open", said))
            else:
                numerals.append((place, foot + 11, "used" if at[visit] is None else number(at[visit])))
    if numerals:
        marks.append(Figures(tuple(numerals), role="sessions", bold=True))
    return Panel(top_px, height_px, axis, Axis(0, height_px), tuple(marks))
