"""Writes archives of courses, and says what went into each."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from maintien.enrolments.state import Course
from maintien.mbz.writing.archive_file import write_archive_file
from maintien.mbz.writing.backup import BackupContents, BackupRequest, Backups, backup_members
from maintien.mbz.writing.rows import Row, RowStream

_ROWS_BETWEEN_REPORTS: Final = 1000


@dataclass(slots=True, kw_only=True)
class Tally:
    """How many rows went into an archive."""

    instances: int = 0
    enrolments: int = 0
    role_assignments: int = 0
    users: int = 0
    groups: int = 0
    memberships: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenArchive:
    """An archive that is on disk."""

    path: Path
    size: int
    """Bytes."""
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveJob:
    """An archive that is to be written."""

    backups: Backups
    course: Course
    request: BackupRequest
    path: Path
    replaces: bool = False
    """Whether a file that is there is replaced."""
    advanced: Callable[[int], None] = field(default=lambda _rows: None)
    """Is told how many more enrolments and accounts are written."""

    def write(self) -> WrittenArchive:
        """Write the archive.

        Raises ArchiveNotReplaced, ArchiveNotWritten, and what a site raises that can't be read.
        """
        tally = Tally()
        with self.backups.read(self.course, self.request) as contents:
            members = backup_members(_counted(contents, tally, self.advanced))
            size = write_archive_file(self.path, members, written_at=self.request.now, replaces=self.replaces)
        return WrittenArchive(path=self.path, size=size, tally=tally)


def _counted(contents: BackupContents, tally: Tally, advanced: Callable[[int], None]) -> BackupContents:
    """Count the rows of a backup as they are gone through."""

    def counting(stream: RowStream, name: str, tell: Callable[[int], None] | None = None) -> RowStream:
        return RowStream(columns=stream.columns, rows=_counting(stream.rows, tally, name, tell))

    groups = contents.groups
    return replace(
        contents,
        instances=counting(contents.instances, "instances"),
        enrolments=counting(contents.enrolments, "enrolments", advanced),
        assignments=counting(contents.assignments, "role_assignments"),
        users=counting(contents.users, "users", advanced),
        groups=replace(
            groups,
            groups=counting(groups.groups, "groups"),
            members=counting(groups.members, "memberships"),
        ),
    )


def _counting(
    rows: Iterable[Row], tally: Tally, name: str, tell: Callable[[int], None] | None
) -> Iterator[Row]:
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if tell is not None and number % _ROWS_BETWEEN_REPORTS == 0:
            tell(_ROWS_BETWEEN_REPORTS)
    if tell is not None:
        tell(number % _ROWS_BETWEEN_REPORTS)
    setattr(tally, name, number)
