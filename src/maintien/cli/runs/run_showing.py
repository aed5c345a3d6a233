"""Shows one run from its journal, a course at a time."""

import sys

from rich.console import Group
from rich.text import Text

from maintien.cli.console.output import result_console
from maintien.cli.run_sites import RunSite
from maintien.reports.journalled_failures import failure_of
from maintien.reports.run_report import RunReport, new_report
from maintien.reports.runs import ListedRun, run_document, run_facts
from maintien.runs.history import courses_to_do
from maintien.runs.journal import CourseStatus

_SETTLED = (CourseStatus.WRITTEN, CourseStatus.UNCHANGED, CourseStatus.FAILED)


def show_run(site: RunSite, run: ListedRun) -> None:
    """Show what is known of a run, on standard output."""
    report = _report(site, run)
    if site.invocation.wishes.json:
        report.write_json(sys.stdout, {"journal": run_document(run, site.zone)})
        return
    texts, record = site.invocation.texts, run.record
    console = result_console(site.invocation)
    facts = run_facts(texts, run, site.view([record]))
    people = site.people_of(record, report.people_shown())
    console.print(Group(facts, Text(), report.render(texts, console.width, people)))


def _report(site: RunSite, run: ListedRun) -> RunReport:
    record = run.record
    report = new_report(
        record,
        zone=site.zone,
        roles=site.roles_of(record),
        written=True,
        keep_documents=site.invocation.wishes.json,
        remaining=courses_to_do(record) - record.totals.courses.get(CourseStatus.FAILED, 0),
    )
    for course in site.store.courses(record.id, _SETTLED):
        if course.plan is not None:
            report.add(course.plan, failure_of(course))
    return report
