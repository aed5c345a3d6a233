"""A file within an archive, while the archive is gone through."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from maintien.errors.archives import UnsafeMember

_DRIVE: Final = re.compile(r"[A-Za-z]:")
_CURRENT_FOLDER: Final = "./"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file in an archive; its content can be had once, and before the next member is asked for."""

    archive: str
    """What the archive is called in sentences."""
    path: str
    size: int
    """Bytes, as the archive says; :attr:`chunks` gives neither more nor less, or fails."""
    chunks: Callable[[], Iterator[bytes]]
    """The content, piece by piece. Raises ArchiveError."""


def clean_path(archive: str, name: str) -> str:
    """Give the path of a member, without the ``./`` that some programs put before it.

    Nothing is ever unpacked, but whoever writes such a name is up to something.

    Raises UnsafeMember for one that leads out of the archive, or is not a path at all.
    """
    path = name
    while path.startswith(_CURRENT_FOLDER):
        path = path.removeprefix(_CURRENT_FOLDER)
    if _is_unsafe(path):
        raise UnsafeMember(archive=archive, member=name[:200])
    return path


def _is_unsafe(path: str) -> bool:
    return (
        path.startswith("/")
        or "\\" in path
        or "\0" in path
        or _DRIVE.match(path) is not None
        or (".." in path and ".." in path.split("/"))
    )
