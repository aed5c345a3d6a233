"""How many people have access over time: exact, each person once."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.access import people_with_access
from maintien.enrolments.access_over_time import (
    FOR_EVER,
    AccessOverTime,
    Span,
    Step,
    access_spans,
    merged,
    people_at,
)
from maintien.enrolments.forecast import forecast_course
from maintien.enrolments.roll import Listing, roll_of
from maintien.enrolments.state import CourseState
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import UserId
from maintien.moodle.values import FOREVER, EnrolmentStatus, UnenrolAction
from tests.builders import NOW, STUDENT, CourseBuilder
from tests.course_states import course_states

ADA, BRAHIM = UserId(1), UserId(2)

spans = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 30), st.one_of(st.integers(0, 30), st.just(FOR_EVER))),
    max_size=60,
)


def steps_of(*rows: tuple[int, int, int]) -> tuple[Step, ...]:
    access = AccessOverTime()
    for userid, starts_at, ends_at in rows:
        access.add([UserId(userid)], Span(starts_at, ends_at))
    return access.steps()


def test_person_with_several_enrolments_counts_once() -> None:
    assert steps_of((ADA, 10, 30), (ADA, 20, 40), (BRAHIM, 25, 26)) == (
        Step(10, 1),
        Step(25, 2),
        Step(26, 1),
        Step(40, 0),
    )


def test_enrolments_that_touch_are_one() -> None:
    assert steps_of((ADA, 10, 20), (ADA, 20, 30)) == (Step(10, 1), Step(30, 0))
    assert steps_of((ADA, 10, 20), (ADA, 21, 30))[1:3] == (Step(20, 0), Step(21, 1))


def test_people_who_change_places_make_no_step() -> None:
    assert steps_of((ADA, 10, 20), (BRAHIM, 20, 30)) == (Step(10, 1), Step(30, 0))


def test_what_never_ends_has_no_last_step() -> None:
    assert steps_of((ADA, 0, FOR_EVER)) == (Step(0, 1),)


def test_span_without_length_is_none() -> None:
    assert steps_of((ADA, 20, 20), (ADA, 30, 10)) == ()


def test_number_of_a_moment_is_that_of_the_last_step() -> None:
    steps = (Step(10, 1), Step(20, 0))
    assert [people_at(steps, at) for at in (9, 10, 19, 20)] == [0, 1, 1, 0]


@given(spans)
def test_steps_agree_with_counting_at_every_moment(rows: list[tuple[int, int, int]]) -> None:
    steps = steps_of(*rows)
    for at in range(32):
        assert people_at(steps, at) == len({row[0] for row in rows if row[1] <= at < row[2]})
    assert all(one.at < two.at and one.people != two.people for one, two in pairwise(steps))


@given(spans)
def test_merged_spans_lie_apart(rows: list[tuple[int, int, int]]) -> None:
    found = merged([Span(start, end) for _, start, end in rows if start < end])
    assert all(one.ends_at < two.starts_at for one, two in pairwise(found))


@given(course_states())
def test_before_the_cut_the_number_is_that_of_people_with_access(state: CourseState) -> None:
    cut_at = NOW + 200
    steps = steps_if_cut(state, SiteConfig(), cut_at)
    for at in (NOW - 60, NOW, NOW + 60, cut_at - 1):
        assert people_at(steps, at) == len(people_with_access(state, at))


@given(course_states(), st.sampled_from(UnenrolAction))
def test_at_the_cut_the_forecast_people_go(state: CourseState, action: UnenrolAction) -> None:
    config = SiteConfig(unenrol_actions={"cohort": action, "database": action})
    roll = roll_of(state, frozenset({STUDENT}))
    losing = forecast_course(roll, config, at=NOW).losing
    steps = steps_if_cut(state, config, NOW)
    assert people_at(steps, NOW) == len(people_with_access(state, NOW)) - len(losing)


def steps_if_cut(state: CourseState, config: SiteConfig, cut_at: int) -> tuple[Step, ...]:
    access = AccessOverTime()
    roll = roll_of(state, frozenset())
    for people, span in access_spans(roll, config, cut_at=cut_at, follows_feeds=False):
        access.add(people, span)
    return access.steps()


def test_enrolment_that_begins_after_the_cut_is_withdrawn_too() -> None:
    course = CourseBuilder()
    course.enrol(course.person(), course.instance("cohort"), starts_at=NOW + 500)
    assert steps_if_cut(course.state(), SiteConfig(), NOW + 100) == ()


def test_suspended_enrolments_and_accounts_are_no_access() -> None:
    course = CourseBuilder()
    manual = course.instance("manual")
    course.enrol(course.person(), manual, status=EnrolmentStatus.SUSPENDED)
    course.suspended.add(course.student(manual))
    course.enrol(course.person(), manual, ends_at=FOREVER)
    assert steps_if_cut(course.state(), SiteConfig(), NOW) == (Step(0, 1),)


def test_feeds_that_were_read_cut_only_whom_they_have_dropped() -> None:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    listed, _ = course.student(cohort), course.student(cohort)
    roll = replace(roll_of(course.state(), frozenset()), listings={cohort: Listing(frozenset({listed}))})
    found = {
        follows: {
            userid
            for people, span in access_spans(roll, SiteConfig(), cut_at=NOW, follows_feeds=follows)
            for userid in people
            if span.ends_at == FOR_EVER
        }
        for follows in (True, False)
    }
    assert found == {True: {listed}, False: set()}
