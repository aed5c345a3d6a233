"""Carries plans out: read a batch of courses, plan it, write it in one transaction, go on to the next.

A batch that somebody moved meanwhile, or that met a deadlock or a lock timeout, is read and planned
again a bounded number of times, then course by course; a course that still can't be written fails,
is named, and the others go on. While one batch is written, the next is read and planned.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Final, Protocol, TypeAlias

from maintien.enrolments.state import Course, CourseState
from maintien.errors.sites import CourseKeptChanging, CourseKeptLocked
from maintien.errors.tree import CourseFailed, MaintienError
from maintien.moodle.ids import CourseId, RoleId, UserId
from maintien.planning.plan import CoursePlan
from maintien.runs.batches import BatchSize, batches
from maintien.runs.journal import RunJournal
from maintien.sites.interface import Author, Contention, CourseSize, Site, StateMoved

PAUSES: Final = (0.05, 0.1, 0.2, 0.4)
"""Seconds before each further attempt. Moodle's own transactions are short: one mostly suffices."""

ATTEMPTS: Final = 1 + len(PAUSES)

MARKED_AT_ONCE: Final = 5_000
"""How many flags are renewed in one transaction."""

PlanCourse: TypeAlias = Callable[[CourseState], CoursePlan]


class Observer(Protocol):
    """Is told how far the work has got."""

    def started(self, courses: int, enrolments: int) -> None:
        """The work begins; this much is to be done."""

    def advanced(self, courses: int, enrolments: int) -> None:
        """So much more has been done."""

    def finished(self) -> None:
        """The work is over, whether or not it succeeded."""


class Unobserved:
    """An observer for nobody."""

    def started(self, courses: int, enrolments: int) -> None:
        """Take no notice."""

    def advanced(self, courses: int, enrolments: int) -> None:
        """Take no notice."""

    def finished(self) -> None:
        """Take no notice."""


class Safeguard(Protocol):
    """Is asked to secure a course each time before anything is to be written in it."""

    def secure(self, course: Course) -> None:
        """Secure the course.

        Raises:
            CourseFailed: it could not be; nothing is written in it, and the others go on.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOutcome:
    """What became of one course."""

    plan: CoursePlan
    failure: CourseFailed | None = None
    """Why nothing was written in this course, or None when its plan was carried out."""


def preview(
    site: Site,
    sizes: Sequence[CourseSize],
    plan: PlanCourse,
    *,
    inherited_roles: Collection[RoleId] = (),
    observer: Observer | None = None,
) -> Iterator[CoursePlan]:
    """Plan each course, in order, and write nothing."""
    observer = observer or Unobserved()
    observer.started(len(sizes), sum(size.enrolments for size in sizes))
    try:
        for batch in batches(sizes, BatchSize()):
            yield from _plan_batch(site, batch, plan, inherited_roles)
            observer.advanced(len(batch), sum(size.enrolments for size in batch))
    finally:
        observer.finished()


def execute(  # noqa: PLR0913 -- what to do, in whose name, and who is told
    site: Site,
    sizes: Sequence[CourseSize],
    plan: PlanCourse,
    *,
    author: Author,
    inherited_roles: Collection[RoleId] = (),
    observer: Observer | None = None,
    journal: RunJournal | None = None,
    safeguard: Safeguard | None = None,
    touched_before: Collection[UserId] = (),
    pause: Callable[[float], None] = sleep,
) -> Iterator[CourseOutcome]:
    """Plan each course and carry its plan out; outcomes come in the order of the courses.

    What is about to be written is durable in ``journal`` before it is, and what was written afterwards;
    ending the journal is the caller's. ``safeguard`` secures each course before it is written in. The
    flags of people ``touched_before``, in a part of the same work that was interrupted, are renewed at
    the end. ``pause`` waits so many seconds. Closing the iterator early stops after the batch being
    written.
    Raises what a site raises when it can't be read at all.
    """
    work = _Execution(
        site=site,
        plan=plan,
        inherited_roles=inherited_roles,
        author=author,
        journal=journal,
        safeguard=safeguard,
        pause=pause,
        marked_too_early=set(touched_before),
    )
    observer = observer or Unobserved()
    observer.started(len(sizes), sum(size.enrolments for size in sizes))
    try:
        with (
            work.marking_again(),
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="maintien-write") as writer,
        ):
            for batch, outcomes in work.run(sizes, writer):
                yield from outcomes
                observer.advanced(len(batch), sum(size.enrolments for size in batch))
    finally:
        observer.finished()


def _plan_batch(
    site: Site,
    batch: Sequence[CourseSize],
    plan: PlanCourse,
    inherited_roles: Collection[RoleId],
) -> list[CoursePlan]:
    courses = [size.course for size in batch]
    return [plan(state) for state in site.read_states(courses, inherited_roles)]


Batch: TypeAlias = list[CourseSize]


@dataclass(slots=True, kw_only=True)
class _Execution:
    """Batches on their way through reading, planning and writing."""

    site: Site
    plan: PlanCourse
    inherited_roles: Collection[RoleId]
    author: Author
    journal: RunJournal | None
    safeguard: Safeguard | None
    pause: Callable[[float], None]
    size: BatchSize = field(default_factory=BatchSize)
    marked: set[UserId] = field(default_factory=set)
    """People whose dirty-user flag this execution has set."""
    marked_too_early: set[UserId] = field(default_factory=set)
    """Those of them whom a later batch touched again."""

    def run(
        self, sizes: Sequence[CourseSize], writer: Executor
    ) -> Iterator[tuple[Batch, list[CourseOutcome]]]:
        """Write one batch while the next is read and planned, where the site lets us."""
        under_way: tuple[Batch, Future[list[CourseOutcome]]] | None = None
        for batch in batches(sizes, self.size):
            if under_way is not None and not self.site.reads_while_writing:
                yield under_way[0], under_way[1].result()
                under_way = None
            plans = self._plan(batch)
            if under_way is not None:
                yield under_way[0], under_way[1].result()
            under_way = batch, writer.submit(self.write, batch, plans)
        if under_way is not None:
            yield under_way[0], under_way[1].result()

    def _plan(self, batch: Batch) -> list[CoursePlan]:
        """Read and plan a batch, and make its plans durable: here, since the writing is what takes long."""
        plans = _plan_batch(self.site, batch, self.plan, self.inherited_roles)
        if self.journal is not None:
            self.journal.planned([plan for plan in plans if not plan.is_empty])
        return plans

    def write(self, batch: Batch, plans: Sequence[CoursePlan]) -> list[CourseOutcome]:
        """Write a batch, planning again what has moved; course by course where it won't go together."""
        unsecured: dict[CourseId, CourseFailed] = {}
        for pause in (*PAUSES, None):
            try:
                unsecured = self._secure(plans)
                self._write_once(batch, [plan for plan in plans if plan.course.id not in unsecured])
            except (StateMoved, Contention) as obstacle:
                if pause is None:
                    return self._split(batch, plans, obstacle)
                self.pause(pause)
                plans = self._plan(batch)
            else:
                break
        return [CourseOutcome(plan=plan, failure=unsecured.get(plan.course.id)) for plan in plans]

    def _secure(self, plans: Sequence[CoursePlan]) -> dict[CourseId, CourseFailed]:
        """Secure the courses that are to be written in, and tell why some could not be."""
        unsecured: dict[CourseId, CourseFailed] = {}
        if self.safeguard is None:
            return unsecured
        for plan in plans:
            if plan.is_empty:
                continue
            try:
                self.safeguard.secure(plan.course)
            except CourseFailed as failure:
                unsecured[plan.course.id] = failure
                if self.journal is not None:
                    self.journal.failed(plan, str(failure))
        return unsecured

    def _write_once(self, batch: Batch, plans: Sequence[CoursePlan]) -> None:
        to_write = [plan for plan in plans if not plan.is_empty]
        if to_write:
            self._write_to_site(batch, to_write)
        if self.journal is not None:
            self.journal.written(plans)

    def _write_to_site(self, batch: Batch, to_write: Sequence[CoursePlan]) -> None:
        began = monotonic()
        self.site.write(to_write, self.author.at_this_moment(), marked_before=self.marked)
        self.size.took(sum(size.enrolments for size in batch), monotonic() - began)
        touched = frozenset[UserId]().union(*(plan.touched for plan in to_write))
        self.marked_too_early |= touched & self.marked
        self.marked |= touched

    @contextmanager
    def marking_again(self) -> Iterator[None]:
        """Mark people again when the work is over, also where it failed, if the site still can."""
        try:
            yield
        except BaseException:
            with suppress(MaintienError, Contention):
                self._mark_again()
            raise
        self._mark_again()

    def _mark_again(self) -> None:
        """Mark people whose sessions may have looked their access up between two of our transactions.

        Somebody who is in twenty courses would otherwise be marked in twenty transactions, which costs
        as much as their enrolments.
        """
        users = sorted(self.marked_too_early)
        for start in range(0, len(users), MARKED_AT_ONCE):
            self._mark(users[start : start + MARKED_AT_ONCE])

    def _mark(self, users: Collection[UserId]) -> None:
        for pause in PAUSES:
            try:
                return self.site.mark_users_dirty(users, self.author.at_this_moment())
            except Contention:
                self.pause(pause)
        return self.site.mark_users_dirty(users, self.author.at_this_moment())

    def _split(self, batch: Batch, plans: Sequence[CoursePlan], obstacle: Exception) -> list[CourseOutcome]:
        if len(batch) == 1:
            failure = _failure(plans[0], obstacle)
            if self.journal is not None:
                self.journal.failed(plans[0], str(failure))
            return [CourseOutcome(plan=plans[0], failure=failure)]
        return [outcome for course in batch for outcome in self.write([course], self._plan([course]))]


def _failure(plan: CoursePlan, obstacle: Exception) -> CourseFailed:
    failed = CourseKeptLocked if isinstance(obstacle, Contention) else CourseKeptChanging
    failure = failed(course=plan.course.shortname, attempts=ATTEMPTS)
    failure.__cause__ = obstacle
    return failure
