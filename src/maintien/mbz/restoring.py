"""Makes of an archive what can be restored into a course of a site: its rows, in the site's own ids."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import md5
from itertools import islice
from typing import Final, NamedTuple, Protocol, TypeAlias

from maintien.enrolments.accounts import AccountsWanted, SiteAccount, SiteIdentity, SiteRole
from maintien.enrolments.state import Course, CourseState
from maintien.errors import ArchiveOfFrontPage, ArchiveOfPartOfCourse, ArchiveWithoutUsers
from maintien.mbz.archive import COURSE_TYPE, ArchivedCourse, ArchivedUser, ArchiveHeader
from maintien.mbz.matching.people import (
    Found,
    SeveralAccounts,
    Sought,
    Unmatched,
    UsernameTaken,
    is_anonymous,
    match_people,
)
from maintien.mbz.matching.roles import MatchedRoles, match_roles
from maintien.moodle.config import SiteConfig
from maintien.moodle.ids import RoleId, UserId
from maintien.planning.findings import (
    ArchiveHasGroups,
    ArchiveIsAnonymised,
    ArchiveOfAnotherCourse,
    ArchiveOfAnotherSite,
    ArchiveWithoutRoles,
    Finding,
    PeopleInDoubt,
    PeopleNotFound,
    RoleNotFound,
    RoleReplaced,
    SyncNotTriggered,
)
from maintien.planning.plan import RestoredFrom
from maintien.planning.restore import Restoration

PEOPLE_AT_ONCE: Final = 500
"""How many people are looked up together: each may be asked for by four traits."""

_FRONT_PAGE_FORMAT: Final = "site"

_NO_ROLE: Final = RoleId(0)


class NotInArchive(NamedTuple):
    """The archive enrols somebody of whom it says nothing else."""


NotRestored: TypeAlias = Unmatched | NotInArchive


class UnmatchedPerson(NamedTuple):
    """A person of the archive who is not restored, and why. Names come from outside."""

    id: UserId
    """On the archive's own site."""
    username: str
    fullname: str
    reason: NotRestored


class PeopleSite(Protocol):
    """What a site tells of its people and roles."""

    def read_identity(self) -> SiteIdentity:
        """Read what tells whether an archive was made on the site."""
        ...

    def read_address(self, local_host: int) -> str:
        """Read the site's own address; empty where nothing says it."""
        ...

    def read_hosts(self, addresses: Iterable[str]) -> Mapping[str, int]:
        """Read the ids of sites of the Moodle network, by their addresses; others are missing."""
        ...

    def read_accounts(self, wanted: AccountsWanted) -> Sequence[SiteAccount]:
        """Read the accounts wanted, and perhaps some more."""
        ...

    def read_roles(self) -> Sequence[SiteRole]:
        """Read all roles."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An archive that can be restored."""

    restoration: Restoration
    unmatched: Sequence[UnmatchedPerson]
    """By their ids in the archive."""


def require_people(header: ArchiveHeader, archive: str) -> None:
    """Refuse an archive that holds no enrolments; ``archive`` is what it is called in sentences.

    Raises ArchiveOfPartOfCourse, ArchiveOfFrontPage and ArchiveWithoutUsers.
    """
    if header.type != COURSE_TYPE:
        raise ArchiveOfPartOfCourse(archive=archive)
    if header.original_course_format == _FRONT_PAGE_FORMAT:
        raise ArchiveOfFrontPage(archive=archive)
    if not header.includes_users:
        raise ArchiveWithoutUsers(archive=archive)


def is_same_site(header: ArchiveHeader, site: PeopleSite, identity: SiteIdentity) -> bool:
    """Whether an archive was made on the site.

    Source: backup_general_helper::backup_is_samesite (backup/util/helper), Moodle 4.1 and 4.3.
    """
    if header.original_site_identifier_hash:
        hashed = md5(identity.identifier.encode(), usedforsecurity=False).hexdigest()
        return bool(identity.identifier) and header.original_site_identifier_hash == hashed
    return bool(header.original_wwwroot) and header.original_wwwroot == site.read_address(identity.local_host)


def prepare_restoration(
    archived: ArchivedCourse, site: PeopleSite, config: SiteConfig, course: Course
) -> Prepared:
    """Find the archive's people and roles again on the site, to restore it into ``course``."""
    identity = site.read_identity()
    same_site = is_same_site(archived.header, site, identity)
    people = _People(archived, site, identity, is_same_site=same_site)
    people.find()
    roles = match_roles(
        (archived.roles[roleid] for roleid in sorted(archived.roles)),
        site.read_roles(),
        is_same_site=same_site,
    )
    header = archived.header
    findings = (
        *_findings_of_archive(archived, course, is_same_site=same_site),
        *people.findings(),
        *(RoleNotFound(role=role.shortname) for role in roles.missing),
        *(RoleReplaced(role=role.shortname, by=by.shortname) for role, by in roles.replaced),
        *((SyncNotTriggered(),) if config.is_enabled("database") else ()),
    )
    restoration = Restoration(
        source=_translated(archived.state, people, roles),
        origin=RestoredFrom(is_same_site=same_site, courseid=header.original_course_id),
        findings=findings,
    )
    return Prepared(restoration=restoration, unmatched=people.unmatched)


@dataclass(slots=True)
class _People:
    """The people whom an archive enrols or gives roles, while they are found again."""

    archived: ArchivedCourse
    site: PeopleSite
    identity: SiteIdentity
    is_same_site: bool = field(kw_only=True)
    targets: dict[UserId, UserId] = field(default_factory=dict)
    """The site's ids by the archive's."""
    deleted: set[UserId] = field(default_factory=set)
    """Accounts of the site that are deleted."""
    unmatched: list[UnmatchedPerson] = field(default_factory=list)
    are_anonymous: bool = False

    def find(self) -> None:
        """Find everybody again, a part of them at a time."""
        state = self.archived.state
        ids = {row.userid for row in state.enrolments} | {row.userid for row in state.roles}
        ordered = iter(sorted(ids))
        while part := list(islice(ordered, PEOPLE_AT_ONCE)):
            self._find_part(part)

    def _find_part(self, ids: Sequence[UserId]) -> None:
        users, referenced = self.archived.users, self.archived.referenced
        # Moodle passes over whomever the archive does not refer to (restore_users_parser_processor).
        known = [users[userid] for userid in ids if userid in users and userid in referenced]
        self.are_anonymous = self.are_anonymous or any(map(is_anonymous, known))
        people = self._with_hosts(known)
        matches = match_people(people, self.site.read_accounts, is_same_site=self.is_same_site)
        found = {user.id: match for user, match in zip(known, matches, strict=True)}
        for userid in ids:
            match = found.get(userid, NotInArchive())
            if isinstance(match, Found):
                self.targets[userid] = match.account.id
                if match.account.is_deleted:
                    self.deleted.add(match.account.id)
            else:
                self.unmatched.append(_unmatched(userid, users.get(userid), match))

    def _with_hosts(self, users: Sequence[ArchivedUser]) -> list[Sought]:
        """Say which host each account belongs to: the site itself, unless another one is known here."""
        addresses = {user.mnethosturl for user in users if user.mnethosturl}
        hosts = self.site.read_hosts(addresses) if addresses else {}
        local = self.identity.local_host
        return [Sought(user, hosts.get(user.mnethosturl, local)) for user in users]

    def findings(self) -> Iterator[Finding]:
        """Sum up what became of the people."""
        if self.are_anonymous or self.archived.header.is_anonymised:
            yield ArchiveIsAnonymised()
        in_doubt = sum(isinstance(p.reason, UsernameTaken | SeveralAccounts) for p in self.unmatched)
        if not_found := len(self.unmatched) - in_doubt:
            yield PeopleNotFound(people=not_found)
        if in_doubt:
            yield PeopleInDoubt(people=in_doubt)


def _unmatched(userid: UserId, user: ArchivedUser | None, reason: NotRestored) -> UnmatchedPerson:
    if user is None:
        return UnmatchedPerson(userid, "", "", reason)
    return UnmatchedPerson(userid, user.username, f"{user.firstname} {user.lastname}".strip(), reason)


def _findings_of_archive(
    archived: ArchivedCourse, course: Course, *, is_same_site: bool
) -> Iterator[Finding]:
    header = archived.header
    if not is_same_site:
        yield ArchiveOfAnotherSite(address=header.original_wwwroot)
    is_same_course = (
        header.original_course_id == course.id
        if is_same_site
        else header.original_course_shortname == course.shortname
    )
    if not is_same_course:
        yield ArchiveOfAnotherCourse(course=header.original_course_shortname)
    if not header.includes_role_assignments:
        yield ArchiveWithoutRoles()
    if archived.state.memberships:
        yield ArchiveHasGroups(memberships=len(archived.state.memberships))


def _translated(state: CourseState, people: _People, roles: MatchedRoles) -> CourseState:
    """Give people and roles the site's ids; rows of those not found again are left out."""
    targets = people.targets
    role_ids = {roleid: target.id for roleid, target in roles.targets.items()}
    return CourseState(
        course=state.course,
        instances=tuple(
            row._replace(roleid=role_ids.get(RoleId(row.roleid), _NO_ROLE) if row.roleid else row.roleid)
            for row in state.instances
        ),
        enrolments=tuple(
            row._replace(userid=targets[row.userid]) for row in state.enrolments if row.userid in targets
        ),
        roles=tuple(
            row._replace(userid=targets[row.userid], roleid=role_ids[row.roleid])
            for row in state.roles
            if row.userid in targets and row.roleid in role_ids
        ),
        deleted=frozenset(people.deleted),
    )
