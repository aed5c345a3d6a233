"""Goes through an archive once, and keeps what a conversion decides by, in little memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from maintien.enrolments.state import (
    Course,
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.errors.archive_limits import DocumentTooLarge
from maintien.errors.archives import BrokenValue, RepeatedRow
from maintien.mbz.archive import ArchivedGroup, ArchivedRole, ArchivedUser, ArchiveHeader
from maintien.mbz.container.member import Member
from maintien.mbz.converting.columns import Column, contains, sorted_numbers
from maintien.mbz.converting.packed import PackedRows
from maintien.mbz.documents.rows import Row, parse_part
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.parts import Part
from maintien.mbz.restoring import require_named_people
from maintien.mbz.source import ArchiveSource
from maintien.mbz.walking import Walk
from maintien.moodle.ids import UNSAVED, CategoryId, GroupId, RoleId, UserId

PEOPLE_AT_ONCE: Final = 2_000
"""How many people are planned together: the rules look at one person at a time."""

_PARTS: Final = frozenset({Part.ENROLMENTS, Part.ROLE_ASSIGNMENTS, Part.ROLES, Part.GROUPS, Part.USERS})

_HIGHEST_ID: Final = 10**17
"""New rows are numbered after the highest id; beyond this one they could get numbers that no reader takes."""

_LONGEST_ROLES: Final = 16 << 20
"""Bytes of all roles' definitions: a site has some dozen roles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What an archive says of who may enter the course; its rows keep their ids."""

    header: ArchiveHeader
    instances: tuple[EnrolmentInstance, ...]
    """In the archive's order."""
    enrolments: PackedRows[UserEnrolment]
    assignments: PackedRows[RoleAssignment]
    memberships: PackedRows[GroupMembership]
    roles: Mapping[RoleId, ArchivedRole]
    groups: Mapping[GroupId, ArchivedGroup]
    known: Sequence[int]
    """Everybody in ``users.xml``, by id."""
    deleted: frozenset[UserId]
    """Those of them whose account is deleted."""
    roles_document: bytes
    """``roles.xml`` as it is."""

    @property
    def course(self) -> Course:
        """The course, as the header names it."""
        header = self.header
        return Course(
            id=header.original_course_id,
            shortname=header.original_course_shortname,
            fullname=header.original_course_fullname,
            idnumber="",
            categoryid=CategoryId(UNSAVED),
            contextid=header.original_course_contextid,
        )

    def parts(self) -> Iterator[CourseState]:
        """Give the course in parts, some people in each, by their ids; every part has all instances."""
        people = sorted_numbers(self.enrolments.people, self.assignments.people, self.memberships.people)
        course = self.course
        for start in range(0, len(people), PEOPLE_AT_ONCE):
            part = people[start : start + PEOPLE_AT_ONCE]
            yield self._state(course, part[0], part[-1])

    def _state(self, course: Course, first: int, last: int) -> CourseState:
        enrolments = self.enrolments.of_people(first, last)
        roles = self.assignments.of_people(first, last)
        enrolled = {row.userid for row in enrolments}
        people = enrolled | {row.userid for row in roles}
        missing = frozenset(userid for userid in people if not self._is_known(userid))
        return CourseState(
            course=course,
            instances=self.instances,
            enrolments=tuple(enrolments),
            roles=tuple(roles),
            memberships=tuple(self.memberships.of_people(first, last)),
            deleted=frozenset(self.deleted & people) | missing,
            missing=missing,
        )

    def _is_known(self, userid: UserId) -> bool:
        return contains(self.known, userid)


def scan_archive(source: ArchiveSource, limits: ArchiveLimits) -> Scan:
    """Read an archive of a course with people.

    Raises ArchiveError, a subclass for each thing that can be wrong.
    """
    reader = _Reader(source.name)
    walk = Walk(source, _PARTS, limits)
    for part, member in walk.documents():
        for row in parse_part(part, reader.overhear(member), limits):
            reader.take(row)
    walk.require_all(reader.header)
    return reader.scan()


class _Reader:
    """Sorts rows into what a :class:`Scan` has; the header may come last."""

    def __init__(self, archive: str) -> None:
        self._archive = archive
        self.header: ArchiveHeader | None = None
        self._instances: dict[int, EnrolmentInstance] = {}
        self._enrolments = PackedRows(UserEnrolment)
        self._assignments = PackedRows(RoleAssignment)
        self._memberships = PackedRows(GroupMembership)
        self._roles: dict[RoleId, ArchivedRole] = {}
        self._groups: dict[GroupId, ArchivedGroup] = {}
        self._known = Column()
        self._deleted: set[UserId] = set()
        self._roles_document = bytearray()

    def overhear(self, member: Member) -> Member:
        """Keep what a member holds, if it is the definitions of roles, while it is parsed."""
        if member.path != Part.ROLES.value:
            return member

        def chunks() -> Iterator[bytes]:
            for chunk in member.chunks():
                self._roles_document += chunk
                if len(self._roles_document) > _LONGEST_ROLES:
                    raise DocumentTooLarge(archive=member.archive, member=member.path, limit=_LONGEST_ROLES)
                yield chunk

        return replace(member, chunks=chunks)

    def take(self, row: Row) -> None:  # noqa: C901 -- one a kind of row
        match row:
            case UserEnrolment():
                self._enrolments.add(row)
            case RoleAssignment():
                self._assignments.add(row)
            case GroupMembership():
                self._memberships.add(row)
            case ArchivedUser():
                self._known.append(row.id)
                if row.is_deleted:
                    self._deleted.add(row.id)
            case EnrolmentInstance():
                if self._instances.setdefault(row.id, row) is not row:
                    raise self._repeated(row.id, EnrolmentInstance)
            case ArchivedRole():
                self._roles[row.id] = row
            case ArchivedGroup():
                self._groups[row.id] = row
            case ArchiveHeader():
                self.header = row
            case _:
                pass

    def scan(self) -> Scan:
        header = self.header
        if header is None:
            raise RuntimeError("an archive without a header was accepted")
        require_named_people(header, self._archive)
        self._assignments.fill("contextid", header.original_course_contextid)
        for rows in (self._enrolments, self._assignments, self._memberships):
            rows.sort_by_person(self._archive)
        self._require_room_for_new_rows()
        return Scan(
            header=header,
            instances=tuple(
                row._replace(courseid=header.original_course_id) for row in self._instances.values()
            ),
            enrolments=self._enrolments,
            assignments=self._assignments,
            memberships=self._memberships,
            roles=self._roles,
            groups=self._groups,
            known=self._sorted_people(),
            deleted=frozenset(self._deleted),
            roles_document=bytes(self._roles_document),
        )

    def _require_room_for_new_rows(self) -> None:
        highest = {
            (Part.ENROLMENTS, "enrol/id"): max(self._instances, default=0),
            (Part.ENROLMENTS, "enrolment/id"): self._enrolments.highest_id,
            (Part.ROLE_ASSIGNMENTS, "assignment/id"): self._assignments.highest_id,
        }
        for (part, element), number in highest.items():
            if number > _HIGHEST_ID:
                raise BrokenValue(
                    archive=self._archive, member=part.value, value=str(number), element=element
                )

    def _sorted_people(self) -> Sequence[int]:
        """Sort the accounts; the rows of ``users.xml`` have different numbers, or somebody forged it."""
        people = sorted_numbers(self._known)
        if len(people) < len(self._known):
            seen: set[int] = set()
            for userid in self._known:
                if userid in seen:
                    raise self._repeated(userid, ArchivedUser)
                seen.add(userid)
        return people

    def _repeated(self, row: int, kind: type) -> RepeatedRow:
        return RepeatedRow(archive=self._archive, row=row, kind=kind.__name__)
