"""A source of backups that has none."""

from contextlib import AbstractContextManager

from maintien.enrolments.state import Course
from maintien.mbz.writing.backup import BackupContents, BackupRequest


class NoBackups:
    """Implements Backups, for what never reads any."""

    def read(self, course: Course, request: BackupRequest) -> AbstractContextManager[BackupContents]:
        """Refuse."""
        raise NotImplementedError
