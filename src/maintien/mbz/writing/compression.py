"""Compression of what is written: isal's, ten times as fast as zlib's; without it, zlib's."""

from typing import Final, Protocol

try:
    from isal import isal_zlib as _zlib

    _LEVEL, _SPOOL_LEVEL = 2, 0
except ImportError:  # no wheel for this machine
    import zlib as _zlib  # type: ignore[no-redef]  # the same functions

    _LEVEL, _SPOOL_LEVEL = 6, 1

_GZIP: Final = 31
_RAW: Final = -15
"""Window sizes: with a gzip header and without any."""


class Compressor(Protocol):
    """Makes compressed bytes of bytes."""

    def compress(self, data: bytes, /) -> bytes:
        """Take more bytes."""
        ...

    def flush(self) -> bytes:
        """Give what is left; nothing more is taken."""
        ...


class Decompressor(Protocol):
    """Makes bytes of compressed bytes."""

    @property
    def unconsumed_tail(self) -> bytes:
        """What it was given beyond ``max_length``, to be given again."""
        ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Take more compressed bytes, and give at most ``max_length``."""
        ...


def gzip_compressor() -> Compressor:
    """Make a compressor whose bytes are a gzip file, without a name or a time in it."""
    return _zlib.compressobj(_LEVEL, wbits=_GZIP)


def spool_compressor() -> Compressor:
    """Make a compressor for bytes that are read back soon."""
    return _zlib.compressobj(_SPOOL_LEVEL, wbits=_RAW)


def spool_decompressor() -> Decompressor:
    """Make what reads :func:`spool_compressor`'s bytes."""
    return _zlib.decompressobj(wbits=_RAW)
