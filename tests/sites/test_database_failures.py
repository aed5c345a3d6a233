"""Drivers' errors are wrapped once, as what can be done about them, without SQL and without secrets."""

import sqlite3
from collections.abc import Iterator

import psycopg
import pymysql
import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from maintien.errors.selection import UnknownCourse
from maintien.errors.sites import CannotConnect, DatabaseFailed, ReadOnlyAccount
from maintien.sites.database.connecting import connect_engine
from maintien.sites.database.failures import database_failures
from maintien.sites.database.tables import moodle_tables as tables_with
from maintien.sites.database.urls import parse_database_url
from maintien.sites.interface import Contention, StateMoved
from tests.servers.moodle_databases import MoodleDatabase, Tables
from tests.sites.small_moodle import everything_said

SECRET = "s3cr3t/@é"  # noqa: S105 -- a test's


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    return error


DENIED = {
    "pg_permission": psycopg.errors.InsufficientPrivilege("x"),
    "pg_read_only": psycopg.errors.ReadOnlySqlTransaction("x"),
    "database": pymysql.err.OperationalError(1044, "x"),
    "table": pymysql.err.OperationalError(1142, "x"),
    "column": pymysql.err.OperationalError(1143, "x"),
    "privilege": pymysql.err.OperationalError(1227, "x"),
    "server_read_only": pymysql.err.OperationalError(1290, "x"),
    "transaction_read_only": pymysql.err.OperationalError(1792, "x"),
    "sqlite": sqlite_error(sqlite3.SQLITE_READONLY),
    "sqlite_folder": sqlite_error(sqlite3.SQLITE_READONLY_DIRECTORY),
}
AGAIN = {
    "pg_deadlock": psycopg.errors.DeadlockDetected("x"),
    "pg_serialization": psycopg.errors.SerializationFailure("x"),
    "pg_lock": psycopg.errors.LockNotAvailable("x"),
    "deadlock": pymysql.err.OperationalError(1213, "x"),
    "lock": pymysql.err.OperationalError(1205, "x"),
    "sqlite_busy": sqlite_error(sqlite3.SQLITE_BUSY),
    "sqlite_snapshot": sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT),
    "sqlite_locked": sqlite_error(sqlite3.SQLITE_LOCKED),
}
MOVED = {
    "pg": psycopg.errors.UniqueViolation("x"),
    "mariadb": pymysql.err.IntegrityError(1062, "x"),
    "sqlite": sqlite_error(sqlite3.SQLITE_CONSTRAINT_UNIQUE),
    "sqlite_key": sqlite_error(sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY),
}
OTHER = {
    "pg": psycopg.errors.UndefinedTable("x"),
    "pg_shutdown": psycopg.errors.AdminShutdown("x"),
    "pg_lost": psycopg.OperationalError("server closed the connection unexpectedly"),
    "mariadb": pymysql.err.ProgrammingError(1146, "x"),
    "mariadb_lost": pymysql.err.OperationalError(2013, "x"),
    "mariadb_null": pymysql.err.IntegrityError(1048, "x"),
    "sqlite": sqlite_error(sqlite3.SQLITE_ERROR),
    "sqlite_null": sqlite_error(sqlite3.SQLITE_CONSTRAINT_NOTNULL),
    "sqlite_disk": sqlite_error(sqlite3.SQLITE_FULL),
    "no_code": sqlite3.InterfaceError("x"),
    "pool": PoolTimeout("QueuePool limit reached"),
}
NO_CONNECTION = {
    "pg_timeout": psycopg.errors.ConnectionTimeout("x"),
    "pg_refused": psycopg.OperationalError("connection failed: Connection refused"),
    "pg_full": psycopg.errors.TooManyConnections("x"),
    "mariadb_refused": pymysql.err.OperationalError(2003, "Can't connect ([Errno 111] Connection refused)"),
    "mariadb_full": pymysql.err.OperationalError(1040, "x"),
    "sqlite": sqlite_error(sqlite3.SQLITE_CANTOPEN),
    "no_sqlite": sqlite_error(sqlite3.SQLITE_NOTADB),
}

CASES = [
    *((error, True, ReadOnlyAccount) for error in DENIED.values()),
    *((error, False, DatabaseFailed) for error in DENIED.values()),
    *((error, is_writing, Contention) for error in AGAIN.values() for is_writing in (True, False)),
    *((error, True, StateMoved) for error in MOVED.values()),
    *((error, is_writing, DatabaseFailed) for error in OTHER.values() for is_writing in (True, False)),
    *((error, True, CannotConnect) for error in NO_CONNECTION.values()),
]


def wrapped(error: Exception) -> Exception:
    """As SQLAlchemy raises a driver's error."""
    return DBAPIError("SELECT name FROM mdl_user", {"name": "Ada"}, error)


@pytest.mark.parametrize(("error", "is_writing", "expected"), CASES, ids=repr)
def test_error_becomes_what_can_be_done_about_it(
    error: Exception,
    is_writing: bool,  # noqa: FBT001 -- a column of the table
    expected: type[Exception],
) -> None:
    for raised in (error, wrapped(error)):
        with pytest.raises(expected) as caught, database_failures("campus", is_writing=is_writing):
            raise raised

        assert caught.type is expected
        assert caught.value.__cause__ is raised
        assert "campus" in str(caught.value) or expected in (Contention, StateMoved)


def test_errors_of_ours_and_of_programmers_pass() -> None:
    for error in (UnknownCourse(course="x"), StateMoved(), TypeError("x"), KeyError("x")):
        with pytest.raises(type(error)) as caught, database_failures("campus"):
            raise error

        assert caught.value is error


HOSTILE = {
    "lines": "a\r\nb\tc",
    "escape": "a \x1b[31mb\x9b c",
    "nul": "a\x00b",
}


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_reason_is_one_clean_line(words: str) -> None:
    with pytest.raises(DatabaseFailed) as caught, database_failures("campus"):
        raise sqlite3.OperationalError(words)

    assert str(caught.value.fields["reason"]).isprintable()


def test_reason_is_short() -> None:
    with pytest.raises(DatabaseFailed) as caught, database_failures("campus"):
        raise sqlite3.OperationalError("x" * 100_000)

    assert len(str(caught.value.fields["reason"])) == 300


LEAKING = {
    "as_it_is": SECRET,
    "in_a_url": "s3cr3t%2F%40%C3%A9",
    "in_a_path": "s3cr3t/%40%C3%A9",
}


@pytest.mark.parametrize("form", LEAKING.values(), ids=LEAKING)
@pytest.mark.parametrize("kind", [psycopg.OperationalError, sqlite3.OperationalError])
def test_password_that_a_driver_repeats_goes_no_further(form: str, kind: type[Exception]) -> None:
    for error in (kind(f"bad conninfo password={form}"), wrapped(kind(f"password={form}"))):
        with pytest.raises(DatabaseFailed) as caught, database_failures("campus", password=SECRET):
            raise error

        assert form not in everything_said(caught.value)
        assert "password=***" in str(caught.value)


@pytest.fixture
def moodle_tables() -> Tables:
    return Tables(names=frozenset({"config", "user_enrolments"}))


@pytest.fixture
def engine(moodle_database: MoodleDatabase) -> Iterator[Engine]:
    engine = connect_engine(parse_database_url(moodle_database.site_url))
    yield engine
    engine.dispose()


def test_second_row_of_a_key_is_a_moved_state(engine: Engine) -> None:
    row = insert(tables_with("mdl_").user_enrolments).values(enrolid=1, userid=2)
    with engine.begin() as connection:
        connection.execute(row)

    with (
        pytest.raises(StateMoved),
        database_failures("campus", is_writing=True),
        engine.begin() as connection,
    ):
        connection.execute(row)


STATEMENTS = {
    "no_table": "SELECT 'Ada' FROM nowhere",
    "no_column": "SELECT nothing, 'Ada' FROM mdl_config",
    "no_sql": "SELECT value FROM mdl_config WHERE name = 'x' AND WHERE 'Ada' = 'Ada Lovelace'",
}


def failure_of(engine: Engine, statement: str, **parameters: str) -> DatabaseFailed:
    with (
        pytest.raises(DatabaseFailed) as caught,
        database_failures("campus"),
        engine.connect() as connection,
    ):
        connection.execute(text(statement), parameters)
    return caught.value


def test_reason_has_neither_statement_nor_values(engine: Engine) -> None:
    for statement in STATEMENTS.values():
        error = failure_of(engine, statement)

        assert error.fields["site"] == "campus"
        assert "Ada" not in str(error)
        assert "\n" not in str(error)


def test_parameters_are_in_no_traceback(engine: Engine) -> None:
    value = "Ada Lovelace"

    error = failure_of(engine, "SELECT :value FROM nowhere", value=value)

    assert value not in everything_said(error)
