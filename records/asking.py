"""What a window may ask: one SELECT over visible_ and pooled_ views, judged by DuckDB's own parse and not by its text.

Text can hide a table (in a comment, a quoted name, a name put together), a file, or a second statement; the parse
cannot.
"""

import functools
import json
from collections.abc import Iterator
from typing import Any

import duckdb

VIEWS = ("visible_", "pooled_")
HARMLESS_FUNCTIONS = ("range", "generate_series", "unnest")


@functools.lru_cache(maxsize=512)
def beyond_the_views(sql: str) -> str | None:
    """What in a query passes by the access rule, in words; None when it reads views only."""
    with duckdb.connect(":memory:") as parser:
        parsed = json.loads(parser.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchone()[0])
    if parsed["error"]:
        return f"it is not a SELECT ({parsed['error_message']})"
    if len(parsed["statements"]) != 1:
        return f"it holds {len(parsed['statements'])} statements"
    nodes = list(_nodes(parsed))
    named_within = {entry["key"] for node in nodes for entry in node.get("cte_map", {}).get("map", [])}
    for node in nodes:
        if node.get("type") == "BASE_TABLE":
            name = node["table_name"]
            whole_name = ".".join(filter(None, (node["catalog_name"], node["schema_name"], name)))
            if whole_name != name or not (name.lower().startswith(VIEWS) or name in named_within):
                return f"it named {whole_name}"
        if node.get("type") == "TABLE_FUNCTION":
            name = node["function"]["function_name"]
            if not (name.lower().startswith(VIEWS) or name in HARMLESS_FUNCTIONS):
                return f"it called {name}"
    return None


def _nodes(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _nodes(inner)
