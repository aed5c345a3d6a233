"""Does what ``maintien rescue`` asks for: previews what is given back, or gives it back."""

from functools import partial

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import notify
from maintien.cli.files.exporting import Export
from maintien.cli.files.plans_file import PlansFile
from maintien.cli.invocation.operators import require_operator
from maintien.cli.running.carrying_out import carry_out, exit_status
from maintien.cli.running.conversion_notices import common_notices
from maintien.cli.running.policy_runs import PolicyRun
from maintien.errors.command_line import MissingEndDate, MissingSince
from maintien.errors.selection import EmptySelection
from maintien.errors.sites import ReadOnlyAccount
from maintien.mbz.limits import ArchiveLimits
from maintien.planning.policy import Circumstances
from maintien.reports.conversion import ConversionReport
from maintien.runs.journal import RunKind
from maintien.sites.write_access import MayWrite
from maintien.uses.policies import Terms, make_policies, make_rescue_policy
from maintien.uses.rescue_request import RescueRequest
from maintien.uses.selections import Asked, find_courses
from maintien.uses.withdrawals import read_archives, reading_withdrawals, sized_by_withdrawals


def rescue_courses(
    invocation: Invocation,
    asked: Asked,
    request: RescueRequest,
    *,
    limits: ArchiveLimits,
    is_to_write: bool,
    export: Export | None = None,
) -> int:
    """Show what would be given back, or give it back and show that; tell the exit status.

    With ``export`` it is written to a file instead of shown.

    Raises every error that a command line, a site, a courses file or an archive can give rise to.
    """
    if asked.is_empty:
        raise EmptySelection
    if request.since is None:
        raise MissingSince
    if request.until is None and asked.file is None:
        raise MissingEndDate
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        if is_to_write and not isinstance(session.site.check_may_write(), MayWrite):
            raise ReadOnlyAccount(site=session.site.name)
        run = _prepare(invocation, session, asked, request, limits)
        report = run.new_report(is_written=is_to_write)
        with run.writing(report, export) as file:
            (_carry_out if is_to_write else _preview)(run, report, file)
        if export is None:
            run.show(report)
    return exit_status(failed=report.courses_failed, changed=report.courses_changed)


def _prepare(
    invocation: Invocation, session: Session, asked: Asked, request: RescueRequest, limits: ArchiveLimits
) -> PolicyRun:
    now = session.clock()
    terms = Terms(config=session.config, zone=session.zone, now=now)
    found = find_courses(session.site, asked)
    policies = make_policies(request, found, partial(make_rescue_policy, terms=terms))
    operator = require_operator(invocation, session)
    notify(invocation, *common_notices(asked, policies, session.config))
    told = read_archives(session, found, policies, request.archives, limits)
    return PolicyRun(
        invocation=invocation,
        session=reading_withdrawals(session, policies, told.evidence),
        kind=RunKind.RESCUE,
        found=sized_by_withdrawals(session, found, policies, told.evidence),
        evidence=told.archives,
        policies=policies,
        circumstances=Circumstances(now=now, operator=operator),
    )


def _preview(run: PolicyRun, report: ConversionReport, file: PlansFile | None) -> None:
    for outcome in run.preview():
        run.take(report, file, outcome)


def _carry_out(run: PolicyRun, report: ConversionReport, file: PlansFile | None) -> None:
    under_way = run.begin()
    take = partial(run.take, report, file)
    carry_out(run.invocation, run.session, under_way, take, courses=len(run.found.sizes))
    report.note_run(under_way.run)
