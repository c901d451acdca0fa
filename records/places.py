"""Which file holds the records: the one OUTCOMES_DATABASE names, else the practice's own in the user's data folder."""

import os
from pathlib import Path

import platformdirs

APP = "rehab-outcomes"


def named_file() -> Path | None:
    """The file OUTCOMES_DATABASE names, or None when it is unset."""
    named = os.environ.get("OUTCOMES_DATABASE")
    return Path(named).expanduser().resolve() if named else None


def own_file() -> Path:
    """The practice's own file on this machine, whether or not it exists yet."""
    return platformdirs.user_data_path(APP, appauthor=False) / "practice.duckdb"


def sample_folder() -> Path:
    """Where the invented sample practice is kept; it may be deleted at any time."""
    return platformdirs.user_cache_path(APP, appauthor=False)
