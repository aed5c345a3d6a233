"""Keeps rows as columns of numbers: a course of 200,000 people in a tenth of what its rows take."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, Generic, TypeVar

from maintien.enrolments.state import GroupMembership, RoleAssignment, UserEnrolment
from maintien.errors import RepeatedRow
from maintien.planning.applying import FIRST_NEW_ID

R = TypeVar("R", UserEnrolment, RoleAssignment, GroupMembership)

NUMBER: Final = "q"
"""64 bits, as in the database."""

_TEXT: Final = "component"


class PackedRows(Generic[R]):
    """Rows of one kind, in the order in which they came or were sorted."""

    def __init__(self, kind: type[R], *, numbered_from: int = 1) -> None:
        """Make it empty; rows that are new get the numbers from ``numbered_from`` on."""
        self._next_id = numbered_from
        self._kind: type[R] = kind
        self._columns = tuple(array(NUMBER) for _ in kind._fields)
        self._text = kind._fields.index(_TEXT) if _TEXT in kind._fields else None
        self._texts: dict[str, int] = {}
        self._ids = self._columns[0]
        self._people = self._columns[kind._fields.index("userid")]

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def people(self) -> "array[int]":
        """Whose rows these are, a number a row."""
        return self._people

    @property
    def highest_id(self) -> int:
        """The highest id, or 0 where there is no row."""
        return max(self._ids, default=0)

    def add(self, row: R) -> None:
        """Take a row in."""
        values: list[Any] = list(row)
        if self._text is not None:
            values[self._text] = self._texts.setdefault(values[self._text], len(self._texts))
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)

    def add_numbered(self, rows: Iterable[R]) -> None:
        """Take rows in, and number those that a plan has added."""
        for row in rows:
            if row.id >= FIRST_NEW_ID:
                self.add(row._replace(id=self._next_id))  # type: ignore[arg-type]  # an id of its kind
                self._next_id += 1
            else:
                self.add(row)

    def fill(self, name: str, value: int) -> None:
        """Give a column one value in all rows."""
        column = self._columns[self._kind._fields.index(name)]
        column[:] = array(NUMBER, [value]) * len(self)

    def __iter__(self) -> Iterator[R]:
        return self._rows(0, len(self))

    def of_people(self, first: int, last: int) -> list[R]:
        """Give the rows of people with ids from ``first`` to ``last``, by id; sorted by person before."""
        start, end = bisect_left(self._people, first), bisect_right(self._people, last)
        return sorted(self._rows(start, end))

    def sort_by_person(self, archive: str) -> None:
        """Sort by person and id, and leave out rows that are there again.

        Raises RepeatedRow where two have an id in common and nothing else.
        """
        order = self._by_id()
        order.sort(key=self._people.__getitem__)
        self._reorder(order)

        def is_again(place: int) -> bool:
            return place > 0 and self._at(place) == self._at(place - 1)

        kept = [place for place in range(len(self)) if not is_again(place)]
        if len(kept) < len(self):
            self._reorder(kept)
        ids = sorted(self._ids)
        for one, other in pairwise(ids):
            if one == other:
                raise RepeatedRow(archive=archive, row=one, kind=self._kind.__name__)

    def sort_by_id(self) -> None:
        """Sort by id."""
        self._reorder(self._by_id())

    def _by_id(self) -> list[int]:
        return sorted(range(len(self)), key=self._ids.__getitem__)

    def _reorder(self, order: list[int]) -> None:
        for column in self._columns:
            column[:] = array(NUMBER, map(column.__getitem__, order))

    def _at(self, place: int) -> list[int]:
        return [column[place] for column in self._columns]

    def _rows(self, start: int, end: int) -> Iterator[R]:
        columns: list[Sequence[Any]] = [column[start:end] for column in self._columns]
        if self._text is not None:
            texts = list(self._texts)
            columns[self._text] = [texts[number] for number in columns[self._text]]
        return map(self._kind._make, zip(*columns, strict=True))
