"""Converts one archive, from its place into a file."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from maintien.mbz.archive import ArchivedUser
from maintien.mbz.container.member import Member
from maintien.mbz.converting.conversion import ConversionFigures, convert_scan
from maintien.mbz.converting.request import ArchiveRequest
from maintien.mbz.converting.scanning import Scan, scan_archive
from maintien.mbz.converting.slices import cut_elements, enclosed
from maintien.mbz.converting.writing import converted_members
from maintien.mbz.documents.users import parse_users
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.locations import ArchiveLocation
from maintien.mbz.opening import open_archive
from maintien.mbz.parts import Part
from maintien.mbz.source import ArchiveSource
from maintien.mbz.walking import Walk
from maintien.mbz.writing.archive_file import write_archive_file
from maintien.moodle.ids import UserId
from maintien.planning.findings import Finding, Obstacle
from maintien.planning.left_alone import LeftAlone, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveConverted:
    """What became of one archive. Names come from outside."""

    course: str
    """The course's short name."""
    path: Path | None
    """The new archive; None where nobody would be in it, or the course is in the way."""
    size: int
    """Bytes."""
    people_converted: int
    enrolments: int
    roles: int
    memberships: int
    obstacle: Obstacle | None
    warnings: tuple[Finding, ...]
    left_alone: Mapping[type[Reason], int]
    """How many people for each reason."""
    examples: tuple[LeftAlone, ...]
    """Some of them."""
    names: Mapping[UserId, ArchivedUser]
    """Who they are."""
    unknown_roles: tuple[str, ...]
    """Roles asked for by name that the archive has not."""


def convert_archive(
    location: ArchiveLocation, request: ArchiveRequest, target: Path, limits: ArchiveLimits
) -> ArchiveConverted:
    """Convert the archive at ``location`` into a new one at ``target``, where nothing is yet.

    The archive is read twice. Raises ArchiveError, ArchiveNotReplaced and ArchiveNotWritten; nothing is at
    ``target`` then.
    """
    with open_archive(location) as source:
        scan = scan_archive(source, limits)
        converted, figures = convert_scan(scan, request)
        size = 0
        if converted is not None:
            members = converted_members(converted, scan, source, limits)
            size = write_archive_file(target, members, written_at=request.now)
        names = _names(source, figures, limits)
    return _result(scan, request, figures, target if converted is not None else None, size, names)


def _names(
    source: ArchiveSource, figures: ConversionFigures, limits: ArchiveLimits
) -> Mapping[UserId, ArchivedUser]:
    """Read who the people are that are to be named."""
    wanted = {entry.userid for entry in figures.examples}
    if not wanted:
        return {}
    names: dict[UserId, ArchivedUser] = {}
    for _, member in Walk(source, {Part.USERS}, limits).documents():
        if member.path == Part.USERS.value:
            names |= {user.id: user for user in _users(member, wanted, limits)}
    return names


def _users(member: Member, wanted: set[UserId], limits: ArchiveLimits) -> Iterator[ArchivedUser]:
    elements = [element for _, element in cut_elements(member, "user", wanted.__contains__)]
    document = b"".join(enclosed("users", elements))
    return parse_users(replace(member, size=len(document), chunks=lambda: iter([document])), limits)


def _result(
    scan: Scan,
    request: ArchiveRequest,
    figures: ConversionFigures,
    path: Path | None,
    size: int,
    names: Mapping[UserId, ArchivedUser],
) -> ArchiveConverted:
    known = {role.shortname for role in scan.roles.values()}
    asked_for = {*(request.roles or ()), *(request.end_roles or ())}
    return ArchiveConverted(
        course=scan.header.original_course_shortname,
        path=path,
        size=size,
        people_converted=figures.people_converted,
        enrolments=figures.enrolments,
        roles=figures.roles,
        memberships=figures.memberships,
        obstacle=figures.obstacle,
        warnings=tuple(figures.warnings.values()),
        left_alone=dict(Counter(figures.left_alone).most_common()),
        examples=tuple(figures.examples),
        names=names,
        unknown_roles=tuple(sorted(asked_for - known)),
    )
