"""What a plan comes to, in figures: one summary a course, which keeps no row, and their totals."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Final, TypeAlias

from maintien.enrolments.state import (
    Course,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.errors.tree import CourseFailed
from maintien.planning.changes import Added, Change, Changed, Removed
from maintien.planning.findings import (
    AccessGoes,
    EditShortens,
    EnablingGivesAccess,
    EndDateShortens,
    EndsBeforeItBegins,
    Finding,
    GradesGone,
    GroupsAreCached,
    GroupsGone,
    KnownFromArchiveOnly,
    LogRowsUnreadable,
    ManualEnrolmentsRevived,
    Obstacle,
    OtherRolesGo,
    PeopleLeave,
    RolesBelowCourseGone,
)
from maintien.planning.left_alone import ManualEnrolmentKeepsItsEnd, ManualEnrolmentSuffices, Reason
from maintien.planning.plan import CoursePlan, Source

CountingFinding: TypeAlias = (
    EnablingGivesAccess
    | EndDateShortens
    | OtherRolesGo
    | ManualEnrolmentsRevived
    | GradesGone
    | RolesBelowCourseGone
    | GroupsGone
    | GroupsAreCached
    | LogRowsUnreadable
    | EditShortens
    | EndsBeforeItBegins
    | AccessGoes
    | PeopleLeave
    | KnownFromArchiveOnly
)
"""Findings that say how many of something there are in a course, or who."""

_COUNTERS: Final[dict[tuple[type, type], str]] = {
    (Added, EnrolmentInstance): "instances_added",
    (Changed, EnrolmentInstance): "instances_enabled",
    (Added, UserEnrolment): "enrolments_added",
    (Removed, UserEnrolment): "enrolments_removed",
    (Changed, UserEnrolment): "enrolments_changed",
    (Added, RoleAssignment): "roles_assigned",
    (Changed, RoleAssignment): "roles_kept",
    (Removed, RoleAssignment): "roles_removed",
    (Changed, GroupMembership): "groups_kept",
    (Added, GroupMembership): "groups_joined",
    (Removed, GroupMembership): "groups_left",
}
"""What each kind of change counts as."""


@dataclass(slots=True, kw_only=True)
class Counts:
    """Rows and people, counted. A person counts once a course."""

    enrolments_added: int = 0
    enrolments_changed: int = 0
    """Prolonged, shortened, or given another status; in a move also those that become manual."""
    enrolments_removed: int = 0
    """Automatic ones that a manual one has taken in; manual ones where people are unenrolled."""
    roles_assigned: int = 0
    roles_kept: int = 0
    """Roles that change their owner."""
    roles_removed: int = 0
    groups_kept: int = 0
    """Memberships that change their owner."""
    groups_joined: int = 0
    """Memberships that are given back."""
    groups_left: int = 0
    """Memberships that go with somebody's last enrolment."""
    instances_added: int = 0
    instances_enabled: int = 0
    other_changes: int = 0
    """What no conversion makes; counted so that nothing written goes unsaid."""
    people_converted: int = 0
    left_alone: Counter[type[Reason]] = field(default_factory=Counter)
    sources: Counter[Source] = field(default_factory=Counter)
    """People of whom something is known from there. Only a rescue has any."""

    def count(self, changes: Iterable[Change]) -> None:
        """Count changes."""
        # By type: class patterns would cost ten times as much, a million times over.
        for kind, number in Counter((type(change), type(change[0])) for change in changes).items():
            name = _COUNTERS.get(kind, "other_changes")
            setattr(self, name, getattr(self, name) + number)

    def add(self, other: "Counts") -> None:
        """Add up two counts."""
        self.enrolments_added += other.enrolments_added
        self.enrolments_changed += other.enrolments_changed
        self.enrolments_removed += other.enrolments_removed
        self.roles_assigned += other.roles_assigned
        self.roles_kept += other.roles_kept
        self.roles_removed += other.roles_removed
        self.groups_kept += other.groups_kept
        self.groups_joined += other.groups_joined
        self.groups_left += other.groups_left
        self.instances_added += other.instances_added
        self.instances_enabled += other.instances_enabled
        self.other_changes += other.other_changes
        self.people_converted += other.people_converted
        self.left_alone.update(other.left_alone)
        self.sources.update(other.sources)

    @property
    def people_left_alone(self) -> int:
        """Everybody whom the plan does not convert."""
        return self.left_alone.total()

    @property
    def people_seen(self) -> int:
        """Everybody whom the plan converts or leaves alone."""
        return self.people_converted + self.people_left_alone

    @property
    def people_provided_for(self) -> int:
        """Those among them who have a manual enrolment to go on with."""
        return self.left_alone[ManualEnrolmentSuffices] + self.left_alone[ManualEnrolmentKeepsItsEnd]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSummary:
    """What a plan comes to in one course. A course that failed has no counts: nothing was done."""

    course: Course
    counts: Counts
    obstacle: Obstacle | None = None
    warnings: tuple[Finding, ...] = ()
    failure: CourseFailed | None = None
    is_changed: bool = False
    """Whether anything was written, or is to be."""


def summarise(plan: CoursePlan, failure: CourseFailed | None = None) -> CourseSummary:
    """Count what a plan changes and whom it leaves alone; takes time in proportion to both."""
    if failure is not None:
        return CourseSummary(course=plan.course, counts=Counts(), failure=failure)
    counts = Counts(people_converted=len(plan.converted))
    counts.count(plan.changes)
    counts.left_alone.update(type(person.reason) for person in plan.left_alone)
    counts.sources.update(source for grounds in plan.grounds.values() for source in grounds.sources)
    return CourseSummary(
        course=plan.course,
        counts=counts,
        obstacle=plan.obstacle,
        warnings=plan.warnings,
        is_changed=not plan.is_empty,
    )


class FoundFindings:
    """Findings over many courses: in how many each was found, with what they count added up."""

    def __init__(self) -> None:
        self._courses: Counter[Finding | type[CountingFinding]] = Counter()
        self._added_up: dict[type[CountingFinding], Finding] = {}

    def add(self, finding: Finding) -> None:
        """Take in a finding of one course."""
        if not isinstance(finding, CountingFinding):
            self._courses[finding] += 1
            return
        kind = type(finding)
        known = self._added_up.get(kind)
        self._added_up[kind] = finding if known is None else _together(known, finding)
        self._courses[kind] += 1

    def items(self) -> list[tuple[Finding, int]]:
        """List the findings and in how many courses each was found, the most frequent first."""
        return [
            (self._added_up[found] if isinstance(found, type) else found, number)
            for found, number in self._courses.most_common()
        ]


def _together(one: Finding, other: Finding) -> Finding:
    """Add up what two findings of one kind count, and list together whom they name."""
    names = [item.name for item in fields(one)]
    return replace(one, **{name: getattr(one, name) + getattr(other, name) for name in names})


@dataclass(slots=True, kw_only=True)
class Totals:
    """The sums over all courses."""

    courses: int = 0
    courses_changed: int = 0
    courses_left_alone: int = 0
    """Courses with nothing to do, or with an obstacle."""
    courses_failed: int = 0
    counts: Counts = field(default_factory=Counts)
    findings: FoundFindings = field(default_factory=FoundFindings)

    def add(self, summary: CourseSummary) -> None:
        """Take one course in."""
        self.courses += 1
        self.courses_failed += summary.failure is not None
        self.courses_changed += summary.is_changed
        self.courses_left_alone += not summary.is_changed and summary.failure is None
        self.counts.add(summary.counts)
        if summary.obstacle is not None:
            self.findings.add(summary.obstacle)
        for warning in summary.warnings:
            self.findings.add(warning)
