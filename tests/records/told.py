"""Everything the figures say of a practice, and every table they are made from, to be held against another time."""

import datetime as dt

import pandas as pd

from analytics import caseload, export, outcomes, progress
from analytics.filters import Filters

ANY_OF_ONE_WRITING = ("ver", "action_id")
OF_THE_TRAIL = ("action", "audit", "audit_values", "client_merge", "client_merge_row", "schema_version")


def figures(store, viewer, today: dt.date) -> dict[str, str]:
    """Client progress of every episode, outcomes and caseload, each as text; NaN and missing are written alike."""
    window = store.open_for(viewer)
    told = outcomes.told(window, Filters(), today)
    found = {
        "outcomes by type": _text(told.types),
        "outcomes by episode": _text(export.outcomes(window, today)),
        "caseload by month": _text(caseload.by_period(window, Filters(), "month", today)),
    }
    for client_id, episode_id in window.read(
        "SELECT client_id, episode_id FROM visible_episode ORDER BY episode_id"
    ).itertuples(index=False):
        for ask in (progress.sessions, progress.pain_series, progress.techniques, progress.goals, progress.orders):
            found[f"{ask.__name__} of {episode_id}"] = _text(ask(window, client_id, episode_id))
        found[f"verdict of {episode_id}"] = repr(progress.pain_course(window, client_id, episode_id).verdict)
    return found


def verdicts(store, viewer) -> dict[int, str]:
    """The verdict on each episode's pain, by episode."""
    window = store.open_for(viewer)
    found = window.read("SELECT client_id, episode_id FROM visible_episode ORDER BY episode_id")
    return {
        episode_id: repr(progress.pain_course(window, client_id, episode_id).verdict)
        for client_id, episode_id in found.itertuples(index=False)
    }


def tables(store, but_for: tuple[str, ...] = ANY_OF_ONE_WRITING) -> dict[str, list[tuple]]:
    """Every row of every table of records, but for what a new version or the trail changes."""
    cursor = store._connection.cursor()
    names = cursor.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'records' ORDER BY table_name"
    ).fetchall()
    found = {}
    for (name,) in names:
        if name not in OF_THE_TRAIL:
            columns = [column[0] for column in cursor.execute(f"SELECT * FROM records.{name} LIMIT 0").description]
            kept = ", ".join(column for column in columns if column not in but_for)
            found[name] = cursor.execute(f"SELECT {kept} FROM records.{name} ORDER BY ALL").fetchall()
    return found


def _text(table: pd.DataFrame) -> str:
    return table.to_csv(index=False)
