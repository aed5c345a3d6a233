"""Whom the procedure's third step selects on the Participants page.

Source: participants_search (user/classes/table/participants_search.php) with the filters enrolment
method, role and status active, and enrol_manual_editselectedusers_operation (enrol/manual/locallib.php),
Moodle 4.1 and 4.3.
"""

from collections.abc import Collection, Iterable, Mapping

from maintien.enrolments.access import gives_access
from maintien.enrolments.state import EnrolmentInstance, RoleAssignment, UserEnrolment
from maintien.moodle.ids import InstanceId, RoleId, UserId


def select_active_manual(
    *,
    manual_instance: InstanceId,
    instances: Mapping[InstanceId, EnrolmentInstance],
    enrolments: Iterable[UserEnrolment],
    with_role: Collection[UserId],
    deleted: Collection[UserId],
    at: int,
) -> frozenset[UserId]:
    """Find people in the manual instance who have the role and *any* enrolment that is active now.

    The active enrolment need not be the manual one: somebody whose manual enrolment is suspended is
    selected for an automatic one that is not.
    """
    manual: set[UserId] = set()
    active: set[UserId] = set()
    for enrolment in enrolments:
        if enrolment.instanceid == manual_instance:
            manual.add(enrolment.userid)
        if gives_access(enrolment, instances[enrolment.instanceid], at):
            active.add(enrolment.userid)
    return frozenset(userid for userid in manual & active if userid in with_role and userid not in deleted)


def people_with_role(
    roles: Iterable[RoleAssignment],
    inherited: Mapping[RoleId, frozenset[UserId]],
    wanted: frozenset[RoleId],
) -> frozenset[UserId]:
    """Find people with one of these roles in the course or, as Moodle's filter has it, above it."""
    here = frozenset(assignment.userid for assignment in roles if assignment.roleid in wanted)
    return here.union(*(inherited.get(roleid, frozenset()) for roleid in wanted))
