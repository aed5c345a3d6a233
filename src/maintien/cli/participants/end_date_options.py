"""The options of ``end-date`` and ``unenrol`` that say what becomes of manual enrolments."""

from typing import Annotated, TypeAlias

import typer

from maintien.cli.invocation.help import CONVERSION_PANEL, COURSES_PANEL, PEOPLE_PANEL
from maintien.messages import N_

CoursesWithEndsOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--courses-file",
        metavar=N_("FILE.csv"),
        help=N_("The courses of a CSV file: a column “course”, and for each course its own “until”."),
        rich_help_panel=COURSES_PANEL,
    ),
]
CoursesOnlyOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--courses-file",
        metavar=N_("FILE.csv"),
        help=N_("The courses of a CSV file: a column “course”."),
        rich_help_panel=COURSES_PANEL,
    ),
]
NewEndOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar=N_("DATE"),
        help=N_(
            "The new end: the last day of access, such as 2027-08-31; or an ISO date and time, @UNIXTIME,"
            " never."
        ),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
ClearOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--clear",
        help=N_("Take the end date away: the same as --until never."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
StartOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--start",
        metavar=N_("DATE"),
        help=N_("The new start: a day (from its beginning), or exactly, as with --until."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
SuspendOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--suspend",
        help=N_("Suspend the manual enrolments."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
ActivateOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--activate",
        help=N_("Make suspended manual enrolments active again."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
OnlyLaterOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--only-later",
        help=N_("Only people whose enrolment ends earlier than the new end."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
OnlyEarlierOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--only-earlier",
        help=N_("Only people whose enrolment ends later than the new end, or never."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
EndedOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--ended",
        help=N_("Only manual enrolments whose end date has passed."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
AlsoAutomaticOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--also-automatic",
        help=N_("Only people whom the external database or a cohort lets into the course as well."),
        rich_help_panel=PEOPLE_PANEL,
    ),
]
EvenLastOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--even-last",
        help=N_(
            "Remove somebody's last enrolment in the course too, and with it their roles and groups there."
            " Without it these people are named and left alone."
        ),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
