"""Writes the tables of a report to a file that is whole or not there, or to standard output."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum
from pathlib import Path
from typing import Final, TextIO

from xlsxwriter.exceptions import XlsxWriterException

from maintien.cli.files.replaced_files import replaced_file
from maintien.reports.formats.csv_file import CsvFile
from maintien.reports.formats.page import HtmlPage
from maintien.reports.formats.workbook import XlsxFile
from maintien.reports.language import Texts
from maintien.reports.pseudonyms import PseudonymousWriter, Pseudonyms, without_people
from maintien.reports.tables import Heading, Tables, TableWriter

_BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it, Excel takes a CSV file for one in Windows' old encoding."""


class TableFormat(Enum):
    """What tables are written as."""

    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """Where tables go, and in which format."""

    format: TableFormat
    output: Path | None
    """None for standard output, which takes no XLSX."""
    table: str
    """The key of the table that a CSV holds."""
    pseudonyms: Pseudonyms | None = None
    """Given where people are not to be known."""

    def holds(self, table: str) -> bool:
        """Whether the rows of a table come into it."""
        return self.format is not TableFormat.CSV or self.table == table

    @contextmanager
    def writer(self, texts: Texts, heading: Heading, tables: Tables, zone: tzinfo) -> Iterator[TableWriter]:
        """Write tables; the file takes its place when the block ends well.

        Raises UnwritableFile.
        """
        shown = tables if self.pseudonyms is None else without_people(tables)
        with self._plain_writer(texts, heading, shown, zone) as plain:
            if self.pseudonyms is None:
                yield plain
            else:
                disguising = PseudonymousWriter(plain, tables, self.pseudonyms)
                yield disguising
                disguising.close()

    @contextmanager
    def _plain_writer(
        self, texts: Texts, heading: Heading, tables: Tables, zone: tzinfo
    ) -> Iterator[TableWriter]:
        if self.format is TableFormat.XLSX and self.output is not None:
            with (
                replaced_file(self.output, XlsxWriterException) as file,
                XlsxFile(file, tables, zone, heading) as sheets,
            ):
                yield sheets
            return
        with self._stream() as stream:
            if self.format is TableFormat.HTML:
                with HtmlPage(stream, texts, heading, tables, zone) as page:
                    yield page
            else:
                yield CsvFile(stream, self.table, tables[self.table], zone)

    @contextmanager
    def _stream(self) -> Iterator[TextIO]:
        if self.output is None:
            yield sys.stdout
            return
        with (
            replaced_file(self.output, XlsxWriterException) as file,
            file.open("w", encoding="utf-8", newline="") as stream,
        ):
            if self.format is TableFormat.CSV:
                stream.write(_BYTE_ORDER_MARK)
            yield stream
