"""Temporary tables that a sync collects people in, so that the rest is a few statements for all.

No statement names a temporary table twice: MySQL and older MariaDB refuse that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, MetaData, SmallInteger, Table

_METADATA: Final = MetaData()


def _table(name: str, keys: tuple[str, ...], others: tuple[str, ...] = ()) -> Table:
    number = BigInteger()
    return Table(
        f"maintien_{name}",
        _METADATA,
        *(Column(key, number, primary_key=True, autoincrement=False) for key in keys),
        *(Column(other, number, nullable=False) for other in others),
        prefixes=["TEMPORARY"],
    )


FED: Final = _table("fed", ("instanceid",), ("courseid", "contextid"))
"""The database instances that a sync looks after."""

LISTED: Final = _table("listed", ("instanceid", "userid", "roleid"), ("courseid", "contextid"))
"""Whom the register lists, with each of their roles."""
LISTED.append_column(Column("is_enrolled", SmallInteger, nullable=False))

LEAVERS: Final = _table("leavers", ("instanceid", "userid"), ("courseid", "contextid"))
"""People whom the feed of an instance no longer lists."""

GONE: Final = _table("gone", ("userid", "courseid"), ("contextid",))
"""People without any enrolment left in a course."""


@contextmanager
def staged(connection: Connection, *tables: Table) -> Iterator[None]:
    """Have these temporary tables, empty, as long as the block lasts, in the caller's transaction."""
    for table in tables:
        # MariaDB keeps a temporary table on rollback, so an earlier failure may have left one.
        _drop(connection, table, unless_missing=True)
        table.create(connection, checkfirst=False)
    yield
    for table in tables:
        _drop(connection, table, unless_missing=False)


def _drop(connection: Connection, table: Table, *, unless_missing: bool) -> None:
    # Without the word TEMPORARY, MariaDB and MySQL would commit the caller's transaction here.
    is_mariadb = connection.dialect.name in ("mariadb", "mysql")
    temporary = "TEMPORARY " if is_mariadb else ""
    if_exists = "IF EXISTS " if unless_missing else ""
    connection.exec_driver_sql(f"DROP {temporary}TABLE {if_exists}{table.name}")
