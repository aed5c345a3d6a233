"""Counts what is in an archive, without keeping its people: what ``maintien mbz info`` tells.

A course of 200,000 people takes some 20 MB here, and an ArchivedCourse of it ten times that. An enrolment
that the archive repeats is counted again.
"""

from array import array
from collections import Counter
from collections.abc import Mapping
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
from maintien.mbz.locations import ArchiveLocation
from maintien.mbz.opening import open_archive
from maintien.mbz.parts import Part
from maintien.mbz.people_met import NO_ROLES, PeopleMet
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


def summarise_at(location: ArchiveLocation, limits: ArchiveLimits) -> ArchiveSummary:
    """Open an archive, wherever it is, and count what is in it.

    Raises ArchiveError.
    """
    with open_archive(location) as source:
        return summarise(source, limits)


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
    people: PeopleMet = field(default_factory=PeopleMet)
    roles: dict[RoleId, ArchivedRole] = field(default_factory=dict)
    role_assignments: Counter[RoleId] = field(default_factory=Counter)
    groups: int = 0
    memberships: Counter[str] = field(default_factory=Counter)
    users: int = 0
    deleted_users: int = 0

    def add(self, row: Row) -> None:
        match row:
            case UserEnrolment():
                key = (row.instanceid, row.is_active)
                self.enrolled.setdefault(key, array("q")).append(row.userid)
                self.people.enrol(row.userid)
            case RoleAssignment():
                self.role_assignments[row.roleid] += 1
                self.people.give_role(row.userid, row.roleid)
            case ArchivedUser():
                self.users += 1
                self.deleted_users += row.is_deleted
                self.people.give_account(row.id)
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

    def summary(self) -> ArchiveSummary:
        header = self.header[0]
        return ArchiveSummary(
            header=header,
            course=course_of(header, self.course),
            instances=Counter(map(_kind, self.instances.values())),
            enrolments=self._count_enrolments(),
            participants=self.people.count_enrolled(),
            roles=self.roles,
            role_assignments=self.role_assignments,
            groups=self.groups,
            memberships=self.memberships,
            users=self.users,
            deleted_users=self.deleted_users,
            missing_users=self.people.count_missing(),
        )

    def _count_enrolments(self) -> Mapping[EnrolmentKind, EnrolmentCount]:
        alike: dict[EnrolmentKind, Counter[int]] = {}
        for instance in self.instances.values():
            for is_active in (True, False):
                if users := self.enrolled.get((instance.id, is_active)):
                    kind = EnrolmentKind(instance.method, instance.is_enabled, is_active)
                    alike.setdefault(kind, Counter()).update(map(self.people.role_set, users))
        return {kind: self._count(role_sets) for kind, role_sets in alike.items()}

    def _count(self, role_sets: Mapping[int, int]) -> EnrolmentCount:
        roles: Counter[RoleId] = Counter()
        for role_set, people in role_sets.items():
            roles.update(dict.fromkeys(self.people.roles_in(role_set), people))
        return EnrolmentCount(
            enrolments=sum(role_sets.values()),
            roles=dict(sorted(roles.items())),
            without_role=role_sets.get(NO_ROLES, 0),
        )


def _kind(instance: EnrolmentInstance) -> InstanceKind:
    return InstanceKind(instance.method, instance.is_enabled)
