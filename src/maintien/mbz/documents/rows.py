"""Every row that an archive can give, and what parses each document."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from maintien.enrolments.state import (
    Course,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.mbz.archive import ArchivedGroup, ArchivedRole, ArchivedUser, ArchiveHeader
from maintien.mbz.container.member import Member
from maintien.mbz.documents.course import parse_course
from maintien.mbz.documents.enrolments import parse_enrolments
from maintien.mbz.documents.groups import parse_groups
from maintien.mbz.documents.inforef import Reference, parse_inforef
from maintien.mbz.documents.moodle_backup import parse_moodle_backup
from maintien.mbz.documents.role_assignments import parse_role_assignments
from maintien.mbz.documents.roles import parse_roles
from maintien.mbz.documents.users import parse_users
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.parts import Part

Row: TypeAlias = (
    ArchiveHeader
    | Course
    | EnrolmentInstance
    | UserEnrolment
    | RoleAssignment
    | Reference
    | ArchivedRole
    | ArchivedGroup
    | GroupMembership
    | ArchivedUser
)


def parse_part(part: Part, member: Member, limits: ArchiveLimits) -> Iterable[Row]:
    """Give the rows of a document.

    Raises ArchiveError.
    """
    return _PARSERS[part](member, limits)


def _header(member: Member, limits: ArchiveLimits) -> Iterable[Row]:
    return (parse_moodle_backup(member, limits),)


def _course(member: Member, limits: ArchiveLimits) -> Iterable[Row]:
    return (parse_course(member, limits),)


_PARSERS: Final[Mapping[Part, Callable[[Member, ArchiveLimits], Iterable[Row]]]] = {
    Part.HEADER: _header,
    Part.COURSE: _course,
    Part.ENROLMENTS: parse_enrolments,
    Part.ROLE_ASSIGNMENTS: parse_role_assignments,
    Part.INFOREF: parse_inforef,
    Part.ROLES: parse_roles,
    Part.GROUPS: parse_groups,
    Part.USERS: parse_users,
}
