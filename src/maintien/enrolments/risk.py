"""How many people of a course would lose access with their automatic enrolment."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from maintien.enrolments.access import gives_access, instances_by_id
from maintien.enrolments.selection import people_with_role
from maintien.enrolments.state import Course, CourseState
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import RoleId, UserId
from maintien.moodle.values import UnenrolAction


class CourseRisk(NamedTuple):
    """The people of one course, counted."""

    course: Course
    participants: int
    """Everybody enrolled whose account is not deleted, with access or without."""
    automatic_only: int
    """People who have access now, and only through automatic methods."""
    at_risk: int
    """Students among them who have no method that keeps people whom its feed has dropped."""


def count_risk(
    state: CourseState,
    config: SiteConfig,
    *,
    methods: Collection[str],
    students: frozenset[RoleId],
    at: int,
) -> CourseRisk:
    """Count the people of a course at Unix time ``at``.

    ``methods`` are the automatic ones (``planning.policy.AUTOMATIC_METHODS``), ``students`` the roles
    of those for whom losing access matters. Suspended accounts have no access to lose.
    """
    barred = state.deleted | state.suspended
    automatic = {
        userid: used
        for userid, used in _methods_used(state, at).items()
        if used.issubset(methods) and userid not in barred
    }
    kept_by = {m for m in methods if config.unenrol_action(m) is UnenrolAction.KEEP}
    may_lose = {userid for userid, used in automatic.items() if used.isdisjoint(kept_by)}
    enrolled = {row.userid for row in state.enrolments}
    return CourseRisk(
        course=state.course,
        participants=len(enrolled - state.deleted),
        automatic_only=len(automatic),
        at_risk=len(may_lose & people_with_role(state.roles, state.inherited_roles, students)),
    )


def _methods_used(state: CourseState, at: int) -> dict[UserId, set[str]]:
    """Tell by which methods each person with access has it."""
    instances = instances_by_id(state)
    used: defaultdict[UserId, set[str]] = defaultdict(set)
    for row in state.enrolments:
        instance = instances[row.instanceid]
        if gives_access(row, instance, at):
            used[row.userid].add(instance.method)
    return used
