"""The arguments and options of ``campaign``."""

from typing import Annotated, TypeAlias

import typer

from maintien.cli.invocation.help import CONVERSION_PANEL, OTHER_PANEL
from maintien.messages import N_

ActionArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar="check|run|schema",
        help=N_("Check a campaign file, run the campaign, or print the form of campaign files."),
        show_default=False,
        rich_help_panel=OTHER_PANEL,
    ),
]
CampaignFileArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar=N_("FILE"),
        help=N_("The campaign file, in TOML."),
        show_default=False,
        rich_help_panel=OTHER_PANEL,
    ),
]
EvenIfManyOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--even-if-many",
        help=N_("Go on also where more people are converted than the file's max_people or max_share allows."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]
QuietOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--quiet",
        help=N_("Say nothing but errors."),
        rich_help_panel=OTHER_PANEL,
    ),
]
MonitorOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--monitor",
        help=N_("Print one line of JSON for monitoring instead, whatever happens."),
        rich_help_panel=OTHER_PANEL,
    ),
]
