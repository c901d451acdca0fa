"""What can go wrong in this room.

InstrumentError
    A scale, movement or source that is asked for or written down wrongly.
"""


class InstrumentError(ValueError):
    """An instrument file or key is wrong; the message says where, what was found and what would be right."""
