"""Counts the people of courses: participants, those enrolled automatically only, those at risk, those cut."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from maintien.bootstrap import Session
from maintien.enrolments.cut_timing import LATELY, CourseTiming, find_withdrawn, time_cut
from maintien.enrolments.forecast import forecast_course
from maintien.enrolments.risk import CourseRisk, risk_in
from maintien.enrolments.roll import CourseRoll
from maintien.enrolments.withdrawals import Window
from maintien.moodle.config import SiteConfig
from maintien.moodle.values import DATABASE
from maintien.runs.execute import Observer
from maintien.sites.database.reading_rolls import FeedsRead, RollWishes
from maintien.sites.interface import CourseSize
from maintien.uses.cut_watch import removal_wishes
from maintien.uses.feeds import look_at_feeds
from maintien.uses.policies import students_of
from maintien.uses.rolls import read_all_rolls


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseCount:
    """The people of one course, and how far its cut has got."""

    risk: CourseRisk
    timing: CourseTiming


def lately(session: Session) -> Window:
    """Give the time in which signs of a cut are those of the latest one."""
    now = session.clock()
    return Window(now - LATELY, now)


def count_courses(
    session: Session,
    sizes: Sequence[CourseSize],
    *,
    window: Window,
    reads_register: bool,
    observer: Observer,
) -> Iterator[CourseCount]:
    """Count the people of each course, in the order given, in memory that does not grow.

    Whom a sync withdrew within ``window`` is told by the log, where the account may read it, and who was
    taken back by cohorts; whom a sync is about to withdraw, by cohorts and, where it is read and can be,
    the register.
    """
    config = session.config
    removals = removal_wishes(session, window, len(sizes))
    register_is_needed = reads_register and config.is_enabled(DATABASE)
    feeds = _feeds(session, sizes) if register_is_needed else FeedsRead(register=None)
    wishes = RollWishes(students=students_of(config), feeds=feeds, removals=removals)
    # A log that was not read tells nothing, whatever the site writes there.
    seen = replace(config, logs_to_standard_log=removals is not None)
    for rolls in read_all_rolls(session.site, sizes, wishes, observer=observer):
        for roll in rolls:
            yield _count(roll, config, seen, window)


def _count(roll: CourseRoll, config: SiteConfig, seen: SiteConfig, window: Window) -> CourseCount:
    since, now = window.since, window.to
    forecast = forecast_course(roll, config, at=now)
    return CourseCount(
        risk=risk_in(forecast, find_withdrawn(roll, config, since=since, at=now)),
        timing=time_cut(roll, seen, since=since, at=now),
    )


def _feeds(session: Session, sizes: Sequence[CourseSize]) -> FeedsRead:
    return look_at_feeds(session, [size.course.id for size in sizes]).read
