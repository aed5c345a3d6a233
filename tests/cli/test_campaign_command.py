"""``campaign``: a file of rules is checked, previewed, run every night, and says so to monitoring."""

import csv
import io
import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

import maintien.runs.conduct
import maintien.runs.execute
from maintien.planning.plan import CoursePlan
from maintien.runs.execute import CourseOutcome, execute
from maintien.sites.database.site import DatabaseSite
from maintien.sites.interface import Contention, Holder
from maintien.sites.opening import open_site
from tests.cli.conftest import Said, Say
from tests.cli.test_runs_commands import change, rows
from tests.cli.university import NOW

CAMPAIGN = """
[campaign]
name = "Rentrée"
from = 2026-08-01
to = 2026-08-31

[defaults]
until = 2027-08-31
owner = "DEVE"
reason = "Council"

[[rules]]
name = "Maths"
cohorts = ["L1"]
until = 2026-12-31
owner = "Maths office"

[[rules]]
name = "Sciences"
categories = ["Sciences"]

[[rules]]
name = "Nothing"
courses = ["ZZ*"]

[[rules]]
name = "Too late"
courses = ["MATH"]

[[exclusions]]
courses = ["NEXT"]
reason = "Not begun"

[[exclusions]]
people = ["ada"]
reason = "Left"
"""

ADA, BRAHIM, CHLOE = 11, 12, 13


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "campaign.toml"
    path.write_text(CAMPAIGN, encoding="utf-8")
    return path


def with_limit(file: Path, limit: str) -> Path:
    file.write_text(CAMPAIGN.replace("[defaults]", f"{limit}\n[defaults]"), encoding="utf-8")
    return file


def line_of(said: Said) -> dict[str, Any]:
    assert said.out.count("\n") == 1
    line: dict[str, Any] = json.loads(said.out)
    return line


def ends(university: Path) -> dict[tuple[int, int], int]:
    """When manual enrolments end, by instance and person."""
    connection = sqlite3.connect(university)
    found = connection.execute(
        "SELECT enrolid, userid, timeend FROM mdl_user_enrolments WHERE enrolid IN (1, 3, 5, 7)"
    ).fetchall()
    connection.close()
    return {(enrolid, userid): ends_at for enrolid, userid, ends_at in found}


UNTIL, CHRISTMAS = 1_819_749_599, 1_798_757_999


def test_each_course_is_converted_under_its_rule_in_one_run(
    university: Path, at_university: Say, file: Path
) -> None:
    said = at_university("campaign", "run", str(file), "--run", "--json")

    document = json.loads(said.out)
    assert (said.status, said.err) == (0, "")
    assert document["run"] == 1
    assert {rule["name"]: (rule["people"], rule["totals"]["courses"]) for rule in document["rules"]} == {
        "Maths": (1, 1),
        "Sciences": (2, 1),
        "Nothing": (0, 0),
        "Too late": (0, 0),
    }
    assert [(course["shortname"], course["rule"]) for course in document["courses"]] == [
        ("BIO", "Sciences"),
        ("MATH", "Maths"),
    ]
    assert (document["campaign"]["courses_excluded"], document["campaign"]["courses_unmatched"]) == (1, 1)
    assert ends(university) == {(1, BRAHIM): UNTIL, (1, CHLOE): UNTIL, (3, BRAHIM): CHRISTMAS}


def test_excluded_person_is_named_with_the_reason(at_university: Say, file: Path) -> None:
    document = json.loads(at_university("campaign", "run", str(file), "--json").out)

    assert {"user": ADA, "reason": "excluded_person"} in document["courses"][0]["left_alone"]


def test_preview_writes_nothing_and_says_what_the_run_says(
    university: Path, at_university: Say, file: Path
) -> None:
    before = rows(university)
    preview = at_university("campaign", "run", str(file), "--json")
    assert rows(university) == before
    done = at_university("campaign", "run", str(file), "--run", "--json")

    assert json.loads(done.out) == json.loads(preview.out) | {"written": True, "run": 1}


def test_second_night_finds_nothing_to_do_and_says_nothing(
    university: Path, at_university: Say, file: Path
) -> None:
    first = at_university("campaign", "run", str(file), "--run")
    assert "DONE" in first.out
    before = rows(university)

    again = at_university("campaign", "run", str(file), "--run")

    assert again == Said(status=0, out="", err="")
    assert rows(university) == before
    assert len(json.loads(at_university("runs", "--json").out)["runs"]) == 1


def test_person_who_came_since_is_converted_the_next_night(
    university: Path, at_university: Say, file: Path
) -> None:
    at_university("campaign", "run", str(file), "--run")
    change(university, "DELETE FROM mdl_user_enrolments WHERE enrolid = 1 AND userid = 12")

    line = line_of(at_university("campaign", "run", str(file), "--run", "--monitor"))

    assert (line["status"], line["run"], line["people"]) == ("done", 2, 1)


def test_report_shows_rules_and_who_decided(at_university: Say, file: Path) -> None:
    at_university("campaign", "run", str(file), "--run")

    text = at_university("runs", "show", "1").out

    assert "Maths office" in text
    assert "Rentrée" in text
    document = json.loads(at_university("runs", "show", "1", "--json").out)
    assert document["journal"]["kind"] == "campaign"
    assert document["rules"][0]["owner"] == "Maths office"


def test_quiet_says_nothing_even_where_something_is_done(at_university: Say, file: Path) -> None:
    assert at_university("campaign", "run", str(file), "--run", "--quiet") == Said(status=0, out="", err="")


def test_quiet_says_no_notes_either(at_university: Say, file: Path) -> None:
    command = ("campaign", "run", str(with_limit(file, "max_people = 1")), "--operator", "77")
    assert at_university(*command, "--quiet") == Said(status=0, out="", err="")
    assert at_university(*command).err.count("Note: ") == 2


MOMENTS = {"before": "2026-07-31", "after": "2026-09-01T00:00"}


@pytest.mark.parametrize("case", MOMENTS)
def test_nothing_is_done_outside_of_the_campaign(case: str, university: Path, say: Say, file: Path) -> None:
    before = rows(university)
    command = ("--now", MOMENTS[case], "campaign", "run", str(file), "--run")
    assert say(*command) == Said(status=0, out="", err="")
    assert rows(university) == before
    assert line_of(say(*command, "--monitor"))["status"] == "not_on"


@pytest.mark.parametrize("moment", ["2026-08-01T00:00", "2026-08-31"])
def test_first_and_last_moment_are_within_the_campaign(
    moment: str, university: Path, say: Say, file: Path
) -> None:
    said = say("--now", moment, "campaign", "run", str(file), "--run", "--monitor")
    assert line_of(said)["status"] == "done"
    assert ends(university)


def test_line_for_monitoring_says_how_it_went(at_university: Say, file: Path) -> None:
    said = at_university("campaign", "run", str(file), "--run", "--monitor")

    line = line_of(said)
    assert (said.status, said.err, said.out.isascii()) == (0, "", True)
    assert line.pop("seconds") >= 0
    assert line == {
        "file": str(file),
        "campaign": "Rentrée",
        "status": "done",
        "exit_status": 0,
        "run": 1,
        "people": 2,
        "courses": 2,
        "courses_changed": 2,
        "courses_failed": 0,
        "courses_excluded": 1,
        "courses_unmatched": 1,
        "began_at": NOW,
        "error": None,
    }
    again = line_of(at_university("campaign", "run", str(file), "--run", "--monitor"))
    assert (again["status"], again["run"], again["people"]) == ("nothing_to_do", None, 0)
    preview = line_of(at_university("campaign", "run", str(file), "--monitor"))
    assert preview["status"] == "preview"


def test_failure_is_on_the_line_and_in_the_exit_status(at_university: Say, file: Path) -> None:
    file.write_text(CAMPAIGN.replace("[defaults]", "[default]"), encoding="utf-8")

    said = at_university("campaign", "run", str(file), "--run", "--monitor")

    line = line_of(said)
    assert (said.status, line["status"], line["exit_status"]) == (2, "failed", 2)
    assert line["error"]["kind"] == "faulty_campaign"
    assert "default: There is no such key" in said.err


def test_unforeseen_failure_is_on_the_line_too(
    at_university: Say, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("password")

    monkeypatch.setattr(DatabaseSite, "select", broken)
    said = at_university("campaign", "run", str(file), "--run", "--monitor")

    assert (said.status, line_of(said)["error"]) == (1, {"kind": "runtime_error", "message": ""})


def test_run_that_fails_in_part_says_so(
    university: Path, at_university: Say, file: Path, monkeypatch: pytest.MonkeyPatch
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
        said = at_university("campaign", "run", str(file), "--run", "--monitor")

    assert (said.status, line_of(said)["status"], line_of(said)["courses_failed"]) == (3, "in_part", 1)
    assert ends(university) == {(3, BRAHIM): CHRISTMAS}
    assert at_university("campaign", "run", str(file), "--run").status == 0
    assert len(ends(university)) == 3


LIMITS = {
    "people": ("max_people = 1", "2 people, more than max_people allows (1)"),
    "share": ("max_share = 49", "2 of the 4 people enrolled"),
}


@pytest.mark.parametrize("case", LIMITS)
def test_campaign_that_would_do_too_much_writes_nothing(
    case: str, university: Path, at_university: Say, file: Path
) -> None:
    limit, words = LIMITS[case]
    before = rows(university)
    said = at_university("campaign", "run", str(with_limit(file, limit)), "--run")

    assert (said.status, said.out, rows(university)) == (1, "", before)
    assert words in said.err
    assert json.loads(at_university("runs", "--json").out)["runs"] == []


@pytest.mark.parametrize("case", LIMITS)
def test_preview_and_check_say_that_it_would_be_too_much(case: str, at_university: Say, file: Path) -> None:
    limit, words = LIMITS[case]
    preview = at_university("campaign", "run", str(with_limit(file, limit)))
    assert (preview.status, words in preview.err) == (0, True)
    check = at_university("campaign", "check", str(file))
    assert (check.status, words in " ".join(check.out.replace("│", " ").split())) == (1, True)


@pytest.mark.parametrize("limit", ["max_people = 2", "max_share = 50", ""])
def test_campaign_within_its_limits_is_run(
    limit: str, university: Path, at_university: Say, file: Path
) -> None:
    assert at_university("campaign", "run", str(with_limit(file, limit)), "--run", "--quiet").status == 0
    assert len(ends(university)) == 3


def test_more_than_the_limit_is_done_where_somebody_says_so(
    university: Path, at_university: Say, file: Path
) -> None:
    with_limit(file, "max_people = 1")
    said = at_university("campaign", "run", str(file), "--run", "--quiet", "--even-if-many")
    assert said.status == 0
    assert len(ends(university)) == 3


def test_campaign_is_undone_like_any_run(university: Path, at_university: Say, file: Path) -> None:
    before = rows(university)
    at_university("campaign", "run", str(file), "--run")
    assert at_university("undo", "last", "--run").status == 0
    assert rows(university) == before


def test_interrupted_campaign_is_resumed_under_the_same_rules(
    university: Path, at_university: Say, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object, **options: object) -> Iterator[CourseOutcome]:
        yield next(execute(*arguments, **options))  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(maintien.runs.execute, "batches", lambda sizes, _: ([size] for size in sizes))
        patch.setattr(maintien.runs.conduct, "execute", interrupted)
        said = at_university("campaign", "run", str(file), "--run", "--monitor")
    assert (said.status, line_of(said)["error"]["kind"]) == (130, "interrupted_run")
    file.unlink()

    resumed = at_university("resume", "last", "--run", "--json")

    assert resumed.status == 0
    assert ends(university) == {(1, BRAHIM): UNTIL, (1, CHLOE): UNTIL, (3, BRAHIM): CHRISTMAS}


def test_busy_site_fails_the_run_and_alerts(university: Path, at_university: Say, file: Path) -> None:
    opened = open_site(f"sqlite:///{university}", site_file=university)
    with opened.site.hold_lock(Holder(name="ada@campus", since=NOW)) as other:
        assert other is None
        said = at_university("campaign", "run", str(file), "--run", "--monitor")
    opened.site.close()
    assert (said.status, line_of(said)["error"]["kind"]) == (1, "site_busy")


def test_check_says_what_each_rule_comes_to_and_what_no_rule_has(at_university: Say, file: Path) -> None:
    said = at_university("campaign", "check", str(file), "--json")

    document = json.loads(said.out)
    assert (said.status, said.err) == (0, "")
    assert [
        {
            "name": rule["name"],
            "courses": [course["shortname"] for course in rule["courses"]],
            "overlaps": rule["overlaps"],
            "patterns": rule["patterns_without_courses"],
        }
        for rule in document["rules"]
    ] == [
        {"name": "Maths", "courses": ["MATH"], "overlaps": [], "patterns": []},
        {
            "name": "Sciences",
            "courses": ["BIO"],
            "overlaps": [{"rule": "Maths", "courses": 1}],
            "patterns": [],
        },
        {"name": "Nothing", "courses": [], "overlaps": [], "patterns": ["ZZ*"]},
        {"name": "Too late", "courses": [], "overlaps": [{"rule": "Maths", "courses": 1}], "patterns": []},
    ]
    assert [course["shortname"] for course in document["courses_without_rule"]] == ["HIST"]
    assert [course["shortname"] for course in document["courses_left_out"]] == ["NEXT"]
    assert (document["people"], document["is_on"], document["refusal"]) == (2, True, None)


REMARKS = (
    "No rule fits these courses, and nothing is done in them. (1 course) HIST",
    "The rule “Nothing” fits no course.",
    "The pattern “ZZ*” of the rule “Nothing” fits no course.",
    "The rule “Too late” never comes to its turn: the earlier rule “Maths” has its courses. (1 course)",
    "The rule “Sciences” fits courses that the earlier rule “Maths” has. (1 course)",
    "Exclusions leave these courses out. (1 course) NEXT",
)


def test_check_remarks_on_what_looks_amiss(at_university: Say, file: Path) -> None:
    said = at_university("campaign", "check", str(file))
    text = " ".join(said.out.replace("│", " ").split())

    assert said.status == 0
    assert [remark for remark in REMARKS if remark not in text] == []


def test_check_outside_of_the_campaign_says_so(say: Say, university: Path, file: Path) -> None:
    said = say("--now", "2026-09-02", "campaign", "check", str(file))
    assert (said.status, "not on now" in said.out) == (0, True)
    assert university.exists()


def test_all_faults_are_said_at_once_in_both_languages(at_university: Say, file: Path) -> None:
    text = CAMPAIGN.replace('"Sciences"]', '"Scinces"]').replace("2026-12-31", '"2026-02-30"')
    file.write_text(text.replace("[defaults]", "[defaults]\nmetods = 1"), encoding="utf-8")

    said = at_university("campaign", "check", str(file))
    assert (said.status, said.out) == (2, "")
    assert said.err.splitlines() == [
        f"In {file}, defaults.metods: There is no such key here; keys are owner, reason, until, methods,"
        " roles, end_roles, end_for, include_suspended, keep_groups, enable_manual, mode, feed_is_gone.",
        f"In {file}, rule 'Maths', until: '2026-02-30' is not a date: write 2027-08-31, 2027-08-31T18:00,"
        " @1819749599 (Unix time) or never.",
        f"In {file}, rule 'Sciences', categories: There is no course category 'Scinces' on this site: give"
        " its id, ID number or name.",
        f"{file} has 3 faults, named above, and nothing is done.",
    ]
    french = at_university("campaign", "check", str(file), "--lang", "fr").err
    assert french.splitlines()[1].startswith(f"Dans {file}, règle «\u00a0Maths\u00a0», until\u00a0: ")
    assert len(french.splitlines()) == 4


def test_faults_of_the_form_are_said_without_a_site(say: Say, file: Path) -> None:
    file.write_text(CAMPAIGN.replace("[defaults]", "[default]"), encoding="utf-8")
    assert "default: There is no such key" in say("campaign", "check", str(file)).err
    file.write_text(CAMPAIGN, encoding="utf-8")
    assert "Say which site" in say("campaign", "check", str(file)).err


def test_schema_is_printed_and_needs_no_site(say: Say) -> None:
    said = say("campaign", "schema")
    assert (said.status, said.err) == (0, "")
    assert json.loads(said.out)["title"] == "maintien campaign"


MISTAKES = {
    "no action": ((), "check, run, schema"),
    "another action": (("test", "c.toml"), "check, run, schema"),
    "no file to check": (("check",), "Say which campaign"),
    "no file to run": (("run", "--run"), "Say which campaign"),
    "no such file": (("run", "/no/such.toml"), "can't be read"),
    "writing while checking": (("check", "c.toml", "--run"), "--run"),
    "a quiet check": (("check", "c.toml", "--quiet"), "--quiet"),
    "a schema of a file": (("schema", "c.toml"), "c.toml"),
    "two documents": (("run", "c.toml", "--json", "--monitor"), "--monitor"),
    "a quiet document": (("run", "c.toml", "--json", "--quiet"), "--quiet"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistake_is_said_in_a_sentence(case: str, at_university: Say) -> None:
    arguments, words = MISTAKES[case]
    said = at_university("campaign", *arguments)
    assert (said.status, said.out) == (2, "")
    assert words in said.err
    assert said.err.count("\n") == 1


def test_account_that_may_only_read_previews_and_does_not_run(
    university: Path, at_university: Say, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", _not_writable(os.access))
    assert at_university("campaign", "run", str(file)).status == 0
    said = at_university("campaign", "run", str(file), "--run")
    assert (said.status, "may only read" in said.err) == (1, True)
    assert ends(university) == {}


def _not_writable(access: Callable[..., bool]) -> Callable[..., bool]:
    return lambda path, mode, **options: mode != os.W_OK and access(path, mode, **options)


def test_nothing_to_do_is_said_on_a_terminal(
    at_university: Say, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_university("campaign", "run", str(file), "--run")
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True)
    assert "NOTHING TO DO" in at_university("campaign", "run", str(file), "--run", "--no-progress").out


PEOPLE = ("Ada", "Brahim", "Chloe", "Dora", "brahim", "chloe", "Maths office", "Council")


def everything_in(file: Path) -> str:
    """The text of a file, or of all the files that a spreadsheet is made of."""
    if file.suffix != ".xlsx":
        return file.read_text(encoding="utf-8")
    with ZipFile(file) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize("ending", ["csv", "xlsx", "html"])
@pytest.mark.parametrize("source", ["run", "preview", "check", "journal"])
def test_report_names_people_unless_they_are_not_to_be_known(
    source: str, ending: str, at_university: Say, file: Path, tmp_path: Path
) -> None:
    commands = {
        "run": ("campaign", "run", str(file), "--run"),
        "preview": ("campaign", "run", str(file)),
        "check": ("campaign", "check", str(file)),
        "journal": ("runs", "show", "last"),
    }
    if source == "journal":
        at_university("campaign", "run", str(file), "--run", "--operator", "chloe")
    plain, disguised = tmp_path / f"plain.{ending}", tmp_path / f"disguised.{ending}"

    assert at_university(*commands[source], "--pseudonymous", "-o", str(disguised)).status == 0
    if source == "run":
        at_university("undo", "last", "--run")
    assert at_university(*commands[source], "-o", str(plain)).status == 0

    if source != "check":
        assert "Brahim Martin" in everything_in(plain)
        assert re.search(r"p-[a-z2-7]{12}", everything_in(disguised))
    elif ending != "csv":
        assert "Maths office" in everything_in(plain)
    assert [name for name in PEOPLE if name in everything_in(disguised)] == []


def test_pseudonyms_are_the_same_in_every_report_of_the_site(at_university: Say, file: Path) -> None:
    command = ("campaign", "run", str(file), "--format", "csv", "--pseudonymous")
    before = at_university(*command).out
    at_university("campaign", "run", str(file), "--run")
    shown = at_university("runs", "show", "last", "--format", "csv", "--pseudonymous").out
    assert shown == before
    assert len({*re.findall("p-[a-z2-7]{12}", shown)}) == 2


def test_page_of_a_campaign_has_its_rules_courses_changes_and_people_left_alone(
    at_university: Say, file: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    said = at_university("campaign", "run", str(file), "--run", "-o", str(page), "--lang", "fr")
    text = page.read_text(encoding="utf-8")
    assert said == Said(status=0, out="", err="")
    assert re.findall(r"<h2[^>]*>([^(]+) \(", text) == [
        "Règles",
        "Cours",
        "Modifications",
        "Inchangés",
    ]
    assert '<html lang="fr">' in text
    assert "<dt>Exécution</dt><dd>1</dd>" in text


def test_file_and_line_for_monitoring_go_together(at_university: Say, file: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.xlsx"
    said = at_university("campaign", "run", str(file), "--run", "--monitor", "-o", str(report))
    assert line_of(said)["status"] == "done"
    assert report.exists()


def test_file_that_can_t_be_written_is_found_before_anything_is(
    university: Path, at_university: Say, file: Path
) -> None:
    said = at_university("campaign", "run", str(file), "--run", "-o", "/no/such/folder/report.html")
    assert (said.status, "can't be written" in said.err) == (2, True)
    assert ends(university) == {}


def test_rules_are_a_table_of_their_own(at_university: Say, file: Path) -> None:
    said = at_university("campaign", "run", str(file), "--format", "csv", "--table", "rules")
    table = [*csv.DictReader(io.StringIO(said.out))]
    assert table[0] == {
        "rule": "Maths",
        "decided by": "Maths office",
        "reason": "Council",
        "end date": "2026-12-31T23:59:59+01:00",
        "courses": "1",
        "people": "1",
        "new enrolments": "1",
        "changed enrolments": "0",
        "left alone": "1",
        "courses failed": "0",
    }


EXPORT_MISTAKES = {
    "pseudonyms on a screen": (("run", "c.toml", "--pseudonymous"), "--format csv, xlsx or html"),
    "pseudonyms in a document": (("run", "c.toml", "--pseudonymous", "--json"), "--format csv, xlsx or html"),
    "a table of another command": (("check", "c.toml", "--format", "csv", "--table", "changes"), "--table"),
    "a line and a table": (("run", "c.toml", "--format", "csv", "--monitor"), "--monitor"),
    "a quiet table": (("run", "c.toml", "--format", "html", "--quiet"), "--quiet"),
    "a format of a schema": (("schema", "--format", "csv"), "--format"),
}


@pytest.mark.parametrize("case", EXPORT_MISTAKES)
def test_mistake_about_reports_is_said_in_a_sentence(case: str, at_university: Say) -> None:
    arguments, words = EXPORT_MISTAKES[case]
    said = at_university("campaign", *arguments)
    assert (said.status, said.out, words in said.err) == (2, "", True)
