"""A university of four courses in an SQLite file, for command lines to be tried on.

BIO and HIST are filled by the external database, MATH by a cohort; the manual method is disabled in
HIST; NEXT begins in 2030 only.
"""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Integer, SmallInteger, Table, create_engine, insert

from maintien.sites.database.tables import moodle_tables

NOW: Final = 1_788_000_000
"""2026-08-29, in summer."""

NEXT_BEGINS: Final = 1_893_456_000
"""2030-01-01."""

SETTINGS: Final = {
    "version": "2023100900",
    "release": "4.3 (Build: 20231009)",
    "siteadmins": "2",
    "timezone": "Europe/Paris",
    "enrol_plugins_enabled": "manual,guest,self,cohort,database",
    "mnet_localhost_id": "1",
}
PLUGIN_SETTINGS: Final = {
    ("enrol_manual", "status"): "0",
    ("enrol_manual", "roleid"): "5",
    ("enrol_database", "unenrolaction"): "0",
    ("enrol_cohort", "unenrolaction"): "0",
}
ROLES: Final = {1: "manager", 3: "editingteacher", 5: "student"}
COURSES: Final = (
    {"id": 1, "shortname": "campus", "fullname": "Campus", "idnumber": "", "category": 0},
    {"id": 2, "shortname": "BIO", "fullname": "Biologie \x1b[2J", "idnumber": "B1", "category": 1},
    {"id": 3, "shortname": "MATH", "fullname": "Maths", "idnumber": "", "category": 1},
    {"id": 4, "shortname": "HIST", "fullname": "Médiévale", "idnumber": "", "category": 2},
    {"id": 5, "shortname": "NEXT", "fullname": "Plus tard", "idnumber": "", "category": 2},
)
INSTANCES: Final = (
    {"id": 1, "enrol": "manual", "courseid": 2, "status": 0, "sortorder": 0},
    {"id": 2, "enrol": "database", "courseid": 2, "status": 0, "sortorder": 1},
    {"id": 3, "enrol": "manual", "courseid": 3, "status": 0, "sortorder": 0},
    {"id": 4, "enrol": "cohort", "courseid": 3, "status": 0, "sortorder": 1, "customint1": 1},
    {"id": 5, "enrol": "manual", "courseid": 4, "status": 1, "sortorder": 0},
    {"id": 6, "enrol": "database", "courseid": 4, "status": 0, "sortorder": 1},
    {"id": 7, "enrol": "manual", "courseid": 5, "status": 0, "sortorder": 0},
    {"id": 8, "enrol": "database", "courseid": 5, "status": 0, "sortorder": 1},
)
STUDENTS: Final = ((2, 11), (2, 12), (2, 13), (4, 11), (4, 12), (6, 13), (8, 11))
"""By instance and person."""
TEACHERS: Final = ((2, 20),)
PEOPLE: Final = {2: "admin", 11: "ada", 12: "brahim", 13: "chloe", 20: "dora"}

COURSE_OF: Final = {row["id"]: int(str(row["courseid"])) for row in INSTANCES}
METHOD_OF: Final = {row["id"]: row["enrol"] for row in INSTANCES}


def build_university(path: Path) -> None:
    """Make the file."""
    engine = create_engine(f"sqlite:///{path}")
    tables = moodle_tables()
    tables.metadata.create_all(engine)
    with engine.begin() as connection:
        for name, value in SETTINGS.items():
            put(connection, tables.config, name=name, value=value)
        for (plugin, name), value in PLUGIN_SETTINGS.items():
            put(connection, tables.config_plugins, plugin=plugin, name=name, value=value)
        _put_places(connection)
        _put_people(connection)
    engine.dispose()


def _put_places(connection: Connection) -> None:
    tables = moodle_tables()
    put(connection, tables.context, id=1, contextlevel=10, instanceid=0, path="/1", depth=1)
    for categoryid, name in ((1, "Sciences"), (2, "Lettres")):
        put(connection, tables.course_categories, id=categoryid, name=name, path=f"/{categoryid}")
    for course in COURSES:
        context = 100 + int(str(course["id"]))
        put(connection, tables.course, **course)
        put(
            connection,
            tables.context,
            id=context,
            contextlevel=50,
            instanceid=course["id"],
            path=f"/1/{context}",
            depth=2,
        )
    put(connection, tables.cohort, id=1, name="L1 Biologie", idnumber="L1", contextid=1)
    for instance in INSTANCES:
        put(connection, tables.enrol, **instance)


def _put_people(connection: Connection) -> None:
    tables = moodle_tables()
    for roleid, shortname in ROLES.items():
        put(connection, tables.role, id=roleid, shortname=shortname, sortorder=roleid)
    for userid, name in PEOPLE.items():
        put(
            connection,
            tables.user,
            id=userid,
            username=name,
            firstname=name.title(),
            lastname="Martin",
            mnethostid=1,
        )
    for roleid, enrolled in ((5, STUDENTS), (3, TEACHERS)):
        for instanceid, userid in enrolled:
            _enrol(connection, instanceid, userid, roleid)


def _enrol(connection: Connection, instanceid: int, userid: int, roleid: int) -> None:
    tables = moodle_tables()
    courseid = COURSE_OF[instanceid]
    put(
        connection,
        tables.user_enrolments,
        enrolid=instanceid,
        userid=userid,
        timestart=NEXT_BEGINS if courseid == 5 else 0,
        timeend=0,
    )
    put(
        connection,
        tables.role_assignments,
        roleid=roleid,
        contextid=100 + courseid,
        userid=userid,
        component=f"enrol_{METHOD_OF[instanceid]}",
        itemid=instanceid,
    )


def put(connection: Connection, table: Table, **values: Any) -> None:  # noqa: ANN401 -- a column's
    """Put a row into a table; what is not given and has no default is 0 or empty."""
    connection.execute(insert(table).values(_needed(table) | values))


def _needed(table: Table) -> dict[str, Any]:
    numbers = (Integer, SmallInteger, BigInteger)
    return {
        column.name: 0 if isinstance(column.type, numbers) else ""
        for column in table.columns
        if not column.nullable and column.server_default is None and column.name != "id"
    }
