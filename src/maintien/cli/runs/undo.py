"""``maintien undo``: takes a run back, row by row, and leaves alone what somebody changed since."""

from functools import partial
from typing import Final

import typer

from maintien.bootstrap import Invocation, open_session
from maintien.cli.console.notices import UndoneAlready, notify
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.invocation.operators import require_operator
from maintien.cli.options.convert_options import RunOption
from maintien.cli.options.run_options import EvenIfAccessIsLostOption, RunArgument
from maintien.cli.run_sites import open_runs_of_site
from maintien.cli.runs.undoing import Undoing
from maintien.errors.sites import ReadOnlyAccount
from maintien.messages import N_
from maintien.sites.write_access import MayWrite
from maintien.uses.taking_back import require_something_written

ABOUT_UNDO: Final = N_("Show what taking a run back would do; with --run, do it.")


def undo(
    context: typer.Context,
    *,
    which: RunArgument = None,
    run: RunOption = False,
    even_if_access_is_lost: EvenIfAccessIsLostOption = False,
) -> Action:
    """Read the options of ``undo``."""
    return partial(
        undo_run,
        invocation_of(context),
        which,
        is_to_write=run,
        may_take_access=even_if_access_is_lost,
    )


def undo_run(invocation: Invocation, which: str | None, *, is_to_write: bool, may_take_access: bool) -> int:
    """Show what taking a run back would do, or do it and show that; tell the exit status.

    Raises MissingRun, UnknownRun, RunOfAnotherSite, NothingToUndo, AccessWouldBeLost, SiteBusy,
    ReadOnlyAccount, and what a site or a journal raises.
    """
    with open_session(invocation) as session:
        notify(invocation, *session.warnings)
        with open_runs_of_site(invocation, session) as runs:
            found = runs.find_here(which)
            require_something_written(found.record)
            if is_to_write and not isinstance(session.site.check_may_write(), MayWrite):
                raise ReadOnlyAccount(site=session.site.name)
            require_operator(invocation, session)
            if found.undone_by is not None:
                notify(invocation, UndoneAlready(run=found.record.id, undo=found.undone_by))
            undoing = Undoing(
                invocation=invocation,
                session=session,
                store=runs.store,
                run=found.record.id,
            )
            return undoing.carry_out(may_take_access=may_take_access) if is_to_write else undoing.preview()
