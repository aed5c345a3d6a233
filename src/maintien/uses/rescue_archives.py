"""Chooses the backup archives that tell what people of the selected courses had, and reads them.

1. Only archives of the site itself, of a selected course, made before the end of the time asked for.
2. One that was named is refused where it is none of these; those of a folder or a pattern are passed over.
3. Of several of one course, the last that was made before the beginning of that time: the cut can't have
   come before it. Where none was, the first after it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from maintien.enrolments.archive_evidence import ArchiveEvidence
from maintien.enrolments.state import Course
from maintien.enrolments.withdrawals import Window
from maintien.errors.archives import (
    ArchiveMadeElsewhere,
    ArchiveMadeTooLate,
    ArchiveOfCourseNotSelected,
    NoArchiveOfSelection,
)
from maintien.errors.tree import ArchiveError
from maintien.mbz.archive import ArchiveHeader
from maintien.mbz.evidence import make_evidence, require_evidence
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.locations import ArchiveLocation, find_archives, public_name
from maintien.mbz.matching.archived_people import PeopleSite, is_same_site
from maintien.mbz.opening import open_archive
from maintien.mbz.parts import PEOPLE_PARTS
from maintien.mbz.reading import read_archive, read_header
from maintien.mbz.source import fingerprint
from maintien.moodle.ids import CourseId
from maintien.runs.journal import EvidenceArchive


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldByArchives:
    """What archives tell, and which they are."""

    evidence: Mapping[CourseId, ArchiveEvidence]
    archives: tuple[EvidenceArchive, ...]
    """By course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveChooser:
    """Chooses among archives."""

    site: PeopleSite
    courses: Mapping[CourseId, Course]
    """Those selected."""
    window: Window
    limits: ArchiveLimits

    def read(self, words: Sequence[str]) -> ToldByArchives:
        """Read the archives that ``words`` mean: files, folders, patterns, addresses.

        Raises ArchiveError, a subclass for each thing that can be wrong, NoArchiveFound and
        NoArchiveOfSelection.
        """
        chosen: dict[CourseId, tuple[int, ArchiveLocation]] = {}
        for word in words:
            for location, header in self._find(word):
                courseid, made_at = header.original_course_id, header.backup_date
                known = chosen.get(courseid)
                if known is None or self._is_better(made_at, known[0]):
                    chosen[courseid] = made_at, location
        told = {courseid: self._read(location) for courseid, (_, location) in sorted(chosen.items())}
        return ToldByArchives(
            evidence={courseid: evidence for courseid, (evidence, _) in told.items()},
            archives=tuple(archive for _, archive in told.values()),
        )

    def _find(self, word: str) -> Iterator[tuple[ArchiveLocation, ArchiveHeader]]:
        """Find the archives of one word that may be used, with their headers."""
        locations = find_archives([word])
        is_named = [location.address for location in locations] == [word]
        found = 0
        for location in locations:
            try:
                header = self._read_header(location)
            except ArchiveError:
                if is_named:
                    raise
                continue
            found += 1
            yield location, header
        if not found:
            raise NoArchiveOfSelection(archives=len(locations), place=public_name(word))

    def _read_header(self, location: ArchiveLocation) -> ArchiveHeader:
        with open_archive(location) as source:
            header = read_header(source, self.limits)
        self._require_usable(header, location.name)
        return header

    def _require_usable(self, header: ArchiveHeader, archive: str) -> None:
        require_evidence(header, archive)
        if not is_same_site(header, self.site, self.site.read_identity()):
            raise ArchiveMadeElsewhere(archive=archive)
        if header.original_course_id not in self.courses:
            raise ArchiveOfCourseNotSelected(
                archive=archive,
                course=header.original_course_shortname,
                courseid=header.original_course_id,
            )
        if header.backup_date > self.window.to:
            raise ArchiveMadeTooLate(archive=archive)

    def _is_better(self, made_at: int, other: int) -> bool:
        since = self.window.since
        if (made_at <= since) != (other <= since):
            return made_at <= since
        return made_at > other if made_at <= since else made_at < other

    def _read(self, location: ArchiveLocation) -> tuple[ArchiveEvidence, EvidenceArchive]:
        with open_archive(location) as source:
            archived = read_archive(source, PEOPLE_PARTS, self.limits)
            # It may have become another since its header was read.
            self._require_usable(archived.header, location.name)
            sha256 = fingerprint(source)
        archive = EvidenceArchive(
            path=location.name,
            sha256=sha256,
            courseid=archived.header.original_course_id,
            made_at=archived.header.backup_date,
        )
        return make_evidence(archived, self.site), archive
