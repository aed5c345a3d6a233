"""Signing in: passwords, one-time links, the front end's header, and what is refused."""

import re

import pytest
from django.test import Client

from maintien.web.links import make_link
from maintien.web.models import Account
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
