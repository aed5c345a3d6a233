"""A run that plans courses under policies: previewed, begun and shown alike, whatever the policies do."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from maintien.bootstrap import Invocation, Session
from maintien.cli.console.output import result_console
from maintien.cli.console.progress import observer_of
from maintien.cli.files.exporting import Export
from maintien.cli.files.plans_file import PlansFile, writing_plans
from maintien.cli.running.cut_guard import CutWatch
from maintien.cli.running.run_headers import conductor_for, run_header
from maintien.enrolments.cut_timing import CourseTiming
from maintien.planning.course_planners import CoursePlanners, Policies
from maintien.planning.plan import CoursePlan
from maintien.planning.policy import Circumstances
from maintien.reports.conversion import ConversionHeader, ConversionReport
from maintien.reports.conversion_export import conversion_heading
from maintien.reports.manual_edit import new_policy_report
from maintien.reports.run_export import run_tables
from maintien.runs.conduct import UnderWay
from maintien.runs.execute import CourseOutcome, PlanCourse, Safeguard, preview
from maintien.runs.journal import EvidenceArchive, RunKind
from maintien.uses.selections import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRun:
    """Something that only has to be carried out."""

    invocation: Invocation
    session: Session
    """Its site reads with the courses whatever the policies depend on."""
    kind: RunKind
    found: Found
    policies: Policies
    circumstances: Circumstances
    evidence: tuple[EvidenceArchive, ...] = ()
    """The archives that a rescue takes for evidence."""
    watch: CutWatch | None = None
    """What notes how far the cut of each course has got; None where that is of no matter."""

    def preview(self) -> Iterator[CourseOutcome]:
        """Go through the courses and write nothing."""
        planners = self._planners()
        plans = preview(
            self.session.site,
            self.found.sizes,
            self._watched(planners.plan),
            inherited_roles=planners.inherited_roles,
            observer=observer_of(self.invocation),
        )
        return (CourseOutcome(plan=plan) for plan in plans)

    def begin(self, safeguard: Safeguard | None = None) -> UnderWay:
        """Prepare the run that carries it out; ``safeguard`` comes before each course's writing."""
        planners = self._planners()
        operator = self.circumstances.operator
        header = run_header(
            self.invocation,
            self.session,
            kind=self.kind,
            operator=operator,
            began_at=self.circumstances.now,
        )
        conductor = conductor_for(self.invocation, self.session, operator)
        return replace(conductor, safeguard=safeguard).begin(
            replace(
                header,
                policy=self.policies.common,
                course_policies=dict(self.policies.of_courses),
                evidence=self.evidence,
            ),
            self.found.sizes,
            self._watched(planners.plan),
            planners.inherited_roles,
        )

    def new_report(self, *, is_written: bool) -> ConversionReport:
        """Make an empty report."""
        session = self.session
        header = ConversionHeader(
            site=session.site.name,
            written=is_written,
            policy=self.policies.common,
            zone=session.zone,
            roles=session.config.roles,
            evidence=self.evidence,
            cut_since=None if self.watch is None else self.watch.since,
        )
        return new_policy_report(header, keep_documents=self.invocation.wishes.json)

    def take(self, report: ConversionReport, file: PlansFile | None, outcome: CourseOutcome) -> None:
        """Take what became, or would become, of a course into the report, and the file if there is one."""
        report.add(outcome.plan, outcome.failure, timing=self.timing_of(outcome.plan))
        if file is not None:
            file.take(outcome)

    @contextmanager
    def writing(self, report: ConversionReport, export: Export | None) -> Iterator[PlansFile | None]:
        """Write the plans to a file, where one is asked for; it takes its place when the block ends well.

        Raises UnwritableFile and PseudonymSecretUnusable, before the block where it can't be begun.
        """
        if export is None:
            yield None
            return
        texts, names_people = self.invocation.texts, not export.is_pseudonymous
        with writing_plans(
            self.invocation,
            self.session,
            export,
            heading=conversion_heading(texts, report, names_people=names_people),
            tables=run_tables(texts),
            is_written=report.header.written,
        ) as file:
            yield file
            file.finish()
            file.heading.facts[:] = conversion_heading(texts, report, names_people=names_people).facts

    def show(self, report: ConversionReport) -> None:
        """Show the report as the person wishes."""
        if self.invocation.wishes.json:
            report.write_json(sys.stdout)
            return
        people = self.session.site.read_people(report.people_shown())
        console = result_console(self.invocation)
        console.print(report.render(self.invocation.texts, console.width, people))

    def timing_of(self, plan: CoursePlan) -> CourseTiming | None:
        """Tell how far the cut of a course has got, once it was planned."""
        return None if self.watch is None else self.watch.timings.get(plan.course.id)

    def _watched(self, plan: PlanCourse) -> PlanCourse:
        return plan if self.watch is None else self.watch.watching(plan)

    def _planners(self) -> CoursePlanners:
        return CoursePlanners(
            policies=self.policies, config=self.session.config, circumstances=self.circumstances
        )
