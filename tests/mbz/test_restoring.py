"""What there is to restore of an archive on a site, and what is said of the rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import md5

import pytest

from maintien.enrolments.accounts import AccountsWanted, SiteAccount, SiteIdentity, SiteRole
from maintien.enrolments.state import Course
from maintien.errors.archives import ArchiveOfFrontPage, ArchiveOfPartOfCourse, ArchiveWithoutUsers
from maintien.mbz.archive import ArchivedCourse, ArchivedRole, ArchiveHeader
from maintien.mbz.matching.archived_people import NotInArchive, UnmatchedPerson
from maintien.mbz.matching.people import NoAccount, UsernameTaken
from maintien.mbz.reading import read_archive
from maintien.mbz.restoring import Prepared, prepare_restoration, require_people
from maintien.moodle.ids import CourseId, RoleId, UserId
from maintien.planning.findings import (
    ArchiveHasGroups,
    ArchiveIsAnonymised,
    ArchiveOfAnotherCourse,
    ArchiveOfAnotherSite,
    ArchiveWithoutRoles,
    PeopleInDoubt,
    PeopleNotFound,
    RoleNotFound,
    RoleReplaced,
    SyncNotTriggered,
)
from tests.builders import BIOLOGY, CONFIG, ROLES, STUDENT, TEACHER, CourseBuilder
from tests.mbz.archives import source_of
from tests.mbz.course_archives import archive_of
from tests.mbz.people import account, look_up_among

SAME = "0123456789abcdef"
OTHER_COURSE = Course(*(CourseId(8), "CHEM", *BIOLOGY[2:]))


@dataclass(slots=True)
class PeopleInMemory:
    """A site with these accounts."""

    accounts: Sequence[SiteAccount] = ()
    identity: SiteIdentity = field(default_factory=lambda: SiteIdentity(identifier=SAME, local_host=1))
    address: str = "https://moodle.example.fr"
    hosts: Mapping[str, int] = field(default_factory=dict)
    roles: Sequence[SiteRole] = tuple(SiteRole(roleid, name, name) for name, roleid in ROLES.items())
    lookups: int = 0

    def read_identity(self) -> SiteIdentity:
        return self.identity

    def read_address(self, local_host: int) -> str:
        del local_host
        return self.address

    def read_hosts(self, addresses: Iterable[str]) -> Mapping[str, int]:
        return {address: self.hosts[address] for address in addresses if address in self.hosts}

    def read_accounts(self, wanted: AccountsWanted) -> Sequence[SiteAccount]:
        self.lookups += 1
        return list(look_up_among(self.accounts)(wanted))

    def read_roles(self) -> Sequence[SiteRole]:
        return self.roles


def made_here(archived: ArchivedCourse) -> ArchivedCourse:
    hashed = md5(SAME.encode(), usedforsecurity=False).hexdigest()
    return with_header(archived, original_site_identifier_hash=hashed, original_course_shortname="BIO101")


def with_header(archived: ArchivedCourse, **changes: str) -> ArchivedCourse:
    header: ArchiveHeader = replace(archived.header, **changes)  # type: ignore[arg-type]  # texts only
    return replace(archived, header=header)


def one_student() -> ArchivedCourse:
    """An archive that enrols u11, and was made on the same site."""
    course = CourseBuilder()
    course.student(course.instance("cohort"))
    return made_here(read_archive(source_of(archive_of(course.state()))))


def prepared(archived: ArchivedCourse, site: PeopleInMemory, course: Course = BIOLOGY) -> Prepared:
    config = replace(CONFIG, enabled_methods=frozenset({"manual", "cohort"}))
    return prepare_restoration(archived, site, config, course)


def test_people_and_roles_get_the_sites_ids() -> None:
    site = PeopleInMemory(
        accounts=[account(70, "u11")],
        identity=SiteIdentity(identifier="another", local_host=1),
        roles=[SiteRole(RoleId(50), "student", "student"), SiteRole(RoleId(30), "editingteacher", "")],
    )

    source = prepared(one_student(), site).restoration.source

    assert [row.userid for row in source.enrolments] == [70]
    assert [(row.userid, row.roleid) for row in source.roles] == [(70, 50)]
    assert [row.roleid for row in source.instances] == [50]


def test_same_site_and_course_is_nothing_to_mention() -> None:
    answer = prepared(one_student(), PeopleInMemory(accounts=[account(11, "u11")]))

    assert answer.restoration.findings == ()
    assert answer.unmatched == []
    assert answer.restoration.origin == (True, BIOLOGY.id)


def test_another_site_or_course_is_said() -> None:
    site = PeopleInMemory(accounts=[account(11, "u11")], identity=SiteIdentity(identifier="", local_host=1))

    elsewhere = prepared(one_student(), site, OTHER_COURSE).restoration
    here = prepared(one_student(), PeopleInMemory(accounts=[account(11, "u11")]), OTHER_COURSE).restoration

    assert elsewhere.findings == (
        ArchiveOfAnotherSite(address="https://moodle.example.fr"),
        ArchiveOfAnotherCourse(course="BIO101"),
    )
    assert here.findings == (ArchiveOfAnotherCourse(course="BIO101"),)


@pytest.mark.parametrize(("address", "is_same"), [("https://moodle.example.fr", True), ("", False)])
def test_archive_without_the_sites_identifier_goes_by_its_address(address: str, *, is_same: bool) -> None:
    archived = with_header(one_student(), original_site_identifier_hash="")
    site = PeopleInMemory(accounts=[account(11, "u11")], address=address)

    assert prepared(archived, site).restoration.origin.is_same_site == is_same


def test_people_who_are_not_found_are_named_and_left_out() -> None:
    course = CourseBuilder()
    feed = course.instance("cohort")
    ada, bob, eve = course.student(feed), course.student(feed), course.student(feed)
    state = replace(course.state(), missing=frozenset({eve}))
    archived = made_here(read_archive(source_of(archive_of(state))))

    answer = prepared(archived, PeopleInMemory(accounts=[account(99, f"u{bob}")]))

    assert answer.unmatched == [
        UnmatchedPerson(ada, f"u{ada}", f"Ada & Co No {ada}", NoAccount()),
        UnmatchedPerson(bob, f"u{bob}", f"Ada & Co No {bob}", UsernameTaken(UserId(99))),
        UnmatchedPerson(eve, "", "", NotInArchive()),
    ]
    assert answer.restoration.source.enrolments == ()
    assert answer.restoration.source.roles == ()
    assert answer.restoration.findings == (PeopleNotFound(people=2), PeopleInDoubt(people=1))


def test_person_whom_the_archive_does_not_refer_to_is_left_out_as_moodle_does() -> None:
    archived = replace(one_student(), referenced=frozenset())

    answer = prepared(archived, PeopleInMemory(accounts=[account(11, "u11")]))

    assert [person.reason for person in answer.unmatched] == [NotInArchive()]


def test_deleted_account_is_known_as_one() -> None:
    deleted = account(11, "u11@example.fr.1700000000", email="-", is_deleted=True)

    source = prepared(one_student(), PeopleInMemory(accounts=[deleted])).restoration.source

    assert source.deleted == {UserId(11)}
    assert len(source.enrolments) == 1


def test_person_of_a_networks_host_is_sought_there_or_here() -> None:
    archived = one_student()
    remote = archived.users[UserId(11)]._replace(mnethosturl="https://peer.example")
    archived = replace(archived, users={UserId(11): remote})
    there, here = account(11, "u11", host=3), account(11, "u11")

    known = prepared(archived, PeopleInMemory(accounts=[there], hosts={"https://peer.example": 3}))
    unknown = prepared(archived, PeopleInMemory(accounts=[here]))

    assert known.unmatched == unknown.unmatched == []


def test_roles_that_are_replaced_or_missing_are_said() -> None:
    archived = one_student()
    roles = {
        STUDENT: archived.roles[STUDENT]._replace(shortname="etudiant"),
        RoleId(9): ArchivedRole(RoleId(9), "jury", "", "", ""),
        TEACHER: archived.roles[TEACHER],
    }

    findings = prepared(
        replace(with_header(archived, original_site_identifier_hash="0" * 32), roles=roles),
        PeopleInMemory(accounts=[account(11, "u11")]),
    ).restoration.findings

    assert findings[1:] == (RoleNotFound(role="jury"), RoleReplaced(role="etudiant", by="student"))


def test_what_the_archive_lacks_or_has_too_much_is_said() -> None:
    course = CourseBuilder()
    ada = course.student(course.instance("cohort"))
    course.join(ada, 61)
    archived = made_here(read_archive(source_of(archive_of(course.state()))))
    without_roles = {**archived.header.settings, "role_assignments": "0", "anonymize": "1"}
    archived = replace(archived, header=replace(archived.header, settings=without_roles))

    findings = prepared(archived, PeopleInMemory(accounts=[account(11, "u11")])).restoration.findings

    assert findings == (ArchiveWithoutRoles(), ArchiveHasGroups(memberships=1), ArchiveIsAnonymised())


def test_sync_is_mentioned_where_moodle_would_have_run_it() -> None:
    site = PeopleInMemory(accounts=[account(11, "u11")])

    answer = prepare_restoration(one_student(), site, CONFIG, BIOLOGY)

    assert answer.restoration.findings == (SyncNotTriggered(),)


def test_many_people_are_looked_up_together() -> None:
    course = CourseBuilder()
    feed = course.instance("cohort")
    people = [course.student(feed) for _ in range(1001)]
    archived = made_here(read_archive(source_of(archive_of(course.state()))))
    site = PeopleInMemory(accounts=[account(userid, f"u{userid}") for userid in people])

    answer = prepared(archived, site)

    assert len(answer.restoration.source.enrolments) == 1001
    assert site.lookups == 3


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"type": "section"}, ArchiveOfPartOfCourse),
        ({"original_course_format": "site"}, ArchiveOfFrontPage),
    ],
)
def test_archives_without_enrolments_are_refused(changes: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        require_people(with_header(one_student(), **changes).header, "a.mbz")


def test_archive_without_users_is_refused() -> None:
    header = one_student().header

    with pytest.raises(ArchiveWithoutUsers):
        require_people(replace(header, settings={"users": "0"}), "a.mbz")
    require_people(header, "a.mbz")
