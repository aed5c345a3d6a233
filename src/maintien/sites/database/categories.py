"""The tree of course categories."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from maintien.moodle.ids import CategoryId
from maintien.sites.database.tables import MoodleTables


class CategoryRow(NamedTuple):
    """A course category."""

    id: CategoryId
    name: str
    parent: CategoryId
    """0 for the categories at the top."""
    ancestry: tuple[CategoryId, ...]
    """Those above it from the top down, and itself."""


class _Place(NamedTuple):
    """Where a category is; ``path`` is ``/1/5``, itself last, and may lag behind ``parent``."""

    parent: CategoryId
    path: str | None


def read_category_tree(connection: Connection, tables: MoodleTables) -> list[CategoryRow]:
    """Read all categories, each before those below it, in the order that Moodle shows them in."""
    table = tables.course_categories
    query = select(table.c.id, table.c.name, table.c.parent).order_by(table.c.sortorder, table.c.id)
    below: dict[int, list[tuple[int, str]]] = {}
    for id_, name, parent in connection.execute(query):
        below.setdefault(parent, []).append((id_, name))
    return list(_in_order(below))


def _in_order(below: Mapping[int, list[tuple[int, str]]]) -> Iterator[CategoryRow]:
    waiting: list[tuple[int, str, tuple[CategoryId, ...], int]] = [
        (id_, name, (CategoryId(id_),), 0) for id_, name in reversed(below.get(0, []))
    ]
    while waiting:
        id_, name, ancestry, parent = waiting.pop()
        yield CategoryRow(CategoryId(id_), name, CategoryId(parent), ancestry)
        waiting += [
            (child, title, (*ancestry, CategoryId(child)), id_)
            for child, title in reversed(below.get(id_, []))
        ]


def with_subcategories(
    connection: Connection, tables: MoodleTables, ids: Collection[CategoryId]
) -> frozenset[CategoryId]:
    """Add to these categories all that lie below them, however deep."""
    table = tables.course_categories
    rows = connection.execute(select(table.c.id, table.c.parent, table.c.path))
    places = {CategoryId(id_): _Place(parent, path) for id_, parent, path in rows}
    wanted = frozenset(ids)
    return wanted | {id_ for id_ in places if wanted & _ancestors(id_, places)}


def _ancestors(id_: CategoryId, places: Mapping[CategoryId, _Place]) -> frozenset[CategoryId]:
    """Tell above which the category lies: as its path says, and where it has none, its parents."""
    above: set[CategoryId] = set()
    current = id_
    while current not in above and (place := places.get(current)) is not None:
        above.add(current)
        if place.path:
            return frozenset(above | _ids_in(place.path))
        current = place.parent
    return frozenset(above)


def _ids_in(path: str) -> set[CategoryId]:
    return {CategoryId(int(part)) for part in path.split("/") if part.isdecimal()}
