"""``forecast`` says who loses access, from the feeds where it is asked to, and draws it."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from maintien.uses import removal_wishes
from tests.cli.conftest import Said, Say
from tests.cli.test_listing_commands import change
from tests.cli.university import NOW
from tests.feeds.register_table import SETTINGS, RegisterRow, write_register

ADA, BRAHIM, CHLOE, DORA = 11, 12, 13, 20


def document(said: Said) -> dict[str, Any]:
    assert said.status == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def people(found: dict[str, Any]) -> dict[int, str]:
    return {person["id"]: person["effect"] for course in found["courses"] for person in course["people"]}


def follow_register(university: Path, register: Path, *rows: RegisterRow, **settings: str) -> None:
    """Let the site follow a register that says this."""
    wanted = {
        **SETTINGS,
        "dbhost": write_register(register, rows),
        "localuserfield": "username",
        "localcoursefield": "shortname",
        **settings,
    }
    for name, value in wanted.items():
        change(
            university,
            "INSERT INTO mdl_config_plugins (plugin, name, value)"
            f" VALUES ('enrol_database', '{name}', '{value}')",
        )


def test_people_who_depend_on_feeds_are_named_with_what_happens(at_university: Say) -> None:
    found = document(at_university("forecast", "--course", "BIO", "--json"))
    assert people(found) == dict.fromkeys((ADA, BRAHIM, CHLOE, DORA), "unenrolled")
    (course,) = found["courses"]
    assert course["people"][0] == {
        "id": ADA,
        "methods": ["database"],
        "is_student": True,
        "effect": "unenrolled",
        "last_enrolment": True,
        "groups": 0,
        "grades": 0,
        "listed": None,
    }
    assert (course["losing"], course["students_losing"]) == (4, 3)
    assert found["feeds"] is None
    assert "listed" not in course


def test_people_count_once_however_many_courses(at_university: Say) -> None:
    totals = document(at_university("forecast", "--all", "--json"))["totals"]
    assert (totals["courses"], totals["courses_losing"], totals["losing"]) == (4, 3, 7)
    assert totals["people"] == {"automatic_only": 4, "losing": 4, "students_losing": 3}


def test_date_asked_for_is_that_of_access(at_university: Say) -> None:
    assert people(document(at_university("forecast", "--course", "NEXT", "--json"))) == {}
    found = document(at_university("forecast", "--course", "NEXT", "--on", "2030-02-01", "--json"))
    assert people(found) == {ADA: "unenrolled"}
    assert found["at"]["iso"] == "2030-02-01T23:59:59+01:00"


def test_method_that_keeps_takes_nobody(university: Path, at_university: Say) -> None:
    change(
        university,
        "UPDATE mdl_config_plugins SET value = '1'"
        " WHERE plugin = 'enrol_database' AND name = 'unenrolaction'",
    )
    found = document(at_university("forecast", "--course", "BIO", "--json"))
    assert set(people(found).values()) == {"kept"}
    assert found["totals"]["losing"] == 0


def test_feeds_say_who_is_listed_dropped_and_added(
    university: Path, at_university: Say, tmp_path: Path
) -> None:
    change(university, "UPDATE mdl_user_enrolments SET status = 1 WHERE enrolid = 2 AND userid = 13")
    follow_register(
        university,
        tmp_path / "register.sqlite",
        RegisterRow("BIO", "ada", "student"),
        RegisterRow("BIO", "chloe", "student"),
        RegisterRow("BIO", "admin", "student"),
    )
    found = document(at_university("forecast", "--course", "BIO", "--feed", "--json"))
    (course,) = found["courses"]
    assert {person["id"]: person["listed"] for person in course["people"]} == {
        ADA: "listed",
        BRAHIM: "dropped",
        DORA: "dropped",
    }
    counts = {name: course[name] for name in ("listed", "dropped", "losing_now", "to_add", "to_return")}
    assert counts == {"listed": 1, "dropped": 2, "losing_now": 2, "to_add": 1, "to_return": 1}
    assert found["feeds"] == {"register": "read"}


@pytest.mark.parametrize("options", [("--register",), ("--feed",)])
def test_register_at_a_url_goes_before_the_settings(
    university: Path, at_university: Say, tmp_path: Path, options: tuple[str]
) -> None:
    follow_register(university, tmp_path / "old.sqlite", RegisterRow("BIO", "ada", "student"))
    write_register(tmp_path / "new.sqlite", [RegisterRow("BIO", "brahim", "student")])
    said = at_university(
        "forecast", "--course", "BIO", *options, f"sqlite:///{tmp_path}/new.sqlite", "--json"
    )
    (course,) = document(said)["courses"]
    assert {p["id"] for p in course["people"] if p["listed"] == "listed"} == {BRAHIM}


@pytest.mark.parametrize(
    "words",
    [("sqlite:///x",), ("--feed", "nonsense"), ("--feed", "sqlite:///x", "--register", "sqlite:///y")],
)
def test_url_stands_only_once_and_after_feed(at_university: Say, words: tuple[str, ...]) -> None:
    assert at_university("forecast", "--all", *words).status == 2


def test_empty_register_spares_everybody(university: Path, at_university: Say, tmp_path: Path) -> None:
    follow_register(university, tmp_path / "register.sqlite")
    found = document(at_university("forecast", "--course", "BIO", "--feed", "--json"))
    assert found["feeds"] == {"register": "empty"}
    assert (found["totals"]["spared"], found["totals"]["losing_now"]) == (4, 0)


def test_empty_register_of_a_method_that_suspends_spares_nobody(
    university: Path, at_university: Say, tmp_path: Path
) -> None:
    change(
        university,
        "UPDATE mdl_config_plugins SET value = '2'"
        " WHERE plugin = 'enrol_database' AND name = 'unenrolaction'",
    )
    follow_register(university, tmp_path / "register.sqlite")
    found = document(at_university("forecast", "--course", "BIO", "--feed", "--json"))
    assert (found["totals"]["spared"], found["totals"]["losing_now"]) == (0, 4)


def test_hidden_courses_are_left_alone_where_the_settings_say_so(
    university: Path, at_university: Say, tmp_path: Path
) -> None:
    change(university, "UPDATE mdl_course SET visible = 0 WHERE id = 2")
    follow_register(
        university,
        tmp_path / "register.sqlite",
        RegisterRow("BIO", "admin", "student"),
        ignorehiddencourses="1",
    )
    totals = document(at_university("forecast", "--course", "BIO", "--feed", "--json"))["totals"]
    assert (totals["kept"], totals["losing_now"], totals["to_add"]) == (4, 0, 0)


def test_register_out_of_reach_is_noted_and_the_rest_works(university: Path, at_university: Say) -> None:
    change(
        university,
        "INSERT INTO mdl_config_plugins (plugin, name, value) VALUES"
        " ('enrol_database', 'dbtype', 'mysqli'), ('enrol_database', 'dbhost', '127.0.0.1:1'),"
        " ('enrol_database', 'dbpass', 'geheim'), ('enrol_database', 'remoteenroltable', 't'),"
        " ('enrol_database', 'remotecoursefield', 'c'), ('enrol_database', 'remoteuserfield', 'u')",
    )
    said = at_university("forecast", "--all", "--feed", "--json")
    found = document(said)
    assert found["feeds"] == {"register": "unreadable"}
    assert (found["totals"]["unknown"], found["totals"]["dropped"]) == (5, 2)
    assert said.err.startswith("Note: ")
    assert "geheim" not in said.err + said.out


@pytest.mark.parametrize("url", ["nonsense", "postgresql://u:geheim@h/d?x=1", "sqlite:///"])
def test_register_url_that_is_none_is_refused_without_its_password(url: str, at_university: Say) -> None:
    said = at_university("forecast", "--all", "--register", url)
    assert said.status == 2
    assert "geheim" not in said.err + said.out


def test_chart_shows_the_conversion_that_convert_would_plan(at_university: Say) -> None:
    said = at_university("forecast", "--all", "--cut", "2026-09-01", "--until", "2027-08-31", "--json")
    chart = document(said)["access_over_time"]
    cut, until = chart["cut_at"]["unix"], chart["until"]["unix"]
    # Without: the four people who are somewhere. After: Chloé's and Dora's courses are not converted.
    assert chart["without_conversion"][-1] == {"at": cut, "people": 0}
    assert [step["people"] for step in chart["after_conversion"]] == [4, 3, 0]
    assert [step["at"] for step in chart["after_conversion"]][1:] == [cut, until]


def test_chart_is_written_as_a_picture(at_university: Say, tmp_path: Path) -> None:
    path = tmp_path / "chart.svg"
    said = at_university("forecast", "--course", "BIO", "--chart", str(path))
    assert said.status == 0
    root = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 -- our own
    assert "Biologie" in "".join(root.itertext())
    assert "\x1b" not in path.read_text(encoding="utf-8")


def test_chart_that_can_not_be_written_is_told(at_university: Say, tmp_path: Path) -> None:
    said = at_university("forecast", "--course", "BIO", "--chart", str(tmp_path / "no" / "chart.svg"))
    assert said.status == 2
    assert "chart.svg" in said.err


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("columns", ["40", "80", "140"])
def test_table_names_the_people_of_one_course(
    language: str, columns: str, at_university: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    said = at_university("forecast", "--course", "BIO", "--lang", language)
    assert said.status == 0
    assert "Brahim" in said.out
    assert "\x1b" not in said.out
    assert max(map(len, said.out.splitlines())) <= int(columns)


def test_table_of_several_courses_names_nobody(at_university: Say) -> None:
    said = at_university("forecast", "--all")
    assert said.status == 0
    assert "Brahim" not in said.out
    assert "4 people lose access" in said.out


WRONG = {
    "no course": ((), 2),
    "an unreadable date": (("--all", "--on", "soon"), 2),
    "an end date in the past": (("--all", "--until", "2020-01-01"), 2),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_command_lines_are_refused(case: str, at_university: Say) -> None:
    options, status = WRONG[case]
    assert at_university("forecast", *options).status == status


def test_grades_that_may_not_be_read_are_noted(university: Path, at_university: Say) -> None:
    change(university, "DROP TABLE mdl_grade_grades")
    said = at_university("forecast", "--course", "BIO", "--json")
    assert document(said)["totals"]["losing"] == 4
    assert "grades" in said.err


def removed(
    university: Path, userid: int, *, enrolid: int = 2, courseid: int = 2, at: int = NOW - 60
) -> None:
    """Remove an enrolment as cron's sync does, and log it."""
    row = {
        "id": 900 + userid,
        "status": 0,
        "enrolid": enrolid,
        "userid": userid,
        "timestart": 0,
        "timeend": 0,
        "modifierid": 0,
        "timecreated": 1,
        "timemodified": 1,
        "enrol": "database",
        "lastenrol": True,
    }
    other = json.dumps({"userenrolment": row, "enrol": "database"})
    change(university, f"DELETE FROM mdl_user_enrolments WHERE enrolid = {enrolid} AND userid = {userid}")
    change(
        university,
        "INSERT INTO mdl_logstore_standard_log (eventname, component, action, target, objecttable, objectid,"
        " crud, edulevel, contextid, contextlevel, contextinstanceid, userid, courseid, relateduserid,"
        " anonymous, other, timecreated, origin) VALUES ('\\core\\event\\user_enrolment_deleted', 'core',"
        f" 'deleted', 'user_enrolment', 'user_enrolments', {row['id']}, 'd', 0, {100 + courseid}, 50,"
        f" {courseid}, 2, {courseid}, {userid}, 0, '{other}', {at}, 'cli')",
    )


def keep_log(university: Path) -> None:
    change(
        university,
        "INSERT INTO mdl_config_plugins (plugin, name, value) VALUES"
        " ('tool_log', 'enabled_stores', 'logstore_standard'), ('logstore_standard', 'jsonformat', '1')",
    )


CONVERT = ("convert", "--course", "BIO", "--until", "2027-08-31")


def test_preview_says_that_the_cut_is_still_to_come(university: Path, at_university: Say) -> None:
    keep_log(university)
    found = document(at_university(*CONVERT, "--json"))
    assert found["cut"]["courses"] == {
        "before": 1,
        "under_way": 0,
        "done": 0,
        "unknown": 0,
        "nothing_automatic": 0,
    }
    assert "still to come" in at_university(*CONVERT).out


def test_preview_points_to_rescue_where_the_cut_is_done(university: Path, at_university: Say) -> None:
    keep_log(university)
    for userid in (ADA, BRAHIM, CHLOE, DORA):
        removed(university, userid)
    found = document(at_university(*CONVERT, "--json"))
    assert found["courses"][0]["cut"] == {
        "timing": "done",
        "active": 0,
        "waiting": 0,
        "withdrawn": 4,
        "without_access": 4,
        "feeds_known": True,
    }
    said = at_university(*CONVERT)
    assert "maintien rescue" in said.out
    assert said.out.index("maintien rescue") < said.out.index("Manual enrolments added")


def test_preview_counts_courses_by_how_far_the_cut_has_got(university: Path, at_university: Say) -> None:
    keep_log(university)
    for userid in (ADA, BRAHIM, CHLOE, DORA):
        removed(university, userid)
    said = at_university("convert", "--all", "--until", "2027-08-31")
    assert "done in 1 course" in said.out
    found = document(at_university("convert", "--all", "--until", "2027-08-31", "--json"))
    assert found["cut"]["courses"]["done"] == 1


def test_applying_a_plan_tells_the_timing_too(university: Path, at_university: Say, tmp_path: Path) -> None:
    keep_log(university)
    plan = str(tmp_path / "plan.jsonl")
    assert at_university(*CONVERT, "--save", plan).status == 0
    assert document(at_university("apply", plan, "--json"))["cut"]["courses"]["before"] == 1
    for userid in (ADA, BRAHIM, CHLOE, DORA):
        removed(university, userid)
    said = at_university("apply", plan, "--accept-drift", "--json")
    assert document(said)["cut"]["courses"]["done"] == 1


def test_guard_works_without_log_and_register(university: Path, at_university: Say) -> None:
    keep_log(university)
    change(university, "DROP TABLE mdl_logstore_standard_log")
    said = at_university(*CONVERT, "--json")
    assert document(said)["courses"][0]["cut"]["timing"] == "unknown"
    assert "log" in said.err


def test_courses_count_whom_the_cut_took_and_who_was_rescued(university: Path, at_university: Say) -> None:
    keep_log(university)
    for userid in (ADA, BRAHIM):
        removed(university, userid)
    change(
        university,
        "INSERT INTO mdl_user_enrolments (enrolid, userid, status, timestart, timeend, modifierid,"
        f" timecreated, timemodified) VALUES (1, {ADA}, 0, 0, 0, 2, 0, 0)",
    )
    found = document(at_university("courses", "--course", "BIO", "--json"))
    (course,) = found["courses"]
    assert (course["already_cut"], course["rescued"]) == (1, 1)
    earlier = document(at_university("courses", "--course", "BIO", "--since", f"@{NOW - 30}", "--json"))
    assert (earlier["totals"]["already_cut"], earlier["totals"]["rescued"]) == (0, 0)
    assert earlier["since"]["unix"] == NOW - 30


def test_of_many_courses_whom_a_sign_in_withdrew_is_not_counted(
    university: Path, at_university: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_log(university)
    for userid in (ADA, BRAHIM):
        removed(university, userid)
    change(university, f"UPDATE mdl_logstore_standard_log SET userid = {ADA} WHERE relateduserid = {ADA}")

    few = document(at_university("courses", "--all", "--json"))["totals"]["already_cut"]
    monkeypatch.setattr(removal_wishes, "FEW_COURSES", 1)
    many = document(at_university("courses", "--all", "--json"))["totals"]["already_cut"]

    assert (few, many) == (2, 1)
