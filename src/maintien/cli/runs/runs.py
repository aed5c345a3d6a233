"""``maintien runs``: the runs that the journal keeps, and each of them in detail."""

from functools import partial
from typing import Final

import typer

from maintien.bootstrap import Invocation
from maintien.cli.console.output import print_document, result_console
from maintien.cli.files.exporting import ExportRequest, export_list, export_run, require_export
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.options.run_options import (
    AllSitesOption,
    ExportFormatOption,
    OutputOption,
    PseudonymousOption,
    RunArgument,
    ShowArgument,
    TableOption,
)
from maintien.cli.run_sites import open_runs
from maintien.cli.runs.run_showing import show_run
from maintien.errors.command_line import MissingRun
from maintien.errors.tree import EXIT_DONE
from maintien.messages import N_
from maintien.reports.campaign_export import RULES
from maintien.reports.run_export import CHANGES, COURSES, LEFT_ALONE
from maintien.reports.runs import runs_document, runs_table
from maintien.uses.words import require_choice

ABOUT_RUNS: Final = N_("List the runs that were made, or show one of them: “maintien runs show RUN”.")
SHOW: Final = "show"
TABLES: Final = (RULES, COURSES, CHANGES, LEFT_ALONE)
"""What a CSV may hold of a run."""


def runs(
    context: typer.Context,
    *,
    show: ShowArgument = None,
    which: RunArgument = None,
    all_sites: AllSitesOption = False,
    export_format: ExportFormatOption = None,
    output: OutputOption = None,
    table: TableOption = None,
    pseudonymous: PseudonymousOption = False,
) -> Action:
    """Read the options of ``runs``."""
    invocation = invocation_of(context)
    asked = ExportRequest(format=export_format, output=output, table=table, is_pseudonymous=pseudonymous)
    if show is None:
        return partial(list_runs, invocation, asked, all_sites=all_sites)
    require_choice("maintien runs", show, [SHOW])
    return partial(show_one_run, invocation, which, asked)


def list_runs(invocation: Invocation, asked: ExportRequest, *, all_sites: bool) -> int:
    """List runs, the newest first."""
    export = require_export(invocation, asked, tables=TABLES)
    with open_runs(invocation) as site:
        listed = site.listed(all_sites=all_sites)
        if export is not None:
            export_list(site, listed, export)
        elif invocation.wishes.json:
            print_document(runs_document(listed, site.zone))
        else:
            console = result_console(invocation)
            view = site.view(run.record for run in listed)
            console.print(runs_table(invocation.texts, listed, view, console.width))
    return EXIT_DONE


def show_one_run(invocation: Invocation, which: str | None, asked: ExportRequest) -> int:
    """Show one run in detail."""
    if which is None:
        raise MissingRun
    export = require_export(invocation, asked, tables=TABLES)
    with open_runs(invocation) as site:
        run = site.find(which)
        if export is None:
            show_run(site, run)
        else:
            export_run(site, run, export)
    return EXIT_DONE
