"""The list of courses and a course's page: how far the cut has got, and people with access over time."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.html import escape
from sqlalchemy import delete, select

from maintien.sites.demo.calendar import university_calendar
from maintien.sites.demo.new_year import cut_access
from maintien.sites.demo.register import ENTRIES, NEXT_YEAR
from maintien.sites.demo.site import DemoSite
from maintien.web.models import ChartedAccess, CountedCategory, CountedCourse, Operation, PreparedPlan
from maintien.web.models.counts import WHOLE_SITE
from maintien.web.operations.worker import CHARTS_LAST, COUNTS_LAST, RETRY_SECONDS, count_what_is_old
from maintien.web.rights.roles import Role
from tests.web.conftest import SignIn, WebApplication
from tests.web.django_here import NOW
from tests.web.test_guided_path import prepare


@pytest.fixture
def after_the_cut(application: WebApplication, work: Callable[[], None]) -> WebApplication:
    """The application on the morning after the feeds dropped last year's students."""
    calendar = university_calendar(NOW)
    cut_access(DemoSite(folder=application.folder, calendar=calendar))
    application.clock.now = calendar.cut_window.to
    count_what_is_old()
    work()
    return application


def course_with(timing: str) -> CountedCourse:
    return CountedCourse.objects.filter(site="demo", timing=timing).order_by("-already_cut", "course")[0]


def test_before_the_cut_pages_say_that_it_is_to_come(counted: WebApplication, administrator: Client) -> None:
    page = administrator.get("/sites/demo/courses").content.decode()
    assert "still to come in" in page
    assert "A rescue gives back" not in page
    course = course_with("before")
    page = administrator.get(f"/sites/demo/courses/{course.course}").content.decode()
    assert "still to come: no sign of it since" in page
    assert "A rescue gives back" not in page


def test_after_the_cut_pages_say_so_in_words_and_lead_to_the_rescue(
    after_the_cut: WebApplication, administrator: Client
) -> None:
    course = course_with("done")
    assert course.already_cut > 0
    page = administrator.get("/sites/demo/courses?order=cut").content.decode()
    assert "done in" in page
    assert "have lost access already." in page
    assert "A rescue gives back" in page
    page = administrator.get(f"/sites/demo/courses/{course.course}").content.decode()
    assert f"{course.withdrawn}, of whom {course.already_cut} have no access now" in page
    assert f'/sites/demo/plans/rescue?course={course.course}">A rescue gives back' in page
    page = administrator.get("/sites/demo/courses", headers={"Accept-Language": "fr"}).content.decode()
    assert "passée dans" in page
    assert "Un sauvetage rend" in page


def test_a_preview_says_how_far_the_cut_has_got_in_each_course_and_in_all(
    after_the_cut: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    courses = CountedCourse.objects.filter(timing="done").order_by("-already_cut", "course")[:2]
    number = prepare(administrator, [course.course for course in courses])
    work()
    plan = PreparedPlan.objects.get(pk=number)
    assert plan.cut == {"done": 2}
    assert plan.already_cut == sum(course.already_cut for course in courses) > 0
    page = administrator.get(f"/sites/demo/plans/{number}").content.decode()
    assert "done in 2 courses" in page
    assert "done already" in page
    assert "/sites/demo/courses?order=cut" in page


def test_people_dropped_but_not_withdrawn_yet_put_the_cut_under_way(
    application: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    demo = DemoSite(folder=application.folder, calendar=university_calendar(NOW))
    with demo.open_moodle() as moodle, moodle.register.begin() as register:
        staying = select(NEXT_YEAR.c.numero)
        register.execute(delete(ENTRIES).where(ENTRIES.c.numero.not_in(staying)))
    count_what_is_old()
    work()
    course = course_with("under_way")
    assert course.waiting > 0
    page = administrator.get(f"/sites/demo/courses/{course.course}").content.decode()
    assert "under way" in page
    assert f"waiting for the next sync: {course.waiting}" in page


def test_the_site_and_each_category_have_a_chart_from_the_last_time_they_were_charted(
    counted: WebApplication, administrator: Client
) -> None:
    charted = ChartedAccess.objects.get(site="demo", category=WHOLE_SITE)
    before, after = (
        [people for at, people in charted.steps if at <= moment][-1]
        for moment in (charted.cut_at - 1, charted.cut_at)
    )
    kept = [people for at, people in charted.steps_converted if at <= charted.cut_at][-1]
    assert after < kept <= before
    page = administrator.get("/sites/demo/courses").content.decode()
    assert "/sites/demo/courses/chart.svg" in page
    assert "people without a conversion" in page
    picture = administrator.get("/sites/demo/courses/chart.svg")
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert b"<svg" in picture.content
    category = CountedCategory.objects.filter(site="demo", courses__gt=0).order_by("position")[0]
    page = administrator.get(f"/sites/demo/courses?category={category.category}").content.decode()
    assert f"chart.svg?category={category.category}" in page
    picture = administrator.get(f"/sites/demo/courses/chart.svg?category={category.category}")
    assert b"<svg" in picture.content


def test_a_chart_shows_nothing_of_what_its_reader_may_not_see(
    counted: WebApplication, sign_in: SignIn
) -> None:
    own, other = CountedCategory.objects.filter(site="demo", depth=0, courses__gt=0).order_by("position")[:2]
    client = sign_in("viewer", (Role.VIEWER, "demo", own.category))
    address = "/sites/demo/courses/chart.svg"
    assert client.get(f"{address}?category={own.category}").status_code == 200
    assert client.get(address).status_code == 404
    assert client.get(f"{address}?category={other.category}").status_code == 404
    assert address not in client.get("/sites/demo/courses").content.decode()


def test_categories_are_gone_down_one_by_one_and_up_again(
    counted: WebApplication, administrator: Client
) -> None:
    parent = CountedCategory.objects.filter(site="demo", depth=0, courses__gt=0).order_by("position")[0]
    child = CountedCategory.objects.filter(path__startswith=parent.path, depth=1).order_by("position")[0]
    top = administrator.get("/sites/demo/courses").content.decode()
    assert f'?category={parent.category}&amp;order=risk">{escape(parent.name)}' in top
    assert f'?category={child.category}&amp;order=risk">' not in top
    page = administrator.get(f"/sites/demo/courses?category={parent.category}").content.decode()
    assert f'?category={child.category}&amp;order=risk">{escape(child.name)}' in page
    page = administrator.get(f"/sites/demo/courses?category={child.category}").content.decode()
    assert f'?category={parent.category}&amp;order=risk">{escape(parent.name)}' in page
    assert f'aria-current="page">{escape(child.name)}' in page


def test_whoever_sees_one_category_begins_there(counted: WebApplication, sign_in: SignIn) -> None:
    child = CountedCategory.objects.filter(site="demo", depth=1, courses__gt=0).order_by("position")[0]
    client = sign_in("viewer", (Role.VIEWER, "demo", child.category))
    page = client.get("/sites/demo/courses").content.decode()
    assert f'?category={child.category}&amp;order=risk">{escape(child.name)}' in page
    assert page.count('list-inline-item me-3"') == 1


def test_no_page_of_the_list_reads_the_site_itself(
    counted: WebApplication, administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("the site was opened for a page")

    monkeypatch.setattr("maintien.web.sites.open_session", refuse)
    for page in ("courses", "courses/chart.svg"):
        assert administrator.get(f"/sites/demo/{page}").status_code == 200


def test_counts_and_charts_are_renewed_when_they_are_old(
    counted: WebApplication, work: Callable[[], None]
) -> None:
    def asked() -> list[str]:
        count_what_is_old()
        return sorted(Operation.objects.filter(state="waiting").values_list("kind", flat=True))

    assert asked() == []
    counted.clock.now += COUNTS_LAST + 1
    assert asked() == ["count"]
    work()
    counted.clock.now += CHARTS_LAST
    assert asked() == ["chart", "count"]


def test_a_site_that_can_not_be_counted_is_not_asked_again_at_once(
    application: WebApplication, work: Callable[[], None]
) -> None:
    (application.folder / "university.sqlite").unlink()
    for _ in range(3):
        count_what_is_old()
        work()
    assert Operation.objects.filter(kind="count", state="failed").count() == 1
    application.clock.now += RETRY_SECONDS + 1
    count_what_is_old()
    assert Operation.objects.filter(kind="count").count() == 2
