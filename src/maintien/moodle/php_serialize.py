"""PHP's serialize format, for values without objects.

Moodle keeps ``logstore_standard_log.other`` in it unless ``logstore_standard/jsonformat`` is 1:
``{"enrol": "manual"}`` is ``a:1:{s:5:"enrol";s:6:"manual";}``. Rules:

1. PHP has one kind of array, ordered, with integer and text keys. One whose keys are 0, 1, 2 ... in
   order is read as a list, any other as a dict; the empty one is a list.
2. A text counts its length in bytes of UTF-8, and may hold anything, quotes included.
3. Objects (``O``, ``C``, ``E``) and references (``r``, ``R``) are refused: no log row needs them.
4. Input is hostile: its size and depth are capped, nothing is allocated because a count says so.

Source: the PHP manual, ``serialize`` and ``unserialize``; recorded from PHP 8.2.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from maintien.moodle.php_arrays import array_key
from maintien.moodle.php_numbers import is_integer, write_float

PhpValue: TypeAlias = (
    "bool | int | float | str | Sequence[PhpValue]"
    " | Mapping[str, PhpValue] | Mapping[int | str, PhpValue] | None"
)
PhpArray: TypeAlias = list["PhpRead"] | dict[int | str, "PhpRead"]
PhpRead: TypeAlias = bool | int | float | str | PhpArray | None

_SCALAR: Final = re.compile(
    rb"N;|b:(?P<bool>[01]);|i:(?P<int>[+-]?[0-9]{1,20});"
    rb"|d:(?P<float>-?INF|NAN|[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]{1,5})?);"
)
_TEXT: Final = re.compile(rb's:([0-9]{1,20}):"')
_ARRAY: Final = re.compile(rb"a:([0-9]{1,20}):\{")
_OBJECT: Final = re.compile(rb"[OCErRo]:")


class UnreadablePhpValue(ValueError):
    """The bytes are not a serialised PHP value, or one that is not read here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnserializeLimits:
    """What is too much. ``size`` is in bytes; ``depth`` counts arrays in one another."""

    size: int = 1024 * 1024
    depth: int = 32


DEFAULT_LIMITS: Final = UnserializeLimits()


def serialize(value: PhpValue) -> bytes:
    """Write ``value`` as PHP's ``serialize`` does.

    Raises:
        ValueError: an integer needs more than 64 bits, or a text has no UTF-8.
        TypeError: PHP has no such value.
    """
    return b"".join(_written(value))


def unserialize(data: bytes, limits: UnserializeLimits = DEFAULT_LIMITS) -> PhpRead:
    """Read one serialised value, and nothing after it.

    Raises:
        UnreadablePhpValue: not one, or with objects or references, or beyond ``limits``.
    """
    if len(data) > limits.size:
        raise UnreadablePhpValue(f"more than {limits.size} bytes")
    reader = _Reader(data, limits.depth)
    value = reader.value(0)
    if not reader.is_at_end:
        raise UnreadablePhpValue(f"more follows the value at byte {reader.at}")
    return value


def _written(value: PhpValue) -> Iterator[bytes]:
    match value:
        case None:
            yield b"N;"
        case bool():
            yield b"b:%d;" % value
        case int():
            yield b"i:%d;" % _required_integer(value)
        case float():
            yield b"d:%b;" % write_float(value).encode()
        case str():
            yield _written_text(value)
        case Mapping():
            yield from _written_array({array_key(key): item for key, item in value.items()})
        case list() | tuple():
            yield from _written_array(dict(enumerate(value)))
        case _:
            raise TypeError(f"PHP has no {type(value).__name__}")


def _required_integer(number: int) -> int:
    if not is_integer(number):
        raise ValueError("PHP's integers have 64 bits")
    return number


def _written_text(text: str) -> bytes:
    data = text.encode()
    return b's:%d:"%b";' % (len(data), data)


def _written_array(items: Mapping[int | str, PhpValue]) -> Iterator[bytes]:
    yield b"a:%d:{" % len(items)
    for key, item in items.items():
        yield from _written(key)
        yield from _written(item)
    yield b"}"


class _Reader:
    """Reads values from the left; ``at`` is the next byte."""

    def __init__(self, data: bytes, depth: int) -> None:
        self._data = data
        self._depth = depth
        self.at = 0

    @property
    def is_at_end(self) -> bool:
        return self.at == len(self._data)

    def value(self, depth: int) -> PhpRead:
        """Read the value at this point, which is within ``depth`` arrays."""
        if scalar := self._taken(_SCALAR):
            return self._scalar(scalar)
        if text := self._taken(_TEXT):
            return self._text(int(text[1]))
        if array := self._taken(_ARRAY):
            return self._array(int(array[1]), depth + 1)
        if self._taken(_OBJECT):
            raise UnreadablePhpValue(f"an object or a reference at byte {self.at - 2}")
        raise self._unreadable()

    def _scalar(self, found: re.Match[bytes]) -> bool | int | float | None:
        match found.lastgroup:
            case "bool":
                return found["bool"] == b"1"
            case "int":
                return self._integer(int(found["int"]))
            case "float":
                return float(found["float"])
            case _:
                return None

    def _integer(self, number: int) -> int:
        if not is_integer(number):
            raise UnreadablePhpValue(f"an integer of more than 64 bits before byte {self.at}")
        return number

    def _text(self, length: int) -> str:
        text = self._data[self.at : self.at + length]
        self.at += length
        self._require(b'";')
        try:
            return text.decode()
        except UnicodeDecodeError:
            # The bytes may be anything: the cause would show them.
            raise UnreadablePhpValue(f"a text before byte {self.at} is not UTF-8") from None

    def _array(self, count: int, depth: int) -> PhpArray:
        if depth > self._depth:
            raise UnreadablePhpValue(f"more than {self._depth} arrays in one another")
        items: dict[int | str, PhpRead] = {}
        for _ in range(count):
            key = self._key(depth)
            items[key] = self.value(depth)
        self._require(b"}")
        is_list = all(key == place for place, key in enumerate(items))
        return list(items.values()) if is_list else items

    def _key(self, depth: int) -> int | str:
        key = self.value(depth)
        if isinstance(key, bool) or not isinstance(key, int | str):
            raise self._unreadable()
        return array_key(key)

    def _require(self, expected: bytes) -> None:
        if not self._data.startswith(expected, self.at):
            raise self._unreadable()
        self.at += len(expected)

    def _taken(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        found = pattern.match(self._data, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def _unreadable(self) -> UnreadablePhpValue:
        return UnreadablePhpValue(f"not a serialised PHP value at byte {self.at}")
