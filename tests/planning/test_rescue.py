"""The rules of a rescue: who gets what back, and who does not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from maintien.enrolments.access import people_with_access
from maintien.enrolments.state import EnrolmentInstance, GroupMembership, RoleAssignment, UserEnrolment
from maintien.enrolments.withdrawals import Deed, LogReach, LostGrades, UnreadableEvent
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import (
    UNSAVED,
    ContextId,
    EnrolmentId,
    GroupId,
    InstanceId,
    MembershipId,
    RoleAssignmentId,
    RoleId,
    UserId,
)
from maintien.moodle.values import NO_END, EnrolmentStatus, InstanceStatus
from maintien.planning.applying import apply_plan
from maintien.planning.changes import Added, Changed, row_of
from maintien.planning.findings import (
    EnablingGivesAccess,
    GradesGone,
    GroupsAreCached,
    GroupsGone,
    LogBeginsLate,
    LogIsSilent,
    LogRowsUnreadable,
    ManualEnrolmentsRevived,
    ManualInstanceDisabled,
    ManualInstanceMissing,
    RolesBelowCourseGone,
)
from maintien.planning.left_alone import (
    DeletedAccount,
    HadNoAccess,
    HasAccess,
    LeftAlone,
    ManualEnrolmentKeepsItsEnd,
    ManualEnrolmentSuffices,
    ManualMethodUnavailable,
    MethodNotAskedFor,
    NoRole,
    OverSince,
    Reason,
    RoleNotAskedFor,
    SuspendedAccount,
    TakenByPerson,
    TakenUnreadably,
)
from maintien.planning.plan import CoursePlan, Grounds, Source
from maintien.planning.policy import RescuePolicy
from maintien.planning.rescue import plan_rescue
from maintien.planning.restricting import restrict_plan
from tests.builders import (
    BIOLOGY,
    CIRCUMSTANCES,
    CONFIG,
    LONG_AGO,
    NOW,
    OPERATOR,
    STUDENT,
    TEACHER,
    UNTIL,
)
from tests.taken import ADMINISTRATOR, BY_CRON, BY_HAND, CUT, WINDOW, Taken

POLICY = RescuePolicy(window=WINDOW, ends_at=UNTIL, roles=frozenset({STUDENT}))
EVERYBODY = replace(POLICY, roles=None)


class Course(Taken):
    """A course with a manual instance and a cohort's, and what was taken from its people."""

    def __init__(self, *, manual: int | None = InstanceStatus.ENABLED) -> None:
        super().__init__()
        if manual is not None:
            self.manual = self.course.instance("manual", status=manual)
        self.cohort = self.course.instance("cohort")

    def cut_off(self, *, starts_at: int = 0, ends_at: int = NO_END, deed: Deed = BY_CRON) -> UserId:
        """A student whom the cohort's sync has unenrolled."""
        userid = self.course.person()
        self.unenrol(userid, self.cohort, starts_at=starts_at, ends_at=ends_at, deed=deed)
        self.unassign(userid, STUDENT, self.cohort, deed=deed)
        return userid


def plan_of(course: Taken, policy: RescuePolicy = POLICY, config: SiteConfig = CONFIG) -> CoursePlan:
    """Plan, and make sure that the plan can be applied and leaves nothing to do."""
    state = course.state()
    plan = plan_rescue(state, policy, config, CIRCUMSTANCES)
    after = apply_plan(state, plan)
    assert plan_rescue(after, policy, config, CIRCUMSTANCES).changes == ()
    assert set(plan.grounds) <= people_with_access(after, NOW) - people_with_access(state, NOW)
    return plan


def enrolled(
    userid: UserId, instanceid: InstanceId, *, starts_at: int = 0, ends_at: int = UNTIL
) -> Added[UserEnrolment]:
    row = UserEnrolment(
        id=EnrolmentId(UNSAVED),
        instanceid=instanceid,
        userid=userid,
        status=EnrolmentStatus.ACTIVE,
        starts_at=starts_at,
        ends_at=ends_at,
        modifierid=OPERATOR,
        timecreated=NOW,
        timemodified=NOW,
    )
    return Added(row)


def given(userid: UserId, roleid: RoleId = STUDENT) -> Added[RoleAssignment]:
    row = RoleAssignment(
        id=RoleAssignmentId(UNSAVED),
        roleid=roleid,
        contextid=BIOLOGY.contextid,
        userid=userid,
        component="",
        itemid=0,
        modifierid=OPERATOR,
        timemodified=NOW,
        sortorder=0,
    )
    return Added(row)


def joined(userid: UserId, groupid: int) -> Added[GroupMembership]:
    return Added(GroupMembership(MembershipId(UNSAVED), GroupId(groupid), userid, "", 0, NOW))


def left_alone(plan: CoursePlan) -> dict[UserId, Reason]:
    assert plan.changes == ()
    return {entry.userid: entry.reason for entry in plan.left_alone}


def roles_given(plan: CoursePlan) -> list[tuple[UserId, RoleId]]:
    rows = map(row_of, plan.changes)
    return [(row.userid, row.roleid) for row in rows if isinstance(row, RoleAssignment)]


def enrolments_of(plan: CoursePlan) -> Sequence[UserEnrolment]:
    return [row for row in map(row_of, plan.changes) if isinstance(row, UserEnrolment)]


class TestWho:
    """Whom a sync cut off, and who has no access now."""

    def test_student_whom_a_sync_unenrolled_gets_access_and_role_back(self) -> None:
        course = Course()
        lea = course.cut_off(starts_at=LONG_AGO)

        assert plan_of(course) == CoursePlan(
            course=BIOLOGY,
            changes=(enrolled(lea, course.manual, starts_at=LONG_AGO), given(lea)),
            converted=frozenset({lea}),
            touched=frozenset({lea}),
            grounds={lea: Grounds(CUT, (Source.LOG,))},
        )

    def test_of_a_reviewed_plan_only_what_still_holds_keeps_its_grounds(self) -> None:
        course = Course()
        lea = course.cut_off()
        reviewed = plan_of(course)
        max_ = course.cut_off()
        today = plan_of(course)
        assert today.grounds.keys() == {lea, max_}

        restricted = restrict_plan(today, reviewed)

        assert restricted.grounds == {lea: Grounds(CUT, (Source.LOG,))}
        assert restricted.converted == {lea}

    def test_student_whose_enrolment_a_sync_suspended_does_too(self) -> None:
        course = Course()
        lea = course.course.person()
        course.suspend(lea, course.cohort)
        course.course.assign(lea, STUDENT, course.cohort)

        plan = plan_of(course)

        assert plan.changes == (enrolled(lea, course.manual), given(lea))
        assert plan.grounds == {lea: Grounds(CUT, (Source.SUSPENDED_ROW,))}

    def test_row_suspended_before_the_window_is_nobodys_cut(self) -> None:
        course = Course()
        lea = course.course.person()
        course.suspend(lea, course.cohort, deed=None, modified_at=WINDOW.since - 1)

        assert plan_of(course, EVERYBODY) == CoursePlan(course=BIOLOGY)

    def test_time_of_change_tells_where_no_log_does(self) -> None:
        course = Course()
        course.log = None
        lea = course.course.person()
        course.suspend(lea, course.cohort, deed=None, modified_at=CUT)
        course.course.assign(lea, STUDENT, course.cohort)

        assert plan_of(course).grounds == {lea: Grounds(CUT, (Source.SUSPENDED_ROW,))}

    def test_event_tells_where_the_time_of_change_does_not(self) -> None:
        course = Course()
        lea = course.course.person()
        course.suspend(lea, course.cohort, modified_at=LONG_AGO)
        course.course.assign(lea, STUDENT, course.cohort)

        assert plan_of(course).converted == {lea}

    def test_update_of_somebody_elses_row_tells_nothing(self) -> None:
        course = Course()
        lea, tom = course.course.person(), course.course.person()
        row = course.suspend(lea, course.cohort)
        course.updated[row.id] = course.updated[row.id]._replace(userid=tom)

        assert plan_of(course, EVERYBODY) == CoursePlan(course=BIOLOGY)

    def test_who_has_access_another_way_gets_nothing(self) -> None:
        course = Course()
        lea = course.cut_off()
        course.leave(lea, 41)
        course.course.enrol(lea, course.course.instance("self"))

        assert left_alone(plan_of(course)) == {lea: HasAccess()}

    def test_who_is_enrolled_again_by_the_feed_gets_nothing(self) -> None:
        course = Course()
        lea = course.cut_off()
        course.course.enrol(lea, course.cohort)

        assert left_alone(plan_of(course)) == {lea: HasAccess()}

    def test_instance_that_is_gone_counts(self) -> None:
        course = Course()
        lea = course.course.person()
        course.unenrol(lea, InstanceId(999))
        course.unassign(lea, STUDENT, InstanceId(999))

        assert plan_of(course).converted == {lea}

    @pytest.mark.parametrize(
        ("status", "starts_at", "ends_at"),
        [
            (EnrolmentStatus.SUSPENDED, 0, NO_END),
            (EnrolmentStatus.ACTIVE, 0, CUT),
            (EnrolmentStatus.ACTIVE, CUT + 1, NO_END),
        ],
        ids=["suspended", "over", "not begun"],
    )
    def test_deleted_row_that_gave_no_access_is_no_loss(
        self, status: int, starts_at: int, ends_at: int
    ) -> None:
        course = Course()
        lea = course.course.person()
        course.unenrol(lea, course.cohort, status=status, starts_at=starts_at, ends_at=ends_at)

        assert left_alone(plan_of(course, EVERYBODY)) == {lea: HadNoAccess()}

    @pytest.mark.parametrize(("starts_at", "ends_at"), [(CUT, NO_END), (0, UNTIL), (0, 2147483647)])
    def test_deleted_row_that_gave_access_is_a_loss(self, starts_at: int, ends_at: int) -> None:
        course = Course()
        lea = course.cut_off(starts_at=starts_at, ends_at=ends_at)

        assert plan_of(course).converted == {lea}

    def test_row_of_a_disabled_instance_is_no_loss(self) -> None:
        course = Course()
        disabled = course.course.instance("cohort", status=InstanceStatus.DISABLED)
        lea, tom = course.course.person(), course.course.person()
        course.unenrol(lea, disabled)
        course.suspend(tom, disabled)

        assert left_alone(plan_of(course, EVERYBODY)) == {lea: HadNoAccess(), tom: HadNoAccess()}

    def test_row_that_would_be_over_by_now_is_not_given_back(self) -> None:
        course = Course()
        lea = course.cut_off(ends_at=CUT + 1)
        tom = course.course.person()
        course.suspend(tom, course.cohort, ends_at=NOW)
        course.course.assign(tom, STUDENT, course.cohort)

        assert left_alone(plan_of(course)) == {
            lea: OverSince(ends_at=CUT + 1),
            tom: OverSince(ends_at=NOW),
        }

    def test_suspended_row_that_is_deleted_later_is_a_loss_of_the_window(self) -> None:
        course = Course()
        lea = course.course.person()
        later = BY_CRON._replace(at=CUT + 60)
        course.unenrol(lea, course.cohort, status=EnrolmentStatus.SUSPENDED, modified_at=CUT, deed=later)
        course.unassign(lea, STUDENT, course.cohort)

        assert plan_of(course).grounds == {lea: Grounds(CUT, (Source.LOG,))}

    def test_suspended_row_that_a_person_tidied_away_is_not(self) -> None:
        course = Course()
        lea = course.course.person()
        later = BY_HAND._replace(at=CUT + 60)
        course.unenrol(lea, course.cohort, status=EnrolmentStatus.SUSPENDED, modified_at=CUT, deed=later)

        assert left_alone(plan_of(course, EVERYBODY)) == {
            lea: TakenByPerson(taken_at=CUT + 60, by=ADMINISTRATOR)
        }

    def test_account_out_of_use_is_left_alone(self) -> None:
        course = Course()
        lea, tom = course.cut_off(), course.cut_off()
        course.course.deleted.add(lea)
        course.course.suspended.add(tom)

        assert left_alone(plan_of(course)) == {lea: DeletedAccount(), tom: SuspendedAccount()}

    def test_method_that_is_not_asked_for_is_left_alone(self) -> None:
        course = Course()
        lea = course.course.person()
        course.unenrol(lea, course.course.instance("self"), method="self")
        course.unassign(lea, STUDENT)

        assert left_alone(plan_of(course)) == {lea: MethodNotAskedFor(methods=("self",))}
        for methods in (None, frozenset({"self"})):
            assert plan_of(course, replace(POLICY, methods=methods)).converted == {lea}

    def test_manual_enrolment_that_went_is_no_cut(self) -> None:
        course = Course()
        lea = course.course.person()
        course.unenrol(lea, course.manual, method="manual")

        assert plan_of(course, replace(EVERYBODY, methods=None)) == CoursePlan(course=BIOLOGY)

    def test_unreadable_unenrolment_is_named(self) -> None:
        course = Course()
        lea, tom, ada = (course.course.person() for _ in range(3))
        course.course.enrol(ada, course.manual)
        course.unreadable += [
            UnreadableEvent(lea, is_unenrolment=True, deed=BY_CRON),
            UnreadableEvent(tom, is_unenrolment=False, deed=BY_CRON),
            UnreadableEvent(ada, is_unenrolment=True, deed=BY_CRON),
            UnreadableEvent(UserId(0), is_unenrolment=True, deed=BY_CRON),
        ]

        plan = plan_of(course)

        assert left_alone(plan) == {lea: TakenUnreadably()}
        assert plan.warnings == (LogRowsUnreadable(rows=4),)


class TestPersonOrSync:
    """Whose doing it was."""

    def test_what_a_person_took_stays_taken_unless_asked_for(self) -> None:
        course = Course()
        lea = course.cut_off(deed=BY_HAND)
        course.leave(lea, 41, deed=BY_HAND)

        assert left_alone(plan_of(course)) == {lea: TakenByPerson(taken_at=CUT, by=ADMINISTRATOR)}
        assert plan_of(course, replace(POLICY, also_by_people=True)).changes == (
            enrolled(lea, course.manual),
            given(lea),
            joined(lea, 41),
        )

    @pytest.mark.parametrize("origin", ["web", "ws"])
    def test_sync_at_sign_in_is_no_person(self, origin: str) -> None:
        course = Course()
        lea = course.course.person()
        course.unenrol(lea, course.cohort, deed=Deed(CUT, origin, lea))
        course.unassign(lea, STUDENT, course.cohort, deed=Deed(CUT, origin, lea))

        assert plan_of(course).converted == {lea}

    def test_sync_that_a_restore_runs_is_no_person(self) -> None:
        course = Course()
        lea = course.cut_off(deed=Deed(CUT, "restore", ADMINISTRATOR))

        assert plan_of(course).converted == {lea}

    def test_last_loss_decides(self) -> None:
        course = Course()
        lea, tom = course.cut_off(), course.cut_off()
        for userid, moment in ((lea, CUT + 60), (tom, CUT - 60)):
            deed = BY_HAND._replace(at=moment)
            course.unenrol(userid, course.manual, method="manual", deed=deed)

        plan = plan_of(course)

        assert plan.converted == {tom}
        assert plan.left_alone == (LeftAlone(lea, TakenByPerson(taken_at=CUT + 60, by=ADMINISTRATOR)),)

    def test_person_who_removes_what_a_sync_had_given_again_decides(self) -> None:
        course = Course()
        lea = course.cut_off()
        course.unenrol(lea, course.cohort, deed=BY_HAND._replace(at=CUT + 60))

        assert left_alone(plan_of(course)) == {lea: TakenByPerson(taken_at=CUT + 60, by=ADMINISTRATOR)}

    def test_role_and_group_that_a_person_took_do_not_come_back(self) -> None:
        course = Course()
        lea = course.cut_off()
        course.unassign(lea, TEACHER, deed=BY_HAND)
        course.leave(lea, 41, deed=BY_HAND)

        plan = plan_of(course, EVERYBODY)

        assert plan.changes == (enrolled(lea, course.manual), given(lea))


class TestManualEnrolment:
    """What becomes of the manual enrolment."""

    def test_earliest_start_of_what_was_lost_counts(self) -> None:
        course = Course()
        lea = course.cut_off(starts_at=LONG_AGO)
        course.unenrol(lea, course.course.instance("database"), method="database", starts_at=LONG_AGO - 1)

        assert plan_of(course).changes == (
            enrolled(lea, course.manual, starts_at=LONG_AGO - 1),
            given(lea),
        )

    def test_teacher_gets_the_end_date_too(self) -> None:
        course = Course()
        ada = course.course.person()
        course.unenrol(ada, course.cohort)
        course.unassign(ada, TEACHER, course.cohort)

        assert plan_of(course, EVERYBODY).changes == (
            enrolled(ada, course.manual),
            given(ada, TEACHER),
        )

    def test_enrolment_that_is_over_is_prolonged(self) -> None:
        course = Course()
        lea = course.cut_off()
        row = course.course.enrol(lea, course.manual, ends_at=NOW - 1)

        after = row._replace(ends_at=UNTIL, modifierid=OPERATOR, timemodified=NOW)
        assert plan_of(course).changes == (Changed(row, after), given(lea))

    def test_enrolment_that_begins_later_begins_at_once(self) -> None:
        course = Course()
        lea = course.cut_off()
        row = course.course.enrol(lea, course.manual, starts_at=NOW + 1)

        after = row._replace(starts_at=0, modifierid=OPERATOR, timemodified=NOW)
        assert plan_of(course).changes == (Changed(row, after), given(lea))

    def test_enrolment_is_never_made_unlimited(self) -> None:
        course = Course()
        lea = course.cut_off()
        course.course.enrol(lea, course.manual, ends_at=NOW - 1)

        plan = plan_of(course, replace(POLICY, ends_at=NO_END))

        assert left_alone(plan) == {lea: ManualEnrolmentKeepsItsEnd(ends_at=NOW - 1)}

    def test_enrolment_that_suffices_once_the_method_is_enabled_stays(self) -> None:
        course = Course(manual=InstanceStatus.DISABLED)
        lea, tom = course.cut_off(), course.course.person()
        course.course.enrol(lea, course.manual)
        course.course.enrol(tom, course.manual)
        instance = course.course.instances[0]

        plan = plan_of(course, replace(POLICY, enable_manual=True))

        enabled = instance._replace(status=InstanceStatus.ENABLED)
        assert plan.changes == (Changed(instance, enabled), given(lea))
        assert plan.left_alone == (LeftAlone(lea, ManualEnrolmentSuffices(ends_at=NO_END)),)
        assert plan.warnings == (EnablingGivesAccess(people=1),)
        assert set(plan.grounds) == {lea}

    def test_suspended_enrolment_is_made_active_and_the_person_named(self) -> None:
        course = Course()
        lea = course.cut_off(starts_at=LONG_AGO)
        row = course.course.enrol(lea, course.manual, status=EnrolmentStatus.SUSPENDED, starts_at=NOW + 1)

        plan = plan_of(course)

        after = row._replace(
            status=EnrolmentStatus.ACTIVE,
            starts_at=LONG_AGO,
            ends_at=UNTIL,
            modifierid=OPERATOR,
            timemodified=NOW,
        )
        assert plan.changes == (Changed(row, after), given(lea))
        assert plan.warnings == (ManualEnrolmentsRevived(people=(lea,)),)

    def test_suspended_enrolment_of_somebody_who_lost_nothing_stays(self) -> None:
        course = Course()
        lea = course.course.person()
        course.course.enrol(lea, course.manual, status=EnrolmentStatus.SUSPENDED)

        assert plan_of(course, EVERYBODY) == CoursePlan(course=BIOLOGY)

    def test_missing_instance_is_created(self) -> None:
        course = Course(manual=None)
        lea = course.cut_off()

        plan = plan_of(course)

        created, enrolment, role = plan.changes
        assert isinstance(row_of(created), EnrolmentInstance)
        assert (enrolment, role) == (enrolled(lea, InstanceId(UNSAVED)), given(lea))
        assert plan.warnings == (ManualInstanceMissing(),)

    def test_course_whose_instance_is_disabled_is_left_alone(self) -> None:
        course = Course(manual=InstanceStatus.DISABLED)
        lea = course.cut_off()

        plan = plan_of(course)

        assert left_alone(plan) == {lea: ManualMethodUnavailable()}
        assert plan.obstacle == ManualInstanceDisabled()

    def test_disabled_instance_is_no_obstacle_where_nobody_lost_anything(self) -> None:
        assert plan_of(Course(manual=InstanceStatus.DISABLED)) == CoursePlan(course=BIOLOGY)


class TestRoles:
    """Which roles come back."""

    def test_roles_lost_and_roles_still_there_are_given_by_hand(self) -> None:
        course = Course()
        lea = course.course.person()
        course.suspend(lea, course.cohort)
        course.unassign(lea, STUDENT, course.cohort)
        course.course.assign(lea, TEACHER, course.cohort)

        plan = plan_of(course, EVERYBODY)

        assert roles_given(plan) == [(lea, TEACHER), (lea, STUDENT)]
        assert plan.grounds[lea].sources == (Source.SUSPENDED_ROW, Source.LOG)

    def test_only_roles_asked_for_come_back(self) -> None:
        course = Course()
        lea = course.cut_off()
        course.unassign(lea, TEACHER)

        assert roles_given(plan_of(course)) == [(lea, STUDENT)]

    def test_role_by_hand_is_not_given_twice(self) -> None:
        course = Course()
        lea = course.cut_off()
        course.course.assign(lea, STUDENT)

        assert roles_given(plan_of(course)) == []

    def test_who_had_other_roles_only_is_left_alone(self) -> None:
        course = Course()
        ada, tom = course.course.person(), course.course.person()
        course.unenrol(ada, course.cohort)
        course.unassign(ada, TEACHER, course.cohort)
        course.unenrol(tom, course.cohort)

        assert left_alone(plan_of(course)) == {
            ada: RoleNotAskedFor(roles=("editingteacher",)),
            tom: NoRole(),
        }

    def test_without_a_role_access_comes_back_where_every_role_is_asked_for(self) -> None:
        course = Course()
        tom = course.course.person()
        course.unenrol(tom, course.cohort)

        assert plan_of(course, EVERYBODY).changes == (enrolled(tom, course.manual),)

    def test_role_that_the_site_has_no_longer_does_not_come_back(self) -> None:
        course = Course()
        lea = course.cut_off()
        course.unassign(lea, RoleId(99))

        assert roles_given(plan_of(course, EVERYBODY)) == [(lea, STUDENT)]

    def test_role_below_the_course_does_not_come_back_and_is_counted(self) -> None:
        course = Course()
        lea, tom = course.cut_off(), course.course.person()
        for userid in (lea, lea, tom):
            course.unassign(userid, TEACHER, contextid=ContextId(999))

        plan = plan_of(course, EVERYBODY)

        assert roles_given(plan) == [(lea, STUDENT)]
        assert plan.warnings == (RolesBelowCourseGone(people=1),)

    def test_without_a_log_the_methods_own_role_is_given(self) -> None:
        course = Course()
        course.log = None
        lea = course.course.person()
        course.suspend(lea, course.cohort, deed=None, modified_at=CUT)

        plan = plan_of(course)

        assert roles_given(plan) == [(lea, STUDENT)]
        assert plan.grounds[lea].sources == (Source.SUSPENDED_ROW, Source.METHOD_DEFAULT)

    def test_registers_role_comes_from_its_setting(self) -> None:
        course = Course()
        course.log = None
        database = course.course.instance("database")
        course.course.instances[-1] = course.course.instances[-1]._replace(roleid=0)
        lea = course.course.person()
        course.suspend(lea, database, deed=None, modified_at=CUT)
        config = replace(CONFIG, default_roles={"database": TEACHER})

        assert roles_given(plan_of(course, EVERYBODY, config)) == [(lea, TEACHER)]
        assert roles_given(plan_of(course, EVERYBODY)) == []

    def test_where_a_log_tells_no_role_is_made_up(self) -> None:
        course = Course()
        lea = course.course.person()
        course.suspend(lea, course.cohort)

        assert left_alone(plan_of(course)) == {lea: NoRole()}

    def test_where_the_methods_role_is_still_there_none_is_made_up(self) -> None:
        course = Course()
        course.log = None
        lea = course.course.person()
        course.suspend(lea, course.cohort, deed=None, modified_at=CUT)
        course.course.assign(lea, TEACHER, course.cohort)

        plan = plan_of(course, EVERYBODY)

        assert roles_given(plan) == [(lea, TEACHER)]
        assert plan.grounds[lea].sources == (Source.SUSPENDED_ROW,)


class TestGroups:
    """Which group memberships come back."""

    def test_memberships_lost_come_back_as_ordinary_ones(self) -> None:
        course = Course()
        lea = course.cut_off()
        course.leave(lea, 41)
        course.leave(lea, 41)
        course.leave(lea, 42, is_gone=True)
        course.leave(course.course.person(), 41)

        plan = plan_of(course)

        assert plan.changes == (enrolled(lea, course.manual), given(lea), joined(lea, 41))
        assert plan.warnings == (GroupsGone(memberships=1), GroupsAreCached(people=1))

    def test_membership_that_is_there_again_is_not_added(self) -> None:
        course = Course()
        lea = course.cut_off()
        course.leave(lea, 41)
        course.course.join(lea, 41)

        assert plan_of(course).changes == (enrolled(lea, course.manual), given(lea))

    def test_memberships_of_the_method_become_ordinary(self) -> None:
        course = Course()
        lea, tom = course.course.person(), course.course.person()
        course.suspend(lea, course.cohort)
        course.course.assign(lea, STUDENT, course.cohort)
        owned = course.course.join(lea, 41, course.cohort)
        course.course.join(lea, 42)
        course.course.join(tom, 41, course.cohort)

        ordinary = Changed(owned, owned._replace(component="", itemid=0))
        assert plan_of(course).changes == (enrolled(lea, course.manual), given(lea), ordinary)

    def test_groups_stay_as_they_are_unless_they_are_to_be_kept(self) -> None:
        course = Course()
        lea = course.cut_off()
        course.leave(lea, 41)
        course.course.join(lea, 42, course.cohort)

        plan = plan_of(course, replace(POLICY, keep_groups=False))

        assert plan.changes == (enrolled(lea, course.manual), given(lea))


class TestWhatThereIsToKnow:
    """Grades, and what the log can't tell."""

    def test_people_whose_grades_went_are_named(self) -> None:
        course = Course()
        people = [course.course.person() for _ in range(4)]
        lea, tom, ada, eve = people
        for userid in people:
            course.unenrol(userid, course.cohort, was_last=userid != eve)
            course.unassign(userid, STUDENT, course.cohort)
        course.grades += [LostGrades(lea, 2, 2), LostGrades(tom, 1, 0), LostGrades(eve, 1, 1)]

        assert ada in plan_of(course).converted
        assert plan_of(course).warnings == (GradesGone(people=(lea, tom), in_history=1),)

    @pytest.mark.parametrize(
        "log",
        [None, LogReach(LONG_AGO, WINDOW.since - 1), LogReach(WINDOW.to + 1, NOW)],
        ids=["no log", "stopped before", "begun afterwards"],
    )
    def test_silent_log_is_told_of(self, log: LogReach | None) -> None:
        course = Course()
        course.log = log

        assert plan_of(course).warnings == (LogIsSilent(),)

    def test_log_that_begins_late_is_told_of(self) -> None:
        course = Course()
        course.log = LogReach(WINDOW.since + 1, NOW)

        assert plan_of(course).warnings == (LogBeginsLate(begins_at=WINDOW.since + 1),)

    def test_log_that_covers_the_window_is_not(self) -> None:
        course = Course()
        course.log = LogReach(WINDOW.since, WINDOW.since)

        assert plan_of(course).warnings == ()
