"""Options that several commands take, each declared once."""

from typing import Annotated, TypeAlias

import typer

from maintien.cli.invocation.help import COURSES_PANEL
from maintien.messages import N_

CourseOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--course",
        metavar=N_("COURSE"),
        help=N_("A course's id, short name or ID number. Repeatable."),
        rich_help_panel=COURSES_PANEL,
    ),
]
CategoryOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--category",
        metavar=N_("CATEGORY"),
        help=N_("The courses of a category and of those below it: its id, ID number or name. Repeatable."),
        rich_help_panel=COURSES_PANEL,
    ),
]
CohortOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--cohort",
        metavar=N_("COHORT"),
        help=N_("The courses that cohort sync fills from a cohort: its id, ID number or name. Repeatable."),
        rich_help_panel=COURSES_PANEL,
    ),
]
AllOption: TypeAlias = Annotated[
    bool,
    typer.Option("--all", help=N_("Every course of the site."), rich_help_panel=COURSES_PANEL),
]
CoursesFileOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--courses-file",
        metavar=N_("FILE.csv"),
        help=N_(
            "The courses of a CSV file: a column “course”, and for each course its own “until”,"
            " “roles” and “methods” where it has these columns."
        ),
        rich_help_panel=COURSES_PANEL,
    ),
]
