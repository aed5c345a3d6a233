"""``convert`` shows first, writes only with ``--run``, and each course under what was asked for it."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import maintien.cli.running.policy_runs
import maintien.runs.conduct
from maintien.errors.sites import CourseKeptLocked
from maintien.runs.execute import CourseOutcome, execute
from maintien.sites.database.site import DatabaseSite
from maintien.sites.write_access import FileIsReadOnly
from tests.cli.conftest import Say
from tests.cli.university import NOW

BIO = ("convert", "--course", "BIO")
AUGUST = 1819749599
"""The last second of 2027-08-31 in Paris."""


def manual_enrolments(university: Path) -> dict[tuple[int, int], int]:
    """When each person's manual enrolment in each course ends."""
    query = (
        "SELECT e.courseid, ue.userid, ue.timeend FROM mdl_user_enrolments ue"
        " JOIN mdl_enrol e ON e.id = ue.enrolid WHERE e.enrol = 'manual'"
    )
    connection = sqlite3.connect(university)
    try:
        return {(courseid, userid): end for courseid, userid, end in connection.execute(query)}
    finally:
        connection.close()


def policy(at_university: Say, *arguments: str) -> dict[str, Any]:
    said = at_university(*arguments, "--json")
    assert said.status == 0, said.err
    document: dict[str, Any] = json.loads(said.out)["policy"]
    return document


def test_a_preview_writes_nothing_and_says_how_to_run(university: Path, at_university: Say) -> None:
    before = university.read_bytes()
    said = at_university(*BIO, "--until", "2027-08-31")
    assert (said.status, said.err) == (0, "")
    assert "PREVIEW" in said.out
    assert "--run" in said.out
    assert university.read_bytes() == before


def test_a_run_writes_what_the_preview_showed(university: Path, at_university: Say) -> None:
    preview = at_university(*BIO, "--until", "2027-08-31", "--json")
    said = at_university(*BIO, "--until", "2027-08-31", "--json", "--run")
    assert (said.status, said.err) == (0, "")
    assert json.loads(said.out) == json.loads(preview.out) | {"written": True, "run": 1}
    assert manual_enrolments(university) == {(2, 11): AUGUST, (2, 12): AUGUST, (2, 13): AUGUST}


def test_a_second_run_changes_nothing(university: Path, at_university: Say) -> None:
    at_university(*BIO, "--until", "2027-08-31", "--run")
    before = manual_enrolments(university)
    said = at_university(*BIO, "--until", "2027-08-31", "--run")
    assert said.status == 0
    assert "NOTHING TO DO" in said.out
    assert manual_enrolments(university) == before


def test_a_late_start_is_no_error_where_others_have_what_they_need(at_university: Say) -> None:
    both = (*BIO, "--course", "NEXT", "--until", "2027-08-31")
    assert at_university(*both, "--run").status == 0
    said = at_university(*both)
    assert (said.status, said.err) == (0, "")
    assert "NOTHING TO DO" in said.out


def test_the_operator_and_the_time_are_written(university: Path, at_university: Say) -> None:
    at_university(*BIO, "--until", "never", "--operator", "dora", "--run")
    connection = sqlite3.connect(university)
    rows = connection.execute(
        "SELECT DISTINCT modifierid, timemodified FROM mdl_user_enrolments WHERE enrolid = 1"
    ).fetchall()
    connection.close()
    assert rows == [(20, NOW)]


def test_defaults_are_those_of_the_documentation(at_university: Say) -> None:
    assert policy(at_university, *BIO, "--until", "2027-08-31") == {
        "kind": "conversion_policy",
        "ends_at": {"unix": AUGUST, "iso": "2027-08-31T23:59:59+02:00"},
        "end_roles": ["student"],
        "methods": ["cohort", "database"],
        "roles": ["student"],
        "include_suspended": False,
        "end_for": "converted",
        "keep_groups": True,
        "enable_manual": False,
        "mode": "add",
        "feed_is_gone": False,
    }


OPTIONS: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    "--until never": (("--until", "never"), {"ends_at": {"unix": 0, "iso": None}}),
    "--methods": (("--methods", "self, meta"), {"methods": ["meta", "self"]}),
    "--methods all": (("--methods", "all"), {"methods": None}),
    "--roles": (("--roles", "student,manager"), {"roles": ["manager", "student"]}),
    "--roles all": (("--roles", "all"), {"roles": None}),
    "--end-roles": (("--end-roles", "manager"), {"end_roles": ["manager"]}),
    "--end-roles all": (
        ("--end-roles", "all"),
        {"end_roles": ["editingteacher", "manager", "student"]},
    ),
    "--end-for": (("--end-for", "all-manual"), {"end_for": "all-manual"}),
    "--include-suspended": (("--include-suspended",), {"include_suspended": True}),
    "--no-keep-groups": (("--no-keep-groups",), {"keep_groups": False}),
    "--keep-groups": (("--keep-groups",), {"keep_groups": True}),
    "--enable-manual": (("--enable-manual",), {"enable_manual": True}),
    "--mode": (("--mode", "move"), {"mode": "move"}),
    "--feed-is-gone": (("--mode", "move", "--feed-is-gone"), {"mode": "move", "feed_is_gone": True}),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_each_option_changes_its_part_of_the_policy(case: str, at_university: Say) -> None:
    options, changed = OPTIONS[case]
    default = policy(at_university, *BIO, "--until", "2027-08-31")
    assert policy(at_university, *BIO, "--until", "2027-08-31", *options) == default | changed


def test_like_moodle_takes_a_past_date(at_university: Say) -> None:
    asked = policy(at_university, *BIO, "--until", "2020-08-31", "--like-moodle")
    assert (asked["kind"], asked["ends_at"]["iso"]) == ("like_moodle_policy", "2020-08-31T23:59:59+02:00")


def test_a_course_whose_manual_method_is_disabled_is_named(at_university: Say) -> None:
    said = at_university("convert", "--course", "HIST", "--until", "2027-08-31", "--json")
    (course,) = json.loads(said.out)["courses"]
    assert (said.status, course["obstacle"]["kind"]) == (0, "manual_instance_disabled")


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DatabaseSite, "check_may_write", lambda _: FileIsReadOnly())


@pytest.mark.usefixtures("read_only")
def test_an_account_that_may_only_read_can_preview(at_university: Say) -> None:
    assert at_university(*BIO, "--until", "never").status == 0


@pytest.mark.usefixtures("read_only")
def test_an_account_that_may_only_read_cannot_run(university: Path, at_university: Say) -> None:
    said = at_university(*BIO, "--until", "never", "--run")
    assert (said.status, said.out) == (1, "")
    assert "may only read" in said.err
    assert manual_enrolments(university) == {}


def test_without_an_administrator_somebody_has_to_be_named(university: Path, at_university: Say) -> None:
    connection = sqlite3.connect(university)
    connection.execute("UPDATE mdl_config SET value = '' WHERE name = 'siteadmins'")
    connection.commit()
    connection.close()
    said = at_university(*BIO, "--until", "never")
    assert (said.status, said.out) == (2, "")
    assert "--operator" in said.err
    assert at_university(*BIO, "--until", "never", "--operator", "ada").status == 0


NOTES = {
    "an operator's id that nobody has": (("--operator", "999"), "999"),
    "a role without the end date": (("--roles", "editingteacher"), "editingteacher"),
    "a method that nobody knows": (("--methods", "databse"), "databse"),
}


@pytest.mark.parametrize("case", NOTES)
def test_what_may_not_be_meant_is_noted_and_done(case: str, at_university: Say) -> None:
    options, word = NOTES[case]
    said = at_university(*BIO, "--until", "2027-08-31", *options)
    assert said.status == 0
    assert said.err.startswith("Note: ")
    assert word in said.err


def failing(outcomes: Iterator[CourseOutcome], failing: set[str]) -> Iterator[CourseOutcome]:
    for outcome in outcomes:
        name = outcome.plan.course.shortname
        failure = CourseKeptLocked(course=name, attempts=5) if name in failing else None
        yield CourseOutcome(plan=outcome.plan, failure=failure)


@pytest.mark.parametrize(("courses", "status"), [({"BIO"}, 3), ({"BIO", "MATH"}, 1)])
def test_the_status_tells_a_part_from_nothing(
    courses: set[str], status: int, at_university: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintien.runs.conduct, "execute", lambda *a, **k: failing(execute(*a, **k), courses))
    said = at_university(*BIO, "--course", "MATH", "--until", "2027-08-31", "--run")
    assert said.status == status
    for name in courses:
        assert f"{name} could not be written" in " ".join(said.out.split())


def interrupted(outcomes: Iterator[CourseOutcome]) -> Iterator[CourseOutcome]:
    yield next(outcomes)
    raise KeyboardInterrupt


def test_an_interrupted_run_says_how_far_it_got(
    university: Path, at_university: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintien.runs.conduct, "execute", lambda *a, **k: interrupted(execute(*a, **k)))
    said = at_university(*BIO, "--course", "MATH", "--until", "2027-08-31", "--run")
    assert (said.status, said.out) == (130, "")
    assert "after 1 of 2 courses" in said.err
    assert manual_enrolments(university) != {}


def test_an_interrupted_preview_says_so(at_university: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> Iterator[object]:
        raise KeyboardInterrupt

    monkeypatch.setattr(maintien.cli.running.policy_runs, "preview", stopped)
    said = at_university(*BIO, "--until", "2027-08-31")
    assert (said.status, said.out, said.err) == (130, "", "Interrupted.\n")


def enrolments(university: Path) -> set[tuple[int, int, int, int]]:
    """Id, instance, person and end of every enrolment."""
    connection = sqlite3.connect(university)
    try:
        rows = connection.execute("SELECT id, enrolid, userid, timeend FROM mdl_user_enrolments")
        return {(rowid, instance, person, end) for rowid, instance, person, end in rows}
    finally:
        connection.close()


def execute_sql(university: Path, *statements: str) -> None:
    connection = sqlite3.connect(university)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_move_leaves_alone_whoever_the_cohort_lists(university: Path, at_university: Say) -> None:
    execute_sql(university, "INSERT INTO mdl_cohort_members (cohortid, userid, timeadded) VALUES (1, 11, 0)")
    before = enrolments(university)
    said = at_university(
        *("convert", "--course", "MATH", "--mode", "move", "--until", "2027-08-31", "--run", "--json")
    )
    assert (said.status, said.err) == (0, "")
    (course,) = json.loads(said.out)["courses"]
    assert course["left_alone"] == [{"user": 11, "reason": "still_listed", "methods": ["cohort"]}]
    ((rowid, *_),) = before - enrolments(university)
    assert enrolments(university) - before == {(rowid, 3, 12, AUGUST)}


def test_a_move_without_a_register_needs_the_word_that_it_is_gone(
    university: Path, at_university: Say
) -> None:
    before = enrolments(university)
    move = (*BIO, "--mode", "move", "--until", "2027-08-31", "--json")
    refused = at_university(*move, "--run")
    assert json.loads(refused.out)["totals"]["left_alone"]["feed_unknown"] == 3
    assert enrolments(university) == before
    said = at_university(*move, "--feed-is-gone", "--run")
    assert (said.status, said.err) == (0, "")
    assert {row[1:] for row in enrolments(university) - before} == {(1, who, AUGUST) for who in (11, 12, 13)}


def test_a_register_that_can_not_be_read_is_noticed(university: Path, at_university: Say) -> None:
    settings = {
        "dbtype": "pdo",
        "dbhost": "sqlite:/nowhere/register.sqlite",
        "remoteenroltable": "inscriptions",
        "remotecoursefield": "cours",
        "remoteuserfield": "personne",
    }
    execute_sql(
        university,
        *(
            "INSERT INTO mdl_config_plugins (plugin, name, value)"
            f" VALUES ('enrol_database', '{name}', '{value}')"
            for name, value in settings.items()
        ),
    )
    said = at_university(*BIO, "--mode", "move", "--until", "2027-08-31")
    assert said.status == 0
    assert "Whom the external database lists is unknown" in said.err
    assert "/nowhere/register.sqlite" in " ".join(said.err.split())
    assert "PREVIEW" not in said.out
