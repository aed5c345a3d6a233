"""Finds the rule of each course: the first that fits.

1. A course that an exclusion without people fits is left out.
2. Of the rules that fit a course, the first is the course's; the others are overlaps, worth knowing.
3. A course that no rule fits is unmatched, and nothing is done in it.
4. People of an exclusion are excluded in the courses that it fits.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from maintien.enrolments.state import Course
from maintien.moodle.ids import CourseId, UserId
from maintien.planning.campaign.rules import Campaign, RuleNumber
from maintien.planning.policy import ConversionPolicy


class Overlap(NamedTuple):
    """A rule that fits courses which an earlier rule has."""

    rule: RuleNumber
    earlier: RuleNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Every course of a site, each in one of the three places."""

    rule_of: Mapping[CourseId, RuleNumber]
    """Courses that a rule has, in the order given."""
    excluded: Mapping[CourseId, int]
    """Courses left out, by the exclusion's place."""
    unmatched: tuple[CourseId, ...]
    overlaps: Counter[Overlap]
    """In how many courses."""

    def courses_of(self, rule: RuleNumber) -> list[CourseId]:
        """List the courses of one rule."""
        return [courseid for courseid, number in self.rule_of.items() if number == rule]


def match_courses(campaign: Campaign, courses: Iterable[Course]) -> Matching:
    """Find the rule of each course."""
    rule_of: dict[CourseId, RuleNumber] = {}
    excluded: dict[CourseId, int] = {}
    unmatched: list[CourseId] = []
    overlaps: Counter[Overlap] = Counter()
    for course in courses:
        exclusion = _exclusion_of(campaign, course)
        if exclusion is not None:
            excluded[course.id] = exclusion
            continue
        fitting = _fitting_rules(campaign, course)
        if not fitting:
            unmatched.append(course.id)
            continue
        first, *others = fitting
        rule_of[course.id] = first
        overlaps.update(Overlap(other, first) for other in others)
    return Matching(rule_of=rule_of, excluded=excluded, unmatched=tuple(unmatched), overlaps=overlaps)


def policies_of(
    campaign: Campaign, matching: Matching, courses: Iterable[Course]
) -> Mapping[CourseId, ConversionPolicy]:
    """Give the policy of each course that a rule has, with the people excluded there."""
    made: dict[tuple[RuleNumber, frozenset[UserId]], ConversionPolicy] = {}
    policies: dict[CourseId, ConversionPolicy] = {}
    for course in courses:
        rule = matching.rule_of.get(course.id)
        if rule is None:
            continue
        people = _people_excluded(campaign, course)
        policy = made.get((rule, people))
        if policy is None:
            policy = made[rule, people] = replace(campaign.rules[rule].policy, excluded=people)
        policies[course.id] = policy
    return policies


def _exclusion_of(campaign: Campaign, course: Course) -> int | None:
    for number, exclusion in enumerate(campaign.exclusions):
        if exclusion.people is None and exclusion.courses.fit(course):
            return number
    return None


def _fitting_rules(campaign: Campaign, course: Course) -> list[RuleNumber]:
    return [RuleNumber(number) for number, rule in enumerate(campaign.rules) if rule.courses.fit(course)]


def _people_excluded(campaign: Campaign, course: Course) -> frozenset[UserId]:
    return frozenset[UserId]().union(
        *(
            exclusion.people
            for exclusion in campaign.exclusions
            if exclusion.people is not None and exclusion.courses.fit(course)
        )
    )
