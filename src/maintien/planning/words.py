"""Reads the words by which people name enrolment methods and roles."""

import re
from collections.abc import Mapping
from typing import Final

from maintien.errors.selection import ManualIsNoSource, UnknownMethod, UnknownRole
from maintien.moodle.ids import RoleId
from maintien.moodle.values import MANUAL

_METHOD: Final = re.compile(r"[a-z][a-z0-9_]{0,19}")
"""Moodle's plugins are named so (``core_component::is_valid_plugin_name``); ``enrol`` has 20 letters."""

METHODS_SHOWN: Final = "database, cohort, self, meta"


def require_method(word: str) -> str:
    """Return ``word`` if it can be the name of an enrolment method.

    Raises UnknownMethod.
    """
    if not _METHOD.fullmatch(word):
        raise UnknownMethod(method=word, known=METHODS_SHOWN)
    return word


def require_source(word: str) -> str:
    """Return ``word`` if it can be the name of an enrolment method that can be converted.

    Raises UnknownMethod and ManualIsNoSource.
    """
    if word == MANUAL:
        raise ManualIsNoSource
    return require_method(word)


def find_role(word: str, known: Mapping[str, RoleId]) -> RoleId:
    """Find a role by its short name.

    Raises:
        UnknownRole: the site has none.
    """
    try:
        return known[word]
    except KeyError:
        raise UnknownRole(role=word, known=", ".join(sorted(known))) from None
