"""``maintien unenrol``: shows whose manual enrolments would go and, with ``--run``, removes them."""

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
    AlsoAutomaticOption,
    CoursesOnlyOption,
    EndedOption,
    EvenLastOption,
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
from maintien.uses.manual_edits import UnenrolRequest
from maintien.uses.selections import ask_for_courses

ABOUT_UNENROL: Final = N_(
    "Show whose manual enrolments would be removed, and what they lose; with --run, remove them."
)


def unenrol(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    course: CourseOption = None,
    category: CategoryOption = None,
    cohort: CohortOption = None,
    everything: AllOption = False,
    courses_file: CoursesOnlyOption = None,
    ended: EndedOption = False,
    also_automatic: AlsoAutomaticOption = False,
    method: MethodOption = None,
    role: RoleOption = None,
    status: StatusOption = None,
    group: GroupOption = None,
    keyword: KeywordOption = None,
    no_access_since: NoAccessSinceOption = None,
    access_since: AccessSinceOption = None,
    never_accessed: NeverAccessedOption = False,
    match: MatchOption = None,
    even_last: EvenLastOption = False,
    run: RunOption = False,
    save: SaveOption = None,
    backup: BackupOption = None,
    export_format: ExportFormatOption = None,
    output: OutputOption = None,
    table: PlanTableOption = None,
    pseudonymous: PseudonymousOption = False,
) -> Action:
    """Read the options of ``unenrol``."""
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
    request = UnenrolRequest(people=people, ended=ended, also_automatic=also_automatic, even_last=even_last)
    invocation = invocation_of(context)
    wanted = ExportRequest(format=export_format, output=output, table=table, is_pseudonymous=pseudonymous)
    export = require_export(invocation, wanted, tables=RUN_TABLES)
    edit = Edit(asked=asked, request=request, save=save, backup=backup, export=export)
    return partial(change_manual_enrolments, invocation, edit, is_to_write=run)
