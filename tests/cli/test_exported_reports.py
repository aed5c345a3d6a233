"""Forecasts, previews and lists of courses are written as tables and pages, for others to read."""

import csv
import io
import re
import sqlite3
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from tests.cli.conftest import Said, Say
from tests.cli.test_campaign_command import everything_in
from tests.cli.test_forecast_command import keep_log, removed
from tests.cli.test_listing_commands import change
from tests.cli.university import NOW

CONVERT = ("convert", "--all", "--until", "2027-08-31")
RESCUE = ("rescue", "--all", "--since", f"@{NOW - 3600}", "--until", "2027-08-31")
FORECAST = ("forecast", "--all")
NAMES = ("Ada", "Brahim", "Chloe", "Dora", "Martin")


def table_of(said: Said) -> list[dict[str, str]]:
    assert (said.status, said.err) == (0, "")
    return [*csv.DictReader(io.StringIO(said.out))]


def sheets(file: Path) -> dict[str, str]:
    """The sheets of a workbook, by name."""
    with ZipFile(file) as archive:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
        return {
            name: archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            for number, name in enumerate(names, start=1)
        }


def test_forecast_is_a_table_of_courses_unless_another_is_asked_for(at_university: Say) -> None:
    (row,) = table_of(at_university("forecast", "--course", "MATH", "--format", "csv"))
    assert row == {
        "course id": "3",
        "course": "MATH",
        "full name": "Maths",
        "ID number": "",
        "participants": "2",
        "automatic only": "2",
        "automatic only: students": "2",
        "lose access": "2",
        "lose access: students": "2",
        "keep access": "0",
        "suspended with their roles": "0",
        "suspended without their roles": "0",
        "people unenrolled": "2",
        "without any enrolment left": "2",
        "group memberships lost": "0",
        "grades lost": "0",
    }


def test_forecast_names_people_with_what_happens_to_them(university: Path, at_university: Say) -> None:
    change(university, "UPDATE mdl_user SET firstname = '=1+1' WHERE id = 11")
    found = table_of(at_university("forecast", "--course", "BIO", "--format", "csv", "--table", "people"))
    first_names = [row["person"].removesuffix(" Martin") for row in found]
    assert first_names == ["'=1+1", "Brahim", "Chloe", "Dora"]
    assert found[0] | {"course": "", "person": ""} == {
        "course id": "2",
        "course": "",
        "person id": "11",
        "person": "",
        "methods": "External database",
        "student": "yes",
        "what happens": "unenrolled",
        "last enrolment": "yes",
        "group memberships lost": "0",
        "grades lost": "0",
    }
    assert [row["student"] for row in found] == ["yes", "yes", "yes", ""]


def test_forecast_that_reads_feeds_says_what_they_say(at_university: Say) -> None:
    people = ("--feed", "--format", "csv", "--table", "people")
    found = table_of(at_university("forecast", "--course", "MATH", *people))
    # Nobody is a member of the cohort.
    assert {row["feeds"] for row in found} == {"dropped, waits for the next sync"}
    (course,) = table_of(at_university("forecast", "--course", "MATH", "--feed", "--format", "csv"))
    assert (course["dropped already"], course["lose access with the next sync"]) == ("2", "2")


def test_access_over_time_has_a_column_a_line_of_the_chart(at_university: Say) -> None:
    access = ("--format", "csv", "--table", "access", "--cut", "2026-09-01")
    without = table_of(at_university(*FORECAST, *access))
    after = table_of(at_university(*FORECAST, *access, "--until", "2027-08-31"))
    assert [[*row.values()] for row in without][1:] == [["2026-09-01T23:59:59+02:00", "0"]]
    assert [[*row.values()] for row in after][1:] == [
        ["2026-09-01T23:59:59+02:00", "0", "3"],
        ["2027-08-31T23:59:59+02:00", "0", "0"],
    ]


def test_forecast_as_a_spreadsheet_has_a_sheet_a_table_with_typed_columns(
    at_university: Say, tmp_path: Path
) -> None:
    file = tmp_path / "forecast.xlsx"
    assert at_university(*FORECAST, "-o", str(file)) == Said(status=0, out="", err="")
    found = sheets(file)
    assert [*found] == ["Courses", "People", "Access over time"]
    assert all('state="frozen"' in sheet for sheet in found.values())
    # Seven accesses, and their headings; the ids and the counts are numbers.
    assert found["People"].count("<row ") == 8
    assert re.search(r'<c r="A2"[^>]*><v>2</v>', found["People"])
    assert re.search(r'<c r="A2" s="\d+"><v>\d', found["Access over time"])


def test_forecast_as_a_page_has_the_chart_in_the_language_asked_for(
    at_university: Say, tmp_path: Path
) -> None:
    file = tmp_path / "forecast.html"
    said = at_university(*FORECAST, "--until", "2027-08-31", "--lang", "fr", "-o", str(file))
    text = file.read_text(encoding="utf-8")
    assert said == Said(status=0, out="", err="")
    assert '<html lang="fr">' in text
    assert re.findall(r"<h2[^>]*>([^(]+) \(", text) == ["Cours", "Personnes", "Accès au fil du temps"]
    (drawing,) = re.findall(r"<figure>(<svg.*?</svg>)", text, re.DOTALL)
    assert "après la conversion" in "".join(ET.fromstring(drawing).itertext())  # noqa: S314 -- our own
    assert not re.search(r"<script|<link|<img|url\(|\bsrc=", text)


def test_names_become_no_markup_in_table_or_chart(
    university: Path, at_university: Say, tmp_path: Path
) -> None:
    hostile = "</title><script>alert(1)</script>"
    change(university, f"UPDATE mdl_course SET fullname = '{hostile}' WHERE id = 2")
    change(university, f"UPDATE mdl_user SET lastname = '{hostile}' WHERE id = 11")
    file = tmp_path / "forecast.html"
    assert at_university("forecast", "--course", "BIO", "-o", str(file)).status == 0
    text = file.read_text(encoding="utf-8")
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 3


def test_chart_and_table_are_written_together(at_university: Say, tmp_path: Path) -> None:
    chart, table = tmp_path / "chart.svg", tmp_path / "forecast.csv"
    assert at_university(*FORECAST, "--chart", str(chart), "-o", str(table)).status == 0
    assert (chart.exists(), table.exists()) == (True, True)


@pytest.mark.parametrize("command", [CONVERT, RESCUE], ids=["convert", "rescue"])
def test_preview_is_a_table_of_changes_and_writes_nothing(
    command: tuple[str, ...], university: Path, at_university: Say
) -> None:
    keep_log(university)
    removed(university, 12)
    before = university.read_bytes()
    found = table_of(at_university(*command, "--format", "csv"))
    assert {row["person"] for row in found} >= {"Brahim Martin"}
    assert {row["end after"] for row in found if row["table"] == "user_enrolments"} == {
        "2027-08-31T23:59:59+02:00"
    }
    assert university.read_bytes() == before


def test_preview_of_a_conversion_as_a_page_says_what_it_is(at_university: Say, tmp_path: Path) -> None:
    file = tmp_path / "preview.html"
    assert at_university(*CONVERT, "-o", str(file)).status == 0
    text = file.read_text(encoding="utf-8")
    assert "<h1>Preview of a conversion</h1>" in text
    assert "<dt>End date</dt><dd>2027-08-31 23:59</dd>" in text
    assert "<dt>New enrolments</dt><dd>5</dd>" in text


@pytest.mark.parametrize("command", [CONVERT, RESCUE], ids=["convert", "rescue"])
def test_run_writes_what_it_did_and_says_which_run_it_is(
    command: tuple[str, ...], university: Path, at_university: Say, tmp_path: Path
) -> None:
    keep_log(university)
    removed(university, 12)
    file = tmp_path / "run.html"
    assert at_university(*command, "--run", "-o", str(file)) == Said(status=0, out="", err="")
    text = file.read_text(encoding="utf-8")
    assert "<dt>Run</dt><dd>1</dd>" in text
    assert "<bdi>written</bdi>" in text
    connection = sqlite3.connect(university)
    manual = "SELECT count(*) FROM mdl_user_enrolments WHERE enrolid IN (1, 3, 7)"
    assert connection.execute(manual).fetchone()[0] > 0
    connection.close()


def test_file_that_can_not_be_written_is_found_before_anything_is(
    university: Path, at_university: Say
) -> None:
    before = university.read_bytes()
    said = at_university(*CONVERT, "--run", "-o", "/no/such/folder/run.html")
    assert (said.status, "can't be written" in said.err) == (2, True)
    assert university.read_bytes() == before


@pytest.mark.parametrize("ending", ["csv", "xlsx", "html"])
@pytest.mark.parametrize("source", ["convert", "rescue", "forecast"])
def test_report_names_people_unless_they_are_not_to_be_known(
    source: str, ending: str, university: Path, at_university: Say, tmp_path: Path
) -> None:
    keep_log(university)
    removed(university, 12)
    command = {
        "convert": (*CONVERT, "--table", "left-alone"),
        "rescue": RESCUE,
        "forecast": (*FORECAST, "--table", "people"),
    }[source]
    plain, disguised = tmp_path / f"plain.{ending}", tmp_path / f"disguised.{ending}"
    assert at_university(*command, "-o", str(plain)).status == 0
    assert at_university(*command, "--pseudonymous", "-o", str(disguised)).status == 0
    assert "Martin" in everything_in(plain)
    assert re.search(r"p-[a-z2-7]{12}", everything_in(disguised))
    assert [name for name in NAMES if name in everything_in(disguised)] == []


EDITS = {
    "end-date": ("end-date", "--course", "BIO", "--keyword", "Brahim", "--until", "2027-12-31"),
    "unenrol": ("unenrol", "--course", "BIO", "--keyword", "Brahim", "--method", "manual", "--even-last"),
}


@pytest.mark.parametrize("ending", ["csv", "xlsx", "html"])
@pytest.mark.parametrize("case", EDITS)
def test_edit_of_manual_enrolments_is_written_too_and_names_nobody_who_is_not_to_be_known(
    case: str, ending: str, at_university: Say, tmp_path: Path
) -> None:
    at_university("convert", "--course", "BIO", "--until", "2027-08-31", "--run")
    plain, disguised = tmp_path / f"plain.{ending}", tmp_path / f"disguised.{ending}"
    assert at_university(*EDITS[case], "-o", str(plain)) == Said(status=0, out="", err="")
    assert at_university(*EDITS[case], "--pseudonymous", "-o", str(disguised)).status == 0
    assert "Brahim Martin" in everything_in(plain)
    assert re.search(r"p-[a-z2-7]{12}", everything_in(disguised))
    # Not even as the word that people were chosen by.
    assert [name for name in NAMES if name in everything_in(disguised)] == []


def test_page_of_an_edit_says_whom_it_chose_and_what_it_came_to(at_university: Say, tmp_path: Path) -> None:
    at_university("convert", "--course", "BIO", "--until", "2027-08-31", "--run")
    file = tmp_path / "edit.html"
    assert at_university(*EDITS["unenrol"], "--run", "-o", str(file)).status == 0
    text = file.read_text(encoding="utf-8")
    assert "<h1>Removed manual enrolments</h1>" in text
    assert "<dt>Containing</dt><dd>Brahim</dd>" in text
    assert "<dt>Removed enrolments</dt><dd>1</dd>" in text


def test_courses_are_a_table_with_their_counts(at_university: Say) -> None:
    found = table_of(at_university("courses", "--all", "--format", "csv"))
    assert found[1] == {
        "course id": "3",
        "course": "MATH",
        "full name": "Maths",
        "ID number": "",
        "participants": "2",
        "automatic only": "2",
        "at risk": "2",
        "already cut": "0",
        "rescued": "0",
    }


def test_courses_as_a_page_say_when_they_were_counted(at_university: Say, tmp_path: Path) -> None:
    file = tmp_path / "courses.html"
    assert at_university("courses", "--all", "-o", str(file)) == Said(status=0, out="", err="")
    text = file.read_text(encoding="utf-8")
    assert "<dt>Counted on</dt>" in text
    assert "<h2" in text


MISTAKES = {
    "two outputs": ((*FORECAST, "--json", "--format", "csv"), "--json"),
    "a spreadsheet to nowhere": ((*CONVERT, "--format", "xlsx"), "-o FILE.xlsx"),
    "a table of another command": ((*FORECAST, "--format", "csv", "--table", "changes"), "--table"),
    "pseudonyms on a screen": ((*RESCUE, "--pseudonymous"), "--format csv, xlsx or html"),
    "a format that is none": (("courses", "--all", "--format", "ods"), "--format"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistake_about_files_is_said_in_a_sentence(case: str, at_university: Say) -> None:
    command, named = MISTAKES[case]
    said = at_university(*command)
    assert (said.status, said.out) == (2, "")
    assert named in said.err
