"""Restricts today's plan of a course to what people reviewed, and keeps it of one piece.

1. A change stays if the reviewed plan has it with the same values.
2. A person whose enrolment has drifted, either way, is left as they are: roles and groups too. So is
   a person who would leave the course, and of whom anything has drifted: nothing is to stay behind.
3. Enrolments in a manual instance stay only if the instance's own change, where there is one, does.
4. The instance's change stays only if an enrolment that stays needs it, or if none ever did.
"""

from collections.abc import Iterable
from dataclasses import replace

from maintien.enrolments.state import EnrolmentInstance, RoleAssignment, UserEnrolment
from maintien.moodle.ids import InstanceId, UserId
from maintien.planning.changes import Change, row_of
from maintien.planning.drift import by_what_it_does, person_of
from maintien.planning.plan import CoursePlan
from maintien.planning.undo import NOBODY


def restrict_plan(today: CoursePlan, planned: CoursePlan) -> CoursePlan:
    """Give what of today's plan was reviewed; today's plan itself where all of it was."""
    reviewed = by_what_it_does(planned.changes)
    now = by_what_it_does(today.changes)
    drifted = [change for does, change in now.items() if does not in reviewed]
    gone = [change for does, change in reviewed.items() if does not in now]
    if not drifted and not gone:
        return today
    people = _people_enrolled([*drifted, *gone])
    people |= _people_enrolled(today.changes, in_instances=_instances(drifted))
    people |= frozenset(map(person_of, (*drifted, *gone))) & (today.leavers | planned.leavers)
    agreed = [change for does, change in now.items() if does in reviewed]
    # Whatever a file says of a person 0, who is nobody, the instance's change does not go with it.
    kept = [change for change in agreed if person_of(change) not in people - {NOBODY}]
    return _with_changes(today, _without_idle_instances(kept, today.changes))


def withhold_plan(today: CoursePlan) -> CoursePlan:
    """Give today's plan with nothing to do in it."""
    return _with_changes(today, ())


def _people_enrolled(
    changes: Iterable[Change], in_instances: frozenset[InstanceId] | None = None
) -> frozenset[UserId]:
    """Find whose enrolment changes, in some instances or in whichever."""
    rows = map(row_of, changes)
    return frozenset(
        row.userid
        for row in rows
        if isinstance(row, UserEnrolment) and (in_instances is None or row.instanceid in in_instances)
    )


def _instances(changes: Iterable[Change]) -> frozenset[InstanceId]:
    rows = map(row_of, changes)
    return frozenset(row.id for row in rows if isinstance(row, EnrolmentInstance))


def _without_idle_instances(kept: list[Change], before: Iterable[Change]) -> tuple[Change, ...]:
    used, needed = _instances_enrolled_in(kept), _instances_enrolled_in(before)
    return tuple(
        change
        for change in kept
        if not isinstance(row := row_of(change), EnrolmentInstance) or row.id in used or row.id not in needed
    )


def _instances_enrolled_in(changes: Iterable[Change]) -> frozenset[InstanceId]:
    rows = map(row_of, changes)
    return frozenset(row.instanceid for row in rows if isinstance(row, UserEnrolment))


def _with_changes(plan: CoursePlan, changes: tuple[Change, ...]) -> CoursePlan:
    converted = plan.converted & _people_enrolled(changes)
    rows = map(row_of, changes)
    written = frozenset(row.userid for row in rows if isinstance(row, UserEnrolment | RoleAssignment))
    return replace(
        plan,
        changes=changes,
        warnings=plan.warnings if changes else (),
        converted=converted,
        leavers=plan.leavers & converted,
        touched=plan.touched & written,
        echoes={userid: times for userid, times in plan.echoes.items() if userid in converted},
        grounds={
            userid: plan.grounds[userid] for userid in map(person_of, changes) if userid in plan.grounds
        },
    )
