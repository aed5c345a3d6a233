"""The participants of a course: filtered as the procedure does, paged, and only where rights reach."""

import pytest
from django.test import Client

from maintien.web.models import CountedCategory, CountedCourse
from maintien.web.paging import ROWS
from maintien.web.rights.roles import Role
from tests.web.conftest import SignIn, WebApplication
from tests.web.test_guided_path import courses_at_risk


def list_of(client: Client, course: int, **query: str) -> str:
    address = f"/sites/demo/courses/{course}/participants"
    response = client.get(address, query, headers={"HX-Request": "true", "HX-Target": "people"})
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def rows_in(page: str) -> int:
    return page.count("<tr>") - 1 if "<tr>" in page else 0


def test_filters_show_whom_they_select(counted: WebApplication, administrator: Client) -> None:
    (course,) = courses_at_risk(1)
    everybody = list_of(administrator, course)
    row = CountedCourse.objects.get(site="demo", course=course)
    assert f"{row.participants} people" in everybody
    by_database = list_of(administrator, course, method="database")
    by_hand = list_of(administrator, course, method="manual")
    assert by_database != everybody
    assert by_database != by_hand
    students = list_of(administrator, course, role="student", status="active", method="database")
    assert 0 < rows_in(students) <= rows_in(by_database)
    name = students.split('aria-label="Select ')[2].split('"')[0]
    found = list_of(administrator, course, name=name)
    assert 1 <= rows_in(found) < rows_in(everybody)
    assert "0 people" in list_of(administrator, course, name="nobody has this name")


def test_the_list_is_a_part_of_its_page_and_of_the_courses(
    counted: WebApplication, administrator: Client
) -> None:
    (course,) = courses_at_risk(1)
    address = f"/sites/demo/courses/{course}/participants"
    page = administrator.get(address).content.decode()
    part = administrator.get(address, headers={"HX-Request": "true", "HX-Target": "participants"})
    assert part.content.decode().strip() in page
    assert list_of(administrator, course).strip() in page
    assert f'hx-get="{address}"' in administrator.get(f"/sites/demo/courses/{course}").content.decode()


def test_pages_of_the_list_hold_everybody_once(counted: WebApplication, administrator: Client) -> None:
    (course,) = courses_at_risk(1)
    people = CountedCourse.objects.get(site="demo", course=course).participants
    assert people > 2 * ROWS
    seen: list[str] = []
    for number in range(1, -(-people // ROWS) + 1):
        page = list_of(administrator, course, page=str(number))
        seen += [
            cell.split("</span>")[0] for cell in page.split('<br><span class="text-body-secondary">')[1:]
        ]
    assert len(seen) == len(set(seen)) == people
    last = list_of(administrator, course, page=str(number))
    assert list_of(administrator, course, page="99999") == last


@pytest.mark.parametrize(
    "query",
    [
        {"method": "sql' OR 1=1"},
        {"role": "nobody"},
        {"status": "great"},
        {"group": "999999"},
        {"group": "id:1"},
    ],
    ids=str,
)
def test_what_no_filter_knows_is_refused_with_a_sentence(
    counted: WebApplication, administrator: Client, query: dict[str, str]
) -> None:
    (course,) = courses_at_risk(1)
    response = administrator.get(f"/sites/demo/courses/{course}/participants", query)
    assert response.status_code == 400


def test_participants_are_shown_only_where_their_course_may_be_seen(
    counted: WebApplication, sign_in: SignIn
) -> None:
    own, other = CountedCategory.objects.filter(site="demo", depth=0, courses__gt=0).order_by("position")[:2]
    client = sign_in("viewer", (Role.VIEWER, "demo", own.category))
    rows = CountedCourse.objects.filter(site="demo").order_by("course")
    seen = rows.filter(path__startswith=own.path)[0].course
    unseen = rows.filter(path__startswith=other.path)[0].course
    assert client.get(f"/sites/demo/courses/{seen}/participants").status_code == 200
    assert client.get(f"/sites/demo/courses/{unseen}/participants").status_code == 404
