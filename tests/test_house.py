"""The rooms of the house: arrows point down, each library has its place, colours stand once, each page has its door."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from charts import theme

ROOT = Path(__file__).parents[1]
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["root_packages"]
PAGES = sorted((ROOT / "pages").glob("*.py"))
CODE = [ROOT / "dashboard.py", *(file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))]
TEXT_SUFFIXES = {".py", ".sql", ".toml", ".md", ".txt", ".csv", ".json", ".yml", ".yaml", ""}


def imported(file: Path) -> set[str]:
    """The top-level packages a file imports, wherever in the file."""
    named = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            named.add(node.module.split(".")[0])
    return named


def files_that_import(library: str) -> set[str]:
    return {file.relative_to(ROOT).as_posix() for file in CODE if library in imported(file)}


def contracts_broken_in(tree: Path) -> str:
    """What the import contracts say about a tree; empty when every one is kept."""
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    linted = subprocess.run(
        [sys.executable, "-c", linter, "--no-cache"], cwd=tree, capture_output=True, text=True, timeout=120
    )
    return "" if linted.returncode == 0 else linted.stdout + linted.stderr


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory) -> Path:
    """The code of the house in another place, to be spoiled."""
    copy = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__", "*.duckdb*"))
    shutil.copy2(ROOT / "pyproject.toml", copy)
    return copy


def test_no_room_asks_a_room_above_it():
    assert contracts_broken_in(ROOT) == ""


@pytest.mark.parametrize(
    ("file", "stray_line"),
    [
        ("instruments/errors.py", "import records.ids"),
        ("records/ids.py", "from analytics import progress"),
        ("records/ids.py", "import access.roles"),
        ("analytics/change.py", "from charts import theme"),
        ("charts/theme.py", "import analytics.change"),
        ("charts/theme.py", "from records import viewer"),
        ("access/roles.py", "from pages.parts import figure"),
        ("access/roles.py", "from analytics import change"),
        ("sample_data/__init__.py", "from access import roles"),
        ("analytics/change.py", "import streamlit"),
        ("records/ids.py", "import streamlit"),
        ("charts/theme.py", "import plotly.graph_objects"),
        ("pages/parts/figure.py", "import plotly.express"),
        ("analytics/change.py", "import duckdb"),
    ],
)
def test_a_line_that_strays_is_named(file, stray_line, copied_house):
    spoiled = copied_house / file
    whole = spoiled.read_text(encoding="utf-8")
    spoiled.write_text(f"{whole}\n{stray_line}\n", encoding="utf-8")
    try:
        said = contracts_broken_in(copied_house)
    finally:
        spoiled.write_text(whole, encoding="utf-8")
    assert "BROKEN" in said
    assert file.removesuffix(".py").replace("/", ".").removesuffix(".__init__") in said


def test_every_library_the_code_asks_for_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {dependency.split("==")[0] for dependency in project["dependencies"]}
    asked = set().union(*map(imported, CODE)) - set(sys.stdlib_module_names) - set(ROOMS)
    assert {name.replace("_", "-") for name in asked} == declared


def test_the_front_door_asks_the_door_alone():
    assert imported(ROOT / "dashboard.py") == {"streamlit", "access"}


def test_instruments_need_nothing_but_the_standard_library():
    asked = set().union(*(imported(file) for file in CODE if "instruments" in file.relative_to(ROOT).parts))
    assert asked - set(sys.stdlib_module_names) == {"instruments"}


def test_streamlit_is_spoken_to_by_the_front_door_the_pages_and_the_door_only():
    elsewhere = {file for file in files_that_import("streamlit") if not file.startswith(("pages/", "benchmarks/"))}
    assert elsewhere == {"dashboard.py", "access/door.py"}


def test_plotly_is_spoken_to_by_the_screen_renderer_only():
    assert files_that_import("plotly") == {"charts/screen.py"}
    assert [file.name for file in CODE if "plotly.express" in file.read_text(encoding="utf-8")] == []


def test_duckdb_is_spoken_to_by_records_and_the_benchmarks_only():
    assert {file.split("/")[0] for file in files_that_import("duckdb")} <= {"records", "benchmarks"}


def test_no_page_lets_html_of_a_record_through():
    assert [file.name for file in CODE if "unsafe_allow_html" in file.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_first_thing_a_page_does_is_to_ask_the_door(page):
    statements = ast.parse(page.read_text(encoding="utf-8")).body
    assert ast.get_docstring(ast.parse(page.read_text(encoding="utf-8")))
    first = next(node for node in statements[1:] if not isinstance(node, ast.Import | ast.ImportFrom))
    assert isinstance(first, ast.Assign), f"line {first.lineno} comes before the door"
    assert isinstance(first.value, ast.Call)
    assert ast.unparse(first.value.func) == "door.require"


def test_a_colour_is_written_in_the_theme_and_nowhere_else_in_the_code():
    colour = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b|\brgba?\((?!0, ?0, ?0, ?0\))")
    coloured = {file.relative_to(ROOT).as_posix() for file in CODE if colour.search(file.read_text(encoding="utf-8"))}
    assert coloured == {"charts/theme.py"}


def test_the_frame_and_the_charts_have_the_same_colours():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    roles = {
        "backgroundColor": "ground",
        "secondaryBackgroundColor": "panel",
        "textColor": "ink",
        "primaryColor": "motion",
        "linkColor": "motion",
        "borderColor": "line",
        "grayTextColor": "muted",
        "greenTextColor": "good",
        "orangeTextColor": "caution",
    }
    for ground in ("light", "dark"):
        assert config[ground] == {key: theme.palette(ground)[role] for key, role in roles.items()}
    series = [theme.palette("light")[role] for role in ("motion", "pain", "sessions", "function")]
    assert config["chartCategoricalColors"] == series


def test_the_server_is_told_to_keep_to_itself():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["enableXsrfProtection"] is True
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["disableDataExport"] is True


def test_no_path_of_one_machine_and_no_address_of_a_registry_stands_in_the_tree():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    of_one_machine = re.compile(r"(?<![\w.])/(?:work|root|home|farm|opt|Users)/\w")
    of_a_registry = re.compile(r"(?:index-url|find-links|pypi\.org/simple|files\.pythonhosted)")
    found = []
    for name in listed:
        file = ROOT / name
        if file.suffix in TEXT_SUFFIXES and file.is_file() and file != Path(__file__):
            text = file.read_bytes().decode("utf-8", errors="replace")
            found += [(name, match[0]) for rule in (of_one_machine, of_a_registry) for match in rule.finditer(text)]
    assert found == []
