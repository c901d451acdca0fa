"""Scales, movements, their thresholds and reference values, as data with a source beside every number.

>>> from instruments import movement, scale
>>> limits(scale("nprs"), region="low_back").error.points, limits(scale("nprs"), region="low_back").error.cited
(2.4, '90 %, low back, computed from SEM 1.02, Childs 2005')
>>> [(found.name, found.low_deg) for found in movement("knee", "flexion").references_for(72, "female", "active")]
[('AAOS', 135), ('AMA', 150)]

The numbers live in the .toml files: `scales/` one file a scale, `motion/` one file a joint, `sources.toml` each
citation once. What is wrong in a file is refused at the first call, with file and table. The functions here give what
is published; `Instruments` is what one practice goes by, its own numbers first.
"""

from instruments.choosing import Chosen, Limits, limits
from instruments.errors import InstrumentError
from instruments.model import REGIONS, Movement, Reference, Scale, Source, Threshold
from instruments.own import Instruments, OwnReference, OwnThreshold
from instruments.published import movements, scales, sources

__all__ = [
    "PUBLISHED",
    "REGIONS",
    "Chosen",
    "InstrumentError",
    "Instruments",
    "Limits",
    "Movement",
    "OwnReference",
    "OwnThreshold",
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

PUBLISHED = Instruments()


def scale(key: str) -> Scale:
    """The published scale of that key, or an InstrumentError naming the keys there are."""
    return PUBLISHED.scale(key)


def movement(joint: str, movement: str) -> Movement:
    """The published movement of that joint, or an InstrumentError naming the movements there are."""
    return PUBLISHED.movement(joint, movement)
