"""The bytes of a gzip file, piece by piece, as long as they are worth their price.

Members that follow one another are one stream, as for gzip itself. Zeros behind the last one are
padding. CRC and length are checked at the end of each member, so only a stream that is read to its end
is known to be whole.
"""

from typing import Final

from maintien.errors.archive_limits import ArchiveTooLarge, CompressionTooHigh
from maintien.errors.archives import DamagedArchive, TruncatedArchive
from maintien.mbz.container.inflate import INFLATE_ERRORS, gzip_inflater
from maintien.mbz.limits import KIB, ArchiveLimits
from maintien.mbz.source import ArchiveSource
from maintien.messages import N_

_INPUT: Final = 64 * KIB
_OUTPUT: Final = 256 * KIB
"""At most so much comes out at once, however well it was packed."""

_BAD_DATA: Final = N_("its compressed data makes no sense, or its checksum is wrong")
_GARBAGE: Final = N_("there is something behind its end")
_CRUMBS: Final = N_("it is made of crumbs")

_MAGIC: Final = b"\x1f\x8b"
_FREE_MEMBERS: Final = 100
_BYTES_A_MEMBER: Final = KIB
"""Beyond the free ones, members have to be worth their cost: each copies what is left of the input."""


class GzipStream:
    """Unpacks an archive from where it stands; counts what goes in and out."""

    def __init__(self, source: ArchiveSource, limits: ArchiveLimits) -> None:
        self._source = source
        self._limits = limits
        self._inflater = gzip_inflater()
        self._packed = b""
        """The beginning of a member, which was read with the end of the one before."""
        self._members = 1
        self.bytes_in = 0
        self.bytes_out = 0

    def read(self) -> bytes:
        """Give the next bytes, at most 256 KiB; none at the end.

        Raises UnreadableArchive, TruncatedArchive, DamagedArchive and ArchiveBeyondLimits.
        """
        while not self._is_over():
            unpacked = self._inflate(self._next_packed())
            if unpacked:
                self._check_size(len(unpacked))
                return unpacked
        return b""

    def _next_packed(self) -> bytes:
        """Give what the inflater needs next: nothing, as long as more comes out of what it has."""
        if not self._inflater.needs_input:
            return b""
        packed, self._packed = self._packed or self._read_packed(), b""
        if not packed:
            raise TruncatedArchive(archive=self._source.name)
        return packed

    def _is_over(self) -> bool:
        """Go on to the next member, if the last one is over; tell whether there is none."""
        if not self._inflater.eof:
            return False
        following = self._inflater.unused_data
        while not (following := following.lstrip(b"\0")):
            following = self._read_packed()
            if not following:
                return True
        if not following.startswith(_MAGIC[: len(following)]):
            raise DamagedArchive(archive=self._source.name, reason=_GARBAGE)
        self._check_members()
        self._inflater, self._packed = gzip_inflater(), following
        return False

    def _check_members(self) -> None:
        self._members += 1
        if self._members > _FREE_MEMBERS + self.bytes_in // _BYTES_A_MEMBER:
            raise DamagedArchive(archive=self._source.name, reason=_CRUMBS)

    def _inflate(self, packed: bytes) -> bytes:
        try:
            return self._inflater.decompress(packed, _OUTPUT)
        except INFLATE_ERRORS as error:
            raise DamagedArchive(archive=self._source.name, reason=_BAD_DATA) from error

    def _read_packed(self) -> bytes:
        packed = self._source.read(_INPUT)
        self.bytes_in += len(packed)
        return packed

    def _check_size(self, unpacked: int) -> None:
        limits = self._limits
        self.bytes_out += unpacked
        if self.bytes_out > limits.total_size:
            raise ArchiveTooLarge(archive=self._source.name, limit=limits.total_size)
        if self.bytes_out > limits.unchecked_size and self.bytes_out > self.bytes_in * limits.ratio:
            raise CompressionTooHigh(archive=self._source.name, limit=limits.ratio)
