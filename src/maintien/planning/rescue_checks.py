"""What there is to know about a rescue besides its changes: what can't be told, what isn't given back."""

from collections.abc import Iterator, Mapping

from maintien.enrolments.archive_evidence import ArchivedPast
from maintien.enrolments.state import CourseState
from maintien.enrolments.withdrawals import Window, Withdrawals, is_by_person
from maintien.moodle.ids import UserId
from maintien.planning.findings import (
    EvidenceWithoutGroups,
    EvidenceWithoutRoles,
    GradesGone,
    KnownFromArchiveOnly,
    LogBeginsLate,
    LogIsSilent,
    LogRowsUnreadable,
    RoleNotFound,
    RolesBelowCourseGone,
    Warning_,
)
from maintien.planning.plan import Grounds
from maintien.planning.policy import RescuePolicy


def check_log(withdrawals: Withdrawals, window: Window) -> Iterator[Warning_]:
    """Check whether the log can tell what happened within the window."""
    log = withdrawals.log
    if withdrawals.archived is not None:
        # It tells what such a log does not.
        pass
    elif log is None or log.newest < window.since or log.oldest > window.to:
        yield LogIsSilent()
    elif log.oldest > window.since:
        yield LogBeginsLate(begins_at=log.oldest)
    if withdrawals.unreadable:
        yield LogRowsUnreadable(rows=len(withdrawals.unreadable))


def check_losses(
    state: CourseState, policy: RescuePolicy, people: Mapping[UserId, Grounds]
) -> Iterator[Warning_]:
    """Check what these people, to whom access is given back, do not get back."""
    below = {
        role.userid
        for role in state.withdrawals.roles
        if role.contextid != state.course.contextid
        and role.userid in people
        and (policy.also_by_people or not is_by_person(role.deed, role.userid, ""))
    }
    if below:
        yield RolesBelowCourseGone(people=len(below))
    last = {removal.row.userid for removal in state.withdrawals.removed if removal.was_last}
    only = tuple(sorted(userid for userid, known in people.items() if known.taken_at is None))
    if only:
        yield KnownFromArchiveOnly(people=only)
    # Of these nothing tells that it was their last enrolment but the grades that went with it.
    last.update(only)
    without = [lost for lost in state.withdrawals.grades if lost.userid in people and lost.userid in last]
    if without:
        yield GradesGone(
            people=tuple(lost.userid for lost in without),
            in_history=sum(lost.in_history > 0 for lost in without),
        )


def check_archive(past: ArchivedPast | None, policy: RescuePolicy) -> Iterator[Warning_]:
    """Check what the archive of a course can't tell of anybody."""
    if past is None:
        return
    evidence = past.evidence
    if not evidence.tells_roles:
        yield EvidenceWithoutRoles()
    if policy.keep_groups and not evidence.tells_groups:
        yield EvidenceWithoutGroups()
    yield from (RoleNotFound(role=role) for role in evidence.missing_roles)
