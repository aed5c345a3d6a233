"""Watches, while courses are planned, how far the cut of each has got.

Nothing is read twice: cohorts and the log come with each batch of courses, the register once before. What
can't be read is unknown, and no reason to fail.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from maintien.bootstrap import Session
from maintien.enrolments.cut_timing import LATELY, CourseTiming, time_cut
from maintien.enrolments.roll import automatic_roll_of
from maintien.enrolments.state import CourseState
from maintien.enrolments.withdrawals import Window
from maintien.errors.tree import SiteError
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import CourseId
from maintien.moodle.values import DATABASE
from maintien.planning.plan import CoursePlan
from maintien.runs.execute import PlanCourse
from maintien.sites.database.read_feeds import ReadFeeds
from maintien.sites.database.removals import RemovalWishes
from maintien.uses.feeds import look_at_feeds
from maintien.uses.removal_wishes import removal_wishes_for


@dataclass(slots=True, kw_only=True)
class CutWatch:
    """How far the cuts of the courses have got that were planned so far."""

    config: SiteConfig
    since: int
    """Older signs are those of an earlier cut."""
    now: int
    """Unix seconds, both."""
    hidden: frozenset[CourseId] = frozenset()
    spares_everybody: bool = False
    """Whether the register is empty, so that its sync withdraws nobody."""
    timings: dict[CourseId, CourseTiming] = field(default_factory=dict)

    def watching(self, plan: PlanCourse) -> PlanCourse:
        """Give the same planning, which notes how far the cut of each course has got."""

        def planned(state: CourseState) -> CoursePlan:
            self.look_at(state)
            return plan(state)

        return planned

    def look_at(self, state: CourseState) -> None:
        """Take one course in; one that is planned again is looked at again."""
        roll = automatic_roll_of(
            state,
            is_visible=state.course.id not in self.hidden,
            spares_everybody=self.spares_everybody,
        )
        timing = time_cut(roll, self.config, since=self.since, at=self.now)
        self.timings[state.course.id] = timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A session whose site reads what tells of the cut, and what could not be got at."""

    session: Session
    watch: CutWatch
    register_error: SiteError | None = None
    """Why the register could not be read."""
    is_log_closed: bool = False
    """Whether the site keeps a log that the account may not read."""


def watch_cut(session: Session, courses: Collection[CourseId]) -> Watched:
    """Get ready to watch the cuts of these courses.

    A site that reads its feeds already goes on reading those.
    """
    config, now = session.config, session.clock()
    feeds, spares, error = session.site.feeds, False, None
    if feeds is None:
        feeds = ReadFeeds(register=None)
        if config.is_enabled(DATABASE):
            seen = look_at_feeds(session, courses)
            feeds, spares = ReadFeeds(register=seen.read.register), seen.read.register_spares_everybody
            error = seen.error
    window = Window(now - LATELY, now)
    removals = removal_wishes(session, window, len(courses))
    site = replace(session.site, feeds=feeds, removals=removals)
    hidden = site.find_hidden_courses() if config.register_skips_hidden_courses else frozenset()
    # A log that was not read tells nothing, whatever the site writes there.
    config = replace(config, logs_to_standard_log=removals is not None)
    return Watched(
        session=replace(session, site=site),
        watch=CutWatch(config=config, since=window.since, now=now, hidden=hidden, spares_everybody=spares),
        register_error=error,
        is_log_closed=is_log_closed(session),
    )


def removal_wishes(session: Session, window: Window, courses: int) -> RemovalWishes | None:
    """Tell which unenrolments of so many courses to look for in the log.

    Nothing where the site keeps no log, and where the account may not read it.
    """
    if not session.config.logs_to_standard_log or is_log_closed(session):
        return None
    return removal_wishes_for(session.config, window, courses)


def is_log_closed(session: Session) -> bool:
    """Whether the site keeps a log that the account may not read."""
    return session.config.logs_to_standard_log and not session.site.may_read_log()
