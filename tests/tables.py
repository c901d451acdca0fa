"""Drawn tables: small worlds as people would write them down, turned into tables and into practices.

rows('''
    injury_type   | share | opened_on
    auto accident | 0.5   | 2026-03-02
    fall          | -     | -
''')
"""

import datetime as dt
from dataclasses import dataclass, field

import pandas as pd

from records.store import Change, Store
from records.viewer import Viewer

MISSING = "-"


def rows(drawn: str) -> pd.DataFrame:
    r"""A drawn table as a DataFrame.

    Parameters
    ----------
    drawn : str
        Cells parted by "|", the first line names the columns, "-" is missing. Blank lines are passed over.

    Returns
    -------
    DataFrame
        A column whose cells are all whole numbers, numbers, dates (2026-11-20) or true/false has that type; a column
        of whole numbers with a gap becomes float with NaN, as pandas does.

    Raises
    ------
    ValueError
        When a line has more or fewer cells than there are columns.

    Examples
    --------
    >>> rows("client | pain\nAda | 6.5\nBen | -")["pain"].tolist()
    [6.5, nan]
    """
    names, *lines = [[cell.strip() for cell in line.split("|")] for line in drawn.splitlines() if line.strip()]
    for line in lines:
        if len(line) != len(names):
            raise ValueError(f"The drawn line {' | '.join(line)!r} has {len(line)} cells; the table has {len(names)}.")
    return pd.DataFrame({name: _typed([line[place] for line in lines]) for place, name in enumerate(names)})


def _typed(cells: list[str]) -> pd.Series:
    known = [cell for cell in cells if cell != MISSING]
    for read in (int, float, dt.date.fromisoformat, {"true": True, "false": False}.__getitem__, str):
        try:
            for cell in known:
                read(cell)
        except (ValueError, KeyError):
            continue
        values = [None if cell == MISSING else read(cell) for cell in cells]
        if read == dt.date.fromisoformat and known:
            return pd.Series(values).astype("datetime64[us]")  # as the store hands out dates
        return pd.Series(values)
    raise AssertionError("every cell can be read as text")


@dataclass
class Practice:
    """The ids of what was drawn, by the names it was drawn with."""

    clients: dict[str, int] = field(default_factory=dict)
    episodes: dict[str, int] = field(default_factory=dict)
    therapists: dict[str, int] = field(default_factory=dict)
    offices: dict[str, int] = field(default_factory=dict)
    sessions: list[int] = field(default_factory=list)


def practice_of(store: Store, viewer: Viewer, drawn: str) -> Practice:
    """Enter drawn sessions through records, in one action; returns the ids.

    Parameters
    ----------
    drawn : str
        One line per session. `client` and `day` are needed; the rest may be left out:
        `episode` (its name; the client's name when left out), `kind` (treatment), `status` (kept), `therapist` and
        `office` (names; the first of an episode lead it), `injury` (Low back strain), `cause` (unknown), `opened`
        (the episode's first day), `discharged` and `reason`, `minutes`, `before` and `after` (pain now),
        `home_done` and `home_prescribed`, `note`, and one column per motion named "joint movement side"
        ("knee flexion right"; side "-" for none), active and before treatment, in degrees.
    """
    table = rows(drawn)
    entered = Practice()
    injuries = dict(store.open_for(viewer).read("SELECT name, injury_type_id FROM visible_injury_type").values.tolist())
    with store.change(viewer, "create") as change:
        for line in table.to_dict("records"):
            told = {name: value for name, value in line.items() if not pd.isna(value)}
            _enter(change, entered, injuries, told)
    return entered


def enter(store: Store, viewer: Viewer, entered: Practice, table: str, drawn: str) -> list[int | None]:
    """Enter drawn rows of any table about a practice drawn before, in one action; returns their ids.

    Parameters
    ----------
    drawn : str
        The table's own columns, but for `episode` (its name), `session` (the place of its line in the practice's
        drawing, from 1, whose client and day the row takes over) and `rater` (a therapist's name).
    """
    window = store.open_for(viewer)
    episodes = window.read("FROM visible_episode").set_index("episode_id")
    sessions = window.read("FROM visible_session").set_index("session_id")
    with store.change(viewer, "create") as change:
        ids = []
        for line in rows(drawn).to_dict("records"):
            told = {name: value for name, value in line.items() if not pd.isna(value)}
            days = {name: value.date() for name, value in told.items() if isinstance(value, pd.Timestamp)}
            row = told | days
            episode = entered.episodes[row.pop("episode")]
            row |= {"episode_id": episode, "client_id": int(episodes.loc[episode, "client_id"])}
            if "session" in row:
                row["session_id"] = entered.sessions[row.pop("session") - 1]
                row[DAY_OF[table]] = sessions.loc[row["session_id"], "visited_on"].date()
            if "rater" in row:
                row["rater_id"] = entered.therapists[row.pop("rater")]
            ids.append(change.insert(table, row))
    return ids


DAY_OF = {
    "rating": "rated_on",
    "motion": "measured_on",
    "score": "scored_on",
    "session_part": "visited_on",
    "technique_use": "visited_on",
}


def _enter(change: Change, entered: Practice, injuries: dict[str, int], told: dict) -> None:
    client, day = told["client"], told["day"].date()
    if client not in entered.clients:
        entered.clients[client] = change.insert("client", {"name": client})
    for people, key in ((entered.therapists, "therapist"), (entered.offices, "office")):
        if key in told and told[key] not in people:
            people[told[key]] = change.insert(key, {"name": told[key]})
    given_by = {
        "therapist_id": entered.therapists.get(told.get("therapist")),
        "office_id": entered.offices.get(told.get("office")),
    }
    whose = {"client_id": entered.clients[client]}
    episode = told.get("episode", client)
    if episode not in entered.episodes:
        entered.episodes[episode] = change.insert(
            "episode",
            whose
            | given_by
            | {
                "injury_type_id": injuries[told.get("injury", "Low back strain")],
                "cause": told.get("cause", "unknown"),
                "opened_on": told["opened"].date() if "opened" in told else day,
                "discharged_on": told["discharged"].date() if "discharged" in told else None,
                "discharge_reason": told.get("reason"),
            },
        )
    whose["episode_id"] = entered.episodes[episode]
    session = change.insert(
        "session",
        given_by
        | {
            "client_id": whose["client_id"],
            "visited_on": day,
            "kind": told.get("kind", "treatment"),
            "status": told.get("status", "kept"),
        },
    )
    entered.sessions.append(session)
    whose["session_id"] = session
    part = {name: told[name] for name in ("minutes", "home_done", "home_prescribed", "note") if name in told}
    change.insert("session_part", whose | {"visited_on": day} | part)
    for moment in ("before", "after"):
        if moment in told:
            pain = {"rated_on": day, "kind": "now", "moment": moment, "pain": told[moment]}
            change.insert("rating", whose | pain)
    for name in told:
        if len(name.split()) == 3:
            joint, movement, side = name.split()
            reading = {"joint": joint, "movement": movement, "side": None if side == MISSING else side}
            measured = {"measured_on": day, "motion_type": "active", "moment": "before", "degrees": told[name]}
            change.insert("motion", whose | reading | measured)
