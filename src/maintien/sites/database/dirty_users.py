"""Marks people whose sessions have to look their access up again."""

from collections.abc import Iterable

from sqlalchemy import Connection, literal, select, update

from maintien.moodle.config import SiteConfig
from maintien.moodle.events import DIRTY_USERS
from maintien.moodle.ids import UserId
from maintien.sites.database.bulk import bulk_insert
from maintien.sites.database.staging import staged
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
    if not names:
        return
    flags = tables.cache_flags
    expiry = now + config.session_timeout
    rows = [(name,) for name in names]
    with staged(connection, "maintien_dirty", ("name",), rows, text_columns=("name",)) as dirty:
        is_marked = (flags.c.flagtype == DIRTY_USERS) & (flags.c.name == dirty.c.name)
        marked = set(connection.scalars(select(flags.c.name).join_from(dirty, flags, is_marked)))
        if marked:
            connection.execute(
                update(flags)
                .values(value="1", expiry=literal(expiry), timemodified=literal(now))
                .where(is_marked)
            )
    bulk_insert(
        connection,
        flags,
        ("flagtype", "name", "timemodified", "value", "expiry"),
        [(DIRTY_USERS, name, now, "1", expiry) for name in names if name not in marked],
    )
