"""The backup of every recorded course is the archive that real Moodle made of it, on each database."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest

from maintien.mbz.writing.backup import BackupRequest, backup_members
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import Selection
from tests.golden_cases import PROCEDURE_CASES, ProcedureCase, procedure_case
from tests.mbz.writing.recorded_archives import header_of, members_of
from tests.servers.moodle_databases import MoodleDatabase, Tables
from tests.sites.backups.archived_sites import archived_site
from tests.sites.recorded_sites import site_before

INDEX = ".ARCHIVE_INDEX"

OF_4_3 = [number for number in PROCEDURE_CASES if number < 300]
OF_4_1 = [number for number in PROCEDURE_CASES if number > 300]

MADE_UP = re.compile(
    rb'(<detail backup_id=")[0-9a-f]{32}|(<original_site_identifier_hash>)[0-9a-f]{32}', re.ASCII
)
"""The only two values that no recording can bring back: an id drawn at random, and the hash of a secret."""

NOT_RECORDED = {
    "course/course.xml": {
        "fullname",
        "timecreated",
        "timemodified",
        "showactivitydates",
        "showcompletionconditions",
        "category@id",
        "category/name",
        "courseformatoptions/courseformatoption",
    },
    "course/enrolments.xml": {
        "enrols/enrol/password",
        "enrols/enrol/timecreated",
        "enrols/enrol/timemodified",
        "enrols/enrol/user_enrolments/enrolment/timemodified",
        "enrols/enrol/customtext1",
    },
    "course/roles.xml": {
        "role_assignments/assignment/timemodified",
        "role_assignments/assignment/modifierid",
        "role_assignments/assignment/sortorder",
    },
    "roles.xml": {"role/sortorder", "role/description", "role/name"},
    "users.xml": {
        f"user/{name}"
        for name in (
            "auth",
            "firstname",
            "lastname",
            "lang",
            "firstaccess",
            "lastaccess",
            "lastlogin",
            "currentlogin",
            "timecreated",
            "timemodified",
            "preferences/preference",
        )
    }
    | {"user@contextid"},
    "moodle_backup.xml": {
        "information/original_course_fullname",
        "information/original_wwwroot",
        "information/original_site_identifier_hash",
        "information/details/detail@backup_id",
        "information/contents/sections",
        "information/settings/setting:section",
    },
}
"""What the rows of a case do not say, document by document: names of people, texts of the site, sections."""


def backed_up(site: DatabaseSite, case: ProcedureCase) -> dict[str, bytes]:
    (size,) = site.select(Selection(courses=(f"id:{case.course.id}",)))
    made_at = header_of(ET.fromstring(members_of(case.archive)["moodle_backup.xml"])).made_at  # noqa: S314
    request = BackupRequest(now=made_at)
    with site.backups().read(size.course, request) as contents:
        return {path: b"".join(pieces) for path, pieces in backup_members(contents)}


def recorded(case: ProcedureCase) -> dict[str, bytes]:
    members = members_of(case.archive)
    del members[INDEX]
    return members


def without_made_up(members: dict[str, bytes]) -> dict[str, bytes]:
    return {path: MADE_UP.sub(rb"\1\2?", data) for path, data in members.items()}


@pytest.mark.parametrize("number", OF_4_3)
def test_the_site_as_it_was_gives_moodles_own_bytes(moodle_database: MoodleDatabase, number: int) -> None:
    case = procedure_case(number)
    with archived_site(moodle_database, case) as site:
        found = backed_up(site, case)
    expected = recorded(case)
    assert list(found) == list(expected)
    assert without_made_up(found) == without_made_up(expected)


@pytest.mark.parametrize("number", OF_4_1)
@pytest.mark.parametrize("moodle_tables", [Tables(version="4.1")], ids=["4.1"])
@pytest.mark.parametrize("moodle_database", ["sqlite", "postgresql"], indirect=True)
def test_so_does_a_site_with_moodle_4_1(moodle_database: MoodleDatabase, number: int) -> None:
    case = procedure_case(number)
    with archived_site(moodle_database, case) as site:
        found = backed_up(site, case)
    expected = recorded(case)
    assert list(found) == list(expected)
    assert without_made_up(found) == without_made_up(expected)


@pytest.mark.parametrize("number", PROCEDURE_CASES)
@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
def test_the_rows_of_a_case_alone_give_all_that_they_say(
    moodle_database: MoodleDatabase, number: int
) -> None:
    case = procedure_case(number)
    with site_before(moodle_database, case) as site:
        found = backed_up(site, case)
    expected = recorded(case)
    assert list(found) == [path for path in expected if not path.startswith("sections/")]
    for path in found:
        assert elements(found, path) == elements(expected, path)


def elements(members: dict[str, bytes], path: str) -> list[tuple[str, str]]:
    """List the elements and attributes of a document in their order, without what no case says."""
    tree = ET.fromstring(members[path])  # noqa: S314 -- recorded by us, or made just now
    return list(_walk(tree, "", NOT_RECORDED.get(path, set())))


def _walk(element: ET.Element, path: str, left_out: set[str]) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        if f"{path}@{name}" not in left_out:
            yield f"{path}@{name}", value
    for child in element:
        below = f"{path}/{child.tag}".removeprefix("/")
        is_of_section = f"{below}:section" in left_out and child.find("section") is not None
        if below not in left_out and not is_of_section:
            yield below, (child.text or "").strip()
            yield from _walk(child, below, left_out)
