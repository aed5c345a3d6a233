"""Files, folders, patterns and URLs become archives; no secret of a URL becomes a name."""

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from maintien.errors.archives import NoArchiveFound, UnreadableArchive
from maintien.mbz.locations import find_archives, locate, public_name
from maintien.mbz.opening import open_archive
from maintien.mbz.reading import read_header
from tests.mbz.hostile import good_tar, good_zip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with archives, and other things."""
    for name in ("b.mbz", "a.MBZ", "notes.txt", "deeper/c.mbz", "deeper/folder.mbz/d.mbz"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(good_tar())
    return tmp_path


@pytest.fixture
def far() -> Iterator[str]:
    """The URL of a folder that is not on this machine's disk."""
    files = fsspec.filesystem("memory")
    for name in ("/far/a.mbz", "/far/deeper/b.mbz", "/far/notes.txt"):
        files.pipe(name, good_zip())
    yield "memory://far"
    files.rm("/far", recursive=True)


def names(*words: str) -> list[str]:
    return [location.name for location in find_archives(words)]


def test_a_folder_stands_for_the_archives_in_it_and_below(folder: Path) -> None:
    found = ["a.MBZ", "b.mbz", "deeper/c.mbz", "deeper/folder.mbz/d.mbz"]
    assert names(str(folder)) == [str(folder / name) for name in found]


def test_a_file_is_taken_whatever_its_name_and_whether_or_not_it_is_there(folder: Path) -> None:
    words = [str(folder / "notes.txt"), str(folder / "missing.mbz")]
    assert names(*words) == words


def test_a_pattern_stands_for_what_it_fits(folder: Path) -> None:
    assert names(str(folder / "*" / "*.mbz")) == [
        str(folder / "deeper" / "c.mbz"),
        str(folder / "deeper" / "folder.mbz"),
    ]


def test_a_file_whose_name_looks_like_a_pattern_is_itself(folder: Path) -> None:
    odd = folder / "course[1].mbz"
    odd.write_bytes(good_tar())
    assert names(str(odd)) == [str(odd)]


def test_an_archive_that_is_named_twice_is_there_once(folder: Path) -> None:
    assert names(str(folder / "b.mbz"), str(folder)) == [
        str(folder / name) for name in ("b.mbz", "a.MBZ", "deeper/c.mbz", "deeper/folder.mbz/d.mbz")
    ]


@pytest.mark.parametrize("word", ["", "/none-*.mbz"])
def test_a_place_without_archives_is_named(tmp_path: Path, word: str) -> None:
    with pytest.raises(NoArchiveFound, match=r"There is no \.mbz file in"):
        find_archives([f"{tmp_path}{word}"])


def test_a_far_folder_stands_for_the_archives_in_it_and_below(far: str) -> None:
    assert names(far) == ["memory:///far/a.mbz", "memory:///far/deeper/b.mbz"]


def test_a_far_pattern_stands_for_what_it_fits(far: str) -> None:
    assert names(f"{far}/*.mbz") == ["memory:///far/a.mbz"]


def test_a_far_archive_is_read(far: str) -> None:
    [location] = find_archives([f"{far}/deeper/b.mbz"])
    with open_archive(location) as source:
        assert read_header(source).original_course_shortname == "BIO101"


def test_a_far_archive_that_is_missing_is_named(far: str) -> None:
    with (
        pytest.raises(UnreadableArchive, match="there is no such file"),
        open_archive(locate(f"{far}/x.mbz")),
    ):
        pass


def test_a_file_url_is_a_file(folder: Path) -> None:
    [location] = find_archives([f"file://{folder}/b.mbz"])
    with open_archive(location) as source:
        assert read_header(source).backup_release == "4.3"


def test_the_query_of_an_address_is_no_pattern(far: str) -> None:
    assert names(f"{far}/a.mbz?version=2") == ["memory://far/a.mbz"]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/data/course.mbz", "/data/course.mbz"),
        ("https://user:secret@example.fr/a.mbz?token=secret#secret", "https://example.fr/a.mbz"),
        ("s3://bucket/2026/a.mbz", "s3://bucket/2026/a.mbz"),
        ("simplecache::https://u:secret@example.fr/a.mbz", "simplecache::https://example.fr/a.mbz"),
        ("https://[secret/a.mbz", "https://…"),
    ],
)
def test_a_name_has_no_secret(address: str, name: str) -> None:
    assert public_name(address) == name
    assert "secret" not in repr(locate(address))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("nowhere://x/a.mbz", "ValueError"),
        ("file:///missing/a.mbz", "there is no such file"),
        ("missing.mbz", "there is no such file"),
        ("/", "it is a folder"),
    ],
)
def test_what_cant_be_opened_is_named_with_the_reason(address: str, reason: str) -> None:
    with pytest.raises(UnreadableArchive, match=reason), open_archive(locate(address)):
        pass
