"""The end of an episode and the visits around it: one rule for the form, the discharge, a correction and what returns.

A visit after the discharge begins a new episode; a contact may follow. What was only booked when the episode ended does
not hinder its end and stays booked: it is called off, or kept in the new episode. Nothing new is booked after the end.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

LAST_VISIT = """
-- The last visit of an episode that took place. One row; NULL without one.
SELECT max(p.visited_on)
FROM records.session_part AS p
INNER JOIN records.session AS s USING (session_id)
WHERE p.episode_id = ? AND NOT p.withdrawn AND NOT s.withdrawn AND s.status = 'kept' AND s.kind <> 'contact'
"""


def too_early(cursor: duckdb.DuckDBPyConnection, episode_id: int, discharged_on: dt.date | None) -> str | None:
    """What is wrong with the day of a discharge, in words; None when no visit was kept after it."""
    (last,) = cursor.execute(LAST_VISIT, [episode_id]).fetchone()
    if discharged_on is None or last is None or discharged_on >= last:
        return None
    return f"{discharged_on} is before the last visit ({last})."


def begins_anew(visit: Mapping[str, Any], discharged_on: dt.date | None) -> bool:
    """Whether a visit (visited_on, kind, status) lies after the end of its episode, so that a new one begins."""
    return (
        discharged_on is not None
        and visit["visited_on"] is not None
        and visit["visited_on"] > discharged_on
        and visit["kind"] != "contact"
        and visit["status"] in ("kept", "booked")
    )


def look(cursor: duckdb.DuckDBPyConnection, ended: Sequence[tuple[int, int, dt.date | None]], remedy: str) -> None:
    """Put every staged visit after its episode's end among the problems the rules found.

    Parameters
    ----------
    ended : sequence of (line, place, day)
        When the episode of a staged visit was discharged; None when it was not.
    remedy : str
        What to do, as the second half of "Correct the entry, or ...".
    """
    ends = {(line, place): day for line, place, day in ended if day is not None}
    found = cursor.execute("SELECT line, place, visited_on, kind, status FROM read_visit").fetchall() if ends else []
    for line, place, visited_on, kind, status in found:
        day = ends.get((line, place))
        if begins_anew({"visited_on": visited_on, "kind": kind, "status": status}, day):
            reason = f"{visited_on} is after the discharge ({day}): a visit then begins a new episode."
            cursor.execute(
                "INSERT INTO problem VALUES (?, ?, 0, 'visited_on', ?, 'refused', ?, remedy_words('refused', ?))",
                [line, place, str(visited_on), reason, remedy],
            )
