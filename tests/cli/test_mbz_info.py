"""``mbz info`` says what archives hold, names those that can't be read, and ends as it went."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Say
from tests.mbz.archives import (
    SETTINGS,
    course_xml,
    documents,
    enrolment_xml,
    enrolments_xml,
    gzip_tar,
    moodle_backup_xml,
    users_xml,
    zipped,
)
from tests.mbz.hostile import HOSTILE, changed, good_tar, good_zip


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A good one."""
    path = tmp_path / "course.mbz"
    path.write_bytes(good_tar())
    return path


def test_an_archive_is_described(archive: Path, say: Say) -> None:
    said = say("mbz", "info", str(archive))
    assert (said.status, said.err) == (0, "")
    lines = [" ".join(line.split()) for line in said.out.splitlines() if line.strip()]
    assert lines == [
        f"Archive {archive}",
        "Course BIO101 – Biologie générale",
        "Backup of a whole course",
        "Made 2026-11-23 14:46",
        "Moodle 4.3 (Build: 20231009)",
        "Site https://moodle.example.fr",
        "Users 2 accounts",
        "Groups 1 group, 1 membership, 1 of them owned by an enrolment method",
        "Settings on enrolled users, role assignments and groups and groupings",
        "Enrolment methods of the course",
        "Method Status Instances",
        "─" * len(lines[11]),
        "Manual enrolments enabled 1",
        "Cohort sync enabled 1",
        "Enrolments",
        "Method Status Enrolments Roles",
        "─" * len(lines[16]),
        "Cohort sync active 2 student 2",
    ]


def test_an_archive_is_described_in_a_document(archive: Path, say: Say) -> None:
    said = say("mbz", "info", str(archive), "--json")
    assert (said.status, said.err) == (0, "")
    assert json.loads(said.out) == {
        "archives": [
            {
                "archive": str(archive),
                "type": "course",
                "moodle_release": "4.3 (Build: 20231009)",
                "moodle_version": "2023100900",
                "backup_release": "4.3",
                "backup_date": {"unix": 1795445181, "iso": "2026-11-23T14:46:21+00:00"},
                "site": "https://moodle.example.fr",
                "site_identifier_hash": "4b676a49f581987f2d7e25e68de7bb5b",
                "settings": SETTINGS,
                "course": {
                    "id": 24,
                    "shortname": "BIO101",
                    "fullname": "Biologie générale",
                    "idnumber": "B1",
                },
                "instances": [
                    {"method": "manual", "status": "enabled", "count": 1},
                    {"method": "cohort", "status": "enabled", "count": 1},
                ],
                "enrolments": [
                    {
                        "method": "cohort",
                        "instance_status": "enabled",
                        "status": "active",
                        "count": 2,
                        "roles": [{"id": 5, "role": "student", "count": 2}],
                        "without_role": 0,
                    }
                ],
                "participants": 2,
                "role_assignments": [{"id": 5, "role": "student", "count": 2}],
                "groups": {
                    "included": True,
                    "count": 1,
                    "memberships": [{"component": "enrol_cohort", "count": 1}],
                },
                "users": {
                    "included": True,
                    "anonymised": False,
                    "count": 2,
                    "deleted": 0,
                    "enrolled_but_missing": 0,
                },
            }
        ],
        "failed": [],
    }


def _document(say: Say, *words: object) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(say("mbz", "info", *map(str, words), "--json").out)


def test_suspended_enrolments_and_people_without_a_role_are_counted(tmp_path: Path, say: Say) -> None:
    suspended = enrolment_xml(9, 8).replace("<status>0", "<status>1")
    path = tmp_path / "a.mbz"
    path.write_bytes(zipped(documents(enrolments=enrolments_xml((3, 7), more=suspended)).items()))
    [found] = _document(say, path)["archives"]
    assert [(each["status"], each["count"], each["without_role"]) for each in found["enrolments"]] == [
        ("active", 2, 1),
        ("suspended", 1, 1),
    ]
    assert (found["participants"], found["users"]["enrolled_but_missing"]) == (3, 2)
    assert "2 enrolled people have no account in the archive" in say("mbz", "info", str(path)).out


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"users": "1", "anonymize": "1"}, "anonymised"),
        ({"users": "0"}, "not included"),
        ({"users": "1"}, "included"),
    ],
)
def test_users_are_there_or_anonymised_or_not(
    settings: dict[str, str], word: str, tmp_path: Path, say: Say
) -> None:
    for name in ("a", "b"):
        packed = gzip_tar(
            documents(moodle_backup=moodle_backup_xml(settings), users=users_xml((3, 4))).items()
        )
        (tmp_path / f"{name}.mbz").write_bytes(packed)
    page = say("mbz", "info", str(tmp_path)).out
    assert len(re.findall(rf" {word} *\n", page)) == 2


def test_many_archives_are_listed_in_order(tmp_path: Path, say: Say) -> None:
    for number in range(9):
        (tmp_path / f"{number}.mbz").write_bytes(good_tar() if number % 2 else good_zip())
    said = say("mbz", "info", str(tmp_path), "--jobs", "2")
    assert (said.status, said.err) == (0, "")
    assert said.out.count("BIO101") == 9
    found = _document(say, tmp_path, "--jobs", "2")["archives"]
    assert [each["archive"] for each in found] == [str(tmp_path / f"{number}.mbz") for number in range(9)]


def test_one_bad_archive_stops_no_other(archive: Path, say: Say) -> None:
    missing, empty = archive.parent / "missing.mbz", archive.parent / "empty.mbz"
    empty.write_bytes(b"")
    said = say("mbz", "info", str(missing), str(archive), str(empty))
    assert said.status == 3
    assert said.err.splitlines() == [
        f"{missing} can't be read: there is no such file",
        f"{empty} is empty: copy or download it again.",
    ]
    assert "BIO101" in said.out
    failed = _document(say, missing, archive, empty)["failed"]
    assert [each["error"]["kind"] for each in failed] == ["unreadable_archive", "empty_archive"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_only_bad_archives_fail(language: str, tmp_path: Path, say: Say) -> None:
    for number, (make, _) in enumerate(list(HOSTILE.values())[::7]):
        (tmp_path / f"{number:02}.mbz").write_bytes(make())
    said = say("mbz", "info", str(tmp_path), "--jobs", "1", "--lang", language)
    assert (said.status, said.out) == (1, "")
    sentences = said.err.splitlines()
    assert len(sentences) == len(list(tmp_path.iterdir()))
    assert all(sentence.endswith(".") and ".mbz" in sentence for sentence in sentences)
    assert ("make a new backup" in said.err) == (language == "en")


def test_names_from_an_archive_can_do_no_harm(tmp_path: Path, say: Say) -> None:
    path = tmp_path / "a.mbz"
    header = moodle_backup_xml({"users": "1", "\u202eevil[red]": "1"})
    course = changed(course_xml(), b"BIO101", b"[bold]\xc2\x9b31mred")
    path.write_bytes(gzip_tar(documents(moodle_backup=header, course=course).items()))
    said = say("mbz", "info", str(path))
    assert said.status == 0
    assert "[bold]\\x9b31mred" in said.out
    assert "\\u202eevil[red]" in said.out
    assert "\u202e" not in said.out


def test_a_limit_can_be_raised(tmp_path: Path, say: Say) -> None:
    path = tmp_path / "a.mbz"
    path.write_bytes(gzip_tar([("x", bytes(80 * 1024 * 1024)), *documents().items()]))
    refused = say("mbz", "info", str(path))
    assert refused.status == 1
    assert "--limit ratio=N" in refused.err
    assert say("mbz", "info", str(path), "--limit", "ratio=2000").status == 0


@pytest.mark.parametrize("text", ["ratio", "ratio=many", "ratio=-1", "speed=9", "ratio=", "ratio=²"])
def test_a_limit_that_is_none_is_refused(text: str, archive: Path, say: Say) -> None:
    said = say("mbz", "info", str(archive), "--limit", text)
    assert said.status == 2
    assert said.err.startswith(f"--limit takes NAME=NUMBER, not '{text}'; its names are members, ")


def test_archives_have_to_be_named(say: Say) -> None:
    said = say("mbz", "info")
    assert (said.status, said.err) == (2, "Say which archives: .mbz files, folders of them, or URLs.\n")


def test_what_to_do_has_to_be_said(say: Say) -> None:
    assert say("mbz").status == 2
    assert say("mbz", "explode").status == 2


def test_a_url_shows_no_secret(say: Say) -> None:
    said = say("mbz", "info", "file://user:secret@/missing.mbz?secret")
    assert said.status == 1
    assert "secret" not in said.err
