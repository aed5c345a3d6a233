"""Holds a plan file against the site, twice: to show what drifted, then to write what was reviewed."""

import sys
from dataclasses import dataclass, replace

from maintien.bootstrap import Invocation, Session, site_identity
from maintien.cli.carrying_out import carry_out, exit_status
from maintien.cli.cut_guard import CutWatch
from maintien.cli.output import result_console
from maintien.cli.progress import observer_of
from maintien.cli.run_headers import conductor_for, run_header
from maintien.enrolments.cut_timing import CourseTiming
from maintien.errors import (
    EXIT_DONE,
    DriftFound,
    DriftMeanwhile,
    PlanEndDatePassed,
    PlanOfAnotherSite,
    UnknownCourse,
)
from maintien.moodle.values import NO_END
from maintien.planning.course_planners import CoursePlanners
from maintien.planning.drift import drift_of_lost_course
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances, ConversionPolicy, end_of
from maintien.reports.conversion import ConversionHeader, ConversionReport
from maintien.reports.drift import DriftReport
from maintien.reports.manual_edit import new_policy_report
from maintien.runs.conduct import UnderWay
from maintien.runs.execute import CourseOutcome, Safeguard, preview
from maintien.runs.journal import kind_for
from maintien.runs.plan_file_reading import PlanFile
from maintien.runs.reviewed import ReviewedPlans
from maintien.sites.interface import CourseSize, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanApplication:
    """A plan file, and the site that it is to be applied to."""

    invocation: Invocation
    session: Session
    file: PlanFile
    circumstances: Circumstances
    accepts_drift: bool
    watch: CutWatch | None = None
    """What notes how far the cut of each course has got; None where that is of no matter."""

    def preview(self) -> int:
        """Show what would be done, and write nothing; tell the exit status.

        Raises DriftFound.
        """
        drift, report = self._compare(self._find_courses())
        self._show(drift, report)
        return EXIT_DONE

    def carry_out(self, safeguard: Safeguard | None = None) -> int:
        """Do what was reviewed, and show it; tell the exit status.

        Raises DriftFound where nothing was written, DriftMeanwhile, and what a run raises.
        """
        sizes = self._find_courses()
        drift, _ = self._compare(sizes)
        reviewed = self._review()
        report, late = self._new_report(is_written=True), self._new_drift_report()
        run = self._begin(reviewed, sizes, safeguard)

        def take(outcome: CourseOutcome) -> None:
            report.add(outcome.plan, outcome.failure, timing=self._timing_of(outcome.plan))
            found = reviewed.take_drift(outcome.plan.course.id)
            if found is not None and not self.accepts_drift:
                late.add(found)

        carry_out(self.invocation, self.session, run, take, courses=len(sizes))
        report.header = replace(report.header, run=run.run)
        self._show(late if late.courses else drift, report)
        if late.courses:
            raise DriftMeanwhile(courses=late.courses)
        return exit_status(failed=report.courses_failed, changed=report.courses_changed)

    def _find_courses(self) -> list[CourseSize]:
        """Find the file's courses that the site still has."""
        wanted = self.file.courses
        if not wanted:
            return []
        site = self.session.site
        try:
            return site.select(Selection(courses=tuple(f"id:{courseid}" for courseid in wanted)))
        except UnknownCourse:
            known = frozenset(wanted)
            everything = site.select(Selection(everything=True))
            return [size for size in everything if size.course.id in known]

    def _compare(self, sizes: list[CourseSize]) -> tuple[DriftReport, ConversionReport]:
        """Go through all courses and write nothing.

        Raises DriftFound, once it is shown, where drift is not accepted.
        """
        drift, report = self._new_drift_report(), self._new_report(is_written=False)
        reviewed, planners = self._review(), self._planners()
        for courseid in sorted({*self.file.courses} - {size.course.id for size in sizes}):
            drift.add(drift_of_lost_course(self.file.plan_of(courseid)))
        for plan in preview(
            self.session.site,
            sizes,
            reviewed.plan,
            inherited_roles=planners.inherited_roles,
            observer=observer_of(self.invocation),
        ):
            report.add(plan, timing=self._timing_of(plan))
            found = reviewed.take_drift(plan.course.id)
            if found is not None:
                drift.add(found)
        if drift.courses and not self.accepts_drift:
            self._show_drift(drift)
            raise DriftFound(courses=drift.courses)
        return drift, report

    def _timing_of(self, plan: CoursePlan) -> CourseTiming | None:
        return None if self.watch is None else self.watch.timings.get(plan.course.id)

    def _planners(self) -> CoursePlanners:
        return CoursePlanners(
            policies=self.file.header.policies,
            config=self.session.config,
            circumstances=self.circumstances,
        )

    def _review(self) -> ReviewedPlans:
        plan = self._planners().plan
        return ReviewedPlans(
            file=self.file,
            plan_today=plan if self.watch is None else self.watch.watching(plan),
            accepts_drift=self.accepts_drift,
        )

    def _begin(
        self, reviewed: ReviewedPlans, sizes: list[CourseSize], safeguard: Safeguard | None
    ) -> UnderWay:
        operator = self.circumstances.operator
        header = run_header(
            self.invocation,
            self.session,
            kind=kind_for(self.file.header.policies.common),
            operator=operator,
            began_at=self.circumstances.now,
        )
        policies = self.file.header.policies
        conductor = conductor_for(self.invocation, self.session, operator)
        return replace(conductor, safeguard=safeguard).begin(
            replace(
                header,
                policy=policies.common,
                course_policies=dict(policies.of_courses),
                plan_fingerprint=self.file.fingerprint,
            ),
            sizes,
            reviewed.plan,
            self._planners().inherited_roles,
        )

    def _header(self, *, is_written: bool) -> ConversionHeader:
        return ConversionHeader(
            site=self.session.site.name,
            written=is_written,
            policy=self.file.header.policies.common,
            zone=self.session.zone,
            roles=self.session.config.roles,
            plan_fingerprint=self.file.fingerprint,
            cut_since=None if self.watch is None else self.watch.since,
        )

    def _new_report(self, *, is_written: bool) -> ConversionReport:
        header = self._header(is_written=is_written)
        return new_policy_report(header, keep_documents=self.invocation.wishes.json)

    def _new_drift_report(self) -> DriftReport:
        return DriftReport(
            self._header(is_written=False),
            is_accepted=self.accepts_drift,
            keep_documents=self.invocation.wishes.json,
        )

    def _show(self, drift: DriftReport, report: ConversionReport) -> None:
        if self.invocation.wishes.json:
            report.write_json(sys.stdout, more={"drift": drift.document()})
            return
        if drift.courses:
            self._show_drift(drift)
        people = self.session.site.read_people(report.people_shown())
        console = result_console(self.invocation)
        console.print(report.render(self.invocation.texts, console.width, people))

    def _show_drift(self, drift: DriftReport) -> None:
        if self.invocation.wishes.json:
            drift.write_json(sys.stdout)
            return
        people = self.session.site.read_people(drift.people_shown())
        console = result_console(self.invocation)
        console.print(drift.render(self.invocation.texts, console.width, people))


def require_fitting(
    invocation: Invocation, session: Session, file: PlanFile, circumstances: Circumstances
) -> None:
    """Check that a plan was made on this site, and that its end dates are still to come.

    Raises PlanOfAnotherSite and PlanEndDatePassed.
    """
    header = file.header
    if header.site_id != site_identity(session):
        raise PlanOfAnotherSite(path=str(file.path), made_on=header.site_name, site=session.site.name)
    policies = (header.policies.common, *header.policies.of_courses.values())
    for policy in policies:
        # The procedure's own rules take any date, and warn of one that has passed.
        is_fixed = isinstance(policy, ConversionPolicy) and end_of(policy) != NO_END
        if is_fixed and end_of(policy) <= circumstances.now:
            end = invocation.texts.date_time(end_of(policy), session.zone)
            raise PlanEndDatePassed(path=str(file.path), end=end)
