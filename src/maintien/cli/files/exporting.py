"""Writes runs as tables: for spreadsheets, or as a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from maintien.bootstrap import Invocation, pseudonyms_for
from maintien.cli.files.table_files import TableFile, TableFormat
from maintien.cli.run_sites import RunSite
from maintien.errors.command_line import ConflictingOptions, MissingFile, PseudonymsNeedFormat
from maintien.moodle.ids import CourseId
from maintien.planning.campaign.record import CampaignRecord
from maintien.reports.batched_rows import BatchedRows
from maintien.reports.campaign import CampaignReport
from maintien.reports.campaign_export import campaign_tables, write_rules
from maintien.reports.run_export import (
    CHANGES,
    RUNS,
    RunExport,
    list_table,
    recorded_course,
    run_tables,
    write_list,
)
from maintien.reports.run_report import new_report
from maintien.reports.runs import ListedRun, run_heading
from maintien.reports.tables import Heading
from maintien.runs.journal import RunRecord
from maintien.uses.words import require_choice


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What the options say; None where they say nothing."""

    format: str | None
    output: str | None
    table: str | None = None
    is_pseudonymous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is to be written, and where."""

    format: TableFormat
    output: Path | None
    """None for standard output."""
    table: str | None
    """Which table a CSV holds; None for the usual one."""
    is_pseudonymous: bool

    def to_file(self, invocation: Invocation, site_id: str, *, usual: str) -> TableFile:
        """Say where the tables of a site go; ``usual`` is the one that a CSV holds if nobody says which.

        Raises PseudonymSecretUnusable.
        """
        return TableFile(
            format=self.format,
            output=self.output,
            table=self.table or usual,
            pseudonyms=pseudonyms_for(invocation, site_id) if self.is_pseudonymous else None,
        )


def require_export(invocation: Invocation, asked: ExportRequest, *, tables: Sequence[str]) -> Export | None:
    """Read what is asked for, of the ``tables`` there are; None where it is no file.

    Raises UnknownChoice, ConflictingOptions, MissingFile and PseudonymsNeedFormat.
    """
    if asked.table is not None:
        require_choice("--table", asked.table, tables)
    if asked.format is None and asked.output is None:
        if asked.is_pseudonymous:
            raise PseudonymsNeedFormat
        return None
    if invocation.wishes.json:
        raise ConflictingOptions(first="--json", second="--format" if asked.format else "--output")
    word = asked.format or Path(asked.output or "").suffix.removeprefix(".").lower()
    chosen = TableFormat(require_choice("--format", word, [choice.value for choice in TableFormat]))
    if chosen is TableFormat.XLSX and asked.output is None:
        raise MissingFile
    return Export(
        format=chosen,
        output=None if asked.output is None else Path(asked.output),
        table=asked.table,
        is_pseudonymous=asked.is_pseudonymous,
    )


def export_list(site: RunSite, runs: Sequence[ListedRun], export: Export) -> None:
    """Write the list of runs. Raises UnwritableFile."""
    texts = site.invocation.texts
    view = site.view(run.record for run in runs)
    file = export.to_file(site.invocation, "", usual=RUNS)
    heading = Heading(texts.gettext("Runs"))
    with file.writer(texts, heading, {RUNS: list_table(texts)}, site.zone) as writer:
        write_list(writer, texts, runs, view)


def export_run(site: RunSite, run: ListedRun, export: Export) -> None:
    """Write the courses, changes and people left alone of a run. Raises UnwritableFile."""
    texts, record = site.invocation.texts, run.record
    campaign = record.header.campaign
    tables = run_tables(texts) if campaign is None else campaign_tables(texts)
    file = export.to_file(site.invocation, record.header.site_id, usual=CHANGES)
    require_choice("--table", file.table, tables)
    report = _campaign_report(site, record)
    heading = run_heading(texts, run, site.view([record]), names_people=file.pseudonyms is None)
    with file.writer(texts, heading, tables, site.zone) as writer:
        export_rows = RunExport(
            writer=writer,
            texts=texts,
            zone=site.zone,
            roles={roleid: name for name, roleid in site.roles_of(record).items()},
            rules=None if campaign is None else rules_by_course(campaign),
        )
        rows = BatchedRows(export=export_rows, read_people=lambda ids: site.people_of(record, ids))
        for course in map(recorded_course, site.store.courses(record.id)):
            rows.add(course)
            if report is not None and course.plan is not None:
                report.add(course.plan, course.failure)
        rows.flush()
        if report is not None:
            write_rules(writer, texts, report.rules)


def rules_by_course(campaign: CampaignRecord) -> Mapping[CourseId, str]:
    """Name the rule of each course."""
    return {courseid: campaign.rules[rule].name for courseid, rule in campaign.rule_of.items()}


def _campaign_report(site: RunSite, record: RunRecord) -> CampaignReport | None:
    """Make an empty report, by rules, of a run that is a campaign's."""
    report = new_report(record, zone=site.zone, roles=site.roles_of(record), written=True)
    return report if isinstance(report, CampaignReport) else None
