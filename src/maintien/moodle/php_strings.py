r"""What PHP's quoted texts mean: escapes, heredoc indentation, and whether they hold variables.

PHP's texts are bytes. Here they are ``str`` with surrogate escapes for the bytes that are no UTF-8, as
``"\xE9"`` gives; :func:`utf8_text` makes them ordinary text.

Source: the PHP manual, "Strings"; PHP 8.2.
"""

import re
from functools import partial
from typing import Final

from maintien.messages import N_
from maintien.moodle.unreadable_php import Reason, UnreadablePhp

LABEL: Final = r"[a-zA-Z_\x80-\U0010ffff][a-zA-Z0-9_\x80-\U0010ffff]*+"
"""A name in PHP: any byte above ASCII is a letter."""

INTERPOLATION: Final = r"\$(?=[a-zA-Z_{\x80-\U0010ffff])|\{(?=\$)"
"""Where a variable begins inside double quotes; a dollar before anything else is a dollar."""

BAD_CODE_POINT: Final = N_("a text holds an escape \\u{{...}} that names no character.")
BAD_INDENTATION: Final = N_("a line of a heredoc text is indented less than its closing label.")

_SINGLE: Final = re.compile(r"\\([\\'])")
_ESCAPE: Final = re.compile(
    r"\\(?:(?P<letter>[nrtvef\\$\"`])|(?P<octal>[0-7]{1,3})|[xX](?P<hex>[0-9A-Fa-f]{1,2})"
    r"|u\{(?P<point>[0-9A-Fa-f]*+\}?))"
)
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t", "v": "\v", "e": "\x1b", "f": "\f"}
_CONSTANT: Final = re.compile(rf"(?:[^\\${{]++|\\.|(?!{INTERPOLATION})[\\${{])*+", re.DOTALL)
_NEWLINE: Final = re.compile(r"(\r\n|\n|\r)")
_FIRST_RAW: Final = 0x80
_MAX_BYTE: Final = 0xFF
_MAX_POINT: Final = 0x10FFFF
_RAW: Final = 0xDC00


def single_quoted(inner: str) -> str:
    r"""Read what stands between single quotes, where only ``\\`` and ``\'`` are escapes."""
    return _SINGLE.sub(r"\1", inner)


def double_quoted(inner: str, line: int, quote: str = '"') -> str:
    """Read what stands between double quotes, or in a heredoc (then ``quote`` is empty).

    An escape that PHP doesn't know stays as it is, backslash included.

    Raises:
        UnreadablePhp: an escape names no character.
    """
    return _ESCAPE.sub(partial(_escaped, line=line, quote=quote), inner)


def is_constant(inner: str) -> bool:
    """Whether what stands between double quotes holds no variable."""
    return _CONSTANT.fullmatch(inner) is not None


def without_indentation(body: str, indentation: str, line: int) -> str:
    """Take ``indentation``, that of the closing label, from each line of a heredoc's ``body``.

    Raises:
        UnreadablePhp: a line that isn't blank has less. ``line`` is that of the heredoc's opening.
    """
    if not indentation:
        return body
    pieces = _NEWLINE.split(body)
    pieces[::2] = [_unindented(piece, indentation, line) for piece in pieces[::2]]
    return "".join(pieces)


def utf8_text(text: str) -> str | None:
    """Make ordinary text of PHP's bytes, or None where they are not UTF-8."""
    try:
        return text.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        return None


def _unindented(piece: str, indentation: str, line: int) -> str:
    if piece.startswith(indentation):
        return piece.removeprefix(indentation)
    if piece.strip(" \t"):
        raise UnreadablePhp(line, Reason(BAD_INDENTATION))
    return ""


def _escaped(found: re.Match[str], line: int, quote: str) -> str:
    match found.lastgroup:
        case "octal":
            return _byte(int(found["octal"], 8) & _MAX_BYTE)
        case "hex":
            return _byte(int(found["hex"], 16))
        case "point":
            return _character(found["point"], line)
        case _:
            return _letter(found["letter"], quote)


def _letter(letter: str, quote: str) -> str:
    if letter in '"`' and letter != quote:
        return f"\\{letter}"
    return _LETTERS.get(letter, letter)


def _byte(byte: int) -> str:
    return chr(byte if byte < _FIRST_RAW else _RAW + byte)


def _character(escape: str, line: int) -> str:
    digits = escape.removesuffix("}")
    if digits in ("", escape) or int(digits, 16) > _MAX_POINT:
        raise UnreadablePhp(line, Reason(BAD_CODE_POINT))
    data = chr(int(digits, 16)).encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "surrogateescape")
