"""What a practice goes by: its settings, and the scales and movements with its own numbers before the published ones.

Read when a store is opened and again after each change that touches them; a `Store` holds the current ones.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

import instruments
from instruments import own

TABLES = frozenset({"practice", "own_threshold", "own_reference"})
CLOSED_AFTER_DAYS = 60  # the default; no standard was found (clinical reference, D)
CLOSED_AFTER_CHOICES = (30, 45, 60, 90)  # what practices take


@dataclass(frozen=True, slots=True)
class Settings:
    """The practice as its letters name it, and the rules it chose.

    Attributes
    ----------
    phone, fax, address : str or None
        None where none was written down.
    closed_after_days : int
        The gap rule: so many days without a visit are still the same episode, one more closes it.
    backup_folder : Path or None
        An absolute folder; None while none was chosen.
    """

    practice_name: str
    phone: str | None = None
    fax: str | None = None
    address: str | None = None
    closed_after_days: int = CLOSED_AFTER_DAYS
    backup_folder: Path | None = None


def settings(cursor: duckdb.DuckDBPyConnection) -> Settings:
    """The settings of the practice in this file."""
    name, phone, fax, address, days, folder = cursor.execute(
        "SELECT name, phone, fax, address, closed_after_days, backup_folder FROM records.practice"
    ).fetchone()
    return Settings(name, phone, fax, address, days or CLOSED_AFTER_DAYS, Path(folder) if folder else None)


def numbers(cursor: duckdb.DuckDBPyConnection) -> instruments.Instruments:
    """The instruments with the practice's standing own numbers, in the order they were set."""
    thresholds = cursor.execute(
        "SELECT own_threshold_id, purpose, points, source, scale, joint, movement, raters, region, percent, confidence"
        " FROM records.own_threshold WHERE NOT withdrawn ORDER BY own_threshold_id"
    ).fetchall()
    references = cursor.execute(
        "SELECT own_reference_id, joint, movement, motion_type, low_deg, high_deg, source, sex, age_from, age_to"
        " FROM records.own_reference WHERE NOT withdrawn ORDER BY own_reference_id"
    ).fetchall()
    about = ("scale", "joint", "movement", "raters", "region", "percent", "confidence")
    whom = ("sex", "age_from", "age_to")
    return instruments.Instruments(
        [own.own_threshold(*row[:4], **dict(zip(about, row[4:], strict=True))) for row in thresholds],
        [own.own_reference(*row[:7], **dict(zip(whom, row[7:], strict=True))) for row in references],
    )
