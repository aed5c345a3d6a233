"""Reads an archive: as a stream of rows, or as a whole course.

Both go through the container once, in its own order, parse the documents asked for and pass over the
rest; nothing is unpacked to disk. They stop when they have what was asked for.
"""

from collections.abc import Collection, Iterator

from maintien.mbz.archive import ArchivedCourse
from maintien.mbz.limits import DEFAULT_LIMITS, ArchiveLimits
from maintien.mbz.parts import ALL_PARTS, Part
from maintien.mbz.source import ArchiveSource


def read_rows(
    source: ArchiveSource, parts: Collection[Part] = ALL_PARTS, limits: ArchiveLimits = DEFAULT_LIMITS
) -> Iterator[object]:
    """Give the rows of ``parts``, in the archive's order, without keeping any.

    Rows are ArchiveHeader, Course, EnrolmentInstance, UserEnrolment, RoleAssignment, ArchivedRole,
    ArchivedGroup, GroupMembership, ArchivedUser and UserReference (inforef). Users may come before or
    after the enrolments. The header may come last, so ``contextid`` and ``courseid`` of rows are
    UNSAVED here; :func:`read_archive` fills them in.

    Raises ArchiveError, a subclass for each thing that can be wrong.
    """
    raise NotImplementedError


def read_archive(
    source: ArchiveSource, parts: Collection[Part] = ALL_PARTS, limits: ArchiveLimits = DEFAULT_LIMITS
) -> ArchivedCourse:
    """Read ``parts`` of an archive into one value; the header always.

    Raises ArchiveError, a subclass for each thing that can be wrong.
    """
    raise NotImplementedError
