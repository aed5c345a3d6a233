"""The application on PostgreSQL, and with CAS and OpenID Connect switched on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.servers.postgresql import PostgresqlServer


def go_through(folder: Path, *settings: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.web.other_installations", str(folder), *settings]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- ours
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_its_own_tables_may_be_on_postgresql(tmp_path: Path, postgresql_server: PostgresqlServer) -> None:
    postgresql_server.create_database("web")
    try:
        host = quote(str(postgresql_server.folder), safe="")
        found = go_through(tmp_path, f"MAINTIEN_WEB_DATABASE=postgresql://postgres@{host}/web")
    finally:
        postgresql_server.drop_database("web")
    assert found["courses"] > 0
    assert {name: found[name] for name in ("vendor", "links", "page", "refused", "broken")} == {
        "vendor": "postgresql",
        "links": [True, False],
        "page": 200,
        "refused": [True, True],
        "broken": None,
    }


def test_cas_and_openid_connect_can_be_switched_on(tmp_path: Path) -> None:
    found = go_through(
        tmp_path,
        "MAINTIEN_WEB_CAS=https://cas.example.org/",
        "MAINTIEN_WEB_OIDC_ISSUER=https://id.example.org",
        "MAINTIEN_WEB_OIDC_CLIENT=maintien",
        "MAINTIEN_WEB_OIDC_SECRET=hush",
    )
    assert found["page"] == 200
    cas, openid = found["elsewhere"]
    assert cas.startswith("https://cas.example.org/login?service=http%3A%2F%2Ftestserver%2Felsewhere%2Fcas")
    assert openid.startswith("https://id.example.org/authorize?")
    assert "redirect_uri=http%3A%2F%2Ftestserver%2Felsewhere%2Foidc%2Fcallback%2F" in openid
