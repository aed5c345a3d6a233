"""``maintien rescue``: shows what would be given back after a cut and, with ``--run``, gives it back."""

from functools import partial
from typing import Final

import typer

from maintien.cli.files.exporting import ExportRequest, require_export
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.options.archive_options import LimitOption, parse_limits
from maintien.cli.options.convert_options import EnableManualOption, RunOption, UntilOption
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
from maintien.cli.rescue.options import (
    AlsoByPeopleOption,
    EvidenceOption,
    GroupsBackOption,
    LostMethodsOption,
    LostRolesOption,
    NoGroupsBackOption,
    SinceOption,
    ToOption,
)
from maintien.cli.rescue.rescuing import rescue_courses
from maintien.messages import N_
from maintien.reports.run_export import RUN_TABLES
from maintien.uses.rescue_request import RescueRequest
from maintien.uses.selections import ask_for_courses

ABOUT_RESCUE: Final = N_(
    "Show what a sync took away within some time, and what giving it back would do; with --run, do it."
)


def rescue(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    course: CourseOption = None,
    category: CategoryOption = None,
    cohort: CohortOption = None,
    everything: AllOption = False,
    courses_file: CoursesFileOption = None,
    since: SinceOption = None,
    to: ToOption = None,
    until: UntilOption = None,
    methods: LostMethodsOption = None,
    roles: LostRolesOption = None,
    also_by_people: AlsoByPeopleOption = False,
    archive: EvidenceOption = None,
    limit: LimitOption = None,
    keep_groups: GroupsBackOption = False,
    no_keep_groups: NoGroupsBackOption = False,
    enable_manual: EnableManualOption = False,
    run: RunOption = False,
    export_format: ExportFormatOption = None,
    output: OutputOption = None,
    table: PlanTableOption = None,
    pseudonymous: PseudonymousOption = False,
) -> Action:
    """Read the options of ``rescue``.

    Raises UnknownLimit.
    """
    asked = ask_for_courses(
        courses=course,
        categories=category,
        cohorts=cohort,
        everything=everything,
        courses_file=courses_file,
    )
    request = RescueRequest(
        since=since,
        to=to,
        until=until,
        methods=methods,
        roles=roles,
        keep_groups=keep_groups,
        no_keep_groups=no_keep_groups,
        enable_manual=enable_manual,
        also_by_people=also_by_people,
        archives=tuple(archive or ()),
    )
    limits = parse_limits(limit)
    invocation = invocation_of(context)
    wanted = ExportRequest(format=export_format, output=output, table=table, is_pseudonymous=pseudonymous)
    export = require_export(invocation, wanted, tables=RUN_TABLES)
    return partial(rescue_courses, invocation, asked, request, limits=limits, is_to_write=run, export=export)
