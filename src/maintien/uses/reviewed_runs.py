"""Carries out what somebody reviewed: a plan file, from its beginning or from where a run stopped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from maintien.bootstrap import Invocation, Session, site_identity
from maintien.errors.plans import PlanEndDatePassed, PlanOfAnotherSite
from maintien.errors.selection import UnknownCourse
from maintien.moodle.values import NO_END
from maintien.planning.course_planners import CoursePlanners
from maintien.planning.policy import Circumstances, ConversionPolicy, RescuePolicy, end_of
from maintien.runs.conduct import UnderWay
from maintien.runs.execute import PlanCourse, Safeguard
from maintien.runs.journal import RunId, RunKind, kind_for
from maintien.runs.plan_file import PlanFileHeader
from maintien.runs.plan_file_reading import PlanFile
from maintien.runs.reviewed import ReviewedPlans
from maintien.runs.store.database import DatabaseRunStore
from maintien.sites.interface import CourseSize, Selection
from maintien.uses.callers import Caller
from maintien.uses.evidence import reading_evidence
from maintien.uses.withdrawals import sizes_with_withdrawals


def _unwatched(plan: PlanCourse) -> PlanCourse:
    """Look at nothing while courses are planned."""
    return plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A plan file, held against a site."""

    session: Session
    """Its site reads with the courses whatever the file's policies decide by."""
    file: PlanFile
    circumstances: Circumstances
    accepts_drift: bool = True
    watching: Callable[[PlanCourse], PlanCourse] = _unwatched
    """Gives the same planning to somebody who looks on."""

    @property
    def planners(self) -> CoursePlanners:
        """What plans the courses anew."""
        return CoursePlanners(
            policies=self.file.header.policies,
            config=self.session.config,
            circumstances=self.circumstances,
        )

    def find_courses(self) -> Sequence[CourseSize]:
        """Find the file's courses that the site still has."""
        return sizes_with_withdrawals(self.session, self._courses(), self.file.header.policies)

    def new_plans(self) -> ReviewedPlans:
        """Plan each course anew, within what the file holds."""
        return ReviewedPlans(
            file=self.file,
            plan_today=self.watching(self.planners.plan),
            accepts_drift=self.accepts_drift,
        )

    def begin(
        self,
        caller: Caller,
        store: DatabaseRunStore,
        sizes: Sequence[CourseSize],
        plans: ReviewedPlans,
        safeguard: Safeguard | None = None,
    ) -> UnderWay:
        """Prepare the run that writes what was reviewed and still holds, and nothing else."""
        made, operator = self.file.header, self.circumstances.operator
        header = caller.run_header(
            self.session, kind=kind_of_run(made), operator=operator, began_at=self.circumstances.now
        )
        header = replace(
            header,
            policy=made.policies.common,
            course_policies=dict(made.policies.of_courses),
            campaign=made.campaign,
            plan_fingerprint=self.file.fingerprint,
        )
        conductor = replace(caller.conductor(self.session, store, operator), safeguard=safeguard)
        return conductor.begin(header, sizes, plans.plan, self.planners.inherited_roles)

    def _courses(self) -> Sequence[CourseSize]:
        wanted, site = self.file.courses, self.session.site
        if not wanted:
            return []
        try:
            return site.select(Selection(courses=tuple(f"id:{courseid}" for courseid in wanted)))
        except UnknownCourse:
            known = frozenset(wanted)
            everything = site.select(Selection(everything=True))
            return [size for size in everything if size.course.id in known]


def begin_reviewed(
    caller: Caller,
    session: Session,
    store: DatabaseRunStore,
    file: PlanFile,
    *,
    safeguard: Safeguard | None = None,
) -> UnderWay:
    """Prepare the run that applies a plan file.

    Raises PlanOfAnotherSite, PlanEndDatePassed, and what a site raises.
    """
    circumstances = Circumstances(now=session.clock(), operator=session.find_operator().id)
    require_fitting(caller.invocation, session, file, circumstances.now)
    review = _review(session, file, circumstances)
    return review.begin(caller, store, review.find_courses(), review.new_plans(), safeguard)


def resume_reviewed(
    caller: Caller,
    session: Session,
    store: DatabaseRunStore,
    file: PlanFile,
    run: RunId,
    *,
    safeguard: Safeguard | None = None,
) -> UnderWay:
    """Prepare to go on with a run that applied a plan file and was interrupted.

    Raises UnknownRun, PlanOfAnotherSite, and what a site raises.
    """
    header = store.run(run).header
    if header.plan_fingerprint != file.fingerprint:
        raise RuntimeError(f"run {run} applies another plan")
    review = _review(session, file, Circumstances(now=header.began_at, operator=header.operator))
    conductor = replace(caller.conductor(review.session, store, header.operator), safeguard=safeguard)
    return conductor.resume(run, review.new_plans().plan, review.planners.inherited_roles)


def kind_of_run(plan: PlanFileHeader) -> RunKind:
    """Tell what a run does that applies a plan."""
    if plan.campaign is not None:
        return RunKind.CAMPAIGN
    return kind_for(plan.policies.common)


def require_fitting(invocation: Invocation, session: Session, file: PlanFile, now: int) -> None:
    """Check that a plan was made on this site, and that its end dates are still to come.

    Raises PlanOfAnotherSite and PlanEndDatePassed.
    """
    header = file.header
    if header.site_id != site_identity(session):
        raise PlanOfAnotherSite(path=str(file.path), made_on=header.site_name, site=session.site.name)
    for policy in (header.policies.common, *header.policies.of_courses.values()):
        # The procedure's own steps take any date, and warn of one that has passed.
        is_fixed = isinstance(policy, ConversionPolicy | RescuePolicy) and end_of(policy) != NO_END
        if is_fixed and end_of(policy) <= now:
            end = invocation.texts.date_time(end_of(policy), session.zone)
            raise PlanEndDatePassed(path=str(file.path), end=end)


def _review(session: Session, file: PlanFile, circumstances: Circumstances) -> Review:
    fed = reading_evidence(session, file.header.policies, at=circumstances.now)
    return Review(session=fed, file=file, circumstances=circumstances)
