"""Puts a course's state into a database, with the accounts that filters of participants look at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, insert

from maintien.enrolments.state import CourseState
from maintien.moodle.ids import UserId
from maintien.sites.database.rows import row_mappings
from maintien.sites.database.tables import MoodleTables
from tests.builders import STUDENT, TEACHER

CATEGORY_CONTEXT: Final = 2
OTHER_COURSE: Final = 8
_OTHER: Final = 999
"""The context, the instance and the group of the other course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What somebody is called, and when they were last in the course."""

    username: str
    firstname: str
    lastname: str
    email: str
    idnumber: str
    middlename: str | None = None
    last_access: int | None = None
    """Unix seconds; None for no row."""

    @property
    def texts(self) -> Sequence[str]:
        """What keywords are looked for in."""
        fullname = f"{self.firstname} {self.lastname}"
        return (fullname, self.username, self.email, self.idnumber, self.middlename or "")


def put_state(
    connection: Connection, tables: MoodleTables, state: CourseState, accounts: Mapping[UserId, Account]
) -> None:
    """Put a course into empty tables.

    Beside it there is another course, where everybody is with every role, in a group, and was long ago.
    """
    put = _Putter(connection, tables)
    put.places(state)
    put.course(state)
    put.people(state, accounts)
    put.other_course(accounts)


@dataclass(frozen=True, slots=True)
class _Putter:
    connection: Connection
    tables: MoodleTables

    def _put(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        listed = list(rows)
        if listed:
            self.connection.execute(insert(table), listed)

    def places(self, state: CourseState) -> None:
        settings = {"version": "2023100900", "release": "4.3 (Build: 20231009)"}
        self._put(self.tables.config, ({"name": n, "value": value} for n, value in settings.items()))
        contextid, course = state.course.contextid, state.course
        contexts = (
            (1, 10, 0, "/1"),
            (CATEGORY_CONTEXT, 40, 1, f"/1/{CATEGORY_CONTEXT}"),
            (contextid, 50, course.id, f"/1/{CATEGORY_CONTEXT}/{contextid}"),
            (_OTHER, 50, OTHER_COURSE, f"/1/{_OTHER}"),
        )
        columns = ("id", "contextlevel", "instanceid", "path")
        self._put(self.tables.context, (dict(zip(columns, row, strict=True)) for row in contexts))
        courses = ((course.id, course.shortname), (OTHER_COURSE, "OTHER"))
        self._put(
            self.tables.course,
            ({"id": id_, "shortname": name, "fullname": name, "category": 1} for id_, name in courses),
        )

    def course(self, state: CourseState) -> None:
        rows = (*state.instances, *state.enrolments, *state.roles, *state.memberships)
        for row_type, mapping in row_mappings(self.tables).items():
            of_type = (row for row in rows if isinstance(row, row_type))
            self._put(mapping.table, (dict(zip(mapping.columns, row, strict=True)) for row in of_type))
        groups = sorted({row.groupid for row in state.memberships})
        self._put(
            self.tables.groups,
            ({"id": id_, "courseid": state.course.id, "name": f"TD {id_}"} for id_ in groups),
        )
        self._put(
            self.tables.role_assignments,
            (
                {"roleid": roleid, "contextid": CATEGORY_CONTEXT, "userid": userid}
                for roleid, holders in state.inherited_roles.items()
                for userid in holders
            ),
        )

    def people(self, state: CourseState, accounts: Mapping[UserId, Account]) -> None:
        columns = ("username", "firstname", "lastname", "email", "idnumber", "middlename")
        self._put(
            self.tables.user,
            (
                {
                    "id": userid,
                    "mnethostid": userid,
                    "deleted": int(userid in state.deleted),
                    **{column: getattr(account, column) for column in columns},
                }
                for userid, account in accounts.items()
            ),
        )
        self._put(
            self.tables.user_lastaccess,
            (
                {"userid": userid, "courseid": state.course.id, "timeaccess": account.last_access}
                for userid, account in accounts.items()
                if account.last_access is not None
            ),
        )

    def other_course(self, people: Iterable[UserId]) -> None:
        tables, everybody = self.tables, list(people)
        self._put(tables.enrol, [{"id": _OTHER, "enrol": "manual", "courseid": OTHER_COURSE, "status": 0}])
        self._put(tables.groups, [{"id": _OTHER, "courseid": OTHER_COURSE, "name": "TD"}])
        self._put(
            tables.user_enrolments,
            ({"enrolid": _OTHER, "userid": u, "status": 0, "timestart": 0, "timeend": 0} for u in everybody),
        )
        self._put(
            tables.role_assignments,
            ({"roleid": r, "contextid": _OTHER, "userid": u} for u in everybody for r in (STUDENT, TEACHER)),
        )
        self._put(tables.groups_members, ({"groupid": _OTHER, "userid": u} for u in everybody))
        self._put(
            tables.user_lastaccess,
            ({"userid": u, "courseid": OTHER_COURSE, "timeaccess": 1} for u in everybody),
        )
