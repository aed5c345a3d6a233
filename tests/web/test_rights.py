"""Every page asks for something, and every role reaches what it may and nothing else."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from maintien.web.models import CountedCategory, CountedCourse, PreparedPlan
from maintien.web.rights.pages import PAGES
from maintien.web.rights.roles import GRANTED, Permission, Role
from tests.web.conftest import SignIn, WebApplication
from tests.web.test_guided_path import courses_at_risk, follow, prepare

FOREIGN = "sign_in_elsewhere"
SAMPLE = {
    "site": "demo",
    "course": 1,
    "plan": 1,
    "operation": 1,
    "run": 1,
    "number": 1,
    "archive": 1,
    "secret": "x",
}


def patterns(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, str]]:
    for each in resolver.url_patterns:
        address = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            if each.namespace != FOREIGN:
                yield from patterns(each, address)
        elif isinstance(each, URLPattern):
            yield str(each.name), address


def address_of(pattern: str) -> str:
    for name, value in SAMPLE.items():
        for kind in ("int", "str"):
            pattern = pattern.replace(f"<{kind}:{name}>", str(value))
    return pattern


def test_every_address_is_in_the_table_of_pages_and_the_other_way_round(application: WebApplication) -> None:

    assert {name for name, _ in patterns(get_resolver())} == PAGES.keys()


def test_every_page_refuses_methods_that_it_does_not_declare(administrator: Client) -> None:

    for name, pattern in patterns(get_resolver()):
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - PAGES[name].keys():
            response = administrator.generic(method, address_of(pattern))
            assert response.status_code == 405, (name, method)


@pytest.mark.parametrize("role", ["viewer", "engineer", "approver", "administrator"])
def test_a_role_reaches_what_the_table_grants_it_and_nothing_else(
    counted: WebApplication, sign_in: SignIn, role: str
) -> None:

    free = {Permission.NOTHING, Permission.SIGN_IN}
    for name, pattern in patterns(get_resolver()):
        for method, permission in PAGES[name].items():
            # Anew each time: signing out is one of the pages.
            client = sign_in(f"{role}-{name}-{method}", (Role(role), "", None))
            response = client.generic(method, address_of(pattern))
            is_granted = permission in free | GRANTED[Role(role)]
            # What sign 404 says may be there all the same, only not under the sample's number.
            assert (response.status_code not in (403, 405)) == is_granted, (name, method)


def test_without_signing_in_every_page_leads_to_signing_in(counted: WebApplication) -> None:

    for name, pattern in patterns(get_resolver()):
        for method, permission in PAGES[name].items():
            response = Client().generic(method, address_of(pattern))
            if permission is not Permission.NOTHING:
                assert response.status_code == 302, (name, method)
                assert response.headers["Location"].startswith("/sign-in"), (name, method)


def test_rights_on_one_site_are_none_on_another(counted: WebApplication, sign_in: SignIn) -> None:

    client = sign_in("elsewhere", (Role.ADMINISTRATOR, "other", None))
    assert client.get("/sites/demo/courses").status_code == 404
    assert "demo" not in client.get("/").content.decode().replace("badge", "")


def test_an_engineer_sees_and_prepares_only_in_the_own_category(
    counted: WebApplication, sign_in: SignIn
) -> None:

    tree = list(CountedCategory.objects.filter(site="demo", depth=0, courses__gt=0).order_by("position"))
    own, other = tree[0], tree[1]
    client = sign_in("engineer", (Role.ENGINEER, "demo", own.category))
    own_course = CountedCourse.objects.filter(site="demo", path__startswith=own.path).order_by("id")[0]
    foreign = CountedCourse.objects.filter(site="demo", path__startswith=other.path).order_by("id")[0]

    page = client.get("/sites/demo/courses").content.decode()
    assert f"{own.courses} course" in page
    assert client.get(f"/sites/demo/courses/{own_course.course}").status_code == 200
    assert client.get(f"/sites/demo/courses/{foreign.course}").status_code == 404
    # An id from a form is checked as well: of the two, only one's own is taken.
    number = prepare(client, [own_course.course, foreign.course])
    assert PreparedPlan.objects.get(pk=number).request["courses"] == [own_course.course]


def test_an_engineer_neither_sees_nor_undoes_what_was_done_elsewhere(
    counted: WebApplication, sign_in: SignIn, administrator: Client, work: object
) -> None:

    assert callable(work)
    course = courses_at_risk(1)[0]
    number = prepare(administrator, [course])
    work()
    follow(administrator, f"/sites/demo/plans/{number}/apply", {"people": "0"})
    PreparedPlan.objects.get(pk=number)
    work()
    row = CountedCourse.objects.get(site="demo", course=course)
    others = CountedCategory.objects.filter(site="demo", depth=0, courses__gt=0).order_by("position")
    other = next(each for each in others if not row.path.startswith(each.path))
    client = sign_in("engineer", (Role.ENGINEER, "demo", other.category))
    assert client.get(f"/sites/demo/plans/{number}").status_code == 404
    assert client.get("/sites/demo/runs/1").status_code == 404
    assert client.post("/sites/demo/runs/1/undo").status_code == 404
    assert "/sites/demo/runs/1" not in client.get("/sites/demo/runs").content.decode()
    assert administrator.get("/sites/demo/runs/1").status_code == 200
