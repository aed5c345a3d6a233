"""Tells whether the account may write what plans write, without writing."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import DBAPIError

from maintien.sites.database.driver_errors import Meaning, meaning_of
from maintien.sites.database.tables import MoodleTables
from maintien.sites.write_access import (
    FileIsReadOnly,
    MayWrite,
    MissingPrivilege,
    PrivilegesMissing,
    ServerIsReadOnly,
    WriteAccess,
)

NEEDED: Final = {
    "enrol": ("INSERT", "UPDATE", "DELETE"),
    "user_enrolments": ("INSERT", "UPDATE", "DELETE"),
    "role_assignments": ("INSERT", "UPDATE", "DELETE"),
    "groups_members": ("INSERT", "UPDATE", "DELETE"),
    "cache_flags": ("INSERT", "UPDATE"),
    "logstore_standard_log": ("INSERT",),
}
"""What plans, and undoing them, do to each table."""

_TEMPORARY: Final = "CREATE TEMPORARY TABLES"

_HARMLESS: Final = {
    "INSERT": "INSERT INTO {table} SELECT * FROM {table} WHERE 1 = 0",
    "UPDATE": "UPDATE {table} SET id = id WHERE 1 = 0",
    "DELETE": "DELETE FROM {table} WHERE 1 = 0",
}

_SERVER_REFUSES: Final = frozenset({1290, 1792, 1836})
"""MariaDB's and MySQL's codes for refusing changes whatever the privileges."""


def check_may_write(connection: Connection, tables: MoodleTables) -> WriteAccess:
    """Find what keeps the account from writing, if anything does."""
    match connection.dialect.name:
        case "sqlite":
            return _check_file(connection)
        case "postgresql":
            return _check_postgresql(connection, tables)
        case _:
            return _check_mariadb(connection, tables)


def _check_file(connection: Connection) -> WriteAccess:
    path = Path(unquote((connection.engine.url.database or "").removeprefix("file:")))
    # The folder too: SQLite keeps its journal beside the file.
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return MayWrite()
    return FileIsReadOnly()


def _check_postgresql(connection: Connection, tables: MoodleTables) -> WriteAccess:
    query = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"
    if connection.execute(text(query)).scalar():
        return ServerIsReadOnly()
    return _access([*_lacking_on_postgresql(connection, tables)])


def _lacking_on_postgresql(connection: Connection, tables: MoodleTables) -> Iterator[MissingPrivilege]:
    wanted = [(table.name, privilege) for table, privilege in _needed(tables)]
    query = text(
        "SELECT name, privilege,"
        " has_table_privilege(quote_ident(name), privilege),"
        " has_sequence_privilege(pg_get_serial_sequence(quote_ident(name), 'id'), 'USAGE')"
        " FROM unnest(CAST(:names AS text[]), CAST(:privileges AS text[]))"
        " WITH ORDINALITY AS needed (name, privilege, place) ORDER BY place"
    )
    names, privileges = zip(*wanted, strict=True)
    rows = connection.execute(query, {"names": list(names), "privileges": list(privileges)})
    for name, privilege, has_it, may_number in rows:
        if not has_it:
            yield MissingPrivilege(privilege, name)
        # NULL where the numbers come from elsewhere.
        if privilege == "INSERT" and may_number is False:
            yield MissingPrivilege("USAGE", f"{name}_id_seq")
    temporary = text("SELECT has_database_privilege(current_database(), 'TEMPORARY')")
    if not connection.execute(temporary).scalar():
        yield MissingPrivilege(_TEMPORARY, None)


def _check_mariadb(connection: Connection, tables: MoodleTables) -> WriteAccess:
    missing: list[MissingPrivilege] = []
    for table, privilege in _needed(tables):
        code = _refusal(connection, _explaining(connection, table, privilege))
        if code in _SERVER_REFUSES:
            return ServerIsReadOnly()
        if code is not None:
            missing.append(MissingPrivilege(privilege, table.name))
    if not _may_stage(connection):
        missing.append(MissingPrivilege(_TEMPORARY, None))
    return _access(missing)


def _explaining(connection: Connection, table: Table, privilege: str) -> str:
    """Ask for a statement's plan, which takes the statement's privileges, whoever granted them how."""
    name = connection.dialect.identifier_preparer.format_table(table)
    return f"EXPLAIN {_HARMLESS[privilege].format(table=name)}"


def _may_stage(connection: Connection) -> bool:
    # Only this session ever sees the table, and Moodle's own are not touched.
    if _refusal(connection, "CREATE TEMPORARY TABLE maintien_check (id int)") is not None:
        return False
    connection.exec_driver_sql("DROP TEMPORARY TABLE maintien_check")
    return True


def _refusal(connection: Connection, statement: str) -> int | None:
    """Return the server's code when it refuses to execute the statement."""
    try:
        connection.exec_driver_sql(statement).close()
    except DBAPIError as error:
        if meaning_of(error.orig) is not Meaning.DENIED or error.orig is None:
            raise
        return int(error.orig.args[0])
    return None


def _needed(tables: MoodleTables) -> Iterator[tuple[Table, str]]:
    for name, privileges in NEEDED.items():
        for privilege in privileges:
            yield getattr(tables, name), privilege


def _access(missing: Sequence[MissingPrivilege]) -> WriteAccess:
    return PrivilegesMissing(missing=tuple(missing)) if missing else MayWrite()
