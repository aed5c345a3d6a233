"""How many people of a course would lose access with their automatic enrolment."""

from typing import NamedTuple

from maintien.enrolments.cut_timing import NOBODY_WITHDRAWN, Withdrawn
from maintien.enrolments.forecast import CourseForecast, forecast_course
from maintien.enrolments.roll import roll_of
from maintien.enrolments.state import Course, CourseState
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import RoleId


class CourseRisk(NamedTuple):
    """The people of one course, counted."""

    course: Course
    participants: int
    """Everybody enrolled whose account is not deleted, with access or without."""
    automatic_only: int
    """People who have access now, and only through automatic methods."""
    at_risk: int
    """Students among them who have no method that keeps people whom its feed has dropped."""
    already_cut: int = 0
    """People whose automatic access a sync has withdrawn, and who have none now."""
    rescued: int = 0
    """People whose automatic access a sync has withdrawn, and who have access by a manual enrolment."""


def count_risk(state: CourseState, config: SiteConfig, *, students: frozenset[RoleId], at: int) -> CourseRisk:
    """Count the people of a course at Unix time ``at``, under the rules of the forecast.

    ``students`` are the roles of those for whom losing access matters.
    """
    return risk_in(forecast_course(roll_of(state, students), config, at=at))


def risk_in(forecast: CourseForecast, withdrawn: Withdrawn = NOBODY_WITHDRAWN) -> CourseRisk:
    """Count the people of a forecast, and those who were withdrawn already."""
    return CourseRisk(
        course=forecast.course,
        participants=forecast.participants,
        automatic_only=len(forecast.people),
        at_risk=len(forecast.losing & forecast.students),
        already_cut=len(withdrawn.without_access),
        rescued=len(withdrawn.rescued),
    )
