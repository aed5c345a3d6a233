"""Makes a large archive cheaply: real documents around files that hardly shrink, as pictures don't."""

import random
import tarfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from isal import isal_zlib

from tests.mbz.archives import (
    archive_index,
    documents,
    enrolments_xml,
    groups_xml,
    inforef_xml,
    role_assignments_xml,
    users_xml,
)

MEGABYTE: Final = 1_000_000
_FILE: Final = 5 * MEGABYTE
_GZIP: Final = 31
"""Deflate in gzip, as zlib numbers it."""
_FIRST_USER: Final = 10_000
_EARLY: Final = "course/"
"""Moodle packs in the order of names: the course's documents, the files, then the rest, users last."""


def make_archive(path: Path, *, megabytes: int, people: int) -> None:
    """Write an archive of a course of so many people, with files of so many megabytes."""
    users = range(_FIRST_USER, _FIRST_USER + people)
    whole = documents(
        inforef=inforef_xml(users),
        course_roles=role_assignments_xml(users),
        enrolments=enrolments_xml(users),
        groups=groups_xml(users),
        users=users_xml(users),
    )
    early = [(name, content) for name, content in whole.items() if name.startswith(_EARLY)]
    late = [(name, content) for name, content in whole.items() if not name.startswith(_EARLY)]
    index = archive_index([*early, *late])
    packer = isal_zlib.compressobj(level=1, wbits=_GZIP)
    with path.open("wb") as file:
        for member in chain([(".ARCHIVE_INDEX", index), *early], _files(megabytes), late):
            for piece in _tarred(*member):
                file.write(packer.compress(piece))
        file.write(packer.compress(bytes(2 * tarfile.BLOCKSIZE)))
        file.write(packer.flush())


def _files(megabytes: int) -> Iterator[tuple[str, bytes]]:
    """Give files of noise, and a quarter of text."""
    chance = random.Random(1)
    noise = [chance.randbytes(MEGABYTE) for _ in range(64)]
    words = [chance.randbytes(6).hex() for _ in range(2_000)]
    text = [" ".join(chance.choices(words, k=MEGABYTE // 13)).encode() for _ in range(16)]
    for number in range(megabytes * MEGABYTE // _FILE):
        pieces = text if number % 4 == 0 else noise
        content = b"".join(chance.choices(pieces, k=_FILE // MEGABYTE))
        yield f"files/{number % 256:02x}/{number:040x}", content


def _tarred(name: str, content: bytes) -> Iterator[bytes]:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    yield entry.tobuf(tarfile.USTAR_FORMAT)
    yield content
    yield bytes(-len(content) % tarfile.BLOCKSIZE)
