"""What the web application is told by the environment, checked once.

MAINTIEN_WEB_DATABASE        sqlite:///FILE or postgresql://user:pw@host/name; an SQLite file by default
MAINTIEN_WEB_FOLDER          where plans and the keys are kept
MAINTIEN_WEB_HOSTS           the names that the application answers to, separated by commas
MAINTIEN_WEB_FRONT_ENDS      addresses of the proxies whose headers are believed
MAINTIEN_WEB_HTTPS           1 where people reach the proxy by HTTPS
MAINTIEN_WEB_USER_HEADER     the header in which the front end names who has signed in
MAINTIEN_WEB_SECRET_KEY      signs sessions; a file of the folder by default
MAINTIEN_WEB_SITE_KEYS       encrypt added sites' passwords, the newest first; a file of the folder by default
MAINTIEN_WEB_DATABASE_HOSTS  the servers that added sites may be on, separated by commas; any by default
MAINTIEN_WEB_CAS             the address of a CAS server
MAINTIEN_WEB_LARGEST_UPLOAD  megabytes that an uploaded archive may have; 1024 by default
MAINTIEN_WEB_OIDC_ISSUER     an OpenID Connect provider, with ..._CLIENT and ..._SECRET
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from maintien.errors.web import BadWebSetting
from maintien.messages import N_
from maintien.web.encryption import is_site_key

PREFIX: Final = "MAINTIEN_WEB_"
LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")

_MIB: Final = 1 << 20
LARGEST_UPLOAD: Final = 1024 * _MIB

_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_DIGITS: Final = 9
_POSTGRESQL: Final = ("postgresql", "postgres")


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteFile:
    """The application's own tables are in a file."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresqlServer:
    """The application's own tables are on a server."""

    host: str
    port: int | None
    name: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcProvider:
    """Where people sign in by OpenID Connect."""

    issuer: str
    client: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfiguration:
    """Everything that an installation may choose."""

    folder: Path
    database: SqliteFile | PostgresqlServer
    hosts: tuple[str, ...] = LOOPBACK
    front_ends: frozenset[str] = frozenset()
    """Addresses of proxies; their headers are believed, nobody else's."""
    is_https: bool = False
    user_header: str = ""
    """The header that names who has signed in; empty for none."""
    secret_key: str = field(default="", repr=False)
    """Empty for one of the folder's own."""
    site_keys: tuple[str, ...] = field(default=(), repr=False)
    """Fernet keys of the passwords of added sites, the newest first; empty for the folder's own."""
    database_hosts: frozenset[str] = frozenset()
    """Servers that added sites may be on; empty for any."""
    cas: str = ""
    oidc: OidcProvider | None = None
    largest_upload: int = LARGEST_UPLOAD
    """Bytes of an archive."""


def read_web_configuration(environment: Mapping[str, str], *, default_folder: Path) -> WebConfiguration:
    """Read what the environment says.

    Raises BadWebSetting.
    """
    given = {name.removeprefix(PREFIX): text for name, text in environment.items() if name.startswith(PREFIX)}
    folder = Path(given.get("FOLDER") or default_folder)
    front_ends = frozenset(_address(word) for word in _words(given.get("FRONT_ENDS", "")))
    header = given.get("USER_HEADER", "")
    if header and not _HEADER.fullmatch(header):
        raise BadWebSetting(name=f"{PREFIX}USER_HEADER", reason=N_("it is not the name of a header."))
    if header and not front_ends:
        raise BadWebSetting(
            name=f"{PREFIX}USER_HEADER",
            reason=N_("it needs MAINTIEN_WEB_FRONT_ENDS, whose word is believed."),
        )
    return WebConfiguration(
        folder=folder,
        database=parse_web_database(given.get("DATABASE") or f"sqlite:///{folder / 'web.sqlite'}"),
        hosts=tuple(_words(given.get("HOSTS", ""))) or LOOPBACK,
        front_ends=front_ends,
        is_https=given.get("HTTPS", "") not in ("", "0"),
        user_header=header,
        secret_key=given.get("SECRET_KEY", ""),
        site_keys=_site_keys(given.get("SITE_KEYS", "")),
        database_hosts=frozenset(word.lower() for word in _words(given.get("DATABASE_HOSTS", ""))),
        cas=_https(given.get("CAS", ""), "CAS"),
        oidc=_oidc(given),
        largest_upload=_megabytes(given.get("LARGEST_UPLOAD", "")),
    )


def parse_web_database(url: str) -> SqliteFile | PostgresqlServer:
    """Read the URL of the application's own database.

    Raises BadWebSetting; the URL, which may hold a password, is not repeated.
    """
    name = f"{PREFIX}DATABASE"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadWebSetting(name=name, reason=N_("it is not a URL.")) from None
    if parts.scheme == "sqlite" and not parts.netloc and parts.path.strip("/"):
        return SqliteFile(path=Path(unquote(parts.path.removeprefix("/"))))
    if parts.scheme in _POSTGRESQL and parts.path.strip("/"):
        return PostgresqlServer(
            host=unquote(parts.hostname or ""),
            port=port,
            name=unquote(parts.path.strip("/")),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )
    raise BadWebSetting(
        name=name, reason=N_("it has to be sqlite:///FILE or postgresql://user:password@host/name.")
    )


def _oidc(given: Mapping[str, str]) -> OidcProvider | None:
    issuer = _https(given.get("OIDC_ISSUER", ""), "OIDC_ISSUER")
    if not issuer:
        return None
    client, secret = given.get("OIDC_CLIENT", ""), given.get("OIDC_SECRET", "")
    if not (client and secret):
        raise BadWebSetting(
            name=f"{PREFIX}OIDC_ISSUER",
            reason=N_("it needs MAINTIEN_WEB_OIDC_CLIENT and MAINTIEN_WEB_OIDC_SECRET."),
        )
    return OidcProvider(issuer=issuer.rstrip("/"), client=client, secret=secret)


def _megabytes(text: str) -> int:
    if not text:
        return LARGEST_UPLOAD
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise BadWebSetting(name=f"{PREFIX}LARGEST_UPLOAD", reason=N_("it has to be a number of megabytes."))
    return int(text) * _MIB


def _site_keys(text: str) -> tuple[str, ...]:
    keys = tuple(_words(text))
    if not all(map(is_site_key, keys)):
        raise BadWebSetting(
            name=f"{PREFIX}SITE_KEYS", reason=N_("it has to be a list of keys as Fernet makes them.")
        )
    return keys


def _https(url: str, name: str) -> str:
    if url and not url.startswith("https://"):
        raise BadWebSetting(name=f"{PREFIX}{name}", reason=N_("it has to begin with https://."))
    return url


def _address(word: str) -> str:
    try:
        return str(ip_address(word))
    except ValueError:
        raise BadWebSetting(
            name=f"{PREFIX}FRONT_ENDS", reason=N_("it has to be a list of IP addresses.")
        ) from None


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
