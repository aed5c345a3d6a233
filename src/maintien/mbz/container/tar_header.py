"""One header of a tar archive: 512 bytes of ustar, as Moodle writes them.

Source: tgz_packer::write_tar_entry (lib/filestorage/tgz_packer.php) and tgz_extractor::process_header
(lib/filestorage/tgz_extractor.php), Moodle 4.3. Where Moodle's extractor is lenient (checksum, links), a
header that it would never write is refused here.
"""

import re
from typing import Final, NamedTuple

from maintien.errors.archives import DamagedArchive, LinkInArchive
from maintien.mbz.container.member import clean_path
from maintien.messages import N_

BLOCK: Final = 512
ZERO_BLOCK: Final = bytes(BLOCK)

_MAGICS: Final = (b"ustar\0", b"ustar ")
"""POSIX and GNU tar."""
_FOLDER: Final = b"5"
_FILES: Final = (b"0", b"\0")
_NOTES: Final = (b"x", b"g", b"L", b"K")
"""What other programs than Moodle's write about the member that follows, in the shape of a file."""

_OCTAL: Final = re.compile(rb" *([0-7]+)[ \0]*\Z")
_CHECKSUM: Final = slice(148, 156)
_SPACES: Final = b" " * 8

_NOT_TAR: Final = N_("what it packs is not a tar archive")
_BAD_CHECKSUM: Final = N_("the checksum of a tar header is wrong")
_BAD_SIZE: Final = N_("a tar header has no size that can be read")


class TarHeader(NamedTuple):
    """A member, as its header describes it."""

    path: str
    size: int
    """Bytes that follow the header, before they are filled up to whole blocks."""
    is_file: bool
    """Whether it is a file of the backup: neither a folder nor a note on the next member."""


def parse_header(archive: str, block: bytes) -> TarHeader:
    """Read a header that is not all zeros.

    Raises DamagedArchive, UnsafeMember and LinkInArchive.
    """
    _check(archive, block)
    kind = block[156:157]
    size = _octal(archive, block[124:136])
    if kind in _NOTES:
        return TarHeader("", size, is_file=False)
    name = _name(block)
    if kind not in _FILES and kind != _FOLDER:
        raise LinkInArchive(archive=archive, member=name)
    path = clean_path(archive, name)
    return TarHeader(path, size, is_file=kind != _FOLDER)


def _check(archive: str, block: bytes) -> None:
    if block[257:263] not in _MAGICS:
        raise DamagedArchive(archive=archive, reason=_NOT_TAR)
    written = _OCTAL.match(block[_CHECKSUM])
    counted = sum(block) - sum(block[_CHECKSUM]) + sum(_SPACES)
    if written is None or int(written[1], 8) != counted:
        raise DamagedArchive(archive=archive, reason=_BAD_CHECKSUM)


def _octal(archive: str, digits: bytes) -> int:
    """Read a size; GNU's form for more than 8 GiB is none that Moodle can read or write."""
    found = _OCTAL.match(digits)
    if found is None:
        raise DamagedArchive(archive=archive, reason=_BAD_SIZE)
    return int(found[1], 8)


def _name(block: bytes) -> str:
    """Put prefix and name together; names that are not UTF-8 belong to no document."""
    name = block[:100].rstrip(b"\0")
    prefix = block[345:500].rstrip(b"\0") if block[257:263] == _MAGICS[0] else b""
    path = prefix + b"/" + name if prefix else name
    return path.decode("utf-8", "backslashreplace").removesuffix("/")
