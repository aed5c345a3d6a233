"""``check``, ``courses`` and ``participants`` show what was asked for, and end with their status."""

import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Say


def change(university: Path, statement: str) -> None:
    connection = sqlite3.connect(university)
    connection.execute(statement)
    connection.commit()
    connection.close()


SELECTIONS = {
    "--all": (("--all",), ["BIO", "MATH", "HIST", "NEXT"]),
    "--course by short name": (("--course", "MATH"), ["MATH"]),
    "--course by id": (("--course", "3"), ["MATH"]),
    "--course by ID number": (("--course", "B1"), ["BIO"]),
    "--course twice": (("--course", "MATH", "--course", "BIO"), ["BIO", "MATH"]),
    "--category": (("--category", "Lettres"), ["HIST", "NEXT"]),
    "--category twice": (("--category", "1", "--category", "2"), ["BIO", "MATH", "HIST", "NEXT"]),
    "--cohort": (("--cohort", "L1"), ["MATH"]),
    "together": (("--cohort", "L1", "--course", "HIST"), ["MATH", "HIST"]),
}


@pytest.mark.parametrize("case", SELECTIONS)
def test_courses_are_selected(case: str, at_university: Say) -> None:
    options, expected = SELECTIONS[case]
    said = at_university("courses", *options, "--json")
    assert (said.status, said.err) == (0, "")
    assert [course["shortname"] for course in json.loads(said.out)["courses"]] == expected


def test_people_of_courses_are_counted(at_university: Say) -> None:
    said = at_university("courses", "--course", "BIO", "--json")
    (course,) = json.loads(said.out)["courses"]
    counts = {name: course[name] for name in ("participants", "automatic_only", "at_risk")}
    assert counts == {"participants": 4, "automatic_only": 4, "at_risk": 3}


def test_names_in_a_table_are_harmless(at_university: Say) -> None:
    said = at_university("courses", "--course", "BIO")
    assert said.status == 0
    assert "\x1b" not in said.out
    assert "Biologie \\x1b[2J" in said.out


PEOPLE = {
    "everybody": ((), ["ada", "brahim", "chloe", "dora"]),
    "--role": (("--role", "editingteacher"), ["dora"]),
    "--role twice": (("--role", "editingteacher", "--role", "student"), ["ada", "brahim", "chloe", "dora"]),
    "--method": (("--method", "database"), ["ada", "brahim", "chloe", "dora"]),
    "--method without people": (("--method", "manual"), []),
    "--methods with a comma": (("--method", "manual,database"), ["ada", "brahim", "chloe", "dora"]),
    "--status": (("--status", "suspended"), ["chloe"]),
    "--status twice": (("--status", "active", "--status", "suspended"), ["ada", "brahim", "chloe", "dora"]),
    "together": (("--role", "student", "--status", "active"), ["ada", "brahim"]),
}


@pytest.mark.parametrize("case", PEOPLE)
def test_participants_are_filtered(case: str, university: Path, at_university: Say) -> None:
    change(university, "UPDATE mdl_user_enrolments SET status = 1 WHERE userid = 13 AND enrolid = 2")
    options, expected = PEOPLE[case]
    said = at_university("participants", "--course", "BIO", *options, "--json")
    assert (said.status, said.err) == (0, "")
    assert [person["username"] for person in json.loads(said.out)["participants"]] == expected


@pytest.mark.parametrize("options", [("--course", "MATH", "--course", "BIO"), ("--category", "1")])
def test_participants_of_several_courses_come_course_by_course(
    options: tuple[str, ...], at_university: Say
) -> None:
    said = at_university("participants", *options, "--format", "json")
    people = json.loads(said.out)["participants"]
    assert [person["course"]["shortname"] for person in people] == ["BIO"] * 4 + ["MATH"] * 2


SORTED = {
    "name": ["dora", "chloe", "brahim", "ada"],
    "username": ["dora", "chloe", "brahim", "ada"],
    "last-access": ["ada", "brahim", "chloe", "dora"],
}


@pytest.mark.parametrize("sort", SORTED)
def test_participants_are_sorted(sort: str, university: Path, at_university: Say) -> None:
    change(university, "INSERT INTO mdl_user_lastaccess (userid, courseid, timeaccess) VALUES (11, 2, 99)")
    said = at_university("participants", "--course", "BIO", "--sort", sort, "--descending", "--json")
    assert [person["username"] for person in json.loads(said.out)["participants"]] == SORTED[sort]


WHO: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "--keyword": (("--keyword", "CHLO"), ["chloe"]),
    "--never-accessed": (("--never-accessed",), ["brahim", "chloe", "dora"]),
    "--access-since": (("--access-since", "1970-01-01"), ["ada"]),
    "--no-access-since": (("--no-access-since", "@100"), ["ada", "brahim", "chloe", "dora"]),
    "--group": (("--group", "TD A"), ["brahim"]),
    "--group none": (("--group", "none"), ["ada", "chloe", "dora"]),
    "--role none": (("--role", "none"), []),
    "--match any": (("--group", "id:77", "--keyword", "ada", "--match", "any"), ["ada", "brahim"]),
    "--match none": (("--group", "TD A", "--keyword", "ada", "--match", "none"), ["chloe", "dora"]),
    "--match role=none": (("--role", "student", "--match", "role=none"), ["dora"]),
}


@pytest.mark.parametrize("case", WHO)
def test_participants_are_filtered_as_on_the_page(case: str, university: Path, at_university: Say) -> None:
    change(university, "INSERT INTO mdl_user_lastaccess (userid, courseid, timeaccess) VALUES (11, 2, 99)")
    change(university, "INSERT INTO mdl_groups (id, courseid, name) VALUES (77, 2, 'TD A')")
    change(university, "INSERT INTO mdl_groups_members (groupid, userid) VALUES (77, 12)")
    options, expected = WHO[case]
    said = at_university("participants", "--course", "BIO", *options, "--json")
    assert (said.status, said.err) == (0, "")
    assert [person["username"] for person in json.loads(said.out)["participants"]] == expected


WRONG = {
    "a group of no course": ("--group", "TD Z"),
    "a way to match that there is not": ("--match", "some"),
    "a filter that there is not": ("--match", "colour=all"),
    "a keyword without a letter": ("--keyword", " "),
    "a moment that is none": ("--access-since", "yesterday"),
    "an order that there is not": ("--sort", "shoe-size"),
    "a table that there is not": ("--format", "csv", "--table", "shoes"),
    "JSON as something else": ("--json", "--format", "csv"),
    "a table for a file": ("--format", "table", "-o", "people.csv"),
    "pseudonyms on the screen": ("--pseudonymous",),
    "pseudonyms in JSON": ("--format", "json", "--pseudonymous"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_nobody_can_mean_is_said(case: str, at_university: Say) -> None:
    said = at_university("participants", "--course", "BIO", *WRONG[case])
    assert (said.status, said.out) == (2, "")
    assert said.err.count("\n") == 1


def test_participants_are_written_as_csv(at_university: Say) -> None:
    said = at_university("participants", "--all", "--keyword", "ada", "--format", "csv")
    assert said.status == 0
    headings, *people = csv.reader(io.StringIO(said.out, newline=""))
    assert headings[4] == "user name"
    assert [(row[1], row[4]) for row in people] == [
        *(("BIO", "ada"), ("MATH", "ada"), ("NEXT", "ada")),
    ]


def test_enrolments_are_a_table_of_their_own(tmp_path: Path, at_university: Say) -> None:
    file = tmp_path / "people.csv"
    said = at_university("participants", "--course", "MATH", "-o", str(file), "--table", "enrolments")
    assert (said.status, said.out) == (0, "")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        headings, *rows = csv.reader(stream)
    assert headings[4:] == ["enrolment method", "instance id", "status", "start", "end"]
    assert {row[4] for row in rows} == {"Cohort sync"}


@pytest.mark.parametrize("suffix", ["xlsx", "html"])
def test_participants_are_written_to_files(suffix: str, tmp_path: Path, at_university: Say) -> None:
    file = tmp_path / f"people.{suffix}"
    said = at_university("participants", "--all", "-o", str(file))
    assert (said.status, said.out) == (0, "")
    assert file.read_bytes().startswith(b"PK" if suffix == "xlsx" else b"<!DOCTYPE html>")


def test_nobody_is_named_in_a_pseudonymous_list(at_university: Say) -> None:
    said = at_university("participants", "--all", "--format", "csv", "--pseudonymous")
    assert said.status == 0
    assert said.out.count(",p-") == 8
    assert not any(word in said.out for word in ("ada", "Martin", "example", "Ada"))


def test_participants_are_shown_as_a_table(at_university: Say) -> None:
    said = at_university("participants", "--course", "MATH", "--course", "BIO", "--format", "table")
    assert said.status == 0
    assert [said.out.count(name) for name in ("Maths", "Brahim Martin", "Dora Martin")] == [1, 2, 1]


def test_roles_from_above_the_course_count(university: Path, at_university: Say) -> None:
    change(
        university,
        "INSERT INTO mdl_role_assignments (roleid, contextid, userid, component, itemid, timemodified,"
        " modifierid, sortorder) VALUES (1, 1, 11, '', 0, 0, 0, 0)",
    )
    said = at_university("participants", "--course", "BIO", "--role", "manager", "--json")
    people = json.loads(said.out)["participants"]
    assert [(person["username"], person["roles"]) for person in people] == [("ada", ["manager", "student"])]


def test_a_usable_site_passes_the_check(at_university: Say) -> None:
    said = at_university("check", "--json")
    document = json.loads(said.out)
    assert (said.status, said.err) == (0, "")
    assert (document["courses"], document["operator"]["username"]) == (0, "admin")
    assert {item["kind"] for item in document["findings"]} == {"feed_unenrol_action", "may_write"}


def test_what_is_wrong_in_courses_is_checked_when_they_are_named(at_university: Say) -> None:
    said = at_university("check", "--all", "--json")
    document = json.loads(said.out)
    assert said.status == 0
    assert document["courses"] == 4
    found = {item["kind"]: item["courses"] for item in document["findings"]}
    assert found["manual_instance_disabled"] == 1


def test_a_site_without_the_manual_method_fails_the_check(university: Path, at_university: Say) -> None:
    change(
        university,
        "UPDATE mdl_config SET value = 'cohort,database' WHERE name = 'enrol_plugins_enabled'",
    )
    said = at_university("check", "--json")
    assert said.status == 1
    assert "manual_method_disabled_on_site" in {item["kind"] for item in json.loads(said.out)["findings"]}


def test_the_check_shows_remedies(at_university: Say) -> None:
    said = at_university("check", "--course", "HIST")
    assert said.status == 0
    assert "--enable-manual" in said.out


def test_the_check_names_nobody_where_there_is_no_administrator(university: Path, at_university: Say) -> None:
    change(university, "UPDATE mdl_config SET value = '' WHERE name = 'siteadmins'")
    said = at_university("check", "--all", "--json")
    assert (said.status, json.loads(said.out)["operator"]) == (0, None)


def test_the_check_notes_an_operator_that_nobody_is(at_university: Say) -> None:
    said = at_university("check", "--operator", "999", "--json")
    assert said.status == 0
    assert "999" in said.err
    assert json.loads(said.out)["operator"]["id"] == 999


@pytest.mark.parametrize("release", ["5.9 (Build: 20290101)", "3.11 (Build: 20210517)"])
def test_a_moodle_that_nobody_tried_is_noted(release: str, university: Path, at_university: Say) -> None:
    change(university, f"UPDATE mdl_config SET value = '{release}' WHERE name = 'release'")
    said = at_university("courses", "--all", "--json")
    assert said.status == 0
    assert said.err.startswith(f"Note: Moodle {release}")


COMMANDS = {
    "check": ("check", "--all"),
    "courses": ("courses", "--all"),
    "participants": ("participants", "--course", "BIO"),
    "convert": ("convert", "--all", "--until", "2027-08-31"),
    "convert --run": ("convert", "--all", "--until", "2027-08-31", "--run"),
    "convert with notes": ("convert", "--all", "--until", "2027-08-31", "--operator", "999"),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_json_is_one_document_in_ascii_and_nothing_else(case: str, at_university: Say) -> None:
    said = at_university(*COMMANDS[case], "--json")
    assert said.status == 0
    assert isinstance(json.loads(said.out), dict)
    assert said.out.isascii()
    assert said.out.endswith("}\n")


@pytest.mark.parametrize("case", COMMANDS)
def test_json_is_the_same_in_every_language(case: str, at_university: Say) -> None:
    arguments = [argument for argument in COMMANDS[case] if argument != "--run"]
    english, french = (at_university(*arguments, "--json", "--lang", code) for code in ("en", "fr"))
    assert english.out == french.out


@pytest.mark.parametrize("case", sorted(COMMANDS.keys() - {"convert --run"}))
def test_tables_are_in_the_language_asked_for(case: str, at_university: Say) -> None:
    english, french = (at_university(*COMMANDS[case], "--lang", code) for code in ("en", "fr"))
    assert (english.status, french.status) == (0, 0)
    assert english.out != french.out
