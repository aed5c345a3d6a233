"""Reads what a forecast needs before the first course: the courses, the feeds, the planned conversion."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from maintien.bootstrap import Invocation, Session
from maintien.cli.console.notices import GradesNotReadable, notify
from maintien.cli.running.feeds import FeedsSeen, look_at_feeds
from maintien.enrolments.access_over_time import AccessOverTime
from maintien.enrolments.roll import CourseRoll, roll_of
from maintien.moodle.dates import parse_moment
from maintien.moodle.ids import UNSAVED, RoleId, UserId
from maintien.moodle.values import AUTOMATIC_METHODS, NO_END, UnenrolAction
from maintien.planning.applying import apply_plan
from maintien.planning.course_planners import CoursePlanners
from maintien.planning.policy import Circumstances, end_of
from maintien.reports.charts.access_chart import AccessChart
from maintien.reports.forecast_document import ForecastHeader
from maintien.reports.language import Texts
from maintien.reports.screen import course_name
from maintien.sites.database.reading_rolls import RollWishes
from maintien.uses.conversion_request import ConversionRequest
from maintien.uses.policies import Terms, make_policies, make_policy, students_of
from maintien.uses.selections import Asked, Found, find_courses


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRequest:
    """What the options ask for; None where nothing was said."""

    on: str | None = None
    reads_feeds: bool = False
    register: str | None = field(default=None, repr=False)
    """The register's URL, which may hold a password."""
    cut: str | None = None
    until: str | None = None
    chart: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedForecast:
    """A forecast that only has to be made."""

    session: Session
    found: Found
    at: int
    now: int
    cut_at: int
    feeds: FeedsSeen | None
    may_read_grades: bool
    planners: CoursePlanners | None
    """Plans the conversion of the chart; None where none is planned."""

    @property
    def students(self) -> frozenset[RoleId]:
        """The roles that make a student."""
        return students_of(self.session.config)

    def header(self) -> ForecastHeader:
        """Describe it."""
        return ForecastHeader(
            site=self.session.site.name,
            at=self.at,
            zone=self.session.zone,
            register=None if self.feeds is None else self.feeds.state,
        )

    def wishes(self) -> RollWishes:
        """Tell what to read of the courses."""
        config = self.session.config
        actions = {config.unenrol_action(m) for m in AUTOMATIC_METHODS if config.is_enabled(m)}
        unenrols = UnenrolAction.UNENROL in actions
        return RollWishes(
            students=self.students,
            groups=unenrols,
            grades=unenrols and self.may_read_grades,
            feeds=None if self.feeds is None else self.feeds.read,
        )

    def converted(self, rolls: list[CourseRoll]) -> Iterator[CourseRoll]:
        """Give the rolls as the planned conversion would leave them."""
        if self.planners is None:
            return
        courses = [roll.course for roll in rolls]
        states = self.session.site.read_states(courses, self.planners.inherited_roles)
        for roll, state in zip(rolls, states, strict=True):
            after = roll_of(apply_plan(state, self.planners.plan(state)), self.students)
            yield replace(after, is_visible=roll.is_visible, listings=roll.listings)

    def chart(self, texts: Texts, without: AccessOverTime, after: AccessOverTime) -> AccessChart:
        """Put the chart together."""
        return AccessChart(
            subject=_subject(texts, self.found),
            zone=self.session.zone,
            now=self.now,
            cut_at=self.cut_at,
            until=NO_END if self.planners is None else end_of(self.planners.policies.common),
            steps=without.steps(),
            steps_converted=None if self.planners is None else after.steps(),
        )


def prepare_forecast(
    invocation: Invocation, session: Session, asked: Asked, request: ForecastRequest
) -> PreparedForecast:
    """Read all that; notice where feeds or grades can't be read."""
    now, zone = session.clock(), session.zone
    at = now if request.on is None else parse_moment(request.on, zone)
    cut_at = at if request.cut is None else parse_moment(request.cut, zone)
    found = find_courses(session.site, asked)
    feeds = None
    if request.reads_feeds:
        courses = [size.course.id for size in found.sizes]
        feeds = look_at_feeds(invocation, session, courses, place=request.register)
    may_read_grades = session.site.may_read_grades()
    if not may_read_grades:
        notify(invocation, GradesNotReadable())
    return PreparedForecast(
        session=session,
        found=found,
        at=at,
        now=now,
        cut_at=cut_at,
        feeds=feeds,
        may_read_grades=may_read_grades,
        planners=None if request.until is None else _planners(session, found, request.until, now),
    )


def _planners(session: Session, found: Found, until: str, now: int) -> CoursePlanners:
    terms = Terms(config=session.config, zone=session.zone, now=now)
    policies = make_policies(ConversionRequest(until=until), found, partial(make_policy, terms=terms))
    circumstances = Circumstances(now=now, operator=UserId(UNSAVED))
    return CoursePlanners(policies=policies, config=session.config, circumstances=circumstances)


def _subject(texts: Texts, found: Found) -> str:
    if len(found.sizes) == 1:
        return course_name(found.sizes[0].course)
    courses = texts.ngettext("{n} course", "{n} courses", len(found.sizes))
    return courses.format(n=texts.number(len(found.sizes)))
