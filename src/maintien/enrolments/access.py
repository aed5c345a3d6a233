"""Who may enter a course, and until when.

A person has access at time t through an enrolment that is active, in an enabled instance, begun at t
and not ended at t. Source: get_enrolled_sql and enrol_get_course_by_user_enrolment_id callers in
lib/enrollib.php; Moodle 4.3.
"""

from collections.abc import Iterable, Mapping

from maintien.enrolments.state import CourseState, EnrolmentInstance, UserEnrolment
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import NO_END, is_unlimited


def gives_access(enrolment: UserEnrolment, instance: EnrolmentInstance, at: int) -> bool:
    """Whether this enrolment lets its person in at Unix time ``at``."""
    return (
        enrolment.is_active
        and instance.is_enabled
        and enrolment.starts_at <= at
        and (is_unlimited(enrolment.ends_at) or enrolment.ends_at > at)
    )


def people_with_access(state: CourseState, at: int) -> frozenset[UserId]:
    """Find who may enter at Unix time ``at``, deleted and suspended accounts left out."""
    instances = instances_by_id(state)
    return frozenset(
        enrolment.userid
        for enrolment in state.enrolments
        if gives_access(enrolment, instances[enrolment.instanceid], at)
    ) - (state.deleted | state.suspended)


def access_until(
    enrolments: Iterable[UserEnrolment], instances: Mapping[InstanceId, EnrolmentInstance]
) -> int | None:
    """Tell when the last of one person's ``enrolments`` stops giving access.

    Returns Unix seconds, :data:`NO_END` for never, or None when none of them ever gives access.
    """
    ends = [
        enrolment.ends_at
        for enrolment in enrolments
        if enrolment.is_active and instances[enrolment.instanceid].is_enabled
    ]
    if any(is_unlimited(end) for end in ends):
        return NO_END
    return max(ends, default=None)


def instances_by_id(state: CourseState) -> Mapping[InstanceId, EnrolmentInstance]:
    """Index the course's instances by id."""
    return {instance.id: instance for instance in state.instances}
