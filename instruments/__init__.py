"""Scales, movements, their thresholds and reference values, as data with a source beside every number.

>>> from instruments import movement, scale
>>> limits(scale("nprs"), region="low_back").error.points, limits(scale("nprs"), region="low_back").error.cited
(2.4, '90 %, low back, computed from SEM 1.02, Childs 2005')
>>> [(found.name, found.low_deg) for found in movement("knee", "flexion").references_for(72, "female", "active")]
[('AAOS', 135), ('AMA', 150)]

The numbers live in the .toml files: `scales/` one file a scale, `motion/` one file a joint, `sources.toml` each
citation once. What is wrong in a file is refused at the first call, with file and table.
"""

from functools import cache
from pathlib import Path

from instruments.choosing import Chosen, Limits, limits
from instruments.errors import InstrumentError
from instruments.model import REGIONS, Movement, Reference, Scale, Source, Threshold
from instruments.reading import read_joint, read_scale, read_shared_errors, read_sources

__all__ = [
    "REGIONS",
    "Chosen",
    "InstrumentError",
    "Limits",
    "Movement",
    "Reference",
    "Scale",
    "Source",
    "Threshold",
    "limits",
    "movement",
    "movements",
    "scale",
    "scales",
    "sources",
]

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


def scale(key: str) -> Scale:
    """The scale of that key, or an InstrumentError naming the keys there are."""
    if key not in scales():
        raise InstrumentError(f"No scale is called {key!r}. Right is one of {', '.join(scales())}.")
    return scales()[key]


def movement(joint: str, movement: str) -> Movement:
    """The movement of that joint, or an InstrumentError naming the movements there are."""
    if (joint, movement) not in movements():
        known = ", ".join(f"{joint} {movement}" for joint, movement in movements())
        raise InstrumentError(f"No movement is called {joint!r} {movement!r}. Right is one of {known}.")
    return movements()[joint, movement]
