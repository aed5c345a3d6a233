"""The story's conversion: every course, students of both feeds, until 31 August of the year after."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from maintien.enrolments.state import (
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.moodle.ids import UserId
from maintien.planning.changes import Added, Changed, Removed
from maintien.planning.left_alone import Reason
from maintien.planning.plan import CoursePlan
from maintien.planning.planner import Planner
from maintien.planning.policy import Circumstances, ConversionPolicy
from maintien.runs.execute import Observer, execute, preview
from maintien.sites.database.site import DatabaseSite
from maintien.sites.demo.calendar import UniversityCalendar
from maintien.sites.demo.events import (
    ConversionDone,
    ConversionPreviewed,
    ObstacleCount,
    ReasonCount,
)
from maintien.sites.interface import Author, CourseSize, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoConversion:
    """A conversion of the whole site with the defaults that any conversion has."""

    site: DatabaseSite
    sizes: tuple[CourseSize, ...]
    planner: Planner
    now: int
    """Unix seconds."""

    def preview(self) -> Iterator[CoursePlan]:
        """Plan every course; nothing is written."""
        return preview(self.site, self.sizes, self.planner.plan)

    def carry_out(self, observer: Observer | None) -> ConversionDone:
        """Plan every course again, and write."""
        outcomes = tuple(
            execute(
                self.site,
                self.sizes,
                self.planner.plan,
                author=Author(operator=self.planner.circumstances.operator, clock=lambda: self.now),
                observer=observer,
            )
        )
        written = [o.plan for o in outcomes if o.failure is None and not o.plan.is_empty]
        return ConversionDone(
            courses=len(written),
            people=len(people_converted(written)),
            failures=tuple(o.failure for o in outcomes if o.failure is not None),
        )


def prepare_conversion(site: DatabaseSite, calendar: UniversityCalendar) -> DemoConversion:
    """Read what a conversion of the site needs to know."""
    config = site.read_config()
    students = frozenset({config.roles["student"]})
    operator = next(iter(config.administrators))
    return DemoConversion(
        site=site,
        sizes=tuple(site.select(Selection(everything=True))),
        planner=Planner(
            policy=ConversionPolicy(ends_at=calendar.until, roles=students, end_roles=students),
            config=config,
            circumstances=Circumstances(now=calendar.now, operator=operator),
        ),
        now=calendar.now,
    )


def summarise(plans: Sequence[CoursePlan], until: int) -> ConversionPreviewed:
    """Count what is in the plans."""
    counts = count_changes(plans)
    return ConversionPreviewed(
        until=until,
        courses=sum(not plan.is_empty for plan in plans),
        people=len(people_converted(plans)),
        enrolments_added=counts[Added, UserEnrolment],
        enrolments_prolonged=counts[Changed, UserEnrolment],
        roles_added=counts[Added, RoleAssignment],
        memberships_kept=counts[Changed, GroupMembership],
        instances_added=counts[Added, EnrolmentInstance],
        left_alone=count_reasons(alone.reason for plan in plans for alone in plan.left_alone),
        obstacles=count_obstacles(plans),
    )


def count_reasons(reasons: Iterable[Reason]) -> tuple[ReasonCount, ...]:
    """Count each type of reason, the most frequent first."""
    counts = Counter(type(reason) for reason in reasons)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0].__name__))
    return tuple(ReasonCount(reason=reason, times=times) for reason, times in ordered)


def people_converted(plans: Iterable[CoursePlan]) -> frozenset[UserId]:
    """Find everybody who gets a manual enrolment or a longer one."""
    return frozenset[UserId]().union(*(plan.converted for plan in plans))


def count_changes(plans: Iterable[CoursePlan]) -> Counter[tuple[type, type]]:
    """Count the changes of each kind and row."""
    counts: Counter[tuple[type, type]] = Counter()
    for plan in plans:
        for change in plan.changes:
            match change:
                case Added(row) | Removed(row):
                    counts[type(change), type(row)] += 1
                case Changed(before, _):
                    counts[Changed, type(before)] += 1
    return counts


def count_obstacles(plans: Iterable[CoursePlan]) -> tuple[ObstacleCount, ...]:
    """Count the courses that each kind of obstacle is in."""
    courses: dict[type, list[str]] = {}
    for plan in plans:
        if plan.obstacle is not None:
            courses.setdefault(type(plan.obstacle), []).append(plan.course.shortname)
    return tuple(
        ObstacleCount(obstacle=obstacle, courses=tuple(names)) for obstacle, names in courses.items()
    )
