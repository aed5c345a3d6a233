"""Cuts elements out of a document as they are, by their ids; the rest is passed over.

It is for documents that were read before, with all guards, and so are well-formed. What Moodle writes has
neither comments nor CDATA sections nor instructions: without them every ``<`` begins a tag, so that the
end of an element is where its end tag is found. A document that has any is refused.

Source: xml_writer (backup/util/xml/xml_writer.class.php), which escapes every ``<`` in texts.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from maintien.errors.archive_limits import ValueTooLong
from maintien.errors.archives import BrokenDocument
from maintien.mbz.container.member import Member
from maintien.messages import N_

_ID: Final = re.compile(rb'\sid="([0-9]{1,18})"')
_DECLARATION: Final = re.compile(rb"\A(\xef\xbb\xbf)?<\?xml[^<>]*\?>")
_UNLIKE_MOODLE: Final = (b"<!", b"<?")
_LONGEST: Final = 16 << 20
"""Bytes of one element: a person with all their preferences takes some thousand."""

_STRANGE: Final = N_("it has comments or sections that Moodle never writes")


def cut_elements(member: Member, name: str, is_wanted: Callable[[int], bool]) -> Iterator[tuple[int, bytes]]:
    """Give the wanted elements called ``name`` with their ids, in the document's order.

    Raises BrokenDocument, ValueTooLong, and what reading the archive raises.
    """
    begins, ends = f"<{name} ".encode(), f"</{name}>".encode()
    for piece in _pieces(member, ends):
        start = piece.find(begins)
        element = piece[start:]
        if start < 0 or element.count(begins) != 1 or any(sign in piece for sign in _UNLIKE_MOODLE):
            raise _strange(member)
        found = _ID.search(element, 0, element.index(b">"))
        if found is None:
            raise _strange(member)
        number = int(found[1])
        if is_wanted(number):
            yield number, element


def _pieces(member: Member, ends: bytes) -> Iterator[bytes]:
    """Cut a document behind every end tag; what comes behind the last is left out."""
    rest, is_first = b"", True
    for chunk in member.chunks():
        *whole, rest = (rest + chunk).split(ends)
        for piece in whole:
            yield (_DECLARATION.sub(b"", piece, count=1) if is_first else piece) + ends
            is_first = False
        if len(rest) > _LONGEST:
            raise ValueTooLong(archive=member.archive, member=member.path, limit=_LONGEST)
    # What is left is the end of the document, or all of it where it holds no such element.


def _strange(member: Member) -> BrokenDocument:
    return BrokenDocument(archive=member.archive, member=member.path, line=1, reason=_STRANGE)


def enclosed(root: str, elements: Iterable[bytes]) -> Iterator[bytes]:
    """Put elements into a document of their own, laid out as Moodle's."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>'.encode()
    for element in elements:
        yield b"\n  " + element
    yield f"\n</{root}>".encode()
