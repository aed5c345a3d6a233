"""The fastest inflate there is: isal where it is installed, else the standard library's zlib.

What each of them costs is in docs/performance.md.
"""

import zlib
from typing import Any, Final, Protocol

_ERRORS: list[type[Exception]] = [zlib.error]
try:
    from isal import igzip_lib, isal_zlib
except ImportError:  # pragma: no cover -- machines that isal has no wheel for
    HAS_ISAL = False
else:
    HAS_ISAL = True
    _ERRORS.append(igzip_lib.IsalError)  # type: ignore[arg-type]  # its hints take it for an instance

INFLATE_ERRORS: Final = tuple(_ERRORS)

_WINDOW: Final = 15
_GZIP: Final = 16


class Inflater(Protocol):
    """Unpacks one compressed stream, piece by piece."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out of what was given."""

    @property
    def eof(self) -> bool:
        """Whether the compressed stream is over."""

    @property
    def unused_data(self) -> bytes:
        """What was given and lies behind the end of the stream."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Give at most ``max_length`` bytes; ``data`` has to be empty unless input is needed."""


class ZlibInflater:
    """The standard library's, which leaves it to the caller to keep what was not looked at."""

    def __init__(self, wbits: int) -> None:
        """Make one for a header and a window, as zlib numbers them."""
        self._inflater = zlib.decompressobj(wbits)
        self._was_full = False

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes out of what was given."""
        # A full piece may have left some behind even where all input was looked at.
        return not self._inflater.unconsumed_tail and not self._was_full and not self.eof

    @property
    def eof(self) -> bool:
        """Whether the compressed stream is over."""
        return self._inflater.eof

    @property
    def unused_data(self) -> bytes:
        """What was given and lies behind the end of the stream."""
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Give at most ``max_length`` bytes."""
        unpacked = self._inflater.decompress(data or self._inflater.unconsumed_tail, max_length)
        self._was_full = len(unpacked) == max_length
        return unpacked


def gzip_inflater() -> Inflater:
    """Make an inflater for one gzip member, which checks its CRC and its length."""
    if HAS_ISAL:
        return _isal(igzip_lib.DECOMP_GZIP)
    return ZlibInflater(_GZIP + _WINDOW)


def raw_inflater() -> Inflater:
    """Make an inflater for deflate without a header, as zip has it."""
    if HAS_ISAL:
        return _isal(igzip_lib.DECOMP_DEFLATE)
    return ZlibInflater(-_WINDOW)


def crc32(data: bytes, value: int = 0) -> int:
    """Give the CRC of ``data``, going on from ``value``."""
    crc: Any = isal_zlib.crc32 if HAS_ISAL else zlib.crc32
    return int(crc(data, value))


def _isal(flag: int) -> Inflater:
    inflater: Inflater = igzip_lib.IgzipDecompressor(flag=flag)
    return inflater
