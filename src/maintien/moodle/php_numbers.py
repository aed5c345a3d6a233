"""PHP's numbers: integers of 64 bits, floats, and how both are written.

Source: the PHP manual, "Integers" and "Floating point numbers"; recorded from PHP 8.2.
"""

import math
from decimal import Decimal
from typing import Final

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1

_LONGEST_INTEGER: Final = 19
"""Decimal digits of the greatest integer."""

_DIGITS: Final = 17
"""How many digits before the point PHP writes before it turns to exponents."""

_SMALLEST_POINT: Final = -3
"""0.0001 is written so; 0.00001 is written 1.0E-5."""


def is_integer(number: int) -> bool:
    """Whether PHP keeps ``number`` as an integer rather than a float."""
    return INT_MIN <= number <= INT_MAX


def read_number(text: str) -> int | float | None:
    """Read a number of PHP's source, or None where its digits are not octal ones (``08``).

    An integer beyond 64 bits becomes a float.
    """
    digits = text.lower().replace("_", "")
    if digits.isdecimal() and len(digits) > _LONGEST_INTEGER and digits[0] != "0":
        return float(digits)
    try:
        number = _integer(digits)
        return number if is_integer(number) else float(number)
    except OverflowError:
        return float("inf")
    except ValueError:
        return None if digits.isdecimal() else float(digits)


def _integer(digits: str) -> int:
    if digits[0] == "0" and digits.isdecimal():
        return int(digits, 8)
    return int(digits, 0)


def write_float(value: float) -> str:
    """Write a float as PHP does with ``serialize_precision`` -1: the shortest that reads back.

    ``1.0`` is ``1``, ``1e17`` is ``1.0E+17``, ``0.00001`` is ``1.0E-5``.
    """
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    if value == 0:
        return f"{value:.0f}"
    return _finite(Decimal(repr(value)).normalize())


def _finite(value: Decimal) -> str:
    sign, digits, exponent = value.as_tuple()
    point = len(digits) + int(exponent)
    if _SMALLEST_POINT <= point <= _DIGITS:
        return f"{value:f}"
    first, *others = map(str, digits)
    return f"{'-' * sign}{first}.{''.join(others) or '0'}E{point - 1:+d}"
