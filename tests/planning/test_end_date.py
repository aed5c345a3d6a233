"""Changing manual enrolments as Moodle's bulk edit does, and whom it leaves alone and why."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.state import CourseState, UserEnrolment
from maintien.moodle.values import FOREVER, NO_END, EnrolmentStatus, InstanceStatus
from maintien.planning.applying import apply_plan
from maintien.planning.changes import Changed
from maintien.planning.end_date import plan_end_date
from maintien.planning.findings import (
    AccessGoes,
    EditedMethodDisabled,
    EditShortens,
    EndDateIsPast,
    EndsBeforeItBegins,
    ManualMethodDisabledOnSite,
    NoManualMethod,
    SeveralManualMethods,
)
from maintien.planning.left_alone import (
    AlreadySo,
    EndsEarlierAlready,
    EndsLaterAlready,
    InOtherManualInstance,
    LeftAlone,
    ManualMethodUnavailable,
    NoManualEnrolment,
)
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import EndDatePolicy, OnlyIf
from maintien.planning.undo import plan_undo
from tests.builders import CIRCUMSTANCES, CONFIG, NOW, OPERATOR, UNTIL, CourseBuilder
from tests.course_states import course_states

POLICY = EndDatePolicy(ends_at=UNTIL)


def planned(state: CourseState, policy: EndDatePolicy = POLICY) -> CoursePlan:
    return plan_end_date(state, policy, CONFIG, CIRCUMSTANCES)


def changed(row: UserEnrolment, **values: Any) -> Changed[UserEnrolment]:  # noqa: ANN401 -- columns
    """The change of a row to these values, by the operator, now."""
    return Changed(row, row._replace(**values)._replace(modifierid=OPERATOR, timemodified=NOW))


def one_person(
    ends_at: int = NO_END, *, status: int = EnrolmentStatus.ACTIVE, starts_at: int = 0
) -> tuple[CourseState, UserEnrolment]:
    course = CourseBuilder()
    row = course.enrol(
        course.person(), course.instance("manual"), ends_at=ends_at, status=status, starts_at=starts_at
    )
    return course.state(), row


def test_end_date_is_set_whatever_it_was() -> None:
    for before in (NO_END, FOREVER, NOW - 5, UNTIL + 5):
        state, row = one_person(before)
        plan = planned(state)
        assert plan.changes == (changed(row, ends_at=UNTIL),)
        assert plan.converted == plan.touched == {row.userid}


def test_start_status_and_end_change_together() -> None:
    state, row = one_person()
    policy = EndDatePolicy(ends_at=UNTIL, starts_at=NOW - 9, status=EnrolmentStatus.SUSPENDED)

    assert planned(state, policy).changes == (
        changed(row, ends_at=UNTIL, starts_at=NOW - 9, status=EnrolmentStatus.SUSPENDED),
    )


def test_what_is_not_asked_for_stays() -> None:
    state, row = one_person(UNTIL, status=EnrolmentStatus.SUSPENDED, starts_at=7)

    assert planned(state, EndDatePolicy(status=EnrolmentStatus.ACTIVE)).changes == (
        changed(row, status=EnrolmentStatus.ACTIVE),
    )


def test_cleared_end_is_never() -> None:
    state, row = one_person(NOW - 5)

    assert planned(state, EndDatePolicy(ends_at=NO_END)).changes == (changed(row, ends_at=NO_END),)


@pytest.mark.parametrize("before", [NO_END, FOREVER])
def test_enrolment_without_end_is_cleared_already(before: int) -> None:
    state, row = one_person(before)

    plan = planned(state, EndDatePolicy(ends_at=NO_END))

    assert plan.changes == ()
    assert plan.left_alone == (LeftAlone(row.userid, AlreadySo(ends_at=before)),)


def test_enrolment_that_is_so_already_is_left_alone() -> None:
    state, row = one_person(UNTIL)

    assert planned(state).left_alone == (LeftAlone(row.userid, AlreadySo(ends_at=UNTIL)),)


@pytest.mark.parametrize("before", [NO_END, FOREVER, UNTIL, UNTIL + 1])
def test_only_later_leaves_ends_alone_that_are_no_earlier(before: int) -> None:
    state, row = one_person(before)

    plan = planned(state, replace(POLICY, only_if=OnlyIf.LATER))

    assert plan.changes == ()
    assert plan.left_alone == (LeftAlone(row.userid, EndsLaterAlready(ends_at=before)),)


def test_only_later_prolongs_what_ends_earlier() -> None:
    state, row = one_person(UNTIL - 1)

    plan = planned(state, replace(POLICY, only_if=OnlyIf.LATER))

    assert plan.changes == (changed(row, ends_at=UNTIL),)


@pytest.mark.parametrize("before", [NOW - 5, UNTIL - 1, UNTIL])
def test_only_earlier_leaves_ends_alone_that_are_no_later(before: int) -> None:
    state, row = one_person(before)

    plan = planned(state, replace(POLICY, only_if=OnlyIf.EARLIER))

    assert plan.left_alone == (LeftAlone(row.userid, EndsEarlierAlready(ends_at=before)),)


@pytest.mark.parametrize("before", [NO_END, FOREVER, UNTIL + 1])
def test_only_earlier_shortens_what_ends_later_or_never(before: int) -> None:
    state, row = one_person(before)

    plan = planned(state, replace(POLICY, only_if=OnlyIf.EARLIER))

    assert plan.changes == (changed(row, ends_at=UNTIL),)


@pytest.mark.parametrize("before", [NO_END, FOREVER])
def test_never_is_no_later_than_unlimited(before: int) -> None:
    state, row = one_person(before)

    plan = planned(state, EndDatePolicy(ends_at=NO_END, only_if=OnlyIf.LATER))

    assert plan.left_alone == (LeftAlone(row.userid, EndsLaterAlready(ends_at=before)),)


def test_somebody_without_a_manual_enrolment_is_named_and_not_enrolled() -> None:
    course = CourseBuilder()
    course.instance("manual")
    ada = course.student(course.instance("cohort"))

    plan = planned(course.state())

    assert plan.changes == ()
    assert plan.left_alone == (LeftAlone(ada, NoManualEnrolment()),)


def test_automatic_enrolments_roles_and_groups_stay_as_they_are() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada = course.student(cohort)
    row = course.enrol(ada, manual)
    course.join(ada, 61, cohort)

    assert planned(course.state()).changes == (changed(row, ends_at=UNTIL),)


def test_suspended_accounts_are_edited_and_deleted_ones_are_not_there() -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    suspended = course.enrol(course.person(is_suspended=True), manual)
    course.enrol(course.person(is_deleted=True), manual)

    plan = planned(course.state())

    assert plan.changes == (changed(suspended, ends_at=UNTIL),)
    assert plan.left_alone == ()


def test_course_without_a_manual_method_has_nothing_to_edit() -> None:
    course = CourseBuilder()
    ada = course.student(course.instance("cohort"))

    plan = planned(course.state())

    assert plan.changes == ()
    assert plan.left_alone == (LeftAlone(ada, NoManualEnrolment()),)
    assert plan.warnings == (NoManualMethod(),)


def test_disabled_manual_method_is_edited_with_a_warning() -> None:
    course = CourseBuilder()
    row = course.enrol(course.person(), course.instance("manual", status=InstanceStatus.DISABLED))

    plan = planned(course.state())

    assert plan.changes == (changed(row, ends_at=UNTIL),)
    assert EditedMethodDisabled() in plan.warnings


def test_manual_method_that_is_switched_off_on_the_site_edits_nobody() -> None:
    state, row = one_person()
    config = replace(CONFIG, enabled_methods=frozenset({"cohort"}))

    plan = plan_end_date(state, POLICY, config, CIRCUMSTANCES)

    assert plan.changes == ()
    assert plan.left_alone == (LeftAlone(row.userid, ManualMethodUnavailable()),)
    assert plan.obstacle == ManualMethodDisabledOnSite()


def test_of_several_manual_methods_the_first_of_the_page_is_edited() -> None:
    course = CourseBuilder()
    older, newer = course.instance("manual"), course.instance("manual")
    course.instances = [course.instances[1]._replace(sortorder=0), course.instances[0]._replace(sortorder=1)]
    ada, bob = course.person(), course.person()
    course.enrol(ada, older)
    row = course.enrol(bob, newer)

    plan = planned(course.state())

    assert plan.changes == (changed(row, ends_at=UNTIL),)
    assert plan.left_alone == (LeftAlone(ada, InOtherManualInstance()),)
    assert SeveralManualMethods() in plan.warnings


def test_date_in_the_past_takes_access_away_and_says_so() -> None:
    state, row = one_person()

    plan = planned(state, EndDatePolicy(ends_at=NOW - 1))

    assert plan.changes == (changed(row, ends_at=NOW - 1),)
    assert plan.warnings == (EndDateIsPast(), EditShortens(people=1), AccessGoes(people=1))


def test_suspending_takes_access_away_unless_another_enrolment_gives_it() -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    ada, bob = course.student(cohort), course.person()
    course.enrol(ada, manual)
    course.enrol(bob, manual)

    plan = planned(course.state(), EndDatePolicy(status=EnrolmentStatus.SUSPENDED))

    assert plan.converted == {ada, bob}
    assert plan.warnings == (AccessGoes(people=1),)


def test_end_before_the_start_is_written_with_a_warning() -> None:
    state, row = one_person(starts_at=UNTIL + 5)

    plan = planned(state)

    assert plan.changes == (changed(row, ends_at=UNTIL),)
    assert EndsBeforeItBegins(people=1) in plan.warnings


policies = st.builds(
    EndDatePolicy,
    ends_at=st.sampled_from((None, NO_END, NOW - 40, UNTIL)),
    starts_at=st.sampled_from((None, NOW - 50)),
    status=st.sampled_from((None, *EnrolmentStatus)),
)


@given(state=course_states(), policy=policies)
def test_second_edit_changes_nothing_and_undo_gives_everything_back(
    state: CourseState, policy: EndDatePolicy
) -> None:
    done = planned(state, policy)
    after = apply_plan(state, done)

    assert planned(after, policy).changes == ()
    assert apply_plan(after, plan_undo(after, done)) == state


@given(state=course_states(), policy=policies)
def test_everybody_who_is_selected_is_changed_or_named(state: CourseState, policy: EndDatePolicy) -> None:
    plan = planned(state, policy)

    left_alone = {entry.userid for entry in plan.left_alone}
    assert plan.converted.isdisjoint(left_alone)
    assert plan.converted | left_alone == {row.userid for row in state.enrolments} - state.deleted
