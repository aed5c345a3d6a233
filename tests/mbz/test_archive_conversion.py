"""What ``mbz convert`` makes of an archive: by the rules for courses of a site, for Moodle to merge."""

import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintien.enrolments.merge import period_of
from maintien.enrolments.state import CourseState, UserEnrolment
from maintien.errors.archives import ArchiveIsAnonymous, BrokenDocument, BrokenValue, RepeatedRow
from maintien.errors.tree import MaintienError
from maintien.mbz.archive import ArchivedCourse
from maintien.mbz.converting.archive import ArchiveConverted, convert_archive
from maintien.mbz.converting.conversion import convert_scan
from maintien.mbz.converting.request import ArchiveRequest
from maintien.mbz.converting.scanning import scan_archive
from maintien.mbz.converting.through_restore import as_written
from maintien.mbz.limits import DEFAULT_LIMITS
from maintien.mbz.locations import locate
from maintien.mbz.reading import read_archive
from maintien.moodle.config import ManualDefaults, SiteConfig
from maintien.moodle.ids import CourseId, EnrolmentId, InstanceId, RoleAssignmentId
from maintien.moodle.values import MANUAL, NO_COMPONENT, EnrolmentStatus, InstanceStatus
from maintien.planning.applying import apply_plan
from maintien.planning.convert import plan_conversion
from maintien.planning.findings import ManualInstanceDisabled, RestoreLeavesAsTheyAre
from maintien.planning.left_alone import RoleNotAskedFor
from maintien.planning.plan import RestoredFrom
from maintien.planning.policy import Circumstances, ConversionPolicy, EndFor
from maintien.planning.restore import Restoration, plan_restore
from tests.builders import LONG_AGO, NOW, ROLES, STUDENT, TEACHER, UNTIL, CourseBuilder
from tests.course_states import course_states
from tests.golden_cases import PROCEDURE_CASES, procedure_case
from tests.mbz.archives import SETTINGS, moodle_backup_xml, source_of
from tests.mbz.course_archives import archive_of, user_element
from tests.mbz.fuzzing.mutations import unpack

REQUEST = ArchiveRequest(ends_at=UNTIL, now=NOW)
MEMBERS = [
    *("course/inforef.xml", "course/roles.xml", "course/enrolments.xml", "files.xml", "groups.xml"),
    *("moodle_backup.xml", "outcomes.xml", "questions.xml", "roles.xml", "scales.xml", "users.xml"),
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path


HIGHEST = 10**18 - 1
"""The highest number that is read."""


def converted(
    place: Path, archive: bytes, request: ArchiveRequest = REQUEST, name: str = "new.mbz"
) -> tuple[ArchiveConverted, Path]:
    old, new = place / "old.mbz", place / name
    old.write_bytes(archive)
    return convert_archive(locate(str(old)), request, new, DEFAULT_LIMITS), new


def read(path: Path) -> ArchivedCourse:
    with path.open("rb") as file:
        return read_archive(source_of(file.read()))


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        files = [entry for entry in archive.getmembers() if entry.isfile()]
        contents = ((entry.name, archive.extractfile(entry)) for entry in files)
        return {name: content.read() for name, content in contents if content is not None}


def periods(course: ArchivedCourse) -> dict[int, tuple[int, int, int]]:
    return {row.userid: (row.status, row.starts_at, row.ends_at) for row in course.state.enrolments}


def test_student_of_a_feed_is_enrolled_by_hand_until_the_end_date(place: Path) -> None:
    course = CourseBuilder()
    course.instance(MANUAL)
    ada = course.student(course.instance("database"))

    result, new = converted(place, archive_of(course.state()))

    assert (result.people_converted, result.enrolments, result.roles) == (1, 1, 1)
    assert periods(read(new)) == {ada: (0, 0, UNTIL)}
    assert [(row.userid, row.roleid, row.component) for row in read(new).state.roles] == [
        (ada, STUDENT, NO_COMPONENT)
    ]


def test_teacher_of_a_feed_is_left_out_and_named(place: Path) -> None:
    course = CourseBuilder()
    course.instance(MANUAL)
    feed = course.instance("database")
    ada = course.student(feed)
    course.enrol(bob := course.person(), feed)
    course.assign(bob, TEACHER, feed)

    result, new = converted(place, archive_of(course.state()))

    assert periods(read(new)).keys() == {ada}
    assert read(new).users.keys() == {ada}
    assert result.left_alone == {RoleNotAskedFor: 1}
    assert [(entry.userid, result.names[entry.userid].firstname) for entry in result.examples] == [
        (bob, "Ada & Co")
    ]


def test_new_archive_has_one_manual_method_and_no_contents(place: Path) -> None:
    course = CourseBuilder()
    course.instance("cohort")
    course.student(course.instance("database"))

    _, new = converted(place, archive_of(course.state()))

    assert list(members(new)) == [".ARCHIVE_INDEX", *MEMBERS]
    assert [(i.method, i.status, i.roleid) for i in read(new).state.instances] == [(MANUAL, 0, STUDENT)]
    assert b"<sections>" not in members(new)["moodle_backup.xml"]


def test_index_lists_what_is_there(place: Path) -> None:
    course = CourseBuilder()
    course.student(course.instance("database"))

    _, new = converted(place, archive_of(course.state()))

    contents = members(new)
    lines = contents.pop(".ARCHIVE_INDEX").decode().splitlines()[1:]
    assert [line.split("\t")[:3] for line in lines if "\tf\t" in line] == [
        [name, "f", str(len(content))] for name, content in contents.items()
    ]


def test_accounts_are_the_archives_own_elements(place: Path) -> None:
    course = CourseBuilder()
    feed = course.instance("database")
    ada, bob = course.student(feed), course.person()

    _, new = converted(place, archive_of(course.state()))

    users = members(new)["users.xml"].decode()
    assert user_element(ada) in users
    assert f'id="{bob}"' not in users


def test_references_name_everybody_and_every_role(place: Path) -> None:
    course = CourseBuilder()
    manual, feed = course.instance(MANUAL), course.instance("database")
    ada, tom = course.student(feed), course.person()
    course.enrol(tom, manual)
    course.assign(tom, TEACHER)

    _, new = converted(place, archive_of(course.state()))

    new_course = read(new)
    assert new_course.referenced == new_course.users.keys() == {ada, tom}
    assert new_course.roles.keys() == {STUDENT, TEACHER}


def groups_of(course: ArchivedCourse) -> list[tuple[int, int, str]]:
    return [(row.userid, row.groupid, row.component) for row in course.state.memberships]


def course_with_groups() -> tuple[CourseState, int]:
    course = CourseBuilder()
    cohort = course.instance("cohort")
    ada, bob = course.student(cohort), course.person()
    course.join(ada, 61, cohort)
    course.join(ada, 62)
    course.join(bob, 63)
    return course.state(), ada


def test_groups_of_people_in_the_new_archive_come_with_them(place: Path) -> None:
    state, ada = course_with_groups()

    result, new = converted(place, archive_of(state))

    assert groups_of(read(new)) == [(ada, 61, NO_COMPONENT), (ada, 62, NO_COMPONENT)]
    assert read(new).groups.keys() == {61, 62}
    assert read(new).header.includes_groups
    assert result.memberships == 2


def test_groups_go_by_their_name_alone_so_that_a_restore_finds_them_again(place: Path) -> None:
    state, _ = course_with_groups()
    groups = groups_document_of(state).replace(
        b"<description>$@NULL@$</description>",
        b'<description>&lt;a href="$@COURSEVIEWBYID*2@$"&gt;here&lt;/a&gt;</description><picture>7</picture>',
    )

    _, new = converted(place, archive_of(state, groups=groups))

    assert [(g.name, g.description, g.picture) for g in read(new).groups.values()] == [
        ("G61", None, 0),
        ("G62", None, 0),
    ]


def groups_document_of(state: CourseState) -> bytes:
    packed = archive_of(state)
    return next(content for name, content in unpack(packed) if name == "groups.xml")


@pytest.mark.parametrize(
    "request_", [replace(REQUEST, keep_groups=False), replace(REQUEST, like_moodle=True)]
)
def test_groups_are_left_out_by_policy(place: Path, request_: ArchiveRequest) -> None:
    state, _ = course_with_groups()

    _, new = converted(place, archive_of(state), request_)

    assert groups_of(read(new)) == []
    assert not read(new).header.includes_groups


def test_archive_with_invented_names_is_refused_since_moodle_would_create_its_people(place: Path) -> None:
    course = CourseBuilder()
    course.student(course.instance("database"))
    header = moodle_backup_xml({**SETTINGS, "anonymize": "1"})

    with pytest.raises(ArchiveIsAnonymous):
        converted(place, archive_of(course.state(), moodle_backup=header))

    assert not (place / "new.mbz").exists()


def test_disabled_manual_method_stands_in_the_way_and_nothing_is_written(place: Path) -> None:
    course = CourseBuilder()
    course.instance(MANUAL, status=InstanceStatus.DISABLED)
    course.student(course.instance("database"))

    result, new = converted(place, archive_of(course.state()))

    assert result.obstacle == ManualInstanceDisabled()
    assert result.path is None
    assert not new.exists()


def test_enabling_it_takes_it_out_of_the_way(place: Path) -> None:
    course = CourseBuilder()
    course.instance(MANUAL, status=InstanceStatus.DISABLED)
    course.student(course.instance("database"))

    _, new = converted(place, archive_of(course.state()), replace(REQUEST, enable_manual=True))

    assert [i.status for i in read(new).state.instances] == [InstanceStatus.ENABLED]


def test_nothing_is_written_where_nobody_would_be_in_it(place: Path) -> None:
    course = CourseBuilder()
    course.instance("database")

    result, new = converted(place, archive_of(course.state()))

    assert result.path is None
    assert result.obstacle is None
    assert not new.exists()


def test_deleted_and_missing_accounts_are_left_out(place: Path) -> None:
    course = CourseBuilder()
    feed = course.instance("database")
    ada = course.student(feed)
    for userid in (course.person(is_deleted=True), course.person()):
        course.enrol(userid, feed)
        course.assign(userid, STUDENT, feed)
    state = course.state()
    gone = replace(state, missing=frozenset({max(row.userid for row in state.enrolments)}))

    _, new = converted(place, archive_of(gone))

    assert periods(read(new)).keys() == {ada}


def test_role_that_the_archive_has_not_is_nobodys(place: Path) -> None:
    course = CourseBuilder()
    course.student(course.instance("database"))

    result, new = converted(place, archive_of(course.state()), replace(REQUEST, roles=("jury",)))

    assert result.unknown_roles == ("jury",)
    assert not new.exists()


def test_new_rows_are_numbered_after_the_highest(place: Path) -> None:
    course = CourseBuilder()
    manual, feed = course.instance(MANUAL), course.instance("database")
    first, second = course.student(feed), course.student(feed)
    course.enrol(course.person(), manual)

    _, new = converted(place, archive_of(course.state()))

    assert [(row.id, row.userid) for row in read(new).state.enrolments][1:] == [(504, first), (505, second)]


# Moodle's merge takes an enrolment that begins later, never ends, or ends earlier: no other.


def test_prolonged_enrolment_is_written_so_that_the_merge_takes_it(place: Path) -> None:
    course = CourseBuilder()
    manual, feed = course.instance(MANUAL), course.instance("database")
    ada = course.student(feed)
    course.enrol(ada, manual, ends_at=NOW + 5)

    result, new = converted(place, archive_of(course.state()))

    assert periods(read(new)) == {ada: (0, 1, UNTIL)}
    assert result.warnings == ()


def test_people_whom_no_merge_changes_are_counted(place: Path) -> None:
    course = CourseBuilder()
    manual, feed = course.instance(MANUAL), course.instance("database")
    course.enrol(course.student(feed), manual)
    all_manual = replace(REQUEST, end_for=EndFor.ALL_MANUAL)

    for request in (all_manual, replace(REQUEST, like_moodle=True)):
        result, _ = converted(place, archive_of(course.state()), request, f"{request.like_moodle}.mbz")

        assert result.warnings == (RestoreLeavesAsTheyAre(people=1),)


def test_merge_can_move_a_start_or_an_end_but_not_both() -> None:
    course = CourseBuilder()
    course.instance(MANUAL)
    instance = course.state().instances[0]
    existing = period_of(course.enrol(course.person(), instance.id, starts_at=NOW + 9, ends_at=NOW + 99))

    earlier = as_written(existing, existing._replace(starts_at=5), instance)
    later = as_written(existing, existing._replace(ends_at=UNTIL), instance)
    both = as_written(existing, existing._replace(starts_at=5, ends_at=UNTIL), instance)

    assert earlier == existing._replace(starts_at=5, ends_at=NOW + 98)
    assert later == existing._replace(starts_at=NOW + 10, ends_at=UNTIL)
    assert both is None


@pytest.mark.parametrize("number", PROCEDURE_CASES)
def test_three_steps_leave_what_moodles_left(place: Path, number: int) -> None:
    case = procedure_case(number)
    added = InstanceStatus(int(case.config.get("enrol_manual/status", InstanceStatus.ENABLED)))
    request = ArchiveRequest(ends_at=case.timeend, now=case.clock, like_moodle=True, manual_is_added=added)

    result, new = converted(place, case.archive.read_bytes(), request)

    manual = {row["id"] for row in case.after.enrol if row["enrol"] == MANUAL}
    enrolments = {
        row["userid"]: (row["status"], row["timestart"], row["timeend"])
        for row in case.after.user_enrolments
        if row["enrolid"] in manual
    }
    roles = sorted(
        (row["userid"], row["roleid"]) for row in case.after.role_assignments if not row["component"]
    )
    assert (result.path is None) == (not enrolments)
    course = read(new)
    assert periods(course) == enrolments
    assert sorted((row.userid, row.roleid) for row in course.state.roles) == roles
    assert course.users.keys() >= enrolments.keys()


@pytest.mark.parametrize("number", PROCEDURE_CASES)
@pytest.mark.parametrize("like_moodle", [False, True])
def test_converting_again_gives_the_same_bytes(place: Path, number: int, *, like_moodle: bool) -> None:
    case = procedure_case(number)
    request = ArchiveRequest(
        ends_at=case.timeend + 10**8, now=case.clock, like_moodle=like_moodle, enable_manual=not like_moodle
    )
    result, new = converted(place, case.archive.read_bytes(), request)
    if result.path is None:
        assert not new.exists()
        return

    _, again = converted(place, new.read_bytes(), request, "again.mbz")

    assert again.read_bytes() == new.read_bytes()


requests = st.builds(
    ArchiveRequest,
    ends_at=st.sampled_from((0, UNTIL)),
    now=st.just(NOW),
    methods=st.sampled_from((None, frozenset({"cohort", "database"}))),
    roles=st.sampled_from((None, ("student",))),
    include_suspended=st.booleans(),
    end_for=st.sampled_from(EndFor),
    enable_manual=st.booleans(),
    keep_groups=st.booleans(),
)


def scanned(archive: bytes) -> Any:  # noqa: ANN401 -- a Scan
    return scan_archive(source_of(archive), DEFAULT_LIMITS)


@given(state=course_states(), request=requests, like_moodle=st.booleans())
@settings(deadline=None)
def test_new_archive_converted_again_is_the_same(
    state: CourseState, request: ArchiveRequest, *, like_moodle: bool
) -> None:
    if like_moodle:
        request = ArchiveRequest(ends_at=request.ends_at, now=NOW, like_moodle=True)
    with place_of_its_own() as place:
        result, new = converted(place, archive_of(state), request)
        if result.path is None:
            return

        _, again = converted(place, new.read_bytes(), request, "again.mbz")

        assert again.read_bytes() == new.read_bytes()


@given(state=course_states(), request=requests)
@settings(deadline=None)
def test_restoring_the_new_archive_does_what_converting_the_course_does(
    state: CourseState, request: ArchiveRequest
) -> None:
    """But for groups, for people whom no merge changes, and for a method that a restore does not enable."""
    state = replace(state, suspended=frozenset())
    new, figures = convert_scan(scanned(archive_of(state)), request)
    if new is None or RestoreLeavesAsTheyAre in figures.warnings:
        return
    source = replace(
        state,
        instances=(new.instance,),
        enrolments=tuple(new.enrolments),
        roles=tuple(new.roles),
        missing=frozenset(),
    )
    circumstances = Circumstances(now=NOW, operator=state.enrolments[0].modifierid)
    config = SiteConfig(manual=ManualDefaults(roleid=STUDENT), roles=ROLES)
    restoration = Restoration(source=source, origin=RestoredFrom(is_same_site=True, courseid=CourseId(7)))
    policy = ConversionPolicy(
        ends_at=request.ends_at,
        methods=request.methods,
        roles=None if request.roles is None else frozenset({STUDENT}),
        end_roles=frozenset({STUDENT}),
        include_suspended=request.include_suspended,
        end_for=request.end_for,
        enable_manual=request.enable_manual,
        keep_groups=False,
    )
    ready = state
    if request.enable_manual and state.manual_instance is not None:
        ready = replace(state, instances=tuple(_enabled(state)))

    restored = apply_plan(ready, plan_restore(ready, restoration, config, circumstances))
    in_place = apply_plan(state, plan_conversion(state, policy, config, circumstances))

    assert manual_rows(restored) == manual_rows(in_place)


def _enabled(state: CourseState) -> Iterator[Any]:
    for instance in state.instances:
        is_target = instance == state.manual_instance
        yield instance._replace(status=InstanceStatus.ENABLED) if is_target else instance


def manual_rows(state: CourseState) -> tuple[object, ...]:
    manual = state.manual_instance
    rows = [row for row in state.enrolments if manual is not None and row.instanceid == manual.id]
    by_hand = {(row.userid, row.roleid) for row in state.roles if not row.component}
    return {row.userid: period_of(row) for row in rows}, by_hand


@contextmanager
def place_of_its_own() -> Iterator[Path]:
    """A folder for one example."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


# What somebody may have put into an archive.


def one_student() -> CourseState:
    course = CourseBuilder()
    course.student(course.instance("database"))
    return course.state()


def users(content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<users>{content}</users>'.encode()


@pytest.mark.parametrize(
    "content",
    [
        user_element(11) + "<!-- </user> -->",
        user_element(11).replace("Ada", "<![CDATA[</user>]]>"),
        user_element(11).replace("Ada", "<?php ?>"),
        user_element(11).replace('id="11"', "id='11'"),
        user_element(11) + "<!-- after -->" + user_element(12),
    ],
    ids=["comment", "CDATA", "instruction", "other quotes", "comment between"],
)
def test_accounts_unlike_moodles_are_refused(place: Path, content: str) -> None:
    with pytest.raises(BrokenDocument):
        converted(place, archive_of(one_student(), users=users(content)))

    assert [path.name for path in place.iterdir()] == ["old.mbz"]


def test_nested_account_is_no_account(place: Path) -> None:
    nested = user_element(11).replace("</user>", '<user id="12"></user></user>')

    with pytest.raises(MaintienError):
        converted(place, archive_of(one_student(), users=users(nested)))


def numbered_enrolment(state: CourseState) -> CourseState:
    return replace(
        state, enrolments=tuple(row._replace(id=EnrolmentId(HIGHEST)) for row in state.enrolments[:1])
    )


def numbered_role(state: CourseState) -> CourseState:
    return replace(state, roles=tuple(row._replace(id=RoleAssignmentId(HIGHEST)) for row in state.roles[:1]))


def numbered_instance(state: CourseState) -> CourseState:
    last = state.instances[-1]
    moved = tuple(row._replace(instanceid=InstanceId(HIGHEST)) for row in state.enrolments)
    return replace(
        state, instances=(*state.instances[:-1], last._replace(id=InstanceId(HIGHEST))), enrolments=moved
    )


@pytest.mark.parametrize("numbered", [numbered_enrolment, numbered_role, numbered_instance])
def test_ids_that_leave_no_room_for_new_rows_are_refused(
    place: Path, numbered: Callable[[CourseState], CourseState]
) -> None:
    with pytest.raises(BrokenValue, match=str(HIGHEST)):
        converted(place, archive_of(numbered(one_student())))

    assert [path.name for path in place.iterdir()] == ["old.mbz"]


def test_account_that_is_there_twice_is_refused(place: Path) -> None:
    with pytest.raises(RepeatedRow):
        converted(place, archive_of(one_student(), users=users(user_element(11) * 2)))


def test_names_with_markup_come_through_unchanged(place: Path) -> None:
    element = user_element(11).replace("Ada &amp; Co", "&lt;/user&gt;&lt;b&gt;\u202e&#10;")

    _, new = converted(place, archive_of(one_student(), users=users(element)))

    assert element in members(new)["users.xml"].decode()


def test_suspended_enrolment_stays_suspended_in_the_new_archive(place: Path) -> None:
    course = CourseBuilder()
    feed = course.instance("database")
    ada = course.person()
    row = course.enrol(ada, feed, status=EnrolmentStatus.SUSPENDED, starts_at=LONG_AGO)
    course.assign(ada, STUDENT, feed)
    assert isinstance(row, UserEnrolment)

    _, new = converted(place, archive_of(course.state()), replace(REQUEST, include_suspended=True))

    assert periods(read(new)) == {ada: (1, LONG_AGO, UNTIL)}
