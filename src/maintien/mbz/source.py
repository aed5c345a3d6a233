"""Where the bytes of an archive come from."""

import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import BinaryIO, Final

from maintien.errors.archives import TruncatedArchive, UnreadableArchive
from maintien.messages import N_

_READ_AT_ONCE: Final = 1 << 20
"""Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSource:
    """An open file, local or not, and what it is called in sentences.

    It is read from its beginning, and has to be seekable. Whoever opened it closes it.
    """

    name: str
    file: BinaryIO = field(repr=False)

    def read(self, size: int) -> bytes:
        """Read at most ``size`` bytes; none at the end.

        Raises UnreadableArchive.
        """
        try:
            return self.file.read(size)
        except Exception as error:
            raise unreadable(self.name, error) from error

    def read_fully(self, size: int) -> bytes:
        """Read exactly ``size`` bytes.

        Raises UnreadableArchive, and TruncatedArchive where there are fewer.
        """
        parts: list[bytes] = []
        missing = size
        while missing:
            part = self.read(missing)
            if not part:
                raise TruncatedArchive(archive=self.name)
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place, and tell how far from the beginning it is.

        Raises UnreadableArchive.
        """
        try:
            return self.file.seek(offset, whence)
        except Exception as error:
            raise unreadable(self.name, error) from error


def fingerprint(source: ArchiveSource) -> str:
    """Tell an archive from any other, by the SHA-256 of all its bytes, in hexadecimal.

    Raises UnreadableArchive.
    """
    source.seek(0)
    digest = sha256()
    while part := source.read(_READ_AT_ONCE):
        digest.update(part)
    return digest.hexdigest()


def unreadable(name: str, error: Exception) -> UnreadableArchive:
    """Say why a file can't be opened or read.

    Files elsewhere fail with classes of their libraries' own, so any class may come; what those say may
    hold an address with a key in it, and is left to the cause.
    """
    match error:
        case FileNotFoundError():
            reason = N_("there is no such file")
        case IsADirectoryError():
            reason = N_("it is a folder")
        case PermissionError():
            reason = N_("you may not read it")
        case ImportError():
            reason = N_("addresses of this kind need more to be installed: pip install 'maintien[remote]'")
        case OSError(strerror=str(strerror)):
            reason = strerror
        case _:
            reason = type(error).__name__
    return UnreadableArchive(archive=name, reason=reason)
