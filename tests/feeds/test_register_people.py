"""Whom the register lists, read once from where the site's settings say it is."""

from pathlib import Path

import pytest
from sqlalchemy import insert

from maintien.moodle.ids import CourseId
from maintien.sites.database.settings import DatabaseSettings, Product
from maintien.sites.database.site import DatabaseSite
from maintien.sites.feeds.register_opening import _place
from maintien.sites.feeds.register_people import (
    RegisterNotRead,
    RegisterRead,
    read_register_people,
)
from maintien.sites.feeds.register_settings import NoRegister
from tests.feeds.fed_moodle import Moodle
from tests.feeds.register_table import SETTINGS, RegisterRow, write_register


def follow(moodle: Moodle, **settings: str) -> DatabaseSite:
    """A site whose external database method has these settings."""
    plugins = moodle.tables.config_plugins
    rows = [{"plugin": "enrol_database", "name": name, "value": value} for name, value in settings.items()]
    with moodle.database.engine.begin() as connection:
        connection.execute(plugins.delete().where(plugins.c.plugin == "enrol_database"))
        if rows:
            connection.execute(insert(plugins), rows)
    return DatabaseSite(name="fed", engine=moodle.database.engine, tables=moodle.tables)


def test_everybody_is_listed_by_course_however_the_register_spells_them(
    moodle: Moodle, tmp_path: Path
) -> None:
    one, two = moodle.course("C1"), moodle.course("É2")
    moodle.course("C3")
    ada, brahim, zoe = moodle.person("ada"), moodle.person("brahim"), moodle.person("zoé")
    for course in (one, two):
        moodle.instance(course, "database")
    register = write_register(
        tmp_path / "register.sqlite",
        [
            RegisterRow("C1", "ada", "student"),
            RegisterRow("c1", "BRAHIM ", "no such role"),
            RegisterRow("e2", "Zoe"),
            RegisterRow("C3", "ada", "student"),
            RegisterRow("C1", "nobody", "student"),
            RegisterRow(None, "ada"),
        ],
    )

    reading = read_register_people(follow(moodle, **SETTINGS, dbhost=register))

    assert isinstance(reading, RegisterRead)
    assert {course: sorted(people) for course, people in reading.people.items()} == {
        CourseId(one): [ada, brahim],
        CourseId(two): [zoe],
    }


@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
def test_site_without_settings_has_no_register(moodle: Moodle) -> None:
    assert read_register_people(follow(moodle)) == NoRegister()


UNREADABLE = {
    "a product that is not known": {"dbtype": "oci8po", "dbhost": "ora"},
    "a file that is not there": {"dbhost": "sqlite:/nowhere/register.sqlite"},
    "a server that does not answer": {"dbtype": "mysqli", "dbhost": "127.0.0.1:1", "dbpass": "geheim"},
    "a table that is no name": {"remoteenroltable": "a; drop"},
}


@pytest.mark.parametrize("case", UNREADABLE)
@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
def test_register_that_can_not_be_read_is_unknown(moodle: Moodle, case: str) -> None:
    reading = read_register_people(follow(moodle, **{**SETTINGS, **UNREADABLE[case]}))

    assert isinstance(reading, RegisterNotRead)
    assert "geheim" not in f"{reading.error} {reading!r}"


@pytest.mark.parametrize("moodle_database", ["sqlite"], indirect=True)
def test_register_without_its_table_is_unknown(moodle: Moodle, tmp_path: Path) -> None:
    empty = tmp_path / "empty.sqlite"
    empty.touch()

    reading = read_register_people(follow(moodle, **SETTINGS, dbhost=f"sqlite:{empty}"))

    assert isinstance(reading, RegisterNotRead)


PLACES = {
    "MySQL on this machine": (
        {"dbtype": "mysqli", "dbhost": "localhost", "dbname": "apogee", "dbuser": "u", "dbpass": "p"},
        DatabaseSettings(product=Product.MARIADB, database="apogee", user="u", password="p"),  # noqa: S106 -- invented
    ),
    "MySQL with a port": (
        {"dbtype": "mysqli", "dbhost": "p:si.example.fr:3307", "dbname": "apogee"},
        DatabaseSettings(product=Product.MARIADB, database="apogee", host="si.example.fr", port=3307),
    ),
    "PostgreSQL": (
        {"dbtype": "postgres7", "dbhost": "localhost", "dbname": "apogee"},
        DatabaseSettings(product=Product.POSTGRESQL, database="apogee", host="localhost"),
    ),
    "PDO": (
        {"dbtype": "pdo", "dbhost": "pgsql:host=si.example.fr;port=5433;dbname=apogee", "dbname": "x"},
        DatabaseSettings(product=Product.POSTGRESQL, database="apogee", host="si.example.fr", port=5433),
    ),
}


@pytest.mark.parametrize("case", PLACES)
def test_place_is_read_as_adodb_reads_it(case: str) -> None:
    settings, place = PLACES[case]

    assert _place(settings, "inscriptions") == place
