"""Providing for people by hand: the rules that every plan shares which gives manual enrolments.

An active manual enrolment is never shortened and never made unlimited: one that ends earlier is
prolonged, one that begins later begins without a gap, one that suffices stays as it is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from maintien.enrolments.access import gives_access, people_with_access
from maintien.enrolments.state import (
    Course,
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.ids import UNSAVED, EnrolmentId, RoleAssignmentId, RoleId, UserId
from maintien.moodle.values import NO_COMPONENT, NO_END, NO_ITEM, EnrolmentStatus, is_unlimited
from maintien.planning.changes import Added, Changed
from maintien.planning.left_alone import ManualEnrolmentKeepsItsEnd, ManualEnrolmentSuffices
from maintien.planning.policy import Circumstances

NotProlonged: TypeAlias = ManualEnrolmentKeepsItsEnd | ManualEnrolmentSuffices


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What somebody's manual enrolment is to give."""

    starts_at: int
    ends_at: int
    """Unix seconds; 0 for never."""
    is_active: bool = True

    @property
    def status(self) -> EnrolmentStatus:
        """The column's value."""
        return EnrolmentStatus.ACTIVE if self.is_active else EnrolmentStatus.SUSPENDED


def enrol_by_hand(
    target: EnrolmentInstance, userid: UserId, span: Span, circumstances: Circumstances
) -> Added[UserEnrolment]:
    """Enrol somebody in the manual instance who is not yet."""
    row = UserEnrolment(
        id=EnrolmentId(UNSAVED),
        instanceid=target.id,
        userid=userid,
        status=span.status,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        modifierid=circumstances.operator,
        timecreated=circumstances.now,
        timemodified=circumstances.now,
    )
    return Added(row)


def prolong(
    existing: UserEnrolment, span: Span, circumstances: Circumstances
) -> Changed[UserEnrolment] | NotProlonged:
    """Prolong an active manual enrolment where it does not suffice; else tell why it stays."""
    begins_late = existing.starts_at > max(circumstances.now, span.starts_at)
    new_start = span.starts_at if begins_late else existing.starts_at
    never_ends = span.ends_at == NO_END
    ends_early = not is_unlimited(existing.ends_at) and (never_ends or existing.ends_at < span.ends_at)
    new_end = span.ends_at if ends_early and not never_ends else existing.ends_at
    if (new_start, new_end) != (existing.starts_at, existing.ends_at):
        return circumstances.changed(existing, existing._replace(starts_at=new_start, ends_at=new_end))
    if ends_early:
        return ManualEnrolmentKeepsItsEnd(ends_at=existing.ends_at)
    return ManualEnrolmentSuffices(ends_at=existing.ends_at)


def give_role_by_hand(
    course: Course, userid: UserId, roleid: RoleId, circumstances: Circumstances
) -> Added[RoleAssignment]:
    """Give somebody a role in the course that no sync takes away."""
    row = RoleAssignment(
        id=RoleAssignmentId(UNSAVED),
        roleid=roleid,
        contextid=course.contextid,
        userid=userid,
        component=NO_COMPONENT,
        itemid=NO_ITEM,
        modifierid=circumstances.operator,
        timemodified=circumstances.now,
        sortorder=0,
    )
    return Added(row)


def make_ordinary(membership: GroupMembership) -> Changed[GroupMembership]:
    """Take a group membership from the method that owns it, so that no sync removes it."""
    return Changed(membership, membership._replace(component=NO_COMPONENT, itemid=NO_ITEM))


def count_let_in_by_enabling(
    state: CourseState,
    target: EnrolmentInstance,
    manual: Mapping[UserId, UserEnrolment],
    kept: Collection[UserId],
    now: int,
) -> int:
    """Count people of the manual instance, beside those ``kept``, who get in once it is enabled."""
    known = people_with_access(state, now).union(kept, state.suspended, state.deleted)
    return sum(gives_access(row, target, now) for userid, row in manual.items() if userid not in known)
