"""From tables of rows and codes to the store: ids, links, dates, and one INSERT ... SELECT for each table."""

import hashlib

import numpy as np
import pandas as pd

from records.store import Change

FIRST_ID = 101  # below it stand the injury types of the schema


class Writer:
    """Writes tables inside one change. Ids are small whole numbers; no two records of any kind share one."""

    def __init__(self, change: Change):
        self._change = change
        self._next_id = FIRST_ID

    def write(self, table: str, frame: pd.DataFrame, key: str | None = None) -> np.ndarray | None:
        """Write all rows of one table in the order they stand in, with one audit line: their number and their digest.

        Returns the ids given to the rows when the table has a `key`: int64, rising by one.
        """
        if key is not None:
            frame.insert(0, key, np.arange(self._next_id, self._next_id + len(frame)))
            self._next_id += len(frame)
        # Text goes as codes into a list of its different words: DuckDB takes that in several times faster.
        text = frame.select_dtypes(["str", "object"]).columns
        frame = frame.astype(dict.fromkeys(text, "category"))
        columns = ", ".join(frame.columns)
        cursor = self._change.cursor
        cursor.register("sample_rows", frame)
        cursor.execute(
            f"INSERT INTO records.{table} ({columns}, action_id) SELECT {columns}, $action_id FROM sample_rows",
            {"action_id": self._change.action_id},
        )
        cursor.unregister("sample_rows")
        self._change.note(table, {"rows": len(frame), "digest": _digest(frame)})
        return None if key is None else frame[key].to_numpy()


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
