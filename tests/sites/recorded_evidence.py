"""A backup of a recorded course from before its cut, and the course after the cut without its log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import delete, insert, update

from maintien.enrolments.archive_evidence import ArchiveEvidence
from maintien.mbz.evidence import make_evidence
from maintien.mbz.parts import PEOPLE_PARTS
from maintien.mbz.reading import read_archive
from maintien.mbz.source import ArchiveSource
from maintien.mbz.writing.archive_file import write_archive_file
from maintien.mbz.writing.backup import BackupRequest, backup_members
from maintien.moodle.ids import CourseId
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import Selection
from tests.golden_cases import CutCase
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_sites import site_before
from tests.sites.recorded_withdrawals import HOUR, site_cut

IDENTIFIER = "recorded"
"""The site's, the same before and after."""


def identify(site: DatabaseSite) -> None:
    """Give the site its identifier."""
    with site.engine.begin() as connection:
        connection.execute(insert(site.tables.config).values(name="siteidentifier", value=IDENTIFIER))


def back_up(database: MoodleDatabase, case: CutCase, path: Path) -> None:
    """Write a backup of the course as it was two hours before its cut."""
    made_at = case.clock - 2 * HOUR
    with site_before(database, case) as site:
        identify(site)
        (size,) = site.select(Selection(courses=(f"id:{case.course.id}",)))
        request = BackupRequest(now=made_at, with_groups=True)
        with site.backups().read(size.course, request) as contents:
            write_archive_file(path, backup_members(contents), written_at=made_at)


@contextmanager
def site_cut_with_backup(
    database: MoodleDatabase, case: CutCase, path: Path, *, rows_tell_when: bool = True
) -> Iterator[DatabaseSite]:
    """The site after the cut, with an empty log, and a backup of the course from before.

    The recordings have no times of change: with ``rows_tell_when``, what the sync changed tells that.
    """
    back_up(database, case, path)
    with site_cut(database, case) as site:
        identify(site)
        with site.engine.begin() as connection:
            connection.execute(delete(site.tables.logstore_standard_log))
            if rows_tell_when:
                row = site.tables.user_enrolments
                connection.execute(
                    update(row).where(row.c.id.in_(changed_by_cut(case))).values(timemodified=case.clock)
                )
        yield replace(site, archives={CourseId(case.course.id): evidence_of(path, site)})


def changed_by_cut(case: CutCase) -> list[int]:
    """The enrolments that the sync left and changed."""
    return [row["id"] for row in case.cut.user_enrolments if row not in case.before.user_enrolments]


def evidence_of(path: Path, site: DatabaseSite) -> ArchiveEvidence:
    """Read what a backup tells of the people of its course."""
    with path.open("rb") as file:
        archived = read_archive(ArchiveSource(name=path.name, file=file), PEOPLE_PARTS)
    return make_evidence(archived, site.accounts())
