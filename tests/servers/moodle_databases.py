"""Empty databases with Moodle's tables, quickly: copied, cloned or emptied rather than created anew."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from tests.moodle_schema import RECORDED_PREFIX, catalogue_for, create_tables
from tests.servers.emptying import empty_database
from tests.servers.mariadb import MariadbServer
from tests.servers.postgresql import PostgresqlServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Which tables a database has: of which Moodle, with which prefix; all, or those named without it."""

    prefix: str = RECORDED_PREFIX
    version: Literal["4.1", "4.3"] = "4.3"
    names: frozenset[str] | None = None

    def full_names(self, dialect: str) -> frozenset[str]:
        """What they are called in the database."""
        known = catalogue_for(dialect, self.version) if self.names is None else self.names
        return frozenset(self.prefix + name for name in known)

    def create(self, url: str) -> None:
        """Create them in the empty database at ``url``."""
        engine = create_engine(url)
        with engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                # Python's driver begins no transaction before CREATE, and each would wait for the disk.
                connection.exec_driver_sql("BEGIN")
            create_tables(connection, prefix=self.prefix, version=self.version, tables=self.names)
        engine.dispose()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleDatabase:
    """A database with Moodle's tables, which one test has for itself."""

    url: str
    """SQLAlchemy's, with the driver."""
    engine: Engine
    tables: Tables

    @property
    def prefix(self) -> str:
        """What the names of its tables begin with."""
        return self.tables.prefix

    @property
    def site_url(self) -> str:
        """As an administrator writes it, with the prefix."""
        url = make_url(self.url)
        site = url.set(drivername=url.get_backend_name()).update_query_dict({"prefix": self.prefix})
        return site.render_as_string(hide_password=False)

    def empty(self) -> None:
        """Remove every row of Moodle's tables, and every other table."""
        with self.engine.begin() as connection:
            empty_database(connection, self.tables.full_names(connection.dialect.name))


class MoodleDatabases(Protocol):
    """Where a test gets its database from."""

    @contextmanager
    def fresh(self, tables: Tables) -> Iterator[MoodleDatabase]:
        """An empty database that nobody else uses meanwhile."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteDatabases:
    """Files in ``folder``, copied from one that has the tables."""

    folder: Path
    _originals: dict[Tables, Path] = field(default_factory=dict)

    @contextmanager
    def fresh(self, tables: Tables) -> Iterator[MoodleDatabase]:
        """A new file."""
        file = self.folder / "moodle.sqlite"
        shutil.copyfile(self._original(tables), file)
        with _opened(f"sqlite:///{file}", tables) as database:
            yield database
        for each in self.folder.glob(f"{file.name}*"):
            each.unlink()

    def _original(self, tables: Tables) -> Path:
        if tables not in self._originals:
            original = self.folder / f"original-{len(self._originals)}.sqlite"
            tables.create(f"sqlite:///{original}")
            self._originals[tables] = original
        return self._originals[tables]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresqlDatabases:
    """Clones of a template database."""

    server: PostgresqlServer
    _templates: dict[Tables, str] = field(default_factory=dict)

    @contextmanager
    def fresh(self, tables: Tables) -> Iterator[MoodleDatabase]:
        """A new clone, dropped afterwards."""
        self.server.create_database("moodle", template=self._template(tables))
        try:
            with _opened(self.server.url("moodle"), tables) as database:
                yield database
        finally:
            self.server.drop_database("moodle")

    def _template(self, tables: Tables) -> str:
        if tables not in self._templates:
            name = f"template{len(self._templates) + 2}"
            self.server.create_database(name)
            tables.create(self.server.url(name))
            self._templates[tables] = name
        return self._templates[tables]


@dataclass(frozen=True, slots=True, kw_only=True)
class MariadbDatabases:
    """One database for each set of tables, emptied: MariaDB can't clone, and creates tables slowly."""

    server: MariadbServer
    _databases: dict[Tables, str] = field(default_factory=dict)

    @contextmanager
    def fresh(self, tables: Tables) -> Iterator[MoodleDatabase]:
        """The database for these tables, emptied of what the test before left in it."""
        name = self._database(tables)
        self.server.disconnect_everybody(name)
        with _opened(self.server.url(name), tables) as database:
            database.empty()
            yield database

    def _database(self, tables: Tables) -> str:
        if tables not in self._databases:
            name = f"moodle{len(self._databases)}"
            self.server.create_database(name)
            tables.create(self.server.url(name))
            self._databases[tables] = name
        return self._databases[tables]


@contextmanager
def _opened(url: str, tables: Tables) -> Iterator[MoodleDatabase]:
    engine = create_engine(url)
    try:
        yield MoodleDatabase(url=url, engine=engine, tables=tables)
    finally:
        engine.dispose()
