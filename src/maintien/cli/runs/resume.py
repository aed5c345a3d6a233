"""``maintien resume``: goes on with a run that was interrupted."""

import shlex
from functools import partial
from typing import Final

import typer

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import BackedUpBefore, CoursesDoneBefore, RegisterOutOfReach, notify
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.options.convert_options import RunOption
from maintien.cli.options.run_options import RunArgument
from maintien.cli.run_sites import open_runs_of_site
from maintien.cli.running.backup_folders import BackupOption, announce_backups, backing_up
from maintien.cli.runs.resuming import Resumed
from maintien.errors.sites import ReadOnlyAccount
from maintien.errors.tree import SiteError
from maintien.messages import N_
from maintien.reports.runs import ListedRun
from maintien.runs.history import courses_to_do
from maintien.sites.write_access import MayWrite
from maintien.uses.taking_back import reading_evidence_of, require_resumable

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
    RunRestoresArchive, RunHasEvidence, SiteBusy, ReadOnlyAccount, and what a site or a journal raises.
    """
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        with open_runs_of_site(invocation, session) as runs:
            found = runs.find_here(which)
            require_resumable(found.record, undone_by=found.undone_by)
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

    def notice(error: SiteError) -> None:
        notify(invocation, RegisterOutOfReach(error=error))

    return reading_evidence_of(session, run.record.header, tell_unread=notice)


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
