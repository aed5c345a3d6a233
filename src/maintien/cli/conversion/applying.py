"""Holds a plan file against the site, twice: to show what drifted, then to write what was reviewed."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from maintien.bootstrap import Invocation, Session, open_store
from maintien.cli.console.output import result_console
from maintien.cli.console.progress import observer_of
from maintien.cli.running.carrying_out import carry_out, exit_status
from maintien.cli.running.cut_guard import CutWatch
from maintien.cli.running.run_headers import caller_of
from maintien.enrolments.cut_timing import CourseTiming
from maintien.errors.plans import DriftFound, DriftMeanwhile
from maintien.errors.tree import EXIT_DONE
from maintien.planning.drift import drift_of_lost_course
from maintien.planning.plan import CoursePlan
from maintien.reports.conversion import ConversionHeader, ConversionReport
from maintien.reports.drift import DriftReport
from maintien.reports.manual_edit import new_policy_report
from maintien.runs.execute import CourseOutcome, Safeguard, preview
from maintien.runs.plan_file_reading import PlanFile
from maintien.sites.interface import CourseSize
from maintien.uses.reviewed_runs import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanApplication:
    """A plan file, and the site that it is to be applied to."""

    invocation: Invocation
    review: Review
    watch: CutWatch | None
    """What notes how far the cut of each course has got; None where that is of no matter."""

    @property
    def session(self) -> Session:
        """The open site."""
        return self.review.session

    @property
    def file(self) -> PlanFile:
        """The plan file."""
        return self.review.file

    def preview(self) -> int:
        """Show what would be done, and write nothing; tell the exit status.

        Raises DriftFound.
        """
        drift, report = self._compare(self.review.find_courses())
        self._show(drift, report)
        return EXIT_DONE

    def carry_out(self, safeguard: Safeguard | None = None) -> int:
        """Do what was reviewed, and show it; tell the exit status.

        Raises DriftFound where nothing was written, DriftMeanwhile, and what a run raises.
        """
        sizes = self.review.find_courses()
        drift, _ = self._compare(sizes)
        reviewed = self.review.new_plans()
        report, late = self._new_report(is_written=True), self._new_drift_report()
        store = open_store(self.invocation)
        run = self.review.begin(caller_of(self.invocation), store, sizes, reviewed, safeguard)

        def take(outcome: CourseOutcome) -> None:
            report.add(outcome.plan, outcome.failure, timing=self._timing(outcome.plan))
            found = reviewed.take_drift(outcome.plan.course.id)
            if found is not None and not self.review.accepts_drift:
                late.add(found)

        carry_out(self.invocation, self.session, run, take, courses=len(sizes))
        report.header = replace(report.header, run=run.run)
        self._show(late if late.courses else drift, report)
        if late.courses:
            raise DriftMeanwhile(courses=late.courses)
        return exit_status(failed=report.courses_failed, changed=report.courses_changed)

    def _compare(self, sizes: Sequence[CourseSize]) -> tuple[DriftReport, ConversionReport]:
        """Go through all courses and write nothing.

        Raises DriftFound, once it is shown, where drift is not accepted.
        """
        drift, report = self._new_drift_report(), self._new_report(is_written=False)
        reviewed = self.review.new_plans()
        for courseid in sorted({*self.file.courses} - {size.course.id for size in sizes}):
            drift.add(drift_of_lost_course(self.file.plan_of(courseid)))
        for plan in preview(
            self.session.site,
            sizes,
            reviewed.plan,
            inherited_roles=self.review.planners.inherited_roles,
            observer=observer_of(self.invocation),
        ):
            report.add(plan, timing=self._timing(plan))
            found = reviewed.take_drift(plan.course.id)
            if found is not None:
                drift.add(found)
        if drift.courses and not self.review.accepts_drift:
            self._show_drift(drift)
            raise DriftFound(courses=drift.courses)
        return drift, report

    def _timing(self, plan: CoursePlan) -> CourseTiming | None:
        return None if self.watch is None else self.watch.timings.get(plan.course.id)

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
            is_accepted=self.review.accepts_drift,
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
