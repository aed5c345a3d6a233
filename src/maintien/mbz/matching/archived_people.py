"""Finds the people whom an archive enrols again on a site, and whether it is the archive's own site."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import md5
from itertools import islice
from typing import Final, NamedTuple, Protocol, TypeAlias

from maintien.enrolments.accounts import AccountsWanted, SiteAccount, SiteIdentity, SiteRole
from maintien.mbz.archive import ArchivedCourse, ArchivedUser, ArchiveHeader
from maintien.mbz.matching.people import Found, Sought, Unmatched, is_anonymous, match_people
from maintien.moodle.ids import UserId

PEOPLE_AT_ONCE: Final = 500
"""How many people are looked up together: each may be asked for by four traits."""


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


def is_same_site(header: ArchiveHeader, site: PeopleSite, identity: SiteIdentity) -> bool:
    """Whether an archive was made on the site.

    Source: backup_general_helper::backup_is_samesite (backup/util/helper), Moodle 4.1 and 4.3.
    """
    if header.original_site_identifier_hash:
        hashed = md5(identity.identifier.encode(), usedforsecurity=False).hexdigest()
        return bool(identity.identifier) and header.original_site_identifier_hash == hashed
    return bool(header.original_wwwroot) and header.original_wwwroot == site.read_address(identity.local_host)


@dataclass(slots=True)
class ArchivedPeople:
    """The people of an archive, while they are found again."""

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

    def find(self, ids: Collection[UserId]) -> None:
        """Find these people again, a part of them at a time; ids are the archive's."""
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


def _unmatched(userid: UserId, user: ArchivedUser | None, reason: NotRestored) -> UnmatchedPerson:
    if user is None:
        return UnmatchedPerson(userid, "", "", reason)
    return UnmatchedPerson(userid, user.username, f"{user.firstname} {user.lastname}".strip(), reason)
