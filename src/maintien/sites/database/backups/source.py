"""A site as a source of backups: which columns its Moodle has, and rows that come a few at a time.

Moodle writes an element for each column that its table has; columns come and go from release to release.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Numeric,
    Select,
    Text,
    bindparam,
    cast,
    column,
    inspect,
    select,
)
from sqlalchemy import Table as SqlTable

from maintien.mbz.writing.rows import Row, RowStream
from maintien.sites.database.chunks import chunks
from maintien.sites.database.tables import MoodleTables

ROWS_AT_ONCE: Final = 500

IDS_AT_ONCE: Final = 500
"""Accounts whose rows are read together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumns:
    """Which columns each table has on one site; a table that is not there has none."""

    of_tables: dict[str, frozenset[str]]

    @classmethod
    def read(cls, connection: Connection, tables: MoodleTables) -> "TableColumns":
        """Read them from the database's catalogue."""
        inspector = inspect(connection)
        names = [table.name for table in tables.metadata.sorted_tables]
        found = inspector.get_multi_columns(filter_names=names)
        return cls(
            of_tables={
                name: frozenset(str(each["name"]) for each in columns) for (_, name), columns in found.items()
            }
        )

    def without(self, names: frozenset[str]) -> "TableColumns":
        """Leave some columns out of every table."""
        return TableColumns(of_tables={table: found - names for table, found in self.of_tables.items()})

    def has(self, table: SqlTable) -> bool:
        """Whether the table is there."""
        return bool(self.of_tables.get(table.name))

    def names(self, table: SqlTable, wanted: Iterable[str]) -> tuple[str, ...]:
        """Give those of the ``wanted`` columns that the table has, in their order."""
        there = self.of_tables.get(table.name, frozenset())
        return tuple(name for name in wanted if name in there)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSource:
    """One transaction of a site, from which one backup is read."""

    connection: Connection
    tables: MoodleTables
    columns: TableColumns

    def rows(
        self,
        table: SqlTable,
        wanted: Sequence[str],
        condition: ColumnElement[bool],
        *order: Column[Any] | ColumnElement[Any],
    ) -> RowStream:
        """Stream the rows of one table: those of the ``wanted`` columns that it has."""
        names = self.columns.names(table, wanted)
        if not names:
            return RowStream(columns=tuple(wanted), rows=())
        query = select(*(shown(table, name) for name in names)).where(condition).order_by(*order)
        return RowStream(columns=names, rows=self.stream(query))

    def stream(self, query: Select[Any]) -> Iterator[Row]:
        """Run a query when the first row is asked for; another may be run once all are taken."""
        options = {"stream_results": True, "max_row_buffer": ROWS_AT_ONCE}
        with self.connection.execute(query, execution_options=options) as result:
            for part in result.partitions(ROWS_AT_ONCE):
                yield from part

    def by_ids(self, query: Select[Any], key: ColumnElement[Any], ids: Iterable[int]) -> Iterator[Row]:
        """Run a query for some ids after the other; each time all its rows are fetched at once."""
        # One statement for all: each of its own would be kept until garbage is collected.
        statement = query.where(key.in_(bindparam("ids", expanding=True)))
        for some in chunks(ids, IDS_AT_ONCE):
            yield from self.connection.execute(statement, {"ids": some}).all()


def shown(table: SqlTable, name: str) -> ColumnElement[Any]:
    """Give a column as Moodle shows it: exact numbers as the text that the database makes of them."""
    if name not in table.c:
        # A newer Moodle's; only tables that stand alone in their query have such columns.
        return column(name)
    known = table.c[name]
    return cast(known, Text).label(name) if isinstance(known.type, Numeric) else known
