"""SQLite: an existing file, and transactions that begin when they are said to."""

import os
import sqlite3
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL

from maintien.errors.sites import CannotConnect, SqliteTooOld
from maintien.messages import N_
from maintien.sites.database.settings import DatabaseSettings

OLDEST_SQLITE: Final = (3, 35, 0)
"""The first with RETURNING."""


def require_recent_sqlite() -> None:
    """Require a SQLite with RETURNING.

    Raises:
        SqliteTooOld: Python was built with an older one.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise SqliteTooOld(version=sqlite3.sqlite_version)


def require_sqlite_file(settings: DatabaseSettings) -> None:
    """Require the file to exist, since SQLite would create it for a slip of the keyboard.

    Raises:
        CannotConnect: it does not, or it is not a file.
    """
    if not Path(settings.database).is_file():
        raise CannotConnect(site=settings.label, reason=N_("there is no such file"))


def sqlite_connection(settings: DatabaseSettings) -> tuple[URL, dict[str, Any]]:
    """Name the file as a URI that never creates it; read-only where it can't be written."""
    path = os.fspath(Path(settings.database).absolute())
    mode = "rw" if os.access(path, os.W_OK) else "ro"
    url = URL.create("sqlite", database=f"file:{quote(path)}", query={"mode": mode, "uri": "true"})
    return url, {"timeout": settings.lock_timeout}


def prepare_sqlite(engine: Engine) -> None:
    """Make each transaction one from its first statement, whatever that is; and know every letter's case.

    Python's driver would begin one only before the first change, after what was read for it. For
    writing, execution option ``sqlite_begin`` is IMMEDIATE: a transaction that reads first and wants
    to write later fails at once when another one has written meanwhile.
    """
    event.listen(engine, "connect", _leave_transactions_alone)
    event.listen(engine, "connect", _add_functions)
    event.listen(engine, "begin", _begin)


def _leave_transactions_alone(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None


def _add_functions(connection: sqlite3.Connection, _record: object) -> None:
    # SQLite's own knows no letters but A to Z.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: str | None) -> str | None:
    return None if text is None else str(text).lower()


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
