"""Reads who is enrolled, with which roles, and whom and what the course refers to."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, null, select, union

from maintien.enrolments.state import Course
from maintien.mbz.writing.documents import course_roles_xml, enrolments_xml
from maintien.mbz.writing.rows import Row, RowStream
from maintien.moodle.values import ContextLevel
from maintien.sites.database.backups.source import BackupSource
from maintien.sites.database.chunks import chunks

_ENROLMENT_COLUMNS: Final = ("id", "enrolid", *enrolments_xml.ENROLMENT.fields)
_ROLE_COLUMNS: Final = ("id", "name", "shortname", "description", "sortorder", "archetype")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instances:
    """The enrolment instances of a course: few rows, which several documents need."""

    columns: tuple[str, ...]
    rows: list[Row]

    @property
    def stream(self) -> RowStream:
        """The rows, for the document."""
        return RowStream(columns=self.columns, rows=self.rows)

    def values(self, column: str) -> list[Any]:
        """Give the values of one column."""
        place = self.columns.index(column)
        return [row[place] for row in self.rows]


def read_instances(source: BackupSource, course: Course) -> Instances:
    """Read the course's enrolment instances, by sortorder."""
    table = source.tables.enrol
    found = source.rows(
        table,
        ("id", *enrolments_xml.INSTANCE.fields),
        table.c.courseid == course.id,
        table.c.sortorder,
        table.c.id,
    )
    return Instances(columns=found.columns, rows=list(found.rows))


def read_enrolments(source: BackupSource, instances: Instances) -> RowStream:
    """Stream the user enrolments, instance by instance, by id in each."""
    table = source.tables.user_enrolments

    def rows() -> Iterable[Row]:
        for instanceid in instances.values("id"):
            is_its_own = table.c.enrolid == instanceid
            yield from source.rows(table, _ENROLMENT_COLUMNS, is_its_own, table.c.id).rows

    return RowStream(columns=_ENROLMENT_COLUMNS, rows=rows())


def read_overrides(source: BackupSource, contextid: int) -> RowStream:
    """Stream the permissions overridden in a context, by id."""
    table = source.tables.role_capabilities
    columns = ("id", *course_roles_xml.OVERRIDE.fields)
    return source.rows(table, columns, table.c.contextid == contextid, table.c.id)


def read_assignments(source: BackupSource, contextid: int) -> RowStream:
    """Stream the roles assigned in a context, by id."""
    table = source.tables.role_assignments
    columns = ("id", *course_roles_xml.ASSIGNMENT.fields)
    return source.rows(table, columns, table.c.contextid == contextid, table.c.id)


def read_referred_users(source: BackupSource, course: Course) -> "array[int]":
    """Read who is enrolled in the course or has a role in it, each once, by id; eight bytes each."""
    return _each_once(source, _enrolled(source, course), _assigned(source, course))


def read_all_users(source: BackupSource, course: Course) -> "array[int]":
    """Read the same, and who is in one of the course's groups, enrolled or not."""
    in_groups = _members(source, course)
    return _each_once(source, _enrolled(source, course), _assigned(source, course), in_groups)


def _each_once(source: BackupSource, *queries: Select[Any]) -> "array[int]":
    found = union(*queries).subquery()
    # Moodle refers to nothing with an id of 0 (backup_structure_dbops::insert_backup_ids_record).
    query = select(found.c.userid).where(found.c.userid > 0).order_by(found.c.userid)
    return array("q", (row[0] for row in source.stream(query)))  # type: ignore[misc]  # ids are never NULL


def _enrolled(source: BackupSource, course: Course) -> Select[Any]:
    enrol, enrolments = source.tables.enrol, source.tables.user_enrolments
    query = select(enrolments.c.userid).join_from(enrol, enrolments, enrolments.c.enrolid == enrol.c.id)
    return query.where(enrol.c.courseid == course.id)


def _assigned(source: BackupSource, course: Course) -> Select[Any]:
    assignments = source.tables.role_assignments
    return select(assignments.c.userid).where(assignments.c.contextid == course.contextid)


def _members(source: BackupSource, course: Course) -> Select[Any]:
    groups, members = source.tables.groups, source.tables.groups_members
    query = select(members.c.userid).join_from(groups, members, members.c.groupid == groups.c.id)
    return query.where(groups.c.courseid == course.id)


def read_referred_roles(source: BackupSource, course: Course, instances: Instances) -> set[int]:
    """Read which roles the course's instances, overrides and assignments name."""
    overrides, assignments = source.tables.role_capabilities, source.tables.role_assignments
    named = {roleid for roleid in instances.values("roleid") if roleid}
    for table in (overrides, assignments):
        if source.columns.has(table):
            query = select(table.c.roleid).distinct().where(table.c.contextid == course.contextid)
            named.update(source.connection.execute(query).scalars())
    return {roleid for roleid in named if roleid > 0}


def read_roles(source: BackupSource, course: Course, ids: Iterable[int]) -> RowStream:
    """Stream the definitions of these roles, by id, with what the course calls them."""
    role, names = source.tables.role, source.tables.role_names
    has_names = source.columns.has(names)
    name_in_course = names.c.name if has_names else null()
    columns = [role.c[name] for name in _ROLE_COLUMNS]
    query = select(*columns, name_in_course.label("nameincourse")).order_by(role.c.id)
    if has_names:
        is_its_own = (names.c.roleid == role.c.id) & (names.c.contextid == course.contextid)
        query = query.select_from(role.outerjoin(names, is_its_own))

    def rows() -> Iterable[Row]:
        for some in chunks(sorted(ids)):
            yield from source.stream(query.where(role.c.id.in_(some)))

    return RowStream(columns=(*_ROLE_COLUMNS, "nameincourse"), rows=rows())


def read_roles_overridden_for_users(source: BackupSource) -> list[tuple[int, int]]:
    """Read which roles have overrides in users' own contexts: pairs of role and user, hardly ever any."""
    overrides, context = source.tables.role_capabilities, source.tables.context
    if not source.columns.has(overrides):
        return []
    query = (
        select(overrides.c.roleid, context.c.instanceid)
        .distinct()
        .join_from(overrides, context, context.c.id == overrides.c.contextid)
        .where(context.c.contextlevel == ContextLevel.USER)
    )
    return [(roleid, userid) for roleid, userid in source.connection.execute(query)]
