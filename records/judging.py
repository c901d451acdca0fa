"""Records before the rules twice: as they were on one line, as they would be on the other; only a new problem counts.

What is written down already is judged so: a correction, what is brought back, and two clients who become one.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

import duckdb

from records import calendar, discharges, rules
from records.store import ID_OF
from records.written import correctable, text_of

READINGS = {"rating": "pain", "motion": "motion", "score": "score"}
CARE = {"technique_use": "technique", "red_flag_found": "red_flag", "call_made": "call", "dated_entry": "entry"}
IN_VISIT = (*READINGS, "technique_use", "red_flag_found")
BEFORE, AFTER = 1, 2  # the two lines that are staged

Row = dict[str, Any]
Key = tuple[str, int]  # a table, and the id of its row


class Judged:
    """Visits, and records of none, on two lines of the rules' staging tables.

    Parameters
    ----------
    changed, given : the record that is corrected, and its new values as text
    earlier : mapping of record to columns, optional
        How records were that differ since; only these columns differ.
    name_each : bool
        The problems of several visits: each is said with the visit it is about.
    """

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        lists: Mapping[str, Mapping[str, str]],
        *,
        changed: Key | None = None,
        given: Mapping[str, str | None] | None = None,
        earlier: Mapping[Key, Mapping[str, Any]] | None = None,
        name_each: bool = False,
    ):
        self.cursor, self.lists = cursor, lists
        self.changed, self.given, self.earlier, self.name_each = changed, given or {}, earlier or {}, name_each
        self.number = 1  # of the corrected reading, or thing done, among those of its visit
        self.injuries: set[str] = set()
        self.remedy = "correct the discharge first"
        self._places, self._items = 0, 0
        self._where: dict[int, str] = {}
        self._visits, self._readings, self._care, self._names, self._ended = [], [], [], [], []

    # --- What is judged

    def visits(self, session_ids: Collection[int], only: Collection[tuple[int, int]] | None = None) -> None:
        """Every standing part of these sessions, or the (session, episode) named, with what was read and done in it."""
        sessions = {row["session_id"]: row for row in rows_of(self.cursor, "session", "session_id", session_ids)}
        parts = [
            part
            for part in rows_of(self.cursor, "session_part", "session_id", sessions, standing=True)
            if only is None or (part["session_id"], part["episode_id"]) in only
        ]
        episodes = self._by_id("episode", {part["episode_id"] for part in parts})
        whose = {self.at(AFTER, "session", row)["client_id"] for row in sessions.values()}
        whose |= {self.at(BEFORE, "session", row)["client_id"] for row in sessions.values()}
        clients = self._by_id("client", whose)
        items: dict[tuple[int, int], list[tuple[str, Row]]] = {}
        for table in IN_VISIT:
            for row in rows_of(self.cursor, table, "session_id", sessions, standing=True):
                items.setdefault((row["session_id"], row["episode_id"]), []).append((table, row))
        for part in parts:
            self._visit(sessions[part["session_id"]], part, episodes[part["episode_id"]], clients)
            for table, row in items.get((part["session_id"], part["episode_id"]), ()):
                self._item(table, row)

    def alone(self, table: str, row: Row) -> None:
        """A record that belongs to no visit, on the client's or the episode's first visit, or on today without one."""
        whose = {line: self.at(line, table, row)["client_id"] for line in (BEFORE, AFTER)}
        clients = self._by_id("client", whose.values())
        first = calendar.today()
        if table in ("client", "episode"):
            key = ID_OF[table]
            parts = rows_of(self.cursor, "session_part", key, [row[key]], standing=True)
            first = min((part["visited_on"] for part in parts), default=first)
        place = self._new_place(f"{correctable()[table]['called'].lower()} {row[ID_OF[table]]}")
        for line in (BEFORE, AFTER):
            client = clients[whose[line]]
            said = {"client_ref": str(whose[line]), "visited_on": text_of(first), "kind": "treatment"}
            said |= {"status": "kept" if first <= calendar.today() else "booked"}
            said |= self._texts("client", client, "visit", line)
            if table != "client":
                episode = self._by_id("episode", [row["episode_id"]])[row["episode_id"]]
                said |= self._of_episode(episode, line)
            if table in ("episode", "referral", "dated_entry"):
                said |= self._texts(table, row, "visit", line)
            self._visits.append({"line": line, "place": place} | said)
        self._name(0, table, "visit")
        if table in ("client", "episode"):
            self._names.append((place, 0, "visited_on", "First visit"))
        if table in CARE:
            self._item(table, row)
        if table == "goal" and row["measure"] != "words":
            self._goal(row)

    # --- How it is judged

    def newly_wrong(self, remedy: str | None = None) -> list[str]:
        """What would be wrong that was not: each reason once, with `remedy` in place of the rules' own when given."""
        self._ask()
        found = self.cursor.execute(
            "SELECT p.place, coalesce(n.column_name, p.field), p.reason, p.remedy"
            " FROM problem AS p LEFT JOIN field_name AS n USING (place, reading, field)"
            " WHERE p.fate = 'refused' AND p.line = $after AND NOT EXISTS (FROM problem AS o WHERE o.line = $before"
            " AND o.place = p.place AND o.reading = p.reading AND o.field = p.field AND o.reason = p.reason)"
            " ORDER BY p.place, p.reading, p.field",
            {"before": BEFORE, "after": AFTER},
        ).fetchall()
        said = []
        for place, label, reason, own_remedy in found:
            where = f" ({self._where[place]})" if self.name_each else ""
            said.append(f"{label}{where}: {reason} {remedy or own_remedy}")
        return list(dict.fromkeys(said))

    def ruled(self, columns: Mapping[str, Any]) -> Row:
        """The new values of the corrected record that a rule has read, by type."""
        new = {}
        for name in self.given:
            kind, _, field = columns[name].get("rule", "").partition(".")
            if kind:
                number = "" if kind == "visit" else f" AND reading = {self.number}"
                query = f"SELECT {field} FROM read_{kind} WHERE line = {AFTER} AND place = 1{number}"
                new[name] = self.cursor.execute(query).fetchone()[0]
        return new

    def at(self, line: int, table: str, row: Row) -> Row:
        """A record as it is on one of the two lines, but for what is corrected."""
        if line == AFTER:
            return row
        was = self.earlier.get((table, row[ID_OF[table]]), {})
        # The trail keeps numbers as text.
        numbers = {name for name in was if isinstance(row[name], float | Decimal) and isinstance(was[name], str)}
        return row | {name: float(value) if name in numbers else value for name, value in was.items()}

    # --- Staging

    def _new_place(self, where: str) -> int:
        self._places += 1
        self._where[self._places] = where
        self._items = 0
        return self._places

    def _by_id(self, table: str, ids: Iterable[int]) -> dict[int, Row]:
        return {row[ID_OF[table]]: row for row in rows_of(self.cursor, table, ID_OF[table], ids)}

    def _texts(self, table: str, row: Row, kind: str, line: int) -> dict[str, str | None]:
        """What a record says in the fields of one kind of rule ("visit", "reading", "care")."""
        said, row = {}, self.at(line, table, row)
        for name, column in correctable()[table]["column"].items():
            rule = column.get("rule", "")
            if rule.startswith(f"{kind}."):
                is_corrected = line == AFTER and (table, row[ID_OF[table]]) == self.changed
                text = text_of(row[name])
                said[rule.partition(".")[2]] = self.given.get(name, text) if is_corrected else text
        return said

    def _of_episode(self, episode: Row, line: int) -> dict[str, str | None]:
        was = self.at(line, "episode", episode)
        number = was["injury_type_id"]
        injury = self.lists["injury_type"].get(str(number), f"number {number}")
        self.injuries.add(injury)
        return {"injury_type": injury, "cause": was["cause"]}

    def _visit(self, session: Row, part: Row, episode: Row, clients: Mapping[int, Row]) -> None:
        place = self._new_place(f"visit {session['session_id']} of {session['visited_on']}")
        for line in (BEFORE, AFTER):
            whose = self.at(line, "session", session)["client_id"]
            client = self.at(line, "client", clients[whose])
            was = self.at(line, "episode", episode)
            said = {"client_ref": str(whose), "client_name": client["name"], "opened_on": text_of(was["opened_on"])}
            said |= {"birth_date": text_of(client["birth_date"])} | self._of_episode(episode, line)
            said |= self._texts("session", session, "visit", line) | self._texts("session_part", part, "visit", line)
            self._visits.append({"line": line, "place": place} | said)
            self._ended.append((line, place, _day(was["discharged_on"])))
        self._name(0, "session", "visit")
        self._name(0, "session_part", "visit")

    def _item(self, table: str, row: Row) -> None:
        """One reading or one thing done in the visit staged last, numbered by its place among them."""
        self._items += 1
        kind, what = ("reading", READINGS[table]) if table in READINGS else ("care", CARE[table])
        for line in (BEFORE, AFTER):
            said = {"line": line, "place": self._places, "reading": self._items, "what": what}
            (self._readings if kind == "reading" else self._care).append(said | self._texts(table, row, kind, line))
        own = self.changed is None or (table, row[ID_OF[table]]) == self.changed
        if self.changed == (table, row[ID_OF[table]]):
            self.number = self._items
        self._name(self._items, table, kind, own=own)

    def _goal(self, row: Row) -> None:
        """A target is bound like a reading of the same measure."""
        for line in (BEFORE, AFTER):
            said = {"line": line, "place": self._places, "reading": 1, "what": row["measure"]}
            said |= {"kind": "now", "moment": "before", "motion_type": "active"}
            self._readings.append(said | self._texts("goal", row, "reading", line))
        self._name(1, "goal", "reading")

    def _name(self, number: int, table: str, kind: str, own: bool = True) -> None:
        called = "" if own else f"{correctable()[table]['called']}, "
        for column in correctable()[table]["column"].values():
            rule = column.get("rule", "")
            if rule.startswith(f"{kind}."):
                label = column["label"].lower() if called else column["label"]
                self._names.append((self._places, number, rule.partition(".")[2], f"{called}{label}"))

    def _ask(self) -> None:
        may_add = {"visit.injury_type": tuple(sorted(self.injuries))}
        rules.open_staging(self.cursor, rules.Door(named="entry", today=calendar.today(), may_add=may_add))
        names = [
            {"place": place, "reading": number, "field": field, "column_name": label, "given": True}
            for place, number, field, label in dict.fromkeys(self._names)
        ]
        for target, rows in (
            ("staged_visit", self._visits),
            ("staged_reading", self._readings),
            ("staged_care", self._care),
            ("field_name", names),
        ):
            if rows:
                every = list(dict.fromkeys(name for row in rows for name in row))
                columns = {name: [row.get(name) for row in rows] for name in every}
                unnested = ", ".join(f"unnest(${name}) AS {name}" for name in every)
                self.cursor.execute(f"INSERT INTO {target} BY NAME SELECT {unnested}", columns)
        rules.check(self.cursor)
        discharges.look(self.cursor, self._ended, self.remedy)


def rows_of(
    cursor: duckdb.DuckDBPyConnection, table: str, key: str, values: Iterable[int], *, standing: bool = False
) -> list[Row]:
    """Rows of a table by one of its ids, in the order of their own."""
    only = " AND NOT withdrawn" if standing else ""
    found = cursor.execute(
        f"SELECT * FROM records.{table} WHERE {key} IN (SELECT unnest($values::BIGINT[])){only}"
        f" ORDER BY {ID_OF[table]}",
        {"values": list(values)},
    )
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
