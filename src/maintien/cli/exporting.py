"""Writes runs as tables for spreadsheets, to a file or to standard output."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from xlsxwriter.exceptions import XlsxWriterException

from maintien.bootstrap import Invocation
from maintien.cli.run_sites import RunSite
from maintien.errors import ConflictingOptions, MissingFile, UnwritableFile
from maintien.messages import N_
from maintien.moodle.ids import UserId
from maintien.planning.changes import row_of
from maintien.reports.run_export import (
    CHANGES,
    COURSES,
    LEFT_ALONE,
    RUNS,
    RunExport,
    list_table,
    run_tables,
    write_list,
)
from maintien.reports.runs import ListedRun
from maintien.reports.spreadsheets import CsvTable, Table, TableWriter, XlsxTables
from maintien.runs.journal import CourseRecord
from maintien.uses.words import require_choice

_BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it, Excel takes a CSV file for one in Windows' old encoding."""

_COURSES_AT_ONCE: Final = 20
"""How many courses' people are looked up together."""


class Format(Enum):
    """What a spreadsheet is written as."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What the options say; None where they say nothing."""

    format: str | None
    output: str | None
    table: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is to be written, and where."""

    format: Format
    output: Path | None
    """None for standard output."""
    table: str
    """Which table of a run a CSV holds."""


def require_export(invocation: Invocation, asked: ExportRequest) -> Export | None:
    """Read what is asked for; None where it is no spreadsheet.

    Raises UnknownChoice, ConflictingOptions and MissingFile.
    """
    table = require_choice("--table", asked.table or CHANGES, [COURSES, CHANGES, LEFT_ALONE])
    if asked.format is None and asked.output is None:
        return None
    if invocation.wishes.json:
        raise ConflictingOptions(first="--json", second="--format" if asked.format else "--output")
    word = asked.format or Path(asked.output or "").suffix.removeprefix(".").lower()
    chosen = Format(require_choice("--format", word, [choice.value for choice in Format]))
    if chosen is Format.XLSX and asked.output is None:
        raise MissingFile
    return Export(format=chosen, output=None if asked.output is None else Path(asked.output), table=table)


def export_list(site: RunSite, runs: Sequence[ListedRun], export: Export) -> None:
    """Write the list of runs. Raises UnwritableFile."""
    texts = site.invocation.texts
    view = site.view(run.record for run in runs)
    with _writer(site, export, {RUNS: list_table(texts)}, RUNS) as writer:
        write_list(writer, texts, runs, view)


def export_run(site: RunSite, run: ListedRun, export: Export) -> None:
    """Write the courses, changes and people left alone of a run. Raises UnwritableFile."""
    texts, record = site.invocation.texts, run.record
    roles = {roleid: name for name, roleid in site.roles_of(record).items()}
    with _writer(site, export, run_tables(texts), export.table) as writer:
        rows = RunExport(writer=writer, texts=texts, view=site.view([record]), roles=roles)
        courses = site.store.courses(record.id)
        while batch := list(islice(courses, _COURSES_AT_ONCE)):
            people = site.people_of(record, {userid for each in batch for userid in _people_of(each)})
            for each in batch:
                rows.add(each, people)


def _people_of(record: CourseRecord) -> Iterator[UserId]:
    if record.plan is not None:
        yield from (userid for userid, _ in record.plan.left_alone)
        yield from (getattr(row_of(change), "userid", UserId(0)) for change in record.plan.changes)


@contextmanager
def _writer(site: RunSite, export: Export, tables: Mapping[str, Table], of_csv: str) -> Iterator[TableWriter]:
    if export.output is None:
        yield CsvTable(sys.stdout, of_csv, tables[of_csv], site.zone)
        return
    with _replaced(export.output) as file:
        if export.format is Format.XLSX:
            with XlsxTables(file, tables, site.zone) as sheets:
                yield sheets
        else:
            with file.open("w", encoding="utf-8", newline="") as stream:
                stream.write(_BYTE_ORDER_MARK)
                yield CsvTable(stream, of_csv, tables[of_csv], site.zone)


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """Give a file beside ``path``, which takes its place once it is whole."""
    beside: Path | None = None
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as made:
            beside = Path(made.name)
        yield beside
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    except (OSError, XlsxWriterException) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else N_("it failed")
        raise UnwritableFile(path=path, reason=reason) from error
    finally:
        if beside is not None:
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
