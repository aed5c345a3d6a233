"""Reads the values that PHP expressions have whatever runs them: constants, arrays, joined texts.

An expression is read to a literal, or to an :class:`Unknown` that says why not; an array may hold
unknown values beside known ones. Nothing is ever computed but ``.`` between constants.

Source: the PHP manual, "Types" and "Operator precedence"; PHP 8.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

from maintien.moodle.php_arrays import array_key
from maintien.moodle.php_numbers import read_number
from maintien.moodle.php_tokens import Token, TokenKind


class Cause(Enum):
    """Why a value can't be known without running PHP."""

    COMPUTED = auto()
    ENVIRONMENT = auto()
    """It is read from the environment or from the request."""
    INTERPOLATED = auto()
    """There is a variable within a double-quoted text."""
    CONDITIONAL = auto()
    """It is set within a condition, a loop or a function."""
    INCLUDED = auto()
    """Another file is run, which may set it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A value that only running the file would tell, and the line that is to blame."""

    line: int
    cause: Cause


Scalar: TypeAlias = bool | int | float | str | None
PhpArray: TypeAlias = dict[int | str, "PhpLiteral"]
PhpLiteral: TypeAlias = Scalar | PhpArray | Unknown

_CONSTANTS: Final[dict[str, Scalar]] = {"true": True, "false": False, "null": None}
_ENVIRONMENT: Final = ("getenv", "apache_getenv", "filter_input")
_ENVIRONMENT_VARIABLES: Final = ("$_ENV", "$_SERVER", "$_GET", "$_POST", "$_COOKIE", "$_REQUEST")
_OPENING: Final = ("(", "[", "{", "#[")
_CLOSING: Final = (")", "]", "}")
_ENDS: Final = (*_CLOSING, ",", "=>")


class _NotConstant(Exception):
    """What comes next is beyond constants: the sign to give up on an expression, not an error."""


def read_literal(tokens: Sequence[Token], line: int) -> PhpLiteral:
    """Read the expression that ``tokens`` are, the whole of it; it begins on ``line``.

    The tokens' brackets match and are not nested deeper than Python can follow, as statements of
    :mod:`maintien.moodle.php_statements` have them. Texts are PHP's bytes, with surrogate escapes.
    """
    return _Expression(tokens, line).read(())


class _Expression:
    """Walks over the tokens of one expression; ``_at`` is the next one."""

    def __init__(self, tokens: Sequence[Token], line: int) -> None:
        self._tokens = tokens
        self._line = line
        self._at = 0

    def read(self, stops: Sequence[str]) -> PhpLiteral:
        """Read up to one of ``stops``, or to the end."""
        start = self._at
        try:
            value = self._joined()
        except _NotConstant:
            return self._unknown(start, stops)
        if self._is_at(stops):
            return value
        if isinstance(value, Unknown):
            self._skip(stops)
            return value
        return self._unknown(start, stops)

    def _joined(self) -> PhpLiteral:
        value = self._primary()
        if not self._is_symbol("."):
            return value
        texts = [_joinable(value)]
        while self._is_symbol("."):
            self._at += 1
            texts.append(_joinable(self._primary()))
        return "".join(texts)

    def _primary(self) -> PhpLiteral:
        token = self._taken()
        match token.kind:
            case TokenKind.TEXT:
                return token.text
            case TokenKind.NUMBER:
                return _required_number(token)
            case TokenKind.WORD:
                return self._word(token)
            case TokenKind.SYMBOL:
                return self._symbol(token)
            case TokenKind.VARIABLE | TokenKind.TEMPLATE:
                raise _NotConstant

    def _word(self, token: Token) -> PhpLiteral:
        name = token.text.lower().removeprefix("\\")
        if name == "array" and self._is_symbol("("):
            self._at += 1
            return self._array(")")
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        raise _NotConstant

    def _symbol(self, token: Token) -> PhpLiteral:
        match token.text:
            case "[":
                return self._array("]")
            case "(":
                value = self.read((")",))
                self._at += 1
                return value
            case "-" if self._is_number():
                return -_required_number(self._taken())
            case "+" if self._is_number():
                return _required_number(self._taken())
            case _:
                raise _NotConstant

    def _array(self, closing: str) -> PhpLiteral:
        items: PhpArray = {}
        following = 0
        unknown: Unknown | None = None
        while not self._is_at((closing,)):
            key, value = self._item(closing, following)
            # Behind a negative key PHP's versions count on differently; here, from 0 on.
            if isinstance(key, Unknown):
                unknown = unknown or key
            else:
                items[key] = value
                following = max(following, key + 1) if isinstance(key, int) else following
            self._at += self._is_symbol(",")
        self._at += 1
        return items if unknown is None else unknown

    def _item(self, closing: str, following: int) -> tuple[int | str | Unknown, PhpLiteral]:
        line = self._tokens[self._at].line
        if self._is_symbol("..."):
            # It may hold any keys.
            return self._unknown(self._at, (",", closing)), None
        value = self.read((",", closing, "=>"))
        if not self._is_symbol("=>"):
            return following, value
        self._at += 1
        return _key(value, line), self.read((",", closing))

    def _unknown(self, start: int, stops: Sequence[str]) -> Unknown:
        """Give up on the expression that began at ``start``."""
        self._skip(stops)
        return _why(self._tokens[start : self._at], self._line)

    def _skip(self, stops: Sequence[str]) -> None:
        depth = 0
        while self._at < len(self._tokens) and not (depth == 0 and self._is_at(stops)):
            token = self._tokens[self._at]
            depth += token.is_symbol(*_OPENING) - token.is_symbol(*_CLOSING)
            self._at += 1

    def _is_at(self, stops: Sequence[str]) -> bool:
        return self._at >= len(self._tokens) or self._is_symbol(*stops)

    def _is_symbol(self, *symbols: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].is_symbol(*symbols)

    def _is_number(self) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].kind is TokenKind.NUMBER

    def _taken(self) -> Token:
        if self._is_at(_ENDS):
            raise _NotConstant
        self._at += 1
        return self._tokens[self._at - 1]


def _joinable(value: PhpLiteral) -> str:
    """Give the text that ``.`` makes of a constant; PHP's settings decide about floats."""
    match value:
        case str():
            return value
        case None | False:
            return ""
        case int():
            return str(int(value))
        case _:
            raise _NotConstant


def _required_number(token: Token) -> int | float:
    number = read_number(token.text)
    if number is None:
        raise _NotConstant
    return number


def _key(value: PhpLiteral, line: int) -> int | str | Unknown:
    match value:
        case int() | str():
            return array_key(value)
        case None:
            return ""
        case Unknown():
            return value
        case _:
            return Unknown(line=line, cause=Cause.COMPUTED)


def _why(tokens: Sequence[Token], line: int) -> Unknown:
    """Find what makes the expression that ``tokens`` are unknown."""
    for token in tokens:
        if token.is_word(*_ENVIRONMENT) or token.is_variable(*_ENVIRONMENT_VARIABLES):
            return Unknown(line=token.line, cause=Cause.ENVIRONMENT)
        if token.kind is TokenKind.TEMPLATE:
            return Unknown(line=token.line, cause=Cause.INTERPOLATED)
    return Unknown(line=tokens[0].line if tokens else line, cause=Cause.COMPUTED)
