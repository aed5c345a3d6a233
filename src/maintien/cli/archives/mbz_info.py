"""``maintien mbz info``: what backup archives hold."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import typer

from maintien.bootstrap import Invocation
from maintien.cli.console.output import print_document, result_console, say
from maintien.cli.console.progress import observer_of, waiting
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.options.archive_options import (
    ArchivesArgument,
    JobsOption,
    LimitOption,
    parse_limits,
    processes_for,
    require_archives,
    status_of,
)
from maintien.mbz.fleet import work_through
from maintien.mbz.fleet_worker import Done, Failed, Job, Outcome
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.locations import ArchiveLocation
from maintien.mbz.summary import ArchiveSummary, summarise_at
from maintien.messages import N_
from maintien.reports.archive_documents import summaries_document
from maintien.reports.archives import summaries_table, summary_screen
from maintien.reports.wording import error_text
from maintien.runs.execute import Unobserved

ABOUT_MBZ_INFO: Final = N_(
    "Say what backup archives hold: release, course, settings, enrolments by method, status and role."
)


def mbz_info(
    context: typer.Context,
    *,
    archives: ArchivesArgument = None,
    limit: LimitOption = None,
    jobs: JobsOption = None,
) -> Action:
    """Read the options of ``mbz info``."""
    invocation = invocation_of(context)
    limits = parse_limits(limit)
    processes = processes_for(invocation, jobs)
    return partial(show_archives, invocation, archives, limits=limits, processes=processes)


def show_archives(
    invocation: Invocation, words: Sequence[str] | None, *, limits: ArchiveLimits, processes: int
) -> int:
    """Say what archives hold; one that can't be read is named, and the others go on."""
    locations = require_archives(words)

    def job_for(location: ArchiveLocation) -> Job[ArchiveSummary]:
        return partial(summarise_at, location, limits)

    if len(locations) == 1:
        with waiting(invocation):
            outcomes = work_through(locations, job_for, processes=1, observer=Unobserved())
    else:
        observer = observer_of(invocation, N_("Archives"))
        outcomes = work_through(locations, job_for, processes=processes, observer=observer)
    _show(invocation, outcomes)
    return status_of(outcomes)


def _show(invocation: Invocation, outcomes: Sequence[Outcome[ArchiveSummary]]) -> None:
    texts, zone = invocation.texts, invocation.machine.zone
    done = [(each.location.name, each.result) for each in outcomes if isinstance(each, Done)]
    failed = [(each.location.name, each.error) for each in outcomes if isinstance(each, Failed)]
    if invocation.wishes.json:
        print_document(summaries_document(done, failed, zone))
    elif len(outcomes) == 1 and done:
        result_console(invocation).print(summary_screen(texts, *done[0], zone))
    elif done:
        console = result_console(invocation)
        console.print(summaries_table(texts, done, zone, console.width))
    for _, error in failed:
        say(error_text(texts, error))
