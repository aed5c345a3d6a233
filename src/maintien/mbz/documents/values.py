"""The values of a row: texts, numbers, and NULL, which Moodle writes ``$@NULL@$``.

Source: xml_writer::full_tag (backup/util/xml/xml_writer.class.php) and backup_xml_transformer::process
(backup/moodle2/backup_xml_transformer.class.php), Moodle 4.3.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from maintien.errors.archives import BrokenValue, MissingValue
from maintien.mbz.container.member import Member
from maintien.mbz.xml_shapes import Record

NULL: Final = "$@NULL@$"
_DIGITS: Final = 18
"""So many always fit into a database's number of 64 bits."""
_SHOWN: Final = 40
_REMEMBERED: Final = 4096
_SHARED: Final = 255
"""Longer texts are not remembered: somebody else decides how many there are."""


def _once(value: str) -> int | None:
    """Read a whole number; None for what is none."""
    digits = value[1:] if value[:1] == "-" else value
    # int() takes more: spaces, underscores, the digits of other scripts.
    if len(digits) <= _DIGITS and digits.isascii() and digits.isdigit():
        return int(value)
    return None


_often = lru_cache(_REMEMBERED)(_once)
_shared = lru_cache(_REMEMBERED)(str)
"""Where a value comes again and again, the rows share it."""


class Values:
    """The columns of one row; a column that has to be there and isn't is an error."""

    __slots__ = ("_member", "_record", "_values")

    def __init__(self, member: Member, record: Record) -> None:
        self._member = member
        self._record = record
        self._values = record.values

    def text(self, name: str) -> str:
        """Give a text that has to be there; NULL as an empty one.

        Raises MissingValue.
        """
        value = self._values.get(name)
        if value is None:
            raise self._missing(name)
        return "" if value == NULL else value

    def text_or_empty(self, name: str) -> str:
        """Give a text; an empty one where it is NULL or not there."""
        value = self._values.get(name, NULL)
        return "" if value == NULL else value

    def common_text(self, name: str) -> str:
        """Give a text that many rows have in common; an empty one where it is NULL or not there."""
        text = self.text_or_empty(name)
        return _shared(text) if len(text) <= _SHARED else text

    def text_or_null(self, name: str) -> str | None:
        """Give a text, or None where it is NULL or not there."""
        value = self._values.get(name, NULL)
        return None if value == NULL else value

    def number(self, name: str) -> int:
        """Give a whole number that has to be there.

        Raises MissingValue and BrokenValue.
        """
        value = self._values.get(name)
        if value is None:
            raise self._missing(name)
        return self._number(name, value)

    def common_number(self, name: str) -> int:
        """Give a whole number that has to be there, and that many rows have in common.

        Raises MissingValue and BrokenValue.
        """
        value = self._values.get(name)
        if value is None:
            raise self._missing(name)
        return self._number(name, value, parse=_often)

    def number_or_null(self, name: str) -> int | None:
        """Give a whole number, or None where it is NULL, empty or not there.

        Raises BrokenValue.
        """
        value = self._values.get(name, NULL)
        return None if value in (NULL, "") else self._number(name, value, parse=_often)

    def number_or_zero(self, name: str) -> int:
        """Give a whole number; 0 where it is NULL, empty or not there.

        Raises BrokenValue.
        """
        return self.number_or_null(name) or 0

    def _number(self, name: str, value: str, *, parse: Callable[[str], int | None] = _once) -> int:
        # Only what may be a number is remembered.
        number = parse(value) if len(value) <= _DIGITS + 1 else None
        if number is not None:
            return number
        raise BrokenValue(
            archive=self._member.archive,
            member=self._member.path,
            element=self._place(name),
            value=value[:_SHOWN],
        )

    def _missing(self, name: str) -> MissingValue:
        return MissingValue(archive=self._member.archive, member=self._member.path, element=self._place(name))

    def _place(self, name: str) -> str:
        return f"{self._record.shape.path}/{name}"
