"""The changes of a batch of plans, sorted by table and by what happens to the row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from maintien.enrolments.state import (
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.ids import CourseId, InstanceId
from maintien.planning.changes import (
    NEW_MANUAL_INSTANCE,
    Added,
    Change,
    Changed,
    Removed,
    Row,
    row_of,
)
from maintien.planning.plan import CoursePlan

R = TypeVar("R", bound=Row)


@dataclass(slots=True)
class RowChanges(Generic[R]):
    """The changes of one table."""

    added: list[R] = field(default_factory=list)
    changed: list[Changed[R]] = field(default_factory=list)
    removed: list[R] = field(default_factory=list)

    def take(self, change: Added[R] | Changed[R] | Removed[R]) -> None:
        """Sort one change in."""
        match change:
            case Added(row):
                self.added.append(row)
            case Changed():
                self.changed.append(change)
            case Removed(row):
                self.removed.append(row)


@dataclass(slots=True)
class SortedChanges:
    """The changes of a batch."""

    instances: RowChanges[EnrolmentInstance] = field(default_factory=RowChanges)
    enrolments: RowChanges[UserEnrolment] = field(default_factory=RowChanges)
    roles: RowChanges[RoleAssignment] = field(default_factory=RowChanges)
    memberships: RowChanges[GroupMembership] = field(default_factory=RowChanges)


def sort_changes(plans: Iterable[CoursePlan]) -> SortedChanges:
    """Sort the changes of these plans."""
    changes = SortedChanges()
    tables: dict[type[Row], RowChanges[Any]] = {
        EnrolmentInstance: changes.instances,
        UserEnrolment: changes.enrolments,
        RoleAssignment: changes.roles,
        GroupMembership: changes.memberships,
    }
    for plan in plans:
        for change in plan.changes:
            tables[type(row_of(change))].take(change)
    return changes


def numbered(plan: CoursePlan, new_instances: Mapping[CourseId, InstanceId]) -> CoursePlan:
    """Give a plan that added a manual instance the id that the database gave to it."""
    instanceid = new_instances.get(plan.course.id)
    if instanceid is None:
        return plan
    changes = tuple(_numbered_change(change, instanceid) for change in plan.changes)
    return replace(plan, changes=changes)


def _numbered_change(change: Change, instanceid: InstanceId) -> Change:
    match change:
        case Added(EnrolmentInstance() as row) if row.id == NEW_MANUAL_INSTANCE:
            return Added(row._replace(id=instanceid))
        case Added(UserEnrolment() as row) if row.instanceid == NEW_MANUAL_INSTANCE:
            return Added(row._replace(instanceid=instanceid))
        case Changed(before, UserEnrolment() as row) if row.instanceid == NEW_MANUAL_INSTANCE:
            return Changed(before, row._replace(instanceid=instanceid))
    return change
