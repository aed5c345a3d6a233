"""Writes a run as a workbook, for somebody to download."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from maintien.bootstrap import Session
from maintien.moodle.ids import UserId
from maintien.planning.changes import row_of
from maintien.reports.language import Texts
from maintien.reports.run_export import RunExport, run_tables
from maintien.reports.runs import ListedRun, RunsView
from maintien.reports.spreadsheets import XlsxTables
from maintien.runs.journal import CourseRecord
from maintien.runs.store.database import DatabaseRunStore
from maintien.web.keys import prepare_folder
from maintien.web.surroundings import surroundings

_COURSES_AT_ONCE: Final = 20


def write_workbook(texts: Texts, session: Session, store: DatabaseRunStore, run: ListedRun) -> Path:
    """Write the courses, changes and people left alone of a run to a file of its own; give its path."""
    folder = prepare_folder(surroundings().configuration.folder / "downloads")
    handle, name = mkstemp(suffix=".xlsx", dir=folder)
    os.close(handle)
    path = Path(name)
    record = run.record
    operator = session.site.read_people([record.header.operator])
    roles = {roleid: role for role, roleid in session.config.roles.items()}
    with XlsxTables(path, run_tables(texts), session.zone) as writer:
        view = RunsView(zone=session.zone, people=operator)
        export = RunExport(writer=writer, texts=texts, view=view, roles=roles)
        courses = store.courses(record.id)
        while batch := list(islice(courses, _COURSES_AT_ONCE)):
            people = session.site.read_people({userid for each in batch for userid in _people_of(each)})
            for each in batch:
                export.add(each, people)
    return path


def _people_of(record: CourseRecord) -> Iterator[UserId]:
    if record.plan is not None:
        yield from (userid for userid, _ in record.plan.left_alone)
        yield from (getattr(row_of(change), "userid", UserId(0)) for change in record.plan.changes)
