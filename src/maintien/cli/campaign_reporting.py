"""Reports a campaign as it is gone through: on the screen afterwards, or into a file meanwhile."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from maintien.bootstrap import site_identity
from maintien.cli.campaign_preparing import PreparedCampaign
from maintien.cli.exporting import BatchedRows, Export, rules_by_course
from maintien.cli.output import result_console
from maintien.planning.plan import CoursePlan
from maintien.reports.campaign import CampaignReport, policies_of_rules
from maintien.reports.campaign_export import campaign_heading, campaign_tables, write_rules
from maintien.reports.conversion import ConversionHeader
from maintien.reports.run_export import CHANGES, RunExport, planned_course
from maintien.reports.safe_text import plain
from maintien.runs.execute import CourseOutcome

Rows: TypeAlias = BatchedRows | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReporter:
    """A report under way, and the rows of its file where there is one."""

    prepared: PreparedCampaign
    report: CampaignReport
    rows: Rows = None

    def take(self, outcome: CourseOutcome) -> None:
        """Take in what became of a course."""
        self.report.add(outcome.plan, outcome.failure)
        if self.rows is not None:
            is_written = self.report.header.written
            self.rows.add(planned_course(outcome.plan, outcome.failure, is_written=is_written))

    def take_plan(self, plan: CoursePlan) -> None:
        """Take in what would become of a course."""
        self.take(CourseOutcome(plan=plan))

    def show(self, *, is_quiet: bool) -> None:
        """Show the report, unless nobody wants one: nothing was to be done, and nobody looks on."""
        invocation = self.prepared.invocation
        if self.rows is not None:
            return
        if invocation.wishes.json:
            self.report.write_json(sys.stdout)
        elif not is_quiet:
            self._print()

    def _print(self) -> None:
        report, invocation = self.report, self.prepared.invocation
        console = result_console(invocation)
        is_idle = report.header.written and not (report.courses_changed or report.courses_failed)
        if not is_idle:
            people = self.prepared.session.site.read_people(report.people_shown())
            console.print(report.render(invocation.texts, console.width, people))
        elif sys.stdout.isatty():
            console.print(plain(invocation.texts.gettext("NOTHING TO DO: there is nothing to change.")))


@contextmanager
def reporting(
    prepared: PreparedCampaign, export: Export | None, *, is_written: bool
) -> Iterator[CampaignReporter]:
    """Report a campaign; a file takes its place when the block ends well.

    Raises UnwritableFile and PseudonymSecretUnusable, before the block where the file can't be begun.
    """
    report = new_report(prepared, is_written=is_written)
    if export is None:
        yield CampaignReporter(prepared=prepared, report=report)
        return
    invocation, session = prepared.invocation, prepared.session
    texts, file = invocation.texts, export.to_file(invocation, site_identity(session), usual=CHANGES)
    title = texts.gettext("Campaign") if is_written else texts.gettext("Preview of a campaign")
    heading = campaign_heading(texts, report, title=title)
    with file.writer(texts, heading, campaign_tables(texts), session.zone) as writer:
        export_rows = RunExport(
            writer=writer,
            texts=texts,
            zone=session.zone,
            roles={roleid: name for name, roleid in session.config.roles.items()},
            rules=rules_by_course(prepared.record),
        )
        rows = BatchedRows(export=export_rows, read_people=session.site.read_people)
        yield CampaignReporter(prepared=prepared, report=report, rows=rows)
        rows.flush()
        heading.facts[:] = campaign_heading(texts, report, title=title).facts
        write_rules(writer, texts, report.rules)


def new_report(prepared: PreparedCampaign, *, is_written: bool) -> CampaignReport:
    """Make an empty report of a campaign."""
    session = prepared.session
    header = ConversionHeader(
        site=session.site.name,
        written=is_written,
        policy=prepared.policies.common,
        zone=session.zone,
        roles=session.config.roles,
    )
    return CampaignReport(
        header,
        prepared.record,
        policies_of_rules(prepared.record, prepared.policies.of_courses),
        keep_documents=prepared.invocation.wishes.json,
    )
