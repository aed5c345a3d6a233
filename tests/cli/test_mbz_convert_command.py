"""``mbz convert`` at the command line: one archive, a fleet, and what it refuses."""

import json
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from maintien.errors.files import SameOutputTwice
from maintien.mbz.archive import ArchivedCourse
from maintien.mbz.converting.places import find_places
from maintien.mbz.fleet import JobFor
from maintien.mbz.fleet_worker import Outcome
from maintien.mbz.locations import ArchiveLocation, locate
from maintien.mbz.reading import read_archive
from tests.builders import NOW, UNTIL, CourseBuilder
from tests.cli.conftest import Say
from tests.mbz.archives import source_of
from tests.mbz.course_archives import archive_of


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "old.mbz"
    path.write_bytes(with_students(1))
    return path


def with_students(number: int) -> bytes:
    course = CourseBuilder()
    feed = course.instance("database")
    for _ in range(number):
        course.student(feed)
    return archive_of(course.state())


def read(path: Path) -> ArchivedCourse:
    return read_archive(source_of(path.read_bytes()))


def convert(say: Say, *arguments: str) -> dict[str, Any]:
    said = say("--json", "--now", f"@{NOW}", "mbz", "convert", *arguments)
    document: dict[str, Any] = json.loads(said.out)
    return document


def test_new_archive_ends_when_asked(say: Say, archive: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.mbz"

    document = convert(say, str(archive), "-o", str(new), "--until", f"@{UNTIL}")

    assert [row.ends_at for row in read(new).state.enrolments] == [UNTIL]
    assert document["failed"] == []
    assert document["archives"] == [
        {
            "archive": str(archive),
            "course": "BIO101",
            "written_to": str(new),
            "size": new.stat().st_size,
            "people_converted": 1,
            "enrolments": 1,
            "roles": 1,
            "group_memberships": 0,
            "obstacle": None,
            "warnings": [{"kind": "manual_instance_missing"}],
            "unknown_roles": [],
            "left_alone": {},
        }
    ]


def test_dates_are_in_the_zone_that_is_said(say: Say, archive: Path, tmp_path: Path) -> None:
    paris, here = tmp_path / "paris.mbz", tmp_path / "here.mbz"

    zoned = convert(
        say, str(archive), "-o", str(paris), "--until", "2027-08-31", "--timezone", "Europe/Paris"
    )
    local = convert(say, str(archive), "-o", str(here), "--until", "2027-08-31")

    assert [read(path).state.enrolments[0].ends_at for path in (paris, here)] == [1819749599, 1819756799]
    assert (zoned["policy"]["time_zone"], local["policy"]["time_zone"]) == ("Europe/Paris", "UTC")


def test_same_moment_gives_the_same_bytes(say: Say, archive: Path, tmp_path: Path) -> None:
    for name in ("one.mbz", "two.mbz"):
        convert(say, str(archive), "-o", str(tmp_path / name), "--until", f"@{UNTIL}")

    assert (tmp_path / "one.mbz").read_bytes() == (tmp_path / "two.mbz").read_bytes()


def test_screen_names_the_new_archive_and_the_zone(say: Say, archive: Path, tmp_path: Path) -> None:
    said = say("mbz", "convert", str(archive), "-o", str(tmp_path / "n.mbz"), "--until", "2099-08-31")

    assert said.status == 0
    assert "DONE: the new archive is written." in said.out
    assert "Time zone" in said.out
    assert "2099-08-31 23:59" in said.out


def test_what_is_there_is_not_replaced(say: Say, archive: Path, tmp_path: Path) -> None:
    before = archive.read_bytes()

    said = say("mbz", "convert", str(archive), "-o", str(archive), "--until", "2099-08-31")

    assert said.status != 0
    assert archive.read_bytes() == before
    assert [path.name for path in tmp_path.glob("*.mbz")] == ["old.mbz"]


def test_folder_is_converted_file_by_file_and_a_bad_one_stops_nothing(say: Say, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    (old / "deep").mkdir(parents=True)
    (old / "a.mbz").write_bytes(with_students(1))
    (old / "deep" / "a.mbz").write_bytes(with_students(2))
    (old / "bad.mbz").write_bytes(b"no archive")

    said = say(
        "--json", "--now", f"@{NOW}", "mbz", "convert", str(old), "-o", str(new), "--until", f"@{UNTIL}"
    )

    document = json.loads(said.out)
    assert said.status == 3
    assert [each["enrolments"] for each in document["archives"]] == [1, 2]
    assert [each["error"]["kind"] for each in document["failed"]] == ["not_an_archive"]
    assert len(read(new / "a.mbz").state.enrolments) == 1
    assert len(read(new / "deep" / "a.mbz").state.enrolments) == 2
    assert "bad.mbz is not a Moodle backup" in said.err


def test_fleet_on_a_terminal_is_a_table(say: Say, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "other.mbz").write_bytes(with_students(2))

    said = say(
        "mbz", "convert", str(archive), str(tmp_path / "other.mbz"), "-o", str(tmp_path / "new"), "--until",
        "2099-08-31", "--jobs", "1",
    )  # fmt: skip

    assert said.status == 0
    assert said.out.count("written") == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-o", "n.mbz", "--until", "2099-08-31"), "Say which archives"),
        (("{archive}", "--until", "2099-08-31"), "Say where to write"),
        (("{archive}", "-o", "n.mbz"), "Say until when"),
        (("{archive}", "-o", "n.mbz", "--until", "1999-08-31"), "in the past"),
        (("{archive}", "-o", "n.mbz", "--until", "2099-08-31", "--timezone", "Mars"), "no time zone 'Mars'"),
        (("{archive}", "-o", "n.mbz", "--until", "2099-08-31", "--timezone", "../x"), "no time zone"),
        (("{archive}", "-o", "s3://b/n.mbz", "--until", "2099-08-31"), "not on this machine"),
        (("{archive}", "-o", "n.mbz", "--until", "2099-08-31", "--new-method", "off"), "--new-method takes"),
        (("{archive}", "-o", "n.mbz", "--until", "2099-08-31", "--roles", "all,student"), "all and student"),
        (("{archive}", "-o", "n.mbz", "--until", "2099-08-31", "--methods", "manual"), "manual"),
        (
            ("{archive}", "-o", "n.mbz", "--until", "2099-08-31", "--like-moodle", "--roles", "student"),
            "--like-moodle and --roles",
        ),
        (("{archive}", "-o", "n.mbz", "--until", "2099-08-31", "--mode", "move"), "no option --mode"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_written(
    say: Say,
    archive: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    said = say("mbz", "convert", *(word.format(archive=archive) for word in arguments))

    assert said.status == 2
    assert sentence in said.err
    assert [path.name for path in tmp_path.glob("*.mbz")] == ["old.mbz"]


def test_two_archives_of_one_name_from_elsewhere_are_refused() -> None:
    locations = [locate("memory://a/x.mbz"), locate("memory://b/x.mbz")]

    with pytest.raises(SameOutputTwice):
        find_places(locations, "new", into_folder=True)


class Handed(list[bytes]):
    """Takes down what would be handed to processes, and lets none do it."""

    def work_through(
        self, locations: Sequence[ArchiveLocation], job_for: JobFor[Any], **_: object
    ) -> list[Outcome[Any]]:
        self += [pickle.dumps(job_for(location)) for location in locations]
        return []


@pytest.mark.parametrize("command", ["mbz_info", "archive_conversion"])
def test_a_process_gets_its_own_archive_and_not_the_whole_program(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    handed = Handed()
    monkeypatch.setattr(f"maintien.cli.archives.{command}.work_through", handed.work_through)
    folder = tmp_path / "old"
    folder.mkdir()
    for number in range(20):
        (folder / f"course{number}.mbz").write_bytes(b"")

    if command == "mbz_info":
        say("mbz", "info", str(folder))
    else:
        convert(say, str(folder), "-o", str(tmp_path / "new"), "--until", f"@{UNTIL}")

    assert [job.count(b"course") >= 1 for job in handed] == [True] * 20
    assert not [job for job in handed if b"course7" in job and b"course8" in job]
    assert not [job for job in handed if b"maintien.cli" in job]
    assert b"maintien.mbz" in handed[0]


def test_a_process_does_not_begin_with_the_whole_program() -> None:
    program = "import sys, maintien.__main__; print([name for name in sys.modules if 'maintien' in name])"
    ended = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)  # noqa: S603 -- ours
    assert "maintien.__main__" in ended.stdout
    assert "maintien.cli" not in ended.stdout
