"""A plan is saved, looked at, and applied days later: exactly what was reviewed, or not at all."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import maintien.runs.execute
from maintien.cli.conversion.applying import PlanApplication
from maintien.runs.plan_file import short_form
from maintien.runs.plan_file_reading import open_plan_file
from maintien.runs.reviewed import ReviewedPlans
from maintien.sites.database.site import DatabaseSite
from maintien.sites.write_access import FileIsReadOnly
from tests.cli.conftest import Said, Say
from tests.cli.test_convert_command import AUGUST, manual_enrolments
from tests.cli.university import NOW

LATER = NOW + 3 * 86400
CONVERT = ("convert", "--all", "--until", "2027-08-31")
ADA, BRAHIM, CHLOE, DORA = 11, 12, 13, 20
ALL = {(2, ADA): AUGUST, (2, BRAHIM): AUGUST, (2, CHLOE): AUGUST, (3, ADA): AUGUST, (3, BRAHIM): AUGUST}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINTIEN_STATE", f"sqlite:///{tmp_path / 'runs.sqlite'}")


@pytest.fixture
def plan(tmp_path: Path, at_university: Say) -> Path:
    """A plan for the whole university."""
    path = tmp_path / "plan.jsonl"
    said = at_university(*CONVERT, "--save", str(path))
    assert said.status == 0, said.err
    return path


@pytest.fixture
def later(university: Path, say: Say) -> Say:  # noqa: ARG001 -- the environment names it
    """Types a command line about the university, days later and in another name."""

    def typed(*arguments: str) -> Said:
        return say("--now", f"@{LATER}", "--operator", "dora", *arguments)

    return typed


def sql(university: Path, *statements: str) -> list[Any]:
    connection = sqlite3.connect(university)
    try:
        rows = [row for statement in statements for row in connection.execute(statement)]
        connection.commit()
        return rows
    finally:
        connection.close()


def everything(university: Path) -> list[Any]:
    """What a conversion writes, without ids and without when and by whom."""
    return sql(
        university,
        "SELECT enrolid, userid, status, timestart, timeend FROM mdl_user_enrolments ORDER BY 1, 2",
        "SELECT roleid, contextid, userid, component, itemid FROM mdl_role_assignments ORDER BY 2, 3, 1, 4",
        "SELECT groupid, userid, component, itemid FROM mdl_groups_members ORDER BY 1, 2",
        "SELECT id, enrol, courseid, status FROM mdl_enrol ORDER BY 1",
    )


# --- saving ---


def test_saving_shows_the_preview_and_the_fingerprint_and_writes_nothing(
    university: Path, tmp_path: Path, at_university: Say
) -> None:
    before = university.read_bytes()
    path = tmp_path / "plan.jsonl"

    said = at_university(*CONVERT, "--save", str(path))

    with open_plan_file(path) as file:
        fingerprint = file.fingerprint
        assert (file.header.made_at, file.header.operator, file.header.courses) == (NOW, 2, 4)
    assert (said.status, said.err) == (0, "")
    assert "PREVIEW" in said.out
    assert short_form(fingerprint) in said.out
    assert fingerprint in said.out
    assert university.read_bytes() == before


def test_json_has_the_fingerprint(tmp_path: Path, at_university: Say) -> None:
    path = tmp_path / "plan.jsonl"

    said = at_university(*CONVERT, "--save", str(path), "--json")

    with open_plan_file(path) as file:
        assert json.loads(said.out)["plan_fingerprint"] == file.fingerprint


def test_same_moment_makes_the_same_bytes(plan: Path, at_university: Say) -> None:
    before = plan.read_bytes()

    at_university(*CONVERT, "--save", str(plan))

    assert plan.read_bytes() == before


def test_password_of_the_site_is_not_in_the_plan(
    university: Path, tmp_path: Path, at_university: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAINTIEN_SITE", "postgresql://moodle:s3cret@db/moodle")
    path = tmp_path / "plan.jsonl"

    at_university("--site", f"sqlite:///{university}", *CONVERT, "--save", str(path))

    assert b"s3cret" not in path.read_bytes()


def test_saving_and_running_exclude_each_other(university: Path, tmp_path: Path, at_university: Say) -> None:
    said = at_university(*CONVERT, "--save", str(tmp_path / "plan"), "--run")

    assert (said.status, said.out) == (2, "")
    assert "--save" in said.err
    assert not (tmp_path / "plan").exists()
    assert manual_enrolments(university) == {}


def test_other_files_are_not_replaced(tmp_path: Path, at_university: Say) -> None:
    path = tmp_path / "thesis.txt"
    path.write_text("precious")

    said = at_university(*CONVERT, "--save", str(path))

    assert (said.status, said.out) == (2, "")
    assert str(path) in said.err
    assert path.read_text() == "precious"


def test_no_plan_is_left_where_the_preview_fails(tmp_path: Path, at_university: Say) -> None:
    said = at_university(
        "convert", "--course", "NEXT", "--until", "2027-08-31", "--save", str(tmp_path / "plan")
    )

    assert said.status == 2
    assert not (tmp_path / "plan").exists()


# --- applying ---


def test_preview_of_a_plan_shows_what_convert_shows(
    university: Path, plan: Path, at_university: Say, later: Say
) -> None:
    before = university.read_bytes()
    converted = json.loads(at_university(*CONVERT, "--json").out)

    said = later("apply", str(plan), "--json")

    document = json.loads(said.out)
    assert (said.status, said.err) == (0, "")
    assert document["written"] is False
    assert document["drift"]["courses_drifted"] == 0
    assert [each for each in document["courses"] if each["id"] in {2, 3}] == [
        each for each in converted["courses"] if each["id"] in {2, 3}
    ]
    assert university.read_bytes() == before


def test_preview_names_the_plan(plan: Path, later: Say) -> None:
    said = later("apply", str(plan))

    with open_plan_file(plan) as file:
        assert short_form(file.fingerprint) in said.out
    assert "PREVIEW" in said.out


def test_unchanged_site_ends_as_convert_would_have(
    university: Path, plan: Path, later: Say, tmp_path: Path, built_university: Path
) -> None:
    said = later("apply", str(plan), "--run")

    assert (said.status, said.err) == (0, "")
    assert "DONE" in said.out
    assert manual_enrolments(university) == ALL
    other = tmp_path / "other.sqlite"
    other.write_bytes(built_university.read_bytes())
    later("--site", f"sqlite:///{other}", *CONVERT, "--run")
    assert everything(university) == everything(other)
    query = "SELECT DISTINCT modifierid, timemodified FROM mdl_user_enrolments WHERE enrolid IN (1, 3)"
    assert sql(university, query) == [(DORA, LATER)]


def test_run_of_a_plan_is_journalled_with_its_fingerprint(plan: Path, later: Say, tmp_path: Path) -> None:
    document = json.loads(later("apply", str(plan), "--run", "--json").out)

    row = sql(tmp_path / "runs.sqlite", "SELECT id, kind, command, plan_fingerprint FROM maintien_run")
    assert row == [
        (
            document["run"],
            "convert",
            f"maintien --now @{LATER} --operator dora apply {plan} --run --json",
            document["plan_fingerprint"],
        )
    ]


def test_plan_applied_twice_changes_nothing_the_second_time(university: Path, plan: Path, later: Say) -> None:
    later("apply", str(plan), "--run")
    before = everything(university)

    said = later("apply", str(plan), "--run")

    assert (said.status, said.err) == (0, "")
    assert "NOTHING TO DO" in said.out
    assert everything(university) == before


def test_rest_is_done_where_a_course_was_done_already(university: Path, plan: Path, later: Say) -> None:
    later("convert", "--course", "BIO", "--until", "2027-08-31", "--run")

    said = later("apply", str(plan), "--run")

    assert (said.status, said.err) == (0, "")
    assert manual_enrolments(university) == ALL


# --- drift ---

_NEW_ENROLMENT = (
    "INSERT INTO mdl_user_enrolments (enrolid, userid, status, timestart, timeend, modifierid, timecreated,"
    " timemodified) VALUES ({}, {}, 0, 0, {}, 2, 1, 1)"
)
_NEW_ROLE = (
    "INSERT INTO mdl_role_assignments (roleid, contextid, userid, component, itemid, modifierid,"
    " timemodified, sortorder) VALUES (5, {}, {}, '', 0, 2, 1, 0)"
)
WITHOUT_ADA = {key: end for key, end in ALL.items() if key != (2, ADA)}

DRIFTS: dict[str, tuple[tuple[str, ...], dict[tuple[int, int], int]]] = {
    "a person left": (
        (
            "DELETE FROM mdl_user_enrolments WHERE enrolid = 2 AND userid = 11",
            "DELETE FROM mdl_role_assignments WHERE contextid = 102 AND userid = 11",
        ),
        WITHOUT_ADA,
    ),
    "enrolled by hand without end": ((_NEW_ENROLMENT.format(1, ADA, 0),), ALL | {(2, ADA): 0}),
    "enrolled by hand until earlier": ((_NEW_ENROLMENT.format(1, ADA, LATER),), ALL | {(2, ADA): LATER}),
    "enrolment suspended": (
        ("UPDATE mdl_user_enrolments SET status = 1 WHERE enrolid = 2 AND userid = 11",),
        WITHOUT_ADA,
    ),
    "account suspended": (
        ("UPDATE mdl_user SET suspended = 1 WHERE id = 11",),
        {key: end for key, end in ALL.items() if key[1] != ADA},
    ),
    "a role given by hand": ((_NEW_ROLE.format(102, ADA),), ALL),
    "a role given to a teacher": ((_NEW_ROLE.format(102, DORA),), ALL),
    "a newcomer": ((_NEW_ENROLMENT.format(4, CHLOE, 0), _NEW_ROLE.format(103, CHLOE)), ALL),
    "an instance disabled": (
        ("UPDATE mdl_enrol SET status = 1 WHERE id = 1",),
        {key: end for key, end in ALL.items() if key[0] != 2},
    ),
    "a feed disabled": (
        ("UPDATE mdl_enrol SET status = 1 WHERE id = 4",),
        {key: end for key, end in ALL.items() if key[0] != 3},
    ),
    "an instance enabled": (("UPDATE mdl_enrol SET status = 0 WHERE id = 5",), ALL),
    "a course that is gone": (
        ("DELETE FROM mdl_course WHERE id = 3", "DELETE FROM mdl_context WHERE id = 103"),
        {key: end for key, end in ALL.items() if key[0] != 3},
    ),
}


@pytest.mark.parametrize("case", DRIFTS)
def test_drift_is_shown_and_stops(case: str, university: Path, plan: Path, later: Say) -> None:
    sql(university, *DRIFTS[case][0])
    before = university.read_bytes()

    said = later("apply", str(plan), "--run")

    assert said.status == 1
    assert "DRIFT" in said.out
    assert "--accept-drift" in said.err
    assert university.read_bytes() == before


@pytest.mark.parametrize("case", DRIFTS)
def test_accepted_drift_leaves_the_rest_to_be_done(
    case: str, university: Path, plan: Path, later: Say
) -> None:
    statements, expected = DRIFTS[case]
    sql(university, *statements)

    said = later("apply", str(plan), "--run", "--accept-drift")

    assert (said.status, said.err) == (0, "")
    assert "DRIFT" in said.out
    assert manual_enrolments(university) == expected


def test_drift_names_the_person_before_and_after(university: Path, plan: Path, later: Say) -> None:
    sql(university, "UPDATE mdl_user SET suspended = 1 WHERE id = 11")

    said = later("apply", str(plan))

    assert said.status == 1
    for words in ("BIO", "Ada Martin", "2027-08-31", "account suspended on the whole site"):
        assert words in said.out


def test_drift_is_said_in_json(university: Path, plan: Path, later: Say) -> None:
    sql(university, _NEW_ENROLMENT.format(1, ADA, 0))

    said = later("apply", str(plan), "--json")

    document = json.loads(said.out)
    (course,) = document["drift"].pop("courses")
    (drift,) = course["drifts"]
    assert (said.status, document["written"]) == (1, False)
    assert document["drift"] == {
        "accepted": False,
        "courses_drifted": 1,
        "only_now": 0,
        "no_longer": 1,
        "differently": 0,
    }
    assert (course["shortname"], drift["user"], drift["kind"]) == ("BIO", ADA, "no_longer")
    assert (drift["reason"]["kind"], drift["now"]) == ("manual_enrolment_suffices", [])
    (planned,) = drift["planned"]
    assert planned["after"]["ends_at"]["unix"] == AUGUST


def test_accepted_drift_is_in_the_document_of_the_run(university: Path, plan: Path, later: Say) -> None:
    sql(university, _NEW_ENROLMENT.format(1, ADA, 0))

    document = json.loads(later("apply", str(plan), "--json", "--run", "--accept-drift").out)

    assert document["written"] is True
    assert document["drift"]["accepted"] is True
    assert [course["shortname"] for course in document["drift"]["courses"]] == ["BIO"]
    assert document["totals"]["people_converted"] == 4


def test_course_that_changes_after_the_comparison_is_left_out_and_named(
    university: Path, plan: Path, later: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = PlanApplication._compare

    def then_somebody_is_at_work(self: PlanApplication, *arguments: Any) -> Any:  # noqa: ANN401 -- as it is
        compared = compare(self, *arguments)
        sql(university, "UPDATE mdl_user_enrolments SET status = 1 WHERE enrolid = 2 AND userid = 11")
        return compared

    monkeypatch.setattr(PlanApplication, "_compare", then_somebody_is_at_work)

    said = later("apply", str(plan), "--run")

    assert said.status == 3
    assert "1 courses changed while" in said.err
    assert "BIO" in said.out
    assert manual_enrolments(university) == {key: end for key, end in ALL.items() if key[0] == 3}


def test_interrupted_run_of_a_plan_is_gone_on_with_by_applying_it_again(
    university: Path, plan: Path, later: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    review: Callable[..., Any] = ReviewedPlans.take_drift
    seen: list[int] = []

    def interrupted(self: ReviewedPlans, course: Any) -> Any:  # noqa: ANN401 -- as it is
        seen.append(course)
        # Four courses are compared; the run is stopped after its first.
        if len(seen) == 5:
            raise KeyboardInterrupt
        return review(self, course)

    with monkeypatch.context() as patch:
        patch.setattr(ReviewedPlans, "take_drift", interrupted)
        patch.setattr(maintien.runs.execute, "batches", lambda sizes, _: ([size] for size in sizes))
        assert later("apply", str(plan), "--run").status == 130
    assert (3, ADA) not in manual_enrolments(university)
    said = later("resume", "last", "--run")
    assert said.status == 2
    assert "apply" in said.err

    assert later("apply", str(plan), "--run").status == 0
    assert manual_enrolments(university) == ALL


# --- what does not fit ---


def test_plan_of_another_site_is_refused(university: Path, plan: Path, later: Say) -> None:
    sql(university, "INSERT INTO mdl_config (name, value) VALUES ('siteidentifier', 'another')")

    said = later("apply", str(plan), "--run")

    assert (said.status, said.out) == (2, "")
    assert "was made on" in said.err
    assert manual_enrolments(university) == {}


def test_plan_whose_end_date_has_passed_is_refused(university: Path, plan: Path, say: Say) -> None:
    said = say("--now", f"@{AUGUST}", "apply", str(plan), "--run")

    assert (said.status, said.out) == (2, "")
    assert "has passed" in said.err
    assert manual_enrolments(university) == {}


def test_changed_plan_is_refused(university: Path, plan: Path, later: Say) -> None:
    plan.write_bytes(plan.read_bytes().replace(str(AUGUST).encode(), str(AUGUST + 1).encode()))

    said = later("apply", str(plan), "--run")

    assert (said.status, said.out) == (2, "")
    assert "was changed" in said.err
    assert manual_enrolments(university) == {}


def test_something_else_than_a_plan_is_refused_in_french_too(university: Path, later: Say) -> None:
    said = later("apply", str(university), "--run", "--lang", "fr")

    assert (said.status, said.out) == (2, "")
    assert "n’est pas un plan" in said.err


def test_plan_has_to_be_named(later: Say) -> None:
    said = later("apply")

    assert (said.status, said.out) == (2, "")
    assert "Say which plan" in said.err


def test_account_that_may_only_read_can_compare_and_not_run(
    plan: Path, later: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DatabaseSite, "check_may_write", lambda _: FileIsReadOnly())

    assert later("apply", str(plan)).status == 0
    assert later("apply", str(plan), "--run").status == 1


def test_empty_plan_has_nothing_to_do(
    tmp_path: Path, at_university: Say, later: Say, university: Path
) -> None:
    sql(university, "DELETE FROM mdl_user_enrolments")
    at_university(*CONVERT, "--save", str(tmp_path / "plan"))

    said = later("apply", str(tmp_path / "plan"), "--run")

    assert (said.status, said.err) == (0, "")
    assert "NOTHING TO DO" in said.out
