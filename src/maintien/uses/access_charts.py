"""Charts how many people have access over time: the cliff at the cut, and what a conversion would keep.

With the cut on the coming 1 September, and a conversion of everybody, as ``convert`` plans it, until a year
after it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Final, Generic, Self, TypeVar

from maintien.bootstrap import Session
from maintien.enrolments.access_over_time import AccessOverTime, Span, access_spans
from maintien.enrolments.roll import roll_of
from maintien.enrolments.state import Course, CourseState
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import UNSAVED, CourseId, RoleId, UserId
from maintien.planning.applying import apply_plan
from maintien.planning.course_planners import CoursePlanners, Policies
from maintien.planning.policy import Circumstances, end_of
from maintien.reports.charts.access_chart import AccessChart
from maintien.reports.screen import course_name
from maintien.uses.conversion_request import ConversionRequest
from maintien.uses.policies import Terms, make_policy, students_of

_SEPTEMBER: Final = 9

G = TypeVar("G")


@dataclass(slots=True)
class _Series:
    """People with access, without a conversion and after it."""

    without: AccessOverTime = field(default_factory=AccessOverTime)
    converted: AccessOverTime = field(default_factory=AccessOverTime)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCharts(Generic[G]):
    """Takes courses one by one, and charts each group of them; a person is counted once a group."""

    config: SiteConfig
    zone: tzinfo
    now: int
    cut_at: int
    """Unix seconds, both."""
    planners: CoursePlanners
    students: frozenset[RoleId]
    hidden: frozenset[CourseId]
    """Courses that the register's sync may skip."""
    groups_of: Callable[[Course], Iterable[G]]
    _series: dict[G, _Series] = field(default_factory=lambda: defaultdict(_Series))

    @classmethod
    def begin(
        cls, session: Session, groups_of: Callable[[Course], Iterable[G]], *, always: Iterable[G] = ()
    ) -> Self:
        """Begin with no course; the groups of ``always`` are charted also where they have none."""
        config, now = session.config, session.clock()
        cut_at, until = _coming_cut(now, session.zone)
        policy = make_policy(ConversionRequest(until=until), Terms(config=config, zone=session.zone, now=now))
        return cls(
            config=config,
            zone=session.zone,
            now=now,
            cut_at=cut_at,
            planners=CoursePlanners(
                policies=Policies(common=policy),
                config=config,
                circumstances=Circumstances(now=now, operator=UserId(UNSAVED)),
            ),
            students=students_of(config),
            hidden=(
                session.site.find_hidden_courses() if config.register_skips_hidden_courses else frozenset()
            ),
            groups_of=groups_of,
            _series=defaultdict(_Series, {group: _Series() for group in always}),
        )

    def take(self, state: CourseState) -> None:
        """Take one course in, read with what ``planners.inherited_roles`` asks for."""
        groups = [self._series[group] for group in self.groups_of(state.course)]
        converted = apply_plan(state, self.planners.plan(state))
        for people, span in self._spans(state):
            for series in groups:
                series.without.add(people, span)
        for people, span in self._spans(converted):
            for series in groups:
                series.converted.add(people, span)

    def charts(self, subject_of: Callable[[G], str]) -> Iterator[tuple[G, AccessChart]]:
        """Give the chart of each group."""
        for group, series in self._series.items():
            yield (
                group,
                AccessChart(
                    subject=subject_of(group),
                    zone=self.zone,
                    now=self.now,
                    cut_at=self.cut_at,
                    until=end_of(self.planners.policies.common),
                    steps=series.without.steps(),
                    steps_converted=series.converted.steps(),
                ),
            )

    def _spans(self, state: CourseState) -> Iterator[tuple[AbstractSet[UserId], Span]]:
        roll = replace(roll_of(state, self.students), is_visible=state.course.id not in self.hidden)
        return access_spans(roll, self.config, cut_at=self.cut_at, follows_feeds=False)


def chart_course(session: Session, course: Course) -> AccessChart:
    """Chart one course."""
    charts = AccessCharts.begin(session, lambda _: [course.id])
    for state in session.site.read_states([course], charts.planners.inherited_roles):
        charts.take(state)
    ((_, chart),) = charts.charts(lambda _: course_name(course))
    return chart


def _coming_cut(now: int, zone: tzinfo) -> tuple[int, str]:
    """Tell when universities' feeds usually drop people next, and the last day of the year after."""
    year = datetime.fromtimestamp(now, zone).year
    moments = (datetime(each, _SEPTEMBER, 1, tzinfo=zone) for each in (year, year + 1))
    cut = next(moment for moment in moments if moment.timestamp() > now)
    return int(cut.timestamp()), f"{cut.year + 1}-08-31"
