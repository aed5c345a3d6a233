"""What the drivers' errors mean, whichever driver it was.

Source: PostgreSQL's appendix of error codes; MySQL's and MariaDB's lists of server and client
errors; SQLite's result codes.
"""

import re
import sqlite3
from enum import Enum, auto
from typing import Final

import psycopg
import pymysql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from maintien.messages import N_
from maintien.sites.database.mariadb_sessions import fast_mariadb_driver

DRIVER_ERRORS: Final[tuple[type[Exception], ...]] = (
    DBAPIError,
    PoolTimeout,
    # SQLAlchemy does not wrap what is raised outside its own calls.
    psycopg.Error,
    pymysql.MySQLError,
    sqlite3.Error,
    *((fast.Error,) if (fast := fast_mariadb_driver()) else ()),
)


class Meaning(Enum):
    """What can be done about an error."""

    NO_CONNECTION = auto()
    DENIED = auto()
    """The account, the server or the file is for reading only, or not even that."""
    CONTENTION = auto()
    """Nothing was written; the same may succeed a moment later."""
    DUPLICATE = auto()
    """A row that was to be new is there."""
    OTHER = auto()


_SQLSTATES: Final = {
    "25006": Meaning.DENIED,  # read_only_sql_transaction
    "42501": Meaning.DENIED,  # insufficient_privilege
    "40001": Meaning.CONTENTION,  # serialization_failure
    "40P01": Meaning.CONTENTION,  # deadlock_detected
    "55P03": Meaning.CONTENTION,  # lock_not_available, which is lock_timeout too
    "23505": Meaning.DUPLICATE,  # unique_violation
    "53300": Meaning.NO_CONNECTION,  # too_many_connections
    "57P03": Meaning.NO_CONNECTION,  # cannot_connect_now
}

_MARIADB_CODES: Final = {
    1044: Meaning.DENIED,  # ER_DBACCESS_DENIED_ERROR
    1142: Meaning.DENIED,  # ER_TABLEACCESS_DENIED_ERROR
    1143: Meaning.DENIED,  # ER_COLUMNACCESS_DENIED_ERROR
    1227: Meaning.DENIED,  # ER_SPECIFIC_ACCESS_DENIED_ERROR
    1290: Meaning.DENIED,  # ER_OPTION_PREVENTS_STATEMENT: --read-only
    1792: Meaning.DENIED,  # ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
    1836: Meaning.DENIED,  # ER_READ_ONLY_MODE
    1020: Meaning.CONTENTION,  # ER_CHECKREAD: changed since this transaction's snapshot
    1205: Meaning.CONTENTION,  # ER_LOCK_WAIT_TIMEOUT
    1213: Meaning.CONTENTION,  # ER_LOCK_DEADLOCK
    1062: Meaning.DUPLICATE,  # ER_DUP_ENTRY
    1040: Meaning.NO_CONNECTION,  # ER_CON_COUNT_ERROR
    1045: Meaning.NO_CONNECTION,  # ER_ACCESS_DENIED_ERROR
    1049: Meaning.NO_CONNECTION,  # ER_BAD_DB_ERROR
    1129: Meaning.NO_CONNECTION,  # ER_HOST_IS_BLOCKED
    1130: Meaning.NO_CONNECTION,  # ER_HOST_NOT_PRIVILEGED
    1203: Meaning.NO_CONNECTION,  # ER_TOO_MANY_USER_CONNECTIONS
    1226: Meaning.NO_CONNECTION,  # ER_USER_LIMIT_REACHED
    1698: Meaning.NO_CONNECTION,  # ER_ACCESS_DENIED_NO_PASSWORD_ERROR
    2002: Meaning.NO_CONNECTION,  # CR_CONNECTION_ERROR
    2003: Meaning.NO_CONNECTION,  # CR_CONN_HOST_ERROR
    2005: Meaning.NO_CONNECTION,  # CR_UNKNOWN_HOST
}

_SQLITE_CODES: Final = {
    sqlite3.SQLITE_READONLY: Meaning.DENIED,
    sqlite3.SQLITE_PERM: Meaning.DENIED,
    sqlite3.SQLITE_BUSY: Meaning.CONTENTION,
    sqlite3.SQLITE_LOCKED: Meaning.CONTENTION,
    sqlite3.SQLITE_CANTOPEN: Meaning.NO_CONNECTION,
    sqlite3.SQLITE_NOTADB: Meaning.NO_CONNECTION,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: Meaning.DUPLICATE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: Meaning.DUPLICATE,
}

_PRIMARY_CODE: Final = 0xFF
"""SQLite's extended result codes keep the general one in their low byte."""

_MARIADB_REASONS: Final = {
    1040: N_("the server has no connection to spare"),
    1044: N_("this user may not enter this database"),
    1045: N_("the server refuses this user name or password"),
    1049: N_("there is no database of this name on the server"),
    1130: N_("the server does not let this user in from this machine"),
    1203: N_("the server has no connection to spare"),
    1226: N_("the server has no connection to spare"),
    1698: N_("the server refuses this user name or password"),
    2005: N_("the host's name is unknown"),
}

_REASONS: Final = (
    (r"timeout expired|timed out", N_("the server did not answer in time")),
    (r"refused|No such file or directory|Is the server running", N_("no server answers there")),
    (
        r"resolve host|translate host|Name or service not known|getaddrinfo|\[Errno -\d+\]",
        N_("the host's name is unknown"),
    ),
    (r'database ".*" does not exist', N_("there is no database of this name on the server")),
    (r"permission denied for database", N_("this user may not enter this database")),
    (r"no pg_hba\.conf entry", N_("the server does not let this user in from this machine")),
    (
        r'authentication failed|no password supplied|role ".*" does not exist|not permitted to log',
        N_("the server refuses this user name or password"),
    ),
    (r"too many clients|remaining connection slots", N_("the server has no connection to spare")),
    (r"starting up|shutting down|is not accepting", N_("the server is starting or stopping")),
    (
        r"certificate verify failed|CERTIFICATE_VERIFY",
        N_("the server's certificate can't be trusted"),
    ),
    (r"file is not a database", N_("the file is not an SQLite database")),
    (r"unable to open database file", N_("the file can't be opened")),
)
"""By the words of libpq, which gives no code to a failed connection, and of the system."""


def meaning_of(error: BaseException | None) -> Meaning:
    """Tell what one driver's error means."""
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0)
        return _SQLITE_CODES.get(code) or _SQLITE_CODES.get(code & _PRIMARY_CODE, Meaning.OTHER)
    if isinstance(error, psycopg.Error):
        return _meaning_on_postgresql(error)
    return _MARIADB_CODES.get(_mariadb_code(error), Meaning.OTHER)


def connecting_reason(error: BaseException | None) -> str | None:
    """Say plainly why a connection failed; a msgid, or None when only the driver can say it."""
    if isinstance(error, psycopg.errors.ConnectionTimeout):
        return N_("the server did not answer in time")
    known = _MARIADB_REASONS.get(_mariadb_code(error))
    if known is not None:
        return known
    text = str(error)
    return next((reason for pattern, reason in _REASONS if re.search(pattern, text)), None)


def first_words(error: BaseException | None) -> str:
    """Take the driver's own sentence, without the statement that some drivers append."""
    if isinstance(error, psycopg.Error):
        return error.diag.message_primary or str(error).rpartition("FATAL:")[2]
    if _mariadb_code(error) and error is not None and len(error.args) > 1:
        # A syntax error goes on with the statement from where it was not understood.
        return str(error.args[1]).partition(" near '")[0]
    return str(error)


def _meaning_on_postgresql(error: psycopg.Error) -> Meaning:
    if error.sqlstate is not None:
        return _SQLSTATES.get(error.sqlstate, Meaning.OTHER)
    never_connected = isinstance(error, psycopg.errors.ConnectionTimeout) or str(error).startswith(
        ("connection failed", "failed to resolve", "[Errno")
    )
    return Meaning.NO_CONNECTION if never_connected else Meaning.OTHER


def _mariadb_code(error: BaseException | None) -> int:
    code = error.args[0] if error is not None and error.args else 0
    return code if isinstance(code, int) else 0
