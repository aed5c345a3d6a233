"""Finds rows by what a person wrote: an id, or a text in one of some columns.

The database may compare without regard to case, accents or trailing spaces; what it finds is
compared again here, exactly.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, select

from maintien.errors.tree import UsageError
from maintien.sites.database.chunks import chunks

_ID: Final = re.compile(r"[1-9][0-9]{0,17}")
"""What fits into eight bytes, whatever its digits; as the database writes it."""

_STORABLE: Final = re.compile(r"[^\x00\ud800-\udfff]+")
"""PostgreSQL has no NUL, and no database has half a character."""

Found = Mapping[tuple[str, str], frozenset[int]]
"""The ids of the rows that a text names, by column and text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What tokens may name the rows of one table, and what to raise where they don't."""

    table: Table
    texts: tuple[str, ...]
    """Columns that hold names, besides ``id``."""
    unknown: Callable[[str], UsageError]
    ambiguous: Callable[[str, str], UsageError]
    """Takes the token and the candidates, as tokens that would be exact."""
    among: ColumnElement[bool] | None = None
    """Which rows count; None for all."""

    def columns_of(self, token: str) -> tuple[tuple[str, str], ...]:
        """Tell in which columns to look for which text: ``idnumber:X`` names one, ``X`` may be any."""
        column, colon, text = token.partition(":")
        if colon and column in ("id", *self.texts):
            pairs = [(column, text)]
        else:
            pairs = [(name, token) for name in ("id", *self.texts)]
        return tuple((name, text) for name, text in pairs if _may_match(name, text))


def resolve(
    connection: Connection,
    lookup: Lookup,
    tokens: Iterable[str],
    *,
    never: int | None = None,
) -> dict[str, int]:
    """Find the row that each token names, in a few queries for thousands of them.

    A row that ``never`` can be meant gives way to any other that the token fits.

    Raises:
        UsageError: the lookup's own, for the first token that fits no row, or several.
    """
    distinct = dict.fromkeys(tokens)
    found = _find(connection, lookup, distinct)
    return {token: _only(lookup, token, found, never) for token in distinct}


def find_every(connection: Connection, lookup: Lookup, tokens: Iterable[str]) -> dict[str, frozenset[int]]:
    """Find the rows that each token fits: none, one or several."""
    distinct = dict.fromkeys(tokens)
    found = _find(connection, lookup, distinct)
    return {token: _fitting(lookup, token, found) for token in distinct}


def _fitting(lookup: Lookup, token: str, found: Found) -> frozenset[int]:
    return frozenset[int]().union(*(found.get(pair, ()) for pair in lookup.columns_of(token)))


def _only(lookup: Lookup, token: str, found: Found, never: int | None) -> int:
    fits = _fitting(lookup, token, found)
    meant = fits - {never} or fits
    if not meant:
        raise lookup.unknown(token)
    if len(meant) > 1:
        raise lookup.ambiguous(token, ", ".join(f"id:{id_}" for id_ in sorted(meant)))
    return next(iter(meant))


def _find(connection: Connection, lookup: Lookup, tokens: Iterable[str]) -> Found:
    wanted = {pair for token in tokens for pair in lookup.columns_of(token)}
    found: dict[tuple[str, str], frozenset[int]] = {}
    for name in ("id", *lookup.texts):
        texts = sorted(text for column, text in wanted if column == name)
        for value, id_ in _rows(connection, lookup, name, texts):
            found[name, str(value)] = found.get((name, str(value)), frozenset()) | {id_}
    # Here what the database only took for equal falls away.
    return {pair: found[pair] for pair in wanted & found.keys()}


def _rows(
    connection: Connection, lookup: Lookup, name: str, texts: list[str]
) -> Iterator[tuple[str | int, int]]:
    table = lookup.table
    column, values = table.c[name], list(map(int, texts)) if name == "id" else texts
    for chunk in chunks(values):
        query = select(column, table.c.id).where(column.in_(chunk))
        if lookup.among is not None:
            query = query.where(lookup.among)
        yield from connection.execute(query)


def is_id(text: str) -> bool:
    """Whether ``text`` is an id as the database writes it."""
    return _ID.fullmatch(text) is not None


def is_storable(text: str) -> bool:
    """Whether a column could hold ``text``, and ``text`` is not empty."""
    return _STORABLE.fullmatch(text) is not None


def _may_match(column: str, text: str) -> bool:
    return is_id(text) if column == "id" else is_storable(text)
