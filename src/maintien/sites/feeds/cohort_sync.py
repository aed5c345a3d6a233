"""What following the cohorts does.

Source: enrol_cohort_sync (enrol/cohort/locallib.php) and groups_sync_with_enrolment (group/lib.php),
Moodle 4.1 and 4.3. Its rules, in order:

1. Members are enrolled in every enabled instance of their cohort; suspended ones come back. Dates of
   enrolments that exist stay.
2. Whoever is no longer a member leaves, disabled instances too. Only two things can happen to them,
   unenrolment or suspension: "keep" is not on offer, and would suspend and remove roles.
3. Whoever is active in an enabled instance has its role; unless the unenrol action is "suspend", nobody
   else keeps it.
4. Everybody enrolled, even suspended, is in the instance's group, and in no other through the instance.
   Memberships that people gave by hand are left alone.
"""

from typing import Final

from sqlalchemy import ColumnElement, Join, and_, exists, func, insert, select

from maintien.moodle.values import (
    ContextLevel,
    EnrolmentStatus,
    InstanceStatus,
    UnenrolAction,
    component_of,
)
from maintien.sites.feeds.cohort import COHORT, members
from maintien.sites.feeds.effect import (
    Enrolled,
    MembershipsAdded,
    MembershipsRemoved,
    Reactivated,
    RolesGiven,
    RolesRemoved,
    Step,
    Suspended,
)
from maintien.sites.feeds.leavers import suspend_leavers, take_own_roles
from maintien.sites.feeds.rows import Rows, add, change, take
from maintien.sites.feeds.staging import LEAVERS, staged
from maintien.sites.feeds.sync import OneCourse, Sync, WholeSite
from maintien.sites.feeds.unenrol import unenrol_leavers

COMPONENT: Final = component_of(COHORT)


def purge_cohort_roles(sync: Sync) -> Rows:
    """Take back every role that cohort sync gave, in any context: the method is switched off."""
    roles = sync.tables.role_assignments
    return take(sync, roles, roles.c.component == COMPONENT)


def follow_cohorts(sync: Sync, scope: WholeSite | OneCourse) -> tuple[Step, ...]:
    """Make cohort sync's enrolments, roles and group memberships equal to the cohorts.

    Writes in the sync's transaction; a second time does nothing.
    """
    action = sync.config.unenrol_action(COHORT)
    steps: list[Step] = [
        Reactivated(enrolments=_reactivate(sync, scope)),
        Enrolled(enrolments=_enrol(sync, scope)),
        _drop(sync, scope, action),
        RolesGiven(roles=_give_roles(sync, scope)),
    ]
    if action is not UnenrolAction.SUSPEND:
        steps.append(RolesRemoved(roles=_remove_roles(sync, scope)))
    steps.append(MembershipsRemoved(memberships=_remove_memberships(sync, scope)))
    steps.append(MembershipsAdded(memberships=_add_memberships(sync, scope)))
    return tuple(steps)


def _instances(sync: Sync, scope: WholeSite | OneCourse) -> ColumnElement[bool]:
    instance = sync.tables.enrol.c
    match scope:
        case WholeSite():
            return instance.enrol == COHORT
        case OneCourse(courseid=courseid):
            return and_(instance.enrol == COHORT, instance.courseid == courseid)


def _taking_in(sync: Sync, scope: WholeSite | OneCourse) -> ColumnElement[bool]:
    return and_(_instances(sync, scope), sync.tables.enrol.c.status == InstanceStatus.ENABLED)


def _reactivate(sync: Sync, scope: WholeSite | OneCourse) -> Rows:
    enrolments, member = sync.tables.user_enrolments, sync.tables.cohort_members.c
    listed = (
        members(sync.tables)
        .where(_taking_in(sync, scope))
        .where(sync.tables.enrol.c.id == enrolments.c.enrolid, member.userid == enrolments.c.userid)
        .correlate(enrolments)
    )
    condition = and_(enrolments.c.status == EnrolmentStatus.SUSPENDED, listed.exists())
    return change(sync, enrolments, condition, sync.stamped(status=int(EnrolmentStatus.ACTIVE)))


def _enrol(sync: Sync, scope: WholeSite | OneCourse) -> Rows:
    enrolments, instance = sync.tables.user_enrolments, sync.tables.enrol.c
    userid = sync.tables.cohort_members.c.userid
    same = and_(enrolments.c.enrolid == instance.id, enrolments.c.userid == userid)
    missing = (
        members(sync.tables)
        .outerjoin(enrolments, same)
        .where(_taking_in(sync, scope), enrolments.c.id.is_(None))
        .with_only_columns(instance.id.label("enrolid"), userid, maintain_column_froms=True)
        .order_by(instance.id, userid)
    )
    return add(sync, enrolments, missing, sync.new_enrolment())


def _drop(sync: Sync, scope: WholeSite | OneCourse, action: UnenrolAction) -> Step:
    with staged(sync.connection, LEAVERS):
        _stage_leavers(sync, scope)
        match action:
            case UnenrolAction.UNENROL:
                return unenrol_leavers(sync, COHORT)
            case UnenrolAction.SUSPEND:
                return Suspended(enrolments=suspend_leavers(sync))
            case UnenrolAction.SUSPEND_AND_REMOVE_ROLES | UnenrolAction.KEEP:
                suspended = suspend_leavers(sync)
                return Suspended(enrolments=suspended, roles=take_own_roles(sync, COHORT))


def _stage_leavers(sync: Sync, scope: WholeSite | OneCourse) -> None:
    instance, member = sync.tables.enrol.c, sync.tables.cohort_members.c
    userid = sync.tables.user_enrolments.c.userid
    same = and_(member.cohortid == instance.customint1, member.userid == userid)
    leavers = (
        select(instance.id, userid, instance.courseid, sync.tables.context.c.id)
        .select_from(_enrolled(sync).outerjoin(sync.tables.cohort_members, same))
        .where(_instances(sync, scope), member.id.is_(None))
    )
    columns = ["instanceid", "userid", "courseid", "contextid"]
    sync.connection.execute(insert(LEAVERS).from_select(columns, leavers))


def _enrolled(sync: Sync) -> Join:
    """Enrolments with their instance and their course's context."""
    enrolment, instance, context = (
        sync.tables.user_enrolments,
        sync.tables.enrol,
        sync.tables.context,
    )
    of_course = and_(
        context.c.instanceid == instance.c.courseid, context.c.contextlevel == ContextLevel.COURSE
    )
    return enrolment.join(instance, instance.c.id == enrolment.c.enrolid).join(context, of_course)


def _give_roles(sync: Sync, scope: WholeSite | OneCourse) -> Rows:
    tables = sync.tables
    enrolment, instance, context = tables.user_enrolments.c, tables.enrol.c, tables.context.c
    given = tables.role_assignments
    same = and_(
        given.c.contextid == context.id,
        given.c.userid == enrolment.userid,
        given.c.roleid == instance.roleid,
        given.c.component == COMPONENT,
        given.c.itemid == instance.id,
    )
    living = and_(tables.user.c.id == enrolment.userid, tables.user.c.deleted == 0)
    missing = (
        select(
            instance.roleid,
            enrolment.userid,
            context.id.label("contextid"),
            instance.id.label("itemid"),
        )
        .select_from(
            _enrolled(sync)
            .join(tables.role, tables.role.c.id == instance.roleid)
            .join(tables.user, living)
            .outerjoin(given, same)
        )
        .where(_taking_in(sync, scope), enrolment.status == EnrolmentStatus.ACTIVE)
        .where(given.c.id.is_(None))
        .order_by(enrolment.id)
    )
    return add(sync, given, missing, {**sync.new_role(), "component": COMPONENT})


def _remove_roles(sync: Sync, scope: WholeSite | OneCourse) -> Rows:
    given, enrolment, instance = (
        sync.tables.role_assignments,
        sync.tables.user_enrolments.c,
        sync.tables.enrol.c,
    )
    ours = exists().where(instance.id == given.c.itemid, _instances(sync, scope))
    in_course = exists().where(
        sync.tables.context.c.id == given.c.contextid,
        sync.tables.context.c.contextlevel == ContextLevel.COURSE,
    )
    deserved = exists().where(
        instance.id == given.c.itemid,
        instance.status == InstanceStatus.ENABLED,
        enrolment.enrolid == instance.id,
        enrolment.userid == given.c.userid,
        enrolment.status == EnrolmentStatus.ACTIVE,
    )
    return take(sync, given, and_(given.c.component == COMPONENT, ours, in_course, ~deserved))


def _remove_memberships(sync: Sync, scope: WholeSite | OneCourse) -> Rows:
    member, group = sync.tables.groups_members, sync.tables.groups.c
    enrolment, instance = sync.tables.user_enrolments.c, sync.tables.enrol.c
    elsewhere = exists().where(
        _instances(sync, scope),
        instance.id == member.c.itemid,
        enrolment.enrolid == instance.id,
        enrolment.userid == member.c.userid,
        group.id == member.c.groupid,
        group.courseid == instance.courseid,
        group.id != instance.customint2,
    )
    return take(sync, member, and_(member.c.component == COMPONENT, elsewhere))


def _add_memberships(sync: Sync, scope: WholeSite | OneCourse) -> Rows:
    tables = sync.tables
    enrolment, instance, group, member = (
        tables.user_enrolments.c,
        tables.enrol.c,
        tables.groups,
        tables.groups_members,
    )
    fed = and_(group.c.courseid == instance.courseid, group.c.id == instance.customint2)
    living = and_(tables.user.c.id == enrolment.userid, tables.user.c.deleted == 0)
    same = and_(member.c.groupid == group.c.id, member.c.userid == enrolment.userid)
    missing = (
        # Two instances may feed one group: the first of them gives the membership.
        select(group.c.id.label("groupid"), enrolment.userid, func.min(instance.id).label("itemid"))
        .select_from(_enrolled(sync).join(group, fed).join(tables.user, living).outerjoin(member, same))
        .where(_instances(sync, scope), member.c.id.is_(None))
        .group_by(group.c.id, enrolment.userid)
        .order_by(func.min(enrolment.id))
    )
    return add(sync, member, missing, {"component": COMPONENT, "timeadded": sync.now})
