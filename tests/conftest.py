"""Fixtures for every test: throwaway servers, and databases with Moodle's tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.servers.interface import ServerMissing
from tests.servers.mariadb import MariadbServer, run_mariadb
from tests.servers.moodle_databases import (
    MariadbDatabases,
    MoodleDatabase,
    MoodleDatabases,
    PostgresqlDatabases,
    SqliteDatabases,
    Tables,
)
from tests.servers.postgresql import PostgresqlServer, run_postgresql
from tests.shared_facts import shared_folder, skip_without

# How long an example takes says how busy the machine is, and nothing about the program.
settings.register_profile("maintien", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("maintien")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL for the session."""
    try:
        with run_postgresql() as server:
            yield server
    except ServerMissing as missing:
        skip_without(str(missing))


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariadbServer]:
    """A MariaDB for the session."""
    try:
        with run_mariadb() as server:
            yield server
    except ServerMissing as missing:
        skip_without(str(missing))


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> MoodleDatabases:
    """Moodle's tables in SQLite files."""
    return SqliteDatabases(folder=tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases(postgresql_server: PostgresqlServer) -> MoodleDatabases:
    """Moodle's tables on PostgreSQL."""
    return PostgresqlDatabases(server=postgresql_server)


@pytest.fixture(scope="session")
def mariadb_databases(mariadb_server: MariadbServer) -> MoodleDatabases:
    """Moodle's tables on MariaDB."""
    return MariadbDatabases(server=mariadb_server)


@pytest.fixture
def moodle_tables() -> Tables:
    """Which tables ``moodle_database`` has; override it, or parametrise it, to choose a prefix or fewer."""
    return Tables()


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def moodle_database(request: pytest.FixtureRequest, moodle_tables: Tables) -> Iterator[MoodleDatabase]:
    """An empty database with Moodle's tables, on each product in turn.

    Parametrise it indirectly to have only some of them.
    """
    shared_folder()  # without it the test is skipped, before a database is half made
    databases: MoodleDatabases = request.getfixturevalue(f"{request.param}_databases")
    with databases.fresh(moodle_tables) as database:
        yield database


@pytest.fixture(autouse=True)
def runs_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the runs that a test makes, and its pseudonyms, out of the user's own files."""
    monkeypatch.setenv("MAINTIEN_STATE", f"sqlite:///{tmp_path / 'runs.sqlite'}")
    monkeypatch.setenv("MAINTIEN_PSEUDONYM_SECRET", str(tmp_path / "pseudonyms.secret"))
