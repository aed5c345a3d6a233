"""Counts the people of courses: participants, those enrolled automatically only, those at risk."""

from collections.abc import Iterator, Sequence

from maintien.bootstrap import Session
from maintien.enrolments.risk import CourseRisk, count_risk
from maintien.planning.policy import AUTOMATIC_METHODS
from maintien.runs.execute import Observer
from maintien.sites.interface import CourseSize
from maintien.uses.policies import STUDENT
from maintien.uses.states import read_all_states


def count_courses(
    session: Session, sizes: Sequence[CourseSize], *, observer: Observer
) -> Iterator[CourseRisk]:
    """Count the people of each course, in the order given, in memory that does not grow."""
    students = frozenset(roleid for name, roleid in session.config.roles.items() if name == STUDENT)
    at = session.clock()
    for state in read_all_states(session.site, sizes, observer=observer):
        yield count_risk(state, session.config, methods=AUTOMATIC_METHODS, students=students, at=at)
