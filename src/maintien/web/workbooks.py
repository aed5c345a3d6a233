"""Writes a run as a workbook, for somebody to download."""

import os
from itertools import islice
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from maintien.bootstrap import Session
from maintien.reports.formats.workbook import XlsxFile
from maintien.reports.language import Texts
from maintien.reports.run_export import RunExport, recorded_course, run_tables
from maintien.reports.runs import ListedRun, RunsView, run_heading
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
    view = RunsView(zone=session.zone, people=session.site.read_people([record.header.operator]))
    roles = {roleid: role for role, roleid in session.config.roles.items()}
    heading = run_heading(texts, run, view, names_people=True)
    with XlsxFile(path, run_tables(texts), session.zone, heading) as writer:
        export = RunExport(writer=writer, texts=texts, zone=session.zone, roles=roles)
        courses = map(recorded_course, store.courses(record.id))
        while batch := list(islice(courses, _COURSES_AT_ONCE)):
            people = session.site.read_people({userid for each in batch for userid in each.people()})
            for each in batch:
                export.add(each, people)
    return path
