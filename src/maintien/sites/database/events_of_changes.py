"""Which events Moodle would have logged for the changes of a plan.

Rows that the database numbers are not among them: their events are logged from the table itself
(event_log). Re-owning a role or a group membership is no event in Moodle: nothing in core does it
through an API that logs.

Source: the events triggered in lib/enrollib.php, lib/accesslib.php and group/lib.php, Moodle 4.1 and
4.3; values inside ``other`` that Moodle takes from the database are strings.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, select

from maintien.enrolments.state import (
    Course,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.events import (
    COURSE_RESTORED,
    ENROL_INSTANCE_CREATED,
    ENROL_INSTANCE_DELETED,
    ENROL_INSTANCE_UPDATED,
    GROUP_MEMBER_ADDED,
    GROUP_MEMBER_REMOVED,
    ROLE_ASSIGNED,
    ROLE_UNASSIGNED,
    USER_ENROLMENT_CREATED,
    USER_ENROLMENT_DELETED,
    USER_ENROLMENT_UPDATED,
    EventKind,
    LoggedEvent,
    OtherValue,
)
from maintien.moodle.ids import UNSAVED, EnrolmentId, InstanceId, UserId
from maintien.moodle.values import MANUAL
from maintien.planning.changes import Added, Change, Changed, Removed, row_of
from maintien.planning.plan import CoursePlan
from maintien.sites.database.tables import MoodleTables

_MANUAL: Final[OtherValue] = {"enrol": MANUAL}
"""``other`` of events about manual enrolments."""

_MERGE_INTO_THIS_COURSE: Final = 1
_ORDINARY_BACKUP: Final = 10


def events_of(plans: Sequence[CoursePlan], methods: Mapping[InstanceId, str]) -> Iterator[LoggedEvent]:
    """Give the events of all changes to rows that have an id, in the order of the changes.

    ``methods`` are those of the enrolments' instances; one that is missing was manual, since plans
    remove no others. An enrolment that moves is an update by the method that it has moved to.
    """
    for plan in plans:
        last = _last_enrolments(plan)
        for change in plan.changes:
            event = _event_of(change, plan.course, methods, last)
            if event is not None:
                yield event


def _last_enrolments(plan: CoursePlan) -> frozenset[EnrolmentId]:
    """Find the rows with which people leave the course: of several of a person, the one that goes last."""
    if not plan.leavers:
        return frozenset()
    rows = (change.row for change in plan.changes if isinstance(change, Removed))
    last = {row.userid: row.id for row in rows if isinstance(row, UserEnrolment)}
    return frozenset(id_ for userid, id_ in last.items() if userid in plan.leavers)


def _event_of(
    change: Change,
    course: Course,
    methods: Mapping[InstanceId, str],
    last: Collection[EnrolmentId],
) -> LoggedEvent | None:
    row = row_of(change)
    if row.id == UNSAVED and not isinstance(row, GroupMembership):
        return None
    match row:
        case EnrolmentInstance():
            return _instance_event(change, row, course)
        case UserEnrolment():
            method = methods.get(row.instanceid, MANUAL)
            return _enrolment_event(change, row, course, method, is_last=row.id in last)
        case RoleAssignment():
            return _role_event(change, row, course)
        case GroupMembership():
            return _membership_event(change, row, course)


def _instance_event(change: Change, row: EnrolmentInstance, course: Course) -> LoggedEvent:
    other: OtherValue = {"enrol": row.method}
    match change:
        case Added():
            return _event(ENROL_INSTANCE_CREATED, course, row.id, None, other)
        case Changed():
            return _event(ENROL_INSTANCE_UPDATED, course, row.id, None, other)
        case Removed():
            return _event(ENROL_INSTANCE_DELETED, course, row.id, None, other)


def _enrolment_event(
    change: Change, row: UserEnrolment, course: Course, method: str, *, is_last: bool
) -> LoggedEvent:
    other: OtherValue = {"enrol": method}
    match change:
        case Added():
            return _event(USER_ENROLMENT_CREATED, course, row.id, row.userid, other)
        case Changed():
            return _event(USER_ENROLMENT_UPDATED, course, row.id, row.userid, other)
        case Removed():
            deleted = _as_strings(row, course, method, is_last=is_last)
            other = {"userenrolment": deleted, "enrol": method}
            return _event(USER_ENROLMENT_DELETED, course, row.id, row.userid, other)


def _as_strings(row: UserEnrolment, course: Course, method: str, *, is_last: bool) -> OtherValue:
    """Give a deleted row as Moodle logs it: rescue and other tools read it back from there."""
    return {
        "id": str(row.id),
        "status": str(row.status),
        "enrolid": str(row.instanceid),
        "userid": str(row.userid),
        "timestart": str(row.starts_at),
        "timeend": str(row.ends_at),
        "modifierid": str(row.modifierid),
        "timecreated": str(row.timecreated),
        "timemodified": str(row.timemodified),
        "courseid": str(course.id),
        "enrol": method,
        "lastenrol": is_last,
    }


def _role_event(change: Change, row: RoleAssignment, course: Course) -> LoggedEvent | None:
    match change:
        case Added():
            given: OtherValue = {"id": row.id, "component": row.component, "itemid": row.itemid}
            return _event(ROLE_ASSIGNED, course, row.roleid, row.userid, given)
        case Changed():
            return None
        case Removed():
            taken: OtherValue = {
                "id": str(row.id),
                "component": row.component,
                "itemid": str(row.itemid),
            }
            return _event(ROLE_UNASSIGNED, course, row.roleid, row.userid, taken)


def _membership_event(change: Change, row: GroupMembership, course: Course) -> LoggedEvent | None:
    match change:
        case Added():
            other: OtherValue = {"component": row.component, "itemid": row.itemid}
            return _event(GROUP_MEMBER_ADDED, course, row.groupid, row.userid, other)
        case Changed():
            return None
        case Removed():
            return _event(GROUP_MEMBER_REMOVED, course, row.groupid, row.userid, None)


def _event(
    kind: EventKind, course: Course, objectid: int, userid: UserId | None, other: OtherValue
) -> LoggedEvent:
    return LoggedEvent(kind, objectid, course.contextid, course.id, userid, other)


def repeated_updates(
    connection: Connection, tables: MoodleTables, plans: Sequence[CoursePlan]
) -> Iterator[LoggedEvent]:
    """Give the updates that the procedure's steps log besides the one event of each change.

    The enrolments have been written already, so that the new ones have their ids.
    """
    courses = {instanceid: plan for plan in plans if plan.echoes for instanceid in _instances_written(plan)}
    if not courses:
        return
    table = tables.user_enrolments
    rows = connection.execute(
        select(table.c.id, table.c.enrolid, table.c.userid)
        .where(table.c.enrolid.in_(sorted(courses)))
        .order_by(table.c.id)
    )
    for enrolmentid, instanceid, userid in rows.all():
        plan = courses[instanceid]
        for _ in range(plan.echoes.get(userid, 0)):
            yield _update(plan.course, enrolmentid, userid)


def ends_of_restores(plans: Iterable[CoursePlan]) -> Iterator[LoggedEvent]:
    """Give the event that Moodle logs when a restore is over.

    Source: restore_plan::execute (backup/util/plan/restore_plan.class.php), Moodle 4.1 and 4.3; target 1
    is *merge into this course*, mode 10 an ordinary backup.
    """
    for plan in plans:
        if plan.restored_from is None or plan.is_empty:
            continue
        origin = plan.restored_from
        same_site = {"originalcourseid": str(origin.courseid)} if origin.is_same_site else {}
        other: OtherValue = {
            "type": "course",
            "target": _MERGE_INTO_THIS_COURSE,
            "mode": _ORDINARY_BACKUP,
            "operation": "restore",
            "samesite": origin.is_same_site,
            **same_site,
        }
        yield _event(COURSE_RESTORED, plan.course, plan.course.id, None, other)


def _instances_written(plan: CoursePlan) -> set[InstanceId]:
    rows = map(row_of, plan.changes)
    return {row.instanceid for row in rows if isinstance(row, UserEnrolment)}


def _update(course: Course, enrolmentid: EnrolmentId, userid: UserId) -> LoggedEvent:
    return _event(USER_ENROLMENT_UPDATED, course, enrolmentid, userid, _MANUAL)
