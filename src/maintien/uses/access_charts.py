"""Draws how many people of a course have access over time: the cliff at the cut, and after a conversion."""

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Final

from maintien.bootstrap import Session
from maintien.enrolments.access_over_time import AccessOverTime, access_spans
from maintien.enrolments.roll import CourseRoll, roll_of
from maintien.enrolments.state import Course
from maintien.moodle.ids import UNSAVED, RoleId, UserId
from maintien.planning.applying import apply_plan
from maintien.planning.course_planners import CoursePlanners, Policies
from maintien.planning.policy import Circumstances, end_of
from maintien.reports.charts.access_chart import AccessChart
from maintien.reports.screen import course_name
from maintien.sites.database.reading_rolls import RollWishes
from maintien.uses.conversion_request import ConversionRequest
from maintien.uses.policies import Terms, make_policy, students_of

_SEPTEMBER: Final = 9


def chart_course(session: Session, course: Course) -> AccessChart:
    """Chart one course: with the cut on the coming 1 September, and converted until a year after it."""
    config, now = session.config, session.clock()
    students = students_of(config)
    cut_at, until = _coming_cut(now, session.zone)
    roll = next(session.site.read_rolls([course], RollWishes(students=students)))
    terms = Terms(config=config, zone=session.zone, now=now)
    policy = make_policy(ConversionRequest(until=until), terms)
    planners = CoursePlanners(
        policies=Policies(common=policy),
        config=config,
        circumstances=Circumstances(now=now, operator=UserId(UNSAVED)),
    )
    without, after = AccessOverTime(), AccessOverTime()
    for series, drawn in ((without, roll), (after, _converted(session, roll, planners, students))):
        for people, span in access_spans(drawn, config, cut_at=cut_at, follows_feeds=False):
            series.add(people, span)
    return AccessChart(
        subject=course_name(course),
        zone=session.zone,
        now=now,
        cut_at=cut_at,
        until=end_of(policy),
        steps=without.steps(),
        steps_converted=after.steps(),
    )


def _converted(
    session: Session, roll: CourseRoll, planners: CoursePlanners, students: frozenset[RoleId]
) -> CourseRoll:
    (state,) = session.site.read_states([roll.course], planners.inherited_roles)
    after = roll_of(apply_plan(state, planners.plan(state)), students)
    return replace(after, is_visible=roll.is_visible, listings=roll.listings)


def _coming_cut(now: int, zone: tzinfo) -> tuple[int, str]:
    """Tell when universities' feeds usually drop people next, and the last day of the year after."""
    year = datetime.fromtimestamp(now, zone).year
    moments = (datetime(each, _SEPTEMBER, 1, tzinfo=zone) for each in (year, year + 1))
    cut = next(moment for moment in moments if moment.timestamp() > now)
    return int(cut.timestamp()), f"{cut.year + 1}-08-31"
