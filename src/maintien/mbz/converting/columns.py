"""A column of whole numbers in as little memory as it can do with.

While all its numbers are the same, it keeps one; then each in 32 bits, while they fit, else in 64.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice, repeat
from typing import Final

_NARROW: Final = "i"
_WIDE: Final = "q"
_AT_ONCE: Final = 4096


class Column:
    """Numbers in the order in which they came, or were brought."""

    __slots__ = ("_length", "_numbers", "_same")

    def __init__(self) -> None:
        """Make it empty."""
        self._same = 0
        self._length = 0
        self._numbers: array[int] | None = None

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, place: int) -> int:
        return self._same if self._numbers is None else self._numbers[place]

    def __iter__(self) -> Iterator[int]:
        return iter(self.part(0, self._length))

    def append(self, number: int) -> None:
        """Put a number behind the others."""
        if self._numbers is None:
            if not self._length:
                self._same = number
            if number == self._same:
                self._length += 1
                return
            self._numbers = _packed(repeat(self._same, self._length))
        self._length += 1
        try:
            self._numbers.append(number)
        except OverflowError:
            self._numbers = array(_WIDE, self._numbers)
            self._numbers.append(number)

    def fill(self, number: int) -> None:
        """Make all numbers this one."""
        self._same, self._numbers = number, None

    def part(self, start: int, end: int) -> Sequence[int]:
        """Give the numbers from one place to another."""
        if self._numbers is None:
            return [self._same] * max(0, min(end, self._length) - start)
        return self._numbers[start:end]

    def bring(self, order: Sequence[int]) -> None:
        """Bring the numbers into another order; places that are not in it are left out."""
        self._length = len(order)
        if self._numbers is not None:
            numbers = self._numbers
            self._numbers = array(numbers.typecode, map(numbers.__getitem__, order))


def sorted_numbers(*columns: Iterable[int]) -> Sequence[int]:
    """Sort all numbers of some columns, each once."""
    return _packed(_each_once(merge(*(_packed(sorted(column)) for column in columns))))


def contains(ordered: Sequence[int], number: int) -> bool:
    """Whether a number is among others, which are sorted."""
    place = bisect_left(ordered, number)
    return place < len(ordered) and ordered[place] == number


def _each_once(ordered: Iterable[int]) -> Iterator[int]:
    last: int | None = None
    for number in ordered:
        if number != last:
            yield number
        last = number


def _packed(numbers: Iterable[int]) -> "array[int]":
    """Pack numbers narrowly, if they fit; they are taken a few at a time."""
    packed, remaining = array(_NARROW), iter(numbers)
    while piece := list(islice(remaining, _AT_ONCE)):
        length = len(packed)
        try:
            packed.extend(piece)
        except OverflowError:
            # What stood before the number that does not fit has gone in, and comes again with the piece.
            packed = array(_WIDE, packed[:length])
            packed.extend(piece)
    return packed
