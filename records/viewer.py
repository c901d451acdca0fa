"""Who reads, and how far: plain data that `access/` decides and the store obeys."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewer:
    """One person looking at one practice's records.

    Attributes
    ----------
    person : str
        Account id, written into the trail; never a name.
    role : str
        A role of `access/roles.toml`.
    rights : frozenset of str
        What this person may do, for example "client.read".
    scope : {"all", "office", "own"}
        Whose episodes are visible. "own" is an episode the therapist leads or gave a session in.
    therapist_id, office_id : int or None
        Needed by the scopes "own" and "office".
    """

    person: str
    role: str
    rights: frozenset[str]
    scope: str
    therapist_id: int | None = None
    office_id: int | None = None

    def may(self, right: str) -> bool:
        """Whether this viewer holds a right."""
        return right in self.rights
