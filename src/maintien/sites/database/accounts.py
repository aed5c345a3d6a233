"""Reads accounts, roles and hosts as a restore looks them up; a few queries for hundreds of people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, select

from maintien.enrolments.accounts import AccountsWanted, SiteAccount, SiteIdentity, SiteRole
from maintien.sites.database.chunks import chunks
from maintien.sites.database.tables import MoodleTables

_LOCAL_HOST = "mnet_localhost_id"
_IDENTIFIER = "siteidentifier"
_FIRST_HOST = 1
"""What the site itself is among the hosts of its network, where it does not say."""


def read_accounts(connection: Connection, tables: MoodleTables, wanted: AccountsWanted) -> list[SiteAccount]:
    """Read the accounts wanted, by id, each once.

    A database that takes upper and lower case, or accents, for the same gives some more.
    """
    user = tables.user
    columns = [user.c[name] for name in ("id", "username", "email", "firstaccess", "deleted", "mnethostid")]
    found: dict[int, SiteAccount] = {}
    for condition in _conditions(tables, wanted):
        for row in connection.execute(select(*columns).where(condition)):
            account = SiteAccount(
                id=row.id,
                username=row.username,
                email=row.email,
                firstaccess=row.firstaccess,
                is_deleted=bool(row.deleted),
                mnethostid=row.mnethostid,
            )
            found[account.id] = account
    return [found[userid] for userid in sorted(found)]


def _conditions(tables: MoodleTables, wanted: AccountsWanted) -> Iterator[ColumnElement[bool]]:
    user = tables.user
    for ids in chunks(sorted(wanted.ids)):
        yield user.c.id.in_(ids)
    for usernames in chunks(sorted(wanted.usernames)):
        yield user.c.username.in_(usernames)
    for emails in chunks(sorted(wanted.deleted_emails)):
        yield (user.c.deleted != 0) & user.c.email.in_(emails)
    for moments in chunks(sorted(wanted.first_accesses)):
        yield user.c.firstaccess.in_(moments)


def read_identity(connection: Connection, tables: MoodleTables) -> SiteIdentity:
    """Read what tells whether an archive was made on the site."""
    config = tables.config
    names = (_LOCAL_HOST, _IDENTIFIER)
    rows = connection.execute(select(config.c.name, config.c.value).where(config.c.name.in_(names)))
    settings = {row.name: row.value for row in rows}
    local = settings.get(_LOCAL_HOST) or ""
    return SiteIdentity(
        identifier=settings.get(_IDENTIFIER) or "",
        local_host=int(local) if local.isdecimal() else _FIRST_HOST,
    )


def read_address(connection: Connection, tables: MoodleTables, hostid: int) -> str:
    """Read the address of a host of the Moodle network; empty where there is none."""
    host = tables.mnet_host
    return connection.scalar(select(host.c.wwwroot).where(host.c.id == hostid)) or ""


def read_hosts(connection: Connection, tables: MoodleTables, addresses: Iterable[str]) -> Mapping[str, int]:
    """Read the ids of hosts of the Moodle network by their addresses; the first, where one is there twice."""
    host = tables.mnet_host
    hosts: dict[str, int] = {}
    for chunk in chunks(sorted(set(addresses))):
        query = select(host.c.wwwroot, host.c.id).where(host.c.wwwroot.in_(chunk)).order_by(host.c.id)
        for address, hostid in connection.execute(query):
            hosts.setdefault(address, hostid)
    return hosts


def read_roles(connection: Connection, tables: MoodleTables) -> Sequence[SiteRole]:
    """Read all roles, by id."""
    role = tables.role
    rows = connection.execute(select(role.c.id, role.c.shortname, role.c.archetype).order_by(role.c.id))
    return [SiteRole(*row) for row in rows]
