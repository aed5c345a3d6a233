"""The directory at the end of a zip, which says where its members are.

Python's zipfile keeps a kilobyte for every entry of it, and an attacker writes a million for nothing;
here it is gone through, and only the entries asked for are kept. What a directory can lie about is
checked: against its own end, against the headers before the members, and against what comes out of them.

Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16 and 4.5.3.
"""

import os
import struct
from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from maintien.errors.archive_limits import TooManyMembers
from maintien.errors.archives import DamagedArchive, LinkInArchive, MemberTwice, TruncatedArchive
from maintien.mbz.container.feed import Feed
from maintien.mbz.container.member import clean_path
from maintien.mbz.limits import KIB, ArchiveLimits
from maintien.mbz.source import ArchiveSource
from maintien.messages import N_

_END: Final = struct.Struct("<4sHHHHIIH")
_END_MAGIC: Final = b"PK\5\6"
_LONGEST_COMMENT: Final = 0xFFFF
_END_64_PLACE: Final = struct.Struct("<4sIQI")
_END_64_PLACE_MAGIC: Final = b"PK\6\7"
_END_64: Final = struct.Struct("<4sQHHIIQQQQ")
_END_64_MAGIC: Final = b"PK\6\6"
_ENTRY: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_ENTRY_MAGIC: Final = b"PK\1\2"
_EXTRA: Final = struct.Struct("<HH")
_SIZES_64: Final = 1
_SHORT: Final = 0xFFFF
_LONG: Final = 0xFFFFFFFF
"""Stands where a number is too large: the true one is in a Zip64 record."""

_UNIX_KIND: Final = 0o170000
_UNIX_FILE: Final = 0o100000
_UNIX_FOLDER: Final = 0o040000

_UTF_8: Final = 1 << 11
_PIECE: Final = 64 * KIB

_LYING: Final = N_("its directory contradicts itself")
_SPLIT: Final = N_("it is one part of a split zip")


class ZipEntry(NamedTuple):
    """A member, as the directory describes it."""

    path: str
    name: bytes
    """As it stands there; the header before the member has to agree."""
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    offset: int
    """Where the header before the member begins."""


class _Directory(NamedTuple):
    start: int
    size: int
    entries: int


def find_entries(source: ArchiveSource, wanted: Collection[str], limits: ArchiveLimits) -> list[ZipEntry]:
    """Find the files ``wanted``, in the directory's order.

    Raises UnreadableArchive, TruncatedArchive, DamagedArchive, TooManyMembers, UnsafeMember, LinkInArchive
    and MemberTwice.
    """
    directory = _find_directory(source)
    if directory.entries > limits.members:
        raise TooManyMembers(archive=source.name, limit=limits.members)
    found: dict[str, ZipEntry] = {}
    for entry in _entries(source, directory):
        if entry.path in found:
            raise MemberTwice(archive=source.name, member=entry.path)
        if entry.path in wanted:
            found[entry.path] = entry
    return list(found.values())


def _find_directory(source: ArchiveSource) -> _Directory:
    length = source.seek(0, os.SEEK_END)
    start = max(0, length - _END.size - _LONGEST_COMMENT)
    source.seek(start)
    tail = source.read_fully(length - start)
    at = tail.rfind(_END_MAGIC)
    if at < 0 or len(tail) - at < _END.size:
        raise TruncatedArchive(archive=source.name)
    _, disk, first_disk, _, entries, size, offset, _ = _END.unpack_from(tail, at)
    end = start + at
    if _SHORT in (disk, first_disk, entries) or _LONG in (size, offset):
        return _find_directory_64(source, end)
    return _checked(source, disk, _Directory(offset, size, entries), end)


def _find_directory_64(source: ArchiveSource, end: int) -> _Directory:
    place = _read(source, end - _END_64_PLACE.size, _END_64_PLACE)
    if place[0] != _END_64_PLACE_MAGIC:
        raise DamagedArchive(archive=source.name, reason=_LYING)
    record = _read(source, place[2], _END_64)
    if record[0] != _END_64_MAGIC:
        raise DamagedArchive(archive=source.name, reason=_LYING)
    _, _, _, _, disk, _, _, entries, size, offset = record
    return _checked(source, disk, _Directory(offset, size, entries), place[2])


def _checked(source: ArchiveSource, disk: int, directory: _Directory, end: int) -> _Directory:
    if disk:
        raise DamagedArchive(archive=source.name, reason=_SPLIT)
    if directory.start + directory.size != end or directory.entries * _ENTRY.size > directory.size:
        raise DamagedArchive(archive=source.name, reason=_LYING)
    return directory


def _entries(source: ArchiveSource, directory: _Directory) -> Iterator[ZipEntry]:
    """Go through as many entries as the directory says it has; they have to fill it."""
    source.seek(directory.start)
    unread = directory.size

    def more() -> bytes:
        nonlocal unread
        piece = source.read(min(unread, _PIECE))
        unread -= len(piece)
        return piece

    feed = Feed(source.name, more)
    for _ in range(directory.entries):
        entry = _read_entry(source.name, feed)
        if not entry.path.endswith("/"):
            yield entry
    if feed.read(1):
        raise DamagedArchive(archive=source.name, reason=_LYING)


def _read_entry(archive: str, feed: Feed) -> ZipEntry:
    fixed = feed.read(_ENTRY.size)
    if not fixed.startswith(_ENTRY_MAGIC):
        raise DamagedArchive(archive=archive, reason=_LYING)
    _, _, _, flags, method, _, _, crc, packed, size, *rest = _ENTRY.unpack(fixed)
    name_size, extra_size, comment_size, _, _, mode, offset = rest
    name = feed.read(name_size) if name_size else b""
    extra = feed.read(extra_size) if extra_size else b""
    feed.skip(comment_size)
    path = clean_path(archive, name.decode("utf-8", "backslashreplace"))
    if mode >> 16 & _UNIX_KIND not in (0, _UNIX_FILE, _UNIX_FOLDER):
        raise LinkInArchive(archive=archive, member=path)
    size, packed, offset = _true_sizes(archive, extra, size, packed, offset)
    return ZipEntry(path, name, flags, method, crc, packed, size, offset)


def _true_sizes(archive: str, extra: bytes, *short: int) -> tuple[int, ...]:
    """Put the sizes and the place in that were too large for their fields."""
    if _LONG not in short:
        return short
    longs = iter(_longs(extra))
    try:
        return tuple(next(longs) if value == _LONG else value for value in short)
    except (RuntimeError, StopIteration):
        raise DamagedArchive(archive=archive, reason=_LYING) from None


def _longs(extra: bytes) -> tuple[int, ...]:
    """Find the numbers of the Zip64 record among the extra fields; none where it is missing or cut."""
    at = 0
    while at + _EXTRA.size <= len(extra):
        kind, length = _EXTRA.unpack_from(extra, at)
        at += _EXTRA.size
        if kind == _SIZES_64:
            numbers = min(length, len(extra) - at) // 8
            return struct.unpack_from(f"<{numbers}Q", extra, at)
        at += length
    return ()


def _read(source: ArchiveSource, offset: int, form: struct.Struct) -> tuple[Any, ...]:
    if offset < 0:
        raise DamagedArchive(archive=source.name, reason=_LYING)
    source.seek(offset)
    return form.unpack(source.read_fully(form.size))
