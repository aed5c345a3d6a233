"""Elements of Moodle's XML: indented by two spaces a level, one a line, without a line end at the end.

Every piece of text begins with the line end before it, so pieces are simply joined.
Source: xml_writer::begin_tag, end_tag and full_tag (backup/util/xml/xml_writer.class.php) and
backup_structure_processor, Moodle 4.1 and 4.3.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from maintien.mbz.writing.links import NO_LINKS, LinkEncoder
from maintien.mbz.writing.rows import Row, RowStream
from maintien.mbz.writing.xml_text import NULL, Value, attribute_content, is_plain, text_content

Document: TypeAlias = Iterator[str]

PROLOGUE: Final = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What Moodle writes of a row: attributes, then one element a column, in this order."""

    name: str
    attributes: tuple[str, ...] = ("id",)
    fields: tuple[str, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Columns whose element has another name, by that name."""


class Writer:
    """Writes elements of one shape at one depth, for rows of one stream."""

    def __init__(
        self, shape: Shape, columns: tuple[str, ...], *, depth: int, links: LinkEncoder = NO_LINKS
    ) -> None:
        """Prepare for rows with these ``columns``."""
        margin = "  " * depth
        places = {column: place for place, column in enumerate(columns)}
        wanted = [(name, shape.renamed.get(name, name)) for name in shape.fields]
        there = [(name, column) for name, column in wanted if column in places]
        attributes = "".join(f' {name}="%s"' for name in shape.attributes)
        elements = "".join(f"\n{margin}  <{name}>%s</{name}>" for name, _ in there)
        self._template = f"\n{margin}<{shape.name}{attributes}>{elements}"
        self._values_alone = "%s" * len(there)
        self._attributes = [places.get(name) for name in shape.attributes]
        self._places = [places[column] for _, column in there]
        self._links = links
        self.closing = f"\n{margin}</{shape.name}>"

    def opening(self, row: Row) -> str:
        """Write an element for ``row``, but not its end: other elements may follow in it."""
        attributes = [attribute_content(None if place is None else row[place]) for place in self._attributes]
        values = [NULL if (value := row[place]) is None else value for place in self._places]
        # Most rows hold nothing that has to be escaped: looking at all values at once is what is quick.
        together = self._values_alone % tuple(values)
        if not is_plain(together) or self._links.may_be_in(together):
            values = [self._content(row[place]) for place in self._places]
        return self._template % (*attributes, *values)

    def whole(self, row: Row) -> str:
        """Write an element for ``row``."""
        return self.opening(row) + self.closing

    def _content(self, value: Value) -> str:
        return text_content(self._links.encode(value) if isinstance(value, str) else value)


def rows_as_elements(
    shape: Shape, stream: RowStream, *, depth: int, links: LinkEncoder = NO_LINKS
) -> Iterator[str]:
    """Write an element for each row of a stream."""
    writer = Writer(shape, stream.columns, depth=depth, links=links)
    return map(writer.whole, stream.rows)


def wrapped(name: str, content: Iterable[str], *, depth: int) -> Iterator[str]:
    """Put an element around others."""
    margin = "  " * depth
    yield f"\n{margin}<{name}>"
    yield from content
    yield f"\n{margin}</{name}>"


def document(content: Iterable[str]) -> Document:
    """Put the prologue before a document's root element."""
    yield PROLOGUE
    yield from content


def leaves(values: Mapping[str, Value] | Iterable[tuple[str, Value]], *, depth: int) -> Iterator[str]:
    """Write elements that hold nothing but a value."""
    margin = "  " * depth
    pairs = values.items() if isinstance(values, Mapping) else values
    return (f"\n{margin}<{name}>{text_content(value)}</{name}>" for name, value in pairs)
