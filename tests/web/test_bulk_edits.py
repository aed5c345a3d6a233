"""Editing selected user enrolments: everybody whom the filters select, or those ticked, through a plan."""

import sqlite3
from collections.abc import Callable

import pytest
from django.test import Client

from maintien.web.models import AuditEntry, CountedCategory, CountedCourse, PlanKind, PreparedPlan
from maintien.web.rights.roles import Role
from tests.web.conftest import SignIn, WebApplication
from tests.web.test_guided_path import follow

UNTIL = "2029-06-30"


def manual_enrolments(application: WebApplication, course: int) -> dict[int, tuple[int, int]]:
    """Read the end and the status of each manual enrolment of a course, by person."""
    connection = sqlite3.connect(application.folder / "university.sqlite")
    rows = connection.execute(
        "SELECT ue.userid, ue.timeend, ue.status FROM mdl_user_enrolments ue"
        " JOIN mdl_enrol e ON e.id = ue.enrolid WHERE e.enrol = 'manual' AND e.courseid = ?",
        [course],
    ).fetchall()
    connection.close()
    return {userid: (ends_at, status) for userid, ends_at, status in rows}


def course_with_manual_enrolments(application: WebApplication) -> int:
    connection = sqlite3.connect(application.folder / "university.sqlite")
    (course,) = connection.execute(
        "SELECT e.courseid FROM mdl_user_enrolments ue JOIN mdl_enrol e ON e.id = ue.enrolid"
        " WHERE e.enrol = 'manual' AND e.status = 0 GROUP BY e.courseid ORDER BY count(*) DESC LIMIT 1"
    ).fetchone()
    connection.close()
    return int(course)


def ask_for(client: Client, course: int, **values: object) -> PreparedPlan:
    response = client.post(f"/sites/demo/courses/{course}/end-date", values)
    assert response.status_code == 302, response.content.decode()
    plan = PreparedPlan.objects.order_by("-id").first()
    assert plan is not None
    return plan


def apply(client: Client, plan: PreparedPlan, work: Callable[[], None]) -> PreparedPlan:
    work()
    plan.refresh_from_db()
    assert plan.state == "ready"
    follow(client, f"/sites/demo/plans/{plan.pk}/apply", {"people": str(plan.people)})
    work()
    plan.refresh_from_db()
    assert plan.state == "applied"
    return plan


def test_everybody_whom_the_filters_select_gets_an_end_date_and_the_run_is_undone(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    course = course_with_manual_enrolments(counted)
    before = manual_enrolments(counted, course)
    query = {"method": "manual", "status": "active", "everyone": "1"}
    page = administrator.get(f"/sites/demo/courses/{course}/end-date", query).content.decode()
    assert 'name="method" value="manual"' in page
    assert "Edit selected user enrolments" in page
    plan = ask_for(administrator, course, **query, until=UNTIL)
    assert (plan.kind, plan.request["whom"]["people"]) == (PlanKind.END_DATE, [])
    assert manual_enrolments(counted, course) == before
    plan = apply(administrator, plan, work)
    after = manual_enrolments(counted, course)
    changed = {userid for userid in before if before[userid] != after[userid]}
    assert len(changed) == plan.people > 0
    assert len({after[userid][0] for userid in changed}) == 1
    page = administrator.get(f"/sites/demo/plans/{plan.pk}").content.decode()
    assert "is changed" in page or "are changed" in page
    page = administrator.get(f"/sites/demo/plans/{plan.pk}/courses/{course}").content.decode()
    assert "2029-06-30 23:59" in page

    follow(administrator, f"/sites/demo/runs/{plan.run}/undo")
    work()
    follow(administrator, f"/sites/demo/runs/{plan.run}/undo/confirm", {"even_if_access_is_lost": "1"})
    work()
    assert manual_enrolments(counted, course) == before


def test_only_those_ticked_are_edited_and_only_if_they_are_enrolled_in_the_course(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    course = course_with_manual_enrolments(counted)
    before = manual_enrolments(counted, course)
    ticked = min(before)
    stranger = 999_999
    plan = ask_for(administrator, course, person=[ticked, stranger, "x"], until=UNTIL)
    plan = apply(administrator, plan, work)
    after = manual_enrolments(counted, course)
    assert {userid for userid in before if before[userid] != after[userid]} == {ticked}
    assert (plan.people, plan.left_alone) == (1, 0)


def test_status_start_and_no_end_date_can_be_given_too(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    course = course_with_manual_enrolments(counted)
    person = min(manual_enrolments(counted, course))
    apply(administrator, ask_for(administrator, course, person=person, change_status="suspend"), work)
    assert manual_enrolments(counted, course)[person][1] == 1
    plan = ask_for(administrator, course, person=person, change_status="activate", until=UNTIL)
    apply(administrator, plan, work)
    ends_at, status = manual_enrolments(counted, course)[person]
    assert (ends_at > 0, status) == (True, 0)
    apply(administrator, ask_for(administrator, course, person=person, is_unlimited="on"), work)
    assert manual_enrolments(counted, course)[person][0] == 0


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"until": UNTIL, "is_unlimited": "on"},
        {"until": "2029-06-30", "start": "2029-07-01"},
        {"until": "soon"},
        {"start": "soon"},
        {"change_status": "delete"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_told_in_the_form(
    counted: WebApplication, administrator: Client, values: dict[str, str]
) -> None:
    course = course_with_manual_enrolments(counted)
    person = min(manual_enrolments(counted, course))
    page = administrator.post(f"/sites/demo/courses/{course}/end-date", {"person": person, **values})
    assert page.status_code == 200
    assert "This can’t be sent yet" in page.content.decode()
    assert not PreparedPlan.objects.exists()


def test_nobody_selected_is_told_and_makes_no_plan(counted: WebApplication, administrator: Client) -> None:
    course = course_with_manual_enrolments(counted)
    for people in ({}, {"person": "999999"}, {"everyone": "1", "name": "nobody has this name"}):
        page = administrator.post(f"/sites/demo/courses/{course}/end-date", {**people, "until": UNTIL})
        assert "Nobody is selected." in page.content.decode()
    assert not PreparedPlan.objects.exists()


def test_only_whoever_prepares_plans_in_its_category_edits_a_courses_enrolments(
    counted: WebApplication, sign_in: SignIn
) -> None:
    course = course_with_manual_enrolments(counted)
    path = CountedCourse.objects.get(site="demo", course=course).path
    tops = CountedCategory.objects.filter(site="demo", depth=0, courses__gt=0).order_by("position")
    own = next(each for each in tops if path.startswith(each.path))
    other = next(each for each in tops if not path.startswith(each.path))
    person = min(manual_enrolments(counted, course))
    values = {"person": person, "until": UNTIL}
    for username, role, category, status in (
        ("viewer", Role.VIEWER, own.category, 403),
        ("elsewhere", Role.ENGINEER, other.category, 404),
        ("engineer", Role.ENGINEER, own.category, 302),
    ):
        client = sign_in(username, (role, "demo", category))
        response = client.post(f"/sites/demo/courses/{course}/end-date", values)
        assert response.status_code == status, username
        if status != 302:
            assert not PreparedPlan.objects.exists()
    viewer = sign_in("viewer")
    page = viewer.get(f"/sites/demo/courses/{course}/participants").content.decode()
    assert 'name="person"' not in page


def test_a_bulk_edit_is_noted(counted: WebApplication, administrator: Client) -> None:
    course = course_with_manual_enrolments(counted)
    person = min(manual_enrolments(counted, course))
    plan = ask_for(administrator, course, person=person, until=UNTIL)
    entry = AuditEntry.objects.get(action="plan_asked")
    assert (entry.details["kind"], entry.details["plan"]) == ("end_date", plan.pk)
