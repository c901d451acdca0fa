"""A command given while the real app runs: one process owns the file, and the command reaches it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.server import ROOT
from records import store as record_store
from tests.access.test_door import running

SHOULDERS = ROOT / "tests" / "records" / "import_examples" / "two_sides_wide.csv"


def command(room: str, *arguments: str, store_path: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", room, *arguments],
        cwd=ROOT, env=os.environ | {"OUTCOMES_DATABASE": str(store_path)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_the_app_does_what_commands_ask_and_a_page_shows_it(empty_store_path, tmp_path, owner):
    path = Path(shutil.copy2(empty_store_path, tmp_path / "practice.duckdb"))
    route = path.with_name("practice.duckdb.route")
    with running(path, cwd=ROOT) as ask:
        ask("caseload")
        assert route.exists()
        brought = command("records", "import", str(SHOULDERS), "--profile", "two_sides_wide", "--json", store_path=path)
        assert (brought.returncode, brought.stderr) == (0, "")
        assert json.loads(brought.stdout)["accepted"] == 2
        kept = command("records", "backup", "--to", str(tmp_path / "copy.duckdb"), store_path=path)
        assert (kept.returncode, kept.stderr) == (0, "")
        told = command("analytics", "outcomes", "--to", str(tmp_path / "out.csv"), store_path=path)
        assert told.stdout.startswith("2 rows written to out.csv.")
        restored = command("records", "restore", str(tmp_path / "copy.duckdb"), store_path=path)
        assert (restored.returncode, restored.stderr) == (0, "")
        checked = command("records", "check", store_path=path)
        assert checked.stdout.startswith("All is well")
        assert "exception" not in ask("caseload").kinds
    assert not route.exists()
    opened = record_store.open_store(path)
    assert len(opened.open_for(owner).read("FROM visible_client")) == 2
    opened.close()
