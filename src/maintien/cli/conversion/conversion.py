"""Does what ``maintien convert`` asks for: previews a conversion, or carries it out."""

from dataclasses import replace
from functools import partial

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import notify
from maintien.cli.files.exporting import Export
from maintien.cli.files.plans_file import PlansFile
from maintien.cli.invocation.operators import require_operator
from maintien.cli.running.backup_folders import announce_backups, backing_up
from maintien.cli.running.carrying_out import carry_out, exit_status
from maintien.cli.running.conversion_notices import notices_of
from maintien.cli.running.cut_guard import watch_cut
from maintien.cli.running.feeds import reading_feeds
from maintien.cli.running.policy_runs import PolicyRun
from maintien.cli.running.saving import saving
from maintien.errors.command_line import ConflictingOptions, MissingEndDate
from maintien.errors.selection import EmptySelection
from maintien.errors.sites import ReadOnlyAccount
from maintien.planning.policy import Circumstances, end_of
from maintien.reports.conversion import ConversionReport
from maintien.runs.execute import CourseOutcome
from maintien.runs.journal import RunKind
from maintien.sites.write_access import MayWrite
from maintien.uses.conversion_request import ConversionRequest, require_no_conflict
from maintien.uses.late_starts import LateStarts
from maintien.uses.policies import Terms, make_policies, make_policy
from maintien.uses.selections import Asked, find_courses


def convert_courses(
    invocation: Invocation,
    asked: Asked,
    request: ConversionRequest,
    *,
    is_to_write: bool,
    save: str | None = None,
    backup: str | None = None,
    export: Export | None = None,
) -> int:
    """Show what a conversion would do, or do it and show that; tell the exit status.

    With ``export`` it is written to a file instead of shown.

    Raises every error that a command line, a site or a courses file can give rise to.
    """
    require_no_conflict(request)
    if is_to_write and save is not None:
        raise ConflictingOptions(first="--run", second="--save")
    if asked.is_empty:
        raise EmptySelection
    if request.until is None and asked.file is None:
        raise MissingEndDate
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        if is_to_write and not isinstance(session.site.check_may_write(), MayWrite):
            raise ReadOnlyAccount(site=session.site.name)
        conversion = _prepare(invocation, session, asked, request)
        report = conversion.new_report(is_written=is_to_write)
        with conversion.writing(report, export) as file:
            if is_to_write:
                _run(conversion, report, file, backup)
            else:
                _preview(conversion, report, file, save)
        if not is_to_write:
            announce_backups(invocation, backup)
        if export is None:
            conversion.show(report)
    return exit_status(failed=report.courses_failed, changed=report.courses_changed)


def _prepare(invocation: Invocation, session: Session, asked: Asked, request: ConversionRequest) -> PolicyRun:
    now = session.clock()
    terms = Terms(config=session.config, zone=session.zone, now=now)
    found = find_courses(session.site, asked)
    policies = make_policies(request, found, partial(make_policy, terms=terms))
    operator = require_operator(invocation, session)
    notify(invocation, *notices_of(asked, request, policies, session.config))
    fed = reading_feeds(invocation, session, policies)
    fed, watch = watch_cut(invocation, fed, [size.course.id for size in found.sizes])
    return PolicyRun(
        invocation=invocation,
        session=fed,
        kind=RunKind.CONVERT,
        found=found,
        policies=policies,
        circumstances=Circumstances(now=now, operator=operator),
        watch=watch,
    )


def _preview(
    conversion: PolicyRun, report: ConversionReport, file: PlansFile | None, save: str | None
) -> None:
    late_starts = LateStarts()
    with saving(conversion, save) as saved:
        for outcome in conversion.preview():
            conversion.take(report, file, outcome)
            late_starts.look_at(outcome.plan)
            if saved is not None:
                saved.add(outcome.plan)
        _require_somebody_in_time(conversion, late_starts)
    if saved is not None:
        report.header = replace(report.header, plan_fingerprint=saved.fingerprint)


def _run(conversion: PolicyRun, report: ConversionReport, file: PlansFile | None, backup: str | None) -> None:
    with backing_up(conversion.invocation, conversion.session, backup) as safeguard:
        late_starts = LateStarts()
        run = conversion.begin(safeguard)

        def take(outcome: CourseOutcome) -> None:
            conversion.take(report, file, outcome)
            late_starts.look_at(outcome.plan)

        courses = len(conversion.found.sizes)
        carry_out(conversion.invocation, conversion.session, run, take, courses=courses)
        _require_somebody_in_time(conversion, late_starts)
        report.note_run(run.run)


def _require_somebody_in_time(conversion: PolicyRun, late_starts: LateStarts) -> None:
    ends_at = end_of(conversion.policies.common)
    late_starts.require_somebody_in_time(conversion.invocation.texts, conversion.session.zone, ends_at)
