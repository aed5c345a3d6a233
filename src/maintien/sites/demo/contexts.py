"""Adds contexts, each below another, with the path that Moodle builds for it."""

from dataclasses import dataclass
from typing import Final

from maintien.moodle.values import ContextLevel
from maintien.sites.demo.book import RowBook

USER_LEVEL: Final = 30
"""``CONTEXT_USER``. Source: lib/accesslib.php, Moodle 4.3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A row of ``context``."""

    id: int
    path: str
    depth: int


def add_system_context(book: RowBook) -> Context:
    """Add the context that all others are below; it is the first."""
    return _add(book, ContextLevel.SYSTEM, 0, "", 1)


def add_context(book: RowBook, level: int, instanceid: int, parent: Context) -> Context:
    """Add the context of a category, a course or a person."""
    return _add(book, level, instanceid, parent.path, parent.depth + 1)


def _add(book: RowBook, level: int, instanceid: int, parent_path: str, depth: int) -> Context:
    number = book.next_id("context")
    path = f"{parent_path}/{number}"
    book.add("context", contextlevel=level, instanceid=instanceid, path=path, depth=depth)
    return Context(id=number, path=path, depth=depth)
