"""Lists of courses are read as spreadsheets save them, and what is wrong in one is named with its line."""

import codecs
import gzip
from pathlib import Path

import pytest

from maintien.errors.selection import CoursesFileBadLine, CoursesFileColumnMissing, UnreadableCoursesFile
from maintien.uses.courses_file import CourseLine, parse_courses_file, read_courses_file
from maintien.uses.courses_file_text import LARGEST

PATH = "list.csv"


def line(
    number: int,
    course: str,
    until: str | None = None,
    roles: str | None = None,
    methods: str | None = None,
) -> CourseLine:
    return CourseLine(path=PATH, number=number, course=course, until=until, roles=roles, methods=methods)


LISTS = {
    "one column": ("course\nBIO\nMATH\n", [line(2, "BIO"), line(3, "MATH")]),
    "no line end at the end": ("course\nBIO", [line(2, "BIO")]),
    "Windows' line ends": ("course\r\nBIO\r\n", [line(2, "BIO")]),
    "semicolons": ("course;until\nBIO;2027-08-31\n", [line(2, "BIO", "2027-08-31")]),
    "commas": ("course,until\nBIO,2027-08-31\n", [line(2, "BIO", "2027-08-31")]),
    "tabs": ("course\tuntil\nBIO\t2027-08-31\n", [line(2, "BIO", "2027-08-31")]),
    "columns in another order": ("until;course\nnever;BIO\n", [line(2, "BIO", "never")]),
    "headings in capitals, with spaces": ("Course ; UNTIL\nBIO;never\n", [line(2, "BIO", "never")]),
    "cells with spaces around": ("course;until\n BIO ; never \n", [line(2, "BIO", "never")]),
    "empty cells ask for nothing": ("course;until;roles\nBIO;;\n", [line(2, "BIO")]),
    "cells missing at the end": ("course;until;roles\nBIO\n", [line(2, "BIO")]),
    "role and method": (
        "course;role;method\nBIO;student;cohort\n",
        [line(2, "BIO", None, "student", "cohort")],
    ),
    "several roles and methods": (
        'course,roles,methods\nBIO,"student, teacher",database|cohort\n',
        [line(2, "BIO", None, "student,teacher", "database,cohort")],
    ),
    "a separator inside quotes": ('course;until\n"BIO; 1";never\n', [line(2, "BIO; 1", "never")]),
    "a quotation mark inside quotes": ('course\n"BIO ""1"""\n', [line(2, 'BIO "1"')]),
    "another separator in a name": (
        "course;until\nBIO, 1;never\nMATH,,,;\n",
        [line(2, "BIO, 1", "never"), line(3, "MATH,,,")],
    ),
    "separators in the names of one column": ("course\nBIO; 1, 2\n", [line(2, "BIO; 1, 2")]),
    "quoted headings": ('"course";"until"\n"BIO";"never"\n', [line(2, "BIO", "never")]),
    "blank lines, counted": (
        "\ncourse;until\n\nBIO;never\n;\n \nMATH;\n",
        [line(4, "BIO", "never"), line(7, "MATH")],
    ),
    "a line break inside quotes, counted": (
        'course;note\nBIO;"a\nb"\nMATH;c\n',
        [line(2, "BIO"), line(4, "MATH")],
    ),
    "the same course again": ("course\nBIO\nBIO\n", [line(2, "BIO"), line(3, "BIO")]),
}


@pytest.mark.parametrize("case", LISTS)
def test_lists_are_read(case: str) -> None:
    text, expected = LISTS[case]
    assert list(parse_courses_file(PATH, text).lines) == expected


def test_other_columns_are_ignored_and_named() -> None:
    file = parse_courses_file(PATH, "course;untill;;Note\nBIO;never;;x\n")
    assert file.lines == (line(2, "BIO"),)
    assert file.ignored_columns == ("untill", "Note")


ENCODINGS = {
    "UTF-8": "utf-8",
    "UTF-8 with its mark": "utf-8-sig",
    "UTF-16 with its mark": "utf-16",
    "Windows-1252": "cp1252",
}


@pytest.mark.parametrize("case", ENCODINGS)
def test_accents_survive_every_encoding(case: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("course;until\nÉté – 1;never\n".encode(ENCODINGS[case]))
    assert [line.course for line in read_courses_file(str(path)).lines] == ["Été – 1"]


def test_utf16_is_read_in_both_orders(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(codecs.BOM_UTF16_BE + "course\nÉté\n".encode("utf-16-be"))
    assert [line.course for line in read_courses_file(str(path)).lines] == ["Été"]


BAD_LINES = {
    "no course": ("course;until\nBIO;\n;never\n", 3),
    "too many cells": ("course;until\nBIO;never;never\n", 2),
    "a quotation mark left open": ('course\nBIO\n"MATH\n', 3),
    "a quotation mark in the wrong place": ('course;until\n"BIO"x;never\n', 2),
    "headings with a quotation mark left open": ('"course;until\nBIO;never\n', 1),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_bad_line_is_named(case: str) -> None:
    text, number = BAD_LINES[case]
    with pytest.raises(CoursesFileBadLine) as refused:
        parse_courses_file(PATH, text)
    assert (refused.value.fields["path"], refused.value.fields["line"]) == (PATH, number)


COURSELESS = {
    "a French heading": ("cours;until\nBIO;never\n", "cours, until"),
    "no headings": ("BIO,never\nMATH,never\n", "BIO, never"),
    "colons between the cells": ("course:until\nBIO:never\n", "course:until"),
}


@pytest.mark.parametrize("case", COURSELESS)
def test_headings_without_a_course_are_repeated(case: str) -> None:
    text, columns = COURSELESS[case]
    with pytest.raises(CoursesFileColumnMissing) as refused:
        parse_courses_file(PATH, text)
    assert refused.value.fields == {"path": PATH, "columns": columns}


UNREADABLE = {
    "nothing": "",
    "blank lines": "\n\n \n",
    "headings alone": "course;until\n",
    "two columns of courses": "course;Course\nBIO;MATH\n",
    "two columns of one meaning": "course;role;roles\nBIO;student;student\n",
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_is_no_list_is_refused(case: str) -> None:
    with pytest.raises(UnreadableCoursesFile):
        parse_courses_file(PATH, UNREADABLE[case])


NOT_TEXT = {
    "an archive": gzip.compress(b"course\nBIO\n"),
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "UTF-16 without its mark": "course\nBIO\n".encode("utf-16-le"),
    "half a character of UTF-16": codecs.BOM_UTF16_LE + b"c\x00o",
    "bytes that no encoding has": b"course\n\x81\x8d\n",
    "a terminal's escape": b"course\n\x1b[2J\n",
}


@pytest.mark.parametrize("case", NOT_TEXT)
def test_what_is_no_text_is_refused(case: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(NOT_TEXT[case])
    with pytest.raises(UnreadableCoursesFile, match="no text"):
        read_courses_file(str(path))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "nowhere.csv")
    with pytest.raises(UnreadableCoursesFile, match="no such file") as refused:
        read_courses_file(path)
    assert refused.value.fields["path"] == path


@pytest.mark.parametrize("path", ["", "\0", "x" * 5000])
def test_what_can_be_no_path_is_refused(path: str) -> None:
    with pytest.raises(UnreadableCoursesFile):
        read_courses_file(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCoursesFile):
        read_courses_file(str(tmp_path))


def test_a_file_larger_than_any_list_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.write(b"course\n")
        file.truncate(LARGEST + 1)
    with pytest.raises(UnreadableCoursesFile, match="10 megabytes"):
        read_courses_file(str(path))
