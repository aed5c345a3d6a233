"""Asks the properties of ``$CFG`` for texts, switches and ports, and says in a sentence why not.

The sentences name the setting and its line, never its value: it may be the password.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from maintien.messages import N_
from maintien.moodle.config_properties import ConfigProperties
from maintien.moodle.php_literals import Cause, PhpLiteral, Unknown
from maintien.moodle.php_strings import utf8_text
from maintien.moodle.unreadable_php import Reason, UnreadablePhp

MISSING: Final = N_("{setting} is not set: set it, or give --site the database's URL instead.")
NOT_TEXT: Final = N_("{setting} is not a text.")
NOT_UTF8: Final = N_(
    "{setting} is not UTF-8: save the file as UTF-8, or give --site the database's URL instead."
)
NOT_AN_ARRAY: Final = N_("{setting} is not an array.")
NOT_A_PORT: Final = N_("{setting} is not a port: write a number from 1 to 65535.")

UNKNOWN: Final = {
    Cause.COMPUTED: N_(
        "{setting} is computed here, and only running PHP would tell its value:"
        " give --site the database's URL instead."
    ),
    Cause.ENVIRONMENT: N_(
        "{setting} comes from the environment or the request, which only the web server knows:"
        " give --site the database's URL instead."
    ),
    Cause.INTERPOLATED: N_(
        "{setting} has a variable in double quotes: if the dollar sign belongs to the value, write"
        " single quotes, else give --site the database's URL instead."
    ),
    Cause.CONDITIONAL: N_(
        "{setting} may be set here, in a condition, a loop or a function, so that only running PHP"
        " would tell its value: give --site the database's URL instead."
    ),
    Cause.INCLUDED: N_(
        "{setting} may be set by other code that is run here: give --site the database's URL instead."
    ),
}

_PORT: Final = re.compile(r"\s*\+?0*([0-9]{1,5})\s*")
_MAX_PORT: Final = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The elements of ``$CFG->dboptions``, set on ``line``."""

    values: Mapping[int | str, PhpLiteral] = field(repr=False)
    line: int

    def is_on(self, key: str) -> bool:
        """Whether the option is anything but empty, as PHP's ``empty`` has it."""
        value = self._value(key)
        return bool(value) and value != "0"

    def text(self, key: str) -> str | None:
        """Give the option's text, or None where it is empty."""
        if not self.is_on(key):
            return None
        return _text(self._value(key), _option(key), self.line)

    def port(self, key: str) -> int | None:
        """Give the option's number, or None where it is empty.

        Raises:
            UnreadablePhp: no port has this number.
        """
        text = self.text(key)
        return None if text is None else read_port(text, _option(key), self.line)

    def word(self, key: str) -> str | None:
        """Give the option's text, which may be empty, or None where it is not set."""
        value = self._value(key)
        return None if value is None else _text(value, _option(key), self.line)

    def _value(self, key: str) -> PhpLiteral:
        return _known(self.values.get(key), _option(key))


def require_text(properties: ConfigProperties, name: str, *, may_be_empty: bool = False) -> str:
    """Give the property ``name``.

    Raises:
        UnreadablePhp: it is not set, or not known, or no text in UTF-8.
    """
    text = find_text(properties, name)
    if text is None or not (text or may_be_empty):
        raise UnreadablePhp(properties.last_line, Reason(MISSING, setting=_property(name)))
    return text


def find_text(properties: ConfigProperties, name: str) -> str | None:
    """Give the property ``name``, or None where it is not set.

    Raises:
        UnreadablePhp: it is not known, or no text in UTF-8.
    """
    found = properties.find(name)
    if found is None or found.value is None:
        return None
    return _text(found.value, _property(name), found.line)


def find_options(properties: ConfigProperties, name: str) -> Options:
    """Give the array ``name``, empty where it is not set.

    Raises:
        UnreadablePhp: it is not known, or no array.
    """
    found = properties.find(name)
    if found is None or found.value is None:
        return Options(values={}, line=properties.last_line)
    values = _known(found.value, _property(name))
    if not isinstance(values, dict):
        raise UnreadablePhp(found.line, Reason(NOT_AN_ARRAY, setting=_property(name)))
    return Options(values=values, line=found.line)


def read_port(text: str, setting: str, line: int) -> int:
    """Read a port's number; ``setting`` is how the sentence calls it.

    Raises:
        UnreadablePhp: no port has this number.
    """
    found = _PORT.fullmatch(text)
    if found is None or not 0 < int(found[1]) <= _MAX_PORT:
        raise UnreadablePhp(line, Reason(NOT_A_PORT, setting=setting))
    return int(found[1])


def _property(name: str) -> str:
    return f"$CFG->{name}"


def _option(key: str) -> str:
    return f"$CFG->dboptions['{key}']"


def _known(value: PhpLiteral, setting: str) -> PhpLiteral:
    if isinstance(value, Unknown):
        raise UnreadablePhp(value.line, Reason(UNKNOWN[value.cause], setting=setting))
    return value


def _text(value: PhpLiteral, setting: str, line: int) -> str:
    """Give the text that PHP passes to a function that wants one."""
    match _known(value, setting):
        case str() as raw:
            return _utf8(raw, setting, line)
        case False:
            return ""
        case int() as number:
            return str(int(number))
        case _:
            raise UnreadablePhp(line, Reason(NOT_TEXT, setting=setting))


def _utf8(raw: str, setting: str, line: int) -> str:
    text = utf8_text(raw)
    if text is None:
        raise UnreadablePhp(line, Reason(NOT_UTF8, setting=setting))
    return text
