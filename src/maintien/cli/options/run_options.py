"""The arguments and options of the commands about runs."""

from typing import Annotated, TypeAlias

import typer

from maintien.cli.invocation.help import CONVERSION_PANEL, OTHER_PANEL
from maintien.messages import N_

RunArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar=N_("RUN"),
        help=N_("A run's number, or last for the newest of the site."),
        show_default=False,
        rich_help_panel=OTHER_PANEL,
    ),
]
ShowArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar="show",
        help=N_("Show one run with its courses and people, rather than list all."),
        show_default=False,
        rich_help_panel=OTHER_PANEL,
    ),
]
AllSitesOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--all-sites",
        help=N_("Runs of every site, not only of the one that is named."),
        rich_help_panel=OTHER_PANEL,
    ),
]
ExportFormatOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="csv|xlsx|html",
        help=N_("Write a table, a spreadsheet or a page instead. Default: as the file's name ends."),
        rich_help_panel=OTHER_PANEL,
    ),
]
OutputOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar=N_("FILE"),
        help=N_("Where to write it; standard output otherwise, but for a spreadsheet."),
        rich_help_panel=OTHER_PANEL,
    ),
]
TableOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--table",
        metavar="rules|courses|…",
        help=N_(
            "Which table a CSV holds: rules, remarks, courses, changes or left-alone. Spreadsheets and pages"
            " have all. Default: changes."
        ),
        rich_help_panel=OTHER_PANEL,
    ),
]
PlanTableOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--table",
        metavar="courses|changes|left-alone",
        help=N_("Which table a CSV holds. Spreadsheets and pages have all. Default: changes."),
        rich_help_panel=OTHER_PANEL,
    ),
]
PseudonymousOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--pseudonymous",
        help=N_("Put pseudonyms in the place of people, the same in every report of the site."),
        rich_help_panel=OTHER_PANEL,
    ),
]
EvenIfAccessIsLostOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--even-if-access-is-lost",
        help=N_("Undo also where it takes people's only access to a course away."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
