"""From files to the staging tables of the rules: every cell as text, placed where the profile says it belongs."""

import re
from collections.abc import Callable, Sequence

import duckdb
import pyarrow as pa

from records import calendar, rules
from records.errors import ImportRefused
from records.importing.profile import VISIT_NUMBER, Profile, Source, strptime_form
from records.importing.readers import Table

Progress = Callable[[float, str], None]
MOST_VISITS_IN_A_ROW = 999  # a seat (see sql/lines.sql) has three digits for the visit within its row


class Staging:
    """The files of one import inside a cursor's own temporary tables.

    Attributes
    ----------
    selected, set_aside : int
        Rows of the main files that the profile's `where` takes, and those it does not.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, profile: Profile):
        self.cursor = cursor
        self.profile = profile
        self.columns: dict[str, list[str]] = {}  # table -> its column names; column i is kept as c{i}
        self.selected = self.set_aside = 0

    def load(self, tables: Sequence[Table], progress: Progress) -> None:
        """Put every file into its raw table and fill `staged_visit` and `staged_reading`.

        Raises
        ------
        ImportRefused
            When a file is not one of the profile's tables, or a linked table is missing or has a key twice.
        """
        profile = self.profile
        rules.open_staging(
            self.cursor,
            rules.Door(
                named="file",
                today=calendar.today(),
                date_forms=tuple(strptime_form(form) for form in profile.dates),
                date_words=" or ".join(dict.fromkeys(("YYYY-MM-DD", *profile.dates))),
                decimal=profile.decimal,
                round_pain=profile.round_pain,
                may_add={
                    "visit.injury_type": profile.adds_injury_types,
                    "visit.therapist": None if profile.adds_therapists else (),
                    "visit.office": None if profile.adds_offices else (),
                },
            ),
        )
        self._load_raw(tables, progress)
        self._select()
        self._stage()

    # Files ------------------------------------------------------------------------------------------------------

    def _load_raw(self, tables: Sequence[Table], progress: Progress) -> None:
        kinds = {table.name: self._kind_of(table) for table in tables}
        linked = [linked.name for linked in self.profile.tables]
        for name in ("main", *linked):
            mine = [table for table in tables if kinds[table.name] == name]
            if not mine:
                raise ImportRefused(
                    f"The file for the table {name!r} is missing: one with the columns"
                    f" {', '.join(self.profile.columns_of(name))}. Give all files of the export together."
                )
            self.columns[name] = list(dict.fromkeys(column for table in mine for column in table.header if column))
        total = sum(table.about_rows for table in tables)
        loaded, lines = 0, dict.fromkeys(self.columns, 0)
        for name, columns in self.columns.items():
            cells = ", ".join(f"c{place} VARCHAR" for place in range(len(columns)))
            self.cursor.execute(
                f"CREATE OR REPLACE TEMP TABLE raw_{name} (line BIGINT, file_name VARCHAR, row_number INTEGER, {cells})"
            )
        for table in tables:
            name = kinds[table.name]
            for numbers, rows in table.chunks:
                self._insert_raw(name, table, numbers, rows, lines[name])
                lines[name] += len(rows)
                loaded += len(rows)
                progress(min(1.0, loaded / total), f"{loaded:,} of about {total:,} rows read")
        self._check_keys()

    def _insert_raw(self, name: str, table: Table, numbers: list[int], rows: list[list[str]], before: int) -> None:
        by_column = dict(zip(table.header, zip(*rows, strict=True), strict=True))
        chunk = {
            "line": pa.array(range(before + 1, before + 1 + len(rows)), pa.int64()),
            "file_name": pa.repeat(table.name, len(rows)),
            "row_number": pa.array(numbers, pa.int32()),
        }
        for place, column in enumerate(self.columns[name]):
            if column in by_column:
                chunk[f"c{place}"] = pa.array(by_column[column], pa.string())
        self.cursor.register("rows_read", pa.table(chunk))
        self.cursor.execute(f"INSERT INTO raw_{name} BY NAME SELECT * FROM rows_read")
        self.cursor.unregister("rows_read")

    def _kind_of(self, table: Table) -> str:
        """Which table of the profile a file is: the one whose columns it has."""
        names = ["main", *(linked.name for linked in self.profile.tables)]
        missing = {
            name: [column for column in self.profile.columns_of(name) if column not in table.header] for name in names
        }
        fitting = [name for name in names if not missing[name]]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise ImportRefused(
                f"{table.name} could be any of the tables {', '.join(fitting)} of the profile {self.profile.name}."
                " Use more of its columns in the profile, so that it can be told apart."
            )
        nearest = min(names, key=lambda name: len(missing[name]))
        which = "" if len(names) == 1 else f" (nearest is its table {nearest!r})"
        raise ImportRefused(
            f"{table.name}, row 1: the header lacks {', '.join(missing[nearest])}, which the profile"
            f" {self.profile.name} reads{which}. The header has {', '.join(table.header)}."
            " Choose another profile, or correct the column names in it."
        )

    def _check_keys(self) -> None:
        for linked in self.profile.tables:
            key = self._column(linked.name, linked.key)
            twice = self.cursor.execute(
                f"SELECT {key}, min(row_number), max(row_number) FROM raw_{linked.name}"
                f" GROUP BY {key} HAVING count(*) > 1 ORDER BY 2 LIMIT 1"
            ).fetchone()
            if twice:
                raise ImportRefused(
                    f"{linked.name}, column {linked.key}: {twice[0]!r} stands in rows {twice[1]} and {twice[2]}."
                    " A linked table has one row for each key. Take one of them out."
                )

    # Rows -------------------------------------------------------------------------------------------------------

    def _select(self) -> None:
        """Keep the rows of the main table the profile asks for, joined with their linked rows."""
        wanted = [
            f"bare({self._column('main', column)}) = {_text(value)}" for column, value in self.profile.where.items()
        ]
        joins, linked_columns = [], []
        for linked in self.profile.tables:
            joins.append(
                f"LEFT JOIN raw_{linked.name}"
                f" ON {self._column('main', linked.joined_by)} = {self._column(linked.name, linked.key)}"
            )
            linked_columns += [
                f"raw_{linked.name}.c{place} AS {linked.name}_c{place}"
                for place in range(len(self.columns[linked.name]))
            ]
        self.cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE main_row AS SELECT {', '.join(['raw_main.*', *linked_columns])}"
            f" FROM raw_main {' '.join(joins)} WHERE {' AND '.join(wanted) or 'true'}"
        )
        total, self.selected = self.cursor.execute(
            "SELECT (SELECT count(*) FROM raw_main), (SELECT count(*) FROM main_row)"
        ).fetchone()
        self.set_aside = total - self.selected
        if not self.selected:
            where = " and ".join(f"{column} is {value}" for column, value in self.profile.where.items())
            raise ImportRefused(
                f"No row is one the profile {self.profile.name} asks for ({where}). Nothing was imported."
            )

    def _stage(self) -> None:
        self._refuse_repeated_headers()
        self._refuse_missing_links()
        places = self._places()
        for place in places:
            self._stage_visit(place, places)
            for number, reading in enumerate(self.profile.readings, start=1):
                self._stage_reading(place, number, reading)

    def _refuse_repeated_headers(self) -> None:
        same = [f"bare(c{place}) = {_text(column)}" for place, column in enumerate(self.columns["main"])]
        self.cursor.execute(
            "INSERT INTO problem SELECT line, 1, 0, 'row', c0, 'refused', 'the header stands here a second time.',"
            f" remedy_words('refused', 'take the row out') FROM main_row WHERE {' AND '.join(same)}"
        )

    def _refuse_missing_links(self) -> None:
        for linked in self.profile.tables:
            key = self.columns[linked.name].index(linked.key)
            joined_by = f"c{self.columns['main'].index(linked.joined_by)}"
            self.cursor.execute(
                f"INSERT INTO problem SELECT line, 1, 0, ?, {joined_by}, 'refused',"
                f" coalesce(nullif(bare({joined_by}), ''), 'an empty cell') || ' is not in the {linked.name} table.',"
                f" remedy_words('refused', 'export the files together') FROM main_row"
                f" WHERE {linked.name}_c{key} IS NULL",
                [linked.joined_by],
            )

    def _places(self) -> list[int]:
        """The visits a row can hold: 1, or in a wide file as many as the header has columns for."""
        if not self.profile.wide:
            return [1]
        patterns = [column for source in self.profile.sources() for column in source.columns if VISIT_NUMBER in column]
        header, places = self.columns["main"], []
        while any(pattern.replace(VISIT_NUMBER, str(len(places) + 1)) in header for pattern in patterns):
            places.append(len(places) + 1)
            needed = [pattern.replace(VISIT_NUMBER, str(places[-1])) for pattern in patterns]
            if lacking := [column for column in needed if column not in header]:
                raise ImportRefused(
                    f"Row 1: the header has columns for visit {places[-1]} but lacks {', '.join(lacking)}."
                    " Every visit needs the same columns; they may be empty."
                )
        visits = [visit for column in header for visit in _visit_numbers(column, patterns)]
        if places and (beyond := sorted({visit for visit in visits if visit > len(places)})):
            raise ImportRefused(
                f"Row 1: the header has columns for visit {beyond[0]} and none for visit {len(places) + 1}; what stands"
                " there would be lost. Number the visits without a gap."
            )
        if len(places) > MOST_VISITS_IN_A_ROW:
            raise ImportRefused(
                f"Row 1: the header has columns for {len(places)} visits; at most {MOST_VISITS_IN_A_ROW} can be read"
                " from one row. Bring the file into long form, one row for each visit."
            )
        return places

    def _stage_visit(self, place: int, places: list[int]) -> None:
        sources = {name: source.for_visit(place) for name, source in self.profile.visit.items()}
        columns = ", ".join(f"{self._value(source)} AS {name}" for name, source in sources.items())
        self.cursor.execute(
            f"INSERT INTO staged_visit BY NAME SELECT line, {place} AS place, {columns} FROM main_row"
            f" WHERE line NOT IN (SELECT line FROM problem) AND {self._is_there(place, places)}"
        )
        self._name_fields(place, 0, sources)

    def _is_there(self, place: int, places: list[int]) -> str:
        """Whether a row holds its visit number `place`; a row that holds none still has its first, to be refused."""
        if not self.profile.wide:
            return "true"

        def any_given(numbers: list[int]) -> str:
            wide = [source.for_visit(n) for source in self.profile.sources() if source.wide for n in numbers]
            return "coalesce(" + ", ".join([*map(self._value, wide), "NULL"]) + ") IS NOT NULL"

        return any_given([place]) if place > 1 else f"({any_given([1])} OR NOT {any_given(places)})"

    def _stage_reading(self, place: int, number: int, reading: dict[str, Source]) -> None:
        sources = {name: source.for_visit(place) for name, source in reading.items()}
        columns = ", ".join(f"{self._value(source)} AS {name}" for name, source in sources.items())
        # An empty cell is a value that was not asked for: no reading, and never a 0.
        self.cursor.execute(
            f"INSERT INTO staged_reading BY NAME SELECT * FROM"
            f" (SELECT line, {place} AS place, {number} AS reading, {columns} FROM main_row)"
            f" SEMI JOIN staged_visit USING (line, place) WHERE value IS NOT NULL"
        )
        self._name_fields(place, number, sources)

    def _name_fields(self, place: int, reading: int, sources: dict[str, Source]) -> None:
        for name, source in sources.items():
            columns = source.columns
            self.cursor.execute(
                "INSERT INTO field_name VALUES (?, ?, ?, ?, ?)",
                [place, reading, name, " and ".join(columns) or f"{name} (said by the profile)", bool(columns)],
            )

    def raw_json(self) -> str:
        """A row of the main files exactly as it stood, as SQL over main_row: an object of column name and text."""
        columns = self.columns["main"]
        names = ", ".join(map(_text, columns))
        return f"to_json(map([{names}], [{', '.join(f'c{place}' for place in range(len(columns)))}]))::VARCHAR"

    # Values -----------------------------------------------------------------------------------------------------

    def _value(self, source: Source) -> str:
        """One value as SQL over main_row; NULL for a cell that is empty, or says in the profile's words that it is."""
        if source.words is not None:
            return _text(source.words)
        pieces = []
        for is_column, text in source.parts:
            if not is_column:
                pieces.append(_text(text))
                continue
            cell = self._cell(source.table, text)
            empty = ", ".join(map(_text, ("", *self.profile.empty)))
            pieces.append(f"CASE WHEN bare({cell}) NOT IN ({empty}) THEN {cell} END")
        value = pieces[0] if len(pieces) == 1 else f"bare({' || '.join(pieces)})"
        if not source.replace:
            return value
        cases = " ".join(f"WHEN {_text(found)} THEN {_text(meant)}" for found, meant in source.replace.items())
        return f"CASE coalesce(bare({value}), '') {cases} ELSE {value} END"

    def _cell(self, table: str, column: str) -> str:
        place = self.columns[table].index(column)
        return f"c{place}" if table == "main" else f"{table}_c{place}"

    def _column(self, table: str, column: str) -> str:
        return f"raw_{table}.c{self.columns[table].index(column)}"


def _visit_numbers(column: str, patterns: Sequence[str]) -> list[int]:
    """The visits whose column this is, by each pattern with {n}."""
    found = []
    for pattern in patterns:
        before, _, after = pattern.partition(VISIT_NUMBER)
        if match := re.fullmatch(re.escape(before) + "([1-9][0-9]*)" + re.escape(after), column):
            found.append(int(match[1]))
    return found


def _text(value: str) -> str:
    """Words of a profile as an SQL text."""
    return "'" + value.replace("'", "''") + "'"
