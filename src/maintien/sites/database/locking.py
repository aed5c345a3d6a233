"""One run at a time on a site: an advisory lock in its database, on SQLite a lock on a file beside it.

The lock belongs to a connection of its own and goes with it, however the process ends. No row and no
table of Moodle's is locked.
"""

import fcntl
import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from maintien.sites.interface import Holder

_CLASS: Final = zlib.crc32(b"maintien") & 0x7FFFFFFF
"""The first half of PostgreSQL's key; the second tells prefixes in one database apart."""

_PATIENCE: Final = 1.0
"""Seconds between two tries of somebody who waits."""

_A_WEEK: Final = 7 * 24 * 60 * 60
"""How long MariaDB is to keep an idle connection that holds a lock, in seconds."""


@contextmanager
def hold_lock(
    engine: Engine,
    prefix: str,
    claim: Holder,
    *,
    waits: bool,
    pause: Callable[[float], None] = sleep,
) -> Iterator[Holder | None]:
    """Hold the site's lock while the block runs; give None, or who holds it where somebody else does.

    With ``waits`` it is tried again until it is free, and nobody else is given.
    """
    lock = _HOLDERS[engine.dialect.name]
    while True:
        with lock(engine, prefix, claim) as other:
            if other is None or not waits:
                yield other
                return
        pause(_PATIENCE)


@contextmanager
def _postgresql(engine: Engine, prefix: str, claim: Holder) -> Iterator[Holder | None]:
    key = {"class": _CLASS, "site": zlib.crc32(prefix.encode()) & 0x7FFFFFFF}
    with _own_connection(engine) as connection:
        connection.execute(
            text("SELECT set_config('application_name', :name, false)"),
            {"name": f"maintien {claim.name}"[:63]},
        )
        if connection.scalar(text("SELECT pg_try_advisory_lock(:class, :site)"), key):
            with _released(connection, "SELECT pg_advisory_unlock(:class, :site)", key):
                yield None
            return
        row = connection.execute(
            text(
                "SELECT a.application_name, extract(epoch FROM a.backend_start)::bigint"
                " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
                " JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
                " WHERE l.locktype = 'advisory' AND l.granted"
                " AND l.classid::bigint = :class AND l.objid::bigint = :site"
            ),
            key,
        ).first()
        name, since = (row[0] or "", row[1] or 0) if row is not None else ("", 0)
    yield Holder(name=name.removeprefix("maintien "), since=since)


@contextmanager
def _mariadb(engine: Engine, prefix: str, _: Holder) -> Iterator[Holder | None]:
    with _own_connection(engine) as connection:
        # A name may have 64 characters at most, and is the server's, not the database's.
        database = str(connection.scalar(text("SELECT DATABASE()")))
        name = f"maintien {zlib.crc32(database.encode()):08x} {prefix}"
        connection.execute(text(f"SET SESSION wait_timeout = {_A_WEEK}"))
        if connection.scalar(text("SELECT GET_LOCK(:name, 0)"), {"name": name}) == 1:
            with _released(connection, "SELECT RELEASE_LOCK(:name)", {"name": name}):
                yield None
            return
        row = connection.execute(
            text(
                "SELECT CONCAT(user, '@', SUBSTRING_INDEX(host, ':', 1)), time"
                " FROM information_schema.processlist WHERE id = IS_USED_LOCK(:name)"
            ),
            {"name": name},
        ).first()
        # The holder's connection is idle but for the lock, so its idle time is the lock's age.
        now = int(connection.scalar(text("SELECT UNIX_TIMESTAMP()")) or 0)
        other = Holder(name="", since=0) if row is None else Holder(name=row[0], since=now - row[1])
    yield other


@contextmanager
def _released(connection: Connection, statement: str, parameters: Mapping[str, object]) -> Iterator[None]:
    """Release the lock at the end: a server takes a moment to notice that a connection was closed."""
    try:
        yield
    finally:
        with suppress(DBAPIError):
            connection.execute(text(statement), parameters)


@contextmanager
def _own_connection(engine: Engine) -> Iterator[Connection]:
    """Give a connection that is closed afterwards, not given back: the lock goes with it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            yield connection
        finally:
            connection.invalidate()


@contextmanager
def _sqlite(engine: Engine, prefix: str, claim: Holder) -> Iterator[Holder | None]:
    with _own_connection(engine) as connection:
        listed = connection.execute(text("PRAGMA database_list")).all()
    file = Path(next(row[2] for row in listed if row[1] == "main"))
    lock = file.with_name(f".{file.name}.{prefix}maintien-lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield _read_claim(lock)
        else:
            os.truncate(descriptor, 0)
            os.write(descriptor, json.dumps([claim.name, claim.since]).encode())
            yield None
    finally:
        os.close(descriptor)


def _read_claim(lock: Path) -> Holder:
    try:
        name, since = json.loads(lock.read_text())
        return Holder(name=str(name), since=int(since))
    except (OSError, ValueError, TypeError):
        # Its holder is just writing it.
        return Holder(name="", since=0)


_HOLDERS: Final = {
    "postgresql": _postgresql,
    "mariadb": _mariadb,
    "mysql": _mariadb,
    "sqlite": _sqlite,
}
