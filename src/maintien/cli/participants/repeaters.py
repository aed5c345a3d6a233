"""``maintien repeaters``: who has last year's manual enrolment and comes in automatically again."""

from functools import partial
from typing import Annotated, Final, TypeAlias

import typer

from maintien.cli.files.exporting import ExportRequest, require_export
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.invocation.help import PEOPLE_PANEL
from maintien.cli.options.convert_options import RunOption
from maintien.cli.options.options import AllOption, CategoryOption, CohortOption, CourseOption
from maintien.cli.options.run_options import ExportFormatOption, OutputOption, PseudonymousOption
from maintien.cli.participants.end_date_options import CoursesOnlyOption
from maintien.cli.participants.manual_editing import Edit, change_manual_enrolments
from maintien.cli.participants.repeater_listing import list_repeaters
from maintien.cli.running.backup_folders import BackupOption
from maintien.messages import N_
from maintien.reports.repeaters import REPEATERS
from maintien.reports.run_export import RUN_TABLES
from maintien.uses.repeaters import RepeatersRequest
from maintien.uses.selections import ask_for_courses

ABOUT_REPEATERS: Final = N_(
    "List people with a manual enrolment from an earlier run who are enrolled automatically again; with"
    " --run, remove the manual one."
)

AnyManualOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--any-manual",
        help=N_(
            "Also manual enrolments that no run of maintien has made, or that somebody has changed since."
        ),
        rich_help_panel=PEOPLE_PANEL,
    ),
]


def repeaters(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    course: CourseOption = None,
    category: CategoryOption = None,
    cohort: CohortOption = None,
    everything: AllOption = False,
    courses_file: CoursesOnlyOption = None,
    any_manual: AnyManualOption = False,
    run: RunOption = False,
    backup: BackupOption = None,
    export_format: ExportFormatOption = None,
    output: OutputOption = None,
    pseudonymous: PseudonymousOption = False,
) -> Action:
    """Read the options of ``repeaters``."""
    asked = ask_for_courses(
        courses=course,
        categories=category,
        cohorts=cohort,
        everything=everything,
        courses_file=courses_file,
    )
    invocation = invocation_of(context)
    request = RepeatersRequest(any_manual=any_manual)
    wanted = ExportRequest(format=export_format, output=output, is_pseudonymous=pseudonymous)
    export = require_export(invocation, wanted, tables=RUN_TABLES if run else [REPEATERS])
    if not run:
        return partial(list_repeaters, invocation, asked, request, export, backup)
    edit = Edit(asked=asked, request=request, backup=backup, export=export)
    return partial(change_manual_enrolments, invocation, edit, is_to_write=True)
