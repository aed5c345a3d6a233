"""Opens archives by their names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maintien.mbz.source import ArchiveSource, unreadable


@contextmanager
def open_archive(name: str) -> Iterator[ArchiveSource]:
    """Open the archive that a command line names, and close it when the block ends.

    Raises UnreadableArchive.
    """
    try:
        file = Path(name).open("rb")  # noqa: SIM115 -- closed below
    except OSError as error:
        raise unreadable(name, error) from error
    with file:
        yield ArchiveSource(name=name, file=file)
