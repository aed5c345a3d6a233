"""Archives that real Moodle wrote, written again from their rows: the same bytes."""

import gzip
from io import BytesIO

import pytest

from maintien.mbz.writing.backup import backup_members
from maintien.mbz.writing.tgz import write_tgz
from tests.mbz.writing.recorded_archives import contents_of, members_of, time_of
from tests.recorded_cases import PROCEDURE_CASES, procedure_case


@pytest.mark.parametrize("number", PROCEDURE_CASES)
def test_every_document_is_written_as_moodle_wrote_it(number: int) -> None:
    members = members_of(procedure_case(number).archive)
    written = {path: b"".join(pieces) for path, pieces in backup_members(contents_of(members))}
    assert [".ARCHIVE_INDEX", *written] == list(members)
    assert written == {path: data for path, data in members.items() if path != ".ARCHIVE_INDEX"}


@pytest.mark.parametrize("number", [101, 201, 301])
def test_the_tar_is_moodles_byte_for_byte(number: int) -> None:
    path = procedure_case(number).archive
    written = BytesIO()
    write_tgz(written, backup_members(contents_of(members_of(path))), written_at=time_of(path))
    assert gzip.decompress(written.getvalue()) == gzip.decompress(path.read_bytes())
