"""Finds in whose name to write."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from maintien.errors.selection import UnknownOperator
from maintien.moodle.ids import UserId
from maintien.sites.database.tables import MoodleTables
from maintien.sites.database.tokens import is_id, is_storable


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorFound:
    """An account to write in the name of; where it is not known, somebody should hear of it."""

    id: UserId
    is_known: bool = True


def find_operator(connection: Connection, tables: MoodleTables, text: str) -> OperatorFound:
    """Find the account with this id or user name, whatever its case: Moodle keeps lower case.

    An id is taken also where there is no such account, unless the digits are somebody's user name.

    Raises:
        UnknownOperator: nobody has this user name.
    """
    if is_id(text) and _exists(connection, tables, UserId(int(text))):
        return OperatorFound(id=UserId(int(text)))
    named = _named(connection, tables, text.lower()) if is_storable(text) else None
    if named is not None:
        return OperatorFound(id=named)
    if is_id(text):
        return OperatorFound(id=UserId(int(text)), is_known=False)
    raise UnknownOperator(operator=text)


def _exists(connection: Connection, tables: MoodleTables, id_: UserId) -> bool:
    user = tables.user
    query = select(user.c.id).where(user.c.id == id_).where(user.c.deleted == 0)
    return connection.execute(query).first() is not None


def _named(connection: Connection, tables: MoodleTables, username: str) -> UserId | None:
    """Find a user name, the local account before those of other Moodles (MNet)."""
    user, config = tables.user, tables.config
    local = select(config.c.value).where(config.c.name == "mnet_localhost_id")
    host = connection.execute(local).scalar()
    rows = connection.execute(
        select(user.c.id, user.c.username, user.c.mnethostid)
        .where(user.c.username == username)
        .where(user.c.deleted == 0)
        .order_by(user.c.id)
    ).all()
    # Compared again: the database may take é for e.
    exact = [row for row in rows if row.username == username]
    exact.sort(key=lambda row: str(row.mnethostid) != host)
    return UserId(exact[0].id) if exact else None
