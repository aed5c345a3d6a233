"""How much of an archive is believed before it is refused.

Whoever makes an archive decides what it costs to read. Each limit is far above what Moodle writes, and
low enough that reading ends soon and in little memory whatever the archive holds.
"""

from dataclasses import dataclass
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """The limits of one reading; sizes are bytes, unpacked."""

    members: int = 500_000
    """A course keeps a member a file, and about ten an activity: the largest have some ten thousand."""
    total_size: int = 256 * GIB
    """What may come out of an archive altogether; Moodle's own tar can't hold a file above 8 GiB."""
    ratio: int = 250
    """Bytes out for a byte in. XML of the same row over and over shrinks to a hundredth; deflate ends
    at 1032, which only zeros come near."""
    unchecked_size: int = 64 * MIB
    """What may come out before the ratio counts: a small archive of empty lists may well exceed it."""
    document_size: int = 4 * GIB
    """One XML document. The users of a course of a million take 2 GiB."""
    rows: int = 2_000_000
    """Rows of one kind: enrolments, role assignments, users ... A whole national site has fewer."""
    text_length: int = MIB
    """Characters of one value. Names have 255; a group's description can be as long as its author likes."""
    token_length: int = MIB
    """One tag or character reference. Expat reads an unfinished one again with every chunk: an attribute
    of 50 MB costs half a minute."""
    depth: int = 64
    """Elements within elements. Moodle's documents that are read here have seven."""
    names: int = 10_000
    """Different names of elements and attributes in one document, which the parser keeps all: Moodle's
    have a hundred."""


DEFAULT_LIMITS: Final = ArchiveLimits()
