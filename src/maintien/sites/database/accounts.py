"""Reads accounts, roles and hosts as a restore looks them up; a few queries for hundreds of people."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, select

from maintien.enrolments.accounts import AccountsWanted, SiteAccount, SiteIdentity, SiteRole
from maintien.sites.database.chunks import chunks
from maintien.sites.database.tables import MoodleTables

_LOCAL_HOST: Final = "mnet_localhost_id"
_IDENTIFIER: Final = "siteidentifier"
_FIRST_HOST: Final = 1
"""What the site itself is among the hosts of its network, where it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseAccounts:
    """Implements :class:`~maintien.mbz.matching.archived_people.PeopleSite`."""

    reading: Callable[[], AbstractContextManager[Connection]]
    """Opens a transaction that sees one moment of the database."""
    tables: MoodleTables
    wwwroot: str | None = None
    """The site's address; None to take what the database says."""

    def read_identity(self) -> SiteIdentity:
        """Read what tells whether an archive was made on the site."""
        config = self.tables.config
        query = select(config.c.name, config.c.value).where(config.c.name.in_((_LOCAL_HOST, _IDENTIFIER)))
        with self.reading() as connection:
            settings = {row.name: row.value for row in connection.execute(query)}
        local = settings.get(_LOCAL_HOST) or ""
        return SiteIdentity(
            identifier=settings.get(_IDENTIFIER) or "",
            local_host=int(local) if local.isdecimal() else _FIRST_HOST,
        )

    def read_address(self, local_host: int) -> str:
        """Read the site's own address; empty where nothing says it."""
        if self.wwwroot is not None:
            return self.wwwroot
        host = self.tables.mnet_host
        with self.reading() as connection:
            return connection.scalar(select(host.c.wwwroot).where(host.c.id == local_host)) or ""

    def read_hosts(self, addresses: Iterable[str]) -> Mapping[str, int]:
        """Read the ids of sites of the Moodle network, by their addresses; others are missing.

        Where one is there twice, it is the first.
        """
        host = self.tables.mnet_host
        hosts: dict[str, int] = {}
        with self.reading() as connection:
            for chunk in chunks(sorted(set(addresses))):
                query = select(host.c.wwwroot, host.c.id).where(host.c.wwwroot.in_(chunk))
                for address, hostid in connection.execute(query.order_by(host.c.id)):
                    hosts.setdefault(address, hostid)
        return hosts

    def read_accounts(self, wanted: AccountsWanted) -> Sequence[SiteAccount]:
        """Read the accounts wanted, by id, each once.

        A database that takes upper and lower case, or accents, for the same gives some more.
        """
        user = self.tables.user
        names = ("id", "username", "email", "firstaccess", "deleted", "mnethostid")
        query = select(*(user.c[name] for name in names))
        found: dict[int, SiteAccount] = {}
        with self.reading() as connection:
            for condition in self._conditions(wanted):
                for row in connection.execute(query.where(condition)):
                    found[row.id] = SiteAccount(
                        id=row.id,
                        username=row.username,
                        email=row.email,
                        firstaccess=row.firstaccess,
                        is_deleted=bool(row.deleted),
                        mnethostid=row.mnethostid,
                    )
        return [found[userid] for userid in sorted(found)]

    def _conditions(self, wanted: AccountsWanted) -> Iterator[ColumnElement[bool]]:
        user = self.tables.user
        for ids in chunks(sorted(wanted.ids)):
            yield user.c.id.in_(ids)
        for usernames in chunks(sorted(wanted.usernames)):
            yield user.c.username.in_(usernames)
        for emails in chunks(sorted(wanted.deleted_emails)):
            yield (user.c.deleted != 0) & user.c.email.in_(emails)
        for moments in chunks(sorted(wanted.first_accesses)):
            yield user.c.firstaccess.in_(moments)

    def read_roles(self) -> Sequence[SiteRole]:
        """Read all roles, by id."""
        role = self.tables.role
        query = select(role.c.id, role.c.shortname, role.c.archetype).order_by(role.c.id)
        with self.reading() as connection:
            return [SiteRole(*row) for row in connection.execute(query)]
