"""Keys of PHP's arrays, which turn texts that look like integers into integers."""

import re
from typing import Final

from maintien.moodle.php_numbers import is_integer

_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,18}")


def array_key(key: int | str) -> int | str:
    """Give the key that PHP stores: ``"5"`` becomes 5; ``"05"``, ``"-0"`` and ``"5.0"`` stay.

    Source: the PHP manual, "Arrays", key casts; PHP 8.2.
    """
    if isinstance(key, str):
        return int(key) if _INTEGER.fullmatch(key) and is_integer(int(key)) else key
    return int(key)
