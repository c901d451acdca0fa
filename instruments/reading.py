"""Reads the .toml files of this room into the words of `model.py`, and refuses what does not fit."""

import tomllib
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from instruments.errors import InstrumentError
from instruments.model import Choice, Movement, Reference, Scale, Source, Threshold


def read_sources(file: Path) -> dict[str, Source]:
    """Every source of the file by its key.

    Parameters
    ----------
    file : path of a .toml file with one table per source, holding `citation` and `where`

    Errors
    ------
    InstrumentError, naming file and table, when a field is missing, unknown or of the wrong type.
    """
    content = {"sources": _content(file)}
    return {
        key: _filled(Source, entry, f"{file.name}, [{key}]", key=key) for key, entry in _pop(content, "sources", file)
    }


def read_scale(file: Path, sources: dict[str, Source]) -> Scale:
    """The scale of one file; its key is the file's name without the ending.

    Parameters
    ----------
    file : path of a .toml file with the fields of `Scale`, and one table per threshold under
        `measurement_error` and `important_change`
    sources : every known source by key

    Errors
    ------
    InstrumentError, naming file and table, when anything does not fit.
    """
    content = _content(file)
    errors = _pop_sourced(Threshold, content, "measurement_error", file, sources)
    important = _pop_sourced(Threshold, content, "important_change", file, sources)
    choice = _filled(Choice, _pop_table(content, "choice", file), f"{file.name}, [choice]")
    return _filled(Scale, content, file.name, key=file.stem, errors=errors, important=important, choice=choice)


def read_joint(file: Path, sources: dict[str, Source], shared_errors: tuple[Threshold, ...] = ()) -> list[Movement]:
    """The movements of one joint; the joint's name is the file's name without the ending.

    Parameters
    ----------
    file : path of a .toml file with `region`, tables `measurement_error.<name>` that hold for the whole joint,
        and one table `movement.<code>` each with its own errors and `reference.<name>` entries
    sources : every known source by key
    shared_errors : what holds for every joint (see `read_shared_errors`)

    Errors
    ------
    InstrumentError, naming file and table, when anything does not fit.
    """
    content = _content(file)
    wider_errors = _pop_sourced(Threshold, content, "measurement_error", file, sources) + shared_errors
    region = content.pop("region", None)
    tables = _pop(content, "movement", file)
    _nothing_left(content, file, "region, measurement_error, movement")
    return [_movement(code, {**entry, "region": region}, file, sources, wider_errors) for code, entry in tables]


def read_shared_errors(file: Path, sources: dict[str, Source]) -> tuple[Threshold, ...]:
    """The measurement errors that hold for every joint: a file of `measurement_error.<name>` tables only."""
    content = _content(file)
    errors = _pop_sourced(Threshold, content, "measurement_error", file, sources)
    _nothing_left(content, file, "measurement_error")
    return errors


def _movement(
    code: str, entry: dict, file: Path, sources: dict[str, Source], wider_errors: tuple[Threshold, ...]
) -> Movement:
    table = f"movement.{code}"
    own_errors = _pop_sourced(Threshold, entry, "measurement_error", file, sources, within=table)
    references = _pop_sourced(Reference, entry, "reference", file, sources, within=table)
    # The nearest default wins: knee extension has its own, so the one for every joint does not reach it.
    decided = {error.raters for error in own_errors if error.default}
    errors = own_errors + tuple(error for error in wider_errors if not (error.default and error.raters in decided))
    place = f"{file.name}, [{table}]"
    return _filled(Movement, entry, place, joint=file.stem, movement=code, errors=errors, references=references)


def _content(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise InstrumentError(f"{file.name}: not readable as TOML: {problem}. Correct that line.") from problem


def _pop(content: dict, name: str, file: Path) -> list[tuple[str, dict]]:
    """The tables under `name`, taken out of `content`, so that what is left over at the end is unknown."""
    tables = _pop_table(content, name, file)
    if not all(isinstance(entry, dict) for entry in tables.values()):
        raise InstrumentError(f"{file.name}: {name} is {tables!r}. Right is one table for each entry.")
    return list(tables.items())


def _pop_table(content: dict, name: str, file: Path) -> dict:
    table = content.pop(name, {})
    if not isinstance(table, dict):
        raise InstrumentError(f"{file.name}: {name} is {table!r}. Right is one table for each entry.")
    return table


def _pop_sourced(
    kind: type, content: dict, name: str, file: Path, sources: dict[str, Source], within: str | None = None
) -> tuple:
    """The tables under `name` as a tuple of `kind`, each with its source looked up."""
    found = []
    for key, entry in _pop(content, name, file):
        place = f"{file.name}, [{'.'.join(part for part in (within, name, key) if part)}]"
        if entry.get("source") not in sources:
            raise InstrumentError(
                f"{place}: source is {entry.get('source')!r}. Right is a key of sources.toml; add the citation there."
            )
        named = {"key": key} if kind is Threshold else {}
        found.append(_filled(kind, {**entry, "source": sources[entry["source"]]}, place, **named))
    return tuple(found)


def _nothing_left(content: dict, file: Path, right: str) -> None:
    if content:
        raise InstrumentError(f"{file.name}: unknown field {', '.join(content)}. Right is {right}.")


def _filled(kind: type, entry: dict, place: str, **known: Any) -> Any:
    """One `kind` from a table and from what the place already tells, or an InstrumentError naming the place."""
    hints = _hints(kind)
    allowed = [name for name in hints if name not in known]
    if unknown := [name for name in entry if name not in allowed]:
        raise InstrumentError(f"{place}: unknown field {', '.join(unknown)}. Right is one of {', '.join(allowed)}.")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()} | known
    needed = [field.name for field in fields(kind) if field.default is MISSING]
    if missing := [name for name in needed if name not in values]:
        raise InstrumentError(
            f"{place}: {', '.join(missing)} missing. Every {kind.__name__} needs {', '.join(needed)}."
        )
    for name, value in values.items():
        if not _fits(value, hints[name]):
            raise InstrumentError(f"{place}: {name} is {value!r}. Right is {_words(hints[name])}.")
    try:
        return kind(**values)
    except ValueError as problem:
        raise InstrumentError(f"{place}: {problem}.") from problem


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _fits(value: Any, hint: Any) -> bool:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is Literal:
        return value in parts
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(part, parts[0]) for part in value)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, hint)


def _words(hint: Any) -> str:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return " or ".join(_words(part) for part in parts if part is not type(None))
    if origin is Literal:
        return "one of " + ", ".join(parts)
    if origin is tuple:
        return f"a list of {_words(parts[0])}"
    return {float: "a number", int: "a whole number", bool: "true or false", str: "text"}[hint]
