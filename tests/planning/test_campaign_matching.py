"""The rule of a course is the first that fits: by category, name, ID number or cohort."""

from collections import Counter
from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintien.enrolments.state import Course
from maintien.moodle.ids import CategoryId, ContextId, CourseId, UserId
from maintien.planning.campaign.criteria import CourseCriteria, CourseNames
from maintien.planning.campaign.limits import TooLargeShare, TooManyPeople, find_excess
from maintien.planning.campaign.matching import Overlap, match_courses, policies_of
from maintien.planning.campaign.patterns import Pattern
from maintien.planning.campaign.rules import (
    Campaign,
    CampaignRule,
    Decision,
    Exclusion,
    Limits,
    RuleNumber,
    Window,
)
from tests.builders import NOW, POLICY, UNTIL

DECISION = Decision(owner="DEVE", reason="Council of 12 March")
ADA, BRAHIM = UserId(11), UserId(12)


def course(
    number: int, shortname: str = "", fullname: str = "", idnumber: str = "", category: int = 1
) -> Course:
    return Course(
        CourseId(number), shortname, fullname, idnumber, CategoryId(category), ContextId(100 + number)
    )


BIO = course(7, "BIO101", "Biologie [2026]", "2026-L1BIO", category=3)


def named(*patterns: str, courses: tuple[int, ...] = ()) -> CourseNames:
    return CourseNames(courses=frozenset(map(CourseId, courses)), patterns=tuple(map(Pattern, patterns)))


def rule(name: str, until: int = UNTIL, **criteria: object) -> CampaignRule:
    return CampaignRule(
        name=name,
        courses=CourseCriteria(**criteria),  # type: ignore[arg-type]  # one of its fields
        policy=replace(POLICY, ends_at=until),
        decision=DECISION,
    )


def campaign(*rules: CampaignRule, exclusions: tuple[Exclusion, ...] = ()) -> Campaign:
    return Campaign(name="Cut", rules=rules, exclusions=exclusions)


FITTING = {
    "a category": CourseCriteria(categories=frozenset({CategoryId(3), CategoryId(9)})),
    "a named course": CourseCriteria(names=named(courses=(7,))),
    "a pattern for the short name": CourseCriteria(names=named("BIO*")),
    "a pattern for the full name": CourseCriteria(names=named("*ologie ?2026?")),
    "a pattern with brackets": CourseCriteria(names=named("* [2026]")),
    "one of several patterns": CourseCriteria(names=named("MATH*", "BIO???")),
    "a pattern for the ID number": CourseCriteria(idnumbers=(Pattern("2026-L1*"),)),
    "the ID number itself": CourseCriteria(idnumbers=(Pattern("2026-L1BIO"),)),
    "a cohort's course": CourseCriteria(fed_by_cohorts=frozenset({CourseId(7)})),
    "everything": CourseCriteria(),
    "all that is asked": CourseCriteria(
        categories=frozenset({CategoryId(3)}), idnumbers=(Pattern("2026*"),), names=named("B*")
    ),
}
NOT_FITTING = {
    "another category": CourseCriteria(categories=frozenset({CategoryId(1)})),
    "another course": CourseCriteria(names=named(courses=(8,))),
    "a pattern for the beginning only": CourseCriteria(names=named("BIO")),
    "a pattern in other letters": CourseCriteria(names=named("bio*")),
    "one character too few": CourseCriteria(names=named("BIO????")),
    "a name's pattern that fits the ID number": CourseCriteria(names=named("2026-*")),
    "an ID number's pattern that fits the name": CourseCriteria(idnumbers=(Pattern("BIO*"),)),
    "another cohort's course": CourseCriteria(fed_by_cohorts=frozenset({CourseId(8)})),
    "a category that has nothing": CourseCriteria(categories=frozenset()),
    "one thing of two": CourseCriteria(categories=frozenset({CategoryId(3)}), names=named("MATH*")),
}


@pytest.mark.parametrize("case", FITTING)
def test_course_fits(case: str) -> None:
    assert FITTING[case].fit(BIO)


@pytest.mark.parametrize("case", NOT_FITTING)
def test_course_does_not_fit(case: str) -> None:
    assert not NOT_FITTING[case].fit(BIO)


def test_no_pattern_fits_an_id_number_that_is_missing() -> None:
    assert not CourseCriteria(idnumbers=(Pattern("*"),)).fit(course(8, "X"))
    assert CourseCriteria(names=named("*")).fit(course(8, "X"))


def test_accents_are_the_same_however_they_are_composed() -> None:
    assert Pattern("Me\u0301moire*").fits("Mémoire d'été")
    assert not Pattern("Memoire*").fits("Mémoire d'été")


def test_no_pattern_takes_for_ever() -> None:
    began = perf_counter()
    assert not Pattern("*a" * 100 + "b").fits("a" * 5000)
    assert not Pattern("*?" * 100 + "b").fits("a" * 5000)
    assert perf_counter() - began < 5


def test_idle_patterns_are_those_that_nothing_fits() -> None:
    criteria = CourseCriteria(names=named("BIO*", "MATH*"), idnumbers=(Pattern("2025*"), Pattern("2026*")))

    assert [pattern.text for pattern in criteria.idle_patterns([BIO])] == ["MATH*", "2025*"]


COURSES = [BIO, course(8, "MATH1"), course(9, "MATH2", category=3), course(10, "ART")]


def test_first_rule_that_fits_has_the_course() -> None:
    matching = match_courses(
        campaign(rule("maths", names=named("MATH*")), rule("three", categories=frozenset({CategoryId(3)}))),
        COURSES,
    )

    assert matching.rule_of == {7: 1, 8: 0, 9: 0}
    assert (matching.unmatched, matching.excluded) == ((CourseId(10),), {})
    assert matching.overlaps == Counter({Overlap(RuleNumber(1), RuleNumber(0)): 1})
    assert matching.courses_of(RuleNumber(0)) == [8, 9]


def test_excluded_course_is_nobodys_and_comes_before_every_rule() -> None:
    exclusions = (
        Exclusion(courses=CourseCriteria(names=named("ART")), decision=DECISION),
        Exclusion(courses=CourseCriteria(names=named("MATH2", "ART")), decision=DECISION),
    )

    matching = match_courses(campaign(rule("all"), exclusions=exclusions), COURSES)

    assert (matching.rule_of, matching.excluded) == ({7: 0, 8: 0}, {9: 1, 10: 0})
    assert matching.unmatched == ()


def test_excluded_people_are_excluded_where_the_exclusion_fits_and_nowhere_else() -> None:
    exclusions = (
        Exclusion(courses=CourseCriteria(), people=frozenset({ADA}), decision=DECISION),
        Exclusion(
            courses=CourseCriteria(names=named("MATH*")), people=frozenset({BRAHIM}), decision=DECISION
        ),
    )
    planned = campaign(rule("maths", 5, names=named("MATH*")), rule("rest", 6), exclusions=exclusions)

    policies = policies_of(planned, match_courses(planned, COURSES), COURSES)

    assert {courseid: (policy.ends_at, {*policy.excluded}) for courseid, policy in policies.items()} == {
        CourseId(7): (6, {ADA}),
        CourseId(8): (5, {ADA, BRAHIM}),
        CourseId(9): (5, {ADA, BRAHIM}),
        CourseId(10): (6, {ADA}),
    }


def test_courses_without_a_rule_have_no_policy() -> None:
    planned = campaign(rule("maths", names=named("MATH*")))

    policies = policies_of(planned, match_courses(planned, COURSES), COURSES)

    assert policies == {8: planned.rules[0].policy, 9: planned.rules[0].policy}


def test_exclusion_whose_people_are_nobody_excludes_no_course() -> None:
    nobody = Exclusion(courses=CourseCriteria(), people=frozenset(), decision=DECISION)

    matching = match_courses(campaign(rule("all"), exclusions=(nobody,)), COURSES)

    assert matching.excluded == {}


criteria = st.builds(
    CourseCriteria,
    categories=st.none() | st.frozensets(st.integers(1, 3).map(CategoryId), max_size=2),
    names=st.none() | st.builds(named, st.sampled_from(("A*", "B?", "*", "AB"))),
    idnumbers=st.none() | st.tuples(st.sampled_from(("1*", "2", "*")).map(Pattern)),
    fed_by_cohorts=st.none() | st.frozensets(st.integers(2, 9).map(CourseId), max_size=4),
)
sites = st.lists(
    st.builds(
        course,
        st.integers(2, 30),
        st.text("AB", max_size=2),
        st.text("AB", max_size=2),
        st.text("12", max_size=2),
        st.integers(1, 3),
    ),
    unique_by=lambda each: each.id,
)


@given(st.lists(criteria, min_size=1, max_size=4), st.lists(criteria, max_size=2), sites)
def test_every_course_is_in_one_place_and_under_the_first_rule_that_fits(
    rules: list[CourseCriteria], left_out: list[CourseCriteria], courses: list[Course]
) -> None:
    planned = campaign(
        *(replace(rule(str(number)), courses=each) for number, each in enumerate(rules)),
        exclusions=tuple(Exclusion(courses=each, decision=DECISION) for each in left_out),
    )

    matching = match_courses(planned, courses)

    places = [*matching.rule_of, *matching.excluded, *matching.unmatched]
    assert sorted(places) == sorted(each.id for each in courses)
    for each in courses:
        fitting = [number for number, criterion in enumerate(rules) if criterion.fit(each)]
        if any(criterion.fit(each) for criterion in left_out):
            assert each.id in matching.excluded
        elif fitting:
            assert matching.rule_of[each.id] == fitting[0]
        else:
            assert each.id in matching.unmatched
    assert set(policies_of(planned, matching, courses)) == set(matching.rule_of)


WINDOWS = {
    "always": (Window(), True),
    "since now": (Window(begins_at=NOW), True),
    "until now": (Window(ends_at=NOW), True),
    "from the next second": (Window(begins_at=NOW + 1), False),
    "until the last second": (Window(ends_at=NOW - 1), False),
    "within": (Window(begins_at=NOW - 1, ends_at=NOW + 1), True),
}


@pytest.mark.parametrize("case", WINDOWS)
def test_campaign_is_on_within_its_window(case: str) -> None:
    window, is_on = WINDOWS[case]
    assert window.is_open(NOW) is is_on


EXCESSES = {
    "no limit": (Limits(), None),
    "as many as allowed": (Limits(people=30), None),
    "one more than allowed": (Limits(people=29), TooManyPeople(people=30, limit=29)),
    "the share allowed": (Limits(share=25), None),
    "more than the share": (Limits(share=24), TooLargeShare(people=30, enrolled=120, limit=24)),
    "both": (Limits(people=29, share=24), TooManyPeople(people=30, limit=29)),
}


@pytest.mark.parametrize("case", EXCESSES)
def test_limits_hold(case: str) -> None:
    limits, excess = EXCESSES[case]
    assert find_excess(limits, people=30, enrolled=120) == excess


def test_nobody_is_never_too_many() -> None:
    assert find_excess(Limits(people=1, share=1), people=0, enrolled=0) is None
