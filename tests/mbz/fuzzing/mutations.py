"""Makes broken archives out of good ones: in the container, in the list of members, in the documents.

Bytes changed at random in a packed archive only ever meet its checksum. So an archive is taken apart, one
of its layers is changed, and what lies above is put together again as it ought to be, mostly.
"""

import gzip
import io
import re
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable
from random import Random
from typing import Final

from tests.mbz.archives import archive_index

Members = list[tuple[str, bytes]]

_NAMES: Final = (
    *("../x", "/x", "./users.xml", "a\\b", "c:x", "course/", "course/enrolments.xml", "users.xml", "x" * 120),
    *("moodle_backup.xml", "moodle.xml", "imsmanifest.xml", ".ARCHIVE_INDEX", "é.xml", "", "."),
)
_TOKENS: Final[tuple[bytes, ...]] = (
    *(
        b"<",
        b">",
        b"/>",
        b"</",
        b"&",
        b"&amp;",
        b"&#0;",
        b"&#x110000;",
        b"&x;",
        b"<!--",
        b"-->",
        b"<![CDATA[",
    ),
    *(b"]]>", b"<?x?>", b"<!DOCTYPE x>", b'<!DOCTYPE x [<!ENTITY a "b">]>', b"\0", b"\xff", b"\xed\xa0\x80"),
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"$@NULL@$",
        b"",
        b"-1",
        b"0",
        b"1e9",
        b"9" * 18,
        b"9" * 19,
        b"2147483648",
    ),
    *(b" ", b"\n", b"1.5", b"-", "٣".encode(), b'id="', b"<id>", b"</id>", b"<a>" * 70, b"a" * 2000),
)
_ELEMENT: Final = re.compile(rb"<([a-z_]+)[^<>]*>[^<>]*</\1>")
_TEXT: Final = re.compile(rb"(?<=[>\"])[^<>\"]+(?=[<\"])")


def mutate(random: Random, packed: bytes) -> bytes:
    """Give an archive with something changed in one of its layers, or in several."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        packed = random.choices(_LAYERS, weights=_WEIGHTS)[0](random, packed)
    return packed


def unpack(packed: bytes) -> Members:
    """List the members of an archive; none where it can't be taken apart any more."""
    return [(name.encode("utf-8", "replace").decode(), content) for name, content in _unpack(packed)]


def _unpack(packed: bytes) -> Members:
    try:
        if packed.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(packed)) as archive:
                return [(name, archive.read(name)) for name in archive.namelist()]
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed))) as archive:
            return [(entry.name, _content(archive, entry)) for entry in archive]
    except Exception:  # noqa: BLE001 -- what is broken already is only broken further
        return []


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(entry) if entry.isfile() else None
    return b"" if file is None else file.read()


def _repack(random: Random, members: Members) -> bytes:
    if random.random() < 0.4:
        return _zipped(random, members)
    if random.random() < 0.5:
        members = [member for member in members if member[0] != ".ARCHIVE_INDEX"]
        members.insert(0, (".ARCHIVE_INDEX", archive_index(members)))
    return gzip.compress(_tarred(random, members), 1, mtime=0)


def _zipped(random: Random, members: Members) -> bytes:
    packed = io.BytesIO()
    method = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w") as archive:
        warnings.simplefilter("ignore")  # two members may have one name
        for name, content in members:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = method
            if random.random() < 0.002:
                entry.external_attr = 0o120777 << 16
            with archive.open(entry, "w", force_zip64=random.random() < 0.2) as file:
                file.write(content)
    return packed.getvalue()


def _tarred(random: Random, members: Members) -> bytes:
    form = random.choice((tarfile.USTAR_FORMAT, tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            if random.random() < 0.002:
                entry.type = random.choice((b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"S", b"Z"))
            try:
                archive.addfile(entry, io.BytesIO(content))
            except ValueError:
                continue  # a name that this form of tar has no room for
    return packed.getvalue()


def _change_bytes(random: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 8))):
        at = random.randrange(len(changed) + 1)
        random.choice((_put_byte, _put_token, _cut_out, _repeat, _cut_off))(random, changed, at)
    return bytes(changed)


def _put_byte(random: Random, content: bytearray, at: int) -> None:
    content[at : at + 1] = bytes([random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))])


def _put_token(random: Random, content: bytearray, at: int) -> None:
    content[at:at] = random.choice(_TOKENS)


def _cut_out(random: Random, content: bytearray, at: int) -> None:
    del content[at : at + random.choice((1, 2, 8, 64, 512))]


def _repeat(random: Random, content: bytearray, at: int) -> None:
    piece = content[at : at + random.choice((1, 4, 64, 512))]
    content[at:at] = piece * random.choice((1, 2, 20))


def _cut_off(random: Random, content: bytearray, at: int) -> None:
    if random.random() < 0.3:
        del content[at:]


def _change_packed(random: Random, packed: bytes) -> bytes:
    return _change_bytes(random, packed)


def _change_tar(random: Random, packed: bytes) -> bytes:
    """Change the tar within whole gzip, and mostly mend the header's checksum."""
    try:
        content = bytearray(_change_bytes(random, gzip.decompress(packed)))
    except (OSError, EOFError, zlib.error):
        return _change_packed(random, packed)
    if random.random() < 0.8:
        for at in range(0, len(content) - 511, 512):
            if content[at + 257 : at + 262] == b"ustar":
                content[at + 148 : at + 156] = b" " * 8
                content[at + 148 : at + 156] = b"%06o\0 " % sum(content[at : at + 512])
    return gzip.compress(bytes(content), 1, mtime=0)


def _change_members(random: Random, packed: bytes) -> bytes:
    """Rename, repeat, leave out, reorder or add a member."""
    members = unpack(packed)
    if not members:
        return _change_packed(random, packed)
    at = random.randrange(len(members))
    name, content = members[at]
    match random.randrange(6):
        case 0:
            members[at] = (random.choice(_NAMES), content)
        case 1:
            members.insert(random.randrange(len(members) + 1), members[at])
        case 2:
            del members[at]
        case 3:
            random.shuffle(members)
        case 4:
            members.insert(at, (random.choice(_NAMES), random.choice(members)[1]))
        case _:
            members[at] = (name, random.choice(members)[1])
    return _repack(random, members)


def _change_document(random: Random, packed: bytes) -> bytes:
    """Change one document: bytes, a text, or an element, which is repeated, removed or moved."""
    members = unpack(packed)
    if not members:
        return _change_packed(random, packed)
    at = random.randrange(len(members))
    name, content = members[at]
    members[at] = (name, random.choice((_change_bytes, _change_text, _change_element))(random, content))
    return _repack(random, members)


def _change_text(random: Random, content: bytes) -> bytes:
    found = list(_TEXT.finditer(content))
    if not found:
        return _change_bytes(random, content)
    start, end = random.choice(found).span()
    other = random.choice(_TOKENS) if random.random() < 0.5 else random.choice(found)[0]
    return content[:start] + other + content[end:]


def _change_element(random: Random, content: bytes) -> bytes:
    found = list(_ELEMENT.finditer(content))
    if not found:
        return _change_bytes(random, content)
    start, end = random.choice(found).span()
    element = content[start:end]
    match random.randrange(3):
        case 0:
            return content[:start] + content[end:]
        case 1:
            return content[:end] + element * random.choice((1, 1, 100)) + content[end:]
        case _:
            rest = content[:start] + content[end:]
            place = random.choice([*(each.end() for each in _ELEMENT.finditer(rest)), 0])
            return rest[:place] + element + rest[place:]


_LAYERS: Final[tuple[Callable[[Random, bytes], bytes], ...]] = (
    _change_packed,
    _change_tar,
    _change_members,
    _change_document,
)
_WEIGHTS: Final = (1, 2, 2, 6)
