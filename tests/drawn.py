"""What a chart draws, for tests: its marks of one kind, and the words in its panels."""

from charts.model import Chart, Mark, Text


def marks(chart: Chart, kind: type[Mark]) -> list:
    """Every mark of that kind, panel by panel, in the order they are drawn."""
    return [mark for panel in chart.panels for mark in panel.marks if isinstance(mark, kind)]


def words(chart: Chart) -> list[str]:
    """Every text in the picture."""
    return [f"{text.strong}{text.words}" for text in marks(chart, Text)]
