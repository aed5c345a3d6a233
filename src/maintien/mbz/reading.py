"""Reads an archive: as a stream of rows, or as a whole course.

Both go through the container once, in its own order, parse the documents asked for and pass over the
rest; nothing is unpacked to disk. They stop when they have what was asked for.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from maintien.enrolments.state import (
    Course,
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.errors.archives import RepeatedRow
from maintien.mbz.archive import (
    ArchivedCourse,
    ArchivedGroup,
    ArchivedRole,
    ArchivedUser,
    ArchiveHeader,
    ReferencedUser,
)
from maintien.mbz.documents.rows import Row, parse_part
from maintien.mbz.limits import DEFAULT_LIMITS, ArchiveLimits
from maintien.mbz.parts import ALL_PARTS, Part
from maintien.mbz.source import ArchiveSource
from maintien.mbz.walking import Walk
from maintien.moodle.ids import UNSAVED, CategoryId, UserId

_Kept = TypeVar("_Kept", bound=tuple[Any, ...])


def read_rows(
    source: ArchiveSource, parts: Collection[Part] = ALL_PARTS, limits: ArchiveLimits = DEFAULT_LIMITS
) -> Iterator[Row]:
    """Give the rows of ``parts`` and the header, in the archive's order, without keeping any.

    Users may come before or after the enrolments, and the header may come last; so ``contextid`` and
    ``courseid`` of rows are UNSAVED here (:func:`read_archive` fills them in). Enrolments may repeat.

    Raises ArchiveError, a subclass for each thing that can be wrong.
    """
    walk = Walk(source, parts, limits)
    header: ArchiveHeader | None = None
    for part, member in walk.documents():
        for row in parse_part(part, member, limits):
            if part is Part.HEADER and isinstance(row, ArchiveHeader):
                header = row
            yield row
    walk.require_all(header)


def read_header(source: ArchiveSource, limits: ArchiveLimits = DEFAULT_LIMITS) -> ArchiveHeader:
    """Read what an archive says about itself, and no more.

    Raises ArchiveError, a subclass for each thing that can be wrong.
    """
    return read_archive(source, {Part.HEADER}, limits).header


def read_archive(
    source: ArchiveSource, parts: Collection[Part] = ALL_PARTS, limits: ArchiveLimits = DEFAULT_LIMITS
) -> ArchivedCourse:
    """Read ``parts`` of an archive, and the header, into one value.

    Raises ArchiveError, a subclass for each thing that can be wrong.
    """
    rows = _Rows(source.name)
    for row in read_rows(source, parts, limits):
        rows.add(row)
    return rows.course(knows_users=Part.USERS in parts)


class _Rows:
    """The rows of an archive, by kind."""

    def __init__(self, archive: str) -> None:
        self._archive = archive
        self._rows: dict[type, list[Any]] = {}
        self._referenced: set[UserId] = set()

    def add(self, row: Row) -> None:
        if isinstance(row, ReferencedUser):
            self._referenced.add(row.id)
        else:
            self._rows.setdefault(type(row), []).append(row)

    def course(self, *, knows_users: bool) -> ArchivedCourse:
        header = self._rows[ArchiveHeader][0]
        users = {user.id: user for user in self._unique(ArchivedUser)} if knows_users else None
        return ArchivedCourse(
            header=header,
            state=self._state(course_of(header, self._rows.get(Course, ())), users),
            users=users or {},
            roles={role.id: role for role in self._unique(ArchivedRole)},
            groups={group.id: group for group in self._unique(ArchivedGroup)},
            referenced=frozenset(self._referenced),
        )

    def _state(self, course: Course, users: Mapping[UserId, ArchivedUser] | None) -> CourseState:
        enrolments = self._unique(UserEnrolment)
        missing, deleted = _gone(enrolments, users)
        return CourseState(
            course=course,
            instances=tuple(row._replace(courseid=course.id) for row in self._instances()),
            enrolments=tuple(enrolments),
            roles=tuple(row._replace(contextid=course.contextid) for row in self._unique(RoleAssignment)),
            memberships=tuple(self._unique(GroupMembership)),
            deleted=missing | deleted,
            missing=missing,
        )

    def _instances(self) -> list[EnrolmentInstance]:
        return sorted(self._unique(EnrolmentInstance), key=lambda instance: instance.sortorder)

    def _unique(self, kind: type[_Kept]) -> list[_Kept]:
        """Sort the rows of a kind by id, and leave out those that are there again.

        Raises RepeatedRow where two have an id in common and nothing else.
        """
        found = sorted(self._rows.pop(kind, ()), key=itemgetter(0))
        unique = found[:1]
        for row in found[1:]:
            if row[0] != unique[-1][0]:
                unique.append(row)
            elif row != unique[-1]:
                raise RepeatedRow(archive=self._archive, row=row[0], kind=kind.__name__)
        return unique


def course_of(header: ArchiveHeader, rows: Sequence[Course]) -> Course:
    """Give the course; where its own document was not read, what the header says of it."""
    if rows:
        return rows[0]
    return Course(
        id=header.original_course_id,
        shortname=header.original_course_shortname,
        fullname=header.original_course_fullname,
        idnumber="",
        categoryid=CategoryId(UNSAVED),
        contextid=header.original_course_contextid,
    )


def _gone(
    enrolments: Iterable[UserEnrolment], users: Mapping[UserId, ArchivedUser] | None
) -> tuple[frozenset[UserId], frozenset[UserId]]:
    """Find who is enrolled and has no account in the archive, and whose account is deleted."""
    if users is None:
        return frozenset(), frozenset()
    enrolled = {row.userid for row in enrolments}
    missing = frozenset(enrolled - users.keys())
    return missing, frozenset(id_ for id_ in enrolled - missing if users[id_].is_deleted)
