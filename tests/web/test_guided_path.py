"""Maintaining access, from the list of courses to the undo, as the pages' forms send it."""

import re
import sqlite3
from collections.abc import Callable
from typing import Any

from django.test import Client

from maintien.web.models import CountedCourse, Operation, PreparedPlan
from maintien.web.rights.roles import Role
from tests.web.conftest import SignIn, WebApplication

UNTIL = "2028-08-31"


def follow(client: Client, url: str, values: dict[str, Any] | None = None) -> str:
    response = client.post(url, values or {}, follow=True)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def courses_at_risk(number: int) -> list[int]:

    rows = CountedCourse.objects.filter(site="demo", at_risk__gt=0).order_by("-at_risk", "course")
    return [row.course for row in rows[:number]]


def prepare(client: Client, courses: list[int]) -> int:

    values = {"course": courses, "until": UNTIL, "roles": ["student"], "keep_groups": "on"}
    follow(client, "/sites/demo/plans/new", values)
    plan = PreparedPlan.objects.order_by("-id").first()
    assert plan is not None
    return plan.pk


def people_with_manual_access(application: WebApplication, courses: list[int]) -> int:

    connection = sqlite3.connect(application.folder / "university.sqlite")
    marks = ",".join(map(str, courses))
    (number,) = connection.execute(
        "SELECT count(*) FROM mdl_user_enrolments ue JOIN mdl_enrol e ON e.id = ue.enrolid"
        f" WHERE e.enrol = 'manual' AND ue.status = 0 AND e.courseid IN ({marks})"
    ).fetchone()
    connection.close()
    return int(number)


def test_access_is_maintained_and_the_run_undone(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:

    courses = courses_at_risk(2)
    before = people_with_manual_access(counted, courses)

    page = administrator.get("/sites/demo/courses").content.decode()
    assert "people at risk" in page
    page = administrator.get("/sites/demo/plans/new", {"course": courses}).content.decode()
    assert "Show what would be done" in page
    number = prepare(administrator, courses)
    assert "The plan is being prepared" in administrator.get(f"/sites/demo/plans/{number}").content.decode()
    work()
    plan = PreparedPlan.objects.get(pk=number)
    assert (plan.state, plan.courses) == ("ready", 2)
    assert plan.people > 0
    assert people_with_manual_access(counted, courses) == before

    page = administrator.get(f"/sites/demo/plans/{number}").content.decode()
    assert "Confirm: maintain the access" in page
    page = administrator.get(f"/sites/demo/plans/{number}/courses/{courses[0]}").content.decode()
    assert "2028-08-31 23:59" in page
    follow(administrator, f"/sites/demo/plans/{number}/apply", {"people": str(plan.people)})
    work()
    plan.refresh_from_db()
    assert (plan.state, plan.run) == ("applied", 1)
    assert people_with_manual_access(counted, courses) > before
    assert "Done." in administrator.get(f"/sites/demo/plans/{number}").content.decode()

    page = administrator.get("/sites/demo/runs/1").content.decode()
    assert "maintien web: operation" in page
    assert administrator.get(f"/sites/demo/runs/1/courses/{courses[0]}").status_code == 200
    table = administrator.post("/sites/demo/runs/1/table.xlsx")
    assert b"".join(table.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    follow(administrator, "/sites/demo/runs/1/undo")
    work()
    preview = Operation.objects.get(kind="preview_undo")
    page = administrator.get(f"/sites/demo/operations/{preview.pk}").content.decode()
    assert "Undo run 1" in page
    follow(administrator, "/sites/demo/runs/1/undo/confirm", {"even_if_access_is_lost": "1"})
    work()
    assert people_with_manual_access(counted, courses) == before
    assert "undone by 2" in administrator.get("/sites/demo/runs").content.decode()


def test_a_course_has_a_chart_of_its_people_over_time(counted: WebApplication, administrator: Client) -> None:
    course = courses_at_risk(1)[0]
    page = administrator.get(f"/sites/demo/courses/{course}").content.decode()
    assert f"/sites/demo/courses/{course}/chart.svg" in page
    chart = administrator.get(f"/sites/demo/courses/{course}/chart.svg")
    assert chart.headers["Content-Type"].startswith("image/svg+xml")
    assert b"<script" not in chart.content
    assert b"<svg" in chart.content


def test_above_500_people_their_number_has_to_be_typed(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:

    number = prepare(administrator, courses_at_risk(1000))
    work()
    plan = PreparedPlan.objects.get(pk=number)
    assert plan.people > 500
    assert "Type the number" in follow(administrator, f"/sites/demo/plans/{number}/apply", {"people": "500"})
    plan.refresh_from_db()
    assert plan.state == "ready"
    follow(administrator, f"/sites/demo/plans/{number}/apply", {"people": f"{plan.people:,}"})
    plan.refresh_from_db()
    assert plan.state == "applying"


def test_all_courses_of_a_large_site_fit_into_one_plan(
    counted: WebApplication, administrator: Client
) -> None:
    CountedCourse.objects.bulk_create(
        CountedCourse(
            site="demo",
            course=number,
            shortname=f"C{number}",
            fullname=f"Course {number}",
            category=1,
            path="/1/",
            participants=200,
            automatic_only=200,
            at_risk=200,
        )
        for number in range(10_000, 15_000)
    )
    everything = CountedCourse.objects.count()
    page = administrator.get("/sites/demo/plans/new", {"everything": "1"}).content.decode()
    assert page.count('name="course"') == everything
    number = prepare(administrator, list(CountedCourse.objects.values_list("course", flat=True)))
    assert len(PreparedPlan.objects.get(pk=number).request["courses"]) == everything


def test_all_of_a_search_are_those_that_it_finds(counted: WebApplication, administrator: Client) -> None:
    page = administrator.get("/sites/demo/plans/new", {"everything": "1", "search": "droit"}).content.decode()
    found = administrator.get("/sites/demo/courses", {"search": "droit"}).content.decode()
    assert 0 < page.count('name="course"') == found.count('name="course"')


def test_whoever_prepared_a_plan_does_not_approve_it(
    counted: WebApplication, sign_in: SignIn, administrator: Client, work: Callable[[], None]
) -> None:

    follow(administrator, "/sites/demo/settings", {"needs_four_eyes": "on"})
    both = sign_in("both", (Role.ENGINEER, "demo", None), (Role.APPROVER, "demo", None))
    number = prepare(both, courses_at_risk(1))
    work()
    plan = PreparedPlan.objects.get(pk=number)
    follow(both, f"/sites/demo/plans/{number}/apply", {"people": plan.people})
    plan.refresh_from_db()
    assert plan.state == "awaiting"
    assert both.post(f"/sites/demo/plans/{number}/approve").status_code == 404
    other = sign_in("other", (Role.APPROVER, "demo", None))
    follow(other, f"/sites/demo/plans/{number}/approve")
    work()
    plan.refresh_from_db()
    assert (plan.state, str(plan.decided_by)) == ("applied", "other")


def test_a_plan_says_in_the_readers_language_why_it_failed(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:

    number = prepare(administrator, courses_at_risk(1))
    counted.clock.now += 3 * 365 * 24 * 3600
    work()
    assert PreparedPlan.objects.get(pk=number).state == "failed"
    page = administrator.get(
        f"/sites/demo/plans/{number}", headers={"Accept-Language": "fr"}
    ).content.decode()
    assert re.search(r"passé", page)


def test_a_date_that_has_passed_is_refused_in_the_form(
    counted: WebApplication, administrator: Client
) -> None:

    values = {"course": courses_at_risk(1), "until": "2020-01-01", "roles": ["student"]}
    page = follow(administrator, "/sites/demo/plans/new", values)
    assert "is-invalid" in page
    assert not PreparedPlan.objects.exists()
