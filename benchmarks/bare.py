"""What the bare database needs for the rows of a conversion: one set-based INSERT a table."""

from sqlalchemy import Connection, text

from benchmarks.university import NOW, STUDENT
from maintien.sites.database.tables import MoodleTables


def insert_same_rows(connection: Connection, tables: MoodleTables, *, ends_at: int, with_log: bool) -> None:
    """Insert what ``convert`` inserts: enrolments, roles, flags and, where the site logs, log rows."""
    p = tables.prefix
    for statement in _statements(p, ends_at):
        connection.execute(text(statement))
    if with_log:
        _gather_figures(connection, p)
        for statement, values in _log_statements(p):
            connection.execute(text(statement), values)


def _gather_figures(connection: Connection, p: str) -> None:
    """Tell PostgreSQL of the new rows: it takes them for none otherwise, and joins a million by loops."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {p}user_enrolments, {p}role_assignments"))


def _statements(p: str, ends_at: int) -> list[str]:
    return [
        f"INSERT INTO {p}user_enrolments (status, enrolid, userid, timestart, timeend, modifierid,"
        " timecreated, timemodified)"
        f" SELECT 0, m.id, a.userid, 0, {ends_at}, 2, {NOW}, {NOW} FROM {p}user_enrolments a"
        f" JOIN {p}enrol e ON e.id = a.enrolid AND e.enrol = 'database' AND e.status = 0"
        f" JOIN {p}enrol m ON m.courseid = e.courseid AND m.enrol = 'manual'"
        f" WHERE a.status = 0 AND NOT EXISTS (SELECT 1 FROM {p}user_enrolments x"
        " WHERE x.enrolid = m.id AND x.userid = a.userid)",
        f"INSERT INTO {p}role_assignments (roleid, contextid, userid, timemodified, modifierid,"
        " component, itemid, sortorder)"
        f" SELECT r.roleid, r.contextid, r.userid, {NOW}, 2, '', 0, 0 FROM {p}role_assignments r"
        f" WHERE r.component = 'enrol_database' AND r.roleid = {STUDENT}"
        f" AND NOT EXISTS (SELECT 1 FROM {p}role_assignments x WHERE x.userid = r.userid"
        " AND x.contextid = r.contextid AND x.roleid = r.roleid AND x.component = '' AND x.itemid = 0)",
        f"INSERT INTO {p}cache_flags (flagtype, name, timemodified, value, expiry)"
        f" SELECT 'accesslib/dirtyusers', CAST(u.userid AS CHAR(20)), {NOW}, '1', {NOW + 28800}"
        f" FROM (SELECT DISTINCT userid FROM {p}user_enrolments WHERE timecreated = {NOW}) u",
    ]


def _log_statements(p: str) -> list[tuple[str, dict[str, str]]]:
    columns = (
        "eventname, component, action, target, objecttable, objectid, crud, edulevel, contextid,"
        " contextlevel, contextinstanceid, userid, courseid, relateduserid, anonymous, other,"
        " timecreated, origin, ip, realuserid"
    )
    return [
        (
            f"INSERT INTO {p}logstore_standard_log ({columns})"
            " SELECT :event, 'core', 'created', 'user_enrolment',"
            " 'user_enrolments', a.id, 'c', 0, c.id, 50, e.courseid, 2, e.courseid, a.userid, 0,"
            f" :other, {NOW}, 'cli', NULL, NULL FROM {p}user_enrolments a"
            f" JOIN {p}enrol e ON e.id = a.enrolid"
            f" JOIN {p}context c ON c.contextlevel = 50 AND c.instanceid = e.courseid"
            f" WHERE a.timecreated = {NOW}",
            {"event": "\\core\\event\\user_enrolment_created", "other": '{"enrol":"manual"}'},
        ),
        (
            f"INSERT INTO {p}logstore_standard_log ({columns})"
            " SELECT :event, 'core', 'assigned', 'role',"
            " 'role', r.roleid, 'c', 0, r.contextid, 50, c.instanceid, 2, c.instanceid, r.userid, 0,"
            f" CONCAT(CAST(:before AS CHAR(8)), r.id, CAST(:after AS CHAR(32))),"
            f" {NOW}, 'cli', NULL, NULL FROM {p}role_assignments r"
            f" JOIN {p}context c ON c.id = r.contextid WHERE r.timemodified = {NOW}",
            {
                "event": "\\core\\event\\role_assigned",
                "before": '{"id":',
                "after": ',"component":"","itemid":0}',
            },
        ),
    ]
