"""The whole practice: every story told in turn, people counted off to the size wanted, and each table written."""

import datetime as dt

import numpy as np
import pandas as pd

from records.store import Change
from sample_data import care, courses, draws, episodes, lists, people, readings, sessions
from sample_data.writing import Ids, write

FIRST_ID = 101  # below it stand the injury types of the schema
SESSIONS_OF_A_CLIENT = 9.3  # a little fewer than there are, so that rather too many people are invented than too few
SPARE_CLIENTS = 40
STORIES = (
    "episodes", "visits", "endings", "calendar", "therapists", "clients", "minutes", "words", "home", "asked",
    "ratings", "motion", "scores", "techniques", "referrals", "goals", "entries", "red_flags", "calls",
)  # fmt: skip


def write_practice(change: Change, wanted_sessions: int, seed: int, until: dt.date) -> None:
    """Invent a practice and write it, table by table, inside the caller's transaction."""
    # One stream of chance for each story, so that a change to one leaves the others as they were.
    rng = dict(zip(STORIES, np.random.default_rng(seed).spawn(len(STORIES)), strict=True))
    until_day = (until - dt.date(1970, 1, 1)).days
    episode, part, rank = _calendar(rng, wanted_sessions, until_day)
    ids = Ids(FIRST_ID)
    staff = _write_people(change, ids, rng, episode, rank, until_day)
    episode["id"], episode["client_id"] = ids.block(len(episode)), staff["client"][episode["client"]]
    _write_episodes(change, ids, rng, episode, part, staff, until_day)
    part["minutes"] = sessions.minutes(rng["minutes"], part)
    _write_sessions(change, ids, rng, episode, part, staff)
    was_asked = readings.asked(rng["asked"], part, len(episode))
    _write_readings(change, ids, rng, episode, part, staff, was_asked)


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
    episode_row, client_row = episode_kept.cumsum() - 1, keep.cumsum() - 1
    episode = episode[episode_kept].reset_index(drop=True)
    episode["client"] = client_row[episode["client"]]
    part["episode"], part["client"] = episode_row[part["episode"]].astype(np.int32), client_row[part["client"]]
    part["session"] = np.unique(part["session"], return_inverse=True)[1]
    _therapists(rng["therapists"], episode, part)
    return episode, part, rank[keep]


def _therapists(rng, episode: pd.DataFrame, part: pd.DataFrame) -> None:
    """Adds who leads each episode and who gave each session; now and then a colleague stands in."""
    load = [therapist["load"] for therapist in lists.read("names")["therapist"]]
    leads = draws.drawn(rng, episode["client"].iloc[-1] + 1, *load)
    episode["therapist"] = leads[episode["client"]]
    number_of_sessions = part["session"].max() + 1
    stands_in = draws.happens(rng, number_of_sessions, 0.06)
    colleague = rng.integers(0, len(load), number_of_sessions)
    session = part["session"].to_numpy()
    part["therapist"] = np.where(stands_in[session], colleague[session], leads[part["client"]])


def _write_people(change, ids, rng, episode, rank, until_day) -> dict[str, np.ndarray]:
    names = lists.read("names")
    staff = {
        "office": ids.block(len(names["offices"])),
        "therapist": ids.block(len(names["therapist"])),
        "physician": ids.block(len(names["physician"])),
        "client": ids.block(len(rank)),
    }
    write(change, "office", people.offices(staff["office"]))
    write(change, "therapist", people.therapists(staff["therapist"], staff["office"]))
    write(change, "physician", people.physicians(staff["physician"]))
    found = people.clients(rng["clients"], episode, rank, until_day)
    found.insert(0, "client_id", staff["client"])
    write(change, "client", found)
    return staff


def _write_episodes(change, ids, rng, episode, part, staff, until_day) -> None:
    said, injuries, chance, count = lists.read("words"), lists.injuries(), rng["words"], len(episode)
    cause, opened = episode["cause"].to_numpy(), episode["opened"].to_numpy()
    before = draws.drawn(chance, count, 40, 22, 38)
    surgical = cause == injuries.causes.index("post_surgical")
    onset = opened - np.select(
        [surgical | (before == 0), before == 1],
        [chance.integers(4, 41, count), chance.integers(42, 84, count)],
        chance.integers(90, 900, count),
    )
    mechanism = [said["mechanisms"].get(name) for name in injuries.causes]
    told_mechanism = np.array([text is not None for text in mechanism])[cause] & draws.happens(chance, count, 0.7)
    illnesses = chance.poisson(0.7, count)
    counted = ~draws.happens(chance, count, 0.1)
    illness = chance.integers(0, len(said["comorbidities"]), count)
    closed = (episode["discharged"] != draws.NONE).to_numpy()
    note = np.where(closed & draws.happens(chance, count, 0.3), chance.integers(0, 3, count), draws.NONE)
    home_office = staff["office"][[therapist["office"] for therapist in lists.read("names")["therapist"]]]
    repeated = {"episode_id": episode["id"], "client_id": episode["client_id"]}
    lead = episode["therapist"].to_numpy()
    write(
        change,
        "episode",
        pd.DataFrame(
            repeated
            | {
                "injury_type_id": injuries.ids[episode["injury"]],
                "cause": draws.words(cause, injuries.causes),
                "mechanism": draws.words(
                    np.where(told_mechanism, cause, draws.NONE), [text or "" for text in mechanism]
                ),
                "onset_on": draws.days(np.where(draws.happens(chance, count, 0.93), onset, draws.NONE)),
                "surgery_on": draws.days(np.where(surgical, onset, draws.NONE)),
                "chronicity": draws.words(
                    np.where(surgical, 0, before), ("under_6_weeks", "6_to_12_weeks", "over_3_months")
                ),
                "comorbidity_count": draws.whole(illnesses, counted),
                "comorbidity": draws.words(
                    np.where(counted & (illnesses > 0), illness, draws.NONE), said["comorbidities"]
                ),
                "therapist_id": staff["therapist"][lead],
                "office_id": home_office[lead],
                "opened_on": draws.days(opened),
                "on_hold": episode["on_hold"],
                "discharged_on": draws.days(episode["discharged"].to_numpy()),
                "discharge_reason": draws.words(episode["reason"].to_numpy(), courses.REASONS),
                "discharge_note": draws.words(note, said["discharge_notes"]),
            }
        ),
    )
    region = np.stack([episode["region"].to_numpy(), episode["second_region"].to_numpy()], axis=1)
    row, place = np.nonzero(region != draws.NONE)
    write(
        change,
        "episode_region",
        pd.DataFrame(
            {
                "episode_id": episode["id"].to_numpy()[row],
                "client_id": episode["client_id"].to_numpy()[row],
                "place": place + 1,
                "region": draws.words(region[row, place], lists.REGIONS),
                "side": draws.words(episode["side"].to_numpy()[row], lists.SIDES),
            }
        ),
    )
    tables = {
        "referral": care.referrals(rng["referrals"], part, episode, len(staff["physician"]), until_day),
        "goal": care.goals(rng["goals"], episode),
        "dated_entry": care.dated_entries(rng["entries"], episode),
    }
    physician = tables["referral"].pop("physician").to_numpy()
    tables["referral"]["physician_id"] = draws.whole(staff["physician"][physician], physician != draws.NONE)
    for table, frame in tables.items():
        row = frame.pop("episode").to_numpy()
        key = "entry_id" if table == "dated_entry" else f"{table}_id"
        frame.insert(0, key, ids.block(len(frame)))
        frame.insert(1, "episode_id", episode["id"].to_numpy()[row])
        frame.insert(2, "client_id", episode["client_id"].to_numpy()[row])
        write(change, table, frame)


def _write_sessions(change, ids, rng, episode, part, staff) -> None:
    said, chance = lists.read("words"), rng["words"]
    one = part.drop_duplicates("session").sort_values("session")
    therapists = pd.DataFrame(lists.read("names")["therapist"])
    home = therapists["office"].to_numpy()
    thursdays = therapists["thursdays_in"].fillna(therapists["office"]).to_numpy(int)
    day, therapist = one["day"].to_numpy(), one["therapist"].to_numpy()
    office = np.where(day % 7 == 0, thursdays[therapist], home[therapist])  # day 0, 1 January 1970, was a Thursday
    session_ids = ids.block(len(one))
    first_visits = (one["kind"] == sessions.EVALUATION).to_numpy()
    starts = [f"{8 + half // 2:02d}:{30 * (half % 2):02d}:00" for half in range(21)]
    start = draws.drawn(chance, len(one), *np.interp(np.arange(21), [0, 4, 10, 16, 20], [2, 6, 3, 7, 2]))
    start[draws.happens(chance, len(one), 0.12)] = draws.NONE
    write(
        change,
        "session",
        pd.DataFrame(
            {
                "session_id": session_ids,
                "client_id": staff["client"][one["client"]],
                "visited_on": draws.days(day),
                "start_time": draws.words(start, starts),
                "kind": draws.words(one["kind"].to_numpy(), sessions.KINDS),
                "status": draws.words(one["status"].to_numpy(), sessions.STATUSES),
                "therapist_id": staff["therapist"][therapist],
                "office_id": staff["office"][office],
                "red_flags_asked": pd.arrays.BooleanArray(draws.happens(chance, len(one), 0.93), ~first_visits),
            }
        ),
    )
    visit = (part["what"] == sessions.VISIT).to_numpy()
    count = len(part)
    adverse = np.where(visit & draws.happens(chance, count, 0.006), chance.integers(0, 4, count), draws.NONE)
    marked = part["spike"].to_numpy() & draws.happens(chance, count, 0.35)
    notes = np.where(visit & draws.happens(chance, count, 0.25), chance.integers(0, 6, count), draws.NONE)
    part["session_id"] = session_ids[part["session"]]
    part["episode_id"] = episode["id"].to_numpy()[part["episode"]]
    part["client_id"] = staff["client"][part["client"]]
    repeated = _repeated(part, "visited_on")
    home_exercise = care.home_exercise(rng["home"], part, episode)
    write(
        change,
        "session_part",
        pd.DataFrame(
            repeated
            | {
                "minutes": draws.whole(part["minutes"], visit & ~draws.happens(chance, count, 0.02)),
                "home_done": home_exercise["home_done"],
                "home_prescribed": home_exercise["home_prescribed"],
                "adverse_reaction": draws.words(adverse, said["adverse_reactions"]),
                "flare_marked": pd.arrays.BooleanArray(marked, ~marked),
                "note": draws.words(notes, said["notes"]),
            }
        ),
    )
    used = care.techniques(rng["techniques"], part, episode)
    write(change, "technique_use", _linked(used, part, "visited_on"))
    flags = care.red_flags(rng["red_flags"], part)
    called = care.calls(rng["calls"], flags["part"].to_numpy(), part)
    write(change, "red_flag_found", _linked(flags, part, "visited_on"))
    called.insert(0, "call_id", ids.block(len(called)))
    write(change, "call_made", _linked(called, part, None))


def _write_readings(change, ids, rng, episode, part, staff, was_asked) -> None:
    rated = readings.ratings(rng["ratings"], part, episode, was_asked)
    rated.insert(0, "rating_id", ids.block(len(rated)))
    write(change, "rating", _linked(rated, part, "rated_on"))
    scored = readings.scores(rng["scores"], part, episode, was_asked)
    scored.insert(0, "score_id", ids.block(len(scored)))
    write(change, "score", _linked(scored, part, "scored_on"))
    measured = readings.motion(rng["motion"], part, episode, was_asked)
    measured.insert(0, "motion_id", ids.block(len(measured)))
    rater = measured.pop("rater").to_numpy()
    measured["rater_id"] = draws.whole(staff["therapist"][rater], rater != draws.NONE)
    write(change, "motion", _linked(measured, part, "measured_on"))


def _repeated(part: pd.DataFrame, date_name: str | None, rows=slice(None)) -> dict[str, np.ndarray]:
    """The columns every row of a session carries: session, episode, client and (unless None) the date."""
    found = {name: part[name].to_numpy()[rows] for name in ("session_id", "episode_id", "client_id")}
    return found if date_name is None else found | {date_name: draws.days(part["day"].to_numpy()[rows])}


def _linked(frame: pd.DataFrame, part: pd.DataFrame, date_name: str | None) -> pd.DataFrame:
    """Rows that name their part by its row, with the part's ids and date in its place."""
    rows = frame.pop("part").to_numpy()
    return frame.assign(**_repeated(part, date_name, rows))
