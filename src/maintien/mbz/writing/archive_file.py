"""Puts an archive on disk: whole or not at all, readable by its owner only.

It is written beside its place under another name, brought to the disk, and only then given its own.
"""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO, Final

from maintien.errors.files import ArchiveNotReplaced, ArchiveNotWritten
from maintien.mbz.writing.tgz import Member, write_tgz

_LONGEST_NAME: Final = 200
"""File systems take 255 bytes; the temporary file's name is a little longer than the real one's."""

_NO_HARD_LINKS: Final = (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS, errno.EACCES)
"""What file systems say that can't give a file a second name."""


def write_archive_file(
    path: Path, members: Iterable[Member], *, written_at: int, replaces: bool = False
) -> int:
    """Write an archive at ``path``, and tell its size in bytes.

    Whatever is there stays, unless ``replaces``, and then until the new archive is whole; of a symbolic
    link, what it leads to. What goes wrong while ``members`` are made is raised as it is.

    Raises:
        ArchiveNotReplaced: there is something at ``path``.
        ArchiveNotWritten: there is no such folder, no room, no right.
    """
    with _failures(path):
        target = Path(os.path.realpath(path))
        _require_free(path, target, replaces=replaces)
        # Made with mode 0600, in the same folder: naming a file within one is atomic.
        handle, temporary = mkstemp(prefix=f".{target.name[:_LONGEST_NAME]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            size = _write(path, file, members, written_at)
        with _failures(path):
            _put(path, temporary, target, replaces=replaces)
            _bring_to_disk(target.parent)
    finally:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108 -- beside the other calls about files
    return size


def _write(path: Path, file: BinaryIO, members: Iterable[Member], written_at: int) -> int:
    with _failures(path):
        write_tgz(file, members, written_at=written_at, spool_folder=Path(os.path.realpath(path)).parent)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def _put(path: Path, temporary: str, target: Path, *, replaces: bool) -> None:
    """Give the file its name; where nothing is to be replaced, not even what came there meanwhile is."""
    if replaces:
        os.replace(temporary, target)  # noqa: PTH105 -- beside the other calls about files
        return
    try:
        os.link(temporary, target)
    except FileExistsError as error:
        raise ArchiveNotReplaced(path=str(path)) from error
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        _require_free(path, target, replaces=False)
        os.replace(temporary, target)  # noqa: PTH105 -- same


def _require_free(path: Path, target: Path, *, replaces: bool) -> None:
    """Make sure that nothing is at ``target``, or a file that may be replaced."""
    if target.is_file() if replaces else not os.path.lexists(target):
        return
    if os.path.lexists(target):
        raise ArchiveNotReplaced(path=str(path))


def _bring_to_disk(folder: Path) -> None:
    """Make the name in ``folder`` outlast a loss of power, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _failures(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        # A name with a null character is a ValueError.
        reason = getattr(error, "strerror", None) or str(error)
        raise ArchiveNotWritten(path=str(path), reason=reason) from error
