"""A folder of backups: one archive a course, made before anything is written in the course."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

from maintien.enrolments.state import Course
from maintien.errors.files import BackupFolderUnusable
from maintien.errors.sites import CourseNotBackedUp
from maintien.errors.tree import MaintienError
from maintien.mbz.writing.backup import BackupRequest, Backups
from maintien.mbz.writing.course_archives import ArchiveJob

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")

_LONGEST_SHORTNAME: Final = 60
"""Characters, so that the whole name stays far from what file systems take."""


@dataclass(slots=True, kw_only=True)
class BackupFolder:
    """Implements :class:`~maintien.runs.execute.Safeguard`."""

    folder: Path
    backups: Backups
    began_at: int
    """Unix seconds: when the run began, by which its archives are named."""
    zone: tzinfo
    clock: Callable[[], int]
    """Gives Unix seconds."""
    made: set[Path] = field(default_factory=set)
    """The archives that are there now and that this run has made."""

    def open(self) -> None:
        """Make the folder, for its owner only, unless it is there.

        Raises:
            BackupFolderUnusable: it is something else, or can't be made.
        """
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise BackupFolderUnusable(path=str(self.folder), reason=reason) from error

    def secure(self, course: Course) -> None:
        """Back the course up, with its groups; again if this run has done so and wrote nothing yet.

        Raises:
            CourseNotBackedUp: there is no backup, whatever the reason.
        """
        path = self.folder / archive_name(course, self.began_at, self.zone)
        job = ArchiveJob(
            backups=self.backups,
            course=course,
            request=BackupRequest(now=self.clock(), with_groups=True),
            path=path,
            replaces=path in self.made,
        )
        try:
            job.write()
        except MaintienError as error:
            raise CourseNotBackedUp(course=course.shortname, reason=error) from error
        self.made.add(path)


def archive_name(course: Course, made_at: int, zone: tzinfo) -> str:
    """Name an archive much as Moodle does: unique by course and time, and harmless in any folder."""
    letters = unicodedata.normalize("NFKD", course.shortname).encode("ascii", "ignore").decode()
    shortname = _UNSAFE.sub("_", letters).strip("._-")[:_LONGEST_SHORTNAME]
    moment = datetime.fromtimestamp(made_at, zone).strftime("%Y%m%d-%H%M%S")
    parts = ("backup-moodle2-course", str(course.id), shortname, moment)
    return "-".join(filter(None, parts)) + ".mbz"
