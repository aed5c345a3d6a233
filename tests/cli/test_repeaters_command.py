"""``repeaters`` finds last year's manual enrolments of people who are enrolled automatically again."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import maintien.runs.conduct
import maintien.runs.execute
from maintien.runs.execute import CourseOutcome, execute
from tests.cli.conftest import Say
from tests.cli.university import NOW

CONVERT = ("convert", "--course", "BIO", "--until", "2027-08-31", "--run")
BIO = ("--course", "BIO")


def change(university: Path, statement: str) -> None:
    connection = sqlite3.connect(university)
    connection.execute(statement)
    connection.commit()
    connection.close()


def rows(university: Path, instanceid: int) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(university)
    found = connection.execute(
        "SELECT id, userid, status, timeend FROM mdl_user_enrolments WHERE enrolid = ? ORDER BY userid",
        (instanceid,),
    ).fetchall()
    connection.close()
    return found


def listed(say: Say, *options: str) -> dict[str, int | None]:
    said = say("repeaters", *options, "--json")
    assert (said.status, said.err) == (0, "")
    return {each["username"]: each["run"] for each in json.loads(said.out)["repeaters"]}


@pytest.fixture
def converted(at_university: Say) -> Say:
    assert at_university(*CONVERT).status == 0
    return at_university


def enrol_by_hand(university: Path, userid: int, instanceid: int = 1) -> None:
    """Put somebody into an instance; not only into manual ones."""
    change(
        university,
        "INSERT INTO mdl_user_enrolments (enrolid, userid, status, timestart, timeend)"
        f" VALUES ({instanceid}, {userid}, 0, 0, 0)",
    )


def test_without_a_conversion_there_are_none(university: Path, at_university: Say) -> None:
    enrol_by_hand(university, 11)
    assert listed(at_university, "--all") == {}


def test_people_whom_a_run_has_converted_and_who_come_in_automatically_are_found(converted: Say) -> None:
    assert listed(converted, *BIO) == {"ada": 1, "brahim": 1, "chloe": 1}
    assert listed(converted, "--course", "MATH") == {}


AGAIN_ONLY_BY_HAND = {
    "withdrawn": "DELETE FROM mdl_user_enrolments WHERE enrolid = 2 AND userid = 11",
    "suspended": "UPDATE mdl_user_enrolments SET status = 1 WHERE enrolid = 2 AND userid = 11",
    "over": f"UPDATE mdl_user_enrolments SET timeend = {NOW - 1} WHERE enrolid = 2 AND userid = 11",
    "of a deleted account": "UPDATE mdl_user SET deleted = 1 WHERE id = 11",
}


@pytest.mark.parametrize("case", AGAIN_ONLY_BY_HAND)
def test_whoever_is_not_let_in_automatically_is_none(case: str, university: Path, converted: Say) -> None:
    change(university, AGAIN_ONLY_BY_HAND[case])
    assert listed(converted, *BIO) == {"brahim": 1, "chloe": 1}
    assert "ada" not in listed(converted, *BIO, "--any-manual")


def test_manual_enrolments_that_somebody_has_changed_are_left_to_them(
    university: Path, converted: Say
) -> None:
    change(university, "UPDATE mdl_user_enrolments SET timeend = 0 WHERE enrolid = 1 AND userid = 11")
    assert listed(converted, *BIO) == {"brahim": 1, "chloe": 1}
    assert listed(converted, *BIO, "--any-manual") == {"ada": None, "brahim": 1, "chloe": 1}


def test_manual_enrolments_made_by_hand_count_where_they_are_asked_for(
    university: Path, at_university: Say
) -> None:
    enrol_by_hand(university, 11)
    assert listed(at_university, *BIO, "--any-manual") == {"ada": None}


def test_a_run_that_changed_its_own_enrolments_has_them_still(converted: Say) -> None:
    edited = converted("end-date", *BIO, "--keyword", "ada", "--until", "2028-08-31", "--run")
    assert edited.status == 0
    assert listed(converted, *BIO) == {"ada": 2, "brahim": 1, "chloe": 1}


def test_what_was_undone_is_gone_and_what_is_done_again_is_back(converted: Say) -> None:
    assert converted("undo", "1", "--run").status == 0
    assert listed(converted, "--all", "--any-manual") == {}
    assert converted(*CONVERT).status == 0
    assert set(listed(converted, *BIO)) == {"ada", "brahim", "chloe"}


def test_nothing_is_removed_before_it_is_asked_for(university: Path, converted: Say) -> None:
    before = university.read_bytes()
    said = converted("repeaters", *BIO)
    assert said.status == 0
    assert said.out.rstrip().endswith("3 repeaters")
    assert university.read_bytes() == before


def test_the_manual_enrolment_goes_and_the_automatic_one_stays(university: Path, converted: Say) -> None:
    enrol_by_hand(university, 20)
    automatic = rows(university, 2)
    said = converted("repeaters", *BIO, "--run", "--json")
    assert (said.status, said.err) == (0, "")
    assert [row[1] for row in rows(university, 1)] == [20]
    assert rows(university, 2) == automatic
    assert listed(converted, "--all") == {}
    again = converted("repeaters", *BIO, "--run")
    assert again.status == 0
    runs = json.loads(converted("runs", "--json").out)["runs"]
    assert [run["kind"] for run in runs] == ["unenrol", "convert"]


def test_the_removal_can_be_undone(university: Path, converted: Say) -> None:
    manual = rows(university, 1)
    assert converted("repeaters", *BIO, "--run").status == 0
    assert converted("undo", "last", "--run").status == 0
    assert rows(university, 1) == manual
    assert listed(converted, *BIO) == {"ada": 1, "brahim": 1, "chloe": 1}


def test_each_course_loses_its_own_repeaters_only(university: Path, converted: Say) -> None:
    enrol_by_hand(university, 11, instanceid=3)  # ada, in MATH too
    assert converted("repeaters", "--all", "--run").status == 0
    assert [row[1] for row in rows(university, 1)] == []
    assert [row[1] for row in rows(university, 3)] == [11]


def test_repeaters_are_written_as_csv(converted: Say) -> None:
    said = converted("repeaters", *BIO, "--format", "csv")
    assert said.status == 0
    headings, *people = csv.reader(io.StringIO(said.out, newline=""))
    assert headings[-3:] == ["made by run", "automatic methods", "end of the automatic enrolment"]
    assert [(row[4], *row[-3:]) for row in people] == [
        (name, "1", "External database", "unlimited") for name in ("ada", "brahim", "chloe")
    ]


def test_nobody_is_named_in_a_pseudonymous_list(converted: Say) -> None:
    said = converted("repeaters", *BIO, "--format", "csv", "--pseudonymous")
    assert said.out.count(",p-") == 3
    assert not any(word in said.out for word in ("ada", "Martin", "Ada"))


def test_a_selection_is_needed(at_university: Say) -> None:
    assert at_university("repeaters").status == 2


def test_an_interrupted_removal_is_resumed_for_the_same_people(
    university: Path, converted: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert converted("convert", "--course", "MATH", "--until", "2027-08-31", "--run").status == 0
    with monkeypatch.context() as patched:
        # Each course in a batch of its own, and Ctrl+C after the first.
        patched.setattr(maintien.runs.execute, "batches", lambda sizes, _: ([size] for size in sizes))
        patched.setattr(maintien.runs.conduct, "execute", interrupted_after_the_first)
        assert converted("repeaters", "--all", "--run").status == 130
    assert (len(rows(university, 1)), len(rows(university, 3))) == (0, 2)
    enrol_by_hand(university, 13, instanceid=3)
    enrol_by_hand(university, 13, instanceid=4)
    assert converted("resume", "last", "--run").status == 0
    assert [row[1] for row in rows(university, 3)] == [13]


def interrupted_after_the_first(*arguments: object, **options: object) -> Iterator[CourseOutcome]:
    yield next(execute(*arguments, **options))  # type: ignore[arg-type]
    raise KeyboardInterrupt
