"""The end date for everybody who is manual, whether or not a conversion touched them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from maintien.enrolments.access import instances_by_id
from maintien.enrolments.selection import people_with_role, select_active_manual
from maintien.enrolments.state import CourseState, EnrolmentInstance, UserEnrolment
from maintien.moodle.ids import UserId
from maintien.moodle.values import NO_END, is_unlimited
from maintien.planning.changes import Added, Changed
from maintien.planning.policy import Circumstances, ConversionPolicy

EnrolmentChanges = Mapping[UserId, Added[UserEnrolment] | Changed[UserEnrolment]]


@dataclass(slots=True, kw_only=True)
class Ended:
    """Who gets the end date besides the people converted."""

    changes: dict[UserId, Changed[UserEnrolment]] = field(default_factory=dict)
    shortened: int = 0
    """How many of them had a later end, or none."""


def end_all_manual(
    state: CourseState,
    target: EnrolmentInstance,
    planned: EnrolmentChanges,
    policy: ConversionPolicy,
    circumstances: Circumstances,
) -> Ended:
    """Give the end date to whoever the procedure's third step would select after the conversion.

    Suspended manual enrolments and accounts stay as they are: a date would give nobody access back. So do
    people whom the policy excludes.
    Without an end date nothing changes, as with the empty field of Moodle's form.
    """
    ended = Ended()
    if policy.ends_at == NO_END:
        return ended
    untouchable = state.suspended | policy.excluded
    selected = _select(state, target, planned, policy, circumstances.now)
    for row in _manual_rows(state, target):
        if row.userid not in selected or not row.is_active or row.userid in untouchable:
            continue
        change = planned.get(row.userid)
        starts_at = change.after.starts_at if isinstance(change, Changed) else row.starts_at
        after = row._replace(starts_at=starts_at, ends_at=policy.ends_at)
        if starts_at >= policy.ends_at or after == row:
            continue
        ended.shortened += is_unlimited(row.ends_at) or row.ends_at > policy.ends_at
        ended.changes[row.userid] = circumstances.changed(row, after)
    return ended


def _manual_rows(state: CourseState, target: EnrolmentInstance) -> Iterator[UserEnrolment]:
    return (row for row in state.enrolments if row.instanceid == target.id)


def _select(
    state: CourseState,
    target: EnrolmentInstance,
    planned: EnrolmentChanges,
    policy: ConversionPolicy,
    now: int,
) -> frozenset[UserId]:
    """Select on the state that the conversion leaves: the target enabled, its rows as planned."""
    rows = [change.after if isinstance(change, Changed) else change.row for change in planned.values()]
    untouched = [row for row in state.enrolments if row.instanceid != target.id or row.userid not in planned]
    return select_active_manual(
        manual_instance=target.id,
        instances={**instances_by_id(state), target.id: target},
        enrolments=[*untouched, *rows],
        with_role=people_with_role(state.roles, state.inherited_roles, policy.end_roles),
        deleted=state.deleted,
        at=now,
    )
