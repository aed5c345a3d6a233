"""The university of the command lines with people enrolled by hand, in all the ways that matter.

Ada's manual enrolment in BIO is over, Brahim's goes on and both are enrolled by the external database as
well; Emma is there by hand only, and her enrolment is over; Farid is there by hand without an end.
"""

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine

from maintien.sites.database.tables import moodle_tables
from tests.cli.university import NOW, put

BIO_BY_HAND: Final = 1
BIO_CONTEXT: Final = 102
ADA, BRAHIM, CHLOE, DORA, EMMA, FARID = 11, 12, 13, 20, 31, 32
GROUP: Final = 71
YESTERDAY: Final = NOW - 86_400
NEXT_YEAR: Final = NOW + 365 * 86_400
ENDS: Final = {ADA: YESTERDAY, BRAHIM: NEXT_YEAR, EMMA: YESTERDAY, FARID: 0}

TABLES: Final = ("mdl_enrol", "mdl_user_enrolments", "mdl_role_assignments", "mdl_groups_members")


def enrol_by_hand(path: Path) -> None:
    """Enrol these people, each as a student, and put Emma into a group."""
    tables = moodle_tables()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        put(connection, tables.groups, id=GROUP, courseid=2, name="TD2")
        for userid, name in ((EMMA, "emma"), (FARID, "farid")):
            names = {"username": name, "firstname": name.title(), "lastname": "Martin"}
            put(connection, tables.user, id=userid, mnethostid=1, email=f"{name}@example.fr", **names)
        for userid, ends_at in ENDS.items():
            put(connection, tables.user_enrolments, enrolid=BIO_BY_HAND, userid=userid, timeend=ends_at)
            put(connection, tables.role_assignments, roleid=5, contextid=BIO_CONTEXT, userid=userid)
        put(connection, tables.groups_members, groupid=GROUP, userid=EMMA)
        put(connection, tables.config_plugins, plugin="logstore_standard", name="jsonformat", value="1")
        put(
            connection,
            tables.config_plugins,
            plugin="tool_log",
            name="enabled_stores",
            value="logstore_standard",
        )
    engine.dispose()


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row that decides access, ids included."""
    return {table: selected(path, f"SELECT * FROM {table} ORDER BY id") for table in TABLES}


def selected(path: Path, query: str) -> list[tuple[object, ...]]:
    """The rows that a query finds."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def ends(path: Path) -> dict[int, int]:
    """The end of every manual enrolment in BIO."""
    query = f"SELECT userid, timeend FROM mdl_user_enrolments WHERE enrolid = {BIO_BY_HAND}"
    return {int(str(userid)): int(str(end)) for userid, end in selected(path, query)}


def write(path: Path, statement: str) -> None:
    """Change something behind maintien's back."""
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()
