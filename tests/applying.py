"""Applies a plan to a course state in memory, as a site applies it to its tables."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

from maintien.enrolments.state import (
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.ids import UNSAVED, InstanceId
from maintien.planning.changes import NEW_MANUAL_INSTANCE, Added, Changed, Removed, Row, row_of
from maintien.planning.plan import CoursePlan

R = TypeVar("R", EnrolmentInstance, UserEnrolment, RoleAssignment, GroupMembership)

_NEW_INSTANCE = InstanceId(90)


class NotAsPlanned(AssertionError):
    """The plan is about a row that the state has not, or has already."""


def apply_plan(state: CourseState, plan: CoursePlan) -> CourseState:
    """Give the state that the plan leaves; new rows get ids from 1001 on, the new instance 90."""
    ids = count(1001)
    return replace(
        state,
        instances=_in_moodle_order(_apply(state.instances, EnrolmentInstance, plan, ids)),
        enrolments=_apply(state.enrolments, UserEnrolment, plan, ids),
        roles=_apply(state.roles, RoleAssignment, plan, ids),
        memberships=_apply(state.memberships, GroupMembership, plan, ids),
    )


def _apply(rows: Iterable[R], row_type: type[R], plan: CoursePlan, ids: "count[int]") -> tuple[R, ...]:
    by_id: dict[int, Any] = {row.id: row for row in rows}
    for change in plan.changes:
        if not isinstance(row_of(change), row_type):
            continue
        match change:
            case Added(row):
                new = _numbered(row, ids)
                by_id[new.id] = new
            case Changed(before, after):
                _require(by_id.get(before.id) == before)
                by_id[after.id] = after
            case Removed(row):
                _require(by_id.pop(row.id, None) == row)
    return tuple(sorted(by_id.values(), key=lambda row: row.id))


def _numbered(row: Row, ids: "count[int]") -> Row:
    if isinstance(row, EnrolmentInstance) and row.id == NEW_MANUAL_INSTANCE:
        return row._replace(id=_NEW_INSTANCE)
    if isinstance(row, UserEnrolment) and row.instanceid == NEW_MANUAL_INSTANCE:
        row = row._replace(instanceid=_NEW_INSTANCE)
    return row._replace(id=next(ids)) if row.id == UNSAVED else row  # type: ignore[arg-type]  # ids are numbers


def _require(is_as_planned: bool) -> None:  # noqa: FBT001 -- reads as an assertion
    if not is_as_planned:
        raise NotAsPlanned


def _in_moodle_order(instances: tuple[EnrolmentInstance, ...]) -> tuple[EnrolmentInstance, ...]:
    return tuple(sorted(instances, key=lambda instance: (instance.sortorder, instance.id)))
