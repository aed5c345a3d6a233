"""Runs a campaign: every course under its rule, in one run."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from maintien.bootstrap import Invocation
from maintien.cli.campaigns.limits import require_within_limits
from maintien.cli.campaigns.monitoring import MonitoredStatus, MonitorLine, print_line
from maintien.cli.campaigns.preparing import (
    OpenedCampaign,
    PreparedCampaign,
    open_campaign,
    require_no_fault,
)
from maintien.cli.campaigns.reporting import CampaignReporter, reporting
from maintien.cli.console.notices import CampaignNotOn, LimitWouldStop, notify
from maintien.cli.console.progress import observer_of
from maintien.cli.files.exporting import Export
from maintien.cli.running.carrying_out import carry_out, exit_status
from maintien.cli.running.run_headers import conductor_for, run_header
from maintien.errors.sites import ReadOnlyAccount
from maintien.errors.tree import EXIT_DONE, EXIT_IN_PART
from maintien.planning.plan import CoursePlan
from maintien.reports.campaign import CampaignReport
from maintien.runs.conduct import UnderWay
from maintien.runs.execute import preview
from maintien.runs.journal import RunKind
from maintien.sites.write_access import MayWrite
from maintien.uses.campaigns import find_refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRequest:
    """How a campaign is to be run."""

    is_to_write: bool
    even_if_many: bool = False
    is_quiet: bool = False
    is_monitored: bool = False


def run_campaign(
    invocation: Invocation, path: str, request: CampaignRequest, export: Export | None = None
) -> int:
    """Show what a campaign would do, or do it; tell the exit status.

    Raises what is wrong with the file, CampaignTooLarge, CampaignShareTooLarge, and what a run raises.
    """
    line = MonitorLine(file=path)
    began = invocation.machine.stopwatch()
    try:
        _run(invocation, path, request, export, line)
    except BaseException as failure:
        line.fail(failure)
        raise
    finally:
        line.seconds = invocation.machine.stopwatch() - began
        if request.is_monitored:
            print_line(line)
    return line.exit_status


def _run(
    invocation: Invocation, path: str, request: CampaignRequest, export: Export | None, line: MonitorLine
) -> None:
    with open_campaign(replace(invocation, is_quiet=request.is_quiet), path) as opened:
        line.campaign = opened.draft.campaign.values.get("name")
        line.began_at = opened.now
        require_no_fault(invocation, path, opened.draft.faults)
        if not opened.is_on:
            _leave_it(opened, line)
            return
        _require_writable(opened, request)
        prepared = opened.prepare()
        with reporting(prepared, export, is_written=request.is_to_write) as reporter:
            if request.is_to_write:
                _carry_out(prepared, request, reporter)
            else:
                _preview(prepared, reporter)
        _note(prepared, reporter.report, request, line)
        reporter.show(is_quiet=request.is_quiet or request.is_monitored)


def _leave_it(opened: OpenedCampaign, line: MonitorLine) -> None:
    """Do nothing, and say so where somebody looks on."""
    line.status, line.exit_status = MonitoredStatus.NOT_ON, EXIT_DONE
    if sys.stderr.isatty():
        notify(opened.invocation, CampaignNotOn(campaign=line.campaign or ""))


def _require_writable(opened: OpenedCampaign, request: CampaignRequest) -> None:
    site = opened.session.site
    if request.is_to_write and not isinstance(site.check_may_write(), MayWrite):
        raise ReadOnlyAccount(site=site.name)


def preview_campaign(prepared: PreparedCampaign, take: Callable[[CoursePlan], None]) -> None:
    """Plan every course that a rule has, and give each plan to ``take``; nothing is written."""
    planners = prepared.planners()
    plans = preview(
        prepared.session.site,
        prepared.sizes,
        planners.plan,
        inherited_roles=planners.inherited_roles,
        observer=observer_of(prepared.invocation),
    )
    for plan in plans:
        take(plan)


def _preview(prepared: PreparedCampaign, reporter: CampaignReporter) -> None:
    preview_campaign(prepared, reporter.take_plan)
    refusal = find_refusal(prepared, len(reporter.report.people))
    if refusal is not None:
        notify(prepared.invocation, LimitWouldStop(error=refusal))


def _carry_out(prepared: PreparedCampaign, request: CampaignRequest, reporter: CampaignReporter) -> None:
    if not request.even_if_many:
        require_within_limits(prepared)
    run, report = _begin(prepared), reporter.report
    courses = len(prepared.sizes)
    carry_out(prepared.invocation, prepared.session, run, reporter.take, courses=courses)
    report.header = replace(report.header, run=run.run)


def _begin(prepared: PreparedCampaign) -> UnderWay:
    operator, planners = prepared.circumstances.operator, prepared.planners()
    header = run_header(
        prepared.invocation,
        prepared.session,
        kind=RunKind.CAMPAIGN,
        operator=operator,
        began_at=prepared.circumstances.now,
    )
    header = replace(
        header,
        policy=prepared.policies.common,
        course_policies=dict(prepared.policies.of_courses),
        campaign=prepared.record,
    )
    conductor = conductor_for(prepared.invocation, prepared.session, operator)
    return conductor.begin(header, prepared.sizes, planners.plan, planners.inherited_roles)


def _note(
    prepared: PreparedCampaign, report: CampaignReport, request: CampaignRequest, line: MonitorLine
) -> None:
    """Note for the monitoring how it went."""
    totals = report.totals
    line.exit_status = exit_status(failed=totals.courses_failed, changed=totals.courses_changed)
    line.run = report.header.run
    line.people = len(report.people)
    line.courses = totals.courses
    line.courses_changed = totals.courses_changed
    line.courses_failed = totals.courses_failed
    line.courses_excluded = prepared.record.courses_excluded
    line.courses_unmatched = prepared.record.courses_unmatched
    line.status = _status(line, is_to_write=request.is_to_write)


def _status(line: MonitorLine, *, is_to_write: bool) -> MonitoredStatus:
    if line.exit_status == EXIT_IN_PART:
        return MonitoredStatus.IN_PART
    if line.exit_status != EXIT_DONE:
        return MonitoredStatus.FAILED
    if not is_to_write:
        return MonitoredStatus.PREVIEW
    return MonitoredStatus.DONE if line.courses_changed else MonitoredStatus.NOTHING_TO_DO
