"""Draws a chart model with Plotly. It decides nothing: no scale, no order, no word is chosen here."""

import functools
from collections import defaultdict
from html import escape

import plotly.graph_objects as go

from charts import theme
from charts.model import Axis, Band, Bar, Chart, Figures, Interval, Line, Panel, Point, Rule, Text

PATTERNS = {"hatched": theme.HATCH, "counterhatched": "\\", "crossed": "x", "dotted": ".", "lined": "-"}
CONFIG = {"displayModeBar": False, "displaylogo": False, "showSendToCloud": False, "responsive": True}


class _Drawn(go.Figure):
    """A finished figure, which nobody changes: turned into a dictionary once, for that is half of what a page costs."""

    _plain: dict | None = None

    def to_dict(self) -> dict:
        if self._plain is None:
            self._plain = super().to_dict()
        return self._plain


@functools.lru_cache(maxsize=256)
def render(chart: Chart, theme_name: theme.ThemeName) -> go.Figure:
    """The chart as a Plotly figure on a transparent ground, as wide as its place and `chart.height_px` high.

    Parameters
    ----------
    chart : Chart
    theme_name : "light" or "dark"

    Returns
    -------
    plotly.graph_objects.Figure
        Without title, legend or tool bar: the words stand outside the figure, where they wrap. Equal charts share one
        figure, because building it is most of what a page costs; nobody changes it.

    Raises
    ------
    ValueError
        For a theme other than light or dark.
    """
    colours = theme.palette(theme_name)
    traces, shapes, annotations, axes = [], [], [], {}
    for index, panel in enumerate(chart.panels, start=1):
        number = "" if index == 1 else str(index)
        bottom = 1 - (panel.top_px + panel.height_px) / chart.height_px
        top = 1 - panel.top_px / chart.height_px
        axes[f"xaxis{number}"] = _axis(panel.x, [panel.left, panel.right], f"y{number}", colours)
        axes[f"yaxis{number}"] = _axis(panel.y, [max(bottom, 0), top], f"x{number}", colours)
        on = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        traces += [{**trace, **on} for trace in _traces(panel, colours)]
        shapes += _shapes(panel, number, colours)
        annotations += [_annotation(mark, number, colours) for mark in panel.marks if isinstance(mark, Text)]
    layout = {
        "template": "none",
        "height": chart.height_px,
        "margin": {"l": chart.left_px, "r": chart.right_px, "t": 0, "b": 0, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": theme.FONT, "size": theme.SIZES_PX["text"], "color": colours["ink"]},
        "showlegend": False,
        "barmode": "overlay",
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": colours["ground"],
            "bordercolor": colours["muted"],
            "font": {"family": theme.FONT, "color": colours["ink"]},
        },
        "shapes": shapes,
        "annotations": annotations,
        **axes,
    }
    return _Drawn(data=traces, layout=layout)


def _axis(axis: Axis, domain: list[float], anchor: str, colours: dict[str, str]) -> dict:
    return {
        "domain": domain,
        "anchor": anchor,
        "range": [axis.low, axis.high],
        "fixedrange": True,
        "zeroline": False,
        "showgrid": axis.grid,
        "gridcolor": colours["line"],
        "showline": axis.edge,
        "linecolor": colours["muted"],
        "tickmode": "array",
        "tickvals": [value for value, _ in axis.ticks],
        "ticktext": [escape(words, quote=False) for _, words in axis.ticks],
        "tickfont": {"color": colours["muted"]},
        "ticks": "outside" if axis.edge else "",
        "tickcolor": colours["muted"],
        "ticklen": 5,
        "ticklabelshift": 0,
        "tickangle": 0,
    }


def _traces(panel: Panel, colours: dict[str, str]) -> list[dict]:
    """Lines as they come; intervals, bars and points of one look gathered into one trace each: a lighter page."""
    traces = []
    intervals, bars, points = defaultdict(list), defaultdict(list), defaultdict(list)
    for mark in panel.marks:
        match mark:
            case Interval():
                intervals[mark.role, mark.width_px].append(mark)
            case Bar() if mark.length:
                bars[mark.role, mark.fill, mark.direction].append(mark)
            case Point():
                points[mark.shape, mark.role, mark.size_px].append(mark)
    traces += [_bars(group, *look, colours) for look, group in bars.items()]
    traces += [_intervals(group, *look, colours) for look, group in intervals.items()]
    traces += [_line(mark, colours) for mark in panel.marks if isinstance(mark, Line)]
    traces += [_points(group, *look, colours) for look, group in points.items()]
    traces += [_figures(mark, colours) for mark in panel.marks if isinstance(mark, Figures)]
    if not traces:  # Plotly leaves out axes that carry no trace at all
        traces.append({"type": "scatter", "x": [None], "y": [None], "hoverinfo": "skip"})
    return traces


def _marker(shape: str, role: str, size_px: float, colours: dict[str, str]) -> dict:
    colour = colours[role]
    marker = {"symbol": theme.SYMBOLS[shape], "size": size_px, "color": colour, "opacity": 1}
    if shape in theme.TICK_WIDTHS_PX:
        marker["line"] = {"color": colour, "width": theme.TICK_WIDTHS_PX[shape]}
    elif shape in theme.OPEN_SHAPES:
        marker |= {"color": colours["ground"], "line": {"color": colour, "width": 2}}
    return marker


def _said(words: list[str]) -> dict:
    """What a reader sees who points at a mark; marks without words stay silent."""
    if not any(words):
        return {"hoverinfo": "skip"}
    return {"hoverinfo": "text", "hovertext": [escape(word, quote=False) for word in words]}


def _line(line: Line, colours: dict[str, str]) -> dict:
    trace = {
        "type": "scatter",
        "x": [x for x, _ in line.points],
        "y": [y for _, y in line.points],
        "mode": "lines+markers" if line.shape else "lines",
        "connectgaps": False,
        "cliponaxis": False,
        "line": {"color": colours[line.role], "width": line.width_px, "dash": theme.DASHES[line.dash]},
        **_said(list(line.words)),
    }
    if line.shape:
        trace["marker"] = _marker(line.shape, line.role, line.mark_px, colours)
    return trace


def _intervals(group: list[Interval], role: str, width_px: float, colours: dict[str, str]) -> dict:
    x, y = [], []
    for mark in group:
        along, beside = [mark.low, mark.high, None], [mark.at, mark.at, None]
        x += along if mark.direction == "across" else beside
        y += beside if mark.direction == "across" else along
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "cliponaxis": False,
        "line": {"color": colours[role], "width": width_px},
        "hoverinfo": "skip",
    }


def _bars(group: list[Bar], role: str, fill: str, direction: str, colours: dict[str, str]) -> dict:
    at, length = [bar.at for bar in group], [bar.length for bar in group]
    colour, ground = colours[role], colours["ground"]
    inside = {"solid": colour, "pale": colours["line"]}.get(fill, ground)
    marker = {"color": inside, "line": {"color": colour, "width": 1}}
    if fill in PATTERNS:
        pattern = {"shape": PATTERNS[fill], "fgcolor": colour, "bgcolor": ground, "size": 6, "solidity": 0.25}
        if fill == "crossed":  # light crosses on the full colour: as heavy as solid, and told apart from it
            pattern |= {"fgcolor": ground, "bgcolor": colour}
        marker["pattern"] = pattern
    return {
        "type": "bar",
        "orientation": "h" if direction == "across" else "v",
        "x": length if direction == "across" else at,
        "y": at if direction == "across" else length,
        "base": [bar.base for bar in group],
        "width": [bar.thickness for bar in group],
        "marker": marker,
        **_said([bar.words for bar in group]),
    }


def _points(group: list[Point], shape: str, role: str, size_px: float, colours: dict[str, str]) -> dict:
    return {
        "type": "scatter",
        "x": [point.x for point in group],
        "y": [point.y for point in group],
        "mode": "markers",
        "cliponaxis": False,
        "marker": _marker(shape, role, size_px, colours),
        **_said([point.words for point in group]),
    }


def _figures(figures: Figures, colours: dict[str, str]) -> dict:
    words = [escape(word, quote=False) for _, _, word in figures.points]
    return {
        "type": "scatter",
        "x": [x for x, _, _ in figures.points],
        "y": [y for _, y, _ in figures.points],
        "mode": "text",
        "text": [f"<b>{word}</b>" for word in words] if figures.bold else words,
        "textfont": {"color": colours[figures.role], "size": theme.SIZES_PX[figures.size]},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _shapes(panel: Panel, number: str, colours: dict[str, str]) -> list[dict]:
    """Fields under the grid, rules between the grid and the marks, so that neither is cut."""
    shapes = []
    for mark in panel.marks:
        match mark:
            case Band():
                shapes.append(
                    {
                        "type": "rect",
                        "layer": "below",
                        "xref": f"x{number}",
                        "yref": f"y{number}",
                        "x0": panel.x.low,
                        "x1": panel.x.high,
                        "y0": mark.low,
                        "y1": mark.high,
                        "fillcolor": colours["panel"],
                        "line": {"width": 0},
                    }
                )
            case Rule():
                shapes.append(_rule(mark, panel, number, colours))
    return shapes


def _rule(rule: Rule, panel: Panel, number: str, colours: dict[str, str]) -> dict:
    along, beside, axis = ("x", "y", panel.x) if rule.direction == "across" else ("y", "x", panel.y)
    return {
        "type": "line",
        "layer": "between",
        f"{along}ref": f"{along}{number}",
        f"{along}0": axis.low if rule.low is None else rule.low,
        f"{along}1": axis.high if rule.high is None else rule.high,
        f"{beside}ref": f"{beside}{number}",
        f"{beside}0": rule.at,
        f"{beside}1": rule.at,
        "line": {"color": colours[rule.role], "width": rule.width_px, "dash": theme.DASHES[rule.dash]},
    }


def _annotation(text: Text, number: str, colours: dict[str, str]) -> dict:
    strong, words = (escape(part, quote=False).replace("\n", "<br>") for part in (text.strong, text.words))
    annotation = {
        "xref": f"x{number} domain" if text.x_is_share else f"x{number}",
        "yref": f"y{number}",
        "x": text.x,
        "y": text.y,
        "text": f"<b>{strong}</b>{words}" if strong else words,
        "showarrow": False,
        "align": text.align,
        "xanchor": text.align,
        "xshift": text.dx_px,
        "yshift": text.dy_px,
        "borderpad": 1,
        "font": {"color": colours[text.role], "size": theme.SIZES_PX[text.size]},
    }
    if text.on_ground:
        annotation["bgcolor"] = colours["ground"]
    return annotation
