"""Tables for spreadsheets: CSV that no cell of turns into a formula, and typed XLSX; a row at a time.

A cell is a number, a text, a moment (:class:`Moment`) or None. Rows of several tables may come mixed.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final, NamedTuple, Protocol, Self, TextIO, TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from maintien.reports.language import moment_of
from maintien.reports.safe_text import printable, safe_cell

ROWS_OF_A_SHEET: Final = 1_048_576
"""What Excel takes, the headings included; longer tables go on in another sheet."""

_LONGEST_TEXT: Final = 32_767
_EXACT: Final = 1 << 53
"""Spreadsheets' numbers are floating-point: from here on they are no longer exact."""
_DATE_FORMAT: Final = "yyyy-mm-dd hh:mm:ss"
_WIDTH: Final = 18
_FIRST_YEAR: Final = 1900


class Moment(NamedTuple):
    """A Unix time, shown as a date."""

    unix: int


Cell: TypeAlias = int | str | Moment | None


class Table(NamedTuple):
    """A table before its rows."""

    name: str
    """Of its sheet: short, without any of ``[]:*?/\\``."""
    headings: tuple[str, ...]


class TableWriter(Protocol):
    """Takes the rows of tables."""

    def add(self, table: str, row: Sequence[Cell]) -> None:
        """Write a row of the table that goes by this key."""


class CsvTable:
    """Writes one table of all that come; the rows of others are passed over."""

    def __init__(self, stream: TextIO, key: str, table: Table, zone: tzinfo) -> None:
        """Write the headings. ``stream`` must leave line ends alone (``newline=""``)."""
        self._writer = csv.writer(stream)
        self._key = key
        self._zone = zone
        self._writer.writerow(table.headings)

    def add(self, table: str, row: Sequence[Cell]) -> None:
        """Write a row; dates are ISO date-times."""
        if table == self._key:
            self._writer.writerow([self._text(cell) for cell in row])

    def _text(self, cell: Cell) -> str | int:
        match cell:
            case None:
                return ""
            case Moment(unix):
                moment = moment_of(unix, self._zone)
                return f"@{unix}" if moment is None else moment.isoformat()
            case int():
                return cell
            case str():
                return safe_cell(cell)


class XlsxTables:
    """Writes a workbook, a sheet a table, with typed columns and headings that stay in sight.

    Use it as a context; the file is whole when the context ends. Memory does not grow with the rows.
    """

    def __init__(self, file: Path, tables: Mapping[str, Table], zone: tzinfo) -> None:
        """Begin the sheets in the order of ``tables``."""
        # Rows go to disk as they come; no text becomes a formula, a link or a number.
        options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self._workbook = Workbook(str(file), {"constant_memory": True, **options})
        self._date = self._workbook.add_format({"num_format": _DATE_FORMAT, "align": "left"})
        self._bold = self._workbook.add_format({"bold": True})
        self._tables = tables
        self._zone = zone
        self._sheets: dict[str, Worksheet] = {}
        self._next_row: dict[str, int] = {}
        self._parts = dict.fromkeys(tables, 0)
        for key in tables:
            self._begin_sheet(key)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the file; raises OSError or xlsxwriter's FileCreateError where it can't be written."""
        self._workbook.close()

    def add(self, table: str, row: Sequence[Cell]) -> None:
        """Write a row; dates are the zone's, since a spreadsheet's dates have none."""
        if self._next_row[table] >= ROWS_OF_A_SHEET:
            self._begin_sheet(table)
        sheet, number = self._sheets[table], self._next_row[table]
        for column, cell in enumerate(row):
            self._write(sheet, number, column, cell)
        self._next_row[table] = number + 1

    def _begin_sheet(self, key: str) -> None:
        self._parts[key] += 1
        part, table = self._parts[key], self._tables[key]
        sheet = self._workbook.add_worksheet(table.name if part == 1 else f"{table.name} {part}")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.headings) - 1, _WIDTH)
        for column, heading in enumerate(table.headings):
            sheet.write_string(0, column, heading, self._bold)
        self._sheets[key], self._next_row[key] = sheet, 1

    def _write(self, sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        match cell:
            case None:
                return
            case Moment(unix):
                _write_moment(sheet, row, column, unix, self._zone, self._date)
            case int() if abs(cell) < _EXACT:
                sheet.write_number(row, column, cell)
            case int() | str():
                sheet.write_string(row, column, printable(str(cell))[:_LONGEST_TEXT])


def _write_moment(sheet: Worksheet, row: int, column: int, unix: int, zone: tzinfo, style: Format) -> None:
    moment: datetime | None = moment_of(unix, zone)
    if moment is None or moment.year <= _FIRST_YEAR:
        sheet.write_string(row, column, f"@{unix}")
    else:
        sheet.write_datetime(row, column, moment.replace(tzinfo=None), style)
