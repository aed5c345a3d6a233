"""The fastest inflate there is: isal where it is installed, else the standard library's zlib.

What each of them costs is in docs/performance.md.
"""

import zlib
from types import ModuleType
from typing import Final, Protocol

_deflate: ModuleType
try:
    from isal import isal_zlib as _deflate
except ImportError:  # pragma: no cover -- machines that isal has no wheel for
    _deflate = zlib

INFLATE_ERRORS: Final[tuple[type[Exception], ...]] = (_deflate.error, zlib.error)

_WINDOW: Final = 15
_GZIP: Final = 16


class Inflater(Protocol):
    """zlib's decompression object."""

    @property
    def eof(self) -> bool:
        """Whether the compressed stream is over."""

    @property
    def unconsumed_tail(self) -> bytes:
        """What was given and not looked at, since enough came out."""

    @property
    def unused_data(self) -> bytes:
        """What was given and lies behind the end of the stream."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Give at most ``max_length`` bytes."""


def gzip_inflater() -> Inflater:
    """Make an inflater for one gzip member, which checks its CRC and its length."""
    inflater: Inflater = _deflate.decompressobj(_GZIP + _WINDOW)
    return inflater


def raw_inflater() -> Inflater:
    """Make an inflater for deflate without a header, as zip has it."""
    inflater: Inflater = _deflate.decompressobj(-_WINDOW)
    return inflater


def crc32(data: bytes, value: int = 0) -> int:
    """Give the CRC of ``data``, going on from ``value``."""
    crc: int = _deflate.crc32(data, value)
    return crc
