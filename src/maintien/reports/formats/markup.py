"""HTML elements, made of texts that are always escaped."""

from html import escape
from typing import Final

from maintien.reports.safe_text import printable

_VOID: Final = frozenset({"meta"})


class Markup(str):
    """What is markup already; every other text is escaped."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str) -> Markup:
    """Make an element; an underscore ends the names of attributes that Python keeps for itself."""
    pairs = ((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    written = "".join(f' {key}="{shown(value)}"' for key, value in pairs)
    opened = f"<{name}{written}>"
    if name in _VOID:
        return Markup(opened)
    return Markup(f"{opened}{''.join(map(shown, children))}</{name}>")


def shown(text: str) -> str:
    """Escape a text that may hold anything, what a reader can't see included."""
    return text if isinstance(text, Markup) else escape(printable(text))
