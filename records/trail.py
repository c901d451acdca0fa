"""The audit lines: who, when, before, after, why; chained by hashes over salted digests of the values."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Line:
    """One record touched by an action. `before` is None for a new record; `after` is None for a bulk digest line."""

    table_name: str
    row_id: int | None
    client_id: int | None
    ver: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def values_digest(salt: str, before: str | None, after: str | None, reason: str | None) -> str:
    """SHA-256 over the salted values of one line; the salt is erased with the values."""
    return hashlib.sha256(json.dumps([salt, before, after, reason]).encode()).hexdigest()


def line_hash(previous_hash: str, line: dict[str, Any]) -> str:
    """SHA-256 over the previous hash and everything of this line but its erasable values."""
    covered = [previous_hash] + [
        str(line[name])
        for name in (
            "seq",
            "action_id",
            "acted_at",
            "actor",
            "what",
            "table_name",
            "row_id",
            "client_id",
            "ver",
            "values_digest",
        )
    ]
    return hashlib.sha256(json.dumps(covered).encode()).hexdigest()


def head(cursor: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    """The last line's number and hash; (0, zeros) for a store without lines."""
    found = cursor.execute("SELECT seq, hash FROM records.audit ORDER BY seq DESC LIMIT 1").fetchone()
    return found or (0, FIRST_HASH)


def write(
    cursor: duckdb.DuckDBPyConnection, action_id: int, at, actor: str, what: str, reason: str | None, lines: list[Line]
) -> None:
    """Append the lines of one action to the chain, inside the caller's transaction."""
    seq, previous_hash = head(cursor)
    chained, kept = [], []
    for line in lines:
        seq += 1
        before, after = (
            None if values is None else json.dumps(values, default=_in_words, ensure_ascii=False, sort_keys=True)
            for values in (line.before, line.after)
        )
        salt = secrets.token_hex(16)
        row = {
            "seq": seq,
            "action_id": action_id,
            "acted_at": at,
            "actor": actor,
            "what": what,
            "table_name": line.table_name,
            "row_id": line.row_id,
            "client_id": line.client_id,
            "ver": line.ver,
            "values_digest": values_digest(salt, before, after, reason),
        }
        row["previous_hash"] = previous_hash
        previous_hash = row["hash"] = line_hash(previous_hash, row)
        chained.append(row)
        kept.append({"seq": seq, "salt": salt, "before": before, "after": after, "reason": reason})
    whole_numbers = {name: "Int64" for name in ("seq", "action_id", "row_id", "client_id", "ver")}
    audit_rows = pd.DataFrame(chained).astype(whole_numbers)
    value_rows = pd.DataFrame(kept).astype({name: "str" for name in ("before", "after", "reason")})
    cursor.register("audit_rows", audit_rows)
    cursor.register("value_rows", value_rows)
    cursor.execute("INSERT INTO records.audit BY NAME SELECT * FROM audit_rows")
    cursor.execute("INSERT INTO records.audit_values BY NAME SELECT * FROM value_rows")
    cursor.unregister("audit_rows")
    cursor.unregister("value_rows")


def _in_words(value: Any) -> str:
    """What JSON has no word for: days and numbers as text, a document by its digest (the record itself keeps it)."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes, sha256 {hashlib.sha256(value).hexdigest()}"
    return str(value)


def broken_links(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Every place where the chain does not hold, in words; empty when it is whole."""
    lines = cursor.execute("SELECT * FROM records.audit ORDER BY seq").df()
    values = cursor.execute("SELECT * FROM records.audit_values ORDER BY seq").df().set_index("seq")
    problems, previous_hash, expected_seq = [], FIRST_HASH, 1
    for line in lines.astype(object).where(lines.notna(), None).to_dict("records"):
        seq = int(line["seq"])
        if seq != expected_seq:
            problems.append(f"Audit line {expected_seq} is missing.")
        expected_seq = seq + 1
        for name in ("row_id", "client_id", "ver"):
            line[name] = None if line[name] is None else int(line[name])
        line["acted_at"] = line["acted_at"].to_pydatetime()
        if line["previous_hash"] != previous_hash or line["hash"] != line_hash(previous_hash, line):
            problems.append(f"Audit line {seq} was changed, or the line before it was.")
        if seq in values.index:
            kept = values.loc[seq]
            before, after, reason = (
                None if pd.isna(kept[name]) else kept[name] for name in ("before", "after", "reason")
            )
            if values_digest(kept["salt"], before, after, reason) != line["values_digest"]:
                problems.append(f"The values kept with audit line {seq} were changed.")
        previous_hash = line["hash"]
    return problems
