"""The options of ``rescue`` that ``convert`` has not, or means otherwise."""

from typing import Annotated, TypeAlias

import typer

from maintien.cli.invocation.help import CONVERSION_PANEL, PEOPLE_PANEL
from maintien.messages import N_

SinceOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar=N_("DATE"),
        help=N_("When the first access was taken: a day (from its beginning), or exactly, as with --until."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
ToOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar=N_("DATE"),
        help=N_("When the last access was taken: a day (to its end), or exactly. Default: now."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
LostMethodsOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--methods",
        metavar=N_("METHOD,…|all"),
        help=N_("The enrolment methods whose people were cut off. Default: database,cohort."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
LostRolesOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--roles",
        metavar=N_("ROLE,…|all"),
        help=N_("People who had these roles get them back, by short name. Default: student."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
AlsoByPeopleOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--also-by-people",
        help=N_("Give back too what people took by hand. Without it they are listed and left alone."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
EvidenceOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--archive",
        metavar="FILE.mbz",
        help=N_(
            "A backup of a course from before the cut, which tells of people of whom neither the course nor"
            " the log does: a file, a folder, a pattern in quotes, or a URL. Repeatable."
        ),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
GroupsBackOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--keep-groups",
        help=N_("Give group memberships back too. This is the default."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
NoGroupsBackOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-keep-groups",
        help=N_("Leave group memberships as they are now."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
