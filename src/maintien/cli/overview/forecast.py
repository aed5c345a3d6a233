"""``maintien forecast``: who loses access when the feeds drop them, in tables and as a chart."""

from functools import partial
from typing import Annotated, Final, TypeAlias

import typer

from maintien.cli.files.exporting import ExportRequest, require_export
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.invocation.help import FORECAST_PANEL, OTHER_PANEL
from maintien.cli.options.options import (
    AllOption,
    CategoryOption,
    CohortOption,
    CourseOption,
    CoursesFileOption,
)
from maintien.cli.options.run_options import ExportFormatOption, OutputOption, PseudonymousOption
from maintien.cli.overview.forecast_preparing import ForecastRequest
from maintien.cli.overview.forecasting import show_forecast
from maintien.errors.command_line import ConflictingOptions, UnexpectedArgument
from maintien.messages import N_
from maintien.reports.forecast_export import FORECAST_TABLES
from maintien.uses.selections import ask_for_courses

ABOUT_FORECAST: Final = N_(
    "Say who loses access when the feeds drop them, what happens to them, and what they lose."
)

_SCHEME: Final = "://"

OnOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar=N_("DATE"),
        help=N_("Look at who has access then. Default: now."),
        rich_help_panel=FORECAST_PANEL,
    ),
]
FeedOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--feed",
        help=N_(
            "Read the feeds: who is still listed, who is dropped and waits for the next sync, who would be"
            " added. A URL may follow."
        ),
        rich_help_panel=FORECAST_PANEL,
    ),
]
RegisterOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--register",
        metavar="URL",
        help=N_(
            "Read the feeds, with the external database at this URL (postgresql://…, mariadb://…,"
            " sqlite:///FILE) instead of where the site's settings say."
        ),
        rich_help_panel=FORECAST_PANEL,
    ),
]
FeedUrlArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar="URL",
        help=N_("After --feed: where the external database is, as with --register."),
        show_default=False,
        rich_help_panel=FORECAST_PANEL,
    ),
]

CutOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--cut",
        metavar=N_("DATE"),
        help=N_("When the chart lets the feeds drop people. Default: the date of --on."),
        rich_help_panel=FORECAST_PANEL,
    ),
]
UntilOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar=N_("DATE"),
        help=N_(
            "Show in the chart what a conversion until then would change, planned as “convert” plans it."
        ),
        rich_help_panel=FORECAST_PANEL,
    ),
]
ChartOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--chart",
        metavar=N_("FILE.svg"),
        help=N_("Write the chart of people with access over time to this file too, as a picture."),
        rich_help_panel=FORECAST_PANEL,
    ),
]
ForecastTableOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--table",
        metavar="|".join(FORECAST_TABLES),
        help=N_("Which table a CSV holds. Spreadsheets and pages have all. Default: courses."),
        rich_help_panel=OTHER_PANEL,
    ),
]


def forecast(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    feed_url: FeedUrlArgument = None,
    course: CourseOption = None,
    category: CategoryOption = None,
    cohort: CohortOption = None,
    everything: AllOption = False,
    courses_file: CoursesFileOption = None,
    on: OnOption = None,
    feed: FeedOption = False,
    register: RegisterOption = None,
    cut: CutOption = None,
    until: UntilOption = None,
    chart: ChartOption = None,
    export_format: ExportFormatOption = None,
    output: OutputOption = None,
    table: ForecastTableOption = None,
    pseudonymous: PseudonymousOption = False,
) -> Action:
    """Read the options of ``forecast``.

    Raises UnexpectedArgument and ConflictingOptions.
    """
    register = _register(register, feed_url, has_feed=feed)
    asked = ask_for_courses(
        courses=course,
        categories=category,
        cohorts=cohort,
        everything=everything,
        courses_file=courses_file,
    )
    request = ForecastRequest(
        on=on, reads_feeds=feed or register is not None, register=register, cut=cut, until=until, chart=chart
    )
    invocation = invocation_of(context)
    wanted = ExportRequest(format=export_format, output=output, table=table, is_pseudonymous=pseudonymous)
    export = require_export(invocation, wanted, tables=FORECAST_TABLES)
    return partial(show_forecast, invocation, asked, request, export)


def _register(register: str | None, feed_url: str | None, *, has_feed: bool) -> str | None:
    if feed_url is None:
        return register
    if not has_feed or _SCHEME not in feed_url:
        raise UnexpectedArgument(argument=feed_url, command="maintien forecast")
    if register is not None:
        raise ConflictingOptions(first="--feed URL", second="--register")
    return feed_url
