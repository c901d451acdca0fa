"""What the last visit offers the form of the next one: regions, joints, techniques, scores, and the values beside them.

Nothing here is written down by itself: an offer becomes a record when somebody says so.
"""

from dataclasses import dataclass, field

import pandas as pd

from analytics import SQL, progress
from analytics.references import age_years, birth_date_and_sex, span, verified
from records.store import Window

SERIES = ["kind", "region", "side"]


@dataclass(frozen=True, slots=True)
class Pain:
    """One pain the form asks for: what it is, and what was last said. None was not asked."""

    kind: str
    region: str | None
    side: str | None
    last_before: float | None = None
    last_after: float | None = None
    last_between: float | None = None


@dataclass(frozen=True, slots=True)
class Motion:
    """One movement and motion type, with its sides ("left", "right"; (None,) where it has none).

    `last_deg`, `goal_deg` are by side, in degrees; `reference` is the range of the verified references in words, or "".
    """

    joint: str
    movement: str
    motion_type: str
    name: str
    sides: tuple[str | None, ...]
    last_deg: dict[str | None, float] = field(default_factory=dict)
    goal_deg: dict[str | None, float] = field(default_factory=dict)
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one episode offers the form.

    Attributes
    ----------
    visits : int
        Visits so far.
    last_visit : Series or None
        The row of `progress.sessions` of the last visit.
    bookings : DataFrame
        Its booked sessions, earliest first: session_id, visited_on.
    pains, motions : tuple
        The episode's regions, then whatever else was rated; the movements measured, those of the last visit first.
    techniques, scores, entries : DataFrame
        As their queries say.
    instrument : str or None
        What motion was last measured with.
    ordered : dict
        As `progress.running_order`.
    """

    episode_id: int
    visits: int
    last_visit: pd.Series | None
    bookings: pd.DataFrame
    pains: tuple[Pain, ...]
    motions: tuple[Motion, ...]
    techniques: pd.DataFrame
    scores: pd.DataFrame
    entries: pd.DataFrame
    goals: pd.DataFrame
    instrument: str | None
    ordered: dict

    def booked_on(self, on: object) -> int | None:
        """The session booked for that day, if there is one; the first of several."""
        days = pd.to_datetime(self.bookings["visited_on"])
        found = self.bookings["session_id"][days == pd.Timestamp(on)]
        return int(found.iloc[0]) if len(found) else None


def client(window: Window, client_id: int) -> pd.DataFrame:
    """One row about the client, with phone and preferences, or none when this viewer may not see them."""
    return window.read(SQL / "recording_client.sql", client_id=client_id)


def offer(window: Window, client_id: int, episode_id: int, today: object) -> Offer:
    """What the visits of one episode offer the form of the next, for this client on this day."""
    about = {"client_id": client_id, "episode_id": episode_id}
    sessions = progress.sessions(window, client_id, episode_id)
    visits = progress.kept_visits(sessions)
    goals = progress.goals(window, client_id, episode_id)
    measured = window.read(SQL / "recording_motion.sql", **about)
    booked = sessions[(sessions["status"] == "booked") & (sessions["kind"] != "contact")]
    person = client(window, client_id)
    return Offer(
        episode_id=episode_id,
        visits=len(visits),
        last_visit=None if visits.empty else visits.iloc[-1],
        bookings=booked[["session_id", "visited_on"]].reset_index(drop=True),
        pains=pains(progress.regions(window, client_id, episode_id), window.read(SQL / "recording_pain.sql", **about)),
        motions=_motions(window, measured, goals, person, today),
        techniques=window.read(SQL / "recording_techniques.sql", **about),
        scores=window.read(SQL / "recording_scores.sql", **about),
        entries=window.read(SQL / "recording_entries.sql", **about),
        goals=goals,
        instrument=_known(measured["instrument"].iloc[0]) if len(measured) else None,
        ordered=progress.running_order(progress.orders(window, client_id, episode_id), len(visits)),
    )


def pains(regions: pd.DataFrame, rated: pd.DataFrame) -> tuple[Pain, ...]:
    """The pains the form asks for: those rated at the last visit that rated any, then regions never rated.

    Parameters
    ----------
    regions : DataFrame
        region, side: the episode's, the main complaint first.
    rated : DataFrame
        As `recording_pain.sql`: kind, region, side, last_before, last_after, last_between, last_visit.

    Returns
    -------
    tuple of Pain
        In the order of the regions; at least one, of no region where none is written down. A region whose pain is rated
        by another kind than "now" (average) keeps that kind: kinds are never mixed. Ratings between visits only do not
        decide what is asked before treatment.
    """
    before = rated[rated["last_before"].notna() | rated["last_after"].notna()]
    places = [(_known(row.region), _known(row.side)) for row in regions.itertuples()]
    known = {
        (row.kind, _known(row.region), _known(row.side)): row
        for row in before.itertuples()
        if row.last_visit == before["last_visit"].max() or (_known(row.region), _known(row.side)) in places
    }
    order = {place: number for number, place in enumerate(places)}
    found = sorted(known, key=lambda series: (order.get(series[1:], len(order)), series[0] != "now"))
    between = {
        (_known(row.region), _known(row.side)): float(row.last_between)
        for row in rated.itertuples()
        if row.kind == "worst" and not pd.isna(row.last_between)
    }
    asked = [
        Pain(*series, _known(known[series].last_before), _known(known[series].last_after), between.get(series[1:]))
        for series in found
    ]
    rated_places = {series[1:] for series in found}
    asked += [Pain("now", *place, last_between=between.get(place)) for place in places if place not in rated_places]
    return tuple(asked) or (Pain("now", None, None),)


def motion_row(
    window: Window,
    joint: str,
    movement: str,
    motion_type: str,
    person: pd.DataFrame,
    goals: pd.DataFrame,
    today: object,
) -> Motion:
    """One movement as the form shows it, without a last value. Goals do not say active or passive: taken as active."""
    known = window.store.instruments.movement(joint, movement)
    age, sex = None, None
    if len(person):
        born, sex = birth_date_and_sex(person.iloc[0])
        age = age_years(born, today)
    low, high, _ = span(verified(known, age, sex, motion_type))
    reference = "" if low is None else f"{low:g}°" if low == high else f"{low:g}–{high:g}°"
    sides = ("left", "right") if known.sided else (None,)
    row = Motion(joint, movement, motion_type, known.name, sides, reference=reference)
    wanted = goals[(goals["joint"] == joint) & (goals["movement"] == movement) & goals["target"].notna()]
    if motion_type == "active":
        for goal in wanted.iloc[::-1].itertuples():  # the goal set last stands
            row.goal_deg[_known(goal.side)] = float(goal.target)
    return row


def _motions(
    window: Window, measured: pd.DataFrame, goals: pd.DataFrame, person: pd.DataFrame, today: object
) -> tuple[Motion, ...]:
    rows = []
    for key, last in measured.groupby(["joint", "movement", "motion_type"], sort=False):
        joint, movement, motion_type = key
        row = motion_row(window, joint, movement, motion_type, person, goals, today)
        row.last_deg.update(
            {_known(side): float(deg) for side, deg in zip(last["side"], last["last_deg"], strict=True)}
        )
        rows.append(row)
    return tuple(rows)


def _known(cell: object) -> object:
    """A cell of a table, or None when it is missing."""
    return None if pd.isna(cell) else cell
