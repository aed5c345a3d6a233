"""Does what ``maintien mbz convert`` asks for: converts archives, one or a fleet in parallel processes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial

from maintien.bootstrap import Invocation
from maintien.cli.console.output import print_document, result_console, say
from maintien.cli.console.progress import observer_of, waiting
from maintien.cli.options.archive_options import require_archives, status_of
from maintien.errors.command_line import MissingOutput
from maintien.mbz.converting.archive import ArchiveConverted, convert_archive
from maintien.mbz.converting.places import find_places, is_folder, make_folders
from maintien.mbz.converting.request import ArchiveRequest
from maintien.mbz.fleet import JobFor, work_through
from maintien.mbz.fleet_worker import Done, Failed, Job, Outcome
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.locations import ArchiveLocation
from maintien.messages import N_
from maintien.moodle.dates import parse_moment
from maintien.reports.archive_conversions import (
    ArchivesHeader,
    conversion_screen,
    conversions_document,
    conversions_table,
)
from maintien.reports.wording import error_text
from maintien.runs.execute import Unobserved
from maintien.uses.archives import make_archive_request, require_zone
from maintien.uses.conversion_request import ConversionRequest, require_no_conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivesAsked:
    """Which archives are converted, where to, and how the work is done."""

    archives: tuple[str, ...] = field(repr=False)
    """As the command line names them; may hold passwords."""
    output: str | None
    timezone: str | None
    new_method: str | None
    limits: ArchiveLimits
    processes: int


def convert_archives(invocation: Invocation, asked: ArchivesAsked, request: ConversionRequest) -> int:
    """Convert archives, and say what became of each; one that can't be converted doesn't stop the others.

    Raises every error that the command line can give rise to.
    """
    require_no_conflict(request)
    zone = _zone(invocation, asked)
    archive_request = _archive_request(invocation, request, asked, zone)
    if asked.output is None:
        raise MissingOutput
    locations = require_archives(asked.archives)
    is_fleet = len(locations) > 1 or is_folder(asked.output) or any(map(is_folder, asked.archives))
    places = find_places(locations, asked.output, into_folder=is_fleet)
    if is_fleet:
        make_folders(places)

    def job_for(location: ArchiveLocation) -> Job[ArchiveConverted]:
        return partial(convert_archive, location, archive_request, places[location], asked.limits)

    outcomes = _work_through(invocation, locations, job_for, asked.processes)
    _show(invocation, ArchivesHeader(request=archive_request, zone=zone), outcomes)
    return status_of(outcomes)


def _work_through(
    invocation: Invocation,
    locations: Sequence[ArchiveLocation],
    job_for: JobFor[ArchiveConverted],
    processes: int,
) -> list[Outcome[ArchiveConverted]]:
    if len(locations) == 1:
        with waiting(invocation):
            return work_through(locations, job_for, processes=1, observer=Unobserved())
    observer = observer_of(invocation, N_("Archives"))
    return work_through(locations, job_for, processes=processes, observer=observer)


def _archive_request(
    invocation: Invocation, request: ConversionRequest, asked: ArchivesAsked, zone: tzinfo
) -> ArchiveRequest:
    wished = invocation.wishes.now
    now = invocation.machine.clock() if wished is None else parse_moment(wished, zone)
    return make_archive_request(request, now=now, zone=zone, new_method=asked.new_method)


def _zone(invocation: Invocation, asked: ArchivesAsked) -> tzinfo:
    """Find the zone that dates are in; an archive names none.

    Raises UnknownTimezone.
    """
    return invocation.machine.zone if asked.timezone is None else require_zone(asked.timezone)


def _show(
    invocation: Invocation, header: ArchivesHeader, outcomes: Sequence[Outcome[ArchiveConverted]]
) -> None:
    texts = invocation.texts
    done = [(each.location.name, each.result) for each in outcomes if isinstance(each, Done)]
    failed = [(each.location.name, each.error) for each in outcomes if isinstance(each, Failed)]
    if invocation.wishes.json:
        print_document(conversions_document(header, done, failed))
    elif len(outcomes) == 1 and done:
        result_console(invocation).print(conversion_screen(texts, header, *done[0]))
    elif done:
        console = result_console(invocation)
        console.print(conversions_table(texts, header, done, console.width))
    for _, error in failed:
        say(error_text(texts, error))
