"""From tables of rows and codes to the store: ids, links, dates, and one INSERT ... SELECT for each table."""

import hashlib

import numpy as np
import pandas as pd

from records.store import Change


class Ids:
    """Small whole numbers, given out in blocks, so that no two records of any kind share one."""

    def __init__(self, first: int):
        self._next = first

    def block(self, count: int) -> np.ndarray:
        """`count` new ids, rising by one."""
        found = np.arange(self._next, self._next + count, dtype=np.int64)
        self._next += count
        return found


def write(change: Change, table: str, frame: pd.DataFrame) -> None:
    """Write all rows of one table, in the order they stand in, with one audit line: their number and their digest."""
    # Text goes as codes into a list of its different words: DuckDB takes that in several times faster.
    text = frame.select_dtypes(["str", "object"]).columns
    frame = frame.astype(dict.fromkeys(text, "category"))
    columns = ", ".join(frame.columns)
    change.cursor.register("sample_rows", frame)
    change.cursor.execute(
        f"INSERT INTO records.{table} ({columns}, action_id) SELECT {columns}, $action_id FROM sample_rows",
        {"action_id": change.action_id},
    )
    change.cursor.unregister("sample_rows")
    change.note(table, {"rows": len(frame), "digest": _digest(frame)})


def _digest(frame: pd.DataFrame) -> str:
    """SHA-256 over the columns' names and values, in order; the same rows give the same digest."""
    found = hashlib.sha256()
    for name in frame.columns:
        found.update(name.encode())
        values = frame[name].array
        if isinstance(values, pd.Categorical):
            found.update("\n".join(values.categories).encode())
            values = values.codes
        if isinstance(values, (pd.arrays.IntegerArray, pd.arrays.BooleanArray)):
            found.update(values.isna().tobytes())
            values = values.to_numpy(na_value=0)
        found.update(np.ascontiguousarray(values).tobytes())
    return found.hexdigest()
