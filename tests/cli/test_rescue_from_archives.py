"""``rescue --archive`` gives back what only a backup from before the cut tells of."""

import json
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import maintien.runs.conduct
import maintien.runs.execute
from maintien.runs.execute import CourseOutcome, execute
from tests.cli.conftest import Say
from tests.cli.cut_university import CUT, GROUP, cut_off
from tests.cli.test_rescue_command import document, manual, rows, selected

UNTIL = 1819749599
"""The last second of 2027-08-31 in Paris."""
SINCE = CUT - 60
BEFORE = SINCE - 3600
WINDOW = ("--since", f"@{SINCE}", "--until", "2027-08-31")
RESCUE = ("rescue", "--course", "BIO", *WINDOW)
BIO, HIST = 2, 6
"""The instances that fill these courses."""
DORA = 20
"""The teacher of BIO, whom the register enrolled too."""


def change(university: Path, *statements: str) -> None:
    connection = sqlite3.connect(university)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.fixture
def folder(university: Path, at_university: Say, tmp_path: Path) -> Path:
    """Backups of BIO and HIST from before the cut; then the cut, of which no log tells."""
    change(
        university,
        "INSERT INTO mdl_config (name, value) VALUES ('siteidentifier', 'this site')",
        f"INSERT INTO mdl_groups (id, courseid, idnumber, name, timecreated, timemodified)"
        f" VALUES ({GROUP}, 2, '', 'TD1', 0, 0)",
        *(
            f"INSERT INTO mdl_groups_members (groupid, userid, timeadded, component, itemid)"
            f" VALUES ({GROUP}, {userid}, 0, '', 0)"
            for userid in (11, 12)
        ),
    )
    for course in ("BIO", "HIST"):
        back_up(at_university, tmp_path / f"{course}.mbz", course, BEFORE)
    for instance in (BIO, HIST):
        cut_off(university, instance)
    change(university, "DELETE FROM mdl_logstore_standard_log", "DELETE FROM mdl_groups_members")
    return tmp_path


def back_up(say: Say, path: Path, course: str, at: int) -> None:
    said = say("backup", "--course", course, "--groups", "-o", str(path), "--now", f"@{at}")
    assert said.status == 0, said.err


def course_of(say: Say, *words: str) -> dict[str, Any]:
    (course,) = document(say(*words, "--json"))["courses"]
    found: dict[str, Any] = course
    return found


def test_without_it_nobody_is_found_and_the_preview_says_what_helps(folder: Path, at_university: Say) -> None:
    assert folder.is_dir()
    said = at_university(*RESCUE)

    assert "NOTHING TO DO" in said.out
    assert "--archive" in said.out


def test_preview_names_the_archive_its_date_and_what_it_cannot_know(folder: Path, at_university: Say) -> None:
    said = at_university(*RESCUE, "--archive", str(folder / "BIO.mbz"))

    assert (said.status, said.err) == (0, "")
    assert "BIO.mbz" in said.out.replace("\n", "")
    assert "3 people are known from the archive alone" in said.out
    assert "taken out on purpose" in " ".join(said.out.split())
    for name in ("Ada", "Brahim", "Chloe"):
        assert any(name in line and line.rstrip().endswith("archive") for line in said.out.splitlines())


def test_access_roles_and_groups_of_before_come_back(
    folder: Path, university: Path, at_university: Say
) -> None:
    words = (*RESCUE, "--archive", str(folder / "BIO.mbz"))
    preview = document(at_university(*words, "--json"))
    done = document(at_university(*words, "--json", "--run"))

    assert done == preview | {"written": True, "run": 1}
    assert preview["archives"] == [
        {
            "path": str(folder / "BIO.mbz"),
            "sha256": sha256((folder / "BIO.mbz").read_bytes()).hexdigest(),
            "course": 2,
            "made_at": {"unix": BEFORE, "iso": "2026-08-29T10:39:00+02:00"},
        }
    ]
    assert [(p["user"], p["taken_at"], p["sources"]) for p in preview["courses"][0]["people"]] == [
        (userid, None, ["archive"]) for userid in (11, 12, 13)
    ]
    assert manual(university) == {(1, userid, UNTIL) for userid in (11, 12, 13)}
    roles = "SELECT roleid, userid FROM mdl_role_assignments WHERE component = '' AND itemid = 0"
    assert selected(university, roles) == {(5, 11), (5, 12), (5, 13)}
    members = "SELECT groupid, userid, component, itemid FROM mdl_groups_members"
    assert selected(university, members) == {(GROUP, 11, "", 0), (GROUP, 12, "", 0)}
    before = rows(university)
    assert "NOTHING TO DO" in at_university(*words, "--run").out
    assert rows(university) == before


def test_folder_gives_the_archives_of_the_selected_courses(
    folder: Path, university: Path, at_university: Say
) -> None:
    back_up(at_university, folder / "MATH.mbz", "MATH", BEFORE)
    (folder / "broken.mbz").write_bytes(b"no archive")
    words = ("rescue", "--category", "Lettres", *WINDOW, "--enable-manual", "--archive", str(folder))
    done = document(at_university(*words, "--json", "--run"))

    assert [archive["course"] for archive in done["archives"]] == [4]
    assert manual(university) == {(5, 13, UNTIL)}


def test_of_several_backups_the_last_from_before_counts(folder: Path, at_university: Say) -> None:
    back_up(at_university, folder / "empty.mbz", "BIO", CUT + 10)
    told = document(at_university(*RESCUE, "--archive", str(folder), "--json"))

    assert [archive["path"] for archive in told["archives"]] == [str(folder / "BIO.mbz")]


def test_group_that_is_another_now_is_not_joined(folder: Path, university: Path, at_university: Say) -> None:
    change(university, "UPDATE mdl_groups SET name = 'Jury'")
    course = course_of(at_university, *RESCUE, "--archive", str(folder / "BIO.mbz"))

    assert course["groups_joined"] == 0
    assert {"kind": "groups_gone", "memberships": 2} in course["warnings"]


def test_people_left_alone_are_named_with_the_reason(
    folder: Path, university: Path, at_university: Say
) -> None:
    change(
        university,
        "UPDATE mdl_user SET suspended = 1 WHERE id = 11",
        "UPDATE mdl_user SET username = 'somebody' WHERE id = 12",
        "INSERT INTO mdl_user_enrolments (enrolid, userid, status, timestart, timeend, modifierid,"
        " timecreated, timemodified) VALUES (1, 13, 0, 0, 0, 2, 0, 0)",
    )
    course = course_of(at_university, *RESCUE, "--archive", str(folder / "BIO.mbz"))

    assert {entry["user"]: entry["reason"] for entry in course["left_alone"]} == {
        11: "suspended_account",
        12: "not_found_again",
        13: "has_access",
        DORA: "role_not_asked_for",
    }
    assert course["people"] == []


def test_what_the_log_says_a_person_took_stays_apart(
    folder: Path, university: Path, at_university: Say
) -> None:
    change(
        university,
        "INSERT INTO mdl_user_enrolments (enrolid, userid, status, timestart, timeend, modifierid,"
        " timecreated, timemodified) VALUES (2, 11, 0, 0, 0, 2, 0, 0)",
    )
    cut_off(university, BIO, origin="web")
    change(university, "DELETE FROM mdl_logstore_standard_log WHERE eventname NOT LIKE '%enrolment_deleted'")
    course = course_of(at_university, *RESCUE, "--archive", str(folder / "BIO.mbz"))

    assert [(entry["user"], entry["reason"]) for entry in course["left_alone"]] == [
        (11, "taken_by_person"),
        (DORA, "role_not_asked_for"),
    ]
    assert [person["user"] for person in course["people"]] == [12, 13]


def test_whoever_was_unenrolled_before_the_time_asked_for_stays_out(
    folder: Path, university: Path, at_university: Say
) -> None:
    change(
        university,
        "INSERT INTO mdl_user_enrolments (enrolid, userid, status, timestart, timeend, modifierid,"
        " timecreated, timemodified) VALUES (2, 11, 0, 0, 0, 2, 0, 0)",
    )
    cut_off(university, BIO)
    change(university, f"UPDATE mdl_logstore_standard_log SET timecreated = {BEFORE + 60}")
    course = course_of(at_university, *RESCUE, "--archive", str(folder / "BIO.mbz"))

    assert course["left_alone"][0] == {
        "user": 11,
        "reason": "taken_earlier",
        "taken_at": {"unix": BEFORE + 60, "iso": "2026-08-29T10:40:00+02:00"},
    }
    assert [person["user"] for person in course["people"]] == [12, 13]


def test_interrupted_run_is_begun_anew(
    folder: Path, university: Path, at_university: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("rescue", "--all", *WINDOW, "--enable-manual", "--archive", str(folder), "--run")
    with monkeypatch.context() as patch:
        patch.setattr(maintien.runs.execute, "batches", lambda sizes, _: ([size] for size in sizes))
        _stop_after_first(patch)
        assert at_university(*words).status == 130
    assert manual(university) == {(1, userid, UNTIL) for userid in (11, 12, 13)}

    refused = at_university("resume", "1", "--run")
    again = at_university(*words)

    assert refused.status == 2
    assert "rescue --all" in refused.err
    assert again.status == 0, again.err
    assert manual(university) == {*((1, userid, UNTIL) for userid in (11, 12, 13)), (5, 13, UNTIL)}


def _stop_after_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object, **options: object) -> Iterator[CourseOutcome]:
        courses = execute(*arguments, **options)  # type: ignore[arg-type]
        yield next(courses)
        raise KeyboardInterrupt

    monkeypatch.setattr(maintien.runs.conduct, "execute", interrupted)


def test_run_shows_its_archives_and_is_undone(folder: Path, university: Path, at_university: Say) -> None:
    before = rows(university)
    at_university(*RESCUE, "--archive", str(folder / "BIO.mbz"), "--run")
    shown = document(at_university("runs", "show", "1", "--json"))
    undone = at_university("undo", "1", "--run", "--even-if-access-is-lost")

    assert [archive["course"] for archive in shown["archives"]] == [2]
    assert shown["courses"][0]["people"][0]["sources"] == ["archive"]
    assert undone.status == 0, undone.err
    assert rows(university) == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE mdl_config SET value = 'another' WHERE name = 'siteidentifier'", "maintien restore"),
        ("DELETE FROM mdl_config WHERE name = 'siteidentifier'", "was not made on this site"),
    ],
)
def test_archive_of_another_site_is_refused_with_what_to_do(
    folder: Path, university: Path, at_university: Say, statement: str, said: str
) -> None:
    change(university, statement)
    refused = at_university(*RESCUE, "--archive", str(folder / "BIO.mbz"), "--run")

    assert refused.status == 1
    assert said in refused.err
    assert manual(university) == set()


def test_archive_of_a_course_that_is_not_selected_is_refused(folder: Path, at_university: Say) -> None:
    refused = at_university(*RESCUE, "--archive", str(folder / "HIST.mbz"))

    assert refused.status == 1
    assert "HIST (id 4), which is not selected" in refused.err
    assert "maintien restore" in refused.err


def test_archive_from_after_the_time_asked_for_is_refused(folder: Path, at_university: Say) -> None:
    back_up(at_university, folder / "late.mbz", "BIO", CUT + 10)
    refused = at_university(*RESCUE, "--to", f"@{CUT}", "--archive", str(folder / "late.mbz"))

    assert refused.status == 1
    assert "--to" in refused.err


def test_archive_without_people_or_with_invented_ones_is_refused(folder: Path, at_university: Say) -> None:
    said = at_university(
        "backup", "--course", "BIO", "--anonymize", "-o", str(folder / "anon.mbz"), "--now", f"@{BEFORE}"
    )
    assert said.status == 0
    refused = at_university(*RESCUE, "--archive", str(folder / "anon.mbz"))

    assert refused.status == 1
    assert "invented names" in refused.err


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00" + b"\x00" * 40])
def test_broken_archive_is_refused_before_anything_is_written(
    folder: Path, university: Path, at_university: Say, content: bytes
) -> None:
    (folder / "broken.mbz").write_bytes(content)
    before = rows(university)
    refused = at_university(
        *RESCUE, "--archive", str(folder / "BIO.mbz"), "--archive", str(folder / "broken.mbz"), "--run"
    )

    assert refused.status == 1
    assert "broken.mbz" in refused.err
    assert rows(university) == before


def test_archive_that_is_not_there_and_folder_without_any_are_refused(
    folder: Path, at_university: Say
) -> None:
    missing = at_university(*RESCUE, "--archive", str(folder / "missing.mbz"))
    (folder / "empty").mkdir()
    empty = at_university(*RESCUE, "--archive", str(folder / "empty"))
    (folder / "others").mkdir()
    (folder / "HIST.mbz").rename(folder / "others" / "HIST.mbz")
    others = at_university(*RESCUE, "--archive", str(folder / "others"))

    assert (missing.status, "there is no such file" in missing.err) == (1, True)
    assert (empty.status, others.status) == (2, 2)
    assert "none was made on this site, of a selected course" in others.err


def test_header_that_names_no_archives_is_as_it_always_was(folder: Path, at_university: Say) -> None:
    assert folder.is_dir()
    assert "archives" not in json.loads(at_university(*RESCUE, "--json").out)
