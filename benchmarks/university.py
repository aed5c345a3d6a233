"""Fills an empty Moodle database with a university of a given number of user enrolments, by SQL alone.

200 enrolments a course, each with a role, all from the external database; a person is in 20 courses.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, text

from maintien.sites.database.tables import MoodleTables

COURSE_SIZE: Final = 200
COURSES_OF_A_PERSON: Final = 20
NOW: Final = 1_788_000_000
"""Unix seconds, in August 2026."""
STUDENT: Final = 5
FIRST_COURSE: Final = 2
FIRST_PERSON: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a university is."""

    enrolments: int

    @property
    def courses(self) -> int:
        """How many courses there are."""
        return self.enrolments // COURSE_SIZE

    @property
    def people(self) -> int:
        """How many people there are."""
        return max(COURSE_SIZE, self.enrolments // COURSES_OF_A_PERSON)


def fill(connection: Connection, tables: MoodleTables, size: Size, *, with_log: bool) -> None:
    """Put the university into empty tables."""
    p = tables.prefix
    courses, people = numbers(connection, size.courses), numbers(connection, size.people)
    enrolments = numbers(connection, size.enrolments)
    user = connection.dialect.identifier_preparer.quote(f"{p}user")
    course_of = "((n - 1) / 200)" if connection.dialect.name == "postgresql" else "((n - 1) DIV 200)"
    person = f"{FIRST_PERSON} + MOD({course_of} * 137 + MOD(n - 1, 200), {size.people})"
    for statement in (
        f"INSERT INTO {p}config (name, value) VALUES ('version', '2023100900'),"
        " ('release', '4.3 (Build: 20231009)'), ('siteadmins', '2'), ('sessiontimeout', '28800'),"
        " ('enrol_plugins_enabled', 'manual,cohort,database')",
        f"INSERT INTO {p}role (id, name, shortname, description, sortorder, archetype)"
        " VALUES (5, '', 'student', '', 5, 'student')",
        f"INSERT INTO {p}course_categories (id, name, path, depth, coursecount)"
        " VALUES (1, 'University', '/1', 1, 0)",
        f"INSERT INTO {p}context (id, contextlevel, instanceid, path, depth)"
        " VALUES (1, 10, 0, '/1', 1), (2, 40, 1, '/1/2', 2)",
        f"INSERT INTO {p}course (id, category, fullname, shortname, idnumber)"
        f" SELECT n + 1, 1, CONCAT('Course ', n), CONCAT('C', n), CONCAT('ID', n) FROM {courses}",
        f"INSERT INTO {p}context (id, contextlevel, instanceid, path, depth)"
        f" SELECT n + 100, 50, n + 1, CONCAT('/1/2/', n + 100), 3 FROM {courses}",
        f"INSERT INTO {p}enrol (id, enrol, status, courseid, sortorder)"
        f" SELECT n * 2, 'manual', 0, n + 1, 0 FROM {courses}",
        f"INSERT INTO {p}enrol (id, enrol, status, courseid, sortorder)"
        f" SELECT n * 2 + 1, 'database', 0, n + 1, 1 FROM {courses}",
        f"INSERT INTO {user} (id, username, firstname, lastname, email, mnethostid, confirmed)"
        f" SELECT n + {FIRST_PERSON - 1}, CONCAT('u', n), 'Ada', CONCAT('No', n),"
        f" CONCAT('u', n, '@example.fr'), 1, 1 FROM {people}",
        f"INSERT INTO {p}user_enrolments (status, enrolid, userid, timestart, timeend, modifierid,"
        f" timecreated, timemodified) SELECT 0, ({course_of} + 1) * 2 + 1, {person}, 0, 0, 0,"
        f" {NOW - 9999}, {NOW - 9999} FROM {enrolments}",
        f"INSERT INTO {p}role_assignments (roleid, contextid, userid, timemodified, modifierid,"
        f" component, itemid, sortorder) SELECT 5, {course_of} + 101, {person}, {NOW - 9999}, 0,"
        f" 'enrol_database', ({course_of} + 1) * 2 + 1, 0 FROM {enrolments}",
    ):
        connection.execute(text(statement))
    if with_log:
        connection.execute(
            text(
                f"INSERT INTO {p}config_plugins (plugin, name, value) VALUES"
                " ('tool_log', 'enabled_stores', 'logstore_standard'),"
                " ('logstore_standard', 'jsonformat', '1')"
            )
        )
    _catch_up_sequences(connection, tables)


def numbers(database: Connection | Engine, highest: int) -> str:
    """Make what a query selects the numbers ``n`` from, from 1 on."""
    if database.dialect.name == "postgresql":
        return f"generate_series(1, {highest}) AS s(n)"
    return f"(SELECT seq AS n FROM seq_1_to_{highest}) AS s"


def _catch_up_sequences(connection: Connection, tables: MoodleTables) -> None:
    """Rows were numbered by hand; PostgreSQL's own numbering has to go on behind them."""
    if connection.dialect.name != "postgresql":
        return
    for table in (tables.enrol, tables.course, tables.context, tables.user):
        name = connection.dialect.identifier_preparer.quote(table.name)
        connection.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
        )
