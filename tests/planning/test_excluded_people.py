"""Whoever a decision excludes keeps what they have, and nothing more."""

from dataclasses import replace

import pytest

from maintien.enrolments.state import CourseState
from maintien.planning.changes import row_of
from maintien.planning.convert import plan_conversion
from maintien.planning.left_alone import ExcludedPerson, LeftAlone
from maintien.planning.move import plan_move
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import ConversionPolicy, EndFor, Mode
from tests.builders import CIRCUMSTANCES, CONFIG, POLICY, CourseBuilder

MOVE = replace(POLICY, mode=Mode.MOVE, feed_is_gone=True)
POLICIES = {
    "added": POLICY,
    "moved": MOVE,
    "ended with everybody": replace(POLICY, end_for=EndFor.ALL_MANUAL),
}


def planned(state: CourseState, policy: ConversionPolicy) -> CoursePlan:
    plan = plan_move if policy.mode is Mode.MOVE else plan_conversion
    return plan(state, policy, CONFIG, CIRCUMSTANCES)


@pytest.mark.parametrize("case", POLICIES)
def test_excluded_person_is_left_alone_and_the_others_are_not(case: str) -> None:
    course = CourseBuilder()
    manual, cohort = course.instance("manual"), course.instance("cohort")
    excluded, other = course.student(cohort), course.student(cohort)
    course.enrol(excluded, manual)
    course.join(excluded, 61, cohort)
    course.join(other, 61, cohort)

    policy = replace(POLICIES[case], excluded=frozenset({excluded}))
    plan = planned(course.state(), policy)

    assert plan.left_alone == (LeftAlone(excluded, ExcludedPerson()),)
    assert {row_of(change).userid for change in plan.changes} == {other}  # type: ignore[union-attr]
    assert (plan.converted, plan.touched) == (frozenset({other}), frozenset({other}))


@pytest.mark.parametrize("case", POLICIES)
def test_excluding_somebody_elsewhere_changes_nothing(case: str) -> None:
    course = CourseBuilder()
    course.instance("manual")
    ada = course.student(course.instance("cohort"))
    stranger = course.person()

    policy = replace(POLICIES[case], excluded=frozenset({stranger}))

    assert planned(course.state(), policy) == planned(course.state(), POLICIES[case])
    assert planned(course.state(), policy).converted == {ada}
