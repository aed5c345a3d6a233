"""Carries out what somebody reviewed: a plan file, from its beginning or from where a run stopped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from maintien.bootstrap import Session, site_identity
from maintien.errors import PlanEndDatePassed, PlanOfAnotherSite, UnknownCourse
from maintien.moodle.values import NO_END
from maintien.planning.course_planners import CoursePlanners
from maintien.planning.policy import Circumstances, ConversionPolicy, end_of
from maintien.runs.conduct import UnderWay
from maintien.runs.journal import RunId, kind_for
from maintien.runs.plan_file_reading import PlanFile
from maintien.runs.reviewed import ReviewedPlans
from maintien.runs.store.database import DatabaseRunStore
from maintien.sites.interface import CourseSize, Selection
from maintien.uses.callers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedRun:
    """A run that writes what was reviewed and still holds, and nothing else."""

    under_way: UnderWay
    reviewed: ReviewedPlans
    courses: int


def begin_reviewed(caller: Caller, session: Session, store: DatabaseRunStore, file: PlanFile) -> ReviewedRun:
    """Prepare the run that applies a plan file.

    Raises PlanOfAnotherSite, PlanEndDatePassed, and what a site raises.
    """
    circumstances = Circumstances(now=session.clock(), operator=session.find_operator().id)
    require_fitting(caller, session, file, circumstances.now)
    planners = _planners(session, file, circumstances)
    reviewed = ReviewedPlans(file=file, plan_today=planners.plan, accepts_drift=True)
    policies = file.header.policies
    header = replace(
        caller.run_header(
            session,
            kind=kind_for(file.header.policies.common),
            operator=circumstances.operator,
            began_at=circumstances.now,
        ),
        policy=policies.common,
        course_policies=dict(policies.of_courses),
        plan_fingerprint=file.fingerprint,
    )
    sizes = _find_courses(session, file)
    conductor = caller.conductor(session, store, circumstances.operator)
    under_way = conductor.begin(header, sizes, reviewed.plan, planners.inherited_roles)
    return ReviewedRun(under_way=under_way, reviewed=reviewed, courses=len(sizes))


def resume_reviewed(
    caller: Caller, session: Session, store: DatabaseRunStore, file: PlanFile, run: RunId
) -> ReviewedRun:
    """Prepare to go on with a run that applied a plan file and was interrupted.

    Raises UnknownRun, PlanOfAnotherSite, and what a site raises.
    """
    record = store.run(run)
    header = record.header
    if header.plan_fingerprint != file.fingerprint:
        raise RuntimeError(f"run {run} applies another plan")
    circumstances = Circumstances(now=header.began_at, operator=header.operator)
    planners = _planners(session, file, circumstances)
    reviewed = ReviewedPlans(file=file, plan_today=planners.plan, accepts_drift=True)
    conductor = caller.conductor(session, store, header.operator)
    return ReviewedRun(
        under_way=conductor.resume(run, reviewed.plan, planners.inherited_roles),
        reviewed=reviewed,
        courses=sum(record.totals.courses.values()),
    )


def require_fitting(caller: Caller, session: Session, file: PlanFile, now: int) -> None:
    """Check that a plan was made on this site, and that its end dates are still to come.

    Raises PlanOfAnotherSite and PlanEndDatePassed.
    """
    header = file.header
    if header.site_id != site_identity(session):
        raise PlanOfAnotherSite(path=str(file.path), made_on=header.site_name, site=session.site.name)
    for policy in (header.policies.common, *header.policies.of_courses.values()):
        is_fixed = isinstance(policy, ConversionPolicy) and end_of(policy) != NO_END
        if is_fixed and end_of(policy) <= now:
            end = caller.invocation.texts.date_time(end_of(policy), session.zone)
            raise PlanEndDatePassed(path=str(file.path), end=end)


def _planners(session: Session, file: PlanFile, circumstances: Circumstances) -> CoursePlanners:
    return CoursePlanners(policies=file.header.policies, config=session.config, circumstances=circumstances)


def _find_courses(session: Session, file: PlanFile) -> Sequence[CourseSize]:
    """Find the file's courses that the site still has."""
    if not file.courses:
        return []
    try:
        return session.site.select(Selection(courses=tuple(f"id:{courseid}" for courseid in file.courses)))
    except UnknownCourse:
        known = frozenset(file.courses)
        everything = session.site.select(Selection(everything=True))
        return [size for size in everything if size.course.id in known]
