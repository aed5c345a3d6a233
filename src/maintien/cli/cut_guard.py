"""Watches, while courses are planned, how far the cut of each has got.

Nothing is read twice: cohorts and the log come with each batch of courses, the register once before. What
can't be read is unknown, and no reason to fail.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from maintien.bootstrap import Invocation, Session
from maintien.cli.feeds import look_at_feeds
from maintien.cli.notices import LogNotReadable, notify
from maintien.enrolments.cut_timing import LATELY, CourseTiming, time_cut
from maintien.enrolments.roll import automatic_roll_of
from maintien.enrolments.state import CourseState
from maintien.enrolments.withdrawals import Window
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import CourseId
from maintien.moodle.values import DATABASE
from maintien.planning.plan import CoursePlan
from maintien.runs.execute import PlanCourse
from maintien.sites.database.read_feeds import ReadFeeds
from maintien.sites.database.removals import RemovalWishes
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


def watch_cut(
    invocation: Invocation, session: Session, courses: Collection[CourseId]
) -> tuple[Session, CutWatch]:
    """Get ready to watch the cuts of these courses; gives the session whose site is to be read.

    A site that reads its feeds already goes on reading those. What can't be read is noticed.
    """
    config, now = session.config, session.clock()
    feeds, spares = session.site.feeds, False
    if feeds is None:
        feeds = ReadFeeds(register=None)
        if config.is_enabled(DATABASE):
            seen = look_at_feeds(invocation, session, courses).read
            feeds, spares = ReadFeeds(register=seen.register), seen.register_spares_everybody
    window = Window(now - LATELY, now)
    removals = removal_wishes(invocation, session, window, len(courses))
    site = replace(session.site, feeds=feeds, removals=removals)
    hidden = site.find_hidden_courses() if config.register_skips_hidden_courses else frozenset()
    # A log that was not read tells nothing, whatever the site writes there.
    config = replace(config, logs_to_standard_log=removals is not None)
    watch = CutWatch(config=config, since=window.since, now=now, hidden=hidden, spares_everybody=spares)
    return replace(session, site=site), watch


def removal_wishes(
    invocation: Invocation, session: Session, window: Window, courses: int
) -> RemovalWishes | None:
    """Tell which unenrolments of so many courses to look for in the log.

    Nothing where the site keeps no log; where the account may not read it, that is noticed.
    """
    if not session.config.logs_to_standard_log:
        return None
    if not session.site.may_read_log():
        notify(invocation, LogNotReadable())
        return None
    return removal_wishes_for(session.config, window, courses)
