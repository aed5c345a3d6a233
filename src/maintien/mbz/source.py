"""Where the bytes of an archive come from."""

from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSource:
    """An open file, local or not, and what it is called in sentences.

    It is read from where it stands; a zip has to be seekable. Whoever opened it closes it.
    """

    name: str
    file: BinaryIO
