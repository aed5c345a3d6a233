"""Maintaining access by a campaign file, from its check to the undo."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from maintien.sites.demo.calendar import university_calendar
from maintien.sites.demo.campaign import sample_campaign
from maintien.web.models import CountedCategory, CountedCourse, Operation, PlannedCourse, PreparedPlan
from maintien.web.rights.roles import Role
from tests.web.conftest import SignIn, WebApplication
from tests.web.django_here import NOW
from tests.web.test_guided_path import follow, people_with_manual_access

NEW = "/sites/demo/plans/campaign"
CAMPAIGN = sample_campaign(university_calendar(NOW)).replace("max_people = 2000", "max_people = 5000")


def prepare(client: Client, work: Callable[[], None], text: str = CAMPAIGN, **more: str) -> PreparedPlan:
    follow(client, NEW, {"text": text, **more})
    work()
    plan = PreparedPlan.objects.order_by("-id").first()
    assert plan is not None
    return plan


def of_category(name: str) -> str:
    """Write a campaign with one rule, for a category."""
    return (
        '[campaign]\nname = "One"\n[defaults]\nuntil = 2028-08-31\nowner = "DSI"\nreason = "whim"\n'
        f'[[rules]]\nname = "Only"\ncategories = ["id:{name}"]\n'
    )


def test_a_campaign_is_checked_previewed_run_as_one_run_and_undone(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    plan = prepare(administrator, work)
    assert (plan.kind, plan.state) == ("campaign", "ready")
    page = administrator.get(f"/sites/demo/plans/{plan.pk}").content.decode()
    for rule in ("Apprentis", "Infirmiers", "Mémoires", "Santé", "Droit"):
        assert rule in page
    assert "Service de l’alternance" in page or "Service de l&#x27;alternance" in page

    # Apprentices keep their access for longer than the others.
    rules = page[page.index("Apprentis") :]
    assert rules.index("2027-12-31 23:59") < rules.index("Infirmiers") < rules.index("2028-08-31 23:59")

    courses = list(PlannedCourse.objects.order_by("position").values_list("course", flat=True))
    before = people_with_manual_access(counted, courses)
    follow(administrator, f"/sites/demo/plans/{plan.pk}/apply", {"people": str(plan.people)})
    work()
    plan.refresh_from_db()
    assert (plan.state, plan.run) == ("applied", 1)
    assert people_with_manual_access(counted, courses) > before
    page = administrator.get("/sites/demo/runs/1").content.decode()
    assert "Rentrée de septembre" in page
    assert "Apprentis" in page
    assert administrator.get("/sites/demo/runs/2").status_code == 404
    follow(administrator, "/sites/demo/runs/1/undo")
    work()
    follow(administrator, "/sites/demo/runs/1/undo/confirm", {"even_if_access_is_lost": "1"})
    work()
    assert Operation.objects.get(kind="undo").state == "done"
    assert people_with_manual_access(counted, courses) == before


def test_a_campaign_may_come_as_a_file(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    follow(administrator, NEW, {"file": SimpleUploadedFile("rentrée.toml", CAMPAIGN.encode())})
    work()
    assert PreparedPlan.objects.get().state == "ready"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ["Choose a campaign file"]),
        ("[campaign", ["campaign.toml"]),
        ("[campaign]\nname = 1\n[[rules]]\nfoo = 2\n", ["faults", "foo"]),
        (of_category("999999"), ["999999"]),
        (CAMPAIGN.replace("2027-08-31", "2026-12-31", 1), ["is not on now"]),
        (of_category("1").replace('categories = ["id:1"]', 'idnumbers = ["none-*"]'), ["No course"]),
    ],
)
def test_every_fault_of_a_file_is_told_and_nothing_prepared(
    counted: WebApplication, administrator: Client, text: str, sentences: list[str]
) -> None:
    page = follow(administrator, NEW, {"text": text})
    for sentence in sentences:
        assert sentence in page
    assert not PreparedPlan.objects.exists()


@pytest.mark.parametrize("content", [b"\xff\xfe", bytes(2 << 20)], ids=["no text", "too large"])
def test_a_file_that_is_no_campaign_is_refused(
    counted: WebApplication, administrator: Client, content: bytes
) -> None:
    response = administrator.post(NEW, {"file": SimpleUploadedFile("x.toml", content)})
    assert response.status_code == 200
    assert "alert-danger" in response.content.decode()
    assert not PreparedPlan.objects.exists()


def test_more_people_than_the_file_allows_stop_the_plan_unless_it_is_asked_for(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    small = CAMPAIGN.replace("max_people = 5000", "max_people = 10")
    plan = prepare(administrator, work, small)
    assert plan.state == "failed"
    page = administrator.get(f"/sites/demo/plans/{plan.pk}").content.decode()
    assert "more than max_people allows" in page
    assert prepare(administrator, work, small, even_if_many="on").state == "ready"


def test_an_engineer_runs_campaigns_of_the_own_categories_only(
    counted: WebApplication, sign_in: SignIn, work: Callable[[], None]
) -> None:
    top = CountedCategory.objects.filter(site="demo", depth=0, courses__gt=0).order_by("position")
    own, other = top[0], top[1]
    client = sign_in("engineer", (Role.ENGINEER, "demo", own.category))
    page = follow(client, NEW, {"text": of_category(str(other.category))})
    assert "outside your categories" in page
    assert not PreparedPlan.objects.exists()
    plan = prepare(client, work, of_category(str(own.category)))
    assert plan.state == "ready"
    within = CountedCourse.objects.filter(site="demo", path__startswith=own.path)
    assert set(plan.request["courses"]) <= set(within.values_list("course", flat=True))
