"""Takes a run back, and tells beforehand who would lose their only access; or goes on with one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from maintien.bootstrap import Session, site_identity
from maintien.enrolments.state import CourseState
from maintien.errors.runs import (
    NothingToUndo,
    RunAppliesPlan,
    RunHasEvidence,
    RunNotInterrupted,
    RunOfAnotherSite,
    RunRestoresArchive,
    RunUndone,
)
from maintien.errors.tree import SiteError
from maintien.moodle.ids import CourseId, RoleId, UserId
from maintien.planning.course_planners import CoursePlanners, Policies
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances
from maintien.planning.undo import people_losing_access
from maintien.runs.conduct import UnderWay, undo_planner
from maintien.runs.execute import PlanCourse, Safeguard, preview
from maintien.runs.journal import CourseStatus, RunHeader, RunId, RunKind, RunRecord, RunStatus, RunStore
from maintien.runs.plan_file import Fingerprint, short_form
from maintien.runs.store.database import DatabaseRunStore
from maintien.sites.interface import CourseSize
from maintien.uses.callers import Caller
from maintien.uses.evidence import reading_evidence
from maintien.uses.feeds_of_moves import nobody_told

_NOBODY: Final[frozenset[UserId]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWatch:
    """Plans courses, and notes for each who would lose their only access to it."""

    plan_course: PlanCourse
    at: int
    """Unix seconds."""
    losing: dict[CourseId, frozenset[UserId]] = field(default_factory=dict)

    def plan(self, state: CourseState) -> CoursePlan:
        """Plan a course."""
        plan = self.plan_course(state)
        self.losing.pop(state.course.id, None)
        if losing := people_losing_access(state, plan, self.at):
            self.losing[state.course.id] = losing
        return plan

    def losing_in(self, plan: CoursePlan) -> frozenset[UserId]:
        """Tell who loses their only access to a planned course."""
        return self.losing.pop(plan.course.id, _NOBODY)


def preview_undo(
    caller: Caller, session: Session, store: RunStore, run: RunId
) -> Iterator[tuple[CoursePlan, frozenset[UserId]]]:
    """Plan taking a run back, a course at a time, with who would lose their only access. Writes nothing."""
    sizes, watch = _watched_undo(session, store, run)
    for planned in preview(session.site, sizes, watch.plan, observer=caller.observer):
        yield planned, watch.losing_in(planned)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoUnderWay:
    """A run that takes another back, and what notes who loses their only access by it."""

    under_way: UnderWay
    watch: AccessWatch
    courses: int


def begin_undo(caller: Caller, session: Session, store: DatabaseRunStore, run: RunId) -> UndoUnderWay:
    """Prepare the run that takes another back."""
    sizes, watch = _watched_undo(session, store, run)
    operator = session.find_operator().id
    header = caller.run_header(session, kind=RunKind.UNDO, operator=operator, began_at=watch.at)
    conductor = caller.conductor(session, store, operator)
    under_way = conductor.begin(replace(header, undoes=run), sizes, watch.plan)
    return UndoUnderWay(under_way=under_way, watch=watch, courses=len(sizes))


def _watched_undo(session: Session, store: RunStore, run: RunId) -> tuple[list[CourseSize], AccessWatch]:
    sizes, plan = undo_planner(store, run)
    return sizes, AccessWatch(plan_course=plan, at=session.clock())


def resume_run(
    caller: Caller,
    session: Session,
    store: DatabaseRunStore,
    run: RunId,
    *,
    safeguard: Safeguard | None = None,
) -> UnderWay:
    """Prepare to go on with a run that planned for itself, or that took another back."""
    header = store.run(run).header
    fed = reading_evidence_of(session, header)
    plan, inherited_roles = planner_of_run(fed, store, header)
    conductor = replace(caller.conductor(fed, store, header.operator), safeguard=safeguard)
    return conductor.resume(run, plan, inherited_roles)


def require_undoable(session: Session, record: RunRecord) -> None:
    """Check that a run was made on this site and wrote something.

    Raises RunOfAnotherSite and NothingToUndo.
    """
    require_of_site(session, record)
    require_something_written(record)


def require_something_written(record: RunRecord) -> None:
    """Check that there is something to take back.

    Raises NothingToUndo.
    """
    courses = record.totals.courses
    if not any(courses.get(status) for status in (CourseStatus.WRITTEN, CourseStatus.PLANNED)):
        raise NothingToUndo(run=record.id)


def require_resumable(record: RunRecord, *, undone_by: int | None, has_plan: bool = False) -> None:
    """Check that a run is unfinished, and that whoever is to go on with it has what it needs.

    ``has_plan`` says whether the plan file is at hand that the run applies, if it applies one.

    Raises RunUndone, RunNotInterrupted, RunRestoresArchive, RunHasEvidence and
    RunAppliesPlan.
    """
    if undone_by is not None:
        raise RunUndone(run=record.id, undo=undone_by)
    if record.status is RunStatus.DONE:
        raise RunNotInterrupted(run=record.id)
    header = record.header
    if header.archive is not None:
        raise RunRestoresArchive(run=record.id, archive=header.archive.path)
    if header.evidence:
        raise RunHasEvidence(run=record.id, archive=header.evidence[0].path, command=header.command)
    if header.plan_fingerprint is not None and not has_plan:
        raise RunAppliesPlan(run=record.id, fingerprint=short_form(Fingerprint(header.plan_fingerprint)))


def require_of_site(session: Session, record: RunRecord) -> None:
    """Check that a run was made on this site.

    Raises RunOfAnotherSite.
    """
    if record.header.site_id != site_identity(session):
        raise RunOfAnotherSite(run=record.id, site=record.header.site_name)


def reading_evidence_of(
    session: Session, header: RunHeader, *, tell_unread: Callable[[SiteError], None] = nobody_told
) -> Session:
    """Give the session a site that reads, again, what a run's policies decide by.

    Raises what reading a site raises; a register that can't be read is told to ``tell_unread``.
    """
    if header.policy is None:
        return session
    return reading_evidence(session, policies_of(header), at=header.began_at, tell_unread=tell_unread)


def planner_of_run(
    session: Session, store: RunStore, header: RunHeader
) -> tuple[PlanCourse, frozenset[RoleId]]:
    """Plan courses as they were planned when a run began, and tell which roles have to be looked up for it.

    The session's site has to read what the policies decide by: see :func:`reading_evidence_of`.
    """
    match header.kind:
        case RunKind.UNDO:
            if header.undoes is None:
                raise RuntimeError("an undo without the run that it takes back")
            _, plan = undo_planner(store, header.undoes)
            return plan, frozenset()
        case RunKind.CONVERT | RunKind.CAMPAIGN | RunKind.RESCUE | RunKind.END_DATE | RunKind.UNENROL:
            planners = CoursePlanners(
                policies=policies_of(header),
                config=session.config,
                circumstances=Circumstances(now=header.began_at, operator=header.operator),
            )
            return planners.plan, planners.inherited_roles
        case RunKind.RESTORE:
            raise RuntimeError("a restore is not resumed")


def policies_of(header: RunHeader) -> Policies:
    """Give the policies that a conversion or a rescue was begun with."""
    if header.policy is None:
        raise RuntimeError("a run without a policy")
    return Policies(common=header.policy, of_courses=header.course_policies)
