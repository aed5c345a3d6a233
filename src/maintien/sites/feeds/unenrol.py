"""What unenrolling does to everybody in the staged list of leavers, in a few statements for all.

Source: enrol_plugin::unenrol_user (lib/enrollib.php), role_unassign_all (lib/accesslib.php),
groups_remove_member and groups_delete_group_members (group/lib.php), grade_user_unenrol
(lib/gradelib.php), grade_object::delete (lib/grade/grade_object.php), Moodle 4.1 and 4.3. Not played:
caches, messaging conversations, communication rooms and whatever plugins do on the events.
"""

from typing import Final

from sqlalchemy import ColumnElement, exists, insert, literal, or_, select

from maintien.moodle.values import component_of
from maintien.sites.feeds.effect import Unenrolled
from maintien.sites.feeds.leavers import leavers_enrolment, take_own_roles
from maintien.sites.feeds.rows import Rows, take
from maintien.sites.feeds.staging import GONE, LEAVERS, staged
from maintien.sites.feeds.sync import Sync

HISTORY_DELETE: Final = 3
"""``GRADE_HISTORY_DELETE``. Source: lib/grade/constants.php, Moodle 4.3."""

HISTORY_SOURCE: Final = "userdelete"

_HISTORY_OWN: Final = frozenset({"id", "action", "oldid", "source", "loggeduser", "timemodified"})
"""Columns of the history that don't say how the grade was."""


def unenrol_leavers(sync: Sync, method: str) -> Unenrolled:
    """Unenrol everybody in :data:`LEAVERS` from the instance named there, which is one of ``method``.

    With the enrolment go the roles and group memberships that the instance gave. Of whoever is then not
    enrolled in the course at all, everything goes: all roles in the course and below, all group
    memberships, the grades (a copy stays in the history) and the date of the last visit.
    """
    own_memberships = take(sync, sync.tables.groups_members, _own_membership(sync, method))
    own_roles = take_own_roles(sync, method)
    enrolments = take(sync, sync.tables.user_enrolments, leavers_enrolment(sync))
    with staged(sync.connection, GONE):
        gone = _stage_gone(sync)
        other_roles = take(sync, sync.tables.role_assignments, _any_role_of_gone(sync))
        other_memberships = take(sync, sync.tables.groups_members, _any_membership_of_gone(sync))
        grades = _take_grades(sync)
        take(sync, sync.tables.user_lastaccess, _visit_of_gone(sync))
    return Unenrolled(
        own_memberships=own_memberships,
        own_roles=own_roles,
        enrolments=enrolments,
        gone=gone,
        other_roles=other_roles,
        other_memberships=other_memberships,
        grades=grades,
    )


def _own_membership(sync: Sync, method: str) -> ColumnElement[bool]:
    member, leaver = sync.tables.groups_members.c, LEAVERS.c
    given = exists().where(leaver.instanceid == member.itemid, leaver.userid == member.userid)
    return (member.component == component_of(method)) & given


def _stage_gone(sync: Sync) -> frozenset[tuple[int, int]]:
    enrolment, instance = sync.tables.user_enrolments, sync.tables.enrol
    remaining = (
        exists()
        .where(enrolment.c.userid == LEAVERS.c.userid, instance.c.courseid == LEAVERS.c.courseid)
        .select_from(enrolment.join(instance, instance.c.id == enrolment.c.enrolid))
    )
    gone = select(LEAVERS.c.userid, LEAVERS.c.courseid, LEAVERS.c.contextid).distinct().where(~remaining)
    sync.connection.execute(insert(GONE).from_select(["userid", "courseid", "contextid"], gone))
    staged_rows = sync.connection.execute(select(GONE.c.userid, GONE.c.courseid))
    return frozenset((userid, courseid) for userid, courseid in staged_rows)


def _any_role_of_gone(sync: Sync) -> ColumnElement[bool]:
    role, context = sync.tables.role_assignments.c, sync.tables.context
    course, below = context.alias(), context.alias()
    at_or_below = or_(below.c.id == course.c.id, below.c.path.like(course.c.path.concat("/%")))
    return (
        exists()
        .where(GONE.c.userid == role.userid, below.c.id == role.contextid)
        .select_from(GONE.join(course, course.c.id == GONE.c.contextid).join(below, at_or_below))
    )


def _any_membership_of_gone(sync: Sync) -> ColumnElement[bool]:
    member, group = sync.tables.groups_members.c, sync.tables.groups
    return (
        exists()
        .where(GONE.c.userid == member.userid, group.c.id == member.groupid)
        .select_from(GONE.join(group, group.c.courseid == GONE.c.courseid))
    )


def _visit_of_gone(sync: Sync) -> ColumnElement[bool]:
    visit = sync.tables.user_lastaccess.c
    return exists().where(GONE.c.userid == visit.userid, GONE.c.courseid == visit.courseid)


def _take_grades(sync: Sync) -> Rows:
    grade, item = sync.tables.grade_grades.c, sync.tables.grade_items
    of_gone = (
        exists()
        .where(GONE.c.userid == grade.userid, item.c.id == grade.itemid)
        .select_from(GONE.join(item, item.c.courseid == GONE.c.courseid))
    )
    if sync.core.get("disablegradehistory", "") in ("", "0"):
        _remember_grades(sync, of_gone)
    return take(sync, sync.tables.grade_grades, of_gone)


def _remember_grades(sync: Sync, condition: ColumnElement[bool]) -> None:
    grades, history = sync.tables.grade_grades, sync.tables.grade_grades_history
    kept = [column.name for column in history.c if column.name not in _HISTORY_OWN]
    as_they_were = select(
        literal(HISTORY_DELETE),
        grades.c.id,
        literal(HISTORY_SOURCE),
        literal(sync.operator),
        literal(sync.now),
        *(grades.c[name] for name in kept),
    ).where(condition)
    columns = ["action", "oldid", "source", "loggeduser", "timemodified", *kept]
    sync.connection.execute(insert(history).from_select(columns, as_they_were.order_by(grades.c.id)))
