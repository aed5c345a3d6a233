"""Does what ``maintien forecast`` asks for: reads the rolls, applies the rules, shows what they say."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.feeds import FeedsSeen, look_at_feeds
from maintien.cli.notices import GradesNotReadable, notify
from maintien.cli.output import result_console
from maintien.cli.progress import observer_of
from maintien.cli.replaced_files import replaced_file
from maintien.enrolments.access_over_time import AccessOverTime, access_spans
from maintien.enrolments.forecast import forecast_course
from maintien.enrolments.roll import CourseRoll, roll_of
from maintien.errors import EXIT_DONE, EmptySelection
from maintien.moodle.dates import parse_moment
from maintien.moodle.ids import UNSAVED, RoleId, UserId
from maintien.moodle.values import AUTOMATIC_METHODS, NO_END, UnenrolAction
from maintien.planning.applying import apply_plan
from maintien.planning.course_planners import CoursePlanners
from maintien.planning.policy import Circumstances, end_of
from maintien.reports.charts.access_chart import AccessChart
from maintien.reports.charts.svg import draw_svg
from maintien.reports.forecast import ForecastReport
from maintien.reports.forecast_document import ForecastHeader
from maintien.reports.language import Texts
from maintien.reports.screen import course_name
from maintien.sites.database.reading_rolls import RollWishes
from maintien.uses.conversion_request import ConversionRequest
from maintien.uses.policies import Terms, make_policies, make_policy, students_of
from maintien.uses.rolls import read_all_rolls
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
class _Forecast:
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


def show_forecast(invocation: Invocation, asked: Asked, request: ForecastRequest) -> int:
    """Show the forecast for the courses asked for.

    Raises every error that a command line, a site or a courses file can give rise to; a register that can't
    be read is noticed and unknown.
    """
    if asked.is_empty:
        raise EmptySelection
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        forecast = _prepare(invocation, session, asked, request)
        report = _make(invocation, forecast)
        if request.chart is not None and report.chart is not None:
            with replaced_file(Path(request.chart)) as file:
                file.write_text(draw_svg(invocation.texts, report.chart), encoding="utf-8")
        _show(invocation, session, report)
    return EXIT_DONE


def _prepare(invocation: Invocation, session: Session, asked: Asked, request: ForecastRequest) -> _Forecast:
    now, zone = session.clock(), session.zone
    at = now if request.on is None else parse_moment(request.on, zone)
    cut_at = at if request.cut is None else parse_moment(request.cut, zone)
    found = find_courses(session.site, asked)
    planners = None
    if request.until is not None:
        terms = Terms(config=session.config, zone=zone, now=now)
        policies = make_policies(
            ConversionRequest(until=request.until), found, partial(make_policy, terms=terms)
        )
        circumstances = Circumstances(now=now, operator=UserId(UNSAVED))
        planners = CoursePlanners(policies=policies, config=session.config, circumstances=circumstances)
    feeds = None
    if request.reads_feeds:
        courses = [size.course.id for size in found.sizes]
        feeds = look_at_feeds(invocation, session, courses, place=request.register)
    may_read_grades = session.site.may_read_grades()
    if not may_read_grades:
        notify(invocation, GradesNotReadable())
    return _Forecast(
        session=session,
        found=found,
        at=at,
        now=now,
        cut_at=cut_at,
        feeds=feeds,
        may_read_grades=may_read_grades,
        planners=planners,
    )


def _make(invocation: Invocation, forecast: _Forecast) -> ForecastReport:
    config = forecast.session.config
    follows_feeds = forecast.feeds is not None
    report = ForecastReport(forecast.header(), keep_documents=invocation.wishes.json)
    without, after = AccessOverTime(), AccessOverTime()
    observer = observer_of(invocation)
    for rolls in read_all_rolls(
        forecast.session.site, forecast.found.sizes, forecast.wishes(), observer=observer
    ):
        for roll in rolls:
            report.add(forecast_course(roll, config, at=forecast.at, reads_feeds=follows_feeds))
        for series, drawn in ((without, rolls), (after, forecast.converted(rolls))):
            for roll in drawn:
                spans = access_spans(roll, config, cut_at=forecast.cut_at, follows_feeds=follows_feeds)
                for people, span in spans:
                    series.add(people, span)
    report.chart = forecast.chart(invocation.texts, without, after)
    return report


def _subject(texts: Texts, found: Found) -> str:
    if len(found.sizes) == 1:
        return course_name(found.sizes[0].course)
    courses = texts.ngettext("{n} course", "{n} courses", len(found.sizes))
    return courses.format(n=texts.number(len(found.sizes)))


def _show(invocation: Invocation, session: Session, report: ForecastReport) -> None:
    if invocation.wishes.json:
        report.write_json(sys.stdout)
        return
    people = session.site.read_people(report.people_shown())
    console = result_console(invocation)
    console.print(report.render(invocation.texts, console.width, people))
