"""Goes through an archive for the documents asked for, and stops when it has them.

What an archive holds is known from the index at the beginning of a gzip tar, and from a zip's directory;
so the gigabytes behind the last document are not even unpacked. Where the archive's end
is near by then, it is read to it, since the checksum stands there. A stop also means that what comes
behind is not judged: a second document of the same name may hide there.
"""

from collections.abc import Collection, Iterator
from typing import Final

from maintien.errors.archives import (
    ArchiveLacksDocument,
    CommonCartridge,
    MemberTwice,
    Moodle1Backup,
    NotAMoodleBackup,
)
from maintien.errors.tree import ArchiveError
from maintien.mbz.archive import COURSE_TYPE, ArchiveHeader
from maintien.mbz.container.member import Member
from maintien.mbz.container.opening import open_members
from maintien.mbz.documents.archive_index import parse_index
from maintien.mbz.limits import MIB, ArchiveLimits
from maintien.mbz.parts import COMMON_CARTRIDGE, INDEX, MOODLE_1, OF_COURSE, Part
from maintien.mbz.source import ArchiveSource
from maintien.moodle.ids import FRONT_PAGE

_END_IN_SIGHT: Final = MIB
"""So much is passed over behind the last document in search of the archive's end."""

_PLACES: Final = {part.value: part for part in Part}
_WITHOUT_ENROLMENTS: Final = ("20", "30")
"""``backup::MODE_IMPORT`` and ``backup::MODE_HUB``."""
_SIGNS: Final = frozenset({INDEX, MOODLE_1, COMMON_CARTRIDGE})


class Walk:
    """One way through an archive."""

    def __init__(self, source: ArchiveSource, parts: Collection[Part], limits: ArchiveLimits) -> None:
        self._source = source
        self._limits = limits
        self._wanted = frozenset({Part.HEADER, *parts})
        self._missing = set(self._wanted)
        self._seen: set[str] = set()

    def documents(self) -> Iterator[tuple[Part, Member]]:
        """Give the documents asked for, in the archive's order; each has to be read before the next.

        Raises ArchiveError.
        """
        paths = {part.value for part in self._wanted} | _SIGNS
        passed_over = 0
        for member in open_members(self._source, paths, self._limits):
            self._note(member.path, paths)
            part = _PLACES.get(member.path)
            if part in self._missing:
                self._missing.discard(part)
                yield part, member
            elif member.path == INDEX:
                self._missing &= _listed(member, self._limits)
            elif not self._missing:
                passed_over += member.size
            if not self._missing and passed_over > _END_IN_SIGHT:
                break

    def require_all(self, header: ArchiveHeader | None) -> None:
        """Make sure, at the end, that no document is missing which an archive with this header has.

        Raises ArchiveLacksDocument, and what the archive is instead where there is no header.
        """
        if header is None:
            raise self._something_else()
        required = self._wanted - optional_parts(header)
        for part in Part:
            if part in required and part.value not in self._seen:
                raise ArchiveLacksDocument(archive=self._source.name, member=part.value)

    def _note(self, path: str, paths: Collection[str]) -> None:
        if path not in paths:
            return
        if path in self._seen:
            raise MemberTwice(archive=self._source.name, member=path)
        self._seen.add(path)

    def _something_else(self) -> ArchiveError:
        if MOODLE_1 in self._seen:
            return Moodle1Backup(archive=self._source.name)
        if COMMON_CARTRIDGE in self._seen:
            return CommonCartridge(archive=self._source.name)
        return NotAMoodleBackup(archive=self._source.name)


def optional_parts(header: ArchiveHeader) -> frozenset[Part]:
    """Tell which documents may be left out of an archive with this header.

    The course's own settings are in every archive that Moodle makes, but its restore does without, and
    converted archives have none. Source: backup_course_task::build and backup_final_task::build
    (backup/moodle2/), Moodle 4.3.
    """
    optional: set[Part] = {Part.COURSE}
    if header.type != COURSE_TYPE:
        optional |= OF_COURSE
    if header.original_course_id == FRONT_PAGE or header.mode in _WITHOUT_ENROLMENTS:
        optional.add(Part.ENROLMENTS)
    if not header.includes_users:
        optional.add(Part.USERS)
    return frozenset(optional)


def _listed(member: Member, limits: ArchiveLimits) -> set[Part]:
    """Find the parts that an index lists; the header is searched for even if it does not."""
    return {Part.HEADER} | {_PLACES[path] for path in parse_index(member, limits) if path in _PLACES}
