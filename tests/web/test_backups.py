"""Courses are backed up before anything is written in them, where the plan asks for it."""

import io
import tarfile
from collections.abc import Callable

from django.test import Client

from maintien.web.models import AuditEntry, CountedCategory, CountedCourse, PreparedPlan
from maintien.web.rights.roles import Role
from tests.web.conftest import SignIn, WebApplication
from tests.web.test_guided_path import UNTIL, courses_at_risk, follow


def applied(client: Client, courses: list[int], work: Callable[[], None], **more: str) -> PreparedPlan:
    values = {"course": courses, "until": UNTIL, "roles": ["student"], "keep_groups": "on", **more}
    follow(client, "/sites/demo/plans/new", values)
    work()
    plan = PreparedPlan.objects.order_by("-id")[0]
    follow(client, f"/sites/demo/plans/{plan.pk}/apply", {"people": str(plan.people)})
    work()
    plan.refresh_from_db()
    assert plan.state == "applied"
    return plan


def test_each_course_is_backed_up_first_and_the_archive_downloaded(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    courses = courses_at_risk(2)
    plan = applied(administrator, courses, work, backup="on")
    page = administrator.get(f"/sites/demo/plans/{plan.pk}").content.decode()
    for course in courses:
        address = f"/sites/demo/plans/{plan.pk}/backups/{course}"
        assert address in page
        download = administrator.post(address)
        assert download.headers["Content-Disposition"].startswith("attachment")
        content = b"".join(download.streaming_content)  # type: ignore[attr-defined]
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            member = archive.extractfile("course/enrolments.xml")
            assert member is not None
            # As it was before: nobody has been converted yet.
            assert b"<enrol>database</enrol>" in member.read()
    assert AuditEntry.objects.filter(action="backup_downloaded").count() == 2
    folder = counted.folder / "web" / "backups" / f"plan-{plan.pk}"
    assert folder.stat().st_mode & 0o077 == 0


def test_a_plan_that_does_not_ask_for_backups_has_none(
    counted: WebApplication, administrator: Client, work: Callable[[], None]
) -> None:
    courses = courses_at_risk(1)
    plan = applied(administrator, courses, work)
    assert administrator.post(f"/sites/demo/plans/{plan.pk}/backups/{courses[0]}").status_code == 404


def test_a_backup_is_given_to_whoever_may_change_the_course(
    counted: WebApplication, administrator: Client, sign_in: SignIn, work: Callable[[], None]
) -> None:
    (course,) = courses_at_risk(1)
    plan = applied(administrator, [course], work, backup="on")
    address = f"/sites/demo/plans/{plan.pk}/backups/{course}"
    row = CountedCourse.objects.get(course=course)
    top = CountedCategory.objects.filter(site="demo", depth=0, courses__gt=0).order_by("position")
    own = next(each for each in top if row.path.startswith(each.path))
    other = next(each for each in top if not row.path.startswith(each.path))
    given = sign_in("own", (Role.ENGINEER, "demo", own.category)).post(address)
    assert given.status_code == 200
    given.close()
    assert sign_in("other", (Role.ENGINEER, "demo", other.category)).post(address).status_code == 404
    assert sign_in("viewer", (Role.VIEWER, "demo", None)).post(address).status_code == 403
