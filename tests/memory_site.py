"""A site in memory that tests can damage: it moves under a plan, or keeps rows locked, when told to.

It passes the same contract as the database sites (tests/sites/test_site_contract.py), except for what
only databases have: selections by category and cohort, log rows.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from maintien.enrolments.people import Person
from maintien.enrolments.state import Course, CourseState
from maintien.errors.selection import UnknownCourse
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import CourseId, GroupId, RoleId, UserId
from maintien.planning.applying import NotAsPlanned, apply_plan
from maintien.planning.plan import CoursePlan
from maintien.sites.interface import Authorship, CourseSize, Holder, Selection, StateMoved


@dataclass(slots=True)
class MemorySite:
    """Courses by id; ``before_write`` runs before each write and may raise or change states."""

    states: dict[CourseId, CourseState]
    config: SiteConfig
    failures: list[Exception] = field(default_factory=list)
    """Raised by the next writes, first one first; an exception is raised for any course."""
    failing_courses: dict[CourseId, Exception] = field(default_factory=dict)
    """Raised by every write that includes this course."""
    moves: list[dict[CourseId, CourseState]] = field(default_factory=list)
    """What a sync makes of courses just before the next writes."""
    writes: list[tuple[CourseId, ...]] = field(default_factory=list)
    """The courses of each transaction that was committed."""
    dirty: list[UserId] = field(default_factory=list)
    reads_while_writing: bool = False
    name: str = "memory"
    holder: Holder | None = None
    """Who else holds the site's lock."""

    def read_config(self) -> SiteConfig:
        """Give the settings."""
        return self.config

    def select(self, selection: Selection) -> list[CourseSize]:
        """Find courses by id or short name."""
        found = []
        for token in selection.courses:
            states = [s for s in self.states.values() if token in (str(s.course.id), s.course.shortname)]
            if not states:
                raise UnknownCourse(course=token)
            found.extend(states)
        if selection.everything:
            found = list(self.states.values())
        return [CourseSize(state.course, len(state.enrolments)) for state in found]

    def read_states(
        self, courses: Sequence[Course], inherited_roles: Collection[RoleId] = ()
    ) -> Iterator[CourseState]:
        """Give the states; inherited roles are in them already."""
        del inherited_roles
        for course in courses:
            yield self.states[course.id]

    def read_people(self, ids: Iterable[UserId]) -> Mapping[UserId, Person]:
        """Make names up."""
        return {i: Person(i, f"u{i}", "Ada", f"No {i}", f"u{i}@example.fr", "") for i in ids}

    def read_group_names(self, courses: Iterable[CourseId]) -> Mapping[GroupId, str]:
        """Make names up."""
        groups = {row.groupid for c in courses for row in self.states[c].memberships}
        return {groupid: f"G{groupid}" for groupid in groups}

    def write(
        self,
        plans: Sequence[CoursePlan],
        authorship: Authorship,
        *,
        marked_before: Collection[UserId] = (),
    ) -> None:
        """Apply the plans, or raise what the test wants raised."""
        if self.moves:
            self.states.update(self.moves.pop(0))
        if self.failures:
            raise self.failures.pop(0)
        for plan in plans:
            if plan.course.id in self.failing_courses:
                raise self.failing_courses[plan.course.id]
        try:
            new = {p.course.id: apply_plan(self.states[p.course.id], p) for p in plans}
        except NotAsPlanned as error:
            raise StateMoved from error
        self.states.update(new)
        self.writes.append(tuple(plan.course.id for plan in plans))
        self.mark_users_dirty(
            {u for plan in plans for u in plan.touched}.difference(marked_before), authorship
        )

    @contextmanager
    def hold_lock(self, claim: Holder, *, waits: bool = False) -> Iterator[Holder | None]:
        """Give who holds the lock, as the test has it."""
        del claim, waits
        yield self.holder

    def mark_users_dirty(self, users: Collection[UserId], authorship: Authorship) -> None:
        """Note whom the flags were set for."""
        del authorship
        self.dirty.extend(sorted(users))
