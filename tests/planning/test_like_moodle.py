"""The procedure's steps in what the recorded courses lack; confirmed by running Moodle 4.1 and 4.3."""

from dataclasses import replace

from maintien.enrolments.state import CourseState, RoleAssignment, UserEnrolment
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import UserId
from maintien.moodle.values import EnrolmentStatus, InstanceStatus
from maintien.planning.changes import Added, Changed, Removed
from maintien.planning.findings import EndDateIsPast, ManualInstanceDisabled
from maintien.planning.like_moodle import plan_like_moodle
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import LikeMoodlePolicy
from tests.builders import CIRCUMSTANCES, CONFIG, NOW, STUDENT, UNTIL, CourseBuilder

POLICY = LikeMoodlePolicy(ends_at=UNTIL, end_roles=frozenset({STUDENT}))


def planned(state: CourseState, config: SiteConfig = CONFIG, policy: LikeMoodlePolicy = POLICY) -> CoursePlan:
    return plan_like_moodle(state, policy, config, CIRCUMSTANCES)


def roles_given(plan: CoursePlan) -> list[UserId]:
    rows = [c.row for c in plan.changes if isinstance(c, Added)]
    return [row.userid for row in rows if isinstance(row, RoleAssignment)]


def people_enrolled(plan: CoursePlan) -> list[UserId]:
    rows = [c.row for c in plan.changes if isinstance(c, Added)]
    return [row.userid for row in rows if isinstance(row, UserEnrolment)]


def course_with_role_of(component: str) -> tuple[CourseState, UserId]:
    course = CourseBuilder()
    course.instance("manual")
    ada = course.person()
    row = course.assign(ada, STUDENT)
    course.roles = [row._replace(component=component, itemid=7)]
    return course.state(), ada


def test_role_of_a_plugin_that_is_gone_becomes_an_ordinary_one() -> None:
    state, ada = course_with_role_of("local_x")

    assert roles_given(planned(state)) == [ada]


def test_role_of_an_installed_plugin_stays_its_own() -> None:
    config = replace(CONFIG, components=frozenset({"mod_forum"}))
    for component in ("mod_forum", "core_course"):
        state, _ = course_with_role_of(component)
        assert roles_given(planned(state, config)) == []


def test_role_of_an_instance_of_another_course_stays_its_own() -> None:
    state, _ = course_with_role_of("enrol_cohort")

    assert roles_given(planned(state)) == []


def test_role_without_component_but_with_an_item_is_given_by_hand() -> None:
    state, ada = course_with_role_of("")

    assert roles_given(planned(state)) == [ada]


def test_deleted_account_is_enrolled_without_a_role_and_a_missing_one_is_not() -> None:
    course = CourseBuilder()
    course.instance("manual")
    cohort = course.instance("cohort")
    deleted, missing = course.person(is_deleted=True), course.person(is_deleted=True)
    for userid in (deleted, missing):
        course.enrol(userid, cohort)
        course.assign(userid, STUDENT, cohort)

    plan = planned(replace(course.state(), missing=frozenset({missing})))

    assert people_enrolled(plan) == [deleted]
    assert roles_given(plan) == []


def test_role_given_twice_by_hand_is_kept_once() -> None:
    course = CourseBuilder()
    course.instance("manual")
    ada = course.person()
    course.assign(ada, STUDENT)
    second = course.assign(ada, STUDENT)

    assert planned(course.state()).changes == (Removed(second),)


def test_bulk_edit_works_on_the_first_manual_instance_of_the_page() -> None:
    course = CourseBuilder()
    older, newer = course.instance("manual"), course.instance("manual")
    course.instances = [course.instances[1]._replace(sortorder=0), course.instances[0]._replace(sortorder=1)]
    ada = course.person()
    row = course.enrol(ada, newer)
    course.assign(ada, STUDENT)

    plan = planned(course.state())

    assert people_enrolled(plan) == [ada]
    added = next(c.row for c in plan.changes if isinstance(c, Added))
    assert isinstance(added, UserEnrolment)
    assert (added.instanceid, added.ends_at) == (older, 0)
    assert Changed(row, row._replace(ends_at=UNTIL, modifierid=UserId(2), timemodified=NOW)) in plan.changes


def test_empty_end_date_leaves_end_dates_as_they_are() -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    ada = course.person()
    course.enrol(ada, manual, ends_at=NOW + 5)
    course.assign(ada, STUDENT)

    assert planned(course.state(), policy=replace(POLICY, ends_at=0)).changes == ()


def test_student_by_a_role_above_the_course_gets_the_end_date() -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    ada, bob = course.person(), course.person()
    for userid in (ada, bob):
        course.enrol(userid, manual)
    course.inherited = {STUDENT: frozenset({ada})}

    plan = planned(course.state())

    assert plan.converted == {ada}


def test_nobody_is_enrolled_where_the_manual_method_is_switched_off() -> None:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    course.student(cohort)
    config = replace(CONFIG, enabled_methods=frozenset({"cohort"}))

    assert planned(course.state(), config).changes == ()


def test_course_without_any_instance_gets_none() -> None:
    assert planned(CourseBuilder().state()).changes == ()


def test_disabled_manual_instance_and_past_end_date_are_warned_of() -> None:
    course = CourseBuilder()
    course.instance("manual", status=InstanceStatus.DISABLED)
    cohort = course.instance("cohort")
    course.enrol(course.person(), cohort, status=EnrolmentStatus.SUSPENDED)

    plan = planned(course.state(), policy=replace(POLICY, ends_at=NOW - 1))

    assert plan.warnings == (ManualInstanceDisabled(), EndDateIsPast())
