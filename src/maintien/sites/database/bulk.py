"""Puts many rows into a table at the speed of each database.

PostgreSQL takes COPY; MariaDB and MySQL take INSERTs of many rows, which are quicker than prepared
ones; SQLite takes a prepared INSERT. Columns are named, so the order of the table's does not matter.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

Value: TypeAlias = int | str | None

STATEMENT_BYTES: Final = 1 << 20
"""How long one INSERT grows: far below max_allowed_packet (16 MiB by default), and no quicker beyond."""

COPY_ROWS: Final = 1000
"""How many rows are joined into one write to COPY."""

_COPY_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def bulk_insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Value]]
) -> None:
    """Insert ``rows``, whose values stand in the order of ``columns``, in the caller's transaction.

    Raises DBAPIError as every statement of SQLAlchemy's does.
    """
    if not rows:
        return
    insert = _INSERTERS[connection.dialect.name]
    try:
        insert(connection, table, columns, rows)
    except connection.dialect.loaded_dbapi.Error as error:
        # These statements go past SQLAlchemy, so its wrapping is done here.
        raise DBAPIError.instance(
            None, None, error, connection.dialect.loaded_dbapi.Error, hide_parameters=True
        ) from error


def _copy(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    statement = f"COPY {_target(connection, table, columns)} FROM STDIN"
    remaining = iter(rows)
    with _cursor(connection) as cursor, cursor.copy(statement) as copy:
        while chunk := list(islice(remaining, COPY_ROWS)):
            copy.write("\n".join(_written(chunk, "\t", _copy_value)) + "\n")


def _copy_value(value: Value) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_COPY_ESCAPES)
    return str(int(value))


def _insert_many_values(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    head = f"INSERT INTO {_target(connection, table, columns)} VALUES "  # noqa: S608 -- names are quoted
    literal = _literal(connection)
    with _cursor(connection) as cursor:
        for values in _chunks(f"({row})" for row in _written(rows, ",", literal)):
            # Without arguments the driver takes the text as it is: "%" means nothing.
            cursor.execute(head + values)


def _literal(connection: Connection) -> Callable[[Value], str]:
    driver: Any = connection.connection.driver_connection
    # mysqlclient quotes into bytes, PyMySQL into text.
    quote: Any = driver.literal if connection.dialect.driver == "mysqldb" else driver.escape

    def literal(value: Value) -> str:
        if value is None:
            return "NULL"
        if not isinstance(value, str):
            return str(int(value))
        quoted = quote(value)
        return quoted.decode() if isinstance(quoted, bytes) else str(quoted)

    return literal


def _written(rows: Iterable[Sequence[Value]], separator: str, write: Callable[[Value], str]) -> Iterator[str]:
    """Write rows as text, a row of whole numbers and of few different texts by one call."""
    texts: dict[Value, str] = {}
    kinds: tuple[type, ...] = ()
    places: tuple[int, ...] = ()
    template = ""
    for row in rows:
        if (kinds_here := tuple(map(type, row))) != kinds:
            kinds = kinds_here
            template = separator.join("%d" if kind is int else "%s" for kind in kinds)
            places = tuple(place for place, kind in enumerate(kinds) if kind is not int)
        cells = list(row)
        for place in places:
            value = row[place]
            if value not in texts:
                texts[value] = write(value)
            cells[place] = texts[value]
        yield template % tuple(cells)


def _chunks(values: Iterable[str]) -> Iterator[str]:
    chunk: list[str] = []
    length = 0
    for value in values:
        chunk.append(value)
        length += len(value)
        if length >= STATEMENT_BYTES:
            yield ",".join(chunk)
            chunk, length = [], 0
    if chunk:
        yield ",".join(chunk)


def _insert_prepared(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    marks = ",".join("?" for _ in columns)
    statement = f"INSERT INTO {_target(connection, table, columns)} VALUES ({marks})"  # noqa: S608 -- names are quoted, values bound
    with _cursor(connection) as cursor:
        cursor.executemany(statement, rows)


_INSERTERS: Final[Mapping[str, Callable[..., None]]] = {
    "postgresql": _copy,
    "mariadb": _insert_many_values,
    "mysql": _insert_many_values,
    "sqlite": _insert_prepared,
}


def _target(connection: Connection, table: Table, columns: Sequence[str]) -> str:
    preparer = connection.dialect.identifier_preparer
    names = ", ".join(preparer.quote(table.c[column].name) for column in columns)
    return f"{preparer.format_table(table)} ({names})"


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    """The driver's own cursor, closed afterwards."""
    cursor: Any = connection.connection.cursor()
    try:
        yield cursor
    finally:
        cursor.close()
