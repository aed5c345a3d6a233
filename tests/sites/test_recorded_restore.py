"""Every recorded archive, restored into the course it was made of, leaves what real Moodle left."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import md5

import pytest
from sqlalchemy import insert

from maintien.enrolments.state import CourseState
from maintien.mbz.archive import ArchivedCourse
from maintien.mbz.reading import read_archive
from maintien.mbz.restoring import Prepared, prepare_restoration
from maintien.mbz.source import ArchiveSource
from maintien.planning.plan import CoursePlan
from maintien.planning.restore import plan_restore
from maintien.runs.execute import CourseOutcome, execute
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import Author, CourseSize, Selection
from tests.golden_cases import PROCEDURE_CASES, ProcedureCase, procedure_case, rows_of
from tests.golden_rows import comparable
from tests.servers.moodle_databases import MoodleDatabase
from tests.sites.recorded_sites import circumstances_of, site_before
from tests.sites.test_recorded_procedure import events, name_objects, read_log

on_sqlite = pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
RESTORED = r"\core\event\course_restored"


def archive_of(case: ProcedureCase) -> ArchivedCourse:
    with case.archive.open("rb") as file:
        return read_archive(ArchiveSource(name=case.archive.name, file=file))


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """A recorded archive, ready to be restored into its course."""

    case: ProcedureCase
    site: DatabaseSite
    size: CourseSize
    prepared: Prepared

    def plan(self, state: CourseState) -> CoursePlan:
        config = self.site.read_config()
        return plan_restore(state, self.prepared.restoration, config, circumstances_of(self.case))

    def run(self) -> CourseOutcome:
        circumstances = circumstances_of(self.case)
        author = Author(operator=circumstances.operator, clock=lambda: circumstances.now)
        (outcome,) = execute(self.site, [self.size], self.plan, author=author)
        return outcome


@contextmanager
def restoring(database: MoodleDatabase, number: int, identifier: str = "") -> Iterator[Restoring]:
    case = procedure_case(number)
    with site_before(database, case) as site:
        if identifier:
            with site.engine.begin() as connection:
                values = {"name": "siteidentifier", "value": identifier}
                connection.execute(insert(site.tables.config).values(values))
        (size,) = site.select(Selection(courses=(f"id:{case.course.id}",)))
        archived = archive_of(case)
        if identifier:
            archived = made_on(archived, identifier)
        prepared = prepare_restoration(archived, site.accounts(), site.read_config(), size.course)
        yield Restoring(case=case, site=site, size=size, prepared=prepared)


def made_on(archived: ArchivedCourse, identifier: str) -> ArchivedCourse:
    hashed = md5(identifier.encode(), usedforsecurity=False).hexdigest()
    return replace(archived, header=replace(archived.header, original_site_identifier_hash=hashed))


@pytest.mark.parametrize("number", PROCEDURE_CASES)
def test_course_ends_as_moodles_restore_left_it(moodle_database: MoodleDatabase, number: int) -> None:
    with restoring(moodle_database, number, identifier="the same site") as restore:
        case, site = restore.case, restore.site

        outcome = restore.run()

        assert outcome.failure is None
        assert restore.prepared.unmatched == []
        with site.engine.connect() as connection:
            assert rows_of(connection, case) == comparable(case.restored)
        log = read_log(site)
        assert {row["origin"] for row in log} <= {"cli"}
        if case.has_whole_log:
            assert events(log) == events(case.restored_log)
            name_objects(log, site.tables, site)
            ours = [row for row in log if row["eventname"] == RESTORED]
            theirs = [row for row in case.restored_log if row["eventname"] == RESTORED]
            expected = [row["other"] for row in theirs] if outcome.plan.changes else []
            assert [row["other"] for row in ours] == expected
        else:
            assert log == []


@on_sqlite
@pytest.mark.parametrize("number", PROCEDURE_CASES)
def test_people_are_found_again_on_another_site_too(moodle_database: MoodleDatabase, number: int) -> None:
    with restoring(moodle_database, number) as restore:
        restore.run()

        with restore.site.engine.connect() as connection:
            assert rows_of(connection, restore.case) == comparable(restore.case.restored)


@on_sqlite
@pytest.mark.parametrize("number", [101, 127, 140, 213])
def test_second_restore_changes_nothing(moodle_database: MoodleDatabase, number: int) -> None:
    with restoring(moodle_database, number) as restore:
        restore.run()
        log = read_log(restore.site)

        assert restore.run().plan.changes == ()
        assert read_log(restore.site) == log
