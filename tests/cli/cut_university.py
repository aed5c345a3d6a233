"""The university after a sync that came too early, with the log of it."""

import json
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine, delete, select

from maintien.moodle.events import (
    GROUP_MEMBER_REMOVED,
    ROLE_UNASSIGNED,
    USER_ENROLMENT_DELETED,
    EventKind,
)
from maintien.sites.database.tables import moodle_tables
from tests.cli.university import COURSE_OF, METHOD_OF, NOW, put

CUT: Final = NOW - 3600
GROUP: Final = 41
"""A group of BIO that everybody was in whom the sync took away."""


def cut_off(path: Path, instanceid: int, *, origin: str = "cli", by: int = 2) -> None:
    """Unenrol everybody of an instance, as a sync does, or as somebody at a page."""
    engine = create_engine(f"sqlite:///{path}")
    tables = moodle_tables()
    enrolments, roles = tables.user_enrolments, tables.role_assignments
    with engine.begin() as connection:
        left = connection.execute(select(enrolments).where(enrolments.c.enrolid == instanceid)).all()
        given = connection.execute(select(roles).where(roles.c.itemid == instanceid)).all()
        for role in given:
            other = {"id": str(role.id), "component": role.component, "itemid": str(role.itemid)}
            _log(connection, ROLE_UNASSIGNED, role.roleid, role.userid, instanceid, other, origin, by)
        for row in left:
            _log(connection, GROUP_MEMBER_REMOVED, GROUP, row.userid, instanceid, None, origin, by)
            was = {name: str(value) for name, value in row._mapping.items()}
            was |= {"enrol": str(METHOD_OF[instanceid])}
            other = {"userenrolment": {**was, "lastenrol": True}, "enrol": METHOD_OF[instanceid]}
            _log(connection, USER_ENROLMENT_DELETED, row.id, row.userid, instanceid, other, origin, by)
        connection.execute(delete(enrolments).where(enrolments.c.enrolid == instanceid))
        connection.execute(delete(roles).where(roles.c.itemid == instanceid))
        groups = tables.groups
        if connection.scalar(select(groups.c.id).where(groups.c.id == GROUP)) is None:
            put(connection, groups, id=GROUP, courseid=2, name="TD1")
    engine.dispose()


def _log(
    connection: Connection,
    kind: EventKind,
    objectid: int,
    userid: int,
    instanceid: int,
    other: object,
    origin: str,
    by: int,
) -> None:
    courseid = COURSE_OF[instanceid]
    put(
        connection,
        moodle_tables().logstore_standard_log,
        eventname=kind.eventname,
        objectid=objectid,
        contextid=100 + courseid,
        contextlevel=50,
        contextinstanceid=courseid,
        userid=by,
        courseid=courseid,
        relateduserid=userid,
        other=json.dumps(other),
        timecreated=CUT,
        origin=origin,
    )
