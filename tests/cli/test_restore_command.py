"""``restore`` at the command line: previewed, run, taken back; archives that it refuses."""

import json
import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from maintien.enrolments.state import Course
from maintien.moodle.ids import CategoryId, ContextId, CourseId, RoleId, UserId
from tests.builders import CourseBuilder
from tests.cli.conftest import Say
from tests.cli.test_runs_commands import change, rows, runs_of
from tests.mbz.archives import SETTINGS, moodle_backup_xml
from tests.mbz.course_archives import archive_of, user_element, users_xml

HISTORY = Course(CourseId(24), "BIO101", "Biologie générale", "", CategoryId(1), ContextId(386))
ADA, BRAHIM, NOBODY = 11, 12, 99


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of another site: its 7 is Ada here, its 8 has Brahim's user name, its 9 is nobody."""
    path = tmp_path / "old.mbz"
    path.write_bytes(archived())
    return path


def archived(**changed: bytes) -> bytes:
    course = CourseBuilder(course=HISTORY)
    feed = course.instance("cohort")
    for userid in (7, 8, 9):
        course.enrol(UserId(userid), feed)
        course.assign(UserId(userid), RoleId(5), feed)
    elements = [
        user_element(7).replace(">u7<", ">ada<").replace("u7@example.fr", "ADA@example.fr"),
        user_element(8).replace(">u8<", ">brahim<").replace("u8@", "other@"),
        user_element(9).replace("Ada &amp; Co", "Zo\u00eb \u202e"),
    ]
    users = users_xml({}).replace(b"\n</users>", "".join(elements).encode() + b"\n</users>")
    return archive_of(course.state(), **({"users": users} | changed))


@pytest.fixture(autouse=True)
def addresses(university: Path) -> None:
    change(university, "UPDATE mdl_user SET email = username || '@example.fr'")


def last_run(university: Path) -> str:
    connection = sqlite3.connect(university)
    events = connection.execute("SELECT eventname FROM mdl_logstore_standard_log ORDER BY id").fetchall()
    connection.close()
    return str(events[-1][0])


def restored(say: Say, archive: Path, *options: str) -> dict[str, Any]:
    said = say("--json", "restore", str(archive), *options)
    assert said.err == ""
    document: dict[str, Any] = json.loads(said.out)
    return document


def test_preview_writes_nothing_and_names_who_is_not_restored(
    at_university: Say, university: Path, archive: Path
) -> None:
    before = rows(university)

    document = restored(at_university, archive, "--into", "MATH")

    assert rows(university) == before
    assert document["written"] is False
    assert [person["user"] for person in document["courses"][0]["people"]] == [ADA]
    assert [(p["archived_user"], p["reason"], p["users"]) for p in document["not_restored"]] == [
        (8, "username_taken", [BRAHIM]),
        (9, "no_account", []),
    ]
    assert document["archive"]["sha256"] == sha256(archive.read_bytes()).hexdigest()
    assert {warning["kind"] for warning in document["courses"][0]["warnings"]} == {
        "archive_of_another_site",
        "archive_of_another_course",
        "people_not_found",
        "people_in_doubt",
        "sync_not_triggered",
    }


def test_screen_is_harmless_and_says_what_moodle_would_do(at_university: Say, archive: Path) -> None:
    said = at_university("restore", str(archive), "--into", "MATH")

    assert said.status == 0
    assert "PREVIEW" in said.out
    assert "merged into the course, as manual enrolments" in said.out
    assert "Zo\u00eb \\u202e" in said.out
    assert "\u202e" not in said.out


def test_preview_says_first_how_far_the_cut_has_got(
    at_university: Say, university: Path, archive: Path
) -> None:
    document = restored(at_university, archive, "--into", "MATH")
    assert document["courses"][0]["cut"] == {
        "timing": "under_way",
        "active": 2,
        "waiting": 2,
        "withdrawn": 0,
        "without_access": 0,
        "feeds_known": True,
    }
    change(
        university, "UPDATE mdl_user_enrolments SET status = 1, timemodified = 1787999999 WHERE enrolid = 4"
    )
    said = at_university("restore", str(archive), "--into", "MATH")
    assert said.out.index("maintien rescue") < said.out.index("Before you go on")


def test_run_writes_once_and_is_journalled(at_university: Say, university: Path, archive: Path) -> None:
    document = restored(at_university, archive, "--into", "3", "--run")
    after = rows(university)
    again = restored(at_university, archive, "--into", "3", "--run")

    assert (document["run"], again["run"]) == (1, None)
    assert rows(university) == after
    (run,) = runs_of(at_university("--json", "runs"))
    assert (run["kind"], run["status"], run["people"]) == ("restore", "done", 1)
    assert run["archive"] == {"path": str(archive), "sha256": sha256(archive.read_bytes()).hexdigest()}


def test_undo_takes_it_back(at_university: Say, university: Path, archive: Path) -> None:
    before = rows(university)
    restored(at_university, archive, "--into", "MATH", "--run")
    assert rows(university) != before

    said = at_university("undo", "last", "--run", "--even-if-access-is-lost")

    assert said.status == 0
    assert rows(university) == before


def test_run_is_shown_and_exported_from_the_journal(
    at_university: Say, archive: Path, tmp_path: Path
) -> None:
    restored(at_university, archive, "--into", "MATH", "--run")

    shown = at_university("runs", "show", "last")
    document = json.loads(at_university("--json", "runs", "show", "last").out)
    exported = at_university("runs", "show", "last", "-o", str(tmp_path / "run.csv"))

    assert (shown.status, exported.status) == (0, 0)
    assert str(archive) in shown.out.replace("\n", "").replace(" ", "")
    assert document["courses"][0]["shortname"] == "MATH"
    assert (tmp_path / "run.csv").stat().st_size


def test_interrupted_restore_is_not_resumed_but_run_again(
    at_university: Say, archive: Path, tmp_path: Path
) -> None:
    restored(at_university, archive, "--into", "MATH", "--run")
    journal = sqlite3.connect(tmp_path / "runs.sqlite")
    journal.execute("UPDATE maintien_run SET status = 'stopped'")
    journal.commit()
    journal.close()

    said = at_university("resume", "1", "--run")

    assert said.status == 2
    assert str(archive) in said.err
    assert "run" in said.err
    assert at_university("runs").status == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("restore", "--into", "MATH"), "Say which archives"),
        (("restore", "nowhere.mbz"), "Say into which course"),
        (("restore", "nowhere.mbz", "--into", "MATH"), "nowhere.mbz can't be read: there is no such file"),
        (("restore", "nowhere.mbz", "--into", "GONE"), "There is no course 'GONE'"),
        (("restore", "nowhere.mbz", "--into", "1"), "front page"),
        (("restore", "nowhere.mbz", "--into", "MATH", "--limit", "x"), "--limit"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    at_university: Say, arguments: tuple[str, ...], sentence: str
) -> None:
    said = at_university(*arguments)

    assert said.status != 0
    assert said.out == ""
    assert sentence in said.err


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (moodle_backup_xml({**SETTINGS, "users": "0"}), "holds no enrolled people"),
        (moodle_backup_xml(SETTINGS, type_="section"), "part of a course"),
        (moodle_backup_xml(SETTINGS).replace(b">topics<", b">site<"), "front page"),
    ],
    ids=["without users", "a section", "the front page"],
)
def test_archives_without_enrolments_are_refused(
    at_university: Say, university: Path, archive: Path, header: bytes, sentence: str
) -> None:
    archive.write_bytes(archived(moodle_backup=header))
    before = rows(university)

    said = at_university("restore", str(archive), "--into", "MATH", "--run")

    assert said.status == 1
    assert sentence in said.err
    assert rows(university) == before


def test_damaged_archive_writes_nothing(at_university: Say, university: Path, archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-400])
    before = rows(university)

    said = at_university("restore", str(archive), "--into", "MATH", "--run")

    assert said.status == 1
    assert "cut off" in said.err
    assert rows(university) == before


def test_backup_of_the_course_restored_into_it_gives_nobody_more_than_the_roles_by_hand(
    at_university: Say, university: Path, tmp_path: Path
) -> None:
    change(university, "INSERT INTO mdl_config (name, value) VALUES ('siteidentifier', 'abc')")
    path = tmp_path / "bio.mbz"
    assert at_university("backup", "--course", "BIO", "-o", str(path)).status == 0

    document = restored(at_university, path, "--into", "BIO", "--run")

    (course,) = document["courses"]
    assert document["not_restored"] == []
    assert (course["enrolments_added"], course["roles_assigned"]) == (4, 4)
    assert [warning["kind"] for warning in course["warnings"]] == ["sync_not_triggered"]
    assert university.exists()
