"""``maintien resume``: goes on with a run that was interrupted."""

import shlex
from functools import partial
from typing import Final

import typer

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.actions import Action
from maintien.cli.backup_folders import BackupOption, announce_backups, backing_up
from maintien.cli.convert_options import RunOption
from maintien.cli.feeds import reading_feeds
from maintien.cli.global_options import invocation_of
from maintien.cli.notices import BackedUpBefore, CoursesDoneBefore, notify
from maintien.cli.resuming import Resumed, policies_of
from maintien.cli.run_options import RunArgument
from maintien.cli.run_sites import open_runs_of_site
from maintien.errors import (
    ReadOnlyAccount,
    RunAppliesPlan,
    RunNotInterrupted,
    RunRestoresArchive,
    RunUndone,
)
from maintien.messages import N_
from maintien.reports.runs import ListedRun
from maintien.runs.history import courses_to_do
from maintien.runs.journal import RunKind, RunStatus
from maintien.runs.plan_file import Fingerprint, short_form
from maintien.sites.write_access import MayWrite
from maintien.uses.withdrawals import reading_withdrawals

ABOUT_RESUME: Final = N_("Show what an interrupted run has still to do; with --run, go on with it.")


def resume(
    context: typer.Context,
    *,
    which: RunArgument = None,
    run: RunOption = False,
    backup: BackupOption = None,
) -> Action:
    """Read the options of ``resume``."""
    return partial(resume_run, invocation_of(context), which, is_to_write=run, backup=backup)


def resume_run(
    invocation: Invocation, which: str | None, *, is_to_write: bool, backup: str | None = None
) -> int:
    """Show what a run has still to do, or do it and show that; tell the exit status.

    Raises MissingRun, UnknownRun, RunOfAnotherSite, RunNotInterrupted, RunUndone, RunAppliesPlan,
    RunRestoresArchive, SiteBusy, ReadOnlyAccount, and what a site or a journal raises.
    """
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        with open_runs_of_site(invocation, session) as runs:
            found = runs.find_here(which)
            _require_something_to_do(found)
            _require_writable(session, is_to_write=is_to_write)
            _say_what_is_done(invocation, found)
            fed = _fed(invocation, session, found)
            resumed = Resumed(invocation=invocation, session=fed, runs=runs, run=found)
            if backup is None and _backed_up(found):
                notify(invocation, BackedUpBefore(run=found.record.id))
            if not is_to_write:
                announce_backups(invocation, backup)
                return resumed.preview()
            with backing_up(invocation, session, backup) as safeguard:
                return resumed.carry_out(safeguard)


def _fed(invocation: Invocation, session: Session, run: ListedRun) -> Session:
    """Let the site read what the run's policies depend on, again."""
    header = run.record.header
    match header.kind:
        case RunKind.CONVERT | RunKind.CAMPAIGN:
            return reading_feeds(invocation, session, policies_of(header))
        case RunKind.RESCUE:
            return reading_withdrawals(session, policies_of(header))
        case RunKind.UNDO | RunKind.RESTORE:
            return session


def _require_something_to_do(run: ListedRun) -> None:
    record = run.record
    if run.undone_by is not None:
        raise RunUndone(run=record.id, undo=run.undone_by)
    if record.status is RunStatus.DONE:
        raise RunNotInterrupted(run=record.id)
    if record.header.archive is not None:
        raise RunRestoresArchive(run=record.id, archive=record.header.archive.path)
    if record.header.plan_fingerprint is not None:
        fingerprint = short_form(Fingerprint(record.header.plan_fingerprint))
        raise RunAppliesPlan(run=record.id, fingerprint=fingerprint)


def _require_writable(session: Session, *, is_to_write: bool) -> None:
    if is_to_write and not isinstance(session.site.check_may_write(), MayWrite):
        raise ReadOnlyAccount(site=session.site.name)


def _backed_up(run: ListedRun) -> bool:
    words = shlex.split(run.record.header.command)
    return any(word == "--backup" or word.startswith("--backup=") for word in words)


def _say_what_is_done(invocation: Invocation, run: ListedRun) -> None:
    record = run.record
    done = sum(record.totals.courses.values()) - courses_to_do(record)
    if done:
        notify(invocation, CoursesDoneBefore(run=record.id, courses=done))
