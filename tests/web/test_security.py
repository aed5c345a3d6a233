"""What protects people's data: headers, forms, reading pages that can't write, the audit trail."""

import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from maintien.web.audit import find_broken_entry, note_of
from maintien.web.middleware.reading import ReadingMiddleware, WroteWhileReading
from maintien.web.models import Account, AuditEntry, CountedCourse
from maintien.web.models.audit import AuditIsAppendOnly
from maintien.web.settings import django_settings
from maintien.web.views.audit import ACTIONS
from tests.web.conftest import SignIn, WebApplication
from tests.web.test_guided_path import UNTIL, courses_at_risk


def test_pages_are_kept_by_no_cache_and_run_no_inline_script(administrator: Client) -> None:
    headers = administrator.get("/").headers
    assert headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in f"{policy};"
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_templates_have_neither_inline_script_nor_inline_style() -> None:

    for template in (files("maintien") / "web" / "templates" / "maintien").iterdir():
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)|https?://(?!www\.w3)", text), (
            template
        )


def test_a_form_without_its_token_is_refused(sign_in: SignIn) -> None:
    signed_in = sign_in("alice")
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies
    assert client.post("/sign-out").status_code == 403
    assert client.get("/").status_code == 200


def test_cookies_are_out_of_reach_of_scripts(application: WebApplication) -> None:
    cookie = Client().get("/sign-in").cookies["maintien_csrf"]
    assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Strict")


def test_behind_https_cookies_are_secure_and_browsers_stay_with_it(application: WebApplication) -> None:

    here = application.surroundings
    values = django_settings(replace(here, configuration=replace(here.configuration, is_https=True)))
    assert values["SESSION_COOKIE_SECURE"]
    assert values["CSRF_COOKIE_SECURE"]
    assert values["SECURE_HSTS_SECONDS"] > 0


def test_a_page_that_is_looked_at_can_not_write(application: WebApplication) -> None:

    def page(_request: HttpRequest) -> HttpResponse:
        Account.objects.create_account("made while reading")
        return HttpResponse()

    with pytest.raises(WroteWhileReading):
        ReadingMiddleware(page)(RequestFactory().get("/"))
    assert not Account.objects.exists()
    assert ReadingMiddleware(page)(RequestFactory().post("/")).status_code == 200


def test_names_with_markup_are_shown_as_they_are(counted: WebApplication, administrator: Client) -> None:

    CountedCourse.objects.filter(site="demo").update(fullname="<script>alert(1)</script>{0}")
    page = administrator.get("/sites/demo/courses").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_people_do_is_noted(application: WebApplication, administrator: Client) -> None:

    administrator.post("/sites/demo/settings", {"needs_four_eyes": "on"})
    entry = AuditEntry.objects.order_by("-id").first()
    assert entry is not None
    assert (entry.account, entry.action, entry.site, entry.details, entry.address) == (
        "root",
        "site_changed",
        "demo",
        {"needs_four_eyes": True},
        "127.0.0.1",
    )


def test_every_noted_action_has_its_words() -> None:

    folder = Path(str(files("maintien") / "web"))
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    noted = set(re.findall(r'audit\.note(?:_of)?\(\s*[\w\[\]:. ]+,\s*"(\w+)"', text))
    assert noted
    assert noted <= ACTIONS.keys()


def test_the_audit_trail_can_not_be_changed_by_the_application(application: WebApplication) -> None:

    note_of("alice", "signed_in", details={})
    entry = AuditEntry.objects.get()
    with pytest.raises(AuditIsAppendOnly):
        entry.save()
    with pytest.raises(AuditIsAppendOnly):
        entry.delete()
    with pytest.raises(AuditIsAppendOnly):
        AuditEntry.objects.update(account="bob")
    with pytest.raises(AuditIsAppendOnly):
        AuditEntry.objects.all().delete()
    for statement in ("UPDATE web_auditentry SET account = 'bob'", "DELETE FROM web_auditentry"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
    assert AuditEntry.objects.get().account == "alice"


def test_a_trail_that_was_changed_behind_its_back_is_found_out(application: WebApplication) -> None:

    for name in ("alice", "bob", "carol"):
        note_of(name, "signed_in", details={})
    assert find_broken_entry() is None
    second = AuditEntry.objects.order_by("id")[1]
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER web_auditentry_no_UPDATE")
        cursor.execute("UPDATE web_auditentry SET account = 'mallory' WHERE id = %s", [second.pk])
    assert find_broken_entry() == second.pk


def test_too_many_requests_have_to_wait(counted: WebApplication, administrator: Client) -> None:

    values = {"course": courses_at_risk(1), "until": UNTIL, "roles": ["student"]}
    statuses = [administrator.post("/sites/demo/plans/new", values).status_code for _ in range(21)]
    assert statuses == [302] * 20 + [400]
    counted.clock.now += 60
    assert administrator.post("/sites/demo/plans/new", values).status_code == 302


def test_the_folder_and_its_keys_are_for_their_owner_only(application: WebApplication) -> None:
    folder = application.folder / "web"
    assert (folder / "secret-key").stat().st_mode & 0o077 == 0
    assert len((folder / "secret-key").read_text()) >= 50


def test_what_browsers_ask_for_by_themselves_sets_no_form_token(application: WebApplication) -> None:
    for path in ("/favicon.ico", "/health"):
        response = Client().get(path)
        assert response.status_code in (200, 302), path
        assert not response.cookies, path
