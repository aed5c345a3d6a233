"""The container: what tar programs and Moodle's own reader find in it."""

import gzip
import random
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from maintien.mbz.writing import spool
from maintien.mbz.writing.tar_headers import tar_header
from maintien.mbz.writing.tgz import encoded, write_tgz

MEMBERS = [
    ("course/course.xml", [b"<course>", b"</course>"]),
    ("users.xml", [b"u" * 512]),
    ("sections/section_8/section.xml", [b"s" * 513]),
    ("sections/section_9/section.xml", [b""]),
]


def test_the_index_comes_first_and_lists_folders_before_what_is_in_them() -> None:
    written = BytesIO()
    write_tgz(written, MEMBERS, written_at=1_760_000_000)
    written.seek(0)
    with tarfile.open(fileobj=written) as archive:
        assert [(each.name, each.isdir(), each.mtime) for each in archive] == [
            (".ARCHIVE_INDEX", False, 1_356_998_400),
            ("course", True, 1_356_998_400),
            ("course/course.xml", False, 1_760_000_000),
            ("users.xml", False, 1_760_000_000),
            ("sections", True, 1_356_998_400),
            ("sections/section_8", True, 1_356_998_400),
            ("sections/section_8/section.xml", False, 1_760_000_000),
            ("sections/section_9", True, 1_356_998_400),
            ("sections/section_9/section.xml", False, 1_760_000_000),
        ]
        index = archive.extractfile(".ARCHIVE_INDEX")
        assert index is not None
        assert index.read().decode() == (
            "Moodle archive file index. Count: 8\n"
            "course/\td\t0\t?\n"
            "course/course.xml\tf\t17\t1760000000\n"
            "users.xml\tf\t512\t1760000000\n"
            "sections/\td\t0\t?\n"
            "sections/section_8/\td\t0\t?\n"
            "sections/section_8/section.xml\tf\t513\t1760000000\n"
            "sections/section_9/\td\t0\t?\n"
            "sections/section_9/section.xml\tf\t0\t1760000000\n"
        )


def test_the_same_members_at_the_same_time_make_the_same_bytes() -> None:
    first, second = BytesIO(), BytesIO()
    write_tgz(first, MEMBERS, written_at=1_760_000_000)
    write_tgz(second, MEMBERS, written_at=1_760_000_000)
    assert first.getvalue() == second.getvalue()
    assert first.getvalue()[4:8] == bytes(4), "the gzip header has a time in it"


def test_contents_kept_on_disk_come_back_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", 1000)
    noise = random.Random(5).randbytes(300_000)
    contents = {"a.xml": noise, "b.xml": b"a" * 3_000_000, "c.xml": b"", "d/e.xml": noise[:7]}
    written = BytesIO()
    members = [(path, _cut(data)) for path, data in contents.items()]
    write_tgz(written, members, written_at=1, spool_folder=tmp_path)
    written.seek(0)
    with tarfile.open(fileobj=written) as archive:
        found = {each.name: archive.extractfile(each) for each in archive if each.isfile()}
        read = {name: file.read() for name, file in found.items() if file is not None}
    assert {name: data for name, data in read.items() if name != ".ARCHIVE_INDEX"} == contents
    assert list(tmp_path.iterdir()) == []


def test_a_document_is_encoded_in_few_pieces_and_whole() -> None:
    pieces = ["é"] * 300_000
    chunks = list(encoded(pieces))
    assert b"".join(chunks) == "".join(pieces).encode()
    assert len(chunks) == 2


def test_names_beyond_a_hundred_letters_are_split_as_ustar_has_it() -> None:
    path = "/".join(["folder" * 5] * 5) + "/name.xml"
    data = tar_header(path, size=0, modified_at=0) + bytes(1024)
    with tarfile.open(fileobj=BytesIO(data)) as archive:
        assert archive.getnames() == [path]


@pytest.mark.parametrize("path", ["x" * 101, "/".join(["f" * 60] * 5), "é.xml"])
def test_paths_that_no_ustar_holds_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"tar|ascii"):
        tar_header(path, size=0, modified_at=0)


def test_members_that_no_ustar_holds_are_refused() -> None:
    tar_header("users.xml", size=8**11 - 1, modified_at=0)
    with pytest.raises(ValueError, match="too large"):
        tar_header("users.xml", size=8**11, modified_at=0)


def test_a_failure_while_contents_are_made_goes_through() -> None:
    def failing() -> Iterator[bytes]:
        yield b"a"
        raise LookupError

    with pytest.raises(LookupError):
        write_tgz(BytesIO(), [("a.xml", failing())], written_at=0)


def test_standard_gzip_reads_it() -> None:
    written = BytesIO()
    write_tgz(written, MEMBERS, written_at=1)
    assert len(gzip.decompress(written.getvalue())) % 512 == 0


def _cut(data: bytes) -> Iterator[bytes]:
    return (data[start : start + 70_000] for start in range(0, len(data), 70_000))
