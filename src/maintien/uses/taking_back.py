"""Takes a run back, and tells beforehand who would lose their only access; or goes on with one."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from maintien.bootstrap import Session, site_identity
from maintien.enrolments.state import CourseState
from maintien.errors import NothingToUndo, ResumeByCommandOnly, RunNotInterrupted, RunOfAnotherSite, RunUndone
from maintien.moodle.ids import CourseId, RoleId, UserId
from maintien.planning.course_planners import CoursePlanners, Policies
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances, ConversionPolicy, Mode
from maintien.planning.undo import people_losing_access
from maintien.runs.conduct import UnderWay, undo_planner
from maintien.runs.execute import PlanCourse, preview
from maintien.runs.history import undone_by
from maintien.runs.journal import CourseStatus, RunHeader, RunId, RunKind, RunRecord, RunStatus
from maintien.runs.store.database import DatabaseRunStore
from maintien.uses.callers import Caller
from maintien.uses.manual_edits import choosing_people

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
        self.losing[state.course.id] = people_losing_access(state, plan, self.at)
        return plan

    def losing_in(self, plan: CoursePlan) -> frozenset[UserId]:
        """Tell who loses their only access to a planned course."""
        return self.losing.pop(plan.course.id, _NOBODY)


def preview_undo(
    caller: Caller, session: Session, store: DatabaseRunStore, run: RunId
) -> Iterator[tuple[CoursePlan, frozenset[UserId]]]:
    """Plan taking a run back, a course at a time, with who would lose their only access. Writes nothing."""
    sizes, plan = undo_planner(store, run)
    watch = AccessWatch(plan_course=plan, at=session.clock())
    for planned in preview(session.site, sizes, watch.plan, observer=caller.observer):
        yield planned, watch.losing_in(planned)


def begin_undo(caller: Caller, session: Session, store: DatabaseRunStore, run: RunId) -> UnderWay:
    """Prepare the run that takes another back."""
    sizes, plan = undo_planner(store, run)
    operator = session.find_operator().id
    header = caller.run_header(session, kind=RunKind.UNDO, operator=operator, began_at=session.clock())
    return caller.conductor(session, store, operator).begin(replace(header, undoes=run), sizes, plan)


def resume_run(caller: Caller, session: Session, store: DatabaseRunStore, run: RunId) -> UnderWay:
    """Prepare to go on with a run that planned for itself, or that took another back."""
    header = store.run(run).header
    plan, inherited_roles = _planner(session, store, header)
    return caller.conductor(_choosing(session, header), store, header.operator).resume(
        run, plan, inherited_roles
    )


def _choosing(session: Session, header: RunHeader) -> Session:
    """Let the site choose people again whose manual enrolments a run changes or removes."""
    if header.policy is None:
        return session
    policies = Policies(common=header.policy, of_courses=header.course_policies)
    return choosing_people(session, policies, header.began_at)


def require_undoable(session: Session, record: RunRecord) -> None:
    """Check that a run was made on this site and wrote something.

    Raises RunOfAnotherSite and NothingToUndo.
    """
    require_of_site(session, record)
    courses = record.totals.courses
    if not any(courses.get(status) for status in (CourseStatus.WRITTEN, CourseStatus.PLANNED)):
        raise NothingToUndo(run=record.id)


def require_resumable(session: Session, store: DatabaseRunStore, record: RunRecord) -> None:
    """Check that a run of this site is unfinished.

    Raises RunOfAnotherSite, ResumeByCommandOnly, RunUndone and RunNotInterrupted.
    """
    require_of_site(session, record)
    if not plans_from_the_courses_alone(record):
        raise ResumeByCommandOnly(run=record.id)
    undone = undone_by(store.runs(record.header.site_id)).get(record.id)
    if undone is not None:
        raise RunUndone(run=record.id, undo=undone)
    if record.status is RunStatus.DONE:
        raise RunNotInterrupted(run=record.id)


def plans_from_the_courses_alone(record: RunRecord) -> bool:
    """Whether a run's plans depend on nothing but the courses: neither on feeds, the log nor an archive."""
    policies = (record.header.policy, *record.header.course_policies.values())
    moves = any(isinstance(policy, ConversionPolicy) and policy.mode is Mode.MOVE for policy in policies)
    return record.header.kind not in (RunKind.RESCUE, RunKind.RESTORE) and not moves


def require_of_site(session: Session, record: RunRecord) -> None:
    """Check that a run was made on this site.

    Raises RunOfAnotherSite.
    """
    if record.header.site_id != site_identity(session):
        raise RunOfAnotherSite(run=record.id, site=record.header.site_name)


def _planner(
    session: Session, store: DatabaseRunStore, header: RunHeader
) -> tuple[PlanCourse, frozenset[RoleId]]:
    match header.kind:
        case RunKind.UNDO:
            if header.undoes is None:
                raise RuntimeError("an undo without the run that it takes back")
            _, plan = undo_planner(store, header.undoes)
            return plan, frozenset()
        case RunKind.CONVERT | RunKind.CAMPAIGN | RunKind.RESCUE | RunKind.END_DATE | RunKind.UNENROL:
            if header.policy is None:
                raise RuntimeError("a conversion without a policy")
            planners = CoursePlanners(
                policies=Policies(common=header.policy, of_courses=header.course_policies),
                config=session.config,
                circumstances=Circumstances(now=header.began_at, operator=header.operator),
            )
            return planners.plan, planners.inherited_roles
        case RunKind.RESTORE:
            raise RuntimeError("a restore is not resumed")
