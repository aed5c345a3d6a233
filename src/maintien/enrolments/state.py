"""The state of one course: who is enrolled, how, with which roles and groups.

Rows carry every column that a change may touch, so that a change can be undone to the letter. They
are named tuples rather than dataclasses: a site has millions of them, and a frozen dataclass costs
eight times as much to make (docs/decisions/0002-rows-are-named-tuples.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from maintien.moodle.ids import (
    CategoryId,
    ContextId,
    CourseId,
    EnrolmentId,
    GroupId,
    InstanceId,
    MembershipId,
    RoleAssignmentId,
    RoleId,
    UserId,
)
from maintien.moodle.values import EnrolmentStatus, InstanceStatus


class Course(NamedTuple):
    """A course and the context its roles are given in."""

    id: CourseId
    shortname: str
    fullname: str
    idnumber: str
    categoryid: CategoryId
    contextid: ContextId


class EnrolmentInstance(NamedTuple):
    """A row of ``enrol``: one enrolment method in one course."""

    id: InstanceId
    method: str
    courseid: CourseId
    status: int
    sortorder: int
    name: str | None
    roleid: int | None
    enrolperiod: int | None
    """Seconds; 0 or None for no limit."""
    expirynotify: int | None
    expirythreshold: int | None
    """Seconds."""
    notifyall: int | None
    customint1: int | None
    """Cohort sync: the cohort. Manual, from Moodle 4.4 on: who signs the welcome message, 0 for none."""
    customint2: int | None
    """Cohort sync: the group that members join, 0 or None for none."""
    timecreated: int
    timemodified: int

    @property
    def is_enabled(self) -> bool:
        """Whether enrolments of this instance give access."""
        return self.status == InstanceStatus.ENABLED


class UserEnrolment(NamedTuple):
    """A row of ``user_enrolments``. Times are Unix seconds; ``starts_at`` 0 means always."""

    id: EnrolmentId
    instanceid: InstanceId
    userid: UserId
    status: int
    starts_at: int
    ends_at: int
    modifierid: UserId
    timecreated: int
    timemodified: int

    @property
    def is_active(self) -> bool:
        """Whether the row is not suspended; its dates and its instance are another matter."""
        return self.status == EnrolmentStatus.ACTIVE


class RoleAssignment(NamedTuple):
    """A row of ``role_assignments`` in the course's own context."""

    id: RoleAssignmentId
    roleid: RoleId
    contextid: ContextId
    userid: UserId
    component: str
    itemid: int
    modifierid: UserId
    timemodified: int
    sortorder: int


class GroupMembership(NamedTuple):
    """A row of ``groups_members``, of a group of the course."""

    id: MembershipId
    groupid: GroupId
    userid: UserId
    component: str
    itemid: int
    timeadded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseState:
    """Everything about one course that decides who may enter it."""

    course: Course
    instances: tuple[EnrolmentInstance, ...] = ()
    """In Moodle's order: sortorder, then id."""
    enrolments: tuple[UserEnrolment, ...] = ()
    """In id order, over all instances."""
    roles: tuple[RoleAssignment, ...] = ()
    """In id order; may hold duplicates, since the table has no unique key."""
    memberships: tuple[GroupMembership, ...] = ()
    """In id order; at most one for a person and a group."""
    deleted: frozenset[UserId] = frozenset()
    """Enrolled people whose account is deleted, or missing altogether."""
    missing: frozenset[UserId] = frozenset()
    """Those of :attr:`deleted` of whose account there is no row any more."""
    suspended: frozenset[UserId] = frozenset()
    """Enrolled people whose account is suspended."""
    inherited_roles: Mapping[RoleId, frozenset[UserId]] = field(default_factory=dict)
    """People with a role in a context above the course (category, site), for the roles asked for."""
    listed: Mapping[InstanceId, frozenset[UserId]] = field(default_factory=dict)
    """People whom the feed of an instance lists; instances whose feed was not read are missing."""

    @property
    def manual_instance(self) -> EnrolmentInstance | None:
        """The instance that Moodle enrols people by hand into: the oldest, where there are several.

        Source: restore_enrolments_structure_step::process_enrol (backup/moodle2/restore_stepslib.php),
        Moodle 4.3, which takes the first by id.
        """
        manual = [instance for instance in self.instances if instance.method == "manual"]
        return min(manual, key=lambda instance: instance.id, default=None)
