"""Giving access back after a cut, from the list of courses to the undo, as the pages' forms send it."""

from collections.abc import Callable

import pytest
from django.test import Client

from maintien.web.models import CountedCourse, Operation, PreparedPlan
from maintien.web.operations.worker import COUNTS_LAST, count_what_is_old
from maintien.web.rights.roles import Role
from tests.web.conftest import SignIn, WebApplication
from tests.web.cut_university import HOUR, blame_a_person, cut_university
from tests.web.django_here import NOW
from tests.web.test_guided_path import UNTIL, follow, people_with_manual_access

SINCE = "2027-03-02T00:00"
"""Before the cut of these tests, in the site's time zone."""


@pytest.fixture
def cut(application: WebApplication, work: Callable[[], None]) -> WebApplication:
    """The application some hours after a cut, with its courses counted."""
    cut_university(application.folder, began_at=NOW, cut_at=NOW + HOUR)
    application.clock.now = NOW + 6 * HOUR + COUNTS_LAST
    count_what_is_old()
    work()
    return application


def courses_cut(number: int) -> list[int]:
    rows = CountedCourse.objects.filter(site="demo", already_cut__gt=0).order_by("-already_cut", "course")
    return [row.course for row in rows[:number]]


def prepare_rescue(client: Client, courses: list[int], **values: str) -> PreparedPlan:
    asked = {"course": courses, "since": SINCE, "until": UNTIL, "roles": ["student"], "keep_groups": "on"}
    follow(client, "/sites/demo/plans/rescue", {**asked, **values})
    plan = PreparedPlan.objects.order_by("-id").first()
    assert plan is not None
    return plan


def test_what_a_cut_took_is_given_back_and_the_run_undone(
    cut: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    courses = courses_cut(2)
    before = people_with_manual_access(cut, courses)
    page = administrator.get("/sites/demo/plans/rescue", {"course": courses}).content.decode()
    assert "Show what would be given back" in page

    plan = prepare_rescue(administrator, courses)
    work()
    plan.refresh_from_db()
    assert (plan.kind, plan.state, plan.courses_changed) == ("rescue", "ready", 2)
    assert people_with_manual_access(cut, courses) == before
    page = administrator.get(f"/sites/demo/plans/{plan.pk}").content.decode()
    assert "Confirm: give access back" in page
    page = administrator.get(f"/sites/demo/plans/{plan.pk}/courses/{courses[0]}").content.decode()
    assert "Known from" in page
    assert "2028-08-31 23:59" in page

    follow(administrator, f"/sites/demo/plans/{plan.pk}/apply", {"people": str(plan.people)})
    work()
    plan.refresh_from_db()
    assert (plan.state, plan.run) == ("applied", 1)
    # Some have a manual enrolment already, which is prolonged.
    assert 0 < people_with_manual_access(cut, courses) - before <= plan.people
    assert "rescue" in administrator.get("/sites/demo/runs/1").content.decode().lower()
    follow(administrator, "/sites/demo/runs/1/undo")
    work()
    follow(administrator, "/sites/demo/runs/1/undo/confirm", {"even_if_access_is_lost": "1"})
    work()
    assert Operation.objects.get(kind="undo").state == "done"
    assert people_with_manual_access(cut, courses) == before


def test_somebody_removed_by_a_person_stands_apart_and_is_left_alone(
    cut: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    (course,) = courses_cut(1)
    username = blame_a_person(cut.folder, course)
    plan = prepare_rescue(administrator, [course])
    work()
    page = administrator.get(f"/sites/demo/plans/{plan.pk}").content.decode()
    assert "A person, not a sync, took 1 person’s access" in page
    page = administrator.get(f"/sites/demo/plans/{plan.pk}/courses/{course}").content.decode()
    removed = page[page.index("Removed by a person") :]
    assert username in removed
    assert "2027-03-02" in removed

    also = prepare_rescue(administrator, [course], also_by_people="on")
    work()
    plan.refresh_from_db()
    also.refresh_from_db()
    assert also.people == plan.people + 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"since": "2027-09-01T00:00"}, "This is still to come"),
        ({"to": "2027-02-01T00:00"}, "This is before the beginning"),
        ({"since": "yesterday"}, "is not a moment"),
        ({"until": "2020-01-01"}, "2020-01-01"),
    ],
)
def test_times_that_can_not_be_are_told_at_their_field(
    cut: WebApplication, administrator: Client, values: dict[str, str], sentence: str
) -> None:
    asked = {"course": courses_cut(1), "since": SINCE, "until": UNTIL, "roles": ["student"]}
    page = follow(administrator, "/sites/demo/plans/rescue", {**asked, **values})
    assert sentence in page
    assert not PreparedPlan.objects.exists()


def test_a_rescue_is_approved_by_somebody_else_where_the_site_asks_for_four_eyes(
    cut: WebApplication, sign_in: SignIn, administrator: Client, work: Callable[[], None]
) -> None:
    follow(administrator, "/sites/demo/settings", {"needs_four_eyes": "on"})
    engineer = sign_in("engineer", (Role.ENGINEER, "demo", None))
    plan = prepare_rescue(engineer, courses_cut(1))
    work()
    follow(engineer, f"/sites/demo/plans/{plan.pk}/apply", {"people": "0"})
    work()
    plan.refresh_from_db()
    assert (plan.state, plan.run) == ("awaiting", None)
    follow(administrator, f"/sites/demo/plans/{plan.pk}/approve")
    work()
    plan.refresh_from_db()
    assert (plan.state, plan.run) == ("applied", 1)


def test_a_rescue_takes_only_courses_of_the_own_category(
    cut: WebApplication, sign_in: SignIn, administrator: Client
) -> None:
    own, foreign = (CountedCourse.objects.get(course=course) for course in courses_cut(2))
    client = sign_in("engineer", (Role.ENGINEER, "demo", own.category))
    if foreign.path.startswith(own.path):
        foreign = CountedCourse.objects.exclude(path__startswith=own.path).order_by("id")[0]
    plan = prepare_rescue(client, [own.course, foreign.course])
    assert plan.request["courses"] == [own.course]
    assert client.get("/sites/demo/plans/rescue", {"course": foreign.course}).status_code == 200
    assert "No course is selected" in (
        client.get("/sites/demo/plans/rescue", {"course": foreign.course}).content.decode()
    )
