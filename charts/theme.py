"""Colours, dashes and marks: the only place in Python where a role becomes a colour.

Both grounds keep text at 4.5:1 and marks at 3:1 or better (a test computes it). `line` and `panel` are hairlines and
fields: they carry no meaning of their own and no text is written in them.
"""

from typing import Literal

ThemeName = Literal["light", "dark"]

PALETTES: dict[str, dict[str, str]] = {
    "light": {
        "ground": "#FFFFFF",
        "panel": "#F5F7F6",
        "ink": "#1B2428",
        "muted": "#55616A",
        "line": "#D5DBDE",
        "pain": "#B3392F",
        "motion": "#0F6E79",
        "sessions": "#566570",
        "function": "#6A4C93",
        "good": "#2C7A4B",
        "caution": "#8F5F00",
    },
    "dark": {
        "ground": "#11181B",
        "panel": "#182226",
        "ink": "#E8ECEE",
        "muted": "#A7B2B9",
        "line": "#34424A",
        "pain": "#FF8A7A",
        "motion": "#5CC8D3",
        "sessions": "#A9B6BF",
        "function": "#B9A3E3",
        "good": "#7CCB9A",
        "caution": "#E3B341",
    },
}

FONT = '"Source Sans", sans-serif'
SIZES_PX = {"text": 13, "label": 14, "end": 15}

DASHES = {"solid": "solid", "dashed": "7px,6px", "dashdot": "8px,3px,2px,3px", "dotted": "2px,3px"}
SYMBOLS = {
    "filled": "circle",
    "open": "circle",
    "square": "square",
    "diamond": "diamond",
    "tick": "line-ns",
    "heavy_tick": "line-ns",
}
OPEN_SHAPES = ("open", "diamond")  # filled with the ground, so that lines passing behind do not cross them
TICK_WIDTHS_PX = {"tick": 2, "heavy_tick": 4}
HATCH = "/"


def palette(theme_name: ThemeName) -> dict[str, str]:
    """Role to colour for one ground.

    Raises
    ------
    ValueError
        For a theme other than light or dark.
    """
    if theme_name not in PALETTES:
        raise ValueError(f"Theme {theme_name!r} is not known. Use one of: {', '.join(PALETTES)}.")
    return PALETTES[theme_name]
