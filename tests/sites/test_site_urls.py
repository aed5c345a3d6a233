"""URLs of sites are read as administrators write them, and what is wrong is never repeated."""

import pytest

from maintien.errors.sites import BadSiteUrl, UnknownUrlOption
from maintien.errors.tree import MaintienError
from maintien.sites.database.settings import DatabaseSettings, Product, TransportSecurity
from maintien.sites.database.urls import parse_database_url
from tests.sites.small_moodle import everything_said

SECRET = "s3cr3t"  # noqa: S105 -- a test's

READ = {
    "sqlite": ("sqlite:///moodle.db", DatabaseSettings(product=Product.SQLITE, database="moodle.db")),
    "sqlite_absolute": (
        "sqlite:////var/lib/m%20oodle.db?prefix=",
        DatabaseSettings(product=Product.SQLITE, database="/var/lib/m oodle.db", prefix=""),
    ),
    "postgresql": (
        "postgresql://me:p%40ss%2Fw@db.example.org:5433/moodle?prefix=m_&sslmode=verify-full&ssl_ca=/ca.pem",
        DatabaseSettings(
            product=Product.POSTGRESQL,
            database="moodle",
            host="db.example.org",
            port=5433,
            user="me",
            password="p@ss/w",  # noqa: S106 -- a test's
            prefix="m_",
            transport=TransportSecurity.VERIFY_FULL,
            certificate_authority="/ca.pem",
        ),
    ),
    "postgresql_by_socket": (
        "postgresql://me@/moodle?host=/run/postgresql&schema=campus,public",
        DatabaseSettings(
            product=Product.POSTGRESQL,
            database="moodle",
            socket="/run/postgresql",
            user="me",
            search_path="campus,public",
        ),
    ),
    "mariadb_with_a_password_that_was_not_escaped": (
        "mariadb://me:p#s/s?w:d@10.0.0.1/moodle?charset=utf8mb3",
        DatabaseSettings(
            product=Product.MARIADB,
            database="moodle",
            host="10.0.0.1",
            user="me",
            password="p#s/s?w:d",  # noqa: S106 -- a test's
            charset="utf8mb3",
        ),
    ),
    "mysql_by_socket": (
        "mysql://me@/moodle?unix_socket=/run/mysqld/mysqld.sock",
        DatabaseSettings(
            product=Product.MARIADB, database="moodle", socket="/run/mysqld/mysqld.sock", user="me"
        ),
    ),
    "mysql_by_socket_under_another_name": (
        "mysql://me@/moodle?socket=/s",
        DatabaseSettings(product=Product.MARIADB, database="moodle", socket="/s", user="me"),
    ),
    "version_6_address": (
        "mariadb://me@[::1]:3307/moodle",
        DatabaseSettings(product=Product.MARIADB, database="moodle", host="::1", port=3307, user="me"),
    ),
}


@pytest.mark.parametrize(("url", "settings"), READ.values(), ids=READ)
def test_url_is_read(url: str, settings: DatabaseSettings) -> None:
    assert parse_database_url(url) == settings


REFUSED = {
    "another_database": f"oracle://me:{SECRET}@h/d",
    "a_driver": f"postgresql+psycopg://me:{SECRET}@h/d",
    "capitals": f"PostgreSQL://me:{SECRET}@h/d",
    "no_scheme": f"://me:{SECRET}@h/d",
    "bad_port": f"postgresql://me:{SECRET}@h:port/d",
    "huge_port": f"postgresql://me:{SECRET}@h:99999/d",
    "no_database": f"postgresql://me:{SECRET}@h",
    "empty_database": f"postgresql://me:{SECRET}@h/",
    "no_file": "sqlite://",
    "empty_file": "sqlite:///",
    "file_with_a_host": "sqlite://host/file",
    "prefix_with_a_quote": f"mysql://me:{SECRET}@h/d?prefix=m%27",
    "prefix_with_a_space": f"mysql://me:{SECRET}@h/d?prefix=m%20x",
    "prefix_with_a_dot": f"mysql://me:{SECRET}@h/d?prefix=other.m_",
    "prefix_with_an_accent": f"mysql://me:{SECRET}@h/d?prefix=é_",
    "long_prefix": f"mysql://me:{SECRET}@h/d?prefix={'m' * 21}",
    "two_prefixes": f"mysql://me:{SECRET}@h/d?prefix=a&prefix=b",
    "two_addresses": f"mysql://me:{SECRET}@h/d?socket=/s",
    "two_sockets": f"mysql://me:{SECRET}@/d?socket=/s&unix_socket=/t",
    "host_with_empty_label": f"mysql://me:{SECRET}@a..b/d",
    "host_with_long_label": f"mysql://me:{SECRET}@{'a' * 64}.org/d",
    "host_with_a_space": f"mysql://me:{SECRET}@a b/d",
    "unknown_sslmode": f"mysql://me:{SECRET}@h/d?sslmode=yes",
    "unknown_charset": f"mysql://me:{SECRET}@h/d?charset=latin1",
    "nul": f"mysql://me:{SECRET}@h/d\0",
    "half_a_character": f"mysql://me:{SECRET}@h/\udce9",
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED)
def test_bad_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadSiteUrl) as caught:
        parse_database_url(url)

    said = everything_said(caught.value)
    assert caught.value.fields.keys() == {"reason"}
    assert SECRET not in said


UNKNOWN = {
    "misspelt": "postgresql://h/d?prefx=m_",
    "postgresqls_on_mariadb": "mariadb://h/d?schema=x",
    "mariadbs_on_postgresql": "postgresql://h/d?charset=utf8mb4",
    "servers_on_a_file": "sqlite:///f?sslmode=require",
    "the_drivers_own": "mysql://h/d?local_infile=1",
}


@pytest.mark.parametrize("url", UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_option_is_refused(url: str) -> None:
    with pytest.raises(UnknownUrlOption):
        parse_database_url(url)


def test_settings_show_no_password() -> None:
    settings = parse_database_url(f"postgresql://me:{SECRET}@db.example.org:5433/moodle?prefix=m_")

    assert SECRET not in repr(settings)
    assert settings.label == "postgresql://me@db.example.org:5433/moodle"


def test_options_have_a_meaning_on_some_product() -> None:
    with pytest.raises(MaintienError) as caught:
        parse_database_url("sqlite:///f?x=y")

    assert caught.value.fields == {"known": "prefix"}
