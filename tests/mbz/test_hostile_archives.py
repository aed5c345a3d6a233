"""Whatever is in an archive, reading it ends in one clear sentence, soon, and in little memory."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from maintien.errors.archive_limits import (
    ArchiveTooLarge,
    CompressionTooHigh,
    DocumentTooLarge,
    TooManyDefinitions,
    TooManyMembers,
    TooManyRows,
    TooMuchText,
)
from maintien.errors.archives import DamagedArchive, TruncatedArchive
from maintien.errors.tree import ArchiveBeyondLimits, ArchiveError
from maintien.mbz.limits import ArchiveLimits
from maintien.mbz.reading import read_archive
from maintien.mbz.source import ArchiveSource
from tests.mbz.archives import NAME, documents, gzip_tar, source_of, zipped
from tests.mbz.bounded_reading import __file__ as bounded_reading
from tests.mbz.hostile import HOSTILE, MIB, OF_THE_COURSE_ONLY, good_tar, good_zip, many_members, zeros

PROJECT: Final = Path(__file__).resolve().parents[2]
MEMORY: Final = 100 * MIB
"""What reading may take, the program included."""
ADDRESSES: Final = 400 * MIB
"""Of which the system counts also what is never touched."""
PROCESSOR: Final = 240
"""Seconds for all of them together, many times what they take; without limits one alone takes hours."""


@pytest.mark.parametrize("name", HOSTILE)
def test_each_is_refused_for_what_it_is(name: str) -> None:
    make, kind = HOSTILE[name]
    with pytest.raises(ArchiveError) as refused:
        read_archive(source_of(make()))
    assert type(refused.value) is kind
    assert str(refused.value).count("\n") == 0


def test_none_takes_much_memory_or_time(tmp_path: Path) -> None:
    expected = {}
    for number, (make, kind) in enumerate(HOSTILE.values()):
        (tmp_path / f"{number}.mbz").write_bytes(make())
        expected[str(number)] = kind.__name__
    (tmp_path / "members.mbz").write_bytes(many_members(1_000_000))
    expected["members"] = "TooManyMembers"
    answer = _read_bounded(tmp_path)
    # Counting needs no rows, so two of one id stay unnoticed.
    counted = {name: "nothing" if kind == "RepeatedRow" else kind for name, kind in expected.items()}
    assert answer["found"] == counted
    assert answer["peak"] < MEMORY
    assert answer["converted"] == {
        name: _CONVERTED.get(_NAMES.get(name, name), kind) for name, kind in expected.items()
    }
    for name, what in answer["converted"].items():
        new = tmp_path / f"{name}.new"
        assert new.exists() == (what == "nothing")
        assert not new.exists() or read_archive(source_of(new.read_bytes())).state.enrolments


_NAMES: Final = {str(number): name for number, name in enumerate(HOSTILE)}
_CONVERTED: Final = {
    **dict.fromkeys(OF_THE_COURSE_ONLY, "nothing"),
    # Definitions of roles are kept to be written again, within a limit of their own.
    "roles with names of a megabyte": "DocumentTooLarge",
}
"""What a conversion says of an archive where it is not what reading all of it says."""


def _read_bounded(folder: Path) -> dict[str, Any]:
    command = [sys.executable, bounded_reading, str(folder), str(ADDRESSES), str(PROCESSOR)]
    ended = subprocess.run(command, capture_output=True, check=False, cwd=PROJECT, text=True)  # noqa: S603 -- our own program
    assert ended.returncode == 0, ended.stderr
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


@pytest.mark.parametrize("whole", [good_tar(), good_zip()], ids=["gzip tar", "zip"])
def test_an_archive_cut_anywhere_is_cut_off_or_damaged(whole: bytes) -> None:
    for length in range(5, len(whole)):
        with pytest.raises((TruncatedArchive, DamagedArchive)):
            read_archive(source_of(whole[:length]))


def test_a_bomb_is_refused_near_its_beginning() -> None:
    file = io.BytesIO(zeros(8 * 1024 * MIB - 1))
    assert len(file.getbuffer()) > 8 * MIB
    with pytest.raises(CompressionTooHigh):
        read_archive(ArchiveSource(name=NAME, file=file))
    assert file.tell() < MIB


def test_a_zip_that_declares_a_bomb_is_refused_before_it_is_unpacked() -> None:
    packed = zipped([*documents(users=None).items(), ("users.xml", bytes(80 * MIB))])
    with pytest.raises(CompressionTooHigh):
        read_archive(source_of(packed))


LIMITED: Final = {
    "members": (ArchiveLimits(members=7), TooManyMembers),
    "total_size": (ArchiveLimits(total_size=4_000), ArchiveTooLarge),
    "ratio": (ArchiveLimits(ratio=2, unchecked_size=0), CompressionTooHigh),
    "document_size": (ArchiveLimits(document_size=1_000), DocumentTooLarge),
    "rows": (ArchiveLimits(rows=3), TooManyRows),
    "definitions": (ArchiveLimits(definitions=1), TooManyDefinitions),
    "text_total": (ArchiveLimits(text_total=100), TooMuchText),
}


@pytest.mark.parametrize("name", LIMITED)
@pytest.mark.parametrize("whole", [good_tar(), good_zip()], ids=["gzip tar", "zip"])
def test_each_limit_holds_and_the_sentence_says_how_to_raise_it(name: str, whole: bytes) -> None:
    limits, kind = LIMITED[name]
    with pytest.raises(ArchiveBeyondLimits) as refused:
        read_archive(source_of(whole), limits=limits)
    assert type(refused.value) is kind
    assert f"--limit {name}=N" in str(refused.value)


def test_a_limit_that_was_raised_holds_no_more() -> None:
    packed = gzip_tar([("x", bytes(80 * MIB)), *documents().items()])
    with pytest.raises(CompressionTooHigh):
        read_archive(source_of(packed))
    assert read_archive(source_of(packed), limits=ArchiveLimits(ratio=2_000)).state.enrolments
