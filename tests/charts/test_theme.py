"""The colours: one place, two grounds, readable on both."""

import re
import tomllib
from pathlib import Path

import pytest

from charts.theme import PALETTES, palette

ROOT = Path(__file__).parents[2]
TEXT_ROLES = ("ink", "muted", "pain", "motion", "sessions", "function", "good", "caution")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_21_to_1():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("theme_name", PALETTES)
@pytest.mark.parametrize("field", ["ground", "panel"])
@pytest.mark.parametrize("role", TEXT_ROLES)
def test_every_role_that_writes_or_marks_reads_on_both_fields_of_both_grounds(theme_name, field, role):
    colours = palette(theme_name)
    assert contrast(colours[role], colours[field]) >= 4.5  # marks, which need 3:1, use the same roles


def test_both_grounds_know_the_same_roles():
    assert PALETTES["light"].keys() == PALETTES["dark"].keys()


def test_an_unknown_theme_is_refused_with_the_ones_there_are():
    with pytest.raises(ValueError, match="Use one of: light, dark"):
        palette("sepia")


def test_no_other_file_of_the_house_holds_a_colour():
    rooms = [ROOT / "charts", ROOT / "pages"]
    files = [file for room in rooms for file in room.rglob("*.py") if file != ROOT / "charts" / "theme.py"]
    assert [file.name for file in files if re.search(r"#[0-9A-Fa-f]{6}\b", file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("theme_name", PALETTES)
@pytest.mark.parametrize(
    ("setting", "role"),
    [
        ("backgroundColor", "ground"),
        ("secondaryBackgroundColor", "panel"),
        ("textColor", "ink"),
        ("grayTextColor", "muted"),
        ("borderColor", "line"),
        ("primaryColor", "motion"),
    ],
)
def test_the_page_around_the_charts_wears_the_same_colours(theme_name, setting, role):
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["theme"][theme_name][setting] == palette(theme_name)[role]
