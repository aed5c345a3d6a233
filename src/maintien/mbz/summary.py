"""Counts what is in an archive, without keeping its people: what ``maintien mbz info`` tells.

A course of 200,000 people takes some 40 MB here, and an ArchivedCourse of it several times that.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from maintien.enrolments.state import (
    Course,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.mbz.archive import ArchivedGroup, ArchivedRole, ArchivedUser, ArchiveHeader
from maintien.mbz.documents.rows import Row
from maintien.mbz.limits import DEFAULT_LIMITS, ArchiveLimits
from maintien.mbz.parts import Part
from maintien.mbz.reading import course_of, read_rows
from maintien.mbz.source import ArchiveSource
from maintien.moodle.ids import InstanceId, RoleId

_PARTS: Final = frozenset(Part) - {Part.INFOREF}


class InstanceKind(NamedTuple):
    """Enrolment instances that are alike."""

    method: str
    is_enabled: bool


class EnrolmentKind(NamedTuple):
    """User enrolments that are alike."""

    method: str
    is_enabled: bool
    """Whether their instance is."""
    is_active: bool
    """Whether they are not suspended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentCount:
    """How many enrolments of a kind there are, and which roles their people have in the course."""

    enrolments: int
    roles: Mapping[RoleId, int]
    """A person with several roles counts for each."""
    without_role: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSummary:
    """What an archive holds."""

    header: ArchiveHeader
    course: Course
    instances: Mapping[InstanceKind, int]
    """In the order of the course."""
    enrolments: Mapping[EnrolmentKind, EnrolmentCount]
    participants: int
    """People with an enrolment."""
    roles: Mapping[RoleId, ArchivedRole]
    role_assignments: Mapping[RoleId, int]
    groups: int
    memberships: Mapping[str, int]
    """By the component that owns them; empty for those that people made."""
    users: int
    """Accounts in the archive: of everybody whom something refers to."""
    deleted_users: int
    missing_users: int
    """Enrolled people without an account in the archive: Moodle's restore leaves them out."""


def summarise(source: ArchiveSource, limits: ArchiveLimits = DEFAULT_LIMITS) -> ArchiveSummary:
    """Read an archive and count what is in it.

    Raises ArchiveError, a subclass for each thing that can be wrong.
    """
    tally = _Tally()
    for row in read_rows(source, _PARTS, limits):
        tally.add(row)
    return tally.summary()


@dataclass(slots=True)
class _Tally:
    """What was counted so far; of people only numbers."""

    header: list[ArchiveHeader] = field(default_factory=list)
    course: list[Course] = field(default_factory=list)
    instances: dict[InstanceId, EnrolmentInstance] = field(default_factory=dict)
    enrolled: dict[tuple[InstanceId, bool], "array[int]"] = field(default_factory=dict)
    held: dict[int, frozenset[RoleId]] = field(default_factory=dict)
    combinations: dict[frozenset[RoleId], frozenset[RoleId]] = field(default_factory=dict)
    """Each set of roles once, however many people have it."""
    roles: dict[RoleId, ArchivedRole] = field(default_factory=dict)
    role_assignments: Counter[RoleId] = field(default_factory=Counter)
    groups: int = 0
    memberships: Counter[str] = field(default_factory=Counter)
    users: "array[int]" = field(default_factory=lambda: array("q"))
    deleted_users: int = 0

    def add(self, row: Row) -> None:
        match row:
            case UserEnrolment():
                key = (row.instanceid, row.is_active)
                self.enrolled.setdefault(key, array("q")).append(row.userid)
            case RoleAssignment():
                self._add_role(row.userid, row.roleid)
            case ArchivedUser():
                self.users.append(row.id)
                self.deleted_users += row.is_deleted
            case GroupMembership():
                self.memberships[row.component] += 1
            case _:
                self._add_rare(row)

    def _add_rare(self, row: Row) -> None:
        match row:
            case EnrolmentInstance():
                self.instances[row.id] = row
            case ArchivedRole():
                self.roles[row.id] = row
            case ArchivedGroup():
                self.groups += 1
            case ArchiveHeader():
                self.header.append(row)
            case Course():
                self.course.append(row)
            case _:
                pass

    def _add_role(self, user: int, role: RoleId) -> None:
        self.role_assignments[role] += 1
        roles = self.held.get(user, frozenset()) | {role}
        self.held[user] = self.combinations.setdefault(roles, roles)

    def summary(self) -> ArchiveSummary:
        header = self.header[0]
        enrolments = self._count_enrolments()
        self.held.clear()
        enrolled = {user for users in self.enrolled.values() for user in users}
        participants = len(enrolled)
        enrolled.difference_update(self.users)
        return ArchiveSummary(
            header=header,
            course=course_of(header, self.course),
            instances=Counter(map(_kind, self.instances.values())),
            enrolments=enrolments,
            participants=participants,
            roles=self.roles,
            role_assignments=self.role_assignments,
            groups=self.groups,
            memberships=self.memberships,
            users=len(self.users),
            deleted_users=self.deleted_users,
            missing_users=len(enrolled),
        )

    def _count_enrolments(self) -> Mapping[EnrolmentKind, EnrolmentCount]:
        alike: dict[EnrolmentKind, Counter[frozenset[RoleId]]] = {}
        for instance in self.instances.values():
            for is_active in (True, False):
                if users := self.enrolled.get((instance.id, is_active)):
                    kind = EnrolmentKind(instance.method, instance.is_enabled, is_active)
                    alike.setdefault(kind, Counter()).update(self._roles_of(users))
        return {kind: _count(combinations) for kind, combinations in alike.items()}

    def _roles_of(self, users: Iterable[int]) -> Iterable[frozenset[RoleId]]:
        nothing: frozenset[RoleId] = frozenset()
        return (self.held.get(user, nothing) for user in users)


def _kind(instance: EnrolmentInstance) -> InstanceKind:
    return InstanceKind(instance.method, instance.is_enabled)


def _count(combinations: Mapping[frozenset[RoleId], int]) -> EnrolmentCount:
    roles: Counter[RoleId] = Counter()
    for combination, people in combinations.items():
        roles.update(dict.fromkeys(combination, people))
    return EnrolmentCount(
        enrolments=sum(combinations.values()),
        roles=dict(sorted(roles.items())),
        without_role=combinations.get(frozenset(), 0),
    )
