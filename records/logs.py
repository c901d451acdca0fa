"""Whether DuckDB would pass over changes in the log of a record file without a word.

What was committed stands in a log beside the file until the file takes it in. At an entry that seems to reach beyond
the end of the log, DuckDB stops and says nothing: a crash while an entry is written leaves that, and the change was
never acknowledged. Damage to the length of an entry looks the same, and then whole changes after it are lost unsaid.
They show themselves: each ends with an entry of its own.
"""

import mmap
import re
import struct
from pathlib import Path

# The first entry says which kind of log it is; in this kind each entry has a length and a checksum in front.
BEGINS = bytes.fromhex("640062650002ffff")
FRAME = struct.Struct("<QQ")
END_OF_A_CHANGE = re.compile(
    re.escape(struct.pack("<Q", 5)) + b".{8}" + re.escape(bytes.fromhex("640064ffff")), re.DOTALL
)


def passed_over(log: Path) -> bool:
    """Whether there are changes in the log that would not be taken in, and nobody would know.

    False for a log that is not there or cannot be opened: DuckDB says why by itself.
    """
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            if size < len(BEGINS):
                return False  # what a kill leaves of a log that had just been begun: nothing was in it
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
                return _passed_over(held, size)
    except OSError:
        return False


def _passed_over(held: mmap.mmap, size: int) -> bool:
    if held[: len(BEGINS)] != BEGINS:
        return True
    place = len(BEGINS)
    while place + FRAME.size <= size:
        length, _ = FRAME.unpack_from(held, place)
        if place + FRAME.size + length > size:
            return END_OF_A_CHANGE.search(held, place + 1) is not None
        place += FRAME.size + length
    return False
