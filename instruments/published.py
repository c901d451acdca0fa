"""The published scales and movements, read from the .toml files once."""

from functools import cache
from pathlib import Path

from instruments.model import Movement, Scale, Source
from instruments.reading import read_joint, read_scale, read_shared_errors, read_sources

_HERE = Path(__file__).parent
_EVERY_JOINT = "every_joint.toml"


@cache
def sources() -> dict[str, Source]:
    """Every citation by its key."""
    return read_sources(_HERE / "sources.toml")


@cache
def scales() -> dict[str, Scale]:
    """Every scale by its key, in the order of the keys."""
    found = [read_scale(file, sources()) for file in sorted((_HERE / "scales").glob("*.toml"))]
    return {scale.key: scale for scale in found}


@cache
def movements() -> dict[tuple[str, str], Movement]:
    """Every movement by (joint, movement), joints in alphabetical order, movements in the order of their file."""
    folder = _HERE / "motion"
    shared_errors = read_shared_errors(folder / _EVERY_JOINT, sources())
    joints = sorted(file for file in folder.glob("*.toml") if file.name != _EVERY_JOINT)
    found = [movement for file in joints for movement in read_joint(file, sources(), shared_errors)]
    return {(movement.joint, movement.movement): movement for movement in found}
