"""Sites that administrators add: only servers, and passwords that are encrypted and never shown."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from maintien import bootstrap
from maintien.errors.sites import CannotConnect
from maintien.errors.web import SitePasswordLocked
from maintien.sites.database.settings import DatabaseSettings
from maintien.sites.opening import OpenedSite, open_site
from maintien.web import sites
from maintien.web.added_sites import find_added, renew_passwords, settings_of
from maintien.web.encryption import make_site_key
from maintien.web.models import AddedSite, AuditEntry, CountedCourse, Right
from maintien.web.operations.worker import count_what_is_old
from maintien.web.rights.roles import Role
from maintien.web.sites import open_site_session
from maintien.web.surroundings import surroundings
from tests.web.conftest import SignIn, WebApplication
from tests.web.test_guided_path import follow

URL = "postgresql://reader@127.0.0.1:1/moodle"
PASSWORD = "p4ss-of-the-database"


def add(client: Client, **values: str) -> str:
    return follow(client, "/added-sites/new", {"name": "campus", "url": URL, "password": PASSWORD, **values})


@pytest.fixture
def answering(application: WebApplication, monkeypatch: pytest.MonkeyPatch) -> list[DatabaseSettings]:
    """Let every added site answer with the demo; gives the settings that it was opened with."""
    opened: list[DatabaseSettings] = []

    def open_demo(name: str, asked: DatabaseSettings) -> OpenedSite:
        opened.append(asked)
        found = open_site(
            f"sqlite:///{application.folder / 'university.sqlite'}", site_file=application.folder
        )
        return replace(found, site=replace(found.site, name=name))

    monkeypatch.setattr(bootstrap, "open_settings", open_demo)
    return opened


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run as if the environment had these keys."""

    def use(*names: str) -> None:
        here = surroundings()
        configuration = replace(here.configuration, site_keys=names)
        monkeypatch.setattr(settings, "MAINTIEN", replace(here, configuration=configuration))

    return use


def test_an_added_site_is_served_like_one_of_the_site_file(
    answering: list[DatabaseSettings], administrator: Client, work: Callable[[], None]
) -> None:
    page = add(administrator)
    assert "campus answers: Moodle" in page
    assert answering[0].password == PASSWORD
    assert "campus" in administrator.get("/").content.decode()
    count_what_is_old()
    work()
    assert CountedCourse.objects.filter(site="campus").exists()
    assert administrator.get("/sites/campus/courses").status_code == 200


def test_a_password_is_nowhere_to_be_read(application: WebApplication, administrator: Client) -> None:
    add(administrator)
    number = AddedSite.objects.get().pk
    for page in ("/added-sites", f"/added-sites/{number}", "/audit"):
        assert PASSWORD not in administrator.get(page).content.decode()
    for file in (application.folder / "web").rglob("*"):
        if file.is_file():
            assert PASSWORD.encode() not in file.read_bytes(), file
    assert PASSWORD not in repr(settings_of(AddedSite.objects.get()))
    assert (application.folder / "web" / "site-keys").stat().st_mode & 0o077 == 0


def test_a_site_that_does_not_answer_is_told_in_a_sentence(
    application: WebApplication, administrator: Client
) -> None:
    page = add(administrator)
    assert "Can&#x27;t connect to campus" in page
    assert "Traceback" not in page
    page = follow(administrator, f"/added-sites/{AddedSite.objects.get().pk}/test")
    assert "Can&#x27;t connect to campus" in page


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////etc/passwd",
        "file:///etc/passwd",
        "http://169.254.169.254/latest",
        "postgresql://reader@/moodle?host=/var/run/postgresql",
        "mariadb://reader@localhost/moodle?socket=/run/mysqld.sock",
        "mysql://reader@db/moodle?unix_socket=/run/mysqld.sock",
        "postgresql://reader@db/moodle?ssl_ca=/etc/shadow",
        "postgresql:///moodle",
        "postgresql://db/moodle",
        "postgresql://reader:secret@db/moodle",
        "postgresql://reader@db/moodle?options=-csearch_path",
        "/var/www/moodle/config.php",
    ],
)
def test_only_servers_are_reached_by_an_added_url(
    application: WebApplication, administrator: Client, url: str
) -> None:
    assert "is-invalid" in add(administrator, url=url)
    assert not AddedSite.objects.exists()


@pytest.mark.parametrize("name", ["demo", "DEMO", "a/b", "..", "", "-x", "x" * 64])
def test_a_name_is_new_and_fits_into_an_address(
    application: WebApplication, administrator: Client, name: str
) -> None:
    assert "is-invalid" in add(administrator, name=name)
    assert not AddedSite.objects.exists()


def test_servers_can_be_limited_to_those_of_a_list(
    application: WebApplication, administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = application.surroundings
    configuration = replace(here.configuration, database_hosts=frozenset({"db.example.org"}))
    monkeypatch.setattr(settings, "MAINTIEN", replace(here, configuration=configuration))
    assert "not one that sites may be added on" in add(administrator)
    assert not AddedSite.objects.exists()


def test_a_stored_password_is_not_sent_to_another_address(
    answering: list[DatabaseSettings], administrator: Client
) -> None:
    add(administrator)
    address = f"/added-sites/{AddedSite.objects.get().pk}"
    elsewhere = "postgresql://reader@evil.example.org/moodle"
    page = follow(administrator, address, {"url": elsewhere, "password": ""})
    assert "A new address needs the password again." in page
    assert AddedSite.objects.get().url == URL
    follow(administrator, address, {"url": URL, "password": ""})
    assert answering[-1].password == PASSWORD
    follow(administrator, address, {"url": elsewhere, "password": "another"})
    assert (answering[-1].host, answering[-1].password) == ("evil.example.org", "another")


@pytest.mark.parametrize("column", ["url", "name"])
def test_a_row_that_was_changed_behind_its_back_opens_nothing(
    application: WebApplication, administrator: Client, column: str
) -> None:
    add(administrator)
    value = {"url": "postgresql://reader@evil.example.org/moodle", "name": "other"}[column]
    with sqlite3.connect(application.folder / "web" / "web.sqlite") as direct:
        direct.execute(f"UPDATE web_addedsite SET {column} = ?", [value])
    direct.close()
    with pytest.raises(SitePasswordLocked):
        settings_of(AddedSite.objects.get())


def test_a_new_key_encrypts_and_an_older_one_still_opens(
    application: WebApplication, administrator: Client, keys: Callable[..., None]
) -> None:
    old, new = make_site_key(), make_site_key()
    keys(old)
    add(administrator)
    keys(new, old)
    assert renew_passwords() == 1
    assert renew_passwords() == 0
    keys(new)
    assert settings_of(AddedSite.objects.get()).password == PASSWORD
    keys(old)
    with pytest.raises(SitePasswordLocked):
        settings_of(AddedSite.objects.get())
    assert renew_passwords() == 0
    page = administrator.get("/sites/campus/plans/new").content.decode()
    assert "can’t be decrypted" in page


def test_removing_a_site_takes_the_rights_on_it_too(
    answering: list[DatabaseSettings],
    administrator: Client,
    sign_in: SignIn,
    work: Callable[[], None],
) -> None:
    add(administrator)
    count_what_is_old()
    work()
    sign_in("alice", (Role.ENGINEER, "campus", None))
    follow(administrator, f"/added-sites/{AddedSite.objects.get().pk}/remove")
    assert find_added("campus") is None
    assert not Right.objects.filter(site="campus").exists()
    assert not CountedCourse.objects.filter(site="campus").exists()
    assert administrator.get("/sites/campus/courses").status_code == 404


def test_what_is_done_with_sites_is_noted(answering: list[DatabaseSettings], administrator: Client) -> None:
    add(administrator)
    address = f"/added-sites/{AddedSite.objects.get().pk}"
    follow(administrator, address, {"url": URL, "password": "another"})
    follow(administrator, f"{address}/test")
    follow(administrator, f"{address}/remove")
    entries: list[tuple[str, dict[str, Any]]] = [
        (entry.action, entry.details) for entry in AuditEntry.objects.filter(site="campus").order_by("id")
    ]
    assert entries == [
        ("site_added", {"url": URL}),
        ("added_site_changed", {"url": URL, "password_changed": True}),
        ("site_tried", {}),
        ("site_removed", {}),
    ]


def test_a_site_that_does_not_answer_keeps_nobody_from_the_others(
    application: WebApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, may_end = Event(), Event()
    opens = bootstrap.open_session

    @contextmanager
    def open_slowly(invocation: bootstrap.Invocation) -> Iterator[bootstrap.Session]:
        if invocation.wishes.site == "slow":
            waits.set()
            may_end.wait(60)
            raise CannotConnect(site="slow", reason="it does not answer")
        with opens(invocation) as session:
            yield session

    def open_slow_site() -> None:
        try:
            with suppress(CannotConnect), open_site_session("slow"):
                pass
        finally:
            connection.close()

    monkeypatch.setattr(sites, "open_session", open_slowly)
    thread = Thread(target=open_slow_site)
    thread.start()
    assert waits.wait(60)
    with open_site_session("demo") as session:
        assert session.site.name == "demo"
    may_end.set()
    thread.join()
