"""How far a simulated share may lie from the exact one."""

import math


def agrees(exact: float, simulated: float, samples: int) -> bool:
    """Whether a share simulated from that many samples is within chance of the exact share.

    Four standard errors and one sample: of 10,000 honest comparisons not one is expected to fail, and a share too
    small for a normal error may still meet one case more than expected.
    """
    return abs(simulated - exact) <= 4 * math.sqrt(exact * (1 - exact) / samples) + 1 / samples
