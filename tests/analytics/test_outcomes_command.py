"""`python -m analytics outcomes`: what it writes, refuses and leaves behind, and what the audit trail says."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from analytics import commands, export, files, release
from analytics.__main__ import main
from records import places
from records import store as record_store
from records.errors import NotAllowed, NotWritten
from tables import practice_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def practice(empty_store_path, tmp_path, monkeypatch, owner) -> Path:
    """The file OUTCOMES_DATABASE names: Ada with two visits, Ben with one."""
    path = Path(shutil.copy2(empty_store_path, tmp_path / "practice.duckdb"))
    opened = record_store.open_store(path)
    practice_of(
        opened, owner, "client | day | before\nAda | 2026-11-02 | 7\nAda | 2026-11-09 | 2\nBen | 2026-11-02 | 4"
    )
    opened.close()
    monkeypatch.setenv("OUTCOMES_DATABASE", str(path))
    return path


@pytest.fixture
def sample(full_sample_path, tmp_path, monkeypatch) -> Path:
    """A copy of the invented practice as the file OUTCOMES_DATABASE names."""
    path = Path(shutil.copy2(full_sample_path, tmp_path / "practice.duckdb"))
    monkeypatch.setenv("OUTCOMES_DATABASE", str(path))
    return path


@pytest.fixture
def folder(tmp_path) -> Path:
    """An empty folder to write into."""
    made = tmp_path / "out"
    made.mkdir()
    return made


def audited(path: Path) -> list[dict]:
    """Who, what, and the facts of each file the practice's audit trail speaks of."""
    opened = record_store.open_store(path)
    found = opened.staging().execute(
        "SELECT a.actor, a.what, v.after FROM records.audit AS a JOIN records.audit_values AS v USING (seq)"
        " WHERE a.table_name = 'file' AND a.acted_at IS NOT NULL ORDER BY seq"
    )
    lines = [{"actor": actor, "what": what, **json.loads(after)} for actor, what, after in found.fetchall()]
    assert opened.integrity().empty
    opened.close()
    return lines


def test_a_row_per_episode_is_written_and_said_in_a_line(practice, folder, capsys):
    to = folder / "outcomes.csv"
    assert main(["outcomes", "--to", str(to)]) == 0
    told = capsys.readouterr()
    assert told.out == ("2 rows written to outcomes.csv. Marked internal: the practice's own copy, not for release.\n")
    assert told.err == ""
    written = pd.read_csv(to)
    assert written["latest_pain"].tolist()[0] == 2
    assert to.read_text(encoding="utf-8-sig").splitlines()[2].split(",")[8:11] == ["4", "", ""]  # missing is empty


def test_the_audit_line_has_who_what_how_many_rows_the_name_and_the_digest_of_the_file(practice, folder):
    to = folder / "outcomes.csv"
    main(["outcomes", "--to", str(to)])
    digest = hashlib.sha256(to.read_bytes()).hexdigest()
    assert audited(practice) == [
        {"actor": "command line", "what": "export", "rows": 2, "file": "outcomes.csv", "sha256": digest}
    ]


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_only_its_owner_can_read_the_file_and_nothing_else_is_left(store, owner, folder):
    to = folder / "outcomes.csv"
    usual = os.umask(0o022)  # an open store has made it stricter for the whole process: the file must not rely on it
    files.write(store, owner, pd.DataFrame({"visits": [2]}), to, "export", ("visits",))
    os.umask(usual)
    assert to.stat().st_mode & 0o777 == 0o600
    assert list(folder.iterdir()) == [to]


def test_the_file_of_an_earlier_run_is_replaced(practice, folder):
    to = folder / "outcomes.csv"
    assert [main(["outcomes", "--to", str(to)]), main(["outcomes", "--to", str(to)])] == [0, 0]
    assert len(audited(practice)) == 2
    assert list(folder.iterdir()) == [to]


def something_else(folder):
    (folder / "out.csv").write_text("name,phone\nAda,555 0100\n")


def a_folder(folder):
    (folder / "out.csv").mkdir()


def a_link(folder):
    (folder / "elsewhere.csv").write_text("")
    (folder / "out.csv").symlink_to(folder / "elsewhere.csv")


@pytest.mark.parametrize(
    ("there", "to", "words"),
    [
        (something_else, "out.csv", "is there already and was not written by this command. Choose another name"),
        (a_folder, "out.csv", "is not a plain file. Choose another name"),
        (a_link, "out.csv", "is not a plain file. Choose another name"),
        (lambda folder: None, "nowhere/out.csv", "There is no folder"),
        (lambda folder: None, ".", "is not a plain file"),
    ],
    ids=["something else", "a folder", "a link", "no such folder", "the folder itself"],
)
def test_what_stands_in_the_way_is_left_alone_and_nothing_is_audited(there, to, words, practice, folder, capsys):
    there(folder)
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    assert main(["outcomes", "--to", str(folder / to)]) == 1
    assert words in capsys.readouterr().err
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()} == before
    assert audited(practice) == []


@pytest.mark.parametrize("earlier", [False, True])
def test_when_the_audit_line_cannot_be_written_no_new_file_is_left(earlier, practice, folder, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("the trail is broken")

    to = folder / "out.csv"
    if earlier:
        main(["outcomes", "--to", str(to)])
        to.write_bytes(to.read_bytes() + b"the file as it was\n")
    before = {file: file.read_bytes() for file in folder.iterdir()}
    monkeypatch.setattr("records.trail.write", broken)
    with pytest.raises(RuntimeError):
        main(["outcomes", "--to", str(to)])
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_when_the_file_cannot_be_written_nothing_is_audited(practice, folder, monkeypatch, capsys):
    def broken(_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    assert main(["outcomes", "--to", str(folder / "out.csv")]) == 1
    assert "cannot be written (Input/output error)" in capsys.readouterr().err
    assert list(folder.iterdir()) == []
    monkeypatch.undo()
    assert audited(practice) == []


@pytest.mark.parametrize("for_release", [False, True])
def test_who_lacks_the_right_is_refused_in_words(for_release, store, therapist, folder, today):
    with pytest.raises(NotAllowed, match="may not take outcomes out: that needs the right"):
        commands.write_outcomes(store, therapist(7), folder / "out.csv", for_release, today)
    assert list(folder.iterdir()) == []


def test_no_file_is_written_about_invented_people_nobody_asked_for(folder, capsys):
    assert not places.own_file().exists()
    assert main(["outcomes", "--to", str(folder / "out.csv")]) == 1
    assert "There are no records of your own yet" in capsys.readouterr().err
    assert list(folder.iterdir()) == []
    assert not places.own_file().exists()


def test_the_practices_own_file_is_read_when_none_is_named(folder, capsys):
    record_store.create(places.own_file(), "My practice").close()
    assert main(["outcomes", "--to", str(folder / "out.csv")]) == 0
    assert capsys.readouterr().out.startswith("0 rows written to out.csv.")  # there is not one episode in it yet
    assert len(audited(places.own_file())) == 1


def test_a_practice_the_app_has_open_is_left_alone_and_said_so(practice, folder):
    opened = record_store.open_store(practice)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "analytics", "outcomes", "--to", str(folder / "out.csv")],
            cwd=ROOT, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    finally:
        opened.close()
    assert ended.returncode == 1
    assert "is open in another program, and no app that takes commands answers for it" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [[], ["outcomes"], ["outcomes", "--to"], ["outcomes", "--to", "x.csv", "--release", "--cause", "fall"]]
)
def test_bad_usage_ends_with_2_and_a_release_knows_no_filter(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m analytics" in capsys.readouterr().err


def test_a_calendar_that_is_no_day_is_refused_in_words(practice, folder, monkeypatch, capsys):
    monkeypatch.setenv("OUTCOMES_TODAY", "yesterday")
    assert main(["outcomes", "--to", str(folder / "out.csv")]) == 1
    assert "OUTCOMES_TODAY is 'yesterday'; write a date as 2026-11-20" in capsys.readouterr().err


def test_a_text_a_spreadsheet_would_run_gets_an_apostrophe_and_a_number_none():
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a=1", "Zoë", None]
    table = pd.DataFrame({"injury_type": texts, "pain_fall": [-2.5] * len(texts)})
    written = files.as_csv(table).decode("utf-8-sig")
    assert written.removesuffix("\r\n").split("\r\n") == [
        "injury_type,pain_fall",
        "'=1+1,-2.5",
        "'+1,-2.5",
        "'-1,-2.5",
        "'@SUM(A1),-2.5",
        "'\tx,-2.5",
        '"\'\rx",-2.5',
        "a=1,-2.5",
        "Zoë,-2.5",
        ",-2.5",
    ]


def test_an_injury_type_the_practice_named_like_a_formula_is_text_in_both_files(practice, folder, owner):
    opened = record_store.open_store(practice)
    with opened.change(owner, "create") as change:
        change.insert("injury_type", {"injury_type_id": 99, "name": "=cmd()"})
    lines = [
        f"{who} {n}|2026-11-02|{injury}" for who, injury in (("Cleo", "=cmd()"), ("Dan", "Other")) for n in range(40)
    ]
    practice_of(opened, owner, "\n".join(["client|day|injury", *lines]))
    opened.close()
    for arguments in ([], ["--release"]):
        to = folder / f"out{len(arguments)}.csv"
        assert main(["outcomes", "--to", str(to), *arguments]) == 0
        assert "'=cmd()" in to.read_text(encoding="utf-8-sig")
        assert ",=cmd()" not in to.read_text(encoding="utf-8-sig")


def test_a_release_has_no_ids_and_is_audited_as_one(sample, folder, capsys):
    to = folder / "release.csv"
    assert main(["outcomes", "--to", str(to), "--release"]) == 0
    assert "Marked counts of 1 to 10 people are hidden" in capsys.readouterr().out
    written = pd.read_csv(to)
    assert list(written.columns) == list(release.COLUMNS)
    assert set(written["as_of"]) == {"2026-11-20"}
    assert "hidden" in set(written["episodes"])
    digest = hashlib.sha256(to.read_bytes()).hexdigest()
    assert audited(sample) == [
        {"actor": "command line", "what": "release", "rows": len(written), "file": "release.csv", "sha256": digest}
    ]


def test_90_days_lie_between_two_releases_because_their_difference_tells_of_single_people(
    sample, folder, capsys, monkeypatch
):
    assert main(["outcomes", "--to", str(folder / "first.csv"), "--release"]) == 0
    for too_near in (
        "2026-11-20",
        "2027-01-01",
        "2027-02-17",
        "2026-08-01",
    ):  # a new quarter or an earlier day is no way
        monkeypatch.setenv("OUTCOMES_TODAY", too_near)
        assert main(["outcomes", "--to", str(folder / "second.csv"), "--release"]) == 1
        assert "the next can be written from 2027-02-18 on" in capsys.readouterr().err
    assert [file.name for file in folder.iterdir()] == ["first.csv"]
    monkeypatch.setenv("OUTCOMES_TODAY", "2027-02-18")
    assert main(["outcomes", "--to", str(folder / "second.csv"), "--release"]) == 0
    assert len(audited(sample)) == 2


def test_a_file_that_cannot_be_moved_to_its_place_is_kept_beside_it_and_named(practice, folder, monkeypatch, capsys):
    def broken(*_):
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(Path, "replace", broken)
    assert main(["outcomes", "--to", str(folder / "out.csv")]) == 1
    said = capsys.readouterr().err
    (kept,) = folder.iterdir()
    assert f"It stands beside it as {kept.name}: move it yourself" in said
    (line,) = audited(practice)
    assert line["sha256"] == hashlib.sha256(kept.read_bytes()).hexdigest()


def test_when_the_disk_refuses_the_audit_line_it_is_said_and_no_file_is_left(practice, folder, monkeypatch, capsys):
    def broken(*_):
        raise NotWritten("practice.duckdb could not be written")

    monkeypatch.setattr(record_store.trail, "write", broken)
    assert main(["outcomes", "--to", str(folder / "out.csv")]) == 1
    assert "could not be written" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_a_path_that_cannot_be_made_is_refused_in_words(practice, folder, capsys):
    assert main(["outcomes", "--to", str(folder / ("n" * 300 + ".csv"))]) == 1
    assert "File name too long" in capsys.readouterr().err
    assert audited(practice) == []


def test_a_release_of_too_few_people_is_refused_and_does_not_stand_in_the_way_of_the_next(practice, folder, capsys):
    assert main(["outcomes", "--to", str(folder / "out.csv"), "--release"]) == 1
    assert "2 people have had a visit; tables leave the practice from 11 on" in capsys.readouterr().err
    assert list(folder.iterdir()) == []
    assert audited(practice) == []


def test_files_about_invented_people_are_said_to_be(sample, folder, capsys):
    main(["outcomes", "--to", str(folder / "out.csv")])
    assert "nobody here is real" in capsys.readouterr().out
    assert set(pd.read_csv(folder / "out.csv")["marking"]) == {f"{export.MARKING}; {export.INVENTED}"}


def test_the_command_runs_as_people_type_it(practice, folder):
    to = folder / "out.csv"
    ended = subprocess.run(
        [sys.executable, "-m", "analytics", "outcomes", "--to", str(to)],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert pd.read_csv(to).columns[-1] == "marking"
    assert set(pd.read_csv(to)["marking"]) == {export.MARKING}
