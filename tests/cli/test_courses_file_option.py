"""A courses file selects courses, and gives each its own date, roles and methods."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Say
from tests.cli.test_convert_command import AUGUST, manual_enrolments

ListOf = Callable[[str], str]


@pytest.fixture
def list_of(tmp_path: Path) -> ListOf:
    """Writes a courses file and gives its path."""

    def written(text: str) -> str:
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


def test_its_courses_are_selected_besides_the_others(at_university: Say, list_of: ListOf) -> None:
    said = at_university(
        "courses", "--json", "--course", "HIST", "--courses-file", list_of("course\nB1\n3\n")
    )
    assert [course["shortname"] for course in json.loads(said.out)["courses"]] == ["BIO", "MATH", "HIST"]


def test_each_course_has_its_own_date(university: Path, at_university: Say, list_of: ListOf) -> None:
    path = list_of("course;until\nBIO;2027-08-31\nMATH;never\n")
    said = at_university("convert", "--courses-file", path, "--run")
    assert said.status == 0
    assert manual_enrolments(university) == {
        (2, 11): AUGUST,
        (2, 12): AUGUST,
        (2, 13): AUGUST,
        (3, 11): 0,
        (3, 12): 0,
    }
    assert "end dates of their own" in said.err


def test_a_line_without_a_date_has_that_of_the_options(
    university: Path, at_university: Say, list_of: ListOf
) -> None:
    path = list_of("course;until\nBIO;\nMATH;never\n")
    at_university("convert", "--courses-file", path, "--until", "2027-08-31", "--run")
    assert manual_enrolments(university)[2, 11] == AUGUST
    assert manual_enrolments(university)[3, 11] == 0


def test_each_course_has_its_own_roles(university: Path, at_university: Say, list_of: ListOf) -> None:
    path = list_of("course;roles\nBIO;editingteacher\nMATH;\n")
    at_university("convert", "--courses-file", path, "--until", "2027-08-31", "--run")
    assert sorted(manual_enrolments(university)) == [(2, 20), (3, 11), (3, 12)]


def test_each_course_has_its_own_methods(university: Path, at_university: Say, list_of: ListOf) -> None:
    path = list_of("course;methods\nBIO;cohort\nMATH;cohort\n")
    at_university("convert", "--courses-file", path, "--until", "2027-08-31", "--run")
    assert sorted(manual_enrolments(university)) == [(3, 11), (3, 12)]


def test_a_course_that_stands_there_twice_alike_is_converted_once(
    at_university: Say, list_of: ListOf
) -> None:
    path = list_of("course;until\nBIO;2027-08-31\nB1;2027-08-31\n")
    said = at_university("convert", "--courses-file", path, "--json")
    assert (said.status, said.err) == (0, "")
    assert len(json.loads(said.out)["courses"]) == 1


def test_ignored_columns_are_named(at_university: Say, list_of: ListOf) -> None:
    said = at_university("convert", "--courses-file", list_of("course;untill\nBIO;x\n"), "--until", "never")
    assert said.status == 0
    assert "untill" in said.err


def test_one_date_for_all_needs_no_note(at_university: Say, list_of: ListOf) -> None:
    path = list_of("course;until\nBIO;2027-08-31\nMATH;2027-08-31\n")
    said = at_university("convert", "--courses-file", path, "--json")
    assert said.err == ""
    document: dict[str, Any] = json.loads(said.out)
    assert document["policy"]["ends_at"]["unix"] == AUGUST


BAD = {
    "an unknown course": ("course\nBIO\nPHYS\n", (), "line 3: There is no course 'PHYS'"),
    "the front page": ("course\ncampus\n", (), "line 2: Course 1 is the site's front page"),
    "a date that no calendar has": (
        "course;until\nBIO;never\nMATH;2027-02-30\n",
        (),
        "line 3: '2027-02-30' is not a date",
    ),
    "a date in the past": ("course;until\nBIO;2020-01-01\n", (), "line 2: '2020-01-01' is in the past"),
    "an unknown role": ("course;role\nBIO;dean\n", (), "line 2: There is no role 'dean'"),
    "the manual method": ("course;method\nBIO;manual\n", (), "line 2: “manual” is what"),
    "another line for the same course": (
        "course;until\nBIO;never\n\nB1;2027-08-31\n",
        (),
        "line 4: 'B1' has other settings on line 2",
    ),
    "roles where Moodle is reproduced": (
        "course;roles\nBIO;student\n",
        ("--like-moodle",),
        "line 2: --like-moodle and --roles",
    ),
    "no course on a line": ("course;until\nBIO;\n;never\n", (), "line 3: there is nothing"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_line_is_named_and_nothing_written(
    case: str, university: Path, at_university: Say, list_of: ListOf
) -> None:
    text, options, sentence = BAD[case]
    path = list_of(text)
    said = at_university("convert", "--courses-file", path, "--until", "2027-08-31", *options, "--run")
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"{path}, {sentence}")
    assert said.err.count("\n") == 1
    assert manual_enrolments(university) == {}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_line_is_named_in_french_too(case: str, at_university: Say, list_of: ListOf) -> None:
    text, options, _ = BAD[case]
    arguments = ("convert", "--courses-file", list_of(text), "--until", "2027-08-31", *options)
    said = at_university("--lang", "fr", *arguments)
    assert said.status == 2
    assert "ligne" in said.err
    assert said.err != at_university(*arguments).err


def test_a_line_that_lacks_the_date_is_named(at_university: Say, list_of: ListOf) -> None:
    said = at_university("convert", "--courses-file", list_of("course;until\nBIO;never\nMATH;\n"))
    assert (said.status, said.out) == (2, "")
    assert "line 3: Say until when" in said.err


def test_a_course_beside_the_file_needs_a_date(at_university: Say, list_of: ListOf) -> None:
    path = list_of("course;until\nBIO;never\n")
    said = at_university("convert", "--course", "MATH", "--courses-file", path)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("Say until when")
