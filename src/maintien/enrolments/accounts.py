"""Accounts as a restore looks them up: what tells whether somebody is the person of an archive."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from maintien.moodle.ids import RoleId, UserId


class SiteAccount(NamedTuple):
    """An account of the site."""

    id: UserId
    username: str
    """Of a deleted account: its e-mail address and when it was deleted."""
    email: str
    """Of a deleted account: the MD5 of its user name, or empty."""
    firstaccess: int
    """Unix seconds; 0 for never."""
    is_deleted: bool
    mnethostid: int
    """The site of a Moodle network that the account belongs to; mostly the site itself."""


class SiteRole(NamedTuple):
    """A role of the site."""

    id: RoleId
    shortname: str
    archetype: str
    """The standard role that it was made from; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsWanted:
    """Which accounts to look up: those that answer to any of these."""

    ids: Collection[UserId] = ()
    usernames: Collection[str] = ()
    deleted_emails: Collection[str] = ()
    """E-mail addresses, of deleted accounts only."""
    first_accesses: Collection[int] = ()
    """Unix seconds; of any account."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is wanted."""
        return not (self.ids or self.usernames or self.deleted_emails or self.first_accesses)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteIdentity:
    """What tells whether an archive was made on the site."""

    identifier: str
    """``siteidentifier``; empty where Moodle has not thought of one yet."""
    local_host: int
    """``mnet_localhost_id``: the site itself among the hosts of its network."""
