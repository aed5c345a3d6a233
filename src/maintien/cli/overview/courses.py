"""``maintien courses``: courses with how many people depend on an automatic enrolment."""

from functools import partial
from typing import Annotated, Final, TypeAlias

import typer

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import LogNotReadable, notify
from maintien.cli.console.output import print_document, result_console
from maintien.cli.console.progress import observer_of
from maintien.cli.files.exporting import Export, ExportRequest, require_export
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.invocation.help import PEOPLE_PANEL
from maintien.cli.options.options import (
    AllOption,
    CategoryOption,
    CohortOption,
    CourseOption,
    CoursesFileOption,
)
from maintien.cli.options.run_options import ExportFormatOption, OutputOption
from maintien.enrolments.risk import CourseRisk
from maintien.enrolments.withdrawals import Window
from maintien.errors.selection import EmptySelection
from maintien.errors.tree import EXIT_DONE
from maintien.messages import N_
from maintien.moodle.dates import parse_moment
from maintien.reports.courses import courses_document, courses_table
from maintien.reports.courses_export import list_heading, list_tables, write_courses
from maintien.reports.run_export import COURSES
from maintien.uses.counting import count_courses, lately
from maintien.uses.cut_watch import is_log_closed
from maintien.uses.selections import Asked, ask_for_courses, find_courses

ABOUT_COURSES: Final = N_(
    "List courses: participants, those enrolled automatically only, students at risk, already cut, rescued."
)


SinceOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar=N_("DATETIME"),
        help=N_("Whom syncs have withdrawn since then is already cut. Default: 60 days ago."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]


def courses(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    course: CourseOption = None,
    category: CategoryOption = None,
    cohort: CohortOption = None,
    everything: AllOption = False,
    courses_file: CoursesFileOption = None,
    since: SinceOption = None,
    export_format: ExportFormatOption = None,
    output: OutputOption = None,
) -> Action:
    """Read the options of ``courses``."""
    asked = ask_for_courses(
        courses=course,
        categories=category,
        cohorts=cohort,
        everything=everything,
        courses_file=courses_file,
    )
    invocation = invocation_of(context)
    wanted = ExportRequest(format=export_format, output=output)
    export = require_export(invocation, wanted, tables=[COURSES])
    return partial(list_courses, invocation, asked, since, export)


def list_courses(
    invocation: Invocation, asked: Asked, since: str | None, export: Export | None = None
) -> int:
    """List the courses asked for, by id, or write them to a file.

    Raises EmptySelection, UnreadableDate, and what a site or a courses file can give rise to.
    """
    if asked.is_empty:
        raise EmptySelection
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        window = lately(session)
        if since is not None:
            window = Window(parse_moment(since, session.zone), window.to)
        rows = _count(invocation, session, asked, window)
    if export is not None:
        _write(invocation, session, export, window, rows)
    elif invocation.wishes.json:
        print_document(courses_document(rows, window.since, session.zone))
    else:
        console = result_console(invocation)
        console.print(courses_table(invocation.texts, rows, console.width))
    return EXIT_DONE


def _write(
    invocation: Invocation, session: Session, export: Export, window: Window, rows: list[CourseRisk]
) -> None:
    texts, zone = invocation.texts, session.zone
    file = export.to_file(invocation, "", usual=COURSES)
    heading = list_heading(texts, session.site.name, at=window.to, since=window.since, zone=zone)
    with file.writer(texts, heading, list_tables(texts), zone) as writer:
        write_courses(writer, rows)


def _count(invocation: Invocation, session: Session, asked: Asked, window: Window) -> list[CourseRisk]:
    sizes = find_courses(session.site, asked).sizes
    if is_log_closed(session):
        notify(invocation, LogNotReadable())
    # The register is not needed to tell who was withdrawn.
    counts = count_courses(
        session, sizes, window=window, reads_register=False, observer=observer_of(invocation)
    )
    return [count.risk for count in counts]
