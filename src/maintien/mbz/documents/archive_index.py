"""``.ARCHIVE_INDEX``: the list of members that a gzip tar begins with.

A line a member: path, ``d`` or ``f``, size, time, with tabs between, behind a line with their number.
Source: tgz_packer::write_archive (lib/filestorage/tgz_packer.php), Moodle 4.3; since 2.6.
"""

from collections.abc import Iterator

from maintien.errors.archive_limits import DocumentTooLarge
from maintien.mbz.container.member import Member
from maintien.mbz.limits import ArchiveLimits


def parse_index(member: Member, limits: ArchiveLimits) -> Iterator[str]:
    """Give the paths of the files listed; what is no such line is passed over.

    Raises ArchiveError.
    """
    if member.size > limits.document_size:
        raise DocumentTooLarge(archive=member.archive, member=member.path, limit=limits.document_size)
    for line in _lines(member, limits):
        path, _, rest = line.partition(b"\t")
        if rest.startswith(b"f\t"):
            yield path.decode("utf-8", "backslashreplace")


def _lines(member: Member, limits: ArchiveLimits) -> Iterator[bytes]:
    rest = b""
    for chunk in member.chunks():
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > limits.token_length:
            rest = b""
        yield from lines
    yield rest
