"""The rows of a course's tables: who is enrolled, how, with which roles and groups.

Rows carry every column that a change may touch, so that a change can be undone to the letter. They
are named tuples rather than dataclasses: a site has millions of them, and a frozen dataclass costs
eight times as much to make (docs/decisions/0002-rows-are-named-tuples.md).
"""

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
