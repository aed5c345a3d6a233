"""Which archives a list of words means: files, folders, patterns, and addresses that fsspec knows.

A folder stands for the .mbz files in it and below it. Addresses may hold passwords and keys, so an archive
is called by what is left of its address without them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from glob import glob, has_magic
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from maintien.errors.archives import NoArchiveFound
from maintien.mbz.source import unreadable

_SUFFIX: Final = ".mbz"
_SCHEME: Final = "://"
_CHAIN: Final = "::"
"""fsspec's sign for a file within a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLocation:
    """Where an archive is."""

    name: str
    """What it is called in sentences: its path, or its address without secrets."""
    address: str = field(repr=False)
    """A path, or a URL for fsspec; may hold a password."""

    @property
    def is_remote(self) -> bool:
        """Whether it is fsspec's to open."""
        return is_remote(self.address)


def find_archives(words: Sequence[str]) -> list[ArchiveLocation]:
    """Find the archives that ``words`` mean, each once, in the order of the words and then of the names.

    A file that is named is not looked at, so it may be missing.

    Raises NoArchiveFound for a folder or pattern without any, and UnreadableArchive for a place that can't
    be listed.
    """
    addresses: dict[str, None] = {}
    for word in words:
        found = list(_found_far(word) if is_remote(word) else _found_near(word))
        if not found:
            raise NoArchiveFound(place=public_name(word))
        addresses.update(dict.fromkeys(found))
    return [locate(address) for address in addresses]


def locate(address: str) -> ArchiveLocation:
    """Give the location of one archive."""
    return ArchiveLocation(name=public_name(address), address=address)


def is_remote(address: str) -> bool:
    """Whether an address is a URL; a path may well have a colon in it."""
    return _SCHEME in address or _CHAIN in address


def public_name(address: str) -> str:
    """Give an address without user, password, query and fragment."""
    if not is_remote(address):
        return address
    return _CHAIN.join(map(_without_secrets, address.split(_CHAIN)))


def _without_secrets(url: str) -> str:
    if _SCHEME not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition(_SCHEME)[0] + _SCHEME + "…"
    return f"{parts.scheme}{_SCHEME}{parts.netloc.rpartition('@')[2]}{parts.path}"


def _found_near(word: str) -> Iterable[str]:
    path = Path(word)
    if path.is_dir():
        return sorted(str(each) for each in path.rglob("*") if _is_archive(each.name) and each.is_file())
    if has_magic(word) and not path.exists():
        return sorted(glob(word, recursive=True))  # noqa: PTH207 -- patterns may be absolute
    return [word]


def _found_far(url: str) -> Iterator[str]:
    # fsspec takes a while to import, and most archives are files.
    from fsspec.core import url_to_fs  # noqa: PLC0415

    if _CHAIN in url:
        yield url
        return
    try:
        files, path = url_to_fs(url)
        if _is_pattern(url):
            paths = files.glob(path)
        elif _may_be_folder(url) and files.isdir(path):
            paths = [each for each in files.find(path) if _is_archive(each)]
        else:
            yield url
            return
        yield from (files.unstrip_protocol(each) for each in sorted(paths))
    except Exception as error:
        raise unreadable(public_name(url), error) from error


def _is_pattern(url: str) -> bool:
    """Whether a URL has a star in it; a question mark begins its query."""
    return "*" in urlsplit(url).path


def _may_be_folder(url: str) -> bool:
    """Whether it is worth asking; a web server shows a page for every address."""
    return not _is_archive(urlsplit(url).path)


def _is_archive(name: str) -> bool:
    return name.lower().endswith(_SUFFIX)
