"""``maintien apply``: compares a saved plan with the site and, with ``--run``, carries it out."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from maintien.bootstrap import Invocation, Session, open_session
from maintien.cli.console.notices import notify
from maintien.cli.conversion.applying import PlanApplication
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.invocation.help import CONVERSION_PANEL
from maintien.cli.invocation.operators import require_operator
from maintien.cli.options.convert_options import RunOption
from maintien.cli.running.backup_folders import BackupOption, announce_backups, backing_up
from maintien.cli.running.cut_guard import watch_cut
from maintien.cli.running.feeds import reading_feeds
from maintien.errors.command_line import MissingPlanFile
from maintien.errors.sites import ReadOnlyAccount
from maintien.messages import N_
from maintien.planning.policy import Circumstances, ConversionPolicy, LikeMoodlePolicy
from maintien.runs.plan_file_reading import PlanFile, open_plan_file
from maintien.sites.write_access import MayWrite
from maintien.uses.manual_edits import choosing_people
from maintien.uses.reviewed_runs import Review, require_fitting
from maintien.uses.withdrawals import reading_withdrawals

ABOUT_APPLY: Final = N_("Compare a plan that “convert --save” wrote with the site; with --run, carry it out.")

PlanArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar=N_("FILE"),
        help=N_("A plan that “maintien convert --save” wrote."),
        show_default=False,
        rich_help_panel=CONVERSION_PANEL,
    ),
]
AcceptDriftOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--accept-drift",
        help=N_("Where the site has changed since, do what still holds of the plan, and nothing else."),
        rich_help_panel=CONVERSION_PANEL,
    ),
]


def apply(
    context: typer.Context,
    *,
    file: PlanArgument = None,
    run: RunOption = False,
    accept_drift: AcceptDriftOption = False,
    backup: BackupOption = None,
) -> Action:
    """Read the options of ``apply``."""
    invocation = invocation_of(context)
    return partial(
        apply_plan_file, invocation, file, is_to_write=run, accepts_drift=accept_drift, backup=backup
    )


def apply_plan_file(
    invocation: Invocation,
    file: str | None,
    *,
    is_to_write: bool,
    accepts_drift: bool,
    backup: str | None = None,
) -> int:
    """Show what a plan file would do today, or do it and show that; tell the exit status.

    Raises MissingPlanFile, what :func:`~maintien.runs.plan_file_reading.open_plan_file` raises,
    PlanOfAnotherSite, PlanEndDatePassed, DriftFound, DriftMeanwhile, and what a run raises.
    """
    if file is None:
        raise MissingPlanFile
    with open_plan_file(Path(file)) as plan_file, open_session(invocation) as session:
        notify(invocation, *session.warnings)
        if is_to_write and not isinstance(session.site.check_may_write(), MayWrite):
            raise ReadOnlyAccount(site=session.site.name)
        circumstances = Circumstances(now=session.clock(), operator=require_operator(invocation, session))
        require_fitting(invocation, session, plan_file, circumstances.now)
        application = _prepare(invocation, session, plan_file, circumstances, accepts_drift=accepts_drift)
        if not is_to_write:
            announce_backups(invocation, backup)
            return application.preview()
        with backing_up(invocation, session, backup) as safeguard:
            return application.carry_out(safeguard)


def _prepare(
    invocation: Invocation,
    session: Session,
    file: PlanFile,
    circumstances: Circumstances,
    *,
    accepts_drift: bool,
) -> PlanApplication:
    policies = file.header.policies
    fed = reading_withdrawals(reading_feeds(invocation, session, policies), policies)
    fed = choosing_people(fed, policies, circumstances.now)
    review = Review(session=fed, file=file, circumstances=circumstances, accepts_drift=accepts_drift)
    if not isinstance(policies.common, ConversionPolicy | LikeMoodlePolicy):
        # The cut is of no matter, or the log itself is read for what was taken.
        return PlanApplication(invocation=invocation, review=review, watch=None)
    fed, watch = watch_cut(invocation, fed, file.courses)
    return PlanApplication(
        invocation=invocation,
        review=replace(review, session=fed, watching=watch.watching),
        watch=watch,
    )
