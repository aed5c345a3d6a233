"""Where new archives go: one to the file that is named, several into a folder, laid out as theirs."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from maintien.errors.files import ArchiveNotWritten, OutputElsewhere, SameOutputTwice
from maintien.mbz.locations import ArchiveLocation, is_remote

_SUFFIX: Final = ".mbz"


def find_places(
    locations: Sequence[ArchiveLocation], output: str, *, into_folder: bool
) -> Mapping[ArchiveLocation, Path]:
    """Give each archive the place of its new one.

    In a folder it has the old one's name, and its place below the folder that all have in common.

    Raises OutputElsewhere and SameOutputTwice.
    """
    if is_remote(output):
        raise OutputElsewhere(path=output)
    if not into_folder:
        (location,) = locations
        return {location: Path(output)}
    top = _common_folder([one.address for one in locations if not one.is_remote])
    places = {one: Path(output) / _place_below(one, top) for one in locations}
    _require_different(places)
    return places


def is_folder(output: str) -> bool:
    """Whether ``output`` can only be a folder."""
    return output.endswith(("/", os.sep)) or Path(output).is_dir()


def make_folders(places: Mapping[ArchiveLocation, Path]) -> None:
    """Make the folders that new archives go into.

    Raises ArchiveNotWritten.
    """
    for folder in {place.parent for place in places.values()}:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ArchiveNotWritten(path=str(folder), reason=reason) from error


def _common_folder(paths: Sequence[str]) -> Path:
    folders = [str(Path(path).absolute().parent) for path in paths]
    return Path(os.path.commonpath(folders)) if folders else Path()


def _place_below(location: ArchiveLocation, top: Path) -> Path:
    if location.is_remote:
        name = PurePosixPath(urlsplit(location.name).path).name or "archive"
        return Path(_with_suffix(name))
    path = Path(location.address).absolute().relative_to(top)
    return path.with_name(_with_suffix(path.name))


def _with_suffix(name: str) -> str:
    return name if name.lower().endswith(_SUFFIX) else f"{name}{_SUFFIX}"


def _require_different(places: Mapping[ArchiveLocation, Path]) -> None:
    taken: dict[Path, ArchiveLocation] = {}
    for location, place in places.items():
        first = taken.setdefault(place, location)
        if first is not location:
            raise SameOutputTwice(first=first.name, second=location.name, path=str(place))
