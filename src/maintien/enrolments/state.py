"""The state of one course: who is enrolled, how, with which roles and groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from maintien.enrolments.rows import (
    Course,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.enrolments.withdrawals import NOTHING_WITHDRAWN, Withdrawals
from maintien.moodle.ids import InstanceId, RoleId, UserId

__all__ = [
    "Course",
    "CourseState",
    "EnrolmentInstance",
    "GroupMembership",
    "RoleAssignment",
    "UserEnrolment",
]


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
    """Enrolled people whose account is deleted, or missing altogether; so are people in ``withdrawals``."""
    missing: frozenset[UserId] = frozenset()
    """Those of :attr:`deleted` of whose account there is no row any more."""
    suspended: frozenset[UserId] = frozenset()
    """Enrolled people whose account is suspended, and those in ``withdrawals``."""
    inherited_roles: Mapping[RoleId, frozenset[UserId]] = field(default_factory=dict)
    """People with a role in a context above the course (category, site), for the roles asked for."""
    listed: Mapping[InstanceId, frozenset[UserId]] = field(default_factory=dict)
    """People whom the feed of an instance lists; instances whose feed was not read are missing."""
    removed_by_sync: frozenset[UserId] = frozenset()
    """People with an account in use whom a sync has unenrolled lately, where that was asked for."""
    selected: frozenset[UserId] | None = None
    """Whom a filter of participants selects, where one was given; other people may be missing then."""
    withdrawals: Withdrawals = NOTHING_WITHDRAWN
    """What was taken from people within the window that was asked for; nothing where none was."""

    @property
    def manual_instance(self) -> EnrolmentInstance | None:
        """The instance that Moodle enrols people by hand into: the oldest, where there are several.

        Source: restore_enrolments_structure_step::process_enrol (backup/moodle2/restore_stepslib.php),
        Moodle 4.3, which takes the first by id.
        """
        manual = [instance for instance in self.instances if instance.method == "manual"]
        return min(manual, key=lambda instance: instance.id, default=None)
