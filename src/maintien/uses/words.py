"""Reads the words that options and the columns of a courses file hold: methods, roles, choices."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from maintien.errors import (
    ConflictingOptions,
    ManualIsNoSource,
    UnknownChoice,
    UnknownMethod,
    UnknownRole,
)
from maintien.moodle.ids import RoleId
from maintien.moodle.values import MANUAL

EVERY: Final = "all"
_METHOD: Final = re.compile(r"[a-z][a-z0-9_]{0,19}")
"""Moodle's plugins are named so (``core_component::is_valid_plugin_name``); ``enrol`` has 20 letters."""

_METHODS_SHOWN: Final = "database, cohort, self, meta"


def split_words(text: str) -> tuple[str, ...]:
    """Take apart what commas separate."""
    return tuple(word.strip() for word in text.split(","))


def parse_methods(words: Sequence[str]) -> frozenset[str] | None:
    """Read enrolment methods; None for ``all``.

    Raises UnknownMethod, ManualIsNoSource and ConflictingOptions.
    """
    if _is_every(words):
        return None
    for word in words:
        if word == MANUAL:
            raise ManualIsNoSource
        require_method(word)
    return frozenset(words)


def require_method(word: str) -> str:
    """Return ``word`` if it can be the name of an enrolment method.

    Raises UnknownMethod.
    """
    if not _METHOD.fullmatch(word):
        raise UnknownMethod(method=word, known=_METHODS_SHOWN)
    return word


def find_roles(words: Sequence[str], known: Mapping[str, RoleId]) -> frozenset[RoleId] | None:
    """Find roles by their short names; None for ``all``.

    Raises UnknownRole and ConflictingOptions.
    """
    return None if _is_every(words) else frozenset(find_role(word, known) for word in words)


def find_role(word: str, known: Mapping[str, RoleId]) -> RoleId:
    """Find a role by its short name.

    Raises UnknownRole.
    """
    try:
        return known[word]
    except KeyError:
        raise UnknownRole(role=word, known=", ".join(sorted(known))) from None


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
