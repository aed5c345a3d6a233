"""Archives on disk: whole or not at all, for their owner only, never over something else."""

import errno
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from maintien.errors.files import ArchiveNotReplaced, ArchiveNotWritten
from maintien.mbz.writing.archive_file import write_archive_file

MEMBERS = [("users.xml", [b"<users>\n</users>"])]


def test_an_archive_is_its_owners_alone_and_its_size_is_told(tmp_path: Path) -> None:
    path = tmp_path / "course.mbz"
    size = write_archive_file(path, MEMBERS, written_at=1)
    assert path.stat().st_size == size
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as archive:
        assert archive.getnames() == [".ARCHIVE_INDEX", "users.xml"]
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "course.mbz"
    path.write_bytes(b"another")
    with pytest.raises(ArchiveNotReplaced):
        write_archive_file(path, MEMBERS, written_at=1)
    assert path.read_bytes() == b"another"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_there_is_replaced_where_that_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "course.mbz"
    path.write_bytes(b"another")
    write_archive_file(path, MEMBERS, written_at=1, replaces=True)
    assert tarfile.is_tarfile(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(ArchiveNotReplaced):
        write_archive_file(tmp_path, MEMBERS, written_at=1, replaces=True)


def test_what_came_there_meanwhile_stays_too(tmp_path: Path) -> None:
    path = tmp_path / "course.mbz"

    def members() -> Iterator[tuple[str, list[bytes]]]:
        path.write_bytes(b"meanwhile")
        yield from MEMBERS

    with pytest.raises(ArchiveNotReplaced):
        write_archive_file(path, members(), written_at=1)
    assert path.read_bytes() == b"meanwhile"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"half"
        raise LookupError

    with pytest.raises(LookupError):
        write_archive_file(tmp_path / "course.mbz", [("users.xml", failing())], written_at=1)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_on_the_way_leaves_what_was_to_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "course.mbz"
    path.write_bytes(b"another")

    def failing() -> Iterator[bytes]:
        yield b"half"
        raise LookupError

    with pytest.raises(LookupError):
        write_archive_file(path, [("users.xml", failing())], written_at=1, replaces=True)
    assert path.read_bytes() == b"another"


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArchiveNotWritten, match="No space left on device"):
        write_archive_file(tmp_path / "course.mbz", MEMBERS, written_at=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "place", [lambda folder: folder / "missing" / "x.mbz", lambda folder: folder / "x\0.mbz"]
)
def test_places_that_can_not_be_are_said(tmp_path: Path, place: Callable[[Path], Path]) -> None:
    with pytest.raises(ArchiveNotWritten):
        write_archive_file(place(tmp_path), MEMBERS, written_at=1)


def test_a_file_system_without_hard_links_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_source: str, _target: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "course.mbz"
    write_archive_file(path, MEMBERS, written_at=1)
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ArchiveNotReplaced):
        write_archive_file(path, MEMBERS, written_at=1)
