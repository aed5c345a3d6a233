"""What a sync did, step by step, with the rows of each step."""

from dataclasses import dataclass
from typing import TypeAlias

from maintien.sites.feeds.rows import Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class InstancesCreated:
    """Courses that the register names and in which the method had no instance."""

    instances: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """People whom the feed lists and who were not enrolled; their new enrolments."""

    enrolments: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Reactivated:
    """People whom the feed lists again; their enrolments as they were before."""

    enrolments: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """People whom the feed dropped; their enrolments as before, and the roles taken back with them."""

    enrolments: Rows
    roles: Rows = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unenrolled:
    """People whom the feed dropped; every row that went, as it was."""

    own_memberships: Rows = ()
    """Of groups, given by the instance that the person left."""
    own_roles: Rows = ()
    enrolments: Rows = ()
    gone: frozenset[tuple[int, int]] = frozenset()
    """People without any enrolment left in a course: person and course."""
    other_roles: Rows = ()
    """Of people who are gone, as what follows."""
    other_memberships: Rows = ()
    grades: Rows = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesGiven:
    """New role assignments."""

    roles: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesRemoved:
    """Role assignments taken back from people who stay enrolled."""

    roles: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipsAdded:
    """New group memberships, which the method's instance owns."""

    memberships: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipsRemoved:
    """Memberships of groups that the instance no longer feeds."""

    memberships: Rows


Step: TypeAlias = (
    InstancesCreated
    | Enrolled
    | Reactivated
    | Suspended
    | Unenrolled
    | RolesGiven
    | RolesRemoved
    | MembershipsAdded
    | MembershipsRemoved
)
