"""Roles and rights are data, and each page asks for its own right before it shows anything."""

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from access import roles
from records.viewer import Viewer

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").glob("*.py"))


def right_asked_by(page: Path) -> str:
    """The right a page names in its `door.require("...")`."""
    calls = (node for node in ast.walk(ast.parse(page.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    (right,) = [call.args[0].value for call in calls if ast.unparse(call.func) == "door.require"]
    return right


def test_every_role_has_a_scope_and_rights():
    for name, role in roles.roles().items():
        assert set(role) == {"scope", "rights"}, name
        assert role["scope"] in {"all", "office", "own"}
        assert len(role["rights"]) == len(set(role["rights"])) > 0


def test_an_owner_sees_the_whole_practice_and_holds_every_right_there_is():
    every = {right for role in roles.roles().values() for right in role["rights"]}
    owner = roles.viewer("anna", "owner")
    assert owner.scope == "all"
    assert owner.rights == every


def test_a_therapist_sees_their_own_clients_and_imports_nothing():
    kim = roles.viewer("kim", "therapist", therapist_id=7)
    assert (kim.scope, kim.therapist_id) == ("own", 7)
    assert kim.may("client.read")
    assert not kim.may("import.write")


def test_only_an_owner_takes_outcomes_out():
    assert [name for name, role in roles.roles().items() if "outcomes.export" in role["rights"]] == ["owner"]


def test_a_role_that_is_not_in_the_data_lets_nobody_in():
    with pytest.raises(KeyError):
        roles.viewer("anna", "administrator")


def test_the_list_of_pages_names_every_page_with_the_right_the_page_asks_for():
    tree = ast.parse((ROOT / "dashboard.py").read_text(encoding="utf-8"))
    (listed,) = [node.value for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "PAGES"]
    offered = {file: right for file, _, right in ast.literal_eval(listed)}
    assert offered == {f"pages/{page.name}": right_asked_by(page) for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_refuses_who_lacks_its_right_and_shows_nothing_else(page, empty_store_path, monkeypatch):
    everything_else = roles.viewer("anna", "owner").rights - {right_asked_by(page)}
    monkeypatch.setenv("OUTCOMES_DATABASE", str(empty_store_path))
    monkeypatch.setattr(roles, "viewer", lambda person, role: Viewer(person, "guest", everything_else, "all"))
    shown = AppTest.from_file(page, default_timeout=30).run()
    assert [error.value for error in shown.error] == [
        "Your role does not open this page. Ask the practice's owner for access."
    ]
    assert len(shown.main.children) == 1
    assert not shown.exception
