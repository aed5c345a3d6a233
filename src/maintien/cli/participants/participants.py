"""``maintien participants``: the people of courses, as Moodle's Participants page filters them."""

from functools import partial
from typing import Annotated, Final, TypeAlias

import typer

from maintien.cli.files.exporting import ExportRequest
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.invocation.help import OTHER_PANEL
from maintien.cli.options.options import (
    AllOption,
    CategoryOption,
    CohortOption,
    CourseOption,
    CoursesFileOption,
)
from maintien.cli.options.run_options import OutputOption, PseudonymousOption
from maintien.cli.participants.participant_listing import ListingRequest, show_participants
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
from maintien.messages import N_
from maintien.uses.selections import ask_for_courses

ABOUT_PARTICIPANTS: Final = N_(
    "List the participants of courses, filtered as Moodle's Participants page does."
)

SortOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--sort",
        metavar="name|username|idnumber|email|last-access|access-until",
        help=N_("What people are sorted by. Default: name, the last name first."),
        rich_help_panel=OTHER_PANEL,
    ),
]
DescendingOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--descending",
        help=N_("List them the other way round."),
        rich_help_panel=OTHER_PANEL,
    ),
]
FormatOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="table|csv|xlsx|html|json",
        help=N_("How to write the list. Default: as the file's name ends, else table."),
        rich_help_panel=OTHER_PANEL,
    ),
]
TableOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--table",
        metavar="participants|enrolments",
        help=N_("Which table a CSV holds. Spreadsheets and pages have both. Default: participants."),
        rich_help_panel=OTHER_PANEL,
    ),
]


def participants(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    course: CourseOption = None,
    category: CategoryOption = None,
    cohort: CohortOption = None,
    everything: AllOption = False,
    courses_file: CoursesFileOption = None,
    method: MethodOption = None,
    role: RoleOption = None,
    status: StatusOption = None,
    group: GroupOption = None,
    keyword: KeywordOption = None,
    no_access_since: NoAccessSinceOption = None,
    access_since: AccessSinceOption = None,
    never_accessed: NeverAccessedOption = False,
    match: MatchOption = None,
    sort: SortOption = None,
    descending: DescendingOption = False,
    list_format: FormatOption = None,
    output: OutputOption = None,
    table: TableOption = None,
    pseudonymous: PseudonymousOption = False,
) -> Action:
    """Read the options of ``participants``."""
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
    export = ExportRequest(format=list_format, output=output, table=table, is_pseudonymous=pseudonymous)
    request = ListingRequest(people=people, sort=sort, is_descending=descending, export=export)
    return partial(show_participants, invocation_of(context), asked, request)
