"""Puts recorded courses into a database, and reads back what became of them."""

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, column, insert, select, table, text, update

from maintien.moodle.php_serialize import serialize
from tests.golden_rows import RECORDED_COLUMNS, ComparableRows, CourseRows, Row, comparable
from tests.moodle_schema import RECORDED_PREFIX
from tests.recorded_cases import (
    CUT_CASES,
    PROCEDURE_CASES,
    CutCase,
    ProcedureCase,
    RecordedCase,
    cut_case,
    procedure_case,
)

__all__ = [
    "CUT_CASES",
    "PROCEDURE_CASES",
    "CutCase",
    "ProcedureCase",
    "RecordedCase",
    "comparable",
    "cut_case",
    "load_before",
    "load_cut",
    "load_restored",
    "procedure_case",
    "read_rows",
    "rows_of",
]

GUEST: Final = 1
FRONT_PAGE: Final = 1
CATEGORY: Final = 1
_SYSTEM_CONTEXT: Final = 1
_FRONT_PAGE_CONTEXT: Final = 2
_CATEGORY_CONTEXT: Final = 3
_LOCAL_HOST: Final = 1
_VERSIONS: Final = {"4.1": "2022112800", "4.3": "2023100900"}


def load_before(connection: Connection, case: RecordedCase, prefix: str = RECORDED_PREFIX) -> None:
    """Fill empty tables with the state before a case, in the caller's transaction.

    A site around the course: its category, contexts, roles, accounts (guest, the administrator and the
    case's users), the groups and cohorts that its rows name (cohorts without members), its settings.
    Recorded rows keep their ids. The standard log is switched on where ``case.has_whole_log``; Moodle
    4.1's recordings lack log rows.
    """
    for name, rows in _site(case, case.before).items():
        _insert(connection, prefix + name, rows)


def load_restored(connection: Connection, case: ProcedureCase, prefix: str = RECORDED_PREFIX) -> None:
    """Fill empty tables with the state after the restore. Otherwise as :func:`load_before`."""
    for name, rows in _site(case, case.restored).items():
        _insert(connection, prefix + name, rows)


def load_cut(
    connection: Connection, case: CutCase, prefix: str = RECORDED_PREFIX, *, as_json: bool = True
) -> None:
    """Fill empty tables with the state after a cut, and the log that the sync left, as it was recorded.

    Otherwise as :func:`load_before`. Not ``as_json``, Moodle writes ``other`` in PHP's serialised form.
    """
    for name, rows in _site(case, case.cut).items():
        _insert(connection, prefix + name, rows)
    log = case.cut_log if as_json else tuple(_php_serialised(row) for row in case.cut_log)
    _insert(connection, prefix + "logstore_standard_log", list(log))
    if not as_json:
        settings = table(prefix + "config_plugins", column("name"), column("value"))
        connection.execute(update(settings).where(settings.c.name == "jsonformat").values(value="0"))


def _php_serialised(row: Row) -> Row:
    return {**row, "other": serialize(json.loads(row["other"])).decode()}


def rows_of(connection: Connection, case: RecordedCase, prefix: str = RECORDED_PREFIX) -> ComparableRows:
    """Read the course's rows, to compare them with ``comparable(case.after)`` and the like."""
    return comparable(read_rows(connection, case, prefix))


def read_rows(connection: Connection, case: RecordedCase, prefix: str = RECORDED_PREFIX) -> CourseRows:
    """Read the recorded columns of the course's rows, with their ids."""

    def read(name: str, condition: ColumnElement[bool], *order: str) -> tuple[Row, ...]:
        columns: list[ColumnElement[Any]] = [column(each) for each in RECORDED_COLUMNS[name]]
        query = select(*columns).select_from(table(prefix + name)).where(condition)
        found = connection.execute(query.order_by(*map(column, order), column("id")))
        return tuple(dict(row._mapping) for row in found)

    instances = read("enrol", column("courseid") == case.course.id, "sortorder")
    return CourseRows(
        enrol=instances,
        user_enrolments=read("user_enrolments", column("enrolid").in_([each["id"] for each in instances])),
        role_assignments=read("role_assignments", column("contextid") == case.course.contextid),
        groups_members=read("groups_members", column("groupid").in_(_groups(case))),
    )


def _site(case: RecordedCase, state: CourseRows) -> Mapping[str, list[Row]]:
    return {
        "config": [{"name": name, "value": value} for name, value in _core_settings(case).items()],
        "config_plugins": _plugin_settings(case),
        "context": _contexts(case),
        "course_categories": [
            {"id": CATEGORY, "name": "Category", "coursecount": 1, "depth": 1, "path": f"/{CATEGORY}"}
        ],
        "course": _courses(case),
        "role": [
            {"id": id_, "shortname": name, "archetype": name, "description": "", "sortorder": id_}
            for name, id_ in case.roles.items()
        ],
        "user": _accounts(case),
        "cohort": [_cohort(id_) for id_ in sorted(_cohorts(case))],
        "groups": [
            {"id": id_, "courseid": case.course.id, "name": f"Group {id_}"} for id_ in sorted(_groups(case))
        ],
        "enrol": list(state.enrol),
        "user_enrolments": list(state.user_enrolments),
        "role_assignments": list(state.role_assignments),
        "groups_members": list(state.groups_members),
    }


def _core_settings(case: RecordedCase) -> Mapping[str, str]:
    return {
        "version": _VERSIONS[case.moodle[:3]],
        "release": case.moodle,
        "enrol_plugins_enabled": "manual,guest,self,cohort,database",
        "siteadmins": str(case.operator),
        "siteguest": str(GUEST),
        "sessiontimeout": "28800",
        "mnet_localhost_id": str(_LOCAL_HOST),
    }


def _plugin_settings(case: RecordedCase) -> list[Row]:
    settings = {**case.config, "logstore_standard/jsonformat": 1}
    if case.has_whole_log:
        settings["tool_log/enabled_stores"] = "logstore_standard"
    split = ((*key.split("/"), value) for key, value in settings.items())
    return [{"plugin": plugin, "name": name, "value": str(value)} for plugin, name, value in split]


def _contexts(case: RecordedCase) -> list[Row]:
    system = f"/{_SYSTEM_CONTEXT}"
    category = f"{system}/{_CATEGORY_CONTEXT}"
    return [
        _context(_SYSTEM_CONTEXT, 10, 0, ""),
        _context(_FRONT_PAGE_CONTEXT, 50, FRONT_PAGE, system),
        _context(_CATEGORY_CONTEXT, 40, CATEGORY, system),
        _context(case.course.contextid, 50, case.course.id, category),
    ]


def _context(id_: int, level: int, instance: int, parents: str) -> Row:
    path = f"{parents}/{id_}"
    return {
        "id": id_,
        "contextlevel": level,
        "instanceid": instance,
        "path": path,
        "depth": path.count("/"),
    }


def _courses(case: RecordedCase) -> list[Row]:
    front_page = {"id": FRONT_PAGE, "category": 0, "sortorder": 1, "shortname": "site", "idnumber": ""}
    course = {
        "id": case.course.id,
        "category": CATEGORY,
        "sortorder": 10001,
        "shortname": case.course.shortname,
        "idnumber": case.course.idnumber,
    }
    return [
        {**front_page, "fullname": "Site", "format": "site"},
        {**course, "fullname": f"Course {case.course.shortname}", "format": "topics"},
    ]


def _accounts(case: RecordedCase) -> list[Row]:
    own = {"idnumber": "", "suspended": 0, "deleted": 0, "mnethostid": _LOCAL_HOST}
    guest = {"id": GUEST, "username": "guest", "email": "guest@example.fr", **own}
    administrator = {"id": case.operator, "username": "admin", "email": "admin@example.fr", **own}
    return [
        {**account, "confirmed": 1, "firstname": "First", "lastname": account["username"]}
        for account in (guest, administrator, *case.users)
    ]


def _cohort(id_: int) -> Row:
    times = {"timecreated": 0, "timemodified": 0}
    return {"id": id_, "contextid": _SYSTEM_CONTEXT, "name": f"Cohort {id_}", "descriptionformat": 1, **times}


def _cohorts(case: RecordedCase) -> frozenset[int]:
    return frozenset(row["customint1"] for row in case.before.enrol if row["enrol"] == "cohort")


def _groups(case: RecordedCase) -> frozenset[int]:
    """The groups with members at any time, and those that a cohort's members are put in."""
    filled = {row["groupid"] for rows in case.states for row in rows.groups_members}
    targets = {row["customint2"] for row in case.before.enrol if row["enrol"] == "cohort"}
    return frozenset(filled | targets - {0, None})


def _insert(connection: Connection, name: str, rows: list[Row]) -> None:
    if not rows:
        return
    into = table(name, *(column(each) for each in rows[0]))
    parameters: list[dict[str, Any]] = [dict(row) for row in rows]
    connection.execute(insert(into), parameters)
    if connection.dialect.name == "postgresql" and "id" in rows[0]:
        # Rows that bring their ids leave the sequence behind; the other databases go on after them.
        quoted = connection.dialect.identifier_preparer.quote(name)
        connection.execute(
            text(f"SELECT setval(pg_get_serial_sequence(:name, 'id'), max(id)) FROM {quoted}"),
            {"name": quoted},
        )
