"""Values of a journal or a plan file, read back: nothing is taken on trust.

What is not exactly what it should be raises :class:`UnreadablePlan`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from maintien.moodle.ids import RoleId

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"


class UnreadablePlan(ValueError):
    """The value is not an encoded plan."""


def read_methods(values: Sequence[Any] | None) -> frozenset[str] | None:
    """Read names of methods; None for all."""
    return None if values is None else frozenset(read_text(method) for method in values)


def read_role_ids(values: Sequence[Any]) -> frozenset[RoleId]:
    """Read ids of roles."""
    return frozenset(RoleId(read_number(value)) for value in values)


def read_number(value: Any) -> int:  # noqa: ANN401 -- that is what is found out
    """Read a whole number."""
    if type(value) is not int:
        raise UnreadablePlan(type(value).__name__)
    return value


def read_text(value: Any) -> str:  # noqa: ANN401 -- that is what is found out
    """Read a text."""
    if not isinstance(value, str):
        raise UnreadablePlan(type(value).__name__)
    return value


def read_truth(value: Any) -> bool:  # noqa: ANN401 -- that is what is found out
    """Read true or false."""
    if not isinstance(value, bool):
        raise UnreadablePlan(type(value).__name__)
    return value
