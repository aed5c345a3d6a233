"""Archives that somebody made to do harm, or that something broke: by name, with what is said of each."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from maintien.errors.archive_limits import (
    CompressionTooHigh,
    NestedTooDeep,
    TagTooLong,
    TooManyDefinitions,
    TooManyNames,
    TooMuchText,
    ValueTooLong,
)
from maintien.errors.archives import (
    ArchiveLacksDocument,
    BrokenDocument,
    BrokenValue,
    CommonCartridge,
    DamagedArchive,
    DocumentTypeRefused,
    EmptyArchive,
    LinkInArchive,
    MemberTwice,
    MissingValue,
    Moodle1Backup,
    NotAMoodleBackup,
    NotAnArchive,
    RepeatedRow,
    TruncatedArchive,
    TruncatedDocument,
    UnknownBackupFormat,
    UnsafeMember,
)
from maintien.errors.tree import ArchiveError
from tests.mbz.archives import (
    documents,
    enrolment_xml,
    enrolments_xml,
    gzip_tar,
    gzip_tar_without_index,
    moodle_backup_xml,
    tar,
    users_xml,
    zipped,
)

MIB: Final = 1024 * 1024

Bad = tuple[Callable[[], bytes], type[ArchiveError]]


def good_tar() -> bytes:
    """A small archive that nothing is wrong with, in a gzip tar."""
    return gzip_tar(documents().items())


def good_zip() -> bytes:
    """The same in a zip."""
    return zipped(documents().items())


def zeros(size: int) -> bytes:
    """Gzip that unpacks to a tar with a member of ``size`` zeros, made in no time: one block, repeated."""
    entry = tarfile.TarInfo("files/ab/abcdef")
    entry.size = size
    header = entry.tobuf(tarfile.USTAR_FORMAT)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(header) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.flush()
    gzip_header = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    return gzip_header + start + block * (size // MIB) + end + bytes(8)


def many_members(number: int) -> bytes:
    """Gzip of a tar with so many members without content, all of other names."""
    template = bytearray(tarfile.TarInfo("files/00000000").tobuf(tarfile.USTAR_FORMAT))
    template[148:156] = b" " * 8
    plain = sum(template) - 8 * ord("0")
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as file:
        for n in range(number):
            digits = b"%08d" % n
            template[6:14] = digits
            template[148:156] = b"%06o\0 " % (plain + sum(digits))
            file.write(template)
    return packed.getvalue()


def with_link(kind: bytes) -> bytes:
    """A tar with a member that is neither a file nor a folder."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        entry = tarfile.TarInfo("course/enrolments.xml")
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
        for name, content in documents().items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue())


def with_zipped_link() -> bytes:
    """A zip with a symbolic link."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("course/enrolments.xml")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return packed.getvalue()


def with_member(name: str, pack: Callable[[Iterable[tuple[str, bytes]]], bytes] = gzip_tar) -> bytes:
    """An archive with one member more, before the others."""
    return pack([(name, b"x"), *documents().items()])


def changed(content: bytes, old: bytes, new: bytes, *, last: bool = False) -> bytes:
    """Bytes with something else in one place."""
    at = content.rindex(old) if last else content.index(old)
    return content[:at] + new + content[at + len(old) :]


def broken_tar(offset: int, new: bytes, *, mend: bool = True) -> bytes:
    """A tar whose first header has other bytes at a place; its checksum fits unless it is not mended."""
    whole = bytearray(tar(documents().items()))
    whole[offset : offset + len(new)] = new
    if mend:
        whole[148:156] = b" " * 8
        whole[148:156] = b"%06o\0 " % sum(whole[:512])
    return gzip.compress(bytes(whole))


def broken_zip(field: str, value: int, *, in_directory: bool = True) -> bytes:
    """A zip whose directory, or whose header, says something else of its first member."""
    content = bytearray(good_zip())
    start = content.index(b"PK\1\2") if in_directory else 0
    form, place = _FIELDS[field]
    struct.pack_into(form, content, start + place - (0 if in_directory else _EARLIER), value)
    return bytes(content)


def broken_end(place: int, form: str, value: int) -> bytes:
    """A zip whose end says something else of its directory."""
    content = bytearray(good_zip())
    struct.pack_into(form, content, content.rindex(b"PK\5\6") + place, value)
    return bytes(content)


_FIELDS: Final = {
    "flags": ("<H", 8),
    "method": ("<H", 10),
    "crc": ("<I", 16),
    "packed": ("<I", 20),
    "size": ("<I", 24),
    "offset": ("<I", 42),
}
_EARLIER: Final = 2
"""A member's own header lacks the two bytes that the directory's entry begins with."""


def of_documents(**replaced: bytes | None) -> Callable[[], bytes]:
    """An archive with other documents."""
    return lambda: gzip_tar(documents(**replaced).items())


def of_enrolment(**values: object) -> Callable[[], bytes]:
    """An archive with one strange enrolment more."""
    row = enrolment_xml(**{"id_": 900, "user": 3, **values})
    return of_documents(enrolments=enrolments_xml(more=row))


def of_header(old: str, new: str) -> Callable[[], bytes]:
    """An archive whose header says something else."""
    return of_documents(moodle_backup=changed(moodle_backup_xml(), old.encode(), new.encode()))


_LAUGHS: Final = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))

CONTAINERS: Final[Mapping[str, Bad]] = {
    "an archive of 0 bytes": (lambda: b"", EmptyArchive),
    "one byte": (lambda: b"\x1f", NotAnArchive),
    "a text": (lambda: b"Bonjour !\n" * 100, NotAnArchive),
    "a PDF": (lambda: b"%PDF-1.7\n" + bytes(2000), NotAnArchive),
    "a page of HTML, as a failed download is": (lambda: b"<!DOCTYPE html><html></html>", NotAnArchive),
    "a tar that nobody compressed": (lambda: tar(documents().items()), NotAnArchive),
    "gzip of a text": (lambda: gzip.compress(b"Bonjour !\n" * 100), DamagedArchive),
    "gzip of nothing": (lambda: gzip.compress(b""), NotAMoodleBackup),
    "a gzip header and nothing more": (lambda: good_tar()[:10], TruncatedArchive),
    "a tar of something else": (lambda: gzip_tar([("photo.jpg", b"x")]), NotAMoodleBackup),
    "a zip of something else": (lambda: zipped([("photo.jpg", b"x")]), NotAMoodleBackup),
    "an empty zip": (lambda: zipped([]), NotAMoodleBackup),
    "a backup of Moodle 1.9": (lambda: zipped([("moodle.xml", b"<MOODLE_BACKUP/>")]), Moodle1Backup),
    "an IMS Common Cartridge": (lambda: zipped([("imsmanifest.xml", b"<manifest/>")]), CommonCartridge),
    "truncated gzip": (lambda: good_tar()[:-20], TruncatedArchive),
    "gzip without its checksum": (lambda: good_tar()[:-8], TruncatedArchive),
    "wrong CRC": (lambda: good_tar()[:-8] + b"\0\0\0\0" + good_tar()[-4:], DamagedArchive),
    "wrong length": (lambda: good_tar()[:-4] + b"\1\0\0\0", DamagedArchive),
    "something behind the end of the gzip": (lambda: good_tar() + b"and more", DamagedArchive),
    "a byte of the packed data is another": (
        lambda: good_tar()[:300] + bytes([good_tar()[300] ^ 255]) + good_tar()[301:],
        DamagedArchive,
    ),
    "a tar cut within whole gzip": (lambda: gzip.compress(tar(documents().items())[:3000]), TruncatedArchive),
    "a wrong checksum in a tar header": (lambda: broken_tar(0, b"X", mend=False), DamagedArchive),
    "no size in a tar header": (lambda: broken_tar(124, b"many       \0"), DamagedArchive),
    "a size in GNU's binary form": (lambda: broken_tar(124, b"\x80" + b"\0" * 10 + b"\5"), DamagedArchive),
    "a tar header without its magic": (lambda: broken_tar(257, b"tar!!"), DamagedArchive),
    "crumbs of gzip": (lambda: gzip.compress(b"") * 50_000, DamagedArchive),
    "10 GB of zeros in 10 MB": (
        lambda: zeros(8 * 1024 * MIB - 1) + zeros(2 * 1024 * MIB),
        CompressionTooHigh,
    ),
    "a document of zeros in a zip": (
        lambda: zipped([("users.xml", bytes(80 * MIB)), *documents(users=None).items()]),
        CompressionTooHigh,
    ),
    "a zip without its end": (lambda: good_zip()[:-30], TruncatedArchive),
    "half a zip": (lambda: good_zip()[: len(good_zip()) // 2], TruncatedArchive),
    "a zip of which the beginning is missing": (lambda: b"PK\3\4" + good_zip()[200:], DamagedArchive),
    "a zip that says its member is larger": (lambda: broken_zip("size", 9_999), DamagedArchive),
    "a zip that says its member is smaller": (lambda: broken_zip("size", 9), DamagedArchive),
    "a zip that says its member is packed larger": (lambda: broken_zip("packed", 1_000), DamagedArchive),
    "a zip that says its member is packed smaller": (lambda: broken_zip("packed", 9), DamagedArchive),
    "a zip with another checksum": (lambda: broken_zip("crc", 9), DamagedArchive),
    "a zip that points elsewhere": (lambda: broken_zip("offset", 99), DamagedArchive),
    "a zip that points behind its end": (lambda: broken_zip("offset", 2**31), TruncatedArchive),
    "a zip that says its member is stored": (lambda: broken_zip("method", 0), DamagedArchive),
    "a zip packed in another way": (lambda: broken_zip("method", 14), DamagedArchive),
    "an encrypted zip": (lambda: broken_zip("flags", 1), DamagedArchive),
    "a zip whose member says another method": (
        lambda: broken_zip("method", 0, in_directory=False),
        DamagedArchive,
    ),
    "a zip whose member says another name": (
        lambda: changed(good_zip(), b"course/course.xml", b"course/x_urse.xml"),
        DamagedArchive,
    ),
    "a zip with fewer entries than it says": (lambda: broken_end(10, "<H", 9), DamagedArchive),
    "a zip with more entries than it says": (lambda: broken_end(10, "<H", 3), DamagedArchive),
    "a zip with a larger directory than it says": (lambda: broken_end(12, "<I", 60), DamagedArchive),
    "a zip with its directory elsewhere": (lambda: broken_end(16, "<I", 60), DamagedArchive),
    "a zip that says Zip64 and is not": (lambda: broken_end(16, "<I", 0xFFFFFFFF), DamagedArchive),
    "one part of a split zip": (lambda: broken_end(4, "<H", 1), DamagedArchive),
}

MEMBERS: Final[Mapping[str, Bad]] = {
    "../x": (lambda: with_member("../x"), UnsafeMember),
    "a path that goes up further on": (lambda: with_member("files/../../x"), UnsafeMember),
    "an absolute path": (lambda: with_member("/etc/cron.d/x"), UnsafeMember),
    "a path of Windows": (lambda: with_member("..\\x"), UnsafeMember),
    "a drive of Windows": (lambda: with_member("C:x"), UnsafeMember),
    "../x in a zip": (lambda: with_member("../x", zipped), UnsafeMember),
    "an absolute path in a zip": (lambda: with_member("/etc/cron.d/x", zipped), UnsafeMember),
    "a zero in a name of a zip": (
        lambda: changed(with_member("course/z.xml", zipped), b"course/z.xml", b"course\0z.xml", last=True),
        UnsafeMember,
    ),
    "a symbolic link": (lambda: with_link(tarfile.SYMTYPE), LinkInArchive),
    "a hard link": (lambda: with_link(tarfile.LNKTYPE), LinkInArchive),
    "a character device": (lambda: with_link(tarfile.CHRTYPE), LinkInArchive),
    "a block device": (lambda: with_link(tarfile.BLKTYPE), LinkInArchive),
    "a pipe": (lambda: with_link(tarfile.FIFOTYPE), LinkInArchive),
    "a symbolic link in a zip": (with_zipped_link, LinkInArchive),
    "two members of one name": (
        lambda: gzip_tar([*documents().items(), ("course/enrolments.xml", enrolments_xml(()))]),
        MemberTwice,
    ),
    "two members of one name, one of them with ./": (
        lambda: gzip_tar_without_index([("./users.xml", users_xml(())), *documents().items()]),
        MemberTwice,
    ),
    "no header": (of_documents(moodle_backup=None), NotAMoodleBackup),
    "no enrolments": (of_documents(enrolments=None), ArchiveLacksDocument),
    "no roles of the course": (of_documents(course_roles=None), ArchiveLacksDocument),
    "no users, though the header says so": (of_documents(users=None), ArchiveLacksDocument),
    "no users in a zip, though the header says so": (
        lambda: zipped(documents(users=None).items()),
        ArchiveLacksDocument,
    ),
    "another format": (of_header("moodle2", "moodle3"), UnknownBackupFormat),
}

DOCUMENTS: Final[Mapping[str, Bad]] = {
    "a billion laughs": (
        of_documents(users=f'<!DOCTYPE x [<!ENTITY l0 "ha">{_LAUGHS}]><users>&l11;</users>'.encode()),
        DocumentTypeRefused,
    ),
    "a long entity many times": (
        of_documents(users=b'<!DOCTYPE x [<!ENTITY a "' + b"a" * MIB + b'">]><users>' + b"&a;" * 9999),
        DocumentTypeRefused,
    ),
    "an external entity": (
        of_documents(users=b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><users>&a;</users>'),
        DocumentTypeRefused,
    ),
    "an external document type": (
        of_documents(moodle_backup=b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><moodle_backup/>'),
        DocumentTypeRefused,
    ),
    "a parameter entity": (
        of_documents(groups=b'<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///dev/zero"> %a;]><groups/>'),
        DocumentTypeRefused,
    ),
    "an entity that nobody declared": (of_documents(groups=b"<groups>&nbsp;</groups>"), BrokenDocument),
    "XML cut in the middle": (of_documents(enrolments=enrolments_xml()[:-40]), TruncatedDocument),
    "XML cut within a tag": (of_documents(enrolments=enrolments_xml()[:-4]), TruncatedDocument),
    "XML cut within a character": (of_documents(course="<course>é".encode()[:-1]), TruncatedDocument),
    "an empty document": (of_documents(enrolments=b""), TruncatedDocument),
    "a document that is no XML": (of_documents(enrolments=b"[]"), BrokenDocument),
    "a document of zeros": (of_documents(enrolments=bytes(100)), BrokenDocument),
    "a document behind a document": (
        of_documents(enrolments=enrolments_xml() + b"<enrolments/>"),
        BrokenDocument,
    ),
    "tags that don't match": (of_documents(enrolments=b"<enrolments></enrols>"), BrokenDocument),
    "invalid UTF-8": (of_documents(users=users_xml((3, 4)).replace(b"\xc3\xa9", b"\xe9")), BrokenDocument),
    "a surrogate in UTF-8": (
        of_documents(users=users_xml((3, 4)).replace(b"\xc3\xa9", b"\xed\xa0\x80")),
        BrokenDocument,
    ),
    "UTF-16": (of_documents(users=users_xml((3, 4)).decode().encode("utf-16")), BrokenDocument),
    "another encoding than it says": (
        of_documents(users=b'<?xml version="1.0" encoding="ISO-8859-1"?><users>\xe9</users>'),
        BrokenDocument,
    ),
    "a control character": (of_documents(users=b"<users>\x1b</users>"), BrokenDocument),
    "elements in elements without end": (
        of_documents(groups=b"<groups>" + b"<a>" * 100_000),
        NestedTooDeep,
    ),
    "an attribute of 50 MB": (
        of_documents(groups=b'<groups x="' + b"ab" * 25 * MIB + b'"/>'),
        TagTooLong,
    ),
    "a comment of 50 MB": (of_documents(groups=b"<groups><!--" + b"ab" * 25 * MIB), TagTooLong),
    "a name of 50 MB": (of_documents(groups=b"<" + b"ab" * 25 * MIB), TagTooLong),
    "a value of 50 MB": (
        of_documents(groups=b'<groups><group id="1"><name>' + b"ab" * 25 * MIB),
        ValueTooLong,
    ),
    "a million groups": (
        of_documents(
            groups=b"<groups>" + b"".join(b'<group id="%d"><name/></group>' % n for n in range(1_000_000))
        ),
        TooManyDefinitions,
    ),
    "roles with names of a megabyte": (
        of_documents(
            roles=b"<roles_definition>"
            + b"".join(
                b'<role id="%d"><shortname>%s</shortname></role>' % (n, b"ab" * (MIB // 2))
                for n in range(200)
            )
        ),
        TooMuchText,
    ),
    "numbers of a megabyte": (
        of_documents(
            enrolments=enrolments_xml(
                more="".join(enrolment_xml(n, n, "1" * (MIB - 10 - n)) for n in range(10, 15))
            )
        ),
        BrokenValue,
    ),
    "a million names": (
        of_documents(groups=b"<groups>" + b"".join(b"<n%d/>" % n for n in range(1_000_000))),
        TooManyNames,
    ),
    "a million names of attributes": (
        of_documents(groups=b"<groups>" + b"".join(b'<n a%d=""/>' % n for n in range(1_000_000))),
        TooManyNames,
    ),
    "an element where a value belongs": (
        of_documents(groups=b'<groups><group id="1"><name><b/>TD</name></group></groups>'),
        BrokenDocument,
    ),
    "a column twice": (
        of_documents(groups=b'<groups><group id="1"><name>a</name><name>b</name></group></groups>'),
        BrokenDocument,
    ),
    "a column behind the rows that belong to it": (
        of_documents(
            groups=b'<groups><group id="1"><name>a</name><group_members><group_member id="2">'
            b"<userid>3</userid></group_member></group_members><idnumber>b</idnumber></group></groups>"
        ),
        BrokenDocument,
    ),
    "another root": (of_documents(moodle_backup=b"<quiz/>"), ArchiveLacksDocument),
    "an empty header": (of_documents(moodle_backup=b"<moodle_backup/>"), ArchiveLacksDocument),
    "an empty course": (of_documents(course=b"<activity/>"), ArchiveLacksDocument),
    "a word where a number belongs": (of_enrolment(ends_at="never"), BrokenValue),
    "a number with an exponent": (of_enrolment(ends_at="1e9"), BrokenValue),
    "a hexadecimal number": (of_enrolment(ends_at="0x10"), BrokenValue),
    "a broken number": (of_enrolment(ends_at="1.5"), BrokenValue),
    "a number with spaces": (of_enrolment(ends_at=" 1 "), BrokenValue),
    "a number as Python writes it": (of_enrolment(ends_at="1_000"), BrokenValue),
    "a number in another script": (of_enrolment(user="٣"), BrokenValue),
    "a number of 30 digits": (of_enrolment(user="1" * 30), BrokenValue),
    "a number of 100,000 digits": (of_enrolment(user="1" * 100_000), BrokenValue),
    "no number": (of_enrolment(user=""), BrokenValue),
    "NULL where a number belongs": (of_enrolment(user="$@NULL@$"), BrokenValue),
    "an id that is no number": (of_enrolment(id_="DROP TABLE"), BrokenValue),
    "a header whose date is no number": (of_header("<backup_date>1", "<backup_date>x"), BrokenValue),
    "a row without its id": (
        of_documents(enrolments=enrolments_xml(more=enrolment_xml(9, 9).replace(' id="9"', ""))),
        MissingValue,
    ),
    "a row without a column": (
        of_documents(enrolments=enrolments_xml(more=enrolment_xml(9, 9).replace("<userid>9</userid>", ""))),
        MissingValue,
    ),
    "two rows of one id": (of_enrolment(id_=503, user=4), RepeatedRow),
}

HOSTILE: Final[Mapping[str, Bad]] = {**CONTAINERS, **MEMBERS, **DOCUMENTS}

OF_THE_COURSE_ONLY: Final = frozenset(
    {
        *(f"a zip that says its member is {what}" for what in ("larger", "smaller", "stored")),
        *(f"a zip that says its member is packed {what}" for what in ("larger", "smaller")),
        *(f"a zip {what}" for what in ("with another checksum", "that points elsewhere")),
        *(f"a zip {what}" for what in ("that points behind its end", "packed in another way")),
        *(f"a zip whose member says another {what}" for what in ("method", "name")),
        *("an encrypted zip", "XML cut within a character", "an empty course"),
    }
)
"""What is wrong with ``course/course.xml`` alone, which a conversion does not open."""
