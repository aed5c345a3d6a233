"""``maintien mbz``: the commands that work on backup archives as files, without any site."""

from collections.abc import Callable, Mapping
from typing import Final

import typer

from maintien.cli.archives.mbz_convert import ABOUT_MBZ_CONVERT, mbz_convert
from maintien.cli.archives.mbz_info import ABOUT_MBZ_INFO, mbz_info
from maintien.cli.invocation.actions import Action
from maintien.errors.command_line import MissingArchiveCommand
from maintien.messages import N_

MBZ: Final = "mbz"
ABOUT_MBZ: Final = N_("Work on backup archives (.mbz) as files, without a site.")

ARCHIVE_COMMANDS: Final[Mapping[Callable[..., Action], str]] = {
    mbz_info: ABOUT_MBZ_INFO,
    mbz_convert: ABOUT_MBZ_CONVERT,
}


def require_archive_command(context: typer.Context) -> None:
    """Take the group's own options, of which there are none.

    Raises MissingArchiveCommand.
    """
    if context.invoked_subcommand is None:
        raise MissingArchiveCommand
