"""Clients who were entered twice: who may be one, making them one in one audited action, and taking that back.

A merge changes whose a record is and nothing else: every episode keeps its visits, its readings and its verdict.
"""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import Levenshtein

from records import calendar, ids
from records.errors import EntryRefused, NotAllowed
from records.judging import Judged, rows_of
from records.permission import may_write
from records.store import ID_OF, Change, Store
from records.viewer import Viewer
from records.written import choices, correctable

HERE = Path(__file__).parent
# Likeness of two names from 0 to 100, more for what else is shared, less for what speaks against it. Choices of ours,
# tried on drawn pairs (tests/records/test_merging.py): they order a list that a person decides, and merge nothing.
SAME_PHONE = 15
NO_BIRTH_DATE = -25
ONE_FIGURE_OFF = -15
DAY_AND_MONTH_EXCHANGED = -10
BORN_APART = -45
AT_MOST = {"born apart": 60, "nearly the same day": 80, "twins": 50}
LIKELY, POSSIBLE, SHOWN = 85, 65, 45
FIRST_NAMES_ALIKE = 80
# These name a client and are not moved: the client itself, the merges, and the trail, which is never rewritten.
STAYS = {"client", "client_merge", "audit"}
# What the rules hold against the birth date: the visits, and days that stand beside them.
JUDGED = ("session", "episode", "referral", "dated_entry")


@dataclass(frozen=True, slots=True)
class _Likeness:
    score: float
    why: str


def suggestions(store: Store, viewer: Viewer, limit: int = 20) -> pd.DataFrame:
    """Pairs of clients who may be one person, the likeliest first.

    Returns
    -------
    DataFrame
        one_id, other_id, one_name, other_name, one_birth_date, other_birth_date, one_phone, other_phone, score (0 to
        100), likely ("very likely", "possible" or "hardly") and why (words). Two people of one name born on different
        days are never very likely; twins hardly. Pairs said to be two people are left out.

    Raises
    ------
    NotAllowed
        Without the right to merge clients.
    """
    _may_merge(store, viewer)
    pairs = store.open_for(viewer).read(HERE / "pairs.sql")
    said = {name: _comparable(name) for name in {*pairs["one_name"], *pairs["other_name"]}}
    names = [[said[name] for name in pairs[column]] for column in ("one_name", "other_name")]
    alike = process.cpdist(*names, scorer=fuzz.token_sort_ratio) if len(pairs) else []
    judged = [
        _likeness(one, other, float(ratio), row)
        for one, other, ratio, row in zip(*names, alike, pairs.itertuples(index=False), strict=True)
    ]
    pairs["score"] = [round(found.score) for found in judged]
    pairs["why"] = [found.why for found in judged]
    pairs["likely"] = [
        "very likely" if score >= LIKELY else "possible" if score >= POSSIBLE else "hardly" for score in pairs["score"]
    ]
    best = pairs[pairs["score"] >= SHOWN].sort_values(["score", "one_id"], ascending=[False, True])
    return best.drop(columns="same_phone").head(limit).reset_index(drop=True)


def _comparable(name: str) -> str:
    """A name without capitals, accents and marks, in the order it is said: "Müller, Jörg" as "jorg muller"."""
    last, comma, first = name.partition(",")
    said = unicodedata.normalize("NFKD", f"{first} {last}" if comma else name)
    return utils.default_process("".join(letter for letter in said if not unicodedata.combining(letter)))


def _likeness(one: str, other: str, ratio: float, row: Any) -> _Likeness:
    words, other_words = one.split(), other.split()
    shared = set(words) & set(other_words)
    if len(shared) >= 2 and (shared == set(words) or shared == set(other_words)):
        ratio = max(ratio, 92.0)  # one of them has a further name
    score, why = ratio, ["same name" if ratio == 100 else f"names alike to {ratio:.0f} of 100"]
    most = 100.0
    born, other_born = row.one_birth_date, row.other_birth_date
    if pd.isna(born) or pd.isna(other_born):
        score += NO_BIRTH_DATE
        why.append("no birth date to compare")
    elif born == other_born:
        why.append("same birth date")
        if _are_twins(words, other_words, shared):
            most = AT_MOST["twins"]
            why.append("first names differ: perhaps twins")
    else:
        points, most, said = _born_apart(born, other_born)
        score += points
        why.append(said)
    if row.same_phone:
        score += SAME_PHONE
        why.append("same phone")
    elif not (pd.isna(row.one_phone) or pd.isna(row.other_phone)):
        why.append("different phones")
    return _Likeness(max(0.0, min(score, most, 100.0)), ", ".join(why))


def _born_apart(born: pd.Timestamp, other: pd.Timestamp) -> tuple[int, float, str]:
    if born.year == other.year and (born.day, born.month) == (other.month, other.day):
        return DAY_AND_MONTH_EXCHANGED, AT_MOST["nearly the same day"], "day and month of birth exchanged"
    if Levenshtein.distance(f"{born:%Y%m%d}", f"{other:%Y%m%d}") == 1:
        return ONE_FIGURE_OFF, AT_MOST["nearly the same day"], "birth dates differ by one figure"
    return BORN_APART, AT_MOST["born apart"], "different birth dates"


def _are_twins(words: list[str], other_words: list[str], shared: set[str]) -> bool:
    """One surname, and first names that are not one name written in two ways."""
    first, other_first = (" ".join(word for word in name if word not in shared) for name in (words, other_words))
    same_surname = bool(words) and bool(other_words) and words[-1] == other_words[-1]
    return same_surname and bool(first and other_first) and fuzz.ratio(first, other_first) < FIRST_NAMES_ALIKE


def merge(
    store: Store,
    viewer: Viewer,
    keep_id: int,
    gone_id: int,
    *,
    reason: str,
    take: Sequence[str] = (),
    idempotency_key: str | None = None,
) -> int:
    """Make two clients one: everything of the one becomes the other's, in one action. Returns the merge's id.

    Parameters
    ----------
    keep_id, gone_id : int
        The client who stays, and the one who is withdrawn once nothing is theirs any more.
    take : names of columns, optional
        Values of the client who goes that the kept one takes over; all others stay as they are.

    Raises
    ------
    NotAllowed
        In the sample practice, without the right to merge, or when one of them does not stand.
    EntryRefused
        Without a reason; and when what is the one's would break a rule beside what is the other's: a visit before the
        kept client was born.
    AlreadySaved
        When this merge was saved before.
    """
    _may_merge(store, viewer)
    reason = _reason(reason)
    if keep_id == gone_id:
        raise NotAllowed(f"Client {keep_id} is one client already. Choose two.")
    if unknown := [name for name in take if name not in correctable()["client"]["column"]]:
        raise NotAllowed(f"{', '.join(unknown)} of a client is not taken over. Right are the values a person corrects.")
    with store.change(viewer, "merge", reason=reason, idempotency_key=idempotency_key) as change:
        kept, gone = (_standing_client(change, client_id) for client_id in (keep_id, gone_id))
        merge_id = ids.new()
        moved = _move(change, {table: "client_id = $from_id" for table in _tables(change.cursor)}, gone_id, keep_id, {})
        _remember(change, merge_id, moved)
        taken = {name: gone[name] for name in take if gone[name] is not None and gone[name] != kept[name]}
        if taken:
            change.correct("client", keep_id, kept["ver"], taken)
        if kept["birth_date"] != gone["birth_date"]:
            _refuse_if_newly_wrong(store, viewer, change, kept, gone_id, moved)
        change.correct("client", gone_id, gone["ver"], {"withdrawn": True})
        change.insert("client_merge", _merge_row(merge_id, keep_id, gone_id))
    return merge_id


def _refuse_if_newly_wrong(
    store: Store, viewer: Viewer, change: Change, kept: dict[str, Any], gone_id: int, moved: list[tuple[str, int]]
) -> None:
    """What is wrong with the records now that they are of one, and was not before."""
    keep_id = kept["client_id"]
    earlier: dict[tuple[str, int], dict[str, Any]] = {row: {"client_id": gone_id} for row in moved}
    earlier |= {("client", keep_id): {"birth_date": kept["birth_date"]}}
    judged = Judged(change.cursor, choices(store.open_for(viewer)), earlier=earlier, name_each=True)
    of_one = {table: rows_of(change.cursor, table, "client_id", [keep_id], standing=True) for table in JUDGED}
    judged.visits([row["session_id"] for row in of_one["session"]])
    for table, rows in of_one.items():
        for row in rows if table != "session" else ():
            judged.alone(table, row)
    remedy = "Take over the other birth date, or correct what is wrong first. Nothing was changed."
    if reasons := judged.newly_wrong(remedy):
        raise EntryRefused(reasons)


def apart(
    store: Store, viewer: Viewer, one_id: int, other_id: int, *, reason: str, idempotency_key: str | None = None
) -> None:
    """Say that two clients are two people, so that they are not suggested again.

    Raises
    ------
    NotAllowed, EntryRefused, AlreadySaved
        As `merge` does.
    """
    _may_merge(store, viewer)
    reason = _reason(reason)
    with store.change(viewer, "apart", reason=reason, idempotency_key=idempotency_key) as change:
        for client_id in (one_id, other_id):
            _standing_client(change, client_id)
        # A pair said to be two stands among the merges as one that was taken back at once.
        change.insert("client_merge", _merge_row(ids.new(), one_id, other_id) | {"undone_at": calendar.now()})


def unmerge(
    store: Store, viewer: Viewer, client_merge_id: int, *, reason: str, idempotency_key: str | None = None
) -> None:
    """Take a merge back: the client who went stands again with all their episodes, and what was added to these since.

    Raises
    ------
    NotAllowed
        When it was taken back before, when the kept client was merged or withdrawn since, or when a visit since serves
        episodes of both (the message names it).
    EntryRefused, AlreadySaved
        As `merge` does.
    """
    _may_merge(store, viewer)
    reason = _reason(reason)
    with store.change(viewer, "unmerge", reason=reason, idempotency_key=idempotency_key) as change:
        found = change.cursor.execute(
            "SELECT kept_client_id, gone_client_id, undone_at, action_id FROM records.client_merge"
            " WHERE client_merge_id = ?",
            [client_merge_id],
        ).fetchone()
        if found is None:
            raise NotAllowed(f"There is no merge {client_merge_id}. The page of people who may be one lists those.")
        kept_id, gone_id, undone_at, action_id = found
        if undone_at is not None:
            raise NotAllowed(f"Merge {client_merge_id} was taken back before, on {undone_at:%Y-%m-%d}.")
        _refuse_if_hindered(change, client_merge_id, kept_id)
        _move(change, _of_the_gone(change.cursor), kept_id, gone_id, {"merge_id": client_merge_id})
        _give_back_values(change, action_id, kept_id, gone_id)
        change.cursor.execute(
            "UPDATE records.client_merge SET undone_at = ? WHERE client_merge_id = ?", [calendar.now(), client_merge_id]
        )
        change.note("client_merge", {"client_merge_id": client_merge_id, "undone": True})


def _may_merge(store: Store, viewer: Viewer) -> None:
    may_write(store, viewer, "client.merge")
    if viewer.scope != "all":
        raise NotAllowed("Clients are merged with all their episodes: only who sees the whole practice may do that.")


def _reason(reason: str) -> str:
    if not (reason or "").strip():
        raise EntryRefused(["Reason: it is not said why. Write it in a few words; it is kept with the change."])
    return reason.strip()


def _standing_client(change: Change, client_id: int) -> dict[str, Any]:
    found = change.cursor.execute("SELECT * FROM records.client WHERE client_id = ? AND NOT withdrawn", [client_id])
    names = [column[0] for column in found.description]
    row = found.fetchone()
    if row is None:
        raise NotAllowed(
            f"Client {client_id} does not stand: withdrawn, or another client by now. Look at the list again."
        )
    return dict(zip(names, row, strict=True))


def _merge_row(merge_id: int, kept_id: int, gone_id: int) -> dict[str, Any]:
    return {
        "client_merge_id": merge_id,
        "kept_client_id": kept_id,
        "gone_client_id": gone_id,
        "merged_at": calendar.now(),
    }


def _tables(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Every table that says whose a record is."""
    found = cursor.execute(
        "SELECT DISTINCT table_name FROM duckdb_columns() WHERE database_name = 'records' AND column_name = 'client_id'"
        " ORDER BY table_name"
    ).fetchall()
    return [table for (table,) in found if table not in STAYS]


def _move(
    change: Change, where: dict[str, str], from_id: int, to_id: int, given: dict[str, Any]
) -> list[tuple[str, int]]:
    """Make records the other client's, each as a new version; returns table and id of each.

    They keep the action that wrote them: what was withdrawn together still comes back together, and an import whose
    clients were parted again can be taken back.
    """
    moved = []
    for table, condition in where.items():
        given_here = {"from_id": from_id} | {name: value for name, value in given.items() if f"${name}" in condition}
        if table in ID_OF:
            rows = change.rewrite(table, {"client_id": to_id}, condition, given_here, keep_action=True)
        else:
            # Drafts are no records: they have neither versions nor lines.
            found = change.cursor.execute(f"SELECT {table}_id FROM records.{table} WHERE {condition}", given_here)
            rows = [row for (row,) in found.fetchall()]
            change.cursor.execute(
                f"UPDATE records.{table} SET client_id = $to_id WHERE list_contains($rows, {table}_id)",
                {"to_id": to_id, "rows": rows},
            )
        moved += [(table, row) for row in rows]
    return moved


def _remember(change: Change, merge_id: int, moved: list[tuple[str, int]]) -> None:
    if moved:
        change.cursor.execute(
            "INSERT INTO records.client_merge_row SELECT $merge_id, unnest($tables), unnest($rows)",
            {"merge_id": merge_id, "tables": [table for table, _ in moved], "rows": [row for _, row in moved]},
        )


# What goes back with the client who went: their episodes as remembered, all that belongs to these by now, and the
# visits whose standing parts are all in them.
_EPISODES = "(SELECT row_id FROM records.client_merge_row WHERE client_merge_id = $merge_id AND table_name = 'episode')"
_STANDING_PARTS = "(SELECT session_id, episode_id FROM records.session_part WHERE NOT withdrawn)"


def _of_the_gone(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """For each table, the condition that finds the records to give back."""
    where = {}
    for table in _tables(cursor):
        columns = [column[0] for column in cursor.execute(f"SELECT * FROM records.{table} LIMIT 0").description]
        if "episode_id" in columns:
            where[table] = f"client_id = $from_id AND episode_id IN {_EPISODES}"
    remembered = (
        "(SELECT row_id FROM records.client_merge_row WHERE client_merge_id = $merge_id AND table_name = '{table}')"
    )
    where["draft"] = f"client_id = $from_id AND draft_id IN {remembered.format(table='draft')}"
    in_theirs = f"(SELECT session_id FROM {_STANDING_PARTS} WHERE episode_id IN {_EPISODES})"
    elsewhere = f"(SELECT session_id FROM {_STANDING_PARTS})"
    where["session"] = (
        f"client_id = $from_id AND (session_id IN {in_theirs} OR (session_id IN"
        f" {remembered.format(table='session')} AND session_id NOT IN {elsewhere}))"
    )
    # Sessions first: the parts they are found by still stand where they stood.
    return {"session": where.pop("session")} | where


def _refuse_if_hindered(change: Change, merge_id: int, kept_id: int) -> None:
    cursor = change.cursor
    later = cursor.execute(
        "SELECT client_merge_id FROM records.client_merge WHERE gone_client_id = ? AND undone_at IS NULL", [kept_id]
    ).fetchone()
    if later:
        raise NotAllowed(
            f"Merge {merge_id} cannot be taken back yet: client {kept_id} was found to be another client since (merge"
            f" {later[0]}). Take that back first. Nothing was changed."
        )
    if cursor.execute("SELECT withdrawn FROM records.client WHERE client_id = ?", [kept_id]).fetchone()[0]:
        raise NotAllowed(
            f"Merge {merge_id} cannot be taken back: client {kept_id} is withdrawn. Bring them back first. Nothing was"
            " changed."
        )
    of_both = cursor.execute(
        f"SELECT session_id, any_value(s.visited_on) FROM {_STANDING_PARTS} AS p"
        " INNER JOIN records.session AS s USING (session_id) WHERE s.client_id = $kept_id"
        f" GROUP BY session_id HAVING bool_or(episode_id IN {_EPISODES}) AND NOT bool_and(episode_id IN {_EPISODES})"
        " ORDER BY 2",
        {"merge_id": merge_id, "kept_id": kept_id},
    ).fetchall()
    if of_both:
        visits = ", ".join(f"{session} on {day}" for session, day in of_both)
        raise NotAllowed(
            f"Merge {merge_id} cannot be taken back: since then there are visits that serve episodes of both (session"
            f" {visits}). Withdraw the part of each in one of the two episodes first. Nothing was changed."
        )


def _give_back_values(change: Change, action_id: int, kept_id: int, gone_id: int) -> None:
    """The values the kept client took over go, where nobody changed them since; the client who went stands again."""
    lines = change.cursor.execute(
        "SELECT a.row_id, v.before, v.after FROM records.audit AS a INNER JOIN records.audit_values AS v USING (seq)"
        " WHERE a.action_id = ? AND a.table_name = 'client'",
        [action_id],
    ).fetchall()
    said = {row_id: (json.loads(before), json.loads(after)) for row_id, before, after in lines if before and after}
    if kept_id in said:
        before, after = said[kept_id]
        now = _standing_client(change, kept_id)
        given_back = {
            name: before[name]
            for name in correctable()["client"]["column"]
            if before[name] != after[name] and (None if now[name] is None else str(now[name])) == after[name]
        }
        if given_back:
            change.correct("client", kept_id, now["ver"], given_back)
    before = said[gone_id][0] if gone_id in said else {}
    # As before the merge in all but the version: an import that brought this client can still be taken back.
    stands = {"withdrawn": False, "action_id": before.get("action_id", change.action_id)}
    change.rewrite("client", stands, "client_id = $gone_id", {"gone_id": gone_id}, keep_action=True)
