"""Reads the rows of a few people by their ids, and of many with everybody's.

Ids go to the database in lists; beyond some thousand it is quicker to read everybody's rows through the
index of the course and to pass over the others.
"""

from collections.abc import Collection, Iterator
from typing import Any, Final, TypeAlias

from sqlalchemy import Column, ColumnElement, true

from maintien.moodle.ids import UserId
from maintien.sites.database.chunks import chunks

MANY: Final = 5_000
"""People from whom on everybody's rows are read."""

SomePeople: TypeAlias = frozenset[UserId] | None
"""Whose rows are read; None for everybody's."""


def few_or_everybody(people: Collection[UserId]) -> SomePeople:
    """Give these people, or everybody where they are many."""
    return None if len(people) >= MANY else frozenset(people)


def rows_of(userid: Column[Any], people: SomePeople) -> Iterator[ColumnElement[bool]]:
    """Give conditions, for a query each, that together let the rows of these people through."""
    if people is None:
        yield true()
        return
    for some in chunks(sorted(people)):
        yield userid.in_(some)
