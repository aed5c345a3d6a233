"""Finds what PHP code may write to ``$CFG``, in code whose outcome is not known.

It errs on the side of finding too much: whatever hands ``$CFG`` itself to other code, names its property
by an expression, or runs code from elsewhere may write anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Final

from maintien.moodle.php_literals import Cause, Unknown
from maintien.moodle.php_tokens import Token, TokenKind

CFG: Final = "$CFG"

_ASSIGNMENTS: Final = (
    *("=", "+=", "-=", "*=", "/=", ".=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>=", "??="),
    *("++", "--"),
)
_WRITERS: Final = ("unset", "settype")
"""What changes the variables it is called with."""

_INCLUDES: Final = ("include", "include_once", "require", "require_once", "eval")
_SETUP: Final = "lib/setup.php"
_LONGEST_INCLUDE: Final = 24
"""Tokens from ``require_once`` on among which the file's name is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A place that may write to ``$CFG``."""

    name: str | None
    """The property, or None for any of them."""
    unknown: Unknown
    """What it is from then on."""


def is_setup(tokens: Sequence[Token]) -> bool:
    """Whether this is the statement that hands over to Moodle: ``require_once('.../lib/setup.php')``."""
    return bool(tokens) and tokens[0].is_word(*_INCLUDES) and _includes_setup(tokens)


def find_writes(tokens: Sequence[Token], cause: Cause) -> Iterator[Write]:
    """Find what ``tokens`` may write, in order; the properties are unknown for ``cause``."""
    return _Writes(tokens, cause).found()


def _includes_setup(tokens: Sequence[Token]) -> bool:
    """Whether a text in the statement that begins here names Moodle's lib/setup.php."""
    statement = takewhile(lambda token: not token.is_symbol(";"), islice(tokens, _LONGEST_INCLUDE))
    texts = [t.text for t in statement if t.kind in {TokenKind.TEXT, TokenKind.TEMPLATE}]
    return any(text.replace("\\", "/").endswith(_SETUP) for text in texts)


def _reaches_any_variable(token: Token) -> bool:
    """Whether this begins ``$GLOBALS[...]``, ``$$name``, ``${...}`` or ``extract(...)``."""
    return token.is_variable("$GLOBALS") or token.is_symbol("$") or token.is_word("extract")


class _Writes:
    """Walks over the tokens once."""

    def __init__(self, tokens: Sequence[Token], cause: Cause) -> None:
        self._tokens = tokens
        self._cause = cause
        self._groups: list[tuple[bool, list[Write]]] = [(False, [])]
        """For each open bracket: does it change what it is called with, and what it mentions."""
        self._is_declaring = False
        """Whether this is within ``global ...;``."""

    def found(self) -> Iterator[Write]:
        for at, token in enumerate(self._tokens):
            self._is_declaring = token.is_word("global") or (self._is_declaring and not token.is_symbol(";"))
            if token.is_variable(CFG):
                yield from self._mention(at)
            elif token.is_symbol("(", "["):
                self._groups.append((self._is_word(at - 1, *_WRITERS), []))
            elif token.is_symbol(")", "]") and len(self._groups) > 1:
                yield from self._closed(at)
            elif self._runs_code(at):
                yield self._write(None, token, Cause.INCLUDED)
            elif _reaches_any_variable(token):
                yield self._write(None, token, self._cause)

    def _mention(self, at: int) -> Iterator[Write]:
        if self._is_symbol(at + 1, "->", "?->") and self._is_kind(at + 2, TokenKind.WORD):
            write = self._write(self._tokens[at + 2].text, self._tokens[at], self._cause)
            if self._is_assigned(at):
                yield write
            else:
                self._groups[-1][1].append(write)
        elif not self._is_harmless(at):
            yield self._write(None, self._tokens[at], self._cause)

    def _is_assigned(self, at: int) -> bool:
        if self._is_symbol(at - 1, "&", "++", "--") or self._is_word(at - 1, "as"):
            return True
        return self._is_symbol(self._behind_keys(at + 3), *_ASSIGNMENTS)

    def _behind_keys(self, at: int) -> int:
        """Find where ``[...]`` and ``->...`` that begin at ``at`` end."""
        depth = 0
        while at < len(self._tokens) and (depth or self._is_symbol(at, "[", "->", "?->")):
            depth += self._is_symbol(at, "[") - self._is_symbol(at, "]")
            at += 2 if depth == 0 and self._is_symbol(at, "->", "?->") else 1
        return at

    def _is_harmless(self, at: int) -> bool:
        """Whether a bare ``$CFG`` is only declared, or asked for."""
        is_asked_for = self._is_symbol(at - 1, "(") and self._is_word(at - 2, "isset", "empty")
        return is_asked_for or self._is_declaring

    def _closed(self, at: int) -> Iterator[Write]:
        """End a bracket: ``unset(...)`` and ``[...] = ...`` write all that they mention."""
        is_changing, mentions = self._groups.pop()
        if is_changing or self._is_symbol(at + 1, "="):
            yield from mentions
        else:
            self._groups[-1][1].extend(mentions)

    def _runs_code(self, at: int) -> bool:
        return self._is_word(at, *_INCLUDES) and not _includes_setup(self._tokens[at : at + _LONGEST_INCLUDE])

    def _write(self, name: str | None, token: Token, cause: Cause) -> Write:
        return Write(name=name, unknown=Unknown(line=token.line, cause=cause))

    def _is_symbol(self, at: int, *symbols: str) -> bool:
        return 0 <= at < len(self._tokens) and self._tokens[at].is_symbol(*symbols)

    def _is_word(self, at: int, *words: str) -> bool:
        return 0 <= at < len(self._tokens) and self._tokens[at].is_word(*words)

    def _is_kind(self, at: int, kind: TokenKind) -> bool:
        return 0 <= at < len(self._tokens) and self._tokens[at].kind is kind
