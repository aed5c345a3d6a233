"""``unenrol`` shows whose manual enrolments would go, and removes them only with ``--run``."""

import json
from pathlib import Path
from typing import Any

import pytest

from maintien.sites.database.site import DatabaseSite
from tests.cli.conftest import Said, Say
from tests.cli.manual_university import (
    ADA,
    BRAHIM,
    CHLOE,
    DORA,
    EMMA,
    ENDS,
    FARID,
    GROUP,
    ends,
    enrol_by_hand,
    rows,
    selected,
    write,
)

UNENROL = ("unenrol", "--course", "BIO")
HANDED_OVER = "WHERE contextid = 102 AND component = ''"


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


def test_preview_writes_nothing_and_names_whom_it_leaves_alone(moodle: Path, at_university: Say) -> None:
    before = moodle.read_bytes()
    said = at_university(*UNENROL, "--ended")

    assert (said.status, said.err) == (0, "")
    assert "PREVIEW" in said.out
    assert "always → 2026-08-28 12:40" in next(line for line in said.out.splitlines() if "Ada" in line)
    assert reasons(at_university(*UNENROL, "--ended", "--json")) == {
        BRAHIM: "not_ended",
        CHLOE: "no_manual_enrolment",
        DORA: "no_manual_enrolment",
        EMMA: "last_enrolment",
        FARID: "not_ended",
    }
    assert moodle.read_bytes() == before


def test_ended_enrolments_go_and_automatic_ones_stay(moodle: Path, at_university: Say) -> None:
    preview = document(at_university(*UNENROL, "--ended", "--json"))
    done = document(at_university(*UNENROL, "--ended", "--json", "--run"))

    assert done == preview | {"written": True, "run": 1}
    assert ends(moodle).keys() == {BRAHIM, EMMA, FARID}
    assert selected(moodle, "SELECT userid FROM mdl_user_enrolments WHERE enrolid = 2") != []
    roles = selected(moodle, f"SELECT userid FROM mdl_role_assignments {HANDED_OVER} ORDER BY userid")
    assert roles == [(ADA,), (BRAHIM,), (EMMA,), (FARID,)]


def test_people_whom_the_register_lets_in_too_lose_the_manual_one(moodle: Path, at_university: Say) -> None:
    at_university(*UNENROL, "--also-automatic", "--run")

    assert ends(moodle).keys() == {EMMA, FARID}


def test_log_has_the_deleted_row(moodle: Path, at_university: Say) -> None:
    (number,) = selected(moodle, f"SELECT id FROM mdl_user_enrolments WHERE enrolid = 1 AND userid = {ADA}")
    at_university(*UNENROL, "--ended", "--run")

    log = selected(moodle, "SELECT eventname, objectid, relateduserid, other FROM mdl_logstore_standard_log")
    ((event, objectid, userid, other),) = log
    assert (event, objectid, userid) == ("\\core\\event\\user_enrolment_deleted", number[0], ADA)
    deleted = json.loads(str(other))["userenrolment"]
    assert (deleted["timeend"], deleted["enrol"], deleted["lastenrol"]) == (str(ENDS[ADA]), "manual", False)


def test_even_the_last_enrolment_goes_with_its_roles_and_groups(moodle: Path, at_university: Say) -> None:
    said = at_university(*UNENROL, "--ended", "--even-last", "--run")

    assert said.status == 0
    assert "loses the last enrolment in the course" in said.out
    assert ends(moodle).keys() == {BRAHIM, FARID}
    assert selected(moodle, f"SELECT id FROM mdl_role_assignments WHERE userid = {EMMA}") == []
    assert selected(moodle, f"SELECT id FROM mdl_groups_members WHERE userid = {EMMA}") == []
    events = selected(
        moodle,
        f"SELECT eventname, objectid FROM mdl_logstore_standard_log WHERE relateduserid = {EMMA} ORDER BY id",
    )
    names = [str(name).rpartition("\\")[2] for name, _ in events]
    assert names == ["role_unassigned", "group_member_removed", "user_enrolment_deleted"]
    assert [objectid for _, objectid in events][:2] == [5, GROUP]
    last = selected(moodle, f"SELECT other FROM mdl_logstore_standard_log WHERE relateduserid = {EMMA}")
    assert json.loads(str(last[-1][0]))["userenrolment"]["lastenrol"] is True
    flags = selected(moodle, "SELECT name FROM mdl_cache_flags WHERE flagtype = 'accesslib/dirtyusers'")
    assert {int(str(name)) for (name,) in flags} == {ADA, EMMA}


def test_grades_and_the_last_visit_are_not_touched(moodle: Path, at_university: Say) -> None:
    write(moodle, f"INSERT INTO mdl_user_lastaccess (userid, courseid, timeaccess) VALUES ({EMMA}, 2, 9)")
    write(moodle, f"INSERT INTO mdl_grade_grades (itemid, userid, finalgrade) VALUES (1, {EMMA}, 12)")

    at_university(*UNENROL, "--ended", "--even-last", "--run")

    assert EMMA not in ends(moodle)
    assert selected(moodle, "SELECT userid, timeaccess FROM mdl_user_lastaccess") == [(EMMA, 9)]
    assert selected(moodle, "SELECT userid, finalgrade FROM mdl_grade_grades") == [(EMMA, 12)]


def test_json_tells_what_each_person_loses(moodle: Path, at_university: Say) -> None:
    (course,) = document(at_university(*UNENROL, "--ended", "--even-last", "--json"))["courses"]

    assert (course["enrolments_removed"], course["roles_removed"], course["groups_left"]) == (2, 1, 1)
    emma = next(person for person in course["people"] if person["user"] == EMMA)
    assert emma["removed"][0]["ends_at"]["unix"] == ENDS[EMMA]
    assert (emma["roles_removed"], emma["groups_left"]) == (["student"], [GROUP])
    assert emma["leaves_course"]
    assert ends(moodle) == ENDS


def test_undo_gives_every_row_back_with_its_id_and_logs_it(moodle: Path, at_university: Say) -> None:
    before = rows(moodle)
    at_university(*UNENROL, "--method", "manual", "--even-last", "--run")
    assert ends(moodle) == {}
    write(moodle, "DELETE FROM mdl_logstore_standard_log")

    undone = at_university("undo", "1", "--run")

    assert undone.status == 0, undone.err
    assert rows(moodle) == before
    events = selected(moodle, "SELECT eventname FROM mdl_logstore_standard_log")
    names = sorted(str(name).rpartition("\\")[2] for (name,) in events)
    assert names == [*["group_member_added"], *["role_assigned"] * 2, *["user_enrolment_created"] * 4]


def test_person_enrolled_again_meanwhile_is_left_alone_by_the_undo(moodle: Path, at_university: Say) -> None:
    at_university(*UNENROL, "--ended", "--even-last", "--run")
    again = "INSERT INTO mdl_user_enrolments (enrolid, userid, timeend) VALUES (1, 31, 77)"
    write(moodle, again)

    said = at_university("undo", "1", "--run", "--json")

    (course,) = document(said)["courses"]
    assert [(entry["user"], entry["reason"]) for entry in course["left_alone"]] == [(EMMA, "changed_since")]
    assert ends(moodle) == ENDS | {EMMA: 77}


def test_interrupted_run_is_gone_on_with(
    moodle: Path, at_university: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(DatabaseSite, "write", stop)
        assert at_university(*UNENROL, "--ended", "--run").status == 130
    assert ends(moodle) == ENDS

    resumed = at_university("resume", "1", "--run")

    assert resumed.status == 0, resumed.err
    assert ends(moodle).keys() == {BRAHIM, EMMA, FARID}


def test_saved_plan_is_applied_as_a_run_of_its_own_kind(
    moodle: Path, at_university: Say, tmp_path: Path
) -> None:
    plan = str(tmp_path / "plan")
    at_university(*UNENROL, "--ended", "--save", plan)

    assert at_university("apply", plan, "--run").status == 0
    assert ends(moodle).keys() == {BRAHIM, EMMA, FARID}
    (run,) = document(at_university("runs", "--json"))["runs"]
    assert run["kind"] == "unenrol"


def test_plan_is_refused_once_it_would_take_a_last_enrolment(
    moodle: Path, at_university: Say, tmp_path: Path
) -> None:
    plan = str(tmp_path / "plan")
    at_university(*UNENROL, "--ended", "--save", plan)
    write(moodle, f"DELETE FROM mdl_user_enrolments WHERE enrolid = 2 AND userid = {ADA}")

    refused = at_university("apply", plan, "--run")

    assert refused.status == 1
    assert ends(moodle) == ENDS


def test_run_is_shown_in_either_language(moodle: Path, at_university: Say) -> None:
    at_university(*UNENROL, "--ended", "--run")

    assert "unenrolment" in at_university("runs").out
    shown = at_university("--lang", "fr", "runs", "show", "1").out
    assert "désinscription" in at_university("--lang", "fr", "runs").out
    assert "dernière inscription au cours" in shown
    exported = at_university("runs", "show", "1", "--format", "csv").out
    assert "removed" in exported
    assert ends(moodle).keys() == {BRAHIM, EMMA, FARID}


def test_courses_file_names_courses_only(moodle: Path, at_university: Say, tmp_path: Path) -> None:
    file = tmp_path / "courses.csv"
    file.write_text("course;until\nBIO;2027-06-30\n", encoding="utf-8")

    said = at_university("unenrol", "--courses-file", str(file), "--ended", "--run")

    assert (said.status, said.out) == (2, "")
    assert "line 2" in said.err
    assert ends(moodle) == ENDS
