"""How the rows of the rules stand in Moodle's tables: Moodle's column names, in the rows' order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Table

from maintien.enrolments.state import (
    EnrolmentInstance,
    GroupMembership,
    RoleAssignment,
    UserEnrolment,
)
from maintien.planning.changes import Row
from maintien.sites.database.tables import MoodleTables

INSTANCE_COLUMNS: Final = (
    "id",
    "enrol",
    "courseid",
    "status",
    "sortorder",
    "name",
    "roleid",
    "enrolperiod",
    "expirynotify",
    "expirythreshold",
    "notifyall",
    "customint1",
    "customint2",
    "timecreated",
    "timemodified",
)
ENROLMENT_COLUMNS: Final = (
    "id",
    "enrolid",
    "userid",
    "status",
    "timestart",
    "timeend",
    "modifierid",
    "timecreated",
    "timemodified",
)
ROLE_COLUMNS: Final = (
    "id",
    "roleid",
    "contextid",
    "userid",
    "component",
    "itemid",
    "modifierid",
    "timemodified",
    "sortorder",
)
MEMBERSHIP_COLUMNS: Final = ("id", "groupid", "userid", "component", "itemid", "timeadded")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMapping:
    """Where rows of one type are kept."""

    table: Table
    columns: tuple[str, ...]
    """In the order of the row's fields; the first is the id."""


def row_mappings(tables: MoodleTables) -> Mapping[type[Row], RowMapping]:
    """Tell for each row type its table and columns, in the order in which locks are taken."""
    return {
        EnrolmentInstance: RowMapping(table=tables.enrol, columns=INSTANCE_COLUMNS),
        UserEnrolment: RowMapping(table=tables.user_enrolments, columns=ENROLMENT_COLUMNS),
        RoleAssignment: RowMapping(table=tables.role_assignments, columns=ROLE_COLUMNS),
        GroupMembership: RowMapping(table=tables.groups_members, columns=MEMBERSHIP_COLUMNS),
    }
