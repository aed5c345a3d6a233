"""Streams of rows, which documents are made of: from a database, from another archive, from anywhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from maintien.mbz.writing.xml_text import Value

Row: TypeAlias = Sequence[Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowStream:
    """Rows of one table, to be gone through once.

    Documents take the columns that Moodle writes, by Moodle's names, and leave the others out; a column
    that is not there gets no element, as in a Moodle whose table lacks it.
    """

    columns: tuple[str, ...]
    rows: Iterable[Row]

    def place(self, column: str) -> int:
        """Tell where in a row ``column`` stands."""
        return self.columns.index(column)


def no_rows(*columns: str) -> RowStream:
    """Make an empty stream."""
    return RowStream(columns=columns, rows=())


class Followed:
    """The rows that belong to the rows of another stream, which come in the same order as those."""

    def __init__(self, stream: RowStream, key: str) -> None:
        """Read ``stream``, whose column ``key`` names the row of the other stream."""
        self._rows: Iterator[Row] = iter(stream.rows)
        self._key = stream.place(key)
        self._next: Row | None = next(self._rows, None)

    def rows_of(self, owner: Any) -> Iterator[Row]:  # noqa: ANN401 -- an id of whatever kind
        """Give the rows of ``owner``, whose turn it is; they have to be taken before the next one's."""
        while self._next is not None and self._next[self._key] == owner:
            row = self._next
            yield row
            self._next = next(self._rows, None)

    def require_end(self) -> None:
        """Make sure that every row found its owner.

        Raises:
            RuntimeError: the streams are not in the same order, or a row has no owner.
        """
        if self._next is not None:
            raise RuntimeError(f"a row of {self._next[self._key]} is out of turn")
