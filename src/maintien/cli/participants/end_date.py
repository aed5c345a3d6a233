"""``maintien end-date``: shows how manual enrolments would change and, with ``--run``, changes them."""

from functools import partial
from typing import Final

import typer

from maintien.cli.files.exporting import ExportRequest, require_export
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.options.convert_options import RunOption, SaveOption
from maintien.cli.options.options import AllOption, CategoryOption, CohortOption, CourseOption
from maintien.cli.options.run_options import (
    ExportFormatOption,
    OutputOption,
    PlanTableOption,
    PseudonymousOption,
)
from maintien.cli.participants.end_date_options import (
    ActivateOption,
    ClearOption,
    CoursesWithEndsOption,
    NewEndOption,
    OnlyEarlierOption,
    OnlyLaterOption,
    StartOption,
    SuspendOption,
)
from maintien.cli.participants.manual_editing import Edit, change_manual_enrolments
from maintien.cli.participants.participant_options import (
    AccessSinceOption,
    GroupOption,
    KeywordOption,
    MatchOption,
    MethodOption,
    NeverAccessedOption,
    NoAccessSinceOption,
    RoleOption,
    StatusOption,
    ask_for_people,
)
from maintien.cli.running.backup_folders import BackupOption
from maintien.messages import N_
from maintien.reports.run_export import RUN_TABLES
from maintien.uses.manual_edits import EndDateRequest
from maintien.uses.selections import ask_for_courses

ABOUT_END_DATE: Final = N_(
    "Show what giving manual enrolments another end, start or status would do, as Moodle's bulk edit does it;"
    " with --run, do it."
)


def end_date(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    course: CourseOption = None,
    category: CategoryOption = None,
    cohort: CohortOption = None,
    everything: AllOption = False,
    courses_file: CoursesWithEndsOption = None,
    method: MethodOption = None,
    role: RoleOption = None,
    status: StatusOption = None,
    group: GroupOption = None,
    keyword: KeywordOption = None,
    no_access_since: NoAccessSinceOption = None,
    access_since: AccessSinceOption = None,
    never_accessed: NeverAccessedOption = False,
    match: MatchOption = None,
    until: NewEndOption = None,
    clear: ClearOption = False,
    start: StartOption = None,
    suspend: SuspendOption = False,
    activate: ActivateOption = False,
    only_later: OnlyLaterOption = False,
    only_earlier: OnlyEarlierOption = False,
    run: RunOption = False,
    save: SaveOption = None,
    backup: BackupOption = None,
    export_format: ExportFormatOption = None,
    output: OutputOption = None,
    table: PlanTableOption = None,
    pseudonymous: PseudonymousOption = False,
) -> Action:
    """Read the options of ``end-date``."""
    asked = ask_for_courses(
        courses=course,
        categories=category,
        cohorts=cohort,
        everything=everything,
        courses_file=courses_file,
    )
    people = ask_for_people(
        method=method,
        role=role,
        status=status,
        group=group,
        keyword=keyword,
        no_access_since=no_access_since,
        access_since=access_since,
        never_accessed=never_accessed,
        match=match,
    )
    request = EndDateRequest(
        people=people,
        until=until,
        start=start,
        suspend=suspend,
        activate=activate,
        clear=clear,
        only_later=only_later,
        only_earlier=only_earlier,
    )
    invocation = invocation_of(context)
    wanted = ExportRequest(format=export_format, output=output, table=table, is_pseudonymous=pseudonymous)
    export = require_export(invocation, wanted, tables=RUN_TABLES)
    edit = Edit(asked=asked, request=request, save=save, backup=backup, export=export)
    return partial(change_manual_enrolments, invocation, edit, is_to_write=run)
