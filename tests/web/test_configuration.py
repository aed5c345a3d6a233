"""What the environment says is read once, and what can't be is refused with a sentence."""

import socket
from pathlib import Path

import pytest

from maintien.errors.web import BadBind, BadWebSetting, PortTaken
from maintien.web.configuration import (
    OidcProvider,
    PostgresqlServer,
    SqliteFile,
    WebConfiguration,
    parse_web_database,
    read_web_configuration,
)
from maintien.web.serving import require_free

FOLDER = Path("/srv/maintien")


def test_without_settings_it_serves_this_machine_from_a_file() -> None:
    assert read_web_configuration({}, default_folder=FOLDER) == WebConfiguration(
        folder=FOLDER, database=SqliteFile(path=FOLDER / "web.sqlite")
    )


def test_every_setting_is_taken() -> None:
    environment = {
        "MAINTIEN_WEB_FOLDER": "/var/lib/maintien",
        "MAINTIEN_WEB_DATABASE": "postgresql://web:p%40ss@db.example.org:5433/maintien",
        "MAINTIEN_WEB_HOSTS": "maintien.example.org, maintien",
        "MAINTIEN_WEB_FRONT_ENDS": "127.0.0.1, ::1",
        "MAINTIEN_WEB_HTTPS": "1",
        "MAINTIEN_WEB_USER_HEADER": "X-Remote-User",
        "MAINTIEN_WEB_SECRET_KEY": "secret",
        "MAINTIEN_WEB_CAS": "https://cas.example.org/",
        "MAINTIEN_WEB_OIDC_ISSUER": "https://id.example.org/",
        "MAINTIEN_WEB_OIDC_CLIENT": "maintien",
        "MAINTIEN_WEB_OIDC_SECRET": "hush",
    }
    found = read_web_configuration(environment, default_folder=FOLDER)
    assert found == WebConfiguration(
        folder=Path("/var/lib/maintien"),
        database=PostgresqlServer(
            host="db.example.org", port=5433, name="maintien", user="web", password="p@ss"
        ),
        hosts=("maintien.example.org", "maintien"),
        front_ends=frozenset({"127.0.0.1", "::1"}),
        is_https=True,
        user_header="X-Remote-User",
        secret_key="secret",
        cas="https://cas.example.org/",
        oidc=OidcProvider(issuer="https://id.example.org", client="maintien", secret="hush"),
    )
    for secret in ("p@ss", "secret'", "hush"):
        assert secret not in repr(found)


@pytest.mark.parametrize(
    "environment",
    [
        {"MAINTIEN_WEB_DATABASE": "mysql://root@localhost/web"},
        {"MAINTIEN_WEB_DATABASE": "sqlite://"},
        {"MAINTIEN_WEB_DATABASE": "postgresql://db:port/x"},
        {"MAINTIEN_WEB_FRONT_ENDS": "proxy.example.org"},
        {"MAINTIEN_WEB_USER_HEADER": "X-Remote-User"},
        {"MAINTIEN_WEB_USER_HEADER": "X Remote", "MAINTIEN_WEB_FRONT_ENDS": "127.0.0.1"},
        {"MAINTIEN_WEB_CAS": "http://cas.example.org"},
        {"MAINTIEN_WEB_OIDC_ISSUER": "https://id.example.org"},
    ],
    ids=lambda environment: " ".join(environment.values()),
)
def test_what_can_not_be_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(BadWebSetting):
        read_web_configuration(environment, default_folder=FOLDER)


def test_a_relative_and_an_absolute_file_are_told_apart() -> None:
    assert parse_web_database("sqlite:///web.sqlite") == SqliteFile(path=Path("web.sqlite"))
    assert parse_web_database("sqlite:////srv/web.sqlite") == SqliteFile(path=Path("/srv/web.sqlite"))


@pytest.mark.parametrize("text", ["8000", "localhost", "127.0.0.1:99999", "127.0.0.1:http"])
def test_what_is_no_address_with_a_port_is_refused(text: str) -> None:
    with pytest.raises(BadBind):
        require_free(text)


def test_a_port_that_something_listens_at_is_refused() -> None:

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTaken):
            require_free(f"127.0.0.1:{taken.getsockname()[1]}")
