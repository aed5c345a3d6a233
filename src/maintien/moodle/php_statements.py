"""Splits the tokens of a PHP file into its outermost statements.

A statement ends at its semicolon, or, where it is a block (a condition, a loop, a function, a class),
at the brace that closes it. The ``else`` of an ``if`` is a statement of its own, a block too. Brackets
match within a statement, ``if (...): ... endif`` included.

Source: the PHP manual, "Control structures"; PHP 8.2.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from maintien.messages import N_
from maintien.moodle.php_tokens import TOO_DEEP, Token
from maintien.moodle.unreadable_php import Reason, UnreadablePhp

UNBALANCED: Final = N_("a bracket or a block that opens or closes here has no counterpart.")
UNFINISHED: Final = N_("the statement that begins here does not end.")

_MAX_DEPTH: Final = 64
"""Brackets in one another; Python has room for a thousand calls."""

_HEADERS: Final = ("if", "for", "foreach", "while", "switch", "declare")
_ENDINGS: Final = ("endif", "endfor", "endforeach", "endwhile", "endswitch", "enddeclare")
_BLOCKS: Final = (
    *_HEADERS,
    *("else", "elseif", "do", "try", "catch", "finally", "function"),
    *("class", "abstract", "final", "readonly", "interface", "trait", "enum", "namespace"),
)
_MEMBER: Final = ("->", "?->", "::")
"""What stands before a word that is a name, not a keyword."""


class _Bracket(Enum):
    PARENTHESIS = auto()
    HEADER = auto()
    """The parentheses behind ``if`` and its like."""
    SQUARE = auto()
    BRACE = auto()
    COLON = auto()
    """From the colon behind a header to ``endif`` and its like."""


_OPENING: Final = {
    "(": _Bracket.PARENTHESIS,
    "[": _Bracket.SQUARE,
    "#[": _Bracket.SQUARE,
    "{": _Bracket.BRACE,
}
_CLOSING: Final = {
    ")": (_Bracket.PARENTHESIS, _Bracket.HEADER),
    "]": (_Bracket.SQUARE,),
    "}": (_Bracket.BRACE,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One outermost statement; its last semicolon is left out, so it may be empty."""

    tokens: Sequence[Token]
    is_block: bool
    """Whether what it holds may run once, often or never."""


def read_statements(tokens: Iterable[Token]) -> Iterator[Statement]:
    """Split ``tokens`` into statements, in order, reading no further than asked.

    Raises:
        UnreadablePhp: brackets don't match or are nested too deep, or the last statement has no end.
    """
    gathered: list[Token] = []
    brackets = _Brackets()
    for token in tokens:
        gathered.append(token)
        brackets.follow(token)
        if brackets.are_open:
            continue
        is_block = gathered[0].is_word(*_BLOCKS) or gathered[0].is_symbol("{", "#[")
        if token.is_symbol(";") or (is_block and token.is_symbol("}")):
            yield Statement(tokens=_without_semicolon(gathered), is_block=is_block)
            gathered = []
    brackets.require_closed()
    if gathered:
        raise UnreadablePhp(gathered[0].line, Reason(UNFINISHED))


def _without_semicolon(tokens: list[Token]) -> Sequence[Token]:
    return tokens[:-1] if tokens[-1].is_symbol(";") else tokens


class _Brackets:
    """The brackets that are open, and what the last two tokens make of the next one."""

    def __init__(self) -> None:
        self._open: list[tuple[_Bracket, int]] = []
        self._last: Token | None = None
        self._is_keyword = False
        self._is_header_closed = False

    @property
    def are_open(self) -> bool:
        return bool(self._open)

    def follow(self, token: Token) -> None:
        """Take the next token."""
        was_header_closed, self._is_header_closed = self._is_header_closed, False
        if token.is_symbol(*_OPENING):
            self._push(self._opened(token), token)
        elif token.is_symbol(*_CLOSING):
            self._pop(_CLOSING[token.text], token)
        elif token.is_symbol(":") and was_header_closed:
            self._push(_Bracket.COLON, token)
        elif token.is_word(*_ENDINGS) and not self._is_after_member:
            self._pop((_Bracket.COLON,), token)
        self._is_keyword = token.is_word(*_HEADERS) and not self._is_after_member
        self._last = token

    def require_closed(self) -> None:
        if self._open:
            raise UnreadablePhp(self._open[-1][1], Reason(UNBALANCED))

    @property
    def _is_after_member(self) -> bool:
        return self._last is not None and (
            self._last.is_symbol(*_MEMBER) or self._last.is_word("function", "const")
        )

    def _opened(self, token: Token) -> _Bracket:
        is_header = token.is_symbol("(") and self._is_keyword
        return _Bracket.HEADER if is_header else _OPENING[token.text]

    def _push(self, bracket: _Bracket, token: Token) -> None:
        if len(self._open) == _MAX_DEPTH:
            raise UnreadablePhp(token.line, Reason(TOO_DEEP))
        self._open.append((bracket, token.line))

    def _pop(self, expected: Sequence[_Bracket], token: Token) -> None:
        if not self._open or self._open[-1][0] not in expected:
            raise UnreadablePhp(token.line, Reason(UNBALANCED))
        self._is_header_closed = self._open.pop()[0] is _Bracket.HEADER
