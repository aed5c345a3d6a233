"""The headings of the demo's screens."""

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.text import Text

from maintien.reports.safe_text import plain


def heading_line(title: str) -> RenderableType:
    """Draw a heading."""
    return Group(Text(), Rule(plain(title, "bold"), align="left"))
