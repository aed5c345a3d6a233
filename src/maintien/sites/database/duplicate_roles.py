"""Guards against a role being given twice: ``role_assignments`` has no unique key to do it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, select

from maintien.moodle.ids import ContextId, RoleAssignmentId
from maintien.sites.database.chunks import chunks
from maintien.sites.interface import StateMoved


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedRoles:
    """Role assignments that a transaction added."""

    contexts: frozenset[ContextId]
    after_id: int
    """The highest id that there was before."""
    count: int


def require_no_duplicate_roles(connection: Connection, table: Table, added: AddedRoles) -> None:
    """Check, before they are committed, that none of these rows repeats another.

    Raises StateMoved when somebody gave one of these roles since the course was read.
    """
    if added.count and connection.scalars(_repeated(table, added).limit(1)).first() is not None:
        raise StateMoved


def take_back_duplicate_roles(connection: Connection, table: Table, added: AddedRoles) -> int:
    """Remove what was committed twice because another transaction gave the same role meanwhile.

    Of equal rows the first stays, as with Moodle's role_assign (lib/accesslib.php). Nearly always
    nobody gave any role meanwhile, which one count tells. Returns how many rows were removed.
    """
    newer = connection.scalar(select(func.count()).where(table.c.id > added.after_id))
    if newer == added.count:
        return 0
    ids: list[RoleAssignmentId] = list(connection.scalars(_repeated(table, added)))
    for chunk in chunks(sorted(ids)):
        connection.execute(delete(table).where(table.c.id.in_(chunk)))
    return len(ids)


def _repeated(table: Table, added: AddedRoles) -> Select[tuple[RoleAssignmentId]]:
    """Select rows of these contexts, numbered above ``after_id``, that an older row equals."""
    new, old = table.alias("new"), table.alias("old")
    is_same: ColumnElement[bool] = (
        (old.c.userid == new.c.userid)
        & (old.c.contextid == new.c.contextid)
        & (old.c.roleid == new.c.roleid)
        & (old.c.component == new.c.component)
        & (old.c.itemid == new.c.itemid)
        & (old.c.id < new.c.id)
    )
    return (
        select(new.c.id)
        .distinct()
        .join_from(new, old, is_same)
        .where(new.c.id > added.after_id)
        .where(new.c.contextid.in_(sorted(added.contexts)))
    )
