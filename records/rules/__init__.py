"""The one set of rules: every row from a form or a file passes here, as text, before anything is written.

A door (the form, the import) fills `staged_visit`, `staged_reading` and `staged_care` with what was given, word for
word. `check` reads it into `read_visit`, `read_reading` and `read_care`, and gathers what the rule files find in
`problem`. Bounds and lists come from the store's own tables, which repeat instruments/.
"""

import datetime as dt
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
RULES = sorted(HERE.glob("rule_*.sql"))

VISIT_FIELDS = (
    "client_ref",
    "client_name",
    "birth_date",
    "sex",
    "phone",
    "episode_ref",
    "injury_type",
    "cause",
    "mechanism",
    "region",
    "side",
    "onset_on",
    "opened_on",
    "discharged_on",
    "discharge_reason",
    "diagnosis",
    "visits_ordered",
    "ordered_on",
    "order_expires_on",
    "visit_ref",
    "visited_on",
    "start_time",
    "minutes",
    "kind",
    "status",
    "therapist",
    "office",
    "note",
    "home_done",
    "home_prescribed",
)
READING_FIELDS = (
    "what",
    "value",
    "kind",
    "moment",
    "region",
    "side",
    "joint",
    "movement",
    "motion_type",
    "instrument",
    "repeat",
    "scale",
    "item",
    "taken_on",
)
# What was done and said in a visit beside its readings: a technique used, a red flag found, a call made, an entry.
CARE_FIELDS = ("what", "code", "region", "minutes", "words", "whom", "called_at")
# Lists that never change; the others (causes, regions, injury types ...) are tables of the store.
VISIT_LISTS = {
    "sex": ("female", "male", "other"),
    "side": ("left", "right", "both", "midline"),
    "kind": ("evaluation", "treatment", "re_evaluation", "discharge", "contact"),
    "status": ("booked", "kept", "no_show", "late_cancel"),
}
READING_LISTS = {
    "what": ("pain", "motion", "score"),
    "side": ("left", "right", "both", "midline"),
    "kind": ("now", "worst", "best", "average"),
    "moment": ("before", "after", "between"),
    "motion_type": ("active", "passive"),
    "instrument": ("goniometer", "inclinometer", "crom", "app", "visual"),
}
CARE_LISTS = {
    "what": ("technique", "red_flag", "call", "entry"),
    "entry": ("medication", "work_status", "daily_words"),
}
# Written by every system that writes ISO dates, and never ambiguous.
ISO_FORMS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
CLOCK_FORMS = ("%H:%M", "%H:%M:%S", "%I:%M %p")


@dataclass(frozen=True, slots=True)
class Door:
    """How the text of one door is to be read.

    Attributes
    ----------
    named : {"file", "entry"}
        What the person is asked to correct.
    today : date
        Later visits are in the future.
    date_forms : tuple of str
        strptime forms besides ISO.
    date_words : str
        The same forms as a person writes them.
    decimal : {".", ","}
    round_pain : bool
        Pain between two half steps is rounded, with a note, instead of refused.
    may_add : mapping of list to names
        Names that are new to the store's lists and may be added; None for any name.
    """

    named: str
    today: dt.date
    date_forms: tuple[str, ...] = ()
    date_words: str = "YYYY-MM-DD"
    decimal: str = "."
    round_pain: bool = False
    may_add: Mapping[str, Iterable[str] | None] = field(default_factory=dict)


def open_staging(cursor: duckdb.DuckDBPyConnection, door: Door) -> None:
    """Make the empty staging tables on a cursor (they are its own and go with it) and tell the rules how to read."""
    for name, value in {
        "rules_door": door.named,
        "rules_today": door.today,
        "rules_dates": [*ISO_FORMS, *door.date_forms],
        "rules_times": [*CLOCK_FORMS, *(form for form in (*ISO_FORMS, *door.date_forms) if "%H" in form)],
        "rules_date_words": door.date_words,
        "rules_decimal": door.decimal,
        "rules_number": rf"[+-]?\d+([{door.decimal}]\d+)?",
        "rules_round_pain": door.round_pain,
    }.items():
        cursor.execute(f"SET VARIABLE {name} = ?", [value])
    fields = {"visit": VISIT_FIELDS, "reading": READING_FIELDS, "care": CARE_FIELDS}
    for what, names in fields.items():
        key = "line BIGINT, place INTEGER" + ("" if what == "visit" else ", reading INTEGER")
        columns = ", ".join(f"{name} VARCHAR" for name in names)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE staged_{what} ({key}, {columns})")
    cursor.execute((HERE / "staging.sql").read_text(encoding="utf-8"))
    fixed = [
        (f"{what}.{name}", code, code.replace("_", " "), rank)
        for what, lists in (("visit", VISIT_LISTS), ("reading", READING_LISTS), ("care", CARE_LISTS))
        for name, codes in lists.items()
        for rank, code in enumerate(codes, start=1)
    ]
    lists, codes, names, ranks = (list(column) for column in zip(*fixed, strict=True))
    cursor.execute(
        "INSERT INTO known_value SELECT unnest(?), unnest(?), unnest(?), unnest(?)", [lists, codes, names, ranks]
    )
    for name, names in door.may_add.items():
        cursor.execute("INSERT INTO may_add SELECT ?, unnest(?)", [name, [None] if names is None else list(names)])


def check(cursor: duckdb.DuckDBPyConnection) -> None:
    """Read the staged text and gather everything that is wrong with it, or was put right, in `problem`."""
    cursor.execute((HERE / "reading.sql").read_text(encoding="utf-8"))
    run(cursor, HERE / "not_a_visit.sql")
    # A total has no client and no date either; one reason is enough for it.
    for table in ("read_visit", "read_reading", "read_care"):
        cursor.execute(f"DELETE FROM {table} WHERE line IN (SELECT line FROM problem)")
    given = {
        what
        for what in ("visit", "reading", "care")
        if cursor.execute(f"SELECT 1 FROM staged_{what} LIMIT 1").fetchone() is not None
    }
    for rule in RULES:
        # Of a form that is only begun, most rules have nothing to read: to plan them costs more than to run them.
        if given & read_by(rule):
            run(cursor, rule)


@functools.cache
def read_by(rule: Path) -> frozenset[str]:
    """What a rule is about: "visit", "reading", "care". Where none of it was given, the rule has nothing to find."""
    return frozenset(re.findall(r"\bstaged_(visit|reading|care)\b", rule.read_text(encoding="utf-8")))


def run(cursor: duckdb.DuckDBPyConnection, rule: Path, **values: object) -> None:
    """Add what one rule file finds to `problem`, with what to do about it."""
    sql = rule.read_text(encoding="utf-8").rstrip().rstrip(";")
    cursor.execute(
        f"INSERT INTO problem BY NAME SELECT * REPLACE (remedy_words(fate, remedy) AS remedy) FROM ({sql}\n)", values
    )
