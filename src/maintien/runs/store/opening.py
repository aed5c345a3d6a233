"""Opens the store of runs: an SQLite file, made where there is none, or PostgreSQL by URL."""

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event, func, insert, inspect, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from maintien.errors.runs import BadStateUrl, RunStoreFailed, RunStoreTooNew
from maintien.messages import N_
from maintien.runs.store.database import DatabaseRunStore
from maintien.runs.store.failures import store_failures
from maintien.runs.store.tables import METADATA, SCHEMA, VERSION

_FOR_US_ONLY: Final = 0o600
_WAIT_MILLISECONDS: Final = 30_000
_LOCK: Final = 0x6D61696F
"""Any number: PostgreSQL's advisory locks are told apart by one."""
_POSTGRESQL: Final = ("postgresql", "postgres")


def open_run_store(text: str) -> DatabaseRunStore:
    """Open the store that ``text`` names, and make its tables where it is new.

    Raises:
        BadStateUrl: the URL is not one of SQLite or PostgreSQL.
        RunStoreFailed: the file or the server can't be used.
        RunStoreTooNew: a newer maintien has written it.
    """
    url = _parse(text)
    name = url.render_as_string(hide_password=True)
    engine = _sqlite_engine(url, name) if url.get_backend_name() == "sqlite" else _server_engine(url)
    try:
        _prepare_tables(engine, name)
    except BaseException:
        engine.dispose()
        raise
    return DatabaseRunStore(engine=engine, name=name)


def _prepare_tables(engine: Engine, name: str) -> None:
    with store_failures(name):
        with engine.connect() as connection:
            is_whole = METADATA.tables.keys() <= set(inspect(connection).get_table_names())
            version = connection.scalar(select(SCHEMA.c.version)) if is_whole else None
        if version is None:
            version = _make_tables(engine)
    if version > VERSION:
        raise RunStoreTooNew(store=name)


def _make_tables(engine: Engine) -> int:
    """Make the tables that are missing, and tell the version; of several processes one after the other."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        METADATA.create_all(connection)
        version = connection.scalar(select(SCHEMA.c.version))
        if version is not None:
            return int(version)
        connection.execute(insert(SCHEMA).values(version=VERSION))
        return VERSION


def _parse(text: str) -> URL:
    try:
        url = make_url(text)
    except ArgumentError:
        raise BadStateUrl(reason=N_("it is not a URL")) from None
    if url.drivername in _POSTGRESQL:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite":
        raise BadStateUrl(reason=N_("runs are kept in SQLite or PostgreSQL"))
    if not url.database or url.database == ":memory:":
        raise BadStateUrl(reason=N_("it names no file"))
    return url


def _sqlite_engine(url: URL, name: str) -> Engine:
    file = Path(url.database or "")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # What people did to whose enrolments is nobody else's business on a shared machine.
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, _FOR_US_ONLY))
    except OSError as error:
        raise RunStoreFailed(store=name, reason=error.strerror or type(error).__name__) from error
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 -- the driver's
        cursor = connection.cursor()
        # A power cut must not take what was promised to be durable.
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA busy_timeout = {_WAIT_MILLISECONDS}")
        cursor.close()

    return engine


def _server_engine(url: URL) -> Engine:
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 10})
