"""``maintien courses``: courses with how many people depend on an automatic enrolment."""

from functools import partial
from typing import Final

import typer

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.actions import Action
from maintien.cli.global_options import invocation_of
from maintien.cli.notices import notify
from maintien.cli.options import (
    AllOption,
    CategoryOption,
    CohortOption,
    CourseOption,
    CoursesFileOption,
)
from maintien.cli.output import print_document, result_console
from maintien.cli.progress import observer_of
from maintien.enrolments.risk import CourseRisk, count_risk
from maintien.errors import EXIT_DONE, EmptySelection
from maintien.messages import N_
from maintien.planning.policy import AUTOMATIC_METHODS
from maintien.reports.courses import courses_document, courses_table
from maintien.uses.policies import STUDENT
from maintien.uses.selections import Asked, ask_for_courses, find_courses
from maintien.uses.states import read_all_states

ABOUT_COURSES: Final = N_("List courses: participants, those enrolled automatically only, students at risk.")


def courses(
    context: typer.Context,
    *,
    course: CourseOption = None,
    category: CategoryOption = None,
    cohort: CohortOption = None,
    everything: AllOption = False,
    courses_file: CoursesFileOption = None,
) -> Action:
    """Read the options of ``courses``."""
    asked = ask_for_courses(
        courses=course,
        categories=category,
        cohorts=cohort,
        everything=everything,
        courses_file=courses_file,
    )
    return partial(list_courses, invocation_of(context), asked)


def list_courses(invocation: Invocation, asked: Asked) -> int:
    """List the courses asked for, by id."""
    if asked.is_empty:
        raise EmptySelection
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        rows = _count(invocation, session, asked)
    if invocation.wishes.json:
        print_document(courses_document(rows))
        return EXIT_DONE
    console = result_console(invocation)
    console.print(courses_table(invocation.texts, rows, console.width))
    return EXIT_DONE


def _count(invocation: Invocation, session: Session, asked: Asked) -> list[CourseRisk]:
    sizes = find_courses(session.site, asked).sizes
    students = frozenset(roleid for name, roleid in session.config.roles.items() if name == STUDENT)
    now = session.clock()
    return [
        count_risk(state, session.config, methods=AUTOMATIC_METHODS, students=students, at=now)
        for state in read_all_states(session.site, sizes, observer=observer_of(invocation))
    ]
