"""Keeps rows as columns of numbers: a course of 200,000 people in a tenth of what its rows take."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Generic, TypeVar

from maintien.enrolments.state import GroupMembership, RoleAssignment, UserEnrolment
from maintien.errors.archives import RepeatedRow
from maintien.mbz.converting.columns import Column
from maintien.planning.applying import FIRST_NEW_ID

R = TypeVar("R", UserEnrolment, RoleAssignment, GroupMembership)

_TEXT: Final = "component"
_AT_ONCE: Final = 4096


class PackedRows(Generic[R]):
    """Rows of one kind, in the order in which they came or were sorted."""

    def __init__(self, kind: type[R], *, numbered_from: int = 1) -> None:
        """Make it empty; rows that are new get the numbers from ``numbered_from`` on."""
        self._next_id = numbered_from
        self._kind: type[R] = kind
        self._columns = tuple(Column() for _ in kind._fields)
        self._text = kind._fields.index(_TEXT) if _TEXT in kind._fields else None
        self._texts: dict[str, int] = {}
        self._ids = self._columns[0]
        self._people = self._columns[kind._fields.index("userid")]

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def people(self) -> Iterable[int]:
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
        self._columns[self._kind._fields.index(name)].fill(value)

    def __iter__(self) -> Iterator[R]:
        for start in range(0, len(self), _AT_ONCE):
            yield from self._rows(start, start + _AT_ONCE)

    def of_people(self, first: int, last: int) -> list[R]:
        """Give the rows of people with ids from ``first`` to ``last``, by id; sorted by person before."""
        start, end = bisect_left(self._people, first), bisect_right(self._people, last)
        return sorted(self._rows(start, end))

    def sort_by_person(self, archive: str) -> None:
        """Sort by person and id, and leave out rows that are there again.

        Raises RepeatedRow where two have an id in common and nothing else.
        """
        self.sort_by_id()
        self._bring([place for place in range(len(self)) if not self._is_again(place)])
        for place in range(1, len(self)):
            if self._ids[place] == self._ids[place - 1]:
                raise RepeatedRow(archive=archive, row=self._ids[place], kind=self._kind.__name__)
        self._bring(sorted(range(len(self)), key=self._people.__getitem__))

    def sort_by_id(self) -> None:
        """Sort by id."""
        self._bring(sorted(range(len(self)), key=self._ids.__getitem__))

    def _is_again(self, place: int) -> bool:
        return (
            place > 0
            and self._ids[place] == self._ids[place - 1]
            and all(column[place] == column[place - 1] for column in self._columns)
        )

    def _bring(self, order: Sequence[int]) -> None:
        for column in self._columns:
            column.bring(order)

    def _rows(self, start: int, end: int) -> Iterator[R]:
        columns: list[Sequence[Any]] = [column.part(start, end) for column in self._columns]
        if self._text is not None:
            texts = list(self._texts)
            columns[self._text] = [texts[number] for number in columns[self._text]]
        return map(self._kind._make, zip(*columns, strict=True))
