"""Reports as typed tables: what every format is written from.

A table is described by its columns; its rows come one at a time, and those of several tables may come
mixed. A cell is a number, a text, a moment (:class:`Moment`) or None. Columns say what is personal, so that
one rule makes every report pseudonymous, whatever its format.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, Protocol, TypeAlias


class Moment(NamedTuple):
    """A Unix time, shown as a date."""

    unix: int


Cell: TypeAlias = int | str | Moment | None


class Kind(Enum):
    """What a column holds; a cell of another kind, such as a word for "never", shows as what it is."""

    TEXT = "text"
    NUMBER = "number"
    """How many: may be summed up."""
    ID = "id"
    """A number that names something."""
    MOMENT = "moment"


class Personal(Enum):
    """What a column says of people."""

    NOTHING = "nothing"
    WHO = "who"
    """The id of an account: becomes a pseudonym."""
    DETAIL = "detail"
    """A name, an address, a free text that may hold one: is left out where people are not to be known."""


class Column(NamedTuple):
    """A column before its cells."""

    heading: str
    kind: Kind = Kind.TEXT
    personal: Personal = Personal.NOTHING


class Table(NamedTuple):
    """A table before its rows."""

    name: str
    """Of its sheet: short, without any of ``[]:*?/\\``."""
    columns: tuple[Column, ...]


Tables: TypeAlias = Mapping[str, Table]
"""The tables of a report, in their order, by keys that are the same in every language."""


class TableWriter(Protocol):
    """Takes the rows of tables."""

    def add(self, table: str, row: Sequence[Cell]) -> None:
        """Write a row of the table that goes by this key."""


@dataclass(slots=True)
class Heading:
    """What stands above the tables of a report; what is not known at its beginning is filled in later."""

    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    """Labels, and what is to be said under them."""
    chart: str | None = None
    """A drawing as a whole SVG element, which has to be harmless already."""
