"""Signing in: passwords, one-time links, the front end's header, and what is refused."""

import re

import pytest
from django.test import Client

from maintien.web.links import make_link
from maintien.web.models import Account, AuditEntry
from tests.web.conftest import SignIn, WebApplication
from tests.web.django_here import FRONT_END

PASSWORD = "a sentence that is easy to remember"


def make_link_for(username: str) -> str:

    return make_link(Account.objects.create_account(username))


def test_a_link_sets_a_password_and_signs_in(application: WebApplication) -> None:
    secret, client = make_link_for("alice"), Client()
    assert client.get(f"/link/{secret}").status_code == 200
    response = client.post(f"/link/{secret}", {"password": PASSWORD, "again": PASSWORD})
    assert response.headers["Location"] == "/"
    assert client.get("/").status_code == 200
    other = Client()
    other.post("/sign-in", {"username": "alice", "password": PASSWORD})
    assert other.get("/").status_code == 200


def test_a_link_works_once(application: WebApplication) -> None:
    secret = make_link_for("alice")
    Client().post(f"/link/{secret}", {"password": PASSWORD, "again": PASSWORD})
    client = Client()
    assert client.post(f"/link/{secret}", {"password": "x" * 20, "again": "x" * 20}).status_code == 404
    assert client.get("/").status_code == 302


def test_a_link_expires(application: WebApplication) -> None:
    secret = make_link_for("alice")
    application.clock.now += 3 * 24 * 3600
    assert Client().get(f"/link/{secret}").status_code == 404


def test_a_links_secret_is_not_in_the_database(application: WebApplication) -> None:
    secret = make_link_for("alice")
    assert secret.encode() not in (application.folder / "web" / "web.sqlite").read_bytes()


@pytest.mark.parametrize("password", ["short", "password1234", "alice-alice-alice"])
def test_a_password_that_can_be_guessed_is_refused(application: WebApplication, password: str) -> None:

    secret = make_link_for("alice-alice-alice")
    response = Client().post(f"/link/{secret}", {"password": password, "again": password})
    assert b"is-invalid" in response.content
    assert not Account.objects.get(username="alice-alice-alice").has_usable_password()


def test_too_many_wrong_passwords_lock_an_account_for_that_address(application: WebApplication) -> None:
    secret = make_link_for("alice")
    Client().post(f"/link/{secret}", {"password": PASSWORD, "again": PASSWORD})
    client = Client()
    for _ in range(5):
        client.post("/sign-in", {"username": "alice", "password": "wrong"})
    response = client.post("/sign-in", {"username": "alice", "password": PASSWORD})
    assert response.status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    elsewhere.post("/sign-in", {"username": "alice", "password": PASSWORD})
    assert elsewhere.get("/").status_code == 200


NEW = "another sentence that is easy to remember"


def signed_in(username: str) -> Client:
    client = Client()
    client.post(f"/link/{make_link_for(username)}", {"password": PASSWORD, "again": PASSWORD})
    return client


def test_people_change_their_password_with_the_old_one(application: WebApplication) -> None:
    client = signed_in("alice")
    elsewhere = Client()
    elsewhere.post("/sign-in", {"username": "alice", "password": PASSWORD})
    values = {"old": PASSWORD, "password": NEW, "again": NEW}
    assert client.post("/account", values).headers["Location"] == "/account"
    assert client.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    again = Client()
    assert again.post("/sign-in", {"username": "alice", "password": PASSWORD}).status_code == 200
    assert again.post("/sign-in", {"username": "alice", "password": NEW}).status_code == 302


def test_without_the_old_password_it_stays_and_guessing_is_throttled(application: WebApplication) -> None:
    client = signed_in("alice")
    values = {"old": "wrong", "password": NEW, "again": NEW}
    pages = [client.post("/account", values) for _ in range(5)]
    assert b"not your present password" in pages[0].content
    assert pages[-1].status_code == 429
    assert client.post("/account", {**values, "old": PASSWORD}).status_code == 429
    assert Account.objects.get(username="alice").check_password(PASSWORD)
    assert AuditEntry.objects.filter(action="password_refused").exists()


def test_a_slip_in_the_new_password_costs_no_attempt_at_the_old_one(application: WebApplication) -> None:
    client = signed_in("alice")
    for _ in range(6):
        page = client.post("/account", {"old": "wrong", "password": NEW, "again": "other"})
        assert page.status_code == 200
        assert b"not the same password" in page.content
        assert b"not your present password" not in page.content


@pytest.mark.parametrize(("length", "kept"), [(64, 64), (128, 128), (129, None)])
def test_passwords_may_have_up_to_128_characters(
    application: WebApplication, length: int, kept: int | None
) -> None:
    client = signed_in("alice")
    new = ("abcdefghijklmnop" * 9)[:length]
    client.post("/account", {"old": PASSWORD, "password": new, "again": new})
    expected = PASSWORD if kept is None else new
    assert Account.objects.get(username="alice").check_password(expected)


def test_a_link_that_waits_is_worth_nothing_once_the_password_was_changed(
    application: WebApplication,
) -> None:
    client = signed_in("alice")
    secret = make_link(Account.objects.get(username="alice"))
    client.post("/account", {"old": PASSWORD, "password": NEW, "again": NEW})
    assert Client().get(f"/link/{secret}").status_code == 404


def test_whoever_signs_in_elsewhere_has_no_password_to_change(application: WebApplication) -> None:
    Account.objects.create_account("alice")
    client = Client(REMOTE_ADDR=FRONT_END, headers={"X-Remote-User": "alice"})
    assert b"have no password here" in client.get("/account").content
    client.post("/account", {"old": "", "password": NEW, "again": NEW})
    assert not Account.objects.get(username="alice").has_usable_password()


def test_a_form_with_mistakes_names_them_together_and_beside_each_field(
    application: WebApplication,
) -> None:
    client = signed_in("alice")
    page = client.post("/account", {"old": PASSWORD, "password": "short", "again": "other"}).content.decode()
    assert "<title>Not sent – Your account" in page
    assert '<a class="alert-link" href="#id_password">New password</a>' in page
    assert 'aria-describedby="id_password_error id_password_helptext"' in page
    assert 'id="id_password_error"' in page


def test_a_barred_account_is_out_at_once(application: WebApplication, sign_in: SignIn) -> None:

    client = sign_in("alice")
    assert client.get("/").status_code == 200
    Account.objects.update(is_active=False)
    assert client.get("/").status_code == 302


def test_a_header_signs_in_when_a_front_end_sends_it(application: WebApplication) -> None:

    Account.objects.create_account("alice")
    client = Client(REMOTE_ADDR=FRONT_END, headers={"X-Remote-User": "alice"})
    assert client.get("/").status_code == 200


def test_a_header_is_worth_nothing_from_anybody_else(application: WebApplication) -> None:

    Account.objects.create_account("alice")
    client = Client(REMOTE_ADDR="10.1.2.4", headers={"X-Remote-User": "alice"})
    assert client.get("/").status_code == 302


def test_a_header_makes_no_account(application: WebApplication) -> None:

    client = Client(REMOTE_ADDR=FRONT_END, headers={"X-Remote-User": "nobody"})
    assert client.get("/").status_code == 302
    assert not Account.objects.exists()


def test_signing_in_leads_nowhere_else(application: WebApplication) -> None:
    secret = make_link_for("alice")
    Client().post(f"/link/{secret}", {"password": PASSWORD, "again": PASSWORD})
    values = {"username": "alice", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert Client().post("/sign-in", values).headers["Location"] == "/"


def test_an_administrator_makes_an_account_and_its_link(administrator: Client) -> None:

    values = {"username": "bob", "name": "Bob", "role": "viewer", "site": "demo"}
    page = administrator.post("/accounts/new", values).content.decode()
    found = re.search(r"http://testserver(/link/[\w-]+)", page)
    assert found
    assert Client().get(found[1]).status_code == 200
