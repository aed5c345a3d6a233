"""Finds the participants that a filter selects: one query a batch of courses, whatever the filter.

The query lists everybody enrolled once a course, and asks of each whether the pair of course and person is
among those of a value. Databases gather each of these sets once, through the indexes on courses, instances,
roles and groups, and look pairs up in it; that holds for all, any and none alike.

What is selected is what :func:`maintien.enrolments.filtering.select_participants` says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Subquery, and_, select, true, tuple_

from maintien.enrolments.participant_filter import ParticipantFilter, RoleFilter
from maintien.enrolments.state import Course
from maintien.moodle.ids import ContextId, CourseId, RoleId, UserId
from maintien.sites.database.contexts_above import read_contexts_above
from maintien.sites.database.fetching import fetch_all
from maintien.sites.database.fetching_people import fetch_people
from maintien.sites.database.participant_conditions import Conditions, RolesAbove
from maintien.sites.database.tables import MoodleTables


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """Which participants to choose."""

    wanted: ParticipantFilter
    at: int
    """Unix seconds of what counts as now."""

    def find(
        self, connection: Connection, tables: MoodleTables, courses: Sequence[Course]
    ) -> Mapping[CourseId, frozenset[UserId]]:
        """Find them; see :func:`find_participants`."""
        return find_participants(connection, tables, courses, self.wanted, self.at)


def find_participants(
    connection: Connection,
    tables: MoodleTables,
    courses: Sequence[Course],
    wanted: ParticipantFilter,
    at: int,
) -> Mapping[CourseId, frozenset[UserId]]:
    """Find whom the filter selects in each of these courses at Unix time ``at``.

    Courses in which it selects nobody are missing. Deleted accounts are never selected.
    """
    if not courses:
        return {}
    chosen = choose(connection, tables, courses, wanted, at)
    found = fetch_people(connection, chosen.source, [chosen.courseid], chosen.userid, chosen.condition)
    return {CourseId(what[0]): frozenset(map(UserId, people)) for what, people in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A query that is all but made."""

    source: FromClause
    """One row a course and a person enrolled in it."""
    courseid: ColumnElement[Any]
    userid: ColumnElement[Any]
    condition: ColumnElement[bool]
    """What tells whom the filter selects."""


def choose(
    connection: Connection,
    tables: MoodleTables,
    courses: Sequence[Course],
    wanted: ParticipantFilter,
    at: int,
) -> Chosen:
    """Tell where those come from whom the filter selects; asks only for the roles above the courses."""
    courseids = [course.id for course in courses]
    people = _people(tables, courseids)
    conditions = Conditions(
        tables=tables,
        courseids=courseids,
        courseid=people.c.courseid,
        userid=people.c.userid,
        pair=tuple_(people.c.courseid, people.c.userid),
        at=at,
        above=() if wanted.roles is None else _roles_above(connection, tables, courses, wanted.roles),
        is_mysql=connection.dialect.name in ("mariadb", "mysql"),
    )
    return Chosen(
        source=_source(tables, people, wanted),
        courseid=people.c.courseid,
        userid=people.c.userid,
        condition=conditions.of(wanted) if wanted.filters else true(),
    )


def _people(tables: MoodleTables, courseids: Sequence[CourseId]) -> Subquery:
    """Select everybody enrolled, once a course."""
    enrol, row = tables.enrol, tables.user_enrolments
    return (
        select(enrol.c.courseid, row.c.userid)
        .distinct()
        .join_from(enrol, row, row.c.enrolid == enrol.c.id)
        .where(enrol.c.courseid.in_(courseids))
        .subquery("people")
    )


def _source(tables: MoodleTables, people: Subquery, wanted: ParticipantFilter) -> FromClause:
    user, last = tables.user, tables.user_lastaccess
    source = people.join(user, and_(user.c.id == people.c.userid, user.c.deleted == 0))
    if wanted.last_access is None:
        return source
    is_theirs = and_(last.c.userid == people.c.userid, last.c.courseid == people.c.courseid)
    return source.outerjoin(last, is_theirs)


def _roles_above(
    connection: Connection, tables: MoodleTables, courses: Sequence[Course], wanted: RoleFilter
) -> list[RolesAbove]:
    """Find in which contexts above the courses somebody has a role that matters, and for which courses."""
    path_of = read_contexts_above(connection, tables, [course.contextid for course in courses])
    contexts = sorted({contextid for path in path_of.values() for contextid in path})
    assignment = tables.role_assignments.c
    query = (
        select(assignment.contextid, assignment.roleid).distinct().where(assignment.contextid.in_(contexts))
    )
    if not wanted.no_role:
        query = query.where(assignment.roleid.in_(sorted(wanted.roles)))
    return [
        RolesAbove(
            contextid=ContextId(contextid),
            roleid=RoleId(roleid),
            courseids=tuple(c.id for c in courses if contextid in path_of.get(c.contextid, ())),
        )
        for contextid, roleid in fetch_all(connection, query)
    ]
