"""What an import would do: every row's fate, and the records it would add, before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from records import ids, rules
from records.importing.profile import Profile, load
from records.importing.readers import File, read_table
from records.importing.staging import Progress, Staging
from records.permission import may_write
from records.store import Store
from records.viewer import Viewer

SQL = Path(__file__).parent / "sql"
# The tables an import adds to, in the order they are written.
ADDED = (
    "injury_type",
    "therapist",
    "office",
    "client",
    "episode",
    "episode_region",
    "referral",
    "session",
    "session_part",
    "rating",
    "motion",
    "score",
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What becomes of the rows. rows = accepted + corrected + duplicate + refused; set aside ones are not among them.

    `people` counts whom the rows that were not refused are about.
    """

    rows: int
    accepted: int
    corrected: int
    duplicate: int
    refused: int
    set_aside: int
    people: int


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """An import as it would be. `records.importing.accept` writes it.

    Attributes
    ----------
    counts : Counts
    fates : DataFrame
        file, row (as a person sees it), fate, column, value, reason: one line per accepted or duplicate row, one per
        reason for the others.
    reasons : list of {"fate", "reason", "rows"}
        The same by reason, most frequent first.
    """

    store: Store
    viewer: Viewer
    staging: Staging
    file_names: tuple[str, ...]
    file_digest: str
    store_version: int
    counts: Counts
    fates: pd.DataFrame
    reasons: list[dict[str, Any]]


def review(
    store: Store,
    viewer: Viewer,
    files: Sequence[Path | File],
    profile: str | Path | Profile,
    progress: Progress | None = None,
    max_bytes: int | None = None,
) -> Review:
    """Every row's fate; nothing is written.

    Parameters
    ----------
    files : paths, or files already in memory
        One or more files of the profile's main table, and one file for each linked table.
    profile : name of a shipped profile, a .toml file, or a Profile
    progress : called with the share done (0 to 1) and words, optional
    max_bytes : largest size of one file, optional

    Raises
    ------
    ImportRefused
        When a file as a whole cannot be read, or the profile does not fit it.
    NotAllowed
        When the viewer may not import, or the store is the sample practice.
    """
    may_write(store, viewer, "import.write")
    progress = progress or (lambda share, words: None)
    profile = profile if isinstance(profile, Profile) else load(profile)
    files = [file if isinstance(file, File) else File.at(file) for file in files]
    tables = [
        read_table(
            file,
            encoding=profile.encoding,
            separator=profile.separator,
            sheet=profile.sheet,
            decimal=profile.decimal,
            max_bytes=max_bytes,
        )
        for file in files
    ]
    cursor = store.staging()
    staging = Staging(cursor, profile)
    staging.load(tables, lambda share, words: progress(share * 0.6, words))
    progress(0.6, "Every row is checked against the rules")
    rules.check(cursor)
    cursor.execute("CREATE OR REPLACE TEMP TABLE rule_problem AS FROM problem")
    progress(0.8, "People, visits and episodes are matched")
    found = planned(store, viewer, staging, tuple(file.name for file in files), " ".join(file.digest for file in files))
    progress(1.0, "Every row has its fate")
    return found


def planned(store: Store, viewer: Viewer, staging: Staging, file_names: tuple[str, ...], file_digest: str) -> Review:
    """The review of lines that are staged and checked, against what stands now."""
    store_version = store.version
    _plan(staging.cursor, staging.profile, store.settings.closed_after_days)
    return Review(
        store=store,
        viewer=viewer,
        staging=staging,
        file_names=file_names,
        file_digest=file_digest,
        store_version=store_version,
        counts=_counts(staging),
        fates=staging.cursor.execute(
            'SELECT file, "row", fate, "column", value, reason FROM row_fate ORDER BY line'
        ).df(),
        reasons=_reasons(staging),
    )


def _plan(cursor: duckdb.DuckDBPyConnection, profile: Profile, gap_days: int) -> None:
    """Match the read lines with what stands, refuse what contradicts it, and make the new records with their ids."""
    cursor.execute("CREATE OR REPLACE TEMP TABLE added_injury_type (name VARCHAR, region VARCHAR)")
    for name, region in profile.adds_injury_types.items():
        cursor.execute("INSERT INTO added_injury_type VALUES (?, ?)", [name, region])
    for name, value in {
        "import_source": profile.name,
        "import_way": profile.episodes,
        "import_gap_days": profile.gap_days or gap_days,
    }.items():
        cursor.execute(f"SET VARIABLE {name} = ?", [value])
    cursor.execute("CREATE OR REPLACE TEMP TABLE problem AS FROM rule_problem")
    refused_before = -1
    # A line refused here may have been the first to say something: what rests on it is matched again without it.
    while (refused := _refused_lines(cursor)) != refused_before:
        refused_before = refused
        for step in ("lines", "episodes", "readings"):
            cursor.execute((SQL / f"{step}.sql").read_text(encoding="utf-8"))
        rules.run(cursor, SQL / "differs.sql")
    cursor.execute((SQL / "fates.sql").read_text(encoding="utf-8"))
    most = cursor.execute(
        "SELECT (SELECT count(*) FROM kept_line) + (SELECT count(*) FROM kept_reading) + 1"
    ).fetchone()[0]
    for table in ADDED:
        cursor.execute(f"SET VARIABLE first_{table} = ?", [int(ids.block(most)[0])])
    cursor.execute((SQL / "new_records.sql").read_text(encoding="utf-8"))


def _refused_lines(cursor: duckdb.DuckDBPyConnection) -> int:
    return cursor.execute("SELECT count(DISTINCT line) FROM problem WHERE fate = 'refused'").fetchone()[0]


def _counts(staging: Staging) -> Counts:
    cursor = staging.cursor
    by_fate = dict(cursor.execute("SELECT fate, count(*) FROM line_fate GROUP BY fate").fetchall())
    people = cursor.execute("SELECT count(*) FROM person").fetchone()[0]
    fates = {fate: by_fate.get(fate, 0) for fate in ("accepted", "corrected", "duplicate", "refused")}
    return Counts(rows=staging.selected, **fates, set_aside=staging.set_aside, people=people)


def _reasons(staging: Staging) -> list[dict[str, Any]]:
    found = staging.cursor.execute(
        "SELECT fate, coalesce(\"column\" || ': ', '') || reason, count(DISTINCT line) FROM row_fate"
        " WHERE reason IS NOT NULL GROUP BY ALL ORDER BY 3 DESC, 1, 2"
    ).fetchall()
    reasons = [{"fate": fate, "reason": reason, "rows": rows} for fate, reason, rows in found]
    if staging.set_aside:
        where = " and ".join(f"{column} is {value}" for column, value in staging.profile.where.items())
        reasons.append(
            {"fate": "set aside", "reason": f"The profile takes only rows where {where}.", "rows": staging.set_aside}
        )
    return reasons


def message(fate: dict[str, Any]) -> str:
    """One line of the fates as a sentence: Row 14, Pain Post: 11 is outside 0 to 10. Correct the file, or ..."""
    return f"Row {fate['row']}, {fate['column']}: {fate['reason']}"
