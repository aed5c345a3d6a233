"""Reads courses, with their contexts and how many user enrolments each has."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Select, func, select

from maintien.enrolments.state import Course
from maintien.errors.selection import UnknownCourse
from maintien.errors.sites import CourseWithoutContext
from maintien.moodle.ids import FRONT_PAGE, CourseId
from maintien.moodle.values import ContextLevel
from maintien.sites.database.chunks import chunks
from maintien.sites.database.tables import MoodleTables
from maintien.sites.interface import CourseSize


def read_sizes(connection: Connection, tables: MoodleTables, ids: Collection[CourseId]) -> list[CourseSize]:
    """Read these courses, by id; those that are not there are missing from the answer.

    Raises:
        CourseWithoutContext: Moodle has not made the context of one of them.
    """
    return [
        size
        for chunk in chunks(sorted(ids))
        for size in _sizes(connection, _courses(tables, chunk), _counts(tables, chunk))
    ]


def read_all_sizes(connection: Connection, tables: MoodleTables) -> list[CourseSize]:
    """Read every course but the front page, by id.

    Raises:
        CourseWithoutContext: Moodle has not made the context of one of them.
    """
    course = tables.course
    everything = _courses(tables).where(course.c.id != FRONT_PAGE)
    return list(_sizes(connection, everything, _all_counts(tables)))


def read_course(connection: Connection, tables: MoodleTables, courseid: CourseId) -> Course:
    """Read one course, without counting anything.

    Raises:
        UnknownCourse: there is none with this id.
        CourseWithoutContext: Moodle has not made its context.
    """
    row = connection.execute(_courses(tables, [courseid])).one_or_none()
    if row is None:
        raise UnknownCourse(course=f"id:{courseid}")
    if row.contextid is None:
        raise CourseWithoutContext(course=row.id)
    return Course(*row)


def read_hidden_courses(connection: Connection, tables: MoodleTables) -> frozenset[CourseId]:
    """Find the courses that students can't see."""
    course = tables.course.c
    return frozenset(
        map(CourseId, connection.execute(select(course.id).where(course.visible == 0)).scalars())
    )


def _sizes(
    connection: Connection,
    courses: Select[*tuple[Any, ...]],
    counts: Select[int, int],
) -> Iterator[CourseSize]:
    enrolments = {courseid: int(count) for courseid, count in connection.execute(counts)}
    for row in connection.execute(courses):
        if row.contextid is None:
            raise CourseWithoutContext(course=row.id)
        yield CourseSize(Course(*row), enrolments.get(row.id, 0))


def _courses(tables: MoodleTables, ids: Collection[CourseId] | None = None) -> Select[*tuple[Any, ...]]:
    """Select the columns of :class:`Course`, in its order."""
    course, context = tables.course, tables.context
    is_its_own = (context.c.instanceid == course.c.id) & (context.c.contextlevel == ContextLevel.COURSE)
    query = (
        select(
            course.c.id,
            course.c.shortname,
            course.c.fullname,
            course.c.idnumber,
            course.c.category,
            context.c.id.label("contextid"),
        )
        .select_from(course.outerjoin(context, is_its_own))
        .order_by(course.c.id)
    )
    return query if ids is None else query.where(course.c.id.in_(ids))


def _counts(tables: MoodleTables, ids: Collection[CourseId]) -> Select[int, int]:
    enrol, enrolments = tables.enrol, tables.user_enrolments
    return (
        select(enrol.c.courseid, func.count())
        .select_from(enrol.join(enrolments, enrolments.c.enrolid == enrol.c.id))
        .where(enrol.c.courseid.in_(ids))
        .group_by(enrol.c.courseid)
    )


def _all_counts(tables: MoodleTables) -> Select[int, int]:
    """Count by instance first, from the index alone: a site has a million rows but few instances."""
    enrol, enrolments = tables.enrol, tables.user_enrolments
    by_instance = (
        select(enrolments.c.enrolid, func.count().label("number")).group_by(enrolments.c.enrolid).subquery()
    )
    return (
        select(enrol.c.courseid, func.sum(by_instance.c.number))
        .select_from(enrol.join(by_instance, by_instance.c.enrolid == enrol.c.id))
        .group_by(enrol.c.courseid)
    )
