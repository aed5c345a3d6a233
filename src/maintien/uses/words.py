"""Reads the words that options and the columns of a courses file hold: methods, roles, choices."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from maintien.errors.command_line import ConflictingOptions, UnknownChoice
from maintien.moodle.ids import RoleId
from maintien.planning.words import find_role, require_method, require_source

__all__ = ["find_role", "find_roles", "parse_methods", "require_choice", "require_method", "split_words"]

EVERY: Final = "all"


def split_words(text: str) -> tuple[str, ...]:
    """Take apart what commas separate."""
    return tuple(word.strip() for word in text.split(","))


def parse_methods(words: Sequence[str]) -> frozenset[str] | None:
    """Read enrolment methods; None for ``all``.

    Raises UnknownMethod, ManualIsNoSource and ConflictingOptions.
    """
    if _is_every(words):
        return None
    return frozenset(map(require_source, words))


def find_roles(words: Sequence[str], known: Mapping[str, RoleId]) -> frozenset[RoleId] | None:
    """Find roles by their short names; None for ``all``.

    Raises UnknownRole and ConflictingOptions.
    """
    return None if _is_every(words) else frozenset(find_role(word, known) for word in words)


def require_choice(option: str, word: str, choices: Iterable[str]) -> str:
    """Return ``word`` if it is one of the ``choices``.

    Raises UnknownChoice.
    """
    words = list(choices)
    if word not in words:
        raise UnknownChoice(option=option, choices=", ".join(words), value=word)
    return word


def _is_every(words: Sequence[str]) -> bool:
    if EVERY not in words:
        return False
    others = [word for word in words if word != EVERY]
    if others:
        raise ConflictingOptions(first=EVERY, second=others[0])
    return True
