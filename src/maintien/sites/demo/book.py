"""Collects the rows of an invented site, numbers them, and writes them in one go."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from maintien.sites.database.bulk import Value, bulk_insert
from maintien.sites.database.tables import MoodleTables


@dataclass(frozen=True, slots=True)
class RowBook:
    """The rows of each table, by the table's name without prefix."""

    rows: dict[str, list[dict[str, Value]]] = field(default_factory=dict)

    def add(self, table: str, /, **values: Value) -> int:
        """Add a row and return its id. All rows of a table name the same columns."""
        rows = self.rows.setdefault(table, [])
        number = len(rows) + 1
        rows.append({"id": number, **values})
        return number

    def next_id(self, table: str) -> int:
        """Tell the id that the table's next row gets."""
        return len(self.rows.get(table, ())) + 1

    def write(self, connection: Connection, tables: MoodleTables) -> None:
        """Insert every row, in the caller's transaction."""
        for name, rows in self.rows.items():
            columns = tuple(rows[0])
            values = [tuple(row[column] for column in columns) for row in rows]
            bulk_insert(connection, getattr(tables, name), columns, values)
