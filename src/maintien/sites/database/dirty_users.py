"""Marks people, and whole courses, whose sessions have to look their access up again."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select, update

from maintien.moodle.config import SiteConfig
from maintien.moodle.events import DIRTY_CONTEXTS, DIRTY_USERS
from maintien.moodle.ids import CourseId, UserId
from maintien.moodle.values import ContextLevel
from maintien.sites.database.bulk import bulk_insert
from maintien.sites.database.chunks import chunks
from maintien.sites.database.tables import MoodleTables


def mark_users_dirty(
    connection: Connection,
    tables: MoodleTables,
    config: SiteConfig,
    users: Iterable[UserId],
    now: int,
) -> None:
    """Set the flag of each of these people, in the caller's transaction.

    Source: mark_user_dirty (lib/accesslib.php), Moodle 4.3.
    """
    names = sorted({str(userid) for userid in users})
    _set_flags(connection, tables, DIRTY_USERS, names, now, now + config.session_timeout)


def mark_courses_dirty(
    connection: Connection,
    tables: MoodleTables,
    config: SiteConfig,
    courses: Collection[CourseId],
    now: int,
) -> None:
    """Set the flag of each of these courses' contexts, in the caller's transaction.

    Source: enrol_plugin::update_status (lib/enrollib.php), Moodle 4.3.
    """
    if not courses:
        return
    context = tables.context
    paths = connection.scalars(
        select(context.c.path)
        .where(context.c.contextlevel == ContextLevel.COURSE)
        .where(context.c.instanceid.in_(sorted(courses)))
    )
    names = sorted(filter(None, paths))
    _set_flags(connection, tables, DIRTY_CONTEXTS, names, now, now + config.session_timeout)


def _set_flags(
    connection: Connection,
    tables: MoodleTables,
    flagtype: str,
    names: list[str],
    now: int,
    expiry: int,
) -> None:
    """Renew the flags that are there, and add the others: the table has no unique key.

    Source: set_cache_flag (lib/moodlelib.php), Moodle 4.3.
    """
    flags = tables.cache_flags
    marked: set[str] = set()
    for chunk in chunks(names):
        # Names in the statement rather than in a temporary table: MariaDB compares columns of one
        # collation only, and Moodle's tables may have any.
        of_chunk = (flags.c.flagtype == flagtype) & flags.c.name.in_(chunk)
        found = connection.scalars(select(flags.c.name).where(of_chunk)).all()
        if found:
            connection.execute(
                update(flags).values(value="1", expiry=expiry, timemodified=now).where(of_chunk)
            )
            marked.update(found)
    bulk_insert(
        connection,
        flags,
        ("flagtype", "name", "timemodified", "value", "expiry"),
        [(flagtype, name, now, "1", expiry) for name in names if name not in marked],
    )
