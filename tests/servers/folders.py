"""Folders that servers live in: short-named, owned by the unprivileged user, gone afterwards."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers.programs import UNPRIVILEGED

# Not the folder that TMPDIR names: a socket's path has at most 107 characters.
DISK: Final = Path("/tmp")  # noqa: S108 -- mkdtemp makes the names
MEMORY: Final = Path("/dev/shm")  # noqa: S108 -- same
_MEMORY_NEEDED: Final = 2 * 1024**3
_START: Final = "maintien-"
_LOCK: Final = "in-use"


def fastest_place() -> Path:
    """Memory, where a database is cloned ten times as fast; the disk where there is little of it."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= _MEMORY_NEEDED:
        return MEMORY
    return DISK


@contextmanager
def server_folder(place: Path) -> Iterator[Path]:
    """A new folder in ``place`` for one server; removed at the end, and at the next start after a crash."""
    _remove_abandoned(place)
    folder = Path(tempfile.mkdtemp(prefix=_START, dir=place))
    try:
        with (folder / _LOCK).open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.geteuid() == 0:
                shutil.chown(folder, UNPRIVILEGED)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(place: Path) -> None:
    """Remove the folders whose lock nobody holds any more."""
    for lock in place.glob(f"{_START}*/{_LOCK}"):
        try:
            with lock.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent, ignore_errors=True)
        except OSError:
            continue  # in use, or another session removes it
