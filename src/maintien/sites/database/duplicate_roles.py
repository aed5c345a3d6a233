"""Guards against a role being given twice: ``role_assignments`` has no unique key to do it."""

from collections.abc import Collection

from sqlalchemy import Connection, Table, select

from maintien.moodle.ids import ContextId
from maintien.sites.interface import StateMoved


def require_no_duplicate_roles(
    connection: Connection, table: Table, contexts: Collection[ContextId], after_id: int
) -> None:
    """Check that no row numbered above ``after_id`` repeats an older one.

    Raises StateMoved when somebody gave one of these roles since the course was read.
    """
    if not contexts:
        return
    new, old = table.alias("new"), table.alias("old")
    repeated = (
        select(new.c.id)
        .join_from(
            new,
            old,
            (old.c.userid == new.c.userid)
            & (old.c.contextid == new.c.contextid)
            & (old.c.roleid == new.c.roleid)
            & (old.c.component == new.c.component)
            & (old.c.itemid == new.c.itemid)
            & (old.c.id != new.c.id),
        )
        .where(new.c.id > after_id)
        .where(new.c.contextid.in_(sorted(contexts)))
        .limit(1)
    )
    if connection.scalars(repeated).first() is not None:
        raise StateMoved
