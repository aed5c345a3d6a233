"""The container: a gzip tar whose first member lists the others, laid out as Moodle's.

Source: tgz_packer::archive_to_pathname (lib/filestorage/tgz_packer.php), Moodle 4.1 and 4.3. The same
members at the same time make the same bytes, with the same library for compressing.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from maintien.mbz.writing.compression import gzip_compressor
from maintien.mbz.writing.spool import Spool, SpooledMember
from maintien.mbz.writing.tar_headers import BLOCK, UNKNOWN_TIME, padding, tar_header

Member: TypeAlias = tuple[str, Iterable[bytes]]
"""A path such as ``course/roles.xml``, and its content, which is gone through once."""

INDEX: Final = ".ARCHIVE_INDEX"

_PIECE: Final = 256 * 1024
"""Characters encoded at once."""


def write_tgz(
    out: BinaryIO, members: Iterable[Member], *, written_at: int, spool_folder: Path | None = None
) -> None:
    """Write ``members`` in their order, each folder before what is in it; ``out`` stays open.

    ``written_at`` is when the members were made, in Unix seconds. ``spool_folder`` is where large
    contents are kept meanwhile, in a file without a name.

    Raises OSError where there is no room, and ValueError for a path that no tar file can hold.
    """
    compressor = gzip_compressor()
    with Spool(spool_folder) as spool:
        spool.fill(members)
        out.writelines(compressor.compress(block) for block in _blocks(spool, written_at))
    out.write(compressor.flush())


def encoded(pieces: Iterable[str]) -> Iterator[bytes]:
    """Encode a document, many pieces at once: each alone would cost as much as writing it."""
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= _PIECE:
            yield "".join(waiting).encode()
            waiting, length = [], 0
    yield "".join(waiting).encode()


def _blocks(spool: Spool, written_at: int) -> Iterator[bytes]:
    index = _index(spool.members, written_at)
    yield tar_header(INDEX, size=len(index), modified_at=UNKNOWN_TIME)
    yield index + padding(len(index))
    known: set[str] = set()
    for member, content in spool.contents():
        for folder in _new_folders(member.path, known):
            yield tar_header(folder, size=0, modified_at=UNKNOWN_TIME)
        yield tar_header(member.path, size=member.size, modified_at=written_at)
        yield from content
        yield padding(member.size)
    yield bytes(2 * BLOCK)


def _index(members: Iterable[SpooledMember], written_at: int) -> bytes:
    lines: list[str] = []
    known: set[str] = set()
    for member in members:
        lines += (f"{folder}\td\t0\t?\n" for folder in _new_folders(member.path, known))
        lines.append(f"{member.path}\tf\t{member.size}\t{written_at}\n")
    return f"Moodle archive file index. Count: {len(lines)}\n{''.join(lines)}".encode()


def _new_folders(path: str, known: set[str]) -> list[str]:
    """Give the folders above ``path`` that are not ``known``, from the outermost on, and note them."""
    above = accumulate(f"{part}/" for part in path.split("/")[:-1])
    folders = [folder for folder in above if folder not in known]
    known.update(folders)
    return folders
