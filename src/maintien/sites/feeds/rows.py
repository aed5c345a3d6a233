"""Adding, changing and taking away many rows at once, while keeping hold of which they were.

Each verb is a statement or two for however many rows, and no statement at all where there is nothing to
do. All belong to the sync's transaction.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, Table, delete, func, insert, literal, select, update

from maintien.sites.feeds.sync import Sync

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
Rows: TypeAlias = tuple[AnyRow, ...]


def read(sync: Sync, table: Table, condition: ColumnElement[bool]) -> Rows:
    """Read the rows that ``condition`` holds for, by id."""
    return tuple(sync.connection.execute(select(table).where(condition).order_by(table.c.id)))


def take(sync: Sync, table: Table, condition: ColumnElement[bool]) -> Rows:
    """Delete the rows that ``condition`` holds for, and return them as they were, by id."""
    rows = read(sync, table, condition)
    if rows:
        sync.connection.execute(delete(table).where(condition))
    return rows


def change(sync: Sync, table: Table, condition: ColumnElement[bool], values: Mapping[str, object]) -> Rows:
    """Set ``values`` where ``condition`` holds, and return the rows as they were before, by id."""
    rows = read(sync, table, condition)
    if rows:
        sync.connection.execute(update(table).where(condition).values(**values))
    return rows


def add(sync: Sync, table: Table, selected: AnySelect, constants: Mapping[str, object]) -> Rows:
    """Insert a row for each one ``selected``, completed with ``constants``, and return the new, by id.

    The columns of ``selected`` bear the names of those they are inserted into.
    """
    newest = sync.connection.scalar(select(func.coalesce(func.max(table.c.id), 0)))
    columns = [str(column.key) for column in selected.selected_columns] + list(constants)
    same = (literal(value, table.c[name].type) for name, value in constants.items())
    sync.connection.execute(insert(table).from_select(columns, selected.add_columns(*same)))
    return read(sync, table, table.c.id > newest)
