"""A course seen person by person: who is enrolled by which method, and with which roles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from maintien.enrolments.access import instances_by_id
from maintien.enrolments.state import CourseState, EnrolmentInstance, UserEnrolment
from maintien.moodle.ids import InstanceId, RoleId, UserId
from maintien.moodle.values import MANUAL, NO_COMPONENT, NO_ITEM
from maintien.planning.policy import ConversionPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The rows of a course by person."""

    instances: Mapping[InstanceId, EnrolmentInstance]
    sources: Mapping[UserId, list[UserEnrolment]]
    """Enrolments by the methods asked for, in id order."""
    other_methods: Mapping[UserId, set[str]]
    """Methods neither asked for nor manual that people are enrolled by."""
    manual: Mapping[UserId, UserEnrolment]
    """Enrolments in the manual instance that the conversion enrols into."""
    held: Mapping[UserId, set[RoleId]]
    """Roles in the course, whoever gave them."""
    held_by_hand: frozenset[tuple[UserId, RoleId]]

    def __iter__(self) -> Iterator[UserId]:
        """Go through everybody who is enrolled by a method other than manual, by id."""
        return iter(sorted(self.sources.keys() | self.other_methods.keys()))

    def roles_of(self, userid: UserId) -> set[RoleId]:
        """Tell the roles that somebody has in the course."""
        return self.held.get(userid, set())


def find_candidates(state: CourseState, policy: ConversionPolicy, target: InstanceId) -> Candidates:
    """Sort the rows of ``state`` by person; ``target`` is the manual instance to enrol into."""
    instances = instances_by_id(state)
    asked_for = {i.id for i in state.instances if policy.asks_for_method(i.method)}
    sources: dict[UserId, list[UserEnrolment]] = {}
    other_methods: dict[UserId, set[str]] = {}
    manual: dict[UserId, UserEnrolment] = {}
    for row in state.enrolments:
        if row.instanceid in asked_for:
            sources.setdefault(row.userid, []).append(row)
        elif row.instanceid == target:
            manual[row.userid] = row
        elif (method := instances[row.instanceid].method) != MANUAL:
            other_methods.setdefault(row.userid, set()).add(method)
    held: dict[UserId, set[RoleId]] = {}
    for assignment in state.roles:
        held.setdefault(assignment.userid, set()).add(assignment.roleid)
    return Candidates(
        instances=instances,
        sources=sources,
        other_methods=other_methods,
        manual=manual,
        held=held,
        held_by_hand=frozenset(
            (assignment.userid, assignment.roleid)
            for assignment in state.roles
            if assignment.component == NO_COMPONENT and assignment.itemid == NO_ITEM
        ),
    )
