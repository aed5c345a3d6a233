"""Fetches many rows of whole numbers, quickly whichever driver there is.

PyMySQL takes a row apart cell by cell in Python, which is most of the time that reading a site costs. So
it gets each row as one text, made by the server and split by one call; the other drivers, which are
written in C, get it as it is.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, Select, Text, func, select

SLOW_DRIVER: Final = "pymysql"

_SEPARATOR: Final = ","


def fetch_rows(
    connection: Connection,
    columns: Sequence[Column[Any]],
    condition: ColumnElement[bool],
    *,
    text_column: str | None = None,
) -> Iterable[Sequence[Any]]:
    """Fetch these columns of one table, in their order; rows come in no order.

    The columns are whole numbers that can't be NULL, but for ``text_column``, a text that can't be.
    """
    if connection.dialect.driver != SLOW_DRIVER:
        return fetch_all(connection, select(*columns).where(condition))
    numbers = [column for column in columns if column.name != text_column]
    # The text stands last, where whatever it holds can't be taken for a separator.
    texts = [column for column in columns if column.name == text_column]
    packed = func.concat_ws(_SEPARATOR, *numbers, *texts, type_=Text)
    rows = fetch_all(connection, select(packed).where(condition))
    if not texts:
        return (tuple(map(int, row[0].split(_SEPARATOR))) for row in rows)
    place = [column.name for column in columns].index(texts[0].name)
    return (_unpacked(row[0], len(numbers), place) for row in rows)


def _unpacked(packed: str, numbers: int, place: int) -> tuple[Any, ...]:
    *cells, text = packed.split(_SEPARATOR, numbers)
    values = list(map(int, cells))
    return (*values[:place], text, *values[place:])


def fetch_all(connection: Connection, query: Select[Any]) -> Sequence[Sequence[Any]]:
    """Fetch a query's rows as the driver's own tuples: a million of SQLAlchemy's cost a second more."""
    with connection.execute(query) as result:
        cursor: Any = result.cursor
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
    return rows
