"""Backs courses up before a run writes in them."""

from pathlib import Path

from maintien.bootstrap import Session
from maintien.mbz.writing.backup_folder import BackupFolder


def open_backup_folder(session: Session, folder: Path) -> BackupFolder:
    """Give what backs each course up into a folder, which is made where it is not there.

    Raises BackupFolderUnusable.
    """
    backups = BackupFolder(
        folder=folder,
        backups=session.site.backups(),
        began_at=session.clock(),
        zone=session.zone,
        clock=session.clock,
    )
    backups.open()
    return backups
