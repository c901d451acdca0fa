"""What is written down about a client, and what it was before: records as people read them, and their versions."""

import datetime as dt
import functools
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from records.store import Window

HERE = Path(__file__).parent
# What an action did to a record, as its history says it.
DEEDS = {
    "create": "written down",
    "import": "brought in by an import",
    "correct": "corrected",
    "withdraw": "withdrawn",
    "restore": "brought back",
    "undo": "taken back with its import",
    "merge": "moved, because two clients are one",
    "unmerge": "moved back, because they are two",
    "invent": "invented",
}
# Columns that no form corrects and that change all the same.
OTHER_LABELS = {"client_id": "Client number", "visited_on": "Date", "discharge_note": "Note on discharge"}
UNSAID = {"ver", "action_id", "withdrawn", "batch_id", "source_row"}


@dataclass(frozen=True, slots=True)
class Record:
    """One record of any table as it stands.

    Attributes
    ----------
    values : dict
        Every column, as JSON has it: days and times are text.
    acted_at, actor, what, reason
        The action that wrote this version; missing for what the schema came with.
    """

    table: str
    row_id: int
    client_id: int
    episode_id: int | None
    session_id: int | None
    ver: int
    withdrawn: bool
    action_id: int
    values: dict[str, Any]
    acted_at: dt.datetime | None
    actor: str | None
    what: str | None
    reason: str | None


@functools.cache
def correctable() -> dict[str, dict[str, Any]]:
    """`correctable.toml`: each table with what it is called and its columns."""
    return tomllib.loads((HERE / "correctable.toml").read_text(encoding="utf-8"))


def columns_of(table: str, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The columns of one record that may be corrected, by name: a goal in words has no target."""
    columns = correctable()[table]["column"]
    return {
        name: column
        for name, column in columns.items()
        if "measure" not in column or values["measure"] in column["measure"]
    }


def records_of(window: Window, client_id: int) -> list[Record]:
    """Everything written down about a client that the viewer may see, withdrawn or not, oldest first."""
    return [_record(row) for row in window.read(HERE / "written.sql", client_id=client_id).to_dict("records")]


def record(window: Window, table: str, row_id: int) -> Record | None:
    """One record, or None when there is none that the viewer may see."""
    found = window.read(HERE / "written_one.sql", table_name=table, row_id=row_id)
    return None if found.empty else _record(found.iloc[0].to_dict())


def went_with(window: Window, client_id: int) -> dict[tuple[str, int], tuple[str, int] | None]:
    """Each withdrawn record of a client (table, id), with what a person withdrew it with: itself, or what it hung on.

    None for what went with an import that was taken back, or with a merge.
    """
    rows = window.read(HERE / "went_with.sql", client_id=client_id)
    return {
        (row.table_name, row.row_id): None if pd.isna(row.with_row_id) else (row.with_table, int(row.with_row_id))
        for row in rows.itertuples(index=False)
    }


def withdrawn_clients(window: Window, words: str = "") -> list[int]:
    """The clients who were withdrawn, the last first: all of them, or those whose name holds every word."""
    found = window.read(HERE / "withdrawn_clients.sql", words=words)
    return [int(client_id) for client_id in found["client_id"]]


def _record(row: Mapping[str, Any]) -> Record:
    known = {name: None if pd.isna(value) else value for name, value in row.items()}
    return Record(
        table=known["table_name"],
        row_id=int(known["row_id"]),
        client_id=int(known["client_id"]),
        episode_id=None if known["episode_id"] is None else int(known["episode_id"]),
        session_id=None if known["session_id"] is None else int(known["session_id"]),
        ver=int(known["ver"]),
        withdrawn=bool(known["withdrawn"]),
        action_id=int(known["action_id"]),
        values=json.loads(known["record"]),
        acted_at=None if known["acted_at"] is None else known["acted_at"].to_pydatetime(),
        actor=known["actor"],
        what=known["what"],
        reason=known["reason"],
    )


def choices(window: Window) -> dict[str, dict[str, str]]:
    """Every list a value may be chosen from: list to code (ids as text) to the name people say."""
    found = window.read("SELECT list, code, name FROM visible_choice ORDER BY list, place, name, code")
    lists: dict[str, dict[str, str]] = {}
    for name, code, said in found.itertuples(index=False):
        lists.setdefault(name, {})[code] = said
    return lists


def options(column: Mapping[str, Any], lists: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What a column may be chosen from: code to name."""
    choice = column["choice"]
    if isinstance(choice, str):
        return dict(lists.get(choice, {}))
    return {code: code.replace("_", " ") for code in choice}


def text_of(value: Any) -> str | None:
    """A value as a form shows it and takes it: days as YYYY-MM-DD, 5 for 5.0, yes or no; None when there is none.

    Examples
    --------
    >>> text_of(5.0), text_of("14:30:00"), text_of(True), text_of(None)
    ('5', '14:30', 'yes', None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, str):
        is_time = len(value) == 8 and value[2] == value[5] == ":" and value.replace(":", "").isdigit()
        return value[:5] if is_time else value
    if isinstance(value, (int, dt.date)):
        return str(value)
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


def shown(column: Mapping[str, Any] | None, value: Any, lists: Mapping[str, Mapping[str, str]]) -> str:
    """A value as people read it: "low back" for low_back, "8 Oct 2026" for a day, "not given" for none."""
    text = text_of(value)
    if text is None:
        return "not given"
    if column is None:
        return text
    if "choice" in column:
        return options(column, lists).get(text, text)
    if column.get("is") == "date":
        day = dt.date.fromisoformat(text[:10])
        return f"{day.day} {day:%b %Y}"
    if column.get("rule") == "reading.value":
        return f"{float(text):g}"
    if column.get("rule") == "care.called_at":
        moment = dt.datetime.fromisoformat(text)
        return f"{moment.day} {moment:%b %Y, %H:%M}"
    return text


def described(record: Record, lists: Mapping[str, Mapping[str, str]]) -> str:
    """A record in a few words: "5 now, before treatment, low back", "knee flexion right 90°, active"."""
    columns = columns_of(record.table, record.values)
    say = {
        name: shown(column, record.values.get(name), lists)
        for name, column in columns.items()
        if text_of(record.values.get(name)) is not None and record.values[name] is not False
    }
    special = {"rating": _pain, "motion": _motion, "score": _score, "session_part": _part, "goal": _goal}
    told = special.get(record.table, _in_order)(record, columns, say)
    return ", ".join(words for words in told if words) or "nothing written"


def _in_order(record: Record, columns: Mapping[str, Any], say: Mapping[str, str]) -> list[str]:
    """Values in the order of their form, those that say nothing by themselves with their label."""
    told = []
    for name, words in say.items():
        if record.values[name] is True:
            told.append(columns[name]["label"].lower())
        elif name == "place":
            told.append("main complaint" if words == "1" else "")
        elif name in LABELLED.get(record.table, ()):
            told.append(f"{columns[name]['label'].lower()} {words}")
        else:
            told.append(words)
    return told


LABELLED = {
    "technique_use": ("minutes",),
    "episode": ("cause", "opened_on", "discharged_on", "onset_on", "surgery_on", "comorbidity_count"),
    "referral": ("visits_ordered", "ordered_on", "expires_on", "claim_number", "physician_visit_on", "referral_source"),
    "client": ("phone", "guardian", "consent_until", "consent_shared_with"),
    "session": ("therapist_id", "office_id"),
}
MOMENTS = {"before": "before treatment", "after": "after treatment", "between": "between visits"}


def _pain(record: Record, columns: Mapping[str, Any], say: Mapping[str, str]) -> list[str]:
    where = " ".join(say[name] for name in ("region", "side") if name in say).replace("both", "both sides")
    return [
        f"{say['pain']} {'' if say['kind'] == 'now' else 'at '}{say['kind']}",
        MOMENTS[record.values["moment"]],
        where,
    ]


def _motion(record: Record, columns: Mapping[str, Any], say: Mapping[str, str]) -> list[str]:
    which = " ".join(say[name] for name in ("joint", "movement", "side") if name in say)
    repeat = f"reading {say['repeat_number']}" if record.values["repeat_number"] > 1 else ""
    by = " ".join(f"{word} {say[name]}" for word, name in (("with", "instrument"), ("by", "rater_id")) if name in say)
    return [f"{which} {say['degrees']}°", say["motion_type"], MOMENTS[record.values["moment"]], repeat, by]


def _score(record: Record, columns: Mapping[str, Any], say: Mapping[str, str]) -> list[str]:
    which = ", ".join(say[name] for name in ("scale", "item", "side") if name in say)
    return [f"{which}: {say['value']}"]


def _part(record: Record, columns: Mapping[str, Any], say: Mapping[str, str]) -> list[str]:
    told = [f"{say['minutes']} minutes"] if "minutes" in say else []
    if "home_done" in say or "home_prescribed" in say:
        told.append(f"home exercise {say.get('home_done', 'not asked')} of {say.get('home_prescribed', 'not given')}")
    told += [f"unwanted effects: {say['adverse_reaction']}"] if "adverse_reaction" in say else []
    told += ["marked as a flare-up"] if "flare_marked" in say else []
    return [*told, say.get("note", "")]


def _goal(record: Record, columns: Mapping[str, Any], say: Mapping[str, str]) -> list[str]:
    if record.values["measure"] == "words":
        wanted = say["words"]
    else:
        which = " ".join(say[name] for name in ("joint", "movement", "scale", "side") if name in say) or "pain"
        wanted = f"{which} {say['target']}" + ("°" if record.values["measure"] == "motion" else "")
    return [wanted, f"set {say['set_on']}", f"by {say['due_on']}" if "due_on" in say else ""]


def history(window: Window, table: str, row_id: int) -> pd.DataFrame:
    """Every version of a record, oldest first, as far as the trail keeps it.

    Returns
    -------
    DataFrame
        version (whole number), at (datetime), who (account), what and why (words; why may be missing), changes (list of
        str: "Pain, 0 to 10: 5 → 6"; for the first version every value it has). Empty when there is no such record that
        the viewer may see. What came by an import has its first version from the row itself.
    """
    now = record(window, table, row_id)
    if now is None:
        return pd.DataFrame(columns=["version", "at", "who", "what", "why", "changes"])
    lists = choices(window)
    lines = window.read(HERE / "history.sql", table_name=table, row_id=row_id)
    lines = lines.astype(object).where(lines.notna(), None).to_dict("records")
    versions = []
    if not lines:
        deed = DEEDS.get(now.what, now.what or "there from the start")
        versions.append((now.ver, now.acted_at, now.actor, deed, now.reason, _first(table, now.values, lists)))
    elif lines[0]["before"] is not None:
        first = lines[0]
        before = _before_all(now.values, lines)
        deed = DEEDS.get(first["before_what"], first["before_what"] or "there from the start")
        written = (first["before_at"], first["before_actor"], deed, first["before_reason"])
        versions.append((int(first["ver"]) - 1, *written, _first(table, before, lists)))
    for line in lines:
        before, after = (None if line[name] is None else json.loads(line[name]) for name in ("before", "after"))
        if after is None:
            changes = ["The values were erased."]
        elif before is None:
            changes = _first(table, after, lists)
        else:
            changes = _changes(table, before, after, lists)
        deed = "changed" if before is not None and line["what"] == "create" else DEEDS.get(line["what"], line["what"])
        versions.append((int(line["ver"]), line["acted_at"], line["actor"], deed, line["reason"], changes))
    return pd.DataFrame(versions, columns=["version", "at", "who", "what", "why", "changes"])


def _before_all(values: Mapping[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The values before the first line of the trail: a line may say only what it changed, the rest is as it is now."""
    state = dict(values)
    for line in reversed(lines):
        state |= {} if line["before"] is None else json.loads(line["before"])
    return state


def _first(table: str, values: Mapping[str, Any], lists: Mapping[str, Mapping[str, str]]) -> list[str]:
    columns = columns_of(table, values)
    return [
        f"{column['label']}: {shown(column, values[name], lists)}"
        for name, column in columns.items()
        if text_of(values.get(name)) is not None
    ]


def _changes(
    table: str, before: Mapping[str, Any], after: Mapping[str, Any], lists: Mapping[str, Mapping[str, str]]
) -> list[str]:
    columns = correctable()[table]["column"]
    changes = []
    for name in [*columns, *(name for name in after if name not in columns and name not in UNSAID)]:
        old, new = before.get(name), after.get(name)
        if name in after and old != new:
            column = columns.get(name)
            label = column["label"] if column else OTHER_LABELS.get(name, name.replace("_", " "))
            changes.append(f"{label}: {shown(column, old, lists)} → {shown(column, new, lists)}")
    return changes
