"""What the records mean: tables and verdicts, without a screen. SQL gathers (`sql/`), Python judges."""

from pathlib import Path

SQL = Path(__file__).parent / "sql"
