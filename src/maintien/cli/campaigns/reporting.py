"""Reports a campaign as it is gone through: on the screen afterwards, or into a file meanwhile."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from maintien.cli.campaigns.preparing import PreparedCampaign
from maintien.cli.console.output import result_console
from maintien.cli.files.exporting import Export, rules_by_course
from maintien.cli.files.plans_file import PlansFile, writing_plans
from maintien.planning.plan import CoursePlan
from maintien.reports.campaign import CampaignReport, policies_of_rules
from maintien.reports.campaign_export import campaign_heading, campaign_tables, write_rules
from maintien.reports.conversion import ConversionHeader
from maintien.reports.safe_text import plain
from maintien.runs.execute import CourseOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReporter:
    """A report under way, and the rows of its file where there is one."""

    prepared: PreparedCampaign
    report: CampaignReport
    file: PlansFile | None = None

    def take(self, outcome: CourseOutcome) -> None:
        """Take in what became of a course."""
        self.report.add(outcome.plan, outcome.failure)
        if self.file is not None:
            self.file.take(outcome)

    def take_plan(self, plan: CoursePlan) -> None:
        """Take in what would become of a course."""
        self.take(CourseOutcome(plan=plan))

    def show(self, *, is_quiet: bool) -> None:
        """Show the report, unless nobody wants one: nothing was to be done, and nobody looks on."""
        invocation = self.prepared.invocation
        if self.file is not None:
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
    texts = prepared.invocation.texts
    title = texts.gettext("Campaign") if is_written else texts.gettext("Preview of a campaign")
    with writing_plans(
        prepared.invocation,
        prepared.session,
        export,
        heading=campaign_heading(texts, report, title=title),
        tables=campaign_tables(texts),
        is_written=is_written,
        rules=rules_by_course(prepared.record),
    ) as file:
        yield CampaignReporter(prepared=prepared, report=report, file=file)
        file.finish()
        file.heading.facts[:] = campaign_heading(texts, report, title=title).facts
        write_rules(file.writer, texts, report.rules)


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
