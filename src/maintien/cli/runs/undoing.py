"""Takes a run back: looks first who would lose their only access, then does it."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

from maintien.bootstrap import Invocation, Session
from maintien.cli.console.output import result_console
from maintien.cli.running.carrying_out import carry_out, exit_status
from maintien.cli.running.run_headers import caller_of
from maintien.errors.runs import AccessWouldBeLost
from maintien.errors.tree import EXIT_DONE
from maintien.moodle.ids import UserId
from maintien.planning.plan import CoursePlan
from maintien.reports.undo import UndoHeader, UndoReport
from maintien.runs.execute import CourseOutcome
from maintien.runs.journal import RunId
from maintien.runs.store.database import DatabaseRunStore
from maintien.uses.taking_back import begin_undo, preview_undo


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """An undo that only has to be previewed or carried out."""

    invocation: Invocation
    session: Session
    store: DatabaseRunStore
    run: RunId
    """The run that is taken back."""

    def preview(self) -> int:
        """Show what would be taken back, and write nothing."""
        self._show(self._previewed())
        return EXIT_DONE

    def carry_out(self, *, may_take_access: bool) -> int:
        """Take the run back, and show it; tell the exit status.

        Raises AccessWouldBeLost, before anything is written, where people would lose their only access.
        """
        if not may_take_access:
            self._require_access_kept()
        report = self._new_report(is_written=True)
        undo = begin_undo(caller_of(self.invocation), self.session, self.store, self.run)

        def take(outcome: CourseOutcome) -> None:
            report.add(outcome.plan, outcome.failure, losing=undo.watch.losing_in(outcome.plan))

        carry_out(self.invocation, self.session, undo.under_way, take, courses=undo.courses)
        report.header = replace(report.header, run=undo.under_way.run)
        self._show(report)
        return exit_status(failed=report.courses_failed, changed=report.courses_changed)

    def _require_access_kept(self) -> None:
        people = sum(len(losing) for _, losing in self._plans())
        if people:
            raise AccessWouldBeLost(run=self.run, people=people)

    def _previewed(self) -> UndoReport:
        report = self._new_report(is_written=False)
        for plan, losing in self._plans():
            report.add(plan, losing=losing)
        return report

    def _plans(self) -> Iterator[tuple[CoursePlan, frozenset[UserId]]]:
        return preview_undo(caller_of(self.invocation), self.session, self.store, self.run)

    def _new_report(self, *, is_written: bool) -> UndoReport:
        header = UndoHeader(
            site=self.session.site.name,
            written=is_written,
            zone=self.session.zone,
            undoes=self.run,
        )
        return UndoReport(header, keep_documents=self.invocation.wishes.json)

    def _show(self, report: UndoReport) -> None:
        if self.invocation.wishes.json:
            report.write_json(sys.stdout)
            return
        people = self.session.site.read_people(report.people_shown())
        console = result_console(self.invocation)
        console.print(report.render(self.invocation.texts, console.width, people))
