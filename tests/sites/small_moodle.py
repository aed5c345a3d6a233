"""A small Moodle to look things up in, and accounts to do it with."""

import traceback
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Engine, insert
from sqlalchemy.engine import make_url

from maintien.sites.database.opening import open_database
from maintien.sites.database.site import DatabaseSite
from maintien.sites.database.tables import moodle_tables
from maintien.sites.database.urls import parse_database_url
from tests.servers.moodle_databases import MoodleDatabase, Tables

RELEASE: Final = "4.3 (Build: 20231009)"

TABLES: Final = Tables(
    names=frozenset(
        {
            "cache_flags",
            "cohort",
            "config",
            "config_plugins",
            "context",
            "course",
            "course_categories",
            "enrol",
            "groups",
            "groups_members",
            "logstore_standard_log",
            "role",
            "role_assignments",
            "user",
            "user_enrolments",
        }
    )
)

Rows = Sequence[Mapping[str, Any]]

COURSES: Final = (
    {"id": 1, "category": 0, "shortname": "campus", "idnumber": ""},
    {"id": 2, "category": 1, "shortname": "ALG", "idnumber": "301"},
    {"id": 3, "category": 2, "shortname": "BIO", "idnumber": ""},
    {"id": 4, "category": 3, "shortname": "301", "idnumber": "chem"},
    {"id": 5, "category": 4, "shortname": "Été", "idnumber": "1"},
    {"id": 6, "category": 4, "shortname": "alg", "idnumber": ""},
    {"id": 7, "category": 4, "shortname": "TWIN", "idnumber": "x:7"},
    {"id": 8, "category": 5, "shortname": "TWIN", "idnumber": "5"},
)

CATEGORIES: Final = (
    {"id": 1, "parent": 0, "path": "/1", "name": "Sciences", "idnumber": "SCI"},
    {"id": 2, "parent": 1, "path": "/1/2", "name": "Biology", "idnumber": ""},
    {"id": 3, "parent": 2, "path": "", "name": "Moved", "idnumber": None},
    {"id": 4, "parent": 0, "path": "/4", "name": "Letters", "idnumber": "L"},
    {"id": 5, "parent": 0, "path": "/5", "name": "Letters", "idnumber": "M"},
    {"id": 11, "parent": 0, "path": "/11", "name": "Empty", "idnumber": ""},
)
"""Biology is in Sciences, and so is what was moved into it, whose path is not there yet."""

COHORTS: Final = (
    {"id": 1, "name": "First year", "idnumber": "L1"},
    {"id": 2, "name": "Second year", "idnumber": "L2"},
    {"id": 3, "name": "Same", "idnumber": ""},
    {"id": 4, "name": "Same", "idnumber": None},
)

INSTANCES: Final = (
    {"id": 1, "enrol": "cohort", "courseid": 2, "customint1": 1, "status": 0},
    {"id": 2, "enrol": "cohort", "courseid": 5, "customint1": 1, "status": 1},
    {"id": 3, "enrol": "manual", "courseid": 3, "customint1": 1, "status": 0},
    {"id": 4, "enrol": "cohort", "courseid": 3, "customint1": 2, "status": 0},
    {"id": 5, "enrol": "manual", "courseid": 2, "customint1": None, "status": 0},
)

ENROLMENTS: Final = ((1, 101), (1, 102), (5, 101), (3, 101))
"""By instance and person."""


def fill(connection: Connection, *, prefix: str = "mdl_", release: str = RELEASE) -> None:
    """Put the small Moodle into empty tables."""
    tables = moodle_tables(prefix)
    courseids = range(1, len(COURSES) + 1)
    put_settings(connection, prefix, {"version": "2023100900", "release": release})
    for table, rows in (
        (tables.course, [{"fullname": f"Course {row['id']}", **row} for row in COURSES]),
        (tables.context, [{"id": 100 + id_, "contextlevel": 50, "instanceid": id_} for id_ in courseids]),
        (tables.course_categories, CATEGORIES),
        (tables.cohort, [{"contextid": 1, **NEW_COHORT, **row} for row in COHORTS]),
        (tables.enrol, INSTANCES),
        (tables.user_enrolments, [{"enrolid": e, "userid": u} for e, u in ENROLMENTS]),
    ):
        connection.execute(insert(table), list(rows))


NEW_COHORT: Final = {"descriptionformat": 0, "timecreated": 0, "timemodified": 0}


def put_settings(connection: Connection, prefix: str, settings: Mapping[str, str]) -> None:
    """Put rows into ``config``."""
    rows = [{"name": name, "value": value} for name, value in settings.items()]
    connection.execute(insert(moodle_tables(prefix).config), rows)


def fill_database(database: MoodleDatabase, *, release: str = RELEASE) -> None:
    """Put the small Moodle into a fresh database."""
    with database.engine.begin() as connection:
        fill(connection, prefix=database.prefix, release=release)


def opened(url: str) -> DatabaseSite:
    """Open a site under the name ``campus``; close it afterwards."""
    site, _release = open_database(parse_database_url(url), "campus")
    return site


def url_for(url: str, name: str, password: str) -> str:
    """The site's URL with an account of its own."""
    return make_url(url).set(username=name, password=password).render_as_string(hide_password=False)


def create_account(engine: Engine, name: str, password: str, *, grants: str | None = None) -> None:
    """Create an account on a server, with ``grants`` on every table that is there, such as SELECT."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"DROP ROLE IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
            everything = "ALL TABLES IN SCHEMA public"
        else:
            connection.exec_driver_sql(f"CREATE OR REPLACE USER {name} IDENTIFIED BY '{password}'")
            everything = f"{engine.url.database}.*"
        if grants is not None:
            connection.exec_driver_sql(f"GRANT {grants} ON {everything} TO {name}")


def everything_said(error: BaseException) -> str:
    """All that a person or a log could get to see of an error, its causes included."""
    return "\n".join([str(error), repr(error), *traceback.format_exception(error)])
