"""Kill the program at random moments, again and again, and look at what is left of each thing it does to records.

    python -m tests.records.kills --times 150

Each action is a row of steps, and each step commits once. A child process takes them one after another, acknowledges
each, and is killed without warning (SIGKILL) somewhere in between. Then the store must open, nothing be there that
should not be (`Store.integrity`), and what stands be exactly what stands after the acknowledged steps, or after one
more whose acknowledgement was cut off. That step is taken again, as somebody would who got no answer, and must be there
once. What is to stand after each step was written down before, in a run nobody killed.
"""

import argparse
import contextlib
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb

from access import roles
from records import backup, correcting, drafts, importing, merging
from records import store as record_store
from records.entry import record_session
from records.errors import AlreadySaved
from records.importing import File
from records.store import Store
from tests.records.conftest import CLINIC
from tests.tables import practice_of

OWNER = roles.viewer("kill trial", "owner")
FILE = "practice.duckdb"
ANSWER_SECONDS = 0.01  # from a commit to its acknowledgement: what an answer needs to reach a browser
HEADER = "Client,Injury,Date,Minutes,Pain Pre,Pain Post,Side,Flexion\n"
DRAWN = """
    client | episode | day        | injury          | minutes | before | after | knee flexion right
    Ada    | knee    | 2026-03-02 | Knee sprain     | 45      | 7      | 5     | 100
    Ada    | knee    | 2026-03-09 | Knee sprain     | 45      | 6      | 4     | 108
    Ada    | neck    | 2026-04-06 | Neck pain       | 30      | 5      | 4     | -
    Ben    | back    | 2026-03-03 | Low back strain | 60      | 8      | 6     | -
    Bén    | back 2  | 2026-05-04 | Low back strain | 60      | 6      | 5     | -
"""
State = dict[str, tuple]


@dataclass(frozen=True)
class Action:
    """One thing the program does to records.

    Attributes
    ----------
    prepare : makes everything an attempt needs in a folder, the record file closed
    steps : how many there are
    take : takes step n; again without harm when it was taken before
    opens : whether a step is given the open store; else it opens, or replaces, the file by itself
    brings_up_to_date : whether opening the file is the step
    also : what must hold besides when so many steps were acknowledged; raises AssertionError
    """

    name: str
    prepare: Callable[[Path], None]
    steps: int
    take: Callable[[Path, Store | None, int], None]
    opens: bool = True
    brings_up_to_date: bool = False
    also: Callable[[Path, int], None] = lambda folder, acknowledged: None


@dataclass(frozen=True, slots=True)
class Kill:
    """What one kill left behind."""

    action: str
    after_seconds: float
    acknowledged: int
    steps: int
    found: str  # "as acknowledged", "one step more", "finished before" or what is wrong

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost or left half."""
        return self.found in ("as acknowledged", "one step more", "finished before")


# Recording: a draft is begun, its sections are saved one by one, and it becomes a session.

SECTIONS = ("visit", "pain", "motion", "techniques", "note")


def _practice(folder: Path) -> None:
    store = record_store.create(folder / FILE, "Practice that is killed")
    practice_of(store, OWNER, DRAWN)
    store.close()


def _id_of(store: Store, table: str, where: str) -> int:
    return store.staging().execute(f"SELECT {table}_id FROM records.{table} WHERE {where} ORDER BY 1").fetchone()[0]


def _section(section: str, session: int, episode: int) -> dict:
    """What the form holds of one section of the n-th recorded session."""
    told = {
        "visit": {"session": {"visited_on": f"2026-0{5 + session // 28}-{1 + session % 28:02}", "kind": "treatment"}},
        "pain": {
            "readings": [
                {"label": "Pain before", "what": "pain", "kind": "now", "moment": "before", "value": "5"},
                {"label": "Pain after", "what": "pain", "kind": "now", "moment": "after", "value": "4"},
            ]
        },
        "motion": {
            "readings": [
                {"label": "Flexion", "what": "motion", "joint": "knee", "movement": "flexion", "side": "right"}
                | {"motion_type": "active", "moment": "before", "value": str(110 + session % 9)}
            ]
        },
        "techniques": {"techniques": [{"technique": "myofascial_release", "region": "knee", "minutes": "20"}]},
        "note": {"note": f"Note {session}", "minutes": "45"},
    }[section]
    if section == "visit":
        return {"session": told["session"] | {"status": "kept", "episodes": [episode]}}
    return {"parts": {str(episode): told}}


def _record(folder: Path, store: Store, n: int) -> None:
    session, place = divmod(n, 2 + len(SECTIONS))
    draft_id = 1000 + session
    client = _id_of(store, "client", "name = 'Ada'")
    episode = _id_of(store, "episode", f"client_id = {client}")
    draft = drafts.read(store, OWNER, draft_id)
    if place == 0:
        drafts.begin(store, OWNER, client, draft_id)
    elif place <= len(SECTIONS):
        section = SECTIONS[place - 1]
        saved, content = draft.sections.get(section), _section(section, session, episode)
        if saved is None or saved.content != content:
            drafts.save(store, OWNER, draft_id, section, content, saved.ver if saved else 0)
    else:
        given, parts = drafts.assembled(draft)
        with contextlib.suppress(AlreadySaved):
            record_session(store, OWNER, given, parts, idempotency_key=draft.key, draft_id=draft_id)


# Correcting: a value again and again, and a session withdrawn and brought back.


def _correct(folder: Path, store: Store, n: int) -> None:
    key, why = f"correction {n}", "kill trial"
    rating = _id_of(store, "rating", "pain = pain")
    session = _id_of(store, "session", "visited_on = DATE '2026-03-09'")
    (ver,) = store.staging().execute("SELECT ver FROM records.rating WHERE rating_id = ?", [rating]).fetchone()
    found = store.staging().execute("SELECT ver, withdrawn FROM records.session WHERE session_id = ?", [session])
    session_ver, withdrawn = found.fetchone()
    with contextlib.suppress(AlreadySaved):
        if n % 3 == 0:
            values = {"pain": str(1 + n % 8)}
            correcting.correct(store, OWNER, "rating", rating, ver, values, reason=why, idempotency_key=key)
        elif n % 3 == 1 and not withdrawn:
            correcting.withdraw(store, OWNER, "session", session, session_ver, reason=why, idempotency_key=key)
        elif n % 3 == 2 and withdrawn:
            correcting.restore(store, OWNER, "session", session, session_ver, reason=why, idempotency_key=key)


# Merging: two clients made one, and two again.


def _merge(folder: Path, store: Store, n: int) -> None:
    kept, gone = _id_of(store, "client", "name = 'Ben'"), _id_of(store, "client", "name = 'Bén'")
    merges = "SELECT client_merge_id FROM records.client_merge ORDER BY 1 DESC LIMIT 1"
    with contextlib.suppress(AlreadySaved):
        if n % 2 == 0 and not _is_gone(store, gone):
            merging.merge(store, OWNER, kept, gone, reason="one person", idempotency_key=f"merge {n}")
        elif n % 2 == 1 and _is_gone(store, gone):
            (merge_id,) = store.staging().execute(merges).fetchone()
            merging.unmerge(store, OWNER, merge_id, reason="two people", idempotency_key=f"unmerge {n}")


def _is_gone(store: Store, client: int) -> bool:
    return store.staging().execute("SELECT withdrawn FROM records.client WHERE client_id = ?", [client]).fetchone()[0]


# Importing: a clinic's export, then the next one. Brought again, every row of it is a duplicate.


def invented_rows(rows: int, first_client: int, seed: int) -> bytes:
    """A clinic's export with ten weekly visits for each client."""
    chance = random.Random(seed)
    lines = [HEADER]
    for row in range(rows):
        week, client = row % 10, first_client + row // 10
        pain = chance.randrange(0, 21) / 2
        lines.append(
            f"K{client},Knee sprain,2026-{1 + week // 4:02}-{1 + 7 * (week % 4):02},45,"
            f"{pain},{pain / 2 // 0.5 * 0.5},right,{chance.randrange(60, 140)}\n"
        )
    return "".join(lines).encode()


def _import_of(rows: int) -> Callable[[Path, Store, int], None]:
    def bring(folder: Path, store: Store, n: int) -> None:
        (folder / "clinic.toml").write_text(CLINIC, encoding="utf-8")
        export = File(f"visits {n}.csv", invented_rows(rows, 1 + n * rows, seed=n))
        importing.accept(importing.review(store, OWNER, [export], folder / "clinic.toml"))

    return bring


# Migrating: a file of the schema before drafts, merges and ids of every row, brought up to this program's.

OLD_SCHEMA = 5


def old_file(sessions: int) -> Callable[[Path], None]:
    """A store as an earlier program left it; drawn in SQL, because no function of this one writes that schema."""

    def prepare(folder: Path) -> None:
        connection = duckdb.connect(":memory:")
        connection.execute(f"ATTACH {record_store.quoted(folder / FILE)} AS records")
        connection.execute("USE records")
        connection.execute("CREATE TABLE schema_version (version INTEGER NOT NULL, name VARCHAR, applied_at TIMESTAMP)")
        for number, step in enumerate(record_store.MIGRATIONS[:OLD_SCHEMA], start=1):
            connection.execute(step.read_text(encoding="utf-8"))
            connection.execute("INSERT INTO schema_version VALUES (?, ?, now()::TIMESTAMP)", [number, step.stem])
        connection.execute(
            f"""
            INSERT INTO practice (practice_id, name, created_on) VALUES (1, 'Practice that is killed', '2026-01-01');
            INSERT INTO action VALUES (2, NULL, '2026-01-01', 'earlier', 'create', NULL);
            INSERT INTO client (client_id, name, action_id) VALUES (3, 'Ada', 2);
            INSERT INTO episode (episode_id, client_id, injury_type_id, cause, opened_on, action_id)
                SELECT 4, 3, min(injury_type_id), 'unknown', '2020-01-01', 2 FROM injury_type;
            INSERT INTO episode_region (episode_id, client_id, place, region, action_id) VALUES (4, 3, 1, 'knee', 2);
            INSERT INTO session (session_id, client_id, visited_on, kind, status, action_id)
                SELECT 10 + i, 3, DATE '2020-01-01' + i::INTEGER % 2000, 'treatment', 'kept', 2
                FROM range({sessions}) AS t(i);
            INSERT INTO session_part (session_id, episode_id, client_id, visited_on, minutes, action_id)
                SELECT session_id, 4, 3, visited_on, 45, 2 FROM session;
            INSERT INTO technique_use (session_id, episode_id, client_id, visited_on, technique, region, action_id)
                SELECT session_id, 4, 3, visited_on, t.technique, 'knee', 2
                FROM session, (SELECT technique FROM technique ORDER BY ALL LIMIT 2) AS t;
            """
        )
        connection.close()

    return prepare


def _migrate(folder: Path, store: None, n: int) -> None:
    record_store.open_store(folder / FILE).close()


def _copy_of_before(folder: Path, acknowledged: int) -> None:
    """The copy made before the schema changed is there once it has changed, and is the file of before."""
    copy = folder / f"{Path(FILE).stem}.before-schema-{OLD_SCHEMA + 1}.duckdb"
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH {record_store.quoted(copy)} AS records (READ_ONLY)")
        assert record_store.schema_version(connection) == OLD_SCHEMA, "the copy of before the change is another file"


# Backing up, while records are written in between.


def _back_up(folder: Path, store: Store, n: int) -> None:
    if n % 2 == 0:
        with contextlib.suppress(AlreadySaved), store.change(OWNER, "create", idempotency_key=f"client {n}") as change:
            change.insert("client", {"name": f"Client {n}"})
    elif not (folder / f"backup {n}.duckdb").exists():
        backup.backup(store, folder / f"backup {n}.duckdb")


def _backups_are_good(folder: Path, acknowledged: int) -> None:
    """Every backup that was acknowledged, and every file that has a backup's name, is a good one."""
    there = {file.name for file in folder.glob("backup *.duckdb")}
    assert {f"backup {n}.duckdb" for n in range(1, acknowledged, 2)} <= there, "a backup is lost"
    for name in there:
        assert len(backup.verify(folder / name).tables) > 20


# Restoring: two backups in turn.


def _two_backups(folder: Path) -> None:
    _practice(folder)
    store = record_store.open_store(folder / FILE)
    backup.backup(store, folder / "first.duckdb")
    with store.change(OWNER, "create") as change:
        for client in range(50):
            change.insert("client", {"name": f"Client {client}"})
    backup.backup(store, folder / "second.duckdb")
    store.close()


def _restore(folder: Path, store: None, n: int) -> None:
    backup.restore(folder / ("first.duckdb", "second.duckdb")[n % 2], folder / FILE)


def _replaced_are_kept(folder: Path, acknowledged: int) -> None:
    kept = list(folder.glob("practice.replaced-*.duckdb"))
    assert len(kept) >= acknowledged, "a file that was replaced is not kept"


def actions(size: float = 1.0) -> dict[str, Action]:
    """Every action; `size` makes the rows and steps of a quick sample fewer."""
    many = max(2, round(12 * size))
    return {
        action.name: action
        for action in (
            Action("recording", _practice, many * (2 + len(SECTIONS)) // 2, _record),
            Action("correcting", _practice, many * 3, _correct),
            Action("merging", _practice, many * 2, _merge),
            Action("importing", _practice, 3, _import_of(round(10_000 * size))),
            Action("migrating", old_file(round(100_000 * size)), 1, _migrate, False, True, _copy_of_before),
            Action("backing up", _practice, many, _back_up, also=_backups_are_good),
            Action("restoring", _two_backups, max(2, many // 2), _restore, opens=False, also=_replaced_are_kept),
        )
    }


@dataclass
class Trial:
    """One action, with what must stand after each of its steps."""

    action: Action
    size: float
    folder: Path
    chance: random.Random
    stands: list[State] = field(default_factory=list)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        clean = self.folder / "clean"
        clean.mkdir(parents=True)
        self.action.prepare(clean)
        whole = Path(shutil.copytree(clean, self.folder / "whole"))
        self.stands.append({} if self.action.brings_up_to_date else _looked_at(whole)[0])
        with _opened(self.action, whole) as store:
            for n in range(self.action.steps):
                started = time.monotonic()
                self.action.take(whole, store, n)
                self.seconds += time.monotonic() - started + ANSWER_SECONDS
                if store is not None:
                    self.stands.append(_state(store))
                else:
                    state, problems = _looked_at(whole)
                    assert problems == [], problems
                    self.stands.append(state)
        shutil.rmtree(whole)

    def kill(self, processes: multiprocessing.context.BaseContext) -> Kill:
        """Let a child do it on a copy, kill it at a random moment, and look."""
        attempt = Path(shutil.copytree(self.folder / "clean", self.folder / "killed"))
        try:
            ours, theirs = processes.Pipe(duplex=False)
            child = processes.Process(target=_do, args=(self.action.name, self.size, attempt, theirs))
            child.start()
            theirs.close()
            assert ours.recv() == "ready"
            after = self.chance.uniform(0, self.seconds)
            time.sleep(after)
            child.kill()
            child.join()
            acknowledged = _received(ours)
            if acknowledged == self.action.steps:
                self.seconds = min(self.seconds, after)  # it is quicker than the run that was looked at
                return self._kill(after, acknowledged, "finished before")
            return self._kill(after, acknowledged, self._left(attempt, acknowledged))
        finally:
            shutil.rmtree(attempt)

    def _kill(self, after: float, acknowledged: int, found: str) -> Kill:
        return Kill(self.action.name, after, acknowledged, self.action.steps, found)

    def _left(self, attempt: Path, acknowledged: int) -> str:
        try:
            if self.action.brings_up_to_date and acknowledged == 0:
                found = "one step more" if _is_up_to_date(attempt) else "as acknowledged"
            else:
                state, problems = _looked_at(attempt)
                if problems:
                    return f"broken: {problems[0]}"
                if state == self.stands[acknowledged]:
                    found = "as acknowledged"
                elif state == self.stands[acknowledged + 1]:
                    found = "one step more"
                else:
                    return f"half: {_differs(self.stands[acknowledged], state)}"
            if acknowledged or not self.action.brings_up_to_date:
                self.action.also(attempt, acknowledged)
            with _opened(self.action, attempt) as store:
                self.action.take(attempt, store, acknowledged)
            state, problems = _looked_at(attempt)
            if problems:
                return f"broken when taken again: {problems[0]}"
            if state != self.stands[acknowledged + 1]:
                return f"not once when taken again: {_differs(self.stands[acknowledged + 1], state)}"
            self.action.also(attempt, acknowledged + 1)
        except Exception as problem:
            return f"{type(problem).__name__}: {problem}"
        return found


@contextlib.contextmanager
def _opened(action: Action, folder: Path) -> Iterator[Store | None]:
    if not action.opens:
        yield None
        return
    store = record_store.open_store(folder / FILE)
    # A practice takes its log in at every 16 MB. Moments of that kind are to be met as often as the others.
    store._connection.execute("SET checkpoint_threshold = '200KB'")
    try:
        yield store
    finally:
        store.close()


def _do(name: str, size: float, folder: Path, tell: Connection) -> None:
    """The child: takes every step and acknowledges each."""
    action = actions(size)[name]
    with _opened(action, folder) as store:
        tell.send("ready")
        for n in range(action.steps):
            action.take(folder, store, n)
            time.sleep(ANSWER_SECONDS)
            tell.send(n)


def _received(ours: Connection) -> int:
    """How many steps were acknowledged before the kill."""
    acknowledged = 0
    with contextlib.suppress(EOFError):
        while True:
            acknowledged = ours.recv() + 1
    return acknowledged


def _looked_at(folder: Path) -> tuple[State, list[str]]:
    store = record_store.open_store(folder / FILE)
    try:
        return _state(store), store.integrity()["problem"].tolist()
    finally:
        store.close()


def _is_up_to_date(folder: Path) -> bool:
    connection = record_store.attach(folder / FILE)
    try:
        return record_store.schema_version(connection) == len(record_store.MIGRATIONS)
    finally:
        connection.close()


def _state(store: Store) -> State:
    """Of every table: how many rows, and how often they were changed and how many withdrawn, where it says so."""
    cursor = store.staging()
    columns = cursor.execute(
        "SELECT table_name, list(column_name) FROM duckdb_columns() WHERE database_name = 'records' GROUP BY ALL"
    ).fetchall()
    state = {}
    for table, names in columns:
        counted = ["count(*)"] + [f"sum({name}::INTEGER)" for name in ("ver", "withdrawn") if name in names]
        state[table] = cursor.execute(f"SELECT {', '.join(counted)} FROM records.{table}").fetchone()
    return state


def _differs(expected: State, found: State) -> str:
    return ", ".join(
        f"{table} {found.get(table)} for {expected.get(table)}"
        for table in sorted(expected.keys() | found.keys())
        if expected.get(table) != found.get(table)
    )


def kills(times: int, seed: int, folder: Path, chosen: list[str] | None = None, size: float = 1.0) -> Iterator[Kill]:
    """Kill each action in turn until `times` kills fell before its end; those that fell after it are told too."""
    known = actions(size)
    trials = [
        Trial(action, size, folder / name.replace(" ", "_"), random.Random(f"{seed} {name}"))
        for name, action in known.items()
        if chosen is None or name in chosen
    ]
    # A server that has imported everything forks the children: a start costs milliseconds, and inherits no open file.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["access.roles", "records.backup", "records.merging", "tests.records.conftest"])
    for number in range(times):
        while True:
            kill = trials[number % len(trials)].kill(processes)
            yield kill
            if kill.found != "finished before":
                break


def main() -> int:
    """Kill, print one line for each and a table; 1 when anything was lost or left half."""
    parser = argparse.ArgumentParser(prog="python -m tests.records.kills")
    parser.add_argument("--times", type=int, default=150)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--action", action="append", choices=sorted(actions()), help="only this; may be repeated")
    asked = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for kill in kills(asked.times, asked.seed, Path(folder), asked.action):
            found.append(kill)
            print(
                f"{kill.action:<11} killed after {kill.after_seconds:6.3f} s,"
                f" {kill.acknowledged:>2} of {kill.steps} steps acknowledged: {kill.found}",
                flush=True,
            )
    print()
    print(f"{'':<11} {'kills':>6} {'as acknowledged':>16} {'one step more':>14} {'lost or half':>13}")
    for name in dict.fromkeys(kill.action for kill in found):
        counts = Counter(kill.found if kill.is_whole else "lost" for kill in found if kill.action == name)
        killed = counts.total() - counts["finished before"]
        print(
            f"{name:<11} {killed:>6} {counts['as acknowledged']:>16} {counts['one step more']:>14} {counts['lost']:>13}"
        )
    lost = sum(not kill.is_whole for kill in found)
    print(f"{asked.times} kills; lost or left half: {lost}.")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
