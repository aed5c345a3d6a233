"""What following the register does.

Source: enrol_database_plugin::sync_enrolments and sync_user_enrolments (enrol/database/lib.php), Moodle
4.1 and 4.3. Its rules, in order:

1. Courses that the register names get an instance where they have none. Hidden courses are skipped if
   the settings say so, unless one course alone is synced.
2. Whoever is listed is enrolled; suspended ones come back. Enrolments without a role of the instance
   start anew, without dates, except at login.
3. Whoever is listed gets exactly the roles listed, as far as roles of this instance go.
4. Whoever has a role of the instance and is not listed leaves, as the unenrol action says. An enrolment
   without such a role is never looked at; neither are deleted accounts.
5. A register without any course is taken for an accident: nobody is unenrolled then, unless one course
   or one person is synced. Suspension knows no such mercy.
"""

from typing import Final

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, insert, or_, select, true

from maintien.moodle.values import (
    NO_END,
    EnrolmentStatus,
    UnenrolAction,
    component_of,
)
from maintien.sites.feeds.effect import (
    Enrolled,
    InstancesCreated,
    Reactivated,
    RolesGiven,
    RolesRemoved,
    Step,
    Suspended,
)
from maintien.sites.feeds.leavers import suspend_leavers, take_own_roles
from maintien.sites.feeds.register import RegisterFeed
from maintien.sites.feeds.register_listing import read_listing, stage_listing
from maintien.sites.feeds.register_settings import DATABASE
from maintien.sites.feeds.rows import Rows, add, change, take
from maintien.sites.feeds.staging import FED, LEAVERS, LISTED, staged
from maintien.sites.feeds.sync import OneCourse, OnePerson, Scope, Sync, WholeSite
from maintien.sites.feeds.unenrol import unenrol_leavers

COMPONENT: Final = component_of(DATABASE)


def follow_register(sync: Sync, feed: RegisterFeed, scope: Scope) -> tuple[tuple[Step, ...], bool]:
    """Make the external database's enrolments and roles equal to the register.

    Writes in the sync's transaction. A second time does nothing, except that an "other user" who was
    unenrolled the first time gets the role back. Returns what was done, and whether everybody was spared
    because the register is empty.

    Raises:
        RegisterUnreadable: nothing was written.
    """
    listing = read_listing(sync, feed, scope)
    action = feed.settings.unenrol_action
    spares = listing.is_empty and action is UnenrolAction.UNENROL
    with staged(sync.connection, FED, LISTED, LEAVERS):
        stage_listing(sync, listing)
        _stage_leavers(sync, feed, scope)
        steps = (
            InstancesCreated(instances=listing.created),
            Reactivated(enrolments=() if isinstance(scope, OnePerson) else _restart(sync)),
            Reactivated(enrolments=_reactivate(sync)),
            Enrolled(enrolments=_enrol(sync)),
            RolesGiven(roles=_give_roles(sync)),
            RolesRemoved(roles=_remove_roles(sync)),
            *(() if spares else _drop(sync, action)),
        )
    return steps, spares


def _stage_leavers(sync: Sync, feed: RegisterFeed, scope: Scope) -> None:
    role, user, listed = sync.tables.role_assignments.c, sync.tables.user, LISTED.c
    given = and_(role.itemid == FED.c.instanceid, role.component == COMPONENT)
    wanted = exists().where(
        listed.courseid == FED.c.courseid, listed.userid == role.userid, listed.is_enrolled == 1
    )
    leavers = (
        select(FED.c.instanceid, role.userid, FED.c.courseid, FED.c.contextid)
        .distinct()
        .select_from(FED.join(sync.tables.role_assignments, given).join(user, user.c.id == role.userid))
        .where(user.c.deleted == 0, ~wanted, _among(sync, feed, scope))
    )
    columns = ["instanceid", "userid", "courseid", "contextid"]
    sync.connection.execute(insert(LEAVERS).from_select(columns, leavers))


def _among(sync: Sync, feed: RegisterFeed, scope: Scope) -> ColumnElement[bool]:
    user = sync.tables.user.c
    match scope:
        case OnePerson(userid=userid):
            return user.id == userid
        case WholeSite() | OneCourse() if feed.settings.local_user_field == "username":
            return user.mnethostid == int(feed.settings.local_host or 0)
        case WholeSite() | OneCourse():
            return true()


def _is_listed(sync: Sync) -> ColumnElement[bool]:
    enrolment, listed = sync.tables.user_enrolments.c, LISTED.c
    return exists().where(
        listed.instanceid == enrolment.enrolid,
        listed.userid == enrolment.userid,
        listed.is_enrolled == 1,
    )


def _restart(sync: Sync) -> Rows:
    enrolments, role = sync.tables.user_enrolments, sync.tables.role_assignments.c
    has_role = exists().where(
        role.component == COMPONENT,
        role.itemid == enrolments.c.enrolid,
        role.userid == enrolments.c.userid,
    )
    differs = or_(
        enrolments.c.status != EnrolmentStatus.ACTIVE,
        enrolments.c.timestart != 0,
        enrolments.c.timeend != NO_END,
    )
    values = sync.stamped(status=int(EnrolmentStatus.ACTIVE), timestart=0, timeend=NO_END)
    return change(sync, enrolments, and_(differs, _is_listed(sync), ~has_role), values)


def _reactivate(sync: Sync) -> Rows:
    enrolments = sync.tables.user_enrolments
    condition = and_(enrolments.c.status == EnrolmentStatus.SUSPENDED, _is_listed(sync))
    return change(sync, enrolments, condition, sync.stamped(status=int(EnrolmentStatus.ACTIVE)))


def _enrol(sync: Sync) -> Rows:
    enrolments, listed = sync.tables.user_enrolments, LISTED.c
    same = and_(enrolments.c.enrolid == listed.instanceid, enrolments.c.userid == listed.userid)
    missing = (
        select(listed.instanceid.label("enrolid"), listed.userid)
        .distinct()
        .select_from(LISTED.outerjoin(enrolments, same))
        .where(listed.is_enrolled == 1, enrolments.c.id.is_(None))
        .order_by(listed.instanceid, listed.userid)
    )
    return add(sync, enrolments, missing, sync.new_enrolment())


def _give_roles(sync: Sync) -> Rows:
    given, listed = sync.tables.role_assignments, LISTED.c
    same = and_(
        given.c.component == COMPONENT,
        given.c.itemid == listed.instanceid,
        given.c.userid == listed.userid,
        given.c.roleid == listed.roleid,
    )
    missing = (
        select(listed.roleid, listed.contextid, listed.userid, listed.instanceid.label("itemid"))
        .select_from(LISTED.outerjoin(given, same))
        .where(given.c.id.is_(None))
        .order_by(listed.instanceid, listed.userid, listed.roleid)
    )
    return add(sync, given, missing, {**sync.new_role(), "component": COMPONENT})


def _remove_roles(sync: Sync) -> Rows:
    given, listed = sync.tables.role_assignments, LISTED.c
    # One look at the list for both questions: is the person on it, and not with this role?
    with_this_role = func.sum(case((listed.roleid == given.c.roleid, 1), else_=0))
    listed_otherwise = (
        select(listed.userid)
        .where(
            listed.instanceid == given.c.itemid,
            listed.userid == given.c.userid,
            listed.contextid == given.c.contextid,
        )
        .group_by(listed.userid)
        .having(with_this_role == 0)
        .exists()
    )
    return take(sync, given, and_(given.c.component == COMPONENT, listed_otherwise))


def _drop(sync: Sync, action: UnenrolAction) -> tuple[Step, ...]:
    match action:
        case UnenrolAction.UNENROL:
            _forget_leavers_without_enrolment(sync)
            return (unenrol_leavers(sync, DATABASE),)
        case UnenrolAction.KEEP:
            return ()
        case UnenrolAction.SUSPEND:
            return (Suspended(enrolments=suspend_leavers(sync)),)
        case UnenrolAction.SUSPEND_AND_REMOVE_ROLES:
            suspended = suspend_leavers(sync)
            _forget_other_users(sync)
            return (Suspended(enrolments=suspended, roles=take_own_roles(sync, DATABASE)),)


def _forget_leavers_without_enrolment(sync: Sync) -> None:
    # unenrol_user stops at once where there is no enrolment: their roles stay.
    enrolment = sync.tables.user_enrolments.c
    enrolled = exists().where(enrolment.enrolid == LEAVERS.c.instanceid, enrolment.userid == LEAVERS.c.userid)
    sync.connection.execute(delete(LEAVERS).where(~enrolled))


def _forget_other_users(sync: Sync) -> None:
    listed = exists().where(LISTED.c.courseid == LEAVERS.c.courseid, LISTED.c.userid == LEAVERS.c.userid)
    sync.connection.execute(delete(LEAVERS).where(listed))
