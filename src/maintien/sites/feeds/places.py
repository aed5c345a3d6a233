"""Where the rows that a sync touched belong: their course and context, looked up once for a log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, select, true

from maintien.moodle.ids import ContextId, CourseId, GroupId, InstanceId
from maintien.moodle.values import ContextLevel
from maintien.sites.feeds.sync import Sync


class Place(NamedTuple):
    """A context in a course: the course's own or one below."""

    contextid: ContextId
    level: int
    instanceid: int
    courseid: CourseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The places of instances, groups, contexts and grade items."""

    instances: Mapping[InstanceId, Place]
    groups: Mapping[GroupId, Place]
    contexts: Mapping[ContextId, Place]
    items: Mapping[int, Place]


def read_places(sync: Sync, method: str) -> Places:
    """Look up the method's instances, and all groups, grade items and contexts of courses."""
    instance, tables = sync.tables.enrol, sync.tables
    return Places(
        instances=_in_courses(sync, instance, instance.c.enrol == method),
        groups=_in_courses(sync, tables.groups, true()),
        contexts=_at_or_below_courses(sync),
        items=_in_courses(sync, tables.grade_items, true()),
    )


def _in_courses(sync: Sync, table: Table, condition: ColumnElement[bool]) -> dict[Any, Place]:
    context = sync.tables.context
    own = and_(context.c.instanceid == table.c.courseid, context.c.contextlevel == ContextLevel.COURSE)
    statement = (
        select(table.c.id, context.c.id, table.c.courseid)
        .select_from(table.join(context, own))
        .where(condition)
    )
    return {
        rowid: Place(contextid, ContextLevel.COURSE, courseid, courseid)
        for rowid, contextid, courseid in sync.connection.execute(statement)
    }


def _at_or_below_courses(sync: Sync) -> dict[ContextId, Place]:
    context = sync.tables.context
    course = context.alias()
    at_or_below = and_(
        course.c.contextlevel == ContextLevel.COURSE,
        context.c.path.concat("/").like(course.c.path.concat("/%")),
    )
    statement = select(
        context.c.id, context.c.contextlevel, context.c.instanceid, course.c.instanceid
    ).select_from(context.join(course, at_or_below))
    return {row[0]: Place(*row) for row in sync.connection.execute(statement)}
