"""Names that come from outside, made harmless for a terminal and for a spreadsheet.

A course's or a person's name can hold anything: escape sequences that repaint the screen, line breaks
that fake lines of a table, marks that turn the direction of what follows. Rich's markup is not touched
here: show names as :class:`rich.text.Text`, which has none.
"""

import unicodedata
from typing import Any, Final

from rich.containers import Lines
from rich.text import Text

_HARMFUL: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories: controls, invisible format marks, lone surrogates, line and paragraph ends."""

_JOINERS: Final = "\u200c\u200d"
"""Invisible, but part of names in Persian and Hindi; they act on their neighbours only."""

_FORMULA_STARTS: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet may take for the beginning of a formula, full-width forms included."""


def printable(text: str) -> str:
    """Return ``text`` with every character that a terminal acts on written out as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if unicodedata.category(character) in _HARMFUL and character not in _JOINERS:
        return character.encode("unicode_escape").decode("ascii")
    return character


_UNBREAKABLE: Final = "\u00a0\u202f"
_STAND_INS: Final = "\ue000\ue001"
"""Private characters, which rich takes for letters."""


class Prose(Text):
    """Text whose unbreakable spaces don't break, as rich lets them: French sets ``:`` off with one.

    ``Console.print`` joins texts into a new one that breaks again: print it in a group, panel or table.
    """

    def wrap(self, *arguments: Any, **options: Any) -> Lines:  # noqa: ANN401 -- as rich declares it
        """Break into lines, as :meth:`rich.text.Text.wrap` does."""
        held = self.copy()
        held.plain = held.plain.translate(str.maketrans(_UNBREAKABLE, _STAND_INS))
        lines = held.wrap(*arguments, **options)
        for line in lines:
            line.plain = line.plain.translate(str.maketrans(_STAND_INS, _UNBREAKABLE))
        return lines


def plain(text: str, style: str = "") -> Prose:
    """Give ``text`` for rich, harmless and without markup."""
    return Prose(printable(text), style=style)


def safe_cell(text: str) -> str:
    """Return ``text`` so that a spreadsheet takes it for text, never for a formula."""
    shown = printable(text)
    return f"'{shown}" if text.startswith(_FORMULA_STARTS) else shown
