"""The option ``--backup DIR`` of commands that write: a backup of each course before it is written in."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from maintien.bootstrap import Invocation, Session
from maintien.cli.console.notices import BackupsAhead, BackupsMade, notify
from maintien.cli.invocation.help import CONVERSION_PANEL
from maintien.mbz.writing.backup_folder import BackupFolder
from maintien.messages import N_
from maintien.uses.backups import open_backup_folder

BackupOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--backup",
        metavar=N_("DIR"),
        help=N_(
            "Before anything is written in a course, back it up into this folder, as a Moodle archive."
            " It holds personal data."
        ),
        rich_help_panel=CONVERSION_PANEL,
    ),
]


@contextmanager
def backing_up(invocation: Invocation, session: Session, folder: str | None) -> Iterator[BackupFolder | None]:
    """Open the folder for the backups of a run, where one is asked for, and say at the end how many it got.

    Raises BackupFolderUnusable.
    """
    if folder is None:
        yield None
        return
    backups = open_backup_folder(session, Path(folder))
    try:
        yield backups
    finally:
        notify(invocation, BackupsMade(archives=len(backups.made), folder=folder))


def announce_backups(invocation: Invocation, folder: str | None) -> None:
    """Say in a preview what would be backed up first."""
    if folder is not None:
        notify(invocation, BackupsAhead(folder=folder))
