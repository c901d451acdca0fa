"""A figure with everything it must not stand without: finding, sentence, count, table twin, and how it was reckoned."""

import functools
import gc
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd
import streamlit as st

from charts import screen, theme
from charts.model import Chart, Column, TableTwin

NARROW_MAX_PX = 640
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|$~:])")


@dataclass(frozen=True)
class Calculation:
    """How a figure was reckoned.

    Parameters
    ----------
    words : str
        The formula in words (Markdown of ours, never a name or note from the records).
    queries : tuple of Path
        The SQL files that were run, shown as they are.
    sources : tuple of str
        Where thresholds and references come from; empty when the figure uses none.
    """

    words: str
    queries: tuple[Path, ...]
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.words.strip():
            raise ValueError("A calculation has no words. Say in a sentence how the figure was reckoned.")


def style() -> None:
    """The rules of every page that Streamlit's theme cannot say; once on a page, before anything is shown.

    The wide or the narrow form of a chart: the server does not know how wide the reader's screen is, so both are sent
    and the browser picks. Small expander headings lose their paleness, which is below 4.5:1. Primary buttons, whose
    keys begin with go_, are lettered in the ground's colour: white on the dark theme's blue-green is too pale. A link
    that has the keyboard is framed: Streamlit only tints its ground.
    """
    _set_libraries_aside()
    ground = theme.palette(_theme_name())["ground"]
    st.html(
        "<style>"
        f"@media (max-width: {NARROW_MAX_PX}px) {{ [class*='st-key-wide_'] {{ display: none; }} }}"
        f"@media (min-width: {NARROW_MAX_PX + 1}px) {{ [class*='st-key-narrow_'] {{ display: none; }} }}"
        "[class*='st-key-behind_'] summary { opacity: 1; transition: none; }"
        f"[class*='st-key-go_'] button:enabled, [class*='st-key-go_'] button:enabled p {{ color: {ground}; }}"
        "a:focus-visible { outline: 2px solid; outline-offset: 2px; }"
        "</style>"
    )


@functools.cache
def _set_libraries_aside() -> None:
    """Streamlit collects garbage after every run of a page, and would look through all of the libraries each time.

    By the first page they are loaded and stay; set aside once, they are not looked at again.
    """
    gc.freeze()


def _theme_name() -> theme.ThemeName:
    return "dark" if st.context.theme.type == "dark" else "light"


def plain(words: str) -> str:
    """Words that Streamlit's Markdown shows exactly as written, whatever a client or technique is called."""
    return MARKDOWN.sub(r"\\\1", words)


def quiet(words: str, width: int | Literal["stretch"] = "stretch") -> None:
    """Small grey words of ours or from the records, shown as written.

    Not st.caption: its text is too pale for its size on a white ground (4.2 of the 4.5:1 it needs).
    """
    st.markdown(f":small[:gray[{plain(words)}]]", width=width)


def show(chart: Chart, calculated: Calculation, *, under_header: bool = False) -> None:
    """The chart's heading and sentence, its picture, its count and caption, its table twin and its calculation.

    Parameters
    ----------
    chart : Chart
        Without panels (nothing to draw) the words and the table stand alone.
    calculated : Calculation
    under_header : bool
        The figure stands under a header of the page, so its own heading is one level lower.
    """
    heading = st.subheader if under_header else st.header
    with st.container(gap="xsmall", key=f"figure_{chart.key}"):
        heading(plain(chart.heading), anchor=False)
        st.markdown(plain(chart.reading))
        if chart.narrow is None:
            _picture(chart, f"picture_{chart.key}")
        else:
            with st.container(key=f"wide_{chart.key}", gap="xsmall"):
                _picture(chart, f"wide_picture_{chart.key}")
            with st.container(key=f"narrow_{chart.key}", gap="xsmall"):
                _picture(chart.narrow, f"narrow_picture_{chart.key}")
        _behind(chart, calculated)


def _picture(chart: Chart, key: str) -> None:
    if chart.panels:
        st.plotly_chart(
            screen.render(chart, _theme_name()),
            theme=None,
            config=screen.CONFIG,
            alt=chart.alt,
            key=key,
        )
    quiet(f"{chart.count_words}. {chart.caption}")


@st.fragment
def _behind(chart: Chart, calculated: Calculation) -> None:
    """Table and calculation; each is sent to the browser only when it is opened."""
    with st.container(gap="xxsmall", key=f"behind_{chart.key}"):
        table = st.expander(":gray[Table]", type="compact", key=f"table_{chart.key}", on_change="rerun")
        if table.open:
            with table:
                _table(chart.table, chart.alt)
        how = st.expander(":gray[How this was calculated]", type="compact", key=f"how_{chart.key}", on_change="rerun")
        if how.open:
            with how:
                _calculation(calculated)


def _table(twin: TableTwin, alt: str) -> None:
    """The twin as a grid that keyboards reach and columns sort by value; missing cells say so."""
    frame = pd.DataFrame(
        {column.name: [_cell(row[index]) for row in twin.rows] for index, column in enumerate(twin.columns)}
    )
    st.dataframe(
        frame,
        hide_index=True,
        placeholder=twin.missing,
        column_config={column.name: _column(column) for column in twin.columns},
        alt=f"Table of the same facts. {alt}",
    )


def _cell(cell: object) -> object:
    return pd.Timestamp(cell) if isinstance(cell, date) else cell


def _column(column: Column) -> object:
    match column.kind:
        case "whole":
            return st.column_config.NumberColumn(format="%d")
        case "one_decimal":
            return st.column_config.NumberColumn(format="%.1f")
        case "date":
            return st.column_config.DateColumn(format="D MMM YYYY")
    return st.column_config.TextColumn()


def _calculation(calculated: Calculation) -> None:
    st.markdown(calculated.words)
    for source in calculated.sources:
        st.markdown(f"- {plain(source)}")
    for query in calculated.queries:
        st.markdown(f"`{query.name}`")
        # No language: the colours Streamlit gives SQL words are too pale on the dark ground.
        st.code(query.read_text(encoding="utf-8"), language=None, wrap_lines=True)
