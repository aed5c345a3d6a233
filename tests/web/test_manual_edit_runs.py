"""Runs of the command line that change or remove manual enrolments, as the web application shows them."""

import sqlite3
from collections.abc import Callable

import pytest
from django.test import Client

from maintien.cli.main import main
from maintien.sites.database.site import DatabaseSite
from maintien.web.models import Operation
from tests.web.conftest import WebApplication, _forget
from tests.web.test_guided_path import courses_at_risk, follow


def run(application: WebApplication, *words: str) -> int:
    """Type a command about the demo university, whose runs go into the application's journal."""
    _forget()
    folder = application.folder
    site, state = f"sqlite:///{folder / 'university.sqlite'}", f"sqlite:///{folder / 'runs.sqlite'}"
    common = ("--site", site, "--state", state, "--now", f"@{application.clock.now}", "--no-progress")
    return main([*common, *words])


def manual_rows(application: WebApplication, course: int) -> set[tuple[int, int, int]]:
    """Person, status and end of the manual enrolments of a course."""
    connection = sqlite3.connect(application.folder / "university.sqlite")
    rows = connection.execute(
        "SELECT ue.userid, ue.status, ue.timeend FROM mdl_user_enrolments ue"
        f" JOIN mdl_enrol e ON e.id = ue.enrolid WHERE e.enrol = 'manual' AND e.courseid = {course}"
    ).fetchall()
    connection.close()
    return set(rows)


@pytest.fixture
def course(counted: WebApplication) -> int:
    """A course whose students have been converted by run 1."""
    (number,) = courses_at_risk(1)
    assert run(counted, "convert", "--course", f"id:{number}", "--until", "2027-08-31", "--run") == 0
    return number


def test_edit_is_shown_in_either_language(
    counted: WebApplication, administrator: Client, course: int
) -> None:
    edited = ("end-date", "--course", f"id:{course}", "--method", "manual", "--suspend")
    assert run(counted, *edited, "--run") == 0

    assert "end date" in administrator.get("/sites/demo/runs").content.decode()
    page = administrator.get(f"/sites/demo/runs/2/courses/{course}").content.decode()
    assert "2027-08-31 23:59 (suspended)" in page
    administrator.cookies["maintien_language"] = "fr"
    assert (
        "date de fin"
        in administrator.get("/sites/demo/runs", headers={"accept-language": "fr"}).content.decode()
    )


def test_unenrolment_is_shown_and_taken_back(
    counted: WebApplication, administrator: Client, work: Callable[[], None], course: int
) -> None:
    before = manual_rows(counted, course)
    unenrolled = ("unenrol", "--course", f"id:{course}", "--method", "manual", "--even-last")
    assert run(counted, *unenrolled, "--run") == 0
    assert manual_rows(counted, course) == set()

    assert "unenrolment" in administrator.get("/sites/demo/runs").content.decode()
    page = administrator.get(f"/sites/demo/runs/2/courses/{course}").content.decode()
    assert "Manual enrolment removed" in page
    assert "always → 2027-08-31 23:59" in page
    follow(administrator, "/sites/demo/runs/2/undo")
    work()
    follow(administrator, "/sites/demo/runs/2/undo/confirm")
    work()
    assert Operation.objects.get(kind="undo").state == "done"
    assert manual_rows(counted, course) == before


def test_interrupted_unenrolment_is_gone_on_with_for_the_same_people(
    counted: WebApplication,
    administrator: Client,
    work: Callable[[], None],
    course: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = manual_rows(counted, course)
    name = _somebody(counted, course)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(DatabaseSite, "write", stop)
        unenrolled = ("unenrol", "--course", f"id:{course}", "--keyword", name, "--also-automatic")
        assert run(counted, *unenrolled, "--run") == 130
    assert manual_rows(counted, course) == before

    follow(administrator, "/sites/demo/runs/2/resume")
    work()

    assert Operation.objects.get(kind="resume").state == "done"
    assert len(manual_rows(counted, course)) == len(before) - 1


def _somebody(application: WebApplication, course: int) -> str:
    """The user name of the first of the course's people by hand."""
    userid = min(manual_rows(application, course))[0]
    connection = sqlite3.connect(application.folder / "university.sqlite")
    (name,) = connection.execute(f"SELECT username FROM mdl_user WHERE id = {userid}").fetchone()
    connection.close()
    return str(name)
