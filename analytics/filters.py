"""What a question is narrowed to: a period, a therapist, an office, an injury type, a cause."""

import datetime as dt
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """Every field None means: not narrowed. Dates are inclusive."""

    since: dt.date | None = None
    until: dt.date | None = None
    therapist_id: int | None = None
    office_id: int | None = None
    injury_type_id: int | None = None
    cause: str | None = None

    def values(self) -> dict:
        """The values a query binds by name."""
        return asdict(self)
