"""Writes changes of enrolment instances; there are few, a course has one manual instance."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, select, update

from maintien.enrolments.state import EnrolmentInstance
from maintien.moodle.ids import UNSAVED, CourseId, InstanceId
from maintien.moodle.values import MANUAL
from maintien.sites.database.bulk import bulk_insert
from maintien.sites.database.rows import INSTANCE_COLUMNS
from maintien.sites.database.sorted_changes import RowChanges
from maintien.sites.interface import StateMoved


def write_instances(
    connection: Connection, enrol: Table, changes: RowChanges[EnrolmentInstance]
) -> Mapping[CourseId, InstanceId]:
    """Write these changes; tell the ids of the instances that the database numbered, by course.

    Raises StateMoved when an instance is not as planned, or a course got a manual one meanwhile.
    """
    for row in changes.removed:
        _require_one(connection.execute(delete(enrol).where(_is(enrol, row))).rowcount)
    for change in changes.changed:
        _change(connection, enrol, change.before, change.after)
    return _add(connection, enrol, changes.added)


def hold_instances(connection: Connection, enrol: Table, ids: Collection[InstanceId]) -> None:
    """Keep these instances from being deleted until the transaction ends.

    Raises StateMoved when one is gone already.
    """
    if not ids:
        return
    query = select(enrol.c.id).where(enrol.c.id.in_(sorted(ids))).order_by(enrol.c.id)
    held = connection.scalars(query.with_for_update(read=True)).all()
    if len(held) != len(ids):
        raise StateMoved


def read_methods(
    connection: Connection, enrol: Table, ids: Collection[InstanceId]
) -> Mapping[InstanceId, str]:
    """Tell the methods of these instances; those that are gone are missing."""
    query = select(enrol.c.id, enrol.c.enrol).where(enrol.c.id.in_(sorted(ids)))
    return {row.id: row.enrol for row in connection.execute(query)}


def _change(
    connection: Connection, enrol: Table, before: EnrolmentInstance, after: EnrolmentInstance
) -> None:
    values = dict(zip(INSTANCE_COLUMNS, after, strict=True))
    statement = update(enrol).values(values).where(_is(enrol, before))
    _require_one(connection.execute(statement).rowcount)


def _is(enrol: Table, row: EnrolmentInstance) -> ColumnElement[bool]:
    return and_(
        *(
            enrol.c[column].is_not_distinct_from(value)
            for column, value in zip(INSTANCE_COLUMNS, row, strict=True)
        )
    )


def _require_one(rowcount: int) -> None:
    if rowcount != 1:
        raise StateMoved


def _add(
    connection: Connection, enrol: Table, rows: list[EnrolmentInstance]
) -> Mapping[CourseId, InstanceId]:
    if not rows:
        return {}
    ours = enrol.c.courseid.in_([row.courseid for row in rows]) & (enrol.c.enrol == MANUAL)
    if connection.scalars(select(enrol.c.id).where(ours).limit(1)).first() is not None:
        raise StateMoved
    again = [row for row in rows if row.id != UNSAVED]
    new = [row[1:] for row in rows if row.id == UNSAVED]
    bulk_insert(connection, enrol, INSTANCE_COLUMNS, again)
    bulk_insert(connection, enrol, INSTANCE_COLUMNS[1:], new)
    numbered = connection.execute(select(enrol.c.courseid, enrol.c.id).where(ours)).all()
    if len(numbered) != len(rows):
        raise StateMoved
    unsaved = {row.courseid for row in rows if row.id == UNSAVED}
    return {courseid: instanceid for courseid, instanceid in numbered if courseid in unsaved}
