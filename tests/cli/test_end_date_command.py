"""``end-date`` shows how manual enrolments would change, and changes them only with ``--run``."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Said, Say
from tests.cli.manual_university import (
    ADA,
    BIO_BY_HAND,
    BRAHIM,
    EMMA,
    ENDS,
    FARID,
    NEXT_YEAR,
    YESTERDAY,
    ends,
    enrol_by_hand,
    rows,
    selected,
    write,
)
from tests.cli.university import NOW

UNTIL = 1819749599
"""The last second of 2027-08-31 in Paris."""
BIO = ("end-date", "--course", "BIO")
END_DATE = (*BIO, "--method", "manual", "--until", "2027-08-31")


@pytest.fixture
def moodle(university: Path) -> Path:
    enrol_by_hand(university)
    return university


def document(said: Said) -> dict[str, Any]:
    assert said.status == 0, said.err
    read: dict[str, Any] = json.loads(said.out)
    return read


def reasons(said: Said) -> dict[int, str]:
    (course,) = document(said)["courses"]
    return {person["user"]: person["reason"] for person in course["left_alone"]}


def test_preview_writes_nothing_and_shows_before_and_after(moodle: Path, at_university: Say) -> None:
    before = moodle.read_bytes()
    said = at_university(*END_DATE)

    assert (said.status, said.err) == (0, "")
    assert "PREVIEW" in said.out
    line = next(line for line in said.out.splitlines() if "Emma" in line)
    assert line.split()[2:] == ["2026-08-28", "12:40", "2027-08-31", "23:59"]
    assert "unlimited" in next(line for line in said.out.splitlines() if "Farid" in line)
    assert moodle.read_bytes() == before


def test_run_gives_everybody_the_end_date_and_logs_it(moodle: Path, at_university: Say) -> None:
    preview = document(at_university(*END_DATE, "--json"))
    done = document(at_university(*END_DATE, "--json", "--run"))

    assert done == preview | {"written": True, "run": 1}
    assert ends(moodle) == dict.fromkeys(ENDS, UNTIL)
    log = selected(moodle, "SELECT relateduserid, eventname, other FROM mdl_logstore_standard_log")
    event = ("\\core\\event\\user_enrolment_updated", '{"enrol":"manual"}')
    assert sorted(log) == [(userid, *event) for userid in (ADA, BRAHIM, EMMA, FARID)]
    flags = selected(moodle, "SELECT name FROM mdl_cache_flags WHERE flagtype = 'accesslib/dirtyusers'")
    assert {int(str(name)) for (name,) in flags} == ENDS.keys()


def test_second_run_changes_nothing_and_keeps_no_run(moodle: Path, at_university: Say) -> None:
    at_university(*END_DATE, "--run")
    before = rows(moodle)
    again = document(at_university(*END_DATE, "--json", "--run"))

    assert (again["run"], again["totals"]["left_alone"]) == (None, {"already_so": 4})
    assert rows(moodle) == before


def test_expired_people_alone_are_prolonged(moodle: Path, at_university: Say) -> None:
    expired = ("--method", "manual", "--status", "inactive", "--until", "2027-08-31")
    at_university(*BIO, *expired, "--match", "all", "--only-later", "--run")

    assert ends(moodle) == ENDS | {ADA: UNTIL, EMMA: UNTIL}


@pytest.mark.usefixtures("moodle")
def test_only_later_and_only_earlier_name_whom_they_leave_alone(at_university: Say) -> None:
    dated = (*BIO, "--method", "manual", "--until", f"@{NEXT_YEAR}", "--json")

    assert reasons(at_university(*dated, "--only-later")) == {
        BRAHIM: "ends_later_already",
        FARID: "ends_later_already",
    }
    assert reasons(at_university(*dated, "--only-earlier")) == {
        ADA: "ends_earlier_already",
        BRAHIM: "ends_earlier_already",
        EMMA: "ends_earlier_already",
    }


@pytest.mark.parametrize("asked", [("--clear",), ("--until", "never"), ("--until", "@2147483647")])
def test_end_dates_are_taken_away(moodle: Path, at_university: Say, asked: tuple[str, ...]) -> None:
    at_university(*BIO, "--method", "manual", *asked, "--run")

    assert ends(moodle) == dict.fromkeys(ENDS, 0)


def test_enrolments_are_suspended_and_made_active_again(moodle: Path, at_university: Say) -> None:
    statuses = f"SELECT DISTINCT status FROM mdl_user_enrolments WHERE enrolid = {BIO_BY_HAND}"

    warned = at_university(*BIO, "--method", "manual", "--suspend", "--run")
    assert "1 person can enter the course now" in warned.out
    assert selected(moodle, statuses) == [(1,)]

    at_university(*BIO, "--status", "suspended", "--activate", "--run")
    assert selected(moodle, statuses) == [(0,)]


def test_start_is_changed_with_the_end(moodle: Path, at_university: Say) -> None:
    at_university(*END_DATE, "--keyword", "emma", "--start", "2026-08-29", "--run")

    start_and_end = f"SELECT timestart, timeend FROM mdl_user_enrolments WHERE userid = {EMMA}"
    assert selected(moodle, start_and_end) == [(1787954400, UNTIL)]


def test_people_without_a_manual_enrolment_are_named(moodle: Path, at_university: Say) -> None:
    said = at_university(*BIO, "--until", "2027-08-31", "--role", "student", "--json")

    assert reasons(said) == {13: "no_manual_enrolment"}
    assert ends(moodle) == ENDS


def test_disabled_manual_method_and_a_past_date_are_warned_of(moodle: Path, at_university: Say) -> None:
    at_university("convert", "--course", "HIST", "--until", "2027-08-31", "--enable-manual", "--run")
    connection_says = "UPDATE mdl_enrol SET status = 1 WHERE id = 5"
    write(moodle, connection_says)

    said = at_university("end-date", "--course", "HIST", "--method", "manual", "--until", f"@{NOW - 5}")

    assert said.status == 0
    assert "is disabled in the course" in said.out
    assert "has passed already" in said.out


def test_course_without_a_manual_method_says_so(moodle: Path, at_university: Say) -> None:
    write(moodle, "DELETE FROM mdl_enrol WHERE id = 3")

    said = at_university("end-date", "--course", "MATH", "--until", "2027-08-31")

    assert said.status == 0
    assert "NOTHING TO DO" in said.out
    assert "has no method Manual enrolments" in said.out


def test_courses_file_gives_each_course_its_own_end(moodle: Path, at_university: Say, tmp_path: Path) -> None:
    file = tmp_path / "courses.csv"
    file.write_text("course;until\nBIO;2027-06-30\n", encoding="utf-8")

    at_university("end-date", "--courses-file", str(file), "--keyword", "emma", "--run")

    assert ends(moodle)[EMMA] == UNTIL - 62 * 86_400


def test_courses_file_may_not_say_whom(moodle: Path, at_university: Say, tmp_path: Path) -> None:
    before = rows(moodle)
    file = tmp_path / "courses.csv"
    file.write_text("course;until;roles\nBIO;2027-06-30;student\n", encoding="utf-8")

    said = at_university("end-date", "--courses-file", str(file), "--run")

    assert (said.status, said.out) == (2, "")
    assert "line 2" in said.err
    assert "--role" in said.err
    assert rows(moodle) == before


def test_undo_gives_everything_back(moodle: Path, at_university: Say) -> None:
    before = rows(moodle)
    at_university(*END_DATE, "--suspend", "--run")

    undone = at_university("undo", "1", "--run")

    assert undone.status == 0, undone.err
    assert rows(moodle) == before


def test_what_somebody_changed_since_is_not_taken_back(moodle: Path, at_university: Say) -> None:
    at_university(*END_DATE, "--run")
    write(moodle, f"UPDATE mdl_user_enrolments SET timeend = 5 WHERE enrolid = 1 AND userid = {EMMA}")

    said = at_university("undo", "1", "--run", "--json")

    (course,) = document(said)["courses"]
    assert [(entry["user"], entry["reason"]) for entry in course["left_alone"]] == [(EMMA, "changed_since")]
    assert ends(moodle) == ENDS | {EMMA: 5}


def test_saved_plan_is_applied_as_a_run_of_its_own_kind(
    moodle: Path, at_university: Say, tmp_path: Path
) -> None:
    plan = str(tmp_path / "plan")
    at_university(*END_DATE, "--keyword", "emma", "--save", plan)

    applied = at_university("apply", plan, "--run")

    assert applied.status == 0, applied.err
    assert ends(moodle) == ENDS | {EMMA: UNTIL}
    (run,) = document(at_university("runs", "--json"))["runs"]
    assert run["kind"] == "end-date"


def test_plan_that_the_site_has_left_behind_is_refused(
    moodle: Path, at_university: Say, tmp_path: Path
) -> None:
    plan = str(tmp_path / "plan")
    at_university(*END_DATE, "--save", plan)
    write(moodle, f"UPDATE mdl_user_enrolments SET timeend = 5 WHERE enrolid = 1 AND userid = {EMMA}")

    said = at_university("apply", plan, "--run")

    assert said.status == 1
    assert ends(moodle) == ENDS | {EMMA: 5}


@pytest.mark.usefixtures("moodle")
def test_run_is_shown_in_either_language(at_university: Say) -> None:
    at_university(*END_DATE, "--run")

    assert "end date" in at_university("runs").out
    shown = at_university("--lang", "fr", "runs", "show", "1")
    assert "Ada" in shown.out
    assert "Date de fin" in shown.out
    assert "31/08/2027" in shown.out


@pytest.mark.usefixtures("moodle")
def test_filter_is_told(at_university: Say) -> None:
    filters = (
        "--role",
        "student",
        "--status",
        "active",
        "--group",
        "none",
        "--no-access-since",
        "2026-08-01",
    )
    said = at_university(*END_DATE, *filters, "--match", "any", "--json")

    policy = document(said)["policy"]
    assert policy["kind"] == "end_date_policy"
    assert policy["whom"] == {
        "join": "any",
        "methods": {"values": ["manual"], "join": "any"},
        "roles": {"values": ["student"], "none": False, "join": "any"},
        "statuses": {"values": ["active"], "join": "any"},
        "groups": {"values": [], "none": True, "join": "any"},
        "last_access": {"values": [["not-since", 1785535200]], "join": "any"},
    }
    assert at_university(*END_DATE, *filters, "--match", "any").status == 0


def test_ended_yesterday_is_what_the_fixture_says(moodle: Path) -> None:
    assert ends(moodle) == {ADA: YESTERDAY, BRAHIM: NEXT_YEAR, EMMA: YESTERDAY, FARID: 0}


@pytest.mark.usefixtures("moodle")
def test_method_that_the_site_does_not_know_is_noticed(at_university: Say) -> None:
    said = at_university(*BIO, "--method", "manuel", "--until", "2027-08-31")

    assert said.status == 0
    assert "NOTHING TO DO" in said.out
    assert "“manuel”" in said.err
