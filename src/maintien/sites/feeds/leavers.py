"""Suspending the people whom a feed no longer lists."""

from sqlalchemy import ColumnElement, exists

from maintien.moodle.values import EnrolmentStatus, component_of
from maintien.sites.feeds.rows import Rows, change, take
from maintien.sites.feeds.staging import LEAVERS
from maintien.sites.feeds.sync import Sync


def suspend_leavers(sync: Sync) -> Rows:
    """Suspend the enrolments that the leavers have in the instances they leave; dates stay.

    Source: enrol_plugin::update_user_enrol (lib/enrollib.php), Moodle 4.1 and 4.3.
    """
    enrolments = sync.tables.user_enrolments
    condition = leavers_enrolment(sync) & (enrolments.c.status != EnrolmentStatus.SUSPENDED)
    return change(sync, enrolments, condition, sync.stamped(status=int(EnrolmentStatus.SUSPENDED)))


def take_own_roles(sync: Sync, method: str) -> Rows:
    """Take back the roles in the course that the instances gave to their leavers."""
    role, leaver = sync.tables.role_assignments.c, LEAVERS.c
    given = exists().where(
        leaver.instanceid == role.itemid,
        leaver.userid == role.userid,
        leaver.contextid == role.contextid,
    )
    return take(sync, sync.tables.role_assignments, (role.component == component_of(method)) & given)


def leavers_enrolment(sync: Sync) -> ColumnElement[bool]:
    """Whether a row of ``user_enrolments`` is a leaver's, in the instance they leave."""
    enrolment, leaver = sync.tables.user_enrolments.c, LEAVERS.c
    return exists().where(leaver.instanceid == enrolment.enrolid, leaver.userid == enrolment.userid)
