"""The README's two commands, the pipeline and the locked requirements say the same."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [block.strip() for block in re.findall(r"```\n(.*?)```", README, re.DOTALL)]
PINNED = re.compile(r"^[a-z0-9._-]+==[0-9][0-9a-z.]*( ; .+)?$")


def pinned(file: str) -> list[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def test_the_readme_gives_two_commands_one_to_look_and_one_to_check():
    look, check = BLOCKS
    environment = "python3 -m venv .venv && .venv/bin/pip install -r "
    assert look == environment + "requirements.txt && .venv/bin/python -m streamlit run dashboard.py"
    assert check == environment + "tests/requirements.txt && .venv/bin/python -m pytest"


def test_the_pipeline_runs_the_readmes_test_command_itself():
    pipeline = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "test_command=$(grep -- '-m pytest$' README.md)" in pipeline
    assert [line for line in README.splitlines() if line.endswith("-m pytest")] == [BLOCKS[1]]
    assert "set -euo pipefail" in pipeline
    assert "export CI=true" in pipeline


def test_every_file_the_readme_links_to_is_there():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_module_the_readme_runs_is_there():
    modules = set(re.findall(r"`python -m ([\w.]+)", README))
    assert modules == {"sample_data", "records", "analytics", "benchmarks", "tests.trials"}
    assert [module for module in modules if not (ROOT / module.replace(".", "/") / "__main__.py").exists()] == []


def test_the_whole_tree_is_locked_to_one_version_each():
    run, test = pinned("requirements.txt"), pinned("tests/requirements.txt")
    assert test[0] == "-r ../requirements.txt"
    assert [line for line in run + test[1:] if not PINNED.match(line)] == []
    together = {}
    for line in run + test[1:]:
        name, version = line.split(" ; ")[0].split("==")
        assert together.setdefault(name, version) == version


def test_what_runs_and_what_tests_need_are_kept_apart():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runs, tests = project["project"]["dependencies"], project["dependency-groups"]["test"]
    assert set(runs) <= set(pinned("requirements.txt"))
    assert set(tests) <= set(pinned("tests/requirements.txt"))
    assert set(tests).isdisjoint(pinned("requirements.txt"))


def test_the_changelog_speaks_of_the_version_in_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    versions = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[0] == project["project"]["version"]
