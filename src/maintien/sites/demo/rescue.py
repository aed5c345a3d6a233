"""The other story's rescue: every course, students of both feeds, until 31 August of the year after."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from maintien.enrolments.state import GroupMembership, RoleAssignment, UserEnrolment
from maintien.planning.changes import Added, Changed
from maintien.planning.findings import GradesGone
from maintien.planning.plan import CoursePlan, Source
from maintien.planning.planner import Planner
from maintien.planning.policy import Circumstances, RescuePolicy
from maintien.runs.execute import Observer, execute, preview
from maintien.sites.database.site import DatabaseSite
from maintien.sites.demo.calendar import UniversityCalendar
from maintien.sites.demo.conversion import (
    count_changes,
    count_obstacles,
    count_reasons,
    people_converted,
)
from maintien.sites.demo.events import RescueDone, RescuePreviewed, SourceCount
from maintien.sites.interface import Author, CourseSize, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRescue:
    """A rescue of the whole site with the defaults that any rescue has."""

    site: DatabaseSite
    """Reads with the courses what the cut took."""
    sizes: tuple[CourseSize, ...]
    planner: Planner

    def preview(self) -> Iterator[CoursePlan]:
        """Plan every course; nothing is written."""
        return preview(self.site, self.sizes, self.planner.plan)

    def carry_out(self, observer: Observer | None) -> RescueDone:
        """Plan every course again, and write."""
        circumstances = self.planner.circumstances
        author = Author(operator=circumstances.operator, clock=lambda: circumstances.now)
        outcomes = tuple(execute(self.site, self.sizes, self.planner.plan, author=author, observer=observer))
        written = [o.plan for o in outcomes if o.failure is None and not o.plan.is_empty]
        return RescueDone(
            courses=len(written),
            people=len(people_converted(written)),
            failures=tuple(o.failure for o in outcomes if o.failure is not None),
        )


def prepare_rescue(site: DatabaseSite, calendar: UniversityCalendar) -> DemoRescue:
    """Read what a rescue of the site needs to know, on the morning after the cut."""
    config = site.read_config()
    window = calendar.cut_window
    policy = RescuePolicy(window=window, ends_at=calendar.until, roles=frozenset({config.roles["student"]}))
    return DemoRescue(
        site=replace(site, withdrawn_within=window),
        sizes=tuple(site.with_removed(site.select(Selection(everything=True)), window)),
        planner=Planner(
            policy=policy,
            config=config,
            circumstances=Circumstances(now=window.to, operator=next(iter(config.administrators))),
        ),
    )


def summarise(plans: Sequence[CoursePlan], until: int) -> RescuePreviewed:
    """Count what is in the plans."""
    counts = count_changes(plans)
    sources = Counter(s for plan in plans for grounds in plan.grounds.values() for s in grounds.sources)
    warnings = [warning for plan in plans for warning in plan.warnings]
    return RescuePreviewed(
        until=until,
        courses=sum(not plan.is_empty for plan in plans),
        people=len(people_converted(plans)),
        enrolments_added=counts[Added, UserEnrolment],
        enrolments_changed=counts[Changed, UserEnrolment],
        roles_added=counts[Added, RoleAssignment],
        memberships_added=counts[Added, GroupMembership],
        memberships_kept=counts[Changed, GroupMembership],
        sources=tuple(SourceCount(source=s, times=sources[s]) for s in Source if sources[s]),
        people_without_grades=sum(len(w.people) for w in warnings if isinstance(w, GradesGone)),
        left_alone=count_reasons(alone.reason for plan in plans for alone in plan.left_alone),
        obstacles=count_obstacles(plans),
    )
