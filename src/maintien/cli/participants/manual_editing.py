"""Does what ``end-date``, ``unenrol`` and ``repeaters`` ask for: previews it, or carries it out."""

from dataclasses import dataclass, replace
from functools import partial

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import notify
from maintien.cli.files.exporting import Export
from maintien.cli.files.plans_file import PlansFile
from maintien.cli.invocation.operators import require_operator
from maintien.cli.participants.repeater_listing import look_for_repeaters
from maintien.cli.running.backup_folders import announce_backups, backing_up
from maintien.cli.running.carrying_out import carry_out, exit_status
from maintien.cli.running.conversion_notices import common_notices
from maintien.cli.running.policy_runs import PolicyRun
from maintien.cli.running.saving import saving
from maintien.errors.command_line import ConflictingOptions
from maintien.errors.selection import EmptySelection
from maintien.errors.sites import ReadOnlyAccount
from maintien.planning.course_planners import Policies
from maintien.planning.policy import Circumstances
from maintien.reports.conversion import ConversionReport
from maintien.runs.journal import kind_for
from maintien.sites.write_access import MayWrite
from maintien.uses.manual_edits import (
    EndDateRequest,
    UnenrolRequest,
    choosing_people,
    make_end_date_policies,
    make_unenrol_policies,
    require_courses_only,
    require_somebody_to_unenrol,
    require_whole_edit,
)
from maintien.uses.repeaters import RepeatersRequest, unenrolling_repeaters
from maintien.uses.selections import Asked, Found, find_courses


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What the command line asks for."""

    asked: Asked
    request: EndDateRequest | UnenrolRequest | RepeatersRequest
    save: str | None = None
    """Where to keep the preview as a plan."""
    backup: str | None = None
    """Where to back courses up before they are written in."""
    export: Export | None = None
    """Where to write the result instead of showing it."""


def change_manual_enrolments(invocation: Invocation, edit: Edit, *, is_to_write: bool) -> int:
    """Show what would change, or change it and show that; tell the exit status.

    Raises every error that a command line, a site or a courses file can give rise to.
    """
    if isinstance(edit.request, EndDateRequest):
        require_whole_edit(edit.request)
    elif isinstance(edit.request, UnenrolRequest):
        require_somebody_to_unenrol(edit.request)
    if is_to_write and edit.save is not None:
        raise ConflictingOptions(first="--run", second="--save")
    if edit.asked.is_empty:
        raise EmptySelection
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        if is_to_write and not isinstance(session.site.check_may_write(), MayWrite):
            raise ReadOnlyAccount(site=session.site.name)
        run = _prepare(invocation, session, edit)
        report = run.new_report(is_written=is_to_write)
        with run.writing(report, edit.export) as file:
            if is_to_write:
                _carry_out(run, report, file, edit.backup)
            else:
                _preview(run, report, file, edit.save)
        if not is_to_write:
            announce_backups(invocation, edit.backup)
        if edit.export is None:
            run.show(report)
    return exit_status(failed=report.courses_failed, changed=report.courses_changed)


def _prepare(invocation: Invocation, session: Session, edit: Edit) -> PolicyRun:
    now = session.clock()
    found, policies = _make_policies(invocation, session, edit, now)
    operator = require_operator(invocation, session)
    notify(invocation, *common_notices(edit.asked, policies, session.config))
    return PolicyRun(
        invocation=invocation,
        session=choosing_people(session, policies, now),
        kind=kind_for(policies.common),
        found=found,
        policies=policies,
        circumstances=Circumstances(now=now, operator=operator),
    )


def _make_policies(invocation: Invocation, session: Session, edit: Edit, now: int) -> tuple[Found, Policies]:
    """Find the courses that are looked at, and the policy of each."""
    found = find_courses(session.site, edit.asked)
    match edit.request:
        case EndDateRequest() as request:
            return found, make_end_date_policies(request, session, found, now)
        case UnenrolRequest() as request:
            return found, make_unenrol_policies(request, session, found, now)
        case RepeatersRequest() as request:
            require_courses_only(found)
            repeaters = look_for_repeaters(invocation, session, found, request, now)
            return unenrolling_repeaters(found, repeaters)


def _preview(run: PolicyRun, report: ConversionReport, file: PlansFile | None, save: str | None) -> None:
    with saving(run, save) as saved:
        for outcome in run.preview():
            run.take(report, file, outcome)
            if saved is not None:
                saved.add(outcome.plan)
    if saved is not None:
        report.header = replace(report.header, plan_fingerprint=saved.fingerprint)


def _carry_out(run: PolicyRun, report: ConversionReport, file: PlansFile | None, backup: str | None) -> None:
    with backing_up(run.invocation, run.session, backup) as safeguard:
        under_way = run.begin(safeguard)
        take = partial(run.take, report, file)
        carry_out(run.invocation, run.session, under_way, take, courses=len(run.found.sizes))
        report.note_run(under_way.run)
