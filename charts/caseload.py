"""What the practice is doing: sessions over time, episodes begun and ended, and who or what they divide among."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Literal

import pandas as pd

from charts import fates
from charts.model import Axis, Bar, Chart, Column, Figures, Line, Mark, Panel, Point, Rule, TableTwin, Text
from charts.words import capital, count_ticks, counted, day, number, round_top, shortened, spaced, value

Unit = Literal["week", "month"]
WIDE_PX, NARROW_PX = 560, 280  # the least width a plot of each form gets, for keeping labels apart
ROWS_SHOWN = 12


def sessions(periods: pd.DataFrame, unit: Unit) -> Chart:
    """Kept sessions in each week or month; a period that is not over is an open mark at the end of a dashed line.

    Parameters
    ----------
    periods : DataFrame, one row per period, oldest first, none left out
        period_start (date), label (as lettered under the axis), sessions, new_clients, new_episodes, discharged,
        lapsed, running (bool: the period is not over yet), partial (bool: the choice cuts a part of it off).
    unit : "week" or "month"

    Returns
    -------
    Chart
    """
    total = int(periods["sessions"].sum()) if len(periods) else 0
    full = periods[~periods["running"].astype(bool) & ~periods["partial"].astype(bool)]
    running = periods[periods["running"].astype(bool)]
    heading, reading = _sessions_words(full, running, unit)
    chart = Chart(
        key="sessions",
        heading=heading,
        reading=reading,
        caption=f"Kept sessions per {unit}.{_open_words(periods, unit)}",
        count=total,
        count_words=f"{counted(total, 'kept session')} in {counted(len(periods), unit)}",
        alt=f"Kept sessions per {unit}, axis from 0. {reading}",
        panels=(),
        table=_period_table(periods, unit),
        height_px=0,
    )
    if periods.empty:
        return chart
    return replace(_sessions_drawn(chart, periods, WIDE_PX), narrow=_sessions_drawn(chart, periods, NARROW_PX))


def _open_words(periods: pd.DataFrame, unit: Unit) -> str:
    """Which periods are drawn open, and why: they cannot be compared with whole ones."""
    said = f" Open: this {unit} is not over." if periods["running"].any() else ""
    cut = periods["partial"].astype(bool) & ~periods["running"].astype(bool)
    if cut.any():
        labels = " and ".join(str(label) for label in periods["label"][cut])
        said += f" Open: the {unit} of {labels} is only partly in the choice."
    return said


def _sessions_words(full: pd.DataFrame, running: pd.DataFrame, unit: Unit) -> tuple[str, str]:
    so_far = f"this {unit}, not over yet, has {int(running['sessions'].iloc[-1]):,} so far" if len(running) else ""
    if full.empty:
        heading = f"No {unit} is complete yet" if so_far else "No sessions in this choice"
        return heading, f"{heading}{f'; {so_far}' if so_far else ''}."
    latest = int(full["sessions"].iloc[-1])
    heading = f"{counted(latest, 'session')} in the latest full {unit}"
    if len(full) > 1:
        change = latest - int(full["sessions"].iloc[-2])
        way = "as many as" if change == 0 else f"{abs(change):,} {'more' if change > 0 else 'fewer'} than"
        heading += f", {way} in the {unit} before"
    low, high = int(full["sessions"].min()), int(full["sessions"].max())
    reading = f"{heading}; between {low:,} and {high:,} over {counted(len(full), f'full {unit}')}"
    return heading, f"{reading}{f'; {so_far}' if so_far else ''}."


def _period_table(periods: pd.DataFrame, unit: Unit) -> TableTwin:
    columns = [
        Column(f"{unit.capitalize()} from", "date"),
        Column("Sessions", "whole"),
        Column("New clients", "whole"),
        Column("New episodes", "whole"),
        Column("Discharged", "whole"),
        Column("Lapsed", "whole"),
    ]
    if "in_care" in periods:
        columns.append(Column("In care at the end", "whole"))
    columns.append(Column("Complete"))
    rows = []
    for row in periods.itertuples():
        counts = [row.sessions, row.new_clients, row.new_episodes, row.discharged, row.lapsed]
        if "in_care" in periods:
            counts.append(row.in_care)
        complete = "not over" if row.running else "in part" if row.partial else "yes"
        rows.append((day(row.period_start), *(value(count) for count in counts), complete))
    return TableTwin(tuple(columns), tuple(rows), missing="–")


def _period_ticks(periods: pd.DataFrame, plot_px: int) -> tuple[tuple[float, str], ...]:
    """As many labels as fit beside each other, the latest always among them."""
    labels = [str(label) for label in periods["label"]]
    gap = (max(len(label) for label in labels) * 7 + 5) * len(labels) / plot_px
    return tuple((float(index), labels[index]) for index in sorted(spaced(range(len(labels)), gap)))


def _sessions_drawn(chart: Chart, periods: pd.DataFrame, plot_px: int) -> Chart:
    course = [(float(index), value(cell)) for index, cell in enumerate(periods["sessions"])]
    labels = [str(label) for label in periods["label"]]
    is_running = [bool(cell) for cell in periods["running"]]
    is_cut = [bool(cell) for cell in periods["partial"]]
    whole = [not (running or cut) for running, cut in zip(is_running, is_cut, strict=True)]
    full = tuple(point for point, is_whole in zip(course, whole, strict=True) if is_whole)
    crowded = len(course) * 12 > plot_px
    top = round_top(max((y for _, y in course if y is not None), default=1))
    marks: list[Mark] = []
    if full:
        said = tuple(f"{labels[int(x)]}: {number(y)}" for x, y in full)
        shape = "filled" if not crowded or len(full) == 1 else None
        marks.append(Line(full, "sessions", "solid", shape, 2, 8, said))
        later = [y for (x, y), running in zip(course, is_running, strict=True) if running and y is not None]
        close = any(abs(y - full[-1][1]) < 0.1 * top for y in later)
        strong = number(full[-1][1])
        if close:  # the running period's label stands beside it: this one goes above its own mark
            marks.append(Text(*full[-1], strong=strong, role="sessions", align="right", dx_px=4, dy_px=16, size="end"))
        else:
            marks.append(Text(*full[-1], strong=strong, role="sessions", align="left", dx_px=9, size="end"))
    for point, running in zip(course, is_running, strict=True):
        if running and point[1] is not None:
            marks.append(Line((*full[-1:], point), "sessions", "dashed", None, 1.5))
            marks.append(Point(*point, "open", "sessions", 9, f"{labels[int(point[0])]}, not over: {number(point[1])}"))
            marks.append(Text(*point, f"{number(point[1])} so far", role="sessions", align="left", dx_px=9))
    for point, cut, running in zip(course, is_cut, is_running, strict=True):
        if cut and not running and point[1] is not None:
            beside = full[:1] if full and point[0] < full[0][0] else full[-1:]
            marks.append(Line(tuple(sorted((*beside, point))), "sessions", "dashed", None, 1.5))
            marks.append(Point(*point, "open", "sessions", 9, f"{labels[int(point[0])]}, in part: {number(point[1])}"))
    x = Axis(-0.5, len(course) - 0.5, ticks=_period_ticks(periods, plot_px), edge=True)
    y = Axis(0, top, ticks=count_ticks(top), grid=True)
    panel = Panel(18, 230, x, y, tuple(marks))
    return replace(chart, panels=(panel,), height_px=278, left_px=44, right_px=64)


def flow(periods: pd.DataFrame, unit: Unit) -> Chart:
    """Episodes begun (up), discharged (down, outline) and lapsed (down, hatched) in each week or month.

    Parameters
    ----------
    periods : DataFrame
        As for `sessions`; with a column in_care (episodes open at the period's end) its numbers stand under the axis.
    unit : "week" or "month"

    Returns
    -------
    Chart
    """
    totals = {name: int(periods[name].sum()) for name in ("new_episodes", "new_clients", "discharged", "lapsed")}
    ended = totals["discharged"] + totals["lapsed"]
    more = "more" if totals["new_episodes"] > ended else "fewer" if totals["new_episodes"] < ended else "as many"
    heading = f"{more.capitalize()} episodes {'begin as' if more == 'as many' else 'begin than'} end: "
    heading += f"{totals['new_episodes']:,} begun, {ended:,} ended"
    reading = (
        f"{counted(totals['new_episodes'], 'episode')} begun, {totals['new_clients']:,} of them by new clients; "
        f"{totals['discharged']:,} discharged, {totals['lapsed']:,} lapsed"
    )
    chart = Chart(
        key="flow",
        heading=heading if len(periods) else "No episodes in this choice",
        reading=f"{reading}." if len(periods) else "No episode began or ended in this choice.",
        caption="Up: episodes begun. Down: discharged (outline) and lapsed (hatched)."
        + (f" Numbers under the axis: in care at the end of the {unit}." if "in_care" in periods else "")
        + _open_words(periods, unit),
        count=totals["new_episodes"] + ended,
        count_words=f"{counted(totals['new_episodes'], 'beginning')} and {counted(ended, 'end')} in "
        f"{counted(len(periods), unit)}",
        alt=f"Episodes begun and ended per {unit}. {reading}.",
        panels=(),
        table=_period_table(periods, unit),
        height_px=0,
    )
    if periods.empty:
        return chart
    # Without letters beside the axis the bars have more of the screen.
    return replace(_flow_drawn(chart, periods, WIDE_PX), narrow=_flow_drawn(chart, periods, NARROW_PX + 40))


def _flow_drawn(chart: Chart, periods: pd.DataFrame, plot_px: int) -> Chart:
    up = [value(cell) or 0 for cell in periods["new_episodes"]]
    out = [value(cell) or 0 for cell in periods["discharged"]]
    lapsed = [value(cell) or 0 for cell in periods["lapsed"]]
    highest, lowest = max(up), max(a + b for a, b in zip(out, lapsed, strict=True))
    span = max(highest + lowest, 1)
    plot_height_px = 230
    per_px = span / plot_height_px
    numbered = len(up) * 19 <= plot_px
    marks: list[Mark] = []
    above, inside, below = [], [], []
    for index, (begun, discharged, gone) in enumerate(zip(up, out, lapsed, strict=True)):
        label = str(periods["label"].iloc[index])
        running = bool(periods["running"].iloc[index])
        shape = "open" if running or bool(periods["partial"].iloc[index]) else "solid"
        marks += [
            Bar(index, 0, begun, 0.72, "up", "sessions", shape, f"{label}: {number(begun)} begun"),
            Bar(index, 0, -discharged, 0.72, "up", "sessions", "open", f"{label}: {number(discharged)} discharged"),
            Bar(index, -discharged, -gone, 0.72, "up", "caution", "hatched", f"{label}: {number(gone)} lapsed"),
        ]
        above.append((float(index), begun + 9 * per_px, number(begun)))
        if running and numbered:
            marks.append(Text(index, begun + 25 * per_px, "so far", role="muted"))
        if discharged / per_px >= 15:
            inside.append((float(index), -discharged / 2, number(discharged)))
        if gone:
            below.append((float(index), -discharged - gone - 10 * per_px, number(gone)))
    if numbered:
        marks += [Figures(tuple(above)), Figures(tuple(inside)), Figures(tuple(below), role="caution")]
    low, high = -lowest - 42 * per_px, highest + 40 * per_px
    marks += [
        Rule(0, "across", "ink", width_px=1.5),
        Text(0, high, strong="begun", role="sessions", align="left", x_is_share=True, dy_px=-8),
        Text(0, low, strong="discharged (outline)", role="sessions", align="left", x_is_share=True, dy_px=9),
        Text(1, low, strong="lapsed (hatched)", role="caution", align="right", x_is_share=True, dy_px=9),
    ]
    ticks = _period_ticks(periods, plot_px)
    x = Axis(-0.5, len(up) - 0.5, ticks=ticks)
    scale = round_top(max(highest, lowest) / 2)
    y_ticks = () if numbered else tuple((sign * scale, number(scale)) for sign in (-1, 1))
    bars = Panel(0, plot_height_px + 82, x, Axis(low, high, ticks=y_ticks, grid=True), tuple(marks))
    panels, height_px = [bars], plot_height_px + 108
    if "in_care" in periods:
        care = tuple((at, 30.0, number(periods["in_care"].iloc[int(at)])) for at, _ in ticks)
        words = Text(0, 11, "in care at the end", role="muted", align="left", x_is_share=True)
        panels.append(Panel(height_px, 42, Axis(-0.5, len(up) - 0.5), Axis(0, 42), (Figures(care), words)))
        height_px += 42
    return replace(chart, panels=tuple(panels), height_px=height_px, left_px=4 if numbered else 30, right_px=4)


def ended(
    accounts: pd.DataFrame,
    words: Mapping[str, str],
    judged: Collection[str],
    closed_counts: Mapping[int, int],
    closed_after_days: int,
) -> Chart:
    """What became of the episodes that were closed in the period, in one bar.

    Parameters
    ----------
    accounts : DataFrame, one row
        episodes, a count per fate but for still in care, judged, not_judged.
    words : mapping
        Fate to what people read.
    judged : collection
        The fates that are judged.
    closed_counts : mapping
        Days without a visit that end an episode to how many would count as closed, of any period.
    closed_after_days : int
        The days without a visit that end one here.

    Returns
    -------
    Chart
    """
    row = accounts.iloc[0]
    episodes = int(row["episodes"])
    told = (
        f"{int(row['improved']):,} better, {int(row['possibly_improved']):,} possibly better, "
        f"{int(row['unchanged']):,} no clear change, {int(row['possibly_worse']):,} possibly worse, "
        f"{int(row['worse']):,} worse, {int(row['not_judged']):,} not judged"
    )
    by_days = "; ".join(f"{days} days {count:,}" for days, count in closed_counts.items())
    chart = Chart(
        key="ended",
        heading=f"Of {counted(episodes, 'episode')} closed, {int(row['improved']):,} "
        f"{'is' if row['improved'] == 1 else 'are'} {words['improved']}"
        if episodes
        else "No episode was closed in this choice",
        reading=f"{capital(told)}." if episodes else "Nothing to tell of how care ended.",
        caption=(
            "Closed: care ended in this period, by discharge or by lapsing; the lapsed have by now been away for more "
            f"than {closed_after_days} days. Not judged: little room to improve or no second reading. How much hangs "
            f"on the {closed_after_days} days, closed episodes of all periods: {by_days}."
        ),
        count=episodes,
        count_words=f"{counted(episodes, 'episode')} closed, {int(row['judged']):,} can be judged",
        alt=f"One bar of 100 %: what became of the episodes that were closed. {capital(told)}.",
        panels=(),
        table=TableTwin(
            (Column("What became of them"), Column("Episodes", "whole")),
            tuple((words[code], int(row[code])) for code in fates.LOOKS if code in row),
        ),
        height_px=0,
    )
    if not episodes:
        return chart
    return replace(
        _ended_drawn(chart, row, words, judged, "wide"), narrow=_ended_drawn(chart, row, words, judged, "narrow")
    )


def _ended_drawn(chart: Chart, row: pd.Series, words: Mapping[str, str], judged: Collection[str], form: str) -> Chart:
    height_px = fates.key_px(row, judged, form) + 30
    marks = fates.key(row, height_px, words, judged, form)
    marks += fates.stacks([(14, row)], 24, words, judged, form)
    panel = Panel(0, height_px, Axis(0, 1 + fates.GAP), Axis(0, height_px), tuple(marks))
    return replace(chart, panels=(panel,), height_px=height_px + 2, left_px=1, right_px=2)


def split(rows: pd.DataFrame, what: str, sessions: int) -> Chart:
    """Sessions divided by therapist, office, injury or cause: a bar and its numbers each, twelve largest and others.

    Parameters
    ----------
    rows : DataFrame, one row per part
        name, sessions, clients, episodes.
    what : str
        What the parts are: "therapist", "office", "injury type", "cause".
    sessions : int
        All sessions divided; fewer than the parts add up to when some serve two parts.

    Returns
    -------
    Chart
        Ordered by number of sessions, which says nothing of how good anybody's work is, and the caption says so.
    """
    ordered = rows.sort_values("sessions", ascending=False, kind="stable") if len(rows) else rows
    parts = [(str(row.name), int(row.sessions), int(row.clients), int(row.episodes)) for row in ordered.itertuples()]
    shown, rest = parts[:ROWS_SHOWN], parts[ROWS_SHOWN:]
    twice = sum(count for _, count, _, _ in parts) - sessions
    if not sessions:
        heading = f"No sessions to divide by {what}"
    else:
        heading = f"{capital(shown[0][0])} has {shown[0][1] / sessions:.0%} of sessions".replace("%", " %")
        heading += f", the largest of {counted(len(parts), what)}" if len(parts) > 1 else ""
    told = "; ".join(f"{name} {counted(count, 'session')}" for name, count, _, _ in shown[:3])
    drawn = [
        (name, count, f"{counted(count, 'session')} · {counted(clients, 'client')}")
        for name, count, clients, _ in shown
    ]
    if rest:
        drawn.append((f"{counted(len(rest), 'other')}", sum(part[1] for part in rest), ""))
        drawn[-1] = (*drawn[-1][:2], counted(drawn[-1][1], "session"))
    chart = Chart(
        key=f"split_by_{what.replace(' ', '_')}",
        heading=heading,
        reading=f"{told}." if told else f"{heading}.",
        caption=(
            f"Kept sessions by {what}, largest first. The order says who was busy, not whose work was better. A client "
            "who belongs to several counts in each."
            + (f" So do {counted(twice, 'session')} that served two." if twice > 0 else "")
        ),
        count=sessions,
        count_words=counted(sessions, "kept session"),
        alt=f"Bars of sessions by {what}. {told or heading}.",
        panels=(),
        table=TableTwin(
            (Column(what.capitalize()), *(Column(name, "whole") for name in ("Sessions", "Clients", "Episodes"))),
            tuple(parts),
        ),
        height_px=0,
    )
    return _split_drawn(chart, drawn) if sessions else chart


def _split_drawn(chart: Chart, drawn: list[tuple[str, int, str]]) -> Chart:
    row_px = 44
    height_px, most = row_px * len(drawn), max(count for _, count, _ in drawn)
    marks: list[Mark] = []
    for index, (name, count, words) in enumerate(drawn):
        top = height_px - row_px * index
        marks += [
            Text(0, top - 13, shortened(name, 28), align="left", x_is_share=True),
            Text(1, top - 13, words, role="muted", align="right", x_is_share=True),
            Bar(top - 31, 0, count, 10, "across", "sessions", words=f"{name}: {words}"),
            Rule(top - 31, "across", "line"),
        ]
    panel = Panel(0, height_px, Axis(0, most), Axis(0, height_px), tuple(marks))
    return replace(chart, panels=(panel,), height_px=height_px, left_px=2, right_px=2)
