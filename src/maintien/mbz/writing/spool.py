"""Keeps members until their sizes are known, which the archive's index, its first member, needs.

Compressed, in memory while they are small, else in a file without a name beside the archive: what it
holds is personal, and the archive's own folder has room for it or has none for the archive either.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Final, Self

from maintien.mbz.writing.compression import spool_compressor, spool_decompressor

IN_MEMORY: Final = 1 * 1024 * 1024
"""Compressed bytes: some ten thousand accounts."""

_PIECE: Final = 64 * 1024
"""Compressed bytes read at once."""

_LARGEST_PIECE: Final = 1024 * 1024
"""Bytes given at once, however well they were compressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpooledMember:
    """A member whose content is kept."""

    path: str
    size: int
    """Bytes."""


@dataclass(slots=True)
class Spool:
    """Members in their order, each kept once and given back once."""

    folder: Path | None
    """Where the file is made if it comes to that; None for the machine's own place for such files."""
    members: list[SpooledMember] = field(default_factory=list)
    _file: IO[bytes] = field(init=False)

    def __post_init__(self) -> None:
        folder = None if self.folder is None else str(self.folder)
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY, dir=folder)  # noqa: SIM115 -- closed below

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def fill(self, members: Iterable[tuple[str, Iterable[bytes]]]) -> None:
        """Keep these members, paths with their contents; to be called once."""
        compressor = spool_compressor()
        for path, pieces in members:
            size = 0
            for piece in pieces:
                size += len(piece)
                self._file.write(compressor.compress(piece))
            self.members.append(SpooledMember(path=path, size=size))
        self._file.write(compressor.flush())
        self._file.seek(0)

    def contents(self) -> Iterator[tuple[SpooledMember, Iterator[bytes]]]:
        """Give each member with its content, which has to be taken before the next one's."""
        reader = _Reader(self._file)
        for member in self.members:
            yield member, reader.take(member.size)


class _Reader:
    """Cuts what was kept into members again."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decompressor = spool_decompressor()
        self._rest = b""

    def take(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._rest:
                self._rest = self._more()
            piece, self._rest = self._rest[:size], self._rest[size:]
            size -= len(piece)
            yield piece

    def _more(self) -> bytes:
        waiting = self._decompressor.unconsumed_tail or self._file.read(_PIECE)
        if not waiting:
            raise RuntimeError("less was kept than was given")
        return self._decompressor.decompress(waiting, _LARGEST_PIECE)
