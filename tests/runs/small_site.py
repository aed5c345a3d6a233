"""A site of thirty courses and forty people each, made by a few statements, and put back by a few."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text

from tests.servers.moodle_databases import MoodleDatabase

NOW: Final = 1_788_000_000
COURSES: Final = 30
PEOPLE: Final = 40
FIRST_COURSE: Final = 2
FIRST_PERSON: Final = 100
CHANGED: Final = (
    *("enrol", "user_enrolments", "role_assignments", "groups_members"),
    *("logstore_standard_log", "cache_flags"),
)
"""The tables that a conversion writes to."""

SETTINGS: Final = {
    "version": "2023100900",
    "release": "4.3 (Build: 20231009)",
    "siteadmins": "2",
    "siteidentifier": "small",
    "enrol_plugins_enabled": "manual,guest,self,cohort,database",
    "mnet_localhost_id": "1",
    "sessiontimeout": "28800",
}
PLUGIN_SETTINGS: Final = {
    ("enrol_manual", "status"): "0",
    ("enrol_manual", "roleid"): "5",
    ("tool_log", "enabled_stores"): "logstore_standard",
    ("logstore_standard", "jsonformat"): "1",
}

_COMPARED: Final = {
    "enrol": "e.courseid, e.enrol, e.status, e.sortorder, e.roleid, e.timecreated, e.timemodified",
    "user_enrolments": (
        "e.courseid, e.enrol, t.userid, t.status, t.timestart, t.timeend, t.modifierid, t.timecreated,"
        " t.timemodified"
    ),
    "role_assignments": "contextid, roleid, userid, component, itemid, modifierid, timemodified, sortorder",
    "groups_members": "groupid, userid, component, itemid, timeadded",
    "logstore_standard_log": (
        "eventname, component, action, target, objecttable, crud, edulevel, contextid, contextlevel,"
        " contextinstanceid, userid, courseid, relateduserid, anonymous, origin, timecreated"
    ),
    "cache_flags": "flagtype, name, value, expiry, timemodified",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallSite:
    """The site in a database, with a copy of its tables as they were."""

    database: MoodleDatabase

    def build(self) -> None:
        """Fill the empty tables, and keep a copy of those that change."""
        with self.database.engine.begin() as connection:
            for statement in _statements(self.database.prefix):
                connection.execute(text(_for(connection, statement)))
            for table in CHANGED:
                connection.execute(
                    text(f"CREATE TABLE before_{table} AS SELECT * FROM {self.database.prefix}{table}")
                )

    def put_back(self) -> None:
        """Make the tables what they were."""
        with self.database.engine.begin() as connection:
            for table in CHANGED:
                name = self.database.prefix + table
                connection.execute(text(f"DELETE FROM {name}"))
                connection.execute(text(f"INSERT INTO {name} SELECT * FROM before_{table}"))

    def remove_copies(self) -> None:
        """Leave nothing that emptying the database would not expect."""
        with self.database.engine.begin() as connection:
            for table in CHANGED:
                connection.execute(text(f"DROP TABLE before_{table}"))

    def rows(self) -> dict[str, Counter[tuple[Any, ...]]]:
        """Every row of the tables that change, without ids, by how often it is there."""
        with self.database.engine.connect() as connection:
            return {table: self._rows(connection, table) for table in CHANGED}

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the four tables, ids included."""
        with self.database.engine.connect() as connection:
            return {
                table: [
                    tuple(row)
                    for row in connection.execute(
                        text(f"SELECT * FROM {self.database.prefix}{table} ORDER BY id")
                    )
                ]
                for table in CHANGED[:4]
            }

    def _rows(self, connection: Connection, table: str) -> Counter[tuple[Any, ...]]:
        prefix = self.database.prefix
        source = f"{prefix}enrol e" if table == "enrol" else f"{prefix}{table} t"
        if table == "user_enrolments":
            source += f" JOIN {prefix}enrol e ON e.id = t.enrolid"
        query = text(f"SELECT {_COMPARED[table]} FROM {source}")
        return Counter(tuple(row) for row in connection.execute(query))


def _for(connection: Connection, statement: str) -> str:
    """Say CONCAT as SQLite does; MariaDB takes ``||`` for an OR."""
    if connection.dialect.name != "sqlite":
        return statement
    return re.sub(r"CONCAT\(('[^']*'), (\w)\)", r"\1 || \2", statement)


def _statements(prefix: str) -> list[str]:
    courses = " UNION ALL ".join(
        f"SELECT {course} AS c" for course in range(FIRST_COURSE, FIRST_COURSE + COURSES)
    )
    people = " UNION ALL ".join(
        f"SELECT {person} AS p" for person in range(FIRST_PERSON, FIRST_PERSON + PEOPLE)
    )
    pairs = f"(SELECT c, p FROM ({courses}) x CROSS JOIN ({people}) y) z"
    settings = ", ".join(f"('{name}', '{value}')" for name, value in SETTINGS.items())
    plugins = ", ".join(f"('{p}', '{name}', '{value}')" for (p, name), value in PLUGIN_SETTINGS.items())
    return [
        f"INSERT INTO {prefix}config (name, value) VALUES {settings}",
        f"INSERT INTO {prefix}config_plugins (plugin, name, value) VALUES {plugins}",
        f"INSERT INTO {prefix}role (id, name, shortname, description, sortorder, archetype)"
        " VALUES (3, '', 'editingteacher', '', 3, 'editingteacher'), (5, '', 'student', '', 5, 'student')",
        f"INSERT INTO {prefix}context (id, contextlevel, instanceid, path, depth) VALUES (1, 10, 0, '/1', 1)",
        f"INSERT INTO {prefix}context (id, contextlevel, instanceid, path, depth)"
        f" SELECT 1000 + c, 50, c, '', 2 FROM ({courses}) x",
        f"INSERT INTO {prefix}course (id, category, sortorder, fullname, shortname, idnumber, format)"
        " VALUES (1, 0, 1, 'Site', 'site', '', 'site')",
        f"INSERT INTO {prefix}course (id, category, sortorder, fullname, shortname, idnumber, format)"
        f" SELECT c, 1, c, CONCAT('Course ', c), CONCAT('C', c), '', 'topics' FROM ({courses}) x",
        f"INSERT INTO {prefix}user (id, username, firstname, lastname, email, idnumber, mnethostid,"
        " confirmed) VALUES (2, 'admin', 'A', 'Admin', '', '', 1, 1)",
        f"INSERT INTO {prefix}user (id, username, firstname, lastname, email, idnumber, mnethostid,"
        f" confirmed) SELECT p, CONCAT('u', p), 'U', CONCAT('P', p), '', '', 1, 1 FROM ({people}) y",
        # Every third course has no manual instance yet.
        f"INSERT INTO {prefix}enrol (id, enrol, status, courseid, sortorder, roleid, timecreated,"
        f" timemodified) SELECT 2000 + c, 'manual', 0, c, 0, 5, 1, 1 FROM ({courses}) x WHERE MOD(c, 3) <> 0",
        f"INSERT INTO {prefix}enrol (id, enrol, status, courseid, sortorder, roleid, timecreated,"
        f" timemodified) SELECT 3000 + c, 'database', 0, c, 1, 5, 1, 1 FROM ({courses}) x",
        f"INSERT INTO {prefix}user_enrolments (enrolid, userid, status, timestart, timeend, modifierid,"
        f" timecreated, timemodified) SELECT 3000 + c, p, CASE WHEN MOD(p, 13) = 0 THEN 1 ELSE 0 END, 0, 0,"
        f" 0, 1, 1 FROM {pairs}",
        # Some have a manual enrolment that ends too early.
        f"INSERT INTO {prefix}user_enrolments (enrolid, userid, status, timestart, timeend, modifierid,"
        f" timecreated, timemodified) SELECT 2000 + c, p, 0, 0, {NOW + 1000}, 0, 1, 1 FROM {pairs}"
        " WHERE MOD(c, 3) <> 0 AND MOD(p, 7) = 0",
        f"INSERT INTO {prefix}role_assignments (roleid, contextid, userid, component, itemid, modifierid,"
        f" timemodified, sortorder) SELECT 5, 1000 + c, p, 'enrol_database', 3000 + c, 0, 1, 0 FROM {pairs}",
        f"INSERT INTO {prefix}groups (id, courseid, name, idnumber, timecreated, timemodified)"
        f" SELECT 4000 + c, c, 'Group', '', 1, 1 FROM ({courses}) x",
        f"INSERT INTO {prefix}groups_members (groupid, userid, component, itemid, timeadded)"
        f" SELECT 4000 + c, p, 'enrol_database', 3000 + c, 1 FROM {pairs} WHERE MOD(p, 2) = 0",
    ]
