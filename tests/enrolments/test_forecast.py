"""Who loses access when the feeds drop them, rule by rule."""

from dataclasses import replace
from typing import Final

import pytest

from maintien.enrolments.forecast import (
    CourseForecast,
    ListedState,
    UnenrolEffect,
    forecast_course,
)
from maintien.enrolments.roll import CourseRoll, Listing, RollInstance, roll_of
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import InstanceId, UserId
from maintien.moodle.values import EnrolmentStatus, InstanceStatus, UnenrolAction
from tests.builders import NOW, STUDENT, TEACHER, CourseBuilder

KEEP, UNENROL = UnenrolAction.KEEP, UnenrolAction.UNENROL
SUSPEND, WITHOUT_ROLES = UnenrolAction.SUSPEND, UnenrolAction.SUSPEND_AND_REMOVE_ROLES
EVERY_METHOD: Final = frozenset({"manual", "cohort", "database"})


def only(*people: UserId) -> frozenset[UserId]:
    return frozenset(people)


def roll(course: CourseBuilder, **listed: set[UserId]) -> CourseRoll:
    """The course's roll; with what feeds say, by method, everybody's feed is read that is named."""
    found = roll_of(course.state(), frozenset({STUDENT}))
    listings = {
        instanceid: Listing(frozenset(listed[instance.method]))
        for instanceid, instance in found.instances.items()
        if instance.method in listed
    }
    return replace(found, listings=listings)


def forecast(course: CourseBuilder, at: int = NOW, **actions: UnenrolAction) -> CourseForecast:
    return forecast_course(roll(course), SiteConfig(unenrol_actions=actions), at=at)


def with_feeds(of: CourseRoll, **actions: UnenrolAction) -> CourseForecast:
    return forecast_course(of, SiteConfig(unenrol_actions=actions), at=NOW, reads_feeds=True)


@pytest.mark.parametrize("method", ["cohort", "database"])
def test_whoever_has_access_by_a_feed_alone_depends_on_it(method: str) -> None:
    course = CourseBuilder()
    student = course.student(course.instance(method))
    found = forecast(course)
    assert (found.people, found.students, found.losing) == (only(student), only(student), only(student))
    assert found.methods_of(student) == (method,)


@pytest.mark.parametrize("method", ["manual", "self"])
def test_whoever_has_access_by_something_else_too_does_not(method: str) -> None:
    course = CourseBuilder()
    student = course.student(course.instance("cohort"))
    course.enrol(student, course.instance(method))
    assert forecast(course).people == frozenset()


NO_ACCESS: Final[dict[str, dict[str, int]]] = {
    "suspended": {"status": EnrolmentStatus.SUSPENDED},
    "over": {"ends_at": NOW},
    "to come": {"starts_at": NOW + 1},
}


@pytest.mark.parametrize("case", NO_ACCESS)
def test_manual_enrolment_that_gives_no_access_then_does_not_count(case: str) -> None:
    course = CourseBuilder()
    student = course.student(course.instance("cohort"))
    course.enrol(student, course.instance("manual"), **NO_ACCESS[case])
    assert forecast(course).people == {student}


@pytest.mark.parametrize("case", NO_ACCESS)
def test_automatic_enrolment_that_gives_no_access_then_is_none_to_lose(case: str) -> None:
    course = CourseBuilder()
    course.enrol(course.person(), course.instance("cohort"), **NO_ACCESS[case])
    assert forecast(course).people == frozenset()


def test_access_is_looked_at_when_it_is_asked_for() -> None:
    course = CourseBuilder()
    student = course.student(course.instance("cohort"))
    course.enrol(student, course.instance("manual"), ends_at=NOW + 100)
    assert forecast(course, at=NOW + 99).people == frozenset()
    assert forecast(course, at=NOW + 100).people == {student}


def test_disabled_instance_gives_no_access() -> None:
    course = CourseBuilder()
    course.student(course.instance("cohort", status=InstanceStatus.DISABLED))
    assert forecast(course).people == frozenset()


def test_deleted_and_suspended_accounts_have_none_to_lose() -> None:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    course.deleted.add(course.student(cohort))
    course.suspended.add(course.student(cohort))
    assert forecast(course).people == frozenset()
    assert forecast(course).participants == 1


EFFECTS = {
    ("cohort", UNENROL): UnenrolEffect.UNENROLLED,
    ("cohort", KEEP): UnenrolEffect.SUSPENDED_WITHOUT_ROLES,
    ("cohort", SUSPEND): UnenrolEffect.SUSPENDED,
    ("cohort", WITHOUT_ROLES): UnenrolEffect.SUSPENDED_WITHOUT_ROLES,
    ("database", UNENROL): UnenrolEffect.UNENROLLED,
    ("database", KEEP): UnenrolEffect.KEPT,
    ("database", SUSPEND): UnenrolEffect.SUSPENDED,
    ("database", WITHOUT_ROLES): UnenrolEffect.SUSPENDED_WITHOUT_ROLES,
}


@pytest.mark.parametrize(("method", "action"), EFFECTS)
def test_unenrol_action_says_what_happens(method: str, action: UnenrolAction) -> None:
    course = CourseBuilder()
    student = course.student(course.instance(method))
    found = forecast(course, **{method: action})
    effect = EFFECTS[method, action]
    assert found.effect_on(student) is effect
    assert (student in found.losing) == (effect is not UnenrolEffect.KEPT)


def test_one_method_that_keeps_is_enough() -> None:
    course = CourseBuilder()
    student = course.student(course.instance("database"))
    course.enrol(student, course.instance("cohort"))
    assert forecast(course, database=KEEP, cohort=UNENROL).losing == frozenset()
    assert forecast(course, database=SUSPEND, cohort=UNENROL).losing == {student}


def test_the_worst_of_several_methods_is_told() -> None:
    course = CourseBuilder()
    student = course.student(course.instance("database"))
    course.enrol(student, course.instance("cohort"))
    found = forecast(course, database=SUSPEND, cohort=UNENROL)
    assert found.effect_on(student) is UnenrolEffect.UNENROLLED
    assert found.gone == frozenset()
    assert found.methods_of(student) == ("cohort", "database")


def test_method_that_is_switched_off_withdraws_nobody() -> None:
    course = CourseBuilder()
    student = course.student(course.instance("cohort"))
    off = SiteConfig(enabled_methods=frozenset({"manual", "database"}))
    on = SiteConfig(enabled_methods=EVERY_METHOD)
    assert forecast_course(roll(course), off, at=NOW).effect_on(student) is UnenrolEffect.KEPT
    assert forecast_course(roll(course), on, at=NOW).effect_on(student) is UnenrolEffect.UNENROLLED


def test_register_never_looks_at_somebody_without_a_role_that_it_gave() -> None:
    course = CourseBuilder()
    database = course.instance("database")
    without = course.person()
    course.enrol(without, database)
    course.assign(without, STUDENT)
    assert forecast(course).effect_on(without) is UnenrolEffect.KEPT
    course.assign(without, TEACHER, database)
    assert forecast(course).effect_on(without) is UnenrolEffect.UNENROLLED


def test_cohort_sync_looks_at_members_and_not_at_roles() -> None:
    course = CourseBuilder()
    without = course.person()
    course.enrol(without, course.instance("cohort"))
    assert forecast(course).losing == {without}


def test_register_leaves_hidden_courses_alone_where_it_is_told_to() -> None:
    course = CourseBuilder()
    student = course.student(course.instance("database"))
    skips = SiteConfig(register_skips_hidden_courses=True)
    hidden = replace(roll(course), is_visible=False)
    assert forecast_course(hidden, skips, at=NOW).losing == frozenset()
    assert forecast_course(hidden, SiteConfig(), at=NOW).losing == {student}
    assert forecast_course(roll(course), skips, at=NOW).losing == {student}


def test_cohort_sync_does_not_mind_hidden_courses() -> None:
    course = CourseBuilder()
    student = course.student(course.instance("cohort"))
    skips = SiteConfig(register_skips_hidden_courses=True)
    hidden = replace(roll(course), is_visible=False)
    assert forecast_course(hidden, skips, at=NOW).losing == {student}


def test_last_enrolment_takes_all_groups_and_grades_with_it() -> None:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    student = course.student(cohort)
    course.join(student, 61, cohort)
    course.join(student, 62)
    graded = replace(roll(course), grades={student: 3})
    found = forecast_course(graded, SiteConfig(), at=NOW)
    assert (found.gone, found.groups, found.grades) == (only(student), {student: 2}, {student: 3})


REMAINING: Final[dict[str, tuple[str, EnrolmentStatus, dict[str, UnenrolAction]]]] = {
    "suspended by hand": ("manual", EnrolmentStatus.SUSPENDED, {}),
    "in another cohort that suspends": ("database", EnrolmentStatus.SUSPENDED, {"database": SUSPEND}),
}


@pytest.mark.parametrize("case", REMAINING)
def test_an_enrolment_that_stays_keeps_grades_and_other_groups(case: str) -> None:
    method, status, actions = REMAINING[case]
    course = CourseBuilder()
    cohort = course.instance("cohort")
    student = course.student(cohort)
    course.enrol(student, course.instance(method), status=status)
    course.join(student, 61, cohort)
    course.join(student, 62)
    graded = replace(roll(course), grades={student: 3})
    found = forecast_course(graded, SiteConfig(unenrol_actions=actions), at=NOW)
    assert found.effect_on(student) is UnenrolEffect.UNENROLLED
    assert (found.gone, found.groups, found.grades) == (frozenset(), {student: 1}, {})


def test_second_enrolment_that_goes_too_keeps_nothing() -> None:
    course = CourseBuilder()
    cohort, other = course.instance("cohort"), course.instance("cohort")
    student = course.student(cohort)
    course.enrol(student, other, status=EnrolmentStatus.SUSPENDED)
    course.join(student, 62)
    found = forecast(course)
    assert (found.gone, found.groups) == (only(student), {student: 1})


@pytest.mark.parametrize("action", [SUSPEND, WITHOUT_ROLES])
def test_suspension_takes_neither_groups_nor_grades(action: UnenrolAction) -> None:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    student = course.student(cohort)
    course.join(student, 61, cohort)
    graded = replace(roll(course), grades={student: 3})
    found = forecast_course(graded, SiteConfig(unenrol_actions={"cohort": action}), at=NOW)
    assert (found.losing, found.groups, found.grades) == (only(student), {}, {})


def test_people_who_are_kept_lose_nothing() -> None:
    course = CourseBuilder()
    database = course.instance("database")
    student = course.student(database)
    course.join(student, 61, database)
    found = forecast(course, database=KEEP)
    assert (found.groups, found.gone) == ({}, frozenset())


def test_feeds_tell_whom_they_list_and_whom_they_have_dropped() -> None:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    listed, dropped = course.student(cohort), course.student(cohort)
    found = with_feeds(roll(course, cohort={listed}))
    assert found.listed_state_of(listed) is ListedState.LISTED
    assert found.listed_state_of(dropped) is ListedState.DROPPED
    assert (found.losing, found.losing_now) == (only(listed, dropped), only(dropped))


def test_feed_that_was_not_read_leaves_people_unknown() -> None:
    course = CourseBuilder()
    known, unknown = course.student(course.instance("cohort")), course.student(course.instance("database"))
    found = with_feeds(roll(course, cohort=set()))
    assert found.listed_state_of(known) is ListedState.DROPPED
    assert found.listed_state_of(unknown) is ListedState.UNKNOWN
    assert found.losing_now == {known}


def test_one_feed_that_lists_somebody_is_enough() -> None:
    course = CourseBuilder()
    student = course.student(course.instance("database"))
    course.enrol(student, course.instance("cohort"))
    assert with_feeds(roll(course, database=set(), cohort={student})).losing_now == frozenset()
    assert with_feeds(roll(course, database=set(), cohort=set())).losing_now == {student}


def test_somebody_to_be_added_or_brought_back_keeps_access() -> None:
    course = CourseBuilder()
    database, cohort = course.instance("database"), course.instance("cohort")
    added, returning = course.student(database), course.student(database)
    course.enrol(returning, cohort, status=EnrolmentStatus.SUSPENDED)
    found = with_feeds(roll(course, database=set(), cohort={added, returning}))
    assert found.losing_now == frozenset()
    assert found.next_sync is not None
    assert (found.next_sync.to_add, found.next_sync.to_return) == (only(added), only(returning))


def test_disabled_cohort_takes_nobody_in() -> None:
    course = CourseBuilder()
    student = course.student(course.instance("database"))
    course.instance("cohort", status=InstanceStatus.DISABLED)
    found = with_feeds(roll(course, database=set(), cohort={student}))
    assert found.losing_now == {student}
    assert found.next_sync is not None
    assert found.next_sync.to_add == frozenset()


def test_enrolment_whose_dates_are_over_does_not_come_back_by_being_listed() -> None:
    course = CourseBuilder()
    student = course.student(course.instance("database"))
    course.enrol(student, course.instance("cohort"), ends_at=NOW - 1)
    assert with_feeds(roll(course, database=set(), cohort={student})).losing_now == {student}


def test_register_takes_dates_off_where_it_gave_no_role() -> None:
    course = CourseBuilder()
    database = course.instance("database")
    student = course.student(course.instance("cohort"))
    course.enrol(student, database, ends_at=NOW - 1)
    fed = roll(course, cohort=set(), database={student})
    assert with_feeds(fed).losing_now == frozenset()
    course.assign(student, STUDENT, database)
    fed = roll(course, cohort=set(), database={student})
    assert with_feeds(fed).losing_now == {student}


def test_empty_register_spares_everybody() -> None:
    course = CourseBuilder()
    student = course.student(course.instance("database"))
    of = roll(course)
    spared = {instanceid: Listing(frozenset(), spares_everybody=True) for instanceid in of.instances}
    found = with_feeds(replace(of, listings=spared))
    assert found.listed_state_of(student) is ListedState.SPARED
    assert (found.losing, found.losing_now) == (only(student), frozenset())


def test_what_a_dropped_person_keeps_by_another_feed_is_not_lost() -> None:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    listing = course.instance("cohort", status=InstanceStatus.DISABLED)
    student = course.student(cohort)
    course.enrol(student, listing)
    course.join(student, 62)
    of = roll(course)
    listings = {cohort: Listing(frozenset()), listing: Listing(frozenset({student}))}
    found = with_feeds(replace(of, listings=listings))
    assert found.losing_now == {student}
    assert (found.gone, found.groups) == (frozenset(), {})
    assert forecast(course).groups == {student: 1}


def test_course_that_has_no_instance_yet_gets_one() -> None:
    course = CourseBuilder()
    student = course.person()
    of = roll_of(course.state(), frozenset())
    to_come = InstanceId(0)
    instances = {to_come: RollInstance("database", is_enabled=True)}
    found = with_feeds(replace(of, instances=instances, listings={to_come: Listing(frozenset({student}))}))
    assert found.next_sync is not None
    assert found.next_sync.to_add == {student}
