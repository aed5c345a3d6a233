"""``runs``, ``undo`` and ``resume``: what was done is listed, taken back, gone on with."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

import maintien.runs.conduct
import maintien.runs.execute
from maintien.errors.sites import CourseKeptLocked
from maintien.planning.plan import CoursePlan
from maintien.runs.execute import CourseOutcome, execute
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import Contention, Holder
from maintien.sites.opening import open_site
from tests.cli.conftest import Said, Say
from tests.cli.university import NOW

CONVERT = ("convert", "--all", "--until", "2027-08-31", "--run")
TABLES = ("mdl_enrol", "mdl_user_enrolments", "mdl_role_assignments", "mdl_groups_members")


def rows(university: Path) -> dict[str, list[Any]]:
    connection = sqlite3.connect(university)
    found = {table: connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in TABLES}
    connection.close()
    return found


def change(university: Path, *statements: str) -> None:
    connection = sqlite3.connect(university)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def runs_of(said: Said) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(said.out)["runs"]
    return listed


def stop_after(monkeypatch: pytest.MonkeyPatch, outcomes: int) -> None:
    """Let a person press Ctrl+C after so many courses, each in a batch of its own."""

    def interrupted(*arguments: object, **options: object) -> Iterator[CourseOutcome]:
        courses = execute(*arguments, **options)  # type: ignore[arg-type]
        for _ in range(outcomes):
            yield next(courses)
        raise KeyboardInterrupt

    monkeypatch.setattr(maintien.runs.conduct, "execute", interrupted)


@pytest.fixture
def interrupt(monkeypatch: pytest.MonkeyPatch, at_university: Say) -> Callable[..., Said]:
    """Types a command line and interrupts it after the first course."""

    def interrupted(*arguments: str) -> Said:
        with monkeypatch.context() as patch:
            patch.setattr(maintien.runs.execute, "batches", lambda sizes, _: ([size] for size in sizes))
            stop_after(patch, 1)
            return at_university(*arguments)

    return interrupted


def test_no_run_is_kept_at_first(at_university: Say) -> None:
    said = at_university("runs")
    assert (said.status, said.err) == (0, "")
    assert "No run" in said.out


def test_a_run_is_listed_with_what_it_did(university: Path, at_university: Say) -> None:
    at_university(*CONVERT)
    (run,) = runs_of(at_university("runs", "--json"))
    assert run | {"user": "", "host": "", "version": ""} == {
        "run": 1,
        "kind": "convert",
        "status": "done",
        "began_at": {"unix": NOW, "iso": "2026-08-29T12:40:00+02:00"},
        "ended_at": {"unix": NOW, "iso": "2026-08-29T12:40:00+02:00"},
        "site": f"sqlite:///{university}",
        "user": "",
        "host": "",
        "operator": 2,
        "command": f"maintien --now @{NOW} convert --all --until 2027-08-31 --run",
        "version": "",
        "undoes": None,
        "undone_by": None,
        "courses": {"pending": 0, "planned": 0, "written": 2, "unchanged": 2, "failed": 0},
        "people": 5,
        "changes": 10,
    }
    assert "conversion" in at_university("runs").out


def test_a_run_is_shown_as_it_was_reported(at_university: Say) -> None:
    written = at_university(*CONVERT, "--json")
    shown = at_university("runs", "show", "last", "--json")
    document = json.loads(shown.out)
    assert document.pop("journal")["run"] == 1
    assert document == without_cut(json.loads(written.out))
    assert "Ada Martin" in at_university("runs", "show", "1").out


def without_cut(document: dict[str, Any]) -> dict[str, Any]:
    """What is said of a conversion, but for how far the cut had got: that is about the present."""
    courses = [
        {name: value for name, value in course.items() if name != "cut"} for course in document["courses"]
    ]
    return {name: value for name, value in document.items() if name != "cut"} | {"courses": courses}


def test_a_run_is_shown_without_its_site(
    university: Path, at_university: Say, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_university(*CONVERT)
    university.unlink()
    said = say("runs", "show", "1")
    assert said.status == 0
    assert said.err.startswith("Note: ")
    assert "#11" in said.out
    monkeypatch.delenv("MAINTIEN_SITE")
    assert [run["run"] for run in runs_of(say("runs", "--json"))] == [1]


def test_runs_of_another_site_are_listed_only_when_asked_for(
    university: Path, at_university: Say, tmp_path: Path
) -> None:
    at_university(*CONVERT)
    other = tmp_path / "other.sqlite"
    other.write_bytes(university.read_bytes())
    there = ("--site", f"sqlite:///{other}")
    assert runs_of(at_university("runs", "--json", *there)) == []
    assert len(runs_of(at_university("runs", "--json", "--all-sites", *there))) == 1
    said = at_university("undo", "1", *there)
    assert (said.status, said.out) == (2, "")
    assert str(university) in said.err


def test_an_undo_is_previewed_then_leaves_everything_as_it_was(university: Path, at_university: Say) -> None:
    before = rows(university)
    at_university(*CONVERT)
    converted = rows(university)

    preview = at_university("undo", "last", "--json")
    assert rows(university) == converted
    said = at_university("undo", "last", "--run", "--json")

    assert (said.status, said.err) == (0, "")
    assert json.loads(said.out) == json.loads(preview.out) | {"written": True, "run": 2}
    assert json.loads(said.out)["totals"] == {
        "courses": 2,
        "courses_changed": 2,
        "courses_failed": 0,
        "rows_removed": 10,
        "rows_changed_back": 0,
        "rows_brought_back": 0,
        "rows_left_alone": 0,
        "people": 5,
        "people_losing_access": 0,
    }
    assert rows(university) == before
    assert [run["undone_by"] for run in runs_of(at_university("runs", "--json"))] == [None, 2]


def test_undoing_twice_changes_nothing_and_says_so(university: Path, at_university: Say) -> None:
    at_university(*CONVERT)
    at_university("undo", "1", "--run")
    before = rows(university)
    said = at_university("undo", "1", "--run")
    assert (said.status, rows(university)) == (0, before)
    assert "by run 2" in said.err
    assert "NOTHING TO DO" in said.out
    assert len(runs_of(at_university("runs", "--json"))) == 2


def test_an_undo_can_be_undone(university: Path, at_university: Say) -> None:
    at_university(*CONVERT)
    converted = rows(university)
    at_university("undo", "1", "--run")
    assert at_university("undo", "2", "--run").status == 0
    assert rows(university) == converted
    assert [run["undone_by"] for run in runs_of(at_university("runs", "--json"))] == [None, 3, None]


def test_what_somebody_changed_since_is_left_alone_with_both_values(
    university: Path, at_university: Say
) -> None:
    at_university(*CONVERT)
    change(
        university,
        f"UPDATE mdl_user_enrolments SET timeend = {NOW + 99} WHERE enrolid = 1 AND userid = 11",
    )
    said = at_university("undo", "1", "--run", "--json")
    courses = json.loads(said.out)["courses"]
    assert courses[0]["left_alone"] == [
        {
            "user": 11,
            "reason": "changed_since",
            "row": "UserEnrolment",
            "ours": ["ends_at=1819749599"],
            "found": [f"ends_at={NOW + 99}"],
        }
    ]
    text = " ".join(at_university("runs", "show", "2").out.split())
    assert "Ada Martin" in text
    assert "2027-08-31 23:59" in text
    assert "2026-08-29 12:41" in text


def test_access_is_not_taken_unless_that_is_wanted(university: Path, at_university: Say) -> None:
    at_university(*CONVERT)
    change(university, "DELETE FROM mdl_user_enrolments WHERE enrolid = 2 AND userid = 12")
    before = rows(university)

    preview = at_university("undo", "1")
    assert preview.status == 0
    assert "1 person loses their only access to a course: Brahim Martin." in preview.out
    refused = at_university("undo", "1", "--run")
    assert (refused.status, refused.out, rows(university)) == (2, "", before)
    assert "--even-if-access-is-lost" in refused.err

    said = at_university("undo", "1", "--run", "--even-if-access-is-lost", "--json")
    assert said.status == 0
    assert [course["losing_access"] for course in json.loads(said.out)["courses"]] == [[12], []]


def test_an_interrupted_run_is_previewed_and_resumed(
    university: Path, at_university: Say, interrupt: Callable[..., Said]
) -> None:
    said = interrupt(*CONVERT)
    assert (said.status, said.out) == (130, "")
    assert "resume 1 --run" in said.err
    (run,) = runs_of(at_university("runs", "--json"))
    assert (run["status"], run["courses"]["pending"] > 0) == ("stopped", True)
    assert "NOT FINISHED" in at_university("runs", "show", "1").out
    before = rows(university)

    preview = at_university("resume", "1", "--json")
    assert (preview.status, rows(university)) == (0, before)
    resumed = at_university("resume", "1", "--run", "--json")

    assert resumed.status == 0
    assert json.loads(resumed.out) == json.loads(preview.out) | {"written": True}
    (run,) = runs_of(at_university("runs", "--json"))
    assert (run["status"], run["people"], run["changes"]) == ("done", 5, 10)


def test_an_interrupted_undo_is_resumed(
    university: Path, at_university: Say, interrupt: Callable[..., Said]
) -> None:
    before = rows(university)
    at_university(*CONVERT)
    assert interrupt("undo", "1", "--run").status == 130
    assert rows(university) != before
    assert at_university("resume", "last", "--run").status == 0
    assert rows(university) == before


def test_an_interrupted_run_can_be_undone_and_then_not_be_resumed(
    university: Path, at_university: Say, interrupt: Callable[..., Said]
) -> None:
    before = rows(university)
    interrupt(*CONVERT)
    assert at_university("undo", "1", "--run").status == 0
    assert rows(university) == before
    said = at_university("resume", "1", "--run")
    assert (said.status, said.out) == (2, "")
    assert "undone by run 2" in said.err


def test_a_run_that_failed_in_part_says_why_in_both_languages_and_is_resumed(
    university: Path, at_university: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = DatabaseSite.write

    def locked(
        site: DatabaseSite, plans: Sequence[CoursePlan], *arguments: object, **options: object
    ) -> None:
        if any(plan.course.shortname == "BIO" for plan in plans):
            raise Contention
        written(site, plans, *arguments, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(DatabaseSite, "write", locked)
        patch.setattr(maintien.runs.execute, "PAUSES", ())
        assert at_university(*CONVERT).status == 3
    sentence = str(CourseKeptLocked(course="BIO", attempts=5))
    assert sentence in " ".join(at_university("runs", "show", "1").out.split())
    french = " ".join(at_university("runs", "show", "1", "--lang", "fr").out.split())
    assert "BIO n’a pas pu être écrit" in french
    assert at_university("resume", "1", "--run").status == 0
    (run,) = runs_of(at_university("runs", "--json"))
    assert (run["status"], run["courses"]["failed"], run["people"]) == ("done", 0, 5)
    assert len(rows(university)["mdl_user_enrolments"]) == 13


MISTAKES = {
    "undo without a run": (("undo",), "Say which run"),
    "resume without a run": (("resume",), "Say which run"),
    "show without a run": (("runs", "show"), "Say which run"),
    "another word than show": (("runs", "12"), "show"),
    "no such run": (("undo", "99"), "no run 99"),
    "not a number": (("resume", "²"), "no run ²"),
    "a number beyond all": (("runs", "show", "9" * 40), "no run"),
    "no run yet": (("undo", "last"), "no run last"),
    "no such format": (("runs", "--format", "ods"), "--format"),
    "no such ending": (("runs", "-o", "runs.ods"), "--format"),
    "a spreadsheet to nowhere": (("runs", "--format", "xlsx"), "-o FILE.xlsx"),
    "two formats": (("runs", "--format", "csv", "--json"), "--json"),
    "no such table": (("runs", "show", "1", "--table", "people"), "--table"),
    "a folder that is not there": (("runs", "-o", "/no/such/folder/runs.csv"), "can't be written"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_said_in_a_sentence(case: str, at_university: Say) -> None:
    arguments, word = MISTAKES[case]
    said = at_university(*arguments)
    assert (said.status, said.out) == (2, "")
    assert word in said.err
    assert "Traceback" not in said.err


def test_a_run_that_is_over_is_not_resumed(at_university: Say) -> None:
    at_university(*CONVERT)
    said = at_university("resume", "1", "--run")
    assert (said.status, said.out, said.err) == (
        2,
        "",
        "Run 1 is over: there is nothing to resume.\n",
    )


BUSY = {"since a moment": (NOW - 3600, "2026-08-29 11:40"), "since nobody knows": (0, "an unknown moment")}


@pytest.mark.parametrize("case", BUSY)
def test_a_busy_site_is_said_to_be(case: str, university: Path, at_university: Say) -> None:
    since, said_since = BUSY[case]
    opened = open_site(f"sqlite:///{university}", site_file=university)
    with opened.site.hold_lock(Holder(name="ada@campus", since=since)) as other:
        assert other is None
        said = at_university(*CONVERT)
    opened.site.close()
    assert (said.status, said.out) == (1, "")
    assert f"by ada@campus since {said_since}:" in said.err


def test_a_csv_holds_the_changes_and_no_formula(university: Path, at_university: Say) -> None:
    change(university, "UPDATE mdl_user SET firstname = '=1+1' WHERE id = 11")
    at_university(*CONVERT)
    said = at_university("runs", "show", "1", "--format", "csv")
    table = [*csv.DictReader(io.StringIO(said.out))]
    assert (said.status, said.err, len(table)) == (0, "", 10)
    assert table[0] | {"course": ""} == {
        "course id": "2",
        "course": "",
        "person id": "11",
        "person": "'=1+1 Martin",
        "table": "user_enrolments",
        "what": "added",
        "row id": "",
        "status before": "",
        "status after": "active",
        "start before": "",
        "start after": "always",
        "end before": "",
        "end after": "2027-08-31T23:59:59+02:00",
        "role": "",
        "group id": "",
        "owner before": "",
        "owner after": "",
    }
    left = at_university("runs", "show", "1", "--format", "csv", "--table", "left-alone").out
    assert [row["person"] for row in csv.DictReader(io.StringIO(left))] == [
        "Dora Martin",
        "Chloe Martin",
        "'=1+1 Martin",
    ]


def test_a_spreadsheet_has_a_sheet_a_table(at_university: Say, tmp_path: Path) -> None:
    at_university(*CONVERT)
    file = tmp_path / "run.xlsx"
    assert at_university("runs", "show", "1", "-o", str(file)) == Said(status=0, out="", err="")
    with ZipFile(file) as archive:
        book = archive.read("xl/workbook.xml").decode()
        courses = archive.read("xl/worksheets/sheet1.xml").decode()
        changes = archive.read("xl/worksheets/sheet2.xml").decode()
    assert [name in book for name in ("Courses", "Changes", "Left alone")] == [True] * 3
    assert 'state="frozen"' in courses
    assert "<f>" not in changes
    assert changes.count("<row ") == 11


def test_a_csv_file_is_marked_for_excel_and_whole(at_university: Say, tmp_path: Path) -> None:
    at_university(*CONVERT)
    file = tmp_path / "runs.csv"
    file.write_text("before")
    at_university("runs", "-o", str(file))
    assert file.read_bytes().startswith(b"\xef\xbb\xbfrun,what,")
    assert [path.name for path in tmp_path.glob(".runs*")] == []
