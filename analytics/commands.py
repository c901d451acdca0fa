"""What `python -m analytics ...` does with an open store: the same here and in the app that was handed the work."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analytics import export, files, release
from analytics.errors import AnalyticsError
from records.store import Store
from records.telling import Teller
from records.viewer import Viewer

# With pooled facts, because the practice's own error of measuring motion is one: file and pages judge alike.
COMMAND_LINE = Viewer("command line", "owner", frozenset({export.RIGHT, "pooled.read"}), scope="all")


def run(store: Store, asked: Mapping[str, Any], tell: Teller) -> int:
    """Carry out `outcomes`; returns the exit code.

    Parameters
    ----------
    asked : mapping
        `to` (absolute), `release`, and `today` as whoever asked has it.

    Raises
    ------
    RecordsError
        When it is refused: the reason, and what to do.
    """
    try:
        today = dt.date.fromisoformat(asked["today"])
        tell.line(write_outcomes(store, COMMAND_LINE, Path(asked["to"]), asked["release"], today))
    except AnalyticsError as refused:
        tell.refusal(str(refused))
        return 1
    return 0


def write_outcomes(store: Store, viewer: Viewer, path: Path, for_release: bool, today: dt.date) -> str:
    """Write the practice's own copy, or a release; returns what was done, in a line."""
    export.require(viewer)
    window = store.open_for(viewer)
    if for_release:
        table, marking = release.tables(window, today), release.MARKING
        release.write(store, viewer, table, path, today)
    else:
        table, marking = export.outcomes(window, today), export.MARKING
        files.write(store, viewer, table, path, "export", export.OF_THE_EPISODE)
    return f"{len(table):,} rows written to {path.name}. Marked {export.marked(window, marking)}."
