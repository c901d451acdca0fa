"""Writing a reviewed import in one transaction, and taking a whole batch back."""

import hashlib
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from records import calendar, ids
from records.errors import EditedMeanwhile, ImportRefused, NotAllowed
from records.importing.reviewing import ADDED, SQL, Counts, Review, planned
from records.permission import may_write
from records.store import Change, Store
from records.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Batch:
    """What an import wrote. batch_id is None when every row stood already or was refused: nothing was written."""

    batch_id: int | None
    counts: Counts
    reasons: list[dict[str, Any]]


def accept(review: Review) -> Batch:
    """Write everything the review found new, with its audit lines, in one transaction.

    If others saved records since the review, every row is matched again first, so the counts of the batch may differ
    from those of the review: what came in between is a duplicate, or differs and is refused.

    Raises
    ------
    NotAllowed
        In the sample practice, or without the right to import.
    EditedMeanwhile
        When somebody saved records in the very moment of writing; nothing was written.
    """
    store, viewer = review.store, review.viewer
    may_write(store, viewer, "import.write")
    if store.version != review.store_version:
        review = planned(store, viewer, review.staging, review.file_names, review.file_digest)
    added = _added(review.staging.cursor)
    if not any(len(rows) for rows in added.values()):
        return Batch(None, review.counts, review.reasons)
    batch_id = ids.new()
    with store.change(viewer, "import", reason=f"import with the profile {review.staging.profile.name}") as change:
        if store.version != review.store_version:
            raise EditedMeanwhile("Somebody saved records while this import was being written. Accept it again.")
        for table, rows in added.items():
            if len(rows):
                _write(change, table, rows, batch_id)
        _write_batch(change, review, batch_id)
    return Batch(batch_id, review.counts, review.reasons)


def _added(cursor: duckdb.DuckDBPyConnection) -> dict[str, pa.Table]:
    """The new records of each table, without the keys they were matched by."""
    added = {}
    for table in ADDED:
        ours = cursor.execute(f"SELECT * FROM new_{table} LIMIT 0").description
        kept = {column[0] for column in cursor.execute(f"SELECT * FROM records.{table} LIMIT 0").description}
        columns = ", ".join(column[0] for column in ours if column[0] in kept)
        added[table] = cursor.execute(f"SELECT {columns} FROM new_{table}").to_arrow_table()
    return added


def _write(change: Change, table: str, rows: pa.Table, batch_id: int) -> None:
    cursor = change.cursor
    cursor.register("added_rows", rows)
    cursor.execute(
        f"INSERT INTO records.{table} BY NAME SELECT *, $action_id AS action_id, $batch_id AS batch_id FROM added_rows",
        {"action_id": change.action_id, "batch_id": batch_id},
    )
    # Row by row the audit lines of a million readings would outweigh the readings; the digest holds them to their word.
    digests = cursor.execute(
        "SELECT string_agg(digest, '' ORDER BY digest) FROM (SELECT md5(r::VARCHAR) AS digest FROM added_rows AS r)"
    ).fetchone()[0]
    cursor.unregister("added_rows")
    digest = hashlib.sha256(digests.encode()).hexdigest()
    change.note(table, {"batch_id": batch_id, "rows": len(rows), "digest": digest})


def _write_batch(change: Change, review: Review, batch_id: int) -> None:
    counts, profile = review.counts, review.staging.profile
    change.insert(
        "import_batch",
        {
            "batch_id": batch_id,
            "imported_at": calendar.now(),
            "actor": review.viewer.person,
            "profile": profile.name,
            "profile_text": profile.text,
            "file_names": ", ".join(review.file_names),
            "file_digest": review.file_digest,
            "row_count": counts.rows,
            "accepted": counts.accepted,
            "corrected": counts.corrected,
            "duplicate": counts.duplicate,
            "refused": counts.refused,
            "set_aside": counts.set_aside,
            "people": counts.people,
        },
    )
    rows = review.staging.cursor.execute(
        "SELECT f.file AS file_name, f.row AS row_number, f.fate,"
        " string_agg(coalesce(f.\"column\" || ': ', '') || f.reason, ' ') AS reason, any_value(m.raw) AS raw"
        " FROM row_fate AS f"
        f" INNER JOIN (SELECT line, {review.staging.raw_json()} AS raw FROM main_row) AS m USING (line)"
        " WHERE f.fate <> 'accepted' GROUP BY f.line, f.file, f.row, f.fate ORDER BY f.line"
    ).to_arrow_table()
    change.cursor.register("fate_rows", rows)
    change.cursor.execute(
        "INSERT INTO records.import_row BY NAME SELECT *, $batch_id AS batch_id FROM fate_rows", {"batch_id": batch_id}
    )
    change.cursor.unregister("fate_rows")


def undo(store: Store, viewer: Viewer, batch_id: int) -> None:
    """Take a whole import back: its records are withdrawn, and the file can be imported again.

    Names it added to the practice's lists stay where other records use them by now.

    Raises
    ------
    NotAllowed
        When records were added onto its clients since, some of its records were changed, or a client of it was merged
        with another; nothing was taken back.
    ImportRefused
        When there is no such batch, or it was undone before.
    """
    may_write(store, viewer, "import.write")
    with store.change(viewer, "undo", reason=f"undo of import {batch_id}") as change:
        cursor = change.cursor
        found = cursor.execute("SELECT undone_at FROM records.import_batch WHERE batch_id = ?", [batch_id]).fetchone()
        if found is None:
            raise ImportRefused(f"There is no import {batch_id}. The Import page lists those there are.")
        if found[0] is not None:
            raise ImportRefused(
                f"Import {batch_id} was undone before, on {found[0]:%Y-%m-%d}. Nothing is left to take back."
            )
        _refuse_if_hindered(cursor, batch_id)
        in_use = cursor.execute(
            (SQL / "list_entries_in_use.sql").read_text(encoding="utf-8"), {"batch_id": batch_id}
        ).fetchall()
        for table in ADDED:
            stays = [row_id for name, row_id in in_use if name == table and row_id is not None]
            _withdraw(change, table, batch_id, stays)
        cursor.execute("UPDATE records.import_batch SET undone_at = ? WHERE batch_id = ?", [calendar.now(), batch_id])
        change.note("import_batch", {"batch_id": batch_id, "undone": True})


def _refuse_if_hindered(cursor: duckdb.DuckDBPyConnection, batch_id: int) -> None:
    merged = cursor.execute(
        "SELECT m.client_merge_id FROM records.client_merge AS m INNER JOIN records.client AS c"
        " ON c.client_id IN (m.kept_client_id, m.gone_client_id)"
        " WHERE c.batch_id = ? AND m.undone_at IS NULL ORDER BY m.client_merge_id DESC",
        [batch_id],
    ).fetchone()
    if merged:
        raise NotAllowed(
            f"Import {batch_id} cannot be taken back: a client it brought was found to be one with another (merge"
            f" {merged[0]}). Take that merge back first. Nothing was taken back."
        )
    hindrances = cursor.execute((SQL / "hindrances.sql").read_text(encoding="utf-8"), {"batch_id": batch_id}).fetchall()
    words = [
        f"{count} {table.replace('_', ' ')} record{'s' if count > 1 else ''} {what}"
        for table, changed, added in hindrances
        for count, what in ((added, "added onto it"), (changed, "changed"))
        if count
    ]
    if words:
        raise NotAllowed(
            f"Import {batch_id} cannot be taken back as a whole: since then there were {', '.join(words)}."
            " Withdraw or undo those first, newest first. Nothing was taken back."
        )


def _withdraw(change: Change, table: str, batch_id: int, stays: list[int]) -> None:
    columns = {column[0] for column in change.cursor.execute(f"SELECT * FROM records.{table} LIMIT 0").description}
    version = ", ver = ver + 1" if "ver" in columns else ""
    unused = f" AND {table}_id NOT IN (SELECT unnest($stays))" if stays else ""
    values = {"action_id": change.action_id, "batch_id": batch_id} | ({"stays": stays} if stays else {})
    count = change.cursor.execute(
        f"UPDATE records.{table} SET withdrawn = true, action_id = $action_id{version}"
        f" WHERE batch_id = $batch_id AND NOT withdrawn{unused}",
        values,
    ).fetchone()[0]
    if count:
        change.note(table, {"batch_id": batch_id, "rows": count, "withdrawn": True})
