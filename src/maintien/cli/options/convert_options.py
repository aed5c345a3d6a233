"""The options of ``convert`` that say who is converted, until when and how."""

from typing import Annotated, TypeAlias

import typer

from maintien.cli.invocation.help import CONVERSION_PANEL, PEOPLE_PANEL
from maintien.messages import N_

UntilOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar=N_("DATE"),
        help=N_("The last day of access, such as 2027-08-31; or an ISO date and time, @UNIXTIME, never."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
MethodsOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--methods",
        metavar=N_("METHOD,…|all"),
        help=N_("The enrolment methods to convert. Default: database,cohort."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
RolesOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--roles",
        metavar=N_("ROLE,…|all"),
        help=N_("Convert people with these roles, by short name. Default: student."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
IncludeSuspendedOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--include-suspended",
        help=N_("Convert suspended enrolments too; they stay suspended."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
EndRolesOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--end-roles",
        metavar=N_("ROLE,…|all"),
        help=N_("The end date is for people with these roles. Default: student."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
EndForOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--end-for",
        metavar=N_("WHOM"),
        help=N_(
            "The end date is for people who are converted (converted) or for everybody enrolled by hand"
            " (all-manual). Default: converted."
        ),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
KeepGroupsOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--keep-groups",
        help=N_("Make group memberships outlast the automatic enrolment. This is the default."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
NoKeepGroupsOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-keep-groups",
        help=N_("Leave group memberships to the automatic enrolment, with which they go."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
EnableManualOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--enable-manual",
        help=N_("Enable the course's manual enrolment method where it is disabled."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
ModeOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--mode",
        metavar=N_("HOW"),
        help=N_(
            "Add manual enrolments beside the automatic ones (add), or make the automatic ones manual"
            " themselves (move), for people whom the feed no longer lists. Default: add."
        ),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
FeedIsGoneOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--feed-is-gone",
        help=N_("With --mode move: feeds that can't be read list nobody any more."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
LikeMoodleOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--like-moodle",
        help=N_(
            "Exactly what backup, restore and bulk edit do: all methods and roles, suspended"
            " enrolments, groups untouched."
        ),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
SaveOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--save",
        metavar=N_("FILE"),
        help=N_("Keep the preview as a plan, for “maintien apply”. It holds personal data."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
RunOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--run",
        help=N_("Write the changes. Without it nothing is written."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
