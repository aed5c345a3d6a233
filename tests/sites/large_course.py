"""One course of very many people, among others, made by SQL alone, on PostgreSQL or MariaDB."""

from typing import Final

from sqlalchemy import Connection, text

from maintien.sites.database.tables import MoodleTables

NOW: Final = 1_788_000_000
"""Unix seconds, in August 2026."""
COURSE: Final = 2
OTHER_COURSES: Final = 3
"""Everybody is in these too, so that an index is worth while."""
FIRST_PERSON: Final = 10
GROUPS: Final = 50
STUDENT: Final = 5
TEACHER: Final = 3


def fill_large_course(connection: Connection, tables: MoodleTables, people: int) -> None:
    """Put it into empty tables.

    Everybody is enrolled by the external database, every other person by hand too: of these a tenth
    suspended, a tenth over. One of a hundred is a teacher. Nine of ten are in a group, seven of ten have been
    in the course.
    """
    p, user, groups = (
        tables.prefix,
        _quoted(connection, tables.user.name),
        _quoted(connection, tables.groups.name),
    )
    everybody, courses = numbers(connection, people), numbers(connection, 1 + OTHER_COURSES)
    group = numbers(connection, GROUPS)
    here = f"n + {FIRST_PERSON - 1}"
    for statement in (
        f"INSERT INTO {p}config (name, value) VALUES ('version', '2023100900'),"
        " ('release', '4.3 (Build: 20231009)'), ('siteadmins', '2'), ('sessiontimeout', '28800'),"
        " ('enrol_plugins_enabled', 'manual,cohort,database')",
        f"INSERT INTO {p}role (id, name, shortname, description, sortorder, archetype)"
        f" VALUES ({STUDENT}, '', 'student', '', 5, 'student'),"
        f" ({TEACHER}, '', 'editingteacher', '', 3, 'editingteacher')",
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
        f"INSERT INTO {user} (id, username, firstname, lastname, email, idnumber, mnethostid, confirmed)"
        f" SELECT {here}, CONCAT('u', n), 'Zoé', CONCAT('Nº', n), CONCAT('u', n, '@example.fr'),"
        f" CONCAT('2', n), 1, 1 FROM {everybody}",
        *(
            f"INSERT INTO {p}user_enrolments (status, enrolid, userid, timestart, timeend, modifierid,"
            f" timecreated, timemodified) SELECT 0, {course * 2 + 1}, {here}, 0, 0, 0, {NOW}, {NOW}"
            f" FROM {everybody}"
            for course in range(1, 2 + OTHER_COURSES)
        ),
        f"INSERT INTO {p}user_enrolments (status, enrolid, userid, timestart, timeend, modifierid,"
        f" timecreated, timemodified) SELECT CASE WHEN MOD(n, 20) = 0 THEN 1 ELSE 0 END, 2, {here}, 0,"
        f" CASE WHEN MOD(n, 20) = 2 THEN {NOW - 1} ELSE 0 END, 0, {NOW}, {NOW} FROM {everybody}"
        " WHERE MOD(n, 2) = 0",
        *(
            f"INSERT INTO {p}role_assignments (roleid, contextid, userid, timemodified, modifierid,"
            " component, itemid, sortorder)"
            f" SELECT CASE WHEN MOD(n, 100) = 1 THEN {TEACHER} ELSE {STUDENT} END,"
            f" {course + 100}, {here}, {NOW}, 0, 'enrol_database', {course * 2 + 1}, 0 FROM {everybody}"
            for course in range(1, 2 + OTHER_COURSES)
        ),
        f"INSERT INTO {groups} (id, courseid, name) SELECT n, {COURSE}, CONCAT('TD ', n) FROM {group}",
        f"INSERT INTO {p}groups_members (groupid, userid) SELECT MOD(n, {GROUPS}) + 1, {here}"
        f" FROM {everybody} WHERE MOD(n, 10) <> 0",
        *(
            f"INSERT INTO {p}user_lastaccess (userid, courseid, timeaccess)"
            f" SELECT {here}, {course + 1}, {NOW} - n FROM {everybody} WHERE MOD(n, 10) < 7"
            for course in range(1, 2 + OTHER_COURSES)
        ),
    ):
        connection.execute(text(statement))


def numbers(connection: Connection, highest: int) -> str:
    """Make what a query selects the numbers ``n`` from, from 1 on."""
    if connection.dialect.name == "postgresql":
        return f"generate_series(1, {highest}) AS s(n)"
    return f"(SELECT seq AS n FROM seq_1_to_{highest}) AS s"


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
