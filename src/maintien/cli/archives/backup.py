"""``maintien backup``: a course's people as an archive in Moodle's own format."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import notify
from maintien.cli.console.output import print_document, result_console
from maintien.cli.console.progress import observer_of
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.invocation.help import OTHER_PANEL
from maintien.cli.options.options import CourseOption
from maintien.errors.command_line import MissingCourse
from maintien.errors.files import NoPlaceForArchive, OneCoursePerArchive
from maintien.errors.tree import EXIT_DONE
from maintien.mbz.writing.backup import BackupRequest
from maintien.mbz.writing.course_archives import ArchiveJob, WrittenArchive
from maintien.messages import N_
from maintien.reports.backups import archive_document, archive_table
from maintien.sites.interface import CourseSize, Selection

ABOUT_BACKUP: Final = N_(
    "Write a backup archive (.mbz) of who is enrolled in a course and with which roles, as Moodle does."
)

OutputOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar=N_("FILE.mbz"),
        help=N_("Where to write the archive. It holds personal data; only you can read it."),
        rich_help_panel=OTHER_PANEL,
    ),
]
AnonymizeOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--anonymize",
        help=N_("Replace names, addresses and the like by invented ones, as Moodle does; ids stay."),
        rich_help_panel=OTHER_PANEL,
    ),
]
GroupsOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--groups",
        help=N_("Include groups and groupings, with who is in them."),
        rich_help_panel=OTHER_PANEL,
    ),
]
ForceOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--force",
        help=N_("Replace a file that is there."),
        rich_help_panel=OTHER_PANEL,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupOptions:
    """What the options ask for."""

    courses: tuple[str, ...]
    output: str | None
    is_anonymised: bool
    with_groups: bool
    replaces: bool


def backup(
    context: typer.Context,
    *,
    course: CourseOption = None,
    output: OutputOption = None,
    anonymize: AnonymizeOption = False,
    groups: GroupsOption = False,
    force: ForceOption = False,
) -> Action:
    """Read the options of ``backup``."""
    options = BackupOptions(
        courses=tuple(course or ()),
        output=output,
        is_anonymised=anonymize,
        with_groups=groups,
        replaces=force,
    )
    return partial(back_up_course, invocation_of(context), options)


def back_up_course(invocation: Invocation, options: BackupOptions) -> int:
    """Write the archive of one course, and say what is in it; tell the exit status.

    Raises MissingCourse, OneCoursePerArchive, NoPlaceForArchive, ArchiveNotReplaced, ArchiveNotWritten, and
    what a site raises.
    """
    if not options.courses:
        raise MissingCourse
    if not options.output:
        raise NoPlaceForArchive
    if len(options.courses) > 1:
        raise OneCoursePerArchive
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        (size,) = session.site.select(Selection(courses=options.courses))
        written = _write(invocation, session, size, options, Path(options.output))
        _show(invocation, options, size, written)
    return EXIT_DONE


def _write(
    invocation: Invocation, session: Session, size: CourseSize, options: BackupOptions, path: Path
) -> WrittenArchive:
    observer = observer_of(invocation)
    # Each enrolment is written once, and so is its account.
    observer.started(1, 2 * size.enrolments)
    try:
        return ArchiveJob(
            backups=session.site.backups(),
            course=size.course,
            request=BackupRequest(
                now=session.clock(),
                is_anonymised=options.is_anonymised,
                with_groups=options.with_groups,
            ),
            path=path,
            replaces=options.replaces,
            advanced=lambda rows: observer.advanced(0, rows),
        ).write()
    finally:
        observer.finished()


def _show(invocation: Invocation, options: BackupOptions, size: CourseSize, written: WrittenArchive) -> None:
    if invocation.wishes.json:
        document = archive_document(size.course, written, is_anonymised=options.is_anonymised)
        print_document(document)
        return
    console = result_console(invocation)
    console.print(archive_table(invocation.texts, size.course, written, is_anonymised=options.is_anonymised))
