"""Reads the members asked for out of a zip, straight from where its directory says they are."""

import struct
from collections.abc import Collection, Iterator
from functools import partial
from typing import Final

from maintien.errors.archive_limits import ArchiveTooLarge, CompressionTooHigh
from maintien.errors.archives import DamagedArchive
from maintien.mbz.container.inflate import INFLATE_ERRORS, crc32, raw_inflater
from maintien.mbz.container.member import Member
from maintien.mbz.container.zip_directory import ZipEntry, find_entries
from maintien.mbz.limits import KIB, ArchiveLimits
from maintien.mbz.source import ArchiveSource
from maintien.messages import N_

_HEADER: Final = struct.Struct("<4sHHHHHIIIHH")
_HEADER_MAGIC: Final = b"PK\3\4"
_ENCRYPTED: Final = 1
_STORED: Final = 0
_DEFLATED: Final = 8
_INPUT: Final = 64 * KIB
_OUTPUT: Final = 256 * KIB

_LYING: Final = N_("its directory says something else than its members")
_ENCRYPTION: Final = N_("it is encrypted, or packed in a way that Moodle does not use")
_BAD_DATA: Final = N_("its compressed data makes no sense, or its checksum is wrong")


def zip_members(source: ArchiveSource, wanted: Collection[str], limits: ArchiveLimits) -> Iterator[Member]:
    """Give the files ``wanted`` of a zip, in its directory's order.

    Raises ArchiveError.
    """
    total = 0
    for entry in find_entries(source, wanted, limits):
        _check_entry(source.name, entry, limits)
        total += entry.size
        if total > limits.total_size:
            raise ArchiveTooLarge(archive=source.name, limit=limits.total_size)
        chunks = partial(_unpack, source, entry)
        yield Member(archive=source.name, path=entry.path, size=entry.size, chunks=chunks)


def _check_entry(archive: str, entry: ZipEntry, limits: ArchiveLimits) -> None:
    if entry.flags & _ENCRYPTED or entry.method not in (_STORED, _DEFLATED):
        raise DamagedArchive(archive=archive, reason=_ENCRYPTION)
    if entry.method == _STORED and entry.size != entry.packed_size:
        raise DamagedArchive(archive=archive, reason=_LYING)
    if entry.size > limits.unchecked_size and entry.size > entry.packed_size * limits.ratio:
        raise CompressionTooHigh(archive=archive, limit=limits.ratio)


def _unpack(source: ArchiveSource, entry: ZipEntry) -> Iterator[bytes]:
    """Give the content; neither more nor less than the directory says, with the checksum it says."""
    size = crc = 0
    for chunk in _content(source, entry):
        size += len(chunk)
        if size > entry.size:
            raise DamagedArchive(archive=source.name, reason=_LYING)
        crc = crc32(chunk, crc)
        yield chunk
    if size != entry.size:
        raise DamagedArchive(archive=source.name, reason=_LYING)
    if crc != entry.crc:
        raise DamagedArchive(archive=source.name, reason=_BAD_DATA)


def _content(source: ArchiveSource, entry: ZipEntry) -> Iterator[bytes]:
    packed = _packed(source, entry)
    return packed if entry.method == _STORED else _inflate(source.name, packed)


def _packed(source: ArchiveSource, entry: ZipEntry) -> Iterator[bytes]:
    _go_to_content(source, entry)
    unread = entry.packed_size
    while unread:
        piece = source.read_fully(min(unread, _INPUT))
        unread -= len(piece)
        yield piece


def _go_to_content(source: ArchiveSource, entry: ZipEntry) -> None:
    """Pass over the header before the content, if it is this member's."""
    source.seek(entry.offset)
    magic, _, _, method, *_, name_size, extra_size = _HEADER.unpack(source.read_fully(_HEADER.size))
    if magic != _HEADER_MAGIC or method != entry.method or source.read_fully(name_size) != entry.name:
        raise DamagedArchive(archive=source.name, reason=_LYING)
    source.read_fully(extra_size)


def _inflate(archive: str, packed: Iterator[bytes]) -> Iterator[bytes]:
    inflater = raw_inflater()
    try:
        for piece in packed:
            if inflater.eof:
                raise DamagedArchive(archive=archive, reason=_BAD_DATA)
            yield inflater.decompress(piece, _OUTPUT)
            while not inflater.needs_input and not inflater.eof:
                yield inflater.decompress(b"", _OUTPUT)
    except INFLATE_ERRORS as error:
        raise DamagedArchive(archive=archive, reason=_BAD_DATA) from error
    if not inflater.eof or inflater.unused_data:
        raise DamagedArchive(archive=archive, reason=_BAD_DATA)
