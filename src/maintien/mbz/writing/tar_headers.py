"""Headers of ustar, as Moodle writes them: no owner, fixed modes, only what its own reader expects.

Source: tgz_packer::write_tar_entry (lib/filestorage/tgz_packer.php), Moodle 4.1 and 4.3.
"""

from typing import Final

BLOCK: Final = 512

UNKNOWN_TIME: Final = 1356998400
"""1 January 2013, which Moodle gives to members whose time it does not know: the index and folders."""

_LONGEST_NAME: Final = 100
_LONGEST_PREFIX: Final = 155
_BLANK_CHECKSUM: Final = b" " * 8
_CHECKSUM_AT: Final = 148

LARGEST: Final = 8**11 - 1
"""Bytes of a member: what eleven octal digits hold."""


def tar_header(path: str, *, size: int, modified_at: int) -> bytes:
    """Make the header of a member; of a folder where ``path`` ends with a slash.

    Raises:
        ValueError: the path is too long, or has letters that are not ASCII; the member is too large.
    """
    name, prefix = _split(path)
    if not 0 <= size <= LARGEST:
        raise ValueError(f"too large for a tar file: {path!r}")
    is_folder = path.endswith("/")
    header = b"".join(
        (
            name.encode("ascii").ljust(_LONGEST_NAME, b"\0"),
            b"0000755\0" if is_folder else b"0000644\0",
            b"0000000\0",
            b"0000000\0",
            _octal(size),
            _octal(modified_at),
            _BLANK_CHECKSUM,
            b"5" if is_folder else b"0",
            bytes(100),
            b"ustar\x0000",
            bytes(80),
            prefix.encode("ascii").ljust(BLOCK - 345, b"\0"),
        )
    )
    checksum = b"%06o\0 " % sum(header)
    return header[:_CHECKSUM_AT] + checksum + header[_CHECKSUM_AT + len(checksum) :]


def padding(size: int) -> bytes:
    """Make what fills the last block of a member of ``size`` bytes."""
    return bytes(-size % BLOCK)


def _octal(number: int) -> bytes:
    return b"%011o\0" % number


def _split(path: str) -> tuple[str, str]:
    """Move leading folders into the prefix until the rest fits."""
    name, prefix = path, ""
    while len(name) > _LONGEST_NAME:
        folder, slash, name = name.partition("/")
        prefix = f"{prefix}/{folder}" if prefix else folder
        if not slash or len(prefix) > _LONGEST_PREFIX:
            raise ValueError(f"too long for a tar file: {path!r}")
    return name, prefix
