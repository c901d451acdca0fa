"""Roles as data: what `roles.toml` says, read once."""

import functools
import tomllib
from pathlib import Path

from records.viewer import Viewer


@functools.cache
def roles() -> dict[str, dict]:
    """Every role with its scope and rights."""
    return tomllib.loads(Path(__file__).with_name("roles.toml").read_text(encoding="utf-8"))


def viewer(person: str, role: str, *, therapist_id: int | None = None, office_id: int | None = None) -> Viewer:
    """A person in a role, as the store knows them."""
    allowed = roles()[role]
    return Viewer(person, role, frozenset(allowed["rights"]), allowed["scope"], therapist_id, office_id)
