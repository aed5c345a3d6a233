"""Reads backups of the courses of one site."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection

from maintien.enrolments.state import Course
from maintien.mbz.writing.backup import BackupContents, BackupRequest
from maintien.sites.database.backups.origin import SiteFacts, read_site_facts
from maintien.sites.database.backups.reading import read_backup
from maintien.sites.database.backups.source import BackupSource
from maintien.sites.database.tables import MoodleTables


@dataclass(slots=True, kw_only=True)
class DatabaseBackups:
    """Implements :class:`~maintien.mbz.writing.backup.Backups`."""

    reading: Callable[[], AbstractContextManager[Connection]]
    """Opens a transaction that sees one moment of the database."""
    tables: MoodleTables
    wwwroot: str | None = None
    """The site's address; None to take what the database says."""
    _facts: SiteFacts | None = field(default=None, init=False)

    @contextmanager
    def read(self, course: Course, request: BackupRequest) -> Iterator[BackupContents]:
        """Read a backup of one course, all as of one moment, for as long as the block runs."""
        with self.reading() as connection:
            if self._facts is None:
                self._facts = read_site_facts(connection, self.tables, wwwroot=self.wwwroot)
            facts = self._facts
            source = BackupSource(connection=connection, tables=self.tables, columns=facts.columns)
            yield read_backup(source, facts, course, request)
