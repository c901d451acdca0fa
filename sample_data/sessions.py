"""What stands in the calendar: visits, no-shows, late cancels, contacts after care, bookings; one part per episode."""

import numpy as np
import pandas as pd

from sample_data import courses, draws

VISIT, MISSED, CONTACT, BOOKED = range(4)
KINDS = ("evaluation", "treatment", "re_evaluation", "discharge", "contact")
EVALUATION, TREATMENT, RE_EVALUATION, DISCHARGE, CONTACT_KIND = range(5)
STATUSES = ("kept", "no_show", "late_cancel", "booked")
KEPT, NO_SHOW, LATE_CANCEL, STATUS_BOOKED = range(4)
FOLLOW_UP_DAYS = (91, 182, 365)
FOLLOW_UP_CHANCE = (0.45, 0.30, 0.22)


def parts(rng: np.random.Generator, episodes: pd.DataFrame, visits: pd.DataFrame, until_day: int) -> pd.DataFrame:
    """Every session part, in order of episode and day; `session` numbers sessions in order of client and day.

    Returns
    -------
    DataFrame
        episode, client (rows), day, what (VISIT, MISSED, CONTACT or BOOKED), kind, status (codes), session, and the
        course columns of `courses.visits`; `number` is NONE where nobody came.
    """
    found = pd.concat(
        [
            visits.assign(what=VISIT),
            _missed(rng, episodes, visits, until_day),
            _contacts(rng, episodes, until_day),
            _booked(rng, episodes, until_day),
        ],
        ignore_index=True,
    ).fillna({"number": draws.NONE, "left": 0.0, "spike": False})
    found = found.astype({"number": np.int32, "episode": np.int32, "spike": bool})
    episode, day, what = (found[name].to_numpy(np.int64) for name in ("episode", "day", "what"))
    found = found.iloc[np.argsort((episode << 24) | (day << 2) | what, kind="stable")].reset_index(drop=True)
    found["client"] = episodes["client"].to_numpy()[found["episode"]]
    found["kind"] = _kinds(episodes, found)
    missed = np.where(draws.happens(rng, len(found), 0.6), NO_SHOW, LATE_CANCEL)
    what = found["what"].to_numpy()
    found["status"] = np.select([what == MISSED, what == BOOKED], [missed, STATUS_BOOKED], KEPT)
    found["session"] = _sessions(found)
    return found


def kept_people(found: pd.DataFrame, rank: np.ndarray, sessions: int) -> np.ndarray:
    """Which clients stay so that they have at most `sessions` sessions together, by rank; bool, shape (clients,)."""
    client_of_session = found.drop_duplicates("session")["client"].to_numpy()
    each = np.bincount(client_of_session, minlength=len(rank))
    order = np.argsort(rank)
    keep = np.zeros(len(rank), bool)
    keep[order] = each[order].cumsum() <= sessions
    return keep


def minutes(rng: np.random.Generator, found: pd.DataFrame) -> np.ndarray:
    """Treatment minutes of each part: 45 to 60 in a session, shared out where it serves two episodes."""
    session = found["session"].to_numpy()
    length = np.array([45, 50, 60])[draws.drawn(rng, session.max() + 1, 25, 20, 55)]
    first = ~pd.Series(session).duplicated().to_numpy()
    together = np.bincount(session)[session]
    other = (
        length[session] * np.where(draws.happens(rng, len(session), 0.5), 0.5, 0.4) / (together - 1).clip(1)
    ).astype(int)
    others = np.bincount(session[~first], weights=other[~first], minlength=session.max() + 1)
    return np.where(first, length[session] - others[session], other).astype(int)


def _missed(rng, episodes, visits, until_day) -> pd.DataFrame:
    """Visits that did not come about: a few days before one that did, or the last thing heard of somebody."""
    before = visits[(visits["number"].to_numpy() > 0) & draws.happens(rng, len(visits), 0.075)]
    end = episodes["end"].to_numpy()
    leaving = (end == courses.LEFT_BADLY) | (end == courses.LEFT_BY_CHANCE)
    final = np.flatnonzero(leaving & draws.happens(rng, len(episodes), 0.3))
    day = np.concatenate([before["day"].to_numpy() - 1, episodes["last_day"].to_numpy()[final] + 7])
    found = pd.DataFrame(
        {
            "episode": np.concatenate([before["episode"].to_numpy(), final]),
            "day": draws.on_a_weekday(day),
            "what": MISSED,
        }
    )
    return found[found["day"] <= until_day]


def _contacts(rng, episodes, until_day) -> pd.DataFrame:
    """Calls 3, 6 and 12 months after discharge, and to people who fell silent."""
    discharged = episodes["discharged"].to_numpy()
    answered = rng.random(len(episodes))  # who answers at 12 months answered before
    pieces = [
        np.where(
            (discharged != draws.NONE) & (answered < chance),
            discharged + after + rng.integers(-4, 9, len(episodes)),
            draws.NONE,
        )
        for after, chance in zip(FOLLOW_UP_DAYS, FOLLOW_UP_CHANCE, strict=True)
    ]
    silent = (discharged == draws.NONE) & (episodes["end"].to_numpy() != courses.IN_CARE)
    called = silent & draws.happens(rng, len(episodes), 0.45)
    pieces.append(np.where(called, episodes["last_day"] + rng.integers(25, 80, len(episodes)), draws.NONE))
    place, episode = np.nonzero(np.array(pieces) != draws.NONE)
    day = draws.on_a_weekday(np.array(pieces)[place, episode])
    found = pd.DataFrame({"episode": episode, "day": day, "what": CONTACT})
    found["pain"] = episodes["last_pain"].to_numpy()[episode] + rng.normal(0.4, 1.3, len(found))
    return found[found["day"] <= until_day]


def _booked(rng, episodes, until_day) -> pd.DataFrame:
    """The next appointment of those in care, up to twelve days ahead."""
    expected = (episodes["end"] == courses.IN_CARE) & (episodes["last_day"] > until_day - 21) & ~episodes["on_hold"]
    episode = np.flatnonzero(expected & draws.happens(rng, len(episodes), 0.65))
    day = draws.on_a_weekday(until_day + rng.integers(3, 13, len(episode)))
    return pd.DataFrame({"episode": episode, "day": day, "what": BOOKED})


def _kinds(episodes: pd.DataFrame, found: pd.DataFrame) -> np.ndarray:
    episode, number = found["episode"].to_numpy(), found["number"].to_numpy()
    visit = found["what"].to_numpy() == VISIT
    final = visit & (found["day"].to_numpy() == episodes["discharged"].to_numpy()[episode])
    return np.select(
        [number == 0, final, visit & (number % 6 == 5), found["what"].to_numpy() == CONTACT],
        [EVALUATION, DISCHARGE, RE_EVALUATION, CONTACT_KIND],
        TREATMENT,
    )


def _sessions(found: pd.DataFrame) -> np.ndarray:
    """The session of each part, in order of client and day; two visits of one client on one day are one."""
    client, day, what = (found[name].to_numpy(np.int64) for name in ("client", "day", "what"))
    order = np.argsort((client << 27) | (day << 7) | (what << 5) | found["kind"].to_numpy(), kind="stable")
    visit = what[order] == VISIT
    same = (np.diff(client[order], prepend=-1) == 0) & (np.diff(day[order], prepend=-1) == 0)
    same &= visit & np.roll(visit, 1)
    session = np.empty(len(found), np.int64)
    session[order] = (~same).cumsum() - 1
    return session
