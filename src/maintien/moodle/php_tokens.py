"""Splits PHP source into tokens, without running it.

What is told apart is what reading assignments needs: constant texts from those with variables in
them, names, variables, numbers, and the punctuation around them. Comments and what stands outside
``<?php ... ?>`` are left out. Time is linear in the text, and nesting is bounded.

Source: the PHP manual, "Basic syntax" and "Strings", and PHP 8.2's own tokenizer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from maintien.messages import N_
from maintien.moodle.php_strings import (
    INTERPOLATION,
    LABEL,
    double_quoted,
    is_constant,
    single_quoted,
    without_indentation,
)
from maintien.moodle.unreadable_php import Reason, UnreadablePhp

NOT_PHP: Final = N_("there is no “<?php” in this file: give Moodle's own config.php.")
NOT_CLOSED: Final = N_("a text or a comment begins here and never ends.")
TOO_DEEP: Final = N_("brackets are nested too deep here.")

_MAX_DEPTH: Final = 16
"""Texts with code in them, in one another."""


class TokenKind(Enum):
    """What a token is."""

    VARIABLE = auto()
    WORD = auto()
    NUMBER = auto()
    TEXT = auto()
    """A constant text; ``Token.text`` is its value, with surrogate escapes."""
    TEMPLATE = auto()
    """A text with variables in it, or a shell command; ``Token.text`` is as in the file."""
    SYMBOL = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of PHP source. Its text may be a password, and is not shown."""

    kind: TokenKind
    text: str = field(repr=False)
    line: int

    def is_symbol(self, *symbols: str) -> bool:
        """Whether this is one of these punctuation marks."""
        return self.kind is TokenKind.SYMBOL and self.text in symbols

    def is_word(self, *words: str) -> bool:
        """Whether this is one of these names, in any case."""
        return self.kind is TokenKind.WORD and self.text.lower() in words

    def is_variable(self, *names: str) -> bool:
        """Whether this is one of these variables, dollar included."""
        return self.kind is TokenKind.VARIABLE and self.text in names


_OPENING: Final = re.compile(r"<\?(?:php(?=[ \t\r\n]|\Z)|=)", re.IGNORECASE)


def _digits(allowed: str) -> str:
    """Give the pattern of digits with single underscores between them."""
    return f"[{allowed}]++(?:_[{allowed}]++)*+"


_TOKEN: Final = re.compile(
    rf"""
    (?P<skip>
        [ \t\r\n]++
        | (?:\#(?!\[)|//)(?:[^\r\n?]++|\?(?!>))*+
        | /\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/
    )
    | (?P<closing>\?>)
    | (?P<heredoc><<<[ \t]*(?:"(?P<quoted>{LABEL})"|'(?P<raw>{LABEL})'|(?P<bare>{LABEL}))(?:\r\n|\n|\r))
    | (?P<variable>\${LABEL})
    | (?P<word>\\?{LABEL}(?:\\{LABEL})*+)
    | (?P<number>
        0[xX]{_digits("0-9a-fA-F")} | 0[bB]{_digits("01")} | 0[oO]{_digits("0-7")}
        | (?:{_digits("0-9")}(?:\.(?:{_digits("0-9")})?)?|\.{_digits("0-9")})
            (?:[eE][+-]?{_digits("0-9")})?
    )
    | (?P<single>'[^'\\]*+(?:\\.[^'\\]*+)*+')
    | (?P<template>["`])
    | (?P<endless>'|/\*)
    | (?P<symbol>
        <=> | \*\*= | <<= | >>= | \?\?= | \?-> | \.\.\. | === | !==
        | [-+*/.%|&^=!<>]= | => | -> | :: | \+\+ | -- | \?\? | && | \|\| | << | >> | \#\[ | .
    )
    """,
    re.VERBOSE | re.DOTALL,
)

_PLAIN: Final = {
    quote: re.compile(rf"(?:[^{quote}\\${{]++|\\.|(?!{INTERPOLATION})[${{])*+", re.DOTALL) for quote in '"`'
}

_PLAIN_KINDS: Final = {
    "variable": TokenKind.VARIABLE,
    "word": TokenKind.WORD,
    "number": TokenKind.NUMBER,
    "symbol": TokenKind.SYMBOL,
}


def read_tokens(text: str) -> Iterator[Token]:
    """Split ``text`` into tokens, in order; ``?>`` is a semicolon, as PHP has it.

    Raises:
        UnreadablePhp: there is no PHP in it, or a text or a comment has no end.
    """
    return _Tokenizer(text).tokens()


class _Tokenizer:
    """Walks over the text once; ``_at`` is the next character and ``_line`` its line."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1

    def tokens(self) -> Iterator[Token]:
        if not self._skip_markup():
            raise UnreadablePhp(1, Reason(NOT_PHP))
        while self._at < len(self._text):
            if token := self._token(0):
                yield token

    def _skip_markup(self) -> bool:
        """Go behind the next opening tag; what is before it is not PHP."""
        opening = _OPENING.search(self._text, self._at)
        self._advance(opening.end() if opening else len(self._text))
        return opening is not None

    def _advance(self, end: int) -> None:
        passed = self._text[self._at : end]
        self._line += passed.count("\n") + passed.count("\r") - passed.count("\r\n")
        self._at = end

    def _token(self, depth: int) -> Token | None:
        """Take the next token, or None for a comment; ``depth`` counts the texts around it."""
        line = self._line
        # The last alternative takes any character, so the first match is the one at this place.
        found = next(_TOKEN.finditer(self._text, self._at))
        self._advance(found.end())
        match found.lastgroup:
            case "skip":
                return None
            case "closing":
                self._skip_markup()
                return Token(TokenKind.SYMBOL, ";", line)
            case "heredoc":
                return self._heredoc(found, line)
            case "single":
                return Token(TokenKind.TEXT, single_quoted(found[0][1:-1]), line)
            case "template":
                return self._template(found[0], line, depth)
            case "endless":
                raise UnreadablePhp(line, Reason(NOT_CLOSED))
            case kind:
                return Token(_PLAIN_KINDS[str(kind)], found[0], line)

    def _heredoc(self, found: re.Match[str], line: int) -> Token:
        label = found["raw"] or found["quoted"] or found["bare"]
        closing = re.compile(rf"(?<=[\r\n])([ \t]*+){label}(?![a-zA-Z0-9_\x80-\U0010ffff])")
        end = closing.search(self._text, self._at)
        if end is None:
            raise UnreadablePhp(line, Reason(NOT_CLOSED))
        body = _without_last_newline(self._text[self._at : end.start()])
        self._advance(end.end())
        if found["raw"]:
            return Token(TokenKind.TEXT, without_indentation(body, end[1], line), line)
        if not is_constant(body):
            return Token(TokenKind.TEMPLATE, body, line)
        text = without_indentation(body, end[1], line)
        return Token(TokenKind.TEXT, double_quoted(text, line, quote=""), line)

    def _template(self, quote: str, line: int, depth: int) -> Token:
        start = self._at
        is_plain = quote == '"'
        while not self._is_past(quote, line):
            is_plain = False
            self._skip_variable(line, depth + 1)
        inner = self._text[start : self._at - 1]
        if is_plain:
            return Token(TokenKind.TEXT, double_quoted(inner, line), line)
        return Token(TokenKind.TEMPLATE, inner, line)

    def _is_past(self, quote: str, line: int) -> bool:
        """Go behind the closing quote, or stop before the variable that comes first."""
        plain = _PLAIN[quote].match(self._text, self._at)
        self._advance(plain.end() if plain else self._at)
        if self._at >= len(self._text) or self._text[self._at] == "\\":
            raise UnreadablePhp(line, Reason(NOT_CLOSED))
        if self._text[self._at] != quote:
            return False
        self._advance(self._at + 1)
        return True

    def _skip_variable(self, line: int, depth: int) -> None:
        """Go behind ``$`` of a simple variable, or the closing brace of ``{$...}`` and ``${...}``."""
        if depth > _MAX_DEPTH:
            raise UnreadablePhp(line, Reason(TOO_DEEP))
        is_code = self._text[self._at] == "{" or self._text.startswith("{", self._at + 1)
        self._advance(self._at + 1)
        if is_code:
            self._skip_code(line, depth)

    def _skip_code(self, line: int, depth: int) -> None:
        braces = 1 if self._text[self._at] == "$" else 0
        while self._at < len(self._text):
            token = self._token(depth)
            braces += 0 if token is None else token.is_symbol("{") - token.is_symbol("}")
            if braces == 0:
                return
        raise UnreadablePhp(line, Reason(NOT_CLOSED))


def _without_last_newline(body: str) -> str:
    return body.removesuffix("\n").removesuffix("\r") if body.endswith("\n") else body.removesuffix("\r")
