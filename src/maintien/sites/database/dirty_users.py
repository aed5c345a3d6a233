"""Marks people whose sessions have to look their access up again."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from maintien.moodle.config import SiteConfig
from maintien.moodle.events import DIRTY_USERS
from maintien.moodle.ids import UserId
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

    The table has no unique key: a flag that is there is renewed, and none gets a second.
    Source: mark_user_dirty (lib/accesslib.php), set_cache_flag (lib/moodlelib.php), Moodle 4.3.
    """
    names = sorted({str(userid) for userid in users})
    flags = tables.cache_flags
    expiry = now + config.session_timeout
    marked: set[str] = set()
    for chunk in chunks(names):
        # Names in the statement rather than in a temporary table: MariaDB compares columns of one
        # collation only, and Moodle's tables may have any.
        of_chunk = (flags.c.flagtype == DIRTY_USERS) & flags.c.name.in_(chunk)
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
        [(DIRTY_USERS, name, now, "1", expiry) for name in names if name not in marked],
    )
