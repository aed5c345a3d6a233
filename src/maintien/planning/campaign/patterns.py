"""Patterns for names and codes: ``*`` stands for anything, ``?`` for one character, all else for itself.

Regular expressions are not taken: some of them need longer than anybody lives, and a campaign runs
unattended. Brackets mean nothing special, since names of courses have them.
"""

import re
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Final
from unicodedata import normalize

WILDCARDS: Final = "*?"

_COMPOSED: Final = "NFC"


def is_pattern(text: str) -> bool:
    """Whether a text stands for more than itself."""
    return any(wildcard in text for wildcard in WILDCARDS)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern; case and accents count, however the accents are composed."""

    text: str
    _expression: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # What fnmatch makes of several wildcards takes no part of the text twice: time stays in bounds.
        literal = normalize(_COMPOSED, self.text).replace("[", "[[]")
        object.__setattr__(self, "_expression", re.compile(translate(literal)))

    def fits(self, name: str) -> bool:
        """Whether the whole of ``name`` is as the pattern says; nothing fits a name that is empty."""
        return bool(name) and self._expression.match(normalize(_COMPOSED, name)) is not None
