"""Opens engines whose sessions behave alike on every database.

Transactions are READ COMMITTED, as Moodle's own are (lib/dml/mysqli_native_moodle_database.php, 4.3;
PostgreSQL's default); waiting for a lock or for the server ends after some seconds; no parameter is
ever repeated in an error.
"""

from typing import Any, Final

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL

from maintien.sites.database.mariadb_sessions import mariadb_connection
from maintien.sites.database.postgresql_sessions import postgresql_connection, prepare_postgresql
from maintien.sites.database.settings import DatabaseSettings, Product
from maintien.sites.database.sqlite_sessions import (
    prepare_sqlite,
    require_recent_sqlite,
    require_sqlite_file,
    sqlite_connection,
)

_POOL: Final[dict[str, Any]] = {
    # One connection reads, one writes; the rest is for whoever looks at the same time.
    "pool_size": 2,
    "max_overflow": 3,
    "pool_timeout": 30,
    "pool_pre_ping": True,
    "hide_parameters": True,
}


def connect_engine(settings: DatabaseSettings) -> Engine:
    """Make an engine for the database; nothing connects before it is used.

    Raises:
        CannotConnect: the SQLite file is not there, or a file of certificates can't be read.
        SqliteTooOld: this machine's SQLite lacks what maintien needs.
    """
    match settings.product:
        case Product.SQLITE:
            return _sqlite_engine(settings)
        case Product.POSTGRESQL:
            url, arguments = postgresql_connection(settings)
            engine = _server_engine(url, arguments)
            prepare_postgresql(engine, settings)
            return engine
        case Product.MARIADB:
            return _server_engine(*mariadb_connection(settings))


def _sqlite_engine(settings: DatabaseSettings) -> Engine:
    require_recent_sqlite()
    require_sqlite_file(settings)
    url, arguments = sqlite_connection(settings)
    engine = create_engine(url, connect_args=arguments, **_POOL)
    prepare_sqlite(engine)
    return engine


def _server_engine(url: URL, arguments: dict[str, Any]) -> Engine:
    return create_engine(url, connect_args=arguments, isolation_level="READ COMMITTED", **_POOL)


def reading_engine(engine: Engine) -> Engine:
    """Derive an engine whose transactions each see one moment of the database, and only read.

    A course is read in several queries; between two of them a person may be enrolled.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writing_engine(engine: Engine) -> Engine:
    """Derive an engine whose transactions are meant to write."""
    return engine.execution_options(sqlite_begin="IMMEDIATE")
