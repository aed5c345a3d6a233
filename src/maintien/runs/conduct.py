"""Conducts a run from its beginning to its end: the site's lock, the journal, the execution.

A run can be conducted anew: one that was interrupted goes on where it stopped (*resume*), and one that
is over can be taken back by another (*undo*). All three go the same way.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from maintien.enrolments.state import CourseState
from maintien.errors.runs import SiteBusy
from maintien.moodle.ids import RoleId, UserId
from maintien.planning.carried_out import was_carried_out
from maintien.planning.plan import CoursePlan
from maintien.planning.undo import plan_undo
from maintien.runs.execute import CourseOutcome, Observer, PlanCourse, Safeguard, execute
from maintien.runs.journal import (
    CourseRecord,
    CourseStatus,
    Process,
    RunHeader,
    RunId,
    RunJournal,
    RunStatus,
    RunStore,
)
from maintien.sites.interface import Author, CourseSize, Holder, Site

_UNSETTLED: Final = (CourseStatus.PENDING, CourseStatus.PLANNED, CourseStatus.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a run has to do."""

    sizes: Sequence[CourseSize]
    """The courses, in their order."""
    touched: Collection[UserId] = ()
    """People whom an earlier part of the run touched, and whose flags it could not renew at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conductor:
    """What every run on a site has in common."""

    site: Site
    store: RunStore
    author: Author
    process: Process
    observer: Observer | None = None
    safeguard: Safeguard | None = None
    """What secures each course before it is written in."""
    waits: bool = False
    """Whether to wait for a run that is under way on the site, rather than give up."""

    def begin(
        self,
        header: RunHeader,
        sizes: Sequence[CourseSize],
        plan: PlanCourse,
        inherited_roles: Collection[RoleId] = (),
    ) -> "UnderWay":
        """Prepare a new run; it begins when its outcomes are asked for."""
        return UnderWay(
            conductor=self,
            open_journal=lambda: self.store.begin(header, sizes),
            find_work=lambda _journal: Work(sizes=sizes),
            plan=plan,
            inherited_roles=inherited_roles,
            is_new=True,
        )

    def resume(self, run: RunId, plan: PlanCourse, inherited_roles: Collection[RoleId] = ()) -> "UnderWay":
        """Prepare to go on with a run that was interrupted.

        Courses found planned are looked at first: what was committed is noted as written, the rest is
        planned anew, together with the courses that were never reached or had failed.
        """
        return UnderWay(
            conductor=self,
            open_journal=lambda: self.store.resume(run, self.process),
            find_work=self._settle,
            plan=plan,
            inherited_roles=inherited_roles,
            is_new=False,
        )

    def remaining(self, run: RunId) -> list[CourseSize]:
        """Find the courses that a run has still to do, and note nothing."""
        return [
            CourseSize(record.course, record.enrolments)
            for record in self.store.courses(run, _UNSETTLED)
            if not self._was_written(record)
        ]

    def _settle(self, journal: RunJournal) -> "Work":
        sizes = []
        touched: set[UserId] = set()
        for record in self.store.courses(journal.id, (*_UNSETTLED, CourseStatus.WRITTEN)):
            if record.status is CourseStatus.WRITTEN:
                touched |= _plan_of(record).touched
            elif self._was_written(record):
                plan = _plan_of(record)
                journal.written([plan])
                touched |= plan.touched
            else:
                sizes.append(CourseSize(record.course, record.enrolments))
        return Work(sizes=sizes, touched=touched)

    def _was_written(self, record: CourseRecord) -> bool:
        if record.status is not CourseStatus.PLANNED:
            return False
        (state,) = self.site.read_states([record.course])
        return was_carried_out(state, _plan_of(record))

    @contextmanager
    def hold_site(self) -> Iterator[None]:
        """Keep other runs off the site.

        Raises:
            SiteBusy: another run is under way, and this one is not to wait.
        """
        claim = Holder(name=f"{self.process.user}@{self.process.host}", since=self.author.clock())
        with self.site.hold_lock(claim, waits=self.waits) as holder:
            if holder is not None:
                raise SiteBusy(site=self.site.name, holder=holder.name, since=holder.since)
            yield


@dataclass(slots=True, kw_only=True)
class UnderWay:
    """A run, to be gone through once."""

    conductor: Conductor
    open_journal: Callable[[], RunJournal]
    find_work: Callable[[RunJournal], Work]
    plan: PlanCourse
    inherited_roles: Collection[RoleId]
    is_new: bool
    run: RunId | None = field(default=None, init=False)
    """Which run this is, once it has begun; None again when it is over and found nothing to do."""

    def outcomes(self) -> Iterator[CourseOutcome]:
        """Carry the run out; end its journal however this ends, short of being killed.

        Raises SiteBusy, RunStoreFailed, and what a site raises.
        """
        with self.conductor.hold_site():
            journal = self.open_journal()
            self.run = journal.id
            status = RunStatus.STOPPED
            failed = changed = 0
            try:
                for outcome in self._execute(journal):
                    failed += outcome.failure is not None
                    changed += not outcome.plan.is_empty
                    yield outcome
                status = RunStatus.DONE_IN_PART if failed else RunStatus.DONE
            finally:
                journal.ended(status, self.conductor.author.clock())
            if self.is_new and not changed:
                journal.discard()
                self.run = None

    def _execute(self, journal: RunJournal) -> Iterator[CourseOutcome]:
        conductor = self.conductor
        work = self.find_work(journal)
        return execute(
            conductor.site,
            work.sizes,
            self.plan,
            author=conductor.author,
            inherited_roles=self.inherited_roles,
            journal=journal,
            observer=conductor.observer,
            safeguard=conductor.safeguard,
            touched_before=work.touched,
        )


def _plan_of(record: CourseRecord) -> CoursePlan:
    if record.plan is None:
        raise RuntimeError(f"course {record.course.id} is {record.status} without a plan")
    return record.plan


def undo_planner(store: RunStore, run: RunId) -> tuple[list[CourseSize], PlanCourse]:
    """Find the courses that a run wrote to, and how to plan taking it back in each.

    A course that an interrupted run had planned is looked at first: what was not committed needs nothing.
    Plans are read from the journal when their course is planned, one at a time.
    """
    written = [
        CourseSize(record.course, record.enrolments)
        for record in store.courses(run, (CourseStatus.WRITTEN, CourseStatus.PLANNED))
    ]

    def plan(state: CourseState) -> CoursePlan:
        record = store.course(run, state.course.id)
        done = _plan_of(record)
        if record.status is CourseStatus.PLANNED and not was_carried_out(state, done):
            return CoursePlan(course=state.course)
        return plan_undo(state, done)

    return written, plan
