"""docs/numbers.md explains every number shown anywhere, and names nothing that is not there.

A section explains one number or one family of numbers. Its last two lines say where it comes from and where it stands:

- **Function and query.** `analytics.module.function`; `file.sql`
- **Shown.** `figure`: `Column of its table`, ...; `outcomes --to`: `column`, ...
"""

import importlib
import re
import shutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from access import roles
from analytics import SQL, export, release
from pages.parts import figure
from records import calendar, ids
from records import store as record_store
from test_house import ROOT

NAMES_OF_THINGS = {"text", "date"}  # columns that say what a row is, or when; every other column holds numbers
PAGES = ("client_progress", "injury_outcomes", "caseload")
MOTION_COLUMN = re.compile(r"^[a-z]+_[a-z_]+_(left|right|none)_(active|passive)_(first_deg|latest_deg|class|why)$")


@dataclass(frozen=True)
class Section:
    title: str
    text: str
    functions: tuple[str, ...]
    queries: tuple[str, ...]
    shown: frozenset[tuple[str, str]]


def sections() -> list[Section]:
    book = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
    found = []
    for part in re.split(r"^### ", book, flags=re.M)[1:]:
        title, _, text = part.partition("\n")
        text = re.split(r"^## ", text, flags=re.M)[0]
        named = [code for line in re.findall(r"\*\*Function and query\.\*\*(.*)", text) for code in _code(line)]
        shown = set()
        for line in re.findall(r"\*\*Shown\.\*\*(.*)", text):
            for place in line.split(";"):
                where, *columns = _code(place) or [""]
                shown |= {(where, column) for column in columns}
        found.append(
            Section(
                title,
                text,
                tuple(code for code in named if not code.endswith(".sql")),
                tuple(code for code in named if code.endswith(".sql")),
                frozenset(shown),
            )
        )
    return found


def _code(line: str) -> list[str]:
    return re.findall(r"`([^`]+)`", line)


def telling(path: Path) -> list[str]:
    """Links to the clients with the latest home exercise and the latest scores: they have figures others lack."""
    store = record_store.open_store(path)
    found = store.open_for(roles.viewer("test owner", "owner")).read(
        "SELECT arg_max(client_id, visited_on) FILTER (WHERE home_prescribed > 0) AS exercised,"
        " (SELECT arg_max(client_id, scored_on) FROM visible_score) AS scored FROM visible_visit"
    )
    store.close()
    return [ids.to_link(int(client_id)) for client_id in found.iloc[0]]


@pytest.fixture(scope="module")
def figures(full_sample_path, tmp_path_factory):
    """Every figure the pages show over the invented practice: key to number columns, and to the queries behind it."""
    columns, queries = defaultdict(set), defaultdict(set)
    shown = figure.show

    def noted(chart, calculation, **how):
        key = re.sub(r"_\d+$", "", chart.key)  # a second pain has a figure of its own with the same columns
        columns[key] |= {column.name for column in chart.table.columns if column.kind not in NAMES_OF_THINGS}
        queries[key] |= {query.name for query in calculation.queries}
        shown(chart, calculation, **how)

    with pytest.MonkeyPatch.context() as patch:
        copy = shutil.copy2(full_sample_path, tmp_path_factory.mktemp("numbers") / "practice.duckdb")
        patch.setenv("OUTCOMES_DATABASE", str(copy))
        patch.setattr(figure, "show", noted)
        for page, link in [(page, {}) for page in PAGES] + [(PAGES[0], {"client": client}) for client in telling(copy)]:
            app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
            for key, value in link.items():
                app.query_params[key] = value
            app.run()
            if page != PAGES[0]:
                app.switch_page(f"pages/{page}.py").run()
            assert [error.value for error in app.exception] == []
            if page == PAGES[0]:
                table = app.dataframe[-1].value  # the last of the page is the table of visits
                assert "Between visits" in table
                columns["every visit"] |= {name for name in table if pd.api.types.is_numeric_dtype(table[name])}
    record_store.release()
    return columns, queries


@pytest.fixture(scope="module")
def written(full_sample_path, tmp_path_factory):
    """The columns `python -m analytics outcomes` writes, without and with --release."""
    copy = Path(shutil.copy2(full_sample_path, tmp_path_factory.mktemp("written") / "practice.duckdb"))
    store = record_store.open_store(copy)
    window = store.open_for(roles.viewer("test owner", "owner"))
    found = {
        "outcomes --to": list(export.outcomes(window, calendar.today()).columns),
        "outcomes --release": list(release.tables(window, calendar.today()).columns),
    }
    store.close()
    return found


def test_every_section_says_what_it_means_how_it_is_reckoned_and_who_is_left_out():
    for section in sections():
        lacking = [
            part
            for part in ("Formula", "Counted", "Left out", "Source", "Function and query", "Shown")
            if f"**{part}.**" not in section.text
        ]
        assert not lacking, f"{section.title} says nothing under {', '.join(lacking)}"


def test_every_number_in_every_figure_is_explained(figures):
    columns, _ = figures
    explained = {place for section in sections() for place in section.shown}
    shown = {(key, column) for key, names in columns.items() for column in names}
    assert sorted(shown - explained) == []


def test_nothing_is_explained_that_no_figure_and_no_file_shows(figures, written):
    columns, _ = figures
    there = {(key, column) for key, names in columns.items() for column in names}
    there |= {(command, column) for command, names in written.items() for column in names}
    explained = {place for section in sections() for place in section.shown}
    assert sorted(place for place in explained - there) == []


def test_every_column_written_to_a_file_is_explained(written):
    explained = {place for section in sections() for place in section.shown}
    lacking = [
        (command, column)
        for command, names in written.items()
        for column in names
        if (command, column) not in explained and not MOTION_COLUMN.match(column)
    ]
    assert lacking == []


def test_the_queries_behind_a_figure_are_named_where_it_is_explained(figures):
    _, queries = figures
    named = defaultdict(set)
    for section in sections():
        for key, _ in section.shown:
            named[key] |= set(section.queries)
    assert {key: sorted(files - named[key]) for key, files in queries.items() if files - named[key]} == {}


def test_every_query_of_the_room_is_named():
    named = {query for section in sections() for query in section.queries}
    book = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
    others = set(re.findall(r"`(\w+\.sql)`", book)) - named
    files = {file.name for file in SQL.glob("*.sql")}
    assert files - named - others == set()
    assert named - files == set()


def test_every_function_named_is_there():
    for section in sections():
        for name in section.functions:
            module, _, function = name.rpartition(".")
            assert callable(getattr(importlib.import_module(module), function)), f"{section.title} names {name}"
