"""Recognises a container by what is in it, whatever its name says, and goes through its members."""

from collections.abc import Collection, Iterator
from typing import Final

from maintien.errors.archives import EmptyArchive, NotAnArchive
from maintien.mbz.container.member import Member
from maintien.mbz.container.tar import tar_members
from maintien.mbz.container.zip import zip_members
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.source import ArchiveSource

_GZIP: Final = b"\x1f\x8b"
_ZIPS: Final = (b"PK\3\4", b"PK\5\6")
"""With members, and without any."""


def open_members(source: ArchiveSource, wanted: Collection[str], limits: ArchiveLimits) -> Iterator[Member]:
    """Go through an archive once: the members ``wanted``, and in a gzip tar all others too.

    Raises ArchiveError.
    """
    source.seek(0)
    start = source.read(4)
    source.seek(0)
    if not start:
        raise EmptyArchive(archive=source.name)
    if start.startswith(_GZIP):
        return tar_members(source, limits)
    if start.startswith(_ZIPS):
        return zip_members(source, wanted, limits)
    raise NotAnArchive(archive=source.name)
