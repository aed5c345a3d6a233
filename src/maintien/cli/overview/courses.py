"""``maintien courses``: courses with how many people depend on an automatic enrolment."""

from functools import partial
from typing import Annotated, Final, TypeAlias

import typer

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import notify
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
from maintien.cli.running.cut_guard import removal_wishes
from maintien.enrolments.cut_timing import LATELY, find_withdrawn
from maintien.enrolments.forecast import forecast_course
from maintien.enrolments.risk import CourseRisk, risk_in
from maintien.enrolments.roll import CourseRoll
from maintien.enrolments.withdrawals import Window
from maintien.errors import EXIT_DONE, EmptySelection
from maintien.messages import N_
from maintien.moodle.config import SiteConfig
from maintien.moodle.dates import parse_moment
from maintien.reports.courses import courses_document, courses_table
from maintien.reports.courses_export import list_heading, list_tables, write_courses
from maintien.reports.run_export import COURSES
from maintien.sites.database.reading_rolls import FeedsRead, RollWishes
from maintien.uses.policies import students_of
from maintien.uses.rolls import read_all_rolls
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
        now = session.clock()
        begins_at = now - LATELY if since is None else parse_moment(since, session.zone)
        window = Window(begins_at, now)
        rows = _count(invocation, session, asked, window)
    if export is not None:
        _write(invocation, session, export, window, rows)
    elif invocation.wishes.json:
        print_document(courses_document(rows, begins_at, session.zone))
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
    config = session.config
    wishes = RollWishes(
        students=students_of(config),
        # Cohorts say who was taken back; the register is not needed to tell who was withdrawn.
        feeds=FeedsRead(register=None),
        removals=removal_wishes(invocation, session, window, len(sizes)),
    )
    batches = read_all_rolls(session.site, sizes, wishes, observer=observer_of(invocation))
    return [_risk(roll, config, window) for rolls in batches for roll in rolls]


def _risk(roll: CourseRoll, config: SiteConfig, window: Window) -> CourseRisk:
    forecast = forecast_course(roll, config, at=window.to)
    return risk_in(forecast, find_withdrawn(roll, config, since=window.since, at=window.to))
