"""``inforef.xml``: which users, groupings, groups and roles a part of the archive refers to.

Source: backup_inforef_structure_step (backup/moodle2/backup_stepslib.php) and
backup_helper::get_inforef_itemnames, Moodle 4.1 to 5.1. Moodle restores no user who is not named here.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from maintien.mbz.writing.elements import Document, document, leaves, wrapped


def inforef_document(
    *,
    users: Iterable[int] = (),
    groupings: Iterable[int] = (),
    groups: Iterable[int] = (),
    roles: Iterable[int] = (),
) -> Document:
    """Write the ids in the order given, each once; a kind without any has no element."""
    kinds: dict[str, Iterable[int]] = {"user": users, "grouping": groupings, "group": groups, "role": roles}
    references = (piece for kind, ids in kinds.items() for piece in _references(kind, ids))
    return document(wrapped("inforef", references, depth=0))


def _references(kind: str, ids: Iterable[int]) -> Iterator[str]:
    remaining: Iterator[Any] = iter(ids)
    first = next(remaining, None)
    if first is None:
        return
    each = chain([first], remaining)
    elements = (piece for id_ in each for piece in wrapped(kind, leaves({"id": id_}, depth=3), depth=2))
    yield from wrapped(f"{kind}ref", elements, depth=1)
