"""Reads who people are, and what groups are called."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, func, select

from maintien.enrolments.people import Person
from maintien.moodle.ids import CourseId, GroupId, UserId
from maintien.sites.database.chunks import chunks
from maintien.sites.database.tables import MoodleTables


def read_people(
    connection: Connection, tables: MoodleTables, ids: Iterable[UserId]
) -> Mapping[UserId, Person]:
    """Read the accounts with these ids, deleted ones too; the others are missing from the answer."""
    user = tables.user
    columns = (
        user.c.id,
        user.c.username,
        user.c.firstname,
        user.c.lastname,
        user.c.email,
        user.c.idnumber,
        user.c.suspended,
        user.c.deleted,
    )
    people: dict[UserId, Person] = {}
    for chunk in chunks(sorted(set(ids))):
        for row in connection.execute(select(*columns).where(user.c.id.in_(chunk))):
            people[row.id] = Person(*row[:-2], is_suspended=bool(row.suspended), is_deleted=bool(row.deleted))
    return people


def count_enrolled_people(connection: Connection, tables: MoodleTables) -> int:
    """Count the people enrolled in whatever course, each once; accounts that are gone count too."""
    distinct = select(tables.user_enrolments.c.userid).distinct().subquery()
    return int(connection.execute(select(func.count()).select_from(distinct)).scalar_one())


def read_group_names(
    connection: Connection, tables: MoodleTables, courses: Iterable[CourseId]
) -> Mapping[GroupId, str]:
    """Read the names of all groups of these courses; several groups may have the same one."""
    groups = tables.groups
    names: dict[GroupId, str] = {}
    for chunk in chunks(sorted(set(courses))):
        query = select(groups.c.id, groups.c.name).where(groups.c.courseid.in_(chunk))
        names.update((GroupId(id_), name) for id_, name in connection.execute(query))
    return names
