"""``maintien campaign``: a whole site's conversions, as rules in a file that is run every night."""

import sys
from functools import partial
from typing import Final

import typer

from maintien.bootstrap import Invocation
from maintien.cli.actions import Action
from maintien.cli.campaign_checking import check_campaign
from maintien.cli.campaign_options import (
    ActionArgument,
    CampaignFileArgument,
    EvenIfManyOption,
    MonitorOption,
    QuietOption,
)
from maintien.cli.campaign_running import CampaignRequest, run_campaign
from maintien.cli.convert_options import RunOption
from maintien.cli.global_options import invocation_of
from maintien.cli.words import require_choice
from maintien.errors import EXIT_DONE, ConflictingOptions, MissingCampaignFile, UnexpectedArgument
from maintien.messages import N_
from maintien.runs.campaign_file.schema import campaign_schema_text

ABOUT_CAMPAIGN: Final = N_(
    "Check a campaign file, or show what its rules would do in all courses; with --run, do it."
)

CHECK: Final = "check"
RUN: Final = "run"
SCHEMA: Final = "schema"


def campaign(
    context: typer.Context,
    *,
    action: ActionArgument = None,
    file: CampaignFileArgument = None,
    run: RunOption = False,
    even_if_many: EvenIfManyOption = False,
    quiet: QuietOption = False,
    monitor: MonitorOption = False,
) -> Action:
    """Read the options of ``campaign``."""
    invocation = invocation_of(context)
    chosen = require_choice("maintien campaign", action or "", [CHECK, RUN, SCHEMA])
    request = CampaignRequest(
        is_to_write=run, even_if_many=even_if_many, is_quiet=quiet, is_monitored=monitor
    )
    _require_no_conflict(invocation, chosen, file, request)
    if chosen == SCHEMA:
        return print_schema
    if file is None:
        raise MissingCampaignFile
    if chosen == CHECK:
        return partial(check_campaign, invocation, file)
    return partial(run_campaign, invocation, file, request)


def print_schema() -> int:
    """Print the JSON Schema of campaign files."""
    sys.stdout.write(campaign_schema_text())
    return EXIT_DONE


def _require_no_conflict(
    invocation: Invocation, chosen: str, file: str | None, request: CampaignRequest
) -> None:
    given = {
        "--run": request.is_to_write,
        "--even-if-many": request.even_if_many,
        "--quiet": request.is_quiet,
        "--monitor": request.is_monitored,
    }
    for option, is_given in given.items():
        if is_given and chosen != RUN:
            raise ConflictingOptions(first=chosen, second=option)
        if is_given and invocation.wishes.json and option in ("--quiet", "--monitor"):
            raise ConflictingOptions(first="--json", second=option)
    if chosen == SCHEMA and file is not None:
        raise UnexpectedArgument(argument=file, command="maintien campaign schema")
