"""A profile: what the columns of one exporting system mean, as data. docs/importing.md explains every key.

Everything in a profile is checked before a file is read; a mistake is named with file, table, key and what is right.
"""

import codecs
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import instruments
from records import rules
from records.errors import ImportRefused

SHIPPED = Path(__file__).parent / "profiles"
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
VISIT_NUMBER = "{n}"  # in a column name: the number of the visit within its row

TOP_KEYS = {
    "about": str,
    "decimal": str,
    "dates": list,
    "empty": list,
    "separator": str,
    "encoding": str,
    "sheet": str,
    "round_pain": bool,
    "where": dict,
    "table": dict,
    "episodes": dict,
    "adds": dict,
    "visit": dict,
    "reading": list,
}
KIND_WORDS = {
    str: "text in quotes",
    list: "a list in [ ]",
    bool: "true or false",
    dict: "a table",
    int: "a whole number",
}
DATE_PARTS = {"YYYY": "%Y", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S"}
DATE_PART = re.compile("|".join(DATE_PARTS))
EPISODE_WAYS = ("column", "person", "gap")
NEEDED_OF_READING = {
    "pain": ("kind", "moment"),
    "motion": ("joint", "movement", "motion_type", "moment"),
    "score": ("scale",),
}


class ProfileError(ImportRefused):
    """A profile that cannot be followed; the message names file, table, key and what is right."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: words of the profile, or a template over the columns of one table.

    Attributes
    ----------
    words : str or None
        The same text for every row.
    parts : tuple of (is_column, text)
        The pieces of a template; a column alone is a template of one piece. {n} is the number of the visit in its row.
    table : str
        "main", or the name of a linked table.
    replace : mapping
        Texts of the file and what they mean; "" stands for an empty cell.
    """

    words: str | None = None
    parts: tuple[tuple[bool, str], ...] = ()
    table: str = "main"
    replace: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """The columns it reads."""
        return [text for is_column, text in self.parts if is_column]

    @property
    def wide(self) -> bool:
        """Whether it reads another column for every visit of a row."""
        return any(VISIT_NUMBER in column for column in self.columns)

    def for_visit(self, number: int) -> "Source":
        """The same source with {n} filled in."""
        filled = tuple((is_column, text.replace(VISIT_NUMBER, str(number))) for is_column, text in self.parts)
        return Source(self.words, filled, self.table, self.replace)


@dataclass(frozen=True, slots=True)
class LinkedTable:
    """A second file: its key column, and the column of the main file that holds the same key."""

    name: str
    key: str
    joined_by: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What the columns of one exporting system mean. Without `gap_days` the practice's own gap rule parts episodes."""

    name: str
    text: str
    about: str
    episodes: str
    gap_days: int | None
    visit: Mapping[str, Source]
    readings: tuple[Mapping[str, Source], ...]
    decimal: str = "."
    dates: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    separator: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    round_pain: bool = False
    where: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[LinkedTable, ...] = ()
    adds_injury_types: Mapping[str, str] = field(default_factory=dict)
    adds_therapists: bool = False
    adds_offices: bool = False

    @property
    def wide(self) -> bool:
        """Whether one row holds several visits."""
        return any(source.wide for source in self.sources())

    def sources(self) -> list[Source]:
        """Every source of the visit and of the readings."""
        return [*self.visit.values(), *(source for reading in self.readings for source in reading.values())]

    def columns_of(self, table: str) -> list[str]:
        """The columns a file must have to be this table; wide columns ask for the first visit's."""
        needed = [
            column for source in self.sources() if source.table == table for column in source.for_visit(1).columns
        ]
        if table == "main":
            needed += [*self.where, *(linked.joined_by for linked in self.tables)]
        else:
            needed += [linked.key for linked in self.tables if linked.name == table]
        return list(dict.fromkeys(needed))


def shipped() -> list[str]:
    """The names of the profiles that come with the program."""
    return sorted(file.stem for file in SHIPPED.glob("*.toml"))


def load(profile: str | Path) -> Profile:
    """A shipped profile by its name, or a profile of one's own by its file.

    Raises
    ------
    ProfileError
        When there is no such profile, or something in it does not fit.
    """
    file = Path(profile)
    if file.suffix != ".toml":
        if str(profile) not in shipped():
            raise ProfileError(
                f"No profile is called {str(profile)!r}. Right is one of {', '.join(shipped())}, or a .toml file."
            )
        file = SHIPPED / f"{profile}.toml"
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ProfileError(
            f"The profile {file.name} cannot be read. Check its name; write it as UTF-8 text."
        ) from problem
    return parse(file.name, text)


def parse(file_name: str, text: str) -> Profile:
    """The profile in a TOML text; its name is the file's name without the ending.

    Raises
    ------
    ProfileError
        Naming file, table, key and what is right.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ProfileError(f"{file_name}: not readable as TOML: {problem}. Correct that line.") from problem
    place = Place(file_name)
    place.known_keys(content, TOP_KEYS)
    place.needed(content, ("about", "episodes", "visit"))
    tables = _tables(place, content.get("table", {}))
    known_tables = ["main", *(linked.name for linked in tables)]
    episodes, gap_days = _episodes(place.inside("episodes"), content["episodes"])
    adds = _adds(place.inside("adds"), content.get("adds", {}))
    visit = _visit(place.inside("visit"), content["visit"], episodes, known_tables)
    readings = tuple(
        _reading(place.inside(f"reading {number}"), entry, known_tables)
        for number, entry in enumerate(content.get("reading", []), start=1)
    )
    decimal = content.get("decimal", ".")
    if decimal not in (".", ","):
        place.wrong("decimal", decimal, '"." or ","')
    if len(content.get("separator", ",")) != 1:
        place.wrong("separator", content["separator"], 'one character, such as ";"')
    try:
        codecs.lookup(content.get("encoding", "utf-8"))
    except LookupError:
        place.wrong("encoding", content["encoding"], 'the name of an encoding, such as "windows-1252"')
    return Profile(
        name=Path(file_name).stem,
        text=text,
        about=content["about"],
        episodes=episodes,
        gap_days=gap_days,
        visit=visit,
        readings=readings,
        decimal=decimal,
        dates=_dates(place, content.get("dates", [])),
        empty=tuple(place.texts("empty", content.get("empty", []))),
        separator=content.get("separator"),
        encoding=content.get("encoding"),
        sheet=content.get("sheet"),
        round_pain=content.get("round_pain", False),
        where={key: place.inside("where").text(key, value) for key, value in content.get("where", {}).items()},
        tables=tables,
        **adds,
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a profile we are, for the messages."""

    file: str
    table: str = ""

    def inside(self, table: str) -> "Place":
        return Place(self.file, f"{self.table}.{table}" if self.table else table)

    def __str__(self) -> str:
        return f"{self.file}, [{self.table}]" if self.table else self.file

    def wrong(self, key: str, found: Any, right: str) -> None:
        raise ProfileError(f"{self}: {key} is {found!r}. Right is {right}.")

    def known_keys(self, entry: Any, keys: Mapping[str, type]) -> None:
        if not isinstance(entry, dict):
            raise ProfileError(f"{self} is {entry!r}. Right is a table with {', '.join(keys)}.")
        for key, value in entry.items():
            if key not in keys:
                raise ProfileError(f"{self}: unknown key {key}. Right is one of {', '.join(keys)}.")
            if not isinstance(value, keys[key]) or (keys[key] is int and isinstance(value, bool)):
                self.wrong(key, value, KIND_WORDS[keys[key]])

    def needed(self, entry: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        if missing := [key for key in keys if key not in entry]:
            raise ProfileError(f"{self}: {', '.join(missing)} missing. Needed are {', '.join(keys)}.")

    def text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            self.wrong(key, value, KIND_WORDS[str])
        return value

    def texts(self, key: str, values: list) -> list[str]:
        return [self.text(key, value) for value in values]


def _tables(place: Place, entries: dict) -> tuple[LinkedTable, ...]:
    found = []
    for name, entry in entries.items():
        here = place.inside(f"table.{name}")
        here.known_keys(entry, {"key": str, "joined_by": str})
        here.needed(entry, ("key", "joined_by"))
        if not re.fullmatch(r"[a-z_]+", name) or name == "main":
            place.inside("table").wrong("the name of a table", name, "small letters and _, other than main")
        found.append(LinkedTable(name, entry["key"], entry["joined_by"]))
    return tuple(found)


def _episodes(place: Place, entry: dict) -> tuple[str, int | None]:
    place.known_keys(entry, {"found_by": str, "gap_days": int})
    place.needed(entry, ("found_by",))
    if entry["found_by"] not in EPISODE_WAYS:
        place.wrong("found_by", entry["found_by"], f"one of {', '.join(EPISODE_WAYS)}")
    gap_days = entry.get("gap_days")
    if gap_days is not None and not 1 <= gap_days <= 3650:
        place.wrong("gap_days", gap_days, "1 to 3650 days; without it the practice's own gap rule is used")
    return entry["found_by"], gap_days


def _adds(place: Place, entry: dict) -> dict[str, Any]:
    place.known_keys(entry, {"injury_types": dict, "therapists": bool, "offices": bool})
    injury_types = entry.get("injury_types", {})
    for name, region in injury_types.items():
        if region not in instruments.REGIONS:
            place.inside("injury_types").wrong(repr(name), region, f"a region: {', '.join(instruments.REGIONS)}")
    return {
        "adds_injury_types": injury_types,
        "adds_therapists": entry.get("therapists", False),
        "adds_offices": entry.get("offices", False),
    }


def _dates(place: Place, forms: list) -> tuple[str, ...]:
    first_of = {}
    for form in place.texts("dates", forms):
        parts = DATE_PART.findall(form)
        # A part that stands twice, such as MM for minutes, would be read into the wrong place.
        if not {"YYYY", "MM", "DD"} <= set(parts) or len(parts) != len(set(parts)) or "%" in form:
            place.wrong("dates", form, "a form such as DD/MM/YYYY or MM/DD/YYYY hh:mm, with a year of four digits")
        if "YYYY-DD-MM" in form:
            place.wrong("dates", form, "another form; dates written 2026-03-04 are always read as 4 March, by ISO 8601")
        # 03/04/2026 would be read by whichever of two forms stands first: a guess.
        first = "day" if form.index("DD") < form.index("MM") else "month"
        if first_of.setdefault(re.sub("DD|MM", "?", form), first) != first:
            place.wrong("dates", forms, "one order of day and month; with both, one text could be two dates")
    return tuple(forms)


def strptime_form(form: str) -> str:
    """DD/MM/YYYY as the database writes it: %d/%m/%Y."""
    return DATE_PART.sub(lambda part: DATE_PARTS[part.group()], form)


def _visit(place: Place, entry: dict, episodes: str, tables: list[str]) -> dict[str, Source]:
    place.known_keys(entry, dict.fromkeys(rules.VISIT_FIELDS, object))
    found = {key: _source(place, key, value, tables) for key, value in entry.items()}
    place.needed(entry, ("visited_on", "kind", "cause", "injury_type"))
    found.setdefault("status", Source(words="kept"))
    words = {key: source.words for key, source in found.items() if source.words is not None}
    _check_words(place, words, rules.VISIT_LISTS)
    if "client_ref" not in found and not {"client_name", "birth_date"} <= set(found):
        raise ProfileError(
            f"{place}: no way to tell people apart. Right is client_ref, or client_name and birth_date together."
        )
    if "client_name" not in found:
        raise ProfileError(f'{place}: client_name missing. A template will do: {{ template = "Person {{id}}" }}.')
    if (episodes == "column") != ("episode_ref" in found):
        raise ProfileError(
            f'{place}: episode_ref and found_by = "{episodes}" do not fit. Right is episode_ref exactly when [episodes]'
            ' says found_by = "column".'
        )
    return found


def _reading(place: Place, entry: dict, tables: list[str]) -> dict[str, Source]:
    place.known_keys(entry, dict.fromkeys(rules.READING_FIELDS, object))
    place.needed(entry, ("what", "value"))
    found = {key: _source(place, key, value, tables) for key, value in entry.items()}
    what = found["what"].words
    if what not in NEEDED_OF_READING:
        place.wrong("what", entry["what"], f"one of {', '.join(NEEDED_OF_READING)}")
    place.needed(entry, ("what", "value", *NEEDED_OF_READING[what]))
    words = {key: source.words for key, source in found.items() if source.words is not None}
    _check_words(place, words, rules.READING_LISTS)
    if "scale" in words and words["scale"] not in instruments.scales():
        place.wrong("scale", words["scale"], f"one of {', '.join(instruments.scales())}")
    if {"joint", "movement"} <= set(words) and (words["joint"], words["movement"]) not in instruments.movements():
        known = ", ".join(f"{joint} {movement}" for joint, movement in instruments.movements())
        place.wrong("joint and movement", f"{words['joint']} {words['movement']}", f"one of {known}")
    return found


def _check_words(place: Place, words: Mapping[str, str], lists: Mapping[str, tuple[str, ...]]) -> None:
    """Values the profile itself gives are checked once, here, rather than refused on every row."""
    for key, known in lists.items():
        if key in words and words[key] not in known:
            place.wrong(key, words[key], f"one of {', '.join(known)}")


def _source(place: Place, key: str, entry: Any, tables: list[str]) -> Source:
    if isinstance(entry, str):
        return Source(words=entry)
    here = place.inside(key)
    here.known_keys(entry, {"column": str, "template": str, "table": str, "replace": dict})
    if ("column" in entry) == ("template" in entry):
        raise ProfileError(
            f'{here}: right is a text, or {{ column = "..." }}, or {{ template = "... {{column}} ..." }}.'
        )
    if entry.get("table", "main") not in tables:
        here.wrong("table", entry["table"], f"one of {', '.join(tables)}")
    replace = {found: here.inside("replace").text(found, meant) for found, meant in entry.get("replace", {}).items()}
    parts = ((True, entry["column"]),) if "column" in entry else _template_parts(entry["template"])
    return Source(parts=parts, table=entry.get("table", "main"), replace=replace)


def _template_parts(template: str) -> tuple[tuple[bool, str], ...]:
    """Person {id} as (False, "Person "), (True, "id"); {n} stays inside its piece."""
    pieces = PLACEHOLDER.split(template.replace(VISIT_NUMBER, "\0"))
    return tuple((place % 2 == 1, piece.replace("\0", VISIT_NUMBER)) for place, piece in enumerate(pieces) if piece)
