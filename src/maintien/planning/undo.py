"""Takes back what a run did to a course, row by row, last first.

1. A row that the run added goes, if it is still as the run left it.
2. A row that the run changed gets back every value it had, times and modifier included, if it is
   still as the run left it.
3. A row that the run removed comes back, with its id, unless there is one in its place; a role that
   was there twice does not come back a second time.
4. What somebody changed since is left alone and named, with both values; what is gone already, or back
   already, needs nothing.
5. A manual instance that the run added goes only if nobody is enrolled in it any more.
6. What belongs to an enrolment instance that is gone has nowhere to go back to: it is left alone and
   named.
"""

from maintien.enrolments.access import people_with_access
from maintien.enrolments.state import (
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import component_of
from maintien.planning.applying import apply_plan
from maintien.planning.changes import Added, Change, Changed, Removed, Row
from maintien.planning.left_alone import ChangedSince, LeftAlone, MethodGone
from maintien.planning.natural_keys import RowsByKey
from maintien.planning.plan import CoursePlan

NOBODY = UserId(0)
"""Whom a change of an enrolment instance is about."""


def plan_undo(state: CourseState, done: CoursePlan) -> CoursePlan:
    """Plan to take back ``done``, which was carried out in this course."""
    undo = _Undo(state)
    for change in reversed(done.changes):
        undo.take_back(change)
    return undo.plan()


def people_losing_access(state: CourseState, plan: CoursePlan, at: int) -> frozenset[UserId]:
    """Find who can enter the course at Unix time ``at``, and could not once ``plan`` is carried out."""
    return people_with_access(state, at) - people_with_access(apply_plan(state, plan), at)


class _Undo:
    """A course while the changes are taken back."""

    def __init__(self, state: CourseState) -> None:
        self._state = state
        self._rows = RowsByKey(state)
        self._instances = {instance.id for instance in state.instances}
        self._changes: list[Change] = []
        self._left_alone: list[LeftAlone] = []

    def take_back(self, change: Change) -> None:
        match change:
            case Added(row):
                self._remove(row)
            case Changed(before, after):
                self._change_back(before, after)
            case Removed(row):
                self._bring_back(row)

    def _remove(self, row: Row) -> None:
        found = self._rows.find(row)
        if found is None:
            return
        if not self._rows.same_but_for_ids(row, found) or self._is_still_used(found):
            self._leave_alone(row, found)
        else:
            self._changes.append(Removed(found))

    def _is_still_used(self, row: Row) -> bool:
        """Whether an instance has enrolments besides those that are taken back: they come before it."""
        if not isinstance(row, EnrolmentInstance):
            return False
        leaving = {_row_before(change) for change in self._changes if _leaves(change, row.id)}
        return any(
            enrolment.instanceid == row.id and enrolment not in leaving
            for enrolment in self._state.enrolments
        )

    def _change_back(self, before: Row, after: Row) -> None:
        found = self._rows.find(after)
        if found == before:
            return
        if found is None or not self._rows.same_but_for_ids(after, found):
            self._leave_alone(after, found)
        elif self._has_lost_its_instance(before):
            self._name_lost_instance(before)
        elif (twin := self._rows.find_by_key(before)) is None or twin.id == found.id:
            self._changes.append(Changed(found, before))
        else:
            self._give_way(before, found, twin)

    def _give_way(self, before: Row, found: Row, twin: Row) -> None:
        """Settle with a row that somebody, mostly a sync, put where this one was."""
        match before:
            case RoleAssignment():
                # The role is there again, and must not be there twice.
                self._changes.append(Removed(found))
            case UserEnrolment() | GroupMembership():
                self._leave_alone(before, twin)
            case EnrolmentInstance():
                # Of several manual instances each goes by its id.
                self._changes.append(Changed(found, before))

    def _has_lost_its_instance(self, row: Row) -> bool:
        """Whether an enrolment instance that the row belongs to is neither there nor coming back."""
        instanceid = _instance_of(row)
        return instanceid is not None and instanceid not in self._instances

    def _name_lost_instance(self, row: Row) -> None:
        self._left_alone.append(LeftAlone(_person_of(row), MethodGone()))

    def _bring_back(self, row: Row) -> None:
        found = self._rows.find(row) or self._rows.find_by_key(row)
        if found is None and self._has_lost_its_instance(row):
            self._name_lost_instance(row)
        elif found is None:
            if isinstance(row, EnrolmentInstance):
                self._instances.add(row.id)
            self._changes.append(Added(row))
        elif found != row and not isinstance(row, RoleAssignment):
            self._leave_alone(row, found)

    def _leave_alone(self, ours: Row, found: Row | None) -> None:
        planned = ours if found is None else self._rows.numbered(ours, found)
        self._left_alone.append(LeftAlone(_person_of(ours), _difference(planned, found)))

    def plan(self) -> CoursePlan:
        """Collect the changes in the order in which they can be written."""
        people = {_person_of(_row_before(change)) for change in self._changes} - {NOBODY}
        return CoursePlan(
            course=self._state.course,
            changes=tuple(self._changes),
            left_alone=tuple(sorted(self._left_alone, key=lambda entry: entry.userid)),
            converted=frozenset(people),
            touched=frozenset(people),
        )


def _row_before(change: Change) -> Row:
    return change.before if isinstance(change, Changed) else change.row


def _leaves(change: Change, instanceid: InstanceId) -> bool:
    """Whether a change takes an enrolment out of an instance."""
    match change:
        case Removed():
            return True
        case Changed(_, UserEnrolment() as after):
            return after.instanceid != instanceid
        case _:
            return False


def _instance_of(row: Row) -> InstanceId | None:
    """Tell which enrolment instance a row belongs to, or was given by; None for what people gave."""
    match row:
        case UserEnrolment():
            return row.instanceid
        case RoleAssignment() | GroupMembership() if row.component.startswith(component_of("")):
            return InstanceId(row.itemid)
        case _:
            return None


def _person_of(row: Row) -> UserId:
    match row:
        case EnrolmentInstance():
            return NOBODY
        case UserEnrolment() | RoleAssignment() | GroupMembership():
            return row.userid


def _difference(ours: Row, found: Row | None) -> ChangedSince:
    table = type(ours).__name__
    if found is None:
        return ChangedSince(row=table, ours=(), found=())
    different = [
        name for name in ours._fields if name != "id" and getattr(ours, name) != getattr(found, name)
    ]
    return ChangedSince(
        row=table,
        ours=tuple(f"{name}={getattr(ours, name)}" for name in different),
        found=tuple(f"{name}={getattr(found, name)}" for name in different),
    )
