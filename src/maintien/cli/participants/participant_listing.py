"""Does what ``maintien participants`` asks for: finds the people, and shows or writes them."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace

from maintien.bootstrap import Invocation, Session, open_session, site_identity
from maintien.cli.console.notices import notify
from maintien.cli.console.output import result_console
from maintien.cli.console.progress import observer_of
from maintien.cli.files.exporting import Export, ExportRequest, require_export
from maintien.enrolments.participants import Sort
from maintien.errors.command_line import ConflictingOptions
from maintien.errors.selection import EmptySelection
from maintien.errors.tree import EXIT_DONE
from maintien.reports.participants import participants_table
from maintien.reports.participants_document import write_participants_json
from maintien.reports.participants_export import (
    PARTICIPANT_TABLES,
    PARTICIPANTS,
    ParticipantsExport,
    participant_tables,
    participants_heading,
)
from maintien.uses.participant_filters import FilterRequest, make_filter
from maintien.uses.participant_lists import Listed, ListingWishes, list_courses
from maintien.uses.policies import Terms
from maintien.uses.selections import Asked, find_courses
from maintien.uses.words import require_choice

_TABLE = "table"
_JSON = "json"
_FORMATS = (_TABLE, "csv", "xlsx", "html", _JSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRequest:
    """What the options ask for beside the courses."""

    people: FilterRequest
    sort: str | None
    is_descending: bool
    export: ExportRequest


def show_participants(invocation: Invocation, asked: Asked, request: ListingRequest) -> int:
    """List the participants of the courses asked for.

    Raises every error that a command line, a site or a courses file can give rise to.
    """
    if asked.is_empty:
        raise EmptySelection
    is_json = _is_json(invocation, request.export)
    export = _require_export(invocation, request.export, is_json=is_json)
    sort = Sort(require_choice("--sort", request.sort or Sort.NAME.value, [each.value for each in Sort]))
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        now = session.clock()
        sizes = find_courses(session.site, asked).sizes
        terms = Terms(config=session.config, zone=session.zone, now=now)
        wanted = make_filter(request.people, session.site, [size.course.id for size in sizes], terms)
        wishes = ListingWishes(at=now, wanted=wanted, sort=sort, is_descending=request.is_descending)
        lists = list_courses(session, sizes, wishes, observer=observer_of(invocation))
        if export is not None:
            _write(invocation, session, export, lists, now)
        elif is_json:
            write_participants_json(sys.stdout, lists, session.zone)
        else:
            _print(invocation, session, lists)
    return EXIT_DONE


def _is_json(invocation: Invocation, asked: ExportRequest) -> bool:
    if asked.format is None:
        return invocation.wishes.json
    require_choice("--format", asked.format, _FORMATS)
    if invocation.wishes.json and asked.format != _JSON:
        raise ConflictingOptions(first="--json", second=f"--format {asked.format}")
    return asked.format == _JSON


def _require_export(invocation: Invocation, asked: ExportRequest, *, is_json: bool) -> Export | None:
    """Read which file is asked for; a table on the screen and JSON on standard output are none."""
    is_shown = is_json or asked.format == _TABLE
    if is_shown and asked.output is not None:
        raise ConflictingOptions(first=f"--format {_JSON if is_json else _TABLE}", second="--output")
    export = replace(asked, format=None) if is_shown else asked
    return require_export(invocation, export, tables=PARTICIPANT_TABLES)


def _write(
    invocation: Invocation, session: Session, export: Export, lists: Iterable[Listed], now: int
) -> None:
    texts, zone = invocation.texts, session.zone
    file = export.to_file(invocation, site_identity(session), usual=PARTICIPANTS)
    heading = participants_heading(texts, session.site.name, at=now, zone=zone)
    with file.writer(texts, heading, participant_tables(texts), zone) as writer:
        written = ParticipantsExport(writer=writer, texts=texts, zone=zone)
        for listed in lists:
            written.add(listed.course, listed.participants)


def _print(invocation: Invocation, session: Session, lists: Iterable[Listed]) -> None:
    console = result_console(invocation)
    for course, people in lists:
        console.print(participants_table(invocation.texts, course, people, session.zone, console.width))
