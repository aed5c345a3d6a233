"""Pages of a list."""

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

ROWS: Final = 50
_LAST_PAGE: Final = 1_000_000

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows of a longer list."""

    rows: list[Row]
    number: int
    """From 1."""
    total: int
    """Rows of the whole list."""
    query: str
    """The rest of the address's query, for links to other pages."""
    size: int = ROWS

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> int:
        """The page before, or 0."""
        return self.number - 1

    @property
    def next(self) -> int:
        """The page after, or 0."""
        return self.number + 1 if self.number < self.pages else 0


def page_number(query: QueryDict) -> int:
    """Read which page is asked for; the first where that can't be."""
    text = query.get("page", "")
    return min(int(text), _LAST_PAGE) if text.isascii() and text.isdecimal() and int(text) else 1


ModelRow = TypeVar("ModelRow", bound=Model)


def page_of(rows: "QuerySet[ModelRow]", query: QueryDict) -> "Page[ModelRow]":
    """Read one page of a query's rows."""
    total = rows.count()
    number = _within(page_number(query), total)
    start = (number - 1) * ROWS
    return Page(rows=list(rows[start : start + ROWS]), number=number, total=total, query=without_page(query))


def page_of_list(rows: list[Row], query: QueryDict) -> Page[Row]:
    """Cut one page out of a list."""
    number = _within(page_number(query), len(rows))
    start = (number - 1) * ROWS
    return Page(rows=rows[start : start + ROWS], number=number, total=len(rows), query=without_page(query))


def _within(number: int, total: int) -> int:
    return min(number, max(1, -(-total // ROWS)))


def without_page(query: QueryDict) -> str:
    """Write an address's query without the page."""
    rest = query.copy()
    rest.pop("page", None)
    return rest.urlencode()
