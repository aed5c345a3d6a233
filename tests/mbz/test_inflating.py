"""With isal and without, the same comes out, in pieces of bounded length."""

import gzip
import random
import zlib

import pytest

from maintien.mbz.container import inflate
from maintien.mbz.container.inflate import INFLATE_ERRORS, Inflater, gzip_inflater, raw_inflater
from maintien.mbz.reading import read_archive
from tests.mbz.archives import source_of
from tests.mbz.hostile import CONTAINERS, good_tar, good_zip

CHANCE = random.Random(7)
CONTENTS = {
    "nothing": b"",
    "a word": b"maintien",
    "zeros": bytes(1_000_000),
    "noise": CHANCE.randbytes(300_000),
    "text": b" ".join(CHANCE.choices([b"cours", b"groupe", "rôle".encode()], k=100_000)),
}


@pytest.fixture(params=["with isal", "without isal"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick inflate, and the one that is always there."""
    monkeypatch.setattr(inflate, "HAS_ISAL", request.param == "with isal")


def unpack(inflater: Inflater, packed: bytes, *, given: int, taken: int) -> bytes:
    """Unpack so many bytes at once."""
    pieces = []
    waiting = [packed[at : at + given] for at in range(0, len(packed), given)]
    while not inflater.eof:
        piece = inflater.decompress(waiting.pop(0) if inflater.needs_input else b"", taken)
        assert len(piece) <= taken
        pieces.append(piece)
    assert waiting == []
    return b"".join(pieces)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize(("given", "taken"), [(65536, 262144), (1000, 1000), (65536, 512), (7, 262144)])
def test_what_was_packed_comes_out(content: str, given: int, taken: int) -> None:
    plain = CONTENTS[content]
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    raw = packer.compress(plain) + packer.flush()
    assert unpack(raw_inflater(), raw, given=given, taken=taken) == plain
    assert unpack(gzip_inflater(), gzip.compress(plain), given=given, taken=taken) == plain


@pytest.mark.usefixtures("either")
def test_what_lies_behind_the_end_is_given_back() -> None:
    inflater = gzip_inflater()
    assert inflater.decompress(gzip.compress(b"maintien") + b"more", 100) == b"maintien"
    assert (inflater.eof, inflater.unused_data) == (True, b"more")


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("place", [-1, -5], ids=["length", "checksum"])
def test_a_wrong_ending_is_an_error(place: int) -> None:
    packed = bytearray(gzip.compress(b"maintien" * 1000))
    packed[place] ^= 1
    with pytest.raises(INFLATE_ERRORS):
        unpack(gzip_inflater(), bytes(packed), given=100, taken=100)


@pytest.mark.parametrize("whole", [good_tar(), good_zip()], ids=["gzip tar", "zip"])
def test_an_archive_is_the_same_without_isal(whole: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = read_archive(source_of(whole))
    monkeypatch.setattr(inflate, "HAS_ISAL", False)
    assert read_archive(source_of(whole)) == quick


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_hostile_container_is_refused_without_isal_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflate, "HAS_ISAL", False)
    make, kind = CONTAINERS[name]
    with pytest.raises(kind):
        read_archive(source_of(make()))
