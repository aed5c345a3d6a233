"""Counts the people of courses: participants, those enrolled automatically only, those at risk, those cut."""

from collections.abc import Iterator, Sequence

from maintien.bootstrap import Session
from maintien.enrolments.cut_timing import LATELY, find_withdrawn
from maintien.enrolments.forecast import forecast_course
from maintien.enrolments.risk import CourseRisk, risk_in
from maintien.enrolments.withdrawals import Window
from maintien.runs.execute import Observer
from maintien.sites.database.reading_rolls import FeedsRead, RollWishes
from maintien.sites.interface import CourseSize
from maintien.uses.policies import students_of
from maintien.uses.removal_wishes import removal_wishes_for
from maintien.uses.rolls import read_all_rolls


def count_courses(
    session: Session, sizes: Sequence[CourseSize], *, observer: Observer
) -> Iterator[CourseRisk]:
    """Count the people of each course, in the order given, in memory that does not grow.

    Whom a sync withdrew lately is told by the log, where the account may read it.
    """
    now, config = session.clock(), session.config
    window = Window(now - LATELY, now)
    reads_log = config.logs_to_standard_log and session.site.may_read_log()
    wishes = RollWishes(
        students=students_of(config),
        # Cohorts say who was taken back; the register is not needed to tell who was withdrawn.
        feeds=FeedsRead(register=None),
        removals=removal_wishes_for(config, window, len(sizes)) if reads_log else None,
    )
    for rolls in read_all_rolls(session.site, sizes, wishes, observer=observer):
        for roll in rolls:
            forecast = forecast_course(roll, config, at=now)
            yield risk_in(forecast, find_withdrawn(roll, config, since=window.since, at=window.to))
