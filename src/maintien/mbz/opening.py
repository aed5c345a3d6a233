"""Opens an archive where it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from maintien.mbz.locations import ArchiveLocation
from maintien.mbz.source import ArchiveSource, unreadable


@contextmanager
def open_archive(location: ArchiveLocation) -> Iterator[ArchiveSource]:
    """Open an archive for reading, and close it at the end.

    Raises UnreadableArchive.
    """
    try:
        file = _open(location)
    except Exception as error:
        raise unreadable(location.name, error) from error
    with file:
        yield ArchiveSource(name=location.name, file=file)


def _open(location: ArchiveLocation) -> BinaryIO:
    if not location.is_remote:
        return Path(location.address).open("rb")
    # fsspec takes a while to import, and most archives are files.
    import fsspec  # noqa: PLC0415

    return cast("BinaryIO", fsspec.open(location.address, "rb").open())
