"""Whether somebody may write here: asked by every function that does, whichever page or command it is called from."""

from records.errors import NotAllowed
from records.store import Store
from records.viewer import Viewer

SAMPLE_WORDS = (
    "These are invented records of a sample practice; nothing is imported or entered into them."
    " Start with your own records first."
)
# Each right that writes, and what it is to do, as a refusal says it.
RIGHTS = {
    "session.write": "record sessions",
    "client.write": "enter clients and episodes",
    "record.correct": "correct records",
    "client.merge": "say that two clients are one",
    "settings.write": "change what the practice goes by",
    "data.care": "back up, restore or take out the records",
    "import.write": "bring records in",
    "outcomes.export": "take outcomes out",
}


def may_write(store: Store, viewer: Viewer, right: str) -> None:
    """Raise NotAllowed when the viewer lacks the right, or the store is the invented sample."""
    if store.is_sample:
        raise NotAllowed(SAMPLE_WORDS)
    if not viewer.may(right):
        raise NotAllowed(f"You may not {RIGHTS[right]} here. Ask the practice's owner for the right to ({right}).")
