"""The whole practice: every story told in turn, people counted off to the size wanted, and each table written."""

import datetime as dt

import numpy as np
import pandas as pd

from records.store import Change
from sample_data import care, courses, draws, episodes, lists, paperwork, people, readings, sessions
from sample_data.writing import Writer

SESSIONS_OF_A_CLIENT = 8.8  # a little fewer than there are, so that rather too many people are invented than too few
SPARE_CLIENTS = 40
STORIES = (
    "episodes", "visits", "endings", "calendar", "therapists", "clients", "minutes", "asked", "ratings", "scores",
    "motion", "techniques", "referrals", "goals", "entries", "red_flags", "calls", "episode_rows", "session_rows",
    "part_rows",
)  # fmt: skip


def write_practice(change: Change, wanted_sessions: int, seed: int, until: dt.date) -> None:
    """Invent a practice and write it, table by table, inside the caller's transaction."""
    # One stream of chance for each story, so that a change to one leaves the others as they were.
    rng = dict(zip(STORIES, np.random.default_rng(seed).spawn(len(STORIES)), strict=True))
    until_day = (until - dt.date(1970, 1, 1)).days
    episode, part, rank = _calendar(rng, wanted_sessions, until_day)
    writer = Writer(change)
    staff = _write_people(writer, rng, episode, rank, until_day)
    _write_episodes(writer, rng, episode, part, staff, until_day)
    _write_sessions(writer, rng, episode, part, staff)
    _write_readings(writer, rng, episode, part, staff)


def _calendar(rng, wanted_sessions: int, until_day: int) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Episodes, session parts and the rank of clients, for as many clients as have the sessions wanted."""
    clients = round(wanted_sessions / SESSIONS_OF_A_CLIENT) + SPARE_CLIENTS
    episode, rank = episodes.planned(rng["episodes"], clients, until_day)
    visits = courses.visits(rng["visits"], episode, until_day)
    courses.close(rng["endings"], episode, until_day)
    part = sessions.parts(rng["calendar"], episode, visits, until_day)
    keep = sessions.kept_people(part, rank, wanted_sessions)
    episode_kept = keep[episode["client"]]
    part = part[keep[part["client"]]].reset_index(drop=True)
    episode = episode[episode_kept].reset_index(drop=True)
    # The rows of those kept are counted anew.
    client_row, episode_row = keep.cumsum() - 1, episode_kept.cumsum() - 1
    episode["client"], part["client"] = client_row[episode["client"]], client_row[part["client"]]
    part["episode"] = episode_row[part["episode"]].astype(np.int32)
    part["session"] = np.unique(part["session"], return_inverse=True)[1]
    part["minutes"] = sessions.minutes(rng["minutes"], part)
    _therapists(rng["therapists"], episode, part)
    return episode, part, rank[keep]


def _therapists(rng, episode: pd.DataFrame, part: pd.DataFrame) -> None:
    """Adds who leads each episode and who gave each session; now and then a colleague stands in."""
    load = [therapist["load"] for therapist in lists.read("names")["therapist"]]
    leads = draws.drawn(rng, episode["client"].iloc[-1] + 1, *load)
    number_of_sessions = part["session"].max() + 1
    stands_in = draws.happens(rng, number_of_sessions, 0.06)
    colleague = rng.integers(0, len(load), number_of_sessions)
    session = part["session"].to_numpy()
    episode["therapist"] = leads[episode["client"]]
    part["therapist"] = np.where(stands_in[session], colleague[session], leads[part["client"]])


def _write_people(writer, rng, episode, rank, until_day) -> dict[str, np.ndarray]:
    """Ids of office, therapist, physician and client, in the order of their rows."""
    staff = {"office": writer.write("office", people.offices(), "office_id")}
    staff["therapist"] = writer.write("therapist", people.therapists(staff["office"]), "therapist_id")
    staff["physician"] = writer.write("physician", people.physicians(), "physician_id")
    staff["client"] = writer.write("client", people.clients(rng["clients"], episode, rank, until_day), "client_id")
    return staff


def _write_episodes(writer, rng, episode, part, staff, until_day) -> None:
    episode["client_id"] = staff["client"][episode["client"]]
    rows = paperwork.episode_rows(rng["episode_rows"], episode, staff).assign(client_id=episode["client_id"])
    episode["episode_id"] = writer.write("episode", rows, "episode_id")
    referral = care.referrals(rng["referrals"], part, episode, len(staff["physician"]), until_day)
    physician = referral.pop("physician").to_numpy()
    referral["physician_id"] = draws.whole(staff["physician"][physician], physician != draws.NONE)
    entries = care.dated_entries(rng["entries"], episode)
    region = paperwork.region_rows(episode)
    writer.write("episode_region", _linked(region, "episode", episode), "episode_region_id")
    writer.write("referral", _linked(referral, "episode", episode), "referral_id")
    writer.write("goal", _linked(care.goals(rng["goals"], episode), "episode", episode), "goal_id")
    writer.write("dated_entry", _linked(entries, "episode", episode), "entry_id")


def _write_sessions(writer, rng, episode, part, staff) -> None:
    session_ids = writer.write("session", paperwork.session_rows(rng["session_rows"], part, staff), "session_id")
    part["session_id"] = session_ids[part["session"]]
    part["episode_id"] = episode["episode_id"].to_numpy()[part["episode"]]
    part["client_id"] = staff["client"][part["client"]]
    flags = care.red_flags(rng["red_flags"], part)
    called = care.calls(rng["calls"], flags["part"].to_numpy(), part)
    rows = {
        "session_part": paperwork.part_rows(rng["part_rows"], part, episode),
        "technique_use": care.techniques(rng["techniques"], part, episode),
        "red_flag_found": flags,
    }
    for table, frame in rows.items():
        writer.write(table, _linked(frame, "part", part, "visited_on"), f"{table}_id")
    writer.write("call_made", _linked(called, "part", part), "call_id")


def _write_readings(writer, rng, episode, part, staff) -> None:
    asked = readings.asked(rng["asked"], part, len(episode))
    rated = readings.ratings(rng["ratings"], part, episode, asked)
    writer.write("rating", _linked(rated, "part", part, "rated_on"), "rating_id")
    scored = readings.scores(rng["scores"], part, episode, asked)
    writer.write("score", _linked(scored, "part", part, "scored_on"), "score_id")
    measured = readings.motion(rng["motion"], part, episode, asked)
    rater = measured.pop("rater").to_numpy()
    measured["rater_id"] = draws.whole(staff["therapist"][rater], rater != draws.NONE)
    writer.write("motion", _linked(measured, "part", part, "measured_on"), "motion_id")


def _linked(frame: pd.DataFrame, name: str, of: pd.DataFrame, date_name: str | None = None) -> pd.DataFrame:
    """Rows that name another table's row in column `name`, with that row's ids (and its day, if named) in its place."""
    rows = frame.pop(name).to_numpy()
    for link in ("session_id", "episode_id", "client_id"):
        if link in of:
            frame[link] = of[link].to_numpy()[rows]
    if date_name is not None:
        frame[date_name] = draws.days(of["day"].to_numpy()[rows])
    return frame
