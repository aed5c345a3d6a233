"""A stream of pieces of any length, read in lengths of one's own."""

from collections.abc import Callable

from maintien.errors.archives import TruncatedArchive


class Feed:
    """Gives exact lengths of a stream; holds one of its pieces at a time."""

    def __init__(self, archive: str, more: Callable[[], bytes]) -> None:
        """Take what gives the next piece, or nothing at the end of the stream."""
        self._archive = archive
        self._more = more
        self._piece = b""
        self._at = 0

    def read(self, size: int) -> bytes:
        """Give ``size`` bytes, or none where the stream is over.

        Raises TruncatedArchive where it ends within them.
        """
        start = self._at
        if start + size <= len(self._piece):
            self._at = start + size
            return self._piece[start : self._at]
        return self._join(size)

    def read_some(self, size: int) -> bytes:
        """Give at least one byte and at most ``size``.

        Raises TruncatedArchive.
        """
        if not self._refill():
            raise TruncatedArchive(archive=self._archive)
        if self._at == 0 and len(self._piece) <= size:
            self._at = len(self._piece)
            return self._piece
        start, self._at = self._at, min(self._at + size, len(self._piece))
        return self._piece[start : self._at]

    def skip(self, size: int) -> None:
        """Pass over ``size`` bytes.

        Raises TruncatedArchive.
        """
        while size > len(self._piece) - self._at:
            size -= len(self._piece) - self._at
            self._at = len(self._piece)
            if not self._refill():
                raise TruncatedArchive(archive=self._archive)
        self._at += size

    def _refill(self) -> bool:
        """Have a byte ready; tell whether there is one."""
        if self._at == len(self._piece):
            self._piece, self._at = self._more(), 0
        return bool(self._piece)

    def _join(self, size: int) -> bytes:
        parts: list[bytes] = []
        missing = size
        while missing and self._refill():
            part = self.read_some(missing)
            parts.append(part)
            missing -= len(part)
        if missing and parts:
            raise TruncatedArchive(archive=self._archive)
        return b"".join(parts)
