"""Fetches many people as few rows: those of whom a table says the same come as one text of their ids.

Drivers take most of their time by the row, and of a site's million enrolments most say the same. A server
that cuts such a text short, as MariaDB and MySQL may, is found out by the number of people, and asked again
for each one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, Text, cast, func, select

from maintien.sites.database.fetching import fetch_all

_SEPARATOR: Final = ","

_LONGEST_TEXT: Final = 1 << 30
"""Bytes, as many as MariaDB allows. Its default is a million, MySQL's a thousand."""


def fetch_people(
    connection: Connection,
    source: FromClause,
    said: Sequence[ColumnElement[Any]],
    person: ColumnElement[Any],
    condition: ColumnElement[bool],
) -> Iterator[tuple[Sequence[Any], list[int]]]:
    """Fetch what ``said`` says together with the ids of those of whom it does, in no order."""
    if connection.dialect.name in ("mysql", "mariadb"):
        connection.exec_driver_sql(f"SET SESSION group_concat_max_len = {_LONGEST_TEXT}")
    ids = func.aggregate_strings(cast(person, Text) if _is_strict(connection) else person, _SEPARATOR)
    query = select(*said, func.count(), ids).select_from(source).where(condition).group_by(*said)
    found = [
        (row[:-2], int(row[-2]), [int(number) for number in (row[-1] or "").split(_SEPARATOR) if number])
        for row in fetch_all(connection, query)
    ]
    if any(number != len(people) for _, number, people in found):
        yield from _one_by_one(connection, source, said, person, condition)
        return
    for what, _, people in found:
        yield what, people


def _is_strict(connection: Connection) -> bool:
    """Whether the database puts texts together only of texts."""
    return connection.dialect.name == "postgresql"


def _one_by_one(
    connection: Connection,
    source: FromClause,
    said: Sequence[ColumnElement[Any]],
    person: ColumnElement[Any],
    condition: ColumnElement[bool],
) -> Iterator[tuple[Sequence[Any], list[int]]]:
    people: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row in fetch_all(connection, select(*said, person).select_from(source).where(condition)):
        people[tuple(row[:-1])].append(row[-1])
    yield from people.items()
