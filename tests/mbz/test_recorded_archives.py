"""Archives that real Moodles made, from 2.6 to 4.3."""

from pathlib import Path
from typing import Final

import pytest

from maintien.mbz.archive import ArchivedCourse
from maintien.mbz.reading import read_archive
from maintien.mbz.source import ArchiveSource
from tests.recorded_cases import PROCEDURE_CASES, procedure_case
from tests.shared_facts import shared_folder

SAMPLES: Final = {
    # release, type, instances, enrolments, roles given, users, missing users
    "availability_26_format": ("2.6", "course", 3, 0, 0, 0, 0),
    "backup": ("2.6", "course", 3, 0, 0, 0, 0),
    "deadlock": ("3.2", "course", 3, 0, 0, 0, 0),
    "legacy_course_completion": ("4.1", "course", 3, 3, 3, 3, 0),
    "moodle_28_quiz": ("2.8", "activity", 0, 0, 0, 0, 0),
    "moodle_311_quiz": ("3.11", "activity", 0, 0, 0, 0, 0),
    "question_attempts_missing_users": ("3.10", "course", 3, 4, 4, 2, 2),
    "question_category_34_format": ("3.4", "course", 3, 0, 0, 0, 0),
    "question_category_35_format": ("3.5", "course", 3, 0, 0, 0, 0),
    "test_tags_backup": ("4.1", "course", 3, 0, 0, 0, 0),
}


def _read(path: Path) -> ArchivedCourse:
    with path.open("rb") as file:
        return read_archive(ArchiveSource(name=path.name, file=file))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_release_is_read(name: str) -> None:
    archive = _read(shared_folder() / "mbz" / f"{name}.mbz")
    state = archive.state
    counts = (len(state.instances), len(state.enrolments), len(state.roles), len(archive.users))
    found = (archive.header.backup_release, archive.header.type, *counts, len(state.missing))
    assert found == SAMPLES[name]


def test_every_sample_is_known() -> None:
    assert {path.stem for path in (shared_folder() / "mbz").glob("*.mbz")} == set(SAMPLES)


@pytest.mark.parametrize("number", PROCEDURE_CASES)
def test_an_archive_holds_what_the_database_held(number: int) -> None:
    case = procedure_case(number)
    archive = _read(case.archive)
    state = archive.state
    assert (state.course.id, state.course.shortname, state.course.idnumber, state.course.contextid) == (
        case.course.id,
        case.course.shortname,
        case.course.idnumber,
        case.course.contextid,
    )
    assert [
        (row.id, row.method, row.status, row.courseid, row.name, row.roleid, row.customint1, row.customint2)
        for row in state.instances
    ] == [
        tuple(
            row[name]
            for name in ("id", "enrol", "status", "courseid", "name", "roleid", "customint1", "customint2")
        )
        for row in case.before.enrol
    ]
    assert [
        (row.id, row.status, row.instanceid, row.userid, row.starts_at, row.ends_at, row.modifierid)
        for row in state.enrolments
    ] == [tuple(row.values()) for row in case.before.user_enrolments]
    assert [
        (
            row.id,
            row.roleid,
            row.contextid,
            row.userid,
            row.modifierid,
            row.component,
            row.itemid,
            row.sortorder,
        )
        for row in state.roles
    ] == [tuple(row.values()) for row in case.before.role_assignments]
    accounts = {user["id"]: user for user in case.users}
    assert {
        id_: (user.username, user.email, user.idnumber, user.is_deleted)
        for id_, user in archive.users.items()
    } == {
        id_: (*(accounts[id_][name] for name in ("username", "email", "idnumber")), False)
        for id_ in archive.users
    }
    assert {role.shortname: role.id for role in archive.roles.values()}.items() <= case.roles.items()
