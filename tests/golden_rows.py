"""The rows of one course that decide access, as recorded, and in a form that two databases can share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

Row = Mapping[str, Any]
"""A row by column: whole numbers, texts and None."""

R = TypeVar("R", bound=NamedTuple)

RECORDED_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "enrol": (
        *("id", "enrol", "status", "courseid", "sortorder", "name", "enrolperiod", "enrolstartdate"),
        *("enrolenddate", "expirynotify", "expirythreshold", "notifyall", "roleid"),
        *(f"customint{number}" for number in range(1, 7)),
    ),
    "user_enrolments": ("id", "status", "enrolid", "userid", "timestart", "timeend", "modifierid"),
    "role_assignments": (
        *("id", "roleid", "contextid", "userid", "modifierid", "component", "itemid", "sortorder"),
    ),
    "groups_members": ("id", "groupid", "userid", "component", "itemid"),
}
"""The columns that were recorded of each table."""

_NOT_COMPARED: Final = frozenset({"id", "courseid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRows:
    """Rows as they stand in the tables, in the order of their ids (of ``enrol``: of sortorder)."""

    enrol: tuple[Row, ...]
    user_enrolments: tuple[Row, ...]
    role_assignments: tuple[Row, ...]
    groups_members: tuple[Row, ...]


class InstanceKey(NamedTuple):
    """Tells the enrolment instances of one recorded course apart without their ids."""

    enrol: str
    sortorder: int


class ComparableEnrolment(NamedTuple):
    """A user enrolment without its id and times of writing."""

    instance: InstanceKey
    userid: int
    status: int
    timestart: int
    timeend: int
    modifierid: int


class ComparableRole(NamedTuple):
    """A role assignment; ``instance`` is None where people gave the role."""

    instance: InstanceKey | None
    userid: int
    roleid: int
    component: str
    modifierid: int
    sortorder: int


class ComparableMembership(NamedTuple):
    """A group membership; ``instance`` is None where people gave it."""

    instance: InstanceKey | None
    userid: int
    groupid: int
    component: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparableRows:
    """Rows without ids and times of writing, sorted; equal where Moodle's are, but for its numbering."""

    instances: Mapping[InstanceKey, Row]
    enrolments: tuple[ComparableEnrolment, ...]
    roles: tuple[ComparableRole, ...]
    memberships: tuple[ComparableMembership, ...]


def comparable(rows: CourseRows) -> ComparableRows:
    """Replace instances' ids by their keys, and drop what only numbers rows."""
    keys = {row["id"]: InstanceKey(row["enrol"], row["sortorder"]) for row in rows.enrol}
    owners = {0: None, **keys}
    return ComparableRows(
        instances={keys[row["id"]]: _without_ids(row) for row in rows.enrol},
        enrolments=_in_order(
            ComparableEnrolment(
                instance=keys[row["enrolid"]], **_fields(row, ComparableEnrolment._fields[1:])
            )
            for row in rows.user_enrolments
        ),
        roles=_in_order(
            ComparableRole(instance=owners[row["itemid"]], **_fields(row, ComparableRole._fields[1:]))
            for row in rows.role_assignments
        ),
        memberships=_in_order(
            ComparableMembership(
                instance=owners[row["itemid"]], **_fields(row, ComparableMembership._fields[1:])
            )
            for row in rows.groups_members
        ),
    )


def _without_ids(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _NOT_COMPARED}


def _fields(row: Row, names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _in_order(rows: Iterable[R]) -> tuple[R, ...]:
    # By their text, since None and a key have no order.
    return tuple(sorted(rows, key=str))
