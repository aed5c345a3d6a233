"""Sessions behave alike on every database: isolated, bounded in their waiting, one transaction a block."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select

from maintien.errors.sites import CannotConnect, SqliteTooOld
from maintien.sites.database.connecting import connect_engine, reading_engine, writing_engine
from maintien.sites.database.failures import database_failures
from maintien.sites.database.mariadb_sessions import mariadb_connection
from maintien.sites.database.settings import DatabaseSettings, Product, TransportSecurity
from maintien.sites.database.tables import MoodleTables
from maintien.sites.database.tables import moodle_tables as tables_with
from maintien.sites.database.urls import parse_database_url
from maintien.sites.interface import Contention
from tests.servers.moodle_databases import MoodleDatabase, Tables

on_sqlite = pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("moodle_database", ["postgresql"], indirect=True)
on_servers = pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)
on_mariadb = pytest.mark.parametrize("moodle_database", ["mariadb"], indirect=True)


@pytest.fixture
def moodle_tables() -> Tables:
    return Tables(names=frozenset({"config", "cache_flags", "user_enrolments"}))


@pytest.fixture
def tables(moodle_database: MoodleDatabase) -> MoodleTables:
    return tables_with(moodle_database.prefix)


@pytest.fixture
def settings(moodle_database: MoodleDatabase) -> DatabaseSettings:
    # MariaDB counts in whole seconds.
    return replace(parse_database_url(moodle_database.site_url), lock_timeout=1)


@pytest.fixture
def engine(settings: DatabaseSettings) -> Iterator[Engine]:
    engine = connect_engine(settings)
    yield engine
    engine.dispose()


def count(engine: Engine, tables: MoodleTables) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(tables.config)).scalar_one()


class Interrupted(Exception):
    """What ends a block early."""


def write_and_fail(engine: Engine, tables: MoodleTables) -> None:
    with engine.begin() as connection:
        connection.execute(insert(tables.config).values(name="a", value="x"))
        connection.exec_driver_sql("CREATE TEMPORARY TABLE staged (id int)")
        connection.execute(insert(tables.config).values(name="b", value="x"))
        raise Interrupted


def test_block_is_one_transaction(engine: Engine, tables: MoodleTables) -> None:
    with pytest.raises(Interrupted):
        write_and_fail(engine, tables)

    assert count(engine, tables) == 0


def test_block_that_ends_well_is_kept(engine: Engine, tables: MoodleTables) -> None:
    with writing_engine(engine).begin() as connection:
        connection.execute(insert(tables.config).values(name="a", value="x"))

    assert count(engine, tables) == 1


def test_reader_sees_one_moment(
    engine: Engine, tables: MoodleTables, moodle_database: MoodleDatabase
) -> None:
    query = select(func.count()).select_from(tables.config)
    if engine.dialect.name == "sqlite":
        # The only mode in which SQLite's writer need not wait for the reader.
        with closing(sqlite3.connect(str(moodle_database.engine.url.database))) as connection:
            connection.execute("PRAGMA journal_mode = WAL")

    with reading_engine(engine).connect() as reader:
        before = reader.execute(query).scalar_one()
        with moodle_database.engine.begin() as writer:
            writer.execute(insert(tables.config).values(name="meanwhile", value="x"))
        after = reader.execute(query).scalar_one()

    assert (before, after, count(engine, tables)) == (0, 0, 1)


@on_servers
def test_writer_sees_what_was_committed_meanwhile(
    engine: Engine, tables: MoodleTables, moodle_database: MoodleDatabase
) -> None:
    """READ COMMITTED, as Moodle's own sessions are; SQLite has one writer at a time."""
    query = select(func.count()).select_from(tables.config)

    with writing_engine(engine).begin() as connection:
        before = connection.execute(query).scalar_one()
        with moodle_database.engine.begin() as writer:
            writer.execute(insert(tables.config).values(name="meanwhile", value="x"))
        after = connection.execute(query).scalar_one()

    assert (before, after) == (0, 1)


def test_waiting_for_a_lock_ends_in_contention(
    engine: Engine, tables: MoodleTables, moodle_database: MoodleDatabase
) -> None:
    row = insert(tables.config).values(name="same", value="x")
    holder = connect_engine(parse_database_url(moodle_database.site_url))
    with writing_engine(holder).begin() as holding:
        holding.execute(row)
        with (
            pytest.raises(Contention),
            database_failures("campus", is_writing=True),
            writing_engine(engine).begin() as waiting,
        ):
            waiting.execute(row)
    holder.dispose()


@on_postgresql
def test_postgresql_sessions_are_set_up(engine: Engine) -> None:
    names = ("application_name", "lock_timeout", "client_encoding", "transaction_isolation")
    with engine.connect() as connection:
        found = [connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names]

    assert found == ["maintien", "1s", "UTF8", "read committed"]


@on_postgresql
def test_postgresql_finds_tables_in_moodles_schema(settings: DatabaseSettings, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA campus")
        connection.exec_driver_sql("CREATE TABLE campus.here (id int)")

    other = connect_engine(replace(settings, search_path="campus, public"))
    with other.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM here").scalar_one() == 0
    other.dispose()


@on_postgresql
def test_search_path_is_no_sql(settings: DatabaseSettings, tables: MoodleTables) -> None:
    path = "public'; DROP TABLE mdl_config; --"
    other = connect_engine(replace(settings, search_path=path))

    with pytest.raises(Exception, match="search_path"), other.connect():
        pass
    other.dispose()

    untouched = connect_engine(settings)
    assert count(untouched, tables) == 0
    untouched.dispose()


@on_postgresql
def test_pooled_sessions_prepare_no_statement(settings: DatabaseSettings) -> None:
    engine = connect_engine(replace(settings, is_pooled=True))
    with engine.connect() as connection:
        for _ in range(10):
            connection.exec_driver_sql("SELECT 1").scalar_one()
        prepared = connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar_one()
    engine.dispose()

    assert prepared == 0


@on_mariadb
def test_mariadb_sessions_are_set_up(engine: Engine) -> None:
    names = (
        "@@sql_mode, @@innodb_lock_wait_timeout, @@lock_wait_timeout, @@tx_isolation, @@character_set_client"
    )
    with engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT {names}").one()

    assert tuple(found) == ("STRICT_ALL_TABLES", 1, 1, "READ-COMMITTED", "utf8mb4")


@on_sqlite
def test_missing_file_is_not_created(settings: DatabaseSettings) -> None:
    path = Path(settings.database).with_name("slip of the keyboard.db")

    with pytest.raises(CannotConnect):
        connect_engine(replace(settings, database=str(path)))

    assert not path.exists()


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "what?.db", "#1.db", "été.db", "a&mode=memory.db"])
def test_any_file_name_is_a_file_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.touch()
    engine = connect_engine(DatabaseSettings(product=Product.SQLITE, database=str(path)))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE here (id int)")
    engine.dispose()

    assert path.stat().st_size > 0
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_old_sqlite_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.34.1")

    with pytest.raises(SqliteTooOld, match=r"3\.34\.1"):
        connect_engine(DatabaseSettings(product=Product.SQLITE, database=str(tmp_path / "x")))


def test_no_server_gets_files_of_this_machine_by_asking_for_them() -> None:
    settings = DatabaseSettings(product=Product.MARIADB, database="d", host="db.example.org")

    _url, arguments = mariadb_connection(settings)

    assert arguments["local_infile"] is False


MODES = {
    None: None,
    TransportSecurity.PREFER: None,
    TransportSecurity.REQUIRE: (False, "CERT_NONE"),
    TransportSecurity.VERIFY_CA: (False, "CERT_REQUIRED"),
    TransportSecurity.VERIFY_FULL: (True, "CERT_REQUIRED"),
}


@pytest.mark.parametrize(("mode", "expected"), MODES.items())
def test_mariadbs_transport_is_checked_as_asked(
    mode: TransportSecurity | None, expected: tuple[bool, str] | None
) -> None:
    settings = DatabaseSettings(product=Product.MARIADB, database="d", host="db.example.org", transport=mode)

    _url, arguments = mariadb_connection(settings)

    context = arguments.get("ssl")
    assert expected == (context and (context.check_hostname, context.verify_mode.name))
