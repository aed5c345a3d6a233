"""``maintien convert``: shows what a conversion would do and, with ``--run``, does it."""

from functools import partial
from typing import Final

import typer

from maintien.cli.conversion.conversion import convert_courses
from maintien.cli.files.exporting import ExportRequest, require_export
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.options.convert_options import (
    EnableManualOption,
    EndForOption,
    EndRolesOption,
    FeedIsGoneOption,
    IncludeSuspendedOption,
    KeepGroupsOption,
    LikeMoodleOption,
    MethodsOption,
    ModeOption,
    NoKeepGroupsOption,
    RolesOption,
    RunOption,
    SaveOption,
    UntilOption,
)
from maintien.cli.options.options import (
    AllOption,
    CategoryOption,
    CohortOption,
    CourseOption,
    CoursesFileOption,
)
from maintien.cli.options.run_options import (
    ExportFormatOption,
    OutputOption,
    PlanTableOption,
    PseudonymousOption,
)
from maintien.cli.running.backup_folders import BackupOption
from maintien.messages import N_
from maintien.reports.run_export import RUN_TABLES
from maintien.uses.conversion_request import ConversionRequest
from maintien.uses.selections import ask_for_courses

ABOUT_CONVERT: Final = N_(
    "Show what converting automatic enrolments into manual ones would do; with --run, do it."
)


def convert(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    course: CourseOption = None,
    category: CategoryOption = None,
    cohort: CohortOption = None,
    everything: AllOption = False,
    courses_file: CoursesFileOption = None,
    until: UntilOption = None,
    methods: MethodsOption = None,
    roles: RolesOption = None,
    include_suspended: IncludeSuspendedOption = False,
    end_roles: EndRolesOption = None,
    end_for: EndForOption = None,
    keep_groups: KeepGroupsOption = False,
    no_keep_groups: NoKeepGroupsOption = False,
    enable_manual: EnableManualOption = False,
    mode: ModeOption = None,
    feed_is_gone: FeedIsGoneOption = False,
    like_moodle: LikeMoodleOption = False,
    run: RunOption = False,
    save: SaveOption = None,
    backup: BackupOption = None,
    export_format: ExportFormatOption = None,
    output: OutputOption = None,
    table: PlanTableOption = None,
    pseudonymous: PseudonymousOption = False,
) -> Action:
    """Read the options of ``convert``."""
    asked = ask_for_courses(
        courses=course,
        categories=category,
        cohorts=cohort,
        everything=everything,
        courses_file=courses_file,
    )
    request = ConversionRequest(
        until=until,
        methods=methods,
        roles=roles,
        end_roles=end_roles,
        end_for=end_for,
        include_suspended=include_suspended,
        keep_groups=keep_groups,
        no_keep_groups=no_keep_groups,
        enable_manual=enable_manual,
        mode=mode,
        feed_is_gone=feed_is_gone,
        like_moodle=like_moodle,
    )
    invocation = invocation_of(context)
    wanted = ExportRequest(format=export_format, output=output, table=table, is_pseudonymous=pseudonymous)
    export = require_export(invocation, wanted, tables=RUN_TABLES)
    return partial(
        convert_courses,
        invocation,
        asked,
        request,
        is_to_write=run,
        save=save,
        backup=backup,
        export=export,
    )
