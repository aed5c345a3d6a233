"""Plans an interrupted run as it was planned when it began, and goes on with it."""

import sys
from dataclasses import dataclass, replace

from maintien.bootstrap import Invocation, Session
from maintien.cli.console.output import result_console
from maintien.cli.console.progress import observer_of
from maintien.cli.run_sites import RunSite
from maintien.cli.running.carrying_out import carry_out, exit_status
from maintien.cli.running.run_headers import conductor_for
from maintien.errors.tree import EXIT_DONE
from maintien.moodle.ids import RoleId
from maintien.reports.run_report import RunReport, new_report
from maintien.reports.runs import ListedRun
from maintien.runs.conduct import Conductor
from maintien.runs.execute import PlanCourse, Safeguard, preview
from maintien.uses.taking_back import planner_of_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """A run that only has to be gone on with."""

    invocation: Invocation
    session: Session
    runs: RunSite
    run: ListedRun

    def preview(self) -> int:
        """Show what remains, and write nothing."""
        plan, inherited_roles = self._planner()
        report = self._new_report(is_written=False)
        plans = preview(
            self.session.site,
            self._conductor().remaining(self.run.record.id),
            plan,
            inherited_roles=inherited_roles,
            observer=observer_of(self.invocation),
        )
        for course in plans:
            report.add(course)
        self._show(report)
        return EXIT_DONE

    def carry_out(self, safeguard: Safeguard | None = None) -> int:
        """Do what remains, and show it; tell the exit status."""
        plan, inherited_roles = self._planner()
        report = self._new_report(is_written=True)
        conductor, run = replace(self._conductor(), safeguard=safeguard), self.run.record.id
        carry_out(
            self.invocation,
            self.session,
            conductor.resume(run, plan, inherited_roles),
            lambda outcome: report.add(outcome.plan, outcome.failure),
            courses=sum(self.run.record.totals.courses.values()),
        )
        self._show(report)
        return exit_status(failed=report.courses_failed, changed=report.courses_changed)

    def _conductor(self) -> Conductor:
        operator = self.run.record.header.operator
        return replace(conductor_for(self.invocation, self.session, operator), store=self.runs.store)

    def _planner(self) -> tuple[PlanCourse, frozenset[RoleId]]:
        return planner_of_run(self.session, self.runs.store, self.run.record.header)

    def _new_report(self, *, is_written: bool) -> RunReport:
        return new_report(
            self.run.record,
            zone=self.session.zone,
            roles=self.session.config.roles,
            written=is_written,
            keep_documents=self.invocation.wishes.json,
        )

    def _show(self, report: RunReport) -> None:
        if self.invocation.wishes.json:
            report.write_json(sys.stdout)
            return
        people = self.session.site.read_people(report.people_shown())
        console = result_console(self.invocation)
        console.print(report.render(self.invocation.texts, console.width, people))
