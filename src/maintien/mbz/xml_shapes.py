"""Which elements of a document are rows, and which are columns of a row."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which elements are rows, and which of their children are the columns asked for."""

    path: str
    """From the root, as ``users/user``."""
    columns: frozenset[str]
    attributes: frozenset[str] = frozenset({"id"})


class Record(NamedTuple):
    """A row: its shape, and its attributes and columns by name."""

    shape: Shape
    values: dict[str, str]


class Node:
    """A place in a document that something below it, or itself, is asked for at."""

    __slots__ = ("children", "is_column", "parent", "shape")

    def __init__(self, parent: "Node | None") -> None:
        """Make a place below another; the document itself is its own parent."""
        self.parent: Node = parent or self
        self.shape: Shape | None = None
        self.is_column = False
        self.children: dict[str, Node] = {}

    def child(self, name: str) -> "Node":
        """Give the place of an element within this one."""
        return self.children.setdefault(name, Node(self))


def shape_tree(shapes: tuple[Shape, ...]) -> Node:
    """Arrange shapes by the elements on the way to them."""
    root = Node(None)
    for shape in shapes:
        node = root
        for name in shape.path.split("/"):
            node = node.child(name)
        node.shape = shape
        for column in shape.columns:
            node.child(column).is_column = True
    return root
