"""Bring a practice's history in: every row's fate is shown first, and nothing is written before it is accepted.

found = review(store, viewer, [Path("visits.csv")], "trial_long")     # counts, fates; nothing written
batch = accept(found)                                                # one transaction
undo(store, viewer, batch.batch_id)                                  # all of it, and only it, taken back
"""

from records.importing.profile import Profile, ProfileError, load, parse, shipped
from records.importing.readers import File
from records.importing.reviewing import Counts, Review, message, review
from records.importing.writing import Batch, accept, undo

__all__ = [
    "Batch",
    "Counts",
    "File",
    "Profile",
    "ProfileError",
    "Review",
    "accept",
    "load",
    "message",
    "parse",
    "review",
    "shipped",
    "undo",
]
