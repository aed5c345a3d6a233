"""``backup`` writes an archive of a course, and ``convert --backup`` one of each before it writes."""

import json
import sqlite3
import stat
import tarfile
from pathlib import Path

import pytest

from tests.cli.conftest import Say

CONVERT = ("convert", "--all", "--until", "2027-08-31")


def documents(path: Path) -> dict[str, str]:
    with tarfile.open(path) as archive:
        found = {each.name: archive.extractfile(each) for each in archive if each.isfile()}
        return {name: file.read().decode() for name, file in found.items() if file is not None}


def change(university: Path, statement: str) -> None:
    connection = sqlite3.connect(university)
    connection.execute(statement)
    connection.commit()
    connection.close()


def courses_with_manual_enrolments(university: Path) -> list[int]:
    connection = sqlite3.connect(university)
    try:
        query = (
            "SELECT DISTINCT e.courseid FROM mdl_user_enrolments ue JOIN mdl_enrol e ON e.id = ue.enrolid"
            " WHERE e.enrol = 'manual' ORDER BY e.courseid"
        )
        return [courseid for (courseid,) in connection.execute(query)]
    finally:
        connection.close()


def test_an_archive_is_written_and_said(tmp_path: Path, at_university: Say) -> None:
    path = tmp_path / "bio.mbz"
    said = at_university("backup", "--course", "BIO", "-o", str(path), "--json")
    assert (said.status, said.err) == (0, "")
    assert json.loads(said.out) == {
        "archive": str(path),
        "bytes": path.stat().st_size,
        "course": {"id": 2, "shortname": "BIO", "fullname": "Biologie \x1b[2J", "idnumber": "B1"},
        "anonymised": False,
        "instances": 2,
        "enrolments": 4,
        "role_assignments": 4,
        "users": 4,
        "groups": 0,
        "memberships": 0,
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_names_on_the_screen_are_harmless_and_in_the_archive_as_moodle_has_them(
    tmp_path: Path, at_university: Say
) -> None:
    path = tmp_path / "bio.mbz"
    said = at_university("backup", "--course", "BIO", "-o", str(path))
    assert "\x1b" not in said.out
    assert "Biologie \\x1b[2J" in said.out
    assert "<fullname>Biologie [2J</fullname>" in documents(path)["course/course.xml"]


def test_the_same_moment_gives_the_same_bytes(tmp_path: Path, at_university: Say) -> None:
    first, second = tmp_path / "first.mbz", tmp_path / "second.mbz"
    for path in (first, second):
        at_university("backup", "--course", "BIO", "-o", str(path))
    assert first.read_bytes() == second.read_bytes()


def test_nothing_is_written_to_moodle(university: Path, tmp_path: Path, at_university: Say) -> None:
    before = university.read_bytes()
    at_university("backup", "--course", "BIO", "-o", str(tmp_path / "bio.mbz"))
    assert university.read_bytes() == before


def test_anonymised_archives_name_nobody_and_keep_who_is_enrolled(tmp_path: Path, at_university: Say) -> None:
    named, nameless = tmp_path / "named.mbz", tmp_path / "nameless.mbz"
    at_university("backup", "--course", "BIO", "-o", str(named))
    said = at_university("backup", "--course", "BIO", "-o", str(nameless), "--anonymize", "--json")
    assert json.loads(said.out)["anonymised"] is True
    users = documents(nameless)["users.xml"]
    assert "<username>anon1</username>" in users
    assert not any(name in users.lower() for name in ("ada", "brahim", "chloe", "dora", "martin"))
    for name in ("course/enrolments.xml", "course/roles.xml", "course/inforef.xml"):
        assert documents(nameless)[name] == documents(named)[name]


def test_groups_are_there_when_asked_for(university: Path, tmp_path: Path, at_university: Say) -> None:
    change(university, "INSERT INTO mdl_groups (id, courseid, name) VALUES (1, 2, 'TD 1')")
    change(university, "INSERT INTO mdl_groups_members (groupid, userid) VALUES (1, 2)")
    plain, grouped = tmp_path / "plain.mbz", tmp_path / "grouped.mbz"
    at_university("backup", "--course", "BIO", "-o", str(plain))
    said = at_university("backup", "--course", "BIO", "-o", str(grouped), "--groups", "--json")
    figures = json.loads(said.out)
    # The administrator is in the group without being enrolled.
    assert [figures[name] for name in ("groups", "memberships", "enrolments", "users")] == [1, 1, 4, 5]
    assert "TD 1" in documents(grouped)["groups.xml"]
    assert "TD 1" not in documents(plain)["groups.xml"]
    assert '<user id="2"' not in documents(plain)["users.xml"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-o", "x.mbz"), "Say which course"),
        (("--course", "BIO"), "Say where to write the archive: -o FILE.mbz."),
        (("--course", "BIO", "--course", "MATH", "-o", "x.mbz"), "An archive holds one course"),
        (("--course", "PHYS", "-o", "x.mbz"), "There is no course 'PHYS'"),
        (("--course", "1", "-o", "x.mbz"), "front page"),
        (("--course", "BIO", "-o", "missing/x.mbz"), "missing/x.mbz can't be written"),
        (("--course", "BIO", "-o", "."), "There is already something at ."),
    ],
)
def test_what_can_not_be_is_said_and_nothing_is_left(
    arguments: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    at_university: Say,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    monkeypatch.chdir(there)
    said = at_university("backup", *arguments)
    assert (said.status, said.out) == (2, "")
    assert sentence in said.err
    assert list(there.iterdir()) == []


def test_a_file_that_is_there_stays_unless_told_otherwise(tmp_path: Path, at_university: Say) -> None:
    path = tmp_path / "bio.mbz"
    path.write_bytes(b"another")
    said = at_university("backup", "--course", "BIO", "-o", str(path))
    assert said.status == 2
    assert "not replaced" in said.err
    assert path.read_bytes() == b"another"
    assert at_university("backup", "--course", "BIO", "-o", str(path), "--force").status == 0
    assert tarfile.is_tarfile(path)


def test_a_preview_says_what_would_be_backed_up(tmp_path: Path, at_university: Say) -> None:
    folder = tmp_path / "backups"
    said = at_university(*CONVERT, "--backup", str(folder))
    assert said.status == 0
    assert "With --run, each course in which something is to be written is backed up" in said.err
    assert not folder.exists()


def test_a_run_backs_up_first_what_it_writes_in(tmp_path: Path, at_university: Say) -> None:
    folder = tmp_path / "backups"
    before = tmp_path / "before.mbz"
    at_university("backup", "--course", "BIO", "-o", str(before), "--groups")
    said = at_university(*CONVERT, "--backup", str(folder), "--run")
    assert said.status == 0
    assert f"Backups made in {folder} before anything was written: 2." in said.err
    names = sorted(path.name for path in folder.iterdir())
    # In HIST the manual method is disabled, and NEXT begins after the end date.
    assert names == [
        "backup-moodle2-course-2-BIO-20260829-124000.mbz",
        "backup-moodle2-course-3-MATH-20260829-124000.mbz",
    ]
    assert documents(folder / names[0]) == documents(before)


def test_a_second_run_has_nothing_to_back_up(tmp_path: Path, at_university: Say) -> None:
    folder = tmp_path / "backups"
    at_university(*CONVERT, "--run")
    said = at_university(*CONVERT, "--backup", str(folder), "--run")
    assert said.status == 0
    assert list(folder.iterdir()) == []


def test_a_course_without_a_backup_is_not_converted_and_named(
    university: Path, tmp_path: Path, at_university: Say
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    taken = folder / "backup-moodle2-course-3-MATH-20260829-124000.mbz"
    taken.write_bytes(b"another")
    said = at_university(*CONVERT, "--backup", str(folder), "--run", "--json")
    assert said.status == 3
    courses = {course["shortname"]: course for course in json.loads(said.out)["courses"]}
    assert courses["MATH"]["failure"]["kind"] == "course_not_backed_up"
    assert courses["BIO"].get("failure") is None
    assert taken.read_bytes() == b"another"
    assert courses_with_manual_enrolments(university) == [2]


def test_a_folder_that_can_not_be_stops_everything(
    university: Path, tmp_path: Path, at_university: Say
) -> None:
    before = university.read_bytes()
    said = at_university(*CONVERT, "--backup", str(tmp_path / "missing" / "folder"), "--run")
    assert said.status == 2
    assert "Backups can't be put into" in said.err
    assert university.read_bytes() == before


def test_a_saved_plan_is_applied_with_backups(tmp_path: Path, at_university: Say) -> None:
    plan, folder = tmp_path / "plan.json", tmp_path / "backups"
    at_university(*CONVERT, "--save", str(plan))
    said = at_university("apply", str(plan), "--backup", str(folder), "--run")
    assert said.status == 0, said.err
    assert len(list(folder.iterdir())) == 2
