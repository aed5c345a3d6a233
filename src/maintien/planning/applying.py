"""Applies a plan to a course state in memory, as a site applies it to its tables."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any, Final, TypeVar

from maintien.enrolments.state import (
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.ids import UNSAVED, InstanceId
from maintien.planning.changes import NEW_MANUAL_INSTANCE, Added, Changed, Removed, row_of
from maintien.planning.plan import CoursePlan

R = TypeVar("R", EnrolmentInstance, UserEnrolment, RoleAssignment, GroupMembership)

FIRST_NEW_ID: Final = 1 << 62
"""New rows are numbered from here, above every id that a database has given."""

_NEW_INSTANCE: Final = InstanceId(FIRST_NEW_ID)


class NotAsPlanned(ValueError):
    """The plan is about a row that the state has not, or has already."""


def apply_plan(state: CourseState, plan: CoursePlan) -> CourseState:
    """Give the state that the plan leaves; rows without an id get one from FIRST_NEW_ID on.

    Raises:
        NotAsPlanned: a row is not as the plan expects it.
    """
    ids = count(FIRST_NEW_ID + 1)
    return replace(
        state,
        instances=_in_moodle_order(_apply(state.instances, EnrolmentInstance, plan, ids)),
        enrolments=_apply(state.enrolments, UserEnrolment, plan, ids),
        roles=_apply(state.roles, RoleAssignment, plan, ids),
        memberships=_apply(state.memberships, GroupMembership, plan, ids),
    )


def _apply(rows: Iterable[R], row_type: type[R], plan: CoursePlan, ids: Iterator[int]) -> tuple[R, ...]:
    by_id: dict[int, Any] = {row.id: row for row in rows}
    for change in plan.changes:
        if not isinstance(row_of(change), row_type):
            continue
        match change:
            case Added(row):
                new = _numbered(row, ids)
                _require(is_as_planned=new.id not in by_id)
                by_id[new.id] = new
            case Changed(before, after):
                _require(is_as_planned=by_id.get(before.id) == before)
                by_id[after.id] = _numbered(after, ids)
            case Removed(row):
                _require(is_as_planned=by_id.pop(row.id, None) == row)
    return tuple(sorted(by_id.values(), key=lambda row: row.id))


def _numbered(row: Any, ids: Iterator[int]) -> Any:  # noqa: ANN401 -- a row of whatever table
    if isinstance(row, EnrolmentInstance) and row.id == NEW_MANUAL_INSTANCE:
        return row._replace(id=_NEW_INSTANCE)
    if isinstance(row, UserEnrolment) and row.instanceid == NEW_MANUAL_INSTANCE:
        row = row._replace(instanceid=_NEW_INSTANCE)
    return row._replace(id=next(ids)) if row.id == UNSAVED else row


def _require(*, is_as_planned: bool) -> None:
    if not is_as_planned:
        raise NotAsPlanned


def _in_moodle_order(instances: tuple[EnrolmentInstance, ...]) -> tuple[EnrolmentInstance, ...]:
    return tuple(sorted(instances, key=lambda instance: (instance.sortorder, instance.id)))
