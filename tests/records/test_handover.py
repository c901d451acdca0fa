"""Commands while the app runs: handed over on a route only this user can open, with the same result as without it."""

import contextlib
import json
import os
import pickle
import re
import shutil
import stat
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Client
from pathlib import Path

import duckdb
import pytest

from access import practice
from analytics.__main__ import main as analytics_main
from records import handover
from records import store as record_store
from records.__main__ import main
from records.errors import AnswerLost, StoreBusy
from tables import practice_of
from tests.records.conftest import EXAMPLES

ROOT = Path(__file__).parents[2]
SHOULDERS = str(EXAMPLES / "two_sides_wide.csv")
IMPORT = ["import", SHOULDERS, "--profile", "two_sides_wide"]


class Heard:
    """Keeps what a command says."""

    def __init__(self):
        self.lines, self.refusals, self.shares = [], [], []

    def line(self, words):
        self.lines.append(words)

    def refusal(self, words):
        self.refusals.append(words)

    def progress(self, share, words):
        self.shares.append(share)


@pytest.fixture
def file(empty_store_path, tmp_path, monkeypatch) -> Path:
    """The record file commands work on; nobody has it open yet."""
    path = Path(shutil.copy2(empty_store_path, tmp_path / "practice.duckdb"))
    monkeypatch.setenv("OUTCOMES_DATABASE", str(path))
    return path


@pytest.fixture
def app(file):
    """The app, in this process: it serves the file and takes commands."""
    return practice.opened()


@pytest.fixture
def serving(file):
    """`serving(room=work)`: the app takes these commands instead."""

    def serve(**rooms):
        store = record_store.open_store(file)
        opened.append(store)
        return handover.offer(store, rooms)

    opened = []
    yield serve
    for store in opened:
        store.close()


@pytest.fixture
def app_process(file):
    """`app_process()`: an app in a process of its own."""
    started = []

    def start():
        serve = "from access import practice; import time; practice.opened(); print('open', flush=True); time.sleep(99)"
        started.append(subprocess.Popen([sys.executable, "-c", serve], cwd=ROOT, stdout=subprocess.PIPE))
        assert started[-1].stdout.readline() == b"open\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def route_of(file: Path) -> Path:
    return file.with_name(file.name + ".route")


def proven(file: Path):
    """A connection to the app, both sides proven, with nothing asked yet."""
    return handover._connected(file)


def hung_up(connection) -> list[bytes]:
    """What comes until the other end hangs up."""
    said = []
    with contextlib.suppress(EOFError, OSError):
        while True:
            said.append(connection.recv_bytes())
    return said


def without_numbers(text: str) -> str:
    return re.sub(r"\d{6,}", "N", text)


def clients(store) -> int:
    return store.staging().execute("SELECT count(*) FROM records.client WHERE NOT withdrawn").fetchone()[0]


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (main, IMPORT),
        (main, [*IMPORT, "--dry-run"]),
        (main, ["import", "nowhere.csv", "--profile", "two_sides_wide"]),
        (main, ["undo", "7"]),
        (main, ["check"]),
        (main, ["restore", "nowhere.duckdb"]),
        (analytics_main, ["outcomes", "--to", "/nowhere/out.csv"]),
    ],
)
def test_a_command_says_and_ends_the_same_with_the_app_as_without(command, arguments, file, tmp_path, capsys):
    fresh = shutil.copy2(file, tmp_path / "fresh.duckdb")
    without = command(arguments), *map(without_numbers, capsys.readouterr())
    os.replace(fresh, file)
    practice.opened()
    assert (command(arguments), *map(without_numbers, capsys.readouterr())) == without


def test_what_is_handed_over_is_written_by_the_app_and_its_pages_know(app, owner, capsys):
    window, before = app.open_for(owner), app.version
    assert main([*IMPORT, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["accepted"] == 2
    assert len(window.read("FROM visible_client")) == 2
    assert app.version > before  # whatever pages keep under the version is worked out again
    actor = app.staging().execute("SELECT DISTINCT actor FROM records.audit WHERE what = 'import'").fetchall()
    assert actor == [("command line",)]
    assert main(["undo", str(told["batch"])]) == 0
    assert clients(app) == 0


def test_paths_are_those_of_who_gave_the_command_not_of_the_app(file, app_process, tmp_path, monkeypatch, capsys):
    app_process()
    elsewhere = tmp_path / "exports"
    elsewhere.mkdir()
    shutil.copy2(SHOULDERS, elsewhere / "shoulders.csv")
    shutil.copy2(ROOT / "records" / "importing" / "profiles" / "two_sides_wide.toml", elsewhere / "own.toml")
    monkeypatch.chdir(elsewhere)
    assert main(["import", "shoulders.csv", "--profile", "own.toml"]) == 0
    assert analytics_main(["outcomes", "--to", "out.csv"]) == 0
    assert main(["backup", "--to", "copy.duckdb"]) == 0
    assert "Accepted 2" in capsys.readouterr().out
    assert {"out.csv", "copy.duckdb"} <= {made.name for made in elsewhere.iterdir()}


def test_progress_of_an_import_comes_back_while_it_runs(app, file):
    heard = Heard()
    asked = {"command": "import", "files": [SHOULDERS], "profile": "two_sides_wide", "dry_run": False, "json": False}
    assert handover.carry_out(file, "records", None, asked, heard) == 0
    assert heard.shares == sorted(heard.shares)
    assert heard.shares[-1] == 1
    assert len(heard.shares) >= 3
    assert heard.lines[0].startswith("Rows: 2, people: 2. Accepted 2")


def test_a_backup_is_restored_through_the_app_which_serves_it_and_takes_commands_again(
    app, file, owner, tmp_path, capsys
):
    assert main(["backup", "--to", str(tmp_path / "copy.duckdb")]) == 0
    assert main(["verify", str(tmp_path / "copy.duckdb")]) == 0
    assert main(IMPORT) == 0
    assert main(["restore", str(tmp_path / "copy.duckdb")]) == 0
    assert "is again as it was" in capsys.readouterr().out
    assert practice.opened() is not app
    assert clients(practice.opened()) == 0
    assert main(["check"]) == 0
    assert "All is well" in capsys.readouterr().out
    assert len(list(tmp_path.glob("practice.replaced-*.duckdb"))) == 1


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_everything_goes_out_and_comes_back_through_the_app(form, app, file, owner, tmp_path, capsys):
    practice_of(app, owner, "client | day | before\nAda | 2026-03-02 | 7\nBen | 2026-03-03 | 4")
    assert main(["export", "--to", str(tmp_path / "everything"), "--format", form]) == 0
    assert "Everything was written to" in capsys.readouterr().out
    assert main(["export", "--to", str(tmp_path / "everything"), "--format", form]) == 1
    assert "is not an empty folder" in capsys.readouterr().err
    with app.change(owner, "create") as change:
        change.insert("client", {"name": "Since"})
    assert main(["restore", str(tmp_path / "everything")]) == 0
    assert clients(practice.opened()) == 2
    assert main(["check"]) == 0


def test_without_an_app_a_backup_takes_the_place_of_a_damaged_file(file, tmp_path, capsys):
    assert main(["backup", "--to", str(tmp_path / "copy.duckdb")]) == 0
    file.write_bytes(file.read_bytes()[:5000])
    assert main(["check"]) == 1
    assert "python -m records restore FILE" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "copy.duckdb")]) == 0
    assert main(["check"]) == 0


def test_a_long_answer_comes_over_whole(serving, file):
    long = "ü€😀" * 1_000_000
    serving(talk=lambda store, asked, tell: tell.line(long) or tell.refusal("short") or 0)
    heard = Heard()
    assert handover.carry_out(file, "talk", None, {}, heard) == 0
    assert heard.lines == [long]
    assert heard.refusals == ["short"]


def test_a_long_command_does_not_keep_a_second_one_waiting(serving, file):
    may_end, ended = threading.Event(), []

    def long(store, asked, tell):
        assert may_end.wait(60)
        return 0

    serving(long=long, quick=lambda store, asked, tell: 0)
    waiting = threading.Thread(target=lambda: ended.append(handover.carry_out(file, "long", None, {}, Heard())))
    waiting.start()
    assert handover.carry_out(file, "quick", None, {}, Heard()) == 0
    assert ended == []
    may_end.set()
    waiting.join(60)
    assert ended == [0]


def test_two_imports_at_once_while_a_page_writes_lose_nothing(app, file, owner, tmp_path):
    codes, written, commands = [], 0, []
    for name in ("A", "B"):
        lines = [f"{name}{i},Swimmer,{170 + i % 9},190" for i in range(40)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["Subject,Group,Left,Right", *lines]))
        arguments = ["import", str(tmp_path / f"{name}.csv"), "--profile", "two_sides_wide"]
        commands.append(threading.Thread(target=lambda arguments=arguments: codes.append(main(arguments))))
        commands[-1].start()
    while any(command.is_alive() for command in commands):
        with app.change(owner, "create") as change:
            change.insert("client", {"name": f"Written on a page {written}"})
        written += 1
        time.sleep(0.1)
    assert codes == [0, 0]
    assert written >= 2
    assert clients(app) == 80 + written
    assert app.integrity().empty


def test_a_caller_that_goes_away_stops_work_that_has_written_nothing_and_the_app_goes_on(serving, file, owner):
    gone, stopped = threading.Event(), threading.Event()

    def slow(store, asked, tell):
        try:
            with store.change(owner, "create") as change:
                change.insert("client", {"name": "Half"})
                assert gone.wait(60)
                for _ in range(100):
                    tell.progress(0.5, "half way")
                    time.sleep(0.01)
        finally:
            stopped.set()

    route = serving(slow=slow, count=lambda store, asked, tell: clients(store))
    connection = proven(file)
    handover._send(connection, {"protocol": handover.PROTOCOL, "room": "slow", "asked": {}})
    connection.close()
    gone.set()
    assert stopped.wait(60)
    assert handover.carry_out(file, "count", None, {}, Heard()) == 0  # no client: rolled back whole
    assert not route._closed


def test_a_command_somebody_stops_says_so_and_writes_nothing(app, monkeypatch, capsys):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("records.telling.OnScreen.progress", stopped)
    assert main(IMPORT) == 1
    assert capsys.readouterr().err.startswith("Stopped. What had been saved by then is saved whole")


def test_an_app_that_is_killed_at_work_is_said_so(file, app_process, monkeypatch):
    app = app_process()

    class Killing(Heard):
        def progress(self, share, words):
            app.kill()
            app.wait()

    asked = {"command": "import", "files": [SHOULDERS], "profile": "two_sides_wide", "dry_run": False, "json": False}
    with pytest.raises(AnswerLost, match="What it had saved is saved whole"):
        handover.carry_out(file, "records", None, asked, Killing())
    # The next command finds the file free and the route leading nowhere, and does the work itself.
    assert route_of(file).exists()
    assert main(IMPORT) == 0
    assert not route_of(file).exists()


def test_a_fault_of_the_program_is_told_in_words_and_stands_in_the_log_of_the_app(serving, file, caplog):
    def broken(store, asked, tell):
        try:
            store.staging().execute("SELECT CAST('Ada Lovelace' AS INTEGER)")
        except duckdb.Error as error:
            raise ZeroDivisionError("Ada Lovelace") from error

    serving(broken=broken)
    heard = Heard()
    assert handover.carry_out(file, "broken", None, {}, heard) == 1
    assert heard.refusals == ["The app could not finish this (ZeroDivisionError); its own log says more."]
    assert re.search(r"A command for broken failed: ZeroDivisionError at test_handover\.py:\d+, ", caplog.text)
    assert "Ada" not in caplog.text  # what an error says may be a value of the records


def test_the_way_to_the_app_is_readable_by_this_user_alone_and_goes_with_it(app, file):
    told = json.loads(route_of(file).read_text())
    assert stat.S_IMODE(route_of(file).stat().st_mode) == 0o600
    assert len(bytes.fromhex(told["token"])) == 32
    place = Path(told["address"])
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    record_store.release()
    assert not route_of(file).exists()
    assert not place.parent.exists()
    assert [left.name for left in file.parent.iterdir()] == [file.name]


def test_each_start_has_a_token_of_its_own(app, file):
    first = route_of(file).read_text()
    record_store.release()
    practice.opened()
    assert json.loads(route_of(file).read_text())["token"] != json.loads(first)["token"]


def test_a_forged_token_is_refused_in_words_and_does_nothing(app, file, capsys):
    told = json.loads(route_of(file).read_text())
    route_of(file).write_text(json.dumps(told | {"token": "00" * 32}))
    assert main(IMPORT) == 1
    assert "does not know the token in practice.duckdb.route. Close the app" in capsys.readouterr().err
    assert clients(app) == 0
    route_of(file).write_text(json.dumps(told))  # the right one still opens
    assert main(IMPORT) == 0
    assert clients(app) == 2


class Evil:
    """Unpickling this writes a file."""

    def __init__(self, trace: Path):
        self.trace = trace

    def __reduce__(self):
        return (Path.touch, (self.trace,))


@pytest.mark.parametrize("knows_the_token", [False, True])
def test_a_pickle_is_never_loaded(knows_the_token, app, file, tmp_path):
    trace = tmp_path / "it was run"
    pickle.loads(pickle.dumps(Evil(trace)))
    assert trace.exists(), "the bait does not work"
    trace.unlink()
    address = json.loads(route_of(file).read_text())["address"]
    with proven(file) if knows_the_token else Client(address) as connection:
        connection.send(Evil(trace))  # what `recv` at the other end would run
        hung_up(connection)
    assert not trace.exists()
    assert main(IMPORT) == 0  # and the route still answers


@pytest.mark.parametrize(
    "message", [b"", b"no json", b"[1, 2]", b'{"protocol": 1}', b'{"protocol": 1, "room": ["records"], "asked": 5}']
)
def test_nonsense_from_who_knows_the_token_does_nothing(message, app, file):
    with proven(file) as connection:
        connection.send_bytes(message)
        assert {json.loads(said)["say"] for said in hung_up(connection)} <= {"refusal", "end"}
    assert clients(app) == 0
    assert main(["check"]) == 0


def test_a_message_beyond_the_bound_is_not_read(app, file):
    with proven(file) as connection:
        with contextlib.suppress(OSError):  # the other end hangs up while we speak
            connection.send_bytes(b"{" + b" " * handover.MOST_BYTES + b"}")
        assert hung_up(connection) == []
    assert main(["check"]) == 0


def test_a_caller_that_says_nothing_is_let_go_and_keeps_nobody_waiting(file, serving, monkeypatch):
    monkeypatch.setattr(handover, "SECONDS_TO_PROVE", 0.5)
    serving(quick=lambda store, asked, tell: 0)
    address = json.loads(route_of(file).read_text())["address"]
    silent = [Client(address) for _ in range(handover.AT_ONCE - 1)]
    os.write(silent[0].fileno(), b"\x00\x00")  # the first half of a length, and then nothing
    assert handover.carry_out(file, "quick", None, {}, Heard()) == 0
    for connection in silent:
        assert len(hung_up(connection)) == 1  # the challenge, and no more
        connection.close()


def test_more_callers_than_the_app_takes_are_told_to_wait(file, serving, monkeypatch):
    serving(quick=lambda store, asked, tell: 0)
    address = json.loads(route_of(file).read_text())["address"]
    silent = [Client(address) for _ in range(handover.AT_ONCE)]
    for connection in silent:
        connection.recv_bytes()  # taken
    with pytest.raises(StoreBusy, match=r"is busy with 8 other commands\. Wait a moment"):
        handover.carry_out(file, "quick", None, {}, Heard())
    for connection in silent:
        connection.close()


def test_an_app_of_another_version_is_said_so(app, file, capsys):
    told = json.loads(route_of(file).read_text())
    route_of(file).write_text(json.dumps(told | {"protocol": handover.PROTOCOL + 1}))
    assert main(["check"]) == 1
    assert "is open in an app of another version, which does not take it. Close the app" in capsys.readouterr().err


def test_a_command_the_running_app_does_not_know_is_said_so(serving, file):
    serving(records=lambda store, asked, tell: 0)
    heard = Heard()
    assert handover.carry_out(file, "reports", None, {}, heard) == 1
    assert heard.refusals == [
        f"The running app is of another version and does not know this command. {handover.BEGINS_AGAIN}"
    ]


def others_may_read(route: Path) -> None:
    route.chmod(0o644)


def a_link(route: Path) -> None:
    moved = route.rename(route.with_name("elsewhere"))
    route.symlink_to(moved)


def garbled(route: Path) -> None:
    route.write_text("{")


def a_pipe_nobody_writes_into(route: Path) -> None:
    route.unlink()
    os.mkfifo(route, 0o600)


@pytest.mark.parametrize("spoil", [others_may_read, a_link, garbled, a_pipe_nobody_writes_into])
def test_a_way_others_may_have_laid_is_not_gone(spoil, app, file, capsys):
    spoil(route_of(file))
    assert main(IMPORT) == 1
    assert "is not as the app writes it: others may read or have changed it" in capsys.readouterr().err
    assert clients(app) == 0


def test_a_file_held_by_a_program_that_takes_no_commands_is_said_so_whatever_an_app_left(file, app_process, capsys):
    app = app_process()
    app.kill()
    app.wait()
    holder = record_store.open_store(file)  # as a database tool would, with no route of its own
    try:
        assert route_of(file).exists()
        assert main(IMPORT) == 1
    finally:
        holder.close()
    assert "no app that takes commands answers for it" in capsys.readouterr().err


def test_an_app_that_is_started_again_after_a_kill_cleans_up_what_it_left(file, app_process):
    app = app_process()
    left = Path(json.loads(route_of(file).read_text())["address"])
    app.kill()
    app.wait()
    assert left.exists()
    practice.opened()
    assert not left.parent.exists()
    assert main(["check"]) == 0


def test_where_no_route_can_be_made_the_app_opens_all_the_same(file, monkeypatch, caplog):
    def refused(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(handover.tempfile, "mkdtemp", refused)
    assert practice.opened().path == file
    assert "No commands can be taken while this app runs" in caplog.text
    assert main(["check"]) == 1


def test_what_check_finds_is_listed_without_names(app, owner, capsys):
    practice_of(app, owner, "client | day\nZoë Secret | 2026-03-02")
    app._connection.execute("UPDATE records.session SET client_id = 5")
    assert main(["check"]) == 1
    said = capsys.readouterr().err
    assert "session of an unknown client" in said
    assert "Zoë" not in said
