"""``maintien restore``: shows what restoring an archive would do and, with ``--run``, does it."""

from functools import partial
from typing import Annotated, Final, TypeAlias

import typer

from maintien.cli.archives.restoring import restore_archive
from maintien.cli.invocation.actions import Action
from maintien.cli.invocation.global_options import invocation_of
from maintien.cli.invocation.help import ARCHIVES_PANEL, COURSES_PANEL
from maintien.cli.options.archive_options import LimitOption, parse_limits
from maintien.cli.options.convert_options import RunOption
from maintien.errors.command_line import MissingArchive, MissingTarget
from maintien.messages import N_

ABOUT_RESTORE: Final = N_(
    "Show what merging a backup archive into a course, as manual enrolments, would do; with --run, do it."
)

ArchiveArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE.mbz",
        help=N_("A backup archive with enrolled people: a file, or a URL such as s3://… and https://…"),
        show_default=False,
        rich_help_panel=ARCHIVES_PANEL,
    ),
]
IntoOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--into",
        metavar=N_("COURSE"),
        help=N_("The course's id, short name or ID number."),
        rich_help_panel=COURSES_PANEL,
    ),
]


def restore(
    context: typer.Context,
    *,
    file: ArchiveArgument = None,
    into: IntoOption = None,
    limit: LimitOption = None,
    run: RunOption = False,
) -> Action:
    """Read the options of ``restore``.

    Raises MissingArchive, MissingTarget and UnknownLimit.
    """
    if file is None:
        raise MissingArchive
    if into is None:
        raise MissingTarget
    limits = parse_limits(limit)
    return partial(restore_archive, invocation_of(context), file, into, limits=limits, is_to_write=run)
