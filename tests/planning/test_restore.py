"""What restoring an archive's people into a course changes, and what it leaves alone."""

from dataclasses import replace

from maintien.enrolments.state import CourseState, EnrolmentInstance, RoleAssignment, UserEnrolment
from maintien.moodle.config import ManualDefaults, SiteConfig
from maintien.moodle.ids import CourseId, InstanceId, UserId
from maintien.moodle.values import MANUAL, NO_COMPONENT, EnrolmentStatus, InstanceStatus
from maintien.planning.applying import apply_plan
from maintien.planning.changes import Added, Changed
from maintien.planning.findings import (
    ArchiveIsAnonymised,
    ManualInstanceDisabled,
    ManualInstanceFromArchive,
    ManualInstanceMissing,
    ManualInstanceWouldBeDisabled,
    ManualMethodDisabledOnSite,
)
from maintien.planning.plan import CoursePlan, RestoredFrom
from maintien.planning.restore import Restoration, plan_restore
from tests.builders import CIRCUMSTANCES, CONFIG, LONG_AGO, NOW, OPERATOR, STUDENT, UNTIL, CourseBuilder

ORIGIN = RestoredFrom(is_same_site=True, courseid=CourseId(7))
ADA, BOB = UserId(11), UserId(12)


def planned(state: CourseState, source: CourseState, config: SiteConfig = CONFIG) -> CoursePlan:
    return plan_restore(state, Restoration(source=source, origin=ORIGIN), config, CIRCUMSTANCES)


def archive_with(method: str, *, status: int = 0, ends_at: int = UNTIL) -> CourseBuilder:
    """An archive of another course that enrols Ada as a student."""
    archive = CourseBuilder()
    instance = archive.instance(method, status=status)
    archive.instances[0] = archive.instances[0]._replace(id=InstanceId(901), sortorder=0)
    archive.enrol(ADA, InstanceId(901), ends_at=ends_at)
    row = archive.assign(ADA, STUDENT)
    if method != MANUAL:
        archive.roles = [row._replace(component=f"enrol_{method}", itemid=901)]
    del instance
    return archive


def course_with_manual(status: int = 0) -> CourseBuilder:
    course = CourseBuilder()
    course.instance(MANUAL, status=status)
    return course


def added(plan: CoursePlan, kind: type) -> list[object]:
    return [c.row for c in plan.changes if isinstance(c, Added) and isinstance(c.row, kind)]


def test_person_of_the_archive_is_enrolled_by_hand_with_the_role() -> None:
    course = course_with_manual()

    plan = planned(course.state(), archive_with("database").state())

    (row,) = added(plan, UserEnrolment)
    assert isinstance(row, UserEnrolment)
    assert (row.userid, row.instanceid, row.ends_at, row.modifierid) == (ADA, 31, UNTIL, OPERATOR)
    (role,) = added(plan, RoleAssignment)
    assert isinstance(role, RoleAssignment)
    assert (role.userid, role.roleid, role.component, role.itemid) == (ADA, STUDENT, NO_COMPONENT, 0)
    assert role.contextid == course.course.contextid
    assert plan.restored_from == ORIGIN


def test_courses_own_enrolments_are_no_source() -> None:
    course = course_with_manual()
    course.student(course.instance("database"))
    other = archive_with("cohort")
    other.enrolments = [row._replace(userid=UserId(99)) for row in other.enrolments]
    other.roles = []

    plan = planned(course.state(), other.state())

    assert [c.row.userid for c in plan.changes if isinstance(c, Added)] == [99]


def test_merge_is_moodles() -> None:
    course = course_with_manual()
    course.enrol(ADA, InstanceId(31), ends_at=NOW + 5)
    later = archive_with("database", ends_at=UNTIL)
    endless = archive_with("database", ends_at=0)

    assert not [c for c in planned(course.state(), later.state()).changes if isinstance(c, Changed)]
    (change,) = [c for c in planned(course.state(), endless.state()).changes if isinstance(c, Changed)]
    assert isinstance(change.after, UserEnrolment)
    assert change.after.ends_at == 0


def test_enrolment_of_a_disabled_method_is_suspended() -> None:
    source = archive_with("database", status=InstanceStatus.DISABLED).state()

    (row,) = added(planned(course_with_manual().state(), source), UserEnrolment)

    assert isinstance(row, UserEnrolment)
    assert row.status == EnrolmentStatus.SUSPENDED


def test_role_given_by_a_method_that_the_archive_has_not_is_left_out() -> None:
    source = archive_with("database")
    source.roles = [row._replace(itemid=902) for row in source.roles]

    assert added(planned(course_with_manual().state(), source.state()), RoleAssignment) == []


def test_number_of_a_method_of_the_course_means_nothing_in_the_archive() -> None:
    course = course_with_manual()
    course.instance("database")
    source = archive_with("database")
    source.roles = [row._replace(itemid=32) for row in source.roles]

    assert added(planned(course.state(), source.state()), RoleAssignment) == []


def test_deleted_account_is_enrolled_and_given_no_role() -> None:
    """So real Moodle does: process_assignment looks whether the account is deleted, process_enrolment not."""
    source = replace(archive_with("database").state(), deleted=frozenset({ADA}))

    plan = planned(course_with_manual().state(), source)

    assert len(added(plan, UserEnrolment)) == 1
    assert added(plan, RoleAssignment) == []


def test_manual_method_is_added_as_the_archive_has_it_where_it_is_the_first() -> None:
    source = archive_with(MANUAL, status=InstanceStatus.DISABLED).state()

    plan = planned(CourseBuilder().state(), source)

    (instance,) = added(plan, EnrolmentInstance)
    assert isinstance(instance, EnrolmentInstance)
    assert (instance.status, instance.timecreated) == (InstanceStatus.DISABLED, LONG_AGO)
    assert plan.warnings == (ManualInstanceFromArchive(), ManualInstanceDisabled())


def test_manual_method_is_added_from_the_defaults_where_another_is_the_first() -> None:
    source = archive_with("database")
    source.instance(MANUAL, status=InstanceStatus.DISABLED)
    config = replace(CONFIG, manual=ManualDefaults(status=InstanceStatus.DISABLED, enrolperiod=5))

    plan = planned(CourseBuilder().state(), source.state(), config)

    (instance,) = added(plan, EnrolmentInstance)
    assert isinstance(instance, EnrolmentInstance)
    assert (instance.enrolperiod, instance.timecreated) == (5, NOW)
    assert plan.warnings == (ManualInstanceMissing(), ManualInstanceWouldBeDisabled())


def test_nobody_is_enrolled_where_the_site_has_the_method_switched_off() -> None:
    config = replace(CONFIG, enabled_methods=frozenset({"database"}))

    plan = planned(course_with_manual().state(), archive_with("database").state(), config)

    assert plan.changes == ()
    assert plan.warnings == (ManualMethodDisabledOnSite(),)


def test_disabled_manual_method_is_said_and_enrolled_into() -> None:
    course = course_with_manual(status=InstanceStatus.DISABLED)

    plan = planned(course.state(), archive_with("database").state())

    assert len(added(plan, UserEnrolment)) == 1
    assert plan.warnings == (ManualInstanceDisabled(),)


def test_groups_stay_as_they_are() -> None:
    course = course_with_manual()
    source = archive_with("database")
    source.join(ADA, 61)

    plan = planned(course.state(), source.state())

    assert apply_plan(course.state(), plan).memberships == ()


def test_what_was_found_out_of_the_archive_comes_with_the_plan() -> None:
    restoration = Restoration(
        source=archive_with("database").state(), origin=ORIGIN, findings=(ArchiveIsAnonymised(),)
    )

    plan = plan_restore(course_with_manual().state(), restoration, CONFIG, CIRCUMSTANCES)

    assert plan.warnings == (ArchiveIsAnonymised(),)


def test_second_restore_changes_nothing() -> None:
    state, source = course_with_manual().state(), archive_with("database").state()
    once = apply_plan(state, planned(state, source))

    assert planned(once, source).changes == ()
