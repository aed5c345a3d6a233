"""An archive becomes a course, whichever container it comes in."""

import gzip
import io
import zipfile
from collections.abc import Callable
from typing import Any

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
from maintien.moodle.ids import CategoryId, ContextId, CourseId, GroupId, MembershipId, RoleId, UserId
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

COURSE = Course(
    CourseId(COURSE_ID), "BIO101", "Biologie générale", "B1", CategoryId(7), ContextId(CONTEXT_ID)
)


def _instance(**values: Any) -> EnrolmentInstance:  # noqa: ANN401 -- one of each column
    plain = dict.fromkeys(EnrolmentInstance._fields)
    same = {"courseid": COURSE_ID, "status": 0, "roleid": 5, "timecreated": 1, "timemodified": 2}
    return EnrolmentInstance(**{**plain, **same, **values})


def _enrolment(*values: Any) -> UserEnrolment:  # noqa: ANN401 -- one of each column
    return UserEnrolment(*values)


def _role(*values: Any) -> RoleAssignment:  # noqa: ANN401 -- one of each column
    return RoleAssignment(*values)


def _student(id_: int) -> ArchivedUser:
    return ArchivedUser(
        id=UserId(id_),
        username=f"u{id_}",
        idnumber="",
        email=f"u{id_}@example.fr",
        firstname="Léa",
        lastname=f"Martin {id_}",
        auth="cas",
        mnethosturl="",
        is_deleted=False,
        firstaccess=0,
    )


def _group(id_: int, name: str) -> ArchivedGroup:
    nothing = dict.fromkeys(ArchivedGroup._fields)
    return ArchivedGroup(**{**nothing, "id": id_, "name": name, "idnumber": "", "picture": 0})  # type: ignore[arg-type]


STATE = CourseState(
    course=COURSE,
    instances=(
        _instance(id=11, method="manual", sortorder=0, enrolperiod=0),
        _instance(id=12, method="cohort", sortorder=1, name="Licence", customint1=26, customint2=9),
    ),
    enrolments=(
        _enrolment(503, 12, 3, 0, 0, 0, 2, 0, 1760000000),
        _enrolment(504, 12, 4, 0, 0, 0, 2, 0, 1760000000),
    ),
    roles=(
        _role(703, 5, CONTEXT_ID, 3, "enrol_cohort", 12, 2, 9, 0),
        _role(704, 5, CONTEXT_ID, 4, "enrol_cohort", 12, 2, 9, 0),
    ),
    memberships=(GroupMembership(MembershipId(803), GroupId(9), UserId(3), "enrol_cohort", 12, 9),),
)


def _stored(members: Members) -> bytes:
    return zipped(members, method=zipfile.ZIP_STORED)


@pytest.mark.parametrize("pack", [gzip_tar, gzip_tar_without_index, zipped, _stored])
def test_an_archive_becomes_a_course_whatever_its_container(pack: Callable[[Members], bytes]) -> None:
    archive = read_archive(source_of(pack(documents().items())))
    assert archive.state == STATE
    assert archive.users == {UserId(3): _student(3), UserId(4): _student(4)}
    assert archive.roles == {RoleId(5): ArchivedRole(RoleId(5), "student", "", "", "student")}
    assert archive.groups == {GroupId(9): _group(9, "TD2")}
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
    assert (set(state.missing), set(state.deleted)) == ({4}, {4})


def test_an_enrolment_whose_user_is_deleted_is_kept_and_named() -> None:
    packed = gzip_tar(documents(users=users_xml((3, 4), deleted=(4,))).items())
    state = read_archive(source_of(packed)).state
    assert (set(state.missing), set(state.deleted)) == (set(), {4})


def test_nobody_is_missing_where_users_were_not_read() -> None:
    packed = gzip_tar(documents(users=users_xml(())).items())
    archive = read_archive(source_of(packed), set(Part) - {Part.USERS})
    assert not archive.state.missing
    assert not archive.users


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
