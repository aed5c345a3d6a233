"""Names of archives in a folder of backups, and what becomes of a folder that can't be one."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from maintien.enrolments.state import Course
from maintien.errors.files import BackupFolderUnusable
from maintien.mbz.writing.backup_folder import BackupFolder, archive_name
from maintien.moodle.ids import CategoryId, ContextId, CourseId
from tests.mbz.writing.no_backups import NoBackups

PARIS = ZoneInfo("Europe/Paris")
NOW = 1_788_000_000


def course(shortname: str, number: int = 7) -> Course:
    return Course(CourseId(number), shortname, "", "", CategoryId(1), ContextId(1))


@pytest.mark.parametrize(
    ("shortname", "part"),
    [
        ("BIO101", "BIO101-"),
        ("Étude à Caen", "Etude_a_Caen-"),
        ("../../etc/passwd", "etc_passwd-"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j-"),
        ("\x1b[2J\n\x00", "2J-"),
        ("漢字", ""),
        ("", ""),
        ("...", ""),
        ("x" * 300, f"{'x' * 60}-"),
    ],
)
def test_names_are_harmless_and_say_which_course_and_when(shortname: str, part: str) -> None:
    name = archive_name(course(shortname), NOW, PARIS)
    assert name == f"backup-moodle2-course-7-{part}20260829-124000.mbz"


def test_courses_with_the_same_short_name_have_different_archives() -> None:
    assert archive_name(course("BIO", 2), NOW, PARIS) != archive_name(course("BIO", 3), NOW, PARIS)


def folder_at(path: Path) -> BackupFolder:
    return BackupFolder(folder=path, backups=NoBackups(), began_at=NOW, zone=PARIS, clock=lambda: NOW)


def test_a_new_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder_at(tmp_path / "new").open()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_there_is_taken_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder_at(tmp_path).open()
    assert tmp_path.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("place", ["file", "missing/folder", "null\0"])
def test_other_places_are_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BackupFolderUnusable):
        folder_at(tmp_path / place).open()
