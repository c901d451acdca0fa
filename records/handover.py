"""Commands reach the running app: it owns the record file, so it does their work for them.

An app that serves a store listens on a route of this machine. A small file beside the record file, readable by its
owner alone, tells where, and holds a token that is new at each start. A command that finds the file open elsewhere
reads it, both sides prove that they know the token, and what was asked goes over as JSON; lines, progress and the
exit code come back. Nothing is ever unpickled: `recv` and `send` of a connection would run what a stranger sends.
"""

import atexit
import contextlib
import glob
import json
import logging
import os
import secrets
import socket
import stat
import struct
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Any

from records import store as record_store
from records.errors import AnswerLost, RecordsError, StoreBusy
from records.store import Store
from records.telling import Teller

Work = Callable[[Store, Mapping[str, Any], Teller], int]

PROTOCOL = 1
TOKEN_BYTES = 32
SECONDS_TO_PROVE = 10.0  # for the greeting; the work itself may take as long as it takes
SECONDS_TO_TAKE = 10.0  # for a message sent: a caller that hears nothing for so long has gone
MOST_BYTES = 1 << 20  # of one message, either way
PIECE = 1 << 16  # characters of a line sent at once
AT_ONCE = 8  # callers; more are turned away
PATIENCE = 1.0  # seconds: an app that has just opened the file needs a moment before it listens
FOLDER_PREFIX = "rehab-outcomes-"
BEGINS_AGAIN = "Close the app, start it again, and give the command again. Nothing was changed."

_log = logging.getLogger(__name__)


class _CallerGone(Exception):
    """Nobody listens any more; work that has written nothing yet stops."""


def carry_out(file: Path, room: str, work: Work, asked: Mapping[str, Any], tell: Teller) -> int:
    """Do a command's work on a record file: here when nobody has it open, else in the app that has.

    Parameters
    ----------
    room : str
        Whose command it is ("records"), as the app knows it.
    asked : mapping
        What JSON can hold; every path in it absolute, because the app stands in another folder.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    StoreBusy
        When the file is open and nobody there takes the work: with what to do.
    AnswerLost
        When the app ended before it answered.
    RecordsError
        What opening the file, or the work, refuses.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            store = record_store.open_store(file)
            break
        except StoreBusy as busy:
            connection = _connected(file)
            if connection is not None:
                with connection:
                    return _hand_over(connection, room, asked, tell)
            if time.monotonic() > until:
                raise StoreBusy(
                    f"{file.name} is open in another program, and no app that takes commands answers for it: another"
                    " command is at work, or a database tool, or an app of an earlier version. Wait until it has"
                    " finished, or close it, and give the command again. Nothing was changed."
                ) from busy
            time.sleep(0.05)
    try:
        # Whoever has the file open is the only one who could answer: what an app left that was killed leads nowhere.
        _forget(file)
        return work(store, asked, tell)
    finally:
        store.close()


def _hand_over(connection: Connection, room: str, asked: Mapping[str, Any], tell: Teller) -> int:
    try:
        _send(connection, {"protocol": PROTOCOL, "room": room, "asked": asked})
        _bound(connection, 0)
        words = ""
        while True:
            told = json.loads(connection.recv_bytes(MOST_BYTES))
            match told["say"]:
                case "progress":
                    tell.progress(float(told["share"]), told["words"])
                case "end":
                    return int(told["code"])
                case _ if told["more"]:
                    words += told["words"]
                case what:
                    (tell.refusal if what == "refusal" else tell.line)(words + told["words"])
                    words = ""
    except (OSError, EOFError, ValueError, KeyError, TypeError) as lost:
        raise AnswerLost(
            "The app ended before it answered. What it had saved is saved whole, the rest not at all. Start it again,"
            " and give the command again: an import knows the rows it brought before."
        ) from lost


def _connected(file: Path) -> Connection | None:
    """A route to the app that has a record file open, both sides proven; None when there is none.

    Raises
    ------
    StoreBusy
        When there is one and it cannot be used.
    """
    known = _read(_route_file(file), file)
    if known is None:
        return None
    if known.get("protocol") != PROTOCOL:
        raise StoreBusy(f"{file.name} is open in an app of another version, which does not take it. {BEGINS_AGAIN}")
    try:
        connection = Client(known["address"])
    except OSError:
        return None  # left by an app that was killed
    try:
        _bound(connection, SECONDS_TO_PROVE)
        token = bytes.fromhex(known["token"])
        answer_challenge(connection, token)
        deliver_challenge(connection, token)
    except AuthenticationError as stranger:
        connection.close()
        raise StoreBusy(
            f"The app that has {file.name} open does not know the token in {_route_file(file).name}. {BEGINS_AGAIN}"
        ) from stranger
    except (OSError, EOFError, ValueError, AssertionError) as silent:
        connection.close()
        raise StoreBusy(
            f"The app that has {file.name} open does not answer, or is busy with {AT_ONCE} other commands. Wait a"
            " moment and give the command again; if it stays so, close the app and start it again. Nothing was changed."
        ) from silent
    return connection


class Route:
    """The app's end: listens until it is closed, each caller in a thread of its own."""

    def __init__(self, store: Store, rooms: Mapping[str, Work]):
        self._store = store
        self._rooms = rooms
        self._file = _route_file(store.path)
        self._token = secrets.token_bytes(TOKEN_BYTES)
        self._closed = False
        self._free = threading.BoundedSemaphore(AT_ONCE)
        _forget(store.path)
        self._folder = _own_folder()
        self._listener = None
        try:
            self._listener = Listener(str(self._folder / "route") if self._folder else None, backlog=2 * AT_ONCE)
            self._write_route_file()
        except OSError:
            if self._listener:
                self._listener.close()
            self._take_folder_away()
            raise
        threading.Thread(target=self._listen, name="commands", daemon=True).start()

    def close(self) -> None:
        """Stop listening and take the route away. Work that was handed over before goes on to its end."""
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        with contextlib.suppress(OSError):
            Client(self._listener.address).close()  # the listening thread wakes for a caller only
        self._listener.close()
        self._take_folder_away()
        if (known := _read_unasked(self._file)) and known.get("token") == self._token.hex():
            self._file.unlink(missing_ok=True)

    def _take_folder_away(self) -> None:
        if self._folder:
            with contextlib.suppress(OSError):  # cleaned away already
                (self._folder / "route").unlink(missing_ok=True)
                self._folder.rmdir()

    def _write_route_file(self) -> None:
        told = {"protocol": PROTOCOL, "address": self._listener.address, "token": self._token.hex()}
        unfinished = self._file.with_name(f"{self._file.name}.{secrets.token_hex(4)}")
        # A name nobody can have laid a link under, and rights from the first byte on.
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(told, file)
            os.replace(unfinished, self._file)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise

    def _listen(self) -> None:
        while not self._closed:
            try:
                connection = self._listener.accept()
            except OSError:
                if not self._closed:
                    time.sleep(0.1)  # no more handles for the moment
                continue
            if self._closed or not self._free.acquire(blocking=False):
                connection.close()
                continue
            threading.Thread(target=self._serve, args=(connection,), name="command", daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        try:
            with connection:
                told = self._proven(connection)
                if told is not None:
                    tell = _DownTheRoute(connection)
                    tell.end(self._work(told, tell))
        except _CallerGone:
            _log.info("A command went away before it was answered.")
        finally:
            self._free.release()

    def _proven(self, connection: Connection) -> dict[str, Any] | None:
        """What a caller asks who knows the token; None for a stranger, who is told nothing."""
        try:
            _bound(connection, SECONDS_TO_PROVE)
            deliver_challenge(connection, self._token)
            answer_challenge(connection, self._token)
            told = json.loads(connection.recv_bytes(MOST_BYTES))
        except (AuthenticationError, OSError, EOFError, ValueError, AssertionError):
            return None
        return told if isinstance(told, dict) else None

    def _work(self, told: dict[str, Any], tell: "_DownTheRoute") -> int:
        work = self._rooms.get(str(told.get("room")))
        if told.get("protocol") != PROTOCOL or work is None or not isinstance(told.get("asked"), dict):
            tell.refusal(f"The running app is of another version and does not know this command. {BEGINS_AGAIN}")
            return 1
        try:
            return work(self._store, told["asked"], tell)
        except _CallerGone:
            raise
        except RecordsError as refused:
            tell.refusal(str(refused))
        except Exception as broken:
            # Not its own words, nor those of its causes: DuckDB's hold values of the records.
            _log.error("A command for %s failed: %s at %s", told["room"], type(broken).__name__, _where(broken))
            tell.refusal(f"The app could not finish this ({type(broken).__name__}); its own log says more.")
        return 1


class _DownTheRoute:
    """Tells whoever is at the other end."""

    def __init__(self, connection: Connection):
        self._connection = connection
        _bound(connection, SECONDS_TO_TAKE)

    def line(self, words: str) -> None:
        self._tell("line", words)

    def refusal(self, words: str) -> None:
        self._tell("refusal", words)

    def progress(self, share: float, words: str) -> None:
        self._say({"say": "progress", "share": share, "words": words})

    def end(self, code: int) -> None:
        self._say({"say": "end", "code": code})

    def _tell(self, what: str, words: str) -> None:
        while len(words) > PIECE:
            self._say({"say": what, "words": words[:PIECE], "more": True})
            words = words[PIECE:]
        self._say({"say": what, "words": words, "more": False})

    def _say(self, told: dict[str, Any]) -> None:
        try:
            _send(self._connection, told)
        except OSError as gone:
            raise _CallerGone from gone


def offer(store: Store, rooms: Mapping[str, Work]) -> Route | None:
    """Take commands for a served store until it is closed.

    Parameters
    ----------
    rooms : mapping of room to its work
        What `python -m ROOM` does, given the store.

    Returns
    -------
    Route or None
        None where no route can be made (a read-only folder): the app works, and commands are told that it is busy.
    """
    try:
        route = Route(store, rooms)
    except OSError as refused:
        _log.warning("No commands can be taken while this app runs: %s", refused)
        return None
    store.before_closing.append(route.close)
    atexit.register(route.close)
    return route


def _where(broken: BaseException) -> str:
    """Through which lines of the program an error came, the last first."""
    frames = traceback.extract_tb(broken.__traceback__)
    return ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


def _send(connection: Connection, told: Mapping[str, Any]) -> None:
    connection.send_bytes(json.dumps(told).encode())


def _bound(connection: Connection, seconds: float) -> None:
    """Let no read or write on this connection wait longer; 0 is for ever."""
    if not hasattr(socket, "AF_UNIX"):
        return  # a Windows pipe knows no such bound
    with socket.socket(fileno=os.dup(connection.fileno())) as same:
        bound = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
        same.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, bound)
        same.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, bound)


def _own_folder() -> Path | None:
    """A new folder for this user alone; None on Windows, where a pipe has no place in the file system.

    Made where the system keeps what runs, when it has such a place: the temporary one is cleaned now and then.
    """
    if not hasattr(socket, "AF_UNIX"):
        return None
    running = os.environ.get("XDG_RUNTIME_DIR")
    return Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=running if running and os.path.isdir(running) else None))


def _route_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.route")


def _read(route_file: Path, file: Path) -> dict[str, Any] | None:
    """What a route file says; None when there is none.

    Raises
    ------
    StoreBusy
        When others than this user may have written or read it.
    """
    try:
        # Neither along a link, nor waiting at a pipe.
        handle = os.open(route_file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except OSError as refused:
        raise _not_trusted(route_file, file) from refused
    with os.fdopen(handle, "rb") as opened:
        found = os.fstat(handle)
        strangers = hasattr(os, "geteuid") and (found.st_uid != os.geteuid() or found.st_mode & 0o077)
        if not stat.S_ISREG(found.st_mode) or strangers:
            raise _not_trusted(route_file, file)
        try:
            told = json.loads(opened.read(MOST_BYTES))
            return {"protocol": told["protocol"], "address": str(told["address"]), "token": str(told["token"])}
        except (ValueError, KeyError, TypeError) as garbled:
            raise _not_trusted(route_file, file) from garbled


def _not_trusted(route_file: Path, file: Path) -> StoreBusy:
    return StoreBusy(
        f"{file.name} is open in another program, and {route_file.name} beside it, which would lead there, is not as"
        f" the app writes it: others may read or have changed it. {BEGINS_AGAIN}"
    )


def _read_unasked(route_file: Path) -> dict[str, Any] | None:
    try:
        return _read(route_file, route_file)
    except StoreBusy:
        return None


def _forget(file: Path) -> None:
    """Take away what an app left that was killed while it served this file. Only whoever has the file open may ask."""
    route_file = _route_file(file)
    known = _read_unasked(route_file)
    with contextlib.suppress(OSError):  # a read-only folder: nobody answers at the old address, so it does no harm
        for unfinished in route_file.parent.glob(f"{glob.escape(route_file.name)}.????????"):
            unfinished.unlink(missing_ok=True)
        route_file.unlink(missing_ok=True)
        place = Path(known["address"]) if known else Path()
        if place.parent.name.startswith(FOLDER_PREFIX):
            place.unlink(missing_ok=True)
            place.parent.rmdir()
