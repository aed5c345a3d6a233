"""PostgreSQL, through psycopg 3."""

from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import URL

from maintien.sites.database.settings import CONNECT_TIMEOUT, DatabaseSettings


def postgresql_connection(settings: DatabaseSettings) -> tuple[URL, dict[str, Any]]:
    """Put the settings into libpq's words."""
    url = URL.create(
        "postgresql+psycopg",
        username=settings.user,
        password=settings.password,
        host=settings.socket or settings.host,
        port=settings.port,
        database=settings.database,
    )
    arguments: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT,
        "application_name": "maintien",
        "client_encoding": "utf8",
    }
    if settings.transport is not None:
        arguments["sslmode"] = settings.transport.value
    if settings.certificate_authority is not None:
        arguments.setdefault("sslmode", "verify-ca")
        arguments["sslrootcert"] = settings.certificate_authority
    if settings.is_pooled:
        arguments["prepare_threshold"] = None
    return url, arguments


def prepare_postgresql(engine: Engine, settings: DatabaseSettings) -> None:
    """Say in each new session how long to wait for locks, and where the tables are.

    As statements, since poolers refuse what libpq would send with ``options``.
    """

    def set_up(connection: psycopg.Connection[Any], _record: object) -> None:
        wanted = [("lock_timeout", f"{int(settings.lock_timeout * 1000)}ms")]
        if settings.search_path is not None:
            wanted.append(("search_path", settings.search_path))
        connection.autocommit = True
        for name, value in wanted:
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.autocommit = False

    event.listen(engine, "connect", set_up)
