"""Reads the accounts of a backup, and what belongs to each: streams that keep step with one another."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy import Table as SqlTable

from maintien.mbz.writing.documents import course_roles_xml, users_xml
from maintien.mbz.writing.documents.users_xml import UserBelongings
from maintien.mbz.writing.rows import RowStream
from maintien.moodle.values import ContextLevel
from maintien.sites.database.backups.source import BackupSource

_USER_COLUMNS: Final = ("id", *users_xml.IDENTIFYING_FIELDS, *users_xml.OTHER_FIELDS)


def read_users(source: BackupSource, ids: Sequence[int], *, local_host: str) -> RowStream:
    """Stream the accounts with these ids, in that order; deleted ones too, missing ones are left out.

    Whoever belongs to another site than ``local_host``, the address of the site's own host, has that
    site's.
    """
    user, context, host = source.tables.user, source.tables.context, source.tables.mnet_host
    names = source.columns.names(user, _USER_COLUMNS)
    is_its_own = (context.c.instanceid == user.c.id) & (context.c.contextlevel == ContextLevel.USER)
    is_elsewhere = (host.c.id == user.c.mnethostid) & (host.c.wwwroot != local_host)
    query = (
        select(*(user.c[name] for name in names), context.c.id.label("contextid"), host.c.wwwroot)
        .select_from(user.outerjoin(context, is_its_own).outerjoin(host, is_elsewhere))
        .order_by(user.c.id)
    )
    columns = (*names, "contextid", "mnethosturl")
    return RowStream(columns=columns, rows=source.by_ids(query, user.c.id, ids))


def read_belongings(source: BackupSource, ids: Sequence[int]) -> UserBelongings:
    """Stream what belongs to the accounts with these ids, in their order, which is ascending."""
    capabilities, assignments = source.tables.role_capabilities, source.tables.role_assignments
    return UserBelongings(
        custom_fields=_custom_fields(source, ids),
        tags=_tags(source, ids),
        preferences=_preferences(source, ids),
        overrides=_in_own_context(source, ids, capabilities, course_roles_xml.OVERRIDE.fields),
        assignments=_in_own_context(source, ids, assignments, users_xml.ASSIGNMENT.fields),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Which accounts a backup has."""

    ids: "array[int]"
    """Ascending; eight bytes each."""
    are_some_remote: bool
    """Whether one belongs to another site of a Moodle network."""


def read_accounts(source: BackupSource, ids: Iterable[int], local_host_id: int) -> Accounts:
    """Find those of these ids, which are ascending, that have an account."""
    user = source.tables.user
    found: array[int] = array("q")
    are_some_remote = False
    query = select(user.c.id, user.c.mnethostid).order_by(user.c.id)
    for userid, hostid in source.by_ids(query, user.c.id, ids):
        found.append(int(userid or 0))
        are_some_remote = are_some_remote or hostid != local_host_id
    return Accounts(ids=found, are_some_remote=are_some_remote)


def _custom_fields(source: BackupSource, ids: Sequence[int]) -> RowStream:
    field, data = source.tables.user_info_field, source.tables.user_info_data
    query = (
        select(data.c.userid, field.c.id, field.c.shortname, field.c.datatype, data.c.data)
        .join_from(field, data, data.c.fieldid == field.c.id)
        .order_by(data.c.userid, field.c.id)
    )
    columns = ("owner", "id", "shortname", "datatype", "data")
    return _stream(source, query, data.c.userid, ids, columns, needs=(field, data))


def _tags(source: BackupSource, ids: Sequence[int]) -> RowStream:
    tag, instance = source.tables.tag, source.tables.tag_instance
    query = (
        select(instance.c.itemid, tag.c.id, tag.c.name, tag.c.rawname)
        .join_from(tag, instance, instance.c.tagid == tag.c.id)
        .where(instance.c.itemtype == "user")
        .order_by(instance.c.itemid, tag.c.id, instance.c.id)
    )
    columns = ("owner", "id", "name", "rawname")
    return _stream(source, query, instance.c.itemid, ids, columns, needs=(tag, instance))


def _preferences(source: BackupSource, ids: Sequence[int]) -> RowStream:
    table = source.tables.user_preferences
    query = select(table.c.userid, table.c.id, table.c.name, table.c.value).order_by(
        table.c.userid, table.c.id
    )
    return _stream(source, query, table.c.userid, ids, ("owner", "id", "name", "value"), needs=(table,))


def _in_own_context(
    source: BackupSource, ids: Sequence[int], table: SqlTable, fields: tuple[str, ...]
) -> RowStream:
    context = source.tables.context
    names = ("id", *fields)
    query = (
        select(context.c.instanceid, *(table.c[name] for name in names))
        .join_from(table, context, context.c.id == table.c.contextid)
        .where(context.c.contextlevel == ContextLevel.USER)
        .order_by(context.c.instanceid, table.c.id)
    )
    return _stream(source, query, context.c.instanceid, ids, ("owner", *names), needs=(table,))


def _stream(
    source: BackupSource,
    query: Select[Any],
    key: ColumnElement[Any],
    ids: Sequence[int],
    columns: tuple[str, ...],
    *,
    needs: tuple[SqlTable, ...],
) -> RowStream:
    is_there = all(map(source.columns.has, needs))
    return RowStream(columns=columns, rows=source.by_ids(query, key, ids) if is_there else ())
