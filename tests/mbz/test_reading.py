"""An archive becomes a course, whichever container it comes in."""

import gzip
import io
import zipfile
from collections.abc import Callable

import pytest

from maintien.enrolments.state import (
    Course,
    CourseState,
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.mbz.archive import ArchivedGroup, ArchivedRole, ArchivedUser
from maintien.mbz.parts import Part
from maintien.mbz.reading import read_archive, read_header, read_rows
from tests.mbz.archives import (
    CONTEXT_ID,
    COURSE_ID,
    SETTINGS,
    WHEN,
    Members,
    documents,
    enrolment_xml,
    enrolments_xml,
    gzip_tar,
    gzip_tar_without_index,
    moodle_backup_xml,
    source_of,
    tar,
    users_xml,
    zipped,
)

COURSE = Course(COURSE_ID, "BIO101", "Biologie générale", "B1", 7, CONTEXT_ID)  # type: ignore[arg-type]


def _instance(id_: int, method: str, order: int, **values: int | str | None) -> EnrolmentInstance:
    columns = dict.fromkeys(
        ("name", "enrolperiod", "expirynotify", "expirythreshold", "notifyall", "customint1", "customint2")
    )
    return EnrolmentInstance(
        id=id_,
        method=method,
        courseid=COURSE_ID,
        status=0,
        sortorder=order,
        roleid=5,
        timecreated=1,
        timemodified=2,
        **{**columns, **values},
    )  # type: ignore[arg-type]


STATE = CourseState(
    course=COURSE,
    instances=(
        _instance(11, "manual", 0, enrolperiod=0),
        _instance(12, "cohort", 1, name="Licence", customint1=26, customint2=9),
    ),
    enrolments=(
        UserEnrolment(503, 12, 3, 0, 0, 0, 2, 0, 1760000000),  # type: ignore[arg-type]
        UserEnrolment(504, 12, 4, 0, 0, 0, 2, 0, 1760000000),  # type: ignore[arg-type]
    ),
    roles=(
        RoleAssignment(703, 5, CONTEXT_ID, 3, "enrol_cohort", 12, 2, 9, 0),  # type: ignore[arg-type]
        RoleAssignment(704, 5, CONTEXT_ID, 4, "enrol_cohort", 12, 2, 9, 0),  # type: ignore[arg-type]
    ),
    memberships=(GroupMembership(803, 9, 3, "enrol_cohort", 12, 9),),  # type: ignore[arg-type]
)


def _stored(members: Members) -> bytes:
    return zipped(members, method=zipfile.ZIP_STORED)


@pytest.mark.parametrize("pack", [gzip_tar, gzip_tar_without_index, zipped, _stored])
def test_an_archive_becomes_a_course_whatever_its_container(pack: Callable[[Members], bytes]) -> None:
    archive = read_archive(source_of(pack(documents().items())))
    assert archive.state == STATE
    assert archive.users == {
        id_: ArchivedUser(
            id_, f"u{id_}", "", f"u{id_}@example.fr", "Léa", f"Martin {id_}", "cas", "", False, 0
        )  # type: ignore[arg-type]
        for id_ in (3, 4)
    }
    assert archive.roles == {5: ArchivedRole(5, "student", "", "", "student")}  # type: ignore[arg-type]
    assert archive.groups == {
        9: ArchivedGroup(9, "TD2", "", None, None, None, 0, None, None, None, None)  # type: ignore[arg-type]
    }
    assert archive.referenced == {3, 4}


def test_the_header_says_what_the_archive_is() -> None:
    header = read_header(source_of(gzip_tar(documents().items())))
    assert (header.backup_release, header.backup_date, header.type) == ("4.3", WHEN, "course")
    assert header.original_course_shortname == "BIO101"
    assert header.settings == SETTINGS
    assert header.includes_users
    assert header.includes_groups
    assert not header.is_anonymised


def test_groups_are_in_archives_that_have_no_setting_for_them() -> None:
    settings = {name: value for name, value in SETTINGS.items() if name != "groups"}
    packed = gzip_tar(documents(moodle_backup=moodle_backup_xml(settings)).items())
    assert read_header(source_of(packed)).includes_groups


def test_names_with_the_current_folder_before_them_are_the_same_names() -> None:
    packed = gzip_tar_without_index((f"./{name}", content) for name, content in documents().items())
    assert read_archive(source_of(packed)).state == STATE


def test_gzip_members_that_follow_one_another_are_one_archive() -> None:
    whole = tar(documents().items())
    packed = gzip.compress(whole[:5000]) + gzip.compress(whole[5000:]) + bytes(512)
    assert read_archive(source_of(packed)).state == STATE


def test_an_enrolment_whose_user_is_missing_is_kept_and_named() -> None:
    packed = gzip_tar(documents(users=users_xml((3,))).items())
    state = read_archive(source_of(packed)).state
    assert state.enrolments == STATE.enrolments
    assert (state.missing, state.deleted) == ({4}, {4})


def test_an_enrolment_whose_user_is_deleted_is_kept_and_named() -> None:
    packed = gzip_tar(documents(users=users_xml((3, 4), deleted=(4,))).items())
    state = read_archive(source_of(packed)).state
    assert (state.missing, state.deleted) == (set(), {4})


def test_nobody_is_missing_where_users_were_not_read() -> None:
    packed = gzip_tar(documents(users=users_xml(())).items())
    archive = read_archive(source_of(packed), set(Part) - {Part.USERS})
    assert (archive.state.missing, archive.users) == (set(), {})


def test_an_enrolment_that_is_repeated_counts_once() -> None:
    packed = gzip_tar(documents(enrolments=enrolments_xml((3, 4), more=enrolment_xml(503, 3))).items())
    assert read_archive(source_of(packed)).state == STATE


def test_reading_stops_when_it_has_what_was_asked_for() -> None:
    filling = [(f"x/{number}", bytes(50_000)) for number in range(100)]
    packed = gzip_tar([*documents().items(), *filling], level=0)
    file = io.BytesIO(packed)
    source = source_of(packed)
    object.__setattr__(source, "file", file)
    assert read_archive(source).state == STATE
    assert file.tell() < len(packed) / 2


def test_reading_goes_to_an_end_that_is_near() -> None:
    packed = gzip_tar([*documents().items(), ("x/1", bytes(50_000))], level=0)
    file = io.BytesIO(packed)
    source = source_of(packed)
    object.__setattr__(source, "file", file)
    read_archive(source)
    assert file.tell() == len(packed)


def test_users_are_passed_over_where_nobody_asks_for_them() -> None:
    packed = gzip_tar(documents(users=b"not even XML").items())
    rows = list(read_rows(source_of(packed), {Part.ENROLMENTS}))
    assert [type(row).__name__ for row in rows] == [
        *("EnrolmentInstance", "EnrolmentInstance", "UserEnrolment", "UserEnrolment"),
        "ArchiveHeader",
    ]


def test_the_backup_of_an_activity_has_no_enrolments() -> None:
    whole = documents(
        moodle_backup=moodle_backup_xml({"users": "0"}, type_="activity"),
        course=None, enrolments=None, inforef=None, course_roles=None, users=None,
    )  # fmt: skip
    archive = read_archive(source_of(gzip_tar(whole.items())))
    assert (archive.state.instances, archive.state.enrolments) == ((), ())
    assert archive.state.course.shortname == "BIO101"
