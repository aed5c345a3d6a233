"""Fills the log of a university, and lets a sync come too early, by SQL alone.

The log has two years of page views, evenly spread over the courses. Then three of four people are withdrawn
from all their courses in one night, with the log rows that Moodle's external database leaves.
"""

from typing import Final

from sqlalchemy import Connection, Engine, text

from benchmarks.university import FIRST_COURSE, NOW, Size
from maintien.sites.database.tables import MoodleTables

CUT: Final = NOW - 6 * 60 * 60
"""When the sync ran."""
SINCE: Final = NOW - 24 * 60 * 60
_TWO_YEARS: Final = 2 * 365 * 24 * 60 * 60
_WITHDRAWN: Final = "MOD(ue.userid, 4) <> 0"
_AT_ONCE: Final = 2_000_000
"""Log rows a transaction."""


def fill_log(engine: Engine, tables: MoodleTables, size: Size, rows: int) -> None:
    """Put so many page views into the log, which has no indexes meanwhile, and then the cut."""
    log = tables.logstore_standard_log
    for index in log.indexes:
        index.drop(engine)
    for first in range(0, rows, _AT_ONCE):
        with engine.begin() as connection:
            connection.execute(
                text(_views(connection, tables, size, first, min(rows, first + _AT_ONCE), rows))
            )
    with engine.begin() as connection:
        _cut(connection, tables)
    for index in log.indexes:
        index.create(engine)


def _views(connection: Connection, tables: MoodleTables, size: Size, first: int, last: int, rows: int) -> str:
    if connection.dialect.name == "postgresql":
        numbers = f"generate_series({first + 1}, {last}) AS s(n)"
        moment = f"({NOW - _TWO_YEARS} + n::bigint * {_TWO_YEARS} / {rows})"
    else:
        numbers = f"(SELECT seq AS n FROM seq_{first + 1}_to_{last}) AS s"
        moment = f"({NOW - _TWO_YEARS} + n * {_TWO_YEARS} DIV {rows})"
    course = f"MOD(n * 7, {size.courses})"
    return (
        f"INSERT INTO {tables.prefix}logstore_standard_log (eventname, component, action, target, crud,"
        " edulevel, contextid, contextlevel, contextinstanceid, userid, courseid, anonymous, other,"
        " timecreated, origin, ip)"
        f" SELECT '{_name('course_viewed', connection)}', 'core', 'viewed', 'course', 'r', 2, {course} + 101,"
        f" 50, {course} + {FIRST_COURSE}, 10 + MOD(n, {size.people}), {course} + {FIRST_COURSE}, 0, 'null',"
        f" {moment}, 'web', '192.0.2.1' FROM {numbers}"
    )


def _cut(connection: Connection, tables: MoodleTables) -> None:
    p = tables.prefix
    columns = (
        "eventname, component, action, target, objecttable, objectid, crud, edulevel, contextid,"
        " contextlevel, contextinstanceid, userid, courseid, relateduserid, anonymous, other,"
        " timecreated, origin"
    )
    withdrawn = (
        f"{p}user_enrolments ue JOIN {p}enrol e ON e.id = ue.enrolid JOIN {p}role_assignments ra"
        " ON ra.itemid = e.id AND ra.userid = ue.userid AND ra.component = 'enrol_database'"
        f" WHERE {_WITHDRAWN}"
    )
    place = "ra.contextid, 50, e.courseid, 2, e.courseid, ue.userid, 0"
    role = """CONCAT('{"id":"', ra.id, '","component":"enrol_database","itemid":"', e.id, '"}')"""
    row = (
        """CONCAT('{"userenrolment":{"id":"', ue.id, '","status":"0","enrolid":"', e.id, '","userid":"',"""
        """ ue.userid, '","timestart":"0","timeend":"0","modifierid":"0","timecreated":"', ue.timecreated,"""
        """ '","timemodified":"', ue.timemodified, '","courseid":"', e.courseid,"""
        """ '","enrol":"database","lastenrol":true},"enrol":"database"}')"""
    )
    into = f"INSERT INTO {p}logstore_standard_log ({columns}) SELECT"
    unassigned, deleted = (
        _name(event, connection) for event in ("role_unassigned", "user_enrolment_deleted")
    )
    for statement in (
        f"{into} '{unassigned}', 'core', 'unassigned', 'role', 'role', 5, 'd', 0, {place}, {role}, {CUT},"
        f" 'cli' FROM {withdrawn}",
        f"{into} '{deleted}', 'core', 'deleted', 'user_enrolment', 'user_enrolments', ue.id, 'd', 0, {place},"
        f" {row}, {CUT}, 'cli' FROM {withdrawn}",
        f"DELETE FROM {p}user_enrolments WHERE {_WITHDRAWN.replace('ue.', '')}",
        f"DELETE FROM {p}role_assignments WHERE {_WITHDRAWN.replace('ue.', '')}",
    ):
        # Not as text with parameters: JSON has colons.
        connection.exec_driver_sql(statement)


def _name(event: str, connection: Connection) -> str:
    backslash = "\\" if connection.dialect.name == "postgresql" else "\\\\"
    return f"{backslash}core{backslash}event{backslash}{event}"
