"""Reads the course's groups and groupings, with who is in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Table, select

from maintien.enrolments.state import Course
from maintien.mbz.writing.documents import groups_xml
from maintien.mbz.writing.documents.groups_xml import Groups
from maintien.mbz.writing.rows import RowStream
from maintien.sites.database.backups.source import BackupSource

_MEMBER_COLUMNS: Final = ("groupid", "id", *groups_xml.MEMBER.fields)
_GROUPING_GROUP_COLUMNS: Final = ("groupingid", "id", *groups_xml.GROUPING_GROUP.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupIds:
    """Which groups and groupings the course has, each by id."""

    groups: tuple[int, ...] = ()
    groupings: tuple[int, ...] = ()


def read_group_ids(source: BackupSource, course: Course) -> GroupIds:
    """Read which groups and groupings the course has."""
    return GroupIds(
        groups=tuple(_ids(source, source.tables.groups, course)),
        groupings=tuple(_ids(source, source.tables.groupings, course)),
    )


def read_default_grouping(source: BackupSource, course: Course) -> tuple[int, ...]:
    """Read the grouping that the course's activities take by default, to which it always refers."""
    table = source.tables.course
    grouping = source.connection.execute(
        select(table.c.defaultgroupingid).where(table.c.id == course.id)
    ).scalar_one()
    return (grouping,) if grouping and grouping > 0 else ()


def read_groups(source: BackupSource, course: Course) -> Groups:
    """Stream the groups and groupings, each by id, and what is in each, by id too."""
    groups, members = source.tables.groups, source.tables.groups_members
    groupings, in_groupings = source.tables.groupings, source.tables.groupings_groups
    of_groups = (
        select(*(members.c[name] for name in _MEMBER_COLUMNS))
        .join_from(groups, members, members.c.groupid == groups.c.id)
        .where(groups.c.courseid == course.id)
        .order_by(members.c.groupid, members.c.id)
    )
    of_groupings = (
        select(*(in_groupings.c[name] for name in _GROUPING_GROUP_COLUMNS))
        .join_from(groupings, in_groupings, in_groupings.c.groupingid == groupings.c.id)
        .where(groupings.c.courseid == course.id)
        .order_by(in_groupings.c.groupingid, in_groupings.c.id)
    )
    has_groupings = source.columns.has(groupings) and source.columns.has(in_groupings)
    return Groups(
        groups=_fetched(source, groups, ("id", *groups_xml.GROUP.fields), course),
        members=RowStream(columns=_MEMBER_COLUMNS, rows=source.stream(of_groups)),
        groupings=_fetched(source, groupings, ("id", *groups_xml.GROUPING.fields), course),
        grouping_groups=RowStream(
            columns=_GROUPING_GROUP_COLUMNS,
            rows=source.stream(of_groupings) if has_groupings else (),
        ),
    )


def _fetched(source: BackupSource, table: Table, wanted: tuple[str, ...], course: Course) -> RowStream:
    """Fetch few rows at once: what belongs to them is streamed beside."""
    found = source.rows(table, wanted, table.c.courseid == course.id, table.c.id)
    return RowStream(columns=found.columns, rows=list(found.rows))


def _ids(source: BackupSource, table: Table, course: Course) -> Iterable[int]:
    if not source.columns.has(table):
        return ()
    query = select(table.c.id).where(table.c.courseid == course.id).order_by(table.c.id)
    return source.connection.execute(query).scalars().all()
