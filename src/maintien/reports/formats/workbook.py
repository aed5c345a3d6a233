"""XLSX: a sheet a table, with typed columns, headings that stay in sight, and filters; a row at a time."""

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final, Self

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from maintien.reports.language import moment_of
from maintien.reports.safe_text import printable
from maintien.reports.tables import Cell, Heading, Kind, Moment, Tables

ROWS_OF_A_SHEET: Final = 1_048_576
"""What Excel takes, the headings included; longer tables go on in another sheet."""

_LONGEST_TEXT: Final = 32_767
_LONGEST_PROPERTY: Final = 255
_EXACT: Final = 1 << 53
"""Spreadsheets' numbers are floating-point: from here on they are no longer exact."""
_DATE_FORMAT: Final = "yyyy-mm-dd hh:mm:ss"
_NUMBER_FORMAT: Final = "#,##0"
_FIRST_YEAR: Final = 1900
_NO_XML: Final = re.compile("[\ufffe\uffff]")
_WIDTHS: Final = {Kind.TEXT: 26, Kind.NUMBER: 12, Kind.ID: 12, Kind.MOMENT: 20}
"""Columns of a sheet, in characters."""


class XlsxFile:
    """Writes a workbook. Use it as a context; the file is whole when the context ends.

    Memory does not grow with the rows.
    """

    def __init__(self, file: Path, tables: Tables, zone: tzinfo, heading: Heading | None = None) -> None:
        """Begin the sheets in the order of ``tables``."""
        # Rows go to disk as they come; no text becomes a formula, a link or a number.
        options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self._workbook = Workbook(str(file), {"constant_memory": True, **options})
        if heading is not None:
            self._workbook.set_properties({"title": printable(heading.title)[:_LONGEST_PROPERTY]})
        self._bold = self._workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._formats = {
            Kind.MOMENT: self._workbook.add_format({"num_format": _DATE_FORMAT, "align": "left"}),
            Kind.NUMBER: self._workbook.add_format({"num_format": _NUMBER_FORMAT}),
        }
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
        for key in self._tables:
            self._end_sheet(key)
        self._workbook.close()

    def add(self, table: str, row: Sequence[Cell]) -> None:
        """Write a row; dates are the zone's, since a spreadsheet's dates have none."""
        if self._next_row[table] >= ROWS_OF_A_SHEET:
            self._end_sheet(table)
            self._begin_sheet(table)
        sheet, number = self._sheets[table], self._next_row[table]
        for place, (column, cell) in enumerate(zip(self._tables[table].columns, row, strict=True)):
            self._write(sheet, number, place, cell, self._formats.get(column.kind))
        self._next_row[table] = number + 1

    def _begin_sheet(self, key: str) -> None:
        self._parts[key] += 1
        part, table = self._parts[key], self._tables[key]
        sheet = self._workbook.add_worksheet(table.name if part == 1 else f"{table.name} {part}")
        sheet.freeze_panes(1, 0)
        # Printed pages have the headings too, and are as wide as the table.
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, max(_WIDTHS[column.kind], len(column.heading) + 3))
            sheet.write_string(0, place, column.heading, self._bold)
        self._sheets[key], self._next_row[key] = sheet, 1

    def _end_sheet(self, key: str) -> None:
        last = max(1, self._next_row[key] - 1)
        self._sheets[key].autofilter(0, 0, last, len(self._tables[key].columns) - 1)

    def _write(self, sheet: Worksheet, row: int, column: int, cell: Cell, style: Format | None) -> None:
        match cell:
            case None:
                return
            case Moment(unix):
                self._write_moment(sheet, row, column, unix)
            case int() if abs(cell) < _EXACT:
                sheet.write_number(row, column, cell, style)
            case int() | str():
                sheet.write_string(row, column, _text(str(cell)))

    def _write_moment(self, sheet: Worksheet, row: int, column: int, unix: int) -> None:
        moment: datetime | None = moment_of(unix, self._zone)
        if moment is None or moment.year <= _FIRST_YEAR:
            sheet.write_string(row, column, f"@{unix}")
        else:
            style = self._formats[Kind.MOMENT]
            sheet.write_datetime(row, column, moment.replace(tzinfo=None), style)


def _text(text: str) -> str:
    """Give a text as a cell can hold it: no character that XML has not, and not too long."""
    return _NO_XML.sub("\ufffd", printable(text))[:_LONGEST_TEXT]
