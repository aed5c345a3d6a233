"""Removing manual enrolments: whose go, and what goes with them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.access import people_with_access
from maintien.enrolments.state import CourseState
from maintien.moodle.ids import UserId
from maintien.moodle.values import FOREVER, NO_END, EnrolmentStatus, InstanceStatus
from maintien.planning.applying import apply_plan
from maintien.planning.carried_out import was_carried_out
from maintien.planning.changes import Removed
from maintien.planning.findings import AccessGoes, ManualMethodDisabledOnSite, PeopleLeave
from maintien.planning.left_alone import (
    LastEnrolment,
    LeftAlone,
    ManualMethodUnavailable,
    NoManualEnrolment,
    NotEnded,
    NotLetInAutomatically,
)
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import UnenrolPolicy
from maintien.planning.undo import plan_undo
from maintien.planning.unenrol import plan_unenrol
from tests.builders import CIRCUMSTANCES, CONFIG, NOW, STUDENT, TEACHER, CourseBuilder
from tests.course_states import course_states

ENDED = UnenrolPolicy(only_ended=True)
AUTOMATIC_TOO = UnenrolPolicy(only_automatic_too=True)
EVEN_LAST = UnenrolPolicy(even_last=True)


def planned(state: CourseState, policy: UnenrolPolicy = UnenrolPolicy()) -> CoursePlan:  # noqa: B008 -- frozen
    return plan_unenrol(state, policy, CONFIG, CIRCUMSTANCES)


def test_manual_enrolment_goes_and_what_people_gave_by_hand_stays() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    row = course.enrol(ada, manual)
    course.assign(ada, STUDENT)
    course.join(ada, 61)
    course.join(ada, 62, cohort)

    plan = planned(course.state())

    assert plan.changes == (Removed(row),)
    assert plan.converted == plan.touched == {ada}
    assert plan.leavers == frozenset()


def test_roles_and_groups_that_the_manual_instance_owns_go_with_it() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    row = course.enrol(ada, manual)
    role = course.assign(ada, TEACHER)._replace(component="enrol_manual", itemid=manual)
    course.roles[-1] = role
    member = course.join(ada, 61)._replace(component="enrol_manual", itemid=manual)
    course.memberships[-1] = member

    assert planned(course.state()).changes == (Removed(member), Removed(role), Removed(row))


def test_last_enrolment_is_left_alone() -> None:
    course = CourseBuilder()
    ada = course.student(course.instance("manual"))

    plan = planned(course.state())

    assert plan.changes == ()
    assert plan.left_alone == (LeftAlone(ada, LastEnrolment()),)
    assert plan.warnings == ()


def test_with_the_last_enrolment_go_all_roles_and_groups_whoever_gave_them() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.person()
    row = course.enrol(ada, manual)
    by_hand, by_cohort = course.assign(ada, STUDENT), course.assign(ada, TEACHER, cohort)
    member, of_cohort = course.join(ada, 61), course.join(ada, 62, cohort)
    bob = course.student(cohort)
    course.join(bob, 61)

    plan = planned(course.state(), EVEN_LAST)

    assert plan.changes == (
        *(Removed(by_hand), Removed(by_cohort), Removed(member), Removed(of_cohort), Removed(row)),
    )
    assert plan.leavers == {ada}
    assert plan.left_alone == (LeftAlone(bob, NoManualEnrolment()),)
    assert plan.warnings == (PeopleLeave(people=1, roles=2, groups=2), AccessGoes(people=1))


def test_suspended_automatic_enrolment_keeps_the_manual_one_from_being_the_last() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.person()
    row = course.enrol(ada, manual)
    course.enrol(ada, cohort, status=EnrolmentStatus.SUSPENDED)

    plan = planned(course.state())

    assert plan.changes == (Removed(row),)
    assert plan.warnings == (AccessGoes(people=1),)


@pytest.mark.parametrize("ends_at", [NO_END, FOREVER, NOW + 1])
def test_only_ended_leaves_enrolments_alone_that_are_not_over(ends_at: int) -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    course.enrol(ada, manual, ends_at=ends_at)

    plan = planned(course.state(), ENDED)

    assert plan.changes == ()
    assert [entry.userid for entry in plan.left_alone] == [ada]
    assert isinstance(plan.left_alone[0].reason, NotEnded)


@pytest.mark.parametrize("status", EnrolmentStatus)
def test_only_ended_removes_enrolments_that_are_over_suspended_or_not(status: EnrolmentStatus) -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    row = course.enrol(course.student(cohort), manual, ends_at=NOW, status=status)

    assert planned(course.state(), ENDED).changes == (Removed(row),)


def test_only_people_whom_an_automatic_method_lets_in_too() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    self_, disabled = course.instance("self"), course.instance("database", status=InstanceStatus.DISABLED)
    again = course.enrol(course.student(cohort), manual)
    others: list[UserId] = []
    for instance, status in ((self_, 0), (disabled, 0), (cohort, 1)):
        person = course.person()
        course.enrol(person, manual)
        course.enrol(person, instance, status=status)
        others.append(person)

    plan = planned(course.state(), AUTOMATIC_TOO)

    assert plan.changes == (Removed(again),)
    assert plan.left_alone == tuple(LeftAlone(userid, NotLetInAutomatically()) for userid in others)
    assert plan.warnings == ()


def test_both_conditions_hold_together() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    over, lasting = course.student(cohort), course.student(cohort)
    row = course.enrol(over, manual, ends_at=NOW - 1)
    course.enrol(lasting, manual, ends_at=NOW + 1)

    plan = planned(course.state(), UnenrolPolicy(only_ended=True, only_automatic_too=True))

    assert plan.changes == (Removed(row),)


def test_all_manual_methods_of_the_course_are_gone_through() -> None:
    course = CourseBuilder()
    one, other = course.instance("manual"), course.instance("manual")
    ada, bob = course.person(), course.person()
    first, second = course.enrol(ada, one, ends_at=NOW - 1), course.enrol(ada, other)
    course.enrol(bob, other)

    assert planned(course.state()).left_alone == (
        LeftAlone(ada, LastEnrolment()),
        LeftAlone(bob, LastEnrolment()),
    )
    assert planned(course.state(), ENDED).changes == (Removed(first),)
    plan = planned(course.state(), EVEN_LAST)
    assert plan.changes[:2] == (Removed(first), Removed(second))
    assert plan.leavers == {ada, bob}


def test_disabled_manual_method_is_gone_through_too() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual", status=InstanceStatus.DISABLED), course.instance("cohort")
    row = course.enrol(course.student(cohort), manual)

    assert planned(course.state()).changes == (Removed(row),)


def test_nobody_is_unenrolled_where_the_manual_method_is_switched_off() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    course.enrol(ada, manual)
    config = replace(CONFIG, enabled_methods=frozenset({"cohort"}))

    plan = plan_unenrol(course.state(), UnenrolPolicy(), config, CIRCUMSTANCES)

    assert plan.changes == ()
    assert plan.left_alone == (LeftAlone(ada, ManualMethodUnavailable()),)
    assert plan.obstacle == ManualMethodDisabledOnSite()


policies = st.builds(
    UnenrolPolicy, only_ended=st.booleans(), only_automatic_too=st.booleans(), even_last=st.booleans()
)


@given(state=course_states(), policy=policies)
def test_undo_gives_everything_back_and_a_second_run_changes_nothing(
    state: CourseState, policy: UnenrolPolicy
) -> None:
    done = planned(state, policy)
    after = apply_plan(state, done)

    undo = plan_undo(after, done)

    assert was_carried_out(after, done)
    assert planned(after, policy).changes == ()
    assert undo.left_alone == ()
    back = apply_plan(after, undo)
    assert replace(back, roles=()) == replace(state, roles=())
    # A role that was there twice does not come back a second time.
    assert set(back.roles) <= set(state.roles)


@given(state=course_states(), policy=policies)
def test_nobody_loses_the_last_enrolment_unless_asked_for(state: CourseState, policy: UnenrolPolicy) -> None:
    plan = planned(state, policy)
    after = apply_plan(state, plan)

    gone = {row.userid for row in state.enrolments} - {row.userid for row in after.enrolments}
    assert gone == plan.leavers
    assert policy.even_last or not gone
    assert not {row.userid for row in after.roles} & gone
    assert not {row.userid for row in after.memberships} & gone


@given(state=course_states())
def test_people_let_in_automatically_too_keep_their_access(state: CourseState) -> None:
    after = apply_plan(state, planned(state, AUTOMATIC_TOO))

    assert people_with_access(after, NOW) == people_with_access(state, NOW)
