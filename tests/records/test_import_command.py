"""`python -m records import` and `undo`: what they print, and how they end."""

import json
import subprocess
import sys

import pytest

from records import places
from records import store as record_store
from records.__main__ import main
from tests.records.conftest import EXAMPLES

SHOULDERS = str(EXAMPLES / "two_sides_wide.csv")


def test_an_import_makes_the_practice_writes_and_says_how_to_take_it_back(capsys):
    assert main(["import", SHOULDERS, "--profile", "two_sides_wide"]) == 0
    told = capsys.readouterr().out
    assert "Rows: 2, people: 2. Accepted 2, corrected 0, duplicate 0, refused 0." in told
    assert "To take it back: python -m records undo " in told
    opened = record_store.open_store(places.own_file())
    assert opened.practice_name == "My practice"
    opened.close()


def test_json_has_exactly_the_promised_keys_and_the_batch_can_be_undone(capsys):
    assert main(["import", SHOULDERS, "--profile", "two_sides_wide", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["batch", "rows", "accepted", "corrected", "duplicate", "refused", "people", "reasons"]
    assert (told["rows"], told["accepted"], told["people"], told["reasons"]) == (2, 2, 2, [])
    assert main(["undo", str(told["batch"])]) == 0
    assert main(["undo", str(told["batch"])]) == 1
    assert "was undone before" in capsys.readouterr().err


def test_rows_set_aside_stand_among_the_reasons_and_apart_from_the_rows(capsys):
    files = [str(EXAMPLES / name) for name in ("patients.csv", "encounters.csv", "observations.csv")]
    assert main(["import", *files, "--profile", "ehr_linked", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == 5
    assert [(reason["fate"], reason["rows"]) for reason in told["reasons"]] == [("set aside", 1)]


def test_a_dry_run_writes_nothing(capsys):
    assert main(["import", SHOULDERS, "--profile", "two_sides_wide", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["batch"] is None
    assert not places.own_file().exists()


def test_refused_rows_are_named_and_do_not_fail_the_command(tmp_path, capsys):
    file = tmp_path / "shoulders.csv"
    file.write_text("Subject,Group,Left,Right\nS1,Swimmer,400,190\nS2,Control,180,181\n")
    assert main(["import", str(file), "--profile", "two_sides_wide"]) == 0
    told = capsys.readouterr().out
    assert "Accepted 1, corrected 0, duplicate 0, refused 1" in told
    assert "refused: shoulders.csv: Row 2, Left: 400 degrees is outside what shoulder flexion can be" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "nowhere.csv", "--profile", "two_sides_wide"], "nowhere.csv cannot be read"),
        (["import", SHOULDERS, "--profile", "three_sides"], "No profile is called 'three_sides'"),
        (["import", SHOULDERS, "--profile", "trial_long"], "lacks id, "),
    ],
)
def test_a_refusal_as_a_whole_ends_with_1_and_the_reason_and_leaves_no_empty_practice(arguments, words, capsys):
    assert main(arguments) == 1
    assert words in capsys.readouterr().err
    assert not places.own_file().exists()


def test_a_store_the_app_has_open_is_left_alone_and_said_so(capsys, tmp_path, monkeypatch):
    path = tmp_path / "practice.duckdb"
    record_store.create(path, "Busy practice").close()
    monkeypatch.setenv("OUTCOMES_DATABASE", str(path))
    holding = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb, time; c = duckdb.connect({str(path)!r}); print('open', flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
    )
    try:
        assert holding.stdout.readline() == b"open\n"
        assert main(["import", SHOULDERS, "--profile", "two_sides_wide"]) == 1
        assert "is open in another program, and no app that takes commands answers for it" in capsys.readouterr().err
    finally:
        holding.kill()
        holding.wait()


def test_undoing_without_a_practice_says_so(capsys):
    assert main(["undo", "7"]) == 1
    assert "There is no record store" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["import", SHOULDERS], ["undo"], ["undo", "seven"], ["suggest", SHOULDERS]])
def test_bad_usage_ends_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
