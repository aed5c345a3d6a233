"""Adds course categories, in the order in which Moodle shows them."""

from dataclasses import dataclass
from typing import Final

from maintien.moodle.values import ContextLevel
from maintien.sites.demo.book import RowBook
from maintien.sites.demo.contexts import Context, add_context

COURSES_IN_CATEGORY: Final = 10_000
"""How far categories are apart in the order of courses (``MAX_COURSES_IN_CATEGORY``).

Source: fix_course_sortorder (lib/datalib.php), Moodle 4.3.
"""

FORMAT_HTML: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A row of ``course_categories`` and its context."""

    id: int
    context: Context
    path: str
    depth: int
    sortorder: int


def root_category(system: Context) -> Category:
    """What the top categories are below: no row, only the system's context."""
    return Category(id=0, context=system, path="", depth=0, sortorder=0)


def add_category(
    book: RowBook, name: str, idnumber: str, parent: Category, *, courses: int, when: int
) -> Category:
    """Add a category below another, or below :func:`root_category`.

    ``courses`` counts those directly in it. Categories have to be added in the order of the tree.
    """
    number = book.next_id("course_categories")
    path, order = f"{parent.path}/{number}", number * COURSES_IN_CATEGORY
    book.add(
        "course_categories",
        name=name,
        idnumber=idnumber,
        descriptionformat=FORMAT_HTML,
        parent=parent.id,
        sortorder=order,
        coursecount=courses,
        timemodified=when,
        depth=parent.depth + 1,
        path=path,
    )
    context = add_context(book, ContextLevel.CATEGORY, number, parent.context)
    return Category(id=number, context=context, path=path, depth=parent.depth + 1, sortorder=order)
