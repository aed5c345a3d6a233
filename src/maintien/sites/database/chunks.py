"""Long lists of values, in pieces that every database takes in one IN."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")

IN_LIMIT: Final = 1000


def chunks(values: Iterable[T], size: int = IN_LIMIT) -> Iterator[list[T]]:
    """Cut ``values`` into lists of at most ``size``, in their order."""
    remaining = iter(values)
    while chunk := list(islice(remaining, size)):
        yield chunk
