"""What became of the people with each injury: the overview of types, and the course of one type opened.

Means, intervals and counts come in as columns; these functions place and word them. Types are drawn in the order
given and are never sorted by result.
"""

from dataclasses import dataclass, replace
from math import ceil, floor

import pandas as pd

from charts.model import (
    Axis,
    Bar,
    Chart,
    Column,
    Figures,
    Interval,
    Line,
    Mark,
    Panel,
    Point,
    Rule,
    TableTwin,
    Text,
)
from charts.words import (
    capital,
    count_ticks,
    counted,
    listed,
    lowered,
    mean,
    number,
    round_top,
    shortened,
    spaced,
    spelled,
    text,
    value,
)
from instruments import Chosen

FEWEST_FOR_INTERVAL = 10  # second readings a type needs before its change is drawn
FEWEST_FOR_MEAN = 5  # readings behind a mean before it is drawn
ROW_PX, HEAD_PX, CARD_PX = 33, 34, 84
PAIN = Axis(0, 10, ticks=tuple((float(step), str(step)) for step in range(0, 11, 2)), grid=True)


@dataclass(frozen=True)
class _Type:
    """One injury type as the overview needs it; None is not known."""

    name: str
    episodes: int
    measured_twice: int
    closed: int
    change: tuple[float, float, float] | None  # mean, low, high: points less pain
    visits: tuple[float, float, float] | None  # median, first and third quartile

    @property
    def change_words(self) -> str:
        if self.measured_twice == 0:
            return "not measured twice"
        return f"too few ({self.measured_twice})" if self.change is None else mean(self.change[0])

    @property
    def visits_words(self) -> str:
        return "none closed" if self.visits is None else number(self.visits[0])


def overview(types: pd.DataFrame, important: Chosen | None = None) -> Chart:
    """Each injury type in one row: episodes, how many were measured twice, points less pain, visits until closed.

    Parameters
    ----------
    types : DataFrame, one row per injury type, in the order to be drawn
        injury_type, clients, episodes, sessions, measured_twice (episodes with a second reading), pain_first_mean,
        pain_latest_mean (0-10), pain_change_mean, pain_change_low, pain_change_high (first minus latest: positive is
        less pain), visits_median, visits_q1, visits_q3 (per closed episode), closed (episodes).
    important : Chosen, optional
        A change that matters to one person; a dotted line and the heading use it, for orientation.

    Returns
    -------
    Chart
        Types with fewer than 10 second readings carry words in place of a dot. The narrow form is a card per type.
    """
    rows = [_type_of(row) for row in types.itertuples()]
    episodes, twice = sum(row.episodes for row in rows), sum(row.measured_twice for row in rows)
    told = [
        f"{row.name} {mean(row.change[0])} points less ({mean(row.change[1])} to {mean(row.change[2])})"
        for row in rows[:4]
        if row.change
    ]
    reading = f"Of {counted(episodes, 'episode')}, {twice:,} have a second pain reading"
    reading += f"; {'; '.join(told)}." if told else "; no type has enough of them to show a change."
    rule = (
        f" Dotted, for orientation: {number(important.points)} points matter to one person ({important.cited}); each"
        " episode is judged by the thresholds of its own region."
        if important
        else ""
    )
    chart = Chart(
        key="overview",
        heading=_overview_heading(rows, important),
        reading=reading if rows else "No episodes in this choice.",
        caption=(
            "Ordered by number of episodes, not by result: types differ in who comes. Dots: mean fall in pain, first "
            f"to latest reading, with 95 % interval; words under {FEWEST_FOR_INTERVAL} second readings. Squares: "
            f"median visits of closed episodes, line from first to third quartile.{rule} No comparison group: "
            "part of any fall in pain is expected without treatment."
        ),
        count=episodes,
        count_words=f"{counted(episodes, 'episode')}, {twice:,} measured twice",
        alt=f"One row per injury type: episodes, measured twice, points less pain, visits. {reading}",
        panels=(),
        table=_overview_table(types),
        height_px=0,
    )
    if not rows:
        return chart
    return replace(_overview_wide(chart, rows, important), narrow=_overview_cards(chart, rows, important))


def _triple(*cells: object) -> tuple[float, float, float] | None:
    values = [value(cell) for cell in cells]
    return None if None in values else tuple(values)


def _type_of(row: tuple) -> _Type:
    twice = int(row.measured_twice)
    change = _triple(row.pain_change_mean, row.pain_change_low, row.pain_change_high)
    return _Type(
        name=str(row.injury_type),
        episodes=int(row.episodes),
        measured_twice=twice,
        closed=int(row.closed),
        change=change if twice >= FEWEST_FOR_INTERVAL else None,
        visits=_triple(row.visits_median, row.visits_q1, row.visits_q3),
    )


def _overview_heading(rows: list[_Type], important: Chosen | None) -> str:
    drawn = [row for row in rows if row.change]
    if not drawn:
        return "No injury type has enough second readings to show a change in pain"
    if important is None:
        return f"Pain was read twice often enough in {len(drawn)} of {counted(len(rows), 'injury type')}"
    points = number(important.points)
    # As the ends of the interval are printed: an end that reads 2.0 does not stay under 2.
    reaching = sum(round(row.change[1], 1) >= important.points for row in drawn)
    under = [lowered(row.name) for row in drawn if round(row.change[2], 1) < important.points]
    heading = (
        f"{capital(spelled(reaching)) if reaching else 'None'} of {counted(len(drawn), 'type')} "
        f"{'with enough second readings ' if len(drawn) < len(rows) else ''}"
        f"{'has' if reaching == 1 else 'have'} at least "
        f"{points} points less pain even at the low end of {'its' if reaching == 1 else 'their'} interval"
    )
    if 0 < len(under) <= 3:
        heading += f"; {listed(under)} {'stays' if len(under) == 1 else 'stay'} under {points}"
    elif under:
        heading += f"; {spelled(len(under))} stay under {points}"
    return heading


def _overview_table(types: pd.DataFrame) -> TableTwin:
    columns = (
        Column("Injury type"),
        Column("Clients", "whole"),
        Column("Episodes", "whole"),
        Column("Sessions", "whole"),
        Column("Measured twice", "whole"),
        Column("First pain, mean (0-10)", "one_decimal"),
        Column("Latest pain, mean (0-10)", "one_decimal"),
        Column("Points less pain", "one_decimal"),
        Column("from", "one_decimal"),
        Column("to", "one_decimal"),
        Column("Visits, median", "one_decimal"),
        Column("Closed episodes", "whole"),
    )
    rows = tuple(
        (
            str(row.injury_type),
            int(row.clients),
            int(row.episodes),
            int(row.sessions),
            int(row.measured_twice),
            value(row.pain_first_mean),
            value(row.pain_latest_mean),
            value(row.pain_change_mean),
            value(row.pain_change_low),
            value(row.pain_change_high),
            value(row.visits_median),
            int(row.closed),
        )
        for row in types.itertuples()
    )
    return TableTwin(columns, rows, missing="–")


def _overview_wide(chart: Chart, rows: list[_Type], important: Chosen | None) -> Chart:
    body_px = ROW_PX * len(rows)
    height_px = HEAD_PX + body_px + 10
    heights = [height_px - HEAD_PX - ROW_PX * (index + 0.5) for index in range(len(rows))]
    y = Axis(0, height_px)

    def panel(left: float, right: float, title: str, x: Axis, marks: list[Mark]) -> Panel:
        head = Text(0, height_px - 14, strong=title, align="left", x_is_share=True)
        return Panel(0, height_px, x, y, (head, *marks), left, right)

    def words(labels: list[str]) -> list[Mark]:
        return [
            Text(0, height, label, align="left", x_is_share=True, on_ground=True)
            for label, height in zip(labels, heights, strict=True)
        ]

    lines: list[Mark] = [Rule(height - ROW_PX / 2, "across", "line") for height in heights]
    lines.append(Rule(height_px - HEAD_PX, "across", "ink", width_px=1.5))
    frame = Panel(0, height_px, Axis(0, 1), y, tuple(lines))
    names = panel(0, 0.23, "Injury type", Axis(0, 1), words([shortened(row.name, 34) for row in rows]))
    most = max(row.episodes for row in rows) or 1
    episodes = panel(
        0.24,
        0.38,
        "Episodes",
        Axis(-0.5 * most, most),
        words([f"{row.episodes:,}" for row in rows])
        + [
            Bar(height, 0, row.episodes, 10, "across", "sessions", words=counted(row.episodes, "episode"))
            for row, height in zip(rows, heights, strict=True)
        ],
    )
    twice = panel(
        0.41,
        0.59,
        "Measured twice",
        Axis(-0.95, 1),
        words([f"{row.measured_twice:,} of {row.episodes:,}" for row in rows])
        + [
            bar
            for row, height in zip(rows, heights, strict=True)
            if row.episodes
            for bar in (
                Bar(height, 0, 1, 10, "across", "sessions", "open"),
                Bar(height, 0, row.measured_twice / row.episodes, 10, "across", "sessions"),
            )
        ],
    )
    low, high, ticks = _change_scale(rows, important)
    change_marks = [mark for row, height in zip(rows, heights, strict=True) for mark in _change_marks(row, height)]
    if important:
        change_marks.append(_important_rule(important, 10, height_px - HEAD_PX))
    change = panel(
        0.63,
        0.81,
        "Points less pain",
        Axis(low - 0.4 * (high - low), high + 0.04 * (high - low), ticks=ticks, edge=False),
        words([row.change_words for row in rows]) + change_marks,
    )
    longest = round_top(max((row.visits[2] for row in rows if row.visits), default=1))
    visit_marks: list[Mark] = []
    for row, height in zip(rows, heights, strict=True):
        if row.visits:
            median, first, third = row.visits
            said = f"{row.name}: median {number(median)} visits, quartiles {number(first)} and {number(third)}"
            visit_marks += [
                Interval(height, first, third, "across", "sessions", 2),
                Point(median, height, "square", "sessions", 10, said),
            ]
    visits = panel(
        0.85,
        1.0,
        "Visits per episode",
        Axis(-0.4 * longest, 1.08 * longest, ticks=((0.0, "0"), (longest, number(longest)))),
        words([row.visits_words for row in rows]) + visit_marks,
    )
    return replace(
        chart,
        panels=(frame, names, episodes, twice, change, visits),
        height_px=height_px + 24,
        left_px=1,
        right_px=14,
    )


def _change_scale(rows: list[_Type], important: Chosen | None) -> tuple[float, float, tuple[tuple[float, str], ...]]:
    """From 0, or below when an interval reaches there, to the highest interval, in whole points."""
    ends = [end for row in rows if row.change for end in row.change[1:]] + [important.points if important else 1.0]
    low, high = min(0, floor(min(ends))), ceil(max(ends))
    step = 1 if high - low <= 6 else 2
    return low, high, tuple((float(at), str(at)) for at in range(low, high + 1, step))


def _change_marks(row: _Type, height: float) -> list[Mark]:
    if not row.change:
        return []
    middle, low, high = row.change
    said = f"{row.name}: {mean(middle)} points less pain, {mean(low)} to {mean(high)}"
    return [Interval(height, low, high, "across", "pain", 2), Point(middle, height, "filled", "pain", 10, said)]


def _important_rule(important: Chosen, low: float, high: float) -> Rule:
    return Rule(important.points, "up", "muted", dash="dotted", width_px=1.5, low=low, high=high)


def _overview_cards(chart: Chart, rows: list[_Type], important: Chosen | None) -> Chart:
    """A card per type for 375 px: name and episodes, what was measured, then the interval on a common axis."""
    height_px = CARD_PX * len(rows) + 16
    low, high, ticks = _change_scale(rows, important)
    marks: list[Mark] = []
    for index, row in enumerate(rows):
        top = height_px - CARD_PX * index
        visits = f", {number(row.visits[0])} visits when closed" if row.visits else ", none closed yet"
        twice = f"{row.measured_twice:,} of {row.episodes:,} measured twice{visits}"
        marks += [
            Text(0, top - 15, strong=shortened(row.name, 32), align="left", x_is_share=True),
            Text(1, top - 15, counted(row.episodes, "episode"), align="right", x_is_share=True),
            Text(0, top - 35, twice, role="muted", align="left", x_is_share=True),
        ]
        if row.change:
            marks += _change_marks(row, top - 60)
            label = row.change_words
            marks.append(
                Text(row.change[2], top - 60, strong=label, role="pain", align="left", dx_px=8, on_ground=True)
            )
        else:
            words = f"points less pain: {row.change_words}"
            marks.append(Text(0, top - 60, words, role="muted", align="left", x_is_share=True))
        marks.append(Rule(top - CARD_PX + 4, "across", "line"))
        if important and row.change:
            marks.append(_important_rule(important, top - 70, top - 50))
    air = (high - low) * 0.03
    panel = Panel(
        0,
        height_px,
        Axis(low - air, high + (high - low) * 0.14, ticks=ticks, edge=True),
        Axis(0, height_px),
        tuple(marks),
    )
    return replace(
        chart,
        caption=f"The axis counts points less pain. {chart.caption}",
        panels=(panel,),
        height_px=height_px + 28,
        left_px=2,
        right_px=2,
    )


def pain_by_visit(rows: pd.DataFrame, half_at: int | None = None) -> Chart:
    """Mean pain before and after treatment by visit number, with interval, and how many were measured each time.

    Parameters
    ----------
    rows : DataFrame, one row per visit number, rising
        visit_number, n_before, mean_before, low_before, high_before, n_after, mean_after (0-10; missing when nobody
        was measured). Means of fewer than 5 readings stay in the table and are not drawn.
    half_at : int, optional
        The last visit at which at least half of those who started are still measured; beyond it the line is thin.

    Returns
    -------
    Chart
    """
    drawn = [row for row in rows.itertuples() if row.n_before >= FEWEST_FOR_MEAN and value(row.mean_before) is not None]
    starters = int(rows["n_before"].iloc[0]) if len(rows) else 0
    heading, reading = _course_words(drawn, half_at)
    if not rows["n_before"].sum():
        heading, reading = "No visit in this choice was rated before treatment", "Pain before treatment: not measured."
    chart = Chart(
        key="pain_by_visit_of_type",
        heading=heading,
        reading=reading,
        caption=(
            "Mean pain, 0 to 10. Filled, solid: before treatment, with 95 % interval. Open, dashed: after. The row "
            f"under the axis counts those measured before treatment; fewer than {FEWEST_FOR_MEAN}: only in the "
            "table. The groups change from visit to visit: later means speak of those who stayed."
        ),
        count=starters,
        count_words=f"{counted(starters, 'episode')} measured at the first visit",
        alt=f"Mean pain by visit number, axis 0 to 10. {reading}",
        panels=(),
        table=_course_table(rows),
        height_px=0,
    )
    if not drawn:
        return chart
    return replace(
        _course_drawn(chart, rows, drawn, half_at, narrow=False),
        narrow=_course_drawn(chart, rows, drawn, half_at, narrow=True),
    )


def _course_words(drawn: list, half_at: int | None) -> tuple[str, str]:
    if not drawn:
        few = f"Fewer than {FEWEST_FOR_MEAN} readings at every visit: no mean is drawn"
        return few, f"{few}; what was measured is in the table."
    spoken_for = [row for row in drawn if half_at is None or row.visit_number <= half_at] or drawn[:1]
    first, last = spoken_for[0], spoken_for[-1]
    if first is last:
        heading = f"Mean pain before treatment is {mean(first.mean_before)} at visit {first.visit_number}"
    else:
        change = last.mean_before - first.mean_before
        verb = "falls" if change < 0 else "rises" if change > 0 else "stays"
        heading = (
            f"Mean pain before treatment {verb} from {mean(first.mean_before)} to {mean(last.mean_before)} "
            f"by visit {last.visit_number}"
        )
    low, high = value(last.low_before), value(last.high_before)
    interval = "" if low is None or high is None else f" (95 % interval {mean(low)} to {mean(high)})"
    reading = f"{heading}{interval}, {last.n_before:,} measured there, {first.n_before:,} at visit {first.visit_number}"
    if half_at is not None and drawn[-1].visit_number > half_at:
        reading += f"; after visit {half_at} fewer than half as many are measured"
    return heading, f"{reading}."


def _course_table(rows: pd.DataFrame) -> TableTwin:
    columns = (
        Column("Visit", "whole"),
        Column("Measured before", "whole"),
        Column("Mean before (0-10)", "one_decimal"),
        Column("from", "one_decimal"),
        Column("to", "one_decimal"),
        Column("Measured after", "whole"),
        Column("Mean after (0-10)", "one_decimal"),
    )
    cells = tuple(
        (
            int(row.visit_number),
            int(row.n_before),
            value(row.mean_before),
            value(row.low_before),
            value(row.high_before),
            int(row.n_after),
            value(row.mean_after),
        )
        for row in rows.itertuples()
    )
    return TableTwin(columns, cells)


def _course_drawn(chart: Chart, rows: pd.DataFrame, drawn: list, half_at: int | None, narrow: bool) -> Chart:
    first, last = int(rows["visit_number"].iloc[0]), int(drawn[-1].visit_number)
    low, high = first - 0.6, last + 0.6
    per_px = (high - low) / (270 if narrow else 330)
    x = Axis(low, high)
    before, after = [], []
    for row in rows.itertuples():
        if row.visit_number <= last:
            at = float(row.visit_number)
            before.append((at, value(row.mean_before) if row.n_before >= FEWEST_FOR_MEAN else None))
            after.append((at, value(row.mean_after) if row.n_after >= FEWEST_FOR_MEAN else None))
    marks: list[Mark] = [
        Interval(float(row.visit_number), value(row.low_before), value(row.high_before), "up", "pain")
        for row in drawn
        if value(row.low_before) is not None and value(row.high_before) is not None
    ]
    turn = last if half_at is None else half_at
    for course, shape, dash, width_px, role_words in (
        (after, "open", "dashed", 1.8, "after"),
        (before, "filled", "solid", 2.8, "before"),
    ):
        full = tuple(point for point in course if point[0] <= turn)
        thin = tuple(point for point in course if point[0] >= turn)
        for points, px in ((full, width_px), (thin, 1)):
            if len(points) > (points is thin):
                said = tuple("" if y is None else f"visit {x_:.0f}: {mean(y)} {role_words}" for x_, y in points)
                marks.append(Line(points, "pain", dash, shape, px, 8 if narrow else 9, said))
    if half_at is not None and half_at < last:
        at_left = half_at + 0.5 > (low + high) / 2
        marks += [
            Rule(half_at + 0.5, "up", "muted", dash="dotted", width_px=1.5),
            Text(
                half_at + 0.5,
                9.6,
                "fewer than half still measured",
                role="muted",
                align="right" if at_left else "left",
                dx_px=-5 if at_left else 5,
                on_ground=True,
            ),
        ]
    marks += _end_labels(before, after)
    shown = sorted(spaced([float(row.visit_number) for row in drawn], 26 * per_px))
    counts = tuple((float(drawn[index].visit_number), 9.0, f"{drawn[index].n_before:,}") for index in shown)
    ticks = tuple((float(drawn[index].visit_number), str(drawn[index].visit_number)) for index in shown)
    left_px, right_px, pain_px = 34, 62, 250
    course_panel = Panel(10, pain_px, Axis(low, high, ticks=ticks, edge=True), PAIN, tuple(marks))
    count_panel = Panel(
        pain_px + 38,
        42,
        x,
        Axis(0, 42),
        (
            Text(0, 32, "visit number, and how many were measured", role="muted", align="left", x_is_share=True),
            Figures(counts),
        ),
    )
    return replace(
        chart, panels=(course_panel, count_panel), height_px=pain_px + 84, left_px=left_px, right_px=right_px
    )


def _end_labels(before: list[tuple[float, float | None]], after: list[tuple[float, float | None]]) -> list[Mark]:
    known = {"before": [p for p in before if p[1] is not None], "after": [p for p in after if p[1] is not None]}
    ends = {name: course[-1] for name, course in known.items() if course}
    close = len(ends) == 2 and abs(ends["before"][1] - ends["after"][1]) < 0.75
    push = {"before": 8 if close else 0, "after": -8 if close else 0}
    if close and ends["before"][1] < ends["after"][1]:
        push = {"before": -8, "after": 8}
    marks: list[Mark] = []
    for name, (x, y) in ends.items():
        weight = {"strong": "before"} if name == "before" else {"words": "after"}
        marks.append(Text(x, y, **weight, role="pain", align="left", dx_px=10, dy_px=push[name]))
    return marks


def motion_percent(rows: pd.DataFrame) -> Chart:
    """Motion as percent of its reference, start to latest, each with its interval, against a line at 100.

    Parameters
    ----------
    rows : DataFrame, one row per movement, sides pooled
        name, motion_type ("active" or "passive"), n (episodes with both readings), start_percent, start_low,
        start_high, latest_percent, latest_low, latest_high, reference_name, left_out (pairs that do not count).

    Returns
    -------
    Chart
        The axis starts at 0 and reaches past 100 when values do. Fewer than 5 episodes give words, not marks.
    """
    told = []
    for row in rows.itertuples():
        if row.n >= FEWEST_FOR_MEAN and len(told) < 5:
            told.append(f"{_movement(row)} {number(row.start_percent)} to {number(row.latest_percent)} %")
    sources = sorted({name for cell in rows["reference_name"] if (name := text(cell))})
    readings = int(rows["n"].sum()) if len(rows) else 0
    reading = f"Percent of the reference, start to latest: {'; '.join(told)}." if told else "Motion: too few readings."
    chart = Chart(
        key="motion_percent",
        heading=_percent_heading(rows),
        reading=reading,
        caption=(
            f"Mean percent of the reference{f' ({listed(sources)})' if sources else ''}. Tick: first reading; dot: "
            "latest, under it; each with its 95 % interval. Line at 100: the reference. Same episodes at "
            f"both ends.{_left_out_words(rows)}"
        ),
        count=readings,
        count_words=f"{counted(len(rows), 'movement')}, {counted(readings, 'pair')} of first and latest readings",
        alt=f"Motion as percent of reference by movement. {reading}",
        panels=(),
        table=_percent_table(rows),
        height_px=0,
    )
    return chart if rows.empty else _percent_drawn(chart, rows)


def _left_out_words(rows: pd.DataFrame) -> str:
    left_out = int(rows["left_out"].sum()) if len(rows) else 0
    if not left_out:
        return ""
    return (
        f" Left out: {counted(left_out, 'pair')} with no verified reference above 0° for the age, sex and motion "
        "type, or read with another instrument."
    )


def _movement(row: tuple) -> str:
    return f"{row.name}, passive" if row.motion_type == "passive" else str(row.name)


def _percent_heading(rows: pd.DataFrame) -> str:
    drawn = [row for row in rows.itertuples() if row.n >= FEWEST_FOR_MEAN]
    if not drawn:
        return "Too few people had motion measured twice to show a change"
    gained = sum(row.change_low > 0 for row in drawn)
    lost = sum(row.change_high < 0 for row in drawn)
    if not gained and not lost:
        return f"No mean change can be told from none in {counted(len(drawn), 'movement')}"
    share = f"{capital(spelled(gained)) if gained else 'None'} of {counted(len(drawn), 'movement')}"
    heading = f"{f'All {len(drawn)} movements' if gained == len(drawn) > 1 else share} gained on average"
    return f"{heading}, {spelled(lost)} lost" if lost else heading


def _percent_table(rows: pd.DataFrame) -> TableTwin:
    columns = (
        Column("Movement"),
        Column("Episodes", "whole"),
        Column("Start (%)", "one_decimal"),
        Column("start from", "one_decimal"),
        Column("start to", "one_decimal"),
        Column("Latest (%)", "one_decimal"),
        Column("latest from", "one_decimal"),
        Column("latest to", "one_decimal"),
        Column("Change (points of %)", "one_decimal"),
        Column("change from", "one_decimal"),
        Column("change to", "one_decimal"),
        Column("Reference"),
    )
    cells = tuple(
        (
            _movement(row),
            int(row.n),
            value(row.start_percent),
            value(row.start_low),
            value(row.start_high),
            value(row.latest_percent),
            value(row.latest_low),
            value(row.latest_high),
            value(row.change_percent),
            value(row.change_low),
            value(row.change_high),
            text(row.reference_name),
        )
        for row in rows.itertuples()
    )
    return TableTwin(columns, cells)


def _percent_drawn(chart: Chart, rows: pd.DataFrame) -> Chart:
    drawn = [row for row in rows.itertuples() if row.n >= FEWEST_FOR_MEAN]
    ends = [
        found
        for row in drawn
        for cell in (row.start_percent, row.latest_percent, row.start_low, row.start_high, row.latest_high)
        if (found := value(cell)) is not None
    ]
    low, high = min(0, floor(min(ends, default=0) / 25) * 25), max(100, ceil(max(ends, default=100) / 25) * 25)
    row_px = 58
    height_px = row_px * len(rows)
    marks: list[Mark] = [Rule(100, "up", "ink", width_px=1.5)]
    for index, row in enumerate(rows.itertuples()):
        top, at = height_px - row_px * index, height_px - row_px * index - 40
        told, name = row.n >= FEWEST_FOR_MEAN, shortened(_movement(row), 34)
        words = f"{number(row.start_percent)} to {number(row.latest_percent)} %" if told else f"too few ({row.n})"
        weight = {"strong": words} if told else {"words": words}
        marks += [
            Text(0, top - 14, f"  {row.n:,}", name, align="left", x_is_share=True, on_ground=True),
            Text(1, top - 14, **weight, align="right", x_is_share=True, on_ground=True),
        ]
        if index:
            marks.append(Rule(top, "across", "line"))
        if told:
            marks += [
                Line(((row.start_percent, at + 7), (row.latest_percent, at - 7)), "motion", width_px=1),
                Interval(at + 7, row.start_low, row.start_high, "across", "motion", 2),
                Interval(at - 7, row.latest_low, row.latest_high, "across", "motion", 2),
                Point(row.start_percent, at + 7, "tick", "motion", 13, f"first {number(row.start_percent)} %"),
                Point(row.latest_percent, at - 7, "filled", "motion", 10, f"latest {number(row.latest_percent)} %"),
            ]
    air = (high - low) * 0.03
    ticks = tuple((float(at), f"{at} %" if at == 100 else str(at)) for at in range(low, high + 1, 25))
    panel = Panel(0, height_px, Axis(low - air, high + air, ticks=ticks, grid=True), Axis(0, height_px), tuple(marks))
    return replace(chart, panels=(panel,), height_px=height_px + 28, left_px=6, right_px=6)


def visits_per_episode(rows: pd.DataFrame, median: float | None = None) -> Chart:
    """How many visits episodes took: closed ones solid, those still open hatched, because they may yet go on.

    Parameters
    ----------
    rows : DataFrame, one row per number of visits, rising
        visits, closed_episodes, open_episodes.
    median : float, optional
        Median visits of the closed episodes; marked and said.

    Returns
    -------
    Chart
    """
    closed, still_open = int(rows["closed_episodes"].sum()), int(rows["open_episodes"].sum())
    reading = f"{counted(closed, 'closed episode')} and {still_open:,} still open"
    heading = (
        f"Half of the closed episodes took {number(median)} visits or fewer" if median is not None else capital(reading)
    )
    if median is not None:
        reading += f"; the median is {counted_visits(median)}"
    chart = Chart(
        key="visits_per_episode",
        heading=heading if closed + still_open else "No episodes in this choice",
        reading=f"{capital(reading)}.",
        caption=(
            "Episodes by number of visits so far. Solid: closed. Hatched: still open, so their number of visits can "
            "only grow."
        ),
        count=closed + still_open,
        count_words=counted(closed + still_open, "episode"),
        alt=f"Bars of episodes by number of visits. {capital(reading)}.",
        panels=(),
        table=TableTwin(
            (Column("Visits", "whole"), Column("Closed episodes", "whole"), Column("Open episodes", "whole")),
            tuple((int(row.visits), int(row.closed_episodes), int(row.open_episodes)) for row in rows.itertuples()),
        ),
        height_px=0,
    )
    if closed + still_open == 0:
        return chart
    most_visits = int(rows["visits"].max())
    tallest = round_top(float((rows["closed_episodes"] + rows["open_episodes"]).max()))
    marks: list[Mark] = []
    for row in rows.itertuples():
        words = f"{row.visits} visits: {row.closed_episodes} closed, {row.open_episodes} open"
        marks += [
            Bar(row.visits, 0, int(row.closed_episodes), 0.78, "up", "sessions", words=words),
            Bar(row.visits, int(row.closed_episodes), int(row.open_episodes), 0.78, "up", "sessions", "hatched", words),
        ]
    if median is not None:
        early = median > most_visits / 2
        marks += [
            Rule(median, "up", "ink", dash="dotted", width_px=1.5),
            Text(
                median,
                tallest,
                f"half by visit {number(median)}",
                align="right" if early else "left",
                dx_px=-5 if early else 5,
                dy_px=8,
                on_ground=True,
            ),
        ]
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if most_visits / step <= 14)
    x_ticks = tuple((float(at), str(at)) for at in range(step if step > 1 else 1, most_visits + 1, step))
    y_ticks = count_ticks(tallest)
    x = Axis(min(0.4, float(rows["visits"].min()) - 0.6), most_visits + 0.6, ticks=x_ticks, edge=True)
    panel = Panel(22, 200, x, Axis(0, tallest, ticks=y_ticks, grid=True), tuple(marks))
    foot = Panel(246, 20, Axis(0, 1), Axis(0, 20), (Text(0, 8, "visits", role="muted", align="left", x_is_share=True),))
    return replace(chart, panels=(panel, foot), height_px=268, left_px=40, right_px=10)


def counted_visits(median: float) -> str:
    """6 visits; 5.5 visits; 1 visit."""
    return f"{number(median)} {'visit' if median == 1 else 'visits'}"
