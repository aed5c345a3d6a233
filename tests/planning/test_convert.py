"""The conversion's rules: what changes, and what is left alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from maintien.enrolments.state import EnrolmentInstance, RoleAssignment, UserEnrolment
from maintien.moodle.config import ManualDefaults
from maintien.moodle.ids import UNSAVED, EnrolmentId, InstanceId, RoleAssignmentId, RoleId, UserId
from maintien.moodle.values import FOREVER, NO_END, EnrolmentStatus, InstanceStatus
from maintien.planning.applying import apply_plan
from maintien.planning.changes import NEW_MANUAL_INSTANCE, Added, Changed
from maintien.planning.convert import plan_conversion
from maintien.planning.findings import (
    EnablingGivesAccess,
    EndDateShortens,
    ExpiryNotice,
    ManualInstanceDisabled,
    ManualInstanceMissing,
    ManualInstanceWouldBeDisabled,
    ManualMethodDisabledOnSite,
    OtherRolesGo,
    WelcomeMessage,
)
from maintien.planning.left_alone import (
    DeletedAccount,
    LeftAlone,
    ManualEnrolmentKeepsItsEnd,
    ManualEnrolmentSuffices,
    ManualMethodUnavailable,
    MethodNotAskedFor,
    NoRole,
    Reason,
    RoleNotAskedFor,
    StartsAfterEndDate,
    SuspendedAccount,
    SuspendedEnrolment,
    SuspendedManualEnrolment,
)
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import ConversionPolicy, EndFor
from tests.builders import (
    CIRCUMSTANCES,
    CONFIG,
    LONG_AGO,
    NOW,
    OPERATOR,
    POLICY,
    STUDENT,
    TEACHER,
    UNTIL,
    YEAR,
    CourseBuilder,
)


def planned(builder: CourseBuilder, policy: ConversionPolicy = POLICY) -> CoursePlan:
    return plan_conversion(builder.state(), policy, CONFIG, CIRCUMSTANCES)


def new_enrolment(
    userid: UserId,
    instanceid: int,
    *,
    status: int = EnrolmentStatus.ACTIVE,
    starts_at: int = 0,
    ends_at: int = UNTIL,
) -> Added[UserEnrolment]:
    return Added(
        UserEnrolment(
            EnrolmentId(UNSAVED),
            instanceid,  # type: ignore[arg-type]  # tests write ids as numbers
            userid,
            status,
            starts_at,
            ends_at,
            OPERATOR,
            NOW,
            NOW,
        )
    )


def new_role(builder: CourseBuilder, userid: UserId, roleid: RoleId) -> Added[RoleAssignment]:
    contextid = builder.course.contextid
    return Added(
        RoleAssignment(RoleAssignmentId(UNSAVED), roleid, contextid, userid, "", 0, OPERATOR, NOW, 0)
    )


def changed(row: UserEnrolment, *, ends_at: int, starts_at: int | None = None) -> Changed[UserEnrolment]:
    after = row._replace(ends_at=ends_at, modifierid=OPERATOR, timemodified=NOW)
    return Changed(row, after if starts_at is None else after._replace(starts_at=starts_at))


def reasons(plan: CoursePlan) -> dict[UserId, Reason]:
    assert len({entry.userid for entry in plan.left_alone}) == len(plan.left_alone)
    return {entry.userid: entry.reason for entry in plan.left_alone}


def test_student_of_a_feed_gets_manual_enrolment_role_and_group() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    membership = course.join(ada, 61, cohort)

    plan = planned(course)

    assert plan.changes == (
        new_enrolment(ada, manual),
        new_role(course, ada, STUDENT),
        Changed(membership, membership._replace(component="", itemid=0)),
    )
    assert plan.converted == plan.touched == frozenset({ada})
    assert plan.left_alone == ()


def test_plan_of_the_same_state_is_equal() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    course.student(cohort)

    assert planned(course) == planned(course)


def test_manual_enrolment_begins_with_the_earliest_automatic_one() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    database = course.instance("database")
    ada = course.student(cohort)
    course.enrol(ada, database, starts_at=LONG_AGO)
    bob = course.person()
    course.enrol(bob, cohort, starts_at=NOW + 9)
    course.enrol(bob, database, starts_at=NOW + 5)
    course.assign(bob, STUDENT, database)

    assert planned(course).changes[:2] == (
        new_enrolment(ada, manual, starts_at=0),
        new_enrolment(bob, manual, starts_at=NOW + 5),
    )


def test_missing_manual_instance_is_created_from_the_sites_defaults() -> None:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    ada = course.student(cohort)
    config = replace(
        CONFIG, manual=ManualDefaults(roleid=5, enrolperiod=60, expirynotify=2, expirythreshold=99)
    )

    plan = plan_conversion(course.state(), POLICY, config, CIRCUMSTANCES)

    expected = EnrolmentInstance(
        id=NEW_MANUAL_INSTANCE,
        method="manual",
        courseid=course.course.id,
        status=InstanceStatus.ENABLED,
        sortorder=1,
        name=None,
        roleid=5,
        enrolperiod=60,
        expirynotify=2,
        expirythreshold=99,
        notifyall=1,
        customint1=None,
        customint2=None,
        timecreated=NOW,
        timemodified=NOW,
    )
    assert plan.changes[:2] == (Added(expected), new_enrolment(ada, NEW_MANUAL_INSTANCE))
    assert plan.warnings == (
        ManualInstanceMissing(),
        ExpiryNotice(to_participants=True, threshold=99),
    )


def test_course_without_anybody_to_convert_gets_no_instance_and_no_warning() -> None:
    course = CourseBuilder()
    course.instance("cohort", status=InstanceStatus.DISABLED)

    assert planned(course) == CoursePlan(course=course.course)


LEFT_ALONE: dict[str, tuple[Callable[[CourseBuilder, InstanceId], UserEnrolment], Reason]] = {
    "deleted account": (
        lambda c, cohort: c.enrol(c.person(is_deleted=True), cohort),
        DeletedAccount(),
    ),
    "suspended account": (
        lambda c, cohort: c.enrol(c.person(is_suspended=True), cohort),
        SuspendedAccount(),
    ),
    "suspended enrolment": (
        lambda c, cohort: c.enrol(c.person(), cohort, status=EnrolmentStatus.SUSPENDED),
        SuspendedEnrolment(),
    ),
    "enrolment in a disabled instance": (
        lambda c, _: c.enrol(c.person(), c.instance("database", status=InstanceStatus.DISABLED)),
        SuspendedEnrolment(),
    ),
    "method not asked for": (
        lambda c, _: c.enrol(c.person(), c.instance("self")),
        MethodNotAskedFor(methods=("self",)),
    ),
    "no role": (lambda c, cohort: c.enrol(c.person(), cohort), NoRole()),
}


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_person_is_left_alone_with_the_reason(name: str) -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    enrol, reason = LEFT_ALONE[name]
    row = enrol(course, cohort)

    plan = planned(course)

    assert plan == CoursePlan(course=course.course, left_alone=(LeftAlone(row.userid, reason),))


def test_teacher_of_the_feed_is_left_alone_unless_the_role_is_asked_for() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    eve = course.person()
    course.enrol(eve, cohort)
    course.assign(eve, TEACHER, cohort)

    assert planned(course).changes == ()
    assert reasons(planned(course)) == {eve: RoleNotAskedFor(roles=("editingteacher",))}

    both = replace(POLICY, roles=frozenset({STUDENT, TEACHER}))
    assert planned(course, both).changes == (
        # The end date is for students: whoever else is converted keeps the feed's end.
        new_enrolment(eve, manual, ends_at=NO_END),
        new_role(course, eve, TEACHER),
    )


def test_every_role_includes_people_without_any() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    eve = course.person()
    course.enrol(eve, cohort, ends_at=NOW + 3)

    plan = planned(course, replace(POLICY, roles=None))

    assert plan.changes == (new_enrolment(eve, manual, ends_at=NOW + 3),)


def test_only_roles_asked_for_are_given_by_hand() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    ada = course.student(cohort)
    course.assign(ada, TEACHER, cohort)

    assert planned(course).changes[1:] == (new_role(course, ada, STUDENT),)


def test_role_held_by_hand_already_is_not_given_again() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    course.assign(ada, STUDENT)

    assert planned(course).changes == (new_enrolment(ada, manual),)


def test_student_by_whoever_gave_the_role_is_converted() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.person()
    course.enrol(ada, cohort)
    course.assign(ada, STUDENT)

    assert planned(course).changes == (new_enrolment(ada, manual),)


EXISTING = {
    "ends earlier": ((0, NOW + 5), (0, UNTIL)),
    "ended already": ((0, NOW - 5), (0, UNTIL)),
    "begins later": ((NOW + 5, UNTIL + 5), (0, UNTIL + 5)),
    "begins later and ends earlier": ((NOW + 5, NOW + 9), (0, UNTIL)),
}


@pytest.mark.parametrize("name", EXISTING)
def test_manual_enrolment_that_does_not_suffice_is_prolonged(name: str) -> None:
    (starts_at, ends_at), (new_start, new_end) = EXISTING[name]
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    row = course.enrol(ada, manual, starts_at=starts_at, ends_at=ends_at)

    plan = planned(course)

    assert plan.changes == (
        changed(row, starts_at=new_start, ends_at=new_end),
        new_role(course, ada, STUDENT),
    )
    assert plan.left_alone == ()


SUFFICES = {
    "unlimited": (0, NO_END),
    "unlimited by the column's default": (0, FOREVER),
    "later": (0, UNTIL + 1),
    "same": (0, UNTIL),
    "begun since": (NOW - 5, UNTIL),
}


@pytest.mark.parametrize("name", SUFFICES)
def test_manual_enrolment_that_suffices_stays_but_role_and_group_are_kept(name: str) -> None:
    starts_at, ends_at = SUFFICES[name]
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    course.enrol(ada, manual, starts_at=starts_at, ends_at=ends_at)
    membership = course.join(ada, 61, cohort)

    plan = planned(course)

    assert plan.changes == (
        new_role(course, ada, STUDENT),
        Changed(membership, membership._replace(component="", itemid=0)),
    )
    assert reasons(plan) == {ada: ManualEnrolmentSuffices(ends_at=ends_at)}


def test_manual_enrolment_is_never_made_unlimited() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    course.enrol(ada, manual, ends_at=NOW + 5)

    plan = planned(course, replace(POLICY, ends_at=NO_END))

    assert plan.changes == (new_role(course, ada, STUDENT),)
    assert reasons(plan) == {ada: ManualEnrolmentKeepsItsEnd(ends_at=NOW + 5)}


def test_suspended_manual_enrolment_is_not_revived_and_keeps_no_group() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    course.enrol(ada, manual, status=EnrolmentStatus.SUSPENDED)
    course.join(ada, 61, cohort)

    plan = planned(course)

    assert plan.changes == ()
    assert reasons(plan) == {ada: SuspendedManualEnrolment()}


def test_suspended_enrolments_stay_suspended_when_asked_for() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.person()
    course.enrol(ada, cohort, status=EnrolmentStatus.SUSPENDED)
    course.assign(ada, STUDENT, cohort)

    plan = planned(course, replace(POLICY, include_suspended=True))

    assert plan.changes[0] == new_enrolment(ada, manual, status=EnrolmentStatus.SUSPENDED)


def test_suspended_enrolment_leaves_an_active_manual_one_as_it_is() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.person()
    course.enrol(ada, cohort, status=EnrolmentStatus.SUSPENDED)
    course.enrol(ada, manual, ends_at=NOW + 5)
    course.assign(ada, STUDENT)

    plan = planned(course, replace(POLICY, include_suspended=True))

    assert plan.changes == ()


def test_enrolment_that_starts_after_the_end_date_is_left_alone() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    ada = course.person()
    course.enrol(ada, cohort, starts_at=UNTIL)
    course.assign(ada, STUDENT, cohort)

    assert reasons(planned(course)) == {ada: StartsAfterEndDate(starts_at=UNTIL)}
    assert planned(course).changes == ()


def test_course_with_disabled_manual_instance_is_left_alone_and_named() -> None:
    course = CourseBuilder()
    course.instance("manual", status=InstanceStatus.DISABLED)
    cohort = course.instance("cohort")
    ada = course.student(cohort)

    plan = planned(course)

    assert (plan.changes, plan.obstacle) == ((), ManualInstanceDisabled())
    assert reasons(plan) == {ada: ManualMethodUnavailable()}


def test_disabled_manual_instance_is_enabled_on_demand_and_tells_whom_else_it_lets_in() -> None:
    course = CourseBuilder()
    manual = course.instance("manual", status=InstanceStatus.DISABLED)
    cohort = course.instance("cohort")
    ada = course.student(cohort)
    course.enrol(course.person(), manual)
    course.enrol(course.person(), manual, status=EnrolmentStatus.SUSPENDED)
    course.enrol(course.person(is_suspended=True), manual)

    plan = planned(course, replace(POLICY, enable_manual=True))

    before = course.instances[0]
    assert plan.changes[:2] == (
        Changed(before, before._replace(status=InstanceStatus.ENABLED)),
        new_enrolment(ada, manual),
    )
    assert plan.obstacle is None
    assert plan.warnings == (EnablingGivesAccess(people=1),)


def test_instance_that_would_be_created_disabled_is_an_obstacle() -> None:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    course.student(cohort)
    config = replace(CONFIG, manual=ManualDefaults(status=InstanceStatus.DISABLED))

    plan = plan_conversion(course.state(), POLICY, config, CIRCUMSTANCES)
    enabled = plan_conversion(course.state(), replace(POLICY, enable_manual=True), config, CIRCUMSTANCES)

    assert (plan.changes, plan.obstacle) == ((), ManualInstanceWouldBeDisabled())
    first = enabled.changes[0]
    assert isinstance(first, Added)
    assert isinstance(first.row, EnrolmentInstance)
    assert first.row.status == InstanceStatus.ENABLED


def test_manual_method_disabled_on_the_site_stops_every_course() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    course.student(cohort)
    config = replace(CONFIG, enabled_methods=frozenset({"cohort"}))

    policy = replace(POLICY, enable_manual=True)
    plan = plan_conversion(course.state(), policy, config, CIRCUMSTANCES)

    assert (plan.changes, plan.obstacle) == ((), ManualMethodDisabledOnSite())


def test_group_memberships_stay_the_methods_where_groups_are_not_kept() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    course.join(ada, 61, cohort)

    assert planned(course, replace(POLICY, keep_groups=False)).changes == (
        new_enrolment(ada, manual),
        new_role(course, ada, STUDENT),
    )


def test_only_memberships_of_methods_asked_for_and_of_people_kept_are_re_owned() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort, meta = course.instance("cohort"), course.instance("meta")
    ada = course.student(cohort)
    kept = course.join(ada, 61, cohort)
    course.join(ada, 62, meta)
    course.join(ada, 63)
    teacher = course.person()
    course.enrol(teacher, cohort)
    course.assign(teacher, TEACHER, cohort)
    course.join(teacher, 61, cohort)

    groups = planned(course).changes[2:]

    assert groups == (Changed(kept, kept._replace(component="", itemid=0)),)


def test_every_method_means_all_but_manual() -> None:
    course = CourseBuilder()
    manual, own = course.instance("manual"), course.instance("self")
    ada = course.student(own)
    course.student(manual)

    plan = planned(course, replace(POLICY, methods=None))

    assert plan.converted == {ada}


def test_second_conversion_changes_nothing() -> None:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    ada = course.student(cohort)
    course.join(ada, 61, cohort)
    after = apply_plan(course.state(), planned(course))

    again = plan_conversion(after, POLICY, CONFIG, CIRCUMSTANCES)

    assert again.changes == ()
    assert reasons(again) == {ada: ManualEnrolmentSuffices(ends_at=UNTIL)}


def test_end_date_for_all_manual_reaches_people_who_were_manual_before() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    carol = course.student(manual)
    bob = course.person()
    row = course.enrol(bob, manual, ends_at=UNTIL + YEAR)
    course.assign(bob, STUDENT)

    plan = planned(course, replace(POLICY, end_for=EndFor.ALL_MANUAL))

    assert new_enrolment(ada, manual) in plan.changes
    assert changed(row, ends_at=UNTIL) in plan.changes
    assert carol in plan.converted
    assert EndDateShortens(people=2) in plan.warnings


def test_welcome_message_is_reported_from_moodle_4_4_on() -> None:
    course = CourseBuilder()
    course.instance("manual", customint1=1, expirynotify=1)
    course.student(course.instance("cohort"))
    newer = replace(CONFIG, version=2024042200)

    plan = plan_conversion(course.state(), POLICY, newer, CIRCUMSTANCES)

    notice = ExpiryNotice(to_participants=False, threshold=86400)
    assert plan.warnings == (notice, WelcomeMessage())
    assert planned(course).warnings == (notice,)


def test_people_who_lose_another_role_with_the_feed_are_counted() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    course.assign(course.student(cohort), TEACHER, cohort)
    course.student(cohort)
    by_hand = course.student(cohort)
    course.assign(by_hand, TEACHER, cohort)
    course.assign(by_hand, TEACHER)

    assert planned(course).warnings == (OtherRolesGo(people=1),)
    both = replace(POLICY, roles=frozenset({STUDENT, TEACHER}))
    assert planned(course, both).warnings == ()
