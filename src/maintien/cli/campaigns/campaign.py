"""``maintien campaign``: a whole site's conversions, as rules in a file that is run every night."""

import sys
from functools import partial
from typing import Final

import typer

from maintien.bootstrap import Invocation
from maintien.cli.campaigns.checking import check_campaign
from maintien.cli.campaigns.options import (
    ActionArgument,
    CampaignFileArgument,
    EvenIfManyOption,
    MonitorOption,
    QuietOption,
)
from maintien.cli.campaigns.running import CampaignRequest, run_campaign
from maintien.cli.files.exporting import ExportRequest, require_export
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.options.convert_options import RunOption
from maintien.cli.options.run_options import ExportFormatOption, OutputOption, PseudonymousOption, TableOption
from maintien.errors.command_line import ConflictingOptions, MissingCampaignFile, UnexpectedArgument
from maintien.errors.tree import EXIT_DONE
from maintien.messages import N_
from maintien.reports.campaign_export import REMARKS, RULES
from maintien.reports.run_export import CHANGES, COURSES, LEFT_ALONE
from maintien.runs.campaign_file.schema import campaign_schema_text
from maintien.uses.words import require_choice

ABOUT_CAMPAIGN: Final = N_(
    "Check a campaign file, or show what its rules would do in all courses; with --run, do it."
)

CHECK: Final = "check"
RUN: Final = "run"
SCHEMA: Final = "schema"

TABLES: Final = {CHECK: (RULES, REMARKS, COURSES), RUN: (RULES, COURSES, CHANGES, LEFT_ALONE)}
"""What a CSV may hold."""


def campaign(  # noqa: PLR0913 -- one an option
    context: typer.Context,
    *,
    action: ActionArgument = None,
    file: CampaignFileArgument = None,
    run: RunOption = False,
    even_if_many: EvenIfManyOption = False,
    quiet: QuietOption = False,
    monitor: MonitorOption = False,
    export_format: ExportFormatOption = None,
    output: OutputOption = None,
    table: TableOption = None,
    pseudonymous: PseudonymousOption = False,
) -> Action:
    """Read the options of ``campaign``."""
    invocation = invocation_of(context)
    chosen = require_choice("maintien campaign", action or "", [CHECK, RUN, SCHEMA])
    request = CampaignRequest(
        is_to_write=run, even_if_many=even_if_many, is_quiet=quiet, is_monitored=monitor
    )
    asked = ExportRequest(format=export_format, output=output, table=table, is_pseudonymous=pseudonymous)
    _require_no_conflict(invocation, chosen, request, asked)
    if chosen == SCHEMA:
        return _printing_schema(file)
    if file is None:
        raise MissingCampaignFile
    export = require_export(invocation, asked, tables=TABLES[chosen])
    if chosen == CHECK:
        return partial(check_campaign, invocation, file, export)
    if export is not None and export.output is None and (quiet or monitor):
        raise ConflictingOptions(first="--quiet" if quiet else "--monitor", second="--format")
    return partial(run_campaign, invocation, file, request, export)


def _printing_schema(file: str | None) -> Action:
    if file is not None:
        raise UnexpectedArgument(argument=file, command="maintien campaign schema")
    return print_schema


def print_schema() -> int:
    """Print the JSON Schema of campaign files."""
    sys.stdout.write(campaign_schema_text())
    return EXIT_DONE


def _require_no_conflict(
    invocation: Invocation, chosen: str, request: CampaignRequest, asked: ExportRequest
) -> None:
    """See that no option is for another action, or for another output.

    Raises ConflictingOptions.
    """
    of_run = {
        "--run": request.is_to_write,
        "--even-if-many": request.even_if_many,
        "--quiet": request.is_quiet,
        "--monitor": request.is_monitored,
    }
    of_reports = {
        "--format": asked.format is not None,
        "--output": asked.output is not None,
        "--table": asked.table is not None,
        "--pseudonymous": asked.is_pseudonymous,
    }
    refused = {CHECK: of_run, RUN: {}, SCHEMA: of_run | of_reports}[chosen]
    for option, is_given in refused.items():
        if is_given:
            raise ConflictingOptions(first=chosen, second=option)
    for option in ("--quiet", "--monitor"):
        if of_run[option] and invocation.wishes.json:
            raise ConflictingOptions(first="--json", second=option)
