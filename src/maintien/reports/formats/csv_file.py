"""CSV that no cell of turns into a formula: one table, for other programs."""

import csv
from collections.abc import Sequence
from datetime import tzinfo
from typing import TextIO

from maintien.reports.language import moment_of
from maintien.reports.safe_text import safe_cell
from maintien.reports.tables import Cell, Moment, Table


class CsvFile:
    """Writes one table of all that come; the rows of others are passed over."""

    def __init__(self, stream: TextIO, key: str, table: Table, zone: tzinfo) -> None:
        """Write the headings. ``stream`` must leave line ends alone (``newline=""``)."""
        self._writer = csv.writer(stream)
        self._key = key
        self._zone = zone
        self._writer.writerow([column.heading for column in table.columns])

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
