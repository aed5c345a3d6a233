"""Set-based statements for changes of one table: remove, change, add, each counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, select, update

from maintien.moodle.ids import UNSAVED
from maintien.planning.changes import Changed, Row
from maintien.sites.database.bulk import Value, bulk_insert
from maintien.sites.database.chunks import chunks
from maintien.sites.database.rows import RowMapping
from maintien.sites.database.staging import staged
from maintien.sites.interface import StateMoved

_TEXT_COLUMNS = ("component",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWriter:
    """Writes the changes of one table in the caller's transaction."""

    connection: Connection
    mapping: RowMapping

    def remove(self, rows: Sequence[Row]) -> None:
        """Delete these rows, each only as it was planned to be found. Raises StateMoved."""
        if not rows:
            return
        table, columns = self.mapping.table, self.mapping.columns
        with staged(
            self.connection,
            "maintien_removed",
            columns,
            _values(rows),
            text_columns=_TEXT_COLUMNS,
        ) as gone:
            same = _same(table, columns, [gone.c[column] for column in columns])
            found = self.connection.scalars(
                select(table.c.id).join_from(gone, table, same).with_for_update(of=table)
            ).all()
            if len(found) != len(rows):
                raise StateMoved
        # By their ids: MariaDB goes through the whole table where a DELETE asks another one which rows.
        for ids in chunks(sorted(found)):
            self.connection.execute(delete(table).where(table.c.id.in_(ids)))

    def change(self, changes: Sequence[Changed[Row]]) -> None:
        """Update these rows, each only as it was planned to be found. Raises StateMoved."""
        if not changes:
            return
        table, columns = self.mapping.table, self.mapping.columns
        old = [f"old_{column}" for column in columns]
        new = [f"new_{column}" for column in columns[1:]]
        rows = [(*change.before, *change.after[1:]) for change in changes]
        with staged(
            self.connection,
            "maintien_changed",
            (*old, *new),
            sorted(rows),
            text_columns=[f"{age}_{name}" for age in ("old", "new") for name in _TEXT_COLUMNS],
        ) as stage:
            statement = (
                update(table)
                .values({column: stage.c[f"new_{column}"] for column in columns[1:]})
                .where(_same(table, columns, [stage.c[column] for column in old]))
            )
            if self.connection.execute(statement).rowcount != len(rows):
                raise StateMoved

    def add(self, rows: Sequence[Row]) -> int:
        """Insert these rows; tell the highest id there was before.

        Rows that had an id once get it back. A row that breaks a unique key raises the driver's
        IntegrityError, which the site takes for StateMoved.
        """
        if not rows:
            return 0
        highest = self.highest_id()
        columns = self.mapping.columns
        again = [row for row in rows if row.id != UNSAVED]
        new = [row[1:] for row in rows if row.id == UNSAVED]
        bulk_insert(self.connection, self.mapping.table, columns, _values(again))
        bulk_insert(self.connection, self.mapping.table, columns[1:], sorted(new))
        return highest

    def highest_id(self) -> int:
        """Tell the highest id in the table; the database numbers later rows above it."""
        return self.connection.scalar(select(func.max(self.mapping.table.c.id))) or 0


def _same(
    table: Table, columns: Sequence[str], staged_columns: Sequence[ColumnElement[Any]]
) -> ColumnElement[bool]:
    """Find a row by its id, and compare the rest of it.

    Only the id may lead to it: after many changes PostgreSQL's figures are old, and it would rather look up
    who else has the same ``modifierid``, everybody, for each row. No index serves IS NOT DISTINCT FROM.
    """
    (id_, *others), (staged_id, *staged_others) = columns, staged_columns
    pairs = zip(others, staged_others, strict=True)
    return and_(
        table.c[id_] == staged_id,
        *(table.c[column].is_not_distinct_from(staged_column) for column, staged_column in pairs),
    )


def _values(rows: Sequence[Row]) -> Sequence[Sequence[Value]]:
    return sorted(tuple(row) for row in rows)
