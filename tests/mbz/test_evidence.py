"""An archive of the site itself is evidence of what people had, in the site's own ids."""

from dataclasses import replace

import pytest

from maintien.enrolments.accounts import SiteRole
from maintien.enrolments.archive_evidence import GroupTraits
from maintien.errors.archives import (
    ArchiveIsAnonymous,
    ArchiveOfFrontPage,
    ArchiveOfPartOfCourse,
    ArchiveWithoutDate,
    ArchiveWithoutUsers,
)
from maintien.errors.tree import MaintienError
from maintien.mbz.archive import ArchivedCourse, ArchiveHeader
from maintien.mbz.evidence import make_evidence, require_evidence
from maintien.mbz.reading import read_archive
from maintien.moodle.ids import GroupId, RoleId, UserId
from tests.builders import STUDENT, TEACHER, CourseBuilder
from tests.mbz.archives import WHEN, source_of
from tests.mbz.course_archives import archive_of
from tests.mbz.people import account
from tests.mbz.test_restoring import PeopleInMemory


def read(course: CourseBuilder) -> ArchivedCourse:
    return read_archive(source_of(archive_of(course.state())))


def accounts(*ids: int) -> PeopleInMemory:
    return PeopleInMemory(accounts=[account(userid, f"u{userid}") for userid in ids])


def test_everybody_but_manual_enrolments_with_roles_and_groups() -> None:
    course = CourseBuilder()
    manual, feed = course.instance("manual"), course.instance("cohort")
    ada, bob = course.student(feed), course.student(manual)
    course.assign(ada, TEACHER)
    course.join(ada, 61)
    course.join(bob, 62)

    evidence = make_evidence(read(course), accounts(ada, bob))

    assert evidence.made_at == WHEN
    assert [(e.row.userid, e.row.instanceid, e.method, e.is_enabled) for e in evidence.enrolments] == [
        (ada, feed, "cohort", True)
    ]
    assert evidence.roles == {ada: {STUDENT, TEACHER}}
    assert evidence.memberships == {ada: {61}}
    assert evidence.groups == {GroupId(61): GroupTraits(name="G61", idnumber="")}
    assert evidence.not_found | evidence.in_doubt == set()
    assert evidence.missing_roles == ()


def test_people_who_are_not_found_again_keep_their_ids_and_are_named() -> None:
    course = CourseBuilder()
    feed = course.instance("cohort")
    ada, bob, eve = course.student(feed), course.student(feed), course.student(feed)
    renamed, taken = account(ada, "other"), account(99, f"u{bob}")
    site = PeopleInMemory(accounts=[renamed, taken, account(eve, f"u{eve}")])

    evidence = make_evidence(read(course), site)

    assert evidence.not_found == {ada}
    assert evidence.in_doubt == {bob}
    assert sorted(evidence.people()) == [ada, bob, eve]
    assert set(evidence.roles) == {eve}


def test_account_that_was_deleted_since_is_known_as_the_persons() -> None:
    course = CourseBuilder()
    ada = course.student(course.instance("cohort"))
    deleted = account(ada, f"u{ada}@example.fr.1700000000", email="-", is_deleted=True)

    assert list(make_evidence(read(course), PeopleInMemory(accounts=[deleted])).people()) == [ada]


def test_person_whom_the_archive_does_not_refer_to_is_not_found() -> None:
    course = CourseBuilder()
    ada = course.student(course.instance("cohort"))
    archived = replace(read(course), referenced=frozenset())

    assert make_evidence(archived, accounts(ada)).not_found == {ada}


@pytest.mark.parametrize(
    ("site_role", "given", "missing"),
    [
        (SiteRole(RoleId(50), "student", "student"), {50}, ()),
        (SiteRole(STUDENT, "etudiant", "student"), {STUDENT}, ()),
        (SiteRole(STUDENT, "jury", ""), None, ("student",)),
        (SiteRole(RoleId(50), "etudiant", "student"), None, ("student",)),
    ],
)
def test_role_is_the_same_by_its_name_or_its_id_and_archetype_and_none_stands_in(
    site_role: SiteRole, given: set[int] | None, missing: tuple[str, ...]
) -> None:
    course = CourseBuilder()
    ada = course.student(course.instance("cohort"))
    archived = read(course)
    archived = replace(archived, roles={STUDENT: archived.roles[STUDENT]})
    site = PeopleInMemory(accounts=[account(ada, f"u{ada}")], roles=[site_role])

    evidence = make_evidence(archived, site)

    assert evidence.roles.get(UserId(ada)) == given
    assert evidence.missing_roles == missing


def test_roles_of_other_components_are_not_the_courses_to_give() -> None:
    course = CourseBuilder()
    ada = course.student(course.instance("cohort"))
    archived = read(course)
    (role,) = archived.state.roles
    archived = replace(archived, state=replace(archived.state, roles=(role._replace(component="mod_lti"),)))

    assert make_evidence(archived, accounts(ada)).roles == {}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"type": "section"}, ArchiveOfPartOfCourse),
        ({"original_course_format": "site"}, ArchiveOfFrontPage),
        ({"settings": {"users": "0"}}, ArchiveWithoutUsers),
        ({"settings": {"users": "1", "anonymize": "1"}}, ArchiveIsAnonymous),
        ({"backup_date": 0}, ArchiveWithoutDate),
    ],
)
def test_archive_that_tells_nothing_of_people_is_refused(
    changes: dict[str, object], error: type[MaintienError]
) -> None:
    course = CourseBuilder()
    course.student(course.instance("cohort"))
    header: ArchiveHeader = read(course).header
    require_evidence(header, "ours.mbz")

    with pytest.raises(error, match=r"ours\.mbz"):
        require_evidence(replace(header, **changes), "ours.mbz")  # type: ignore[arg-type]  # one at a time
