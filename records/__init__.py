"""The record store: keep, correct, import, give back. DuckDB lives here and nowhere above."""
