"""Reads the rows of a Moodle document as a stream, and trusts none of it.

Python's own expat, with guards: document types are refused, and with them all entities but XML's five;
sizes, depth, values, unfinished tags and different names are capped; UTF-8 is demanded whatever the
document declares. Elements that no shape names are passed over.
"""

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from maintien.errors.archive_limits import (
    DocumentTooLarge,
    NestedTooDeep,
    TagTooLong,
    TooManyDefinitions,
    TooManyNames,
    TooManyRows,
    TooMuchText,
    ValueTooLong,
)
from maintien.errors.archives import BrokenDocument, DocumentTypeRefused, TruncatedDocument
from maintien.errors.tree import ArchiveBeyondLimits, ArchiveError
from maintien.mbz.container.member import Member
from maintien.mbz.limits import KIB, ArchiveLimits
from maintien.mbz.xml_shapes import Record, Shape, shape_tree
from maintien.messages import N_

_SLICE: Final = 64 * KIB
"""Bytes that expat gets at once; it reads an unfinished tag again with each."""

_DEFINITIONS_SHARE: Final = 4
"""Definitions may have this part of a document's text."""

_NOT_XML: Final = N_("it is not well-formed XML")
_NOT_UTF_8: Final = N_("it holds bytes that are not UTF-8, or characters that XML has not")
_NESTED_VALUE: Final = N_("there is an element where a value belongs")
_MISPLACED: Final = N_("a row has a column twice, or behind the rows that belong to it")


def read_records(member: Member, shapes: tuple[Shape, ...], limits: ArchiveLimits) -> Iterator[Record]:
    """Give the rows of a document in order; a row before those within it.

    Values are as they stand there: NULL is ``$@NULL@$``.

    Raises ArchiveError.
    """
    if member.size > limits.document_size:
        raise _refusal(DocumentTooLarge, member, limits.document_size)
    reader = _Reader(member, shapes, limits)
    for chunk in member.chunks():
        for start in range(0, len(chunk), _SLICE):
            yield from reader.feed(chunk[start : start + _SLICE])
    yield from reader.close()


class _Reader:
    """Expat's handlers, and what they have found so far.

    The handlers are called a million times a second at best, which is why they do so much each.
    """

    def __init__(self, member: Member, shapes: tuple[Shape, ...], limits: ArchiveLimits) -> None:
        self._member = member
        self._limits = limits
        self._names: dict[str, str] = {}
        self._fed = 0
        self._rows = 0
        self._definitions = 0
        self._text_total = 0
        self._definition_text = 0
        self._node = shape_tree(shapes)
        self._depth = limits.depth
        self._passed_over = 0
        """How deep within an element that nobody asked for."""
        self._values: dict[str, str] | None = None
        """Those of the innermost row; None once it is given out, as it is when one within it begins."""
        self._shape = shapes[0]
        self._text: list[str] = []
        self._found: list[Record] = []
        self._parser = self._make_parser()

    def feed(self, piece: bytes) -> list[Record]:
        """Read on, and give the rows that were found."""
        self._fed += len(piece)
        if self._fed > self._limits.document_size:
            raise _refusal(DocumentTooLarge, self._member, self._limits.document_size)
        if b"\0" in piece:
            # Expat takes it for UTF-16, whatever it was told.
            raise self._broken(_NOT_UTF_8)
        self._parse(piece, is_last=False)
        if self._fed - self._parser.CurrentByteIndex > self._limits.token_length + _SLICE:
            raise _refusal(TagTooLong, self._member, self._limits.token_length)
        if len(self._names) > self._limits.names:
            raise _refusal(TooManyNames, self._member, self._limits.names)
        self._check_text()
        return self._take()

    def close(self) -> list[Record]:
        """Make sure that the document is whole, and give the rows that are left."""
        self._parse(b"", is_last=True)
        return self._take()

    def _make_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("UTF-8", intern=self._names)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        # All texts are kept until the next column begins, or the piece is over: that is quicker than to
        # ask each of them whether it belongs to one.
        parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = self._refuse_document_type
        return parser

    def _parse(self, piece: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(piece, is_last)
        except expat.ExpatError as error:
            raise self._broken_off(error, is_last=is_last) from error

    def _take(self) -> list[Record]:
        found, self._found = self._found, []
        self._rows += len(found)
        if self._rows > self._limits.rows:
            raise _refusal(TooManyRows, self._member, self._limits.rows)
        if self._definitions > self._limits.definitions:
            raise _refusal(TooManyDefinitions, self._member, self._limits.definitions)
        if max(self._text_total, self._definition_text * _DEFINITIONS_SHARE) > self._limits.text_total:
            raise _refusal(TooMuchText, self._member, self._limits.text_total)
        return found

    def _check_text(self) -> None:
        """Forget the texts outside of columns, and refuse a value that never ends."""
        if not self._node.is_column or self._passed_over:
            self._text.clear()
        elif sum(map(len, self._text)) > self._limits.text_length:
            raise _refusal(ValueTooLong, self._member, self._limits.text_length)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        node = None if self._passed_over else self._node.children.get(name)
        if node is None:
            self._pass_over()
            return
        self._node = node
        if node.is_column:
            self._text.clear()
        elif node.shape is not None:
            self._give_row()
            self._shape = node.shape
            self._values = {key: attributes[key] for key in node.shape.attributes & attributes.keys()}
            self._text_total += sum(map(len, self._values.values()))

    def _end(self, name: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
            return
        node = self._node
        self._node = node.parent
        if node.is_column:
            if self._values is None or name in self._values:
                raise self._broken(_MISPLACED)
            self._values[name] = text = "".join(self._text)
            self._text_total += len(text)
        elif node.shape is not None:
            self._give_row()

    def _give_row(self) -> None:
        """Give out the innermost row, if that was not done when the first one within it began."""
        if self._values is not None:
            if self._shape.is_definition:
                self._definitions += 1
                self._definition_text += sum(map(len, self._values.values()))
            self._found.append(Record(self._shape, self._values))
            self._values = None

    def _pass_over(self) -> None:
        """Go into an element that nobody asked for."""
        if self._node.is_column:
            raise self._broken(_NESTED_VALUE)
        self._passed_over += 1
        if self._passed_over > self._depth:
            raise _refusal(NestedTooDeep, self._member, self._depth)

    def _refuse_document_type(self, *_: object) -> None:
        raise DocumentTypeRefused(archive=self._member.archive, member=self._member.path)

    def _broken(self, reason: str) -> BrokenDocument:
        member, line = self._member, self._parser.CurrentLineNumber
        return BrokenDocument(archive=member.archive, member=member.path, line=line, reason=reason)

    def _broken_off(self, error: expat.ExpatError, *, is_last: bool) -> ArchiveError:
        if is_last:
            return TruncatedDocument(archive=self._member.archive, member=self._member.path)
        reason = _NOT_UTF_8 if error.code in _BAD_CHARACTERS else _NOT_XML
        return self._broken(reason)


_BAD_CHARACTERS: Final = (
    expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
)


def _refusal(kind: type[ArchiveBeyondLimits], member: Member, limit: int) -> ArchiveBeyondLimits:
    return kind(archive=member.archive, member=member.path, limit=limit)
