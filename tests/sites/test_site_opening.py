"""A site opens when its database is a Moodle's that maintien knows; what keeps it shut is said plainly."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete, update
from sqlalchemy.engine import make_url

from maintien.errors.sites import (
    BrokenConfigPhp,
    CannotConnect,
    DatabaseFailed,
    MoodleTooOld,
    NotAMoodle,
    OtherPrefix,
    UnusableConfigPhp,
)
from maintien.errors.tree import MaintienError
from maintien.sites.database.tables import moodle_tables as tables_with
from maintien.sites.interface import Selection
from maintien.sites.opening import (
    OldMoodle,
    OpenedSite,
    OpeningWarning,
    UnprovenMoodle,
    open_site,
    warnings_about,
)
from tests.servers.moodle_databases import MoodleDatabase, Tables
from tests.servers.postgresql import PostgresqlServer
from tests.sites.small_moodle import (
    RELEASE,
    TABLES,
    create_account,
    everything_said,
    fill_database,
    url_for,
)

SECRET = "s3cr3t-pässwörd"  # noqa: S105 -- a test's
NO_SITE_FILE = Path("/nowhere/sites.toml")

on_sqlite = pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
on_servers = pytest.mark.parametrize("moodle_database", ["postgresql", "mariadb"], indirect=True)


@pytest.fixture
def moodle_tables() -> Tables:
    return TABLES


@pytest.fixture
def moodle(moodle_database: MoodleDatabase) -> MoodleDatabase:
    fill_database(moodle_database)
    return moodle_database


def opening(text: str) -> OpenedSite:
    return open_site(text, site_file=NO_SITE_FILE)


def refused(text: str, error: type[MaintienError]) -> MaintienError:
    with pytest.raises(error) as caught:
        opening(text)
    assert SECRET not in everything_said(caught.value)
    return caught.value


def test_url_opens_its_moodle(moodle: MoodleDatabase) -> None:
    opened = opening(moodle.site_url)

    assert opened.warnings == ()
    assert opened.site.read_config().release == RELEASE
    assert [size.course.id for size in opened.site.select(Selection(courses=("BIO",)))] == [3]
    opened.site.close()


def test_site_is_called_by_its_url_without_password_and_options(moodle: MoodleDatabase) -> None:
    create = moodle.engine.dialect.name != "sqlite"
    if create:
        create_account(moodle.engine, "namer", SECRET, grants="SELECT")
    url = url_for(moodle.site_url, "namer", SECRET) if create else moodle.site_url

    opened = opening(url)

    database = make_url(url).database
    expected = {
        "sqlite": f"sqlite:///{database}",
        "postgresql": f"postgresql://namer@localhost/{database}",
        "mariadb": f"mariadb://namer@localhost/{database}",
    }
    assert opened.site.name == expected[moodle.engine.dialect.name]
    assert SECRET not in repr(opened)
    opened.site.close()


@pytest.mark.parametrize("moodle_tables", [Tables(prefix="m2_", names=TABLES.names)])
def test_prefix_is_the_urls(moodle: MoodleDatabase) -> None:
    opened = opening(moodle.site_url)

    assert [size.course.id for size in opened.site.select(Selection(courses=("BIO",)))] == [3]
    opened.site.close()


@pytest.mark.parametrize("moodle_tables", [Tables(prefix="", names=TABLES.names)])
def test_prefix_may_be_empty(moodle: MoodleDatabase) -> None:
    opened = opening(moodle.site_url)

    assert [size.course.id for size in opened.site.select(Selection(courses=("BIO",)))] == [3]
    opened.site.close()


@pytest.mark.parametrize("moodle_tables", [Tables(prefix="m2_", names=TABLES.names)])
def test_another_prefix_is_offered(moodle: MoodleDatabase) -> None:
    error = refused(moodle.site_url.replace("prefix=m2_", "prefix=mdl_"), OtherPrefix)

    assert (error.fields["prefix"], error.fields["found"]) == ("mdl_", "m2_")


@pytest.mark.parametrize("moodle_tables", [Tables(names=frozenset({"course", "config"}))])
def test_tables_of_something_else_are_no_moodle(moodle_database: MoodleDatabase) -> None:
    error = refused(moodle_database.site_url.replace("mdl_", "other_"), NotAMoodle)

    assert not isinstance(error, OtherPrefix)


@pytest.mark.parametrize("missing", ["version", "release"])
@on_sqlite
def test_configuration_without_release_is_no_moodle(moodle: MoodleDatabase, missing: str) -> None:
    config = tables_with(moodle.prefix).config
    with moodle.engine.begin() as connection:
        connection.execute(delete(config).where(config.c.name == missing))

    refused(moodle.site_url, NotAMoodle)


RELEASES: dict[str, tuple[OpeningWarning, ...]] = {
    "3.9 (Build: 20200615)": (OldMoodle(release="3.9 (Build: 20200615)"),),
    "3.11.18+ (Build: 20240101)": (OldMoodle(release="3.11.18+ (Build: 20240101)"),),
    "4.0 (Build: 20220419)": (),
    "4.1.2+ (Build: 20230401)": (),
    "4.5": (),
    "5.0.1 (Build: 20250609)": (),
    "5.1 (Build: 20251006)": (),
    "5.2dev (Build: 20251201)": (UnprovenMoodle(release="5.2dev (Build: 20251201)"),),
    "10.0": (UnprovenMoodle(release="10.0"),),
    "our own": (UnprovenMoodle(release="our own"),),
}


@pytest.mark.parametrize(("release", "warnings"), RELEASES.items())
def test_release_is_warned_of_where_nobody_tried_it(
    release: str, warnings: tuple[OpeningWarning, ...]
) -> None:
    assert warnings_about(release) == warnings


@on_sqlite
def test_warning_comes_with_the_site(moodle: MoodleDatabase) -> None:
    set_release(moodle, "3.11.18+ (Build: 20240101)")

    opened = opening(moodle.site_url)

    assert opened.warnings == (OldMoodle(release="3.11.18+ (Build: 20240101)"),)
    opened.site.close()


@pytest.mark.parametrize("release", ["3.8.9+ (Build: 20210101)", "2.7 (Build: 20140512)", "1.9.19"])
@on_sqlite
def test_old_moodle_is_refused(moodle: MoodleDatabase, release: str) -> None:
    set_release(moodle, release)

    error = refused(moodle.site_url, MoodleTooOld)

    assert error.fields["release"] == ".".join(release.split(" ", maxsplit=1)[0].split(".")[:2])


def set_release(moodle: MoodleDatabase, release: str) -> None:
    config = tables_with(moodle.prefix).config
    with moodle.engine.begin() as connection:
        connection.execute(update(config).where(config.c.name == "release").values(value=release))


@on_servers
def test_unknown_database_is_named(moodle_database: MoodleDatabase) -> None:
    url = make_url(moodle_database.site_url).set(database="nowhere")

    error = refused(url.render_as_string(hide_password=False), CannotConnect)

    assert error.fields["reason"] == "there is no database of this name on the server"


@on_servers
def test_unknown_account_is_refused(moodle_database: MoodleDatabase) -> None:
    error = refused(url_for(moodle_database.site_url, "nobody_here", SECRET), CannotConnect)

    assert error.fields["reason"] == "the server refuses this user name or password"


@pytest.mark.parametrize("moodle_database", ["mariadb"], indirect=True)
def test_wrong_password_is_not_leaked_on_mariadb(moodle_database: MoodleDatabase) -> None:
    create_account(moodle_database.engine, "guarded", "another")

    error = refused(url_for(moodle_database.site_url, "guarded", SECRET), CannotConnect)

    assert error.fields["reason"] == "the server refuses this user name or password"


@pytest.fixture
def guarded_account(moodle_database: MoodleDatabase, postgresql_server: PostgresqlServer) -> Iterator[str]:
    """An account that needs its password, on a server that asks nobody else for one."""
    create_account(moodle_database.engine, "guarded", "another")
    rules = postgresql_server.folder / "data/pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local all guarded scram-sha-256\n{before}")
    reload_rules(moodle_database)
    yield "guarded"
    rules.write_text(before)
    reload_rules(moodle_database)


def reload_rules(database: MoodleDatabase) -> None:
    """Let the server read its rules anew, and wait until new connections go by them."""
    engine = create_engine(database.url, pool_size=0, max_overflow=1, pool_reset_on_return=None)
    loaded = "SELECT pg_conf_load_time()"
    with engine.begin() as connection:
        before = connection.exec_driver_sql(loaded).scalar_one()
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()
    deadline = time.monotonic() + 30
    now = before
    while now == before and time.monotonic() < deadline:
        with engine.begin() as connection:
            now = connection.exec_driver_sql(loaded).scalar_one()
        engine.dispose()
    assert now != before


@pytest.mark.parametrize("moodle_database", ["postgresql"], indirect=True)
def test_wrong_password_is_not_leaked_on_postgresql(
    moodle_database: MoodleDatabase, guarded_account: str
) -> None:
    error = refused(url_for(moodle_database.site_url, guarded_account, SECRET), CannotConnect)

    assert error.fields["reason"] == "the server refuses this user name or password"


@pytest.mark.parametrize("moodle_database", ["mariadb"], indirect=True)
def test_account_of_another_database_is_refused(moodle: MoodleDatabase) -> None:
    create_account(moodle.engine, "stranger", SECRET)

    error = refused(url_for(moodle.site_url, "stranger", SECRET), CannotConnect)

    assert error.fields["reason"] == "this user may not enter this database"


@pytest.mark.parametrize("moodle_database", ["postgresql"], indirect=True)
def test_account_that_may_not_even_read_is_not_taken_for_a_reader(moodle: MoodleDatabase) -> None:
    create_account(moodle.engine, "stranger", SECRET)

    error = refused(url_for(moodle.site_url, "stranger", SECRET), DatabaseFailed)

    assert error.fields["reason"] == "permission denied for table mdl_config"


ABSENT = {
    "postgresql_closed_port": ("postgresql://me:{}@127.0.0.1:1/d", "no server answers there"),
    "mariadb_closed_port": ("mariadb://me:{}@127.0.0.1:1/d", "no server answers there"),
    "postgresql_no_socket": ("postgresql://me:{}@/d?host=/nowhere", "no server answers there"),
    "mariadb_no_socket": ("mariadb://me:{}@/d?socket=/nowhere/s", "no server answers there"),
    "mariadb_no_authorities": (
        "mysql://me:{}@127.0.0.1:1/d?ssl_ca=/nowhere",
        "the file of certificate authorities can't be read",
    ),
    "sqlite_no_file": ("sqlite:////nowhere/moodle.db", "there is no such file"),
    "sqlite_folder": ("sqlite:////tmp", "there is no such file"),
}


@pytest.mark.parametrize(("url", "reason"), ABSENT.values(), ids=ABSENT)
def test_absent_server_is_said_to_be_absent(url: str, reason: str) -> None:
    error = refused(url.format(SECRET), CannotConnect)

    assert error.fields["reason"] == reason


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"no database at all" * 100, CannotConnect), (b"", NotAMoodle)],
    ids=["text", "empty"],
)
def test_file_of_something_else_is_refused(
    tmp_path: Path, content: bytes, error: type[MaintienError]
) -> None:
    file = tmp_path / "file.db"
    file.write_bytes(content)

    refused(f"sqlite:///{file}", error)

    assert file.read_bytes() == content


@on_servers
def test_config_php_opens_its_moodle(moodle: MoodleDatabase, tmp_path: Path) -> None:
    path = tmp_path / "config.php"
    path.write_text(config_php(moodle), encoding="utf-8")

    opened = opening(str(path))

    assert opened.site.name == str(path)
    assert opened.site.read_config().release == RELEASE
    opened.site.close()


def config_php(moodle: MoodleDatabase) -> str:
    url = make_url(moodle.site_url)
    socket = url.query.get("host") or url.query.get("unix_socket")
    kind = "pgsql" if url.get_backend_name() == "postgresql" else "mariadb"
    return f"""<?php
unset($CFG);
global $CFG;
$CFG = new stdClass();
$CFG->dbtype    = '{kind}';
$CFG->dblibrary = 'native';
$CFG->dbhost    = 'localhost';
$CFG->dbname    = '{url.database}';
$CFG->dbuser    = '{url.username}';
$CFG->dbpass    = '';
$CFG->prefix    = '{moodle.prefix}';
$CFG->dboptions = array('dbpersist' => 0, 'dbport' => '', 'dbsocket' => '{socket}');
require_once(__DIR__ . '/lib/setup.php');
"""


BAD_CONFIG = {
    "missing": (None, BrokenConfigPhp),
    "no_php": ("hello", BrokenConfigPhp),
    "prefix": ("$CFG->prefix = 'a b';", UnusableConfigPhp),
    "host": ("$CFG->prefix = 'm_'; $CFG->dbhost = 'a b';", UnusableConfigPhp),
}


@pytest.mark.parametrize(("text", "error"), BAD_CONFIG.values(), ids=BAD_CONFIG)
def test_bad_config_php_is_refused(tmp_path: Path, text: str | None, error: type[MaintienError]) -> None:
    path = tmp_path / "config.php"
    start = (
        f"<?php $CFG->dbtype = 'pgsql'; $CFG->dbhost = 'h'; $CFG->dbname = 'd'; $CFG->dbpass = '{SECRET}';"
    )
    if text is not None:
        path.write_text(text if text == "hello" else f"{start} {text}", encoding="utf-8")

    assert str(path) in str(refused(str(path), error))
