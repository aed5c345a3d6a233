"""Whether an account may write is known before it does, and finding out writes nothing."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import func, insert, select

from maintien.errors.sites import ReadOnlyAccount
from maintien.sites.database.connecting import writing_engine
from maintien.sites.database.failures import database_failures
from maintien.sites.database.site import DatabaseSite
from maintien.sites.opening import check_may_write
from maintien.sites.write_access import (
    FileIsReadOnly,
    MayWrite,
    MissingPrivilege,
    PrivilegesMissing,
    ServerIsReadOnly,
    WriteAccess,
)
from tests.servers.moodle_databases import MoodleDatabase, Tables
from tests.sites.small_moodle import TABLES, create_account, fill_database, opened, url_for

PASSWORD = "s3cr3t"  # noqa: S105 -- a test's

on_sqlite = pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("moodle_database", ["postgresql"], indirect=True)
on_mariadb = pytest.mark.parametrize("moodle_database", ["mariadb"], indirect=True)
on_servers = pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)

WRITTEN = {
    "mdl_enrol": ("INSERT", "UPDATE", "DELETE"),
    "mdl_user_enrolments": ("INSERT", "UPDATE", "DELETE"),
    "mdl_role_assignments": ("INSERT", "UPDATE", "DELETE"),
    "mdl_groups_members": ("INSERT", "UPDATE", "DELETE"),
    "mdl_cache_flags": ("INSERT", "UPDATE"),
    "mdl_logstore_standard_log": ("INSERT",),
}


@pytest.fixture
def moodle_tables() -> Tables:
    return TABLES


@pytest.fixture
def moodle(moodle_database: MoodleDatabase) -> MoodleDatabase:
    fill_database(moodle_database)
    return moodle_database


def access(url: str) -> WriteAccess:
    site = opened(url)
    try:
        return check_may_write(site)
    finally:
        site.close()


def counts(site: DatabaseSite) -> dict[str, int]:
    with site.engine.connect() as connection:
        return {
            name: connection.execute(
                select(func.count()).select_from(getattr(site.tables, name))
            ).scalar_one()
            for name in ("enrol", "user_enrolments", "role_assignments", "groups_members", "cache_flags")
        }


def test_owner_may_write_and_nothing_is_written(moodle: MoodleDatabase) -> None:
    site = opened(moodle.site_url)
    before = counts(site)

    assert site.check_may_write() == MayWrite()

    assert counts(site) == before
    site.close()


@on_servers
def test_account_with_just_the_privileges_may_write(moodle: MoodleDatabase) -> None:
    create_account(moodle.engine, "writer", PASSWORD, grants="SELECT, INSERT, UPDATE, DELETE")
    more = {
        "postgresql": "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO writer",
        "mariadb": f"GRANT CREATE TEMPORARY TABLES ON {moodle.engine.url.database}.* TO writer",
    }
    with moodle.engine.begin() as connection:
        connection.exec_driver_sql(more[moodle.engine.dialect.name])

    assert access(url_for(moodle.site_url, "writer", PASSWORD)) == MayWrite()


@on_servers
def test_account_that_may_only_read_lacks_every_privilege(moodle: MoodleDatabase) -> None:
    create_account(moodle.engine, "reader", PASSWORD, grants="SELECT")

    found = access(url_for(moodle.site_url, "reader", PASSWORD))

    assert isinstance(found, PrivilegesMissing)
    assert {each for each in found.missing if each.table in WRITTEN} == {
        MissingPrivilege(privilege, table)
        for table, privileges in WRITTEN.items()
        for privilege in privileges
    }


@on_postgresql
def test_missing_right_to_number_rows_is_found(moodle: MoodleDatabase) -> None:
    create_account(moodle.engine, "writer", PASSWORD, grants="SELECT, INSERT, UPDATE, DELETE")

    found = access(url_for(moodle.site_url, "writer", PASSWORD))

    assert found == PrivilegesMissing(
        missing=tuple(MissingPrivilege("USAGE", f"{table}_id_seq") for table in WRITTEN)
    )


@on_mariadb
def test_missing_right_to_stage_rows_is_found(moodle: MoodleDatabase) -> None:
    create_account(moodle.engine, "writer", PASSWORD, grants="SELECT, INSERT, UPDATE, DELETE")

    found = access(url_for(moodle.site_url, "writer", PASSWORD))

    assert found == PrivilegesMissing(missing=(MissingPrivilege("CREATE TEMPORARY TABLES", None),))


@on_servers
def test_account_that_may_only_read_is_told_so_when_it_writes(moodle: MoodleDatabase) -> None:
    create_account(moodle.engine, "reader", PASSWORD, grants="SELECT")
    site = opened(url_for(moodle.site_url, "reader", PASSWORD))
    flag = insert(site.tables.cache_flags).values(flagtype="t", name="n", value="1", expiry=0)

    with (
        pytest.raises(ReadOnlyAccount) as caught,
        database_failures(site.name, is_writing=True),
        writing_engine(site.engine).begin() as connection,
    ):
        connection.execute(flag)

    assert caught.value.fields == {"site": "campus"}
    site.close()


@on_postgresql
def test_session_that_only_reads_is_found(moodle: MoodleDatabase) -> None:
    create_account(moodle.engine, "reader", PASSWORD, grants="ALL")
    with moodle.engine.begin() as connection:
        connection.exec_driver_sql("ALTER ROLE reader SET default_transaction_read_only = on")

    assert access(url_for(moodle.site_url, "reader", PASSWORD)) == ServerIsReadOnly()


@pytest.fixture
def read_only_server(moodle: MoodleDatabase) -> Iterator[MoodleDatabase]:
    with moodle.engine.begin() as connection:
        connection.exec_driver_sql("SET GLOBAL read_only = 1")
    yield moodle
    with moodle.engine.begin() as connection:
        connection.exec_driver_sql("SET GLOBAL read_only = 0")


@on_mariadb
def test_server_that_takes_no_changes_is_found(read_only_server: MoodleDatabase) -> None:
    create_account(read_only_server.engine, "writer", PASSWORD, grants="ALL")

    assert access(url_for(read_only_server.site_url, "writer", PASSWORD)) == ServerIsReadOnly()


@on_sqlite
def test_file_that_may_not_be_written_is_found(
    moodle: MoodleDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root every file may be written, so the system is asked to say otherwise."""
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    site = opened(moodle.site_url)
    flag = insert(site.tables.cache_flags).values(flagtype="t", name="n", value="1", expiry=0)

    assert site.check_may_write() == FileIsReadOnly()
    with (
        pytest.raises(ReadOnlyAccount),
        database_failures(site.name, is_writing=True),
        writing_engine(site.engine).begin() as connection,
    ):
        connection.execute(flag)
    site.close()
