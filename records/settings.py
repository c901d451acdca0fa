"""What the practice goes by, as its owner writes it down: name and letterhead, gap rule, lists, and its own numbers.

Every change is an action with its audit line and a new version; the figures follow it at once (`Store.settings`,
`Store.instruments`). An entry that was withdrawn is offered no more, and keeps its name wherever it was used.
"""

import datetime as dt
import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

import instruments
from records import own_numbers
from records.errors import EntryRefused, NotAllowed
from records.in_force import CLOSED_AFTER_CHOICES
from records.permission import may_write
from records.store import ID_OF, Change, Store
from records.viewer import Viewer

RIGHT = "settings.write"
List = Literal["office", "therapist", "physician", "injury_type", "own_threshold", "own_reference"]
OLDEST_YEARS = 120
MINUTES_A_WEEK = 7 * 24 * 60
# What names an entry of each list, counted to say how much rests on it.
USED_BY = {
    "office": ("episode", "office_id"),
    "therapist": ("episode", "therapist_id"),
    "physician": ("referral", "physician_id"),
    "injury_type": ("episode", "injury_type_id"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: what it is called, what it holds, and what is right there.

    `kind`: "text" and "lines" (a text of several lines) are trimmed, "whole" and "number" lie within `low` and `high`
    (ends included), "choice" is one of `choices`, "folder" an absolute folder this program can write to, "office" the
    id of an office that stands. A field left empty is missing, never 0; `empty` says what nothing chosen means.
    """

    label: str
    kind: Literal["text", "lines", "whole", "number", "choice", "folder", "office"] = "text"
    needed: bool = False
    choices: tuple = ()
    low: float = -math.inf
    high: float = math.inf
    longest: int = 200
    empty: str = "–"


NAME = Field("Name", needed=True, longest=120)
CONTACT = {"phone": Field("Phone", longest=40), "fax": Field("Fax", longest=40), "address": Field("Address", "lines")}
SOURCE = Field("Source: paper, page or who decided it", needed=True, longest=300)
FIELDS: dict[str, dict[str, Field]] = {
    "practice": {
        "name": NAME,
        **CONTACT,
        "closed_after_days": Field("Days without a visit", "choice", needed=True, choices=CLOSED_AFTER_CHOICES),
        "backup_folder": Field("Backup folder", "folder", longest=1000),
    },
    "office": {"name": NAME},
    "therapist": {
        "name": NAME,
        "credential": Field("Credential", longest=80),
        "licence_number": Field("Licence number", longest=80),
        "office_id": Field("Office", "office"),
        "available_minutes_per_week": Field("Available minutes a week", "whole", low=0, high=MINUTES_A_WEEK),
    },
    "physician": {"name": NAME, "practice_name": Field("Practice", longest=120), **CONTACT},
    "injury_type": {"name": NAME, "region": Field("Region", "choice", choices=tuple(instruments.REGIONS))},
    "own_threshold": {
        "purpose": Field("What it is", "choice", needed=True, choices=("error", "important")),
        "scale": Field("Scale", "choice", choices=tuple(instruments.scales())),
        "joint": Field("Joint", longest=40),
        "movement": Field("Movement", longest=40),
        "raters": Field("Raters", "choice", choices=("same", "different")),
        "region": Field("Region", "choice", choices=tuple(instruments.REGIONS), empty="any region"),
        "points": Field("Number", "number", needed=True),
        "percent": Field("Percent of the start", "number"),
        "confidence": Field("Confidence level", "choice", choices=("90 %", "95 %"), empty="not stated"),
        "source": SOURCE,
    },
    "own_reference": {
        "joint": Field("Joint", needed=True, longest=40),
        "movement": Field("Movement", needed=True, longest=40),
        "motion_type": Field("Motion", "choice", needed=True, choices=("active", "passive")),
        "low_deg": Field("From, degrees", "number", needed=True),
        "high_deg": Field("To, degrees", "number"),
        "sex": Field("Sex", "choice", choices=("female", "male"), empty="women and men"),
        "age_from": Field("From age, years", "whole", low=0, high=OLDEST_YEARS),
        "age_to": Field("To age, years", "whole", low=0, high=OLDEST_YEARS),
        "source": SOURCE,
    },
}


def practice(store: Store, viewer: Viewer) -> dict[str, Any]:
    """The practice as it is written down: practice_id, ver, and the fields of `FIELDS["practice"]`; None is empty.

    Raises
    ------
    NotAllowed
        Without the right "settings.write".
    """
    _may_read(viewer)
    return _rows(store, f"SELECT practice_id, ver, {', '.join(FIELDS['practice'])} FROM records.practice")[0]


def listed(store: Store, viewer: Viewer, what: List) -> pd.DataFrame:
    """Every entry of a list, the standing ones first, then by name (the practice's own numbers as they were set).

    Returns
    -------
    DataFrame of objects, one row per entry; None is empty
        The entry's id, `ver`, `withdrawn`, its fields, and for the lists `in_use`: how many standing episodes (of a
        physician: referrals) name it.

    Raises
    ------
    NotAllowed
        Without the right "settings.write".
    """
    _may_read(viewer)
    key = ID_OF[what]
    columns = [key, "ver", "withdrawn", *FIELDS[what]]
    asked = ", ".join(f"l.{name}" for name in columns)
    order = "l.withdrawn, " + ("lower(l.name)" if "name" in columns else f"l.{key}")
    if what in USED_BY:
        table, column = USED_BY[what]
        asked += (
            f", (SELECT count(*) FROM records.{table} AS u WHERE u.{column} = l.{key} AND NOT u.withdrawn) AS in_use"
        )
        columns.append("in_use")
    rows = _rows(store, f"SELECT {asked} FROM records.{what} AS l ORDER BY {order}, l.{key}")
    return pd.DataFrame(rows, columns=columns, dtype="object")


def save_practice(
    store: Store, viewer: Viewer, ver: int, values: Mapping[str, Any], *, idempotency_key: str | None = None
) -> int:
    """Change the fields of the practice that are given; returns the new version.

    Parameters
    ----------
    ver : int
        The version the form was filled from.
    values : mapping
        Fields of `FIELDS["practice"]`, as text as given; empty text or None empties a field.

    Raises
    ------
    EntryRefused
        With every reason; nothing was written. A backup folder is made when its place is writable.
    EditedMeanwhile, NotAllowed, AlreadySaved, NotWritten
        As `Store.change` and `records.permission.may_write` say.
    """
    may_write(store, viewer, RIGHT)
    given = _read("practice", values)
    if folder := given.get("backup_folder"):
        _make_writable(Path(folder))
    with store.change(viewer, "correct", idempotency_key=idempotency_key) as change:
        (row_id,) = change.cursor.execute("SELECT practice_id FROM records.practice").fetchone()
        _differs(change.standing("practice", row_id, ver), given)
        return change.correct("practice", row_id, ver, given)


def add(
    store: Store, viewer: Viewer, what: List, values: Mapping[str, Any], *, idempotency_key: str | None = None
) -> int:
    """A new entry of a list, or a new own number; returns its id.

    Parameters
    ----------
    values : mapping
        Fields of `FIELDS[what]`, as text as given; those left out are empty.

    Raises
    ------
    EntryRefused
        With every reason; nothing was written.
    NotAllowed, AlreadySaved, NotWritten
    """
    may_write(store, viewer, RIGHT)
    given = _read(what, dict.fromkeys(FIELDS[what]) | dict(values))
    with store.change(viewer, "create", idempotency_key=idempotency_key) as change:
        _fits(change, what, given, None)
        return change.insert(what, given)


def change(store: Store, viewer: Viewer, what: List, row_id: int, ver: int, values: Mapping[str, Any]) -> int:
    """Change the fields given of one entry; returns its new version. Parameters and errors as for `save_practice`."""
    may_write(store, viewer, RIGHT)
    given = _read(what, values)
    with store.change(viewer, "correct") as action:
        before = action.standing(what, row_id, ver)
        _differs(before, given)
        _fits(action, what, before | given, before)
        return action.correct(what, row_id, ver, given)


def withdraw(store: Store, viewer: Viewer, what: List, row_id: int, ver: int) -> int:
    """Offer an entry no more; what it was used for keeps its name. Returns the new version."""
    may_write(store, viewer, RIGHT)
    with store.change(viewer, "withdraw") as action:
        if action.standing(what, row_id, ver)["withdrawn"]:
            raise EntryRefused([f"{what} {row_id} is withdrawn already. Nothing was changed."])
        return action.withdraw(what, row_id, ver)


def restore(store: Store, viewer: Viewer, what: List, row_id: int, ver: int) -> int:
    """Offer a withdrawn entry again; refused when another has taken its place. Returns the new version."""
    may_write(store, viewer, RIGHT)
    with store.change(viewer, "restore") as action:
        before = action.standing(what, row_id, ver)
        if not before["withdrawn"]:
            raise EntryRefused([f"{what} {row_id} is not withdrawn. Nothing was changed."])
        _fits(action, what, before, before)
        return action.restore(what, row_id, ver)


def saved_words(at: dt.datetime) -> str:
    """What is said once a change is committed, and not before.

    >>> saved_words(dt.datetime(2026, 11, 20, 14, 2, 31))
    'Saved 14:02.'
    """
    return f"Saved {at:%H:%M}."


def _may_read(viewer: Viewer) -> None:
    if not viewer.may(RIGHT):
        raise NotAllowed(f"You may not see what the practice goes by. Ask its owner for the right to ({RIGHT}).")


def _rows(store: Store, query: str) -> list[dict[str, Any]]:
    found = store.staging().execute(query)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _differs(before: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    if all(before[name] == value for name, value in given.items()):
        raise EntryRefused(["There is nothing to save: it is written down like that already."])


def _read(what: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values given, as the records hold them; refused with every reason."""
    fields = FIELDS[what]
    assert set(values) <= set(fields), f"{what} has no field {', '.join(set(values) - set(fields))}"
    found, reasons = {}, []
    for name, value in values.items():
        field = fields[name]
        text = "" if value is None else str(value).strip()
        if field.kind != "lines":
            text = " ".join(text.split())
        if not text and field.needed:
            reasons.append(f"{field.label}: nothing is written there. Fill it in.")
        elif len(text) > field.longest:
            reasons.append(f"{field.label}: {len(text)} characters are too many. Right is up to {field.longest}.")
        elif wrong := _wrong(field, text):
            reasons.append(f"{field.label}: {wrong}")
        else:
            found[name] = _typed(field, text)
    if reasons:
        raise EntryRefused(reasons)
    return found


def _wrong(field: Field, text: str) -> str | None:
    """What is wrong with a text in a field of its kind; None when nothing is."""
    if not text:
        return None
    if field.kind == "choice" and text not in [str(choice) for choice in field.choices]:
        return f"{text!r} cannot be chosen. Right is one of {', '.join(str(choice) for choice in field.choices)}."
    if field.kind in ("whole", "number", "office"):
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if field.kind == "number" and not math.isfinite(number):
            return f"{text!r} is no number. Write digits, with a point where it has parts: 2.4."
        if field.kind != "number" and (not math.isfinite(number) or number != int(number)):
            return f"{text!r} is no whole number. Write digits only."
        if not field.low <= number <= field.high:
            return f"{text} is outside {field.low:g} to {field.high:g}. Correct it, or leave it empty."
    if field.kind == "folder" and not Path(text).is_absolute():
        return "this is not a whole path. Write the folder from the root of its disk, as the file manager shows it."
    return None


def _typed(field: Field, text: str) -> Any:
    if not text:
        return None
    if field.kind == "choice":
        return next(choice for choice in field.choices if str(choice) == text)
    if field.kind in ("whole", "office"):
        return int(float(text))
    return float(text) if field.kind == "number" else text


def _make_writable(folder: Path) -> None:
    """Make the folder if it is not there, and write a file into it that goes at once; refuse with the reason."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"a backup will need to be written here")
    except OSError as error:
        raise EntryRefused(
            [
                f"Backup folder: nothing can be written there ({type(error).__name__}). Plug the disk in, correct the"
                " path, or choose a folder of your own; nothing was changed."
            ]
        ) from error


def _fits(action: Change, what: str, row: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """Refuse a row that contradicts the lists or the instruments; inside the transaction, so that both stay as read."""
    row_id = None if before is None else before[ID_OF[what]]
    match what:
        case "own_threshold":
            reasons = own_numbers.wrong_with_threshold(action.cursor, row, row_id)
        case "own_reference":
            reasons = own_numbers.wrong_with_reference(action.cursor, row, row_id)
        case _:
            reasons = _same_name(action, what, row, row_id)
            if what == "therapist" and row["office_id"] != (before and before["office_id"]):
                reasons += _no_such_office(action, row["office_id"])
    if reasons:
        raise EntryRefused(reasons)


def _same_name(action: Change, what: str, row: Mapping[str, Any], row_id: int | None) -> list[str]:
    same = action.cursor.execute(
        f"SELECT {ID_OF[what]} FROM records.{what}"
        f" WHERE NOT withdrawn AND lower(trim(name)) = lower(trim($name)) AND {ID_OF[what]} IS DISTINCT FROM $row_id",
        {"name": row["name"], "row_id": row_id},
    ).fetchone()
    if same is None:
        return []
    return [f"Name: {what} {same[0]} is called that already. Choose another name, or change that entry."]


def _no_such_office(action: Change, office_id: int | None) -> list[str]:
    if office_id is None:
        return []
    stands = action.cursor.execute(
        "SELECT 1 FROM records.office WHERE office_id = ? AND NOT withdrawn", [office_id]
    ).fetchone()
    return [] if stands else [f"Office: there is no office {office_id}. Choose one of the list, or none."]
